/* SPDX-License-Identifier: GPL-2.0-only */
#include <time.h>

#include "../../model/history.h"
#include "record_check.h"
#include "sweep.h"

static void check(struct history *h, const struct sample *all, u64 first, u64 last)
{
	struct sample got = {0};

	for (u64 seq = first; seq <= last; seq++) {
		assert_int_equal(history_get(h, seq, &got), 0);
		assert_true(same_sample(&got, &all[seq - 1]));
	}
	/* backwards, as one steps back in time, and at random */
	for (u64 seq = last; seq >= first; seq--) {
		u64 at = first + seq * 31 % (last - first + 1);

		assert_int_equal(history_get(h, seq, &got), 0);
		assert_true(same_sample(&got, &all[seq - 1]));
		assert_int_equal(history_get(h, at, &got), 0);
		assert_true(same_sample(&got, &all[at - 1]));
	}
	sample_free(&got);
}

static void any_sample_comes_back(void **state)
{
	struct sample *all = synthetic_samples("3x3x10", 130), got = {0};
	struct history *h = history_new(NULL);
	struct history_figures f;

	(void)state;
	assert_int_equal(history_get(h, 1, &got), -ENOENT);
	assert_int_equal(history_step(h, 1, 1), 0);
	assert_int_equal(history_seek_mono(h, 1), 0);
	assert_int_equal(history_figures(h).samples, 0);
	for (u32 i = 0; i < 130; i++)
		assert_int_equal(history_add(h, &all[i]), 0);
	f = history_figures(h);
	assert_int_equal(f.samples, 130);
	assert_int_equal(f.first_seq, 1);
	assert_int_equal(f.last_seq, 130);
	assert_int_equal(f.last_mono - f.first_mono, 129 * NSEC_PER_SEC);
	assert_true(f.cpu_ns > f.last_ns && f.last_ns > 0);
	check(h, all, 1, 130);
	assert_int_equal(history_get(h, 131, &got), -ENOENT);
	assert_int_equal(history_get(h, 0, &got), -ENOENT);
	/* one seq twice would make "which one" a matter of luck */
	assert_int_equal(history_add(h, &all[129]), -EINVAL);
	history_free(h);
	sample_free(&got);
	samples_free(all, 130);
}

/* On a large host the ring gives way to what else there is, in whole MiB, but not altogether. */
static void the_ring_takes_what_is_left(void **state)
{
	(void)state;
	assert_int_equal(history_left(0), HISTORY_BYTES);
	assert_int_equal(history_left(MEMORY_AIM - HISTORY_BYTES), HISTORY_BYTES);
	assert_int_equal(history_left(MEMORY_AIM - (20 << 20)), 20 << 20);
	assert_int_equal(history_left(MEMORY_AIM - (20 << 20) - 1), 20 << 20);
	assert_int_equal(history_left(MEMORY_AIM - (20 << 20) + 1), 19 << 20);
	assert_int_equal(history_left(MEMORY_AIM), HISTORY_BYTES_LEAST);
	assert_int_equal(history_left(UINT64_MAX), HISTORY_BYTES_LEAST);
}

static void one_can_travel(void **state)
{
	struct sample *all = synthetic_samples("1x2x4", 100), a = {0}, b = {0};
	struct history *h = history_new(NULL);
	struct snapshot snap = {0}, want = {0};
	u64 mono, real;

	(void)state;
	history_borrow(h); /* all stay where they are */
	/* every third second is missing: it took too long */
	for (u32 i = 0; i < 100; i++)
		if (i % 3 != 2)
			assert_int_equal(history_add(h, &all[i]), 0);
	assert_int_equal(history_step(h, 100, -1), 98);
	assert_int_equal(history_step(h, 98, -1), 97);
	assert_int_equal(history_step(h, 97, 1), 98);
	assert_int_equal(history_step(h, 98, 1), 100);
	assert_int_equal(history_step(h, 50, -30), 5);
	assert_int_equal(history_step(h, 5, 30), 50);
	assert_int_equal(history_step(h, 50, -1000), 1);
	assert_int_equal(history_step(h, 50, 1000), 100);
	assert_int_equal(history_step(h, 99, 0), 98);
	assert_int_equal(history_before(h, 100), 98);
	assert_int_equal(history_before(h, 4), 2);
	assert_int_equal(history_before(h, 1), 0);
	assert_int_equal(history_before(h, 0), 0);
	assert_int_equal(history_seek_mono(h, all[39].mono_ns), 40);
	assert_int_equal(history_seek_mono(h, all[40].mono_ns + 5), 41);
	assert_int_equal(history_seek_mono(h, all[41].mono_ns + 5), 41);
	assert_int_equal(history_seek_mono(h, 0), 1);
	assert_int_equal(history_seek_mono(h, UINT64_MAX), 100);
	assert_int_equal(history_seek_real(h, all[60].real_ns + 1), 61);
	assert_true(history_time(h, 61, &mono, &real));
	assert_true(mono == all[60].mono_ns && real == all[60].real_ns);
	assert_false(history_time(h, 60, &mono, &real));
	/* mark A, compare with B */
	assert_int_equal(history_get(h, 10, &a), 0);
	assert_int_equal(history_get(h, 70, &b), 0);
	assert_int_equal(snapshot_build(&snap, &a, &b, false), 0);
	assert_int_equal(snapshot_build(&want, &all[9], &all[69], false), 0);
	assert_int_equal(snap.interval_ns, 60 * NSEC_PER_SEC);
	assert_true(snap.exits > 0);
	assert_int_equal(snap.exits, want.exits);
	assert_memory_equal(&snap.budget, &want.budget, sizeof(snap.budget));
	snapshot_free(&snap);
	snapshot_free(&want);
	sample_free(&a);
	sample_free(&b);
	history_free(h);
	samples_free(all, 100);
}

/* All that the ring says it has is there; how many. */
static u32 check_kept(struct history *h, const struct sample *all)
{
	struct history_figures f = history_figures(h);
	struct sample got = {0};
	u32 every = 0, n = 0;
	u64 seq = f.first_seq, mono, real, before = 0;

	for (;; seq = history_step(h, seq, 1)) {
		assert_int_equal(history_before(h, seq), before);
		assert_int_equal(history_get(h, seq, &got), 0);
		assert_true(same_sample(&got, &all[seq - 1]));
		assert_true(history_time(h, seq, &mono, &real));
		/* in the newer part none is left out */
		assert_true(mono <= f.every_mono || before + 1 == seq);
		every += mono >= f.every_mono;
		n++;
		before = seq;
		if (seq == f.last_seq)
			break;
	}
	assert_int_equal(n, f.samples);
	assert_int_equal(every, f.samples - f.thin);
	sample_free(&got);
	return n;
}

/* Never more than the limit, at any moment; what is left is all of the newest, and some of what is older. */
static void bytes_are_bounded(void **state)
{
	static const u64 limits[] = {60 << 10, 100 << 10, 400 << 10, 800 << 10};
	struct sample *all = samples_of("6x4x12", 400, 0), got = {0};
	u32 before = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		struct history_limits l = {.max_bytes = limits[i]};
		struct history *h = history_new(&l);
		struct history_figures f;
		u64 gap = 0, last_gap = 0, least = limits[i];
		u32 n;

		for (u32 k = 0; k < 400; k++) {
			assert_int_equal(history_add(h, &all[k]), 0);
			f = history_figures(h);
			assert_true(f.bytes <= limits[i]);
			assert_int_equal(f.last_seq, k + 1);
			if (f.thin && f.bytes < least)
				least = f.bytes;
			if (k % 97 == 0)
				check_kept(h, all);
		}
		n = check_kept(h, all);
		/* more memory, more samples; it is used, and it reaches back to the first */
		assert_true(n > before);
		before = n;
		assert_true(least > limits[i] / 2);
		assert_true(f.thin > 0);
		assert_true(f.samples - f.thin >= limits[i] / (32 << 10));
		if (limits[i] >= 100 << 10)
			assert_int_equal(f.first_seq, 1);
		/* the older, the longer are its steps: no hole is larger than all that came after it */
		for (u64 seq = f.first_seq; seq != f.last_seq; seq += gap) {
			gap = history_step(h, seq, 1) - seq;
			assert_true(gap <= f.last_seq - seq);
			last_gap = gap;
			if (gap > 1)
				assert_int_equal(history_get(h, seq + 1, &got), -ENOENT);
		}
		assert_int_equal(last_gap, 1);
		print_message("%u KiB: %u of 400 samples, the last %u of them all\n", (u32)(limits[i] >> 10), n,
			      n - f.thin);
		/* a smaller ring from now on */
		l.max_bytes /= 2;
		history_limit(h, &l);
		assert_true(history_figures(h).bytes <= l.max_bytes);
		if (history_figures(h).samples)
			check_kept(h, all);
		history_free(h);
	}
	samples_free(all, 400);
	sample_free(&got);
}

static void age_is_bounded(void **state)
{
	struct history_limits l = {.max_age_ns = 60 * NSEC_PER_SEC};
	struct sample *all = synthetic_samples("1x1x4", 300);
	struct history *h = history_new(&l);

	(void)state;
	for (u32 i = 0; i < 300; i++) {
		struct history_figures f;

		assert_int_equal(history_add(h, &all[i]), 0);
		f = history_figures(h);
		/* all of the last minute, and no more than one group beyond */
		assert_true(f.samples >= (i < 60 ? i + 1 : 61) && f.samples <= 61 + REC_KEY_EVERY);
	}
	history_free(h);
	samples_free(all, 300);
}

static void too_large_for_the_ring(void **state)
{
	struct history_limits l = {.max_bytes = 20 << 10};
	struct sample *large = synthetic_samples("20x8x30", 1), *small = synthetic_samples("1x1x2", 3), got = {0};
	struct history *h = history_new(&l);

	(void)state;
	assert_int_equal(history_add(h, &small[0]), 0);
	large[0].seq = 2;
	assert_int_equal(history_add(h, &large[0]), -EFBIG);
	assert_int_equal(history_figures(h).samples, 0);
	assert_int_equal(history_figures(h).bytes, 0);
	assert_int_equal(history_figures(h).refused, 1);
	assert_int_equal(history_add(h, &small[2]), 0);
	assert_int_equal(history_get(h, 3, &got), 0);
	assert_true(same_sample(&got, &small[2]));
	history_free(h);
	sample_free(&got);
	samples_free(large, 1);
	samples_free(small, 3);
}

/* The flight recorder: what the ring has is a recording like any other. */
static void the_ring_becomes_a_file(void **state)
{
	struct history_limits l = {.max_bytes = 200 << 10};
	struct sample *all = synthetic_samples("6x4x12", 100);
	struct history *h = history_new(&l);
	struct recording *rec;
	const struct sample *got;
	u64 seq = 0;
	char error[256];
	int err;

	(void)state;
	assert_int_equal(history_write(h, scratch_path("ring"), error, sizeof(error)), -ENODATA);
	assert_string_equal(error, "nothing recorded yet");
	for (u32 i = 0; i < 100; i++)
		assert_int_equal(history_add(h, &all[i]), 0);
	assert_true(history_figures(h).thin > 1);
	assert_int_equal(history_write(h, scratch_path("ring"), error, sizeof(error)), 0);
	rec = recording_open(scratch_path("ring"), &err, error, sizeof(error));
	assert_non_null(rec);
	assert_int_equal(recording_count(rec), history_figures(h).samples);
	assert_int_equal(recording_damage(rec).records, 0);
	assert_false(recording_damage(rec).cut);
	for (u32 i = 0; i < recording_count(rec); i++) {
		assert_int_equal(recording_get(rec, i, &got), 0);
		assert_int_equal(got->missing, 0);
		seq = i ? history_step(h, seq, 1) : history_figures(h).first_seq;
		assert_int_equal(got->seq, seq);
		assert_true(same_sample(got, &all[seq - 1]));
	}
	recording_close(rec);
	/* collection goes on, from where it was */
	all[0].seq = 101;
	all[0].mono_ns = all[99].mono_ns + 1;
	assert_int_equal(history_add(h, &all[0]), 0);
	assert_int_equal(history_write(h, "/nosuch/dir/ring", error, sizeof(error)), -ENOENT);
	assert_int_equal(history_write(h, "/dev/full", error, sizeof(error)), -ENOSPC);
	assert_non_null(strstr(error, "/dev/full: No space left"));
	history_free(h);
	samples_free(all, 100);
}

static double cpu_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* What it costs, printed. The bounds are loose: they catch a mistake of an order of magnitude, sanitizers included. */
static void the_price(void **state)
{
	static const struct {
		const char *spec;
		u32 n, bytes_max;
		double ms_max;
	} sizes[] = {{"8x4x12", 120, 64 << 10, 20}, {"1000x4x12", 12, 24 << 20, 2000}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct history_limits l = {.max_bytes = 256 << 20};
		struct history *h = history_new(&l);
		struct history_figures f;
		struct sample got = {0};
		double began, forward, back;
		struct pair p;
		u32 n = i ? sweep(4, sizes[i].n) : sizes[i].n;

		pair_open(&p, sizes[i].spec);
		/* what a host has whose screen shows VMs */
		source_want(p.source, &(struct wants){0});
		for (u32 k = 0; k < n; k++) {
			pair_next(&p);
			assert_int_equal(history_add(h, &p.b), 0);
		}
		f = history_figures(h);
		began = cpu_ms();
		for (u32 k = 1; k <= n; k++)
			assert_int_equal(history_get(h, k, &got), 0);
		forward = (cpu_ms() - began) / n;
		began = cpu_ms();
		for (u32 k = n; k > 0; k--)
			assert_int_equal(history_get(h, k, &got), 0);
		back = (cpu_ms() - began) / n;
		print_message("%s: add %.3f ms, %llu bytes a sample; get %.3f ms on, %.3f ms back\n", sizes[i].spec,
			      (double)f.cpu_ns / 1e6 / n, (unsigned long long)(f.bytes / n), forward, back);
		assert_true(f.bytes / n < sizes[i].bytes_max);
		assert_true((double)f.cpu_ns / 1e6 / n < sizes[i].ms_max);
		pair_close(&p);
		sample_free(&got);
		history_free(h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_sample_comes_back),   cmocka_unit_test(the_ring_takes_what_is_left),
		cmocka_unit_test(one_can_travel),          cmocka_unit_test(bytes_are_bounded),
		cmocka_unit_test(age_is_bounded),          cmocka_unit_test(too_large_for_the_ring),
		cmocka_unit_test(the_ring_becomes_a_file), cmocka_unit_test(the_price),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
