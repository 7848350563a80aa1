/* SPDX-License-Identifier: GPL-2.0-only */
/* The view of second-level causes: what the guest touched that made it exit, or which interrupt of the host took it out. */
#include <inttypes.h>
#include <stdio.h>

#include "column_events.h"
#include "column_kit.h"
#include "events.h"
#include "views.h"

#define NEEDS                                                                                               \
	(PROBE_BIT(PROBE_MSR) | PROBE_BIT(PROBE_PIO) | PROBE_BIT(PROBE_MMIO) | PROBE_BIT(PROBE_FAST_MMIO) | \
	 PROBE_BIT(PROBE_CPUID) | PROBE_BIT(PROBE_HOST_VECTOR) | PROBE_BIT(PROBE_HYPERCALL) |               \
	 PROBE_BIT(PROBE_SYSREG) | PROBE_BIT(PROBE_WFX))
#define TIMED (PROBE_BIT(PROBE_CAUSE_TIME) | PROBE_BIT(PROBE_HYPERCALL))

GETTER(cause_exit)
{
	const struct event_row *e = row.event;
	const struct vm_row *vm = snapshot_find_vm(snap, e->vm ? e->vm : e->raw->vm);

	reason(vm && vm->vcpu_count ? snap->vcpus[vm->vcpu_first].raw->isa : 0, e->raw->x.key, out);
}

GETTER(cause_data)
{
	const struct event_row *e = row.event;
	const struct event_info *info = event_info(e->kind);

	(void)snap;
	if (!info || !info->value[0].name || e->sub == EVENT_OTHERS)
		return;
	hex(out, e->value[0]);
}

/* clang-format off */
static const struct column cause_columns[] = {
	{.name = "cause", .title = "CAUSE", .unit = UNIT_TEXT, .get = event_label, .width = 26, .flexible = true,
	 .help = "What the guest touched: an MSR (arm64: a system register), port, device address, CPUID leaf or hypercall with its usual name; or the "
		 "host's interrupt that took it out of guest mode."},
	{.name = "exit", .title = "EXIT", .unit = UNIT_TEXT, .get = cause_exit, .width = 12, .priority = 3,
	 .help = "The exit reason that the last of them came with; a dash where KVM of this host traces no exits."},
	EVENT_VM_COLUMN,
	EVENT_VCPU_COLUMN,
	EVENT_COUNT_COLUMN(NEEDS),
	EVENT_RATE_COLUMN(NEEDS),
	{.name = "share", .title = "TIME%", .unit = UNIT_SHARE, .get = event_share, .of_vcpus = true, .width = 5,
	 .priority = 1, .descending = true, .needs_any = TIMED,
	 .help = "Share of the vCPU time that its exits took, from the guest's exit to its next entry, the VMM's part too."},
	{.name = "time", .title = "TIME", .unit = UNIT_NS, .get = event_time, .width = 6, .priority = 6,
	 .descending = true, .needs_any = TIMED, .help = "Time that its exits took in the interval, as they ended."},
	{.name = "avg", .title = "AVG", .unit = UNIT_NS, .get = event_avg, .width = 6, .priority = 2, .descending = true,
	 .needs_any = TIMED, .help = "Average duration of its exits."},
	{.name = "p50", .title = "P50", .unit = UNIT_NS, .get = event_p50, .width = 6, .priority = 5, .descending = true,
	 .needs_any = TIMED, .help = "Half of its exits were faster than this (within 6 %)."},
	{.name = "p99", .title = "P99", .unit = UNIT_NS, .get = event_p99, .width = 6, .priority = 2, .descending = true,
	 .needs_any = TIMED, .help = "One of its exits in a hundred was slower than this (within 6 %)."},
	{.name = "max", .title = "MAX", .unit = UNIT_NS, .get = event_max, .width = 6, .priority = 1, .descending = true,
	 .needs_any = TIMED, .help = "The longest of its exits in the interval: a slow device of the VMM shows here."},
	{.name = "faults", .title = "FAULTS", .unit = UNIT_RATE, .get = event_errors, .width = 6, .priority = 8,
	 .descending = true, .needs = PROBE_BIT(PROBE_MSR),
	 .help = "MSR accesses a second that KVM answers with a fault: the guest asks for what this vCPU has not."},
	{.name = "data", .title = "DATA", .unit = UNIT_TEXT, .get = cause_data, .width = 10, .priority = 7,
	 .help = "The value of the last one: written or read; of CPUID EAX, of hypercalls the first argument."},
};
/* clang-format on */

const struct view_columns cause_view = {
	.name = "cause",
	.title = "causes",
	.rows = ROWS_EVENT,
	.columns = cause_columns,
	.count = ARRAY_SIZE(cause_columns),
	.default_sort = 6,
	.groups = GROUP_BIT(GROUP_CAUSE) | GROUP_BIT(GROUP_CALL),
	.kinds = {EVENT_MSR, EVENT_PIO, EVENT_MMIO, EVENT_CPUID, EVENT_HOST_VECTOR, EVENT_SYSREG, EVENT_WFX,
		  EVENT_HYPERCALL},
	.reading = "Each row is what exits came from, the one that took most time first: the port, address, MSR, CPUID "
		   "leaf "
		   "or hypercall that the guest touched, or the interrupt of the host that took it out. A device of "
		   "the VMM "
		   "that is slow has a high MAX; one that is polled has a high RATE.",
	.empty = "no cause of an exit seen yet",
};
