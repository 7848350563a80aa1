/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can be done, and by which key. One table: dispatch, the help screen and the footer are made from it, so that
 * none of them can say what another does not.
 */
#ifndef KVMTOP_ACTIONS_H
#define KVMTOP_ACTIONS_H

#include "keys.h"

enum action_id {
	ACT_NONE,
	ACT_UP,
	ACT_DOWN,
	ACT_PAGE_UP,
	ACT_PAGE_DOWN,
	ACT_TOP,
	ACT_BOTTOM,
	ACT_ENTER,
	ACT_BACK,
	ACT_EXITS,
	ACT_NEXT_VIEW,
	ACT_PREV_VIEW,
	ACT_VIEW_VM,
	ACT_VIEW_VCPU,
	ACT_VIEW_EXIT,
	ACT_VIEW_IRQ,
	ACT_VIEW_HALT,
	ACT_VIEW_FAULT,
	ACT_VIEW_DIRTY,
	ACT_VIEW_HYPERCALL,
	ACT_VIEW_TIMER,
	ACT_VIEW_IOCTL,
	ACT_VIEW_CAUSE,
	ACT_VIEW_LOG,
	ACT_VIEW_FINDING,
	ACT_SORT_LEFT,
	ACT_SORT_RIGHT,
	ACT_SORT_PICK,
	ACT_REVERSE,
	ACT_SORT_MAX,
	ACT_SORT_P99,
	ACT_SORT_TIME,
	ACT_SORT_RATE,
	ACT_SORT_NAME,
	ACT_FILTER,
	ACT_SEARCH,
	ACT_SEARCH_NEXT,
	ACT_SEARCH_PREV,
	ACT_FOLLOW,
	ACT_FREEZE,
	ACT_STEP_BACK,
	ACT_STEP_ON,
	ACT_MINUTE_BACK,
	ACT_MINUTE_ON,
	ACT_OLDEST,
	ACT_NEWEST,
	ACT_GO_TIME,
	ACT_MARK,
	ACT_TO_MARK,
	ACT_COMPARE,
	ACT_FASTER,
	ACT_SLOWER,
	ACT_SAVE_PAST,
	ACT_CUMULATIVE,
	ACT_USER_EXITS,
	ACT_IDLE,
	ACT_UNFOLD,
	ACT_UNFOLD_ALL,
	ACT_SPLIT,
	ACT_DELAY,
	ACT_BANDWIDTH,
	ACT_PALETTE,
	ACT_MOUSE,
	ACT_THEME,
	ACT_SETTINGS,
	ACT_COLUMNS,
	ACT_SAVE_SETTINGS,
	ACT_SAVE_SCREEN,
	ACT_HELP,
	ACT_REDRAW,
	ACT_SUSPEND,
	ACT_UP_OR_QUIT,
	ACT_QUIT,
	/* boxes and help: close; sort picker: take the row */
	ACT_CLOSE,
	ACT_SECTION,
	ACT_PICK,
	/* the settings screen, and the box of columns */
	ACT_CHANGE,
	ACT_NEXT_VALUE,
	ACT_PREV_VALUE,
	ACT_RESET,
	ACT_COLUMN_TOGGLE,
	ACT_COLUMN_EARLIER,
	ACT_COLUMN_LATER,
	ACT_COLUMN_RESET,
	/* line editing */
	ACT_LINE_ACCEPT,
	ACT_LINE_CANCEL,
	ACT_LINE_ERASE,
	ACT_LINE_DELETE,
	ACT_LINE_WORD,
	ACT_LINE_CLEAR,
	ACT_LINE_LEFT,
	ACT_LINE_RIGHT,
	ACT_LINE_HOME,
	ACT_LINE_END,
	ACT_LINE_COMPLETE,
	ACT_LINE_PREV,
	ACT_LINE_NEXT,
	ACTIONS
};

/* Where a key is pressed. */
enum context {
	CTX_VM = 1,
	CTX_VCPU = 2,
	CTX_EXIT = 4,
	CTX_DETAIL = 8,
	CTX_HELP = 16,
	CTX_PICKER = 32,
	CTX_PROMPT = 64,
	/* the bits between are left to views */
	CTX_SETTINGS = 1 << 20,
	CTX_COLUMNS = 1 << 21,
	CTX_LAST = CTX_COLUMNS,
	CTX_EVENT = 128, /* lists of events: interrupts, faults, calls */
};

#define CTX_LIST (CTX_VM | CTX_VCPU | CTX_EXIT | CTX_EVENT)
#define CTX_MAIN (CTX_LIST | CTX_DETAIL)
/* What lies over a view. */
#define CTX_OVER (CTX_HELP | CTX_PICKER | CTX_SETTINGS | CTX_COLUMNS)
#define CTX_ALL  (CTX_MAIN | CTX_OVER | CTX_PROMPT)

#define ACTION_KEYS 5

struct action {
	enum action_id id;
	const char *name;      /* stable: scripts and rebinding */
	u32 keys[ACTION_KEYS]; /* 0: no more */
	u32 contexts;
	const char *group;    /* heading in the help */
	const char *label;    /* in the footer, NULL: not there */
	const char *label_on; /* the same while what it switches is on, NULL: no difference */
	u8 rank;              /* order in the footer, the lowest is the last to be dropped */
	const char *help;     /* one sentence */
};

extern const struct action action_table[];
extern const size_t action_count;

/* The action of a key in one context, or NULL. */
const struct action *action_find(u32 key, enum context context);
/*
 * The view that an action goes to first, or -1; and the other way round, from each view that its key leads to: ACT_NONE for
 * VIEW_DETAIL.
 */
int action_view(enum action_id id);
enum action_id view_action(int view);
const struct action *action_by_id(enum action_id id);
const struct action *action_by_name(const char *name);

#endif
