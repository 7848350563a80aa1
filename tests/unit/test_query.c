/* SPDX-License-Identifier: GPL-2.0-only */
#include <strings.h>

#include "build.h"

static const enum view_id list_views[] = {VIEW_VM, VIEW_VCPU, VIEW_EXIT};

/* --- the column tables -------------------------------------------------------------------------------------------- */

static void column_tables_are_sound(void **state)
{
	(void)state;
	for (u32 n = 0; n < ARRAY_SIZE(list_views); n++) {
		const struct view_columns *view = view_columns(list_views[n]);
		u32 fixed = 0, flexible = 0, essential = 0;

		assert_true(view->default_sort < view->count);
		for (u32 i = 0; i < view->count; i++) {
			const struct column *col = &view->columns[i];

			assert_true(strlen(col->title) <= col->width);
			assert_true(strlen(col->help) > 20 && strlen(col->help) < 120);
			assert_int_equal(col->help[strlen(col->help) - 1], '.');
			assert_non_null(col->get);
			assert_int_equal(column_find(view, col->name), i);
			assert_non_null(column_find_any(col->name));
			for (const char *c = col->name; *c; c++)
				assert_true((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_');
			assert_true(col->crit >= col->warn);
			flexible += col->flexible;
			if (!col->priority)
				fixed++;
			if (col->priority <= 2)
				essential += col->width + 1;
		}
		assert_int_equal(flexible, 1);
		assert_true(fixed >= 1);
		/* What matters most fits a terminal of 80 columns. */
		assert_true(essential <= 81);
	}
	assert_int_equal(column_find(view_columns(VIEW_VM), "VM"), 0);
	assert_true(column_find(view_columns(VIEW_VM), "nonsense") < 0);
	assert_null(column_find_any("nonsense"));
}

/* The getters never read a column that is not known, and give what its unit asks for when it is. */
static void every_column_of_every_row(void **state)
{
	struct snapshot snap = {0};
	struct rows rows = {0};
	struct pair p;

	(void)state;
	pair_open(&p, "5x3x12");
	for (u32 n = 0; n < 15; n++) {
		pair_next(&p);
		assert_int_equal(snapshot_build(&snap, n ? &p.a : NULL, &p.b, false), 0);
		for (u32 v = 0; v < ARRAY_SIZE(list_views); v++) {
			const struct view_columns *view = view_columns(list_views[v]);
			struct query q = {.view = list_views[v], .sort = -1};

			assert_int_equal(query_run(&q, &snap, &rows), 0);
			assert_true(rows.count > 0);
			for (u32 r = 0; r < rows.count; r++) {
				for (u32 i = 0; i < view->count; i++) {
					const struct column *col = &view->columns[i];
					struct value value;

					memset(&value, 0x55, sizeof(value));
					column_value(col, &snap, rows.ref[r], &value);
					if (!value.known)
						continue;
					if (col->unit == UNIT_TEXT)
						assert_true(value.text && *value.text);
					if (col->unit == UNIT_BUDGET)
						assert_non_null(value.budget);
					if (col->unit == UNIT_PARTS)
						assert_non_null(value.figures);
					if (col->unit == UNIT_SHARE)
						assert_true(value.num >= 0 && value.num <= 1);
					if (col->unit == UNIT_MS)
						assert_true(value.num >= 0 && value.num <= 1000);
					assert_true(value.num >= 0);
				}
			}
		}
	}
	pair_close(&p);
	snapshot_free(&snap);
	rows_free(&rows);
}

static void a_missing_probe_makes_columns_unknown(void **state)
{
	struct snapshot snap = {0};
	struct value value;
	struct pair p;
	const struct column *top = column_find_any("top"), *wait = column_find_any("wait");
	const struct column *pid = column_find_any("pid");
	union row_ref row;
	u64 missing;

	(void)state;
	pair_open(&p, "2x3x12");
	pair_next(&p);
	pair_next(&p);
	assert_int_equal(snapshot_build(&snap, &p.a, &p.b, false), 0);
	row.vm = &snap.vms[0];
	column_value(top, &snap, row, &value);
	assert_true(value.known);
	p.b.probes[PROBE_EXIT].status = PROBE_SILENT;
	column_value(top, &snap, row, &value);
	assert_false(value.known);
	assert_false(column_available(top, &snap, &missing));
	assert_true(missing == PROBE_BIT(PROBE_EXIT));
	/* Any one of a group is enough. */
	p.b.probes[PROBE_SCHED].status = PROBE_REFUSED;
	column_value(wait, &snap, row, &value);
	assert_true(value.known && value.num > 0);
	p.b.probes[PROBE_SWITCH].status = PROBE_OFF;
	assert_false(column_available(wait, &snap, &missing));
	assert_true(missing == (PROBE_BIT(PROBE_SCHED) | PROBE_BIT(PROBE_SWITCH)));
	column_value(pid, &snap, row, &value);
	assert_true(value.known);
	pair_close(&p);
	snapshot_free(&snap);
}

static void foreign_comm_is_cleaned(void **state)
{
	struct vcpu_sample raw = {.entries = 1};
	struct sample s = {0};
	struct vcpu_row row = {.raw = &raw, .preemptor = {.tid = 4294967295U, .count = 1, .ns = 5}};
	struct snapshot snap = {.cur = &s};
	union row_ref ref = {.vcpu = &row};
	const struct view_columns *view = view_columns(VIEW_VCPU);
	struct value value;

	(void)state;
	build_sample(&s, 1);
	memcpy(row.preemptor.comm, "\033[2Jabcdefghijk\xff", 16);
	column_value(&view->columns[column_find(view, "by")], &snap, ref, &value);
	assert_string_equal(value.text, "?[2Jabcdefghijk?/4294967295");
	sample_free(&s);
}

/* --- order -------------------------------------------------------------------------------------------------------- */

static bool late(const struct value *v)
{
	return !v->known;
}

/* Each is before all that follow it. */
static void numbers_in_texts_are_numbers(void **state)
{
	static const char *const texts[] = {"",       "-",       "0",        "007",        "7",           "10",
					    "0x0",    "0x9ffff", "0x100000", "0xfffc0000", "0x100000000", "cpu 9",
					    "cpu 10", "CPUID",   "cpuid",    "slot 3",     "slot 10",     "slot 10b",
					    "web01",  "web1",    "web02",    "web2",       "web10",       "web10a"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(text_order(texts[i], texts[i]), 0);
		for (size_t k = i + 1; k < ARRAY_SIZE(texts); k++) {
			if (text_order(texts[i], texts[k]) >= 0 || text_order(texts[k], texts[i]) <= 0)
				fail_msg("'%s' is not before '%s'", texts[i], texts[k]);
		}
	}
}

static void sorting_permutes_orders_and_is_stable(void **state)
{
	struct snapshot snap = {0};
	struct rows rows = {0};
	struct pair p;

	(void)state;
	pair_open(&p, "40x3x12:3");
	for (u32 n = 0; n < 4; n++)
		pair_next(&p);
	assert_int_equal(snapshot_build(&snap, &p.a, &p.b, false), 0);
	for (u32 v = 0; v < ARRAY_SIZE(list_views); v++) {
		const struct view_columns *view = view_columns(list_views[v]);

		for (u32 i = 0; i < view->count * 2; i++) {
			const struct column *col = &view->columns[i / 2];
			struct query q = {.view = list_views[v], .sort = i / 2, .descending = i % 2};

			assert_int_equal(query_run(&q, &snap, &rows), 0);
			assert_int_equal(rows.count, rows.total);
			/* Each row is there once: it is found where its own identity says. */
			for (u32 r = 0; r < rows.count; r++) {
				struct row_id id = row_identity(q.view, rows.ref[r]);

				assert_int_equal(rows_find(&rows, q.view, &id), r);
			}
			for (u32 r = 1; r < rows.count; r++) {
				struct value a, b;
				int order = 0;

				column_value(col, &snap, rows.ref[r - 1], &a);
				column_value(col, &snap, rows.ref[r], &b);
				assert_true(late(&a) <= late(&b));
				if (late(&a) != late(&b))
					continue;
				if (a.known && col->unit == UNIT_TEXT)
					order = text_order(a.text, b.text);
				else if (a.known)
					order = a.num < b.num ? -1 : a.num > b.num;
				assert_true(q.descending ? order >= 0 : order <= 0);
				/* Equal rows keep the order of the snapshot, which is that of identity. */
				if (!order)
					assert_true((const char *)rows.ref[r - 1].any < (const char *)rows.ref[r].any);
			}
		}
	}
	pair_close(&p);
	snapshot_free(&snap);
	rows_free(&rows);
}

static void scopes_kinds_and_idle(void **state)
{
	struct snapshot snap = {0};
	struct rows rows = {0};
	struct pair p;
	struct query q = {.view = VIEW_EXIT, .sort = -1, .descending = true, .idle_last = true};
	u32 vm_total;

	(void)state;
	pair_open(&p, "4x3x12");
	for (u32 n = 0; n < 4; n++)
		pair_next(&p);
	assert_int_equal(snapshot_build(&snap, &p.a, &p.b, false), 0);
	assert_int_equal(query_run(&q, &snap, &rows), 0);
	assert_false(rows.ref[0].exit->idle);
	assert_true(rows.ref[rows.count - 1].exit->idle);
	q.idle_last = false;
	assert_int_equal(query_run(&q, &snap, &rows), 0);
	assert_true(rows.ref[0].exit->idle);
	q.show_user = true;
	assert_int_equal(query_run(&q, &snap, &rows), 0);
	assert_int_equal(rows.count, 2);
	for (u32 i = 0; i < rows.count; i++)
		assert_int_equal(EXIT_KEY_KIND(rows.ref[i].exit->key), EXIT_USER);
	q.show_user = false;
	q.scope.vm = 1;
	assert_int_equal(query_run(&q, &snap, &rows), 0);
	vm_total = rows.total;
	assert_int_equal(vm_total, 10);
	assert_int_equal(rows.ref[0].exit->vm, 1);
	q.scope.vcpu = 2;
	assert_int_equal(query_run(&q, &snap, &rows), 0);
	assert_int_equal(rows.ref[0].exit->vcpu, 2);
	q = (struct query){.view = VIEW_VCPU, .sort = 1, .scope = {.vm = 2}};
	assert_int_equal(query_run(&q, &snap, &rows), 0);
	assert_int_equal(rows.count, 3);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(rows.ref[i].vcpu->raw->vcpu_id, i);
	/* What is gone has no rows. */
	q.scope.vm = 77;
	assert_int_equal(query_run(&q, &snap, &rows), 0);
	assert_int_equal(rows.count, 0);
	q = (struct query){.view = VIEW_EXIT, .scope = {.vm = 1, .vcpu = 999}};
	assert_int_equal(query_run(&q, &snap, &rows), 0);
	assert_int_equal(rows.count, 0);
	pair_close(&p);
	snapshot_free(&snap);
	rows_free(&rows);
}

static void identity_outlives_the_snapshot(void **state)
{
	struct snapshot snap = {0};
	struct rows rows = {0};
	struct query q = {.view = VIEW_VM, .sort = -1, .descending = true};
	struct row_id build7, other;
	struct pair p;

	(void)state;
	pair_open(&p, "5x3x12");
	for (u32 n = 1; n <= 8; n++) {
		pair_next(&p);
		assert_int_equal(snapshot_build(&snap, n > 1 ? &p.a : NULL, &p.b, false), 0);
		assert_int_equal(query_run(&q, &snap, &rows), 0);
		build7 = (struct row_id){.view = VIEW_VM, .vm = 3};
		other = (struct row_id){.view = VIEW_VCPU, .vm = 3};
		assert_false(row_id_equal(&build7, &other));
		if (n <= 5)
			assert_string_equal(rows.ref[rows_find(&rows, VIEW_VM, &build7)].vm->raw->name, "build-7");
		else
			assert_int_equal(rows_find(&rows, VIEW_VM, &build7), -1);
	}
	pair_close(&p);
	snapshot_free(&snap);
	rows_free(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(column_tables_are_sound),
		cmocka_unit_test(every_column_of_every_row),
		cmocka_unit_test(a_missing_probe_makes_columns_unknown),
		cmocka_unit_test(foreign_comm_is_cleaned),
		cmocka_unit_test(numbers_in_texts_are_numbers),
		cmocka_unit_test(sorting_permutes_orders_and_is_stable),
		cmocka_unit_test(scopes_kinds_and_idle),
		cmocka_unit_test(identity_outlives_the_snapshot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
