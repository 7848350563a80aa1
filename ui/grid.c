/* SPDX-License-Identifier: GPL-2.0-only */
#include "grid.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct range {
	u32 first, last;
};

/* Combining marks and other characters without a width of their own. Sorted. */
static const struct range zero_width[] = {
	{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd},   {0x05bf, 0x05bf},   {0x05c1, 0x05c2}, {0x05c4, 0x05c5},
	{0x05c7, 0x05c7}, {0x0610, 0x061a}, {0x064b, 0x065f},   {0x0670, 0x0670},   {0x06d6, 0x06dc}, {0x06df, 0x06e4},
	{0x06e7, 0x06e8}, {0x06ea, 0x06ed}, {0x0711, 0x0711},   {0x0730, 0x074a},   {0x0900, 0x0902}, {0x093a, 0x093a},
	{0x093c, 0x093c}, {0x0941, 0x0948}, {0x094d, 0x094d},   {0x0951, 0x0957},   {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},
	{0x0e47, 0x0e4e}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},   {0x20d0, 0x20f0},   {0x302a, 0x302d}, {0x3099, 0x309a},
	{0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0x1f3fb, 0x1f3ff}, {0xe0100, 0xe01ef},
};

/* Two columns: East Asian wide and full-width characters, and emoji. Sorted. */
static const struct range double_width[] = {
	{0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},   {0x2614, 0x2615},
	{0x2648, 0x2653},   {0x26a1, 0x26a1},   {0x2705, 0x2705},   {0x274c, 0x274c},   {0x2753, 0x2755},
	{0x2795, 0x2797},   {0x2b1b, 0x2b1c},   {0x2b50, 0x2b50},   {0x2e80, 0x303e},   {0x3041, 0x33ff},
	{0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97c},   {0xac00, 0xd7a3},
	{0xf900, 0xfaff},   {0xfe30, 0xfe6b},   {0xff01, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f3fa},
	{0x1f400, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

/* Never to a terminal: format characters, bidi controls, separators that break lines, private use, non-characters. */
static const struct range refused[] = {
	{0x0000, 0x001f},   {0x007f, 0x009f},      {0x00ad, 0x00ad},   {0x0600, 0x0605},   {0x061c, 0x061c},
	{0x06dd, 0x06dd},   {0x070f, 0x070f},      {0x115f, 0x1160},   {0x180e, 0x180e},   {0x200b, 0x200f},
	{0x2028, 0x202e},   {0x2060, 0x206f},      {0xd800, 0xf8ff},   {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},
	{0xfff0, 0xfffb},   {0xfffe, 0xffff},      {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0x1fffe, 0x1ffff},
	{0xe0000, 0xe00ff}, {0xe01f0, 0xffffffff},
};

static bool in_ranges(const struct range *ranges, size_t count, u32 code)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (code < ranges[mid].first)
			high = mid;
		else if (code > ranges[mid].last)
			low = mid + 1;
		else
			return true;
	}
	return false;
}

int char_width(u32 code)
{
	if (code >= 0x20 && code < 0x7f)
		return 1;
	if (in_ranges(refused, ARRAY_SIZE(refused), code))
		return -1;
	if (in_ranges(zero_width, ARRAY_SIZE(zero_width), code))
		return 0;
	return in_ranges(double_width, ARRAY_SIZE(double_width), code) ? 2 : 1;
}

u32 utf8_next(const char **text)
{
	const unsigned char *p = (const unsigned char *)*text;
	static const u32 least[] = {0, 0, 0x80, 0x800, 0x10000};
	u32 code;
	int len, i;

	if (!*p)
		return 0;
	if (*p < 0x80) {
		*text += 1;
		return *p;
	}
	len = *p >= 0xf0 && *p < 0xf8 ? 4 : *p >= 0xe0 && *p < 0xf0 ? 3 : *p >= 0xc0 && *p < 0xe0 ? 2 : 0;
	code = len ? *p & (0x7f >> len) : 0;
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80) /* the terminating NUL stops here too */
			break;
		code = code << 6 | (p[i] & 0x3f);
	}
	if (!len || i < len || code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
		*text += 1;
		return 0xfffd;
	}
	*text += len;
	return code;
}

int utf8_encode(u32 code, char out[5])
{
	int len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const u8 lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (int i = len - 1; i > 0; i--, code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)(lead[len] | code);
	out[len] = '\0';
	return len;
}

/* What stands for the signs that the views draw with where only ASCII will do. */
static const struct {
	u32 code;
	char plain;
} plain_signs[] = {
	{0x00b7, '.'}, {0x00bb, '>'}, {0x2026, '~'}, {0x203a, '>'}, {0x2191, '^'}, {0x2193, 'v'}, {0x2264, '<'},
	{0x2265, '>'}, {0x2500, '-'}, {0x2502, '|'}, {0x250c, '+'}, {0x2510, '+'}, {0x2514, '+'}, {0x2518, '+'},
	{0x251c, '+'}, {0x2524, '+'}, {0x256d, '+'}, {0x256e, '+'}, {0x256f, '+'}, {0x2570, '+'}, {0x2588, '#'},
	{0x25b2, '^'}, {0x25b6, '>'}, {0x25bc, 'v'}, {0x25be, 'v'}, {0x2713, '*'},
};

static u32 plain_char(u32 code)
{
	if (char_width(code) == 0)
		return 0x300;
	for (size_t i = 0; i < ARRAY_SIZE(plain_signs); i++)
		if (plain_signs[i].code == code)
			return (u32)plain_signs[i].plain;
	return '?';
}

/* What the grid shows in place of a character: itself, or something harmless. */
static u32 safe_char(u32 code, bool ascii)
{
	if (ascii && code >= 0x7f)
		return plain_char(code);
	if (char_width(code) < 0 || code == 0xfffd)
		return ascii ? '?' : 0xfffd;
	return code;
}

int text_width(const char *text, bool ascii)
{
	int width = 0;
	u32 code;

	while ((code = utf8_next(&text)))
		width += char_width(safe_char(code, ascii));
	return width;
}

int grid_reset(struct grid *grid, int w, int h)
{
	size_t need;

	w = w < 1 ? 1 : w > GRID_MAX_W ? GRID_MAX_W : w;
	h = h < 1 ? 1 : h > GRID_MAX_H ? GRID_MAX_H : h;
	need = (size_t)w * (size_t)h;
	if (need > grid->room) {
		struct cell *cells = realloc(grid->cells, need * sizeof(*cells));

		if (!cells)
			return -ENOMEM;
		grid->cells = cells;
		grid->room = need;
	}
	grid->w = w;
	grid->h = h;
	for (size_t i = 0; i < need; i++)
		grid->cells[i] = (struct cell){.text = " ", .width = 1};
	grid_clip(grid, 0, h);
	grid->cursor_x = grid->cursor_y = -1;
	grid->hit_count = 0;
	return 0;
}

void grid_free(struct grid *grid)
{
	free(grid->cells);
	grid->cells = NULL;
	grid->room = 0;
	grid->w = grid->h = 0;
}

void grid_clip(struct grid *grid, int top, int bottom)
{
	grid->clip_top = top < 0 ? 0 : top;
	grid->clip_bottom = bottom > grid->h ? grid->h : bottom;
}

static struct cell *line_of(struct grid *grid, int y)
{
	if (y < grid->clip_top || y >= grid->clip_bottom)
		return NULL;
	return grid->cells + (size_t)y * (size_t)grid->w;
}

static void blank(struct cell *cell)
{
	strcpy(cell->text, " ");
	cell->width = 1;
}

/* A character of this width is about to be written at x: no half of another one may stay behind. */
static void break_wide(struct grid *grid, struct cell *line, int x, int width)
{
	if (line[x].width == 0 && x > 0)
		blank(&line[x - 1]);
	if (line[x + width - 1].width == 2 && x + width < grid->w)
		blank(&line[x + width]);
}

static void set_cell(struct grid *grid, struct cell *line, int x, u32 code, int width, enum style style,
		     enum style under)
{
	char text[5];

	utf8_encode(code, text);
	break_wide(grid, line, x, width);
	line[x] = (struct cell){.width = (u8)width, .style = (u8)style, .under = (u8)under};
	memcpy(line[x].text, text, sizeof(text));
	if (width == 2)
		line[x + 1] = (struct cell){.width = 0, .style = (u8)style, .under = (u8)under};
}

static void add_mark(struct cell *cell, u32 code)
{
	char mark[5];
	size_t have = strlen(cell->text);
	int len = utf8_encode(code, mark);

	if (have && have + (size_t)len < CELL_TEXT)
		memcpy(cell->text + have, mark, (size_t)len + 1);
}

int grid_put(struct grid *grid, int x, int y, int max, enum style style, const char *text)
{
	struct cell *line = line_of(grid, y);
	int used = 0, base = -1;
	u32 code;

	if (max > GRID_MAX_W)
		max = GRID_MAX_W;
	while ((code = utf8_next(&text))) {
		int width, at = x + used;

		code = safe_char(code, grid->ascii);
		width = char_width(code);
		if (width == 0) {
			if (line && base >= 0 && !grid->ascii)
				add_mark(&line[base], code);
			continue;
		}
		if (used + width > max)
			break;
		used += width;
		base = -1;
		if (!line || at >= grid->w || at + width > grid->w || at < 0)
			continue;
		set_cell(grid, line, at, code, width, style, STYLE_NORMAL);
		base = at;
	}
	return used;
}

int grid_put_cut(struct grid *grid, int x, int y, int max, enum style style, const char *text)
{
	int used;

	if (max <= 0)
		return 0;
	if (text_width(text, grid->ascii) <= max)
		return grid_put(grid, x, y, max, style, text);
	used = grid_put(grid, x, y, max - 1, style, text);
	return used + grid_put(grid, x + used, y, 1, style, "…");
}

int grid_put_words(struct grid *grid, int x, int y, int max, int lines, enum style style, const char *text)
{
	int line = 0, at = 0;

	while (*text && line < lines) {
		size_t len = strcspn(text, " ");
		char word[128];
		int width;

		snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : sizeof(word) - 1), text);
		width = text_width(word, grid->ascii);
		if (at && at + width > max) {
			line++;
			at = 0;
			continue;
		}
		at += grid_put_cut(grid, x + at, y + line, max - at, style, word) + 1;
		text += len;
		text += strspn(text, " ");
	}
	return line + (at > 0);
}

int grid_putf(struct grid *grid, int x, int y, int max, enum style style, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return grid_put(grid, x, y, max, style, text);
}

void grid_put_right(struct grid *grid, int x, int y, int w, enum style style, const char *text)
{
	int width = text_width(text, grid->ascii);

	if (width >= w)
		grid_put_cut(grid, x, y, w, style, text);
	else
		grid_put(grid, x + w - width, y, width, style, text);
}

void grid_fill(struct grid *grid, int x, int y, int w, enum style style, enum style under, const char *text)
{
	struct cell *line = line_of(grid, y);
	int end = x + w;
	u32 code = safe_char(utf8_next(&text), grid->ascii);

	if (!line)
		return;
	if (char_width(code) != 1)
		code = ' ';
	if (end > grid->w)
		end = grid->w;
	for (int i = x < 0 ? 0 : x; i < end; i++)
		set_cell(grid, line, i, code, 1, style, under);
}

void grid_select(struct grid *grid, int x, int y, int w)
{
	struct cell *line = line_of(grid, y);
	int end = x + w > grid->w ? grid->w : x + w;

	for (int i = x < 0 ? 0 : x; line && i < end; i++)
		line[i].selected = true;
}

void grid_hit(struct grid *grid, int x, int y, int w, enum hit_kind kind, int arg)
{
	if (grid->hit_count < GRID_HITS && y >= grid->clip_top && y < grid->clip_bottom && w > 0)
		grid->hits[grid->hit_count++] = (struct hit){(short)x, (short)y, (short)w, (u8)kind, arg};
}

const struct hit *grid_find_hit(const struct grid *grid, int x, int y)
{
	for (int i = grid->hit_count - 1; i >= 0; i--)
		if (grid->hits[i].y == y && x >= grid->hits[i].x && x < grid->hits[i].x + grid->hits[i].w)
			return &grid->hits[i];
	return NULL;
}

void grid_clear_hits(struct grid *grid)
{
	grid->hit_count = 0;
}
