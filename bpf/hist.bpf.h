/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which bucket a duration belongs to. The twin of hist_bucket() in model/hist.c, which has wider instructions to use;
 * tests/unit/test_twins.c includes both and compares them.
 */
#ifndef KVMTOP_HIST_BPF_H
#define KVMTOP_HIST_BPF_H

#include "kvmtop.h"

static __always_inline __u32 log2_u32(__u32 v)
{
	__u32 shift, r;

	r = (v > 0xffff) << 4;
	v >>= r;
	shift = (v > 0xff) << 3;
	v >>= shift;
	r |= shift;
	shift = (v > 0xf) << 2;
	v >>= shift;
	r |= shift;
	shift = (v > 0x3) << 1;
	v >>= shift;
	r |= shift;
	return r | (v >> 1);
}

/* Of ns >> HIST_MIN_SHIFT for what most exits take: a look-up costs half as much as finding the highest bit. */
#define SHORT_SHIFT 16

static const __u8 short_log2[1 << (SHORT_SHIFT - HIST_MIN_SHIFT)] = {
	[1] = 7,          [2 ... 3] = 8,     [4 ... 7] = 9,      [8 ... 15] = 10,    [16 ... 31] = 11,
	[32 ... 63] = 12, [64 ... 127] = 13, [128 ... 255] = 14, [256 ... 511] = 15,
};

/* Bucket of a duration: see HIST_BUCKETS. */
static __always_inline __u32 duration_bucket(__u64 ns)
{
	__u32 shift, bucket;

	if (ns < (1 << HIST_MIN_SHIFT))
		return ns >> (HIST_MIN_SHIFT - HIST_SUB_SHIFT);
	if (ns < (1 << SHORT_SHIFT)) {
		shift = short_log2[ns >> HIST_MIN_SHIFT];
		return HIST_SUB + (shift - HIST_MIN_SHIFT) * HIST_SUB +
		       ((ns >> (shift - HIST_SUB_SHIFT)) & (HIST_SUB - 1));
	}
	shift = ns >> 32 ? 32 + log2_u32(ns >> 32) : log2_u32(ns);
	bucket = HIST_SUB + (shift - HIST_MIN_SHIFT) * HIST_SUB + ((ns >> (shift - HIST_SUB_SHIFT)) & (HIST_SUB - 1));
	return bucket < HIST_BUCKETS ? bucket : HIST_BUCKETS - 1;
}

#endif /* KVMTOP_HIST_BPF_H */
