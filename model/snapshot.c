/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happened between two samples. Rows are built in the samples' own order, which is grouped by VM and vCPU, so
 * both samples are walked side by side; sums by reason go through a small hash table. All of it is linear in the rows.
 */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "figures.h"
#include "paused.h"
#include "reasons.h"
#include "snapshot.h"

#define STUCK_NS NSEC_PER_SEC

struct group_cell {
	u64 key;
	u32 isa;
	u32 stamp; /* the cell is in use when this is the table's stamp: emptying the table costs nothing */
	u32 row;
};

struct scratch {
	struct group_cell *cells; /* of the group table, a power of two */
	u32 cell_room;
	u32 stamp;
	/*
	 * vcpu_uid, and behind it thread id, to index + 1 in snapshot.vcpus: open addressing, each of index_size cells, a
	 * power of two.
	 */
	u32 *index;
	u32 index_room, index_size;
};

/* --- sums by reason ----------------------------------------------------------------------------------------------- */

static u32 group_hash(u32 isa, u64 key)
{
	u64 h = (key ^ ((u64)isa << 48)) * 0x9e3779b97f4a7c15ULL;

	return h >> 32;
}

static int scratch_room(struct scratch *sc, u32 rows)
{
	u32 want = 64;

	while (want < 2 * (u64)rows)
		want *= 2;
	if (sc->cell_room < want) {
		struct group_cell *cells = calloc(want, sizeof(*cells));

		if (!cells)
			return -ENOMEM;
		free(sc->cells);
		sc->cells = cells;
		sc->cell_room = want;
		sc->stamp = 0;
	}
	if (++sc->stamp == 0) {
		memset(sc->cells, 0, sc->cell_room * sizeof(*sc->cells));
		sc->stamp = 1;
	}
	return 0;
}

struct sums {
	struct exit_row **rows;
	u32 *count, *room;
	u32 first, next; /* the group's first row, and where the next reason's is most likely to be */
};

/* Begins a group, of at most so many rows. */
static int group_begin(struct snapshot *out, struct sums *to, u32 rows)
{
	to->first = to->next = *to->count;
	/* there is an array from now on, also when nothing comes into it */
	if (ARRAY_ROOM(*to->rows, *to->room, (u64)*to->count + 1))
		return -ENOMEM;
	return rows ? scratch_room(out->scratch, rows) : 0;
}

/* The group's row for the reason, made when there is none yet. NULL when out of memory. */
static struct exit_row *group_row(struct scratch *sc, struct sums *to, const struct exit_row *row, vm_uid vm)
{
	u32 mask = sc->cell_room - 1, at = group_hash(row->isa, row->key) & mask;
	struct group_cell *cell;
	struct exit_row *sum;

	for (;; at = (at + 1) & mask) {
		cell = &sc->cells[at];
		if (cell->stamp != sc->stamp)
			break;
		if (cell->key == row->key && cell->isa == row->isa)
			return *to->rows + cell->row;
	}
	if (ARRAY_ROOM(*to->rows, *to->room, (u64)*to->count + 1))
		return NULL;
	*cell = (struct group_cell){.key = row->key, .isa = row->isa, .stamp = sc->stamp, .row = *to->count};
	sum = *to->rows + (*to->count)++;
	*sum = (struct exit_row){.vm = vm, .isa = row->isa, .key = row->key, .idle = row->idle, .ended = true};
	return sum;
}

/* All vCPUs of a VM mostly have the same reasons in the same order: then no look-up is needed. */
static int group_add(struct snapshot *out, struct sums *to, const struct exit_row *row, vm_uid vm)
{
	struct exit_row *sum = *to->rows + to->next;

	if (to->next >= *to->count || sum->key != row->key || sum->isa != row->isa) {
		sum = group_row(out->scratch, to, row, vm);
		if (!sum)
			return -ENOMEM;
	}
	to->next = (u32)(sum - *to->rows) + 1;
	if (to->next == *to->count)
		to->next = to->first;
	sum->vcpus += row->vcpu ? 1 : row->vcpus;
	sum->ended &= row->ended;
	figures_add(&sum->f, &row->f);
	return 0;
}

static bool row_after(const struct exit_row *a, const struct exit_row *b)
{
	return a->isa != b->isa && a->vm == 0 ? a->isa > b->isa : a->key > b->key;
}

/* Of the host by isa and key, of a VM by key. There are a few dozen reasons at most, and they come nearly sorted. */
static void sort_groups(struct exit_row *rows, u32 count)
{
	for (u32 i = 1; i < count; i++) {
		struct exit_row row = rows[i];
		u32 j = i;

		if (!row_after(&rows[i - 1], &row))
			continue;
		for (; j && row_after(&rows[j - 1], &row); j--)
			rows[j] = rows[j - 1];
		rows[j] = row;
	}
}

/* All of the group is there: sorts it. */
static void group_end(struct sums *to, u64 span_ns, u64 over_ns)
{
	struct exit_row *rows = *to->rows + to->first;
	u32 count = *to->count - to->first;

	for (u32 i = 0; i < count; i++) {
		rows[i].span_ns = span_ns;
		rows[i].over_ns = over_ns;
	}
	sort_groups(rows, count);
}

/* --- vCPUs -------------------------------------------------------------------------------------------------------- */

static void budget_build(struct budget *b, const struct vcpu_sample *prev, const struct vcpu_sample *cur)
{
	for (u32 i = 0; i < VCPU_STATES; i++) {
		b->ns[i] = minus(cur->time_ns[i], prev ? prev->time_ns[i] : 0);
		b->span_ns += b->ns[i];
	}
}

static void budget_add(struct budget *to, const struct budget *b)
{
	for (u32 i = 0; i < VCPU_STATES; i++)
		to->ns[i] += b->ns[i];
	to->span_ns += b->span_ns;
}

/* Who took the most of the pCPU in the interval. */
static void preemptor_build(struct vcpu_row *row, const struct vcpu_sample *prev, const struct vcpu_sample *cur)
{
	for (u32 i = 0; i < PREEMPTORS; i++) {
		struct preemptor p = cur->preemptors[i];

		if (!p.count)
			continue;
		for (u32 j = 0; prev && j < PREEMPTORS; j++) {
			const struct preemptor *old = &prev->preemptors[j];

			if (!old->count || old->tid != p.tid)
				continue;
			p.count = minus(p.count, old->count);
			p.ns = minus(p.ns, old->ns);
			break;
		}
		if (p.count && p.ns > row->preemptor.ns)
			row->preemptor = p;
	}
}

/* The exits of one vCPU, side by side with those of the sample before: both are sorted by key. */
struct exit_walk {
	const struct sample *before, *now;
	const struct vcpu_row *vcpu;
	const struct vcpu_sample *prev;
	u32 at, end; /* in before */
	bool exact;
};

static struct exit_walk walk_exits(const struct vcpu_row *vcpu, const struct sample *before,
				   const struct vcpu_sample *prev, const struct sample *now, bool exact)
{
	return (struct exit_walk){.before = before,
				  .now = now,
				  .vcpu = vcpu,
				  .prev = prev,
				  .at = prev ? prev->exit_first : 0,
				  .end = prev ? prev->exit_first + prev->exit_count : 0,
				  .exact = exact};
}

/* The row of the next one, the ith of the vCPU. */
static int exit_row_build(struct snapshot *out, struct exit_walk *w, u32 i, struct exit_row *er)
{
	const struct vcpu_row *row = w->vcpu;
	const struct vcpu_sample *cur = row->raw;
	const struct exit_sample *ce = &w->now->exits[cur->exit_first + i], *pe = NULL;

	while (w->at < w->end && w->before->exits[w->at].key < ce->key)
		w->at++;
	if (w->at < w->end && w->before->exits[w->at].key == ce->key)
		pe = &w->before->exits[w->at];
	*er = (struct exit_row){.vm = cur->vm,
				.vcpu = cur->uid,
				.isa = EXIT_KEY_KIND(ce->key) == EXIT_USER ? KVM_ISA_NONE : cur->isa,
				.key = ce->key,
				.span_ns = row->budget.span_ns,
				.over_ns = row->over_ns,
				.ended = row->ended,
				.vcpus = 1,
				.now = cur->exit_first + i + 1,
				.was = pe ? (u32)(pe - w->before->exits) + 1 : 0,
				.idle = reason_is_idle(cur->isa, ce->key)};
	return figures_build(out, &er->f, w->before, w->prev, pe, w->now, cur, ce, w->exact);
}

const struct exit_row *snapshot_vcpu_exits(const struct snapshot *snap, const struct vcpu_row *vcpu)
{
	struct snapshot *out = (struct snapshot *)snap; /* its meaning stays the same */
	struct vcpu_row *row = (struct vcpu_row *)vcpu;
	const struct vcpu_sample *prev = snap->prev && row->was ? &snap->prev->vcpus[row->was - 1] : NULL;
	struct exit_walk walk = walk_exits(row, snap->prev, prev, snap->cur, snap->exact);
	struct exit_row *rows = out->vcpu_exits + row->exit_first;

	if (row->rows_made)
		return rows;
	row->rows_made = true;
	out->rows_made += row->exit_count;
	if (out->rows_touched < out->rows_made)
		out->rows_touched = out->rows_made;
	for (u32 i = 0; i < row->exit_count; i++) {
		int ret = exit_row_build(out, &walk, i, &rows[i]);

		/* without memory, or without what it was before: known to be there, and no more */
		if (ret || snap->settled)
			rows[i].f = (struct exit_figures){0};
	}
	return rows;
}

static int exits_build(struct snapshot *out, struct vcpu_row *row, struct sums *sums, const struct sample *before,
		       const struct vcpu_sample *prev, const struct sample *now, bool exact)
{
	struct exit_walk walk = walk_exits(row, before, prev, now, exact);
	u64 top_ns = 0, top_count = 0;

	row->exit_first = out->vcpu_exit_count;
	row->exit_count = row->raw->exit_count;
	row->was = prev ? (u32)(prev - before->vcpus) + 1 : 0;
	if (ARRAY_ROOM(out->vcpu_exits, out->vcpu_exit_room, (u64)out->vcpu_exit_count + row->exit_count))
		return -ENOMEM;
	out->vcpu_exit_count += row->exit_count;
	for (u32 i = 0; i < row->exit_count; i++) {
		struct exit_row er;
		bool user;

		if (exit_row_build(out, &walk, i, &er) || group_add(out, sums, &er, row->vm))
			return -ENOMEM;
		user = EXIT_KEY_KIND(er.key) == EXIT_USER;
		figures_add(user ? &row->user : er.idle ? &row->all : &row->f, &er.f);
		if (!user && !er.idle &&
		    (er.f.time_ns > top_ns || (er.f.time_ns == top_ns && er.f.count > top_count))) {
			row->top_key = er.key;
			top_ns = er.f.time_ns;
			top_count = er.f.count;
		}
	}
	/* So far only the idle ones are in the sum of all. */
	figures_add(&row->all, &row->f);
	return 0;
}

static int vcpu_build(struct snapshot *out, struct vcpu_row *row, const struct vm_sample *vm,
		      const struct sample *before, const struct vcpu_sample *prev, const struct sample *now,
		      const struct vcpu_sample *cur, struct sums *sums, bool exact)
{
	*row = (struct vcpu_row){
		.uid = cur->uid,
		.vm = vm->uid,
		.raw = cur,
		.vm_name = vm->name,
		.pid = vm->pid,
		.fresh = before && !prev,
		.ended = cur->ended || vm->ended,
		.exits = minus(cur->exits, prev ? prev->exits : 0),
		.user_exits = minus(cur->user_exits, prev ? prev->user_exits : 0),
		.entries = minus(cur->entries, prev ? prev->entries : 0),
		.halts = minus(cur->halts, prev ? prev->halts : 0),
		.halts_polled = minus(cur->halts_polled, prev ? prev->halts_polled : 0),
		.halts_invalid = minus(cur->halts_invalid, prev ? prev->halts_invalid : 0),
		.poll_won_ns = before ? minus(cur->halt_poll_success_ns, prev ? prev->halt_poll_success_ns : 0) : 0,
		.poll_lost_ns = before ? minus(cur->halt_poll_fail_ns, prev ? prev->halt_poll_fail_ns : 0) : 0,
		.has_polls = before,
		.preemptions = minus(cur->preemptions, prev ? prev->preemptions : 0),
		.migrations = minus(cur->migrations, prev ? prev->migrations : 0),
		/* KVM counts since the vCPU was created, and on x86 alone. */
		.faults = prev ? minus(cur->pf_taken, prev->pf_taken) : 0,
		.has_faults = prev && cur->pf_taken,
	};
	budget_build(&row->budget, prev, cur);
	/* in totals, what it did was done since it is there, not since the oldest vCPU of the host is */
	row->over_ns = before || !out->interval_ns ? out->interval_ns : row->budget.span_ns;
	row->wait_ns = row->budget.ns[VCPU_WAIT];
	preemptor_build(row, prev, cur);
	return exits_build(out, row, sums, before, prev, now, exact);
}

/* --- VMs ---------------------------------------------------------------------------------------------------------- */

/* The same vCPU in the sample before. Both are sorted by vcpu_id, so *at only moves forward. */
static const struct vcpu_sample *vcpu_before(const struct sample *before, u32 *at, u32 end,
					     const struct vcpu_sample *cur)
{
	while (*at < end && before->vcpus[*at].vcpu_id < cur->vcpu_id)
		(*at)++;
	/* An ended vCPU and its successor share the id for one sample. */
	for (u32 i = *at; i < end && before->vcpus[i].vcpu_id == cur->vcpu_id; i++) {
		if (before->vcpus[i].uid == cur->uid)
			return &before->vcpus[i];
	}
	return NULL;
}

static void vm_add_vcpu(struct vm_row *vm, const struct vcpu_row *vcpu)
{
	const struct vcpu_sample *raw = vcpu->raw;

	budget_add(&vm->budget, &vcpu->budget);
	vm->exits += vcpu->exits;
	vm->user_exits += vcpu->user_exits;
	vm->entries += vcpu->entries;
	vm->halts += vcpu->halts;
	vm->preemptions += vcpu->preemptions;
	vm->migrations += vcpu->migrations;
	vm->faults += vcpu->faults;
	vm->has_faults |= vcpu->has_faults;
	if ((raw->state == VCPU_KVM || raw->state == VCPU_USER) && raw->state_ns > vm->most_state_ns)
		vm->most_state_ns = raw->state_ns;
	if (vcpu->wait_ns > vm->most_wait_ns)
		vm->most_wait_ns = vcpu->wait_ns;
	if (vcpu->f.count > vm->most_count)
		vm->most_count = vcpu->f.count;
	figures_add(&vm->f, &vcpu->f);
	figures_add(&vm->all, &vcpu->all);
	figures_add(&vm->user, &vcpu->user);
	if (!vcpu->ended && (raw->state == VCPU_KVM || raw->state == VCPU_USER) && raw->state_ns >= STUCK_NS &&
	    raw->state_ns > vm->stuck_ns) {
		vm->stuck_state = raw->state;
		vm->stuck_ns = raw->state_ns;
	}
}

/* In totals: from its first vCPU's start to the end of the last one, or until now. */
static u64 vm_age(const struct snapshot *out, const struct vm_row *vm)
{
	u64 first = UINT64_MAX, last = 0;

	for (u32 i = 0; i < vm->vcpu_count; i++) {
		const struct vcpu_row *vcpu = &out->vcpus[vm->vcpu_first + i];
		u64 end = vcpu->raw->created_ns + vcpu->over_ns;

		first = vcpu->raw->created_ns < first ? vcpu->raw->created_ns : first;
		last = end > last ? end : last;
	}
	return minus(last, first);
}

static void vm_pause(struct snapshot *out, struct vm_row *vm)
{
	vm->paused_ns = vm->stuck_state == VCPU_USER ? vm_paused_ns(out->cur, vm->raw) : 0;
	for (u32 i = 0; vm->paused_ns && i < vm->vcpu_count; i++)
		out->vcpus[vm->vcpu_first + i].paused = !out->vcpus[vm->vcpu_first + i].ended;
}

static void vm_finish(struct snapshot *out, struct vm_row *vm, struct sums *sums, bool total)
{
	u64 top_ns = 0, top_count = 0;

	vm->over_ns = total ? vm_age(out, vm) : out->interval_ns;
	vm_pause(out, vm);
	group_end(sums, vm->budget.span_ns, vm->over_ns);
	vm->exit_first = sums->first;
	vm->exit_count = out->vm_exit_count - vm->exit_first;
	for (u32 i = 0; i < vm->exit_count; i++) {
		const struct exit_row *row = &out->vm_exits[vm->exit_first + i];

		if (row->idle || EXIT_KEY_KIND(row->key) == EXIT_USER)
			continue;
		if (row->f.time_ns > top_ns || (row->f.time_ns == top_ns && row->f.count > top_count)) {
			vm->top_key = row->key;
			vm->top_isa = row->isa;
			top_ns = row->f.time_ns;
			top_count = row->f.count;
		}
	}
}

static int vm_build(struct snapshot *out, struct vm_row *row, const struct sample *before, const struct vm_sample *prev,
		    const struct sample *now, const struct vm_sample *cur, bool exact)
{
	u32 at = prev ? prev->vcpu_first : 0, end = prev ? prev->vcpu_first + prev->vcpu_count : 0;
	struct sums sums = {.rows = &out->vm_exits, .count = &out->vm_exit_count, .room = &out->vm_exit_room};
	u32 exits = 0;

	*row = (struct vm_row){.uid = cur->uid,
			       .raw = cur,
			       .fresh = before && !prev,
			       .ended = cur->ended,
			       .vcpus = cur->vcpu_count,
			       .vcpu_first = out->vcpu_count,
			       .vcpu_count = cur->vcpu_count};
	for (u32 i = 0; i < cur->vcpu_count; i++)
		exits += now->vcpus[cur->vcpu_first + i].exit_count;
	if (ARRAY_ROOM(out->vcpus, out->vcpu_room, (u64)out->vcpu_count + cur->vcpu_count) ||
	    group_begin(out, &sums, exits))
		return -ENOMEM;
	for (u32 i = 0; i < cur->vcpu_count; i++) {
		const struct vcpu_sample *vcpu = &now->vcpus[cur->vcpu_first + i];
		struct vcpu_row *vr = &out->vcpus[out->vcpu_count++];

		if (vcpu_build(out, vr, cur, before, prev ? vcpu_before(before, &at, end, vcpu) : NULL, now, vcpu,
			       &sums, exact))
			return -ENOMEM;
		vm_add_vcpu(row, vr);
	}
	vm_finish(out, row, &sums, !before && out->interval_ns);
	return 0;
}

/* --- the host ----------------------------------------------------------------------------------------------------- */

/* By the upper bits of the product: thread ids that lie far apart in even steps differ in few of the lower ones. */
static u32 index_cell(u32 key, u32 size)
{
	return (u32)((u64)(key * 2654435761U) * size >> 32);
}

static void index_put(u32 *index, u32 size, u32 key, u32 row)
{
	u32 at = index_cell(key, size);

	while (index[at])
		at = (at + 1) & (size - 1);
	index[at] = row + 1;
}

static int index_vcpus(struct snapshot *out)
{
	struct scratch *sc = out->scratch;
	u32 size = 64;

	while (size < 2 * (u64)out->vcpu_count)
		size *= 2;
	if (ARRAY_ROOM(sc->index, sc->index_room, 2 * (u64)size))
		return -ENOMEM;
	sc->index_size = size;
	memset(sc->index, 0, 2 * size * sizeof(*sc->index));
	for (u32 i = 0; i < out->vcpu_count; i++) {
		index_put(sc->index, size, out->vcpus[i].uid, i);
		/* a thread that has gone may lend its id to another task */
		if (!out->vcpus[i].ended && out->vcpus[i].raw->tid)
			index_put(sc->index + size, size, out->vcpus[i].raw->tid, i);
	}
	return 0;
}

static u64 oldest(const struct sample *s)
{
	u64 created = s->mono_ns;

	for (u32 i = 0; i < s->vcpu_count; i++) {
		if (s->vcpus[i].created_ns < created)
			created = s->vcpus[i].created_ns;
	}
	return created;
}

static int host_finish(struct snapshot *out)
{
	struct sums sums = {.rows = &out->host_exits, .count = &out->host_exit_count, .room = &out->host_exit_room};

	for (u32 i = 0; i < out->vm_count; i++) {
		budget_add(&out->budget, &out->vms[i].budget);
		out->exits += out->vms[i].exits;
		out->user_exits += out->vms[i].user_exits;
	}
	if (group_begin(out, &sums, out->vm_exit_count))
		return -ENOMEM;
	for (u32 i = 0; i < out->vm_exit_count; i++)
		if (group_add(out, &sums, &out->vm_exits[i], 0))
			return -ENOMEM;
	group_end(&sums, out->budget.span_ns, out->interval_ns);
	return index_vcpus(out);
}

/* Empties the snapshot and keeps its memory. */
static int snapshot_reset(struct snapshot *out)
{
	struct snapshot keep = *out;

	if (!keep.scratch)
		keep.scratch = calloc(1, sizeof(struct scratch));
	if (!keep.scratch)
		return -ENOMEM;
	/* nobody asks for many rows any more: their memory goes */
	if (keep.rows_made < keep.rows_touched / 8 && keep.rows_touched > 4096) {
		free(keep.vcpu_exits);
		keep.vcpu_exits = NULL;
		keep.vcpu_exit_room = keep.rows_touched = 0;
	}
	*out = (struct snapshot){.vms = keep.vms,
				 .vm_room = keep.vm_room,
				 .vcpus = keep.vcpus,
				 .vcpu_room = keep.vcpu_room,
				 .vcpu_exits = keep.vcpu_exits,
				 .vcpu_exit_room = keep.vcpu_exit_room,
				 .rows_touched = keep.rows_touched,
				 .vm_exits = keep.vm_exits,
				 .vm_exit_room = keep.vm_exit_room,
				 .host_exits = keep.host_exits,
				 .host_exit_room = keep.host_exit_room,
				 .vcpu_events = keep.vcpu_events,
				 .vcpu_event_room = keep.vcpu_event_room,
				 .vm_events = keep.vm_events,
				 .vm_event_room = keep.vm_event_room,
				 .host_events = keep.host_events,
				 .host_event_room = keep.host_event_room,
				 .event_order = keep.event_order,
				 .event_order_room = keep.event_order_room,
				 .hist = keep.hist,
				 .hist_room = keep.hist_room,
				 .sums = keep.sums,
				 .sum_room = keep.sum_room,
				 .scratch = keep.scratch};
	((struct scratch *)out->scratch)->index_size = 0;
	return 0;
}

int snapshot_build_lazily(struct snapshot *out, const struct sample *prev, const struct sample *cur, bool cumulative)
{
	const struct sample *before = cumulative ? NULL : prev;
	bool exact = before && before->seq + 1 == cur->seq;
	u32 at = 0;
	int ret;

	if (snapshot_reset(out))
		return -ENOMEM;
	out->cur = cur;
	out->prev = before;
	out->exact = exact;
	out->seq = cur->seq;
	out->log = cur->log;
	out->log_count = cur->log_count;
	if (before)
		out->interval_ns = minus(cur->mono_ns, before->mono_ns);
	else if (cumulative)
		out->interval_ns = minus(cur->mono_ns, oldest(cur));
	memcpy(out->lost, cur->lost, sizeof(out->lost));
	out->own_cpu_ns = minus(cur->cost.cpu_ns, before ? before->cost.cpu_ns : 0);
	out->record_bytes = minus(cur->upkeep.record_bytes, before ? before->upkeep.record_bytes : 0);
	out->bpf_ns = minus(cur->cost.bpf_ns, before ? before->cost.bpf_ns : 0);
	out->bpf_events = minus(cur->cost.bpf_events, before ? before->cost.bpf_events : 0);
	/* at once: what grows by and by is copied, and then even what nobody asks for is in memory */
	if (ARRAY_ROOM(out->vms, out->vm_room, cur->vm_count) ||
	    ARRAY_ROOM(out->vcpus, out->vcpu_room, cur->vcpu_count) ||
	    ARRAY_ROOM(out->vcpu_exits, out->vcpu_exit_room, cur->exit_count))
		return -ENOMEM;
	for (u32 i = 0; i < cur->vm_count; i++) {
		const struct vm_sample *vm = &cur->vms[i], *old = NULL;

		while (before && at < before->vm_count && before->vms[at].uid < vm->uid)
			at++;
		if (before && at < before->vm_count && before->vms[at].uid == vm->uid)
			old = &before->vms[at];
		if (vm_build(out, &out->vms[out->vm_count++], before, old, cur, vm, exact))
			return -ENOMEM;
	}
	ret = host_finish(out);
	return ret ? ret : events_build(out, before, cur, exact);
}

int snapshot_build(struct snapshot *out, const struct sample *prev, const struct sample *cur, bool cumulative)
{
	int ret = snapshot_build_lazily(out, prev, cur, cumulative);

	return ret ? ret : snapshot_settle(out);
}

void snapshot_free(struct snapshot *snap)
{
	struct scratch *sc = snap->scratch;

	if (sc) {
		free(sc->cells);
		free(sc->index);
		free(sc);
	}
	free(snap->vms);
	free(snap->vcpus);
	free(snap->vcpu_exits);
	free(snap->vm_exits);
	free(snap->host_exits);
	free(snap->vcpu_events);
	free(snap->vm_events);
	free(snap->host_events);
	free(snap->event_order);
	free(snap->hist);
	free(snap->sums);
	memset(snap, 0, sizeof(*snap));
}

const struct vm_row *snapshot_find_vm(const struct snapshot *snap, vm_uid uid)
{
	u32 low = 0, high = snap->vm_count;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (snap->vms[mid].uid == uid)
			return &snap->vms[mid];
		if (snap->vms[mid].uid < uid)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct vcpu_row *snapshot_find_vcpu(const struct snapshot *snap, vcpu_uid uid)
{
	const struct scratch *sc = snap->scratch;

	if (!sc || !sc->index_size)
		return NULL;
	for (u32 at = index_cell(uid, sc->index_size); sc->index[at]; at = (at + 1) & (sc->index_size - 1)) {
		if (snap->vcpus[sc->index[at] - 1].uid == uid)
			return &snap->vcpus[sc->index[at] - 1];
	}
	return NULL;
}

const struct vcpu_row *snapshot_find_thread(const struct snapshot *snap, u32 tid)
{
	const struct scratch *sc = snap->scratch;
	const struct vcpu_row *found = NULL;
	u32 size = sc ? sc->index_size : 0;

	if (!size || !tid)
		return NULL;
	for (u32 at = index_cell(tid, size); sc->index[size + at]; at = (at + 1) & (size - 1)) {
		const struct vcpu_row *row = &snap->vcpus[sc->index[size + at] - 1];

		if (row->raw->tid != tid)
			continue;
		if (found)
			return NULL;
		found = row;
	}
	return found;
}
