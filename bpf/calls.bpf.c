// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls, by whose they are and by number. */
#include "cause.bpf.h"

char LICENSE[] SEC("license") = "GPL";

enum twin_bits { TWIN_HYPERCALL };

static __always_inline int hypercall(struct event_key *key, const __u64 *args, __u32 bit, bool again)
{
	struct event_rec *rec;

	if (!group_on(GROUP_CALL) || !first_of_twins(bit, again) || !key_of_current(key))
		return 0;
	rec = event_count(key, true, 0, false);
	if (rec)
		__builtin_memcpy(rec->value, args, sizeof(rec->value)); /* of the last one */
	log_event(key, args, 0, false);
	return 0;
}

/* arch/x86/kvm/x86.c, ____kvm_emulate_hypercall(); before 6.7 kvm_emulate_hypercall(): KVM's own, known to it or not. */
static __always_inline int kvm_call(unsigned long nr, unsigned long a0, unsigned long a1, unsigned long a2,
				    unsigned long a3, bool again)
{
	struct event_key key = {.kind = EVENT_HYPERCALL, .sub = 0, .a = nr};
	__u64 args[EVENT_VALUES] = {a0, a1, a2, a3};

	return hypercall(&key, args, TWIN_HYPERCALL, again);
}

SEC("?tp_btf/kvm_hypercall")
int BPF_PROG(on_hypercall, unsigned long nr, unsigned long a0, unsigned long a1, unsigned long a2, unsigned long a3)
{
	return kvm_call(nr, a0, a1, a2, a3, false);
}

SEC("?tp_btf/kvm_hypercall")
int BPF_PROG(again_hypercall, unsigned long nr, unsigned long a0, unsigned long a1, unsigned long a2, unsigned long a3)
{
	return kvm_call(nr, a0, a1, a2, a3, true);
}

/* The time of a hypercall is that of its exit. */
SEC("?tp_btf/kvm_entry")
int on_call_end(unsigned long long *ctx)
{
	cause_ends(event_vcpu(ctx));
	return 0;
}
