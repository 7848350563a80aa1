/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a row's rate was over the last samples: for sparklines, and anything else that is drawn over time. Each sample adds
 * one column for all rows at once, in time linear in the rows and without a snapshot; a row's values are then read by its
 * identity. The rows are VMs, vCPUs and exit reasons: of a vCPU, and their sums over a VM and over the host.
 */
#ifndef KVMTOP_SERIES_H
#define KVMTOP_SERIES_H

#include "query.h"
#include "reel.h"

/* Columns that series_get() is asked for at most, and that series_fill() sees to. */
#define SERIES_SPAN REEL_SPAN

struct series;
/* NULL when out of memory. */
struct series *series_new(void);
void series_free(struct series *s);
/*
 * One more column, for the sample that follows the last one added; the first of all only says where counting
 * starts. A sample that is not newer than the last one: -EINVAL. 0 or -ENOMEM.
 */
int series_add(struct series *s, const struct sample *sample);
/* Whether all of the SERIES_SPAN columns up to the sample seq are there, as far as the past goes back. */
bool series_has(const struct series *s, const struct past *past, u64 seq);
/*
 * Sees to it that the SERIES_SPAN columns up to the sample seq are there, as far as the past goes back: by adding the
 * sample when it is the next one, else by reading the past. 0, -ENOENT: it has no such sample, or another errno.
 */
int series_fill(struct series *s, const struct past *past, u64 seq);
/*
 * Events a second in the n (1 to SERIES_SPAN) intervals up to the one that the sample seq ends, the newest last: exits of a
 * VM or vCPU (exits to user space where this host's KVM shows no others), events of an exit reason. NAN where the row
 * was not there yet or not any more, and before the first sample. Right within 0.4 %, of tens of thousands of rows 7 %.
 * Returns how many are known.
 */
u32 series_get(const struct series *s, const struct row_id *id, u64 seq, float *out, u32 n);
/* The seq of the sample added last, 0: none. */
u64 series_last(const struct series *s);
/* Memory in use. */
u64 series_bytes(const struct series *s);

#endif
