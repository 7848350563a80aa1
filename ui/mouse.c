/* SPDX-License-Identifier: GPL-2.0-only */
/* The mouse does what keys do, to what was drawn where it points. */
#include "app.h"
#include "grid.h"

#define WHEEL_LINES 3

static u32 wheel(struct app *app, bool up)
{
	u32 flags = 0;

	if (app->prompt)
		return app_update(app, up ? ACT_LINE_PREV : ACT_LINE_NEXT);
	for (int i = 0; i < WHEEL_LINES; i++)
		flags |= app_update(app, up ? ACT_UP : ACT_DOWN);
	return flags;
}

static u32 click_title(struct app *app, int column)
{
	const struct view_columns *cols = view_columns(app->here.view);

	if (!(app_context(app) & CTX_LIST) || column >= (int)cols->count)
		return 0;
	if (app->views[app->here.view].sort == column)
		return app_update(app, ACT_REVERSE);
	app_set_sort(app, cols->columns[column].name);
	return APP_RENDER | APP_QUERY;
}

/* The first click goes there, the second one does what Enter does. */
static u32 click_row(struct app *app, int row)
{
	if (!(app_context(app) & CTX_LIST) || row >= (int)app->rows.count)
		return 0;
	if (row == app->selected)
		return app_update(app, ACT_ENTER);
	app->views[app->here.view].pinned = true;
	app->following = false;
	select_row(app, row);
	hold_begin(app);
	return APP_RENDER;
}

/* The screen may be one of before the last keys: what it shows need not be there any more. */
static bool has_item(const struct app *app, enum context context, int item)
{
	struct setting_row row;
	struct command command;

	switch (context) {
	case CTX_PROMPT:
		return app->prompt == PROMPT_COMMAND && palette_at(app, item, &command);
	case CTX_PICKER:
	case CTX_COLUMNS:
		return item < (int)view_columns(app->here.view)->count;
	case CTX_SETTINGS:
		return setting_row_at(app, item, &row);
	default:
		return false;
	}
}

static u32 click_item(struct app *app, int item)
{
	enum context context = app_context(app);
	int *at = context == CTX_PROMPT ? &app->palette_at : context == CTX_PICKER ? &app->picker_at : &app->overlay_at;

	if (!has_item(app, context, item))
		return 0;
	if (*at != item) {
		*at = item;
		return APP_RENDER;
	}
	switch (context) {
	case CTX_PROMPT:
		return app_update(app, ACT_LINE_ACCEPT);
	case CTX_PICKER:
		return app_update(app, ACT_PICK);
	case CTX_SETTINGS:
		return app_update(app, ACT_CHANGE);
	case CTX_COLUMNS:
		return app_update(app, ACT_COLUMN_TOGGLE);
	default:
		return APP_RENDER;
	}
}

u32 app_mouse(struct app *app, const struct grid *grid, const struct mouse_event *event)
{
	const struct hit *hit;

	/* it is a key that is waited for */
	if (app->capture)
		return 0;
	if (event->kind != MOUSE_PRESS)
		return wheel(app, event->kind == MOUSE_WHEEL_UP);
	hit = grid_find_hit(grid, event->x, event->y);
	if (!hit)
		return 0;
	app->notice[0] = '\0';
	app->hint = false;
	/* while a line is typed only its own list is there */
	if (app->prompt && hit->kind != HIT_ITEM)
		return 0;
	switch (hit->kind) {
	case HIT_ROW:
		return click_row(app, hit->arg);
	case HIT_TITLE:
		return click_title(app, hit->arg);
	case HIT_ACTION:
		return app_update(app, (enum action_id)hit->arg);
	default:
		return click_item(app, hit->arg);
	}
}
