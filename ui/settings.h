/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What users may set, in one table: the settings screen, the rc file (ui/rcfile.h), the palette, the man page and the
 * completions are made from it. Besides it there are the columns of each view, the keys of each action, and the
 * thresholds of each column, which start from their own tables.
 */
#ifndef KVMTOP_SETTINGS_H
#define KVMTOP_SETTINGS_H

#include "../model/findings.h"
#include "../model/query.h"
#include "actions.h"
#include "style.h"

enum setting_id {
	SET_DELAY,
	SET_UNITS,
	SET_SHARES,
	SET_THEME,
	SET_VIEW,
	SET_IDLE,
	SET_HOLD,
	SET_BANDWIDTH,
	SET_MOUSE,
	SET_CHARS,
	SET_SPLIT,
	SET_MEASURE,
	SET_LIMITS, /* the limits of findings, in the order of enum finding_limit */
	SETTINGS = SET_LIMITS + LIMITS
};

enum units { UNITS_AUTO, UNITS_US, UNITS_NS };
enum shares { SHARES_NORMAL, SHARES_IRIX };
enum chars { CHARS_AUTO, CHARS_UTF8, CHARS_ASCII };

struct setting {
	enum setting_id id;
	const char *name;
	/* A number from low to high, in unit; or one of the choices, by its index; or on and off. */
	double low, high, def;
	const char *unit;
	const char *(*choice)(int index); /* NULL behind the last one */
	const char *help;
};

extern const struct setting setting_table[SETTINGS];

#define SETTING_TEXT   32
#define VIEW_COLUMNS   64
#define BINDINGS_MAX   128
#define THRESHOLDS_MAX 64
#define KEYS_MAX       8

struct columns_shown {
	u8 count; /* 0: all of the view's, in the order of its table */
	u8 column[VIEW_COLUMNS];
};

struct binding {
	u32 key;
	enum action_id action; /* ACT_NONE: the key does nothing */
};

struct threshold {
	u8 view, column;
	double warn, crit; /* in the column's own unit (ns, 0..1, ...), 0: none */
};

/* Plain data: may be copied. */
struct settings {
	double value[SETTINGS];
	struct columns_shown columns[VIEWS];
	struct binding bindings[BINDINGS_MAX];
	struct threshold thresholds[THRESHOLDS_MAX];
	u32 binding_count, threshold_count;
};

void settings_init(struct settings *set);

const struct setting *setting_find(const char *name);
/* -EINVAL and one line in err when text is no value of the setting. */
int setting_set(struct settings *set, enum setting_id id, const char *text, char *err, size_t err_size);
void setting_text(const struct settings *set, enum setting_id id, char text[SETTING_TEXT]);
/* "auto, us, ns", "0.1 to 3600 seconds" */
void setting_range(enum setting_id id, char *text, size_t size);
/* The choice before or behind (by), or the number one step away; at the ends of a range it stays. */
void setting_step(struct settings *set, enum setting_id id, int by);

/* The columns to show, in their order; returns how many. */
u32 settings_columns(const struct settings *set, enum view_id view, u8 column[VIEW_COLUMNS]);
/* From names with commas between them; "" or "default": all. */
int settings_set_columns(struct settings *set, enum view_id view, const char *names, char *err, size_t err_size);

/* What a column's value is measured against: the user's, else the column's own. */
struct threshold settings_threshold(const struct settings *set, enum view_id view, const struct column *col);
/* "500us 5ms", "10% 50%", "1k", "0" (none), "default". */
int settings_set_threshold(struct settings *set, enum view_id view, u32 column, const char *text, char *err,
			   size_t err_size);
/* As settings_set_threshold() takes it. */
void threshold_text(const struct column *col, double warn, double crit, char *text, size_t size);

/* Binds a key; ACT_NONE takes it away from whatever has it. -EINVAL and a line in err when that may not be. */
int settings_bind(struct settings *set, u32 key, enum action_id action, char *err, size_t err_size);
/* The action's keys are those of the table again. */
void settings_unbind(struct settings *set, enum action_id action);
#define PRESS_SIZE 24
/* The action of a key, NULL: none. */
const struct action *settings_action(const struct settings *set, u32 key, enum context context);
/* The keys that lead to an action in some context, the user's first; returns how many. */
int settings_keys(const struct settings *set, const struct action *act, u32 keys[KEYS_MAX]);
/* What to press for an action, for a sentence that says so: its first key, or its command where no key leads to it. */
const char *settings_press(const struct settings *set, enum action_id action, char buf[PRESS_SIZE]);

/* One line as in the rc file, without comments: "set NAME VALUE" and so on. 0, or -EINVAL and one line in err. */
int settings_line(struct settings *set, const char *line, char *err, size_t err_size);
/* Line number n (from 0) that makes these settings from the defaults; false: there are no more. */
bool settings_write(const struct settings *set, u32 n, char *line, size_t size);

#endif
