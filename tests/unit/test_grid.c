/* SPDX-License-Identifier: GPL-2.0-only */
/* The grid: clipping, wide and combining characters, and that nothing unclean ever gets in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../ui/bar.h"
#include "../../ui/dump.h"
#include "ui_check.h"

static void line_is(struct grid *grid, int y, const char *want)
{
	char text[GRID_MAX_W * CELL_TEXT] = "";

	for (int x = 0; x < grid->w; x++)
		strcat(text, grid->cells[y * grid->w + x].text);
	assert_string_equal(text, want);
}

static void puts_and_clips(void **state)
{
	struct grid grid = {0};

	(void)state;
	assert_int_equal(grid_reset(&grid, 10, 3), 0);
	assert_int_equal(grid_put(&grid, 0, 0, 10, STYLE_NORMAL, "hello"), 5);
	line_is(&grid, 0, "hello     ");
	assert_int_equal(grid_put(&grid, 7, 0, 10, STYLE_NORMAL, "world"), 5);
	line_is(&grid, 0, "hello  wor");
	assert_int_equal(grid_put(&grid, -2, 1, 10, STYLE_NORMAL, "abcdef"), 6);
	line_is(&grid, 1, "cdef      ");
	assert_int_equal(grid_put(&grid, 0, 2, 3, STYLE_NORMAL, "abcdef"), 3);
	line_is(&grid, 2, "abc       ");
	/* lines that are not there */
	grid_put(&grid, 0, 3, 10, STYLE_NORMAL, "x");
	grid_put(&grid, 0, -1, 10, STYLE_NORMAL, "x");
	grid_fill(&grid, -5, 2, 100, STYLE_NORMAL, STYLE_NORMAL, "-");
	line_is(&grid, 2, "----------");
	grid_put_right(&grid, 0, 1, 10, STYLE_NORMAL, "right");
	line_is(&grid, 1, "cdef right");
	grid_clip(&grid, 1, 2);
	grid_put(&grid, 0, 0, 10, STYLE_NORMAL, "clipped");
	line_is(&grid, 0, "hello  wor");
	grid_free(&grid);
}

static void cuts_with_a_sign(void **state)
{
	struct grid grid = {0};

	(void)state;
	assert_int_equal(grid_reset(&grid, 8, 1), 0);
	grid_put_cut(&grid, 0, 0, 6, STYLE_NORMAL, "longer than that");
	line_is(&grid, 0, "longe…  ");
	grid.ascii = true;
	grid_reset(&grid, 8, 1);
	grid_put_cut(&grid, 0, 0, 6, STYLE_NORMAL, "longer than that");
	line_is(&grid, 0, "longe~  ");
	grid_free(&grid);
}

static void wide_characters(void **state)
{
	struct grid grid = {0};

	(void)state;
	assert_int_equal(grid_reset(&grid, 6, 1), 0);
	assert_int_equal(grid_put(&grid, 0, 0, 5, STYLE_NORMAL, "漢字漢"), 4);
	line_is(&grid, 0, "漢字  ");
	assert_int_equal(grid.cells[0].width, 2);
	assert_int_equal(grid.cells[1].width, 0);
	/* half of a wide character never stays */
	grid_put(&grid, 1, 0, 1, STYLE_NORMAL, "x");
	line_is(&grid, 0, " x字  ");
	grid_put(&grid, 2, 0, 1, STYLE_NORMAL, "y");
	line_is(&grid, 0, " xy   ");
	/* nor does one stick out at the right edge */
	grid_put(&grid, 5, 0, 5, STYLE_NORMAL, "漢");
	line_is(&grid, 0, " xy   ");
	check_grid(&grid);
	grid_free(&grid);
}

static void combining_characters(void **state)
{
	struct grid grid = {0};

	(void)state;
	assert_int_equal(grid_reset(&grid, 4, 1), 0);
	assert_int_equal(grid_put(&grid, 0, 0, 4, STYLE_NORMAL, "e\u0301x"), 2);
	assert_string_equal(grid.cells[0].text, "e\u0301");
	/* a heap of marks neither overflows the cell nor takes columns */
	grid_put(&grid, 0, 0, 4, STYLE_NORMAL, "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301x");
	assert_string_equal(grid.cells[1].text, "x");
	/* a mark with nothing to sit on is dropped */
	grid_put(&grid, 0, 0, 4, STYLE_NORMAL, "\u0301ab");
	assert_string_equal(grid.cells[0].text, "a");
	check_grid(&grid);
	grid_free(&grid);
}

static void refuses_control(void **state)
{
	static const char *const hostile[] = {
		"\033[2Jgone",
		"\033]0;title\007",
		"a\r\nb\tc",
		"\177\177",
		"\xc2\x9b"
		"31m",
		"\xff\xfe\xfd",
		"\xc3",
		"\xe2\x82",
		"\xf0\x9f\x98",
		"\xed\xa0\x80",
		"\xc0\xaf",
		"\xf5\x80\x80\x80",
		"\u202e"
		"desrever",
		"\u200b\u200e",
		"\u2028\u2029",
		"\ufeff",
		"\xf4\x90\x80\x80",
		"\xf8\x88\x80\x80\x80",
		"\ue000",
		"\x1b",
	};
	struct grid grid = {0};

	(void)state;
	for (int ascii = 0; ascii < 2; ascii++)
		for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
			grid.ascii = ascii;
			assert_int_equal(grid_reset(&grid, 12, 1), 0);
			assert_true(grid_put(&grid, 0, 0, 12, STYLE_NORMAL, hostile[i]) <= 12);
			check_grid(&grid);
		}
	grid_free(&grid);
}

static void random_bytes(void **state)
{
	struct grid grid = {0};
	u32 seed = 1;

	(void)state;
	assert_int_equal(grid_reset(&grid, 20, 2), 0);
	for (int i = 0; i < 20000; i++) {
		char text[40];
		size_t len = check_random(&seed) % (sizeof(text) - 1);

		for (size_t k = 0; k < len; k++) {
			text[k] = (char)(check_random(&seed) & 0xff);
			if (!text[k])
				text[k] = 1;
		}
		text[len] = '\0';
		grid.ascii = i & 1;
		if (!(i % 50))
			grid_reset(&grid, 20, 2);
		assert_int_equal(grid_put(&grid, 0, 1, 1000, STYLE_NORMAL, text), text_width(text, grid.ascii));
		grid_put_cut(&grid, (int)(check_random(&seed) % 30) - 5, (int)(check_random(&seed) % 4) - 1,
			     (int)(check_random(&seed) % 30) - 5, STYLE_NORMAL, text);
		grid.ascii = false;
		check_grid(&grid);
	}
	grid_free(&grid);
}

static void keeps_within_limits(void **state)
{
	struct grid grid = {0};

	(void)state;
	assert_int_equal(grid_reset(&grid, 0, -3), 0);
	assert_int_equal(grid.w, 1);
	assert_int_equal(grid.h, 1);
	assert_int_equal(grid_reset(&grid, 1 << 20, 1 << 20), 0);
	assert_int_equal(grid.w, GRID_MAX_W);
	assert_int_equal(grid.h, GRID_MAX_H);
	grid_free(&grid);
}

static void bars_add_up(void **state)
{
	struct bar_part parts[3] = {{500, STYLE_GUEST, 'G'}, {250, STYLE_KVM, 'K'}, {250, STYLE_WAIT, 'W'}};
	struct grid grid = {.color = true};

	(void)state;
	assert_int_equal(grid_reset(&grid, 8, 1), 0);
	bar_draw(&grid, 0, 0, 8, parts, 3, 1000);
	line_is(&grid, 0, "████████");
	assert_int_equal(grid.cells[3].style, STYLE_GUEST);
	assert_int_equal(grid.cells[4].style, STYLE_KVM);
	assert_int_equal(grid.cells[6].style, STYLE_WAIT);
	/* 1 of 16 in the middle of a cell: its left neighbour on its colour */
	parts[0].amount = 9;
	parts[1].amount = 7;
	parts[2].amount = 0;
	bar_draw(&grid, 0, 0, 8, parts, 3, 16);
	assert_string_equal(grid.cells[4].text, "▌");
	assert_int_equal(grid.cells[4].style, STYLE_GUEST);
	assert_int_equal(grid.cells[4].under, STYLE_KVM);
	/* what is not 0 is seen */
	grid_reset(&grid, 8, 1);
	parts[0].amount = 1;
	parts[1].amount = 0;
	bar_draw(&grid, 0, 0, 8, parts, 3, 1000000);
	line_is(&grid, 0, "▏       ");
	/* letters where there is no colour */
	grid.color = false;
	grid_reset(&grid, 8, 1);
	parts[0].amount = 500;
	parts[1].amount = 250;
	parts[2].amount = 250;
	bar_draw(&grid, 0, 0, 8, parts, 3, 1000);
	line_is(&grid, 0, "GGGGKKWW");
	/* nothing of nothing */
	grid_reset(&grid, 8, 1);
	memset(parts, 0, sizeof(parts));
	bar_draw(&grid, 0, 0, 8, parts, 3, 0);
	line_is(&grid, 0, "        ");
	grid_free(&grid);
}

static void letters_are_unique(void **state)
{
	(void)state;
	for (int a = 0; a < STYLES; a++) {
		assert_true(style_letter((enum style)a) > ' ');
		for (int b = a + 1; b < STYLES; b++)
			assert_int_not_equal(style_letter((enum style)a), style_letter((enum style)b));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_and_clips),      cmocka_unit_test(cuts_with_a_sign),
		cmocka_unit_test(wide_characters),     cmocka_unit_test(combining_characters),
		cmocka_unit_test(refuses_control),     cmocka_unit_test(random_bytes),
		cmocka_unit_test(keeps_within_limits), cmocka_unit_test(bars_add_up),
		cmocka_unit_test(letters_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
