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

/*
 * What most exits take, by a look-up, which costs a third of finding the highest bit: all buckets begin at a multiple of
 * the shortest one's width. 4 KiB, of which a workload touches a few cache lines.
 */
#define SHORT_SHIFT 16
#define WIDTH_SHIFT (HIST_MIN_SHIFT - HIST_SUB_SHIFT)

#define SHORT_BUCKET(octave, sub) \
	[(HIST_SUB + (sub)) << (octave)...((HIST_SUB + (sub) + 1) << (octave)) - 1] = HIST_SUB * ((octave) + 1) + (sub)
#define SHORT_OCTAVE(octave)                                                                                \
	SHORT_BUCKET(octave, 0), SHORT_BUCKET(octave, 1), SHORT_BUCKET(octave, 2), SHORT_BUCKET(octave, 3), \
		SHORT_BUCKET(octave, 4), SHORT_BUCKET(octave, 5), SHORT_BUCKET(octave, 6), SHORT_BUCKET(octave, 7)

static const __u8 short_buckets[1 << (SHORT_SHIFT - WIDTH_SHIFT)] = {
	0,
	1,
	2,
	3,
	4,
	5,
	6,
	7,
	SHORT_OCTAVE(0),
	SHORT_OCTAVE(1),
	SHORT_OCTAVE(2),
	SHORT_OCTAVE(3),
	SHORT_OCTAVE(4),
	SHORT_OCTAVE(5),
	SHORT_OCTAVE(6),
	SHORT_OCTAVE(7),
	SHORT_OCTAVE(8),
};

/* The bucket of one below 1 << SHORT_SHIFT. The mask is for the verifier, which does not know what is in the table. */
static __always_inline __u32 short_bucket(__u64 ns)
{
	return short_buckets[ns >> WIDTH_SHIFT] & 127;
}

/* Bucket of a duration: see HIST_BUCKETS. */
static __always_inline __u32 duration_bucket(__u64 ns)
{
	__u32 shift, bucket;

	if (ns < (1 << SHORT_SHIFT))
		return short_buckets[ns >> WIDTH_SHIFT];
	shift = ns >> 32 ? 32 + log2_u32(ns >> 32) : log2_u32(ns);
	bucket = HIST_SUB + (shift - HIST_MIN_SHIFT) * HIST_SUB + ((ns >> (shift - HIST_SUB_SHIFT)) & (HIST_SUB - 1));
	return bucket < HIST_BUCKETS ? bucket : HIST_BUCKETS - 1;
}

#endif /* KVMTOP_HIST_BPF_H */
