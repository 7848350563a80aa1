/* SPDX-License-Identifier: GPL-2.0-only */
/* Searching goes to rows where filtering leaves rows out; and following a row. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "app.h"
#include "view.h"

/* In any text or number that names something, upper and lower case alike. */
static bool row_has(const struct app *app, union row_ref row, const char *needle)
{
	const struct view_columns *cols = view_columns(app->here.view);

	for (u32 i = 0; i < cols->count; i++) {
		const struct column *col = &cols->columns[i];
		struct value value = {0};
		char number[32];

		if (col->unit != UNIT_TEXT && col->unit != UNIT_ID)
			continue;
		column_value(col, app->snap, row, &value);
		if (!value.known)
			continue;
		if (col->unit == UNIT_ID)
			snprintf(number, sizeof(number), "%.0f", value.num);
		if (strcasestr(col->unit == UNIT_ID ? number : value.text ? value.text : "", needle))
			return true;
	}
	return false;
}

/* From row `from` on (itself included), by steps of `by`, round the end; -1: none has it. */
static int find_row(const struct app *app, int from, int by, bool *wrapped)
{
	int count = (int)app->rows.count;

	*wrapped = false;
	for (int i = 0, at = from; i < count; i++, at += by) {
		if (at < 0 || at >= count) {
			at = at < 0 ? count - 1 : 0;
			*wrapped = true;
		}
		if (row_has(app, app->rows.ref[at], app->search))
			return at;
	}
	return -1;
}

static void go_to(struct app *app, int row)
{
	app->views[app->here.view].pinned = true;
	app->following = false;
	select_row(app, row);
	hold_begin(app);
}

/* In the help: the line comes to the top of the pane, as far as there are lines below it. */
static u32 help_again(struct app *app, int from, int by)
{
	int line = view_help_find(app, from, by), last;

	if (line < 0 && (line = view_help_find(app, by > 0 ? -1 : INT_MAX, by)) >= 0)
		snprintf(app->notice, sizeof(app->notice), "\"%.60s\": round the %s", app->search,
			 by > 0 ? "end" : "start");
	if (line < 0) {
		snprintf(app->prompt ? app->line_error : app->notice, sizeof(app->line_error),
			 "the help has no \"%.60s\"", app->search);
		return APP_RENDER;
	}
	last = view_help_lines(app) - view_help_height(app);
	app->help_found = line;
	app->help_top = line < last ? line : last < 0 ? 0 : last;
	return APP_RENDER;
}

static u32 search_again(struct app *app, int by)
{
	bool wrapped;
	int row;

	if (!app->search[0])
		return search_action(app, ACT_SEARCH);
	if (app->help)
		return help_again(app, app->help_found, by);
	row = find_row(app, app->selected + by, by, &wrapped);
	if (row < 0) {
		snprintf(app->notice, sizeof(app->notice), "no row has \"%.60s\"", app->search);
		return APP_RENDER;
	}
	go_to(app, row);
	if (wrapped)
		snprintf(app->notice, sizeof(app->notice), "\"%.60s\": round the %s, and on from the %s", app->search,
			 by > 0 ? "end" : "start", by > 0 ? "start" : "end");
	return APP_RENDER;
}

static int search_start(const struct app *app)
{
	int row = rows_find(&app->rows, app->here.view, &app->search_from);

	return row < 0 ? 0 : row;
}

u32 search_changed(struct app *app)
{
	bool wrapped;
	int row;

	snprintf(app->search, sizeof(app->search), "%s", app->line.text);
	if (!app->search[0] || (!app->help && !app->rows.count))
		return APP_RENDER;
	if (app->help)
		return help_again(app, -1, 1);
	row = find_row(app, search_start(app), 1, &wrapped);
	if (row >= 0)
		go_to(app, row);
	else
		snprintf(app->line_error, sizeof(app->line_error), "no row has it");
	return APP_RENDER;
}

u32 search_cancel(struct app *app)
{
	app->search[0] = '\0';
	if (!app->help && app->rows.count)
		go_to(app, search_start(app));
	return APP_RENDER;
}

u32 search_action(struct app *app, enum action_id action)
{
	struct row_id id;

	switch (action) {
	case ACT_SEARCH:
		if (!app->help && !app_selected(app, &app->search_from))
			return app_no_row(app);
		app->search[0] = '\0';
		return prompt_open(app, PROMPT_SEARCH, "");
	case ACT_SEARCH_NEXT:
		return search_again(app, 1);
	case ACT_SEARCH_PREV:
		return search_again(app, -1);
	default:
		break;
	}
	if (!app_selected(app, &id))
		return app_no_row(app);
	app->following = !app->following || !row_id_equal(&app->follow, &id);
	app->follow = id;
	/* the cursor rides on the row, so the rows may move */
	app->hold.until_ns = 0;
	app->views[app->here.view].id = id;
	app->views[app->here.view].pinned = true;
	return APP_RENDER;
}
