// SPDX-License-Identifier: GPL-2.0-only
/*
 * The least that a program pair can cost: the hooks themselves; one clock reading each; and the least that can be called a
 * latency by reason. What kvmtop's cost is held against. Loaded by tests/bench/meter; the names say in which variant a
 * program takes part.
 */
#include "../../bpf/compat.bpf.h"
#include "../../bpf/hist.bpf.h"

char LICENSE[] SEC("license") = "GPL";

SEC("?tp_btf/kvm_entry")
int empty_entry(unsigned long long *ctx)
{
	return 0;
}

SEC("?tp_btf/kvm_exit")
int empty_exit(unsigned long long *ctx)
{
	return 0;
}

SEC("?tp_btf/kvm_userspace_exit")
int empty_user_exit(unsigned long long *ctx)
{
	return 0;
}

SEC("?tp_btf/kvm_fpu")
int empty_fpu(unsigned long long *ctx)
{
	return 0;
}

__u64 last;

static __always_inline int read_clock(void)
{
	last = bpf_ktime_get_ns();
	return 0;
}

SEC("?tp_btf/kvm_entry")
int clock_entry(unsigned long long *ctx)
{
	return read_clock();
}

SEC("?tp_btf/kvm_exit")
int clock_exit(unsigned long long *ctx)
{
	return read_clock();
}

SEC("?tp_btf/kvm_userspace_exit")
int clock_user_exit(unsigned long long *ctx)
{
	return read_clock();
}

SEC("?tp_btf/kvm_fpu")
int clock_fpu(unsigned long long *ctx)
{
	return read_clock();
}

/*
 * A count, a sum and a histogram by reason for the whole host: no vCPU and no VM, no extremes, nothing of where time went,
 * no reader that must not see half of an update, and wrong where a vCPU loses its pCPU in the middle.
 */
struct {
	__u64 start_ns, vcpu, vmcb;
	__u32 code;
} begun[64];

struct {
	__u64 count, total_ns;
	__u32 hist[256];
} sums[256];

SEC("?tp_btf/kvm_exit")
int least_exit(unsigned long long *ctx)
{
	struct kvm_vcpu *vcpu = event_vcpu(ctx);
	__u32 cpu = bpf_get_smp_processor_id() & 63, code;

	if (!vcpu)
		return 0;
	if (begun[cpu].vcpu != (__u64)vcpu) {
		begun[cpu].vcpu = (__u64)vcpu;
		begun[cpu].vmcb = 0;
	}
	read_exit_code(ctx, vcpu, exit_isa(ctx), &begun[cpu].vmcb, &code);
	begun[cpu].code = code;
	begun[cpu].start_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("?tp_btf/kvm_entry")
int least_entry(unsigned long long *ctx)
{
	__u32 cpu = bpf_get_smp_processor_id() & 63, at = begun[cpu].code & 255;
	__u64 ns = bpf_ktime_get_ns() - begun[cpu].start_ns;

	sums[at].count++;
	sums[at].total_ns += ns;
	sums[at].hist[duration_bucket(ns) & 255]++;
	return 0;
}
