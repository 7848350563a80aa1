/* SPDX-License-Identifier: GPL-2.0-only */
/* The language of the rc file: one line to settings, and settings to lines. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "settings.h"

#define WORD 64

/* The next word of *text into word; false: there is none. */
static bool take_word(const char **text, char word[WORD])
{
	size_t len;

	*text += strspn(*text, " \t");
	len = strcspn(*text, " \t");
	snprintf(word, WORD, "%.*s", (int)(len < WORD ? len : WORD - 1), *text);
	*text += len;
	*text += strspn(*text, " \t");
	return len > 0;
}

static int view_by_name(const char *name, char *err, size_t err_size)
{
	for (int v = 0; v < VIEW_DETAIL; v++)
		if (!strcasecmp(view_columns((enum view_id)v)->name, name))
			return v;
	snprintf(err, err_size, "there is no view \"%.40s\"", name);
	return -EINVAL;
}

static int line_set_value(struct settings *set, const char *rest, char *err, size_t err_size)
{
	const struct setting *setting;
	char name[WORD];

	if (!take_word(&rest, name) || !*rest) {
		snprintf(err, err_size, "set takes a name and a value");
		return -EINVAL;
	}
	setting = setting_find(name);
	if (!setting) {
		snprintf(err, err_size, "there is no setting \"%.40s\"", name);
		return -EINVAL;
	}
	return setting_set(set, setting->id, rest, err, err_size);
}

static int line_bind(struct settings *set, const char *rest, char *err, size_t err_size)
{
	const struct action *act = NULL;
	char key_name[WORD], name[WORD];
	u32 key;

	if (!take_word(&rest, key_name) || !take_word(&rest, name) || *rest) {
		snprintf(err, err_size, "bind takes a key and an action");
		return -EINVAL;
	}
	key = key_find(key_name);
	if (!key) {
		snprintf(err, err_size, "there is no key \"%.40s\"", key_name);
		return -EINVAL;
	}
	if (strcasecmp(name, "none") != 0) {
		act = action_by_name(name);
		if (!act) {
			snprintf(err, err_size, "there is no action \"%.40s\"", name);
			return -EINVAL;
		}
	}
	return settings_bind(set, key, act ? act->id : ACT_NONE, err, err_size);
}

static int line_columns(struct settings *set, const char *rest, char *err, size_t err_size)
{
	char name[WORD];
	int view;

	if (!take_word(&rest, name) || !*rest) {
		snprintf(err, err_size, "columns takes a view and the names of columns, with commas between them");
		return -EINVAL;
	}
	view = view_by_name(name, err, err_size);
	return view < 0 ? view : settings_set_columns(set, (enum view_id)view, rest, err, err_size);
}

static int line_threshold(struct settings *set, const char *rest, char *err, size_t err_size)
{
	char name[WORD], column[WORD];
	int view, col;

	if (!take_word(&rest, name) || !take_word(&rest, column) || !*rest) {
		snprintf(err, err_size, "threshold takes a view, a column and one number or two");
		return -EINVAL;
	}
	view = view_by_name(name, err, err_size);
	if (view < 0)
		return view;
	col = column_find(view_columns((enum view_id)view), column);
	if (col < 0) {
		snprintf(err, err_size, "the %s view has no column \"%.40s\"", name, column);
		return -EINVAL;
	}
	return settings_set_threshold(set, (enum view_id)view, (u32)col, rest, err, err_size);
}

int settings_line(struct settings *set, const char *line, char *err, size_t err_size)
{
	static const struct {
		const char *word;
		int (*take)(struct settings *set, const char *rest, char *err, size_t err_size);
	} lines[] = {
		{"set", line_set_value},
		{"bind", line_bind},
		{"columns", line_columns},
		{"threshold", line_threshold},
	};
	char word[WORD];

	if (!take_word(&line, word))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (!strcmp(word, lines[i].word))
			return lines[i].take(set, line, err, err_size);
	snprintf(err, err_size, "\"%.40s\" is not set, bind, columns or threshold", word);
	return -EINVAL;
}

static void write_columns(const struct settings *set, int view, char *line, size_t size)
{
	const struct view_columns *cols = view_columns((enum view_id)view);
	const struct columns_shown *shown = &set->columns[view];
	size_t len = (size_t)snprintf(line, size, "columns %s ", cols->name);

	for (u32 i = 0; i < shown->count && len < size; i++)
		len += (size_t)snprintf(line + len, size - len, "%s%s", i ? "," : "",
					cols->columns[shown->column[i]].name);
}

bool settings_write(const struct settings *set, u32 n, char *line, size_t size)
{
	if (n < SETTINGS) {
		char text[SETTING_TEXT];

		setting_text(set, (enum setting_id)n, text);
		snprintf(line, size, "set %s %s", setting_table[n].name, text);
		return true;
	}
	n -= SETTINGS;
	for (int view = 0; view < VIEW_DETAIL; view++)
		if (set->columns[view].count && !n--) {
			write_columns(set, view, line, size);
			return true;
		}
	if (n < set->binding_count) {
		const struct binding *binding = &set->bindings[n];
		const struct action *act = action_by_id(binding->action);
		char buf[KEY_NAME_SIZE];

		snprintf(line, size, "bind %s %s", key_label(binding->key, buf), act ? act->name : "none");
		return true;
	}
	n -= set->binding_count;
	if (n < set->threshold_count) {
		const struct threshold *t = &set->thresholds[n];
		const struct view_columns *cols = view_columns((enum view_id)t->view);
		const struct column *col = &cols->columns[t->column];
		char text[2 * SETTING_TEXT];

		threshold_text(col, t->warn, t->crit, text, sizeof(text));
		snprintf(line, size, "threshold %s %s %s", cols->name, col->name, text);
		return true;
	}
	return false;
}
