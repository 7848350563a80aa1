/* SPDX-License-Identifier: GPL-2.0-only */
#include "events.h"

#include <inttypes.h>
#include <stdio.h>

#include "event_names.h"

/* clang-format off */
static const struct event_info events[] = {
	{.kind = EVENT_HYPERCALL, .name = "hypercall", .array = "hypercalls", .sub = "of", .a = "nr", .host_sum = true,
	 .value = {{"a0", VALUE_LAST}, {"a1", VALUE_LAST}, {"a2", VALUE_LAST}, {"a3", VALUE_LAST}}},
};
/* clang-format on */

const struct event_info *event_info(u32 kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i].kind == kind)
			return &events[i];
	return NULL;
}

const struct event_info *event_info_at(u32 index)
{
	return index < ARRAY_SIZE(events) ? &events[index] : NULL;
}

u32 event_info_count(void)
{
	return ARRAY_SIZE(events);
}

const char *event_name(u32 isa, u32 kind, u32 sub, u64 a, u64 b, char buf[EVENT_NAME_SIZE])
{
	const char *name = NULL;

	(void)isa;
	if (sub == EVENT_OTHERS)
		return "others";
	switch (kind) {
	case EVENT_HYPERCALL:
		name = hypercall_name(sub, a);
		break;
	}
	if (name)
		return name;
	snprintf(buf, EVENT_NAME_SIZE, "%" PRIx32 ":%" PRIx64 ":%" PRIx64, sub, a, b);
	return buf;
}
