// SPDX-License-Identifier: GPL-2.0-only
#include "tree.h"

#include <errno.h>
#include <stdlib.h>

#include "array.h"

static u32 place_of(const struct tree *tree, vm_uid vm)
{
	u32 at = 0;

	while (at < tree->count && tree->open[at] != vm)
		at++;
	return at;
}

bool tree_is_open(const struct tree *tree, vm_uid vm)
{
	return (place_of(tree, vm) < tree->count) != tree->all;
}

int tree_toggle(struct tree *tree, vm_uid vm)
{
	u32 at = place_of(tree, vm);

	if (at < tree->count) {
		tree->open[at] = tree->open[--tree->count];
		return 0;
	}
	if (ARRAY_ROOM(tree->open, tree->open_room, tree->count + 1))
		return -ENOMEM;
	tree->open[tree->count++] = vm;
	return 0;
}

void tree_set_all(struct tree *tree, bool open)
{
	tree->all = open;
	tree->count = 0;
}

void tree_part(struct vm_row *out, const struct vm_row *vm, const struct vcpu_row *vcpu)
{
	const struct vcpu_sample *raw = vcpu->raw;
	bool stuck =
		!vcpu->ended && (raw->state == VCPU_KVM || raw->state == VCPU_USER) && raw->state_ns >= NSEC_PER_SEC;

	*out = (struct vm_row){
		.uid = vm->uid,
		.raw = vm->raw,
		.part = vcpu,
		.fresh = vcpu->fresh,
		.ended = vcpu->ended,
		.over_ns = vcpu->over_ns,
		.vcpus = 1,
		.budget = vcpu->budget,
		.exits = vcpu->exits,
		.user_exits = vcpu->user_exits,
		.entries = vcpu->entries,
		.halts = vcpu->halts,
		.preemptions = vcpu->preemptions,
		.migrations = vcpu->migrations,
		.faults = vcpu->faults,
		.has_faults = vcpu->has_faults,
		.f = vcpu->f,
		.all = vcpu->all,
		.user = vcpu->user,
		.top_key = vcpu->top_key,
		.top_isa = raw->isa,
		.stuck_state = stuck ? raw->state : 0,
		.stuck_ns = stuck ? raw->state_ns : 0,
		.paused_ns = vcpu->paused ? vm->paused_ns : 0,
	};
}

/* Where it belongs among those before it: unknown values last, as in every list. */
static void sort_parts(struct vm_row *parts, u32 count, const struct column *col, const struct query *q,
		       const struct snapshot *snap)
{
	for (u32 i = 1; i < count && col->unit != UNIT_TEXT; i++) {
		struct vm_row part = parts[i];
		struct value mine = {0}, other;
		u32 at = i;

		column_value(col, snap, (union row_ref){.vm = &part}, &mine);
		for (; at > 0 && mine.known; at--) {
			other = (struct value){0};
			column_value(col, snap, (union row_ref){.vm = &parts[at - 1]}, &other);
			if (other.known && (q->descending ? other.num >= mine.num : other.num <= mine.num))
				break;
			parts[at] = parts[at - 1];
		}
		parts[at] = part;
	}
}

int tree_expand(struct tree *tree, const struct query *q, const struct snapshot *snap, struct rows *rows)
{
	const struct view_columns *view = view_columns(q->view);
	const struct column *col;
	u32 more = 0, to, at = 0;

	rows->parts = 0;
	if (view->rows != ROWS_VM || (!tree->all && !tree->count))
		return 0;
	for (u32 i = 0; i < rows->count; i++)
		more += tree_is_open(tree, rows->ref[i].vm->uid) ? rows->ref[i].vm->vcpu_count : 0;
	if (!more)
		return 0;
	if (ARRAY_ROOM(tree->parts, tree->part_room, more) ||
	    ARRAY_ROOM(rows->ref, rows->room, (u64)rows->count + more))
		return -ENOMEM;
	col = &view->columns[q->sort >= 0 && (u32)q->sort < view->count ? (u32)q->sort : view->default_sort];
	/* from the end, so that no row is in the way of another */
	to = rows->count + more;
	for (u32 i = rows->count; i-- > 0;) {
		const struct vm_row *vm = rows->ref[i].vm;
		u32 count = tree_is_open(tree, vm->uid) ? vm->vcpu_count : 0;
		struct vm_row *parts = &tree->parts[at];

		for (u32 k = 0; k < count; k++)
			tree_part(&parts[k], vm, &snap->vcpus[vm->vcpu_first + k]);
		sort_parts(parts, count, col, q, snap);
		at += count;
		for (u32 k = count; k-- > 0;)
			rows->ref[--to].vm = &parts[k];
		if (count)
			parts[count - 1].last_part = true;
		rows->ref[--to].vm = vm;
	}
	rows->count += more;
	rows->parts = more;
	return 0;
}

void tree_free(struct tree *tree)
{
	free(tree->open);
	free(tree->parts);
	*tree = (struct tree){0};
}
