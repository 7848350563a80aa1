/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Histograms and percentiles of a snapshot's rows, made when somebody asks for them: of thousands of rows a screen shows
 * dozens, and most orders do not go by them. The snapshot is the caller's own: const says that its meaning stays the same.
 */
#include <errno.h>
#include <string.h>

#include "accumulate.h"
#include "array.h"
#include "figures.h"

static const struct exit_sample *sample_now(const struct snapshot *snap, const struct exit_row *row)
{
	return &snap->cur->exits[row->now - 1];
}

static const struct exit_sample *sample_was(const struct snapshot *snap, const struct exit_row *row)
{
	return snap->prev && row->was ? &snap->prev->exits[row->was - 1] : NULL;
}

/* Adds the buckets of one vCPU's row. */
static void add_row(const struct snapshot *snap, struct accumulator *acc, const struct exit_row *row)
{
	u64 counts[HIST_BUCKETS];
	struct hist_span span;

	if (!row->f.done)
		return;
	if (row->f.hist.len || row->made || snap->settled) {
		acc_add(acc, snap->hist, row->f.hist);
		return;
	}
	span = figures_difference(snap->prev, sample_was(snap, row), snap->cur, sample_now(snap, row), counts);
	acc_add(acc, counts, span);
}

/* Moves the sum into the snapshot; without memory the row is as one that nothing is known of. */
static int finish(struct snapshot *snap, struct accumulator *acc, struct exit_figures *f)
{
	int ret = acc_store(acc, snap, &f->hist);

	if (ret) {
		f->hist = (struct hist_span){0};
		memset(acc, 0, sizeof(*acc));
	}
	figures_quantiles(f, snap->hist);
	return ret;
}

/* --- rows of reasons ---------------------------------------------------------------------------------------------- */

static int make_own(struct snapshot *snap, struct exit_row *row)
{
	row->made = true;
	return figures_durations(snap, &row->f, snap->prev, sample_was(snap, row), snap->cur, sample_now(snap, row),
				 snap->exact);
}

static bool same_reason(const struct exit_row *a, const struct exit_row *b)
{
	return a->key == b->key && a->isa == b->isa;
}

static int make_vm_exit(struct snapshot *snap, struct exit_row *row)
{
	const struct vm_row *vm = snapshot_find_vm(snap, row->vm);
	struct accumulator acc = {.low = 0};

	for (u32 i = 0; vm && i < vm->vcpu_count; i++) {
		const struct vcpu_row *vcpu = &snap->vcpus[vm->vcpu_first + i];
		const struct exit_row *rows = snapshot_vcpu_exits(snap, vcpu);

		for (u32 k = 0; k < vcpu->exit_count; k++)
			if (same_reason(&rows[k], row))
				add_row(snap, &acc, &rows[k]);
	}
	row->made = true;
	return finish(snap, &acc, &row->f);
}

/* All at once: each would have to look at all rows of the host. */
static int make_host(struct snapshot *snap)
{
	u32 count = snap->host_exit_count, at = 0;
	int ret = 0;

	snap->host_made = true;
	if (ARRAY_ROOM(snap->sums, snap->sum_room, count))
		return -ENOMEM;
	memset(snap->sums, 0, count * sizeof(*snap->sums));
	for (u32 v = 0; v < snap->vcpu_count; v++) {
		const struct exit_row *rows = snapshot_vcpu_exits(snap, &snap->vcpus[v]);

		for (u32 i = 0; i < snap->vcpus[v].exit_count; i++) {
			/* mostly the one after that of the row before, for both are in the order of their keys */
			for (u32 tries = 0; tries < count && !same_reason(&snap->host_exits[at % count], &rows[i]);
			     tries++)
				at++;
			add_row(snap, &snap->sums[at++ % count], &rows[i]);
		}
	}
	for (u32 i = 0; i < count; i++)
		ret = finish(snap, &snap->sums[i], &snap->host_exits[i].f) ?: ret;
	return ret;
}

static int make_exit(struct snapshot *snap, struct exit_row *row)
{
	if (row->made)
		return 0;
	if (row->vcpu)
		return make_own(snap, row);
	if (row->vm)
		return make_vm_exit(snap, row);
	return snap->host_made ? 0 : make_host(snap);
}

const struct exit_figures *exit_durations(const struct snapshot *snap, const struct exit_row *row)
{
	if (!snap->settled)
		make_exit((struct snapshot *)snap, (struct exit_row *)row);
	return &row->f;
}

/* --- vCPUs and VMs ------------------------------------------------------------------------------------------------ */

enum { SUM_BUSY, SUM_IDLE, SUM_USER, SUMS };

static void add_vcpu(const struct snapshot *snap, struct accumulator *acc, const struct vcpu_row *vcpu)
{
	const struct exit_row *rows = snapshot_vcpu_exits(snap, vcpu);

	for (u32 i = 0; i < vcpu->exit_count; i++) {
		bool user = EXIT_KEY_KIND(rows[i].key) == EXIT_USER;

		add_row(snap, &acc[user ? SUM_USER : rows[i].idle ? SUM_IDLE : SUM_BUSY], &rows[i]);
	}
}

static int finish_sums(struct snapshot *snap, struct accumulator *acc, struct exit_figures *busy,
		       struct exit_figures *all, struct exit_figures *user)
{
	int ret = finish(snap, &acc[SUM_BUSY], busy);

	acc_add(&acc[SUM_IDLE], snap->hist, busy->hist);
	ret = finish(snap, &acc[SUM_IDLE], all) ?: ret;
	return finish(snap, &acc[SUM_USER], user) ?: ret;
}

static int make_vcpu(struct snapshot *snap, struct vcpu_row *row)
{
	struct accumulator acc[SUMS] = {{.low = 0}};

	if (row->made)
		return 0;
	row->made = true;
	add_vcpu(snap, acc, row);
	return finish_sums(snap, acc, &row->f, &row->all, &row->user);
}

static int make_vm(struct snapshot *snap, struct vm_row *row)
{
	struct accumulator acc[SUMS] = {{.low = 0}};

	if (row->made)
		return 0;
	row->made = true;
	for (u32 i = 0; i < row->vcpu_count; i++)
		add_vcpu(snap, acc, &snap->vcpus[row->vcpu_first + i]);
	return finish_sums(snap, acc, &row->f, &row->all, &row->user);
}

const struct exit_figures *vcpu_durations(const struct snapshot *snap, const struct vcpu_row *row)
{
	if (!snap->settled)
		make_vcpu((struct snapshot *)snap, (struct vcpu_row *)row);
	return &row->f;
}

const struct exit_figures *vm_durations(const struct snapshot *snap, const struct vm_row *row)
{
	if (row->part)
		return vcpu_durations(snap, row->part);
	if (!snap->settled)
		make_vm((struct snapshot *)snap, (struct vm_row *)row);
	return &row->f;
}

void snapshot_forget(struct snapshot *snap)
{
	snap->settled = true;
	snap->prev = NULL;
}

int snapshot_settle(struct snapshot *snap)
{
	int ret = 0;

	if (snap->settled)
		return 0;
	for (u32 i = 0; i < snap->vcpu_count; i++)
		snapshot_vcpu_exits(snap, &snap->vcpus[i]);
	for (u32 i = 0; i < snap->vcpu_exit_count; i++)
		ret = make_exit(snap, &snap->vcpu_exits[i]) ?: ret;
	for (u32 i = 0; i < snap->vcpu_count; i++)
		ret = make_vcpu(snap, &snap->vcpus[i]) ?: ret;
	for (u32 i = 0; i < snap->vm_exit_count; i++)
		ret = make_exit(snap, &snap->vm_exits[i]) ?: ret;
	for (u32 i = 0; i < snap->vm_count; i++)
		ret = make_vm(snap, &snap->vms[i]) ?: ret;
	if (!snap->host_made)
		ret = make_host(snap) ?: ret;
	snapshot_forget(snap);
	return ret;
}
