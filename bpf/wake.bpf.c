// SPDX-License-Identifier: GPL-2.0-only
/*
 * Halts one by one, the halt-poll window as it grows and shrinks, and stretches on and off the pCPU. Sums of most of this
 * are in the core; here are the distributions, and the events for the log.
 */
#include "events.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* Of thread_marks: no other object uses these. */
enum { BIT_WAKEUP = 56, BIT_WINDOW, BIT_RUN, BIT_RETURN };
enum { SPAN_ON = 10, SPAN_OFF };

static __always_inline int wakes_up(__u64 ns, bool waited, bool valid, bool again)
{
	struct event_key key = {.kind = EVENT_WAKEUP};
	struct event_rec *rec;

	if (!group_on(GROUP_HALT) || !first_of_twins(BIT_WAKEUP, again) || !key_of_current(&key))
		return 0;
	rec = event_count(&key, true, ns ?: 1, !valid);
	if (own_values(rec) && !waited)
		__sync_fetch_and_add(&rec->value[WAKEUP_IN_POLL], 1);
	key.sub = (waited ? WAKEUP_SLEPT : WAKEUP_POLLED) | (valid ? 0 : WAKEUP_INVALID);
	log_event(&key, NULL, ns, !valid);
	return 0;
}

/* virt/kvm/kvm_main.c, at the end of a halt. ns: polling and sleep together. */
SEC("?tp_btf/kvm_vcpu_wakeup")
int BPF_PROG(halt_wakeup, __u64 ns, bool waited, bool valid)
{
	return wakes_up(ns, waited, valid, false);
}

SEC("?tp_btf/kvm_vcpu_wakeup")
int BPF_PROG(again_halt_wakeup, __u64 ns, bool waited, bool valid)
{
	return wakes_up(ns, waited, valid, true);
}

static __always_inline int window_changes(bool grow, __u32 new, __u32 old, bool again)
{
	struct event_key key = {.kind = EVENT_HALT_POLL, .sub = grow ? WINDOW_GROWS : WINDOW_SHRINKS};
	__u64 values[EVENT_VALUES] = {[WINDOW_NEW] = new, [WINDOW_OLD] = old};
	struct event_rec *rec;

	if (!group_on(GROUP_HALT) || !first_of_twins(BIT_WINDOW, again) || !key_of_current(&key))
		return 0;
	rec = event_count(&key, false, 0, false);
	if (own_values(rec)) {
		rec->value[WINDOW_NEW] = new;
		rec->value[WINDOW_OLD] = old;
	}
	log_event(&key, values, 0, false);
	return 0;
}

/* virt/kvm/kvm_main.c, grow_halt_poll_ns() and shrink_halt_poll_ns(): in the vCPU's thread, also when nothing changes. */
SEC("?tp_btf/kvm_halt_poll_ns")
int BPF_PROG(halt_window, bool grow, unsigned int vcpu_id, unsigned int new, unsigned int old)
{
	return window_changes(grow, new, old, false);
}

SEC("?tp_btf/kvm_halt_poll_ns")
int BPF_PROG(again_halt_window, bool grow, unsigned int vcpu_id, unsigned int new, unsigned int old)
{
	return window_changes(grow, new, old, true);
}

/* --- stretches ----------------------------------------------------------------------------------------------------- */

/* A pCPU and its node in one number, never 0. */
#define PLACE(cpu, node)  (1ULL << 63 | (__u64)(node) << 32 | (cpu))
#define PLACE_CPU(place)  ((__u32)(place))
#define PLACE_NODE(place) ((__u32)((place) >> 32) & 0x7fffffff)

static __always_inline void count_move(struct event_key *key, __u32 what, __u32 from, __u32 to)
{
	__u64 values[EVENT_VALUES] = {[MOVE_FROM] = from, [MOVE_TO] = to};
	struct event_rec *rec;

	key->kind = EVENT_MIGRATION;
	key->sub = what;
	rec = event_count(key, false, 0, false);
	if (own_values(rec)) {
		rec->value[MOVE_FROM] = from;
		rec->value[MOVE_TO] = to;
	}
	log_event(key, values, 0, false);
}

/* The vCPU has a pCPU from now on. */
static __always_inline void stretch_begins(struct event_key *key)
{
	__u64 place = PLACE(bpf_get_smp_processor_id(), (__u32)bpf_get_numa_node_id()), last = 0;
	struct thread_marks *m = thread_marks_get();

	if (!m)
		return;
	if (m->ended_ns[SPAN_ON] >= group_since(GROUP_HALT))
		last = m->arg[SPAN_ON];
	if (last && PLACE_CPU(last) != PLACE_CPU(place))
		count_move(key, MOVE_PCPU, PLACE_CPU(last), PLACE_CPU(place));
	if (last && PLACE_NODE(last) != PLACE_NODE(place))
		count_move(key, MOVE_NODE, PLACE_NODE(last), PLACE_NODE(place));
	m->arg[SPAN_ON] = place;
	m->start_ns[SPAN_ON] = bpf_ktime_get_ns();
}

/* It leaves it, or leaves KVM_RUN. Returns the time now. */
static __always_inline __u64 stretch_ends(struct event_key *key)
{
	struct thread_marks *m = thread_marks_get();
	__u64 now = bpf_ktime_get_ns();

	if (m && m->start_ns[SPAN_ON] >= group_since(GROUP_HALT)) {
		key->kind = EVENT_ON_CPU;
		key->sub = PLACE_CPU(m->arg[SPAN_ON]);
		event_count(key, true, now - m->start_ns[SPAN_ON], false);
		m->ended_ns[SPAN_ON] = now;
	}
	if (m)
		m->start_ns[SPAN_ON] = 0;
	return now;
}

/* virt/kvm/kvm_main.c: with preemption off, so these two are never preempted and need no twins. */
static __always_inline int sched_out(void)
{
	struct thread_marks *m = thread_marks_get();
	struct event_key key = {};
	__u64 now;

	if (!group_on(GROUP_HALT) || !m || !key_of_current(&key))
		return 0;
	now = stretch_ends(&key);
	m->arg[SPAN_OFF] = task_runnable(bpf_get_current_task_btf()) ? OFF_PREEMPT : OFF_BLOCK;
	m->start_ns[SPAN_OFF] = now;
	return 0;
}

SEC("?fentry/kvm_sched_out")
int BPF_PROG(halt_sched_out, struct preempt_notifier *pn, struct task_struct *next)
{
	return sched_out();
}

SEC("?kprobe/kvm_sched_out")
int BPF_KPROBE(kprobe_halt_sched_out)
{
	return sched_out();
}

static __always_inline int sched_in(void)
{
	struct thread_marks *m = thread_marks_get();
	struct event_key key = {};
	__u64 ns;

	if (!group_on(GROUP_HALT) || !m || !key_of_current(&key))
		return 0;
	if (m->start_ns[SPAN_OFF] >= group_since(GROUP_HALT)) {
		ns = bpf_ktime_get_ns() - m->start_ns[SPAN_OFF];
		key.kind = EVENT_OFF_CPU;
		key.sub = m->arg[SPAN_OFF];
		event_count(&key, true, ns ?: 1, false);
		log_event(&key, NULL, ns ?: 1, false);
	}
	m->start_ns[SPAN_OFF] = 0;
	stretch_begins(&key);
	return 0;
}

SEC("?fentry/kvm_sched_in")
int BPF_PROG(halt_sched_in, struct preempt_notifier *pn)
{
	return sched_in();
}

SEC("?kprobe/kvm_sched_in")
int BPF_KPROBE(kprobe_halt_sched_in)
{
	return sched_in();
}

static __always_inline int run_begins(struct kvm_vcpu *vcpu, bool again)
{
	struct event_key key = {};

	if (!vcpu || !group_on(GROUP_HALT) || !first_of_twins(BIT_RUN, again))
		return 0;
	key_of_vcpu(&key, vcpu);
	stretch_begins(&key);
	return 0;
}

SEC("?fentry/kvm_arch_vcpu_ioctl_run")
int BPF_PROG(halt_run, struct kvm_vcpu *vcpu)
{
	return run_begins(vcpu, false);
}

SEC("?fentry/kvm_arch_vcpu_ioctl_run")
int BPF_PROG(again_halt_run, struct kvm_vcpu *vcpu)
{
	return run_begins(vcpu, true);
}

SEC("?kprobe/kvm_arch_vcpu_ioctl_run")
int BPF_KPROBE(kprobe_halt_run, struct kvm_vcpu *vcpu)
{
	return run_begins(vcpu, false);
}

static __always_inline int run_returns(bool again)
{
	struct event_key key = {};

	if (!group_on(GROUP_HALT) || !first_of_twins(BIT_RETURN, again) || !key_of_current(&key))
		return 0;
	stretch_ends(&key);
	return 0;
}

/* Once for each choice of the programs above. */
#define RETURNS(name, again)                      \
	SEC("?tp_btf/kvm_userspace_exit")         \
	int BPF_PROG(name, __u32 reason, int err) \
	{                                         \
		return run_returns(again);        \
	}

RETURNS(halt_return, false)
RETURNS(again_halt_return, true)
RETURNS(kprobe_halt_return, false)
RETURNS(kprobe_again_halt_return, true)
