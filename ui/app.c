/* SPDX-License-Identifier: GPL-2.0-only */
#include "app.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nav.h"
#include "view.h"

static void sort_default(struct app *app, enum view_id view)
{
	const struct view_columns *cols = view_columns(view);

	app->views[view].sort = (int)cols->default_sort;
	app->views[view].descending = cols->columns[cols->default_sort].descending;
}

static int sort_by_name(struct app *app, enum view_id view, const char *name)
{
	const struct view_columns *cols = view_columns(view);
	bool other = name[0] == '-';
	int col = column_find(cols, name + other);

	if (col < 0)
		return -EINVAL;
	app->views[view].sort = col;
	app->views[view].descending = cols->columns[col].descending != other;
	return 0;
}

int app_init(struct app *app, enum view_id view, const char *sort, const char *filter, char *err, size_t err_size)
{
	bool found = !sort;

	*app = (struct app){.w = 80,
			    .h = 24,
			    .color = true,
			    .delay = 1,
			    .utf8 = true,
			    .selected = -1,
			    .first_idle = -1,
			    .travel = {.speed = 1}};
	settings_init(&app->set);
	app->here.view = view < VIEW_DETAIL ? view : VIEW_VM;
	for (enum view_id v = VIEW_VM; v < VIEW_DETAIL; v++) {
		sort_default(app, v);
		if (sort && !sort_by_name(app, v, sort))
			found = true;
	}
	if (!found) {
		snprintf(err, err_size, "no view has a column \"%s\"", sort);
		return -EINVAL;
	}
	return filter ? app_set_filter(app, filter, err, err_size) : 0;
}

void app_free(struct app *app)
{
	filter_free(app->filter);
	rows_free(&app->rows);
	rows_free(&app->under[0]);
	rows_free(&app->under[1]);
	tree_free(&app->tree);
	hold_free(&app->hold);
	findings_free(&app->findings);
	app->filter = NULL;
	app->snap = NULL;
}

int app_set_filter(struct app *app, const char *text, char *err, size_t err_size)
{
	struct filter *filter = NULL;
	struct line clean;
	int ret;

	if (!line_set(&clean, text)) {
		snprintf(err, err_size, "a filter has at most %d bytes", LINE_SIZE - 4);
		return -EINVAL;
	}
	ret = filter_parse(clean.text, &filter, err, err_size);
	if (ret)
		return ret;
	filter_free(app->filter);
	app->filter = filter;
	app->hold.until_ns = 0;
	snprintf(app->filter_text, sizeof(app->filter_text), "%s", filter ? clean.text : "");
	return app_query(app);
}

int app_set_sort(struct app *app, const char *name)
{
	if (app->here.view == VIEW_DETAIL || sort_by_name(app, app->here.view, name))
		return -EINVAL;
	app->hold.until_ns = 0;
	return app_query(app);
}

enum context app_view_context(const struct app *app)
{
	if (app->here.view == VIEW_DETAIL)
		return CTX_DETAIL;
	switch (view_columns(app->here.view)->rows) {
	case ROWS_VM:
		return CTX_VM;
	case ROWS_VCPU:
		return CTX_VCPU;
	case ROWS_EXIT:
		return CTX_EXIT;
	default:
		return CTX_EVENT;
	}
}

enum context app_context(const struct app *app)
{
	if (app->prompt)
		return CTX_PROMPT;
	if (app->picker)
		return CTX_PICKER;
	if (app->help)
		return CTX_HELP;
	if (app->overlay)
		return app->overlay == OVERLAY_SETTINGS ? CTX_SETTINGS : CTX_COLUMNS;
	return app_view_context(app);
}

void app_wants(const struct app *app, struct wants *out)
{
	/* the detail of an exit shows its second-level causes */
	const struct view_columns *view = view_columns(app->here.view == VIEW_DETAIL ? VIEW_CAUSE : app->here.view);

	*out = (struct wants){.groups = view->groups, .measure = app->set.value[SET_MEASURE] != 0};
	/* where a fault was is counted with the faults */
	if (app->here.view == VIEW_DETAIL && exit_is_fault(app->here.isa, app->here.key))
		out->groups |= view_columns(VIEW_FAULT)->groups;
	if (view->rows != ROWS_LOG)
		return;
	out->log_groups = view->groups;
	out->log_vm = app->here.scope.vm;
	out->log_vcpu = app->here.scope.vcpu;
}

u64 app_age(const struct app *app)
{
	if (!app->frozen || !app->snap || app->live_ns < app->snap->cur->mono_ns)
		return 0;
	return app->live_ns - app->snap->cur->mono_ns;
}

/* --- the list and its cursor ------------------------------------------------------------------------------------- */

int app_lines(const struct app *app)
{
	return (int)app->rows.count + (app->first_idle >= 0);
}

int app_line_of(const struct app *app, int row)
{
	return row + (app->first_idle >= 0 && row >= app->first_idle);
}

bool app_selected(const struct app *app, struct row_id *id)
{
	if (app->here.view == VIEW_DETAIL || app->selected < 0)
		return false;
	*id = row_identity(app->here.view, app->rows.ref[app->selected]);
	return true;
}

static void clamp_top(int *top, int lines, int height)
{
	if (*top > lines - height)
		*top = lines - height;
	if (*top < 0)
		*top = 0;
}

/* Text that scrolls may have become shorter, or the screen higher. */
static void clamp_text(struct app *app)
{
	if (app->help)
		clamp_top(&app->help_top, view_help_lines(app), view_help_height(app));
	if (app->here.view == VIEW_DETAIL && app->snap)
		clamp_top(&app->views[VIEW_DETAIL].top, view_detail_lines(app), view_body_height(app));
}

/* Keeps the selected row on the screen, and no empty lines below the last one. */
static void scroll_to_cursor(struct app *app)
{
	struct view_state *vs = &app->views[app->here.view];
	int lines = app_lines(app), height = view_body_height(app);
	int at = app->selected < 0 ? 0 : app_line_of(app, app->selected);

	/* the separator belongs to the row below it */
	if (at < vs->top)
		vs->top = app->selected == app->first_idle && at > 0 ? at - 1 : at;
	if (at >= vs->top + height)
		vs->top = at - height + 1;
	if (vs->top > lines - height)
		vs->top = lines - height;
	/* the first row, and what stands above it, as far as there is room for both */
	if (vs->top < 0 || (!vs->pinned && at < height))
		vs->top = 0;
}

/* What the selected row is made of, for the lower part of a split screen. */
static void query_under(struct app *app)
{
	struct query query = {.irix = app->set.value[SET_SHARES] == SHARES_IRIX, .idle_last = true};
	struct row_id id;

	app->under[0].count = app->under[1].count = 0;
	if (!app->set.value[SET_SPLIT] || !app_selected(app, &id))
		return;
	query.scope = (struct scope){.vm = id.vm, .vcpu = id.vcpu};
	for (int i = 0; i < 2; i++) {
		query.view = i ? VIEW_EXIT : VIEW_VCPU;
		query.sort = app->views[query.view].sort;
		query.descending = app->views[query.view].descending;
		/* without memory for it there is nothing below the list */
		if (view_columns(app->here.view)->rows <= (i ? ROWS_VCPU : ROWS_VM) &&
		    query_run(&query, app->snap, &app->under[i]))
			app->under[i].count = 0;
	}
}

void select_row(struct app *app, int index)
{
	struct view_state *vs = &app->views[app->here.view];

	if (!app->rows.count) {
		app->selected = -1;
		vs->top = 0;
		return;
	}
	if (index >= (int)app->rows.count)
		index = (int)app->rows.count - 1;
	if (index < 0)
		index = 0;
	app->selected = vs->index = index;
	if (vs->pinned)
		vs->id = row_identity(app->here.view, app->rows.ref[index]);
	scroll_to_cursor(app);
	query_under(app);
}

static int find(struct app *app)
{
	struct finding_limits limits;

	for (int i = 0; i < LIMITS; i++)
		limits.value[i] = app->set.value[SET_LIMITS + i];
	limits.bandwidth = app->set.value[SET_BANDWIDTH];
	return app->snap ? findings_build(&app->findings, app->snap, &limits) : 0;
}

int app_query(struct app *app)
{
	struct view_state *vs = &app->views[app->here.view];
	struct query query = {
		.view = app->here.view,
		.scope = app->here.scope,
		.sort = vs->sort,
		.descending = vs->descending,
		.show_user = app->show_user,
		.idle_last = !app->idle_mixed,
		.irix = app->set.value[SET_SHARES] == SHARES_IRIX,
		.filter = app->filter,
		.findings = &app->findings,
	};
	int ret = find(app), found = -1;

	app->first_idle = -1;
	app->selected = -1;
	if (ret) {
		app->rows.count = 0;
		return ret;
	}
	if (!app->snap || app->here.view == VIEW_DETAIL) {
		app->rows.count = 0;
		clamp_text(app);
		return 0;
	}
	ret = query_run(&query, app->snap, &app->rows);
	if (!ret)
		ret = tree_expand(&app->tree, &query, app->snap, &app->rows);
	if (!ret)
		ret = hold_apply(app);
	if (ret) {
		app->rows.count = 0;
		return ret;
	}
	if (app->here.view == VIEW_EXIT && !app->idle_mixed)
		for (u32 i = 0; i < app->rows.count && app->first_idle < 0; i++)
			if (app->rows.ref[i].exit->idle)
				app->first_idle = (int)i;
	/* one that is followed has the cursor wherever it is listed */
	if (app->following && app->follow.view == app->here.view) {
		vs->pinned = true;
		vs->id = app->follow;
	}
	if (vs->pinned)
		found = rows_find(&app->rows, app->here.view, &vs->id);
	if (app->following && app->follow.view == app->here.view && found < 0) {
		app->following = false;
		snprintf(app->notice, sizeof(app->notice), "the row that was followed is not in this list");
	}
	/* a pinned row that is filtered out or gone: the cursor stays on the line, and takes what is there */
	select_row(app, found >= 0 ? found : vs->pinned ? vs->index : 0);
	return 0;
}

void app_resize(struct app *app, int w, int h)
{
	app->w = w;
	app->h = h;
	clamp_text(app);
	if (app->here.view != VIEW_DETAIL && app->snap)
		scroll_to_cursor(app);
}

int app_set_snapshot(struct app *app, const struct snapshot *snap, u64 live_ns)
{
	bool changed = snap != app->snap || snap->base != app->snap_base || !app->frozen;

	app->snap = snap;
	app->snap_base = snap->base;
	app->live_ns = live_ns;
	if (live_ns >= app->hold.until_ns)
		app->hold.until_ns = 0;
	return changed ? app_query(app) : 0;
}

static u32 move_list(struct app *app, enum action_id action)
{
	struct view_state *vs = &app->views[app->here.view];
	int page = view_body_height(app) - 1, at = app->selected < 0 ? 0 : app->selected;

	page = page < 1 ? 1 : page;
	vs->pinned = action != ACT_TOP;
	app->following = false;
	switch (action) {
	case ACT_UP:
		at--;
		break;
	case ACT_DOWN:
		at++;
		break;
	case ACT_PAGE_UP:
		at -= page;
		break;
	case ACT_PAGE_DOWN:
		at += page;
		break;
	case ACT_BOTTOM:
		at = (int)app->rows.count - 1;
		break;
	default:
		at = 0;
	}
	select_row(app, at);
	hold_begin(app);
	return APP_RENDER;
}

void move_lines(int *top, int lines, int height, enum action_id action)
{
	int page = height > 1 ? height - 1 : 1;

	switch (action) {
	case ACT_UP:
		*top -= 1;
		break;
	case ACT_DOWN:
		*top += 1;
		break;
	case ACT_PAGE_UP:
		*top -= page;
		break;
	case ACT_PAGE_DOWN:
		*top += page;
		break;
	case ACT_BOTTOM:
		*top = lines;
		break;
	default:
		*top = 0;
	}
	clamp_top(top, lines, height);
}

static u32 move(struct app *app, enum action_id action)
{
	if (app->picker) {
		int last = (int)view_columns(app->here.view)->count - 1;

		move_lines(&app->picker_at, last + 1, 1, action);
		return APP_RENDER;
	}
	if (!app->help && app->overlay)
		return screen_action(app, action);
	if (app->help) {
		move_lines(&app->help_top, view_help_lines(app), view_help_height(app), action);
		return APP_RENDER;
	}
	if (app->here.view == VIEW_DETAIL) {
		move_lines(&app->views[VIEW_DETAIL].top, view_detail_lines(app), view_body_height(app), action);
		return APP_RENDER;
	}
	return move_list(app, action);
}

/* --- the tree ---------------------------------------------------------------------------------------------------- */

/* On a vCPU it folds the VM that it is of, and the cursor goes there. */
static u32 unfold(struct app *app, enum action_id action)
{
	struct view_state *vs = &app->views[VIEW_VM];
	struct row_id id;

	if (!app_selected(app, &id))
		return app_no_row(app);
	if (action == ACT_UNFOLD_ALL)
		tree_set_all(&app->tree, !app->tree.all && !app->tree.count);
	else if (tree_toggle(&app->tree, id.vm))
		return 0;
	if (!tree_is_open(&app->tree, id.vm))
		id.vcpu = 0;
	if (vs->pinned || action == ACT_UNFOLD) {
		vs->id = id;
		vs->pinned = true;
	}
	if (app->following && app->follow.view == VIEW_VM && app->follow.vm == id.vm)
		app->follow.vcpu = id.vcpu;
	return APP_RENDER | APP_QUERY;
}

/* --- dispatch ---------------------------------------------------------------------------------------------------- */

static u32 show_action(struct app *app, enum action_id action)
{
	char text[32];

	switch (action) {
	case ACT_FILTER:
		snprintf(app->saved_filter, sizeof(app->saved_filter), "%s", app->filter_text);
		return prompt_open(app, PROMPT_FILTER, app->filter_text);
	case ACT_BANDWIDTH:
		setting_text(&app->set, SET_BANDWIDTH, text);
		return prompt_open(app, PROMPT_BANDWIDTH, text);
	case ACT_GO_TIME:
		return prompt_open(app, PROMPT_TIME, "");
	case ACT_DELAY:
		if (app->replay) {
			snprintf(app->notice, sizeof(app->notice), "a recording keeps its own pace: + and - change it");
			return APP_RENDER;
		}
		snprintf(text, sizeof(text), "%g", app->delay);
		return prompt_open(app, PROMPT_DELAY, text);
	case ACT_FREEZE:
		if (!app->snap)
			return 0;
		app->frozen = !app->frozen;
		return APP_RENDER | APP_FEED;
	case ACT_CUMULATIVE:
		app->cumulative = !app->cumulative;
		return APP_RENDER | APP_FEED;
	case ACT_USER_EXITS:
		app->show_user = !app->show_user;
		return APP_RENDER | APP_QUERY;
	case ACT_IDLE:
		app->set.value[SET_IDLE] = !app->idle_mixed;
		snprintf(app->notice, sizeof(app->notice), "idle reasons: %s",
			 app->idle_mixed ? "apart, at the end" : "with the rest");
		return app_setting_changed(app, SET_IDLE);
	case ACT_SPLIT:
		app->set.value[SET_SPLIT] = !app->set.value[SET_SPLIT];
		if (app->h < 30)
			snprintf(app->notice, sizeof(app->notice),
				 app->set.value[SET_SPLIT] ? "a split screen needs 30 lines, this one has %d"
							   : "one list; this screen of %d lines had no room for more",
				 app->h);
		return APP_RENDER | APP_QUERY;
	case ACT_UNFOLD:
	case ACT_UNFOLD_ALL:
		return unfold(app, action);
	case ACT_THEME:
		setting_step(&app->set, SET_THEME, 1);
		setting_text(&app->set, SET_THEME, text);
		snprintf(app->notice, sizeof(app->notice), "theme: %s%s", text,
			 app->color ? "" : " (this terminal has no colours, or was told not to use them)");
		return app_setting_changed(app, SET_THEME);
	case ACT_SAVE_SETTINGS:
		return APP_RENDER | APP_SAVE;
	case ACT_PALETTE:
		return palette_open(app);
	case ACT_MOUSE:
		app->set.value[SET_MOUSE] = !app->set.value[SET_MOUSE];
		snprintf(app->notice, sizeof(app->notice), "%s",
			 app->set.value[SET_MOUSE] ? "mouse on; with Shift it selects text as before"
						   : "mouse off: it is the terminal's again");
		return app_setting_changed(app, SET_MOUSE);
	case ACT_SETTINGS:
	case ACT_COLUMNS:
		return screen_action(app, action);
	case ACT_SEARCH:
	case ACT_SEARCH_NEXT:
	case ACT_SEARCH_PREV:
	case ACT_FOLLOW:
		return search_action(app, action);
	case ACT_HELP:
		app->help = !app->help;
		app->help_top = 0;
		return APP_RENDER;
	case ACT_SAVE_SCREEN:
		return APP_RENDER | APP_SAVE_SCREEN;
	case ACT_REDRAW:
		return APP_RENDER | APP_REDRAW;
	case ACT_SUSPEND:
		return APP_RENDER | APP_SUSPEND;
	default:
		return travel_action(app, action);
	}
}

static u32 dispatch(struct app *app, enum action_id action)
{
	if (action_view(action) >= 0)
		return nav_action(app, action);
	switch (action) {
	case ACT_UP:
	case ACT_DOWN:
	case ACT_PAGE_UP:
	case ACT_PAGE_DOWN:
	case ACT_TOP:
	case ACT_BOTTOM:
		return move(app, action);
	case ACT_ENTER:
	case ACT_EXITS:
	case ACT_BACK:
	case ACT_NEXT_VIEW:
	case ACT_PREV_VIEW:
		return nav_action(app, action);
	case ACT_UP_OR_QUIT:
		return app->depth ? nav_action(app, ACT_BACK) : APP_QUIT;
	case ACT_QUIT:
		return APP_QUIT;
	case ACT_CLOSE:
		if (!app->picker && !app->help)
			app->overlay = OVERLAY_NONE;
		app->help = app->help && app->picker;
		app->picker = false;
		return APP_RENDER;
	case ACT_SECTION: {
		int next = view_help_next(app), lines = view_help_lines(app), height = view_help_height(app);

		/* the last sections are on the last page, where Tab goes round */
		app->help_top = app->help_top >= lines - height ? 0 : next;
		clamp_top(&app->help_top, lines, height);
		return APP_RENDER;
	}
	case ACT_CHANGE:
	case ACT_NEXT_VALUE:
	case ACT_PREV_VALUE:
	case ACT_RESET:
	case ACT_COLUMN_TOGGLE:
	case ACT_COLUMN_EARLIER:
	case ACT_COLUMN_LATER:
	case ACT_COLUMN_RESET:
		return screen_action(app, action);
	default:
		return action >= ACT_SORT_LEFT && (action <= ACT_SORT_NAME || action == ACT_PICK)
			       ? sort_action(app, action)
			       : show_action(app, action);
	}
}

u32 app_no_row(struct app *app)
{
	snprintf(app->notice, sizeof(app->notice), "there is no row here");
	return APP_RENDER;
}

/* Nothing that is pressed goes without an answer: where else the key does something, or where all of them are told. */
static u32 say_no_key(struct app *app, u32 key)
{
	static const struct {
		enum context context;
		const char *name;
	} lists[] = {{CTX_VM, "VMs"}, {CTX_VCPU, "vCPUs"}, {CTX_EXIT, "exits"}};
	const struct action *act = NULL;
	char label[KEY_NAME_SIZE], press[PRESS_SIZE];
	size_t len;

	app->hint = false;
	/* a key without a name, or what a terminal says of itself */
	if (key == K_INSERT || key == K_NONE)
		return APP_RENDER;
	for (u32 ctx = 1; !act && ctx <= CTX_LAST; ctx <<= 1)
		if (ctx & CTX_MAIN)
			act = settings_action(&app->set, key, (enum context)ctx);
	len = (size_t)snprintf(app->notice, sizeof(app->notice), "%s ", key_label(key, label));
	if (app_context(app) & CTX_OVER)
		snprintf(app->notice + len, sizeof(app->notice) - len, "does nothing here: %s closes this",
			 settings_press(&app->set, ACT_CLOSE, press));
	else if (!act)
		snprintf(app->notice + len, sizeof(app->notice) - len, "does nothing: %s tells what all keys do",
			 settings_press(&app->set, ACT_HELP, press));
	else if ((act->contexts & CTX_LIST) == CTX_LIST)
		snprintf(app->notice + len, sizeof(app->notice) - len, "works in lists, one level up");
	else {
		const char *between = "works in the view of";

		for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
			if (!(act->contexts & lists[i].context))
				continue;
			len += (size_t)snprintf(app->notice + len, sizeof(app->notice) - len, "%s %s", between,
						lists[i].name);
			between = " and";
		}
	}
	return APP_RENDER;
}

u32 app_update(struct app *app, enum action_id action)
{
	const struct action *act = action_by_id(action);
	u32 flags;

	app->notice[0] = '\0';
	app->hint = false;
	if (!act || !(act->contexts & app_context(app)))
		return APP_RENDER;
	if (app->prompt && action >= ACT_LINE_ACCEPT)
		return prompt_action(app, action);
	flags = dispatch(app, action);
	/* what the user asks for is sorted at once */
	if (flags & APP_QUERY)
		app->hold.until_ns = 0;
	if ((flags & APP_QUERY) && app_query(app))
		snprintf(app->notice, sizeof(app->notice), "out of memory");
	return flags;
}

u32 app_key(struct app *app, u32 key)
{
	const struct action *act = settings_action(&app->set, key, app_context(app));

	if (app->capture)
		return screen_capture(app, key);
	if (act)
		return app_update(app, act->id);
	if (app->prompt && key_is_text(key) && line_insert(&app->line, key))
		return prompt_changed(app);
	return app->prompt ? 0 : say_no_key(app, key);
}
