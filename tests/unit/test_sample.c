/* SPDX-License-Identifier: GPL-2.0-only */
#include "build.h"

static void rows_are_zeroed_and_found(void **state)
{
	struct sample s = {0};

	(void)state;
	for (u32 round = 0; round < 3; round++) {
		build_sample(&s, round + 1);
		for (u32 vm = 0; vm < 50; vm++) {
			build_vm(&s, vm * 3 + 1, "vm");
			for (u32 v = 0; v < 4; v++) {
				struct vcpu_sample *vcpu = build_vcpu(&s, 1000 - (vm * 4 + v), v);

				assert_int_equal(vcpu->exits, 0);
				vcpu->exits = ~0ULL;
				for (u32 e = 0; e < 5; e++)
					build_exit(&s, EXIT_KEY(EXIT_GUEST, e * 2), e, 1000)->inflight_ns = 9;
			}
		}
		assert_int_equal(s.vcpu_count, 200);
		assert_int_equal(s.exit_count, 1000);
	}
	for (u32 vm = 0; vm < 50; vm++) {
		const struct vm_sample *found = sample_find_vm(&s, vm * 3 + 1);

		assert_non_null(found);
		assert_int_equal(found->uid, vm * 3 + 1);
		assert_null(sample_find_vm(&s, vm * 3 + 2));
		for (u32 v = 0; v < 4; v++) {
			const struct vcpu_sample *vcpu = sample_find_vcpu(&s, found, 1000 - (vm * 4 + v));

			assert_non_null(vcpu);
			assert_int_equal(vcpu->vcpu_id, v);
			assert_non_null(sample_find_exit(&s, vcpu, EXIT_KEY(EXIT_GUEST, 8)));
			assert_null(sample_find_exit(&s, vcpu, EXIT_KEY(EXIT_GUEST, 7)));
			assert_null(sample_find_exit(&s, vcpu, EXIT_KEY(EXIT_USER, 8)));
		}
		assert_null(sample_find_vcpu(&s, found, 5000));
	}
	sample_free(&s);
	assert_null(s.vms);
}

static void copies_are_deep(void **state)
{
	struct sample copy = {0};
	struct pair p;

	(void)state;
	pair_open(&p, "6x3x12");
	for (u32 i = 0; i < 7; i++) {
		pair_next(&p);
		assert_int_equal(sample_copy(&copy, &p.b), 0);
		assert_int_equal(copy.seq, p.b.seq);
		assert_int_equal(copy.hist_count, p.b.hist_count);
		assert_memory_equal(copy.vms, p.b.vms, copy.vm_count * sizeof(*copy.vms));
		assert_memory_equal(copy.vcpus, p.b.vcpus, copy.vcpu_count * sizeof(*copy.vcpus));
		assert_memory_equal(copy.exits, p.b.exits, copy.exit_count * sizeof(*copy.exits));
		assert_memory_equal(copy.hist, p.b.hist, copy.hist_count * sizeof(*copy.hist));
		assert_true(copy.vms != p.b.vms && copy.hist != p.b.hist);
		copy.vms[0].pid++;
		assert_int_not_equal(copy.vms[0].pid, p.b.vms[0].pid);
	}
	pair_close(&p);
	sample_free(&copy);
}

static void steady_size_keeps_its_memory(void **state)
{
	void *vms, *vcpus, *exits, *hist;
	struct pair p;

	(void)state;
	pair_open(&p, "2x3x12");
	for (u32 i = 0; i < 20; i++)
		pair_next(&p);
	vms = p.b.vms;
	vcpus = p.b.vcpus;
	exits = p.b.exits;
	hist = p.b.hist;
	for (u32 i = 0; i < 4; i++)
		pair_next(&p);
	assert_ptr_equal(p.b.vms, vms);
	assert_ptr_equal(p.b.vcpus, vcpus);
	assert_ptr_equal(p.b.exits, exits);
	assert_ptr_equal(p.b.hist, hist);
	pair_close(&p);
}

static void names_are_all_there(void **state)
{
	(void)state;
	for (u32 i = 0; i < LOSSES; i++) {
		assert_non_null(loss_name(i));
		assert_non_null(loss_help(i));
		for (u32 j = 0; j < i; j++)
			assert_string_not_equal(loss_name(i), loss_name(j));
	}
	assert_string_equal(loss_name(LOSSES), "?");
	for (u32 i = 0; i < VCPU_STATES; i++)
		assert_non_null(vcpu_state_name(i));
	assert_string_equal(vcpu_state_name(VCPU_WAIT), "wait");
	assert_string_equal(vcpu_state_name(VCPU_STATES), "?");
	assert_string_equal(probe_status_name(PROBE_SILENT), "silent");
	assert_string_equal(probe_status_name(99), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_zeroed_and_found),
		cmocka_unit_test(copies_are_deep),
		cmocka_unit_test(steady_size_keeps_its_memory),
		cmocka_unit_test(names_are_all_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
