// SPDX-License-Identifier: GPL-2.0-only
/* The programs of the panes: one object a group. */
#include <bpf/libbpf.h>
#include "groups.h"

#include "calls.skel.h"

/* clang-format off */
static const struct program calls[] = {
	{.name = "on_hypercall", .probe = PROBE_HYPERCALL},
	{.name = "again_hypercall", .probe = PROBE_HYPERCALL, .twin = true},
};

static const struct program_set sets[GROUPS] = {
	[GROUP_CALL] = {"hypercalls", calls_bpf__elf_bytes, calls, ARRAY_SIZE(calls)},
};
/* clang-format on */

const struct program_set *group_set(enum event_group group)
{
	return group < GROUPS && sets[group].count ? &sets[group] : NULL;
}
