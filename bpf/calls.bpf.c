// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls, by whose they are and by number. */
#include "cause.bpf.h"

char LICENSE[] SEC("license") = "GPL";

enum twin_bits { TWIN_HYPERCALL, TWIN_HYPERV, TWIN_XEN };

static __always_inline int hypercall(struct event_key *key, const __u64 *args, __u32 bit, bool again)
{
	struct event_rec *rec;

	if (!group_on(GROUP_CALL) || !first_of_twins(bit, again) || !key_of_current(key))
		return 0;
	rec = event_count(key, true, 0, false);
	if (own_values(rec))
		__builtin_memcpy(rec->value, args, sizeof(rec->value)); /* of the last one */
	log_event(key, args, 0, false);
	return 0;
}

#if defined(__TARGET_ARCH_arm64)

/*
 * arch/arm64/kvm/handle_exit.c, handle_hvc(): every HVC, whatever becomes of it (KVM answers it, or since 6.5 the VMM if it
 * wants to). KVM has no such event for SMC, by which guests call firmware where there is no HVC.
 */
static __always_inline int hvc_call(__u64 nr, bool again)
{
	struct event_key key = {.kind = EVENT_HYPERCALL, .sub = HYPERCALL_SMCCC, .a = nr};
	struct kvm_vcpu *vcpu = loaded_vcpu(bpf_get_current_task_btf());
	__u64 args[EVENT_VALUES] = {0};

	if (vcpu)
		smccc_args(vcpu, args);
	return hypercall(&key, args, TWIN_HYPERCALL, again);
}

SEC("?tp_btf/kvm_hvc_arm64")
int BPF_PROG(on_hvc, unsigned long pc, unsigned long nr)
{
	return hvc_call(nr, false);
}

SEC("?tp_btf/kvm_hvc_arm64")
int BPF_PROG(again_hvc, unsigned long pc, unsigned long nr)
{
	return hvc_call(nr, true);
}

#endif

/* arch/x86/kvm/x86.c, kvm_emulate_hypercall() or, in 6.12 and 7.2, what it calls: KVM's own, known to it or not. */
static __always_inline int kvm_call(unsigned long nr, unsigned long a0, unsigned long a1, unsigned long a2,
				    unsigned long a3, bool again)
{
	struct event_key key = {.kind = EVENT_HYPERCALL, .sub = HYPERCALL_KVM, .a = nr};
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

/*
 * arch/x86/kvm/hyperv.c, kvm_hv_hypercall(); where KVM is built with it (CONFIG_KVM_HYPERV, since 6.8). What the guest's
 * control word said is put together again, as the TLFS has it: one value in place of five.
 */
static __always_inline int hyperv_call(__u64 code, bool fast, __u64 var_cnt, __u64 rep_cnt, __u64 rep_idx, __u64 ingpa,
				       __u64 outgpa, bool again)
{
	struct event_key key = {.kind = EVENT_HYPERCALL, .sub = HYPERCALL_HYPERV, .a = code};
	__u64 args[EVENT_VALUES] = {ingpa, outgpa};

	args[2] = code | (__u64)fast << 16 | var_cnt << 17 | rep_cnt << 32 | rep_idx << 48;
	return hypercall(&key, args, TWIN_HYPERV, again);
}

SEC("?tp_btf/kvm_hv_hypercall")
int BPF_PROG(on_hv_hypercall, __u16 code, bool fast, __u16 var_cnt, __u16 rep_cnt, __u16 rep_idx, __u64 ingpa,
	     __u64 outgpa)
{
	return hyperv_call(code, fast, var_cnt, rep_cnt, rep_idx, ingpa, outgpa, false);
}

SEC("?tp_btf/kvm_hv_hypercall")
int BPF_PROG(again_hv_hypercall, __u16 code, bool fast, __u16 var_cnt, __u16 rep_cnt, __u16 rep_idx, __u64 ingpa,
	     __u64 outgpa)
{
	return hyperv_call(code, fast, var_cnt, rep_cnt, rep_idx, ingpa, outgpa, true);
}

/* arch/x86/kvm/xen.c, kvm_xen_hypercall() */
static __always_inline int xen_call(const unsigned long long *arg, bool again)
{
	struct event_key key = {.kind = EVENT_HYPERCALL, .sub = HYPERCALL_XEN, .a = arg[0]};
	__u64 args[EVENT_VALUES] = {arg[1], arg[2], arg[3], arg[4]};

	return hypercall(&key, args, TWIN_XEN, again);
}

SEC("?tp_btf/kvm_xen_hypercall")
int on_xen_hypercall(unsigned long long *ctx)
{
	unsigned long long arg[5];

	xen_hypercall_args(ctx, arg);
	return xen_call(arg, false);
}

SEC("?tp_btf/kvm_xen_hypercall")
int again_xen_hypercall(unsigned long long *ctx)
{
	unsigned long long arg[5];

	xen_hypercall_args(ctx, arg);
	return xen_call(arg, true);
}

/* The time of a hypercall is that of its exit. */
SEC("?tp_btf/kvm_entry")
int on_call_end(unsigned long long *ctx)
{
	cause_ends(event_vcpu(ctx));
	return 0;
}
