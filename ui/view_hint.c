/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <string.h>

#include "view.h"

#define KEY_W 12

static const enum action_id first_steps[] = {ACT_ENTER,  ACT_BACK,    ACT_SORT_PICK, ACT_FILTER,
					     ACT_FREEZE, ACT_PALETTE, ACT_HELP,      ACT_UP_OR_QUIT};

/* As much of a sentence as there is room for: what is behind a semicolon, a colon or a full stop can go. */
static const char *shorter(const char *text, int room, bool ascii, char *buf, size_t size)
{
	snprintf(buf, size, "%s", text);
	while (text_width(buf, ascii) > room) {
		size_t at = strlen(buf);

		while (--at > 1 && !(strchr(";:.", buf[at]) && buf[at + 1] == ' '))
			;
		if (at <= 1)
			break;
		buf[at] = '\0';
	}
	return buf;
}

static void draw_step(const struct app *app, struct grid *grid, int x, int y, int w, enum action_id id)
{
	const struct action *act = action_by_id(id);
	char key[KEY_NAME_SIZE], help[256];
	u32 keys[KEYS_MAX];

	if (!settings_keys(&app->set, act, keys))
		return;
	grid_hit(grid, x, y, w, HIT_ACTION, (int)id);
	grid_put_right(grid, x, y, KEY_W - 2, STYLE_KEY, key_label(keys[0], key));
	grid_put_cut(grid, x + KEY_W, y, w - KEY_W, STYLE_NORMAL,
		     shorter(act->help, w - KEY_W, grid->ascii, help, sizeof(help)));
}

/* In the corner, so that the first rows are seen beside and above it. */
void view_hint(const struct app *app, struct grid *grid, const struct layout *lay)
{
	int steps = (int)ARRAY_SIZE(first_steps), h = steps + 3, w = grid->w > 92 ? 88 : grid->w - 4;
	int x = grid->w - w - 1, y = lay->body_end - h;
	char text[128];

	/* a small screen belongs to the rows; the keys are in the footer */
	if (y < lay->body + 4 || w < 50)
		return;
	view_box(grid, x, y, w, h, " where to begin ");
	for (int i = 0; i < steps; i++)
		draw_step(app, grid, x + 1, y + 1 + i, w - 3, first_steps[i]);
	grid_put_cut(grid, x + 2, y + h - 2, w - 4, STYLE_LABEL,
		     shorter("Any key closes this. It comes until settings are saved, with W.", w - 4, grid->ascii,
			     text, sizeof(text)));
}
