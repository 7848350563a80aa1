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

/* The buckets that counted between prev and cur, without the empty ones at both ends. prev may be NULL. */
static int hist_difference(struct snapshot *out, const struct sample *before, const struct exit_sample *prev,
			   const struct sample *now, const struct exit_sample *cur, struct hist_span *span)
{
	const u64 *new = now->hist + cur->hist.off;
	const u64 *old = prev && prev->hist.len ? before->hist + prev->hist.off : NULL;
	u32 first = cur->hist.first, shift = 0, old_len = 0, len = 0;
	u64 *to;

	if (!cur->hist.len)
		return 0;
	if (ARRAY_ROOM(out->hist, out->hist_room, (u64)out->hist_count + cur->hist.len))
		return -ENOMEM;
	to = out->hist + out->hist_count;
	if (old) {
		shift = prev->hist.first;
		old_len = prev->hist.len;
	}
	if (old && old_len == cur->hist.len && shift == first) {
		/* mostly: a loop without branches, and both ends cut off after it */
		u32 skip = 0;
		u64 backwards = 0;

		for (u32 i = 0; i < old_len; i++) {
			to[i] = new[i] - old[i];
			backwards |= to[i];
		}
		for (u32 i = 0; backwards >> 63 && i < old_len; i++)
			to[i] = minus(new[i], old[i]);
		for (len = old_len; len && !to[len - 1]; len--)
			;
		while (skip < len && !to[skip])
			skip++;
		*span = (struct hist_span){
			.off = out->hist_count + skip, .first = len ? first + skip : 0, .len = len - skip};
		out->hist_count += len;
		return 0;
	}
	for (u32 i = 0; i < cur->hist.len; i++) {
		u32 at = cur->hist.first + i - shift; /* wraps to a large number below the old span */
		u64 n = old && at < old_len ? minus(new[i], old[at]) : new[i];

		if (!n && !len)
			continue;
		if (!len)
			first = cur->hist.first + i;
		to[cur->hist.first + i - first] = n;
		if (n)
			len = cur->hist.first + i - first + 1;
	}
	*span = (struct hist_span){.off = out->hist_count, .first = len ? first : 0, .len = len};
	out->hist_count += len;
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

/* Shortest and longest of those that completed in the interval. */
static void extremes(struct exit_figures *f, const struct exit_sample *prev, const struct exit_sample *cur, bool exact)
{
	if (!f->done)
		return;
	if (!prev || !f->hist.len) {
		f->min_ns = cur->min_ns;
		f->max_ns = cur->max_ns;
	} else if (exact && cur->interval_max_ns) {
		f->min_ns = cur->interval_min_ns;
		f->max_ns = cur->interval_max_ns;
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
	if (f->done && hist_difference(out, before, prev, now, cur, &f->hist))
		return -ENOMEM;
	extremes(f, prev, cur, exact);
	figures_quantiles(f, out->hist);
	f->inflight_ns = cur->inflight_ns;
	if (f->max_ns < f->inflight_ns)
		f->max_ns = f->inflight_ns;
	return 0;
}
