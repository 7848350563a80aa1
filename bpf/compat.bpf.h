/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything that differs between kernels and architectures, and since when. Nothing else in bpf/ knows a version.
 */
#ifndef KVMTOP_COMPAT_BPF_H
#define KVMTOP_COMPAT_BPF_H

#include "../vmlinux/vmlinux.h"
#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

/* arch/x86/include/asm/kvm_host.h, since 2.6.35 */
#define KVM_ISA_VMX 1
#define KVM_ISA_SVM 2

/* enum in arch/x86/include/asm/kvm_host.h (OUTSIDE_GUEST_MODE 0, IN_GUEST_MODE 1), since 3.0 */
#define IN_GUEST_MODE 1

/* include/uapi/linux/magic.h, since 2.6.22 */
#define ANON_INODE_FS_MAGIC 0x09041934

/* kernel/locking/mutex.c: the low bits of mutex.owner are flags, since 4.10 */
#define MUTEX_FLAGS 7UL

/*
 * The hardware exit reason. It was an argument of kvm_exit in 5.10 and is none in 6.1 and later; it is read where the
 * vendor module keeps it. struct kvm_vcpu is the first member of struct vcpu_svm and struct vcpu_vmx in all versions
 * (svm_init() and vmx_init() refuse to build otherwise).
 *   SVM: vmcb->control.exit_code, u32 (6.1, 6.12, 6.18); u64 (7.2). Both are little-endian: the low half is the code.
 *   VMX: vcpu_vmx.exit_reason (6.1, 6.12); vcpu_vmx.vt.exit_reason (7.2: struct vcpu_vt, shared with TDX).
 * False: unknown ISA, or the vendor module's types are not there.
 */
static __always_inline bool read_exit_code(struct kvm_vcpu *vcpu, __u32 isa, __u32 *code)
{
	*code = 0;
	if (isa == KVM_ISA_SVM && bpf_core_type_exists(struct vcpu_svm)) {
		struct vcpu_svm *svm = (void *)vcpu;
		struct vmcb *vmcb = BPF_CORE_READ(svm, vmcb);

		return !bpf_core_read(code, sizeof(*code), &vmcb->control.exit_code);
	}
	if (isa == KVM_ISA_VMX && bpf_core_type_exists(struct vcpu_vmx)) {
		struct vcpu_vmx___v61 *old = (void *)vcpu;
		struct vcpu_vmx *vmx = (void *)vcpu;

		if (bpf_core_field_exists(old->exit_reason))
			return !bpf_core_read(code, sizeof(*code), &old->exit_reason);
		return !bpf_core_read(code, sizeof(*code), &vmx->vt.exit_reason);
	}
	return false;
}

/*
 * Is the task that is being switched out still runnable? The same question as task_is_runnable() (6.12, delayed
 * dequeue); before that on_rq alone. KVM itself decides vcpu->preempted by it. on_rq is an int (6.1, 6.18) or a u8 (7.2),
 * and a direct load cannot be adjusted from one to the other: its first byte is read.
 */
static __always_inline bool task_runnable(struct task_struct *task)
{
	__u8 on_rq = 0;

	bpf_core_read(&on_rq, sizeof(on_rq), &task->on_rq);
	if (!on_rq)
		return false;
	if (bpf_core_field_exists(task->se.sched_delayed))
		return !task->se.sched_delayed;
	return true;
}

/*
 * Time the task spent runnable on run queues, cumulative (CONFIG_SCHED_INFO, on in every distribution kernel; 0 where it
 * is off). The scheduler keeps it for every task anyway, so the wait after a wake-up costs no hook on other threads.
 */
static __always_inline __u64 task_run_delay(struct task_struct *task)
{
	if (bpf_core_field_exists(task->sched_info.run_delay))
		return task->sched_info.run_delay;
	return 0;
}

/*
 * The vCPU that the current thread has loaded (between vcpu_load() and vcpu_put()), NULL: none. KVM is the only user of
 * preempt notifiers. CONFIG_PREEMPT_NOTIFIERS is selected by KVM.
 */
static __always_inline struct kvm_vcpu *loaded_vcpu(struct task_struct *task)
{
	struct hlist_node *node = task->preempt_notifiers.first;

	if (!node)
		return NULL;
	return (void *)node - bpf_core_field_offset(struct kvm_vcpu, preempt_notifier) -
	       bpf_core_field_offset(struct preempt_notifier, link);
}

/* Has somebody locked vcpu->mutex, that is: is a thread inside an ioctl of this vCPU? PREEMPT_RT has no such field: yes. */
static __always_inline bool vcpu_locked(struct kvm_vcpu *vcpu)
{
	if (!bpf_core_field_exists(vcpu->mutex.owner))
		return true;
	return BPF_CORE_READ(vcpu, mutex.owner.counter) & ~MUTEX_FLAGS;
}

#endif /* KVMTOP_COMPAT_BPF_H */
