/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of snapshot_build(): the figures of one reason, and their sums. */
#ifndef KVMTOP_FIGURES_H
#define KVMTOP_FIGURES_H

#include "hist.h"
#include "snapshot.h"

/* How far a counter went; 0 when it went backwards. */
static inline u64 minus(u64 now, u64 before)
{
	return now > before ? now - before : 0;
}

/* Appends the histogram of what happened between prev and cur to out->hist, unless f has it. 0 or -ENOMEM. */
int figures_store(struct snapshot *out, struct exit_figures *f, const struct sample *before,
		  const struct exit_sample *prev, const struct sample *now, const struct exit_sample *cur);
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
/* p50 and p99 from f->hist. */
void figures_quantiles(struct exit_figures *f, const u64 *hist);

/* The events of the interval, after all else of the snapshot is there; before NULL: since the beginning. 0 or -ENOMEM. */
int events_build(struct snapshot *out, const struct sample *before, const struct sample *now, bool exact);

/* --- what is done for each reason of a large host, each second ---------------------------------------------------- */

/* Adds all but the histogram and what is computed from it. */
static inline void figures_add(struct exit_figures *to, const struct exit_figures *f)
{
	if (f->done && (!to->done || f->min_ns < to->min_ns))
		to->min_ns = f->min_ns;
	if (f->max_ns > to->max_ns)
		to->max_ns = f->max_ns;
	if (f->inflight_ns > to->inflight_ns)
		to->inflight_ns = f->inflight_ns;
	to->count += f->count;
	to->done += f->done;
	to->time_ns += f->time_ns;
	to->total_ns += f->total_ns;
	for (u32 i = 0; i < EXIT_PARTS; i++)
		to->part_ns[i] += f->part_ns[i];
}

/* The parts must add up to the whole even where a record was read in the middle of an update. */
static inline void figures_fit(struct exit_figures *f)
{
	u64 sum = 0;

	for (u32 i = 0; i < EXIT_PARTS; i++) {
		u64 room = f->time_ns - sum;

		if (f->part_ns[i] > room)
			f->part_ns[i] = room;
		sum += f->part_ns[i];
	}
	f->part_ns[PART_KERNEL] += f->time_ns - sum;
}

/* Do the samples tell the shortest and longest of those that completed between them? Else the histogram does. */
static inline bool figures_have_extremes(const struct exit_sample *prev, const struct exit_sample *cur, bool exact)
{
	return !prev || (exact && cur->interval_max_ns);
}

static inline void figures_extremes(struct exit_figures *f, const struct exit_sample *prev,
				    const struct exit_sample *cur, bool exact)
{
	if (!f->done)
		return;
	if (prev && figures_have_extremes(prev, cur, exact)) {
		f->min_ns = cur->interval_min_ns;
		f->max_ns = cur->interval_max_ns;
	} else if (!prev || !f->hist.len) {
		f->min_ns = cur->min_ns;
		f->max_ns = cur->max_ns;
	} else {
		/* Samples in between were skipped: the histogram tells within a bucket. */
		u32 last = f->hist.first + f->hist.len - 1;

		f->min_ns = hist_bucket_low(f->hist.first);
		f->max_ns = last == HIST_BUCKETS - 1 ? cur->max_ns : hist_bucket_low(last + 1) - 1;
		if (f->min_ns < cur->min_ns)
			f->min_ns = cur->min_ns;
		if (f->max_ns > cur->max_ns)
			f->max_ns = cur->max_ns;
	}
	if (f->max_ns < f->min_ns)
		f->max_ns = f->min_ns;
}

/*
 * Figures of one reason of one vCPU between prev (of the sample before; NULL: since the beginning) and cur (of now), but
 * for what figures_durations() adds; a histogram that was needed for them is appended to out->hist. exact: the samples
 * follow each other, so cur's interval extremes are about this very interval. The vCPUs are theirs, NULL where nothing is
 * ever in flight. *f must be zeroed. 0 or -ENOMEM.
 */
static inline int figures_build(struct snapshot *out, struct exit_figures *f, const struct sample *before,
				const struct vcpu_sample *old_vcpu, const struct exit_sample *prev,
				const struct sample *now, const struct vcpu_sample *vcpu, const struct exit_sample *cur,
				bool exact)
{
	f->count = minus(cur->count, prev ? prev->count : 0);
	f->done = minus(cur->done, prev ? prev->done : 0);
	f->total_ns = minus(cur->total_ns, prev ? prev->total_ns : 0);
	f->time_ns = minus(exit_sample_time_ns(cur), prev ? exit_sample_time_ns(prev) : 0);
	for (u32 i = 0; i < EXIT_PARTS; i++)
		f->part_ns[i] =
			minus(exit_sample_part_ns(vcpu, cur, i), prev ? exit_sample_part_ns(old_vcpu, prev, i) : 0);
	figures_fit(f);
	if (!figures_have_extremes(prev, cur, exact) && figures_store(out, f, before, prev, now, cur))
		return -ENOMEM;
	figures_extremes(f, prev, cur, exact);
	f->inflight_ns = cur->inflight_ns;
	if (f->max_ns < f->inflight_ns)
		f->max_ns = f->inflight_ns;
	return 0;
}

#endif
