/* SPDX-License-Identifier: GPL-2.0-only */
/* A recording as a source: one file, or what rotation made of it, the oldest first. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "recording.h"
#include "source.h"

struct part {
	struct recording *rec;
	u32 first; /* index of its first sample among all */
	u32 gap;   /* samples lost between the part before it and this one */
};

struct source_replay {
	struct source base;
	struct part *parts;
	u32 part_count, part_room;
	u32 count; /* samples of all parts */
	u32 next;  /* index of the sample that comes next */
	u32 bad;   /* samples that turned out to be unreadable only now */
	char older[160];
	char notice[512];
};

static const struct part *part_of(const struct source_replay *r, u32 index)
{
	u32 i = r->part_count - 1;

	while (i && r->parts[i].first > index)
		i--;
	return &r->parts[i];
}

static const struct rec_entry *entry_of(const struct source_replay *r, u32 index)
{
	const struct part *part = part_of(r, index);

	return recording_entry(part->rec, index - part->first);
}

/* How many samples are lost right before this one. */
static u32 missing_before(const struct source_replay *r, u32 index)
{
	const struct part *part = part_of(r, index);

	return index == part->first && part != r->parts ? part->gap : entry_of(r, index)->missing;
}

static int read_sample(struct source_replay *r, u32 index, struct sample *s)
{
	const struct part *part = part_of(r, index);
	const struct sample *got;
	int ret = recording_get(part->rec, index - part->first, &got);

	if (!ret)
		ret = sample_copy(s, got);
	if (!ret)
		s->missing += missing_before(r, index);
	else if (ret != -EBADMSG)
		snprintf(r->base.error, sizeof(r->base.error), "reading the recording: %s", strerror(-ret));
	return ret;
}

static int replay_sample(struct source *src, struct sample *s)
{
	struct source_replay *r = (struct source_replay *)src;
	u32 skipped = 0;

	while (r->next < r->count) {
		int ret = read_sample(r, r->next, s);

		if (ret == -EBADMSG) {
			/* Its checksum is right and it makes no sense. The next that can be had says how many are gone. */
			skipped += 1 + missing_before(r, r->next);
			r->bad++;
			r->next++;
			continue;
		}
		if (ret)
			return ret;
		s->missing += skipped;
		r->next++;
		return 0;
	}
	snprintf(src->error, sizeof(src->error), "the recording ends here");
	return -ENODATA;
}

/* Index of the last sample whose seq is at most seq, else 0. */
static u32 index_of(const struct source_replay *r, u64 seq)
{
	u32 low = 0, high = r->count;

	while (high - low > 1) {
		u32 mid = low + (high - low) / 2;

		if (entry_of(r, mid)->seq <= seq)
			low = mid;
		else
			high = mid;
	}
	return low;
}

static int replay_get(struct source *src, u64 seq, struct sample *s)
{
	struct source_replay *r = (struct source_replay *)src;
	u32 index = index_of(r, seq);

	return entry_of(r, index)->seq == seq ? read_sample(r, index, s) : -ENOENT;
}

static void replay_close(struct source *src)
{
	struct source_replay *r = (struct source_replay *)src;

	for (u32 i = 0; i < r->part_count; i++)
		recording_close(r->parts[i].rec);
	free(r->parts);
	free(r);
}

static const struct source_ops replay_ops = {
	.name = "replay", .sample = replay_sample, .close = replay_close, .get = replay_get};

/* The longer of the last interval of one file and the first of the next. */
static u64 usual_interval(const struct recording *newer, const struct recording *older)
{
	u32 end = recording_count(older);
	u64 a = 0, b = 0;

	if (recording_count(newer) > 1)
		a = recording_entry(newer, 1)->mono_ns - recording_entry(newer, 0)->mono_ns;
	if (end > 1)
		b = recording_entry(older, end - 1)->mono_ns - recording_entry(older, end - 2)->mono_ns;
	return a > b ? a : b;
}

/*
 * Whether the recording goes on where the older one stops. Rotation moves on whatever has the name, and leaves alone what
 * is beyond the files it keeps: either may be of another run, whose counters and VMs have nothing to do with these.
 */
static bool follows(const struct recording *newer, const struct recording *older)
{
	const struct rec_entry *first = recording_entry(newer, 0);
	const struct rec_entry *last = recording_entry(older, recording_count(older) - 1);
	u64 steps = first->seq - last->seq;

	if (first->seq <= last->seq || first->mono_ns < last->mono_ns ||
	    strcmp(recording_host(newer), recording_host(older)) != 0)
		return false;
	if (steps > 1 && !recording_damage(newer).records && !recording_damage(older).records)
		return false;
	return (double)(first->mono_ns - last->mono_ns) <=
	       2.0 * (double)steps * (double)usual_interval(newer, older) + (double)NSEC_PER_SEC;
}

/* PATH.1, PATH.2 ...: as far as they are there and belong to it. */
static int open_older(struct source_replay *r, const char *path)
{
	char name[PATH_MAX], error[256];

	for (u32 i = 1;; i++) {
		struct recording *rec;
		int err;

		if ((size_t)snprintf(name, sizeof(name), "%s.%u", path, i) >= sizeof(name))
			return 0;
		rec = recording_open(name, &err, error, sizeof(error));
		if (!rec && err == -ENOENT)
			return 0;
		if (rec && follows(r->parts[r->part_count - 1].rec, rec)) {
			if (ARRAY_ROOM(r->parts, r->part_room, (u64)r->part_count + 1)) {
				recording_close(rec);
				return -ENOMEM;
			}
			r->parts[r->part_count++] = (struct part){.rec = rec};
			continue;
		}
		if (!rec)
			snprintf(r->older, sizeof(r->older), "what is older is left out: %.120s", error);
		else if (i == 1)
			snprintf(r->older, sizeof(r->older), "%.100s.1 does not go on with it, and is left out", path);
		recording_close(rec);
		return 0;
	}
}

/* The oldest first, and each sample numbered. */
static int put_in_order(struct source_replay *r)
{
	for (u32 i = 0; i < r->part_count / 2; i++) {
		struct part swap = r->parts[i];

		r->parts[i] = r->parts[r->part_count - 1 - i];
		r->parts[r->part_count - 1 - i] = swap;
	}
	for (u32 i = 0; i < r->part_count; i++) {
		struct part *part = &r->parts[i], *before = i ? &r->parts[i - 1] : NULL;
		u64 lost;

		if (recording_count(part->rec) > UINT32_MAX - r->count)
			return -EFBIG;
		part->first = r->count;
		r->count += recording_count(part->rec);
		if (!before)
			continue;
		lost = recording_entry(part->rec, 0)->seq -
		       recording_entry(before->rec, recording_count(before->rec) - 1)->seq - 1;
		part->gap = lost > UINT32_MAX ? UINT32_MAX : (u32)lost;
	}
	return 0;
}

struct source *source_replay_open(const char *path, int *err, char *error, size_t error_size)
{
	struct source_replay *r = calloc(1, sizeof(*r));

	*err = -ENOMEM;
	snprintf(error, error_size, "out of memory");
	if (!r)
		return NULL;
	r->base.ops = &replay_ops;
	if (ARRAY_ROOM(r->parts, r->part_room, 1))
		goto fail;
	r->parts[0] = (struct part){.rec = recording_open(path, err, error, error_size)};
	if (!r->parts[0].rec)
		goto fail;
	r->part_count = 1;
	*err = open_older(r, path);
	if (!*err)
		*err = put_in_order(r);
	if (!*err)
		return &r->base;
	snprintf(error, error_size, "%.200s: %s", path, strerror(-*err));
fail:
	replay_close(&r->base);
	return NULL;
}

struct source *source_replay_in(struct source *src)
{
	while (src && src->ops != &replay_ops)
		src = src->ops->inner ? src->ops->inner(src) : NULL;
	return src;
}

u32 replay_count(const struct source *src)
{
	return ((const struct source_replay *)src)->count;
}

u32 replay_files(const struct source *src)
{
	return ((const struct source_replay *)src)->part_count;
}

u32 replay_position(const struct source *src)
{
	return ((const struct source_replay *)src)->next;
}

int replay_seek(struct source *src, u32 index)
{
	struct source_replay *r = (struct source_replay *)src;

	if (index >= r->count)
		return -EINVAL;
	r->next = index;
	return 0;
}

bool replay_time(const struct source *src, u32 index, u64 *seq, u64 *mono_ns, u64 *real_ns)
{
	const struct source_replay *r = (const struct source_replay *)src;
	const struct rec_entry *e = index < r->count ? entry_of(r, index) : NULL;

	if (!e)
		return false;
	*seq = e->seq;
	*mono_ns = e->mono_ns;
	*real_ns = e->real_ns;
	return true;
}

u32 replay_find_seq(const struct source *src, u64 seq)
{
	return index_of((const struct source_replay *)src, seq);
}

u32 replay_find(const struct source *src, u64 real_ns)
{
	const struct source_replay *r = (const struct source_replay *)src;
	u32 found = 0;

	/* The wall clock may have been set back: the last one that fits. */
	for (u32 i = 0; i < r->count; i++)
		if (entry_of(r, i)->real_ns <= real_ns)
			found = i;
	return found;
}

static struct rec_damage all_damage(const struct source_replay *r)
{
	struct rec_damage all = recording_damage(r->parts[r->part_count - 1].rec);

	for (u32 i = 0; i + 1 < r->part_count; i++) {
		struct rec_damage d = recording_damage(r->parts[i].rec);

		all.records += d.records;
		all.bytes += d.bytes;
		all.cut |= d.cut;
	}
	return all;
}

const char *replay_notice(struct source *src)
{
	static const char cut[] = "it was not closed: whoever wrote it was stopped, or still writes";
	struct source_replay *r = (struct source_replay *)src;
	struct rec_damage d = all_damage(r);
	char where[48] = "";
	size_t len = 0;

	r->notice[0] = '\0';
	if (r->part_count == 1)
		snprintf(where, sizeof(where), ", the first at byte %llu", (unsigned long long)d.first);
	if (d.records || r->bad)
		len = (size_t)snprintf(r->notice, sizeof(r->notice),
				       "%llu records damaged or without what they build on, %llu bytes%s; %u samples "
				       "are readable",
				       (unsigned long long)d.records + r->bad, (unsigned long long)d.bytes, where,
				       r->count - r->bad);
	if (d.cut)
		len += (size_t)snprintf(r->notice + len, sizeof(r->notice) - len, "%s%s", len ? "; " : "", cut);
	if (r->older[0])
		snprintf(r->notice + len, sizeof(r->notice) - len, "%s%s", len ? "; " : "", r->older);
	return r->notice;
}
