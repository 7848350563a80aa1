/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings screen and the box of columns: what their keys do. */
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "view.h"

static enum view_id list_view(const struct app *app)
{
	return app->here.view == VIEW_DETAIL ? VIEW_EXIT : app->here.view;
}

bool setting_row_at(const struct app *app, int n, struct setting_row *row)
{
	const struct view_columns *cols = view_columns(list_view(app));

	if (n < SETTINGS) {
		*row = (struct setting_row){ROW_SETTING, n};
		return true;
	}
	n -= SETTINGS;
	for (u32 i = 0; i < cols->count && i < VIEW_COLUMNS; i++)
		if (column_is_quantity(&cols->columns[i]) && !n--) {
			*row = (struct setting_row){ROW_THRESHOLD, (int)i};
			return true;
		}
	if (n < (int)action_count) {
		*row = (struct setting_row){ROW_KEY, n};
		return true;
	}
	return false;
}

static int setting_rows(const struct app *app)
{
	struct setting_row row;
	int n = SETTINGS;

	while (setting_row_at(app, n, &row))
		n++;
	return n;
}

bool setting_row_text(const struct app *app, const struct setting_row *row, char name[64], char value[128],
		      const char **help)
{
	const struct settings *set = &app->set;
	const struct action *act = &action_table[row->index];
	const struct column *col;
	struct threshold limit;
	u32 keys[KEYS_MAX];

	switch (row->kind) {
	case ROW_SETTING:
		snprintf(name, 64, "%s", setting_table[row->index].name);
		setting_text(set, (enum setting_id)row->index, value);
		*help = setting_table[row->index].help;
		return set->value[row->index] != setting_table[row->index].def;
	case ROW_KEY:
		snprintf(name, 64, "%s", act->name);
		view_keys_text(set, act, value, 128);
		if (!*value)
			snprintf(value, 128, "no key");
		*help = act->help;
		return settings_keys(set, act, keys) != settings_keys(NULL, act, keys) ||
		       settings_keys(set, act, keys) == 0 || keys[0] != act->keys[0];
	default:
		col = &view_columns(list_view(app))->columns[row->index];
		limit = settings_threshold(set, list_view(app), col);
		snprintf(name, 64, "%s", col->name);
		if (limit.warn > 0 || limit.crit > 0)
			threshold_text(col, limit.warn, limit.crit, value, 128);
		else
			snprintf(value, 128, "none");
		*help = col->help;
		return limit.warn != col->warn || limit.crit != col->crit;
	}
}

static u32 step(struct app *app, const struct setting_row *row, int by)
{
	if (row->kind != ROW_SETTING)
		return APP_RENDER;
	setting_step(&app->set, (enum setting_id)row->index, by);
	return app_setting_changed(app, (enum setting_id)row->index);
}

static u32 change(struct app *app, const struct setting_row *row)
{
	char name[64], value[128];
	const char *help;

	setting_row_text(app, row, name, value, &help);
	if (row->kind == ROW_SETTING && setting_table[row->index].choice)
		return step(app, row, 1);
	if (row->kind != ROW_KEY)
		return prompt_open(app, PROMPT_SETTING, strcmp(value, "none") != 0 ? value : "0");
	app->capture = true;
	snprintf(app->notice, sizeof(app->notice), "press the key for %s; Esc gives up", name);
	return APP_RENDER;
}

static u32 reset(struct app *app, const struct setting_row *row)
{
	char err[128];

	switch (row->kind) {
	case ROW_SETTING:
		app->set.value[row->index] = setting_table[row->index].def;
		return app_setting_changed(app, (enum setting_id)row->index);
	case ROW_KEY:
		settings_unbind(&app->set, action_table[row->index].id);
		return APP_RENDER;
	default:
		settings_set_threshold(&app->set, list_view(app), (u32)row->index, "default", err, sizeof(err));
		return APP_RENDER;
	}
}

u32 screen_capture(struct app *app, u32 key)
{
	struct setting_row row;
	char err[128], buf[KEY_NAME_SIZE];

	app->capture = false;
	app->notice[0] = '\0';
	if (key == K_ESC || key == K_CTRL('C') || !setting_row_at(app, app->overlay_at, &row) || row.kind != ROW_KEY)
		return APP_RENDER;
	if (settings_bind(&app->set, key, action_table[row.index].id, err, sizeof(err)))
		snprintf(app->notice, sizeof(app->notice), "%s", err);
	else
		snprintf(app->notice, sizeof(app->notice), "%s: %s", key_label(key, buf), action_table[row.index].name);
	return APP_RENDER;
}

u32 screen_prompt(struct app *app, bool take)
{
	struct settings trial = app->set;
	struct setting_row row;
	int ret;

	if (!setting_row_at(app, app->overlay_at, &row))
		return APP_RENDER;
	if (row.kind == ROW_SETTING)
		ret = setting_set(&trial, (enum setting_id)row.index, app->line.text, app->line_error,
				  sizeof(app->line_error));
	else
		ret = settings_set_threshold(&trial, list_view(app), (u32)row.index, app->line.text, app->line_error,
					     sizeof(app->line_error));
	if (ret || !take)
		return APP_RENDER;
	app->set = trial;
	return row.kind == ROW_SETTING ? app_setting_changed(app, (enum setting_id)row.index) : APP_RENDER;
}

/* --- columns ----------------------------------------------------------------------------------------------------- */

int column_row_at(const struct app *app, int n, bool *shown)
{
	const struct view_columns *cols = view_columns(app->here.view);
	u8 order[VIEW_COLUMNS];
	int count = (int)settings_columns(&app->set, app->here.view, order);

	*shown = n < count;
	if (*shown)
		return order[n];
	n -= count;
	for (int i = 0; i < (int)cols->count && i < VIEW_COLUMNS; i++)
		if (!memchr(order, i, (size_t)count) && !n--)
			return i;
	return -1;
}

/* All of them in the usual order is what a new kvmtop's columns are seen in, too. */
static void store_columns(struct app *app, const u8 *order, int count)
{
	struct columns_shown *shown = &app->set.columns[app->here.view];
	int all = (int)view_columns(app->here.view)->count;
	bool usual = count == all;

	for (int i = 0; i < count; i++)
		usual = usual && order[i] == i;
	*shown = (struct columns_shown){.count = usual ? 0 : (u8)count};
	if (!usual)
		memcpy(shown->column, order, (size_t)count);
}

static u32 column_action(struct app *app, enum action_id action)
{
	u8 order[VIEW_COLUMNS];
	int count = (int)settings_columns(&app->set, app->here.view, order), at = app->overlay_at, to;
	bool shown;
	int column = column_row_at(app, at, &shown);

	switch (action) {
	case ACT_COLUMN_TOGGLE:
		if (shown && count == 1) {
			snprintf(app->notice, sizeof(app->notice), "one column stays");
			break;
		}
		if (shown)
			memmove(order + at, order + at + 1, (size_t)(count - at - 1));
		else
			order[count] = (u8)column;
		store_columns(app, order, shown ? count - 1 : count + 1);
		/* the cursor stays with a column that comes to the others */
		if (!shown)
			app->overlay_at = count;
		break;
	case ACT_COLUMN_EARLIER:
	case ACT_COLUMN_LATER:
		to = at + (action == ACT_COLUMN_LATER ? 1 : -1);
		if (!shown || to < 0 || to >= count)
			break;
		order[at] = order[to];
		order[to] = (u8)column;
		store_columns(app, order, count);
		app->overlay_at = to;
		break;
	default:
		store_columns(app, order, 0);
	}
	return APP_RENDER;
}

u32 screen_action(struct app *app, enum action_id action)
{
	struct setting_row row;
	int rows;

	if (action == ACT_SETTINGS || action == ACT_COLUMNS) {
		app->overlay = action == ACT_SETTINGS ? OVERLAY_SETTINGS : OVERLAY_COLUMNS;
		app->overlay_at = 0;
		return APP_RENDER;
	}
	rows = app->overlay == OVERLAY_SETTINGS ? setting_rows(app) : (int)view_columns(app->here.view)->count;
	switch (action) {
	case ACT_UP:
	case ACT_DOWN:
	case ACT_TOP:
	case ACT_BOTTOM:
		move_lines(&app->overlay_at, rows, 1, action);
		return APP_RENDER;
	case ACT_PAGE_UP:
	case ACT_PAGE_DOWN:
		move_lines(&app->overlay_at, rows, 1, action);
		for (int i = 1; i < view_body_height(app) - 1; i++)
			move_lines(&app->overlay_at, rows, 1, action);
		return APP_RENDER;
	default:
		break;
	}
	if (app->overlay == OVERLAY_COLUMNS)
		return column_action(app, action);
	if (!setting_row_at(app, app->overlay_at, &row))
		return APP_RENDER;
	switch (action) {
	case ACT_CHANGE:
		return change(app, &row);
	case ACT_NEXT_VALUE:
		return step(app, &row, 1);
	case ACT_PREV_VALUE:
		return step(app, &row, -1);
	default:
		return reset(app, &row);
	}
}
