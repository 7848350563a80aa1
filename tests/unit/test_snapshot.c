/* SPDX-License-Identifier: GPL-2.0-only */
#include <time.h>

#include "build.h"

#include "../../model/clock.h"

#define HLT  EXIT_KEY(EXIT_GUEST, 12)
#define IO   EXIT_KEY(EXIT_GUEST, 30)
#define MSR  EXIT_KEY(EXIT_GUEST, 32)
#define U_IO EXIT_KEY(EXIT_USER, 2)

static u64 sum(const u64 *n, u32 count)
{
	u64 total = 0;

	for (u32 i = 0; i < count; i++)
		total += n[i];
	return total;
}

/* One vCPU enters an IO exit at 0.5 s after sample 1 and is still in it at sample 4; it ends before sample 5. */
static void build_stuck(struct sample *s, u64 seq)
{
	struct vcpu_sample *v;
	struct exit_sample *e;
	u64 age = seq > 1 ? (seq - 2) * NSEC_PER_SEC + 500 * NSEC_PER_MSEC : 0;

	build_sample(s, seq);
	build_vm(s, 1, "vm");
	v = build_vcpu(s, 1, 0);
	if (seq >= 5)
		age = 3200 * NSEC_PER_MSEC;
	v->time_ns[VCPU_USER] = age;
	v->time_ns[VCPU_GUEST] -= age;
	v->exits = 10 + (seq > 1);
	e = build_exit(s, IO, 10, 5000);
	if (seq > 1 && seq < 5) {
		e->count++;
		e->inflight_ns = age;
		v->inflight_part_ns[PART_KERNEL] = 1000;
		v->inflight_part_ns[PART_USER] = age - 1000;
		e->interval_min_ns = e->interval_max_ns = 0;
		v->state = VCPU_USER;
		v->state_ns = age - 1000;
	} else if (seq >= 5) {
		s64 off = sample_add_hist(s, HIST_BUCKETS);

		assert_true(off >= 0);
		e->hist = (struct hist_span){.off = off, .first = 0, .len = HIST_BUCKETS};
		s->hist[off + hist_bucket(5000)] = 10;
		s->hist[off + hist_bucket(age)] = 1;
		e->count++;
		e->done++;
		e->total_ns += age;
		e->part_ns[PART_KERNEL] += 1000;
		e->part_ns[PART_USER] += age - 1000;
		e->max_ns = e->interval_min_ns = e->interval_max_ns = age;
	}
}

static void a_stuck_exit_shows_in_every_interval(void **state)
{
	static const u64 want_ms[] = {0, 0, 500, 1000, 1000, 700};
	struct sample s[6] = {0};
	struct snapshot snap = {0};

	(void)state;
	for (u64 seq = 1; seq <= 5; seq++) {
		const struct exit_row *row;
		const struct vm_row *vm;

		build_stuck(&s[seq], seq);
		assert_int_equal(snapshot_build(&snap, seq > 1 ? &s[seq - 1] : NULL, &s[seq], false), 0);
		vm = &snap.vms[0];
		row = &snap.vcpu_exits[0];
		if (seq == 1)
			continue;
		assert_int_equal(snap.interval_ns, NSEC_PER_SEC);
		assert_int_equal(row->f.time_ns, want_ms[seq] * NSEC_PER_MSEC);
		assert_int_equal(sum(row->f.part_ns, EXIT_PARTS), row->f.time_ns);
		assert_int_equal(row->f.part_ns[PART_KERNEL], seq == 2 ? 1000 : 0);
		assert_int_equal(row->f.count, seq == 2 ? 1 : 0);
		assert_int_equal(row->f.done, seq == 5 ? 1 : 0);
		assert_int_equal(row->f.max_ns, seq == 5 ? 3200 * NSEC_PER_MSEC : s[seq].exits[0].inflight_ns);
		assert_int_equal(row->f.inflight_ns, s[seq].exits[0].inflight_ns);
		assert_int_equal(vm->budget.ns[VCPU_USER], row->f.time_ns);
		assert_int_equal(vm->budget.span_ns, NSEC_PER_SEC);
		assert_int_equal(vm->f.max_ns, row->f.max_ns);
		assert_int_equal(vm->stuck_ns, seq == 3 || seq == 4 ? s[seq].vcpus[0].state_ns : 0);
		assert_true(vm->top_key == IO);
		/* In one step over all of them it is the same. */
		if (seq == 5) {
			assert_int_equal(snapshot_build(&snap, &s[1], &s[5], false), 0);
			assert_int_equal(snap.vcpu_exits[0].f.time_ns, 3200 * NSEC_PER_MSEC);
			assert_int_equal(snap.vcpu_exits[0].f.min_ns,
					 hist_bucket_low(hist_bucket(3200 * NSEC_PER_MSEC)));
			assert_int_equal(snap.vcpu_exits[0].f.max_ns, 3200 * NSEC_PER_MSEC);
		}
	}
	snapshot_free(&snap);
	for (u32 i = 0; i < 6; i++)
		sample_free(&s[i]);
}

static void idle_user_and_busy_are_kept_apart(void **state)
{
	struct sample s = {0};
	struct snapshot snap = {0};
	const struct vm_row *vm;

	(void)state;
	build_sample(&s, 1);
	build_vm(&s, 1, "vm");
	build_vcpu(&s, 1, 0)->exits = 130;
	build_exit(&s, HLT, 100, 5 * NSEC_PER_MSEC);
	build_exit(&s, IO, 10, 20000);
	build_exit(&s, MSR, 20, 1000);
	build_exit(&s, U_IO, 10, 15000);
	build_vcpu(&s, 2, 1)->exits = 5;
	build_exit(&s, MSR, 5, 3000);
	assert_int_equal(snapshot_build(&snap, NULL, &s, false), 0);
	vm = &snap.vms[0];
	assert_int_equal(snap.interval_ns, 0);
	assert_true(snapshot_rate(&snap, 100) == 0);
	assert_int_equal(vm->f.done, 35);
	assert_int_equal(vm->f.max_ns, 20000);
	assert_int_equal(vm->f.min_ns, 1000);
	assert_int_equal(vm->all.done, 135);
	assert_int_equal(vm->all.max_ns, 5 * NSEC_PER_MSEC);
	assert_int_equal(vm->user.done, 10);
	assert_true(vm->top_key == IO && snap.vcpus[1].top_key == MSR);
	assert_int_equal(vm->exit_count, 4);
	assert_int_equal(snap.host_exit_count, 4);
	for (u32 i = 0; i < vm->exit_count; i++) {
		const struct exit_row *row = &snap.vm_exits[vm->exit_first + i];

		assert_true(!i || row->key > row[-1].key);
		if (row->key == MSR) {
			assert_int_equal(row->vcpus, 2);
			assert_int_equal(row->f.done, 25);
			assert_int_equal(row->f.total_ns, 35000);
			assert_in_range(row->f.p50_ns, 1000, 1060);
			assert_in_range(row->f.p99_ns, 2820, 3000);
		}
	}
	/* Cumulative: the same figures over the time since the vCPUs were first seen. */
	assert_int_equal(snapshot_build(&snap, &s, &s, true), 0);
	assert_int_equal(snap.interval_ns, NSEC_PER_SEC);
	assert_true(snapshot_rate(&snap, snap.exits) == 135);
	snapshot_free(&snap);
	sample_free(&s);
}

/* In totals a row's rate is over its own age: one that came late is not diluted by the age of the others. */
static void totals_are_over_the_age_of_the_row(void **state)
{
	struct sample s = {0};
	struct snapshot snap = {0};
	struct vcpu_sample *v;
	struct value value = {0};
	const struct view_columns *cols = view_columns(VIEW_VM);

	(void)state;
	build_sample(&s, 10);
	build_vm(&s, 1, "old");
	build_vcpu(&s, 1, 0)->exits = 1000;
	build_vm(&s, 2, "young");
	v = build_vcpu(&s, 2, 0);
	v->exits = 1000;
	v->created_ns = s.mono_ns - 2 * NSEC_PER_SEC;
	v->time_ns[VCPU_GUEST] = 2 * NSEC_PER_SEC;
	build_exit(&s, MSR, 1000, 1000);
	assert_int_equal(snapshot_build(&snap, NULL, &s, true), 0);
	assert_int_equal(snap.interval_ns, 10 * NSEC_PER_SEC);
	assert_int_equal(snap.vms[0].over_ns, 10 * NSEC_PER_SEC);
	assert_int_equal(snap.vms[1].over_ns, 2 * NSEC_PER_SEC);
	assert_int_equal(snap.vcpu_exits[0].over_ns, 2 * NSEC_PER_SEC);
	assert_int_equal(snap.vm_exits[0].over_ns, 2 * NSEC_PER_SEC);
	assert_int_equal(snap.host_exits[0].over_ns, 10 * NSEC_PER_SEC);
	column_value(&cols->columns[column_find(cols, "exits")], &snap, (union row_ref){.vm = &snap.vms[1]}, &value);
	assert_true(value.known && value.num == 500);
	snapshot_free(&snap);
	sample_free(&s);
}

/* KVM's own counters of polling are older than kvmtop: over the time since it came they say nothing. */
static void totals_have_no_polling_from_before(void **state)
{
	const struct view_columns *cols = view_columns(VIEW_HALT);
	const struct column *wasted = &cols->columns[column_find(cols, "wasted")];
	struct sample a = {0}, b = {0};
	struct snapshot snap = {0};
	struct value value = {0};

	(void)state;
	for (u64 seq = 1; seq <= 2; seq++) {
		struct sample *s = seq == 1 ? &a : &b;

		build_sample(s, seq);
		build_vm(s, 1, "old");
		build_vcpu(s, 1, 0)->halt_poll_fail_ns = 7200 * NSEC_PER_SEC + seq * NSEC_PER_SEC / 4;
	}
	assert_int_equal(snapshot_build(&snap, NULL, &b, true), 0);
	column_value(wasted, &snap, (union row_ref){.vcpu = &snap.vcpus[0]}, &value);
	assert_false(value.known);
	assert_int_equal(snapshot_build(&snap, &a, &b, false), 0);
	column_value(wasted, &snap, (union row_ref){.vcpu = &snap.vcpus[0]}, &value);
	assert_true(value.known && value.num == 0.25);
	snapshot_free(&snap);
	sample_free(&a);
	sample_free(&b);
}

static void rows_come_and_go(void **state)
{
	struct sample a = {0}, b = {0};
	struct snapshot snap = {0};

	(void)state;
	build_sample(&a, 1);
	build_vm(&a, 1, "goes");
	build_vcpu(&a, 1, 0)->exits = 100;
	build_vm(&a, 2, "stays");
	build_vcpu(&a, 2, 0)->exits = 100;
	build_exit(&a, MSR, 100, 1000);
	build_vcpu(&a, 3, 1)->exits = 100;
	build_sample(&b, 2);
	build_vm(&b, 2, "stays")->ended = true;
	/* The vCPU with id 0 ended and another took its place; id 1 went backwards. */
	build_vcpu(&b, 4, 0)->exits = 7;
	build_exit(&b, MSR, 7, 1000);
	build_vcpu(&b, 3, 1)->exits = 60;
	build_vm(&b, 9, "new");
	build_vcpu(&b, 5, 0)->exits = 11;
	assert_int_equal(snapshot_build(&snap, &a, &b, false), 0);
	assert_int_equal(snap.vm_count, 2);
	assert_null(snapshot_find_vm(&snap, 1));
	assert_null(snapshot_find_vcpu(&snap, 1));
	assert_true(snap.vms[0].ended && !snap.vms[0].fresh && snap.vcpus[0].ended);
	assert_true(snap.vms[1].fresh && snap.vcpus[2].fresh);
	assert_true(snap.vcpus[0].fresh && !snap.vcpus[1].fresh);
	assert_int_equal(snap.vcpus[0].exits, 7);
	assert_int_equal(snap.vcpu_exits[0].f.done, 7);
	assert_int_equal(snap.vcpus[1].exits, 0);
	assert_int_equal(snap.vms[1].exits, 11);
	assert_int_equal(snap.exits, 18);
	assert_ptr_equal(snapshot_find_vcpu(&snap, 5), &snap.vcpus[2]);
	/* Time that stands still or runs backwards is no interval. */
	b.mono_ns = a.mono_ns;
	assert_int_equal(snapshot_build(&snap, &a, &b, false), 0);
	assert_int_equal(snap.interval_ns, 0);
	b.mono_ns = a.mono_ns - 5;
	assert_int_equal(snapshot_build(&snap, &a, &b, false), 0);
	assert_int_equal(snap.interval_ns, 0);
	snapshot_free(&snap);
	sample_free(&a);
	sample_free(&b);
}

static void the_worst_preemptor_is_of_the_interval(void **state)
{
	struct sample a = {0}, b = {0};
	struct snapshot snap = {0};
	struct vcpu_sample *v;

	(void)state;
	build_sample(&a, 1);
	build_vm(&a, 1, "vm");
	v = build_vcpu(&a, 1, 0);
	v->preemptors[0] = (struct preemptor){.tid = 10, .comm = "old", .count = 9, .ns = 9000000};
	v->preemptors[1] = (struct preemptor){.tid = 20, .comm = "new", .count = 1, .ns = 1000};
	build_sample(&b, 2);
	build_vm(&b, 1, "vm");
	v = build_vcpu(&b, 1, 0);
	v->preemptors[2] = (struct preemptor){.tid = 10, .comm = "old", .count = 10, .ns = 9000100};
	v->preemptors[1] = (struct preemptor){.tid = 20, .comm = "new", .count = 4, .ns = 51000};
	assert_int_equal(snapshot_build(&snap, &a, &b, false), 0);
	assert_int_equal(snap.vcpus[0].preemptor.tid, 20);
	assert_int_equal(snap.vcpus[0].preemptor.ns, 50000);
	assert_int_equal(snap.vcpus[0].preemptor.count, 3);
	assert_int_equal(snapshot_build(&snap, &b, &b, false), 0);
	assert_int_equal(snap.vcpus[0].preemptor.count, 0);
	snapshot_free(&snap);
	sample_free(&a);
	sample_free(&b);
}

/* What is summed up must be the sum of what it is made of, on hosts of many shapes. */
static void check_sums(const struct snapshot *snap, bool cumulative)
{
	u64 time[3] = {0}, count[3] = {0}, done[3] = {0}, hist[3] = {0}, exits = 0, span = 0;
	const struct {
		const struct exit_row *rows;
		u32 count;
	} levels[3] = {{snap->vcpu_exits, snap->vcpu_exit_count},
		       {snap->vm_exits, snap->vm_exit_count},
		       {snap->host_exits, snap->host_exit_count}};

	for (u32 level = 0; level < 3; level++) {
		for (u32 i = 0; i < levels[level].count; i++) {
			const struct exit_row *row = &levels[level].rows[i];

			assert_int_equal(sum(row->f.part_ns, EXIT_PARTS), row->f.time_ns);
			assert_true(row->f.min_ns <= row->f.max_ns || !row->f.done);
			assert_true(!row->f.done || (row->f.p50_ns >= row->f.min_ns && row->f.p50_ns <= row->f.p99_ns));
			assert_true(row->f.p99_ns <= row->f.max_ns);
			time[level] += row->f.time_ns;
			count[level] += row->f.count;
			done[level] += row->f.done;
			hist[level] += sum(snap->hist + row->f.hist.off, row->f.hist.len);
		}
		assert_int_equal(time[level], time[0]);
		assert_int_equal(count[level], count[0]);
		assert_int_equal(done[level], done[0]);
		assert_int_equal(hist[level], done[0]);
	}
	for (u32 i = 0; i < snap->vcpu_count; i++) {
		const struct vcpu_row *row = &snap->vcpus[i];

		assert_int_equal(sum(row->budget.ns, VCPU_STATES), row->budget.span_ns);
		if (snap->interval_ns && !row->fresh && !cumulative)
			assert_int_equal(row->budget.span_ns, snap->interval_ns);
		assert_int_equal(row->all.count, row->exits);
		assert_int_equal(row->user.count, row->user_exits);
		assert_int_equal(sum(snap->hist + row->all.hist.off, row->all.hist.len), row->all.done);
		assert_int_equal(sum(snap->hist + row->f.hist.off, row->f.hist.len), row->f.done);
		span += row->budget.span_ns;
		exits += row->exits;
		assert_ptr_equal(snapshot_find_vcpu(snap, row->uid), row);
	}
	assert_int_equal(span, snap->budget.span_ns);
	assert_int_equal(exits, snap->exits);
}

static void sums_add_up(void **state)
{
	static const char *const specs[] = {"1x1x1", "5x3x12", "9x2x40:5", "30x4x8:17"};
	struct snapshot snap = {0};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(specs); i++) {
		struct sample skipped = {0};
		struct pair p;

		pair_open(&p, specs[i]);
		for (u32 n = 0; n < 16; n++) {
			pair_next(&p);
			assert_int_equal(snapshot_build(&snap, n ? &p.a : NULL, &p.b, false), 0);
			check_sums(&snap, false);
			assert_int_equal(snapshot_build(&snap, NULL, &p.b, true), 0);
			check_sums(&snap, true);
			if (n == 5)
				assert_int_equal(sample_copy(&skipped, &p.b), 0);
		}
		assert_int_equal(snapshot_build(&snap, &skipped, &p.b, false), 0);
		check_sums(&snap, false);
		pair_close(&p);
		sample_free(&skipped);
	}
	snapshot_free(&snap);
}

static void same_durations(const struct snapshot *a, const struct exit_figures *f, const struct snapshot *b,
			   const struct exit_figures *g)
{
	assert_int_equal(f->p50_ns, g->p50_ns);
	assert_int_equal(f->p99_ns, g->p99_ns);
	assert_int_equal(f->hist.len, g->hist.len);
	if (!f->hist.len)
		return;
	assert_int_equal(f->hist.first, g->hist.first);
	assert_memory_equal(a->hist + f->hist.off, b->hist + g->hist.off, f->hist.len * sizeof(*a->hist));
}

/* Asked for row by row, from the host down or from the vCPUs up, durations are what they are when all are made at once. */
static void lazy_durations(const struct snapshot *all, const struct snapshot *lazy, bool down)
{
	const struct {
		const struct exit_row *all, *lazy;
		u32 count;
	} levels[3] = {{all->host_exits, lazy->host_exits, all->host_exit_count},
		       {all->vm_exits, lazy->vm_exits, all->vm_exit_count},
		       {all->vcpu_exits, lazy->vcpu_exits, all->vcpu_exit_count}};

	assert_int_equal(all->vcpu_exit_count, lazy->vcpu_exit_count);
	for (u32 i = 0; i < all->vm_count; i++) {
		same_durations(lazy, vm_durations(lazy, &lazy->vms[i]), all, &all->vms[i].f);
		same_durations(lazy, &lazy->vms[i].all, all, &all->vms[i].all);
		same_durations(lazy, &lazy->vms[i].user, all, &all->vms[i].user);
	}
	for (u32 l = 0; l < 3; l++) {
		u32 level = down ? l : 2 - l;

		for (u32 i = 0; i < levels[level].count; i++)
			same_durations(lazy, exit_durations(lazy, &levels[level].lazy[i]), all,
				       &levels[level].all[i].f);
	}
	for (u32 i = 0; i < all->vcpu_count; i++) {
		same_durations(lazy, vcpu_durations(lazy, &lazy->vcpus[i]), all, &all->vcpus[i].f);
		same_durations(lazy, &lazy->vcpus[i].all, all, &all->vcpus[i].all);
	}
}

static void durations_are_made_when_asked_for(void **state)
{
	static const char *const specs[] = {"1x1x1", "5x3x12", "9x2x40:5"};
	struct snapshot all = {0}, lazy = {0};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(specs); i++) {
		struct sample skipped = {0};
		struct pair p;
		u32 asked = 0;

		pair_open(&p, specs[i]);
		for (u32 n = 0; n < 12; n++) {
			const struct sample *prev = n ? &p.a : NULL;

			pair_next(&p);
			if (n == 3)
				assert_int_equal(sample_copy(&skipped, &p.b), 0);
			if (n > 8)
				prev = &skipped;
			assert_int_equal(snapshot_build(&all, prev, &p.b, n == 6), 0);
			assert_int_equal(snapshot_build_lazily(&lazy, prev, &p.b, n == 6), 0);
			for (u32 k = 0; k < lazy.vm_count; k++)
				asked += lazy.vms[k].made || lazy.vms[k].f.p99_ns;
			assert_int_equal(asked, 0);
			if (n % 3 == 2)
				assert_int_equal(snapshot_settle(&lazy), 0);
			lazy_durations(&all, &lazy, n & 1);
			assert_int_equal(snapshot_settle(&lazy), 0);
			lazy_durations(&all, &lazy, n & 1);
		}
		pair_close(&p);
		sample_free(&skipped);
	}
	snapshot_free(&all);
	snapshot_free(&lazy);
}

/* The rows of a vCPU are made when somebody asks for them, the same as when all are; without the past there are no figures. */
static void rows_are_made_when_asked_for(void **state)
{
	struct snapshot all = {0}, lazy = {0};
	struct pair p;
	u32 made = 0;

	(void)state;
	pair_open(&p, "5x3x12");
	for (u32 n = 0; n < 8; n++) {
		pair_next(&p);
		assert_int_equal(snapshot_build(&all, n ? &p.a : NULL, &p.b, n == 5), 0);
		assert_int_equal(snapshot_build_lazily(&lazy, n ? &p.a : NULL, &p.b, n == 5), 0);
		assert_int_equal(lazy.vcpu_exit_count, all.vcpu_exit_count);
		for (u32 v = n % 2; v < all.vcpu_count; v++) {
			const struct exit_row *a = snapshot_vcpu_exits(&all, &all.vcpus[v]), *b;

			assert_false(lazy.vcpus[v].rows_made);
			if (v % 5 == 4)
				snapshot_forget(&lazy);
			b = snapshot_vcpu_exits(&lazy, &lazy.vcpus[v]);
			assert_ptr_equal(b, snapshot_vcpu_exits(&lazy, &lazy.vcpus[v]));
			assert_int_equal(lazy.vcpus[v].exit_count, all.vcpus[v].exit_count);
			for (u32 i = 0; i < all.vcpus[v].exit_count; i++) {
				assert_true(a[i].key == b[i].key && a[i].vcpu == b[i].vcpu && a[i].isa == b[i].isa);
				assert_int_equal(a[i].now, b[i].now);
				assert_int_equal(b[i].f.count, lazy.settled ? 0 : a[i].f.count);
				assert_int_equal(b[i].f.time_ns, lazy.settled ? 0 : a[i].f.time_ns);
				assert_int_equal(b[i].f.max_ns, lazy.settled ? 0 : a[i].f.max_ns);
				made += b[i].f.count != 0;
			}
		}
	}
	assert_true(made > 100);
	pair_close(&p);
	snapshot_free(&all);
	snapshot_free(&lazy);
}

/* A prev that has nothing to do with cur must not upset anything: the interval of two mangled samples. */
static void any_two_samples_will_do(void **state)
{
	struct snapshot snap = {0};
	struct sample mangled = {0};
	struct pair p;
	u64 seed = 11;

	(void)state;
	pair_open(&p, "6x3x12");
	for (u32 n = 0; n < 30; n++) {
		pair_next(&p);
		assert_int_equal(sample_copy(&mangled, &p.b), 0);
		for (u32 i = 0; i < mangled.exit_count; i++) {
			struct exit_sample *e = &mangled.exits[i];

			e->count = rnd(&seed);
			e->total_ns = rnd(&seed) >> 2;
			e->done += rnd(&seed) % 3;
			e->part_ns[rnd(&seed) % EXIT_PARTS] = rnd(&seed) >> 2;
		}
		assert_int_equal(snapshot_build(&snap, &mangled, &p.b, false), 0);
		for (u32 i = 0; i < snap.vcpu_exit_count; i++) {
			const struct exit_figures *f = &snap.vcpu_exits[i].f;

			assert_int_equal(sum(f->part_ns, EXIT_PARTS), f->time_ns);
			assert_true(f->min_ns <= f->max_ns);
		}
		assert_int_equal(snapshot_build(&snap, &p.b, &mangled, false), 0);
	}
	pair_close(&p);
	sample_free(&mangled);
	snapshot_free(&snap);
}

static void steady_host_allocates_nothing(void **state)
{
	struct snapshot snap = {0};
	struct pair p;
	void *kept[6];

	(void)state;
	pair_open(&p, "2x3x12");
	for (u32 n = 0; n < 24; n++) {
		void *now[6] = {snap.vms, snap.vcpus, snap.vcpu_exits, snap.vm_exits, snap.host_exits, snap.hist};

		if (n == 18)
			memcpy(kept, now, sizeof(kept));
		if (n > 18)
			assert_memory_equal(kept, now, sizeof(kept));
		pair_next(&p);
		assert_int_equal(snapshot_build(&snap, n ? &p.a : NULL, &p.b, false), 0);
	}
	pair_close(&p);
	snapshot_free(&snap);
}

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* 1,000 VMs x 4 vCPUs x 12 reasons: the goal is 20 ms; the check is far above it, for slow and busy machines. */
static void a_large_host_in_time(void **state)
{
	double sample_ms = 1e9, build_ms = 1e9, sort_ms = 1e9;
	struct query q = {.view = VIEW_VM, .sort = -1, .descending = true};
	struct query worst = {.view = VIEW_VCPU, .sort = -1, .descending = true};
	struct snapshot snap = {0};
	struct rows rows = {0};
	struct pair p;

	(void)state;
	pair_open(&p, "1000x4x12");
	/* what the first screen needs */
	source_want(p.source, &(struct wants){0});
	for (u32 n = 0; n < 10; n++) {
		double start = now_ms(), sampled, built, sorted;

		pair_next(&p);
		sampled = now_ms();
		assert_int_equal(snapshot_build(&snap, n ? &p.a : NULL, &p.b, false), 0);
		built = now_ms();
		assert_int_equal(query_run(&q, &snap, &rows), 0);
		assert_int_equal(query_run(&worst, &snap, &rows), 0);
		sorted = now_ms();
		if (n < 3)
			continue;
		sample_ms = sampled - start < sample_ms ? sampled - start : sample_ms;
		build_ms = built - sampled < build_ms ? built - sampled : build_ms;
		sort_ms = sorted - built < sort_ms ? sorted - built : sort_ms;
	}
	print_message(
		"1000 VMs x 4 vCPUs x 12 reasons: sample %.1f ms, snapshot %.1f ms, sort of VMs and vCPUs %.1f ms\n",
		sample_ms, build_ms, sort_ms);
#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
	print_message("not checked against 100 ms: built with sanitizers or without optimisation\n");
#else
	assert_true(sample_ms + build_ms + sort_ms < 100);
#endif
	pair_close(&p);
	snapshot_free(&snap);
	rows_free(&rows);
}

/* A thread is told by the vCPU that it runs; one that runs several in turn, or none, is not. */
static void threads_are_vcpus(void **state)
{
	static const u32 tids[] = {100, 101, 0, 101, 102};
	struct snapshot snap = {0};
	struct sample s = {0};

	(void)state;
	build_sample(&s, 1);
	build_vm(&s, 1, "web01");
	for (u32 i = 0; i < 5; i++)
		build_vcpu(&s, 10 + i, (s32)i)->tid = tids[i];
	s.vcpus[4].ended = true;
	assert_return_code(snapshot_build(&snap, NULL, &s, false), 0);
	assert_int_equal(snapshot_find_thread(&snap, 100)->uid, 10);
	assert_null(snapshot_find_thread(&snap, 101));
	assert_null(snapshot_find_thread(&snap, 102));
	assert_null(snapshot_find_thread(&snap, 0));
	assert_null(snapshot_find_thread(&snap, 7));
	snapshot_free(&snap);
	sample_free(&s);
}

/* Rows are found at once also among many of them, whatever steps their threads' ids are apart. */
static void threads_are_found_at_once(void **state)
{
	const u32 count = 8000;

	(void)state;
	for (u32 step = 1; step <= 1U << 18; step <<= 6) {
		struct snapshot snap = {0};
		struct sample s = {0};
		u64 began, took;

		build_sample(&s, 1);
		for (u32 i = 0; i < count; i++) {
			if (i % 8 == 0)
				build_vm(&s, 1 + i / 8, "one of many");
			build_vcpu(&s, 1 + i, (s32)(i % 8))->tid = 1 + i * step;
		}
		assert_return_code(snapshot_build(&snap, NULL, &s, false), 0);
		began = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
		for (u32 i = 0; i < count; i++) {
			assert_int_equal(snapshot_find_thread(&snap, 1 + i * step)->uid, 1 + i);
			assert_int_equal(snapshot_find_vcpu(&snap, 1 + i)->uid, 1 + i);
		}
		took = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - began;
		print_message("%u threads, ids %u apart: %.0f ns each\n", count, step, (double)took / count);
		/* linear, it would be 8 us and more */
		assert_true(took / count < 2000);
		snapshot_free(&snap);
		sample_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_are_vcpus),
		cmocka_unit_test(threads_are_found_at_once),
		cmocka_unit_test(a_stuck_exit_shows_in_every_interval),
		cmocka_unit_test(idle_user_and_busy_are_kept_apart),
		cmocka_unit_test(totals_are_over_the_age_of_the_row),
		cmocka_unit_test(totals_have_no_polling_from_before),
		cmocka_unit_test(rows_come_and_go),
		cmocka_unit_test(the_worst_preemptor_is_of_the_interval),
		cmocka_unit_test(sums_add_up),
		cmocka_unit_test(durations_are_made_when_asked_for),
		cmocka_unit_test(rows_are_made_when_asked_for),
		cmocka_unit_test(any_two_samples_will_do),
		cmocka_unit_test(steady_host_allocates_nothing),
		cmocka_unit_test(a_large_host_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
