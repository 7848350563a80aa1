/* SPDX-License-Identifier: GPL-2.0-only */
#include "dirty.h"

u64 dirty_pages(const struct event_row *row)
{
	return row->f.count > row->errors ? row->f.count - row->errors : 0;
}

struct dirty_sum dirty_sum(const struct snapshot *snap, const struct vm_row *vm)
{
	const struct event_row *rows = &snap->vm_events[vm->event_first];
	struct dirty_sum sum = {0};

	for (u32 i = 0; i < vm->event_count; i++) {
		if (rows[i].kind != EVENT_DIRTY_SLOT)
			continue;
		sum.any = true;
		sum.pages += dirty_pages(&rows[i]);
		if (rows[i].sub != EVENT_OTHERS && rows[i].value[SLOT_FLAGS] & SLOT_LOGGING)
			sum.bytes += rows[i].b;
	}
	return sum;
}

u32 migration_rounds(double bytes, double rate, double bandwidth)
{
	u32 rounds = 1;

	if (bandwidth <= 0 || rate >= bandwidth)
		return 0;
	/* What a round takes to send is what time the guest has to make memory dirty again. */
	for (double left = bytes; left > bandwidth * DOWNTIME_SECONDS; left *= rate / bandwidth)
		if (++rounds > ROUNDS_MAX)
			return 0;
	return rounds;
}
