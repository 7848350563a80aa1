/* SPDX-License-Identifier: GPL-2.0-only */
#include "source_events.h"

#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>

#include "array.h"
#include "hist.h"

/* The key with identities in place of addresses, as far as sorting needs it. */
struct event_index {
	struct event_sample key; /* vm, vcpu, kind, sub, a, b */
	u32 rec;
};

enum { REC_UNKNOWN, REC_LISTED };

/* A VM's files are looked at several times in this time: whose record has no owner by then never will have. */
#define ORPHAN_NS (10 * NSEC_PER_SEC)

static int compare(const void *a, const void *b)
{
	return event_sample_compare(&((const struct event_index *)a)->key, &((const struct event_index *)b)->key);
}

static u32 used_records(const struct group_maps *maps, const struct control *control)
{
	u32 used = __atomic_load_n(&control->next_event, __ATOMIC_RELAXED);

	return used < maps->max_events ? used : maps->max_events;
}

static void give_back(const struct group_maps *maps, u32 index)
{
	struct event_rec *rec = &maps->recs[index];
	u32 hist = rec->hist - 1;

	bpf_map_delete_elem(maps->slots_fd, &rec->key);
	if (rec->hist && hist < maps->max_hists) {
		memset(&maps->hists[hist], 0, sizeof(maps->hists[hist]));
		bpf_map_update_elem(maps->free_hists_fd, NULL, &hist, 0);
	}
	memset(rec, 0, sizeof(*rec));
	bpf_map_update_elem(maps->free_events_fd, NULL, &index, 0);
}

/* Of a VM that came and went before anybody knew it. Nothing writes to the record any more; what it counted is lost. */
static void forget_orphan(const struct group_maps *maps, struct control *control, u32 index, u64 now)
{
	const struct event_rec *rec = &maps->recs[index];

	if (now < rec->last_ns + ORPHAN_NS)
		return;
	__atomic_fetch_add(&control->lost[LOSS_EVENT_SLOTS], rec->count, __ATOMIC_RELAXED);
	give_back(maps, index);
}

/* Lists the records that have an owner, anew only when there are more of them than before. */
static int list(struct source_events *se, const struct group_maps *maps, struct control *control, u64 now,
		event_owner owner, void *arg)
{
	u32 used = used_records(maps, control);
	bool changed = false;

	if (se->state_room < maps->max_events) {
		u8 *state = calloc(maps->max_events, 1);

		if (!state)
			return -ENOMEM;
		free(se->state);
		se->state = state;
		se->state_room = maps->max_events;
		se->order_count = 0;
	}
	for (u32 i = 0; i < used; i++) {
		const struct event_rec *rec = &maps->recs[i];
		struct event_index *at;
		vm_uid vm;
		vcpu_uid vcpu;

		if (se->state[i] == REC_LISTED || !__atomic_load_n(&rec->key.kind, __ATOMIC_ACQUIRE))
			continue;
		if (!owner(arg, &rec->key, &vm, &vcpu)) {
			forget_orphan(maps, control, i, now);
			continue;
		}
		if (ARRAY_ROOM(se->order, se->order_room, (u64)se->order_count + 1))
			return -ENOMEM;
		at = &se->order[se->order_count++];
		*at = (struct event_index){.key = {.vm = vm,
						   .vcpu = vcpu,
						   .kind = rec->key.kind,
						   .sub = rec->key.sub,
						   .a = rec->key.a,
						   .b = rec->key.b},
					   .rec = i};
		se->state[i] = REC_LISTED;
		changed = true;
	}
	if (changed)
		qsort(se->order, se->order_count, sizeof(*se->order), compare);
	return 0;
}

static int copy_hist(struct sample *s, struct exit_sample *x, const u32 *n)
{
	u32 first = 0, last = HIST_BUCKETS;

	while (first < last && !n[first])
		first++;
	while (last > first && !n[last - 1])
		last--;
	return hist_copy(s, n, first, last, &x->hist);
}

/* A slot that the walks do not find any more; one that was marked since the last of them is still to be found. */
#define GONE_NS (2 * NSEC_PER_SEC)

/* Of memslots (bpf/dirty.bpf.c) done is the number of the last walk that found it, 0: none has yet. */
static u64 latest_walk(const struct source_events *se, const struct group_maps *maps)
{
	u64 latest = 0;

	for (u32 i = 0; i < se->order_count; i++) {
		const struct event_rec *rec = &maps->recs[se->order[i].rec];

		if (se->order[i].key.kind == EVENT_DIRTY_SLOT && rec->done > latest)
			latest = rec->done;
	}
	return latest;
}

static void note_gone(struct event_sample *e, u64 walk, u64 latest)
{
	e->x.done = e->x.count;
	if (e->sub != EVENT_OTHERS && walk < latest && (walk || e->age_ns > GONE_NS))
		e->value[SLOT_FLAGS] = (e->value[SLOT_FLAGS] & ~(u64)SLOT_LOGGING) | SLOT_GONE;
}

int source_events_sample(struct source_events *se, const struct group_maps *maps, struct control *control,
			 struct sample *s, u64 epoch, u64 now, event_owner owner, void *arg)
{
	int err = list(se, maps, control, now, owner, arg);
	u64 walk = latest_walk(se, maps);

	for (u32 i = 0; !err && i < se->order_count; i++) {
		const struct event_rec *rec = &maps->recs[se->order[i].rec];
		const struct exit_extremes *extremes = &rec->extremes[epoch & 1];
		struct event_sample *e = sample_add_event(s);

		if (!e)
			return -ENOMEM;
		*e = se->order[i].key;
		e->errors = rec->errors;
		memcpy(e->value, rec->value, sizeof(e->value));
		e->age_ns = now > rec->last_ns ? now - rec->last_ns : 0;
		e->tid = rec->last_tid;
		memcpy(e->comm, rec->comm, sizeof(e->comm));
		e->x.key = rec->exit_key;
		e->x.count = rec->count;
		e->x.done = rec->done;
		e->x.total_ns = rec->total_ns;
		e->x.min_ns = rec->min_ns;
		e->x.max_ns = rec->max_ns;
		if (extremes->epoch == epoch) {
			e->x.interval_min_ns = extremes->min_ns;
			e->x.interval_max_ns = extremes->max_ns;
		}
		if (e->kind == EVENT_DIRTY_SLOT)
			note_gone(e, rec->done, walk);
		if (rec->hist && rec->hist <= maps->max_hists)
			err = copy_hist(s, &e->x, maps->hists[rec->hist - 1].n);
	}
	return err;
}

void source_events_drop(struct source_events *se, const struct group_maps *maps, vm_uid vm)
{
	u32 kept = 0;

	for (u32 i = 0; i < se->order_count; i++) {
		u32 index = se->order[i].rec;

		if (se->order[i].key.vm != vm) {
			se->order[kept++] = se->order[i];
			continue;
		}
		give_back(maps, index);
		se->state[index] = REC_UNKNOWN;
	}
	se->order_count = kept;
}

void source_events_free(struct source_events *se)
{
	free(se->order);
	free(se->state);
	*se = (struct source_events){0};
}
