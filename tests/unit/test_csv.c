// SPDX-License-Identifier: GPL-2.0-only
#include "build.h"

#include <errno.h>

#include "../../model/csv.h"
#include "../../model/format.h"

#define FIELDS 128

/* What csv wrote, taken apart again as RFC 4180 has it. */
struct table {
	char *text;
	char *field[64][FIELDS];
	u32 fields[64], rows;
};

static void parse(struct table *t, char *text)
{
	char *from = text, *to = text;

	t->text = text;
	t->rows = 0;
	while (*from) {
		u32 n = 0;

		assert_true(t->rows < ARRAY_SIZE(t->fields));
		for (bool more = true; more;) {
			bool quoted = *from == '"';

			assert_true(n < FIELDS);
			t->field[t->rows][n++] = to;
			from += quoted;
			for (;; from++) {
				if (quoted && *from == '"') {
					if (from[1] != '"')
						break;
					from++;
				} else if (!quoted && (*from == ',' || *from == '\n')) {
					break;
				}
				assert_true(*from);
				assert_false(!quoted && (*from == '"' || *from == '\r'));
				*to++ = *from;
			}
			from += quoted;
			more = *from == ',';
			assert_true(more || *from == '\n');
			from++;
			*to++ = '\0';
		}
		t->fields[t->rows++] = n;
	}
}

/* The header and the rows of a view, parsed; the caller frees t->text. */
static void written(struct table *t, const struct snapshot *snap, enum view_id view)
{
	struct query q = {.view = view, .sort = (int)view_columns(view)->default_sort, .descending = true};
	struct rows rows = {0};
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_int_equal(query_run(&q, snap, &rows), 0);
	assert_int_equal(csv_write_header(f, view), 0);
	assert_int_equal(csv_write_rows(f, snap, view, &rows), 0);
	fclose(f);
	parse(t, text);
	assert_int_equal(t->rows, rows.count + 1);
	for (u32 r = 1; r < t->rows; r++)
		assert_int_equal(t->fields[r], t->fields[0]);
	rows_free(&rows);
}

static const char *cell(const struct table *t, u32 row, const char *header)
{
	for (u32 i = 0; i < t->fields[0]; i++)
		if (!strcmp(t->field[0][i], header))
			return t->field[row][i];
	fail_msg("no column %s", header);
	return NULL;
}

/* Scripts rely on these names: columns may be added, but none of these may go or change its meaning. */
static const char *const vm_headers[] = {
	"time",
	"interval_ns",
	"vm",
	"pid",
	"vcpus",
	"budget_guest_ns",
	"budget_kvm_ns",
	"budget_user_ns",
	"budget_poll_ns",
	"budget_halt_ns",
	"budget_wait_ns",
	"budget_unknown_ns",
	"guest_ratio",
	"exits_per_s",
	"user_exits_per_s",
	"top",
	"avg_ns",
	"p99_ns",
	"max_ns",
	"stuck_ns",
	"vmm",
	"migrations_per_s",
	"wakeups_per_s",
	"ended",
	"lost",
	"probes_missing",
	"own_cpu_ns",
	"own_bpf_ns",
	"probes_attached",
};
static const char *const vcpu_headers[] = {
	"time", "vm", "vcpu", "tid", "cpu", "state", "for_ns", "wait_ratio", "wait_ms_per_s", "by", "pid", "ended",
};
static const char *const exit_headers[] = {
	"time",          "reason",        "vm",     "vcpu",   "count",  "rate_per_s", "share_ratio",
	"time_ns",       "min_ns",        "avg_ns", "p50_ns", "p99_ns", "max_ns",     "parts_kernel_ns",
	"parts_user_ns", "parts_halt_ns", "age_ns", "isa",    "pid",    "ended",      "parts_wait_ns",
};

static const char *const log_headers[] = {"time", "when_us", "vm", "vcpu", "event", "took_ns", "pid"};

static void stable_headers(void **state)
{
	static const struct {
		enum view_id view;
		const char *const *names;
		size_t count;
	} views[] = {
		{VIEW_VM, vm_headers, ARRAY_SIZE(vm_headers)},
		{VIEW_VCPU, vcpu_headers, ARRAY_SIZE(vcpu_headers)},
		{VIEW_EXIT, exit_headers, ARRAY_SIZE(exit_headers)},
		{VIEW_LOG, log_headers, ARRAY_SIZE(log_headers)},
	};
	struct sample s = {0};
	struct snapshot snap = {0};
	struct table t;

	(void)state;
	build_sample(&s, 1);
	assert_int_equal(snapshot_build(&snap, NULL, &s, false), 0);
	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		written(&t, &snap, views[i].view);
		assert_int_equal(t.rows, 1);
		for (size_t k = 0; k < views[i].count; k++)
			cell(&t, 0, views[i].names[k]);
		free(t.text);
	}
	snapshot_free(&snap);
	sample_free(&s);
}

/* No name twice, and --describe has a line for each. */
static void headers_are_unique_and_described(void **state)
{
	struct sample s = {0};
	struct snapshot snap = {0};
	struct table t;

	(void)state;
	build_sample(&s, 1);
	assert_int_equal(snapshot_build(&snap, NULL, &s, false), 0);
	for (enum view_id view = VIEW_VM; view < VIEW_DETAIL; view++) {
		char *text = NULL, name[80];
		size_t size = 0;
		FILE *f = open_memstream(&text, &size);

		assert_non_null(f);
		csv_describe(f, view);
		fclose(f);
		written(&t, &snap, view);
		for (u32 i = 0; i < t.fields[0]; i++) {
			for (u32 k = 0; k < i; k++)
				assert_string_not_equal(t.field[0][i], t.field[0][k]);
			snprintf(name, sizeof(name), "\n  %s ", t.field[0][i]);
			if (!strstr(text, name))
				fail_msg("%s is not described", t.field[0][i]);
		}
		free(text);
		free(t.text);
	}
	snapshot_free(&snap);
	sample_free(&s);
}

static void values_are_raw(void **state)
{
	struct snapshot snap = {0};
	struct pair p;
	struct table t;

	(void)state;
	pair_open(&p, "3x2x14");
	for (int i = 0; i < 3; i++)
		pair_next(&p);
	assert_int_equal(snapshot_build(&snap, &p.a, &p.b, false), 0);
	written(&t, &snap, VIEW_VCPU);
	for (u32 r = 1; r < t.rows; r++) {
		const struct vcpu_row *v = NULL;
		char text[FMT_TIME_SIZE];
		u64 sum = 0;

		for (u32 i = 0; i < snap.vcpu_count; i++)
			if (snap.vcpus[i].raw->tid == strtoul(cell(&t, r, "tid"), NULL, 10))
				v = &snap.vcpus[i];
		assert_non_null(v);
		assert_string_equal(cell(&t, r, "vm"), v->vm_name);
		assert_string_equal(cell(&t, r, "time"), fmt_time_utc(text, p.b.real_ns));
		assert_int_equal(strtoull(cell(&t, r, "interval_ns"), NULL, 10), snap.interval_ns);
		assert_int_equal(strtoull(cell(&t, r, "pid"), NULL, 10), v->pid);
		assert_int_equal(strtoull(cell(&t, r, "max_ns"), NULL, 10), v->f.max_ns);
		assert_string_equal(cell(&t, r, "state"), vcpu_state_name(v->raw->state));
		for (u32 i = 0; i < VCPU_STATES; i++) {
			char name[64];

			snprintf(name, sizeof(name), "budget_%s_ns", vcpu_state_name(i));
			assert_int_equal(strtoull(cell(&t, r, name), NULL, 10), v->budget.ns[i]);
			sum += v->budget.ns[i];
		}
		assert_int_equal(sum, v->budget.span_ns);
	}
	free(t.text);
	snapshot_free(&snap);
	pair_close(&p);
}

static void names_are_quoted_and_the_unknown_is_empty(void **state)
{
	static const char name[] = "a, \"b\"\nc";
	struct sample s = {0};
	struct snapshot snap = {0};
	struct table t;

	(void)state;
	build_sample(&s, 1);
	s.lost[LOSS_NESTED] = 2;
	s.lost[LOSS_MISSED] = 3;
	s.probes[PROBE_SCHED].status = PROBE_REFUSED;
	s.probes[PROBE_WAKEUP].status = PROBE_ABSENT;
	s.probes[PROBE_SWITCH].status = PROBE_OFF;
	s.cost.bpf_ns = 123;
	build_vm(&s, 1, name)->ended = true;
	build_vcpu(&s, 1, 0)->tid = 0;
	build_exit(&s, EXIT_KEY(EXIT_GUEST, 1), 2, 1500);
	assert_int_equal(snapshot_build(&snap, NULL, &s, false), 0);
	written(&t, &snap, VIEW_VM);
	assert_int_equal(t.rows, 2);
	assert_string_equal(cell(&t, 1, "vm"), name);
	assert_string_equal(cell(&t, 1, "ended"), "1");
	assert_string_equal(cell(&t, 1, "lost"), "5");
	assert_string_equal(cell(&t, 1, "probes_missing"), "wakeup sched");
	assert_int_equal(atoi(cell(&t, 1, "probes_attached")), sample_probes_on(&s));
	assert_int_equal(sample_probes_missing(&s), 2);
	assert_int_equal(sample_probes_on(&s), s.probe_count - 3);
	assert_string_equal(cell(&t, 1, "own_bpf_ns"), "123");
	assert_string_equal(cell(&t, 1, "exits_per_s"), ""); /* no interval yet */
	assert_string_equal(cell(&t, 1, "wait_ratio"), "");  /* no probe */
	assert_string_equal(cell(&t, 1, "max_ns"), "1500");
	free(t.text);
	written(&t, &snap, VIEW_VCPU);
	assert_string_equal(cell(&t, 1, "tid"), "");
	free(t.text);
	written(&t, &snap, VIEW_EXIT);
	assert_string_equal(cell(&t, 1, "vm"), ""); /* of the host */
	assert_string_equal(cell(&t, 1, "pid"), "");
	assert_string_equal(cell(&t, 1, "count"), "2");
	free(t.text);
	snapshot_free(&snap);
	sample_free(&s);
}

static void a_full_disk_is_an_error(void **state)
{
	FILE *f = fopen("/dev/full", "w");
	struct snapshot snap = {0};
	struct rows rows = {0};

	(void)state;
	assert_non_null(f);
	setvbuf(f, NULL, _IONBF, 0);
	assert_int_equal(csv_write_header(f, VIEW_VM), -EIO);
	assert_int_equal(csv_write_rows(f, &snap, VIEW_VM, &rows), -EIO);
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stable_headers),          cmocka_unit_test(headers_are_unique_and_described),
		cmocka_unit_test(values_are_raw),          cmocka_unit_test(names_are_quoted_and_the_unknown_is_empty),
		cmocka_unit_test(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
