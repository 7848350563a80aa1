/* SPDX-License-Identifier: GPL-2.0-only */
/* The exit pool: which record a reason has, and what a finished exit adds to it. */
#ifndef KVMTOP_EXITS_BPF_H
#define KVMTOP_EXITS_BPF_H

#include "hist.bpf.h"
#include "vcpu.bpf.h"

#define REASON_PROBES 16

/* Index + 1 of the record of this vCPU and reason, 0: no room, counted. */
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
			return cell->rec + 1;
		if (cell->key)
			continue;
		ctl = get_control();
		if (!ctl)
			return 0;
		taken = pool_take(&free_exits, &ctl->next_exit, knobs.max_exits);
		if (taken < 0) {
			count_loss(LOSS_EXIT_SLOTS);
			return 0;
		}
		index = taken;
		new = bpf_map_lookup_elem(&exits, &index);
		if (!new)
			return 0;
		new->key = key;
		cell->rec = index;
		store_in_order(&cell->key, key);
		return index + 1;
	}
	count_loss(LOSS_REASON_TABLE);
	return 0;
}

static __always_inline struct exit_rec *exit_rec_at(__u32 index_plus_one)
{
	__u32 index = index_plus_one - 1;

	return index_plus_one ? bpf_map_lookup_elem(&exits, &index) : NULL;
}

/*
 * One whose end was not seen, or ended before it began by the clocks of two pCPUs. All others are counted when they end,
 * and until then by being in flight: a look-up less in the program of every exit.
 */
static __always_inline void exit_abandon(__u32 index_plus_one)
{
	struct exit_rec *e = exit_rec_at(index_plus_one);

	if (e)
		e->unended++;
}

/* Adds the duration of one that has ended. */
static __always_inline void exit_finish(struct exit_rec *e, __u64 epoch, __u64 ns)
{
	struct exit_extremes *x = &e->extremes[epoch & 1];
	__u32 bucket = duration_bucket(ns), n;

	e->done++;
	e->total_ns += ns;
	if (bucket < HIST_BUCKETS) {
		n = e->hist[bucket] + 1;
		e->hist[bucket] = n;
		barrier_var(n); /* the comparison is of the sum, in one instruction */
		if (!n)
			count_loss(LOSS_HIST_WRAP);
	}
	if (x->epoch != epoch) {
		x->min_ns = ns;
		x->max_ns = ns;
		x->epoch = epoch;
	} else if (ns > x->max_ns) {
		x->max_ns = ns;
	} else if (ns < x->min_ns) {
		x->min_ns = ns;
	} else {
		return; /* neither is it the longest or shortest of all */
	}
	if (!e->min_ns || ns < e->min_ns)
		e->min_ns = ns ?: 1;
	if (ns > e->max_ns)
		e->max_ns = ns;
}

/* The VM exit in flight ends now. The account must be up to now. */
static __always_inline void close_exit(struct vcpu_rec *rec, __u64 now)
{
	struct exit_rec *e = exit_rec_at(rec->exit_rec);
	__u64 ns = now - rec->exit_start_ns, rest = ns;

	rec->exit_last_ns = ns;
	if (e && (__s64)ns >= 0) {
		exit_finish(e, rec->epoch, ns);
		if (rec->exit_split) {
#pragma unroll
			for (int i = PART_KERNEL + 1; i < EXIT_PARTS; i++) {
				__u64 part = rec->exit_part_ns[i];

				e->part_ns[i] += part;
				rest = rest > part ? rest - part : 0;
			}
		}
		e->part_ns[PART_KERNEL] += rest;
	} else if (e) {
		e->unended++;
	}
	rec->exit_open = 0;
	rec->exit_rec = 0;
}

/* The exit to user space in flight ends now: the VMM is back in KVM_RUN. */
static __always_inline void close_user(struct vcpu_rec *rec, __u64 now)
{
	struct exit_rec *e = exit_rec_at(rec->user_rec);

	if (e && now >= rec->user_start_ns) {
		exit_finish(e, rec->epoch, now - rec->user_start_ns);
		e->part_ns[PART_USER] += now - rec->user_start_ns;
	} else if (e) {
		e->unended++;
	}
	rec->user_open = 0;
	rec->user_rec = 0;
}

#endif /* KVMTOP_EXITS_BPF_H */
