/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of the interface and what keys do to it. Nothing here knows of a terminal, a clock or a source: the same
 * snapshots and the same keys always give the same state, and the same screen (ui/render.h).
 *
 * Life: app_init(), app_resize(), then app_set_snapshot() for each tick and app_key() for each key; app_free().
 */
#ifndef KVMTOP_APP_H
#define KVMTOP_APP_H

#include "../model/findings.h"
#include "../model/query.h"
#include "../model/tree.h"
#include "rcfile.h"
#include "travel.h"

/* What the owner of the app has to do after app_key(). */
#define APP_RENDER  1  /* draw */
#define APP_QUERY   2  /* rows have changed (already queried again by app_key()) */
#define APP_FEED    4  /* frozen or cumulative changed: give it the snapshot that fits */
#define APP_DELAY   8  /* delay changed: set the timer */
#define APP_REDRAW  16 /* throw away what the terminal is thought to show */
#define APP_SUSPEND 32 /* stop, as the shell's job control wants it */
#define APP_QUIT    64
#define APP_SAVE    1024 /* write the settings to app->config, and say so (app_saved()) */
#define APP_MOUSE   2048 /* the setting changed: tell the terminal */

/* Save what is on the screen, and say so in notice (ui/save.h). */
#define APP_SAVE_SCREEN 4096

/* Go to another time: journey_go(). */
#define APP_TRAVEL 8192

#define APP_DELAY_MIN 0.1
#define APP_DELAY_MAX 3600.0

#define LINE_SIZE 256

/* One line being edited. */
struct line {
	char text[LINE_SIZE]; /* UTF-8 */
	size_t len, cursor;   /* bytes */
};

enum prompt {
	PROMPT_NONE,
	PROMPT_FILTER,
	PROMPT_DELAY,
	PROMPT_SETTING,
	PROMPT_SEARCH,
	PROMPT_COMMAND,
	PROMPT_TIME,
	PROMPT_BANDWIDTH
};

/* What lies over the view, help and the sort picker aside. */
enum overlay { OVERLAY_NONE, OVERLAY_SETTINGS, OVERLAY_COLUMNS };

/* The selection and order of one view. */
struct view_state {
	int sort;
	bool descending;
	bool pinned; /* the cursor is on row `id`, wherever it goes; else on the first row, whatever is there */
	struct row_id id;
	int index; /* of the selected row when last seen: the cursor stays near when the row goes */
	int top;   /* first line of the list on the screen */
};

/* Rows in the order of a while ago: see ui/hold.c. */
struct hold {
	u64 until_ns; /* live_ns from which on they are sorted again, 0: they are sorted */
	struct row_id *id;
	union row_ref *sorted;
	u32 *index;
	u32 count, room, sorted_room, index_room, index_size;
};

/* Where one is: all that Backspace brings back. */
struct place {
	enum view_id view;
	struct scope scope;
	u32 isa; /* VIEW_DETAIL: the reason */
	u64 key;
};

#define STACK_MAX 8

struct app {
	/* what is shown; belongs to the caller */
	const struct snapshot *snap; /* NULL before the first tick */
	u64 live_ns;                 /* CLOCK_MONOTONIC of the newest sample: how old a frozen snapshot is */

	const struct snapshot *snap_base; /* its base when the rows were sorted */
	const struct series *series;      /* rates over time up to it, NULL: none are kept */
	const struct heat *heat;          /* latencies over time of the reason in VIEW_DETAIL, NULL: not there */

	struct findings findings; /* of snap */

	int w, h;
	bool ascii;
	bool color;   /* the terminal has colours, and may use them */
	double delay; /* seconds */

	struct settings set;
	const char *config;         /* where they are saved, NULL: nowhere */
	const struct rc_report *rc; /* what reading them said, NULL: nothing was read */
	const struct theme *theme;  /* what "auto" means on this terminal, NULL: dark */
	bool utf8;                  /* what chars "auto" means */

	struct place here;
	struct place stack[STACK_MAX];
	int depth;
	struct view_state views[VIEWS]; /* VIEW_DETAIL: only top is used */
	char vm_name[VM_NAME_SIZE];     /* of here.scope.vm, also when it is gone */
	s32 vcpu_id;                    /* of here.scope.vcpu */

	bool frozen;
	bool chosen;       /* only some VMs are looked at */
	bool replay;       /* what is shown is a recording */
	bool replay_ended; /* its last sample */
	struct travel travel;
	bool cumulative;
	bool show_user;
	bool idle_mixed;

	struct filter *filter;
	char filter_text[LINE_SIZE]; /* what filter was made of */

	char search[LINE_SIZE];    /* what is searched for, "": nothing */
	struct row_id search_from; /* where the cursor was when the typing began */
	bool following;
	struct row_id follow;
	struct hold hold;

	enum prompt prompt;
	struct line line;
	char line_error[128];
	char saved_filter[LINE_SIZE];

	bool help;
	int help_top;
	int help_found; /* line of the last match */
	int palette_at; /* line of the list of commands, -1: what is typed */
	bool picker;
	int picker_at; /* column */
	enum overlay overlay;
	int overlay_at; /* row under its cursor */
	bool capture;   /* the next key is the one to bind */

	bool hint;            /* the box of the first start, until a key is pressed */
	char notice[256];     /* one line in place of the footer until the next key */
	struct rows rows;     /* of here.view, when it is a list */
	struct tree tree;     /* VMs that are unfolded */
	struct rows under[2]; /* of the selected row, on a split screen: vCPUs, exit reasons */
	int selected;         /* index into rows, -1: there are none */
	int first_idle;       /* index of the first row set apart, -1: none */
};

/*
 * sort and filter may be NULL. sort is a column name, with '-' before it in the other direction, and is taken by every
 * view that has such a column. 0, -ENOMEM, or -EINVAL with one line in err.
 */
int app_init(struct app *app, enum view_id view, const char *sort, const char *filter, char *err, size_t err_size);
void app_free(struct app *app);
void app_resize(struct app *app, int w, int h);
/*
 * A new snapshot to show: the live one, or the same frozen one again. It must stay as it is until the next call.
 * live_ns: when the newest sample was taken (CLOCK_MONOTONIC). 0 or -ENOMEM.
 */
int app_set_snapshot(struct app *app, const struct snapshot *snap, u64 live_ns);
/* For what needs a row where there is none. */
u32 app_no_row(struct app *app);
/* A key was pressed: APP_* flags. What does nothing says so in notice. */
u32 app_key(struct app *app, u32 key);
/* The same for an action, whatever its keys. Line editing takes its text from app_key() only. */
u32 app_update(struct app *app, enum action_id action);
/* Sets the filter as if typed and kept; an empty text clears it. 0, or -EINVAL or -ENOMEM and a line in err. */
int app_set_filter(struct app *app, const char *text, char *err, size_t err_size);
/* Sorts the present view by a column name ("-name": the other direction). 0 or -EINVAL. */
int app_set_sort(struct app *app, const char *name);
/* Lists again from the present snapshot. 0 or -ENOMEM. */
int app_query(struct app *app);

/* Takes settings over (as read from a file): all that follows from them. */
void app_settings(struct app *app, const struct settings *set);
/* One of app->set has changed: APP_* flags. */
u32 app_setting_changed(struct app *app, enum setting_id id);
/* Writes the settings to app->config, and leaves a notice that says how it went. */
void app_save(struct app *app);
/* The theme that is on. */
const struct theme *app_theme(const struct app *app);

/* A click or the wheel, on what grid shows: APP_* flags (ui/mouse.c). */
struct grid;
u32 app_mouse(struct app *app, const struct grid *grid, const struct mouse_event *event);

enum context app_context(const struct app *app);
/* Of the view, whatever lies over it. */
enum context app_view_context(const struct app *app);
/* What is shown needs that of the source. */
void app_wants(const struct app *app, struct wants *out);
/* The selected row's identity; false when there is no row. */
bool app_selected(const struct app *app, struct row_id *id);
/* The exit reason of VIEW_DETAIL, NULL when it did not occur or is gone. */
const struct exit_row *app_detail(const struct app *app);
/* Lines of the list, the separator included, and the line of a row. */
int app_lines(const struct app *app);
int app_line_of(const struct app *app, int row);
/* How old what is shown is, in ns; 0 when live. */
u64 app_age(const struct app *app);

/*
 * ui/palette.c: commands by name. What is done is what keys and the settings do:
 *	ACTION   view NAME   sort [-]COLUMN   filter EXPR   set NAME VALUE   columns, bind, threshold as in the rc file
 */
struct command {
	char text[96];    /* a command, or its beginning when it ends in a blank */
	const char *help; /* one sentence */
};
/* Runs one. 0 and APP_* flags, or -EINVAL and one line in err. */
int command_run(struct app *app, const char *text, u32 *flags, char *err, size_t err_size);
/* Command n of those that what is typed may lead to, the best first; false: there are no more. */
bool palette_at(const struct app *app, int n, struct command *out);
/* Those from the one numbered from on, at most room of them: how many there are. */
u32 palette_list(const struct app *app, u32 from, struct command *out, u32 room);
u32 palette_open(struct app *app);
u32 palette_edit(struct app *app, enum action_id action);
u32 palette_accept(struct app *app);

/* ui/sort.c: ACT_SORT_*, ACT_REVERSE, ACT_PICK. */
u32 sort_action(struct app *app, enum action_id action);

/* ui/search.c */
u32 search_action(struct app *app, enum action_id action);
/* After each change of the line, and when the typing is given up. */
u32 search_changed(struct app *app);
u32 search_cancel(struct app *app);
/* Selects a row of the list: the cursor stays on it. */
void select_row(struct app *app, int index);

/* ui/hold.c */
/* The cursor moved: the rows keep their order for as long as the setting says. */
void hold_begin(struct app *app);
/* Puts app->rows, just queried, in the order that is held, if one is. 0 or -ENOMEM. */
int hold_apply(struct app *app);
void hold_free(struct hold *hold);

/* ui/screens.c: the settings screen and the box of columns. */
enum setting_row_kind { ROW_SETTING, ROW_KEY, ROW_THRESHOLD };
struct setting_row {
	enum setting_row_kind kind;
	int index; /* setting, index into action_table, column of the present view */
};
/* Row n of the settings screen; false: there are no more. */
bool setting_row_at(const struct app *app, int n, struct setting_row *row);
/* Position n in the box of columns: the shown ones in their order, then the others. Returns the column. */
int column_row_at(const struct app *app, int n, bool *shown);
u32 screen_action(struct app *app, enum action_id action);
/* The key that was asked for. */
u32 screen_capture(struct app *app, u32 key);
/* The line typed for a setting or threshold: checks it, and takes it over when take says so. */
u32 screen_prompt(struct app *app, bool take);
/* ui/prompt.c */
u32 prompt_open(struct app *app, enum prompt prompt, const char *text);
u32 prompt_changed(struct app *app);
u32 prompt_action(struct app *app, enum action_id action);
void move_lines(int *top, int lines, int height, enum action_id action);

/* ui/line.c: editing. All keep text valid UTF-8 and NUL-terminated. */
bool line_set(struct line *line, const char *text); /* false: it was cut */
bool line_insert(struct line *line, u32 code);
bool line_edit(struct line *line, enum action_id action);

#endif
