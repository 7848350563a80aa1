// SPDX-License-Identifier: GPL-2.0-only
/* Metrics of the events beside the exits: of every kind that model/events.c knows, by its own names. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "events.h"
#include "metrics_table.h"

/* A name of one VM and kind: keys that an operator calls the same are one series. */
struct named_events {
	char name[EVENT_NAME_SIZE];
	u64 count, errors;
};

/* What has as many keys as a guest has memory is told in one sum. */
static bool has_few_names(u32 kind)
{
	switch (kind) {
	case EVENT_MSI:
	case EVENT_IPI:
	case EVENT_REGION:
	case EVENT_STUCK:
	case EVENT_DIRTY_PAGE:
	case EVENT_MMIO:
		return false;
	default:
		return true;
	}
}

/* All rows of one VM and kind. */
struct run {
	const struct event_info *info;
	const struct event_row *rows;
	u32 count;
	u32 isa;
};

/* Calls one for each; labels have room for one more. VM 0 is none: its labels are empty. */
static void each_run(struct writer *w, void (*one)(struct writer *w, const struct run *run, struct label *labels))
{
	const struct snapshot *snap = w->snap;

	for (u32 i = 0, end; i < snap->vm_event_count; i = end) {
		const struct event_row *first = &snap->vm_events[i];
		const struct vm_row *vm = first->vm ? snapshot_find_vm(snap, first->vm) : NULL;
		struct run run = {.info = event_info(first->kind), .rows = first};
		struct vm_label name = {"", ""};
		struct label labels[5] = {{"vm", name.name}, {"pid", name.pid}};

		for (end = i; end < snap->vm_event_count; end++)
			if (snap->vm_events[end].vm != first->vm || snap->vm_events[end].kind != first->kind)
				break;
		run.count = end - i;
		if (!run.info || (first->vm && !vm))
			continue;
		if (vm) {
			vm_labels(w, (u32)(vm - snap->vms), &name);
			run.isa = vm->vcpu_count ? snap->vcpus[vm->vcpu_first].raw->isa : 0;
		}
		labels[2] = (struct label){"type", run.info->name};
		one(w, &run, labels);
	}
}

/* Sums by name, in w->names: how many there are; 0 and w->failed when out of memory. */
static u32 sum_names(struct writer *w, const struct run *run)
{
	bool few = has_few_names(run->info->kind);
	struct named_events *names = w->names;
	u32 count = 0;

	if (ARRAY_ROOM(names, w->name_room, run->count)) {
		w->failed = true;
		return 0;
	}
	w->names = names;
	for (u32 i = 0; i < run->count; i++) {
		const struct event_row *row = &run->rows[i];
		char buf[EVENT_NAME_SIZE];
		const char *name = few ? event_name(run->isa, row->kind, row->sub, row->a, row->b, buf) : "";
		u32 at = 0;

		while (at < count && strcmp(names[at].name, name))
			at++;
		if (at == count) {
			names[count] = (struct named_events){.count = 0};
			snprintf(names[count++].name, sizeof(names[at].name), "%s", name);
		}
		names[at].count += row->f.count;
		names[at].errors += row->errors;
	}
	return count;
}

static void put_names(struct writer *w, const struct run *run, struct label *labels, bool errors)
{
	u32 count = sum_names(w, run);
	const struct named_events *names = w->names;

	for (u32 i = 0; i < count; i++) {
		labels[3] = (struct label){"name", names[i].name};
		if (!names[i].name[0])
			labels[3].name = NULL;
		put_count(w, labels, errors ? names[i].errors : names[i].count);
	}
}

static void one_count(struct writer *w, const struct run *run, struct label *labels)
{
	put_names(w, run, labels, false);
}

static void one_errors(struct writer *w, const struct run *run, struct label *labels)
{
	if (run->info->errors)
		put_names(w, run, labels, true);
}

static void one_durations(struct writer *w, const struct run *run, struct label *labels)
{
	u64 counts[HIST_BUCKETS] = {0}, sum = 0;

	if (!run->info->timed || run->info->cells)
		return;
	for (u32 i = 0; i < run->count; i++) {
		const struct exit_figures *f = &run->rows[i].f;

		sum += f->total_ns;
		for (u32 k = 0; k < f->hist.len; k++)
			counts[f->hist.first + k] += w->snap->hist[f->hist.off + k];
	}
	put_histogram(w, labels, counts, 0, HIST_BUCKETS, sum);
}

void put_events(struct writer *w)
{
	each_run(w, one_count);
}

void put_event_errors(struct writer *w)
{
	each_run(w, one_errors);
}

void put_event_durations(struct writer *w)
{
	each_run(w, one_durations);
}
