/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames lie in groups: a key frame and the delta frames that build on it. When memory runs out, the oldest groups become
 * thin, their key frame alone: that needs no frame to be made anew. When thin ones take half of it, some of them go, the
 * more of them the longer ago, so that what is kept reaches as far back as it should on a host of any size.
 */
#include "history.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "clock.h"
#include "recording.h"

/* A group ends early rather than be a large part of the ring. */
#define GROUP_SHARE 8
/* Or when its delta frames are so many times its key: more keys cost little then, and the thin past has shorter steps. */
#define KEY_SHARE 4
/* What thin groups may take of the ring. */
#define THIN_SHARE 2

struct entry {
	u64 seq, mono_ns, real_ns;
	u64 offset; /* in its group's data */
	u32 len, raw_len;
};

struct group {
	u8 *data;
	u32 len, room;
	u32 count;
	struct entry entries[REC_KEY_EVERY];
};

struct history {
	pthread_mutex_t lock; /* of the groups: who changes them holds it, and who reads them in another thread */
	struct history_limits limits;
	struct encoder *enc;
	struct decoder *dec; /* made when first asked for a sample */
	u64 dec_seq;         /* of the sample that dec has, 0: none */
	const struct sample *dec_sample;
	struct group **groups; /* a ring: group_first, then group_count of them, modulo group_room */
	u32 group_room, group_first, group_count;
	u32 thin; /* so many groups, the oldest, are thin */
	u32 samples;
	u64 bytes, thin_bytes;
	u64 last_seq; /* ever added */
	u64 cpu_ns, last_ns, refused;
};

static struct group *group_at(const struct history *h, u32 i)
{
	return h->groups[(h->group_first + i) % h->group_room];
}

static u64 group_bytes(const struct group *g)
{
	return sizeof(*g) + g->room;
}

static void set_limits(struct history *h, const struct history_limits *limits)
{
	h->limits = limits ? *limits : (struct history_limits){0};
	if (!h->limits.max_age_ns)
		h->limits.max_age_ns = HISTORY_AGE_NS;
	if (!h->limits.max_bytes)
		h->limits.max_bytes = HISTORY_BYTES;
}

struct history *history_new(const struct history_limits *limits)
{
	struct history *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	set_limits(h, limits);
	h->enc = encoder_new(rec_schema());
	if (h->enc && !pthread_mutex_init(&h->lock, NULL))
		return h;
	encoder_free(h->enc);
	free(h);
	return NULL;
}

/* Any that is full must be the oldest. */
static void drop_group(struct history *h, u32 at)
{
	struct group *g = group_at(h, at);

	h->bytes -= group_bytes(g);
	h->samples -= g->count;
	if (at < h->thin) {
		h->thin--;
		h->thin_bytes -= group_bytes(g);
	}
	free(g->data);
	free(g);
	for (; at; at--)
		h->groups[(h->group_first + at) % h->group_room] = group_at(h, at - 1);
	h->group_first = (h->group_first + 1) % h->group_room;
	h->group_count--;
}

static void drop_first(struct history *h)
{
	drop_group(h, 0);
}

/* The oldest full group keeps its key frame alone. */
static void make_thin(struct history *h)
{
	struct group *g = group_at(h, h->thin++);
	u32 len = g->entries[0].len;
	u8 *data = realloc(g->data, len);

	h->bytes -= group_bytes(g);
	h->samples -= g->count - 1;
	g->count = 1;
	g->len = len;
	if (data) {
		g->data = data;
		g->room = len;
	}
	h->bytes += group_bytes(g);
	h->thin_bytes += group_bytes(g);
}

void history_free(struct history *h)
{
	if (!h)
		return;
	while (h->group_count)
		drop_first(h);
	free(h->groups);
	pthread_mutex_destroy(&h->lock);
	encoder_free(h->enc);
	decoder_free(h->dec);
	free(h);
}

static const struct entry *newest(const struct history *h)
{
	const struct group *g = h->group_count ? group_at(h, h->group_count - 1) : NULL;

	return g ? &g->entries[g->count - 1] : NULL;
}

/* The thin group without which the past has the smallest hole for its age. The oldest stays: that far it reaches. */
static u32 least_missed(const struct history *h, u64 now)
{
	double least = 0;
	u32 found = 0;

	for (u32 i = 1; i < h->thin; i++) {
		u64 from = group_at(h, i - 1)->entries[0].mono_ns, to = group_at(h, i + 1)->entries[0].mono_ns;
		u64 at = group_at(h, i)->entries[0].mono_ns;
		double hole = (double)(to - from) / (double)(now > at ? now - at : 1);

		if (!found || hole < least) {
			least = hole;
			found = i;
		}
	}
	return found;
}

/* Drops groups that are too old as a whole, and makes room for `more` bytes. The last group is never thin. */
static void trim(struct history *h, u64 more)
{
	const struct entry *last = newest(h);

	/* The group stays while the next one alone does not reach back far enough. */
	while (h->group_count > 1 && last->mono_ns - group_at(h, 1)->entries[0].mono_ns >= h->limits.max_age_ns)
		drop_first(h);
	while (h->group_count && h->bytes + more > h->limits.max_bytes) {
		bool full = h->thin + 1 < h->group_count;

		if (full && h->thin_bytes <= h->limits.max_bytes / THIN_SHARE)
			make_thin(h);
		else
			drop_group(h, h->thin ? least_missed(h, last->mono_ns) : 0);
	}
}

void history_limit(struct history *h, const struct history_limits *limits)
{
	set_limits(h, limits);
	pthread_mutex_lock(&h->lock);
	trim(h, 0);
	pthread_mutex_unlock(&h->lock);
}

u64 history_left(u64 others)
{
	u64 left = others < MEMORY_AIM ? (MEMORY_AIM - others) >> 20 << 20 : 0;

	if (left < HISTORY_BYTES_LEAST)
		return HISTORY_BYTES_LEAST;
	return left < HISTORY_BYTES ? left : HISTORY_BYTES;
}

struct history_limits history_limits(const struct history *h)
{
	return h->limits;
}

/* A new, empty group at the end, with room for len bytes. */
static struct group *add_group(struct history *h, u32 len)
{
	struct group *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->room = len;
	g->data = malloc(len);
	if (!g->data)
		goto fail;
	if (h->group_count == h->group_room) {
		u32 room = h->group_room ? 2 * h->group_room : 16;
		struct group **groups = calloc(room, sizeof(*groups));

		if (!groups)
			goto fail;
		for (u32 i = 0; i < h->group_count; i++)
			groups[i] = group_at(h, i);
		free(h->groups);
		h->groups = groups;
		h->group_first = 0;
		h->group_room = room;
	}
	h->groups[(h->group_first + h->group_count++) % h->group_room] = g;
	h->bytes += group_bytes(g);
	return g;
fail:
	free(g->data);
	free(g);
	return NULL;
}

/* Room for len more bytes in the last group; its size grows by what is known, not by half as much again. */
static int grow_group(struct history *h, struct group *g, u32 len)
{
	u8 *data;

	if (g->room - g->len >= len)
		return 0;
	data = realloc(g->data, g->len + len);
	if (!data)
		return -ENOMEM;
	h->bytes += len - (g->room - g->len);
	g->data = data;
	g->room = g->len + len;
	return 0;
}

static bool group_full(const struct history *h)
{
	const struct group *g = h->group_count ? group_at(h, h->group_count - 1) : NULL;

	return !g || g->count == REC_KEY_EVERY || g->len > h->limits.max_bytes / GROUP_SHARE ||
	       g->len - g->entries[0].len > KEY_SHARE * g->entries[0].len;
}

static int put(struct history *h, const struct rec_frame *frame)
{
	u64 more = frame->len + (frame->key ? sizeof(struct group) : 0);
	struct group *g;

	if (more > h->limits.max_bytes)
		return -EFBIG;
	trim(h, more);
	/* All went, the group of this delta frame too: it is of no use alone. */
	if (!frame->key && !h->group_count)
		return -EAGAIN;
	g = frame->key ? add_group(h, frame->len) : group_at(h, h->group_count - 1);
	if (!g || grow_group(h, g, frame->len))
		return -ENOMEM;
	memcpy(g->data + g->len, frame->data, frame->len);
	g->entries[g->count++] = (struct entry){.seq = frame->seq,
						.mono_ns = frame->mono_ns,
						.real_ns = frame->real_ns,
						.offset = g->len,
						.len = frame->len,
						.raw_len = frame->raw_len};
	g->len += frame->len;
	h->samples++;
	h->last_seq = frame->seq;
	return 0;
}

static int put_locked(struct history *h, const struct rec_frame *frame, int ret)
{
	pthread_mutex_lock(&h->lock);
	if (!ret)
		ret = put(h, frame);
	/* Without this frame the chain of deltas is broken, and a gap would not be seen: begin anew. */
	while (ret && ret != -EAGAIN && h->group_count)
		drop_first(h);
	pthread_mutex_unlock(&h->lock);
	return ret;
}

void history_borrow(struct history *h)
{
	encoder_borrow(h->enc);
}

int history_add(struct history *h, const struct sample *s)
{
	u64 began = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	struct rec_frame frame;
	int ret;

	if (s->seq <= h->last_seq)
		return -EINVAL;
	ret = put_locked(h, &frame, encoder_add(h->enc, s, group_full(h), &frame));
	if (ret == -EAGAIN)
		ret = put_locked(h, &frame, encoder_add(h->enc, s, true, &frame));
	h->refused += ret == -EFBIG;
	h->last_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - began;
	h->cpu_ns += h->last_ns;
	return ret;
}

struct history_figures history_figures(const struct history *h)
{
	struct history_figures f = {.samples = h->samples,
				    .bytes = h->bytes,
				    .cpu_ns = h->cpu_ns,
				    .last_ns = h->last_ns,
				    .refused = h->refused};
	const struct entry *first, *last = newest(h);

	if (!last)
		return f;
	first = &group_at(h, 0)->entries[0];
	f.first_seq = first->seq;
	f.first_mono = first->mono_ns;
	f.first_real = first->real_ns;
	f.last_seq = last->seq;
	f.last_mono = last->mono_ns;
	f.last_real = last->real_ns;
	f.thin = h->thin;
	f.every_mono = group_at(h, h->thin)->entries[0].mono_ns;
	return f;
}

/* --- looking up --------------------------------------------------------------------------------------------------- */

/* A place in the ring. */
struct spot {
	u32 group, at;
};

static const struct entry *entry_at(const struct history *h, struct spot spot)
{
	return &group_at(h, spot.group)->entries[spot.at];
}

/* The last sample whose seq is at most seq, else the first; the ring is not empty. */
static struct spot find(const struct history *h, u64 seq)
{
	struct spot spot = {.group = h->group_count - 1};
	const struct group *g;

	while (spot.group && group_at(h, spot.group)->entries[0].seq > seq)
		spot.group--;
	g = group_at(h, spot.group);
	spot.at = g->count - 1;
	while (spot.at && g->entries[spot.at].seq > seq)
		spot.at--;
	return spot;
}

u64 history_step(const struct history *h, u64 seq, s64 by)
{
	struct spot spot;

	if (!h->group_count)
		return 0;
	spot = find(h, seq);
	for (; by < 0 && (spot.at || spot.group); by++) {
		if (spot.at)
			spot.at--;
		else
			spot.at = group_at(h, --spot.group)->count - 1;
	}
	for (; by > 0 && (spot.group + 1 < h->group_count || spot.at + 1 < group_at(h, spot.group)->count); by--) {
		if (spot.at + 1 < group_at(h, spot.group)->count)
			spot.at++;
		else
			spot = (struct spot){.group = spot.group + 1};
	}
	return entry_at(h, spot)->seq;
}

u64 history_before(const struct history *h, u64 seq)
{
	u64 before = seq ? history_step(h, seq - 1, 0) : 0;

	return before < seq ? before : 0;
}

u64 history_seek_mono(const struct history *h, u64 mono_ns)
{
	u64 found = 0;

	for (u32 i = 0; i < h->group_count; i++) {
		const struct group *g = group_at(h, i);

		for (u32 k = 0; k < g->count; k++)
			if (!found || g->entries[k].mono_ns <= mono_ns)
				found = g->entries[k].seq;
	}
	return found;
}

u64 history_seek_real(const struct history *h, u64 real_ns)
{
	u64 found = 0;

	/* The wall clock may have been set back: the last one that fits. */
	for (u32 i = 0; i < h->group_count; i++) {
		const struct group *g = group_at(h, i);

		for (u32 k = 0; k < g->count; k++)
			if (!found || g->entries[k].real_ns <= real_ns)
				found = g->entries[k].seq;
	}
	return found;
}

bool history_time(const struct history *h, u64 seq, u64 *mono_ns, u64 *real_ns)
{
	const struct entry *e = h->group_count ? entry_at(h, find(h, seq)) : NULL;

	if (!e || e->seq != seq)
		return false;
	*mono_ns = e->mono_ns;
	*real_ns = e->real_ns;
	return true;
}

/* --- samples again ------------------------------------------------------------------------------------------------ */

static int open_decoder(struct history *h)
{
	struct rec_frame head;
	u32 crc;
	int ret;

	if (h->dec)
		return 0;
	h->dec = decoder_new();
	if (!h->dec)
		return -ENOMEM;
	ret = encoder_head(h->enc, &head, &crc);
	if (!ret)
		ret = decoder_head(h->dec, head.data, head.len, head.raw_len);
	if (ret) {
		decoder_free(h->dec);
		h->dec = NULL;
	}
	return ret;
}

int history_get(struct history *h, u64 seq, struct sample *out)
{
	const struct group *g;
	struct spot spot;
	u32 from = 0;
	int ret;

	if (!h->group_count)
		return -ENOENT;
	spot = find(h, seq);
	if (entry_at(h, spot)->seq != seq)
		return -ENOENT;
	ret = open_decoder(h);
	if (ret)
		return ret;
	g = group_at(h, spot.group);
	/* On from the sample that the decoder has, when it is on the way. */
	for (u32 i = 0; h->dec_seq && i <= spot.at; i++)
		if (g->entries[i].seq == h->dec_seq)
			from = i + 1;
	for (u32 i = from; i <= spot.at; i++) {
		const struct entry *e = &g->entries[i];

		h->dec_seq = 0;
		ret = decoder_add(h->dec, i == 0, g->data + e->offset, e->len, e->raw_len, &h->dec_sample);
		if (ret)
			return ret;
		h->dec_seq = e->seq;
	}
	return sample_copy(out, h->dec_sample);
}

/* --- frames as they are ------------------------------------------------------------------------------------------- */

int history_head(struct history *h, struct rec_frame *head, u32 *crc)
{
	return h->group_count ? encoder_head(h->enc, head, crc) : -ENODATA;
}

static int copy_frames(const struct group *g, u64 after, u64 until, struct history_frames *out)
{
	if (ARRAY_ROOM(out->data, out->room, g->len))
		return -ENOMEM;
	memcpy(out->data, g->data, g->len);
	for (u32 i = 0; i < g->count; i++) {
		const struct entry *e = &g->entries[i];

		if (e->seq > after && e->seq <= until)
			out->frame[out->count++] = (struct rec_frame){.data = out->data + e->offset,
								      .len = e->len,
								      .raw_len = e->raw_len,
								      .key = i == 0,
								      .seq = e->seq,
								      .mono_ns = e->mono_ns,
								      .real_ns = e->real_ns};
	}
	return 0;
}

int history_frames(struct history *h, u64 after, u64 until, struct history_frames *out)
{
	int ret = 0;

	out->count = 0;
	pthread_mutex_lock(&h->lock);
	for (u32 i = 0; i < h->group_count; i++) {
		const struct group *g = group_at(h, i);

		if (g->entries[g->count - 1].seq <= after)
			continue;
		ret = copy_frames(g, after, until, out);
		break;
	}
	pthread_mutex_unlock(&h->lock);
	return ret;
}
