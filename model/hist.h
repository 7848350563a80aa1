/* SPDX-License-Identifier: GPL-2.0-only */
/* Arithmetic on the log-linear histograms of bpf/kvmtop.h. */
#ifndef KVMTOP_HIST_H
#define KVMTOP_HIST_H

#include "sample.h"

/* Bucket of a duration; the same arithmetic as bpf/hist.bpf.h. */
static inline u32 hist_bucket(u64 ns)
{
	u32 octave, bucket;

	if (ns < (1ULL << HIST_MIN_SHIFT))
		return ns >> (HIST_MIN_SHIFT - HIST_SUB_SHIFT);
	octave = 63 - __builtin_clzll(ns);
	bucket = (octave - HIST_MIN_SHIFT + 1) * HIST_SUB + ((ns >> (octave - HIST_SUB_SHIFT)) & (HIST_SUB - 1));
	return bucket < HIST_BUCKETS ? bucket : HIST_BUCKETS - 1;
}

/* Smallest duration of a bucket, 0 <= bucket <= HIST_BUCKETS (then the end of the last one). */
u64 hist_bucket_low(u32 bucket);
/*
 * The q-quantile (0 < q <= 1) of counts[0..len) whose first bucket is number first: the mid-point of the bucket that
 * holds it, clamped to [min, max]. 0 when there are no counts.
 */
u64 hist_quantile(const u64 *counts, u32 first, u32 len, double q, u64 min, u64 max);
/* Several at once: q[0..n) in rising order, the results in out[0..n). */
void hist_quantiles(const u64 *counts, u32 first, u32 len, const double *q, u32 n, u64 min, u64 max, u64 *out);
/* The same of one row of a sample, since it began: of those completed; all 0 when there are none. */
void hist_sample_quantiles(const struct sample *s, const struct exit_sample *e, const double *q, u32 n, u64 *out);
/* A count that a sample's histogram can hold. */
static inline u32 hist_count(u64 n)
{
	return n < UINT32_MAX ? (u32)n : UINT32_MAX;
}
/* The buckets [first, last) of counts[0..HIST_BUCKETS) into s, and their *span: 0 or -ENOMEM. Nothing when last <= first. */
int hist_copy(struct sample *s, const u32 *counts, u32 first, u32 last, struct hist_span *span);

#endif
