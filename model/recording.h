/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recordings: files of samples.
 *
 * A file is the 16 bytes of REC_MAGIC, then frames (model/record_code.h), each behind a header of REC_HEADER bytes,
 * numbers in little-endian order:
 *	 0 u32 REC_SYNC           28 u64 seq of the sample
 *	 4 u32 enum rec_kind      36 u64 CLOCK_MONOTONIC of the sample
 *	 8 u32 bytes that follow  44 u64 CLOCK_REALTIME of the sample
 *	12 u32 bytes unpacked     52 u32 CRC-32 of bytes 0 to 51
 *	16 u32 number of the sample in this file, 0, 1, 2 ...
 *	20 u32 CRC-32 of the bytes that follow
 *	24 u32 that of the head frame that describes this one
 * A head frame comes before the first sample and again before every key frame, so that no single damage makes a file
 * unreadable. A frame is written with one system call: a crash of kvmtop loses the frame it was in, no other. A file
 * that was closed ends with an end record: a header with no bytes behind it, whose number is how many samples there are.
 *
 * Damage is skipped, counted and told. What a delta frame builds on is gone with any frame before it, so the samples up
 * to the next key frame are gone too: REC_KEY_EVERY samples at most.
 */
#ifndef KVMTOP_RECORDING_H
#define KVMTOP_RECORDING_H

#include "record_code.h"

#define REC_MAGIC     "kvmtop samples\n\x1a"
#define REC_MAGIC_LEN 16
#define REC_SYNC      0x1a72746bU
#define REC_HEADER    56
#define REC_KEY_EVERY 30

enum rec_kind { REC_HEAD = 1, REC_KEY, REC_DELTA, REC_END };

struct rec_header {
	u32 kind, len, raw_len, number, crc, head;
	u64 seq, mono_ns, real_ns;
};

void rec_header_pack(u8 to[REC_HEADER], const struct rec_header *h);
/* False: not a header, or a damaged one. */
bool rec_header_unpack(const u8 from[REC_HEADER], struct rec_header *h);

/* --- writing ------------------------------------------------------------------------------------------------------ */

/* A file that frames are put into. Whoever owns one keeps to the order of frames. */
struct rec_file {
	int fd;         /* -1: none */
	u64 size;       /* written so far */
	u32 samples;    /* likewise */
	u64 first_mono; /* of the first of them */
	bool failed;    /* a write did: what comes after would build on what is not there */
	u8 *buf;
	u32 room;
};

#define REC_FILE_INIT    \
	{                \
		.fd = -1 \
	}

/*
 * Begins a recording. What is there under that name becomes PATH.1, what is PATH.1 becomes PATH.2, up to PATH.keep, and
 * the last is removed (keep at least 1); a device or a pipe is written to as it is. 0, or a negative errno and a line.
 */
int rec_file_create(struct rec_file *f, const char *path, u32 keep, char *error, size_t error_size);
/* Appends a frame (and the head before it where one is due). 0, or a negative errno: then the file ends as before. */
int rec_file_put(struct rec_file *f, const struct rec_frame *frame, const struct rec_frame *head, u32 head_crc);
/* Ends and closes it when it is open, on disk when sync is set. 0, or a negative errno: what was written may not be there. */
int rec_file_close(struct rec_file *f, bool sync);

struct recorder_limits {
	u64 max_bytes;  /* begin a new file when this one is larger, 0: never */
	u64 max_age_ns; /* or its first sample older */
	u32 keep;       /* older files that stay, as PATH.1 to PATH.keep; 0 is 1 */
};

/* Reads "SIZE", "AGE" or "SIZE,AGE", then perhaps ":KEEP". SIZE: 64M, 1G, 512K; AGE: 90s, 30m, 6h, 7d. 0 or -EINVAL. */
int recorder_limits_parse(const char *text, struct recorder_limits *limits);

struct recorder_figures {
	u64 samples; /* written, over all files */
	u64 bytes;   /* likewise */
	u64 files;
	u64 cpu_ns;  /* spent encoding and writing them */
	u64 last_ns; /* of it, the last sample */
};

struct recorder;
/* Opens the first file. limits may be NULL: no rotation. NULL on failure, with *err and one line in error. */
struct recorder *recorder_open(const char *path, const struct recorder_limits *limits, int *err, char *error, size_t n);
/*
 * 0, or a negative errno; then what was written before is good, and nothing more will be. A sample that is not newer than
 * the last one, which a replay gives that goes back, is there already: 0.
 */
int recorder_add(struct recorder *rec, const struct sample *s);
/* One line about the failure, "" when there was none. */
const char *recorder_error(const struct recorder *rec);
struct recorder_figures recorder_figures(const struct recorder *rec);
/* Writes through to disk and frees it. 0, or the negative errno of the first failure of all. */
int recorder_close(struct recorder *rec, char *error, size_t error_size);

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* A sample that can be had. */
struct rec_entry {
	u64 seq, mono_ns, real_ns;
	u64 offset; /* of its header */
	u32 len, raw_len, crc, head;
	u32 key;     /* its key frame's index */
	u32 missing; /* samples lost between the one before it and this */
};

struct rec_damage {
	u64 records; /* that could not be read, or not be used for want of one before them */
	u64 bytes;   /* that belong to no readable record */
	u64 first;   /* where in the file the first trouble is */
	bool cut; /* the file has no end record: its writer was stopped, or still writes, or a part of it was copied */
};

struct recording;
/*
 * Opens and scans a file. NULL on failure, with *err (-EBADMSG: no recording, -EPROTONOSUPPORT: of a newer kvmtop,
 * -ENODATA: not one readable sample, or what the system says) and one line in error.
 */
struct recording *recording_open(const char *path, int *err, char *error, size_t n);
void recording_close(struct recording *rec);
u32 recording_count(const struct recording *rec);
/* NULL: out of range. */
const struct rec_entry *recording_entry(const struct recording *rec, u32 index);
const char *recording_host(const struct recording *rec);
const char *recording_program(const struct recording *rec);
struct rec_damage recording_damage(const struct recording *rec);
/*
 * Decodes the sample; cheapest in order. *out is the recording's until its next call. 0, -ENOMEM, an error of reading,
 * or -EBADMSG: its checksums hold and yet it makes no sense; it is counted as damage.
 */
int recording_get(struct recording *rec, u32 index, const struct sample **out);
/* Last sample at or before a time, 0 when all are later. */
u32 recording_find_real(const struct recording *rec, u64 real_ns);

#endif
