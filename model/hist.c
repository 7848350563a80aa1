/* SPDX-License-Identifier: GPL-2.0-only */
/* Arithmetic on the log-linear histograms of bpf/kvmtop.h. */
#include "hist.h"

#include <string.h>

u64 hist_bucket_low(u32 bucket)
{
	u32 octave = bucket / HIST_SUB, sub = bucket % HIST_SUB;

	if (!octave)
		return (u64)sub << (HIST_MIN_SHIFT - HIST_SUB_SHIFT);
	return (u64)(HIST_SUB + sub) << (octave - 1 + HIST_MIN_SHIFT - HIST_SUB_SHIFT);
}

/* The last bucket is open at its upper end: only the maximum tells how far it reaches. */
static u64 bucket_mid(u32 bucket, u64 max)
{
	u64 low = hist_bucket_low(bucket), end = hist_bucket_low(bucket + 1);

	if (bucket == HIST_BUCKETS - 1 && max > end && max != UINT64_MAX)
		end = max;
	return low + (end - low) / 2;
}

void hist_quantiles(const u64 *counts, u32 first, u32 len, const double *q, u32 n, u64 min, u64 max, u64 *out)
{
	u64 total = 0, seen = 0;
	u32 at = 0;

	for (u32 i = 0; i < len; i++)
		total += counts[i];
	if (total)
		seen = counts[0];
	for (u32 i = 0; i < n; i++) {
		/* The rank is the smallest whole number of counts that is at least the share q of all. */
		u64 rank = (u64)(q[i] * (double)total), mid;

		if ((double)rank < q[i] * (double)total)
			rank++;
		if (rank < 1)
			rank = 1;
		if (rank > total)
			rank = total;
		if (!total) {
			out[i] = 0;
			continue;
		}
		while (seen < rank && at + 1 < len)
			seen += counts[++at];
		mid = bucket_mid(first + at, max);
		if (mid > max)
			mid = max;
		out[i] = mid < min ? min : mid;
	}
}

u64 hist_quantile(const u64 *counts, u32 first, u32 len, double q, u64 min, u64 max)
{
	u64 out;

	hist_quantiles(counts, first, len, &q, 1, min, max, &out);
	return out;
}

void hist_sample_quantiles(const struct sample *s, const struct exit_sample *e, const double *q, u32 n, u64 *out)
{
	u64 counts[HIST_BUCKETS];

	for (u32 i = 0; i < e->hist.len; i++)
		counts[i] = s->hist[e->hist.off + i];
	hist_quantiles(counts, e->hist.first, e->hist.len, q, n, e->min_ns, e->max_ns, out);
}

int hist_copy(struct sample *s, const u32 *counts, u32 first, u32 last, struct hist_span *span)
{
	s64 off;

	if (last <= first)
		return 0;
	off = sample_add_hist(s, last - first);
	if (off < 0)
		return (int)off;
	memcpy(s->hist + off, counts + first, (last - first) * sizeof(*counts));
	*span = (struct hist_span){.off = (u32)off, .first = (u16)first, .len = (u16)(last - first)};
	return 0;
}
