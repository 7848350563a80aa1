/* SPDX-License-Identifier: GPL-2.0-only */
#include "gone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

static int note_end(struct gone *g, vm_uid uid, u64 seq)
{
	if (g->count == ENDED_MAX)
		return 0;
	if (ARRAY_ROOM(g->ends, g->room, (u64)g->count + 1))
		return -ENOMEM;
	g->ends[g->count++] = (struct gone_end){.uid = uid, .seq = seq};
	return 0;
}

static bool ends_here(const struct vm_sample *vm, void *arg)
{
	(void)arg;
	return vm->ended;
}

/* In last, alive, and not in the next one: its end was not seen. */
static bool vanished(const struct vm_sample *vm, void *next)
{
	return !vm->ended && !sample_find_vm(next, vm->uid);
}

static int keep(struct gone *g, const struct sample *s, u64 seq, bool (*pick)(const struct vm_sample *vm, void *arg),
		void *arg)
{
	int ret = 0;

	for (u32 i = 0; !ret && i < s->vm_count; i++)
		if (pick(&s->vms[i], arg) && !sample_find_vm(&g->ended.kept, s->vms[i].uid))
			ret = note_end(g, s->vms[i].uid, seq);
	return ret ? ret : ended_keep_some(&g->ended, s, pick, arg);
}

static int look(struct gone *g, const struct sample *s)
{
	int ret = keep(g, &g->last, s->seq, vanished, (void *)s);

	if (!ret)
		ret = keep(g, s, s->seq, ends_here, NULL);
	return ret ? ret : sample_copy(&g->last, s);
}

int gone_scan(struct gone *g, const struct past *past, const struct sample *from, const struct sample *to)
{
	struct sample s = {0};
	int ret = 0;

	if (g->from != from->seq) {
		gone_free(g);
		ret = sample_copy(&g->last, from);
		g->from = ret ? 0 : from->seq;
	}
	while (!ret && g->last.seq < to->seq) {
		u64 at = past_step(past, g->last.seq + 1, 0);

		/* the nearest one before it, where it is not there */
		if (at <= g->last.seq)
			at = past_step(past, g->last.seq, 1);
		if (at <= g->last.seq || at >= to->seq) {
			ret = look(g, to);
			break;
		}
		ret = past_get(past, at, &s);
		/* dropped, or damaged: as if it were not there */
		if (ret && ret != -ENOMEM) {
			sample_reset(&s);
			ret = sample_copy(&s, &g->last);
			s.seq = at;
		}
		if (!ret)
			ret = look(g, &s);
	}
	sample_free(&s);
	return ret;
}

struct picked {
	const struct gone *g;
	const struct sample *to, *in;
};

static bool is_gone(const struct gone_end *end, const struct sample *to, const struct sample *in)
{
	return end->seq <= to->seq && !sample_find_vm(to, end->uid) && (!in || sample_find_vm(in, end->uid));
}

static bool is_picked(const struct vm_sample *vm, void *arg)
{
	const struct picked *p = arg;

	for (u32 i = 0; i < p->g->count; i++)
		if (p->g->ends[i].uid == vm->uid)
			return is_gone(&p->g->ends[i], p->to, p->in);
	return false;
}

bool gone_any(const struct gone *g, const struct sample *to, const struct sample *in)
{
	for (u32 i = 0; i < g->count; i++)
		if (is_gone(&g->ends[i], to, in))
			return true;
	return false;
}

int gone_join(const struct gone *g, const struct sample *to, const struct sample *in, const struct sample *s,
	      struct sample *room, const struct sample **out)
{
	struct picked picked = {.g = g, .to = to, .in = in};

	*out = s;
	if (!gone_any(g, to, in))
		return 0;
	*out = room;
	return ended_join(&g->ended, s, is_picked, &picked, room);
}

void gone_free(struct gone *g)
{
	sample_free(&g->last);
	ended_free(&g->ended);
	free(g->ends);
	memset(g, 0, sizeof(*g));
}
