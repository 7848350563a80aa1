// SPDX-License-Identifier: GPL-2.0-only
/* Halted: polling, asleep, woken. */
#include "vcpu.bpf.h"

static __always_inline int halt_state(struct kvm_vcpu *vcpu, __u32 state, enum twin event, bool again)
{
	struct vcpu_rec *rec;

	if (!vcpu)
		return 0;
	rec = vcpu_get(vcpu);
	if (!rec || handled(rec, event, again) || !vcpu_begin(rec))
		return 0;
	change_state(rec, state, bpf_ktime_get_ns());
	vcpu_end(rec);
	return 0;
}

/* virt/kvm/kvm_main.c, since 5.17: polls first, for as long as the halt-poll window says, then blocks. */
SEC("?fentry/kvm_vcpu_halt")
int BPF_PROG(on_halt, struct kvm_vcpu *vcpu)
{
	return halt_state(vcpu, VCPU_POLL, TWIN_HALT, false);
}

SEC("?fentry/kvm_vcpu_halt")
int BPF_PROG(again_halt, struct kvm_vcpu *vcpu)
{
	return halt_state(vcpu, VCPU_POLL, TWIN_HALT, true);
}

/* Also on its own, for a vCPU that waits to be started. */
SEC("?fentry/kvm_vcpu_block")
int BPF_PROG(on_block, struct kvm_vcpu *vcpu)
{
	return halt_state(vcpu, VCPU_HALT, TWIN_BLOCK, false);
}

SEC("?fentry/kvm_vcpu_block")
int BPF_PROG(again_block, struct kvm_vcpu *vcpu)
{
	return halt_state(vcpu, VCPU_HALT, TWIN_BLOCK, true);
}

SEC("?fexit/kvm_vcpu_block")
int BPF_PROG(on_unblock, struct kvm_vcpu *vcpu)
{
	return halt_state(vcpu, VCPU_KVM, TWIN_UNBLOCK, false);
}

SEC("?fexit/kvm_vcpu_block")
int BPF_PROG(again_unblock, struct kvm_vcpu *vcpu)
{
	return halt_state(vcpu, VCPU_KVM, TWIN_UNBLOCK, true);
}

/*
 * kprobes in place of fentry; they are not preempted and need no twins. None for the end of kvm_vcpu_block(): a kretprobe
 * has room for a limited number of calls at a time, and sleeping vCPUs would use it up. kvm_vcpu_wakeup follows at once.
 */
SEC("?kprobe/kvm_vcpu_halt")
int BPF_KPROBE(kprobe_halt, struct kvm_vcpu *vcpu)
{
	return halt_state(vcpu, VCPU_POLL, TWIN_HALT, false);
}

SEC("?kprobe/kvm_vcpu_block")
int BPF_KPROBE(kprobe_block, struct kvm_vcpu *vcpu)
{
	return halt_state(vcpu, VCPU_HALT, TWIN_BLOCK, false);
}

static __always_inline int halt_ends(__u64 ns, bool waited, bool valid, bool again)
{
	struct vcpu_rec *rec = vcpu_current();
	__u64 now, past;

	if (!rec || handled(rec, TWIN_WAKEUP, again) || !vcpu_begin(rec))
		return 0;

	now = bpf_ktime_get_ns();
	rec->halts++;
	if (!waited)
		rec->halts_polled++;
	if (!valid)
		rec->halts_invalid++;
	if (knobs.has_halt) {
		change_state(rec, VCPU_KVM, now);
	} else if (rec->state == VCPU_KVM && !waited) {
		/* Nothing said when the polling began; now its length is known. */
		past = elapsed(rec, now);
		charge(rec, VCPU_POLL, ns < past ? ns : past);
		charge(rec, VCPU_KVM, ns < past ? past - ns : 0);
	}
	vcpu_end(rec);
	return 0;
}

/* The end of kvm_vcpu_halt(). ns: polling and sleep together; waited: it slept, false: it ended while polling. */
SEC("?tp_btf/kvm_vcpu_wakeup")
int BPF_PROG(on_wakeup, __u64 ns, bool waited, bool valid)
{
	return halt_ends(ns, waited, valid, false);
}

SEC("?tp_btf/kvm_vcpu_wakeup")
int BPF_PROG(again_wakeup, __u64 ns, bool waited, bool valid)
{
	return halt_ends(ns, waited, valid, true);
}
