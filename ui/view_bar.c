/* SPDX-License-Identifier: GPL-2.0-only */
/* The line of views: each with its key, and where one is. */
#include <stdio.h>

#include "view.h"

struct item {
	enum view_id view;
	const struct action *act;
	const char *name;
	char key[KEY_NAME_SIZE];
	bool here;
	bool joined; /* the key is the first letter of the name */
	int width;
};

static int collect(const struct app *app, struct item items[VIEWS], bool ascii)
{
	enum view_id here = app->here.view == VIEW_DETAIL ? VIEW_EXIT : app->here.view;
	int count = 0;

	for (int v = 0; v < VIEW_DETAIL; v++) {
		const struct action *act = action_by_id(view_action(v));
		struct item *item = &items[count];
		u32 keys[KEYS_MAX];
		bool twice = false;
		char buf[KEY_NAME_SIZE];
		const char *label;

		for (int i = 0; i < count; i++)
			twice |= items[i].act == act;
		if (!act || twice || !settings_keys(&app->set, act, keys))
			continue;
		*item = (struct item){.view = (enum view_id)v, .act = act, .name = view_columns((enum view_id)v)->name};
		label = key_label(keys[0], buf);
		snprintf(item->key, sizeof(item->key), "%s", label);
		item->here = act->id == view_action(here);
		item->width = text_width(item->key, ascii) + 1 + text_width(item->name, ascii);
		count++;
	}
	return count;
}

/* A key that the name begins with is that letter of it; and a long name has a brief one. */
static void shorten(struct item *item, bool ascii)
{
	const char *brief = view_columns(item->view)->brief;

	if (brief)
		item->name = brief;
	item->joined = item->key[0] == item->name[0] && !item->key[1];
	item->width = text_width(item->name, ascii) + (item->joined ? 0 : text_width(item->key, ascii) + 1);
}

void view_bar(const struct app *app, struct grid *grid, const struct layout *lay)
{
	struct item items[VIEWS];
	int count, total, gap = 2, x = 1;

	if (lay->views < 0)
		return;
	count = collect(app, items, grid->ascii);
	for (;;) {
		int last = -1;

		total = 0;
		for (int i = 0; i < count; i++)
			total += items[i].width + gap;
		if (total - gap <= grid->w - 2)
			break;
		if (gap > 1) {
			gap = 1;
			for (int i = 0; i < count; i++)
				shorten(&items[i], grid->ascii);
			continue;
		}
		/* those behind the first ones go first, but not where one is, nor the findings */
		for (int i = 0; i < count; i++)
			if (!items[i].here && items[i].view != VIEW_FINDING && items[i].view != VIEW_LOG)
				last = i;
		if (last < 0)
			break;
		for (int i = last; i + 1 < count; i++)
			items[i] = items[i + 1];
		count--;
	}
	for (int i = 0; i < count; i++) {
		const struct item *item = &items[i];
		int key = text_width(item->key, grid->ascii);

		grid_hit(grid, x, lay->views, item->width, HIT_ACTION, item->act->id);
		grid_put(grid, x, lay->views, grid->w - x, STYLE_KEY, item->key);
		if (item->joined)
			key--;
		grid_put(grid, x + key + 1, lay->views, grid->w - x - key - 1, item->here ? STYLE_HERE : STYLE_LABEL,
			 item->name + item->joined);
		/* without colours too one sees where one is */
		if (item->here && gap > 1 && x > 0) {
			grid_put(grid, x - 1, lay->views, 1, STYLE_HERE, "[");
			grid_put(grid, x + item->width, lay->views, 1, STYLE_HERE, "]");
		}
		x += item->width + gap;
	}
}
