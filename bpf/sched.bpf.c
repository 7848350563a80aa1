// SPDX-License-Identifier: GPL-2.0-only
/* On and off the pCPU inside KVM_RUN: what preemption and waiting cost, and who took it. */
#include "vcpu.bpf.h"

/* A task changes its name when it executes a program: the last one counts. */
static __always_inline void note_name(struct preemptor *p, struct task_struct *next)
{
	bpf_probe_read_kernel_str(p->comm, sizeof(p->comm),
				  (void *)next + bpf_core_field_offset(struct task_struct, comm));
}

/* Remembers who took the pCPU; what it ran is added when the wait ends. */
static __always_inline void preempted_by(struct vcpu_rec *rec, struct task_struct *next, __u32 tid)
{
	__u64 least = ~0ULL;
	__u32 at = 0;

#pragma unroll
	for (__u32 i = 0; i < PREEMPTORS; i++) {
		struct preemptor *p = &rec->preemptors[i];

		if (p->count && p->tid == tid) {
			p->count++;
			note_name(p, next);
			rec->off_by = i + 1;
			return;
		}
		if (!p->count) {
			least = 0;
			at = i;
		} else if (p->ns < least) {
			least = p->ns;
			at = i;
		}
	}
	if (at < PREEMPTORS) {
		struct preemptor *p = &rec->preemptors[at];

		rec->preempt_rest_ns += p->ns;
		__builtin_memset(p, 0, sizeof(*p));
		p->tid = tid;
		p->count = 1;
		note_name(p, next);
		rec->off_by = at + 1;
	}
}

/*
 * How long a task has run in its life, as the scheduler counts it. Exact for one that is not on a pCPU now, which holds for
 * whoever had the one that this thread has just got.
 */
static __always_inline __u64 ran_so_far(struct task_struct *task)
{
	return BPF_CORE_READ(task, se.sum_exec_runtime);
}

/*
 * The task that came first may have run for microseconds, and others after it: it answers for what it ran and no more.
 * Who the others were is not known without a hook on every context switch of the host.
 */
static __always_inline void blame(struct vcpu_rec *rec, __u64 wait)
{
	struct task_struct *task = (void *)rec->off_task;
	struct preemptor *p;
	__u64 ran = 0;

	if (rec->off_by) {
		/* masked: the verifier wants to see the bound */
		p = &rec->preemptors[(rec->off_by - 1) & (PREEMPTORS - 1)];
		if ((__u32)BPF_CORE_READ(task, pid) == p->tid)
			ran = ran_so_far(task) - rec->off_task_ran;
		if (ran > wait)
			ran = wait;
		p->ns += ran;
	}
	rec->preempt_rest_ns += wait - ran;
}

/* next_tid apart from next: only some hooks may follow the pointer without a helper. */
static __always_inline void leave_cpu(struct vcpu_rec *rec, struct task_struct *prev, struct task_struct *next,
				      __u32 next_tid)
{
	__u64 now = bpf_ktime_get_ns();
	__u32 state = rec->state;

	rec->on_state = state;
	rec->off_run_delay = task_run_delay(prev);
	rec->off_by = 0;
	if (task_runnable(prev)) {
		rec->off = OFF_PREEMPT;
		rec->preemptions++;
		change_state(rec, VCPU_WAIT, now);
		if (next) {
			preempted_by(rec, next, next_tid);
			rec->off_task = (__u64)next;
			rec->off_task_ran = ran_so_far(next);
		}
		return;
	}
	rec->off = OFF_BLOCK;
	rec->blocks++;
	/*
	 * Asleep in a halt is HALT. Asleep for any other reason (a page that has to be read in, a lock) is the kernel's
	 * work on the exit, unless nothing told us that a halt began.
	 */
	if (!knobs.has_halt && state != VCPU_USER)
		state = VCPU_HALT;
	change_state(rec, state, now);
}

static __always_inline void take_cpu(struct vcpu_rec *rec, struct task_struct *task)
{
	__u64 now, past, wait;

	if (rec->off == OFF_NOT)
		return;
	now = bpf_ktime_get_ns();
	past = elapsed(rec, now);
	if (rec->off == OFF_PREEMPT) {
		wait = past;
	} else {
		/* Asleep first, then woken and in the queue: the scheduler has measured how long. */
		wait = task_run_delay(task) - rec->off_run_delay;
		if (wait > past)
			wait = past;
		charge(rec, rec->state, past - wait);
	}
	charge(rec, VCPU_WAIT, wait);
	if (wait > rec->wait_max_ns)
		rec->wait_max_ns = wait;
	blame(rec, wait);
	rec->off = OFF_NOT;
	enter_state(rec, rec->on_state, now);
}

/* The record of the vCPU whose preempt notifier it is. */
static __always_inline struct vcpu_rec *notified_vcpu(struct preempt_notifier *pn)
{
	return pn ? vcpu_if_own((void *)pn - bpf_core_field_offset(struct kvm_vcpu, preempt_notifier)) : NULL;
}

/* virt/kvm/kvm_main.c: the preempt notifiers, called for a thread that has a vCPU loaded and for no other. */
static __always_inline int sched_out(struct preempt_notifier *pn, struct task_struct *next, __u32 next_tid)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct vcpu_rec *rec;

	rec = notified_vcpu(pn);
	if (!rec)
		return 0;
	if (vcpu_busy(rec)) {
		rec->nested_out_ns = bpf_ktime_get_ns();
		rec->nested_state = rec->state;
		rec->preemptions++;
		return 0;
	}
	if (!vcpu_begin(rec))
		return 0;
	leave_cpu(rec, task, next, next_tid);
	vcpu_end(rec);
	return 0;
}

static __always_inline int sched_in(struct preempt_notifier *pn)
{
	struct vcpu_rec *rec;

	rec = notified_vcpu(pn);
	if (!rec)
		return 0;
	if (vcpu_busy(rec)) {
		if (rec->nested_out_ns)
			rec->nested_wait_ns += bpf_ktime_get_ns() - rec->nested_out_ns;
		return 0;
	}
	if (!vcpu_begin(rec))
		return 0;
	take_cpu(rec, bpf_get_current_task_btf());
	vcpu_end(rec);
	return 0;
}

SEC("?fentry/kvm_sched_out")
int BPF_PROG(on_sched_out, struct preempt_notifier *pn, struct task_struct *next)
{
	return sched_out(pn, next, next ? next->pid : 0);
}

SEC("?fentry/kvm_sched_in")
int BPF_PROG(on_sched_in, struct preempt_notifier *pn)
{
	return sched_in(pn);
}

/* The same through kprobes. */
SEC("?kprobe/kvm_sched_out")
int BPF_KPROBE(kprobe_sched_out, struct preempt_notifier *pn, struct task_struct *next)
{
	return sched_out(pn, next, BPF_CORE_READ(next, pid));
}

SEC("?kprobe/kvm_sched_in")
int BPF_KPROBE(kprobe_sched_in, struct preempt_notifier *pn)
{
	return sched_in(pn);
}

/*
 * Where fentry and kprobes are refused. It costs every context switch of the host two look-ups, and --features says so. Only threads
 * with a vCPU loaded count, as above: the preempt notifier tells. For the one that comes it is read from the task, since
 * current is still the one that goes.
 */
SEC("?tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	struct vcpu_rec *rec;

	if (prev->preempt_notifiers.first) {
		rec = vcpu_current();
		if (rec && vcpu_begin(rec)) {
			leave_cpu(rec, prev, next, next->pid);
			vcpu_end(rec);
		}
	}
	if (!next->preempt_notifiers.first)
		return 0;
	rec = vcpu_of(next);
	if (rec && vcpu_begin(rec)) {
		take_cpu(rec, next);
		vcpu_end(rec);
	}
	return 0;
}
