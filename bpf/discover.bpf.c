// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds every VM and vCPU by the files that VMMs hold open, also those that sleep or hang and make no event. Run when
 * kvmtop starts and now and then after; also brings the counters that KVM keeps by itself in struct kvm_vcpu.stat.
 */
#include "vcpu.bpf.h"

/*
 * virt/kvm/kvm_main.c names the files "kvm-vm" and "kvm-vcpu:N". As little-endian words, since BPF has no memcmp: with
 * its terminator the first is 7 bytes long, the second starts with 8 bytes and a colon.
 */
#define VM_FILE      0x006d762d6d766bULL
#define VM_FILE_MASK 0x00ffffffffffffffULL
#define VCPU_FILE    0x757063762d6d766bULL

/* What the vCPU is doing, from KVM's own bookkeeping: a first guess that the vCPU's next event replaces. */
static __always_inline __u32 state_of(struct kvm_vcpu *vcpu, bool has_run)
{
	if (!has_run)
		return VCPU_UNKNOWN;
	if (!vcpu_locked(vcpu))
		return VCPU_USER;
	if (bpf_core_field_exists(vcpu->stat.generic.blocking) && BPF_CORE_READ(vcpu, stat.generic.blocking))
		return VCPU_HALT;
	if (!knobs.has_entry)
		return VCPU_UNKNOWN;
	if (BPF_CORE_READ(vcpu, mode) == IN_GUEST_MODE)
		return VCPU_GUEST;
	if (BPF_CORE_READ(vcpu, preempted))
		return VCPU_WAIT;
	return VCPU_KVM;
}

static __always_inline void read_stat(struct found *f, struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_stat_generic *g = &vcpu->stat.generic;

	/* Since 5.14 (struct kvm_vcpu_stat_generic); halt_wait_ns likewise. */
	if (bpf_core_field_exists(g->halt_wait_ns)) {
		f->halt_poll_success_ns = BPF_CORE_READ(vcpu, stat.generic.halt_poll_success_ns);
		f->halt_poll_fail_ns = BPF_CORE_READ(vcpu, stat.generic.halt_poll_fail_ns);
		f->halt_wait_ns = BPF_CORE_READ(vcpu, stat.generic.halt_wait_ns);
		f->halt_attempted_poll = BPF_CORE_READ(vcpu, stat.generic.halt_attempted_poll);
		f->halt_successful_poll = BPF_CORE_READ(vcpu, stat.generic.halt_successful_poll);
	}
	f->pf_taken = vcpu_pf_taken(vcpu);
	if (bpf_core_field_exists(vcpu->stat.exits))
		f->stat_exits = BPF_CORE_READ(vcpu, stat.exits);
}

SEC("?iter/task_file")
int find_vms(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct found f = {};
	struct kvm_vcpu *vcpu;
	struct kvm *kvm;
	struct pid *pid;
	__u64 name[2] = {};

	if (!task || !file)
		return 0;
	/* Anyone may name a file kvm-vm: only the kernel makes anonymous inodes, and it chooses their names. */
	if (BPF_CORE_READ(file, f_inode, i_sb, s_magic) != ANON_INODE_FS_MAGIC)
		return 0;
	bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(file, f_path.dentry, d_name.name));
	f.pid = task->tgid;
	f.start_ns = BPF_CORE_READ(task, group_leader, start_boottime);

	if ((name[0] & VM_FILE_MASK) == VM_FILE) {
		kvm = file->private_data;
		f.kind = FOUND_VM;
	} else if (name[0] == VCPU_FILE && (name[1] & 0xff) == ':') {
		vcpu = file->private_data;
		kvm = BPF_CORE_READ(vcpu, kvm);
		f.kind = FOUND_VCPU;
		f.vcpu = (__u64)vcpu;
		f.vcpu_id = BPF_CORE_READ(vcpu, vcpu_id);
		pid = BPF_CORE_READ(vcpu, pid);
		if (pid)
			f.tid = BPF_CORE_READ(pid, numbers[0].nr);
		f.state = state_of(vcpu, pid != NULL);
		f.slot = vcpu_slot(vcpu, f.pid, bpf_ktime_get_ns(), f.state);
		read_stat(&f, vcpu);
	} else {
		return 0;
	}
	f.kvm = (__u64)kvm;
	f.userspace_pid = BPF_CORE_READ(kvm, userspace_pid);
	f.created_vcpus = BPF_CORE_READ(kvm, created_vcpus);
	bpf_seq_write(ctx->meta->seq, &f, sizeof(f));
	return 0;
}
