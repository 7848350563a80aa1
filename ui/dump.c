/* SPDX-License-Identifier: GPL-2.0-only */
#include "dump.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "dump_svg.h"

static const char *const format_names[] = {"text", "ansi", "styles", "svg"};

int dump_format_find(const char *name, enum dump_format *format)
{
	for (size_t i = 0; i < ARRAY_SIZE(format_names); i++) {
		if (strcmp(name, format_names[i]) != 0)
			continue;
		*format = (enum dump_format)i;
		return 0;
	}
	return -EINVAL;
}

static bool is_blank(const struct cell *cell, enum dump_format format)
{
	if (format == DUMP_STYLES)
		return cell->style == STYLE_NORMAL && !cell->selected;
	if (format == DUMP_ANSI && (cell->selected || cell->under || cell->style))
		return false;
	return !strcmp(cell->text, " ");
}

static void put_look(const struct theme *theme, const struct cell *cell, FILE *out)
{
	struct look look = style_look(theme, (enum style)cell->style, (enum style)cell->under, cell->selected, true);

	fputs("\033[0", out);
	if (look.attr & LOOK_BOLD)
		fputs(";1", out);
	if (look.attr & LOOK_DIM)
		fputs(";2", out);
	if (look.attr & LOOK_UNDERLINE)
		fputs(";4", out);
	if (look.attr & LOOK_REVERSE)
		fputs(";7", out);
	if (look.fg >= 0)
		fprintf(out, ";38;5;%d", look.fg);
	if (look.bg >= 0)
		fprintf(out, ";48;5;%d", look.bg);
	fputc('m', out);
}

static void put_style(const struct cell *cell, FILE *out)
{
	int letter = style_letter((enum style)cell->style);

	fputc(cell->selected ? (letter == '.' ? '_' : toupper(letter)) : letter, out);
}

void dump_grid(const struct grid *grid, const struct theme *theme, enum dump_format format, FILE *out)
{
	if (format == DUMP_SVG) {
		dump_svg(grid, theme, out);
		return;
	}
	for (int y = 0; y < grid->h; y++) {
		const struct cell *line = grid->cells + (size_t)y * (size_t)grid->w;
		int end = grid->w;

		while (end > 0 && is_blank(&line[end - 1], format))
			end--;
		for (int x = 0; x < end; x++) {
			if (format == DUMP_STYLES) {
				put_style(&line[x], out);
				continue;
			}
			if (format == DUMP_ANSI && line[x].width &&
			    (!x || line[x].style != line[x - 1].style || line[x].under != line[x - 1].under ||
			     line[x].selected != line[x - 1].selected))
				put_look(theme, &line[x], out);
			fputs(line[x].text, out);
		}
		fputs(format == DUMP_ANSI ? "\033[0m\n" : "\n", out);
	}
}
