/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of snapshot_build(): histograms are added up densely, and then stored in the snapshot. */
#ifndef KVMTOP_ACCUMULATE_H
#define KVMTOP_ACCUMULATE_H

#include "snapshot.h"

/* Only buckets low..high-1 are in use. All zero: empty. */
struct accumulator {
	u64 n[HIST_BUCKETS];
	u32 low, high;
};

/* counts: where the span's off is counted from. */
void acc_add(struct accumulator *acc, const u64 *counts, struct hist_span span);
/* Moves what was added up to the end of out->hist and empties the accumulator. 0 or -ENOMEM. */
int acc_store(struct accumulator *acc, struct snapshot *out, struct hist_span *span);

#endif
