/* SPDX-License-Identifier: GPL-2.0-only */
#include "heat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct heat {
	struct row_id id;
	struct reel reel;
	struct heat_column columns[REEL_COLUMNS];
};

struct heat *heat_new(void)
{
	struct heat *h = calloc(1, sizeof(*h));

	if (h)
		h->reel.columns = REEL_COLUMNS;
	return h;
}

void heat_free(struct heat *h)
{
	free(h);
}

static void reset(void *owner)
{
	struct heat *h = owner;

	h->reel.adds = 0;
}

bool heat_watch(struct heat *h, const struct row_id *id)
{
	if (row_id_equal(id, &h->id))
		return false;
	h->id = *id;
	reset(h);
	return true;
}

struct row_id heat_watched(const struct heat *h)
{
	return h->id;
}

u64 heat_last(const struct heat *h)
{
	return reel_last(&h->reel);
}

static bool is_of(const struct row_id *id, const struct vcpu_sample *vcpu)
{
	if (id->vcpu && id->vcpu != vcpu->uid)
		return false;
	return EXIT_KEY_KIND(id->key) == EXIT_USER || id->isa == vcpu->isa;
}

static void add_exit(struct heat_column *col, u64 *n, const struct sample *before, const struct exit_sample *was,
		     const struct sample *now, const struct exit_sample *e)
{
	for (u32 i = 0; i < e->hist.len; i++) {
		u32 bucket = e->hist.first + i, at = was ? bucket - was->hist.first : 0;
		u64 count = now->hist[e->hist.off + i];
		u64 old = was && bucket >= was->hist.first && at < was->hist.len ? before->hist[was->hist.off + at] : 0;

		if (count > old)
			n[bucket] += count - old;
	}
	if (e->inflight_ns > col->inflight_ns)
		col->inflight_ns = e->inflight_ns;
}

/* All that the watched row is the sum of. */
static void sum_up(const struct row_id *id, struct heat_column *col, u64 *n, const struct sample *before,
		   const struct sample *now)
{
	for (u32 i = 0; i < now->vm_count; i++) {
		const struct vm_sample *vm = &now->vms[i], *old;

		if (id->vm && id->vm != vm->uid)
			continue;
		old = sample_find_vm(before, vm->uid);
		for (u32 k = 0; k < vm->vcpu_count; k++) {
			const struct vcpu_sample *vcpu = &now->vcpus[vm->vcpu_first + k], *was = NULL;
			const struct exit_sample *e = is_of(id, vcpu) ? sample_find_exit(now, vcpu, id->key) : NULL;

			if (!e)
				continue;
			/* most often in the same place as before */
			if (old && k < old->vcpu_count && before->vcpus[old->vcpu_first + k].uid == vcpu->uid)
				was = &before->vcpus[old->vcpu_first + k];
			else if (old)
				was = sample_find_vcpu(before, old, vcpu->uid);
			add_exit(col, n, before, was ? sample_find_exit(before, was, id->key) : NULL, now, e);
		}
	}
}

int heat_add(struct heat *h, const struct sample *before, const struct sample *sample)
{
	u64 n[HIST_BUCKETS] = {0};
	struct heat_column *col;
	u32 end = 0;

	if (h->reel.adds && sample->seq <= reel_last(&h->reel))
		return -EINVAL;
	reel_add(&h->reel, sample->seq);
	col = &h->columns[h->reel.adds % REEL_COLUMNS];
	memset(col, 0, sizeof(*col));
	if (!before || sample->mono_ns <= before->mono_ns)
		return 0;
	col->seq = sample->seq;
	col->interval_ns = sample->mono_ns - before->mono_ns;
	sum_up(&h->id, col, n, before, sample);
	for (u32 b = 0; b < HIST_BUCKETS; b++) {
		if (!n[b])
			continue;
		if (!end)
			col->first = (u16)b;
		end = b + 1;
		col->done += n[b];
		col->n[b] = n[b] > UINT32_MAX ? UINT32_MAX : (u32)n[b];
	}
	col->len = end ? (u16)(end - col->first) : 0;
	return 0;
}

static int add(void *owner, const struct sample *before, const struct sample *sample)
{
	return heat_add(owner, before, sample);
}

int heat_fill(struct heat *h, const struct past *past, u64 seq)
{
	return reel_fill(&h->reel, past, seq, h, reset, add);
}

const struct heat_column *heat_get(const struct heat *h, u64 seq, u32 back)
{
	u64 at = reel_find(&h->reel, seq);

	if (back >= HEAT_SPAN || at < reel_oldest(&h->reel) + back)
		return NULL;
	at -= back;
	return h->columns[at % REEL_COLUMNS].seq ? &h->columns[at % REEL_COLUMNS] : NULL;
}
