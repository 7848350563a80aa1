/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of snapshot_build(): the figures of one reason, and their sums. */
#ifndef KVMTOP_FIGURES_H
#define KVMTOP_FIGURES_H

#include "snapshot.h"

/* How far a counter went; 0 when it went backwards. */
static inline u64 minus(u64 now, u64 before)
{
	return now > before ? now - before : 0;
}

/*
 * Figures of one reason of one vCPU between prev (of the sample before; NULL: since the beginning) and cur (of now), but
 * for what figures_durations() adds; a histogram that was needed for them is appended to out->hist. exact: the samples
 * follow each other, so cur's interval extremes are about this very interval. *f must be zeroed. 0 or -ENOMEM.
 */
int figures_build(struct snapshot *out, struct exit_figures *f, const struct sample *before,
		  const struct exit_sample *prev, const struct sample *now, const struct exit_sample *cur, bool exact);
/* Adds its histogram, appended to out->hist, and its percentiles. 0 or -ENOMEM. */
int figures_durations(struct snapshot *out, struct exit_figures *f, const struct sample *before,
		      const struct exit_sample *prev, const struct sample *now, const struct exit_sample *cur,
		      bool exact);
/*
 * What each bucket of cur counted since prev (NULL: in all), as to[0..cur->hist.len). Returned: the part without the
 * empty ones at both ends, which begins at to + off.
 */
struct hist_span figures_difference(const struct sample *before, const struct exit_sample *prev,
				    const struct sample *now, const struct exit_sample *cur, u64 *to);
/* Adds all but the histogram and what is computed from it. */
void figures_add(struct exit_figures *to, const struct exit_figures *f);
/* p50 and p99 from f->hist. */
void figures_quantiles(struct exit_figures *f, const u64 *hist);

/* The events of the interval, after all else of the snapshot is there; before NULL: since the beginning. 0 or -ENOMEM. */
int events_build(struct snapshot *out, const struct sample *before, const struct sample *now, bool exact);

#endif
