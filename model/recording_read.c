/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "array.h"
#include "recording.h"

/* Different head frames in one file; one is what any single run of kvmtop writes. */
#define HEADS_MAX   16
#define WINDOW      (256U << 10)
#define NOTHING     UINT32_MAX
#define HEAD_SEARCH (1U << 20) /* a file without a head frame this far from its start is no recording */

struct head {
	u32 crc, len, raw_len;
	u64 offset;
};

struct recording {
	int fd;
	u64 size;
	struct head heads[HEADS_MAX];
	u32 head_count;
	struct rec_entry *entries;
	u32 count, room;
	struct rec_damage damage;
	struct decoder *dec;
	u32 dec_head; /* index of the head that dec has, NOTHING */
	u32 at;       /* index of the sample that dec decoded last, NOTHING */
	const struct sample *last;
	u8 *buf; /* one frame */
	u32 buf_room;
	char program[64], host[VM_NAME_SIZE];
};

/* --- scanning ----------------------------------------------------------------------------------------------------- */

struct scan {
	struct recording *rec;
	u64 at;
	u8 *window; /* a part of the file, from window_at */
	u64 window_at;
	u32 window_len;
	/* the sample before, as far as delta frames go */
	u32 number; /* of the next sample when none is lost */
	bool chain; /* it could be read */
	u32 key;    /* index of the last key frame */
	u32 head;   /* its head */
	u64 seq, mono_ns;
	bool any;
	bool newer; /* a head frame of a newer version was seen */
	bool ended; /* an end record was seen */
};

static int read_at(int fd, void *to, size_t len, u64 at)
{
	char *p = to;

	while (len) {
		ssize_t n = pread(fd, p, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		/* shorter than it was when opened */
		if (n <= 0)
			return n ? -errno : -EBADMSG;
		p += n;
		at += n;
		len -= n;
	}
	return 0;
}

/* The len bytes at `at`, which are within the file; len at most WINDOW. NULL on an error of reading. */
static const u8 *look(struct scan *sc, u64 at, u32 len)
{
	if (at < sc->window_at || at + len > sc->window_at + sc->window_len) {
		u64 rest = sc->rec->size - at;

		sc->window_len = 0;
		if (read_at(sc->rec->fd, sc->window, rest < WINDOW ? rest : WINDOW, at))
			return NULL;
		sc->window_at = at;
		sc->window_len = rest < WINDOW ? rest : WINDOW;
	}
	return sc->window + (at - sc->window_at);
}

static void damaged(struct scan *sc, u64 at, u64 records, u64 bytes)
{
	struct rec_damage *d = &sc->rec->damage;

	if (!d->records && !d->bytes)
		d->first = at;
	d->records += records;
	d->bytes += bytes;
}

/* The checksum of a frame's bytes; false when it does not fit, or they cannot be read. */
static bool payload_good(struct scan *sc, const struct rec_header *h)
{
	u64 at = sc->at + REC_HEADER;
	u32 crc = 0, left = h->len;

	while (left) {
		u32 n = left < WINDOW ? left : WINDOW;
		const u8 *p = look(sc, at, n);

		if (!p)
			return false;
		crc = crc32(crc, p, n);
		at += n;
		left -= n;
	}
	return crc == h->crc;
}

static bool header_sane(const struct rec_header *h)
{
	if (h->kind == REC_END)
		return !h->len;
	if (h->kind == REC_HEAD)
		return h->raw_len <= REC_HEAD_MAX && h->len <= REC_HEAD_MAX;
	return (h->kind == REC_KEY || h->kind == REC_DELTA) && h->raw_len <= REC_RAW_MAX && h->len <= REC_RAW_MAX;
}

static struct head *head_find(struct recording *rec, u32 crc)
{
	for (u32 i = 0; i < rec->head_count; i++)
		if (rec->heads[i].crc == crc)
			return &rec->heads[i];
	return NULL;
}

static int load_head(struct recording *rec, u32 index)
{
	const struct head *head = &rec->heads[index];
	int ret;

	if (rec->dec_head == index)
		return 0;
	rec->dec_head = rec->at = NOTHING;
	if (ARRAY_ROOM(rec->buf, rec->buf_room, head->len))
		return -ENOMEM;
	ret = read_at(rec->fd, rec->buf, head->len, head->offset);
	if (!ret && crc32(0, rec->buf, head->len) != head->crc)
		ret = -EBADMSG;
	if (!ret)
		ret = decoder_head(rec->dec, rec->buf, head->len, head->raw_len);
	if (!ret)
		rec->dec_head = index;
	return ret;
}

/* Keeps a head frame; the first of each kind is enough. 0, -ENOMEM, or -EBADMSG. */
static int take_head(struct scan *sc, const struct rec_header *h)
{
	struct recording *rec = sc->rec;
	int ret;

	if (head_find(rec, h->crc))
		return 0;
	if (rec->head_count == HEADS_MAX)
		return -EBADMSG;
	rec->heads[rec->head_count] =
		(struct head){.crc = h->crc, .len = h->len, .raw_len = h->raw_len, .offset = sc->at + REC_HEADER};
	ret = load_head(rec, rec->head_count);
	if (ret) {
		sc->newer |= ret == -EPROTONOSUPPORT;
		return ret == -ENOMEM ? ret : -EBADMSG;
	}
	if (!rec->head_count++) {
		snprintf(rec->program, sizeof(rec->program), "%s", decoder_program(rec->dec));
		snprintf(rec->host, sizeof(rec->host), "%s", decoder_host(rec->dec));
	}
	return 0;
}

/* Whether the frame can be decoded: it is whole, described, later than the one before, and has what it builds on. */
static bool usable(const struct scan *sc, const struct rec_header *h)
{
	if (!head_find(sc->rec, h->head))
		return false;
	if (sc->any && (h->seq <= sc->seq || h->mono_ns < sc->mono_ns))
		return false;
	if (h->kind == REC_KEY)
		return h->number >= sc->number;
	return sc->chain && h->number == sc->number && h->head == sc->head;
}

static int take_sample(struct scan *sc, const struct rec_header *h)
{
	struct recording *rec = sc->rec;
	struct rec_entry *e;

	if (!usable(sc, h)) {
		sc->chain = false;
		return -EBADMSG;
	}
	if (ARRAY_ROOM(rec->entries, rec->room, (u64)rec->count + 1))
		return -ENOMEM;
	if (h->kind == REC_KEY) {
		sc->key = rec->count;
		sc->head = h->head;
	}
	e = &rec->entries[rec->count++];
	*e = (struct rec_entry){.seq = h->seq,
				.mono_ns = h->mono_ns,
				.real_ns = h->real_ns,
				.offset = sc->at,
				.len = h->len,
				.raw_len = h->raw_len,
				.crc = h->crc,
				.head = h->head,
				.key = sc->key,
				.missing = h->number - sc->number};
	sc->number = h->number + 1;
	sc->chain = true;
	sc->any = true;
	sc->seq = h->seq;
	sc->mono_ns = h->mono_ns;
	return 0;
}

/* The end says how many there were: those lost behind the last good one are told by nothing else. */
static int take_end(struct scan *sc, const struct rec_header *h)
{
	sc->ended = true;
	if (h->number > sc->number && !sc->rec->damage.records)
		damaged(sc, sc->at, h->number - sc->number, 0);
	return 0;
}

static int take(struct scan *sc, const struct rec_header *h)
{
	return h->kind == REC_HEAD ? take_head(sc, h) : h->kind == REC_END ? take_end(sc, h) : take_sample(sc, h);
}

/* From a place that is no record to the next that is: the damage in between is one record, as far as can be told. */
static int resync(struct scan *sc)
{
	u64 from = sc->at, size = sc->rec->size;
	struct rec_header h;

	for (sc->at++; sc->at + REC_HEADER <= size; sc->at++) {
		const u8 *p = look(sc, sc->at, REC_HEADER);

		if (!p)
			return -EIO;
		if (p[0] == (REC_SYNC & 0xff) && rec_header_unpack(p, &h) && header_sane(&h))
			break;
	}
	if (sc->at + REC_HEADER > size)
		sc->at = size;
	damaged(sc, from, 1, sc->at - from);
	sc->chain = false;
	return 0;
}

static int scan_record(struct scan *sc)
{
	struct recording *rec = sc->rec;
	struct rec_header h;
	const u8 *p;
	int ret;

	if (rec->size - sc->at < REC_HEADER) {
		damaged(sc, sc->at, 1, rec->size - sc->at);
		sc->at = rec->size;
		return 0;
	}
	p = look(sc, sc->at, REC_HEADER);
	if (!p)
		return -EIO;
	if (!rec_header_unpack(p, &h) || !header_sane(&h))
		return resync(sc);
	/* The last record, cut; or a lie of a header whose checksum holds, and others follow. */
	if (h.len > rec->size - sc->at - REC_HEADER)
		return resync(sc);
	ret = payload_good(sc, &h) ? take(sc, &h) : -EBADMSG;
	if (ret == -EBADMSG) {
		damaged(sc, sc->at, 1, REC_HEADER + h.len);
		sc->chain &= h.kind == REC_HEAD;
		ret = 0;
	}
	sc->at += REC_HEADER + h.len;
	return ret;
}

static int scan_all(struct recording *rec, bool *newer)
{
	struct scan sc = {.rec = rec, .key = NOTHING, .window = malloc(WINDOW)};
	const u8 *p;
	int ret = 0;

	if (!sc.window)
		return -ENOMEM;
	p = rec->size >= REC_MAGIC_LEN ? look(&sc, 0, REC_MAGIC_LEN) : NULL;
	if (p && !memcmp(p, REC_MAGIC, REC_MAGIC_LEN))
		sc.at = REC_MAGIC_LEN;
	/* Without its first bytes it may still be one. */
	while (!ret && sc.at < rec->size) {
		ret = scan_record(&sc);
		if (!rec->head_count && sc.at > HEAD_SEARCH)
			break;
	}
	*newer = sc.newer;
	rec->damage.cut = !sc.ended;
	free(sc.window);
	return ret;
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

static int check_file(struct recording *rec)
{
	struct stat st;

	if (fstat(rec->fd, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	/* A pipe cannot be read twice; the scan and time travel need that. */
	if (!S_ISREG(st.st_mode))
		return -ESPIPE;
	rec->size = st.st_size;
	return 0;
}

struct recording *recording_open(const char *path, int *err, char *error, size_t n)
{
	struct recording *rec = calloc(1, sizeof(*rec));
	bool newer = false;

	*err = -ENOMEM;
	snprintf(error, n, "out of memory");
	if (!rec)
		return NULL;
	rec->dec_head = rec->at = NOTHING;
	rec->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	*err = rec->fd < 0 ? -errno : check_file(rec);
	snprintf(error, n, "%.200s: %s", path, strerror(-*err));
	if (*err)
		goto fail;
	rec->dec = decoder_new();
	*err = rec->dec ? scan_all(rec, &newer) : -ENOMEM;
	if (*err) {
		snprintf(error, n, "%.200s: %s", path, strerror(-*err));
	} else if (newer && !rec->head_count) {
		*err = -EPROTONOSUPPORT;
		snprintf(error, n, "%.200s: recorded by a newer kvmtop, in a format that this one does not know", path);
	} else if (!rec->head_count) {
		*err = -EBADMSG;
		snprintf(error, n, "%.200s: not a recording of kvmtop", path);
	} else if (!rec->count) {
		*err = -ENODATA;
		snprintf(error, n, "%.200s: not one readable sample in this recording", path);
	}
	if (!*err)
		return rec;
fail:
	recording_close(rec);
	return NULL;
}

void recording_close(struct recording *rec)
{
	if (!rec)
		return;
	if (rec->fd >= 0)
		close(rec->fd);
	decoder_free(rec->dec);
	free(rec->entries);
	free(rec->buf);
	free(rec);
}

u32 recording_count(const struct recording *rec)
{
	return rec->count;
}

const struct rec_entry *recording_entry(const struct recording *rec, u32 index)
{
	return index < rec->count ? &rec->entries[index] : NULL;
}

const char *recording_host(const struct recording *rec)
{
	return rec->host;
}

const char *recording_program(const struct recording *rec)
{
	return rec->program;
}

struct rec_damage recording_damage(const struct recording *rec)
{
	return rec->damage;
}

u32 recording_find_real(const struct recording *rec, u64 real_ns)
{
	u32 found = 0;

	/* The wall clock may have been set while it was recorded: no order to search by. */
	for (u32 i = 0; i < rec->count; i++)
		if (rec->entries[i].real_ns <= real_ns)
			found = i;
	return found;
}

/* --- samples ------------------------------------------------------------------------------------------------------ */

static int decode(struct recording *rec, u32 index, const struct sample **out)
{
	const struct rec_entry *e = &rec->entries[index];
	const struct head *head = head_find(rec, e->head);
	int ret = load_head(rec, head - rec->heads);

	rec->at = NOTHING;
	if (ret)
		return ret;
	if (ARRAY_ROOM(rec->buf, rec->buf_room, e->len))
		return -ENOMEM;
	ret = read_at(rec->fd, rec->buf, e->len, e->offset + REC_HEADER);
	/* the file may have changed since it was scanned */
	if (!ret && crc32(0, rec->buf, e->len) != e->crc)
		ret = -EBADMSG;
	if (!ret)
		ret = decoder_add(rec->dec, e->key == index, rec->buf, e->len, e->raw_len, out);
	if (!ret && ((*out)->seq != e->seq || (*out)->mono_ns != e->mono_ns || (*out)->real_ns != e->real_ns))
		ret = -EBADMSG;
	if (ret)
		return ret;
	rec->at = index;
	rec->last = *out;
	return 0;
}

int recording_get(struct recording *rec, u32 index, const struct sample **out)
{
	u32 from;
	int ret = 0;

	if (index >= rec->count)
		return -ENODATA;
	*out = rec->last;
	if (rec->at == index)
		return 0;
	from = rec->entries[index].key;
	/* on from where the decoder is, when that is on the way */
	if (rec->at != NOTHING && rec->at < index && rec->at >= from)
		from = rec->at + 1;
	for (u32 i = from; !ret && i <= index; i++)
		ret = decode(rec, i, out);
	return ret;
}
