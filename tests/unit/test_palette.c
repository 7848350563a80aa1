/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands by name: all that keys, columns, views and settings give is there, completes, and does the same. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../ui/render.h"
#include "../../ui/view.h"
#include "ui_check.h"

static void type(struct check_host *host, const char *text)
{
	for (; *text; text++)
		check_press(host, (u32)(unsigned char)*text);
}

/* All that is in the list, and whether this is. */
struct offers {
	struct command list[512];
	u32 count;
};

static void list_offers(const struct app *app, struct offers *offers)
{
	struct command one;

	offers->count = palette_list(app, 0, offers->list, ARRAY_SIZE(offers->list));
	assert_true(offers->count > 0 && offers->count < ARRAY_SIZE(offers->list));
	for (u32 i = 0; i < offers->count; i++)
		assert_true(offers->list[i].help && *offers->list[i].help);
	/* from wherever one begins, the same ones follow */
	for (u32 i = 0; i < offers->count; i += 40) {
		assert_true(palette_at(app, (int)i, &one));
		assert_string_equal(one.text, offers->list[i].text);
		assert_ptr_equal(one.help, offers->list[i].help);
	}
	assert_false(palette_at(app, (int)offers->count, &one));
}

static bool offered(const struct offers *offers, const char *text)
{
	for (u32 i = 0; i < offers->count; i++)
		if (!strcmp(offers->list[i].text, text))
			return true;
	return false;
}

static void everything_is_offered(void **state)
{
	struct check_host host = {0};
	static struct offers offers;
	char text[96];

	(void)state;
	check_open(&host, "3x2x4", 3);
	for (int v = 0; v < VIEW_DETAIL; v++) {
		const struct view_columns *cols = view_columns((enum view_id)v);
		char err[128];
		u32 flags;

		snprintf(text, sizeof(text), "view %s", cols->name);
		assert_int_equal(command_run(&host.app, text, &flags, err, sizeof(err)), 0);
		assert_int_equal(host.app.here.view, v);
		check_press(&host, ':');
		list_offers(&host.app, &offers);
		for (size_t i = 0; i < action_count; i++)
			if ((action_table[i].contexts & app_view_context(&host.app)) &&
			    action_table[i].id != ACT_PALETTE && !offered(&offers, action_table[i].name))
				fail_msg("%s is not offered in %s", action_table[i].name, cols->name);
		for (u32 i = 0; i < cols->count; i++) {
			snprintf(text, sizeof(text), "sort %s", cols->columns[i].name);
			assert_true(offered(&offers, text));
		}
		for (int i = 0; i < SETTINGS; i++)
			for (int k = 0; setting_table[i].choice && setting_table[i].choice(k); k++) {
				snprintf(text, sizeof(text), "set %s %s", setting_table[i].name,
					 setting_table[i].choice(k));
				assert_true(offered(&offers, text));
			}
		check_press(&host, K_ESC);
	}
	check_close(&host);
}

/* Whatever is offered can be run; a beginning of a command is none. */
static void everything_runs(void **state)
{
	struct command command;

	(void)state;
	for (int i = 0;; i++) {
		struct check_host host = {0};
		struct grid grid = {0};
		char err[128] = "";
		u32 flags;
		bool more;

		check_open(&host, "3x2x4", 3);
		more = palette_at(&host.app, i, &command);
		if (more && command.text[strlen(command.text) - 1] != ' ' &&
		    command_run(&host.app, command.text, &flags, err, sizeof(err)))
			fail_msg("%s: %s", command.text, err);
		assert_int_equal(render(&host.app, &grid), 0);
		check_grid(&grid);
		grid_free(&grid);
		check_close(&host);
		if (!more)
			break;
	}
}

static void completes_and_runs(void **state)
{
	struct check_host host = {0};

	(void)state;
	check_open(&host, "6x4x8", 3);
	check_press(&host, ':');
	type(&host, "sort ma");
	check_press(&host, K_TAB);
	assert_string_equal(host.app.line.text, "sort max");
	check_press(&host, K_ENTER);
	assert_string_equal(view_columns(VIEW_VM)->columns[host.app.views[VIEW_VM].sort].name, "max");
	/* a few letters of several words are enough */
	check_press(&host, ':');
	type(&host, "th dark");
	check_press(&host, K_ENTER);
	assert_ptr_equal(app_theme(&host.app), &theme_dark);
	assert_true(host.app.set.value[SET_THEME] == 1);
	check_press(&host, ':');
	type(&host, "view");
	check_press(&host, K_DOWN);
	check_press(&host, K_DOWN);
	check_press(&host, K_UP);
	check_press(&host, K_ENTER);
	assert_int_equal(app_context(&host.app) == CTX_PROMPT, false);
	check_press(&host, ':');
	type(&host, "view exit");
	check_press(&host, K_ENTER);
	assert_int_equal(host.app.here.view, VIEW_EXIT);
	check_press(&host, ':');
	type(&host, "filter rate>1");
	check_press(&host, K_ENTER);
	assert_string_equal(host.app.filter_text, "rate>1");
	check_press(&host, ':');
	type(&host, "set delay 2.5");
	assert_true(check_press(&host, K_ENTER) & APP_DELAY);
	assert_true(host.app.delay == 2.5);
	check_press(&host, ':');
	type(&host, "quit");
	assert_true(check_press(&host, K_ENTER) & APP_QUIT);
	/* what is wrong stays, and says so */
	check_press(&host, ':');
	type(&host, "sort nosuch");
	check_press(&host, K_ENTER);
	assert_int_equal(app_context(&host.app), CTX_PROMPT);
	assert_non_null(strstr(host.app.line_error, "no column \"nosuch\""));
	check_press(&host, K_ESC);
	assert_int_equal(app_context(&host.app), CTX_EXIT);
	/* of what takes more than a word the beginning is offered, and that is no mistake */
	check_press(&host, '1');
	check_press(&host, ':');
	type(&host, "thr p99");
	check_press(&host, K_ENTER);
	assert_int_equal(app_context(&host.app), CTX_PROMPT);
	assert_string_equal(host.app.line.text, "threshold vm p99 ");
	assert_string_equal(host.app.line_error, "");
	type(&host, "500us 5ms");
	check_press(&host, K_ENTER);
	assert_int_equal(host.app.set.threshold_count, 1);
	check_press(&host, '3');
	/* Esc and an empty line do nothing */
	check_press(&host, ':');
	check_press(&host, K_ENTER);
	assert_int_equal(app_context(&host.app), CTX_EXIT);
	check_close(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_offered),
		cmocka_unit_test(everything_runs),
		cmocka_unit_test(completes_and_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
