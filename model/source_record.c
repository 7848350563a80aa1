/* SPDX-License-Identifier: GPL-2.0-only */
/* Another source, with every sample written to a recording on its way. */
#include <stdlib.h>
#include <string.h>

#include "recording.h"
#include "source.h"

struct source_record {
	struct source base;
	struct source *inner;
	struct recorder *recorder;
	bool must;
	u32 groups; /* whatever was wanted once: a recording does not lose it when a pane is left */
};

static int record_sample(struct source *src, struct sample *s)
{
	struct source_record *r = (struct source_record *)src;
	struct recorder_figures figures;
	int ret = source_sample(r->inner, s);

	if (ret) {
		memcpy(src->error, r->inner->error, sizeof(src->error));
		return ret;
	}
	ret = recorder_add(r->recorder, s);
	figures = recorder_figures(r->recorder);
	/* whoever watches sees that it ended: nothing is recorded any more */
	s->upkeep.record_bytes = ret ? 0 : figures.bytes;
	s->upkeep.record_ns = ret ? 0 : figures.last_ns;
	if (!ret || !r->must)
		return 0;
	memcpy(src->error, recorder_error(r->recorder), sizeof(src->error));
	return ret;
}

/* What one goes back to was recorded when it came. */
static int record_get(struct source *src, u64 seq, struct sample *s)
{
	return source_get(((struct source_record *)src)->inner, seq, s);
}

static struct source *record_inner(struct source *src)
{
	return ((struct source_record *)src)->inner;
}

static void record_want(struct source *src, const struct wants *wants)
{
	struct source_record *r = (struct source_record *)src;
	struct wants all = *wants;

	all.groups = r->groups |= wants->groups;
	source_want(r->inner, &all);
}

static void record_close(struct source *src)
{
	struct source_record *r = (struct source_record *)src;

	source_close(r->inner);
	free(r);
}

static const struct source_ops record_ops = {.name = "record",
					     .sample = record_sample,
					     .want = record_want,
					     .close = record_close,
					     .get = record_get,
					     .inner = record_inner};

struct source *source_record_open(struct source *inner, struct recorder *recorder, bool must)
{
	struct source_record *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->base.ops = &record_ops;
	r->inner = inner;
	r->recorder = recorder;
	r->must = must;
	return &r->base;
}
