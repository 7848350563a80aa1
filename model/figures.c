/* SPDX-License-Identifier: GPL-2.0-only */
/* What became of one reason of one vCPU between two samples, and sums of such figures. */
#include "array.h"
#include "figures.h"
#include "hist.h"

void figures_add(struct exit_figures *to, const struct exit_figures *f)
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

void figures_quantiles(struct exit_figures *f, const u64 *hist)
{
	static const double q[] = {0.50, 0.99};
	u64 ns[ARRAY_SIZE(q)];

	if (!f->done || !f->hist.len)
		return;
	hist_quantiles(hist + f->hist.off, f->hist.first, f->hist.len, q, ARRAY_SIZE(q), f->min_ns, f->max_ns, ns);
	f->p50_ns = ns[0];
	f->p99_ns = ns[1];
}

struct hist_span figures_difference(const struct sample *before, const struct exit_sample *prev,
				    const struct sample *now, const struct exit_sample *cur, u64 *to)
{
	/* a sample without any has no table to point into */
	const u32 *new = cur->hist.len ? now->hist + cur->hist.off : NULL;
	const u32 *old = prev && prev->hist.len ? before->hist + prev->hist.off : NULL;
	u32 len = cur->hist.len, skip = 0;

	if (old && prev->hist.len == len && prev->hist.first == cur->hist.first) {
		/* mostly: a loop without branches */
		for (u32 i = 0; i < len; i++)
			to[i] = new[i] > old[i] ? new[i] - old[i] : 0;
	} else {
		for (u32 i = 0; i < len; i++) {
			/* wraps to a large number below the old span */
			u32 at = cur->hist.first + i - (old ? prev->hist.first : 0);

			to[i] = minus(new[i], old && at < prev->hist.len ? old[at] : 0);
		}
	}
	while (len && !to[len - 1])
		len--;
	while (skip < len && !to[skip])
		skip++;
	return (struct hist_span){
		.off = skip, .first = len ? (u16)(cur->hist.first + skip) : 0, .len = (u16)(len - skip)};
}

/* The same at the end of out->hist. */
static int store_difference(struct snapshot *out, struct exit_figures *f, const struct sample *before,
			    const struct exit_sample *prev, const struct sample *now, const struct exit_sample *cur)
{
	if (!f->done || f->hist.len)
		return 0;
	if (ARRAY_ROOM(out->hist, out->hist_room, (u64)out->hist_count + cur->hist.len))
		return -ENOMEM;
	f->hist = figures_difference(before, prev, now, cur, out->hist + out->hist_count);
	f->hist.off += out->hist_count;
	out->hist_count = f->hist.off + f->hist.len;
	return 0;
}

/* The parts must add up to the whole even where a record was read in the middle of an update. */
static void parts_fit(struct exit_figures *f)
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
static bool has_extremes(const struct exit_sample *prev, const struct exit_sample *cur, bool exact)
{
	return !prev || (exact && cur->interval_max_ns);
}

static void extremes(struct exit_figures *f, const struct exit_sample *prev, const struct exit_sample *cur, bool exact)
{
	if (!f->done)
		return;
	if (prev && has_extremes(prev, cur, exact)) {
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

int figures_build(struct snapshot *out, struct exit_figures *f, const struct sample *before,
		  const struct exit_sample *prev, const struct sample *now, const struct exit_sample *cur, bool exact)
{
	f->count = minus(cur->count, prev ? prev->count : 0);
	f->done = minus(cur->done, prev ? prev->done : 0);
	f->total_ns = minus(cur->total_ns, prev ? prev->total_ns : 0);
	f->time_ns = minus(exit_sample_time_ns(cur), prev ? exit_sample_time_ns(prev) : 0);
	for (u32 i = 0; i < EXIT_PARTS; i++)
		f->part_ns[i] = minus(exit_sample_part_ns(cur, i), prev ? exit_sample_part_ns(prev, i) : 0);
	parts_fit(f);
	if (!has_extremes(prev, cur, exact) && store_difference(out, f, before, prev, now, cur))
		return -ENOMEM;
	extremes(f, prev, cur, exact);
	f->inflight_ns = cur->inflight_ns;
	if (f->max_ns < f->inflight_ns)
		f->max_ns = f->inflight_ns;
	return 0;
}

int figures_durations(struct snapshot *out, struct exit_figures *f, const struct sample *before,
		      const struct exit_sample *prev, const struct sample *now, const struct exit_sample *cur,
		      bool exact)
{
	struct exit_figures ended = {.done = f->done};

	if (store_difference(out, f, before, prev, now, cur))
		return -ENOMEM;
	/* percentiles are of those that have ended, whatever the age of the one in flight */
	ended.hist = f->hist;
	extremes(&ended, prev, cur, exact);
	figures_quantiles(&ended, out->hist);
	f->p50_ns = ended.p50_ns;
	f->p99_ns = ended.p99_ns;
	return 0;
}
