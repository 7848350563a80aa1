/* SPDX-License-Identifier: GPL-2.0-only */
#include "source_rows.h"

#include <errno.h>
#include <string.h>

#include "array.h"
#include "clock.h"
#include "hist.h"

/* What tells that no program has written meanwhile: see struct vcpu_rec.seq. */
struct seen {
	u32 seq, turn;
	u64 acct_ns;
};

static struct seen seen(const struct vcpu_rec *rec)
{
	struct seen now = {.acct_ns = __atomic_load_n(&rec->acct_ns, __ATOMIC_ACQUIRE)};

	now.turn = __atomic_load_n(&rec->turn, __ATOMIC_ACQUIRE);
	now.seq = __atomic_load_n(&rec->seq, __ATOMIC_ACQUIRE);
	return now;
}

static bool unchanged(const struct vcpu_rec *rec, struct seen before)
{
	struct seen now;

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	now = seen(rec);
	return !(before.seq & 1) && before.turn != TURN_BUSY && now.seq == before.seq && now.turn == before.turn &&
	       now.acct_ns == before.acct_ns;
}

/* Of the exit in flight: what is no other part's is the kernel's. */
static void split_inflight(const struct vcpu_rec *rec, struct vcpu_sample *v, u64 rest, u64 running)
{
	for (u32 i = PART_KERNEL + 1; i < EXIT_PARTS; i++) {
		u64 ns = rec->exit_part_ns[i];

		if (rec->state < VCPU_STATES && PART_OF_STATE(rec->state) == i)
			ns += running;
		if (ns > rest)
			ns = rest;
		v->inflight_part_ns[i] = ns;
		rest -= ns;
	}
	v->inflight_part_ns[PART_KERNEL] = rest;
}

/* The buckets in use: the shortest and the longest tell where they begin and end. Empty when read in the middle of an update. */
static void span_of(u64 done, u64 min_ns, u64 max_ns, u32 *first, u32 *end)
{
	*first = done ? hist_bucket(min_ns) : 0;
	*end = done ? hist_bucket(max_ns) + 1 : 0;
}

/* The room for the row and its histogram is there. */
static void copy_exit(struct sample *s, const struct vcpu_rec *rec, const struct exit_rec *x, u32 index, u64 epoch,
		      u64 now, u64 running)
{
	const struct exit_extremes *extremes = x->now.epoch == epoch ? &x->now : &x->past;
	struct exit_sample *e = &s->exits[s->exit_count++];
	bool current = extremes->epoch == epoch;
	u64 rest = x->total_ns, start = rec->turn ? rec->acct_ns : rec->exit_start_ns;
	u32 first, end;

	*e = (struct exit_sample){.key = x->key,
				  .count = x->unended + x->done,
				  .done = x->done,
				  .total_ns = x->total_ns,
				  .min_ns = x->min_ns,
				  .max_ns = x->max_ns,
				  .interval_min_ns = current ? extremes->min_ns : 0,
				  .interval_max_ns = current ? extremes->max_ns : 0};
	for (u32 i = PART_KERNEL + 1; i < EXIT_PARTS; i++) {
		e->part_ns[i] = x->part_ns[i];
		rest -= rest > x->part_ns[i] ? x->part_ns[i] : rest;
	}
	e->part_ns[PART_KERNEL] = rest;
	if (rec->exit_open && rec->exit_rec == index) {
		e->count++;
		if (now > start)
			e->inflight_ns = now - start;
		split_inflight(rec, &s->vcpus[s->vcpu_count - 1], e->inflight_ns, running);
	}
	if (rec->user_open && rec->user_rec == index) {
		e->count++;
		if (now > rec->user_start_ns)
			e->inflight_ns = now - rec->user_start_ns;
	}
	span_of(e->done, e->min_ns, e->max_ns, &first, &end);
	if (end <= first)
		return;
	e->hist = (struct hist_span){.off = s->hist_count, .first = (u16)first, .len = (u16)(end - first)};
	memcpy(s->hist + s->hist_count, x->hist + first, (end - first) * sizeof(*x->hist));
	s->hist_count += end - first;
}

/* All lines from one byte to another. */
static void ask_for(const void *from, const void *to)
{
	for (const char *at = from; at < (const char *)to; at += 64)
		__builtin_prefetch(at);
	__builtin_prefetch((const char *)to - 1);
}

/*
 * The vCPU's reasons in the order of their keys. The records lie anywhere in a pool that no cache holds: all of them are
 * asked for before the first is waited for, and so are then those of their buckets that are in use.
 */
static u32 list_exits(const struct vcpu_row_source *from, struct reason_cell list[REASONS_A_VCPU])
{
	u32 count = 0;

	for (u32 i = 0; i < REASONS_A_VCPU; i++) {
		struct reason_cell cell = {.key = __atomic_load_n(&from->rec->reasons[i].key, __ATOMIC_ACQUIRE)};
		const struct exit_rec *x;
		u32 at = count;

		if (!cell.key)
			continue;
		cell.rec = from->rec->reasons[i].rec;
		if (cell.rec >= from->max_exits)
			continue;
		x = &from->exits[cell.rec];
		ask_for(x, &x->hist[0]);
		for (; at && list[at - 1].key > cell.key; at--)
			list[at] = list[at - 1];
		list[at] = cell;
		count++;
	}
	return count;
}

/* The guest has what is left: its program need not add it up. */
static void copy_times(struct vcpu_sample *v, const struct vcpu_rec *rec)
{
	u64 rest = rec->acct_ns - rec->created_ns;

	for (u32 i = 0; i < VCPU_STATES; i++) {
		u64 ns = i == VCPU_GUEST ? 0 : rec->time_ns[i];

		v->time_ns[i] = ns;
		rest -= rest > ns ? ns : rest;
	}
	v->time_ns[VCPU_GUEST] = rest;
}

static void ask_for_buckets(const struct vcpu_row_source *from, const struct reason_cell *list, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		const struct exit_rec *x = &from->exits[list[i].rec];
		u32 first, end;

		span_of(x->done, x->min_ns, x->max_ns, &first, &end);
		if (first < end)
			ask_for(&x->hist[first], &x->hist[end]);
	}
}

static int copy_vcpu(struct sample *s, const struct vcpu_row_source *from)
{
	struct reason_cell list[REASONS_A_VCPU];
	const struct vcpu_rec *rec = from->rec;
	struct vcpu_sample *v = sample_add_vcpu(s);
	u64 now = rec->ended_ns ? rec->ended_ns : clock_ns(CLOCK_MONOTONIC);
	u64 running = now > rec->acct_ns ? now - rec->acct_ns : 0, since = rec->turn ? rec->acct_ns : rec->state_ns;

	if (!v)
		return -ENOMEM;
	v->uid = from->uid;
	v->vm = from->vm;
	v->vcpu_id = rec->vcpu_id;
	v->tid = rec->tid ?: from->stat->tid;
	v->cpu = rec->cpu;
	v->isa = rec->isa;
	v->ended = rec->ended_ns;
	v->state = rec->state < VCPU_STATES ? rec->state : VCPU_UNKNOWN;
	v->state_ns = now > since ? now - since : 0;
	v->inexact = since == rec->created_ns && rec->state != VCPU_UNKNOWN;
	v->created_ns = rec->created_ns;
	v->age_ns = now - rec->created_ns;
	copy_times(v, rec);
	v->time_ns[v->state] += running;
	v->user_exits = rec->user_exits;
	v->halts = rec->halts;
	v->halts_polled = rec->halts_polled;
	v->halts_invalid = rec->halts_invalid;
	v->preemptions = rec->preemptions;
	v->blocks = rec->blocks;
	v->migrations = rec->migrations;
	v->wait_max_ns = rec->wait_max_ns;
	v->preempt_rest_ns = rec->preempt_rest_ns;
	memcpy(v->preemptors, rec->preemptors, sizeof(v->preemptors));
	v->halt_poll_success_ns = from->stat->halt_poll_success_ns;
	v->halt_poll_fail_ns = from->stat->halt_poll_fail_ns;
	v->halt_wait_ns = from->stat->halt_wait_ns;
	v->halt_attempted_poll = from->stat->halt_attempted_poll;
	v->halt_successful_poll = from->stat->halt_successful_poll;
	v->pf_taken = from->stat->pf_taken;
	v->exit_first = s->exit_count;
	v->exit_count = list_exits(from, list);
	if (ARRAY_ROOM(s->exits, s->exit_room, (u64)s->exit_count + v->exit_count) ||
	    ARRAY_ROOM(s->hist, s->hist_room, (u64)s->hist_count + v->exit_count * HIST_BUCKETS))
		return -ENOMEM;
	ask_for_buckets(from, list, v->exit_count);
	v->exits = rec->exits_unkept;
	for (u32 i = 0; i < v->exit_count; i++) {
		copy_exit(s, rec, &from->exits[list[i].rec], list[i].rec, from->epoch, now, running);
		if (EXIT_KEY_KIND(list[i].key) == EXIT_GUEST)
			v->exits += s->exits[v->exit_first + i].count;
	}
	v->entries = v->exits - !!rec->exit_open - rec->exits_unentered + rec->entries_unexited;
	return 0;
}

int source_rows_vcpu(struct sample *s, const struct vcpu_row_source *from)
{
	u32 vcpu_count = s->vcpu_count, exit_count = s->exit_count, hist_count = s->hist_count;
	int err;

	for (int tries = 0;; tries++) {
		struct seen before = seen(from->rec);

		err = copy_vcpu(s, from);
		if (err || tries == 8 || unchanged(from->rec, before))
			return err;
		s->vcpu_count = vcpu_count;
		s->exit_count = exit_count;
		s->hist_count = hist_count;
	}
}
