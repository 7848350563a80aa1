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
};

static int record_sample(struct source *src, struct sample *s)
{
	struct source_record *r = (struct source_record *)src;
	int ret = source_sample(r->inner, s);

	if (ret) {
		memcpy(src->error, r->inner->error, sizeof(src->error));
		return ret;
	}
	ret = recorder_add(r->recorder, s);
	if (!ret || !r->must)
		return 0;
	memcpy(src->error, recorder_error(r->recorder), sizeof(src->error));
	return ret;
}

static void record_close(struct source *src)
{
	struct source_record *r = (struct source_record *)src;

	source_close(r->inner);
	free(r);
}

static const struct source_ops record_ops = {"record", record_sample, record_close};

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
