/* SPDX-License-Identifier: GPL-2.0-only */
/* Comparing two moments, of which the later one has VMs no more. */
#include "../../model/gone.h"
#include "travel_check.h"

static u64 exits_of(const struct sample *s, vm_uid uid)
{
	const struct vm_sample *vm = sample_find_vm(s, uid);
	u64 exits = 0;

	for (u32 i = 0; vm && i < vm->vcpu_count; i++)
		exits += s->vcpus[vm->vcpu_first + i].exits;
	return exits;
}

/* Against all samples: what the row of a VM must say that was there at some time after sample a, and is not at b. */
static u32 check_gone(const struct snapshot *snap, const struct sample *all, u32 a, u32 b, bool span)
{
	u32 gone = 0;

	for (u32 k = a; k < b; k++)
		for (u32 i = 0; i < all[k].vm_count; i++) {
			const struct vm_sample *vm = &all[k].vms[i];
			const struct vm_row *row = snapshot_find_vm(snap, vm->uid);

			/* its last one */
			if (!vm->ended || sample_find_vm(&all[b], vm->uid))
				continue;
			if (!span && !sample_find_vm(&all[a], vm->uid)) {
				assert_null(row);
				continue;
			}
			assert_non_null(row);
			assert_true(row->ended);
			assert_string_equal(row->raw->name, vm->name);
			if (span)
				assert_int_equal(row->exits, exits_of(&all[k], vm->uid) - exits_of(&all[a], vm->uid));
			else
				assert_int_equal(row->exits, 0);
			gone++;
		}
	assert_int_equal(snap->vm_count, all[b].vm_count + gone);
	return gone;
}

/* A comparison has the VMs that are there no more, with all that they did until then. */
static void who_is_gone_is_compared(void **state)
{
	enum { MARK = 2 };
	static const u32 to[] = {50, 3, 4, 5, 59, MARK, 1, 6, 0};
	struct sample *all = synthetic_samples("6x2x8:5", 60);
	const struct view_columns *cols = view_columns(VIEW_VM);
	u32 gone = 0;

	(void)state;
	for (int replay = 0; replay < 2; replay++) {
		struct check_host host;

		if (replay)
			check_replay(&host, "6x2x8:5", 60);
		else
			check_open(&host, "6x2x8:5", 60);
		check_press(&host, '(');
		while (at(&host) < MARK + 1)
			check_press(&host, ']');
		check_press(&host, 'a');
		for (size_t i = 0; i < ARRAY_SIZE(to); i++) {
			u32 a = to[i] > MARK ? MARK : to[i], b = to[i] > MARK ? to[i] : MARK;

			while (at(&host) != to[i] + 1)
				check_press(&host, at(&host) > to[i] + 1 ? '[' : ']');
			if (to[i] == MARK)
				continue;
			check_press(&host, '=');
			gone += check_gone(host.app.snap, all, a, b, true);
			check_press(&host, '=');
			assert_non_null(host.app.snap->base);
			if (to[i] > MARK) {
				gone += check_gone(host.app.snap, all, a, b, false);
				for (u32 k = 0; k < host.app.snap->vm_count; k++) {
					struct value value = {0};
					const struct vm_row *row = &host.app.snap->vms[k];

					if (!row->ended || !exits_of(&all[9], row->uid) ||
					    sample_find_vm(&all[b], row->uid))
						continue;
					column_value(&cols->columns[column_find(cols, "exits")], host.app.snap,
						     (union row_ref){.vm = row}, &value);
					assert_true(value.known && value.change && value.num < 0);
				}
			} else {
				assert_int_equal(host.app.snap->vm_count, all[to[i]].vm_count);
			}
			check_press(&host, '=');
			assert_int_equal(host.app.snap->vm_count, all[to[i]].vm_count);
		}
		check_close(&host);
	}
	/* one VM, that many times */
	assert_int_equal(gone, 2 * 2 * 4);
	samples_free(all, 60);
}

/* Whose end nobody saw, and who came and went in between. */
static void who_vanished_and_who_came_and_went(void **state)
{
	struct history *h = history_new(NULL);
	struct past past = {.ring = h};
	struct sample all[5] = {0}, room = {0};
	struct gone gone = {0};
	const struct sample *out;

	(void)state;
	for (u32 i = 0; i < 5; i++) {
		build_sample(&all[i], i + 1);
		build_vm(&all[i], 1, "stays");
		build_vcpu(&all[i], 1, 0)->exits = 100 * i;
		if (i < 2) {
			build_vm(&all[i], 2, "vanishes");
			build_vcpu(&all[i], 2, 0)->exits = 7 + i;
		}
		if (i == 1 || i == 2) {
			build_vm(&all[i], 3, "short")->ended = i == 2;
			build_vcpu(&all[i], 3, 0)->exits = 20 + i;
		}
		assert_int_equal(history_add(h, &all[i]), 0);
	}
	assert_int_equal(gone_scan(&gone, &past, &all[0], &all[4]), 0);
	assert_int_equal(gone_join(&gone, &all[4], NULL, &all[4], &room, &out), 0);
	assert_int_equal(out->vm_count, 3);
	assert_true(out->vms[1].ended && out->vms[2].ended);
	assert_string_equal(out->vms[1].name, "vanishes");
	assert_int_equal(exits_of(out, 1), 400);
	assert_int_equal(exits_of(out, 2), 8);
	assert_int_equal(exits_of(out, 3), 22);
	/* of those that were there at A */
	assert_int_equal(gone_join(&gone, &all[4], &all[0], &all[4], &room, &out), 0);
	assert_int_equal(out->vm_count, 2);
	assert_null(sample_find_vm(out, 3));
	/* an earlier moment: nobody has gone yet */
	assert_int_equal(gone_scan(&gone, &past, &all[0], &all[1]), 0);
	assert_int_equal(gone_join(&gone, &all[1], NULL, &all[1], &room, &out), 0);
	assert_ptr_equal(out, &all[1]);
	/* another A */
	assert_int_equal(gone_scan(&gone, &past, &all[2], &all[4]), 0);
	assert_int_equal(gone_join(&gone, &all[4], NULL, &all[4], &room, &out), 0);
	assert_ptr_equal(out, &all[4]);
	/* and where no past is kept, what was seen at A is all there is */
	past.ring = NULL;
	assert_int_equal(gone_scan(&gone, &past, &all[0], &all[4]), 0);
	assert_int_equal(gone_join(&gone, &all[4], NULL, &all[4], &room, &out), 0);
	assert_int_equal(out->vm_count, 2);
	assert_int_equal(exits_of(out, 2), 7);
	gone_free(&gone);
	sample_free(&room);
	for (u32 i = 0; i < 5; i++)
		sample_free(&all[i]);
	history_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_gone_is_compared),
		cmocka_unit_test(who_vanished_and_who_came_and_went),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
