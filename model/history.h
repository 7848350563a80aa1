/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last minutes: a ring of samples in memory, kept as the frames of a recording (model/record_code.h). Any of them
 * can be had again, and the ring can be written to a file after the fact. On a host that is too large for its memory, not
 * every sample of the older part is there: the steps are longer, and the counters' differences as exact as ever.
 *
 * A sample is known by its seq, which stays its own while older ones are dropped. To go back in time:
 *	seq = history_seek_mono(h, now - 120 * NSEC_PER_SEC);	two minutes ago; history_seek_real(): at a time of day
 *	seq = history_step(h, seq, -1);				the one before; +10: ten on; stops at the ends
 *	history_get(h, seq, &sample);
 *	history_before(h, seq)					the one to compare with for the interval, 0: none
 * The interval that was on the screen then is snapshot_build(&snap, &before, &sample, false); marks A and B are two seqs,
 * and their difference is the same with A in place of the one before.
 */
#ifndef KVMTOP_HISTORY_H
#define KVMTOP_HISTORY_H

#include "recording.h"
#include "sample.h"

#define HISTORY_AGE_NS (600 * NSEC_PER_SEC)
#define HISTORY_BYTES  (32ULL << 20)
/* Where nobody says how much memory, a large host's own samples come first; but it is not less than this. */
#define HISTORY_BYTES_LEAST (8ULL << 20)
/* What kvmtop is to take of a host's memory in all, maps included, before the ring becomes smaller. */
#define MEMORY_AIM (128ULL << 20)

struct history_limits {
	u64 max_age_ns; /* older samples are dropped; 0: HISTORY_AGE_NS */
	u64 max_bytes;  /* of frames and their index, never passed; 0: HISTORY_BYTES */
};

struct history_figures {
	u32 samples;
	u64 bytes;
	u64 first_seq, last_seq; /* 0: empty */
	u64 first_mono, last_mono;
	u64 first_real, last_real;
	u64 every_mono; /* since then every sample is kept; before that, one of several */
	u32 thin;       /* how many are from before that */
	u64 cpu_ns;     /* spent on adding, since it was made */
	u64 last_ns;    /* of it, on the last sample */
	u64 refused;    /* samples that were larger than max_bytes on their own */
};

struct history;
/* limits may be NULL. NULL when out of memory. */
struct history *history_new(const struct history_limits *limits);
void history_free(struct history *h);
/*
 * Adds the newest sample. Where there is no room for all, of the older ones some are dropped, the more the older, so that
 * the oldest stays as old as it should be while there is room for any. Its seq must be higher than that of the last one added
 * (else -EINVAL). 0, -ENOMEM, or -EFBIG: too large for the ring, which is then empty.
 */
int history_add(struct history *h, const struct sample *s);
/* From now on each sample stays as it is until the next one has been added: on a large host a copy less. */
void history_borrow(struct history *h);
/* Other limits from now on. */
void history_limit(struct history *h, const struct history_limits *limits);
struct history_figures history_figures(const struct history *h);
/*
 * What there is for the ring when others take so much of MEMORY_AIM: HISTORY_BYTES_LEAST to HISTORY_BYTES, in steps of a
 * MiB, so that it does not change all the time.
 */
u64 history_left(u64 others);
/* Those in force. */
struct history_limits history_limits(const struct history *h);

/* A copy of the sample. 0, -ENOENT: no such seq, or not any more; -ENOMEM. Cheapest in order. */
int history_get(struct history *h, u64 seq, struct sample *out);
/* These four return a seq, 0 when the ring is empty (history_before(): when there is none before). */
u64 history_step(const struct history *h, u64 seq, s64 by); /* from the nearest one that is there; stops at the ends */
u64 history_before(const struct history *h, u64 seq);
u64 history_seek_mono(const struct history *h, u64 mono_ns); /* the last one not later, else the first */
u64 history_seek_real(const struct history *h, u64 real_ns);
/* When it was taken; false: no such seq. */
bool history_time(const struct history *h, u64 seq, u64 *mono_ns, u64 *real_ns);

/* --- to a file (model/history_save.c) ----------------------------------------------------------------------------- */

/* Writes all of it to a recording, through to disk. 0, or a negative errno and one line in error. -ENODATA: empty. */
int history_write(struct history *h, const char *path, char *error, size_t error_size);

/* How far it is. */
struct history_save {
	bool on;     /* being written */
	double done; /* 0..1 of its samples */
	int ret;     /* once it is not on: 0, or a negative errno and a line in error */
	u64 bytes;   /* written */
	u64 span_ns; /* that it is a recording of */
	char path[512];
	char error[256];
};

struct history_saver;
/*
 * Writes what there is now, through to disk, in a thread of its own, as the first of STEM.rec, STEM-2.rec ... that is not
 * there yet; what is there stays, and a file is whole or not there. The ring may be added to meanwhile, and must outlive
 * it. NULL: *err (-ENODATA: it is empty) and one line in error.
 */
struct history_saver *history_save_begin(struct history *h, const char *stem, int *err, char *error, size_t error_size);
void history_save_look(struct history_saver *saver, struct history_save *now);
/* Readable when there is something new to look at; history_save_look() makes it wait for the next. */
int history_save_fd(const struct history_saver *saver);
/* Waits for the end, and tells of it (out may be NULL), and frees it. */
void history_save_end(struct history_saver *saver, struct history_save *out);

/* For it: copies of frames, in the order of their seqs. */
struct history_frames {
	u8 *data;
	u32 room;
	u32 count;
	struct rec_frame frame[REC_KEY_EVERY];
};

/*
 * The next frames of samples with seqs from after + 1 to until; all but the first call's follow on those of the call
 * before. From any thread. count 0: there are none; 0 or -ENOMEM.
 */
int history_frames(struct history *h, u64 after, u64 until, struct history_frames *out);
/* The head frame that goes with them. 0, -ENODATA: the ring is empty; -ENOMEM. */
int history_head(struct history *h, struct rec_frame *head, u32 *crc);

#endif
