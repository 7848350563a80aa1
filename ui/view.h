/* SPDX-License-Identifier: GPL-2.0-only */
/* What the views share: the screen's layout, and one function a pane. All are pure: state in, cells out. */
#ifndef KVMTOP_VIEW_H
#define KVMTOP_VIEW_H

#include "app.h"
#include "bar.h"
#include "grid.h"

/* A vCPU that is in KVM or in the VMM for longer than this does not get on. */
#define STUCK_NS NSEC_PER_SEC

/* Lines of the screen; -1 where there is no room for it. */
struct layout {
	int header, budget, alert, crumb;
	int body, body_end;     /* the pane: [body, body_end) */
	int detail, detail_end; /* below it what the selected row is made of, -1: not split */
	int views;              /* which views there are, and their keys */
	int footer;
};

void view_layout(const struct app *app, struct layout *out);
/* Lines for rows in a list (its column titles aside), or for text in the detail pane. */
int view_body_height(const struct app *app);

/* ui/view_header.c */
/*
 * In one line: what is lost or stuck now, and what this host does not let us see. view_alert(): the first of what is urgent,
 * the worst finding, and what cannot be seen.
 */
bool view_trouble(const struct app *app, char *text, size_t size, enum style *style);
bool view_alert(const struct app *app, char *text, size_t size, enum style *style);
/*
 * What is lost without those of the probes (PROBE_BIT()s) that this host does not have, for as long as kvmtop runs: brief
 * without their names. Returns the length, 0: nothing.
 */
#define PROBES_ALL UINT64_MAX
size_t view_limits(const struct snapshot *snap, u64 probes, bool brief, char *text, size_t size);
void view_header(const struct app *app, struct grid *grid, const struct layout *lay);
void view_footer(const struct app *app, struct grid *grid, const struct layout *lay);
/* Whether what an action switches is on. */
bool view_is_on(const struct app *app, enum action_id action);

/* ui/view_list.c */
void view_list(const struct app *app, struct grid *grid, const struct layout *lay);
/* Whether there is room for a column, of those that are chosen, on this screen. */
bool view_has_room(const struct app *app, int column);
/* Puts text in the middle of the pane, a line each (separated by '\n'), the first one in style. */
void view_message(struct grid *grid, int top, int bottom, enum style style, const char *text);

/* ui/view_detail.c */
void view_detail(const struct app *app, struct grid *grid, const struct layout *lay);
int view_detail_lines(const struct app *app);

/* ui/view_causes.c: a section of the detail pane, from line y; how many lines it has, 0: there is nothing to show. */
/* Whether an exit is a fault of guest memory, whose causes are in the group of faults. */
bool exit_is_fault(u32 isa, u64 key);
void view_causes(const struct app *app, struct grid *grid, const struct exit_row *row, int y);
int view_causes_lines(const struct app *app, const struct exit_row *row);

/*
 * ui/view_heat.c: app->heat, with its title on line y, h lines of latencies below, and one of times; and the rate of a row as
 * a line of blocks, the newest at the right.
 */
void view_heat(const struct app *app, struct grid *grid, int x, int y, int w, int h);
void view_trend(const struct app *app, struct grid *grid, int x, int y, int w, const struct row_id *id);

/* How the latencies of a reason are spread, in h lines from y. */
void view_latency(const struct app *app, struct grid *grid, const struct exit_row *row, int y, int h);

/* ui/view_bar.c */
void view_bar(const struct app *app, struct grid *grid, const struct layout *lay);

/* ui/view_split.c: whether this view is split on this screen, and the lower part of it. There is a selected row. */
bool view_splits(const struct app *app);
void view_split(const struct app *app, struct grid *grid, const struct layout *lay);

/* ui/view_help.c */
void view_help(const struct app *app, struct grid *grid, const struct layout *lay);
int view_help_lines(const struct app *app);
int view_help_height(const struct app *app);
/* The line of the first heading below the top one; 0 behind the last one: round to the start. */
int view_help_next(const struct app *app);
/* The first line below `from`, or the last one above, that has app->search in a word; -1: none. */
int view_help_find(const struct app *app, int from, int by);
/* The names of an action's keys, with blanks between them; "" when it has none. */
void view_keys_text(const struct settings *set, const struct action *act, char *text, size_t size);

/* ui/view_boxes.c */
/* A frame with a title in its upper edge, blank inside. */
void view_box(struct grid *grid, int x, int y, int w, int h, const char *title);
void view_picker(const struct app *app, struct grid *grid, const struct layout *lay);
void view_column_box(const struct app *app, struct grid *grid, const struct layout *lay);
void view_palette(const struct app *app, struct grid *grid, const struct layout *lay);

/* ui/view_hint.c: where to begin, for who sees kvmtop for the first time. */
void view_hint(const struct app *app, struct grid *grid, const struct layout *lay);

/* ui/view_settings.c */
void view_settings(const struct app *app, struct grid *grid, const struct layout *lay);
/* What a row of the settings screen is called, its value, its help; true: it is not the default. */
bool setting_row_text(const struct app *app, const struct setting_row *row, char name[64], char value[128],
		      const char **help);

/* ui/cells.c: a value as text, with the style that its thresholds give. Room for CELL_BUF bytes. */
#define CELL_BUF VALUE_TEXT_SIZE
enum style cell_format(const struct column *col, const struct settings *set, union row_ref row, enum view_id view,
		       const struct value *value, int width, char *buf);
/* STYLE_CRIT or STYLE_WARN where the value passes the column's limits, else STYLE_NORMAL, and STYLE_DIM for 0. */
enum style cell_severity(const struct settings *set, enum view_id view, const struct column *col, double num);
/* What the settings ask for at least: durations all in one unit are longer. */
int cell_width(const struct column *col, const struct settings *set);
/* "USER 3.2s", with a sign before the age when it is a lower bound. */
void state_format(char buf[CELL_BUF], u8 state, u64 ns, bool inexact, int width);
bool state_is_stuck(u8 state, u64 ns);
/* The style of a state's name: its bar's, but for states whose bars are too dark to read. */
enum style state_style(u8 state);

#endif
