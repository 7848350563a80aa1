/* SPDX-License-Identifier: GPL-2.0-only */
/* What curses shows is what the grid says, cell by cell, without a terminal. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../ui/render.h"
#include "../../ui/term_curses.h"
#include "ui_check.h"

struct null_term {
	FILE *in, *out;
};

static void term_start(struct null_term *null, const char *type, int w, int h, bool no_color)
{
	struct term_options opts = {.type = type, .no_color = no_color};
	char text[16], err[128] = "";
	int got_w, got_h;

	snprintf(text, sizeof(text), "%d", w);
	setenv("COLUMNS", text, 1);
	snprintf(text, sizeof(text), "%d", h);
	setenv("LINES", text, 1);
	null->in = fopen("/dev/null", "r");
	null->out = fopen("/dev/null", "w");
	assert_non_null(null->in);
	assert_non_null(null->out);
	opts.in = null->in;
	opts.out = null->out;
	assert_int_equal(term_open(&opts, err, sizeof(err)), 0);
	term_size(&got_w, &got_h);
	assert_int_equal(got_w, w);
	assert_int_equal(got_h, h);
}

static void term_stop(struct null_term *null)
{
	term_close();
	fclose(null->in);
	fclose(null->out);
}

static void same(const struct grid *grid)
{
	for (int y = 0; y < grid->h; y++)
		for (int x = 0; x < grid->w; x++) {
			const struct cell *cell = &grid->cells[y * grid->w + x];
			char text[CELL_TEXT] = "";

			if (!cell->width)
				continue;
			assert_true(term_cell(x, y, text));
			if (strcmp(text, cell->text) != 0)
				fail_msg("(%d, %d): the grid has \"%s\", the terminal \"%s\"", x, y, cell->text, text);
		}
}

static void screen_is_grid(void **state)
{
	static const int sizes[][2] = {{40, 10}, {80, 24}, {100, 30}, {200, 60}};
	static const char *const types[] = {"xterm-256color", "linux", "vt100"};
	static const u32 keys[] = {K_NONE, '2', '3', K_ENTER, '?', 'G', '?', '1', K_DOWN, 's', K_DOWN, K_ESC, '/', 'w'};

	(void)state;
	for (size_t t = 0; t < ARRAY_SIZE(types); t++)
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			struct check_host host = {0};
			struct grid grid = {0};
			struct null_term null;

			check_open(&host, "6x4x8", 4);
			app_resize(&host.app, sizes[i][0], sizes[i][1]);
			term_start(&null, types[t], sizes[i][0], sizes[i][1], t == 2);
			host.app.color = term_has_color();
			for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
				check_press(&host, keys[k]);
				assert_int_equal(render(&host.app, &grid), 0);
				term_draw(&grid, host.app.color ? &theme_dark : &theme_mono);
				same(&grid);
			}
			term_stop(&null);
			grid_free(&grid);
			check_close(&host);
		}
}

/* The last cell of the last line too, wide and combining characters, and what is drawn over them afterwards. */
static void odd_characters(void **state)
{
	struct grid grid = {.color = true};
	struct null_term null;

	(void)state;
	term_start(&null, "xterm-256color", 20, 3, false);
	assert_int_equal(grid_reset(&grid, 20, 3), 0);
	grid_put(&grid, 0, 0, 20, STYLE_NAME, "漢字 cafe\u0301 β");
	grid_put(&grid, 0, 1, 20, STYLE_NAME, "\033[31mred\a\xff");
	grid_put(&grid, 15, 2, 5, STYLE_NAME,
		 "ab\u6f22"
		 "c");
	check_grid(&grid);
	term_draw(&grid, &theme_dark);
	same(&grid);
	grid_put(&grid, 1, 0, 1, STYLE_NAME, "x");
	check_grid(&grid);
	term_draw(&grid, &theme_dark);
	same(&grid);
	term_stop(&null);
	grid_free(&grid);
}

static void unknown_terminal(void **state)
{
	struct term_options opts = {.type = "no-such-terminal"};
	char err[128] = "";

	(void)state;
	opts.in = fopen("/dev/null", "r");
	opts.out = fopen("/dev/null", "w");
	assert_true(term_open(&opts, err, sizeof(err)) < 0);
	assert_non_null(strstr(err, "no-such-terminal"));
	fclose(opts.in);
	fclose(opts.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screen_is_grid),
		cmocka_unit_test(odd_characters),
		cmocka_unit_test(unknown_terminal),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8")) {
		fputs("no C.UTF-8 locale on this machine: curses cannot show wide characters\n", stderr);
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
