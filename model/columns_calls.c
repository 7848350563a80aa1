/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypercall view. */
#include "column_events.h"
#include "column_kit.h"
#include "event_names.h"
#include "views.h"

#define NEEDS (PROBE_BIT(PROBE_HYPERCALL) | PROBE_BIT(PROBE_HV_HYPERCALL) | PROBE_BIT(PROBE_XEN_HYPERCALL))
#define TIMED PROBE_BIT(PROBE_HYPERCALL)

GETTER(call_arguments)
{
	const struct event_row *e = row.event;

	(void)snap;
	if (e->sub != EVENT_OTHERS)
		text(out, hypercall_arguments(e->sub, e->a, e->value, out->buf, sizeof(out->buf)));
}

/* clang-format off */
static const struct column hypercall_columns[] = {
	{.name = "call", .title = "HYPERCALL", .unit = UNIT_TEXT, .get = event_label, .width = 18,
	 .help = "Which service of the hypervisor the guest asked for. HV: of Hyper-V's interface, Xen: of Xen's; else of KVM's own. "
		 "A number without a name is kept as it is."},
	EVENT_VM_COLUMN,
	EVENT_VCPU_COLUMN,
	EVENT_COUNT_COLUMN(NEEDS),
	EVENT_RATE_COLUMN(NEEDS),
	{.name = "avg", .title = "AVG", .unit = UNIT_NS, .get = event_avg, .width = 6, .priority = 5, .descending = true,
	 .needs_any = TIMED, .help = "Average duration of the whole exit, until the guest runs again."},
	{.name = "max", .title = "MAX", .unit = UNIT_NS, .get = event_max, .width = 6, .priority = 6, .descending = true,
	 .needs_any = TIMED, .help = "The longest of the interval."},
	{.name = "args", .title = "ARGUMENTS OF THE LAST", .unit = UNIT_TEXT, .get = call_arguments, .width = 22,
	 .flexible = true, .priority = 1, .needs_any = NEEDS,
	 .help = "What the last one asked for: whom it kicks or yields to, the vector and the APIC ids of an IPI as a bitmap "
		 "from the lowest id, addresses in the guest's memory."},
};
/* clang-format on */

const struct view_columns hypercall_view = {
	.name = "hypercall",
	.brief = "hcall",
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
