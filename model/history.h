/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last minutes: a ring of samples in memory, kept as the frames of a recording (model/record_code.h). Any of them
 * can be had again, and the ring can be written to a file after the fact.
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

#include "sample.h"

#define HISTORY_AGE_NS (600 * NSEC_PER_SEC)
#define HISTORY_BYTES  (64ULL << 20)

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
	u64 cpu_ns;  /* spent on adding, since it was made */
	u64 last_ns; /* of it, on the last sample */
	u64 refused; /* samples that were larger than max_bytes on their own */
};

struct history;
/* limits may be NULL. NULL when out of memory. */
struct history *history_new(const struct history_limits *limits);
void history_free(struct history *h);
/*
 * Adds the newest sample and drops the oldest, a few at a time. Its seq must be higher than that of the last one added
 * (else -EINVAL). 0, -ENOMEM, or -EFBIG: too large for the ring, which is then empty.
 */
int history_add(struct history *h, const struct sample *s);
/* Other limits from now on. */
void history_limit(struct history *h, const struct history_limits *limits);
struct history_figures history_figures(const struct history *h);
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

/* Writes all of it to a recording, through to disk. 0, or a negative errno and one line in error. -ENODATA: empty. */
int history_write(struct history *h, const char *path, char *error, size_t error_size);
/* The same into a new file, which is whole or not there. -EEXIST: there is something of that name, and it stays. */
int history_save(struct history *h, const char *path, char *error, size_t error_size);

#endif
