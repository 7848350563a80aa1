/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines that are typed: what each change of them does, and what taking or giving them up does. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "travel.h"

u32 prompt_open(struct app *app, enum prompt prompt, const char *text)
{
	app->prompt = prompt;
	app->line_error[0] = '\0';
	line_set(&app->line, text);
	return APP_RENDER;
}

static bool delay_parse(const char *text, double *delay)
{
	char *end;

	*delay = strtod(text, &end);
	while (*end == ' ' || *end == 's')
		end++;
	return end != text && !*end && isfinite(*delay) && *delay >= APP_DELAY_MIN && *delay <= APP_DELAY_MAX;
}

/* After each change of the line: the filter works while it is typed, a wrong one leaves the last right one. */
u32 prompt_changed(struct app *app)
{
	enum travel_go go;
	double delay;
	s64 by;

	app->line_error[0] = '\0';
	if (app->prompt == PROMPT_TIME) {
		/* nothing typed yet is not wrong yet */
		if (app->line.len)
			travel_parse(app->line.text, &go, &by, app->line_error, sizeof(app->line_error));
		return APP_RENDER;
	}
	if (app->prompt == PROMPT_BANDWIDTH) {
		struct settings trial = app->set;

		setting_set(&trial, SET_BANDWIDTH, app->line.text, app->line_error, sizeof(app->line_error));
		return APP_RENDER;
	}
	if (app->prompt == PROMPT_SETTING)
		return screen_prompt(app, false);
	if (app->prompt == PROMPT_SEARCH)
		return search_changed(app);
	if (app->prompt == PROMPT_COMMAND) {
		app->palette_at = -1;
		return APP_RENDER;
	}
	if (app->prompt == PROMPT_FILTER)
		return app_set_filter(app, app->line.text, app->line_error, sizeof(app->line_error))
			       ? APP_RENDER
			       : APP_RENDER | APP_QUERY;
	if (!delay_parse(app->line.text, &delay))
		snprintf(app->line_error, sizeof(app->line_error), "seconds, %.1f to %.0f", APP_DELAY_MIN,
			 APP_DELAY_MAX);
	return APP_RENDER;
}

static u32 prompt_accept(struct app *app)
{
	double delay;
	u32 flags = APP_RENDER;

	/* what is wrong stays on the screen until it is put right or given up */
	if (app->line_error[0])
		return APP_RENDER;
	if (app->prompt == PROMPT_DELAY && delay_parse(app->line.text, &delay)) {
		app->set.value[SET_DELAY] = delay;
		flags |= app_setting_changed(app, SET_DELAY);
	}
	if (app->prompt == PROMPT_BANDWIDTH) {
		char err[128];

		if (!setting_set(&app->set, SET_BANDWIDTH, app->line.text, err, sizeof(err)))
			flags |= app_setting_changed(app, SET_BANDWIDTH);
	}
	if (app->prompt == PROMPT_SETTING)
		flags |= screen_prompt(app, true);
	if (app->prompt == PROMPT_TIME && app->line.len) {
		char err[64];

		if (!travel_parse(app->line.text, &app->travel.go, &app->travel.by, err, sizeof(err)))
			flags |= APP_TRAVEL;
	}
	app->prompt = PROMPT_NONE;
	return flags;
}

static u32 prompt_cancel(struct app *app)
{
	u32 flags = APP_RENDER;
	char err[128];

	if (app->prompt == PROMPT_FILTER && strcmp(app->filter_text, app->saved_filter) != 0 &&
	    !app_set_filter(app, app->saved_filter, err, sizeof(err)))
		flags |= APP_QUERY;
	if (app->prompt == PROMPT_SEARCH)
		flags |= search_cancel(app);
	app->prompt = PROMPT_NONE;
	app->line_error[0] = '\0';
	return flags;
}

u32 prompt_action(struct app *app, enum action_id action)
{
	if (action == ACT_LINE_ACCEPT)
		return app->prompt == PROMPT_COMMAND ? palette_accept(app) : prompt_accept(app);
	if (action >= ACT_LINE_COMPLETE)
		return app->prompt == PROMPT_COMMAND ? palette_edit(app, action) : APP_RENDER;
	if (action == ACT_LINE_CANCEL)
		return prompt_cancel(app);
	return line_edit(&app->line, action) ? prompt_changed(app) : APP_RENDER;
}
