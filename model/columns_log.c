/* SPDX-License-Identifier: GPL-2.0-only */
/* The log view: one row an event. */
#include <inttypes.h>
#include <stdio.h>

#include "column_kit.h"
#include "events.h"
#include "views.h"

GETTER(log_time)
{
	const struct sample *cur = snap->cur;
	u64 ns = row.log->ns;

	number(out, (double)((ns <= cur->mono_ns ? cur->real_ns - (cur->mono_ns - ns) : cur->real_ns) / NSEC_PER_USEC));
}

GETTER(log_vm)
{
	const struct vm_row *vm = row.log->vm ? snapshot_find_vm(snap, row.log->vm) : NULL;

	if (vm)
		text(out, vm->raw->name);
}

GETTER(log_vcpu)
{
	const struct vcpu_row *vcpu = row.log->vcpu ? snapshot_find_vcpu(snap, row.log->vcpu) : NULL;

	if (vcpu)
		number(out, vcpu->raw->vcpu_id);
}

GETTER(log_type)
{
	const struct event_info *info = event_info(row.log->kind);

	(void)snap;
	if (info)
		text(out, info->name);
}

GETTER(log_what)
{
	const struct log_sample *l = row.log;
	const struct vm_row *vm = snapshot_find_vm(snap, l->vm);
	u32 isa = vm && vm->vcpu_count ? snap->vcpus[vm->vcpu_first].raw->isa : 0;

	text(out, event_name(isa, l->kind, l->sub, l->a, l->b, out->buf));
}

GETTER(log_detail)
{
	(void)snap;
	text(out, event_detail(row.log, out->buf, sizeof(out->buf)));
}

GETTER(log_took)
{
	(void)snap;
	duration(out, row.log->took_ns);
}

GETTER(log_task)
{
	struct preemptor who = {.tid = row.log->tid, .count = 1};

	(void)snap;
	for (u32 i = 0; i < TASK_COMM_LENGTH; i++)
		who.comm[i] = row.log->comm[i];
	/* the columns before it have the vCPU */
	task(NULL, &who, out);
}

/* clang-format off */
static const struct column log_columns[] = {
	{.name = "when", .title = "TIME", .unit = UNIT_TIME, .get = log_time, .width = 15, .descending = true,
	 .help = "When it happened, to the microsecond."},
	{.name = "vm", .title = "VM", .unit = UNIT_TEXT, .get = log_vm, .width = 11, .priority = 1,
	 .help = "The VM it happened in, whichever thread made it happen."},
	{.name = "vcpu", .title = "ID", .unit = UNIT_ID, .get = log_vcpu, .width = 3, .priority = 2,
	 .help = "The vCPU; a dash for what happens to the VM as a whole."},
	{.name = "event", .title = "EVENT", .unit = UNIT_TEXT, .get = log_type, .width = 10, .priority = 0,
	 .help = "Which kind of event."},
	{.name = "what", .title = "WHAT", .unit = UNIT_TEXT, .get = log_what, .width = 24, .flexible = true,
	 .whole = true, .priority = 1, .help = "What it was about, by its usual name."},
	{.name = "detail", .title = "DETAIL", .unit = UNIT_TEXT, .get = log_detail, .width = 26, .flexible = true,
	 .priority = 5,
	 .help = "Its key and values, by the names that --json has for them."},
	{.name = "took", .title = "TOOK", .unit = UNIT_NS, .get = log_took, .width = 6, .priority = 4,
	 .descending = true, .help = "How long it took; a dash for what has no duration."},
	{.name = "task", .title = "BY", .unit = UNIT_TEXT, .get = log_task, .width = 15, .priority = 6,
	 .help = "The thread that made it happen, and its id: a vCPU's, vhost's, the VMM's or the kernel's own."},
};
/* clang-format on */

const struct view_columns log_view = {.name = "log",
				      .title = "log",
				      .rows = ROWS_LOG,
				      .columns = log_columns,
				      .count = ARRAY_SIZE(log_columns),
				      .default_sort = 0,
				      .groups = ~GROUP_BIT(GROUP_CORE),
				      .empty = "no event yet"};
