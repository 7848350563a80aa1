/* SPDX-License-Identifier: GPL-2.0-only */
/* Arithmetic on the log-linear histograms of bpf/kvmtop.h. */
#ifndef KVMTOP_HIST_H
#define KVMTOP_HIST_H

#include "sample.h"

/* Bucket of a duration; the same arithmetic as bpf/exits.bpf.h. */
u32 hist_bucket(u64 ns);
/* Smallest duration of a bucket, 0 <= bucket <= HIST_BUCKETS (then the end of the last one). */
u64 hist_bucket_low(u32 bucket);
/*
 * The q-quantile (0 < q <= 1) of counts[0..len) whose first bucket is number first: the mid-point of the bucket that
 * holds it, clamped to [min, max]. 0 when there are no counts.
 */
u64 hist_quantile(const u64 *counts, u32 first, u32 len, double q, u64 min, u64 max);
/* Several at once: q[0..n) in rising order, the results in out[0..n). */
void hist_quantiles(const u64 *counts, u32 first, u32 len, const double *q, u32 n, u64 min, u64 max, u64 *out);

#endif
