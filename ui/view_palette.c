/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands that what is typed may lead to, above the line in which it is typed. */
#include "view.h"

#define LINES_MAX 12

void view_palette(const struct app *app, struct grid *grid, const struct layout *lay)
{
	int foot = lay->footer >= 0 ? lay->footer : grid->h - 1, w = grid->w > 90 ? 88 : grid->w;
	int room = foot - 2 - lay->body, count = 0, top = 0, name_w = w > 60 ? 26 : w - 4;
	struct command command;

	room = room > LINES_MAX ? LINES_MAX : room;
	if (room < 1 || w < 12)
		return;
	if (app->palette_at >= room)
		top = app->palette_at - room + 1;
	while (count < room && palette_at(app, top + count, &command))
		count++;
	if (!count)
		return;
	grid_clear_hits(grid);
	view_box(grid, 0, foot - count - 2, w, count + 2, " commands: Tab completes, Enter runs ");
	for (int i = 0; i < count && palette_at(app, top + i, &command); i++) {
		int y = foot - count - 1 + i;

		grid_hit(grid, 1, y, w - 2, HIT_ITEM, top + i);
		grid_put_cut(grid, 2, y, name_w, STYLE_NAME, command.text);
		if (w > 60)
			grid_put_cut(grid, 2 + name_w + 1, y, w - name_w - 5, STYLE_LABEL, command.help);
		if (top + i == app->palette_at)
			grid_select(grid, 1, y, w - 2);
	}
}
