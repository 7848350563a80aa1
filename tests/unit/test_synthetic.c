/* SPDX-License-Identifier: GPL-2.0-only */
#include "build.h"

static u64 sum(const u64 *n, u32 count)
{
	u64 total = 0;

	for (u32 i = 0; i < count; i++)
		total += n[i];
	return total;
}

/* Everything that a sample promises, of any source. */
static void check_exit(const struct sample *s, const struct vcpu_sample *v, const struct exit_sample *e)
{
	bool open_end = e->hist.first + e->hist.len == HIST_BUCKETS;
	u64 low = 0, high = 0, counted = 0;

	assert_true(e->count == e->done + (e->inflight_ns ? 1 : 0));
	assert_int_equal(sum(e->part_ns, EXIT_PARTS), e->total_ns);
	if (e->inflight_ns && EXIT_KEY_KIND(e->key) == EXIT_GUEST)
		assert_int_equal(sum(v->inflight_part_ns, EXIT_PARTS), e->inflight_ns);
	for (u32 i = 0; i < e->hist.len; i++) {
		counted += s->hist[e->hist.off + i];
		low += s->hist[e->hist.off + i] * hist_bucket_low(e->hist.first + i);
		high += s->hist[e->hist.off + i] * hist_bucket_low(e->hist.first + i + 1);
	}
	assert_int_equal(counted, e->done);
	assert_true(e->total_ns >= low && (open_end || e->total_ns <= high));
	if (e->done) {
		assert_int_equal(hist_bucket(e->min_ns), e->hist.first);
		assert_int_equal(hist_bucket(e->max_ns), e->hist.first + e->hist.len - 1);
		assert_true(e->interval_max_ns <= e->max_ns);
		assert_true(!e->interval_max_ns || e->interval_min_ns >= e->min_ns);
	}
}

static void check_sample(const struct sample *s)
{
	u32 vcpus = 0, exits = 0;

	for (u32 i = 0; i < s->vm_count; i++) {
		const struct vm_sample *vm = &s->vms[i];

		assert_true(!i || vm->uid > s->vms[i - 1].uid);
		assert_true(*vm->name);
		assert_int_equal(vm->vcpu_first, vcpus);
		vcpus += vm->vcpu_count;
		for (u32 j = 0; j < vm->vcpu_count; j++) {
			const struct vcpu_sample *v = &s->vcpus[vm->vcpu_first + j];
			u64 kvm = 0, user = 0, counts[2] = {0, 0};

			assert_int_equal(v->vm, vm->uid);
			assert_int_equal(v->ended, vm->ended);
			assert_int_equal(v->exit_first, exits);
			exits += v->exit_count;
			assert_int_equal(v->age_ns, s->mono_ns - v->created_ns);
			assert_int_equal(sum(v->time_ns, VCPU_STATES), v->age_ns);
			assert_true(v->state_ns <= s->mono_ns - v->created_ns);
			for (u32 k = 0; k < v->exit_count; k++) {
				const struct exit_sample *e = &s->exits[v->exit_first + k];

				assert_true(!k || e->key > e[-1].key);
				check_exit(s, v, e);
				counts[EXIT_KEY_KIND(e->key)] += e->count;
				if (EXIT_KEY_KIND(e->key) == EXIT_USER) {
					user += exit_sample_time_ns(e);
					continue;
				}
				kvm += exit_sample_part_ns(v, e, PART_KERNEL);
			}
			assert_int_equal(counts[EXIT_GUEST], v->exits);
			assert_int_equal(counts[EXIT_USER], v->user_exits);
			assert_int_equal(v->time_ns[VCPU_KVM], kvm);
			if (v->user_exits)
				assert_int_equal(v->time_ns[VCPU_USER], user);
		}
	}
	assert_int_equal(vcpus, s->vcpu_count);
	assert_int_equal(exits, s->exit_count);
}

static void sizes_and_steps_are_consistent(void **state)
{
	static const char *const specs[] = {"1x1x1", "1x1x12", "1x4x2", "2x1x4", "5x3x12", "7x2x40", "4x4x8:99"};
	static const u64 steps[] = {1, 1000, NSEC_PER_MSEC, NSEC_PER_SEC, 10 * NSEC_PER_SEC};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(specs); i++) {
		for (u32 j = 0; j < ARRAY_SIZE(steps); j++) {
			struct synthetic_spec spec;
			struct sample s = {0};
			struct source *src;

			assert_int_equal(synthetic_spec_parse(specs[i], &spec), 0);
			spec.step_ns = steps[j];
			src = source_synthetic_open(&spec);
			assert_non_null(src);
			for (u32 n = 1; n <= 18; n++) {
				u64 before = s.mono_ns;

				assert_int_equal(source_sample(src, &s), 0);
				assert_int_equal(s.seq, n);
				assert_true(n == 1 || s.mono_ns - before == steps[j]);
				if (steps[j] >= NSEC_PER_MSEC)
					check_sample(&s);
			}
			source_close(src);
			sample_free(&s);
		}
	}
}

static void the_same_on_every_run(void **state)
{
	struct pair p, q;

	(void)state;
	pair_open(&p, "5x3x12:7");
	pair_open(&q, "5x3x12:7");
	for (u32 i = 0; i < 10; i++) {
		pair_next(&p);
		pair_next(&q);
		assert_int_equal(p.b.exit_count, q.b.exit_count);
		assert_memory_equal(p.b.exits, q.b.exits, p.b.exit_count * sizeof(*p.b.exits));
		assert_memory_equal(p.b.vcpus, q.b.vcpus, p.b.vcpu_count * sizeof(*p.b.vcpus));
		assert_memory_equal(p.b.hist, q.b.hist, p.b.hist_count * sizeof(*p.b.hist));
	}
	pair_close(&q);
	pair_open(&q, "5x3x12:8");
	pair_next(&q);
	assert_int_not_equal(q.b.vcpus[0].exits, p.b.vcpus[0].exits);
	pair_close(&p);
	pair_close(&q);
}

static void the_story_happens(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p, "5x3x12");
	for (u32 n = 1; n <= 20; n++) {
		const struct vm_sample *ending, *stuck_vm;
		const struct vcpu_sample *stuck, *preempted;

		pair_next(&p);
		ending = sample_find_vm(&p.b, 3);
		assert_int_equal(ending != NULL, n <= 5);
		assert_true(!ending || ending->ended == (n == 5));
		assert_int_equal(sample_find_vm(&p.b, 4) != NULL, n >= 3);
		stuck_vm = sample_find_vm(&p.b, 2);
		stuck = &p.b.vcpus[stuck_vm->vcpu_first];
		if (n >= 2 && n < 14) {
			const struct exit_sample *io = sample_find_exit(&p.b, stuck, EXIT_KEY(EXIT_USER, 2));

			assert_int_equal(stuck->state, VCPU_USER);
			assert_non_null(io);
			assert_true(io->inflight_ns > (n - 2) * NSEC_PER_SEC);
		} else {
			assert_int_not_equal(stuck->state, VCPU_USER);
		}
		preempted = &p.b.vcpus[1];
		assert_true(preempted->preemptors[0].ns > preempted->preemptors[1].ns);
		assert_string_equal(preempted->preemptors[1].comm, "ksoftirqd/2");
		assert_int_equal(p.b.vcpus[2].tid, 0);
		assert_int_equal(p.b.vcpus[2].exit_count, 0);
	}
	assert_non_null(strchr(sample_find_vm(&p.b, 4)->name, 0xc3));
	pair_close(&p);
}

static void specs(void **state)
{
	static const char *const bad[] = {
		"",           "1",        "1x1",    "0x1x1",   "1x0x1",  "1x1x0",  "1x1x41",
		"100001x1x1", "1x1025x1", "1x1x1:", "1x1x1:x", "1x1x1 ", "-1x1x1", "1x1x1:99999999999999999999"};
	struct synthetic_spec spec;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		assert_true(synthetic_spec_parse(bad[i], &spec) < 0);
	assert_int_equal(synthetic_spec_parse("1000x4x12:18446744073709551615", &spec), 0);
	assert_int_equal(spec.vms, 1000);
	assert_int_equal(spec.vcpus, 4);
	assert_int_equal(spec.reasons, 12);
	assert_true(spec.seed == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_and_steps_are_consistent),
		cmocka_unit_test(the_same_on_every_run),
		cmocka_unit_test(the_story_happens),
		cmocka_unit_test(specs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
