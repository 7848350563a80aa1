// SPDX-License-Identifier: GPL-2.0-only
/*
 * The classic way to time exits, as most eBPF tools for KVM do it: classic tracepoints, the start kept in a hash map by
 * thread, the sums in a hash map by process, thread and reason. Written for this benchmark, to be held against.
 */
#include "../../bpf/compat.bpf.h"

char LICENSE[] SEC("license") = "GPL";

struct start {
	__u64 ns;
	__u32 reason;
	__u32 pad;
};

struct key {
	__u32 pid, tid, reason, user;
};

struct sums {
	__u64 count, total_ns, min_ns, max_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct start);
} starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct start);
} user_starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, struct key);
	__type(value, struct sums);
} exits SEC(".maps");

/* The records of the tracepoints: fields follow the 8 bytes that all have. */
struct exit_record {
	__u64 common;
	__u32 reason;
};

struct fpu_record {
	__u64 common;
	__u32 load;
};

static __always_inline int begin(void *map, __u32 reason)
{
	struct start start = {.ns = bpf_ktime_get_ns(), .reason = reason};
	__u32 tid = (__u32)bpf_get_current_pid_tgid();

	bpf_map_update_elem(map, &tid, &start, BPF_ANY);
	return 0;
}

static __always_inline int end(void *map, __u32 user)
{
	__u64 id = bpf_get_current_pid_tgid(), ns;
	__u32 tid = (__u32)id;
	struct start *start = bpf_map_lookup_elem(map, &tid);
	struct sums *sums, first = {};
	struct key key = {.pid = id >> 32, .tid = tid, .user = user};

	if (!start)
		return 0;
	ns = bpf_ktime_get_ns() - start->ns;
	key.reason = start->reason;
	bpf_map_delete_elem(map, &tid);
	sums = bpf_map_lookup_elem(&exits, &key);
	if (!sums) {
		first.count = 1;
		first.total_ns = first.min_ns = first.max_ns = ns;
		bpf_map_update_elem(&exits, &key, &first, BPF_NOEXIST);
		return 0;
	}
	__sync_fetch_and_add(&sums->count, 1);
	__sync_fetch_and_add(&sums->total_ns, ns);
	if (ns < sums->min_ns)
		sums->min_ns = ns;
	if (ns > sums->max_ns)
		sums->max_ns = ns;
	return 0;
}

SEC("?tp/kvm/kvm_exit")
int classic_exit(struct exit_record *ctx)
{
	return begin(&starts, ctx->reason);
}

SEC("?tp/kvm/kvm_entry")
int classic_entry(void *ctx)
{
	return end(&starts, 0);
}

SEC("?tp/kvm/kvm_userspace_exit")
int classic_user_exit(struct exit_record *ctx)
{
	return begin(&user_starts, ctx->reason);
}

SEC("?tp/kvm/kvm_fpu")
int classic_fpu(struct fpu_record *ctx)
{
	return ctx->load ? end(&user_starts, 1) : 0;
}
