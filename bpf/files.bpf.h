/* SPDX-License-Identifier: GPL-2.0-only */
/* KVM's files among all open ones, for programs that walk over them. */
#ifndef KVMTOP_FILES_BPF_H
#define KVMTOP_FILES_BPF_H

#include "compat.bpf.h"

/*
 * virt/kvm/kvm_main.c names the files "kvm-vm" and "kvm-vcpu:N". As little-endian words, since BPF has no memcmp: with
 * its terminator the first is 7 bytes long, the second starts with 8 bytes and a colon.
 */
#define VM_FILE      0x006d762d6d766bULL
#define VM_FILE_MASK 0x00ffffffffffffffULL
#define VCPU_FILE    0x757063762d6d766bULL
/* What both begin with, and so do devices ("kvm-arm-vgic-v3", "kvm-vfio") and statistics ("kvm-vm-stats"). */
#define KVM_FILE      0x2d6d766bULL
#define KVM_FILE_MASK 0xffffffffULL
#define VM_BEGINS     0x6d762d6d766bULL
#define VM_BEGIN_MASK 0xffffffffffffULL

/* The VM whose file it is, NULL: another file; *vcpu: the vCPU, if it is a vCPU's file. */
static __always_inline struct kvm *kvm_of_file(struct file *file, struct kvm_vcpu **vcpu)
{
	__u64 name[2] = {};

	*vcpu = NULL;
	/* Anyone may name a file kvm-vm: only the kernel makes anonymous inodes, and it chooses their names. */
	if (BPF_CORE_READ(file, f_inode, i_sb, s_magic) != ANON_INODE_FS_MAGIC)
		return NULL;
	bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(file, f_path.dentry, d_name.name));
	if ((name[0] & VM_FILE_MASK) == VM_FILE)
		return BPF_CORE_READ(file, private_data);
	if (name[0] != VCPU_FILE || (name[1] & 0xff) != ':')
		return NULL;
	*vcpu = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(*vcpu, kvm);
}

/* A device of a VM's, as KVM_CREATE_DEVICE made it: kvm_ioctl_create_device() in virt/kvm/kvm_main.c names them. */
static __always_inline bool is_device_file(struct file *file)
{
	__u64 name = 0;

	if (BPF_CORE_READ(file, f_inode, i_sb, s_magic) != ANON_INODE_FS_MAGIC)
		return false;
	bpf_probe_read_kernel_str(&name, sizeof(name), BPF_CORE_READ(file, f_path.dentry, d_name.name));
	/* The last byte is not of the name: a string ends there. */
	return (name & KVM_FILE_MASK) == KVM_FILE && (name & VM_BEGIN_MASK) != VM_BEGINS &&
	       name != (VCPU_FILE & 0x00ffffffffffffffULL);
}

/* The file behind a number of the thread that runs now; NULL: none. */
static __always_inline struct file *file_of_fd(__u32 fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file *file = NULL;

	if (table && fd < BPF_CORE_READ(table, max_fds))
		bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(table, fd) + fd);
	return file;
}

#endif /* KVMTOP_FILES_BPF_H */
