/* SPDX-License-Identifier: GPL-2.0-only */
/* Which rows of a snapshot, in what order. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "array.h"
#include "events.h"
#include "findings.h"
#include "query.h"

struct sort_key {
	union row_ref ref;
	double num;
	const char *text;
	u32 late; /* rows with a larger number come after all with a smaller one, in either direction */
};

enum { LATE_UNKNOWN = 1, LATE_IDLE = 2 };

/* The rows in scope: one run of one of the snapshot's arrays, in the order of their identity. */
struct source_rows {
	const void *first;
	size_t size;
	u32 count;
};

/* Of the host the sums over all VMs where a kind has them, else all VMs' rows; of a VM its sums; of a vCPU what is its own. With per_vcpu always that. */
static struct source_rows event_rows(const struct view_columns *view, const struct snapshot *snap,
				     const struct scope *scope)
{
	const struct event_info *info = event_info(view->kinds[0]);
	const struct vm_row *vm = scope->vm ? snapshot_find_vm(snap, scope->vm) : NULL;
	const struct event_row *rows = snap->vm_events;
	u32 first = 0, count = snap->vm_event_count;

	if (scope->vcpu || (view->per_vcpu && scope->vm)) {
		rows = snap->vcpu_events;
		first = vm ? vm->vcpu_event_first : 0;
		count = vm ? vm->vcpu_event_count : 0;
	} else if (view->per_vcpu) {
		rows = snap->vcpu_events;
		count = snap->vcpu_event_count;
	} else if (scope->vm) {
		first = vm ? vm->event_first : 0;
		count = vm ? vm->event_count : 0;
	} else if (info && info->host_sum) {
		rows = snap->host_events;
		count = snap->host_event_count;
	}
	return (struct source_rows){count ? rows + first : NULL, sizeof(*rows), count};
}

static bool event_in_scope(const struct view_columns *view, const struct scope *scope, const struct event_row *row)
{
	if (scope->vcpu && row->vcpu != scope->vcpu)
		return false;
	/* Among the others of a VM may be some of this. */
	if (scope->by_sub && row->sub != scope->sub && row->sub != EVENT_OTHERS)
		return false;
	/* A record of others that never counted anything only says how many keys there are. */
	if (row->sub == EVENT_OTHERS && !row->f.count && !row->raw->x.count)
		return false;
	for (u32 i = 0; i < VIEW_KINDS && view->kinds[i]; i++)
		if (row->kind == view->kinds[i])
			return true;
	return false;
}

/* What was logged before the scope was changed is of other VMs as well. */
static bool log_in_scope(const struct scope *scope, const struct log_sample *line)
{
	return (!scope->vm || line->vm == scope->vm) && (!scope->vcpu || line->vcpu == scope->vcpu);
}

/* What a whole VM has is true of its vCPUs too, and what the host has of all. */
static bool finding_in_scope(const struct scope *scope, const struct finding *f)
{
	return (!scope->vm || !f->vm || f->vm == scope->vm) && (!scope->vcpu || !f->vcpu || f->vcpu == scope->vcpu);
}

static struct source_rows vm_rows(const struct snapshot *snap, const struct scope *scope)
{
	const struct vm_row *vm = scope->vm ? snapshot_find_vm(snap, scope->vm) : snap->vms;

	return (struct source_rows){vm, sizeof(*vm), !scope->vm ? snap->vm_count : vm ? 1 : 0};
}

static struct source_rows vcpu_rows(const struct snapshot *snap, const struct scope *scope)
{
	const struct vm_row *vm;

	if (scope->vcpu) {
		const struct vcpu_row *vcpu = snapshot_find_vcpu(snap, scope->vcpu);

		return (struct source_rows){vcpu, sizeof(*vcpu), vcpu ? 1 : 0};
	}
	if (!scope->vm)
		return (struct source_rows){snap->vcpus, sizeof(*snap->vcpus), snap->vcpu_count};
	vm = snapshot_find_vm(snap, scope->vm);
	if (!vm || !vm->vcpu_count)
		return (struct source_rows){0};
	return (struct source_rows){&snap->vcpus[vm->vcpu_first], sizeof(*snap->vcpus), vm->vcpu_count};
}

static struct source_rows exit_rows(const struct snapshot *snap, const struct scope *scope)
{
	const struct exit_row *rows = snap->host_exits;
	u32 first = 0, count = snap->host_exit_count;

	if (scope->vcpu) {
		const struct vcpu_row *vcpu = snapshot_find_vcpu(snap, scope->vcpu);

		rows = vcpu ? snapshot_vcpu_exits(snap, vcpu) : NULL;
		count = vcpu ? vcpu->exit_count : 0;
	} else if (scope->vm) {
		const struct vm_row *vm = snapshot_find_vm(snap, scope->vm);

		rows = snap->vm_exits;
		first = vm ? vm->exit_first : 0;
		count = vm ? vm->exit_count : 0;
	}
	return (struct source_rows){count ? rows + first : NULL, sizeof(*rows), count};
}

static struct source_rows scope_rows(const struct query *q, const struct snapshot *snap)
{
	const struct view_columns *view = view_columns(q->view);

	switch (view->rows) {
	case ROWS_LOG:
		return (struct source_rows){snap->log, sizeof(*snap->log), snap->log_count};
	case ROWS_FINDING:
		return (struct source_rows){q->findings ? q->findings->list : NULL, sizeof(struct finding),
					    q->findings ? q->findings->count : 0};
	case ROWS_VM:
		return vm_rows(snap, &q->scope);
	case ROWS_VCPU:
		return vcpu_rows(snap, &q->scope);
	case ROWS_EVENT:
		return event_rows(view, snap, &q->scope);
	default:
		return exit_rows(snap, &q->scope);
	}
}

/* The number that begins at *at: its base, and its digits without leading zeros. Leaves *at behind it. */
static int number_at(const char **at, const char **digits, size_t *len)
{
	bool hex = (*at)[0] == '0' && (*at)[1] == 'x' && isxdigit((unsigned char)(*at)[2]);
	const char *p = *at + 2 * hex;

	while (*p == '0')
		p++;
	*digits = p;
	while (hex ? isxdigit((unsigned char)*p) : isdigit((unsigned char)*p))
		p++;
	*len = (size_t)(p - *digits);
	*at = p;
	return hex ? 16 : 10;
}

int text_order(const char *a, const char *b)
{
	const char *p = a, *q = b, *x, *y;
	size_t m, n;

	while (*p && *q) {
		int one, other;

		if (!isdigit((unsigned char)*p) || !isdigit((unsigned char)*q)) {
			one = tolower((unsigned char)*p++);
			other = tolower((unsigned char)*q++);
		} else {
			one = number_at(&p, &x, &m);
			other = number_at(&q, &y, &n);
			if (one == other && m != n)
				return m < n ? -1 : 1;
			if (one == other) {
				one = strncasecmp(x, y, m);
				other = 0;
			}
		}
		if (one != other)
			return one < other ? -1 : 1;
	}
	return *p || *q ? (*p ? 1 : -1) : strcmp(a, b);
}

static int compare(const struct sort_key *a, const struct sort_key *b, bool text, bool descending)
{
	int order = 0;

	if (a->late != b->late)
		return a->late < b->late ? -1 : 1;
	if (a->late & LATE_UNKNOWN)
		return 0;
	if (text) {
		order = text_order(a->text, b->text);
	} else if (a->num != b->num) {
		order = a->num < b->num ? -1 : 1;
	}
	return descending ? -order : order;
}

#define RUN 8

/*
 * Stable merge sort of keys[0..count), with spare[0..count) to work in. The sorted keys end up in the array returned.
 * Equal keys keep their order, which is that of the rows' identity, so a refresh never swaps equal rows.
 */
static struct sort_key *merge_sort(struct sort_key *keys, struct sort_key *spare, u32 count, bool text, bool descending)
{
	for (u32 start = 0; start < count; start += RUN) {
		u32 end = count - start < RUN ? count : start + RUN;

		for (u32 i = start + 1; i < end; i++) {
			struct sort_key key = keys[i];
			u32 j = i;

			for (; j > start && compare(&keys[j - 1], &key, text, descending) > 0; j--)
				keys[j] = keys[j - 1];
			keys[j] = key;
		}
	}
	for (u64 run = RUN; run < count; run *= 2) {
		struct sort_key *swap;

		for (u64 start = 0; start < count; start += 2 * run) {
			u64 mid = start + run < count ? start + run : count;
			u64 end = start + 2 * run < count ? start + 2 * run : count;
			u64 a = start, b = mid;

			for (u64 i = start; i < end; i++) {
				bool left = b >= end || (a < mid && compare(&keys[a], &keys[b], text, descending) <= 0);

				spare[i] = left ? keys[a++] : keys[b++];
			}
		}
		swap = keys;
		keys = spare;
		spare = swap;
	}
	return keys;
}

int query_run(const struct query *q, const struct snapshot *snap, struct rows *out)
{
	const struct view_columns *view = view_columns(q->view);
	struct source_rows from = scope_rows(q, snap);
	const struct column *col;
	struct sort_key *keys, *sorted;
	bool text;

	out->count = 0;
	out->total = 0;
	out->parts = 0;
	if (!from.count)
		return 0;
	col = &view->columns[q->sort >= 0 && (u32)q->sort < view->count ? (u32)q->sort : view->default_sort];
	text = col->unit == UNIT_TEXT;
	keys = out->keys;
	if (ARRAY_ROOM(keys, out->key_room, 2 * (u64)from.count))
		return -ENOMEM;
	out->keys = keys;
	if (ARRAY_ROOM(out->ref, out->room, from.count) || (text && ARRAY_ROOM(out->texts, out->text_room, from.count)))
		return -ENOMEM;
	for (u32 i = 0; i < from.count; i++) {
		union row_ref ref = {.any = (const char *)from.first + i * from.size};
		struct sort_key *key = &keys[out->count];
		struct value local, *value = text ? &out->texts[out->count] : &local;

		if (view->rows == ROWS_EXIT && (EXIT_KEY_KIND(ref.exit->key) == EXIT_USER) != q->show_user)
			continue;
		if (view->rows == ROWS_EVENT && view->shown && !view->shown(ref.event))
			continue;
		if (view->rows == ROWS_EVENT && !event_in_scope(view, &q->scope, ref.event))
			continue;
		if (view->rows == ROWS_LOG && !log_in_scope(&q->scope, ref.log))
			continue;
		if (view->rows == ROWS_FINDING && !finding_in_scope(&q->scope, ref.finding))
			continue;
		out->total++;
		if (!filter_match(q->filter, snap, view, ref))
			continue;
		column_value(col, snap, ref, value);
		*key = (struct sort_key){
			.ref = ref, .num = value->num * column_scale(col, ref, q->view, q->irix), .text = value->text};
		key->late = value->known ? 0 : LATE_UNKNOWN;
		if (q->idle_last && view->rows == ROWS_EXIT && ref.exit->idle)
			key->late |= LATE_IDLE;
		out->count++;
	}
	sorted = merge_sort(keys, keys + out->count, out->count, text, q->descending);
	for (u32 i = 0; i < out->count; i++)
		out->ref[i] = sorted[i].ref;
	return 0;
}

void rows_free(struct rows *rows)
{
	free(rows->ref);
	free(rows->keys);
	free(rows->texts);
	memset(rows, 0, sizeof(*rows));
}

struct row_id row_identity(enum view_id view, union row_ref row)
{
	struct row_id id = {.view = view};

	switch (view_columns(view)->rows) {
	case ROWS_VM:
		id.vm = row.vm->uid;
		id.vcpu = row.vm->part ? row.vm->part->uid : 0;
		break;
	case ROWS_VCPU:
		id.vm = row.vcpu->vm;
		id.vcpu = row.vcpu->uid;
		break;
	case ROWS_LOG:
		/* Two of one thread do not happen in the same nanosecond. */
		id.vm = row.log->vm;
		id.vcpu = row.log->vcpu;
		id.kind = row.log->kind;
		id.key = row.log->ns;
		id.a = row.log->tid;
		break;
	case ROWS_FINDING:
		/* Which of the VM's vCPUs is the worst changes from tick to tick. */
		id.vm = row.finding->vm;
		id.kind = row.finding->id;
		id.sub = row.finding->loss;
		break;
	case ROWS_EVENT:
		id.vm = row.event->vm;
		id.vcpu = row.event->vcpu;
		id.kind = row.event->kind;
		id.sub = row.event->sub;
		id.a = row.event->a;
		id.b = row.event->b;
		break;
	default:
		id.vm = row.exit->vm;
		id.vcpu = row.exit->vcpu;
		id.isa = row.exit->isa;
		id.key = row.exit->key;
		break;
	}
	return id;
}

bool row_id_equal(const struct row_id *a, const struct row_id *b)
{
	return a->view == b->view && a->vm == b->vm && a->vcpu == b->vcpu && a->isa == b->isa && a->key == b->key &&
	       a->kind == b->kind && a->sub == b->sub && a->a == b->a && a->b == b->b;
}

int rows_find(const struct rows *rows, enum view_id view, const struct row_id *id)
{
	for (u32 i = 0; i < rows->count; i++) {
		struct row_id found = row_identity(view, rows->ref[i]);

		if (row_id_equal(&found, id))
			return i;
	}
	return -1;
}
