/* SPDX-License-Identifier: GPL-2.0-only */
/* The views of the VMM's requests to KVM, and of the memory map that they made. */
#include <inttypes.h>
#include <stdio.h>

#include "column_events.h"
#include "column_kit.h"
#include "event_names.h"
#include "views.h"

#define NEEDS PROBE_BIT(PROBE_IOCTL)

/* --- ioctls -------------------------------------------------------------------------------------------------------- */

GETTER(ioctl_file)
{
	(void)snap;
	text(out, ioctl_file_name(row.event->sub));
}

/* What is asked of /dev/kvm is counted by process: it has a name where that process runs one VM. */
GETTER(ioctl_vm)
{
	const struct vm_row *only = NULL;

	if (row.event->vm) {
		event_vm(snap, row, out);
		return;
	}
	if (!row.event->b)
		return;
	for (u32 i = 0; i < snap->vm_count; i++) {
		if (snap->vms[i].raw->pid != row.event->b)
			continue;
		if (only)
			return;
		only = &snap->vms[i];
	}
	if (only)
		text(out, only->raw->name);
}

/* KVM_RUN lasts as long as the guest runs: that is no time spent on a request. */
GETTER(ioctl_share)
{
	if (!ioctl_is_run(row.event->a))
		event_share(snap, row, out);
}

GETTER(ioctl_time)
{
	if (!ioctl_is_run(row.event->a))
		event_time(snap, row, out);
}

GETTER(ioctl_errno)
{
	(void)snap;
	if (row.event->raw->errors && row.event->sub != EVENT_OTHERS)
		number(out, row.event->value[IOCTL_ERRNO]);
}

/* clang-format off */
static const struct column ioctl_columns[] = {
	{.name = "ioctl", .title = "IOCTL", .unit = UNIT_TEXT, .get = event_label, .width = 24, .flexible = true,
	 .help = "What the VMM asked KVM for, by its name without KVM_; a request without a name keeps its number."},
	{.name = "file", .title = "FILE", .unit = UNIT_TEXT, .get = ioctl_file, .width = 8, .whole = true, .priority = 3,
	 .help = "Which file of KVM's it was made on: /dev/kvm, of no VM; a VM, a vCPU, or a device in the kernel."},
	{.name = "vm", .title = "VM", .unit = UNIT_TEXT, .get = ioctl_vm, .width = 13, .priority = 3,
	 .help = "The VM it was made of; of /dev/kvm the one that the process runs."},
	EVENT_VCPU_COLUMN,
	EVENT_COUNT_COLUMN(NEEDS),
	EVENT_RATE_COLUMN(NEEDS),
	{.name = "errors", .title = "ERR/S", .unit = UNIT_RATE, .get = event_errors, .width = 5, .priority = 1,
	 .descending = true, .needs_any = NEEDS,
	 .help = "How many a second failed. RUN fails with EINTR (4) whenever a signal gets the vCPU out: that is no fault."},
	{.name = "errno", .title = "ERRNO", .unit = UNIT_ID, .get = ioctl_errno, .width = 5, .priority = 7,
	 .needs_any = NEEDS, .help = "Error number of the last one that failed."},
	{.name = "share", .title = "TIME%", .unit = UNIT_SHARE, .get = ioctl_share, .of_vcpus = true, .width = 5,
	 .priority = 5, .descending = true, .needs_any = NEEDS,
	 .help = "Time in it as a share of vCPU time; whichever thread made it. Not told of RUN, in which the guest runs."},
	{.name = "time", .title = "TIME", .unit = UNIT_NS, .get = ioctl_time, .width = 6, .priority = 2,
	 .descending = true, .needs_any = NEEDS,
	 .help = "Time in those that ended in the interval. Not told of RUN, in which the guest runs."},
	{.name = "avg", .title = "AVG", .unit = UNIT_NS, .get = event_avg, .width = 6, .priority = 2, .descending = true,
	 .needs_any = NEEDS, .help = "Average duration; of RUN how long a vCPU stays in KVM between two exits to the VMM."},
	{.name = "p50", .title = "P50", .unit = UNIT_NS, .get = event_p50, .width = 6, .priority = 6, .descending = true,
	 .needs_any = NEEDS, .help = "Half of them were faster than this (within 6 %)."},
	{.name = "p99", .title = "P99", .unit = UNIT_NS, .get = event_p99, .width = 6, .priority = 3, .descending = true,
	 .needs_any = NEEDS, .help = "One in a hundred was slower than this (within 6 %)."},
	{.name = "max", .title = "MAX", .unit = UNIT_NS, .get = event_max, .width = 6, .priority = 1, .descending = true,
	 .needs_any = NEEDS, .help = "The longest of the interval: a request that took KVM's locks for long shows here."},
	{.name = "task", .title = "LAST BY", .unit = UNIT_TEXT, .get = event_task, .width = 14, .priority = 4,
	 .help = "The thread that made the last one."},
};

/* --- the memory map ------------------------------------------------------------------------------------------------ */

#define SLOT_GETTER(name, set)                                   \
	GETTER(name)                                             \
	{                                                        \
		const u64 *value = row.event->value;             \
                                                                 \
		(void)snap;                                      \
		if (row.event->sub != EVENT_OTHERS)              \
			set;                                     \
	}

SLOT_GETTER(slot_gpa, hex(out, value[MEMSLOT_GPA]))
SLOT_GETTER(slot_end, value[MEMSLOT_BYTES] ? hex(out, value[MEMSLOT_GPA] + value[MEMSLOT_BYTES] - 1) : text(out, "removed"))
SLOT_GETTER(slot_size, number(out, (double)value[MEMSLOT_BYTES]))
SLOT_GETTER(slot_hva, hex(out, value[MEMSLOT_HVA]))
SLOT_GETTER(slot_flags, text(out, memslot_flags(value[MEMSLOT_FLAGS], out->buf)))

static const struct column memslot_columns[] = {
	{.name = "slot", .title = "SLOT", .unit = UNIT_TEXT, .get = event_label, .width = 10, .flexible = true,
	 .help = "Number that the VMM gave to this part of the VM's memory; the last ones are KVM's own."},
	EVENT_VM_COLUMN,
	{.name = "gpa", .title = "GPA", .unit = UNIT_TEXT, .get = slot_gpa, .width = 14, .priority = 0,
	 .help = "Where it begins in the guest's memory."},
	{.name = "end", .title = "LAST BYTE", .unit = UNIT_TEXT, .get = slot_end, .width = 14, .priority = 2,
	 .help = "Where it ends in the guest's memory; or that the VMM has taken it away."},
	{.name = "size", .title = "SIZE", .unit = UNIT_BYTES, .get = slot_size, .width = 6, .priority = 1, .descending = true,
	 .help = "Its size; 0 when the VMM has taken it away."},
	{.name = "hva", .title = "HVA", .unit = UNIT_TEXT, .get = slot_hva, .width = 14, .whole = true, .priority = 3,
	 .help = "Where it is in the VMM's memory."},
	{.name = "flags", .title = "FLAGS", .unit = UNIT_TEXT, .get = slot_flags, .width = 12, .priority = 4,
	 .help = "log: writes are logged (a migration); ro: the guest cannot write; memfd: private memory; invalid: being changed."},
	{.name = "changes", .title = "CHANGES", .unit = UNIT_COUNT, .get = event_count, .width = 7, .priority = 5,
	 .descending = true, .help = "How often it was made, moved, changed or taken away in the interval."},
	{.name = "task", .title = "LAST BY", .unit = UNIT_TEXT, .get = event_task, .width = 14, .priority = 6,
	 .help = "The thread that changed it last."},
};
/* clang-format on */

const struct view_columns ioctl_view = {
	.name = "ioctl",
	.title = "ioctls",
	.rows = ROWS_EVENT,
	.columns = ioctl_columns,
	.count = ARRAY_SIZE(ioctl_columns),
	.default_sort = 5,
	.groups = GROUP_BIT(GROUP_IOCTL),
	.kinds = {EVENT_IOCTL},
	.other = VIEW_MEMSLOT,
	.reading = "Each row is a request that a VMM makes to KVM. A VM that is made shows as CREATE_VM and "
		   "CREATE_VCPU, one "
		   "that migrates as GET_DIRTY_LOG. Requests that are slow (MAX) hold up the VMM, those that fail "
		   "(ERR/S) show "
		   "what it asked for in vain.",
	.empty = "no ioctl yet",
};

const struct view_columns memslot_view = {
	.name = "memslot",
	.title = "memory map",
	.rows = ROWS_EVENT,
	.columns = memslot_columns,
	.count = ARRAY_SIZE(memslot_columns),
	.default_sort = 2,
	.groups = GROUP_BIT(GROUP_IOCTL),
	.kinds = {EVENT_MEMSLOT},
	.other = VIEW_IOCTL,
	.reading = "Each row is a part of a VM's memory: where the guest sees it and where the VMM has it.",
	.empty = "no memory slot found or changed since this view was opened",
};
