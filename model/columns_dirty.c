/* SPDX-License-Identifier: GPL-2.0-only */
/* The views of dirty page logging: by memslot, by vCPU, and the pages of one slot. */
#include <inttypes.h>
#include <stdio.h>

#include "column_events.h"
#include "column_kit.h"
#include "dirty.h"
#include "views.h"

#define NEEDS       PROBE_BIT(PROBE_DIRTY)
#define NEEDS_SLOTS (PROBE_BIT(PROBE_DIRTY) | PROBE_BIT(PROBE_MEMSLOTS))
#define NEEDS_CYCLE (PROBE_BIT(PROBE_DIRTY_LOG) | PROBE_BIT(PROBE_DIRTY_RING))

static bool is_others(union row_ref row)
{
	return row.event->sub == EVENT_OTHERS;
}

/* Slots that are not there any more have nothing to say but what they were. */
static bool slot_shown(const struct event_row *e)
{
	return e->sub == EVENT_OTHERS || !(e->value[SLOT_FLAGS] & SLOT_GONE);
}

GETTER(slot_range)
{
	const struct event_row *e = row.event;

	(void)snap;
	if (is_others(row))
		return;
	snprintf(out->buf, sizeof(out->buf), "0x%" PRIx64 "-0x%" PRIx64, e->a, e->a + e->b - 1);
	text(out, out->buf);
}

GETTER(slot_size)
{
	(void)snap;
	out->known = !is_others(row);
	out->num = row.event->b;
}

GETTER(slot_log)
{
	u64 flags = row.event->value[SLOT_FLAGS];

	(void)snap;
	if (!is_others(row))
		text(out, !(flags & SLOT_LOGGING) ? "off" : flags & SLOT_RING ? "ring" : "map");
}

/* A page that is marked twice in a cycle is sent once. */
GETTER(dirty_new)
{
	(void)snap;
	rate(out, dirty_pages(row.event), row.event->over_ns);
}

GETTER(dirty_mb)
{
	(void)snap;
	rate(out, dirty_pages(row.event) * DIRTY_PAGE_SIZE, row.event->over_ns);
	out->num /= 1e6;
}

GETTER(dirty_repeated)
{
	(void)snap;
	out->known = row.event->f.count;
	out->num = share(row.event->errors, row.event->f.count);
}

GETTER(slot_cycles)
{
	(void)snap;
	out->known = !is_others(row);
	out->num = row.event->value[SLOT_CYCLES];
}

GETTER(slot_last_cycle)
{
	(void)snap;
	out->known = !is_others(row) && row.event->raw->value[SLOT_CYCLES];
	out->num = row.event->value[SLOT_LAST_CYCLE];
}

GETTER(slot_this_cycle)
{
	(void)snap;
	out->known = !is_others(row) && row.event->value[SLOT_FLAGS] & SLOT_LOGGING;
	out->num = row.event->value[SLOT_THIS_CYCLE];
}

GETTER(slot_heat)
{
	u32 parts = 0;

	for (u32 i = 0; i < row.event->f.hist.len; i++)
		parts += snap->hist[row.event->f.hist.off + i] != 0;
	out->known = !is_others(row) && row.event->f.hist.len;
	out->figures = &row.event->f;
	out->num = (double)parts / HIST_BUCKETS;
}

/* Of the VM: what is migrated is all of it, so its slots have the same answer. */
GETTER(slot_converges)
{
	const struct vm_row *vm = snapshot_find_vm(snap, row.event->vm);
	struct dirty_sum sum;

	if (!vm || is_others(row) || !(row.event->value[SLOT_FLAGS] & SLOT_LOGGING) || !row.event->over_ns)
		return;
	sum = dirty_sum(snap, vm);
	rate(out, sum.pages * DIRTY_PAGE_SIZE, row.event->over_ns);
	out->of = sum.bytes;
}

GETTER(page_slot)
{
	(void)snap;
	if (is_others(row))
		return;
	snprintf(out->buf, sizeof(out->buf), "%s%" PRIu32, row.event->sub >> 16 ? "SMM:" : "", row.event->sub & 0xffff);
	text(out, out->buf);
}

GETTER(page_offset)
{
	(void)snap;
	if (is_others(row))
		return;
	hex(out, row.event->value[PAGE_OFFSET] * DIRTY_PAGE_SIZE);
}

GETTER(page_total)
{
	(void)snap;
	number(out, row.event->raw->x.count);
}

GETTER(page_cycles)
{
	(void)snap;
	number(out, row.event->raw->x.count - row.event->raw->errors);
}

/* clang-format off */
#define REPEAT_COLUMN \
	{.name = "repeated", .title = "REP%", .unit = UNIT_SHARE, .get = dirty_repeated, .width = 4, .priority = 8, \
	 .descending = true, .needs = NEEDS, \
	 .help = "Share of marks of a page that was marked already in the same cycle: they add nothing to send."}

static const struct column dirty_columns[] = {
	{.name = "slot", .title = "SLOT", .unit = UNIT_TEXT, .get = event_label, .width = 5,
	 .help = "The memslot, as the VMM numbers it; Enter shows its pages."},
	EVENT_VM_COLUMN,
	{.name = "range", .title = "GPA", .unit = UNIT_TEXT, .get = slot_range, .width = 31, .priority = 7,
	 .needs_any = NEEDS_SLOTS, .help = "First and last byte, in the guest's physical memory."},
	{.name = "size", .title = "SIZE", .unit = UNIT_BYTES, .get = slot_size, .width = 5, .priority = 6,
	 .descending = true, .needs_any = NEEDS_SLOTS, .help = "The bytes of memory in it."},
	{.name = "log", .title = "LOG", .unit = UNIT_TEXT, .get = slot_log, .width = 6, .priority = 3,
	 .needs_any = NEEDS_SLOTS,
	 .help = "Whether KVM logs what is written: off, in a bitmap, in a ring of each vCPU; on while a VM migrates."},
	{.name = "rate", .title = "PAGES/S", .unit = UNIT_RATE, .get = dirty_new, .width = 7, .priority = 0,
	 .descending = true, .needs = NEEDS, .help = "Pages that became dirty a second, each once in a cycle."},
	{.name = "mb", .title = "MB/S", .unit = UNIT_RATE, .get = dirty_mb, .width = 5, .priority = 1, .descending = true,
	 .needs = NEEDS, .help = "The same in megabytes: what a migration has to send again."},
	{.name = "marks", .title = "MARKS/S", .unit = UNIT_RATE, .get = event_rate, .width = 7, .priority = 10,
	 .descending = true, .needs = NEEDS, .help = "How often KVM marked a page, repetitions included."},
	REPEAT_COLUMN,
	{.name = "cycles", .title = "CYC", .unit = UNIT_COUNT, .get = slot_cycles, .width = 4, .priority = 9,
	 .descending = true, .needs_any = NEEDS_CYCLE, .help = "How often the VMM took the log in the interval."},
	{.name = "last", .title = "LAST", .unit = UNIT_COUNT, .get = slot_last_cycle, .width = 5, .priority = 5,
	 .descending = true, .needs_any = NEEDS_CYCLE, .help = "Different pages in the last whole cycle."},
	{.name = "this", .title = "THIS", .unit = UNIT_COUNT, .get = slot_this_cycle, .width = 5, .priority = 4,
	 .descending = true, .needs_any = NEEDS_CYCLE, .help = "Different pages in the present cycle, so far."},
	{.name = "converges", .title = "CONVERGES", .unit = UNIT_CONVERGE, .get = slot_converges, .width = 9, .priority = 2,
	 .descending = true, .needs = NEEDS,
	 .help = "Would the VM's migration end at the bandwidth set with B, and in about how many rounds; all logged slots."},
	{.name = "heat", .title = "WHERE", .unit = UNIT_HEAT, .get = slot_heat, .width = 16, .flexible = true, .priority = 3,
	 .descending = true, .needs = NEEDS,
	 .help = "Where in the slot the marks of the interval fell, from its first to its last page."},
};

static const struct column dirty_vcpu_columns[] = {
	{.name = "slot", .title = "SLOT", .unit = UNIT_TEXT, .get = event_label, .width = 5, .help = "The memslot that the pages are in."},
	EVENT_VM_COLUMN,
	EVENT_VCPU_COLUMN,
	{.name = "rate", .title = "PAGES/S", .unit = UNIT_RATE, .get = dirty_new, .width = 7, .priority = 0,
	 .descending = true, .needs = NEEDS, .help = "Pages that this vCPU made dirty a second, each once in a cycle."},
	{.name = "mb", .title = "MB/S", .unit = UNIT_RATE, .get = dirty_mb, .width = 5, .priority = 1, .descending = true,
	 .needs = NEEDS, .help = "The same in megabytes."},
	EVENT_COUNT_COLUMN(NEEDS),
	REPEAT_COLUMN,
	{.name = "task", .title = "THREAD", .unit = UNIT_TEXT, .get = event_task, .width = 18, .priority = 5,
	 .needs = NEEDS, .help = "The thread that made the last mark."},
};

static const struct column page_columns[] = {
	{.name = "gfn", .title = "GFN", .unit = UNIT_TEXT, .get = event_label, .width = 12, .flexible = true,
	 .help = "The page's number in the guest's physical memory; others: pages that have no row of their own any more."},
	EVENT_VM_COLUMN,
	{.name = "slot", .title = "SLOT", .unit = UNIT_TEXT, .get = page_slot, .width = 5, .priority = 2, .needs = NEEDS,
	 .help = "The memslot that the page is in."},
	{.name = "offset", .title = "OFFSET", .unit = UNIT_TEXT, .get = page_offset, .width = 12, .priority = 3,
	 .needs = NEEDS, .help = "Where it is in the memslot, in bytes."},
	EVENT_COUNT_COLUMN(NEEDS),
	EVENT_RATE_COLUMN(NEEDS),
	{.name = "total", .title = "TOTAL", .unit = UNIT_COUNT, .get = page_total, .width = 6, .priority = 1,
	 .descending = true, .needs = NEEDS, .help = "How often it was marked since kvmtop looks."},
	{.name = "cycles", .title = "CYCLES", .unit = UNIT_COUNT, .get = page_cycles, .width = 6, .priority = 4,
	 .descending = true, .needs = NEEDS, .help = "In how many cycles: a page that is dirty in each is sent in each."},
	{.name = "age", .title = "AGO", .unit = UNIT_NS, .get = event_age, .width = 6, .priority = 5, .needs = NEEDS,
	 .help = "When the last mark was."},
	{.name = "task", .title = "THREAD", .unit = UNIT_TEXT, .get = event_task, .width = 18, .priority = 6,
	 .needs = NEEDS, .help = "The thread that made it."},
};
/* clang-format on */

const struct view_columns dirty_view = {
	.name = "dirty",
	.title = "dirty pages",
	.rows = ROWS_EVENT,
	.columns = dirty_columns,
	.count = ARRAY_SIZE(dirty_columns),
	.default_sort = 5,
	.groups = GROUP_BIT(GROUP_DIRTY),
	.kinds = {EVENT_DIRTY_SLOT},
	.shown = slot_shown,
	.other = VIEW_DIRTY_VCPU,
	.enter = VIEW_PAGE,
	.enter_sub = true,
	.reading =
		"Each row is a piece of a VM's memory. While a VM migrates, its memory is sent in rounds, and what it "
		"writes meanwhile is sent again: it ends when that becomes little enough. B sets the bandwidth.",
	.empty = "no memslot found yet"};

const struct view_columns dirty_vcpu_view = {
	.name = "dirty-vcpu",
	.title = "dirty pages by vCPU",
	.rows = ROWS_EVENT,
	.columns = dirty_vcpu_columns,
	.count = ARRAY_SIZE(dirty_vcpu_columns),
	.default_sort = 3,
	.groups = GROUP_BIT(GROUP_DIRTY),
	.kinds = {EVENT_DIRTY_VCPU},
	.other = VIEW_DIRTY,
	.reading =
		"Each row is what a vCPU adds to the dirty pages of a memslot; in the scope of a VM or the host, what "
		"all vCPUs do. Writes by the VMM itself are of no vCPU.",
	.empty = "no vCPU has made a page dirty while it was logged"};

const struct view_columns page_view = {
	.name = "page",
	.title = "dirty pages of a slot",
	.rows = ROWS_EVENT,
	.columns = page_columns,
	.count = ARRAY_SIZE(page_columns),
	.default_sort = 5,
	.groups = GROUP_BIT(GROUP_DIRTY),
	.kinds = {EVENT_DIRTY_PAGE},
	.reading =
		"Each row is a page that was marked as dirty. The first thousands of a VM have a row each, all further "
		"ones share that of the others.",
	.empty = "no page was marked while it was logged"};
