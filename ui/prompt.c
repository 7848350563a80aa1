/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines that are typed: what each change of them does, and what taking or giving them up does. */
#include <stdio.h>
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

/* The setting that is typed, where a key of its own asks for it; -1: it is something else. */
static int setting_asked(enum prompt prompt)
{
	return prompt == PROMPT_DELAY ? SET_DELAY : prompt == PROMPT_BANDWIDTH ? SET_BANDWIDTH : -1;
}

static u32 filter_changed(struct app *app)
{
	const char *why;

	if (!app_set_filter(app, app->line.text, app->line_error, sizeof(app->line_error)))
		return APP_RENDER | APP_QUERY;
	/* which term it is one sees where there is only one */
	why = strchr(app->line.text, ' ') ? NULL : strstr(app->line_error, "': ");
	if (why)
		memmove(app->line_error, why + 3, strlen(why + 3) + 1);
	return APP_RENDER;
}

/* After each change of the line: the filter works while it is typed, a wrong one leaves the last right one. */
u32 prompt_changed(struct app *app)
{
	int setting = setting_asked(app->prompt);
	enum travel_go go;
	s64 by;

	app->line_error[0] = '\0';
	if (app->prompt == PROMPT_TIME) {
		/* nothing typed yet is not wrong yet */
		if (app->line.len)
			travel_parse(app->line.text, &go, &by, app->line_error, sizeof(app->line_error));
		return APP_RENDER;
	}
	if (setting >= 0) {
		struct settings trial = app->set;

		setting_set(&trial, (enum setting_id)setting, app->line.text, app->line_error, sizeof(app->line_error));
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
	return filter_changed(app);
}

static u32 prompt_accept(struct app *app)
{
	int setting = setting_asked(app->prompt);
	u32 flags = APP_RENDER;
	char err[128];

	/* what is wrong stays on the screen until it is put right or given up */
	if (app->line_error[0])
		return APP_RENDER;
	if (setting >= 0 && !setting_set(&app->set, (enum setting_id)setting, app->line.text, err, sizeof(err)))
		flags |= app_setting_changed(app, (enum setting_id)setting);
	if (app->prompt == PROMPT_SETTING)
		flags |= screen_prompt(app, true);
	if (app->prompt == PROMPT_TIME && app->line.len &&
	    !travel_parse(app->line.text, &app->travel.go, &app->travel.by, err, sizeof(err)))
		flags |= APP_TRAVEL;
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
