/* SPDX-License-Identifier: GPL-2.0-only */
/* Rates and latencies over time: the same as snapshots of the same samples say, however one gets there. */
#include <math.h>
#include <time.h>

#include "../../model/heat.h"
#include "../../model/series.h"
#include "record_check.h"
#include "sweep.h"

/* Within half of the last of the eight bits that are kept, for each of the parts that a sum has at most. */
static void assert_rate(float got, double want)
{
	if (fabs(got - want) > want * 0.004 + 1e-6)
		fail_msg("%g, not %g", (double)got, want);
}

/* All rows of all views of the interval before..now, against what the series says. */
static void check_rows(const struct series *s, const struct sample *before, const struct sample *now)
{
	struct snapshot snap = {0};
	struct row_id id;
	float got;

	assert_int_equal(snapshot_build(&snap, before, now, false), 0);
	for (u32 i = 0; i < snap.vm_count; i++) {
		id = row_identity(VIEW_VM, (union row_ref){.vm = &snap.vms[i]});
		assert_int_equal(series_get(s, &id, now->seq, &got, 1), 1);
		assert_rate(got, snapshot_rate(&snap, snap.vms[i].exits));
	}
	for (u32 i = 0; i < snap.vcpu_count; i++) {
		id = row_identity(VIEW_VCPU, (union row_ref){.vcpu = &snap.vcpus[i]});
		assert_int_equal(series_get(s, &id, now->seq, &got, 1), 1);
		assert_rate(got, snapshot_rate(&snap, snap.vcpus[i].exits));
	}
	for (u32 i = 0; i < snap.vcpu_exit_count + snap.vm_exit_count + snap.host_exit_count; i++) {
		const struct exit_row *row = i < snap.vcpu_exit_count ? &snap.vcpu_exits[i]
					     : i < snap.vcpu_exit_count + snap.vm_exit_count
						     ? &snap.vm_exits[i - snap.vcpu_exit_count]
						     : &snap.host_exits[i - snap.vcpu_exit_count - snap.vm_exit_count];

		id = row_identity(VIEW_EXIT, (union row_ref){.exit = row});
		assert_int_equal(series_get(s, &id, now->seq, &got, 1), 1);
		assert_rate(got, snapshot_rate(&snap, row->f.count));
	}
	snapshot_free(&snap);
}

static void rates_are_those_of_snapshots(void **state)
{
	struct sample *all = synthetic_samples("5x3x12:7", 200);
	struct series *s = series_new();
	float values[SERIES_SPAN];
	struct row_id id = {.view = VIEW_VM, .vm = 1};

	(void)state;
	assert_int_equal(series_get(s, &id, 1, values, 3), 0);
	assert_true(isnan(values[0]) && isnan(values[2]));
	for (u32 i = 0; i < 200; i++) {
		assert_int_equal(series_add(s, &all[i]), 0);
		if (i)
			check_rows(s, &all[i - 1], &all[i]);
	}
	assert_int_equal(series_add(s, &all[199]), -EINVAL);
	/* not only the newest */
	for (u32 i = 150; i < 200; i++)
		check_rows(s, &all[i - 1], &all[i]);
	assert_int_equal(series_get(s, &id, 200, values, SERIES_SPAN), SERIES_SPAN);
	assert_int_equal(series_get(s, &id, 201, values, SERIES_SPAN), 0);
	id.vm = 999;
	assert_int_equal(series_get(s, &id, 200, values, SERIES_SPAN), 0);
	series_free(s);
	samples_free(all, 200);
}

/* Rows that come and go: nothing is mixed up, nothing is kept for ever. */
static void rows_come_and_go(void **state)
{
	struct series *s = series_new();
	struct sample now = {0}, before = {0}, swap;
	u64 seed = 42, bytes = 0;

	(void)state;
	for (u64 seq = 1; seq <= 900; seq++) {
		build_sample(&now, seq);
		for (u32 k = 0; k < 40; k++) {
			/* each VM is there for 20 samples, its vCPUs at times one more */
			u32 uid = (u32)(seq * 2 + k);

			if (rnd(&seed) % 16 == 0)
				continue;
			build_vm(&now, uid, "vm");
			for (u32 c = 0; c < 1 + uid % 3; c++) {
				build_vcpu(&now, uid * 4 + c, (s32)c)->exits = seq * uid;
				for (u32 code = 1; code < 8; code++)
					if (code != seq % 5)
						build_exit(&now, EXIT_KEY(code & 1, code), seq * (uid + code), 900);
			}
		}
		assert_int_equal(series_add(s, &now), 0);
		if (seq > 1 && seq % 7 == 0) {
			/* vanished in between: the snapshot counts from 0 again, the series does not. Only VMs are alike. */
			struct snapshot snap = {0};

			assert_int_equal(snapshot_build(&snap, &before, &now, false), 0);
			for (u32 i = 0; i < snap.vm_count; i++) {
				struct row_id id = {.view = VIEW_VM, .vm = snap.vms[i].uid};
				float got;

				assert_int_equal(series_get(s, &id, seq, &got, 1), 1);
				assert_true(got <= (float)snapshot_rate(&snap, snap.vms[i].exits) * 1.02F + 0.01F);
			}
			snapshot_free(&snap);
		}
		if (seq == 300)
			bytes = series_bytes(s);
		swap = before;
		before = now;
		now = swap;
	}
	assert_true(series_bytes(s) <= 2 * bytes);
	series_free(s);
	sample_free(&now);
	sample_free(&before);
}

/* On a large host there is less memory a value: still what it takes to draw it, and what is not there is not there. */
static void a_large_host_is_drawn(void **state)
{
	struct sample *all = synthetic_samples("1000x2x20", 12);
	struct series *s = series_new();
	struct snapshot snap = {0};
	u32 far = 0, zero = 0;

	(void)state;
	for (u32 i = 0; i < 12; i++)
		assert_int_equal(series_add(s, &all[i]), 0);
	assert_true(series_bytes(s) < 16 << 20);
	for (u32 i = 1; i < 12; i += 5) {
		assert_int_equal(snapshot_build(&snap, &all[i - 1], &all[i], false), 0);
		for (u32 r = 0; r < snap.vcpu_exit_count; r++) {
			struct row_id id = row_identity(VIEW_EXIT, (union row_ref){.exit = &snap.vcpu_exits[r]});
			double want = snapshot_rate(&snap, snap.vcpu_exits[r].f.count);
			float got;

			assert_int_equal(series_get(s, &id, all[i].seq, &got, 1), 1);
			assert_true(want == 0 ? got == 0 : fabs(got - want) < want * 0.07);
			zero += want == 0;
			far += fabs(got - want) > want * 0.01;
			/* the first sample tells no rate */
			assert_int_equal(series_get(s, &id, all[0].seq, &got, 1), 0);
		}
	}
	assert_true(far > 1000 && zero > 0);
	snapshot_free(&snap);
	series_free(s);
	samples_free(all, 12);
}

/* Wherever one goes in the past, by steps and jumps, the columns are there. */
static void the_past_has_its_series(void **state)
{
	struct sample *all;
	struct history *ring = history_new(NULL);
	struct past past = {.ring = ring};
	struct series *s = series_new();
	struct heat *heat = heat_new();
	struct row_id vm = {.view = VIEW_VM, .vm = 2}, exit = {.view = VIEW_EXIT};
	const u32 count = sweep(120, 300);
	u64 seed = 9, seq = count;
	float values[SERIES_SPAN];

	(void)state;
	all = synthetic_samples("4x2x8:3", count);
	for (u32 i = 0; i < count; i++)
		assert_int_equal(history_add(ring, &all[i]), 0);
	exit.isa = all[0].vcpus[0].isa;
	exit.key = all[0].exits[all[0].vcpus[0].exit_first].key;
	assert_true(heat_watch(heat, &exit));
	assert_false(heat_watch(heat, &exit));
	assert_int_equal(series_fill(s, &past, count + 1), -ENOENT);
	assert_int_equal(heat_fill(heat, &past, 0), -ENOENT);
	for (u32 i = 0; i < sweep(100, 400); i++) {
		u64 reach;

		switch (rnd(&seed) % 8) {
		case 0:
			seq = past_step(&past, rnd(&seed) % (count + 10), 0);
			break;
		case 1:
		case 2:
		case 3:
			seq = past_step(&past, seq, 1);
			break;
		default:
			seq = past_step(&past, seq, -1);
		}
		reach = seq > SERIES_SPAN ? SERIES_SPAN : seq - 1;
		assert_int_equal(series_fill(s, &past, seq), 0);
		assert_int_equal(series_get(s, &vm, seq, values, SERIES_SPAN), reach);
		if (seq > 1)
			check_rows(s, &all[seq - 2], &all[seq - 1]);
		assert_int_equal(heat_fill(heat, &past, seq), 0);
		for (u32 back = 0; back < HEAT_SPAN; back++)
			assert_int_equal(heat_get(heat, seq, back) != NULL, back < reach);
	}
	series_free(s);
	heat_free(heat);
	history_free(ring);
	samples_free(all, count);
}

static const struct exit_row *scope_rows(const struct snapshot *snap, u32 scope, u32 *count)
{
	*count = scope == 0 ? snap->host_exit_count : scope == 1 ? snap->vm_exit_count : snap->vcpu_exit_count;
	return scope == 0 ? snap->host_exits : scope == 1 ? snap->vm_exits : snap->vcpu_exits;
}

/* The row with the most exits in the last interval, so that it is one that stays. */
static struct row_id busiest_row(const struct sample *before, const struct sample *now, u32 scope)
{
	struct snapshot snap = {0};
	const struct exit_row *rows;
	struct row_id id;
	u32 count, most = 0;

	assert_int_equal(snapshot_build(&snap, before, now, false), 0);
	rows = scope_rows(&snap, scope, &count);
	for (u32 r = 0; r < count; r++)
		if (rows[r].f.done > rows[most].f.done)
			most = r;
	id = row_identity(VIEW_EXIT, (union row_ref){.exit = &rows[most]});
	snapshot_free(&snap);
	return id;
}

/* The buckets are those of the snapshot's row: of the host, of a VM, of a vCPU. */
static void heat_is_the_histogram(void **state)
{
	struct sample *all = synthetic_samples("5x3x12:7", 40);
	struct heat *heat = heat_new();

	(void)state;
	for (u32 scope = 0; scope < 3; scope++) {
		struct row_id id = busiest_row(&all[38], &all[39], scope);
		u32 seen = 0;

		assert_true(heat_watch(heat, &id));
		assert_int_equal(heat_add(heat, NULL, &all[0]), 0);
		assert_null(heat_get(heat, all[0].seq, 0));
		for (u32 i = 1; i < 40; i++) {
			const struct exit_row *row = NULL, *rows;
			const struct heat_column *col;
			struct snapshot snap = {0};
			u32 count;

			assert_int_equal(snapshot_build(&snap, &all[i - 1], &all[i], false), 0);
			rows = scope_rows(&snap, scope, &count);
			assert_int_equal(heat_add(heat, &all[i - 1], &all[i]), 0);
			col = heat_get(heat, all[i].seq, 0);
			assert_non_null(col);
			for (u32 r = 0; r < count && !row; r++) {
				struct row_id at = row_identity(VIEW_EXIT, (union row_ref){.exit = &rows[r]});

				row = row_id_equal(&at, &id) ? &rows[r] : NULL;
			}
			if (row) {
				const struct hist_span *span = &row->f.hist;

				assert_int_equal(col->done, row->f.done);
				assert_int_equal(col->inflight_ns, row->f.inflight_ns);
				assert_int_equal(col->interval_ns, snap.interval_ns);
				for (u32 b = 0; b < HIST_BUCKETS; b++)
					assert_int_equal(col->n[b], b >= span->first && b - span->first < span->len
									    ? snap.hist[span->off + b - span->first]
									    : 0);
				seen += col->done > 0;
			}
			snapshot_free(&snap);
		}
		assert_true(seen > 10);
	}
	heat_free(heat);
	samples_free(all, 40);
}

/* A vCPU that goes takes nothing away from what the others counted. */
static void heat_survives_a_vcpu_that_ends(void **state)
{
	struct heat *heat = heat_new();
	struct sample a = {0}, b = {0};
	struct row_id id = {.view = VIEW_EXIT, .isa = 1, .key = EXIT_KEY(EXIT_GUEST, 30)};

	(void)state;
	heat_watch(heat, &id);
	build_sample(&a, 1);
	build_vm(&a, 1, "stays");
	build_vcpu(&a, 1, 0);
	build_exit(&a, id.key, 10, 1000);
	build_vm(&a, 2, "goes");
	build_vcpu(&a, 2, 0);
	build_exit(&a, id.key, 1000, 1000);
	build_sample(&b, 2);
	build_vm(&b, 1, "stays");
	build_vcpu(&b, 1, 0);
	build_exit(&b, id.key, 17, 1000);
	assert_int_equal(heat_add(heat, NULL, &a), 0);
	assert_int_equal(heat_add(heat, &a, &b), 0);
	assert_int_equal(heat_get(heat, 2, 0)->done, 7);
	assert_int_equal(heat_get(heat, 2, 0)->n[hist_bucket(1000)], 7);
	assert_null(heat_get(heat, 2, 1));
	heat_free(heat);
	sample_free(&a);
	sample_free(&b);
}

/* At the size of a large host a column costs a small part of a tick. */
static void it_is_cheap(void **state)
{
	struct sample *all = synthetic_samples("1000x4x12", 4);
	struct series *s = series_new();
	struct timespec began, ended;
	double ms;

	(void)state;
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(series_add(s, &all[i]), 0);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &began);
	assert_int_equal(series_add(s, &all[3]), 0);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ended);
	ms = (double)(ended.tv_sec - began.tv_sec) * 1e3 + (double)(ended.tv_nsec - began.tv_nsec) / 1e6;
	print_message("# a column of %u exits: %.2f ms, %llu KiB in all\n", all[3].exit_count, ms,
		      (unsigned long long)series_bytes(s) >> 10);
	/* sanitizers are slow */
	assert_true(ms < 100);
	assert_true(series_bytes(s) < 64U << 20);
	series_free(s);
	samples_free(all, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_are_those_of_snapshots),
		cmocka_unit_test(rows_come_and_go),
		cmocka_unit_test(a_large_host_is_drawn),
		cmocka_unit_test(the_past_has_its_series),
		cmocka_unit_test(heat_is_the_histogram),
		cmocka_unit_test(heat_survives_a_vcpu_that_ends),
		cmocka_unit_test(it_is_cheap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
