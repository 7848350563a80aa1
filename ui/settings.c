/* SPDX-License-Identifier: GPL-2.0-only */
#include "settings.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- the table --------------------------------------------------------------------------------------------------- */

#define CHOICES(name, ...)                                                 \
	static const char *name(int index)                                 \
	{                                                                  \
		static const char *const list[] = {__VA_ARGS__};           \
		return index < (int)ARRAY_SIZE(list) ? list[index] : NULL; \
	}

CHOICES(units_choice, "auto", "us", "ns")
CHOICES(shares_choice, "normalised", "irix")
CHOICES(idle_choice, "apart", "mixed")
CHOICES(switch_choice, "off", "on")
CHOICES(chars_choice, "auto", "utf8", "ascii")

static const char *theme_choice(int index)
{
	return !index ? "auto" : index <= THEMES ? theme_table[index - 1]->name : NULL;
}

static const char *view_choice(int index)
{
	return index < VIEW_DETAIL ? view_columns((enum view_id)index)->name : NULL;
}

/* clang-format off */
const struct setting setting_table[SETTINGS] = {
	{SET_DELAY, "delay", 0.1, 3600, 1, "seconds", NULL, "time between two samples"},
	{SET_UNITS, "units", 0, 0, UNITS_AUTO, NULL, units_choice,
	 "durations in the unit that fits each, or all in microseconds or nanoseconds"},
	{SET_SHARES, "shares", 0, 0, SHARES_NORMAL, NULL, shares_choice,
	 "normalised: a VM's vCPUs together are 100 %; irix: each vCPU is, as in top's Irix mode; filters and thresholds are normalised"},
	{SET_THEME, "theme", 0, 0, 0, NULL, theme_choice,
	 "colours; auto is light where COLORFGBG says that the background is, else dark; NO_COLOR means mono"},
	{SET_VIEW, "view", 0, 0, 0, NULL, view_choice, "the view to start with"},
	{SET_IDLE, "idle", 0, 0, 0, NULL, idle_choice, "idle reasons (HLT and the like) apart at the end, or with the rest"},
	{SET_HOLD, "hold", 0, 60, 3, "seconds", NULL,
	 "for so long after the cursor moved the rows keep their order, so that none runs away from under it"},
	{SET_BANDWIDTH, "bandwidth", 1, 1000000, 1000, "MB/s", NULL,
	 "what a migration may send a second: dirty pages are compared with it"},
	{SET_MOUSE, "mouse", 0, 0, 0, NULL, switch_choice,
	 "clicks select, open and sort; off leaves the mouse to the terminal, to select text with"},
	{SET_CHARS, "chars", 0, 0, CHARS_AUTO, NULL, chars_choice,
	 "draw with UTF-8 or with ASCII only; auto follows the locale"},
	{SET_SPLIT, "split", 0, 0, 0, NULL, switch_choice,
	 "on screens of 30 lines and more, below the list what the selected row is made of"},
	{SET_MEASURE, "measure", 0, 0, 0, NULL, switch_choice,
	 "have the kernel time the BPF programs, and show in the header what they cost; each run then costs two clock readings more"},
#define X(id, name, low, high, def, unit, help) \
	{(enum setting_id)(SET_LIMITS + LIMIT_##id), name, low, high, def, unit, NULL, help},
	FINDING_LIMITS(X)
#undef X
};
/* clang-format on */

void settings_init(struct settings *set)
{
	memset(set, 0, sizeof(*set));
	for (int i = 0; i < SETTINGS; i++)
		set->value[i] = setting_table[i].def;
}

const struct setting *setting_find(const char *name)
{
	for (int i = 0; i < SETTINGS; i++)
		if (!strcasecmp(setting_table[i].name, name))
			return &setting_table[i];
	return NULL;
}

int setting_set(struct settings *set, enum setting_id id, const char *text, char *err, size_t err_size)
{
	const struct setting *setting = &setting_table[id];
	char range[320], *end;
	double value;

	for (int i = 0; setting->choice && setting->choice(i); i++)
		if (!strcasecmp(setting->choice(i), text)) {
			set->value[id] = i;
			return 0;
		}
	value = strtod(text, &end);
	end += strspn(end, " ");
	/* with its unit or without; of seconds the first letter is enough */
	if (setting->unit &&
	    (!strcasecmp(end, setting->unit) || (!strcmp(end, "s") && !strcmp(setting->unit, "seconds"))))
		end += strlen(end);
	if (!setting->choice && end != text && !*end && isfinite(value) && value >= setting->low &&
	    value <= setting->high) {
		set->value[id] = value;
		return 0;
	}
	setting_range(id, range, sizeof(range));
	snprintf(err, err_size, "%s is %s, not \"%.40s\"", setting->name, range, text);
	return -EINVAL;
}

void setting_text(const struct settings *set, enum setting_id id, char text[SETTING_TEXT])
{
	const struct setting *setting = &setting_table[id];

	if (setting->choice)
		snprintf(text, SETTING_TEXT, "%s", setting->choice((int)set->value[id]));
	else
		snprintf(text, SETTING_TEXT, "%g", set->value[id]);
}

void setting_range(enum setting_id id, char *text, size_t size)
{
	const struct setting *setting = &setting_table[id];
	size_t len = 0;

	if (!setting->choice) {
		snprintf(text, size, "%g to %g %s", setting->low, setting->high, setting->unit);
		return;
	}
	text[0] = '\0';
	for (int i = 0; setting->choice(i) && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, "%s%s", i ? ", " : "", setting->choice(i));
}

void setting_step(struct settings *set, enum setting_id id, int by)
{
	static const double steps[] = {0.1, 0.2, 0.5,  1,    2,    3,   5,   10,  15,  30,  60,  120,
				       300, 600, 1800, 3600, 5000, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6};
	const struct setting *setting = &setting_table[id];
	double *value = &set->value[id];
	int count = 0;

	while (setting->choice && setting->choice(count))
		count++;
	if (count) {
		*value = ((int)*value + by + count) % count;
		return;
	}
	if (by > 0) {
		for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
			if (steps[i] > *value && steps[i] <= setting->high) {
				*value = steps[i];
				return;
			}
		*value = setting->high;
	} else {
		for (size_t i = ARRAY_SIZE(steps); i-- > 0;)
			if (steps[i] < *value && steps[i] >= setting->low) {
				*value = steps[i];
				return;
			}
		*value = setting->low;
	}
}

/* --- columns ----------------------------------------------------------------------------------------------------- */

u32 settings_columns(const struct settings *set, enum view_id view, u8 column[VIEW_COLUMNS])
{
	const struct columns_shown *shown = &set->columns[view];
	u32 all = view_columns(view)->count;

	if (shown->count) {
		memcpy(column, shown->column, shown->count);
		return shown->count;
	}
	for (u32 i = 0; i < all && i < VIEW_COLUMNS; i++)
		column[i] = (u8)i;
	return all < VIEW_COLUMNS ? all : VIEW_COLUMNS;
}

int settings_set_columns(struct settings *set, enum view_id view, const char *names, char *err, size_t err_size)
{
	const struct view_columns *cols = view_columns(view);
	struct columns_shown shown = {0};

	if (!strcmp(names, "default"))
		names = "";
	while (*names) {
		size_t len = strcspn(names, ", ");
		char name[64];
		int col;

		snprintf(name, sizeof(name), "%.*s", (int)(len < sizeof(name) ? len : sizeof(name) - 1), names);
		names += len;
		names += strspn(names, ", ");
		if (!len)
			continue;
		col = column_find(cols, name);
		if (col < 0 || col >= VIEW_COLUMNS) {
			snprintf(err, err_size, "the %s view has no column \"%.40s\"", cols->name, name);
			return -EINVAL;
		}
		if (memchr(shown.column, col, shown.count)) {
			snprintf(err, err_size, "column %.40s is there twice", name);
			return -EINVAL;
		}
		shown.column[shown.count++] = (u8)col;
	}
	set->columns[view] = shown;
	return 0;
}

/* --- thresholds -------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum unit unit; /* UNIT_COUNT: of anything that is a plain number */
	double factor;
} suffixes[] = {
	{"ns", UNIT_NS, 1},      {"us", UNIT_NS, 1e3},   {"ms", UNIT_NS, 1e6}, {"s", UNIT_NS, 1e9},
	{"%", UNIT_SHARE, 0.01}, {"", UNIT_SHARE, 0.01}, {"", UNIT_NS, 1},     {"G", UNIT_COUNT, 1e9},
	{"M", UNIT_COUNT, 1e6},  {"k", UNIT_COUNT, 1e3}, {"", UNIT_COUNT, 1},
};

static enum unit suffix_unit(enum unit unit)
{
	return unit == UNIT_NS || unit == UNIT_SHARE ? unit : UNIT_COUNT;
}

static bool number_parse(const char *text, size_t len, enum unit unit, double *out)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || !isfinite(value) || value < 0 || (size_t)(end - text) > len)
		return false;
	len -= (size_t)(end - text);
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (suffixes[i].unit == suffix_unit(unit) && strlen(suffixes[i].name) == len &&
		    !strncmp(suffixes[i].name, end, len)) {
			*out = value * suffixes[i].factor;
			return true;
		}
	return false;
}

/* With the largest suffix that leaves at least 1. */
static void number_text(double value, enum unit unit, char *text, size_t size)
{
	double best = 0;
	const char *name = "";

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		if (suffixes[i].unit != suffix_unit(unit) || (unit == UNIT_SHARE && !*suffixes[i].name))
			continue;
		if ((value >= suffixes[i].factor || unit == UNIT_SHARE) && suffixes[i].factor > best) {
			best = suffixes[i].factor;
			name = suffixes[i].name;
		}
	}
	snprintf(text, size, "%.12g%s", best > 0 ? value / best : value, value > 0 ? name : "");
}

void threshold_text(const struct column *col, double warn, double crit, char *text, size_t size)
{
	char a[SETTING_TEXT], b[SETTING_TEXT];

	number_text(warn, col->unit, a, sizeof(a));
	number_text(crit, col->unit, b, sizeof(b));
	if (crit > 0)
		snprintf(text, size, "%s %s", a, b);
	else
		snprintf(text, size, "%s", a);
}

static int find_threshold(const struct settings *set, enum view_id view, u32 column)
{
	for (u32 i = 0; i < set->threshold_count; i++)
		if (set->thresholds[i].view == view && set->thresholds[i].column == column)
			return (int)i;
	return -1;
}

struct threshold settings_threshold(const struct settings *set, enum view_id view, const struct column *col)
{
	const struct view_columns *cols = view_columns(view);
	struct threshold own = {.view = (u8)view, .warn = col->warn, .crit = col->crit};
	int at;

	if (!set || !set->threshold_count || col < cols->columns || col >= cols->columns + cols->count)
		return own;
	at = find_threshold(set, view, (u32)(col - cols->columns));
	return at < 0 ? own : set->thresholds[at];
}

int settings_set_threshold(struct settings *set, enum view_id view, u32 column, const char *text, char *err,
			   size_t err_size)
{
	const struct column *col = &view_columns(view)->columns[column];
	struct threshold new = {.view = (u8)view, .column = (u8)column};
	int at = find_threshold(set, view, column);
	size_t len = strcspn(text, " "), rest;
	const char *second = text + len + strspn(text + len, " ");

	if (!column_is_quantity(col)) {
		snprintf(err, err_size, "column %s is no number to have a threshold for", col->name);
		return -EINVAL;
	}
	if (!strcmp(text, "default")) {
		if (at >= 0)
			set->thresholds[at] = set->thresholds[--set->threshold_count];
		return 0;
	}
	rest = strcspn(second, " ");
	if (!number_parse(text, len, col->unit, &new.warn) || second[rest + strspn(second + rest, " ")] ||
	    (*second && !number_parse(second, rest, col->unit, &new.crit))) {
		snprintf(err, err_size, "the threshold of %s is one number or two, as in \"%s\", not \"%.40s\"",
			 col->name,
			 col->unit == UNIT_NS      ? "500us 5ms"
			 : col->unit == UNIT_SHARE ? "10% 50%"
						   : "100 1k",
			 text);
		return -EINVAL;
	}
	if (new.crit > 0 && new.crit < new.warn) {
		snprintf(err, err_size, "the threshold of %s: the second number is the worse one", col->name);
		return -EINVAL;
	}
	if (at < 0 && set->threshold_count == THRESHOLDS_MAX) {
		snprintf(err, err_size, "no more than %d thresholds", THRESHOLDS_MAX);
		return -EINVAL;
	}
	set->thresholds[at < 0 ? (int)set->threshold_count++ : at] = new;
	return 0;
}
