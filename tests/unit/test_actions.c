/* SPDX-License-Identifier: GPL-2.0-only */
/* The action table: no key means two things, everything can be reached, and the help says it all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../ui/actions.h"
#include "../../ui/render.h"
#include "../../ui/view.h"
#include "ui_check.h"

static void no_key_twice(void **state)
{
	(void)state;
	for (size_t a = 0; a < action_count; a++)
		for (size_t b = a + 1; b < action_count; b++) {
			if (!(action_table[a].contexts & action_table[b].contexts))
				continue;
			for (int i = 0; i < ACTION_KEYS && action_table[a].keys[i]; i++)
				for (int k = 0; k < ACTION_KEYS && action_table[b].keys[k]; k++)
					if (action_table[a].keys[i] == action_table[b].keys[k])
						fail_msg("%s and %s share key 0x%x", action_table[a].name,
							 action_table[b].name, action_table[a].keys[i]);
		}
}

static void all_reachable(void **state)
{
	(void)state;
	for (int id = ACT_NONE + 1; id < ACTIONS; id++) {
		const struct action *act = action_by_id((enum action_id)id);

		assert_non_null(act);
		assert_true(act->contexts != 0);
		assert_true(act->keys[0] != 0);
		assert_ptr_equal(action_by_name(act->name), act);
		for (u32 ctx = 1; ctx <= CTX_LAST; ctx <<= 1)
			for (int k = 0; (act->contexts & ctx) && k < ACTION_KEYS && act->keys[k]; k++)
				assert_ptr_equal(action_find(act->keys[k], (enum context)ctx), act);
	}
	assert_int_equal(action_count, ACTIONS - 1);
}

/* Letters and digits belong to the text while one types. */
static void prompt_owns_text(void **state)
{
	(void)state;
	for (u32 key = ' '; key < 0x7f; key++)
		assert_null(action_find(key, CTX_PROMPT));
}

static void key_names_round_trip(void **state)
{
	char buf[KEY_NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < action_count; i++)
		for (int k = 0; k < ACTION_KEYS && action_table[i].keys[k]; k++) {
			u32 key = action_table[i].keys[k];
			u32 back = key_find(key_label(key, buf));

			/* Tab and Enter are ^I and ^M as well, under their own names only */
			assert_int_equal(back, key);
		}
	assert_int_equal(key_find("F12"), K_F12);
	assert_int_equal(key_find("F13"), K_NONE);
	assert_int_equal(key_find("nonsense"), K_NONE);
	assert_int_equal(key_find("\033"), K_NONE);
}

static void help_lists_all(void **state)
{
	struct check_host host = {0};
	struct grid grid = {0};

	(void)state;
	check_open(&host, "3x2x4", 2);
	for (u32 view = '1'; view <= '3'; view++) {
		const struct view_columns *cols = view_columns((enum view_id)(view - '1'));

		check_press(&host, view);
		check_press(&host, '?');
		/* a screen that holds all of it */
		app_resize(&host.app, 400, view_help_lines(&host.app) + 8);
		assert_int_equal(render(&host.app, &grid), 0);
		check_grid(&grid);
		for (size_t i = 0; i < action_count; i++)
			assert_true(grid_has(&grid, action_table[i].help));
		for (u32 i = 0; i < cols->count; i++) {
			assert_true(grid_has(&grid, cols->columns[i].name));
			assert_true(grid_has(&grid, cols->columns[i].title));
		}
		check_press(&host, '?');
	}
	grid_free(&grid);
	check_close(&host);
}

/* Scrolled to the end, the help's last line is on the screen, at any size. */
static void help_scrolls_to_its_end(void **state)
{
	static const int sizes[][2] = {{40, 10}, {80, 24}, {100, 30}, {200, 60}};
	struct check_host host = {0};
	struct grid grid = {0};

	(void)state;
	check_open(&host, "3x2x4", 2);
	check_press(&host, '?');
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		app_resize(&host.app, sizes[i][0], sizes[i][1]);
		check_press(&host, 'G');
		assert_int_equal(host.app.help_top, view_help_lines(&host.app) - view_help_height(&host.app));
		assert_int_equal(render(&host.app, &grid), 0);
		check_grid(&grid);
		assert_true(grid_has(&grid, "ended."));
	}
	grid_free(&grid);
	check_close(&host);
}

/* A word is found in the help, line by line and round the end. */
static void help_is_searched(void **state)
{
	struct check_host host = {0};
	struct grid grid = {0};
	int first, marked = 0;

	(void)state;
	check_open(&host, "3x2x4", 2);
	check_press(&host, '?');
	check_press(&host, '*');
	for (const char *p = "steal"; *p; p++)
		check_press(&host, (u32)*p);
	check_press(&host, K_ENTER);
	assert_int_equal(app_context(&host.app), CTX_HELP);
	first = host.app.help_found;
	assert_int_equal(render(&host.app, &grid), 0);
	for (int i = 0; i < grid.w * grid.h; i++)
		marked += grid.cells[i].style == STYLE_MATCH;
	assert_true(marked >= 5);
	check_press(&host, 'n');
	assert_true(host.app.help_found > first);
	check_press(&host, 'N');
	assert_int_equal(host.app.help_found, first);
	check_press(&host, 'N');
	assert_non_null(strstr(host.app.notice, "round the start"));
	assert_true(host.app.help_found > first);
	check_press(&host, '*');
	for (const char *p = "zzz"; *p; p++)
		check_press(&host, (u32)*p);
	assert_non_null(strstr(host.app.line_error, "the help has no"));
	check_press(&host, K_ESC);
	assert_int_equal(app_context(&host.app), CTX_HELP);
	grid_free(&grid);
	check_close(&host);
}

/* Tab goes from heading to heading, and round. Each view says how to read it. */
static void help_teaches(void **state)
{
	struct check_host host = {0};
	struct grid grid = {0};

	(void)state;
	check_open(&host, "3x2x4", 2);
	for (int v = 0; v < VIEW_DETAIL; v++) {
		int last = -1, steps = 0;
		u32 flags;
		char text[64], err[64];

		snprintf(text, sizeof(text), "view %s", view_columns((enum view_id)v)->name);
		assert_int_equal(command_run(&host.app, text, &flags, err, sizeof(err)), 0);
		check_press(&host, '?');
		assert_int_equal(render(&host.app, &grid), 0);
		if (view_columns((enum view_id)v)->reading)
			assert_true(grid_has(&grid, "This is the view of"));
		for (; host.app.help_top > last; steps++) {
			last = host.app.help_top;
			check_press(&host, K_TAB);
		}
		assert_int_equal(host.app.help_top, 0);
		assert_true(steps > 5);
		check_press(&host, '?');
	}
	grid_free(&grid);
	check_close(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_key_twice),     cmocka_unit_test(all_reachable),
		cmocka_unit_test(prompt_owns_text), cmocka_unit_test(key_names_round_trip),
		cmocka_unit_test(help_lists_all),   cmocka_unit_test(help_teaches),
		cmocka_unit_test(help_is_searched), cmocka_unit_test(help_scrolls_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
