/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long the exits of one reason took in each of the last samples: for a heat map of latency over time. One reason is
 * watched at a time, of a vCPU, of a VM or of the host.
 */
#ifndef KVMTOP_HEAT_H
#define KVMTOP_HEAT_H

#include "query.h"
#include "reel.h"

/* Columns that heat_get() is asked for at most, and that heat_fill() sees to. */
#define HEAT_SPAN REEL_SPAN

struct heat_column {
	u64 seq; /* of the sample that ends the interval, 0: nothing is known of it */
	u64 interval_ns;
	u64 done;            /* exits completed in it: the sum of n */
	u64 inflight_ns;     /* age of the oldest in flight at its end, 0: none */
	u16 first, len;      /* buckets that are not 0 are among n[first .. first + len) */
	u32 n[HIST_BUCKETS]; /* by bucket (model/hist.h); what does not fit is UINT32_MAX */
};

struct heat;
/* Watches nothing yet. NULL when out of memory. */
struct heat *heat_new(void);
void heat_free(struct heat *h);
/* The exit row to watch (row_identity() of an exit; view 0: none). Another than before forgets all columns: true. */
bool heat_watch(struct heat *h, const struct row_id *id);
/* What is watched. */
struct row_id heat_watched(const struct heat *h);
/* The seq of the sample added last, 0: none. */
u64 heat_last(const struct heat *h);
/* As series_add() and series_fill(); before is the sample before it, NULL: none, and then nothing can be told yet. */
int heat_add(struct heat *h, const struct sample *before, const struct sample *sample);
int heat_fill(struct heat *h, const struct past *past, u64 seq);
/*
 * The column that is `back` (0 to HEAT_SPAN - 1) before the one of the sample seq. NULL: nothing is known. It is h's until
 * the next call that adds or watches.
 */
const struct heat_column *heat_get(const struct heat *h, u64 seq, u32 back);

#endif
