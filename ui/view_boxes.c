/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists to pick from that lie over a view: the column to sort by, the columns to show, commands. */
#include <stdio.h>

#include "view.h"

#define BOX_WIDTH 70
#define LINES_MAX 12

void view_box(struct grid *grid, int x, int y, int w, int h, const char *title)
{
	for (int line = y; line < y + h; line++) {
		grid_fill(grid, x, line, w, STYLE_FRAME, STYLE_NORMAL, line == y || line == y + h - 1 ? "─" : " ");
		grid_put(grid, x, line, 1, STYLE_FRAME, line == y ? "╭" : line == y + h - 1 ? "╰" : "│");
		grid_put(grid, x + w - 1, line, 1, STYLE_FRAME, line == y ? "╮" : line == y + h - 1 ? "╯" : "│");
	}
	grid_put_cut(grid, x + 2, y, w - 4, STYLE_TITLE, title);
}

/* Where the lines of a box are, and which one is the first to be seen. */
struct box {
	int x, y, w, h;
	int top;
};

/*
 * Above the lines of views and keys. For so many lines, the one under the cursor among them. Where a frame would leave
 * nothing, there is none.
 */
static struct box open_box(struct grid *grid, const struct layout *lay, int lines, int at, const char *title)
{
	int bottom = lay->views >= 0 ? lay->views : grid->h - 1;
	struct box box = {0, 0, grid->w, bottom > 0 ? bottom : 1, 0};

	grid_clear_hits(grid);
	if (grid->h >= 7 && grid->w >= 24) {
		int h = lines + 2 > bottom - 1 ? bottom - 1 : lines + 2;
		int w = grid->w > BOX_WIDTH + 4 ? BOX_WIDTH : grid->w - 4;

		box = (struct box){(grid->w - w) / 2 + 1, (bottom - h + 1) / 2 + 1, w - 2, h - 2, 0};
		view_box(grid, box.x - 1, box.y - 1, w, h, title);
	}
	if (box.h > lines)
		box.h = lines;
	if (at >= box.h)
		box.top = at - box.h + 1;
	return box;
}

/* Line i of a box: a mark, a name, and a word on it where there is room. */
static void draw_line(struct grid *grid, const struct box *box, int i, const char *mark, enum style mark_style,
		      const char *name, enum style name_style, int name_w, const char *help, enum style help_style,
		      bool here)
{
	int y = box->y + i - box->top, x = box->x + (box->x > 0), end = box->x + box->w - (box->x > 0);

	grid_hit(grid, box->x, y, box->w, HIT_ITEM, i);
	if (box->x <= 0)
		grid_fill(grid, 0, y, grid->w, STYLE_NORMAL, STYLE_NORMAL, " ");
	x += grid_put(grid, x, y, end - x, mark_style, mark) + 1;
	grid_put_cut(grid, x, y, name_w > end - x ? end - x : name_w, name_style, name);
	x += name_w + 1;
	if (end - x > 8)
		grid_put_cut(grid, x, y, end - x, help_style, help);
	if (here)
		grid_select(grid, box->x, y, box->w);
}

void view_picker(const struct app *app, struct grid *grid, const struct layout *lay)
{
	const struct view_columns *cols = view_columns(app->here.view);
	const struct view_state *vs = &app->views[app->here.view];
	struct box box = open_box(grid, lay, (int)cols->count, app->picker_at, " sort by ");

	for (int i = box.top; i < box.top + box.h; i++)
		draw_line(grid, &box, i,
			  i != vs->sort    ? " "
			  : vs->descending ? "▼"
					   : "▲",
			  STYLE_KEY, cols->columns[i].title, STYLE_NAME, 12, cols->columns[i].help, STYLE_LABEL,
			  i == app->picker_at);
}

void view_column_box(const struct app *app, struct grid *grid, const struct layout *lay)
{
	const struct view_columns *cols = view_columns(app->here.view);
	int count = (int)(cols->count < VIEW_COLUMNS ? cols->count : VIEW_COLUMNS);
	struct box box = open_box(grid, lay, count, app->overlay_at, " columns ");

	for (int i = box.top; i < box.top + box.h; i++) {
		bool shown, available;
		int column = column_row_at(app, i, &shown);
		const struct column *col;
		char help[256];

		if (column < 0)
			break;
		col = &cols->columns[column];
		available = !app->snap || column_available(col, app->snap, NULL);
		snprintf(help, sizeof(help), "%s%s",
			 shown && app->snap && !view_has_room(app, column) ? "no room for it now. " : "", col->help);
		draw_line(grid, &box, i, shown ? "[x]" : "[ ]", shown ? STYLE_KEY : STYLE_DIM, col->title,
			  shown ? STYLE_NAME : STYLE_LABEL, 12, available ? help : "this host cannot measure it",
			  available ? STYLE_LABEL : STYLE_DIM, i == app->overlay_at);
	}
}

/* Above the line in which is typed, so that the eye need not wander. */
void view_palette(const struct app *app, struct grid *grid, const struct layout *lay)
{
	int foot = lay->views >= 0 ? lay->views : lay->footer >= 0 ? lay->footer : grid->h - 1;
	int w = grid->w > 90 ? 88 : grid->w, count;
	bool frame = foot - lay->body >= 4 && w >= 24;
	int room = foot - lay->body - 2 * frame;
	struct box box = {.x = frame, .w = w - 2 * frame};
	struct command list[LINES_MAX];

	room = room > LINES_MAX ? LINES_MAX : room;
	if (room < 1)
		return;
	box.top = app->palette_at >= room ? app->palette_at - room + 1 : 0;
	count = (int)palette_list(app, (u32)box.top, list, (u32)room);
	if (!count)
		return;
	box.h = count;
	box.y = foot - count - frame;
	grid_clear_hits(grid);
	if (frame)
		view_box(grid, 0, box.y - 1, w, count + 2, " commands: Tab completes, Enter runs ");
	for (int i = 0; i < count; i++)
		draw_line(grid, &box, box.top + i, "", STYLE_NORMAL, list[i].text, STYLE_NAME, w > 60 ? 26 : w - 4,
			  list[i].help, STYLE_LABEL, box.top + i == app->palette_at);
}
