/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A screen as data: cells of {text, width, style}. Views render into a grid; curses, text and ANSI draw from one.
 * Whatever is put into it is made safe: bytes that are not valid UTF-8, control characters and characters that change
 * the direction of text never get in.
 */
#ifndef KVMTOP_GRID_H
#define KVMTOP_GRID_H

#include "style.h"

#define GRID_MAX_W 1000
#define GRID_MAX_H 500

#define CELL_TEXT 12

struct cell {
	char text
		[CELL_TEXT]; /* one character and its combining marks, NUL-terminated; "" in the right half of a wide one */
	u8 width;            /* 1 or 2; 0: the right half of a wide character */
	u8 style;            /* enum style */
	u8 under;            /* a style whose foreground is this cell's background, STYLE_NORMAL: none */
	bool selected;
};

/* What a click on some cells means. */
enum hit_kind {
	HIT_ROW,    /* arg: index of a row of the list */
	HIT_TITLE,  /* arg: column of the view */
	HIT_ACTION, /* arg: enum action_id */
	HIT_ITEM,   /* arg: line of the screen or box that lies over the view */
};

struct hit {
	short x, y, w;
	u8 kind;
	int arg;
};

#define GRID_HITS 768

struct grid {
	int w, h;
	bool ascii;                /* all that is not ASCII becomes '?' */
	bool color;                /* the theme has colours: bars may use them */
	int clip_top, clip_bottom; /* lines [top, bottom) take text, the rest is left alone */
	int cursor_x, cursor_y;    /* where the terminal's cursor is to be shown, -1: nowhere */
	struct cell *cells;        /* w * h, line by line */
	size_t room;
	struct hit hits[GRID_HITS]; /* the last one that holds a cell counts */
	int hit_count;
};

/* Blank, w x h (clamped to 1..GRID_MAX_*), no clipping. 0 or -ENOMEM, then the grid is as it was. */
int grid_reset(struct grid *grid, int w, int h);
void grid_free(struct grid *grid);
/* Lines outside [top, bottom) are not written until the next call or reset. */
void grid_clip(struct grid *grid, int top, int bottom);

/*
 * Puts text at (x, y), in at most max columns and never outside the grid, and returns the columns it took. Text that
 * does not fit is cut; a wide character that would be cut in half is left out. Negative x cuts at the left.
 */
int grid_put(struct grid *grid, int x, int y, int max, enum style style, const char *text);
/* The same, and where text is cut its last column shows so ("~", or an ellipsis). */
int grid_put_cut(struct grid *grid, int x, int y, int max, enum style style, const char *text);
/* Words over at most so many lines of max columns from (x, y) on; returns how many lines it took. */
int grid_put_words(struct grid *grid, int x, int y, int max, int lines, enum style style, const char *text);
int grid_putf(struct grid *grid, int x, int y, int max, enum style style, const char *format, ...)
	__attribute__((format(printf, 6, 7)));
/* Right-aligned in [x, x + w). */
void grid_put_right(struct grid *grid, int x, int y, int w, enum style style, const char *text);
/* One character, over and over; under as in struct cell. */
void grid_fill(struct grid *grid, int x, int y, int w, enum style style, enum style under, const char *text);
/* Marks columns [x, x + w) as selected. */
void grid_select(struct grid *grid, int x, int y, int w);

/* A click into columns [x, x + w) of line y means this. */
void grid_hit(struct grid *grid, int x, int y, int w, enum hit_kind kind, int arg);
/* What a click at (x, y) means, NULL: nothing. */
const struct hit *grid_find_hit(const struct grid *grid, int x, int y);
/* Forgets what clicks mean: something lies over it all. */
void grid_clear_hits(struct grid *grid);

/* Columns that text takes, made safe as grid_put() does. */
int text_width(const char *text, bool ascii);
/*
 * Decodes the first character of text and moves *text behind it. Bytes that are not UTF-8 give U+FFFD, one byte each;
 * 0 at the end.
 */
u32 utf8_next(const char **text);
/* Writes code as UTF-8 and a NUL; returns the bytes without the NUL. */
int utf8_encode(u32 code, char out[5]);
/* Columns of a character: 0 for combining marks, 2 for wide ones, -1 for what must not reach a terminal. */
int char_width(u32 code);

#endif
