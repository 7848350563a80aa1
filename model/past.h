/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The samples that one can go back to: those of the ring in memory, or those of a recording. Both are asked in the same
 * way, by the seq of a sample.
 */
#ifndef KVMTOP_PAST_H
#define KVMTOP_PAST_H

#include "history.h"
#include "source.h"

/* Both NULL: there is no past. */
struct past {
	struct history *ring;
	struct source *recording; /* source_replay_in() finds one */
};

/* A copy of the sample. 0, -ENOENT: no such seq, or not any more; or another negative errno. Cheapest in order. */
int past_get(const struct past *p, u64 seq, struct sample *out);
/* These return a seq, 0 when there is nothing (past_before(): when there is none before). */
u64 past_first(const struct past *p);
u64 past_last(const struct past *p);
u64 past_step(const struct past *p, u64 seq, s64 by); /* from the nearest one that is there; stops at the ends */
u64 past_before(const struct past *p, u64 seq);
u64 past_seek_mono(const struct past *p, u64 mono_ns); /* the last one not later, else the first */
u64 past_seek_real(const struct past *p, u64 real_ns);
/* When it was taken; false: no such seq. */
bool past_time(const struct past *p, u64 seq, u64 *mono_ns, u64 *real_ns);

#endif
