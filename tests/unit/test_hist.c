/* SPDX-License-Identifier: GPL-2.0-only */
#include "build.h"

static void buckets_hold_their_range(void **state)
{
	(void)state;
	for (u32 b = 0; b < HIST_BUCKETS; b++) {
		assert_int_equal(hist_bucket(hist_bucket_low(b)), b);
		assert_int_equal(hist_bucket(hist_bucket_low(b + 1) - 1), b);
		assert_true(hist_bucket_low(b + 1) > hist_bucket_low(b));
	}
	assert_int_equal(hist_bucket(0), 0);
	assert_int_equal(hist_bucket(UINT64_MAX), HIST_BUCKETS - 1);
}

static void midpoint_is_close(void **state)
{
	u64 seed = 42;

	(void)state;
	for (u32 i = 0; i < 100000; i++) {
		u64 ns = 128 + rnd(&seed) % (1ULL << (8 + rnd(&seed) % 25)), one = 1, mid;
		u32 b = hist_bucket(ns);

		mid = hist_quantile(&one, b, 1, 0.5, 0, UINT64_MAX);
		assert_true((mid > ns ? mid - ns : ns - mid) <= ns / 16);
	}
}

static int by_size(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static void quantiles_match_sorted_values(void **state)
{
	static const double qs[] = {0.01, 0.25, 0.5, 0.9, 0.99, 1};
	u64 seed = 7;

	(void)state;
	for (u32 round = 0; round < 200; round++) {
		u64 values[500], counts[HIST_BUCKETS] = {0};
		u32 n = 1 + rnd(&seed) % 500;

		for (u32 i = 0; i < n; i++) {
			values[i] = 200 + rnd(&seed) % (1ULL << (9 + rnd(&seed) % 22));
			counts[hist_bucket(values[i])]++;
		}
		qsort(values, n, sizeof(*values), by_size);
		for (u32 i = 0; i < ARRAY_SIZE(qs); i++) {
			u32 rank = (u32)(qs[i] * n);
			u64 want, got;

			if (rank < qs[i] * n)
				rank++;
			want = values[rank ? rank - 1 : 0];
			got = hist_quantile(counts, 0, HIST_BUCKETS, qs[i], values[0], values[n - 1]);
			assert_true((got > want ? got - want : want - got) <= want / 10);
			assert_true(got >= values[0] && got <= values[n - 1]);
		}
	}
}

static void edges(void **state)
{
	u64 none[3] = {0, 0, 0}, last = 5;

	(void)state;
	assert_int_equal(hist_quantile(none, 10, 3, 0.5, 1, 2), 0);
	assert_int_equal(hist_quantile(NULL, 0, 0, 0.5, 1, 2), 0);
	/* The open bucket reaches as far as the maximum says: never below its lower end, never above the maximum. */
	assert_true(hist_quantile(&last, HIST_BUCKETS - 1, 1, 0.5, 14 * NSEC_PER_SEC, 100 * NSEC_PER_SEC) >
		    14 * NSEC_PER_SEC);
	assert_true(hist_quantile(&last, HIST_BUCKETS - 1, 1, 0.5, 0, 14 * NSEC_PER_SEC) <= 14 * NSEC_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_hold_their_range),
		cmocka_unit_test(midpoint_is_close),
		cmocka_unit_test(quantiles_match_sorted_values),
		cmocka_unit_test(edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
