/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypercall view. */
#include "column_events.h"
#include "column_kit.h"
#include "views.h"

#define NEEDS PROBE_BIT(PROBE_HYPERCALL)

/* clang-format off */
static const struct column hypercall_columns[] = {
	{.name = "call", .title = "HYPERCALL", .unit = UNIT_TEXT, .get = event_label, .width = 18, .flexible = true,
	 .help = "Which service of the hypervisor the guest asked for; a number without a name is kept as it is."},
	EVENT_VM_COLUMN,
	EVENT_VCPU_COLUMN,
	EVENT_COUNT_COLUMN(NEEDS),
	EVENT_RATE_COLUMN(NEEDS),
};
/* clang-format on */

const struct view_columns hypercall_view = {
	.name = "hypercall",
	.title = "hypercalls",
	.rows = ROWS_EVENT,
	.columns = hypercall_columns,
	.count = ARRAY_SIZE(hypercall_columns),
	.default_sort = 4,
	.groups = GROUP_BIT(GROUP_CALL),
	.kinds = {EVENT_HYPERCALL},
	.reading = "Each row is a service of the hypervisor that guests asked for. Kicks and "
		   "IPIs in great numbers come from guests whose vCPUs wait for each other.",
	.empty = "no hypercall yet"};
