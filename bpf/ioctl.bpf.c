// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMM's requests to KVM: ioctls on /dev/kvm, on VMs, vCPUs and devices, by request; and the memory map that they make.
 * A 32-bit VMM's requests come here as well, but for the few that KVM converts itself (KVM_GET_DIRTY_LOG, signal masks).
 */
#include "events.bpf.h"
#include "files.bpf.h"
#include "memslots.bpf.h"

char LICENSE[] SEC("license") = "GPL";

enum twin_bits { TWIN_BEGIN = 22, TWIN_END, TWIN_MEMSLOT };

#define SPAN_IOCTL 0

static __always_inline int ioctl_begins(unsigned int request, bool again)
{
	if (group_on(GROUP_IOCTL) && first_of_twins(TWIN_BEGIN, again)) {
		span_end_lost(GROUP_IOCTL, SPAN_IOCTL);
		span_begin(SPAN_IOCTL, request);
	}
	return 0;
}

/* private_data of the files: struct kvm, struct kvm_vcpu, struct kvm_device; of /dev/kvm nothing. */
static __always_inline void count_ioctl(struct file *file, __u32 kind, unsigned int request, unsigned long arg,
					long ret, __u64 took)
{
	struct event_key key = {.kind = EVENT_IOCTL, .sub = kind, .a = request};
	__u64 values[EVENT_VALUES] = {[IOCTL_ARG] = arg, [IOCTL_ERRNO] = ret < 0 ? -ret : 0};
	struct event_rec *rec;
	void *owner;

	owner = BPF_CORE_READ(file, private_data);
	if (kind == IOCTL_KVM)
		key.b = bpf_get_current_pid_tgid() >> 32;
	else if (kind == IOCTL_VM)
		key.kvm = (__u64)owner;
	else if (kind == IOCTL_VCPU)
		key_of_vcpu(&key, owner);
	else
		key.kvm = (__u64)BPF_CORE_READ((struct kvm_device *)owner, kvm);
	rec = event_count(&key, true, took, ret < 0);
	if (own_values(rec)) {
		rec->value[IOCTL_ARG] = arg;
		if (ret < 0)
			rec->value[IOCTL_ERRNO] = -ret; /* of the last one that failed */
	}
	log_event(&key, values, took, ret < 0);
}

static __always_inline int ioctl_ends(struct file *file, __u32 kind, unsigned int request, unsigned long arg, long ret,
				      bool again)
{
	if (group_on(GROUP_IOCTL) && first_of_twins(TWIN_END, again))
		count_ioctl(file, kind, request, arg, ret, span_end(GROUP_IOCTL, SPAN_IOCTL, request));
	return 0;
}

/* virt/kvm/kvm_main.c: static functions, but a file's operations: never inlined. */
#define IOCTL_PROGRAMS(name, function, kind)                                                                   \
	SEC("?fentry/" #function)                                                                              \
	int BPF_PROG(on_##name##_begin, struct file *file, unsigned int request)                               \
	{                                                                                                      \
		return ioctl_begins(request, false);                                                           \
	}                                                                                                      \
	SEC("?fentry/" #function)                                                                              \
	int BPF_PROG(again_##name##_begin, struct file *file, unsigned int request)                            \
	{                                                                                                      \
		return ioctl_begins(request, true);                                                            \
	}                                                                                                      \
	SEC("?fexit/" #function)                                                                               \
	int BPF_PROG(on_##name##_end, struct file *file, unsigned int request, unsigned long arg, long ret)    \
	{                                                                                                      \
		return ioctl_ends(file, kind, request, arg, ret, false);                                       \
	}                                                                                                      \
	SEC("?fexit/" #function)                                                                               \
	int BPF_PROG(again_##name##_end, struct file *file, unsigned int request, unsigned long arg, long ret) \
	{                                                                                                      \
		return ioctl_ends(file, kind, request, arg, ret, true);                                        \
	}

IOCTL_PROGRAMS(dev, kvm_dev_ioctl, IOCTL_KVM)
IOCTL_PROGRAMS(vm, kvm_vm_ioctl, IOCTL_VM)
IOCTL_PROGRAMS(vcpu, kvm_vcpu_ioctl, IOCTL_VCPU)
IOCTL_PROGRAMS(device, kvm_device_ioctl, IOCTL_DEVICE)

/*
 * Where these cannot be hooked: all ioctls whose number is of KVM's type, and at their end, whose file it is. One that
 * another thread closes meanwhile is not counted.
 */
#define KVM_TYPE 0xae /* KVMIO, include/uapi/linux/kvm.h */

static __always_inline bool kvm_ioctl_call(const void *regs, struct ioctl_call *call)
{
	return group_on(GROUP_IOCTL) && read_ioctl_call(regs, call) && (call->request >> 8 & 0xff) == KVM_TYPE;
}

static __always_inline int sys_begins(const void *regs, bool again)
{
	struct ioctl_call call;

	return kvm_ioctl_call(regs, &call) ? ioctl_begins(call.request, again) : 0;
}

static __always_inline int sys_ends(const void *regs, long ret, bool again)
{
	struct kvm_vcpu *vcpu = NULL;
	struct ioctl_call call;
	struct file *file;
	__u32 kind;
	__u64 took;

	if (!kvm_ioctl_call(regs, &call) || !first_of_twins(TWIN_END, again))
		return 0;
	took = span_end(GROUP_IOCTL, SPAN_IOCTL, call.request);
	file = file_of_fd(call.fd);
	if (!file)
		return 0;
	if (BPF_CORE_READ(file, f_inode, i_rdev) == KVM_DEVICE)
		kind = IOCTL_KVM;
	else if (kvm_of_file(file, &vcpu))
		kind = vcpu ? IOCTL_VCPU : IOCTL_VM;
	else if (is_device_file(file))
		kind = IOCTL_DEVICE;
	else
		return 0;
	count_ioctl(file, kind, call.request, call.arg, ret, took);
	return 0;
}

#define SYSCALL_PROGRAMS(prefix, again)                             \
	SEC("?tp_btf/sys_enter")                                    \
	int BPF_PROG(prefix##_sys_enter, const void *regs)          \
	{                                                           \
		return sys_begins(regs, again);                     \
	}                                                           \
	SEC("?tp_btf/sys_exit")                                     \
	int BPF_PROG(prefix##_sys_exit, const void *regs, long ret) \
	{                                                           \
		return sys_ends(regs, ret, again);                  \
	}

SYSCALL_PROGRAMS(on, false)
SYSCALL_PROGRAMS(again, true)

/* --- memory slots -------------------------------------------------------------------------------------------------- */

/*
 * A change of a VM's memory map has been made; new is NULL when the slot was taken away (since 5.17). KVM itself adds some,
 * too: of ids beyond the VMM's.
 */
static __always_inline int memslot(struct kvm *kvm, struct kvm_memory_slot *old, struct kvm_memory_slot *new,
				   bool again)
{
	struct kvm_memory_slot *slot = new ?: old;
	struct event_key key = {.kind = EVENT_MEMSLOT, .kvm = (__u64)kvm};
	__u64 values[EVENT_VALUES];
	struct event_rec *rec;

	if (!slot || !group_on(GROUP_IOCTL) || !first_of_twins(TWIN_MEMSLOT, again))
		return 0;
	key.sub = (__u32)BPF_CORE_READ(slot, as_id) << 16 | (__u16)BPF_CORE_READ(slot, id);
	values[MEMSLOT_GPA] = BPF_CORE_READ(slot, base_gfn) * GUEST_PAGE_SIZE;
	values[MEMSLOT_BYTES] = new ? BPF_CORE_READ(slot, npages) * GUEST_PAGE_SIZE : 0;
	values[MEMSLOT_HVA] = BPF_CORE_READ(slot, userspace_addr);
	values[MEMSLOT_FLAGS] = BPF_CORE_READ(slot, flags);
	rec = event_count(&key, false, 0, false);
	if (own_values(rec))
		__builtin_memcpy(rec->value, values, sizeof(rec->value));
	log_event(&key, values, 0, false);
	return 0;
}

/* arch/x86/kvm/x86.c, arch/arm64/kvm/mmu.c; with both slots as arguments since 5.17. */
SEC("?fentry/kvm_arch_commit_memory_region")
int BPF_PROG(on_memslot, struct kvm *kvm, struct kvm_memory_slot *old, struct kvm_memory_slot *new)
{
	return memslot(kvm, old, new, false);
}

SEC("?fentry/kvm_arch_commit_memory_region")
int BPF_PROG(again_memslot, struct kvm *kvm, struct kvm_memory_slot *old, struct kvm_memory_slot *new)
{
	return memslot(kvm, old, new, true);
}

SEC("?kprobe/kvm_arch_commit_memory_region")
int BPF_KPROBE(kprobe_memslot, struct kvm *kvm, struct kvm_memory_slot *old, struct kvm_memory_slot *new)
{
	return memslot(kvm, old, new, false);
}

/* --- slots that were there before ---------------------------------------------------------------------------------- */

/* No change of it was seen: its record counts nothing, and says what the slot is. */
static long one_step(__u32 step, struct memslot_walk *walk)
{
	struct event_key key = {.kind = EVENT_MEMSLOT};
	struct event_rec *rec;
	struct memslot slot;

	(void)step;
	if (!memslot_step(walk, &slot))
		return memslots_done();
	key.kvm = (__u64)walk->kvm;
	key.sub = slot.id;
	rec = record_of(&key, false);
	if (!rec || rec->count)
		return memslots_done();
	rec->value[MEMSLOT_GPA] = slot.gpa;
	rec->value[MEMSLOT_BYTES] = slot.bytes;
	rec->value[MEMSLOT_HVA] = slot.hva;
	rec->value[MEMSLOT_FLAGS] = slot.flags;
	return memslots_done();
}

SEC("?iter/task_file")
int find_slots(struct bpf_iter__task_file *ctx)
{
	struct file *file = ctx->file;
	struct kvm_vcpu *vcpu = NULL;
	struct memslot_walk walk;
	struct kvm *kvm;

	if (!ctx->task || !file || !group_on(GROUP_IOCTL))
		return 0;
	kvm = kvm_of_file(file, &vcpu);
	if (!kvm || vcpu)
		return 0;
	for (__u32 space = 0; space < ADDRESS_SPACES; space++)
		if (memslots_begin(&walk, kvm, space))
			bpf_loop(MEMSLOT_STEPS, one_step, &walk, 0);
	return 0;
}
