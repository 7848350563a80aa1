/* SPDX-License-Identifier: GPL-2.0-only */
/* The maps, shared by all BPF objects (weak: the linker keeps one of each). Sizes are set by model/source_bpf.c. */
#ifndef KVMTOP_MAPS_BPF_H
#define KVMTOP_MAPS_BPF_H

#include "compat.bpf.h"
#include "kvmtop.h"

/* In a section of its own: user space finds it by that, in every object. */
const volatile struct knobs knobs SEC(".rodata.knobs") __weak = {1, 1, 1, 1, 1, 1, 1, 1};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct control);
} control SEC(".maps") __weak;

/* The vCPU pool; user space maps it and reads without a system call a row. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct vcpu_rec);
} vcpus SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exit_rec);
} exits SEC(".maps") __weak;

/* Records that user space cleared and gave back. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__type(value, __u32);
} free_vcpus SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__type(value, __u32);
} free_exits SEC(".maps") __weak;

/* The record of a vCPU by the kernel's struct kvm_vcpu; only looked at when a thread runs a vCPU for the first time. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u32);
} vcpu_slots SEC(".maps") __weak;

/* Which vCPU a thread runs. */
struct task_vcpu {
	__u64 vcpu; /* kernel address */
	__u32 slot;
	__u32 gen;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_vcpu);
} task_vcpus SEC(".maps") __weak;

/*
 * The same by thread id, for when the kernel refuses task storage: since 6.19 or so it takes its memory without locks,
 * which needs a 16-byte compare-and-exchange that some (virtual) CPUs lack. Looked at only once that has happened.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct task_vcpu);
} thread_vcpus SEC(".maps") __weak;

/*
 * What a thread is in the middle of: of events that begin in one program and end in another, and of twins (enum twin). For
 * vCPU threads and for all others that raise events, the VMM's and the kernel's own.
 */
#define THREAD_SPANS 12

/* The fault that a thread's vCPU is in, and the ones before on the same page (bpf/mmu.bpf.c). */
struct fault_mark {
	__u64 vcpu; /* whose it is */
	__u64 start_ns;
	__u64 ended_ns;             /* the one before */
	__u64 kvm, gpa, error_code; /* of arm64's: nothing tells them when it ends */
	/* what was found out about it */
	__u64 gfn;
	__u64 pfn;
	__u64 hva;
	__u64 slot;  /* NO_MEMSLOT: there is none */
	__u32 known; /* enum fault_known */
	__u32 level;
	__u64 taken, fixed, fast, spurious, emulated; /* KVM's counters before it */
	/* the one before */
	__u64 last_vcpu;
	__u64 last_gfn;
	__u64 guest_ns; /* how long the vCPU had been in the guest when in_a_row was 0 */
	__u64 last_exits, last_irqs;
	__u64 since_ns; /* the first of those in a row */
	__u32 repeats;  /* after it */
	__u32 counted;  /* of these; 0: it is not sure yet that there is no progress */
	__u32 in_a_row; /* right after another */
	__u32 indirect; /* addresses of faults are no GPAs of the VM: shadow paging, a nested guest */
};

struct thread_marks {
	__u64 start_ns[THREAD_SPANS]; /* 0: not begun */
	__u64 arg[THREAD_SPANS];
	__u64 ended_ns[THREAD_SPANS]; /* the last one, 0: none yet */
	__u64 handled;                /* of twins: bits that the first has set for the second */
	struct fault_mark fault;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct thread_marks);
} marks SEC(".maps") __weak;

/* By thread id, where the kernel refuses task storage. Old threads make room for new ones. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct thread_marks);
} thread_marks SEC(".maps") __weak;

/*
 * The record that a pCPU last worked on, by CPU number: nothing but a hint, which saves the hot path to ask task storage.
 * pCPUs may share one on hosts with very many. A cache line each.
 */
#define CPU_HINTS 512 /* a power of two */

struct cpu_hint {
	__u32 slot;
	__u32 pad[15];
};

static __always_inline struct control *get_control(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&control, &zero);
}

/* Rare by design, so an atomic is cheap enough; several CPUs may lose at once. */
static __always_inline void count_loss(enum loss which)
{
	struct control *ctl = get_control();

	if (ctl)
		__sync_fetch_and_add(&ctl->lost[which], 1);
}

static __always_inline void count_repair(void)
{
	struct control *ctl = get_control();

	if (ctl)
		__sync_fetch_and_add(&ctl->repaired, 1);
}

#endif /* KVMTOP_MAPS_BPF_H */
