/* SPDX-License-Identifier: GPL-2.0-only */
/* The line of what is wrong: what is urgent goes before a finding, and that before what the host never lets us see. */
#include "build.h"

#include "../../ui/render.h"
#include "../../ui/view.h"
#include "ui_check.h"

/* A second of one VM with one vCPU in the guest. */
struct second {
	struct sample a, b;
	struct snapshot snap;
	struct app app;
	char text[512];
	enum style style;
};

static void begin(struct second *s)
{
	char err[128];

	memset(s, 0, sizeof(*s));
	assert_int_equal(app_init(&s->app, VIEW_VM, NULL, NULL, err, sizeof(err)), 0);
	build_second(&s->a, &s->b);
}

/* Without kvm_entry and kvm_exit. */
static void blind(struct second *s)
{
	s->b.probes[PROBE_ENTRY].status = s->b.probes[PROBE_EXIT].status = PROBE_SILENT;
}

/* It waited for a pCPU a third of the time. */
static void steal(struct second *s)
{
	build_spent(&s->b, VCPU_WAIT, 333 * NSEC_PER_MSEC);
}

static bool alert(struct second *s, int w)
{
	assert_int_equal(snapshot_build(&s->snap, &s->a, &s->b, false), 0);
	app_resize(&s->app, w, 24);
	assert_int_equal(app_set_snapshot(&s->app, &s->snap, s->b.mono_ns), 0);
	return view_alert(&s->app, s->text, sizeof(s->text), &s->style);
}

static void end(struct second *s)
{
	app_free(&s->app);
	snapshot_free(&s->snap);
	sample_free(&s->a);
	sample_free(&s->b);
}

static void nothing_is_wrong(void **state)
{
	struct second s;

	(void)state;
	begin(&s);
	assert_false(alert(&s, 80));
	assert_string_equal(s.text, "");
	end(&s);
}

static void what_the_host_hides(void **state)
{
	struct second s;

	(void)state;
	begin(&s);
	blind(&s);
	assert_true(alert(&s, 200));
	assert_int_equal(s.style, STYLE_WARN);
	assert_string_equal(
		s.text, "no guest time, no exit latency (entry silent); no VM exits, no exit reasons (exit silent)");
	/* on a narrow screen what is lost is worth more than the probes' names */
	assert_true(alert(&s, 80));
	assert_string_equal(s.text, "see --features: no guest time, no exit latency; no VM exits, no exit reasons");
	end(&s);
}

/* A share that nothing measures is a dash, and no zero; one that has something in it is shown, wherever it is from. */
static void what_is_not_measured_is_a_dash(void **state)
{
	struct grid grid = {0};
	struct second s;

	(void)state;
	begin(&s);
	alert(&s, 80);
	assert_int_equal(render(&s.app, &grid), 0);
	assert_true(grid_has(&grid, " G 100  K 0.0  U 0.0  W 0.0  P 0.0  H 0.0 "));
	s.b.probes[PROBE_SCHED].status = s.b.probes[PROBE_SWITCH].status = PROBE_REFUSED;
	s.b.probes[PROBE_USER_EXIT].status = PROBE_REFUSED;
	alert(&s, 80);
	assert_int_equal(render(&s.app, &grid), 0);
	assert_true(grid_has(&grid, " G 100  K 0.0  U -    W -    P 0.0  H 0.0 "));
	steal(&s);
	alert(&s, 80);
	assert_int_equal(render(&s.app, &grid), 0);
	assert_true(grid_has(&grid, " W 33.3 "));
	grid_free(&grid);
	end(&s);
}

/* The host's waits have the limits of the VMs' column, those that were set included. */
static void waits_have_one_limit(void **state)
{
	static const struct {
		const char *threshold;
		u64 wait_ms;
		enum style style;
	} cases[] = {{"default", 40, STYLE_VALUE},
		     {"default", 100, STYLE_WARN},
		     {"default", 333, STYLE_CRIT},
		     {"50%", 333, STYLE_VALUE},
		     {"20% 30%", 333, STYLE_CRIT}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int column = column_find(view_columns(VIEW_VM), "wait"), at = -1;
		struct grid grid = {0};
		struct second s;
		char err[128];

		begin(&s);
		build_spent(&s.b, VCPU_WAIT, cases[i].wait_ms * NSEC_PER_MSEC);
		assert_int_equal(
			settings_set_threshold(&s.app.set, VIEW_VM, (u32)column, cases[i].threshold, err, sizeof(err)),
			0);
		alert(&s, 80);
		assert_int_equal(render(&s.app, &grid), 0);
		for (int x = 0; x < 60 && at < 0; x++)
			if (!strcmp(grid.cells[grid.w + x].text, "W"))
				at = x + 2;
		assert_true(at > 0);
		assert_int_equal(grid.cells[grid.w + at].style, cases[i].style);
		grid_free(&grid);
		end(&s);
	}
}

/* Names of any length and of any characters: every line stays one, on every screen, wherever the name is told. */
static void odd_names(void **state)
{
	static const char *const parts[] = {"x",    "\xe6\xbc\xa2", "e\xcc\x81", "\xf0\x9f\x98\x80", "\033[2J", "\t",
					    "\xff", "\xe2\x80\xae", "a b "};
	static const int sizes[][2] = {{20, 4}, {40, 10}, {80, 24}, {100, 30}, {200, 50}};
	struct grid grid = {0};

	(void)state;
	for (size_t p = 0; p < ARRAY_SIZE(parts); p++) {
		struct second s;

		begin(&s);
		for (size_t len = 0; len + strlen(parts[p]) < VM_NAME_SIZE; len += strlen(parts[p])) {
			strcpy(s.a.vms[0].name + len, parts[p]);
			strcpy(s.b.vms[0].name + len, parts[p]);
		}
		steal(&s);
		s.b.vcpus[0].state = VCPU_USER;
		s.b.vcpus[0].state_ns = 9 * NSEC_PER_SEC;
		alert(&s, 80);
		for (int view = 0; view < VIEW_DETAIL; view++) {
			char command[64], err[128];
			u32 flags;

			snprintf(command, sizeof(command), "view %s", view_columns((enum view_id)view)->name);
			assert_int_equal(command_run(&s.app, command, &flags, err, sizeof(err)), 0);
			s.app.here.scope.vm = view % 2;
			snprintf(s.app.vm_name, sizeof(s.app.vm_name), "%s", s.b.vms[0].name);
			s.app.set.value[SET_SPLIT] = 1;
			assert_int_equal(app_query(&s.app), 0);
			for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
				app_resize(&s.app, sizes[i][0], sizes[i][1]);
				assert_int_equal(render(&s.app, &grid), 0);
				check_grid(&grid);
				/* what one can do about it is still told */
				if (sizes[i][1] >= 10)
					assert_true(grid_has(&grid, "? help"));
			}
		}
		end(&s);
	}
	grid_free(&grid);
}

static void a_finding_goes_before_it(void **state)
{
	struct second s;

	(void)state;
	begin(&s);
	blind(&s);
	steal(&s);
	assert_true(alert(&s, 80));
	assert_string_equal(s.text, "one: vCPU 0 waits for a pCPU 33.3 % (! shows it)");
	assert_int_equal(s.style, STYLE_CRIT);
	/* where no finding is on the screen, in tables, all of the rest is */
	assert_true(view_trouble(&s.app, s.text, sizeof(s.text), &s.style));
	assert_non_null(strstr(s.text, "(entry silent); no VM exits"));
	/* and in the list of findings there is no need to repeat one */
	s.app.here.view = VIEW_FINDING;
	assert_true(alert(&s, 80));
	assert_non_null(strstr(s.text, "no guest time"));
	end(&s);
}

static void a_loss_goes_before_all(void **state)
{
	struct second s;

	(void)state;
	begin(&s);
	blind(&s);
	steal(&s);
	s.b.lost[LOSS_EXIT_SLOTS] = 7;
	assert_true(alert(&s, 80));
	assert_int_equal(s.style, STYLE_ALERT);
	assert_int_equal(strncmp(s.text, "LOST: ", 6), 0);
	assert_non_null(strstr(s.text, loss_name(LOSS_EXIT_SLOTS)));
	assert_null(strstr(s.text, "no guest time"));
	assert_true(view_trouble(&s.app, s.text, sizeof(s.text), &s.style));
	assert_int_equal(strncmp(s.text, "LOST: ", 6), 0);
	assert_non_null(strstr(s.text, "; no guest time"));
	/* a line that is too short for all of it stays a line */
	for (size_t size = 1; size < 200; size++) {
		memset(s.text, 'x', sizeof(s.text));
		view_trouble(&s.app, s.text, size, &s.style);
		assert_true(strlen(s.text) < size);
	}
	end(&s);
}

static void an_empty_view_says_what_it_cannot_have(void **state)
{
	struct grid grid = {0};
	struct second s;

	(void)state;
	begin(&s);
	blind(&s);
	steal(&s);
	s.b.probes[PROBE_MSI].status = PROBE_REFUSED;
	s.app.here.view = VIEW_EXIT;
	alert(&s, 80);
	assert_int_equal(render(&s.app, &grid), 0);
	assert_true(grid_has(&grid, "no VM exits, no exit reasons (exit silent)"));
	assert_true(grid_has(&grid, "u shows exits to user space"));
	s.app.show_user = true;
	assert_int_equal(render(&s.app, &grid), 0);
	assert_true(grid_has(&grid, "no exit to user space yet"));
#if !defined(__aarch64__)
	s.app.here.view = VIEW_IRQ;
	assert_int_equal(app_query(&s.app), 0);
	assert_int_equal(render(&s.app, &grid), 0);
	assert_true(grid_has(&grid, "no interrupt was raised yet"));
	assert_true(grid_has(&grid, "see --features: only those that vCPU threads raise"));
	/* the core's probes are none of its business */
	assert_false(grid_has(&grid, "no guest time"));
#endif
	grid_free(&grid);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_wrong),
		cmocka_unit_test(what_the_host_hides),
		cmocka_unit_test(what_is_not_measured_is_a_dash),
		cmocka_unit_test(waits_have_one_limit),
		cmocka_unit_test(odd_names),
		cmocka_unit_test(a_finding_goes_before_it),
		cmocka_unit_test(a_loss_goes_before_all),
		cmocka_unit_test(an_empty_view_says_what_it_cannot_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
