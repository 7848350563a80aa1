/* SPDX-License-Identifier: GPL-2.0-only */
/* The exit pool: which record a reason has, and what a finished exit adds to it. */
#ifndef KVMTOP_EXITS_BPF_H
#define KVMTOP_EXITS_BPF_H

#include "hist.bpf.h"
#include "vcpu.bpf.h"

#define REASON_PROBES 16

/* Where the record of a reason of VM exits is most often: reasons are small dense numbers. */
static __always_inline struct reason_cell *exit_cell(struct vcpu_rec *rec, __u32 code)
{
	return &rec->reasons[code & (REASONS_A_VCPU - 1)];
}

/* Index of the record of this vCPU and reason, NO_EXIT_REC: no room, counted. */
static __always_inline __u32 exit_rec_of(struct vcpu_rec *rec, __u64 key)
{
	/* Reasons are small dense numbers: spread by the low bits they hardly ever meet. */
	__u32 at = (__u32)key ^ ((__u32)(key >> 32) << 5);
	struct exit_rec *new;
	struct control *ctl;
	__s64 taken;
	__u32 index;

	for (int i = 0; i < REASON_PROBES; i++, at++) {
		struct reason_cell *cell = &rec->reasons[at & (REASONS_A_VCPU - 1)];

		if (cell->key == key)
			return cell->rec;
		if (cell->key)
			continue;
		ctl = get_control();
		if (!ctl)
			return NO_EXIT_REC;
		taken = pool_take(&free_exits, &ctl->next_exit, knobs.max_exits);
		if (taken < 0) {
			count_loss(LOSS_EXIT_SLOTS);
			return NO_EXIT_REC;
		}
		index = taken;
		new = bpf_map_lookup_elem(&exits, &index);
		if (!new)
			return NO_EXIT_REC;
		new->key = key;
		cell->rec = index;
		store_in_order(&cell->key, key);
		return index;
	}
	count_loss(LOSS_REASON_TABLE);
	return NO_EXIT_REC;
}

/* NULL for NO_EXIT_REC, which is past the end of the pool. */
static __always_inline struct exit_rec *exit_rec_at(__u32 index)
{
	return bpf_map_lookup_elem(&exits, &index);
}

/*
 * One whose end was not seen, or ended before it began by the clocks of two pCPUs. All others are counted when they end,
 * and until then by being in flight: a look-up less in the program of every exit.
 */
static __always_inline void exit_abandon(__u32 index)
{
	struct exit_rec *e = exit_rec_at(index);

	if (e)
		e->unended++;
}

/* Adds the duration of one that has ended. */
static __noinline int exit_finish(struct exit_rec *e, __u64 epoch, __u64 ns)
{
	struct exit_extremes *x;
	__u32 bucket = duration_bucket(ns);

	if (!e)
		return 0;
	x = &e->now;
	e->done++;
	e->total_ns += ns;
	if (bucket < HIST_BUCKETS && !++e->hist[bucket])
		count_loss(LOSS_HIST_WRAP);
	if (x->epoch != epoch) {
		e->past = *x;
		x->min_ns = ns;
		x->max_ns = ns;
		x->epoch = epoch;
	} else if (ns > x->max_ns) {
		x->max_ns = ns;
	} else if (ns < x->min_ns) {
		x->min_ns = ns;
	}
	if (!e->min_ns || ns < e->min_ns)
		e->min_ns = ns ?: 1;
	if (ns > e->max_ns)
		e->max_ns = ns;
	return 0;
}

/* The same in line for most: short ones, neither the longest nor the shortest of the interval. */
static __always_inline void exit_finish_fast(struct exit_rec *e, __u64 epoch, __u64 ns)
{
	__u32 n, *bucket;

	if (ns >= 1 << SHORT_SHIFT || e->now.epoch != epoch || ns > e->now.max_ns || ns < e->now.min_ns) {
		exit_finish(e, epoch, ns);
		return;
	}
	e->done++;
	e->total_ns += ns;
	bucket = &e->hist[short_bucket(ns)];
	n = *bucket + 1;
	*bucket = n;
	barrier_var(n); /* the comparison is of the sum, in one instruction */
	if (!n)
		count_loss(LOSS_HIST_WRAP);
}

/* Ends the split of the VM exit in flight into parts; they go to its record when it has one that counts them. */
static __always_inline void end_split(struct vcpu_rec *rec, struct exit_rec *e)
{
	rec->exit_split = 0;
#pragma unroll
	for (int i = PART_KERNEL + 1; i < EXIT_PARTS; i++) {
		if (e)
			e->part_ns[i] += rec->exit_part_ns[i];
		rec->exit_part_ns[i] = 0;
	}
}

/* The VM exit in flight ends now. The account must be up to now. */
static __always_inline void close_exit(struct vcpu_rec *rec, __u64 now)
{
	struct exit_rec *e = exit_rec_at(rec->exit_rec);
	__u64 ns = now - rec->exit_start_ns;

	rec->exit_open = 0;
	rec->exit_last_ns = ns;
	if (e && (__s64)ns >= 0) {
		exit_finish(e, rec->epoch, ns);
	} else if (e) {
		e->unended++;
		e = NULL;
	}
	if (rec->exit_split)
		end_split(rec, e);
}

/* The exit to user space in flight ends now: the VMM is back in KVM_RUN. */
static __always_inline void close_user(struct vcpu_rec *rec, __u64 now)
{
	struct exit_rec *e = exit_rec_at(rec->user_rec);

	if (e && now >= rec->user_start_ns) {
		exit_finish_fast(e, rec->epoch, now - rec->user_start_ns);
		e->part_ns[PART_USER] += now - rec->user_start_ns;
	} else if (e) {
		e->unended++;
	}
	rec->user_open = 0;
}

#endif /* KVMTOP_EXITS_BPF_H */
