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
#include "clock.h"
#include "recording.h"

#define PATH_SIZE 4096
#define KEEP_MAX  9999

static void pack32(u8 *to, u32 v)
{
	for (int i = 0; i < 4; i++)
		to[i] = v >> (8 * i);
}

static void pack64(u8 *to, u64 v)
{
	pack32(to, v);
	pack32(to + 4, v >> 32);
}

static u32 unpack32(const u8 *from)
{
	return from[0] | (u32)from[1] << 8 | (u32)from[2] << 16 | (u32)from[3] << 24;
}

static u64 unpack64(const u8 *from)
{
	return unpack32(from) | (u64)unpack32(from + 4) << 32;
}

void rec_header_pack(u8 to[REC_HEADER], const struct rec_header *h)
{
	pack32(to, REC_SYNC);
	pack32(to + 4, h->kind);
	pack32(to + 8, h->len);
	pack32(to + 12, h->raw_len);
	pack32(to + 16, h->number);
	pack32(to + 20, h->crc);
	pack32(to + 24, h->head);
	pack64(to + 28, h->seq);
	pack64(to + 36, h->mono_ns);
	pack64(to + 44, h->real_ns);
	pack32(to + 52, crc32(0, to, 52));
}

bool rec_header_unpack(const u8 from[REC_HEADER], struct rec_header *h)
{
	if (unpack32(from) != REC_SYNC || unpack32(from + 52) != crc32(0, from, 52))
		return false;
	*h = (struct rec_header){.kind = unpack32(from + 4),
				 .len = unpack32(from + 8),
				 .raw_len = unpack32(from + 12),
				 .number = unpack32(from + 16),
				 .crc = unpack32(from + 20),
				 .head = unpack32(from + 24),
				 .seq = unpack64(from + 28),
				 .mono_ns = unpack64(from + 36),
				 .real_ns = unpack64(from + 44)};
	return true;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

/* PATH to PATH.1, PATH.1 to PATH.2 ... where they exist. */
static int shift_files(const char *path, u32 keep)
{
	char from[PATH_SIZE], to[PATH_SIZE];
	u32 last = 0;

	/* up to the first gap: what is beyond it stays where it is */
	for (struct stat st; last < keep; last++) {
		snprintf(from, sizeof(from), "%s.%u", path, last);
		if (lstat(last ? from : path, &st))
			break;
	}
	for (; last > 0; last--) {
		snprintf(from, sizeof(from), "%s.%u", path, last - 1);
		snprintf(to, sizeof(to), "%s.%u", path, last);
		if (rename(last == 1 ? path : from, to))
			return -errno;
	}
	return 0;
}

static int create(const char *path, u32 keep)
{
	struct stat st;
	int fd, ret;

	if (strlen(path) > PATH_SIZE - 16)
		return -ENAMETOOLONG;
	if (lstat(path, &st)) {
		if (errno != ENOENT)
			return -errno;
	} else if (S_ISDIR(st.st_mode)) {
		return -EISDIR;
	} else if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode)) {
		ret = shift_files(path, keep);
		if (ret)
			return ret;
	} else {
		fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		return fd < 0 ? -errno : fd;
	}
	/* Names of VMs and what they do are their owner's: for nobody else to read unless root says so. */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? -errno : fd;
}

static int write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		p += n;
		len -= n;
	}
	return 0;
}

int rec_file_create(struct rec_file *f, const char *path, u32 keep, char *error, size_t error_size)
{
	int fd = create(path, keep ? keep : 1), ret;

	if (fd < 0) {
		snprintf(error, error_size, "%s: %s", path, strerror(-fd));
		return fd;
	}
	ret = write_all(fd, REC_MAGIC, REC_MAGIC_LEN);
	if (ret) {
		snprintf(error, error_size, "%s: %s", path, strerror(-ret));
		close(fd);
		return ret;
	}
	f->fd = fd;
	f->size = REC_MAGIC_LEN;
	f->samples = 0;
	f->first_mono = 0;
	f->failed = false;
	return 0;
}

static void append(struct rec_file *f, u32 *at, const struct rec_header *h, const u8 *data)
{
	rec_header_pack(f->buf + *at, h);
	memcpy(f->buf + *at + REC_HEADER, data, h->len);
	*at += REC_HEADER + h->len;
}

int rec_file_put(struct rec_file *f, const struct rec_frame *frame, const struct rec_frame *head, u32 head_crc)
{
	struct rec_header h = {.number = f->samples,
			       .head = head_crc,
			       .seq = frame->seq,
			       .mono_ns = frame->mono_ns,
			       .real_ns = frame->real_ns};
	u32 at = 0;
	int ret;

	if (f->failed)
		return -EIO;
	if (ARRAY_ROOM(f->buf, f->room, 2ULL * REC_HEADER + frame->len + head->len))
		return -ENOMEM;
	if (frame->key) {
		h.kind = REC_HEAD;
		h.len = head->len;
		h.raw_len = head->raw_len;
		h.crc = head_crc;
		append(f, &at, &h, head->data);
	}
	h.kind = frame->key ? REC_KEY : REC_DELTA;
	h.len = frame->len;
	h.raw_len = frame->raw_len;
	h.crc = crc32(0, frame->data, frame->len);
	append(f, &at, &h, frame->data);
	ret = write_all(f->fd, f->buf, at);
	if (ret) {
		f->failed = true;
		/* Takes back a part that was written; a pipe cannot, and its reader sees a cut. */
		if (!ftruncate(f->fd, f->size))
			lseek(f->fd, f->size, SEEK_SET);
		return ret;
	}
	if (!f->samples++)
		f->first_mono = frame->mono_ns;
	f->size += at;
	return 0;
}

int rec_file_close(struct rec_file *f, bool sync)
{
	int ret = 0;

	if (f->fd >= 0) {
		struct rec_header h = {.kind = REC_END, .number = f->samples};
		u8 end[REC_HEADER];

		rec_header_pack(end, &h);
		if (!f->failed)
			ret = write_all(f->fd, end, sizeof(end));
		/* what cannot be synchronised, a pipe, says EINVAL */
		if (sync && fsync(f->fd) && !ret && errno != EINVAL && errno != EROFS)
			ret = -errno;
		if (close(f->fd) && !ret)
			ret = -errno;
	}
	f->fd = -1;
	free(f->buf);
	f->buf = NULL;
	f->room = 0;
	return ret;
}

/* --- the recorder ------------------------------------------------------------------------------------------------- */

struct recorder {
	char path[PATH_SIZE];
	struct recorder_limits limits;
	struct encoder *enc;
	struct rec_file file;
	u32 since_key;
	u64 last_seq;
	struct recorder_figures figures;
	int err;
	char error[256];
};

struct recorder *recorder_open(const char *path, const struct recorder_limits *limits, int *err, char *error, size_t n)
{
	struct recorder *rec = calloc(1, sizeof(*rec));

	*err = -ENOMEM;
	snprintf(error, n, "out of memory");
	if (!rec)
		return NULL;
	rec->file.fd = -1;
	if (limits)
		rec->limits = *limits;
	if (!rec->limits.keep)
		rec->limits.keep = 1;
	rec->enc = encoder_new(rec_schema());
	if (!rec->enc)
		goto fail;
	*err = rec_file_create(&rec->file, path, rec->limits.keep, error, n);
	if (*err)
		goto fail;
	snprintf(rec->path, sizeof(rec->path), "%s", path);
	rec->figures.files = 1;
	rec->figures.bytes = rec->file.size;
	return rec;
fail:
	encoder_free(rec->enc);
	free(rec);
	return NULL;
}

static int fail(struct recorder *rec, int err)
{
	rec->err = err;
	if (!rec->error[0])
		snprintf(rec->error, sizeof(rec->error), "%.200s: %s", rec->path, strerror(-err));
	return err;
}

static bool is_full(const struct recorder *rec, const struct sample *s)
{
	const struct recorder_limits *limits = &rec->limits;

	if (!rec->file.samples)
		return false;
	return (limits->max_bytes && rec->file.size >= limits->max_bytes) ||
	       (limits->max_age_ns && s->mono_ns - rec->file.first_mono >= limits->max_age_ns);
}

static int rotate(struct recorder *rec)
{
	struct stat st;
	int ret;

	/* A device or a pipe has no other to go on with. */
	if (fstat(rec->file.fd, &st) || !S_ISREG(st.st_mode))
		return 0;
	ret = rec_file_close(&rec->file, true);
	if (!ret)
		ret = rec_file_create(&rec->file, rec->path, rec->limits.keep, rec->error, sizeof(rec->error));
	if (ret)
		return ret;
	rec->figures.files++;
	rec->figures.bytes += rec->file.size;
	return 0;
}

int recorder_add(struct recorder *rec, const struct sample *s)
{
	u64 began = clock_ns(CLOCK_THREAD_CPUTIME_ID), before;
	struct rec_frame frame, head;
	u32 crc;
	int ret;

	if (rec->err)
		return rec->err;
	if (s->seq <= rec->last_seq)
		return 0;
	if (is_full(rec, s)) {
		ret = rotate(rec);
		if (ret)
			return fail(rec, ret);
	}
	before = rec->file.size;
	ret = encoder_add(rec->enc, s, !rec->file.samples || rec->since_key >= REC_KEY_EVERY, &frame);
	if (!ret)
		ret = encoder_head(rec->enc, &head, &crc);
	if (!ret)
		ret = rec_file_put(&rec->file, &frame, &head, crc);
	if (ret)
		return fail(rec, ret);
	rec->since_key = frame.key ? 1 : rec->since_key + 1;
	rec->last_seq = s->seq;
	rec->figures.samples++;
	rec->figures.bytes += rec->file.size - before;
	rec->figures.last_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - began;
	rec->figures.cpu_ns += rec->figures.last_ns;
	return 0;
}

const char *recorder_error(const struct recorder *rec)
{
	return rec->error;
}

struct recorder_figures recorder_figures(const struct recorder *rec)
{
	return rec->figures;
}

int recorder_close(struct recorder *rec, char *error, size_t error_size)
{
	int ret = rec_file_close(&rec->file, true);

	if (ret && !rec->err)
		fail(rec, ret);
	ret = rec->err;
	snprintf(error, error_size, "%s", rec->error);
	encoder_free(rec->enc);
	free(rec);
	return ret;
}

/* --- limits ------------------------------------------------------------------------------------------------------- */

/* Digits, then a unit: a size in bytes or an age in ns. Moves *text behind them. */
static int parse_limit(const char **text, struct recorder_limits *limits)
{
	static const struct {
		char unit;
		bool age;
		u64 factor;
	} units[] = {
		{'K', false, 1ULL << 10},          {'M', false, 1ULL << 20},       {'G', false, 1ULL << 30},
		{'s', true, NSEC_PER_SEC},         {'m', true, 60 * NSEC_PER_SEC}, {'h', true, 3600 * NSEC_PER_SEC},
		{'d', true, 86400 * NSEC_PER_SEC},
	};
	u64 n = 0;

	if (**text < '1' || **text > '9')
		return -EINVAL;
	for (; **text >= '0' && **text <= '9'; (*text)++) {
		n = n * 10 + (u64)(**text - '0');
		if (n > 100000)
			return -EINVAL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		u64 *to = units[i].age ? &limits->max_age_ns : &limits->max_bytes;

		if (units[i].unit != **text)
			continue;
		(*text)++;
		if (*to)
			return -EINVAL;
		*to = n * units[i].factor;
		return 0;
	}
	return -EINVAL;
}

int recorder_limits_parse(const char *text, struct recorder_limits *limits)
{
	char *end;
	long keep;

	*limits = (struct recorder_limits){.keep = 9};
	if (parse_limit(&text, limits))
		return -EINVAL;
	if (*text == ',') {
		text++;
		if (parse_limit(&text, limits))
			return -EINVAL;
	}
	if (!*text)
		return 0;
	if (*text != ':' || text[1] < '1' || text[1] > '9')
		return -EINVAL;
	keep = strtol(text + 1, &end, 10);
	if (*end || keep > KEEP_MAX)
		return -EINVAL;
	limits->keep = keep;
	return 0;
}
