/* SPDX-License-Identifier: GPL-2.0-only */
/* By which column a list is sorted: what the keys for it do. */
#include <stdio.h>

#include "app.h"
#include "view.h"

/* Sorting moves the rows; the cursor follows its row, or stays at the top. The title says by what, where it is shown. */
static u32 sorted(struct app *app)
{
	const struct view_state *vs = &app->views[app->here.view];

	if (app->snap && !view_has_room(app, vs->sort))
		snprintf(app->notice, sizeof(app->notice), "sorted by %s%s: no room for it here",
			 view_columns(app->here.view)->columns[vs->sort].name, vs->descending ? "" : ", upwards");
	return APP_RENDER | APP_QUERY;
}

static u32 sort_to(struct app *app, int col)
{
	struct view_state *vs = &app->views[app->here.view];

	vs->sort = col;
	vs->descending = view_columns(app->here.view)->columns[col].descending;
	return sorted(app);
}

/* The first of some column names that the view has; the same key again turns the order round. */
static u32 sort_key(struct app *app, const char *const *names)
{
	struct view_state *vs = &app->views[app->here.view];
	int col = -1;

	for (int i = 0; names[i] && col < 0; i++)
		col = column_find(view_columns(app->here.view), names[i]);
	if (col < 0) {
		snprintf(app->notice, sizeof(app->notice), "this view has no column %s", names[0]);
		return APP_RENDER;
	}
	if (col != vs->sort)
		return sort_to(app, col);
	vs->descending = !vs->descending;
	return sorted(app);
}

/* By the column to the left or right on the screen. */
static u32 sort_beside(struct app *app, int by)
{
	u8 order[VIEW_COLUMNS];
	int count = (int)settings_columns(&app->set, app->here.view, order), at = 0;

	while (at < count && order[at] != app->views[app->here.view].sort)
		at++;
	if (at == count) /* sorted by one that is not shown */
		return sort_to(app, order[0]);
	if (at + by >= 0 && at + by < count)
		return sort_to(app, order[at + by]);
	snprintf(app->notice, sizeof(app->notice), "sorted by the %s column already", by > 0 ? "last" : "first");
	return APP_RENDER;
}

u32 sort_action(struct app *app, enum action_id action)
{
	static const char *const by_max[] = {"max", NULL};
	static const char *const by_p99[] = {"p99", NULL};
	static const char *const by_time[] = {"share", "budget", "time", NULL};
	static const char *const by_rate[] = {"rate", "exits", NULL};
	static const char *const by_name[] = {"reason", "vm", NULL};
	struct view_state *vs = &app->views[app->here.view];

	if (!app->rows.count && action != ACT_SORT_PICK && action != ACT_PICK)
		return app_no_row(app);
	switch (action) {
	case ACT_SORT_LEFT:
	case ACT_SORT_RIGHT:
		return sort_beside(app, action == ACT_SORT_RIGHT ? 1 : -1);
	case ACT_SORT_PICK:
		app->picker = true;
		app->picker_at = vs->sort;
		return APP_RENDER;
	case ACT_PICK:
		app->picker = false;
		return sort_to(app, app->picker_at);
	case ACT_REVERSE:
		vs->descending = !vs->descending;
		return sorted(app);
	case ACT_SORT_MAX:
		return sort_key(app, by_max);
	case ACT_SORT_P99:
		return sort_key(app, by_p99);
	case ACT_SORT_TIME:
		return sort_key(app, by_time);
	case ACT_SORT_RATE:
		return sort_key(app, by_rate);
	case ACT_SORT_NAME:
		return sort_key(app, by_name);
	default:
		return 0;
	}
}
