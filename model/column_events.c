/* SPDX-License-Identifier: GPL-2.0-only */
#include "column_events.h"

#include "column_kit.h"
#include "events.h"

EVENT_GETTER(event_vm)
{
	const struct vm_row *vm = row.event->vm ? snapshot_find_vm(snap, row.event->vm) : NULL;

	if (vm)
		text(out, vm->raw->name);
}

EVENT_GETTER(event_vcpu)
{
	const struct vcpu_row *vcpu = row.event->vcpu ? snapshot_find_vcpu(snap, row.event->vcpu) : NULL;

	if (vcpu)
		number(out, vcpu->raw->vcpu_id);
}

EVENT_GETTER(event_last_vcpu)
{
	const struct vcpu_row *vcpu = row.event->raw->vcpu ? snapshot_find_vcpu(snap, row.event->raw->vcpu) : NULL;

	if (vcpu)
		number(out, vcpu->raw->vcpu_id);
}

EVENT_GETTER(event_label)
{
	const struct event_row *e = row.event;
	const struct vm_row *vm = snapshot_find_vm(snap, e->vm ? e->vm : e->raw->vm);
	u32 isa = vm && vm->vcpu_count ? snap->vcpus[vm->vcpu_first].raw->isa : 0;

	text(out, event_name(isa, e->kind, e->sub, e->a, e->b, out->buf));
}

EVENT_GETTER(event_count)
{
	(void)snap;
	number(out, row.event->f.count);
}

EVENT_GETTER(event_rate)
{
	(void)snap;
	rate(out, row.event->f.count, row.event->over_ns);
}

EVENT_GETTER(event_errors)
{
	(void)snap;
	rate(out, row.event->errors, row.event->over_ns);
}

EVENT_GETTER(event_time)
{
	(void)snap;
	number(out, row.event->f.time_ns);
}

EVENT_GETTER(event_share)
{
	(void)snap;
	out->known = row.event->span_ns != 0;
	out->num = share(row.event->f.time_ns, row.event->span_ns);
}

EVENT_GETTER(event_min)
{
	(void)snap;
	duration(out, row.event->f.min_ns);
}

EVENT_GETTER(event_avg)
{
	(void)snap;
	average(&row.event->f, out);
}

EVENT_GETTER(event_p50)
{
	(void)snap;
	duration(out, row.event->f.p50_ns);
}

EVENT_GETTER(event_p99)
{
	(void)snap;
	duration(out, row.event->f.p99_ns);
}

EVENT_GETTER(event_max)
{
	(void)snap;
	duration(out, row.event->f.max_ns);
}

EVENT_GETTER(event_age)
{
	(void)snap;
	duration(out, row.event->raw->age_ns);
}

EVENT_GETTER(event_task)
{
	struct preemptor who = {.tid = row.event->raw->tid, .count = row.event->raw->tid != 0};

	for (u32 i = 0; i < TASK_COMM_LENGTH; i++)
		who.comm[i] = row.event->raw->comm[i];
	task(snap, &who, out);
}
