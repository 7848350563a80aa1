/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>

#include "view.h"

#define KEY_W 12

static const enum action_id first_steps[] = {ACT_ENTER,  ACT_BACK,    ACT_SORT_PICK, ACT_FILTER,
					     ACT_FREEZE, ACT_PALETTE, ACT_HELP,      ACT_UP_OR_QUIT};

static void draw_step(const struct app *app, struct grid *grid, int x, int y, int w, enum action_id id)
{
	const struct action *act = action_by_id(id);
	char key[KEY_NAME_SIZE];
	u32 keys[KEYS_MAX];

	if (!settings_keys(&app->set, act, keys))
		return;
	grid_hit(grid, x, y, w, HIT_ACTION, (int)id);
	grid_put_right(grid, x, y, KEY_W - 2, STYLE_KEY, key_label(keys[0], key));
	grid_put_cut(grid, x + KEY_W, y, w - KEY_W, STYLE_NORMAL, act->help);
}

/* In the corner, so that the first rows are seen beside and above it. */
void view_hint(const struct app *app, struct grid *grid, const struct layout *lay)
{
	int steps = (int)ARRAY_SIZE(first_steps), h = steps + 3, w = grid->w > 84 ? 80 : grid->w - 4;
	int x = grid->w - w - 1, y = lay->body_end - h;

	/* a small screen belongs to the rows; the keys are in the footer */
	if (y < lay->body + 4 || w < 50)
		return;
	view_box(grid, x, y, w, h, " where to begin ");
	for (int i = 0; i < steps; i++)
		draw_step(app, grid, x + 1, y + 1 + i, w - 3, first_steps[i]);
	grid_put_cut(grid, x + 2, y + h - 2, w - 4, STYLE_LABEL,
		     "Any key closes this. It comes until settings are saved, with W.");
}
