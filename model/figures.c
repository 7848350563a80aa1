/* SPDX-License-Identifier: GPL-2.0-only */
/* What became of one reason of one vCPU between two samples, as numbers, rates and shares. */
#include "array.h"
#include "figures.h"
#include "hist.h"

double share(u64 ns, u64 span_ns)
{
	return span_ns ? (double)ns / (double)span_ns : 0;
}

double rate_over(u64 events, u64 over_ns)
{
	return over_ns ? (double)events * 1e9 / (double)over_ns : 0;
}

double snapshot_rate(const struct snapshot *snap, u64 events)
{
	return rate_over(events, snap->interval_ns);
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

int figures_store(struct snapshot *out, struct exit_figures *f, const struct sample *before,
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

int figures_durations(struct snapshot *out, struct exit_figures *f, const struct sample *before,
		      const struct exit_sample *prev, const struct sample *now, const struct exit_sample *cur,
		      bool exact)
{
	struct exit_figures ended = {.done = f->done};

	if (figures_store(out, f, before, prev, now, cur))
		return -ENOMEM;
	/* percentiles are of those that have ended, whatever the age of the one in flight */
	ended.hist = f->hist;
	figures_extremes(&ended, prev, cur, exact);
	figures_quantiles(&ended, out->hist);
	f->p50_ns = ended.p50_ns;
	f->p99_ns = ended.p99_ns;
	return 0;
}
