/* SPDX-License-Identifier: GPL-2.0-only */
/* Dirty pages: sums of a VM, and whether a migration ends. */
#include "../../model/dirty.h"
#include "../../model/events.h"
#include "../../model/query.h"
#include "build.h"

static void rounds(void **state)
{
	(void)state;
	/* 1 GB at 1 GB/s; 300 MB may be left for the last round */
	assert_int_equal(migration_rounds(0.2e9, 0, 1e9), 1);
	assert_int_equal(migration_rounds(0.2e9, 0.9e9, 1e9), 1);
	assert_int_equal(migration_rounds(1e9, 0, 1e9), 2);
	assert_int_equal(migration_rounds(1e9, 0.29e9, 1e9), 2);
	assert_int_equal(migration_rounds(1e9, 0.5e9, 1e9), 3);
	assert_int_equal(migration_rounds(100e9, 0.5e9, 1e9), 10);
	/* as fast as it is sent, or nearly so: it never ends */
	assert_int_equal(migration_rounds(1e9, 1e9, 1e9), 0);
	assert_int_equal(migration_rounds(1e9, 3e9, 1e9), 0);
	assert_int_equal(migration_rounds(100e9, 0.99e9, 1e9), 0);
	assert_int_equal(migration_rounds(1e9, 0, 0), 0);
}

static struct event_sample *slot(struct sample *s, vm_uid vm, u32 id, u64 gpa, u64 bytes, u64 flags, u64 marks,
				 u64 repeated)
{
	struct event_sample *e = sample_add_event(s);

	assert_non_null(e);
	*e = (struct event_sample){.vm = vm, .kind = EVENT_DIRTY_SLOT, .sub = id, .a = gpa, .b = bytes};
	e->value[0] = flags;
	e->errors = repeated;
	e->x.count = marks;
	return e;
}

static void build_slots(struct sample *s, u64 seq, u64 n)
{
	build_sample(s, seq);
	build_vm(s, 1, "one");
	build_vcpu(s, 11, 0);
	build_vm(s, 2, "two");
	build_vcpu(s, 21, 0);
	slot(s, 1, 0, 0, 0x100000, SLOT_LOGGING, 7 * n, 2 * n);
	slot(s, 1, 1, 0x100000, 0x200000, SLOT_LOGGING | SLOT_RING, 13 * n, 0);
	slot(s, 1, 2, 0x40000000, 0x400000, 0, 0, 0);
	slot(s, 1, 3, 0x50000000, 0x400000, SLOT_GONE, 17 * n, 0);
	slot(s, 2, 0, 0, 0x100000, SLOT_LOGGING, 19 * n, 0);
}

/* VMs have slots of one number at one address, and are not mixed up; a repeated mark adds nothing to send. */
static void sums(void **state)
{
	struct sample a = {0}, b = {0};
	struct snapshot snap = {0};
	struct rows rows = {0};
	struct query q = {.view = VIEW_DIRTY, .sort = -1};
	struct dirty_sum one, two;

	(void)state;
	build_slots(&a, 1, 1);
	build_slots(&b, 2, 4);
	assert_int_equal(snapshot_build(&snap, &a, &b, false), 0);
	one = dirty_sum(&snap, snapshot_find_vm(&snap, 1));
	two = dirty_sum(&snap, snapshot_find_vm(&snap, 2));
	assert_int_equal(one.pages, 3 * (7 - 2 + 13 + 17));
	assert_int_equal(one.bytes, 0x300000);
	assert_int_equal(two.pages, 3 * 19);
	assert_int_equal(two.bytes, 0x100000);
	/* what is gone is not listed */
	assert_int_equal(query_run(&q, &snap, &rows), 0);
	assert_int_equal(rows.count, 4);
	rows_free(&rows);
	snapshot_free(&snap);
	sample_free(&a);
	sample_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rounds),
		cmocka_unit_test(sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
