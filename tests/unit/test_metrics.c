// SPDX-License-Identifier: GPL-2.0-only
#include "build.h"

#include <errno.h>
#include <libgen.h>
#include <linux/kvm.h>

#include "../../model/ended.h"
#include "../../model/metrics.h"

static char *written(struct metrics *m, const struct sample *s, struct snapshot *snap, enum exposition format)
{
	char *text;
	size_t len;

	assert_int_equal(snapshot_build(snap, NULL, s, true), 0);
	assert_int_equal(metrics_set(m, snap), 0);
	assert_int_equal(metrics_write(m, format, &text, &len), 0);
	assert_int_equal(strlen(text), len);
	return text;
}

/* The value of a series by its name and labels as written, NULL: there is none. */
static const char *find(const char *text, const char *series)
{
	static char value[64];
	const char *at = text;
	size_t len = strlen(series);

	while ((at = strstr(at, series))) {
		if ((at == text || at[-1] == '\n') && at[len] == ' ') {
			snprintf(value, sizeof(value), "%.*s", (int)strcspn(at + len + 1, "\n"), at + len + 1);
			return value;
		}
		at++;
	}
	return NULL;
}

#define assert_series(text, series, value)                             \
	do {                                                           \
		const char *found_ = find(text, series);               \
		if (!found_)                                           \
			fail_msg("no series %s in\n%s", series, text); \
		assert_string_equal(found_ ? found_ : "", value);      \
	} while (0)

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The rules of both formats that a parser need not tell us of. Returns how many series there are. */
static u32 check_format(const char *text, enum exposition format)
{
	char *copy = strdup(text), *save = NULL, family[128] = "", type[32] = "", **series;
	u32 count = 0, room = 0;
	double below = -1;

	assert_non_null(copy);
	for (const char *p = text; *p; p++)
		room += *p == '\n';
	series = calloc(room, sizeof(*series));
	assert_non_null(series);
	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		size_t name;

		assert_true(strcmp(type, "EOF") != 0);
		if (!strcmp(line, "# EOF")) {
			strcpy(type, "EOF");
			continue;
		}
		if (sscanf(line, "# TYPE %127s %31s", family, type) == 2)
			continue;
		if (line[0] == '#') {
			assert_true(!strncmp(line, "# HELP ", 7) || !strncmp(line, "# UNIT ", 7));
			assert_memory_equal(line + 7, family, strlen(family));
			continue;
		}
		/* The series is one of the family that was announced. */
		name = strcspn(line, "{ ");
		assert_true(name >= strlen(family));
		assert_memory_equal(line, family, strlen(family));
		if (!strcmp(type, "histogram")) {
			char *le = strstr(line, "le=\"");
			double n = strtod(strrchr(line, ' '), NULL);

			if (le) {
				assert_true(n >= below);
				below = n;
			} else if (!strncmp(line + name - 6, "_count", 6)) {
				assert_true(n == below);
				below = -1;
			}
		} else if (format == EXPOSE_OPENMETRICS && !strcmp(type, "counter")) {
			assert_int_equal(strncmp(line + strlen(family), "_total", 6), 0);
		}
		assert_true(strtod(strrchr(line, ' '), NULL) >= 0);
		*strrchr(line, ' ') = '\0';
		series[count++] = line;
	}
	assert_int_equal(!strcmp(type, "EOF"), format == EXPOSE_OPENMETRICS);
	qsort(series, count, sizeof(*series), compare_lines);
	for (u32 i = 1; i < count; i++)
		assert_string_not_equal(series[i - 1], series[i]);
	free(series);
	free(copy);
	return count;
}

static void of_a_host(void **state)
{
	struct metrics *m = metrics_new(0);
	struct snapshot snap = {0};
	struct sample s = {0};
	struct exit_sample *e;
	char *text;

	(void)state;
	build_sample(&s, 1);
	s.lost[LOSS_NESTED] = 3;
	s.cost.cpu_ns = 1500000000;
	s.probes[PROBE_SWITCH].status = PROBE_OFF;
	build_vm(&s, 1, "a \"b\"\\c");
	build_vcpu(&s, 1, 0);
	s.vcpus[0].time_ns[VCPU_WAIT] = 250000000;
	e = build_exit(&s, EXIT_KEY(EXIT_GUEST, 1), 7, 1023);
	build_exit(&s, EXIT_KEY(EXIT_GUEST, 30), 5, 1024);
	build_exit(&s, EXIT_KEY(EXIT_USER, 2), 3, 5000000000);
	build_vcpu(&s, 2, 1);
	build_exit(&s, EXIT_KEY(EXIT_GUEST, 30), 2, 2000000);
	e->count++; /* one in flight */
	text = written(m, &s, &snap, EXPOSE_PROMETHEUS);
	check_format(text, EXPOSE_PROMETHEUS);
	assert_series(text, "kvmtop_build_info{version=\"" KVMTOP_VERSION "\"}", "1");
	assert_series(text, "kvmtop_lost_total{cause=\"nested\"}", "3");
	assert_series(text, "kvmtop_own_cpu_seconds_total", "1.5");
	assert_series(text, "kvmtop_probe_attached{probe=\"exit\"}", "1");
	assert_series(text, "kvmtop_probe_attached{probe=\"switch\"}", "0");
	assert_series(text, "kvmtop_vms", "1");
	assert_series(text, "kvmtop_vcpus", "2");
#define VM "vm=\"a \\\"b\\\"\\\\c\",pid=\"1001\""
	assert_series(text, "kvmtop_vm_info{" VM ",vmm=\"qemu\"}", "1");
	assert_series(text, "kvmtop_vcpu_seconds_total{" VM ",vcpu=\"0\",state=\"wait\"}", "0.25");
	assert_series(text, "kvmtop_vm_exits_total{" VM ",isa=\"vmx\",reason=\"EXTERNAL_INTERRUPT\"}", "8");
	assert_series(text, "kvmtop_vm_exits_total{" VM ",isa=\"vmx\",reason=\"IO_INSTRUCTION\"}", "7");
	assert_series(text, "kvmtop_vm_user_exits_total{" VM ",reason=\"IO\"}", "3");
	assert_series(text, "kvmtop_vm_user_exit_seconds_total{" VM ",reason=\"IO\"}", "15");
	assert_series(text,
		      "kvmtop_vm_exit_seconds_total{" VM ",isa=\"vmx\",reason=\"IO_INSTRUCTION\",part=\"kernel\"}",
		      "0.00400512");
#define IRQ VM ",isa=\"vmx\",reason=\"EXTERNAL_INTERRUPT\""
	assert_series(text, "kvmtop_vm_exit_duration_seconds_bucket{" IRQ ",le=\"0.000001023\"}", "7");
	assert_series(text, "kvmtop_vm_exit_duration_seconds_count{" IRQ "}", "7");
#define PIO VM ",isa=\"vmx\",reason=\"IO_INSTRUCTION\""
	assert_series(text, "kvmtop_vm_exit_duration_seconds_bucket{" PIO ",le=\"0.000001023\"}", "0");
	assert_series(text, "kvmtop_vm_exit_duration_seconds_bucket{" PIO ",le=\"0.000004095\"}", "5");
	assert_series(text, "kvmtop_vm_exit_duration_seconds_bucket{" PIO ",le=\"0.001048575\"}", "5");
	assert_series(text, "kvmtop_vm_exit_duration_seconds_bucket{" PIO ",le=\"0.004194303\"}", "7");
	assert_series(text, "kvmtop_vm_exit_duration_seconds_bucket{" PIO ",le=\"+Inf\"}", "7");
	assert_series(text, "kvmtop_vm_exit_duration_seconds_sum{" PIO "}", "0.00400512");
	assert_series(text, "kvmtop_vm_user_exit_duration_seconds_bucket{" VM ",reason=\"IO\",le=\"4.294967295\"}",
		      "0");
	assert_series(text, "kvmtop_vm_user_exit_duration_seconds_bucket{" VM ",reason=\"IO\",le=\"+Inf\"}", "3");
	assert_series(text, "kvmtop_export_series_left_out", "0");
	free(text);
	snapshot_free(&snap);
	sample_free(&s);
	metrics_free(m);
}

/* A vCPU that is stuck, and one of a VM that is paused. */
static void stuck_or_paused(void **state)
{
	struct sample s = {0};
	struct snapshot snap = {0};
	struct metrics *m = metrics_new(0);
	char *text;

	(void)state;
	build_sample(&s, 1);
	for (vm_uid vm = 1; vm <= 2; vm++) {
		struct vcpu_sample *v;

		build_vm(&s, vm, vm == 1 ? "stuck" : "paused");
		v = build_vcpu(&s, vm, 0);
		v->state = VCPU_USER;
		v->state_ns = 12 * NSEC_PER_SEC;
		build_exit(&s, vm == 1 ? EXIT_KEY(EXIT_USER, KVM_EXIT_IO) : EXIT_KEY(EXIT_USER, -EINTR), 0, 0)
			->inflight_ns = v->state_ns;
	}
	text = written(m, &s, &snap, EXPOSE_PROMETHEUS);
	assert_series(text, "kvmtop_vcpu_stuck_seconds{vm=\"stuck\",pid=\"1001\",vcpu=\"0\"}", "12");
	assert_series(text, "kvmtop_vm_paused_seconds{vm=\"stuck\",pid=\"1001\"}", "0");
	assert_series(text, "kvmtop_vcpu_stuck_seconds{vm=\"paused\",pid=\"1002\",vcpu=\"0\"}", "0");
	assert_series(text, "kvmtop_vm_paused_seconds{vm=\"paused\",pid=\"1002\"}", "12");
	free(text);
	metrics_free(m);
	snapshot_free(&snap);
	sample_free(&s);
}

static void both_formats_tell_the_same(void **state)
{
	struct metrics *m = metrics_new(METRICS_SERIES_DEFAULT);
	struct snapshot snap = {0};
	struct pair p;

	(void)state;
	pair_open(&p, "5x3x14");
	for (int i = 0; i < 16; i++) {
		char *old, *open, series[32];
		u32 count;

		pair_next(&p);
		old = written(m, &p.b, &snap, EXPOSE_PROMETHEUS);
		open = written(m, &p.b, &snap, EXPOSE_OPENMETRICS);
		count = check_format(old, EXPOSE_PROMETHEUS);
		assert_int_equal(check_format(open, EXPOSE_OPENMETRICS), count);
		snprintf(series, sizeof(series), "%u", count);
		assert_series(old, "kvmtop_export_series", series);
		assert_non_null(strstr(open, "\n# TYPE kvmtop_vm info\n"));
		assert_non_null(strstr(open, "\n# UNIT kvmtop_vcpu_seconds seconds\n"));
		assert_null(strstr(old, "# UNIT"));
		free(old);
		free(open);
	}
	snapshot_free(&snap);
	pair_close(&p);
	metrics_free(m);
}

/* What the host does not measure is not told as 0. */
static void the_unmeasured_is_left_out(void **state)
{
	struct metrics *m = metrics_new(0);
	struct snapshot snap = {0};
	struct sample s = {0};
	char *text;

	(void)state;
	build_sample(&s, 1);
	s.probes[PROBE_ENTRY].status = s.probes[PROBE_EXIT].status = PROBE_SILENT;
	s.probes[PROBE_SCHED].status = s.probes[PROBE_SWITCH].status = PROBE_REFUSED;
	s.probes[PROBE_WAKEUP].status = PROBE_ABSENT;
	build_vm(&s, 1, "one");
	build_vcpu(&s, 1, 0);
	build_exit(&s, EXIT_KEY(EXIT_USER, 2), 3, 5000);
	text = written(m, &s, &snap, EXPOSE_OPENMETRICS);
	assert_null(strstr(text, "kvmtop_vm_exits"));
	assert_null(strstr(text, "kvmtop_vm_exit_duration"));
	assert_null(strstr(text, "kvmtop_vcpu_wakeups"));
	assert_null(strstr(text, "kvmtop_vcpu_preemptions"));
	assert_null(strstr(text, "state=\"wait\""));
	assert_null(strstr(text, "state=\"guest\""));
	assert_non_null(strstr(text, "state=\"unknown\""));
	assert_series(text, "kvmtop_vm_user_exits_total{vm=\"one\",pid=\"1001\",reason=\"IO\"}", "3");
	free(text);
	snapshot_free(&snap);
	sample_free(&s);
	metrics_free(m);
}

/* Two VMs of one process and one name, one of which goes: the other keeps its labels, and a third takes the free ones. */
static void names_stay_apart(void **state)
{
	struct metrics *m = metrics_new(0);
	struct snapshot snap = {0};
	struct sample s = {0};
	char *text;

	(void)state;
	for (u32 round = 0; round < 3; round++) {
		build_sample(&s, round + 1);
		for (vm_uid uid = 1 + (round > 0); uid <= 2 + (round > 1); uid++) {
			build_vm(&s, uid, "same")->pid = 77;
			build_vcpu(&s, uid, 0)->migrations = uid;
		}
		text = written(m, &s, &snap, EXPOSE_PROMETHEUS);
		check_format(text, EXPOSE_PROMETHEUS);
		assert_series(text, "kvmtop_vcpu_migrations_total{vm=\"same#2\",pid=\"77\",vcpu=\"0\"}", "2");
		if (round == 1)
			assert_null(strstr(text, "vm=\"same\""));
		else
			assert_series(text, "kvmtop_vcpu_migrations_total{vm=\"same\",pid=\"77\",vcpu=\"0\"}",
				      round ? "3" : "1");
		free(text);
	}
	snapshot_free(&snap);
	sample_free(&s);
	metrics_free(m);
}

/* A share of the running state that the next sample puts elsewhere does not look like a restart. */
static void states_never_go_back(void **state)
{
	static const char series[] = "kvmtop_vcpu_seconds_total{vm=\"one\",pid=\"1001\",vcpu=\"0\",state=\"kvm\"}";
	struct metrics *m = metrics_new(0);
	struct snapshot snap = {0};
	struct sample s = {0};
	char *text;

	(void)state;
	for (u64 ns = 1000000000; ns >= 600000000; ns -= 200000000) {
		build_sample(&s, 1);
		build_vm(&s, 1, "one");
		/* another vCPU 0 comes in the end: its time is its own */
		build_vcpu(&s, ns > 600000000 ? 1 : 2, 0)->time_ns[VCPU_KVM] = ns;
		text = written(m, &s, &snap, EXPOSE_PROMETHEUS);
		assert_series(text, series, ns > 600000000 ? "1" : "0.6");
		free(text);
	}
	snapshot_free(&snap);
	sample_free(&s);
	metrics_free(m);
}

static void no_more_series_than_asked_for(void **state)
{
	struct snapshot snap = {0};
	struct metrics *m;
	struct pair p;
	char *text;
	u32 full;

	(void)state;
	pair_open(&p, "40x4x14");
	pair_next(&p);
	pair_next(&p);
	m = metrics_new(1000000);
	text = written(m, &p.b, &snap, EXPOSE_PROMETHEUS);
	full = check_format(text, EXPOSE_PROMETHEUS);
	assert_true(full > 10000);
	free(text);
	metrics_free(m);
	for (u32 max = METRICS_SERIES_MIN; max < 40000; max *= 3) {
		u64 left_out;
		u32 count;

		m = metrics_new(max);
		text = written(m, &p.b, &snap, EXPOSE_OPENMETRICS);
		count = check_format(text, EXPOSE_OPENMETRICS);
		left_out = strtoull(find(text, "kvmtop_export_series_left_out"), NULL, 10);

		assert_true(count <= max);
		assert_true(left_out == 0 || count > max - 20);
		assert_int_equal(count + left_out, full);
		assert_int_equal(strtoull(find(text, "kvmtop_export_series"), NULL, 10), count);
		free(text);
		metrics_free(m);
	}
	snapshot_free(&snap);
	pair_close(&p);
}

static void negotiation(void **state)
{
	static const struct {
		const char *accept;
		enum exposition format;
	} cases[] = {
		{NULL, EXPOSE_PROMETHEUS},
		{"", EXPOSE_PROMETHEUS},
		{"*/*", EXPOSE_PROMETHEUS},
		{"text/plain", EXPOSE_PROMETHEUS},
		{"application/openmetrics-text", EXPOSE_OPENMETRICS},
		/* Prometheus 2.42's own */
		{"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
		 "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
		 EXPOSE_OPENMETRICS},
		{"text/plain;q=0.9, application/openmetrics-text; version=1.0.0; q=0.5", EXPOSE_PROMETHEUS},
		{"application/openmetrics-text;q=0", EXPOSE_PROMETHEUS},
		{"application/openmetrics-textual", EXPOSE_PROMETHEUS},
		{"APPLICATION/OPENMETRICS-TEXT;Q=0.001", EXPOSE_OPENMETRICS},
		{",,, ;q=", EXPOSE_PROMETHEUS},
		{"application/openmetrics-text;q=", EXPOSE_PROMETHEUS},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (metrics_negotiate(cases[i].accept) != cases[i].format)
			fail_msg("%s", cases[i].accept);
}

/* Each family that is exposed is described, by the name of its series. */
static void all_described(void **state)
{
	struct metrics *m = metrics_new(METRICS_SERIES_DEFAULT);
	struct snapshot snap = {0};
	char *text, *description = NULL, *save = NULL;
	size_t size;
	FILE *f = open_memstream(&description, &size);
	struct pair p;
	u32 families = 0;

	(void)state;
	assert_non_null(f);
	metrics_describe(f);
	fclose(f);
	pair_open(&p, "2x2x8");
	pair_next(&p);
	text = written(m, &p.b, &snap, EXPOSE_PROMETHEUS);
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char name[128];

		if (sscanf(line, "# TYPE %127s", name) != 1)
			continue;
		families++;
		if (!strstr(description, name))
			fail_msg("%s is not described", name);
	}
	assert_true(families > 30);
	free(text);
	free(description);
	snapshot_free(&snap);
	pair_close(&p);
	metrics_free(m);
}

static struct event_sample *build_event(struct sample *s, vm_uid vm, u32 a)
{
	struct event_sample *e = sample_add_event(s);

	assert_non_null(e);
	e->vm = vm;
	e->kind = EVENT_HYPERCALL;
	e->a = a;
	e->x.count = 10 * vm + a;
	return e;
}

/* Keys that are called the same are one series, as are all of a kind whose keys are addresses. */
static void events_by_name(void **state)
{
	struct metrics *m = metrics_new(0);
	struct snapshot snap = {0};
	struct sample s = {0};
	char *text;

	(void)state;
	build_sample(&s, 1);
	build_vm(&s, 1, "one");
	build_vcpu(&s, 1, 0);
	build_event(&s, 1, 5);
	build_event(&s, 1, 5)->vcpu = 1;
	build_event(&s, 1, 0xfff);
	text = written(m, &s, &snap, EXPOSE_OPENMETRICS);
	check_format(text, EXPOSE_OPENMETRICS);
	assert_series(text, "kvmtop_vm_events_total{vm=\"one\",pid=\"1001\",type=\"hypercall\",name=\"KICK_CPU\"}",
		      "30");
	assert_series(text, "kvmtop_vm_events_total{vm=\"one\",pid=\"1001\",type=\"hypercall\",name=\"KVM 4095\"}",
		      "4105");
	free(text);
	snapshot_free(&snap);
	sample_free(&s);
	metrics_free(m);
}

/* VMs that end between two exposures are kept, in the order of their uids, until they are forgotten. */
static void ended_ones_are_kept(void **state)
{
	struct ended ended = {0};
	struct snapshot snap = {0};
	struct sample s = {0};
	const struct sample *all;

	(void)state;
	build_sample(&s, 1);
	for (vm_uid uid = 1; uid <= 4; uid++) {
		build_vm(&s, uid, "vm")->ended = uid == 3;
		build_vcpu(&s, uid, 0);
		build_exit(&s, EXIT_KEY(EXIT_GUEST, 30), uid, 1000 * uid);
	}
	for (vm_uid uid = 0; uid <= 4; uid++)
		for (u32 a = 0; a < 2; a++)
			build_event(&s, uid, a);
	assert_int_equal(ended_keep(&ended, &s), 0);
	assert_ptr_equal(ended_merge(&ended, &s), &s);
	assert_int_equal(ended_keep(&ended, &s), 0);

	build_sample(&s, 2);
	for (vm_uid uid = 1; uid <= 5; uid += uid == 2 ? 2 : 1) {
		build_vm(&s, uid, "vm")->ended = uid == 1;
		build_vcpu(&s, uid, 0);
		build_exit(&s, EXIT_KEY(EXIT_GUEST, 30), uid, 1000 * uid);
	}
	assert_int_equal(ended_keep(&ended, &s), 0);
	build_sample(&s, 3);
	build_vm(&s, 2, "vm");
	build_vcpu(&s, 2, 0);
	build_exit(&s, EXIT_KEY(EXIT_GUEST, 30), 2, 2000);
	for (vm_uid uid = 0; uid <= 2; uid += 2)
		for (u32 a = 0; a < 2; a++)
			build_event(&s, uid, a);
	all = ended_merge(&ended, &s);
	assert_int_equal(all->vm_count, 3);
	assert_int_equal(all->seq, 3);
	for (u32 i = 0; i < 3; i++) {
		const struct vcpu_sample *v = &all->vcpus[all->vms[i].vcpu_first];
		const struct exit_sample *e = &all->exits[v->exit_first];

		assert_int_equal(all->vms[i].uid, i + 1);
		assert_int_equal(v->vm, i + 1);
		assert_int_equal(e->count, i + 1);
		assert_int_equal(all->hist[e->hist.off], i + 1);
		assert_int_equal(e->hist.first, hist_bucket(1000 * (i + 1)));
	}
	assert_int_equal(all->event_count, 6); /* of no VM, of the 2nd, which is there, of the 3rd, which was kept */
	for (u32 i = 0; i < 6; i++) {
		assert_int_equal(all->events[i].vm, i < 2 ? 0 : i < 4 ? 2 : 3);
		assert_int_equal(all->events[i].x.count, 10 * all->events[i].vm + i % 2);
	}
	assert_int_equal(snapshot_build(&snap, NULL, all, true), 0);
	assert_int_equal(snap.exits, 0); /* of the counters, which build_vcpu() leaves alone */
	assert_int_equal(snap.vm_exit_count, 3);
	ended_forget(&ended);
	assert_ptr_equal(ended_merge(&ended, &s), &s);
	snapshot_free(&snap);
	ended_free(&ended);
	sample_free(&s);
}

/* The rules and the dashboard leave the idle reasons out by their names: all of them, and no others. */
static void idle_reasons_are_those_of_the_rules(void **state)
{
	static const char *const files[] = {"prometheus/kvmtop.rules.yml", "grafana/kvmtop.json"};
	static const u32 isas[] = {KVM_ISA_VMX, KVM_ISA_SVM, KVM_ISA_ARM64};
	char names[512] = "|", found[512], path[512], here[] = __FILE__;
	char reason[REASON_NAME_SIZE], piped[REASON_NAME_SIZE + 2];
	u32 count = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(isas); i++) {
		for (u32 n = 0; n < 0x10000; n++) {
			u64 key = EXIT_KEY(EXIT_GUEST, n);

			if (!reason_is_idle(isas[i], key))
				continue;
			snprintf(piped, sizeof(piped), "%s|", reason_name(isas[i], key, reason));
			if (strstr(names, piped))
				continue;
			strcat(names, piped);
			count++;
		}
	}
	assert_true(count >= 6);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char line[4096];
		bool any = false;
		FILE *f;

		snprintf(path, sizeof(path), "%s/../../packaging/%s", dirname(strcpy(here, __FILE__)), files[i]);
		f = fopen(path, "r");
		assert_non_null(f);
		while (fgets(line, sizeof(line), f)) {
			char *at = strstr(line, "reason!~"), *save = NULL;
			u32 n = 0;

			if (!at)
				continue;
			any = true;
			at += strcspn(at, "\"") + 1;
			snprintf(found, sizeof(found), "%.*s", (int)strcspn(at, "\"\\"), at);
			for (char *name = strtok_r(found, "|", &save); name; name = strtok_r(NULL, "|", &save)) {
				snprintf(piped, sizeof(piped), "|%s|", name);
				if (!strstr(names, piped))
					fail_msg("%s: %s is not idle", files[i], name);
				n++;
			}
			assert_int_equal(n, count);
		}
		assert_true(any);
		fclose(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_host),
		cmocka_unit_test(stuck_or_paused),
		cmocka_unit_test(both_formats_tell_the_same),
		cmocka_unit_test(the_unmeasured_is_left_out),
		cmocka_unit_test(names_stay_apart),
		cmocka_unit_test(states_never_go_back),
		cmocka_unit_test(no_more_series_than_asked_for),
		cmocka_unit_test(negotiation),
		cmocka_unit_test(all_described),
		cmocka_unit_test(events_by_name),
		cmocka_unit_test(ended_ones_are_kept),
		cmocka_unit_test(idle_reasons_are_those_of_the_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
