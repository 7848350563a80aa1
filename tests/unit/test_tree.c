/* SPDX-License-Identifier: GPL-2.0-only */
/* VMs that unfold to their vCPUs in the list of VMs. */
#include "build.h"
#include "ui_check.h"

#define SPEC "5x3x6"

static struct row_id at(struct check_host *host, int row)
{
	return row_identity(VIEW_VM, host->app.rows.ref[row]);
}

/* Each unfolded VM is followed by all its vCPUs, in the order of the column, and by nothing else. */
static void check_tree(struct check_host *host, u32 open)
{
	const struct rows *rows = &host->app.rows;
	const struct view_state *vs = &host->app.views[VIEW_VM];
	const struct column *col = &view_columns(VIEW_VM)->columns[vs->sort];
	u32 unfolded = 0, parts = 0;

	for (u32 i = 0; i < rows->count; i++) {
		const struct vm_row *vm = rows->ref[i].vm;
		u32 count = tree_is_open(&host->app.tree, vm->uid) ? vm->vcpu_count : 0;
		double before = 0;

		assert_null(vm->part);
		unfolded += count != 0;
		for (u32 k = 0; k < count; k++) {
			union row_ref ref = rows->ref[++i];
			struct value value = {0};

			assert_non_null(ref.vm->part);
			assert_int_equal(ref.vm->part->vm, vm->uid);
			assert_int_equal(ref.vm->last_part, k + 1 == count);
			column_value(col, host->app.snap, ref, &value);
			if (k && col->unit != UNIT_TEXT && value.known)
				assert_true(vs->descending ? value.num <= before : value.num >= before);
			before = value.num;
			parts++;
		}
	}
	assert_int_equal(unfolded, open);
	assert_int_equal(parts, rows->parts);
	assert_int_equal(rows->count - rows->parts, rows->total);
}

static void unfolds_and_folds(void **state)
{
	struct check_host host = {0};
	struct row_id id;

	(void)state;
	check_open(&host, SPEC, 5);
	check_tree(&host, 0);
	check_press(&host, K_DOWN);
	id = at(&host, 1);
	check_press(&host, 'x');
	check_tree(&host, 1);
	assert_true(tree_is_open(&host.app.tree, id.vm));
	/* whatever the order, and as time goes by */
	for (u32 c = 0; c < view_columns(VIEW_VM)->count; c++) {
		host.app.views[VIEW_VM].sort = (int)c;
		for (int down = 0; down < 2; down++) {
			check_press(&host, 'r');
			check_tree(&host, 1);
			check_tick(&host);
			check_tree(&host, 1);
		}
	}
	/* from one of its vCPUs: the cursor is on the VM again */
	for (u32 i = 0; i < host.app.rows.count; i++)
		if (at(&host, (int)i).vcpu)
			select_row(&host.app, (int)i);
	check_press(&host, K_UP);
	check_press(&host, 'x');
	check_tree(&host, 0);
	assert_int_equal(at(&host, host.app.selected).vm, id.vm);
	check_press(&host, 'X');
	check_tree(&host, host.app.rows.total);
	check_press(&host, 'x');
	check_tree(&host, host.app.rows.total - 1);
	check_press(&host, 'X');
	check_press(&host, 'X');
	check_tree(&host, host.app.rows.total);
	check_close(&host);
}

/* Rows of vCPUs have the figures of the view of vCPUs, and Enter goes into them. */
static void rows_are_vcpus(void **state)
{
	static const char *const same[] = {"guest", "kvm", "wait", "exits", "p99", "max", "top"};
	struct check_host host = {0};
	const struct vcpu_row *vcpu;
	struct row_id id;

	(void)state;
	check_open(&host, SPEC, 5);
	check_press(&host, 'x');
	check_press(&host, K_DOWN);
	id = at(&host, 1);
	vcpu = snapshot_find_vcpu(host.app.snap, id.vcpu);
	assert_non_null(vcpu);
	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		const struct view_columns *vms = view_columns(VIEW_VM), *vcpus = view_columns(VIEW_VCPU);
		struct value a = {0}, b = {0};

		column_value(&vms->columns[column_find(vms, same[i])], host.app.snap, host.app.rows.ref[1], &a);
		column_value(&vcpus->columns[column_find(vcpus, same[i])], host.app.snap, (union row_ref){.vcpu = vcpu},
			     &b);
		assert_int_equal(a.known, b.known);
		assert_true(a.num == b.num);
		if (a.known && a.text)
			assert_string_equal(a.text, b.text);
	}
	/* the cursor holds on to it */
	for (int i = 0; i < 5; i++) {
		check_tick(&host);
		assert_int_equal(at(&host, host.app.selected).vcpu, id.vcpu);
	}
	check_press(&host, K_ENTER);
	assert_int_equal(host.app.here.view, VIEW_EXIT);
	assert_int_equal(host.app.here.scope.vcpu, id.vcpu);
	check_press(&host, K_BACKSPACE);
	assert_int_equal(at(&host, host.app.selected).vcpu, id.vcpu);
	/* a filter is for VMs, and those that are left stay unfolded */
	check_press(&host, '/');
	for (const char *p = "exits>1"; *p; p++)
		check_press(&host, (u32)*p);
	check_press(&host, K_ENTER);
	check_tree(&host, 1);
	check_close(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unfolds_and_folds),
		cmocka_unit_test(rows_are_vcpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
