/* SPDX-License-Identifier: GPL-2.0-only */
#include "tail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

int tail_add(struct tail *tail, const struct sample *s)
{
	if (s->seq == tail->last_seq)
		return 0;
	/* a recording that was wound back */
	if (s->seq < tail->last_seq) {
		tail->first += tail->count;
		tail->count = 0;
	}
	tail->last_seq = s->seq;
	/* Now and then the older half goes, so that a line is moved once. */
	if (tail->count >= 2 * TAIL_LINES) {
		u32 drop = tail->count - TAIL_LINES;

		memmove(tail->lines, tail->lines + drop, TAIL_LINES * sizeof(*tail->lines));
		tail->count = TAIL_LINES;
		tail->first += drop;
	}
	if (!s->log_count)
		return 0;
	if (ARRAY_ROOM(tail->lines, tail->room, (u64)tail->count + s->log_count))
		return -ENOMEM;
	memcpy(tail->lines + tail->count, s->log, s->log_count * sizeof(*s->log));
	tail->count += s->log_count;
	return 0;
}

u32 tail_until(const struct tail *tail, u64 mono_ns)
{
	u32 low = 0, high = tail->count;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (tail->lines[mid].ns <= mono_ns)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void tail_free(struct tail *tail)
{
	free(tail->lines);
	*tail = (struct tail){0};
}
