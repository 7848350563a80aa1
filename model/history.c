/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames lie in groups: a key frame and the delta frames that build on it. The oldest group is dropped as a whole, as no
 * delta is of use without its key.
 */
#include "history.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "array.h"
#include "recording.h"

/* A group ends early rather than be a large part of the ring. */
#define GROUP_SHARE 16

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
	struct history_limits limits;
	struct encoder *enc;
	struct decoder *dec; /* made when first asked for a sample */
	u64 dec_seq;         /* of the sample that dec has, 0: none */
	const struct sample *dec_sample;
	struct group **groups; /* a ring: group_first, then group_count of them, modulo group_room */
	u32 group_room, group_first, group_count;
	u32 samples;
	u64 bytes;
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
	if (h->enc)
		return h;
	free(h);
	return NULL;
}

static void drop_first(struct history *h)
{
	struct group *g = group_at(h, 0);

	h->bytes -= group_bytes(g);
	h->samples -= g->count;
	free(g->data);
	free(g);
	h->group_first = (h->group_first + 1) % h->group_room;
	h->group_count--;
}

void history_free(struct history *h)
{
	if (!h)
		return;
	while (h->group_count)
		drop_first(h);
	free(h->groups);
	encoder_free(h->enc);
	decoder_free(h->dec);
	free(h);
}

static const struct entry *newest(const struct history *h)
{
	const struct group *g = h->group_count ? group_at(h, h->group_count - 1) : NULL;

	return g ? &g->entries[g->count - 1] : NULL;
}

/* Drops groups that are too old as a whole, and the oldest until `more` bytes fit. */
static void trim(struct history *h, u64 more)
{
	const struct entry *last = newest(h);

	/* The group stays while the next one alone does not reach back far enough. */
	while (h->group_count > 1 && last->mono_ns - group_at(h, 1)->entries[0].mono_ns >= h->limits.max_age_ns)
		drop_first(h);
	while (h->group_count && h->bytes + more > h->limits.max_bytes)
		drop_first(h);
}

void history_limit(struct history *h, const struct history_limits *limits)
{
	set_limits(h, limits);
	trim(h, 0);
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

	return !g || g->count == REC_KEY_EVERY || g->len > h->limits.max_bytes / GROUP_SHARE;
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

static u64 cpu_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
}

int history_add(struct history *h, const struct sample *s)
{
	u64 began = cpu_now();
	struct rec_frame frame;
	int ret;

	if (s->seq <= h->last_seq)
		return -EINVAL;
	ret = encoder_add(h->enc, s, group_full(h), &frame);
	if (!ret)
		ret = put(h, &frame);
	if (ret == -EAGAIN) {
		ret = encoder_add(h->enc, s, true, &frame);
		if (!ret)
			ret = put(h, &frame);
	}
	if (ret) {
		/* The chain of deltas is broken, and a gap would not be seen: begin anew. */
		while (h->group_count)
			drop_first(h);
		h->refused += ret == -EFBIG;
	}
	h->last_ns = cpu_now() - began;
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

int history_write(struct history *h, const char *path, char *error, size_t error_size)
{
	struct rec_file file = REC_FILE_INIT;
	struct rec_frame head;
	u32 crc;
	int ret, closed;

	if (!h->group_count) {
		snprintf(error, error_size, "nothing recorded yet");
		return -ENODATA;
	}
	ret = encoder_head(h->enc, &head, &crc);
	if (ret) {
		snprintf(error, error_size, "out of memory");
		return ret;
	}
	ret = rec_file_create(&file, path, 1, error, error_size);
	if (ret)
		return ret;
	for (u32 i = 0; !ret && i < h->group_count; i++) {
		const struct group *g = group_at(h, i);

		for (u32 k = 0; !ret && k < g->count; k++) {
			const struct entry *e = &g->entries[k];
			struct rec_frame frame = {.data = g->data + e->offset,
						  .len = e->len,
						  .raw_len = e->raw_len,
						  .key = k == 0,
						  .seq = e->seq,
						  .mono_ns = e->mono_ns,
						  .real_ns = e->real_ns};

			ret = rec_file_put(&file, &frame, &head, crc);
		}
	}
	closed = rec_file_close(&file, true);
	if (!ret)
		ret = closed;
	if (ret)
		snprintf(error, error_size, "%.200s: %s", path, strerror(-ret));
	return ret;
}

/* Not every file system can rename without replacing; a link never replaces either. */
static int move_new(const char *from, const char *to)
{
	if (!renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (link(from, to))
		return -errno;
	unlink(from);
	return 0;
}

int history_save(struct history *h, const char *path, char *error, size_t error_size)
{
	char part[PATH_MAX];
	int ret;

	if ((size_t)snprintf(part, sizeof(part), "%s.part%ld", path, (long)getpid()) >= sizeof(part)) {
		snprintf(error, error_size, "%.100s...: %s", path, strerror(ENAMETOOLONG));
		return -ENAMETOOLONG;
	}
	/* of a kvmtop of this pid that died while it wrote */
	unlink(part);
	ret = history_write(h, part, error, error_size);
	if (!ret) {
		ret = move_new(part, path);
		if (ret)
			snprintf(error, error_size, "%.200s: %s", path, strerror(-ret));
	}
	if (ret)
		unlink(part);
	return ret;
}
