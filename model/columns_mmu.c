/* SPDX-License-Identifier: GPL-2.0-only */
/* The views of page faults: by kind, by region of the guest's memory, and those that make no progress. */
#include <inttypes.h>
#include <stdio.h>

#include "column_events.h"
#include "column_kit.h"
#include "views.h"

#define NEEDS      PROBE_BIT(PROBE_FAULT)
#define NEEDS_PAGE (PROBE_BIT(PROBE_FAULT_PAGE) | PROBE_BIT(PROBE_FAULT_FAST))

/* What a value of the kind counted in the interval. */
#define VALUE_GETTER(name, index)                       \
	GETTER(name)                                    \
	{                                               \
		(void)snap;                             \
		number(out, row.event->value[(index)]); \
	}

VALUE_GETTER(fault_fast, FAULT_FAST)
VALUE_GETTER(fault_spurious, FAULT_SPURIOUS)
VALUE_GETTER(fault_emulated, FAULT_EMULATED)

GETTER(fault_failed)
{
	(void)snap;
	number(out, row.event->errors);
}

GETTER(region_slot)
{
	u64 slot = row.event->value[REGION_SLOT];

	(void)snap;
	if (row.event->sub == EVENT_OTHERS)
		return;
	if (slot == NO_MEMSLOT) {
		text(out, "none");
		return;
	}
	snprintf(out->buf, sizeof(out->buf), "%s%" PRIu64, slot >> 16 ? "SMM:" : "", slot & 0xffff);
	text(out, out->buf);
}

GETTER(region_hva)
{
	(void)snap;
	if (row.event->value[REGION_HVA] && row.event->sub != EVENT_OTHERS)
		hex(out, row.event->value[REGION_HVA]);
}

GETTER(region_pfn)
{
	(void)snap;
	if (row.event->value[REGION_PFN] && row.event->sub != EVENT_OTHERS)
		hex(out, row.event->value[REGION_PFN]);
}

GETTER(region_writes)
{
	(void)snap;
	out->known = row.event->f.count && row.event->sub != EVENT_OTHERS;
	out->num = share(row.event->value[REGION_WRITES], row.event->f.count);
}

GETTER(stuck_for)
{
	(void)snap;
	duration(out, row.event->sub == EVENT_OTHERS ? 0 : row.event->value[STUCK_FOR]);
}

GETTER(stuck_longest)
{
	(void)snap;
	duration(out, row.event->sub == EVENT_OTHERS ? 0 : row.event->value[STUCK_LONGEST]);
}

GETTER(stuck_error)
{
	(void)snap;
	if (row.event->sub != EVENT_OTHERS)
		hex(out, row.event->value[STUCK_ERROR]);
}

GETTER(stuck_total)
{
	(void)snap;
	number(out, row.event->raw->x.count);
}

/* clang-format off */
static const struct column fault_columns[] = {
	{.name = "fault", .title = "FAULT", .unit = UNIT_TEXT, .get = event_label, .width = 10, .flexible = true,
	 .help = "What the guest tried, and how large a page KVM mapped for it; no size: a bit was changed, or the access emulated."},
	EVENT_VM_COLUMN,
	EVENT_VCPU_COLUMN,
	EVENT_COUNT_COLUMN(NEEDS),
	EVENT_RATE_COLUMN(NEEDS),
	{.name = "share", .title = "TIME%", .unit = UNIT_SHARE, .get = event_share, .width = 5, .priority = 2,
	 .descending = true, .needs_any = NEEDS, .warn = 0.05, .crit = 0.2, .of_vcpus = true,
	 .help = "Share of the vCPUs' time spent on these faults inside KVM."},
	{.name = "avg", .title = "AVG", .unit = UNIT_NS, .get = event_avg, .width = 6, .priority = 3, .descending = true,
	 .needs_any = NEEDS, .help = "How long KVM took for one, on average."},
	{.name = "p50", .title = "P50", .unit = UNIT_NS, .get = event_p50, .width = 6, .priority = 11, .descending = true,
	 .needs_any = NEEDS, .help = "Half of them took at most this long."},
	{.name = "p99", .title = "P99", .unit = UNIT_NS, .get = event_p99, .width = 6, .priority = 5, .descending = true,
	 .needs_any = NEEDS, .warn = MS(1), .crit = MS(20),
	 .help = "99 of 100 took at most this long; long ones wait for memory: reclaim, swap, a page that is still to be fetched."},
	{.name = "max", .title = "MAX", .unit = UNIT_NS, .get = event_max, .width = 6, .priority = 4, .descending = true,
	 .needs_any = NEEDS, .warn = MS(10), .crit = MS(100), .help = "The longest of the interval."},
	{.name = "fast", .title = "FAST", .unit = UNIT_COUNT, .get = fault_fast, .width = 5, .priority = 6,
	 .descending = true, .needs = NEEDS,
	 .help = "Of these, fixed without KVM's lock: write protection that dirty logging or access tracking had set."},
	{.name = "spurious", .title = "SPUR", .unit = UNIT_COUNT, .get = fault_spurious, .width = 5, .priority = 7,
	 .descending = true, .needs = NEEDS,
	 .help = "Of these, there was nothing to do: another vCPU had fixed the same page meanwhile."},
	{.name = "emulated", .title = "EMUL", .unit = UNIT_COUNT, .get = fault_emulated, .width = 5, .priority = 8,
	 .descending = true, .needs = NEEDS,
	 .help = "Of these, the access was emulated, as all MMIO is."},
	{.name = "failed", .title = "FAIL", .unit = UNIT_COUNT, .get = fault_failed, .width = 4, .priority = 9,
	 .descending = true, .needs = NEEDS, .crit = 1,
	 .help = "Of these, KVM gave up and returned an error to the VMM: no memory, or none that may be touched."},
};

static const struct column region_columns[] = {
	{.name = "gpa", .title = "GPA", .unit = UNIT_TEXT, .get = event_label, .width = 12, .flexible = true,
	 .help = "Where the 2 MiB begin, in the guest's physical memory."},
	EVENT_VM_COLUMN,
	{.name = "slot", .title = "SLOT", .unit = UNIT_TEXT, .get = region_slot, .width = 6, .priority = 5,
	 .needs_any = NEEDS, .help = "The memslot it is in; none: no memory, the VMM emulates what is there (MMIO)."},
	EVENT_COUNT_COLUMN(NEEDS),
	EVENT_RATE_COLUMN(NEEDS),
	{.name = "writes", .title = "WR%", .unit = UNIT_SHARE, .get = region_writes, .width = 4, .priority = 4,
	 .descending = true, .needs_any = NEEDS, .help = "Share of writes among the faults."},
	{.name = "share", .title = "TIME%", .unit = UNIT_SHARE, .get = event_share, .width = 5, .priority = 6,
	 .descending = true, .needs = NEEDS, .of_vcpus = true, .help = "Share of the vCPUs' time spent on these faults inside KVM."},
	{.name = "avg", .title = "AVG", .unit = UNIT_NS, .get = event_avg, .width = 6, .priority = 8, .descending = true,
	 .needs = NEEDS, .help = "How long KVM took for one, on average."},
	{.name = "max", .title = "MAX", .unit = UNIT_NS, .get = event_max, .width = 6, .priority = 7, .descending = true,
	 .needs = NEEDS, .warn = MS(10), .crit = MS(100), .help = "The longest of the interval."},
	{.name = "last", .title = "VC", .unit = UNIT_ID, .get = event_last_vcpu, .width = 3, .priority = 9,
	 .help = "The vCPU that had the last of these faults."},
	{.name = "hva", .title = "HVA", .unit = UNIT_TEXT, .get = region_hva, .width = 19, .priority = 2,
	 .needs_any = NEEDS_PAGE, .help = "The page of the last fault, in the address space of the VMM."},
	{.name = "pfn", .title = "PFN", .unit = UNIT_TEXT, .get = region_pfn, .width = 12, .priority = 3,
	 .needs_any = NEEDS_PAGE, .help = "The page of the last fault, in the memory of the host."},
};

static const struct column stuck_columns[] = {
	{.name = "gpa", .title = "GPA", .unit = UNIT_TEXT, .get = event_label, .width = 12, .flexible = true,
	 .help = "The page that the guest cannot get past, in its physical memory."},
	EVENT_VM_COLUMN,
	{.name = "last", .title = "ID", .unit = UNIT_ID, .get = event_last_vcpu, .width = 3, .priority = 1,
	 .help = "The vCPU that does not get on."},
	EVENT_RATE_COLUMN(NEEDS),
	{.name = "total", .title = "FAULTS", .unit = UNIT_COUNT, .get = stuck_total, .width = 6, .priority = 2,
	 .descending = true, .needs = NEEDS, .crit = 1,
	 .help = "How often it faulted in vain, since kvmtop looks: one after another, with no other fault in between."},
	{.name = "for", .title = "FOR", .unit = UNIT_NS, .get = stuck_for, .width = 6, .priority = 3, .descending = true,
	 .needs = NEEDS, .crit = MS(1000), .help = "How long that went on, up to the last of them."},
	{.name = "longest", .title = "LONGEST", .unit = UNIT_NS, .get = stuck_longest, .width = 7, .priority = 6,
	 .descending = true, .needs = NEEDS, .help = "The longest that it ever went on for this page."},
	{.name = "age", .title = "AGO", .unit = UNIT_NS, .get = event_age, .width = 6, .priority = 4, .needs = NEEDS,
	 .help = "When the last of them was: a vCPU that is stuck now shows next to nothing here."},
	{.name = "error", .title = "ERROR", .unit = UNIT_TEXT, .get = stuck_error, .width = 8, .priority = 5,
	 .needs = NEEDS, .help = "The error code of the fault: bit 0 present, 1 write, 3 reserved, 4 fetch."},
	{.name = "task", .title = "THREAD", .unit = UNIT_TEXT, .get = event_task, .width = 18, .priority = 7,
	 .needs = NEEDS, .help = "The thread that runs the vCPU."},
};
/* clang-format on */

const struct view_columns fault_view = {
	.name = "fault",
	.title = "page faults",
	.rows = ROWS_EVENT,
	.columns = fault_columns,
	.count = ARRAY_SIZE(fault_columns),
	.default_sort = 4,
	.groups = GROUP_BIT(GROUP_MMU),
	.kinds = {EVENT_FAULT},
	.other = VIEW_REGION,
	.reading =
		"Each row is a kind of access that the guest's memory was not ready for. Many in a guest that has just "
		"started are normal; later they mean memory that the host takes away, or dirty logging. Faults that "
		"map "
		"4K where 2M would do cost the guest more in page walks.",
	.empty = "no fault yet: all that the guests touch is mapped"};

const struct view_columns region_view = {
	.name = "region",
	.title = "fault regions",
	.rows = ROWS_EVENT,
	.columns = region_columns,
	.count = ARRAY_SIZE(region_columns),
	.default_sort = 4,
	.groups = GROUP_BIT(GROUP_MMU),
	.kinds = {EVENT_REGION},
	.other = VIEW_STUCK,
	.reading = "Each row is 2 MiB of a guest's memory with faults in it. A region without a memslot is a device.",
	.empty = "no fault yet: all that the guests touch is mapped"};

const struct view_columns stuck_view = {
	.name = "stuck",
	.title = "faults without progress",
	.rows = ROWS_EVENT,
	.columns = stuck_columns,
	.count = ARRAY_SIZE(stuck_columns),
	.default_sort = 3,
	.groups = GROUP_BIT(GROUP_MMU),
	.kinds = {EVENT_STUCK},
	.other = VIEW_FAULT,
	.reading =
		"Each row is a page that a vCPU faulted on dozens of times right after another, with nothing else in "
		"between: KVM, or the VMM behind it, does not get the page in place. A healthy guest has no row here.",
	.empty = "no vCPU faults on one page again and again: as it should be"};
