/* SPDX-License-Identifier: GPL-2.0-only */
#include "accumulate.h"

#include <string.h>

#include "array.h"

void acc_add(struct accumulator *acc, const u64 *counts, struct hist_span span)
{
	const u64 *from;

	if (!span.len)
		return;
	from = counts + span.off;
	if (acc->low >= acc->high) {
		acc->low = span.first;
		acc->high = span.first + span.len;
	} else {
		if (span.first < acc->low)
			acc->low = span.first;
		if ((u32)span.first + span.len > acc->high)
			acc->high = span.first + span.len;
	}
	for (u32 i = 0; i < span.len; i++)
		acc->n[span.first + i] += from[i];
}

int acc_store(struct accumulator *acc, struct snapshot *out, struct hist_span *span)
{
	u32 len = acc->high > acc->low ? acc->high - acc->low : 0;

	*span = (struct hist_span){.off = out->hist_count, .first = len ? acc->low : 0, .len = len};
	if (!len)
		return 0;
	if (ARRAY_ROOM(out->hist, out->hist_room, (u64)out->hist_count + len))
		return -ENOMEM;
	memcpy(out->hist + out->hist_count, acc->n + acc->low, len * sizeof(*acc->n));
	memset(acc->n + acc->low, 0, len * sizeof(*acc->n));
	out->hist_count += len;
	acc->low = acc->high = 0;
	return 0;
}
