/* SPDX-License-Identifier: GPL-2.0-only */
#include "dump_svg.h"

#include <string.h>

/*
 * Renderers differ in fonts and in what they make of blanks, so nothing is left to them: every word is placed by itself,
 * and so is every character that is not ASCII, which may come from another font. Bars and lines are not text but
 * rectangles, and fill their cells without gaps.
 *
 * Lengths are in hundredths of a pixel: whole numbers, which print the same in every locale.
 */
#define PX         100
#define FONT_SIZE  14
#define CELL_W     843 /* what a character of that size takes in DejaVu Sans Mono */
#define CELL_H     (17 * PX)
#define BASELINE   (13 * PX)
#define MARGIN     (12 * PX)
#define LINE_THICK PX

struct paint {
	u32 fg, bg;
	bool bold, underline;
};

static u32 halfway(u32 a, u32 b)
{
	return ((a & 0xfefefe) >> 1) + ((b & 0xfefefe) >> 1);
}

static struct paint paint_of(const struct theme *theme, const struct cell *cell)
{
	struct look look = style_look(theme, (enum style)cell->style, (enum style)cell->under, cell->selected, true);
	struct paint p = {
		.fg = look.fg < 0 ? theme->ink : palette_rgb(look.fg),
		.bg = look.bg < 0 ? theme->ground : palette_rgb(look.bg),
		.bold = look.attr & LOOK_BOLD,
		.underline = look.attr & LOOK_UNDERLINE,
	};

	if (look.attr & LOOK_REVERSE) {
		u32 fg = p.fg;

		p.fg = p.bg;
		p.bg = fg;
	}
	if (look.attr & LOOK_DIM)
		p.fg = halfway(p.fg, p.bg);
	if (!strcmp(cell->text, "█")) /* all of the cell: a background, that runs on into the next one */
		p.bg = p.fg;
	return p;
}

static void put_length(const char *name, int length, FILE *out)
{
	fprintf(out, " %s=\"%d", name, length / PX);
	if (length % PX)
		fprintf(out, ".%02d", length % PX);
	fputc('"', out);
}

static void put_rect(int x, int y, int w, int h, u32 color, FILE *out)
{
	fputs("<rect", out);
	put_length("x", x, out);
	put_length("y", y, out);
	put_length("width", w, out);
	put_length("height", h, out);
	fprintf(out, " fill=\"#%06x\"/>\n", color);
}

/* The corners of boxes are round: from the middle of one edge of the cell to the middle of another. */
static void put_corner(int x, int y, bool right, bool down, u32 color, FILE *out)
{
	int cx = x + CELL_W / 2, cy = y + CELL_H / 2;
	int ex = right ? x + CELL_W : x, ey = down ? y + CELL_H : y;

	fprintf(out, "<path d=\"M%d.%02d %d.%02dQ%d.%02d %d.%02d %d.%02d %d.%02d\" fill=\"none\" stroke=\"#%06x\"",
		cx / PX, cx % PX, ey / PX, ey % PX, cx / PX, cx % PX, cy / PX, cy % PX, ex / PX, ex % PX, cy / PX,
		cy % PX, color);
	fputs(" shape-rendering=\"auto\"/>\n", out);
}

/* Characters that are drawn, not written. False: not one of them. */
static bool put_shape(u32 code, int x, int y, const struct paint *p, FILE *out)
{
	if (code >= 0x2581 && code <= 0x2588) { /* blocks that grow from the bottom; the full one is a background */
		int h = CELL_H * (int)(code - 0x2580) / 8;

		if (code < 0x2588)
			put_rect(x, y + CELL_H - h, CELL_W, h, p->fg, out);
		return true;
	}
	if (code >= 0x2589 && code <= 0x258f) { /* and from the left */
		put_rect(x, y, CELL_W * (int)(0x2590 - code) / 8, CELL_H, p->fg, out);
		return true;
	}
	switch (code) {
	case 0x2500: /* ─ */
		put_rect(x, y + (CELL_H - LINE_THICK) / 2, CELL_W, LINE_THICK, p->fg, out);
		return true;
	case 0x2502: /* │ */
		put_rect(x + (CELL_W - LINE_THICK) / 2, y, LINE_THICK, CELL_H, p->fg, out);
		return true;
	case 0x256d: /* ╭ */
	case 0x256e: /* ╮ */
	case 0x256f: /* ╯ */
	case 0x2570: /* ╰ */
		put_corner(x, y, code == 0x256d || code == 0x2570, code < 0x256f, p->fg, out);
		return true;
	default:
		return false;
	}
}

static bool is_shape(u32 code)
{
	return (code >= 0x2581 && code <= 0x258f) || code == 0x2500 || code == 0x2502 ||
	       (code >= 0x256d && code <= 0x2570);
}

static u32 first_char(const struct cell *cell)
{
	const char *text = cell->text;

	return utf8_next(&text);
}

/* Cells from x on whose background is the same. */
static void put_backgrounds(const struct cell *line, int w, int y, const struct theme *theme, FILE *out)
{
	for (int x = 0, end; x < w; x = end) {
		u32 bg = paint_of(theme, &line[x]).bg;

		for (end = x + 1; end < w && paint_of(theme, &line[end]).bg == bg;)
			end++;
		if (bg != theme->ground)
			put_rect(MARGIN + x * CELL_W, y, (end - x) * CELL_W, CELL_H, bg, out);
	}
}

static void put_shapes(const struct cell *line, int w, int y, const struct theme *theme, FILE *out)
{
	for (int x = 0; x < w; x++) {
		struct paint p = paint_of(theme, &line[x]);

		put_shape(first_char(&line[x]), MARGIN + x * CELL_W, y, &p, out);
		if (p.underline)
			put_rect(MARGIN + x * CELL_W, y + BASELINE + 2 * PX, CELL_W, LINE_THICK, p.fg, out);
	}
}

static void put_escaped(const char *text, FILE *out)
{
	for (; *text; text++)
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		default:
			fputc(*text, out);
		}
}

static bool is_ascii_char(const struct cell *cell)
{
	return cell->width == 1 && cell->text[0] > ' ' && !cell->text[1];
}

/* Cells [x, end) as one <text>. */
static void put_word(const struct cell *line, int x, int end, int y, const struct paint *p, FILE *out)
{
	fputs("<text", out);
	put_length("x", MARGIN + x * CELL_W, out);
	put_length("y", y + BASELINE, out);
	if (end - x > 1) /* in another font it keeps its columns all the same, where the renderer knows this */
		put_length("textLength", (end - x) * CELL_W, out);
	fprintf(out, " fill=\"#%06x\"%s>", p->fg, p->bold ? " font-weight=\"bold\"" : "");
	for (; x < end; x++) {
		bool blank = line[x].text[0] == ' '; /* under a combining mark: a blank that is not trimmed */

		put_escaped(blank ? "\u00a0" : "", out);
		put_escaped(line[x].text + blank, out);
	}
	fputs("</text>\n", out);
}

static void put_words(const struct cell *line, int w, int y, const struct theme *theme, FILE *out)
{
	for (int x = 0, end; x < w; x = end) {
		struct paint p = paint_of(theme, &line[x]);

		end = x + 1;
		if (!line[x].width || !strcmp(line[x].text, " ") || is_shape(first_char(&line[x])))
			continue;
		while (is_ascii_char(&line[x]) && end < w && is_ascii_char(&line[end])) {
			struct paint next = paint_of(theme, &line[end]);

			if (next.fg != p.fg || next.bold != p.bold)
				break;
			end++;
		}
		put_word(line, x, end, y, &p, out);
	}
}

void dump_svg(const struct grid *grid, const struct theme *theme, FILE *out)
{
	int w = grid->w * CELL_W + 2 * MARGIN, h = grid->h * CELL_H + 2 * MARGIN;

	fputs("<svg xmlns=\"http://www.w3.org/2000/svg\"", out);
	put_length("width", w, out);
	put_length("height", h, out);
	fprintf(out, " viewBox=\"0 0 %d.%02d %d.%02d\">\n", w / PX, w % PX, h / PX, h % PX);
	fputs("<rect x=\"0.5\" y=\"0.5\"", out);
	put_length("width", w - PX, out);
	put_length("height", h - PX, out);
	fprintf(out, " rx=\"8\" fill=\"#%06x\" stroke=\"#%06x\"/>\n", theme->ground, theme->border);
	fputs("<g shape-rendering=\"crispEdges\">\n", out);
	for (int y = 0; y < grid->h; y++)
		put_backgrounds(grid->cells + (size_t)y * (size_t)grid->w, grid->w, MARGIN + y * CELL_H, theme, out);
	for (int y = 0; y < grid->h; y++)
		put_shapes(grid->cells + (size_t)y * (size_t)grid->w, grid->w, MARGIN + y * CELL_H, theme, out);
	if (grid->cursor_x >= 0 && grid->cursor_x < grid->w && grid->cursor_y >= 0 && grid->cursor_y < grid->h)
		put_rect(MARGIN + grid->cursor_x * CELL_W, MARGIN + grid->cursor_y * CELL_H, 2 * PX, CELL_H, theme->ink,
			 out);
	fprintf(out, "</g>\n<g font-family=\"DejaVu Sans Mono, monospace\" font-size=\"%d\">\n", FONT_SIZE);
	for (int y = 0; y < grid->h; y++)
		put_words(grid->cells + (size_t)y * (size_t)grid->w, grid->w, MARGIN + y * CELL_H, theme, out);
	fputs("</g>\n</svg>\n", out);
}
