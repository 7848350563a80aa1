// SPDX-License-Identifier: GPL-2.0-only
/*
 * The timer of each local APIC: set by the guest, started on the CPU's own timer for guests (VMX's preemption timer) or on
 * one of the host's, expired, and how late.
 */
#include "events.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#if defined(__TARGET_ARCH_x86)

enum twin_bits { TWIN_COUNT = 48, TWIN_DEADLINE, TWIN_STARTED, TWIN_WAITED };

enum timer_mode { MODE_ONE_SHOT, MODE_PERIODIC, MODE_DEADLINE };

static __always_inline __u32 mode_of(struct kvm_lapic *apic)
{
	return BPF_CORE_READ(apic, lapic_timer.timer_mode) >> APIC_TIMER_MODE_SHIFT & 3;
}

/* The key of the timer of the thread's own vCPU; NULL: it runs none, or one without an APIC. */
static __always_inline struct kvm_lapic *own_timer(struct event_key *key)
{
	struct kvm_lapic *apic;

	if (!key_of_current(key))
		return NULL;
	apic = vcpu_apic((void *)key->vcpu);
	if (apic)
		key->sub = mode_of(apic);
	return apic;
}

static __always_inline int timer_set(bool by_deadline, __u32 bit, bool again)
{
	struct event_key key = {.kind = EVENT_TIMER};

	/* In the one mode the initial count is ignored, in the others the deadline is. */
	if (!group_on(GROUP_TIMER) || !first_of_twins(bit, again) || !own_timer(&key) ||
	    (key.sub == MODE_DEADLINE) != by_deadline)
		return 0;
	event_count(&key, true, 0, false);
	log_event(&key, NULL, 0, false);
	return 0;
}

/* A write of the initial count or of the deadline sets the timer; one of 0 stops it. */
#define SET_TIMER(prefix, again)                                                                        \
	SEC("?tp_btf/kvm_apic")                                                                         \
	int BPF_PROG(prefix##_timer_count, unsigned int write, unsigned int reg, __u64 value)           \
	{                                                                                               \
		if (!write || reg != APIC_TMICT || !value)                                              \
			return 0;                                                                       \
		return timer_set(false, TWIN_COUNT, again);                                             \
	}                                                                                               \
	SEC("?tp_btf/kvm_msr")                                                                          \
	int BPF_PROG(prefix##_timer_deadline, unsigned int write, __u32 index, __u64 value, bool fault) \
	{                                                                                               \
		if (!write || index != MSR_IA32_TSC_DEADLINE || !value || fault)                        \
			return 0;                                                                       \
		return timer_set(true, TWIN_DEADLINE, again);                                           \
	}

SET_TIMER(on, false)
SET_TIMER(again, true)

/*
 * How late: by the clock that it was started on. The host's timer for a TSC deadline is set to fire a bit early on purpose
 * (timer_advance_ns), and KVM waits for the rest. A TSC deadline on the CPU's timer has no time in nanoseconds:
 * waited_for() tells. Of one that was past when it was set there is nothing to tell.
 */
static __always_inline int expired(struct kvm_lapic *apic, bool by_host_timer)
{
	struct event_key key = {.kind = EVENT_TIMER};
	__u64 now = bpf_ktime_get_ns(), due = 0, late = 0, values[EVENT_VALUES] = {[TIMER_EXPIRED] = 1};
	struct event_rec *rec;
	bool by_cpu, pending;

	if (!group_on(GROUP_TIMER))
		return 0;
	key_of_vcpu(&key, BPF_CORE_READ(apic, vcpu));
	key.sub = mode_of(apic);
	rec = record_of(&key, true);
	if (!rec)
		return 0;
	pending = BPF_CORE_READ(apic, lapic_timer.pending.counter);
	by_cpu = !by_host_timer && BPF_CORE_READ(apic, lapic_timer.hv_timer_in_use);
	if (by_host_timer)
		due = apic_timer_expires(apic) +
		      (key.sub == MODE_DEADLINE ? BPF_CORE_READ(apic, lapic_timer.timer_advance_ns) : 0);
	else if (by_cpu && key.sub != MODE_DEADLINE)
		due = BPF_CORE_READ(apic, lapic_timer.target_expiration);
	else if (by_cpu)
		rec->since_ns[0] = now;
	else
		__sync_fetch_and_add(&rec->value[TIMER_PAST], 1);
	__sync_fetch_and_add(&rec->value[TIMER_EXPIRED], 1);
	rec->last_ns = now;
	if (pending)
		__sync_fetch_and_add(&rec->errors, 1);
	if (due)
		late = now > due ? now - due : 1;
	event_time(rec, late);
	log_event(&key, values, late, pending);
	return 0;
}

/* arch/x86/kvm/lapic.c, static; from_timer_fn since 5.10. Never preempted: by an interrupt, or with preemption off. */
SEC("?fentry/apic_timer_expired")
int BPF_PROG(on_timer_expired, struct kvm_lapic *apic, bool from_timer_fn)
{
	return expired(apic, from_timer_fn);
}

/* Each time it is started, by the guest or because KVM moves it from one timer to the other. */
static __always_inline int started(bool by_cpu, bool again)
{
	struct event_key key = {.kind = EVENT_TIMER};
	struct event_rec *rec;

	if (!group_on(GROUP_TIMER) || !first_of_twins(TWIN_STARTED, again) || !own_timer(&key))
		return 0;
	rec = record_of(&key, true);
	if (rec)
		__sync_fetch_and_add(&rec->value[by_cpu ? TIMER_HV : TIMER_SW], 1);
	return 0;
}

/* start_hv_timer(), start_sw_timer() */
SEC("?tp_btf/kvm_hv_timer_state")
int BPF_PROG(on_timer_started, unsigned int vcpu_id, unsigned int by_cpu)
{
	return started(by_cpu, false);
}

SEC("?tp_btf/kvm_hv_timer_state")
int BPF_PROG(again_timer_started, unsigned int vcpu_id, unsigned int by_cpu)
{
	return started(by_cpu, true);
}

/* Before the guest gets its interrupt: how many of its TSC's cycles the deadline is past; below 0, KVM waits for it. */
static __always_inline int waited_for(__s64 cycles, bool again)
{
	struct event_key key = {.kind = EVENT_TIMER};
	struct kvm_lapic *apic;
	struct kvm_vcpu *vcpu;
	struct event_rec *rec;
	__u32 khz;

	if (!group_on(GROUP_TIMER) || !first_of_twins(TWIN_WAITED, again))
		return 0;
	apic = own_timer(&key);
	if (!apic || key.sub != MODE_DEADLINE)
		return 0;
	rec = record_of(&key, true);
	vcpu = (void *)key.vcpu;
	khz = BPF_CORE_READ(vcpu, arch.virtual_tsc_khz);
	if (rec && khz && __sync_lock_test_and_set(&rec->since_ns[0], 0) >= group_since(GROUP_TIMER))
		event_time(rec, cycles > 0 ? (__u64)cycles * 1000000 / khz ?: 1 : 1);
	return 0;
}

/* __kvm_wait_lapic_expire(), where the lapic_timer_advance parameter is on (it is) */
SEC("?tp_btf/kvm_wait_lapic_expire")
int BPF_PROG(on_timer_waited, unsigned int vcpu_id, __s64 cycles)
{
	return waited_for(cycles, false);
}

SEC("?tp_btf/kvm_wait_lapic_expire")
int BPF_PROG(again_timer_waited, unsigned int vcpu_id, __s64 cycles)
{
	return waited_for(cycles, true);
}

#endif
