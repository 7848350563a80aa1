/* SPDX-License-Identifier: GPL-2.0-only */
/* What follows from the settings. */
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "loop.h"

void app_settings(struct app *app, const struct settings *set)
{
	app->set = *set;
	app->delay = set->value[SET_DELAY];
	app->idle_mixed = set->value[SET_IDLE] != 0;
	app->ascii = set->value[SET_CHARS] == CHARS_ASCII || (set->value[SET_CHARS] == CHARS_AUTO && !app->utf8);
}

void app_options(struct app *app, const struct loop_options *opts)
{
	struct settings set = app->set;

	if (opts->settings)
		set = *opts->settings;
	set.value[SET_DELAY] = opts->delay;
	if (opts->measure)
		set.value[SET_MEASURE] = 1;
	if (opts->mouse)
		set.value[SET_MOUSE] = 1;
	if (opts->ascii)
		set.value[SET_CHARS] = CHARS_ASCII;
	app_settings(app, &set);
	app->chosen = opts->chosen;
	app->show_user = opts->user_exits;
	app->cumulative = opts->cumulative;
	app->config = opts->config;
	app->rc = opts->rc;
	/* who has saved settings knows the way */
	app->hint = opts->rc && !opts->rc->found;
	if (opts->rc && opts->rc->errors > 1)
		snprintf(app->notice, sizeof(app->notice), "%.220s (and %d more)", opts->rc->line[0],
			 opts->rc->errors - 1);
	else if (opts->rc && opts->rc->errors)
		snprintf(app->notice, sizeof(app->notice), "%s", opts->rc->line[0]);
}

u32 app_setting_changed(struct app *app, enum setting_id id)
{
	struct settings now = app->set;

	app_settings(app, &now);
	switch (id) {
	case SET_DELAY:
		return APP_RENDER | APP_DELAY;
	case SET_BANDWIDTH:
	case SET_IDLE:
	case SET_SHARES:
		return APP_RENDER | APP_QUERY;
	case SET_MOUSE:
		return APP_RENDER | APP_MOUSE;
	default:
		return id >= SET_LIMITS ? APP_RENDER | APP_QUERY : APP_RENDER;
	}
}

void app_save(struct app *app)
{
	char err[200];

	if (!app->config)
		snprintf(app->notice, sizeof(app->notice),
			 "nowhere to save to: there is no --config FILE, and no $HOME");
	else if (rc_write(app->config, &app->set, err, sizeof(err)))
		snprintf(app->notice, sizeof(app->notice), "%s", err);
	else
		snprintf(app->notice, sizeof(app->notice), "saved to %s", app->config);
}

const struct theme *app_theme(const struct app *app)
{
	int choice = (int)app->set.value[SET_THEME];

	if (!app->color)
		return &theme_mono;
	if (choice)
		return theme_table[choice - 1];
	return app->theme ? app->theme : &theme_dark;
}
