/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings, with their values and what they mean. */
#include <stdio.h>
#include <string.h>

#include "view.h"

#define NAME_W  18
#define VALUE_W 20

static const char *heading_of(const struct app *app, const struct setting_row *row, char *text, size_t size)
{
	enum view_id view = app->here.view == VIEW_DETAIL ? VIEW_EXIT : app->here.view;

	switch (row->kind) {
	case ROW_SETTING:
		return "Settings";
	case ROW_THRESHOLD:
		snprintf(text, size, "Thresholds of the %s view: from where on a value is a warning, and critical",
			 view_columns(view)->name);
		return text;
	default:
		return "Keys";
	}
}

static void draw_setting(const struct app *app, struct grid *grid, int y, const struct setting_row *row, bool here)
{
	char name[64], value[128];
	const char *help;
	bool changed = setting_row_text(app, row, name, value, &help);
	const char *unit = row->kind == ROW_SETTING ? setting_table[row->index].unit : NULL;
	int x = 2, name_w = NAME_W < grid->w / 2 - 2 ? NAME_W : grid->w / 2 - 2, used;

	if (changed)
		grid_put(grid, 1, y, 1, STYLE_FRESH, "*");
	x += grid_put_cut(grid, x, y, name_w, STYLE_NAME, name);
	x = 2 + name_w + 1;
	used = grid_put_cut(grid, x, y, VALUE_W, changed ? STYLE_FRESH : STYLE_VALUE, value);
	if (unit && !strcmp(unit, "seconds") && !strcmp(value, "1"))
		unit = "second";
	if (unit)
		grid_put_cut(grid, x + used + 1, y, VALUE_W - used - 1, STYLE_LABEL, unit);
	x += VALUE_W + 1;
	if (grid->w - x > 12)
		grid_put_cut(grid, x, y, grid->w - x - 1, STYLE_LABEL, help);
	if (here) {
		if (!grid->color)
			grid_put(grid, 0, y, 1, STYLE_KEY, ">");
		grid_select(grid, 0, y, grid->w);
	}
}

/* Where settings come from, and what was wrong there. */
static int draw_file(const struct app *app, struct grid *grid, int y, int bottom)
{
	char text[300];
	int from = y;

	if (app->config)
		snprintf(text, sizeof(text), "%s %.250s; W saves",
			 app->rc && app->rc->found ? "read from" : "not yet in", app->config);
	else
		snprintf(text, sizeof(text), "not kept anywhere: kvmtop was started without a settings file");
	if (y < bottom)
		grid_put_cut(grid, 1, y++, grid->w - 2, STYLE_LABEL, text);
	for (int i = 0; app->rc && i < app->rc->errors && i < RC_ERRORS && y < bottom; i++)
		grid_put_cut(grid, 1, y++, grid->w - 2, STYLE_ERROR, app->rc->line[i]);
	return y - from;
}

void view_settings(const struct app *app, struct grid *grid, const struct layout *lay)
{
	struct setting_row row;
	char name[64], value[128], text[128];
	const char *help = "", *heading = "";
	int height = lay->body_end - lay->body,
	    help_h = height >= 12  ? 3
		     : height >= 8 ? 2
				   : 0,
	    lines = 0, cursor = 0, top, y;

	if (height <= 0)
		return;
	y = lay->body;
	if (height >= 6)
		y += draw_file(app, grid, y, lay->body + height / 3 + 1);
	height = lay->body_end - y - help_h;
	/* the cursor in the middle, as far as there are lines around it; headings are lines too */
	for (int n = 0, kind = -1; setting_row_at(app, n, &row); n++, lines++) {
		if ((int)row.kind != kind)
			lines++;
		kind = (int)row.kind;
		if (n == app->overlay_at)
			cursor = lines;
	}
	top = cursor - height / 2;
	top = top > lines - height ? lines - height : top;
	top = top < 0 ? 0 : top;
	grid_clip(grid, y, y + height);
	for (int n = 0, kind = -1, line = 0; setting_row_at(app, n, &row); n++, line++) {
		if ((int)row.kind != kind) {
			heading = heading_of(app, &row, text, sizeof(text));
			grid_put_cut(grid, 1, y + line++ - top, grid->w - 2, STYLE_TITLE, heading);
		}
		kind = (int)row.kind;
		if (line >= top && line < top + height)
			grid_hit(grid, 0, y + line - top, grid->w, HIT_ITEM, n);
		if (line >= top && line < top + height)
			draw_setting(app, grid, y + line - top, &row, n == app->overlay_at);
	}
	grid_clip(grid, 0, grid->h);
	if (!help_h || !setting_row_at(app, app->overlay_at, &row))
		return;
	setting_row_text(app, &row, name, value, &help);
	if (row.kind == ROW_SETTING) {
		size_t len = (size_t)snprintf(text, sizeof(text), "%s: ", name);

		setting_range((enum setting_id)row.index, text + len, sizeof(text) - len);
		grid_put_cut(grid, 1, lay->body_end - help_h, grid->w - 2, STYLE_LABEL, text);
		grid_put_words(grid, 1, lay->body_end - help_h + 1, grid->w - 2, help_h - 1, STYLE_NORMAL, help);
	} else {
		grid_put_words(grid, 1, lay->body_end - help_h, grid->w - 2, help_h, STYLE_NORMAL, help);
	}
}
