/* SPDX-License-Identifier: GPL-2.0-only */
#include "render.h"

#include "view.h"

/* The pane gets all that the lines around it can do without: on small screens they go first. */
void view_layout(const struct app *app, struct layout *out)
{
	char text[256];
	enum style style;
	int y = 0, h = app->h;

	*out = (struct layout){.header = -1,
			       .budget = -1,
			       .alert = -1,
			       .crumb = -1,
			       .body_end = h,
			       .detail = -1,
			       .detail_end = -1,
			       .views = -1,
			       .footer = -1};
	if (h >= 3)
		out->header = y++;
	if (h >= 8)
		out->budget = y++;
	if (h >= 7 && view_alert(app, text, sizeof(text), &style))
		out->alert = y++;
	if (h >= 6)
		out->crumb = y++;
	if (h >= 4)
		out->footer = out->body_end = h - 1;
	out->body = y;
	if (h >= 24)
		out->views = --out->body_end;
	if (!app->help && app->overlay != OVERLAY_SETTINGS && app->here.view != VIEW_DETAIL && view_splits(app)) {
		int lines = out->body_end - out->body;

		out->detail_end = out->body_end;
		out->detail = out->body_end - (view_columns(app->here.view)->rows == ROWS_FINDING ? 7 : lines * 3 / 5);
		out->body_end = out->detail;
	}
}

int view_body_height(const struct app *app)
{
	struct layout lay;
	int height;

	view_layout(app, &lay);
	height = lay.body_end - lay.body - (app->here.view != VIEW_DETAIL);
	return height < 1 ? 1 : height;
}

int render(const struct app *app, struct grid *grid)
{
	struct layout lay;
	int ret;

	grid->ascii = app->ascii;
	grid->color = app_theme(app)->color;
	ret = grid_reset(grid, app->w, app->h);
	if (ret)
		return ret;
	view_layout(app, &lay);
	view_header(app, grid, &lay);
	if (app->help)
		view_help(app, grid, &lay);
	else if (app->overlay == OVERLAY_SETTINGS)
		view_settings(app, grid, &lay);
	else if (app->here.view == VIEW_DETAIL)
		view_detail(app, grid, &lay);
	else
		view_list(app, grid, &lay);
	if (lay.detail >= 0 && app->selected >= 0)
		view_split(app, grid, &lay);
	if (app->overlay == OVERLAY_COLUMNS && !app->help)
		view_column_box(app, grid, &lay);
	if (app->picker)
		view_picker(app, grid, &lay);
	if (app->hint && app_context(app) == app_view_context(app))
		view_hint(app, grid, &lay);
	if (app->prompt == PROMPT_COMMAND)
		view_palette(app, grid, &lay);
	view_bar(app, grid, &lay);
	view_footer(app, grid, &lay);
	return 0;
}
