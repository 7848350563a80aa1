/* SPDX-License-Identifier: GPL-2.0-only */
/* Which samples something kept a column a sample has columns of: the part that model/series.c and model/heat.c share. */
#ifndef KVMTOP_REEL_H
#define KVMTOP_REEL_H

#include "past.h"

/* Columns that are read at once at most. */
#define REEL_SPAN 60
/*
 * Columns that are kept: some more, so that stepping on from where one went to finds its columns there; and where they are
 * small, as many as the ring usually has samples, so that wherever one goes nothing has to be read again.
 */
#define REEL_COLUMNS (REEL_SPAN + REEL_SPAN / 8)
#define REEL_MOST    660

struct reel {
	u32 columns;         /* REEL_COLUMNS to REEL_MOST; set by the owner while there are none */
	u64 adds;            /* samples since the reset; number n, from 1, is in column n % columns */
	u64 seqs[REEL_MOST]; /* of the columns */
};

/* Keeps the newest REEL_COLUMNS columns. Those of the owner move likewise: number n to n % REEL_COLUMNS. */
void reel_shrink(struct reel *r);
/* Number of the last sample added, 0: none. */
u64 reel_last(const struct reel *r);
/* Number of the oldest one that has a column that tells an interval: the first of all has none. */
u64 reel_oldest(const struct reel *r);
/* Number of the sample seq, 0: it has no column. */
u64 reel_find(const struct reel *r, u64 seq);
/* Whether the REEL_SPAN columns up to the sample seq are there, as far as the past goes back. */
bool reel_covers(const struct reel *r, const struct past *past, u64 seq);
/* A new column. */
void reel_add(struct reel *r, u64 seq);
/*
 * Sees to it that the REEL_SPAN columns up to the sample seq are there, as far as the past goes back, with as few calls of
 * add(owner, before, sample) as will do, after reset(owner) where they do not follow on what is there. Both keep r up to
 * date; before is NULL after a reset.
 * 0, -ENOENT: there is no such sample, or what else reading or add() failed with.
 */
int reel_fill(struct reel *r, const struct past *past, u64 seq, void *owner, void (*reset)(void *owner),
	      int (*add)(void *owner, const struct sample *before, const struct sample *sample));

#endif
