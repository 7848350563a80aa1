// SPDX-License-Identifier: GPL-2.0-only
/*
 * The least that a program pair can cost: the hooks themselves, and one clock reading each. What kvmtop's cost is held
 * against. Loaded by tests/bench/meter; the names say in which variant a program takes part.
 */
#include "../../bpf/compat.bpf.h"

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
