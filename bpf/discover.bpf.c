// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds every VM and vCPU by the files that VMMs hold open, also those that sleep or hang and make no event. Run when
 * kvmtop starts and now and then after; also brings the counters that KVM keeps by itself in struct kvm_vcpu.stat.
 */
#include "files.bpf.h"
#include "vcpu.bpf.h"

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

	if (!task || !file)
		return 0;
	kvm = kvm_of_file(file, &vcpu);
	if (!kvm)
		return 0;
	f.pid = task->tgid;
	f.start_ns = BPF_CORE_READ(task, group_leader, start_boottime);

	f.kind = FOUND_VM;
	if (vcpu) {
		f.kind = FOUND_VCPU;
		f.vcpu = (__u64)vcpu;
		f.vcpu_id = BPF_CORE_READ(vcpu, vcpu_id);
		pid = BPF_CORE_READ(vcpu, pid);
		if (pid)
			f.tid = BPF_CORE_READ(pid, numbers[0].nr);
		f.state = state_of(vcpu, pid != NULL);
		f.slot = vcpu_slot(vcpu, f.pid, bpf_ktime_get_ns(), f.state);
		read_stat(&f, vcpu);
	}
	f.kvm = (__u64)kvm;
	f.userspace_pid = BPF_CORE_READ(kvm, userspace_pid);
	f.created_vcpus = BPF_CORE_READ(kvm, created_vcpus);
	bpf_seq_write(ctx->meta->seq, &f, sizeof(f));
	return 0;
}
