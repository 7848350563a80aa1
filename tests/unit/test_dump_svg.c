/* SPDX-License-Identifier: GPL-2.0-only */
/* Pictures of a grid: well-formed XML whatever is shown, every character in its place, bars without gaps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../ui/bar.h"
#include "../../ui/dump.h"
#include "ui_check.h"

#define W 40
#define H 6

static char *picture(const struct grid *grid, const struct theme *theme)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	dump_grid(grid, theme, DUMP_SVG, out);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(strlen(text), size);
	return text;
}

/* After "&": one of the entities that XML itself knows. */
static const char *entity(const char *p, char *out)
{
	static const struct {
		const char *name;
		char c;
	} known[] = {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''}};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strncmp(p, known[i].name, strlen(known[i].name))) {
			*out = known[i].c;
			return p + strlen(known[i].name);
		}
	fail_msg("no entity: %.20s", p);
	return p;
}

/* What a <text> says, put where it says it. */
static void place(char cells[H][W][CELL_TEXT + 2], double x, double y, const char *p, const char *end)
{
	int column = (int)((x - 12) / 8.43 + 0.5), row = (int)((y - 12) / 17);
	char *last = NULL;

	assert_true(row >= 0 && row < H);
	while (p < end) {
		const char *from = p;
		char plain = 0, code_text[5];
		u32 code = utf8_next(&p);

		if (code == '&') {
			p = entity(p, &plain);
			code = (u32)plain;
			from = &plain;
		}
		assert_true(code > ' ' && code != 0x7f); /* blanks would be trimmed */
		if (code == 0xfffd)
			assert_memory_equal(from, "\xef\xbf\xbd", 3);
		utf8_encode(code, code_text);
		if (!char_width(code)) {
			assert_non_null(last);
			strcat(last, code_text);
			continue;
		}
		assert_true(column >= 0 && column < W);
		last = cells[row][column];
		assert_int_equal(last[0], 0); /* nothing is written twice */
		strcpy(last, code_text);
		column += char_width(code);
	}
}

static const char *attribute(const char *tag, const char *end, const char *name)
{
	const char *at = strstr(tag, name);

	assert_true(at && at < end);
	return at + strlen(name);
}

/* Checks <name a="b" ...> from its name on; returns what follows it. */
static const char *check_tag(const char *p, char name[16], bool *closed)
{
	size_t len = strcspn(p, " >/");

	assert_true(len > 0 && len < 16);
	memcpy(name, p, len);
	name[len] = '\0';
	for (p += len; *p == ' ';) {
		size_t key = strspn(++p, "abcdefghijklmnopqrstuvwxyzBL-0123456789");

		assert_true(key > 0);
		p += key;
		assert_memory_equal(p, "=\"", 2);
		p += 2;
		p += strcspn(p, "\"<&");
		assert_int_equal(*p, '"');
		p++;
	}
	*closed = *p == '/';
	p += *closed;
	assert_int_equal(*p, '>');
	return p + 1;
}

/* Well-formed: one root, elements nested, attributes quoted, no stray "<" or "&", no control bytes. */
static void check_svg(const char *svg, char cells[H][W][CELL_TEXT + 2])
{
	char open[8][16];
	int depth = 0, roots = 0;

	memset(cells, 0, sizeof(char[H][W][CELL_TEXT + 2]));
	for (const char *c = svg; *c; c++)
		assert_true((unsigned char)*c >= ' ' || *c == '\n');
	for (const char *p = svg; *p;) {
		const char *tag = p + 1, *end;
		char name[16];
		bool closed = false;

		if (*p != '<') {
			assert_int_equal(*p, '\n'); /* text is in <text> only */
			p++;
			continue;
		}
		if (*tag == '/') {
			assert_true(depth > 0);
			depth--;
			assert_memory_equal(tag + 1, open[depth], strlen(open[depth]));
			p = tag + 1 + strlen(open[depth]);
			assert_int_equal(*p++, '>');
			continue;
		}
		roots += !depth;
		p = check_tag(tag, name, &closed);
		if (closed)
			continue;
		assert_true(depth < 8);
		strcpy(open[depth++], name);
		if (strcmp(name, "text") != 0)
			continue;
		end = p + strcspn(p, "<");
		place(cells, atof(attribute(tag, p, " x=\"")), atof(attribute(tag, p, " y=\"")), p, end);
		p = end;
	}
	assert_int_equal(depth, 0);
	assert_int_equal(roots, 1);
}

static bool is_drawn(const char *text)
{
	static const char drawn[] = "▁▂▃▄▅▆▇█▉▊▋▌▍▎▏─│╭╮╯╰";

	return !strcmp(text, " ") || (text[0] & 0x80 && strstr(drawn, text));
}

/* The picture says what the grid says, each character in its cell, and nothing else. */
static void same_text(const struct grid *grid)
{
	static const struct theme *const themes[] = {&theme_dark, &theme_mono};

	for (size_t i = 0; i < ARRAY_SIZE(themes); i++) {
		char cells[H][W][CELL_TEXT + 2];
		char *svg = picture(grid, themes[i]);

		check_svg(svg, cells);
		for (int y = 0; y < grid->h; y++)
			for (int x = 0; x < grid->w; x++) {
				const char *text = grid->cells[y * grid->w + x].text;
				char want[CELL_TEXT + 2];

				/* a blank that carries marks would be trimmed */
				snprintf(want, sizeof(want), "%s%s", text[0] == ' ' && text[1] ? "\u00a0" : "",
					 text + (text[0] == ' ' && text[1]));
				assert_string_equal(cells[y][x], is_drawn(want) ? "" : want);
			}
		free(svg);
	}
}

static void hostile_text(void **state)
{
	static const char *const hostile[] = {
		"<script>alert(1)</script>",
		"a&b &amp; &#0; &bogus",
		"]]> <![CDATA[ <!-- -->",
		"\" onload=\"x' />",
		"</text></svg>",
		"<?xml version=\"1.0\"?>",
		"\033[31mred\033[0m\r\n\t\b\177",
		"\xff\xfe\xc3(\xed\xa0\x80",
		"  two  blanks  ",
		"漢字 x漢 ｗｉｄｅ",
		"e\u0301a\u0308\u0301 \u0303n\u0303",
		"█▉▊▋▌▍▎▏▁▂▃▄▅▆▇─│╭╮╯╰",
		"\u202edlrow\u202c \ufeff\u200b\uffff",
		"a…b›c·≥▲▶",
		"%s%n%d",
		"\U0001f600 \U000e0001",
	};
	struct grid grid = {0};

	(void)state;
	for (int ascii = 0; ascii < 2; ascii++)
		for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
			grid.ascii = ascii;
			assert_int_equal(grid_reset(&grid, W, H), 0);
			for (int y = 0; y < H; y++)
				grid_put_cut(&grid, y, y, W - y, (enum style)(i % STYLES), hostile[i]);
			grid_select(&grid, 3, 1, 9);
			grid.cursor_x = 2;
			grid.cursor_y = 3;
			same_text(&grid);
		}
	grid_free(&grid);
}

static void random_text(void **state)
{
	struct grid grid = {0};
	u32 seed = 7;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(grid_reset(&grid, W, H), 0);
		for (int k = 0; k < 12; k++) {
			static const char signs[] = "<>&\"'/ -!]=\xe2\x96\x88\xc3\xa9\x1b";
			char text[30];
			size_t len = check_random(&seed) % (sizeof(text) - 1);

			for (size_t c = 0; c < len; c++) {
				u32 r = check_random(&seed);

				text[c] = r & 1 ? signs[(r >> 1) % (sizeof(signs) - 1)] : (char)(1 + (r >> 1) % 255);
			}
			text[len] = '\0';
			grid_put(&grid, (int)(check_random(&seed) % W), (int)(check_random(&seed) % H), W,
				 (enum style)(check_random(&seed) % STYLES), text);
		}
		grid_select(&grid, 0, (int)(check_random(&seed) % H), W);
		same_text(&grid);
	}
	grid_free(&grid);
}

static void has(const char *svg, const char *want)
{
	if (!strstr(svg, want))
		fail_msg("not in the picture: %s\n%s", want, svg);
}

/* Bars are exact rectangles that meet; the selection is one run; words keep to their columns. */
static void drawn_exactly(void **state)
{
	struct bar_part parts[2] = {{9, STYLE_GUEST, 'G'}, {7, STYLE_KVM, 'K'}};
	struct grid grid = {.color = true};
	char *svg;

	(void)state;
	assert_int_equal(grid_reset(&grid, 8, 3), 0);
	bar_draw(&grid, 0, 0, 8, parts, 2, 16);
	grid_put(&grid, 0, 1, 8, STYLE_CRIT, "1.5 <é");
	grid_select(&grid, 0, 2, 8);
	bar_column(&grid, 7, 1, 1, 3, STYLE_HIST);
	svg = picture(&grid, &theme_dark);
	has(svg,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"91.44\" height=\"75\" viewBox=\"0 0 91.44 75.00\">");
	/* 4 cells of the guest's colour, one with half of it over KVM's, 3 of KVM's: 4 and 4 as backgrounds */
	has(svg, "<rect x=\"12\" y=\"12\" width=\"33.72\" height=\"17\" fill=\"#5faf5f\"/>");
	has(svg, "<rect x=\"45.72\" y=\"12\" width=\"33.72\" height=\"17\" fill=\"#5f87d7\"/>");
	has(svg, "<rect x=\"45.72\" y=\"12\" width=\"4.21\" height=\"17\" fill=\"#5faf5f\"/>");
	has(svg, "<rect x=\"71.01\" y=\"39.63\" width=\"8.43\" height=\"6.37\" fill=\"#5f87d7\"/>");
	has(svg, "<rect x=\"12\" y=\"46\" width=\"67.44\" height=\"17\" fill=\"#000087\"/>");
	has(svg, "<text x=\"12\" y=\"42\" textLength=\"25.29\" fill=\"#ff5f5f\" font-weight=\"bold\">1.5</text>");
	has(svg, "<text x=\"45.72\" y=\"42\" fill=\"#ff5f5f\" font-weight=\"bold\">&lt;</text>");
	has(svg, "<text x=\"54.15\" y=\"42\" fill=\"#ff5f5f\" font-weight=\"bold\">é</text>");
	free(svg);
	grid_free(&grid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_text),
		cmocka_unit_test(random_text),
		cmocka_unit_test(drawn_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
