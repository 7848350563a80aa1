/* SPDX-License-Identifier: GPL-2.0-only */
#include "change.h"

#include "tree.h"

static const struct exit_row *find_exit(const struct exit_row *rows, u32 count, const struct exit_row *like)
{
	for (u32 i = 0; i < count; i++)
		if (rows[i].key == like->key && rows[i].isa == like->isa)
			return &rows[i];
	return NULL;
}

static const struct exit_row *exit_of(const struct snapshot *base, const struct exit_row *row)
{
	const struct vcpu_row *vcpu;
	const struct vm_row *vm;

	if (row->vcpu) {
		vcpu = snapshot_find_vcpu(base, row->vcpu);
		return vcpu ? find_exit(snapshot_vcpu_exits(base, vcpu), vcpu->exit_count, row) : NULL;
	}
	if (row->vm) {
		vm = snapshot_find_vm(base, row->vm);
		return vm ? find_exit(base->vm_exits + vm->exit_first, vm->exit_count, row) : NULL;
	}
	return find_exit(base->host_exits, base->host_exit_count, row);
}

static int compare_events(const struct event_row *a, const struct event_row *b)
{
	COMPARE_EVENTS(a, b);
	return 0;
}

static bool is_among(const struct event_row *row, const struct event_row *rows, u32 count)
{
	return count && row >= rows && row < rows + count;
}

/*
 * All three arrays are in that order; which of them a row is of tells what it is the sum of. Its VM does not: what is of no
 * VM stands among the sums of VMs.
 */
static const struct event_row *event_of(const struct snapshot *snap, const struct event_row *row)
{
	const struct snapshot *base = snap->base;
	const struct event_row *rows = base->vm_events;
	u32 low = 0, high = base->vm_event_count;

	if (is_among(row, snap->vcpu_events, snap->vcpu_event_count)) {
		rows = base->vcpu_events;
		high = base->vcpu_event_count;
	} else if (is_among(row, snap->host_events, snap->host_event_count)) {
		rows = base->host_events;
		high = base->host_event_count;
	}
	while (low < high) {
		u32 mid = low + (high - low) / 2;
		int order = compare_events(&rows[mid], row);

		if (!order)
			return &rows[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static bool rows_of(const struct column *col, enum row_type *type)
{
	for (enum view_id view = VIEW_VM; view < VIEW_DETAIL; view++) {
		const struct view_columns *cols = view_columns(view);

		if (col < cols->columns || col >= cols->columns + cols->count)
			continue;
		*type = cols->rows;
		return true;
	}
	return false;
}

void change_apply(const struct column *col, const struct snapshot *snap, union row_ref row, struct value *out)
{
	const struct snapshot *base = snap->base;
	struct value was = {0};
	enum row_type type;
	union row_ref then;
	struct vm_row part;
	bool length = col->unit == UNIT_NS;

	if (!column_is_quantity(col) || !rows_of(col, &type) || type == ROWS_LOG || type == ROWS_FINDING)
		return;
	switch (type) {
	case ROWS_VM:
		then.vm = snapshot_find_vm(base, row.vm->uid);
		if (then.vm && row.vm->part) {
			const struct vcpu_row *vcpu = snapshot_find_vcpu(base, row.vm->part->uid);

			if (vcpu)
				tree_part(&part, then.vm, vcpu);
			then.vm = vcpu ? &part : NULL;
		}
		break;
	case ROWS_VCPU:
		then.vcpu = snapshot_find_vcpu(base, row.vcpu->uid);
		break;
	case ROWS_EVENT:
		then.event = event_of(snap, row.event);
		break;
	default:
		then.exit = exit_of(base, row.exit);
	}
	out->change = true;
	if (then.any && column_available(col, base, NULL))
		col->get(base, then, &was);
	/* it began since: from nothing, but where "nothing" is no number */
	if (!then.any && !length && base->interval_ns)
		was.known = true;
	out->known = out->known && was.known;
	out->num = out->known ? out->num - was.num : 0;
}
