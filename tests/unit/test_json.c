/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <json-c/json.h>

#include "build.h"
#include "../../model/events.h"
#include "../../model/json.h"
#include "../../model/reasons.h"

/* The line that the sample becomes, parsed again. */
static struct json_object *written(const struct sample *s, u64 interval_ns)
{
	struct json_object *root;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_int_equal(json_write_sample(f, s, interval_ns), 0);
	fclose(f);
	assert_true(size > 2 && text[size - 1] == '\n');
	/* One line, and nothing in it that a terminal would act on. */
	assert_ptr_equal(strchr(text, '\n'), text + size - 1);
	for (size_t i = 0; i + 1 < size; i++)
		assert_true((unsigned char)text[i] >= ' ' && text[i] != 0x7f);
	root = json_tokener_parse(text);
	assert_non_null(root);
	free(text);
	return root;
}

static struct json_object *get(struct json_object *o, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(o, key, &value));
	return value;
}

static u64 num(struct json_object *o, const char *key)
{
	return json_object_get_uint64(get(o, key));
}

static const char *str(struct json_object *o, const char *key)
{
	return json_object_get_string(get(o, key));
}

static void check_figures(struct json_object *o, const struct exit_sample *e)
{
	assert_int_equal(num(o, "count"), e->count);
	assert_int_equal(num(o, "total_ns"), e->total_ns + e->inflight_ns);
	assert_int_equal(num(o, "min_ns"), e->min_ns);
	assert_int_equal(num(o, "max_ns"), e->max_ns > e->inflight_ns ? e->max_ns : e->inflight_ns);
	assert_true(num(o, "p50_ns") >= e->min_ns && num(o, "p50_ns") <= num(o, "p99_ns"));
	assert_true(num(o, "p99_ns") <= e->max_ns);
	assert_true((num(o, "p99_ns") > 0) == (e->done > 0));
}

static void check_vcpu(struct json_object *o, const struct sample *s, const struct vcpu_sample *v)
{
	struct json_object *exits = get(o, "exits"), *user_exits = get(o, "user_exits");
	struct json_object *times = get(o, "time_ns"), *sched = get(o, "sched"), *by = get(sched, "preempted_by");
	u64 total = 0, exit_count = 0;
	char buf[REASON_NAME_SIZE];
	u32 guest = 0, user = 0;

	assert_int_equal(json_object_get_int64(get(o, "id")), v->vcpu_id);
	if (v->tid)
		assert_int_equal(num(o, "tid"), v->tid);
	else
		assert_null(get(o, "tid"));
	if (v->entries || v->user_exits)
		assert_int_equal(num(o, "cpu"), v->cpu);
	else
		assert_null(get(o, "cpu"));
	assert_string_equal(str(o, "state"), vcpu_state_name(v->state));
	assert_int_equal(num(o, "state_ns"), v->state_ns);
	assert_int_equal(json_object_get_boolean(get(o, "ended")), v->ended);
	assert_int_equal(json_object_object_length(times), VCPU_STATES);
	for (u32 i = 0; i < VCPU_STATES; i++) {
		assert_int_equal(num(times, vcpu_state_name(i)), v->time_ns[i]);
		total += v->time_ns[i];
	}
	assert_int_equal(total, s->mono_ns - v->created_ns);
	for (u32 i = 0; i < v->exit_count; i++) {
		const struct exit_sample *e = &s->exits[v->exit_first + i];
		struct json_object *x;

		if (EXIT_KEY_KIND(e->key) == EXIT_USER) {
			x = json_object_array_get_idx(user_exits, user++);
			assert_int_equal(json_object_get_int64(get(x, "code")), (s32)EXIT_KEY_CODE(e->key));
		} else {
			x = json_object_array_get_idx(exits, guest++);
			exit_count += num(x, "count");
			assert_int_equal(num(x, "code"), EXIT_KEY_CODE(e->key));
			assert_string_equal(str(x, "isa"), isa_name(v->isa, buf));
			assert_int_equal(num(x, "kvm_ns") + num(x, "user_ns") + num(x, "halt_ns") + num(x, "wait_ns"),
					 num(x, "total_ns"));
			assert_int_equal(num(x, "user_ns"), exit_sample_part_ns(v, e, PART_USER));
		}
		assert_string_equal(str(x, "reason"), reason_name(v->isa, e->key, buf));
		check_figures(x, e);
	}
	assert_int_equal(exit_count, v->exits);
	assert_int_equal(json_object_array_length(exits), guest);
	assert_int_equal(json_object_array_length(user_exits), user);
	assert_int_equal(num(sched, "migrations"), v->migrations);
	assert_int_equal(num(sched, "preemptions"), v->preemptions);
	assert_int_equal(num(sched, "wait_max_ns"), v->wait_max_ns);
	assert_int_equal(num(sched, "others_ns"), v->preempt_rest_ns);
	for (u32 i = 1; i < json_object_array_length(by); i++)
		assert_true(num(json_object_array_get_idx(by, i - 1), "ns") >=
			    num(json_object_array_get_idx(by, i), "ns"));
	assert_int_equal(num(get(o, "halt"), "wakeups"), v->halts);
	assert_int_equal(num(get(o, "halt"), "polled"), v->halts_polled);
	assert_int_equal(num(get(o, "halt"), "wait_ns"), v->halt_wait_ns);
}

static void all_figures_come_back(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p, "5x3x14");
	for (u32 n = 1; n <= 16; n++) {
		struct json_object *root, *vms;

		pair_next(&p);
		root = written(&p.b, n > 1 ? NSEC_PER_SEC : 0);
		vms = get(root, "vms");
		assert_int_equal(num(root, "interval_ns"), n > 1 ? NSEC_PER_SEC : 0);
		assert_string_equal(str(root, "host"), "synthetic");
		assert_string_equal(str(root, "isa"), "vmx");
		assert_int_equal(strncmp(str(root, "time"), "2026-01-01T00:00:", 17), 0);
		assert_int_equal(json_object_object_length(get(root, "lost")), LOSSES);
		assert_int_equal(json_object_object_length(get(root, "probes")), PROBE_COUNT);
		assert_int_equal(num(get(root, "cost"), "cpu_ns"), p.b.cost.cpu_ns);
		assert_int_equal(json_object_array_length(vms), p.b.vm_count);
		for (u32 i = 0; i < p.b.vm_count; i++) {
			struct json_object *vm = json_object_array_get_idx(vms, i), *vcpus = get(vm, "vcpus");

			assert_int_equal(num(vm, "pid"), p.b.vms[i].pid);
			assert_string_equal(str(vm, "name"), p.b.vms[i].name);
			assert_int_equal(json_object_get_boolean(get(vm, "ended")), p.b.vms[i].ended);
			assert_int_equal(json_object_array_length(vcpus), p.b.vms[i].vcpu_count);
			for (u32 j = 0; j < p.b.vms[i].vcpu_count; j++)
				check_vcpu(json_object_array_get_idx(vcpus, j), &p.b,
					   &p.b.vcpus[p.b.vms[i].vcpu_first + j]);
		}
		json_object_put(root);
	}
	pair_close(&p);
}

/* Where entries never fire, the pCPU is that of the last KVM_RUN. */
static void a_host_without_entries(void **state)
{
	struct sample s = {0};
	struct json_object *root, *vcpus;
	struct vcpu_sample *v;

	(void)state;
	build_sample(&s, 1);
	build_vm(&s, 1, "one");
	for (u32 i = 0; i < 2; i++) {
		v = build_vcpu(&s, 11 + i, i);
		v->entries = 0;
		v->user_exits = 5 * i;
		v->cpu = 3;
	}
	root = written(&s, 0);
	vcpus = get(json_object_array_get_idx(get(root, "vms"), 0), "vcpus");
	assert_null(get(json_object_array_get_idx(vcpus, 0), "cpu"));
	assert_int_equal(num(json_object_array_get_idx(vcpus, 1), "cpu"), 3);
	json_object_put(root);
	sample_free(&s);
}

static void odd_values(void **state)
{
	struct sample s = {0};
	struct json_object *root, *vcpu, *exit;
	struct vcpu_sample *v;
	struct exit_sample *e;

	(void)state;
	build_sample(&s, 1);
	root = written(&s, 0);
	assert_null(get(root, "isa"));
	assert_int_equal(json_object_array_length(get(root, "vms")), 0);
	assert_false(json_object_object_get_ex(root, "waiting", NULL));
	assert_int_equal(num(root, "missing"), 0);
	json_object_put(root);

	s.waiting = "the kvm module is not loaded";
	s.missing = 7;
	s.lost[LOSS_NESTED] = UINT64_MAX;
	s.probes[PROBE_EXIT] = (struct probe_sample){.status = PROBE_REFUSED, .err = -EPERM};
	build_vm(&s, 1, "a \"quoted\" /name\\");
	v = build_vcpu(&s, 1, -3);
	v->isa = KVM_ISA_SVM;
	v->preemptors[2] = (struct preemptor){.tid = 9, .comm = "\033[31m\xff", .count = 1, .ns = UINT64_MAX};
	e = build_exit(&s, EXIT_KEY(EXIT_GUEST, 0xffffffff), 0, 0);
	e->count = 1;
	e->inflight_ns = 5000;
	v->inflight_part_ns[PART_KERNEL] = 5000;
	build_exit(&s, EXIT_KEY(EXIT_USER, (u32)-EINTR), 3, 100);
	root = written(&s, 0);
	assert_string_equal(str(root, "waiting"), s.waiting);
	assert_int_equal(num(root, "missing"), 7);
	assert_true(num(get(root, "lost"), "nested") == UINT64_MAX);
	assert_string_equal(str(get(get(root, "probes"), probe_table[PROBE_EXIT].name), "status"), "refused");
	assert_int_equal(num(get(get(root, "probes"), probe_table[PROBE_EXIT].name), "errno"), EPERM);
	assert_string_equal(str(json_object_array_get_idx(get(root, "vms"), 0), "name"), "a \"quoted\" /name\\");
	vcpu = json_object_array_get_idx(get(json_object_array_get_idx(get(root, "vms"), 0), "vcpus"), 0);
	assert_int_equal(json_object_get_int(get(vcpu, "id")), -3);
	exit = json_object_array_get_idx(get(vcpu, "exits"), 0);
	assert_string_equal(str(exit, "reason"), "invalid_guest_state");
	assert_int_equal(num(exit, "code"), 0xffffffff);
	assert_int_equal(num(exit, "count"), 1);
	assert_int_equal(num(exit, "total_ns"), 5000);
	assert_int_equal(num(exit, "max_ns"), 5000);
	assert_int_equal(num(exit, "kvm_ns"), 5000);
	assert_int_equal(num(exit, "min_ns") + num(exit, "p50_ns"), 0);
	exit = json_object_array_get_idx(get(vcpu, "user_exits"), 0);
	assert_int_equal(json_object_get_int(get(exit, "code")), -EINTR);
	assert_string_equal(str(exit, "reason"), "restart");
	exit = json_object_array_get_idx(get(get(vcpu, "sched"), "preempted_by"), 0);
	assert_string_equal(str(exit, "comm"), "?[31m?");
	assert_true(num(exit, "ns") == UINT64_MAX);
	json_object_put(root);
	sample_free(&s);
}

static void a_full_disk_is_an_error(void **state)
{
	struct sample s = {0};
	FILE *f = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(f);
	build_sample(&s, 1);
	assert_int_equal(json_write_sample(f, &s, 0), -EIO);
	fclose(f);
	sample_free(&s);
}

/* Whatever array the table of events has, the schema knows. */
static void the_schema_knows_all_events(void **state)
{
	struct json_object *schema = json_object_from_file("model/kvmtop.schema.json"), *vm, *properties;

	(void)state;
	assert_non_null(schema);
	assert_true(json_object_object_get_ex(schema, "$defs", &vm));
	assert_true(json_object_object_get_ex(vm, "vm", &vm));
	assert_true(json_object_object_get_ex(vm, "properties", &properties));
	for (u32 i = 0; i < event_info_count(); i++)
		if (!json_object_object_get_ex(properties, event_info_at(i)->array, NULL))
			fail_msg("%s is not in the schema", event_info_at(i)->array);
	json_object_put(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_figures_come_back),       cmocka_unit_test(odd_values),
		cmocka_unit_test(a_host_without_entries),      cmocka_unit_test(a_full_disk_is_an_error),
		cmocka_unit_test(the_schema_knows_all_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
