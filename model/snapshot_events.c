/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events between two samples: both are in the same order and are walked side by side. Of a VM the records of one key are
 * neighbours, whichever vCPU they are of, so its sums are made in one pass; over VMs they are first put in order.
 */
#include <stdlib.h>
#include <string.h>

#include "accumulate.h"
#include "array.h"
#include "events.h"
#include "figures.h"

static bool same_key(const struct event_row *a, const struct event_row *b)
{
	return a->kind == b->kind && a->sub == b->sub && a->a == b->a && a->b == b->b;
}

static int row_build(struct snapshot *out, struct event_row *row, const struct sample *before,
		     const struct event_sample *prev, const struct sample *now, const struct event_sample *cur,
		     bool exact)
{
	const struct event_info *info = event_info(cur->kind);
	struct exit_sample x = cur->x, old = prev ? prev->x : (struct exit_sample){0};

	*row = (struct event_row){.vm = cur->vm,
				  .vcpu = cur->vcpu,
				  .kind = cur->kind,
				  .sub = cur->sub,
				  .a = cur->a,
				  .b = cur->b,
				  .vcpus = 1,
				  .raw = cur,
				  .errors = minus(cur->errors, prev ? prev->errors : 0)};
	for (u32 i = 0; i < EVENT_VALUES; i++) {
		bool sum = info && info->value[i].kind == VALUE_SUM && cur->sub != EVENT_OTHERS;

		row->value[i] = sum ? minus(cur->value[i], prev ? prev->value[i] : 0) : cur->value[i];
	}
	/* Cells are counted with each event: what completed is what happened. */
	if (info && info->cells) {
		x.done = x.count;
		old.done = old.count;
	}
	if (figures_build(out, &row->f, before, NULL, prev ? &old : NULL, now, NULL, &x, exact) ||
	    figures_durations(out, &row->f, before, prev ? &old : NULL, now, &x, exact))
		return -ENOMEM;
	if (info && info->cells)
		row->f.min_ns = row->f.max_ns = row->f.p50_ns = row->f.p99_ns = 0;
	return 0;
}

/* Adds all but the histogram. */
static void row_add(struct event_row *sum, const struct event_row *row)
{
	const struct event_info *info = event_info(row->kind);
	bool newer = row->raw->age_ns < sum->raw->age_ns;

	sum->vcpus += row->vcpus;
	sum->ended &= row->ended;
	sum->errors += row->errors;
	figures_add(&sum->f, &row->f);
	for (u32 i = 0; i < EVENT_VALUES; i++) {
		enum value_kind kind = info ? info->value[i].kind : VALUE_NONE;

		if (kind == VALUE_SUM || row->sub == EVENT_OTHERS)
			sum->value[i] += row->value[i];
		else if (kind == VALUE_MAX ? row->value[i] > sum->value[i] : newer)
			sum->value[i] = row->value[i];
	}
	if (newer)
		sum->raw = row->raw;
}

/* The sum of rows[order[0..count)] (order NULL: of rows[0..count)), all of one key, appended to out->hist and *sum. */
static int sum_build(struct snapshot *out, struct event_row *sum, const struct event_row *rows, const u32 *order,
		     u32 count)
{
	struct accumulator acc = {.low = 0};
	const struct event_row *first = &rows[order ? order[0] : 0];

	*sum = *first;
	if (count == 1)
		return 0;
	acc_add(&acc, out->hist, first->f.hist);
	for (u32 i = 1; i < count; i++) {
		const struct event_row *row = &rows[order ? order[i] : i];

		row_add(sum, row);
		acc_add(&acc, out->hist, row->f.hist);
	}
	if (acc_store(&acc, out, &sum->f.hist))
		return -ENOMEM;
	if (!event_info(sum->kind) || !event_info(sum->kind)->cells)
		figures_quantiles(&sum->f, out->hist);
	return 0;
}

static int vm_sums(struct snapshot *out, struct vm_row *vm)
{
	const struct event_row *rows = &out->vcpu_events[vm->vcpu_event_first];

	vm->event_first = out->vm_event_count;
	for (u32 i = 0, n; i < vm->vcpu_event_count; i += n) {
		struct event_row *sum;

		for (n = 1; i + n < vm->vcpu_event_count && same_key(&rows[i], &rows[i + n]);)
			n++;
		if (ARRAY_ROOM(out->vm_events, out->vm_event_room, (u64)out->vm_event_count + 1))
			return -ENOMEM;
		sum = &out->vm_events[out->vm_event_count++];
		if (sum_build(out, sum, &rows[i], NULL, n))
			return -ENOMEM;
		sum->vcpu = 0;
		sum->span_ns = vm->budget.span_ns;
		sum->over_ns = vm->over_ns ?: out->interval_ns;
	}
	vm->event_count = out->vm_event_count - vm->event_first;
	return 0;
}

static int compare_keys(const void *va, const void *vb, void *rows_)
{
	const struct event_row *rows = rows_, *a = &rows[*(const u32 *)va], *b = &rows[*(const u32 *)vb];

	COMPARE(a->kind, b->kind);
	COMPARE(a->sub, b->sub);
	COMPARE(a->a, b->a);
	COMPARE(a->b, b->b);
	COMPARE(a->vm, b->vm);
	return 0;
}

static int host_sums(struct snapshot *out)
{
	u32 count = 0;

	if (ARRAY_ROOM(out->event_order, out->event_order_room, out->vm_event_count))
		return -ENOMEM;
	for (u32 i = 0; i < out->vm_event_count; i++) {
		const struct event_info *info = event_info(out->vm_events[i].kind);

		if (info && info->host_sum)
			out->event_order[count++] = i;
	}
	if (count)
		qsort_r(out->event_order, count, sizeof(*out->event_order), compare_keys, out->vm_events);
	for (u32 i = 0, n; i < count; i += n) {
		const struct event_row *first = &out->vm_events[out->event_order[i]];
		struct event_row *sum;

		for (n = 1; i + n < count && same_key(first, &out->vm_events[out->event_order[i + n]]);)
			n++;
		if (ARRAY_ROOM(out->host_events, out->host_event_room, (u64)out->host_event_count + 1))
			return -ENOMEM;
		sum = &out->host_events[out->host_event_count++];
		if (sum_build(out, sum, out->vm_events, &out->event_order[i], n))
			return -ENOMEM;
		sum->vm = 0;
		sum->span_ns = out->budget.span_ns;
		sum->over_ns = out->interval_ns;
	}
	return 0;
}

int events_build(struct snapshot *out, const struct sample *before, const struct sample *now, bool exact)
{
	u32 old = 0, at = 0;

	if (ARRAY_ROOM(out->vcpu_events, out->vcpu_event_room, now->event_count))
		return -ENOMEM;
	for (u32 i = 0; i < now->event_count; i++) {
		const struct event_sample *cur = &now->events[i], *prev = NULL;
		struct event_row *row = &out->vcpu_events[out->vcpu_event_count++];
		const struct vcpu_row *vcpu;

		while (before && old < before->event_count && event_sample_compare(&before->events[old], cur) < 0)
			old++;
		if (before && old < before->event_count && !event_sample_compare(&before->events[old], cur))
			prev = &before->events[old];
		if (row_build(out, row, before, prev, now, cur, exact))
			return -ENOMEM;
		vcpu = row->vcpu ? snapshot_find_vcpu(out, row->vcpu) : NULL;
		row->span_ns = vcpu ? vcpu->budget.span_ns : 0;
		row->over_ns = vcpu ? vcpu->over_ns : out->interval_ns;
	}
	while (at < out->vcpu_event_count && !out->vcpu_events[at].vm)
		at++;
	/* of no VM: listed before those of VMs */
	if (ARRAY_ROOM(out->vm_events, out->vm_event_room, at))
		return -ENOMEM;
	for (u32 i = 0; i < at; i++)
		out->vm_events[out->vm_event_count++] = out->vcpu_events[i];
	for (u32 i = 0; i < out->vm_count; i++) {
		struct vm_row *vm = &out->vms[i];

		while (at < out->vcpu_event_count && out->vcpu_events[at].vm < vm->uid)
			at++;
		vm->vcpu_event_first = at;
		for (; at < out->vcpu_event_count && out->vcpu_events[at].vm == vm->uid; at++) {
			struct event_row *row = &out->vcpu_events[at];

			row->ended = vm->ended;
			if (!row->span_ns)
				row->span_ns = vm->budget.span_ns;
			if (!row->vcpu)
				row->over_ns = vm->over_ns ?: out->interval_ns;
		}
		vm->vcpu_event_count = at - vm->vcpu_event_first;
		if (vm_sums(out, vm))
			return -ENOMEM;
	}
	return host_sums(out);
}

const struct event_row *snapshot_find_event(const struct snapshot *snap, const struct vcpu_row *vcpu, u32 kind, u32 sub)
{
	const struct vm_row *vm = snapshot_find_vm(snap, vcpu->vm);

	for (u32 i = 0; vm && i < vm->vcpu_event_count; i++) {
		const struct event_row *row = &snap->vcpu_events[vm->vcpu_event_first + i];

		if (row->kind > kind)
			break;
		if (row->kind == kind && row->vcpu == vcpu->uid && (sub == ~0U || row->sub == sub))
			return row;
	}
	return NULL;
}
