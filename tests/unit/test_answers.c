/* SPDX-License-Identifier: GPL-2.0-only */
/* What is refused, and what keys say that do nothing where they are pressed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../../ui/render.h"
#include "ui_check.h"

#define SPEC "6x4x8"

/* A filter that is too long is refused, not cut: rows that it would have left out are none. */
static void long_filters(void **state)
{
	struct app app;
	char text[400], err[128] = "";

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(app_init(&app, VIEW_VM, NULL, text, err, sizeof(err)), -EINVAL);
	assert_non_null(strstr(err, "has at most"));
	app_free(&app);
	text[LINE_SIZE - 4] = '\0';
	assert_int_equal(app_init(&app, VIEW_VM, NULL, text, err, sizeof(err)), 0);
	assert_string_equal(app.filter_text, text);
	app_free(&app);
}

/* What a key that does nothing here says; and any key closes what is shown at the first start. */
static void keys_say_where_they_work(void **state)
{
	static const struct {
		u32 view, key;
		const char *says;
	} cases[] = {
		{'1', 'z', "z does nothing: ? tells what all keys do"},
		{'1', 'u', "u works in the view of exits"},
		{'2', 'x', "x works in the view of VMs"},
		{'3', 'e', "e works in the view of VMs and vCPUs"},
		{'4', 'v', "v works in the view of VMs and vCPUs and exits"},
		{'1', K_ESC, "this is the top: q quits"},
		{'7', K_INSERT, ""},
		{'!', 'P', "this view has no column p99"},
		{'1', '<', ""},
	};
	struct check_host host = {0};
	char err[128];

	(void)state;
	check_open(&host, SPEC, 3);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		check_press(&host, cases[i].view);
		host.app.hint = true;
		check_press(&host, cases[i].key);
		assert_string_equal(host.app.notice, cases[i].says);
		assert_false(host.app.hint);
	}
	check_press(&host, '3');
	check_press(&host, K_ENTER);
	check_press(&host, 's');
	assert_string_equal(host.app.notice, "s works in lists, one level up");
	check_press(&host, '?');
	check_press(&host, 'z');
	assert_string_equal(host.app.notice, "z does nothing here: Esc closes this");
	/* the key that one has bound, and the command of what no key leads to */
	check_press(&host, K_ESC);
	assert_int_equal(settings_bind(&host.app.set, 'Z', ACT_HELP, err, sizeof(err)), 0);
	check_press(&host, 'z');
	assert_string_equal(host.app.notice, "z does nothing: Z tells what all keys do");
	assert_int_equal(settings_bind(&host.app.set, 'a', ACT_NONE, err, sizeof(err)), 0);
	check_press(&host, '=');
	assert_string_equal(host.app.notice, "first mark a moment as A, with :mark");
	settings_unbind(&host.app.set, ACT_HELP);
	settings_unbind(&host.app.set, ACT_MARK);
	check_press(&host, '?');
	/* the first column, and on to the left */
	check_press(&host, K_ESC);
	check_press(&host, '1');
	for (int i = 0; i < 40; i++)
		check_press(&host, '<');
	assert_string_equal(host.app.notice, "sorted by the first column already");
	/* while a key is waited for, ^C gives up, as everywhere */
	check_press(&host, 'S');
	for (int i = 0; i < 200 && !host.app.capture; i++) {
		check_press(&host, K_END);
		check_press(&host, K_ENTER);
	}
	assert_true(host.app.capture);
	check_press(&host, K_CTRL('C'));
	assert_false(host.app.capture);
	assert_int_equal(host.app.set.binding_count, 0);
	check_close(&host);
}

/* What does not fit into one line is said in more, and whole, as far as there is a screen for it. */
static void long_notices(void **state)
{
	struct check_host host = {0};
	struct grid grid = {0};

	(void)state;
	check_open(&host, SPEC, 3);
	app_resize(&host.app, 80, 24);
	snprintf(host.app.notice, sizeof(host.app.notice), "%s", loss_help(LOSS_MISSED));
	assert_true(strlen(host.app.notice) > 80);
	assert_int_equal(render(&host.app, &grid), 0);
	check_grid(&grid);
	assert_true(grid_has(&grid, " events came while their programs were preempted"));
	assert_true(grid_has(&grid, "at most so many"));
	assert_false(grid_has(&grid, "1 vm 2 vcpu"));
	app_resize(&host.app, 30, 8);
	assert_int_equal(render(&host.app, &grid), 0);
	check_grid(&grid);
	assert_true(grid_has(&grid, "…"));
	grid_free(&grid);
	check_close(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_filters),
		cmocka_unit_test(keys_say_where_they_work),
		cmocka_unit_test(long_notices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
