/* SPDX-License-Identifier: GPL-2.0-only */
#include "change.h"
#include "views.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "probes.h"

static const struct view_columns *const views[VIEWS] = {
	[VIEW_VM] = &vm_view,
	[VIEW_VCPU] = &vcpu_view,
	[VIEW_EXIT] = &exit_view,
	[VIEW_IRQ] = &irq_view,
	[VIEW_VECTOR] = &vector_view,
	[VIEW_FAULT] = &fault_view,
	[VIEW_REGION] = &region_view,
	[VIEW_STUCK] = &stuck_view,
	[VIEW_DIRTY] = &dirty_view,
	[VIEW_DIRTY_VCPU] = &dirty_vcpu_view,
	[VIEW_PAGE] = &page_view,
	[VIEW_HYPERCALL] = &hypercall_view,
	[VIEW_TIMER] = &timer_view,
	[VIEW_IOCTL] = &ioctl_view,
	[VIEW_MEMSLOT] = &memslot_view,
	[VIEW_CAUSE] = &cause_view,
	[VIEW_HALT] = &halt_view,
	[VIEW_STRETCH] = &stretch_view,
	[VIEW_LOG] = &log_view,
	[VIEW_FINDING] = &finding_view,
	/* The detail of one exit row has no rows of its own. */
	[VIEW_DETAIL] = &exit_view,
};

const struct view_columns *view_columns(enum view_id view)
{
	return views[view];
}

int column_find(const struct view_columns *view, const char *name)
{
	for (u32 i = 0; i < view->count; i++) {
		if (!strcasecmp(view->columns[i].name, name))
			return i;
	}
	return -ENOENT;
}

const struct column *column_find_any(const char *name)
{
	for (u32 view = 0; view < VIEWS; view++) {
		int i = column_find(views[view], name);

		if (i >= 0)
			return &views[view]->columns[i];
	}
	return NULL;
}

static u64 probes_on(const struct sample *s)
{
	u64 on = 0;

	for (u32 i = 0; i < s->probe_count && i < PROBES_MAX; i++) {
		if (s->probes[i].status == PROBE_ON)
			on |= PROBE_BIT(i);
	}
	return on;
}

bool column_is_quantity(const struct column *col)
{
	return col->unit == UNIT_COUNT || col->unit == UNIT_RATE || col->unit == UNIT_NS || col->unit == UNIT_MS ||
	       col->unit == UNIT_SHARE;
}

bool column_available(const struct column *col, const struct snapshot *snap, u64 *missing)
{
	u64 on = probes_on(snap->cur);
	u64 lacking = col->needs & ~on;

	if (col->needs_any && !(col->needs_any & on))
		lacking |= col->needs_any;
	if (missing)
		*missing = lacking;
	return !lacking;
}

double column_scale(const struct column *col, union row_ref row, enum view_id view, bool irix)
{
	u64 span = 0, over = 0;

	if (!irix || !col->of_vcpus)
		return 1;
	switch (view_columns(view)->rows) {
	case ROWS_VM:
		span = row.vm->budget.span_ns;
		over = row.vm->over_ns;
		break;
	case ROWS_VCPU:
		return 1;
	case ROWS_EXIT:
		span = row.exit->span_ns;
		over = row.exit->over_ns;
		break;
	case ROWS_LOG:
	case ROWS_FINDING:
		return 1;
	case ROWS_EVENT:
		span = row.event->span_ns;
		over = row.event->over_ns;
		break;
	}
	return over ? (double)span / (double)over : 1;
}

void column_value(const struct column *col, const struct snapshot *snap, union row_ref row, struct value *out)
{
	out->known = out->change = false;
	out->num = 0;
	out->text = NULL;
	out->budget = NULL;
	out->figures = NULL;
	if (column_available(col, snap, NULL))
		col->get(snap, row, out);
	if (snap->base)
		change_apply(col, snap, row, out);
}
