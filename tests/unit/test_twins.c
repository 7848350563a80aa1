// SPDX-License-Identifier: GPL-2.0-only
/* What is written twice, once for BPF and once for user space, has to be the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "../../model/hist.h"

#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#include "../../bpf/hist.bpf.h"

static void buckets_agree(void **state)
{
	(void)state;
	for (u64 ns = 0; ns < 100000; ns++)
		assert_int_equal(duration_bucket(ns), hist_bucket(ns));
	for (u64 ns = 0; ns < 1 << SHORT_SHIFT; ns++)
		assert_int_equal(short_bucket(ns), hist_bucket(ns));
	for (int shift = 0; shift < 64; shift++)
		for (int d = -3; d <= 3; d++)
			assert_int_equal(duration_bucket((1ULL << shift) + d), hist_bucket((1ULL << shift) + d));
	assert_int_equal(duration_bucket(UINT64_MAX), HIST_BUCKETS - 1);
}

/* The promise of HIST_SUB: a bucket's mid-point is within 6 % of every duration in it. */
static void mid_points_are_close(void **state)
{
	(void)state;
	for (u64 ns = 1 << HIST_MIN_SHIFT; ns < 1ULL << 33; ns += ns / 97 + 1) {
		u32 b = duration_bucket(ns);
		double mid = (hist_bucket_low(b) + hist_bucket_low(b + 1)) / 2.0;

		assert_true(hist_bucket_low(b) <= ns && ns < hist_bucket_low(b + 1));
		assert_true(mid > 0.94 * ns && mid < 1.0626 * ns);
	}
}

static void records_keep_their_size(void **state)
{
	struct vcpu_rec rec = {.state_open = STATE_OPEN(VCPU_KVM, 1), .exit_rec_cause = 7};

	(void)state;
	assert_int_equal(rec.state, VCPU_KVM);
	assert_int_equal(rec.exit_open, 1);
	assert_int_equal(rec.exit_rec, 7);
	assert_int_equal(rec.cause, 0);
	assert_int_equal(sizeof(struct exit_rec), 1024);
	assert_int_equal(PREEMPTORS & (PREEMPTORS - 1), 0);
	assert_int_equal(REASONS_A_VCPU & (REASONS_A_VCPU - 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_agree),
		cmocka_unit_test(mid_points_are_close),
		cmocka_unit_test(records_keep_their_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
