/* SPDX-License-Identifier: GPL-2.0-only */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "app.h"
#include "nav.h"

/* --- running one ------------------------------------------------------------------------------------------------- */

static int run_view(struct app *app, const char *name, u32 *flags, char *err, size_t err_size)
{
	for (int v = 0; v < VIEW_DETAIL; v++) {
		if (strcasecmp(view_columns((enum view_id)v)->name, name))
			continue;
		*flags = nav_view(app, (enum view_id)v);
		return app_query(app);
	}
	snprintf(err, err_size, "there is no view \"%.40s\"", name);
	return -EINVAL;
}

static int run_sort(struct app *app, const char *name, u32 *flags, char *err, size_t err_size)
{
	*flags = APP_RENDER | APP_QUERY;
	if (!app_set_sort(app, name))
		return 0;
	snprintf(err, err_size, "this view has no column \"%.40s\"", name);
	return -EINVAL;
}

static int run_filter(struct app *app, const char *text, u32 *flags, char *err, size_t err_size)
{
	*flags = APP_RENDER | APP_QUERY;
	return app_set_filter(app, text, err, err_size);
}

/* A line of the rc file. */
static int run_setting(struct app *app, const char *line, u32 *flags, char *err, size_t err_size)
{
	struct settings before = app->set;
	int ret = settings_line(&app->set, line, err, err_size);

	*flags = APP_RENDER;
	for (int i = 0; !ret && i < SETTINGS; i++)
		if (app->set.value[i] != before.value[i])
			*flags |= app_setting_changed(app, (enum setting_id)i);
	return ret ? ret : (*flags & APP_QUERY) ? app_query(app) : 0;
}

static const struct {
	const char *word;
	int (*run)(struct app *app, const char *rest, u32 *flags, char *err, size_t err_size);
	bool whole; /* run() wants the word too */
} words[] = {
	{"view", run_view, false},        {"sort", run_sort, false},   {"filter", run_filter, false},
	{"set", run_setting, true},       {"bind", run_setting, true}, {"columns", run_setting, true},
	{"threshold", run_setting, true},
};

static const struct action *find_action(const char *text)
{
	const struct action *act = action_by_name(text);

	/* what edits a line is no command */
	return act && act->contexts != CTX_PROMPT ? act : NULL;
}

int command_run(struct app *app, const char *text, u32 *flags, char *err, size_t err_size)
{
	const struct action *act;
	char clean[LINE_SIZE];
	size_t len, rest;

	text += strspn(text, " ");
	snprintf(clean, sizeof(clean), "%s", text);
	for (len = strlen(clean); len && clean[len - 1] == ' ';)
		clean[--len] = '\0';
	*flags = APP_RENDER;
	act = find_action(clean);
	if (act && (act->contexts & app_context(app))) {
		*flags = app_update(app, act->id);
		return 0;
	}
	len = strcspn(clean, " ");
	rest = len + strspn(clean + len, " ");
	/* alone, some of these are actions with a box of their own; "filter" is also that of none */
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i].word) == len && !strncmp(words[i].word, clean, len))
			return words[i].run(app, words[i].whole ? clean : clean + rest, flags, err, err_size);
	if (act)
		snprintf(err, err_size, "%.40s does nothing here", clean);
	else
		snprintf(err, err_size, "there is no command \"%.40s\"", clean);
	return -EINVAL;
}

/* --- the list ---------------------------------------------------------------------------------------------------- */

/* How well a command fits what is typed: 0 best, -1 not at all. Each word must be in it, one behind the other. */
static int fit(const char *command, const char *typed)
{
	const char *at = command;
	bool prefix = !strncasecmp(command, typed, strlen(typed)), starts = true;

	while (*(typed += strspn(typed, " "))) {
		size_t len = strcspn(typed, " ");
		char word[64];
		const char *found;

		snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : sizeof(word) - 1), typed);
		found = strcasestr(at, word);
		if (!found)
			return -1;
		starts = starts && (found == command || found[-1] == ' ' || found[-1] == '-');
		at = found + strlen(word);
		typed += len;
	}
	return prefix ? 0 : starts ? 1 : 2;
}

/* Those that fit what is typed equally well: the first ones are left out, the next are taken until there is no room. */
struct choice {
	const char *typed;
	int fit;
	u32 leave, room, taken;
	struct command *out;
};

__attribute__((format(printf, 3, 4))) static void offer(struct choice *choice, const char *help, const char *format,
							...)
{
	struct command command;
	va_list args;

	if (choice->taken == choice->room)
		return;
	va_start(args, format);
	vsnprintf(command.text, sizeof(command.text), format, args);
	va_end(args);
	if (fit(command.text, choice->typed) != choice->fit)
		return;
	command.help = help;
	if (choice->leave)
		choice->leave--;
	else
		choice->out[choice->taken++] = command;
}

/* All commands there are here. */
static void offer_all(const struct app *app, struct choice *choice)
{
	const struct view_columns *cols = view_columns(app->here.view);
	enum context context = app_view_context(app);

	for (size_t i = 0; i < action_count; i++) {
		const struct action *act = &action_table[i];

		if (act->contexts != CTX_PROMPT && act->id != ACT_PALETTE && act->contexts & context)
			offer(choice, act->help, "%s", act->name);
	}
	for (int v = 0; v < VIEW_DETAIL; v++)
		offer(choice, "go to this view", "view %s", view_columns((enum view_id)v)->name);
	for (u32 i = 0; app->here.view != VIEW_DETAIL && i < cols->count; i++)
		offer(choice, cols->columns[i].help, "sort %s", cols->columns[i].name);
	for (int s = 0; s < SETTINGS; s++) {
		const struct setting *setting = &setting_table[s];

		for (int k = 0; setting->choice ? setting->choice(k) != NULL : !k; k++)
			offer(choice, setting->help, "set %s %s", setting->name,
			      setting->choice ? setting->choice(k) : "");
	}
	for (u32 i = 0; app->here.view != VIEW_DETAIL && i < cols->count; i++)
		if (column_is_quantity(&cols->columns[i]))
			offer(choice, "from where on it is highlighted: 500us 5ms, 10% 50%, 1k, default",
			      "threshold %s %s ", cols->name, cols->columns[i].name);
	if (app->here.view != VIEW_DETAIL)
		offer(choice, "names with commas between them, in their order; default: all", "columns %s ",
		      cols->name);
	offer(choice, "a key and the name of what it is to do, as in z freeze; none: nothing", "bind ");
	if (app->here.view != VIEW_DETAIL)
		offer(choice, "keep only rows that match; nothing behind it: all rows", "filter ");
}

u32 palette_list(const struct app *app, u32 from, struct command *out, u32 room)
{
	struct choice choice = {.typed = app->line.text, .leave = from, .room = room, .out = out};

	for (choice.fit = 0; choice.fit <= 2; choice.fit++)
		offer_all(app, &choice);
	return choice.taken;
}

bool palette_at(const struct app *app, int n, struct command *out)
{
	return palette_list(app, (u32)n, out, 1) == 1;
}

/* --- keys -------------------------------------------------------------------------------------------------------- */

u32 palette_open(struct app *app)
{
	app->palette_at = -1;
	return prompt_open(app, PROMPT_COMMAND, "");
}

u32 palette_edit(struct app *app, enum action_id action)
{
	struct command command;
	int at = app->palette_at;

	app->line_error[0] = '\0';
	if (action == ACT_LINE_COMPLETE) {
		if (palette_at(app, at < 0 ? 0 : at, &command)) {
			line_set(&app->line, command.text);
			app->palette_at = -1;
		}
		return APP_RENDER;
	}
	at += action == ACT_LINE_NEXT ? 1 : -1;
	if (at < 0 || palette_at(app, at, &command))
		app->palette_at = at < -1 ? -1 : at;
	return APP_RENDER;
}

u32 palette_accept(struct app *app)
{
	struct command command;
	char text[LINE_SIZE], err[128] = "";
	u32 flags = APP_RENDER;
	int ret = -EINVAL;

	snprintf(text, sizeof(text), "%s", app->line.text);
	app->prompt = PROMPT_NONE;
	if (!text[strspn(text, " ")] && app->palette_at < 0)
		return APP_RENDER;
	/* what is typed, when it is a command; else the line of the list it leads to */
	if (app->palette_at < 0)
		ret = command_run(app, text, &flags, err, sizeof(err));
	if (ret == -EINVAL) {
		if (palette_at(app, app->palette_at < 0 ? 0 : app->palette_at, &command)) {
			if (command.text[strlen(command.text) - 1] != ' ')
				ret = command_run(app, command.text, &flags, err, sizeof(err));
			else if (strlen(command.text) > strlen(text)) {
				/* its beginning: the rest is to be typed */
				snprintf(text, sizeof(text), "%s", command.text);
				err[0] = '\0';
			}
		}
	}
	if (ret == -EINVAL) {
		prompt_open(app, PROMPT_COMMAND, text);
		snprintf(app->line_error, sizeof(app->line_error), "%s", err);
	}
	return flags | APP_RENDER;
}
