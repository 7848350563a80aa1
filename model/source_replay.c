/* SPDX-License-Identifier: GPL-2.0-only */
/* A recording as a source. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording.h"
#include "source.h"

struct source_replay {
	struct source base;
	struct recording *rec;
	u32 next; /* index of the sample that comes next */
	u32 bad;  /* samples that turned out to be unreadable only now */
	char notice[320];
};

static int replay_sample(struct source *src, struct sample *s)
{
	struct source_replay *r = (struct source_replay *)src;
	u32 skipped = 0;

	while (r->next < recording_count(r->rec)) {
		const struct sample *got;
		u32 at = r->next;
		int ret = recording_get(r->rec, at, &got);

		if (ret == -EBADMSG) {
			/* Its checksum is right and it makes no sense. The next that can be had says how many are gone. */
			skipped += 1 + recording_entry(r->rec, at)->missing;
			r->bad++;
			r->next++;
			continue;
		}
		if (!ret)
			ret = sample_copy(s, got);
		if (ret) {
			snprintf(src->error, sizeof(src->error), "reading the recording: %s", strerror(-ret));
			return ret;
		}
		s->missing += skipped + recording_entry(r->rec, at)->missing;
		r->next++;
		return 0;
	}
	snprintf(src->error, sizeof(src->error), "the recording ends here");
	return -ENODATA;
}

static void replay_close(struct source *src)
{
	struct source_replay *r = (struct source_replay *)src;

	recording_close(r->rec);
	free(r);
}

static const struct source_ops replay_ops = {"replay", replay_sample, replay_close};

struct source *source_replay_open(const char *path, int *err, char *error, size_t error_size)
{
	struct source_replay *r = calloc(1, sizeof(*r));

	*err = -ENOMEM;
	snprintf(error, error_size, "out of memory");
	if (!r)
		return NULL;
	r->base.ops = &replay_ops;
	r->rec = recording_open(path, err, error, error_size);
	if (r->rec)
		return &r->base;
	free(r);
	return NULL;
}

u32 replay_count(const struct source *src)
{
	return recording_count(((const struct source_replay *)src)->rec);
}

u32 replay_position(const struct source *src)
{
	return ((const struct source_replay *)src)->next;
}

int replay_seek(struct source *src, u32 index)
{
	struct source_replay *r = (struct source_replay *)src;

	if (index >= recording_count(r->rec))
		return -EINVAL;
	r->next = index;
	return 0;
}

bool replay_time(const struct source *src, u32 index, u64 *seq, u64 *mono_ns, u64 *real_ns)
{
	const struct rec_entry *e = recording_entry(((const struct source_replay *)src)->rec, index);

	if (!e)
		return false;
	*seq = e->seq;
	*mono_ns = e->mono_ns;
	*real_ns = e->real_ns;
	return true;
}

u32 replay_find(const struct source *src, u64 real_ns)
{
	return recording_find_real(((const struct source_replay *)src)->rec, real_ns);
}

const char *replay_notice(struct source *src)
{
	struct source_replay *r = (struct source_replay *)src;
	struct rec_damage d = recording_damage(r->rec);

	const char *cut = "it was not closed: whoever wrote it was stopped, or still writes";

	r->notice[0] = '\0';
	if (d.records || r->bad)
		snprintf(r->notice, sizeof(r->notice),
			 "%llu records damaged or without what they build on, %llu bytes, the first at byte %llu; %u "
			 "samples "
			 "are readable%s%s",
			 (unsigned long long)d.records + r->bad, (unsigned long long)d.bytes,
			 (unsigned long long)d.first, recording_count(r->rec) - r->bad, d.cut ? "; " : "",
			 d.cut ? cut : "");
	else if (d.cut)
		snprintf(r->notice, sizeof(r->notice), "%s", cut);
	return r->notice;
}
