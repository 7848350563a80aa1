/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which rows, in what order: pure, on values, never on rendered strings. Also the column tables: what a view's columns
 * are is known here once, and rendering, sorting, filtering, help and JSON/CSV names all read it.
 */
#ifndef KVMTOP_QUERY_H
#define KVMTOP_QUERY_H

#include "reasons.h"
#include "snapshot.h"

/* In the order of Tab. VIEW_DETAIL, the latencies of one exit reason, is no list. */
enum view_id {
	VIEW_VM,
	VIEW_VCPU,
	VIEW_EXIT,
	VIEW_IRQ,
	VIEW_VECTOR,
	VIEW_FAULT,
	VIEW_REGION,
	VIEW_STUCK,
	VIEW_DIRTY,
	VIEW_DIRTY_VCPU,
	VIEW_PAGE,
	VIEW_HALT,
	VIEW_STRETCH,
	VIEW_HYPERCALL,
	VIEW_IOCTL,
	VIEW_MEMSLOT,
	VIEW_CAUSE,
	VIEW_TIMER,
	VIEW_LOG,
	VIEW_FINDING,
	VIEW_DETAIL,
	VIEWS,
};

enum unit {
	UNIT_TEXT,
	UNIT_ID,     /* a number that is a name: pid, tid, vcpu_id, pCPU */
	UNIT_COUNT,  /* events */
	UNIT_BYTES,  /* of memory: K, M and G are powers of 1024 */
	UNIT_RATE,   /* events a second */
	UNIT_NS,     /* a duration */
	UNIT_MS,     /* milliseconds a second: 1000 is all of one pCPU */
	UNIT_SHARE,  /* 0..1, shown as % */
	UNIT_BUDGET, /* a bar of struct budget */
	UNIT_PARTS,  /* a bar of exit parts */
	UNIT_STATE,  /* enum vcpu_state */
	UNIT_TREND,  /* a rate over the last samples, drawn from app's series; num is the rate now */
	UNIT_HEAT,   /* marks over an address range: figures' histogram is of cells; num: share of its parts with any */
	UNIT_CONVERGE, /* bytes a second that become dirty, of how many: does a migration of them end */
	UNIT_TIME,     /* microseconds of CLOCK_REALTIME: a double holds them exactly */
};

#define VALUE_TEXT_SIZE 128

/* A cell's value. Which member is set follows from the column's unit: text, or num for all others. */
struct value {
	bool known;  /* false: this host cannot measure it, or there is no interval yet; shown as "-" */
	bool change; /* num is the change since snapshot.base, and may be negative */
	double num;
	double of;        /* UNIT_CONVERGE: bytes in all */
	const char *text; /* UNIT_TEXT; points into the snapshot, to static storage, or to buf */
	const struct budget *budget;
	const struct exit_figures *figures;
	char buf[VALUE_TEXT_SIZE];
};

/* Any of the kinds of rows. */
union row_ref {
	const struct vm_row *vm;
	const struct vcpu_row *vcpu;
	const struct exit_row *exit;
	const struct event_row *event;
	const struct log_sample *log;
	const struct finding *finding; /* model/findings.h */
	const void *any;
};

struct column {
	const char *name;  /* stable: -s, filter expressions, CSV */
	const char *title; /* on screen, at most `width` wide */
	enum unit unit;
	const char *help; /* one sentence: what it means and how to read it */
	void (*get)(const struct snapshot *snap, union row_ref row, struct value *out);
	u8 width;          /* cells */
	bool whole;        /* a text that is worth nothing when cut: it gets its width or none */
	bool flexible;     /* takes what room is left */
	u8 priority;       /* 0: never dropped; the higher, the sooner it goes when the screen is narrow */
	bool descending;   /* default direction */
	u64 needs;         /* PROBE_BIT()s that must all be on for the value to be known (model/probes.h) */
	u64 needs_any;     /* and at least one of these must be; 0: none asked */
	double warn, crit; /* 0: no threshold */
	bool awake;        /* the threshold is not for idle reasons */
	bool of_vcpus;     /* a share of the time of all vCPUs of the row: in the Irix way, each of them has 100 % */
};

/* Which member of row_ref a view's rows are. */
enum row_type { ROWS_VM, ROWS_VCPU, ROWS_EXIT, ROWS_EVENT, ROWS_LOG, ROWS_FINDING };

#define VIEW_KINDS 9

struct view_columns {
	const char *name;  /* stable: --view, JSON, CSV; "vm", "vcpu", "exit" */
	const char *brief; /* in the line of views where room is short; NULL: name */
	const char *title; /* in the breadcrumb: "VMs" */
	enum row_type rows;
	const struct column *columns;
	u32 count;
	u32 default_sort;      /* index into columns */
	u32 groups;            /* GROUP_BIT()s that must be attached while it is looked at */
	u32 kinds[VIEW_KINDS]; /* ROWS_EVENT: enum event_kind of its rows, 0: no more */
	const char *reading;   /* help: how to read the view, a few sentences; NULL: nothing is said */
	bool per_vcpu;         /* ROWS_EVENT: each vCPU's own rows, in place of sums over vCPUs */
	bool (*shown)(const struct event_row *row); /* ROWS_EVENT: which rows there are, NULL: all */
	const char *empty;                          /* ROWS_EVENT: what to say when nothing happened yet */
	/*
	 * Views that show the same from another side form a ring: the same key again goes to the next. 0 (VIEW_VM): there is
	 * none.
	 */
	enum view_id other;
	/* ROWS_EVENT: where Enter leads, with this row's VM, vCPU and, if enter_sub, its sub. 0 (VIEW_VM): nowhere. */
	enum view_id enter;
	bool enter_sub;
};

/* Of any view; that of VIEW_DETAIL is VIEW_EXIT's. */
const struct view_columns *view_columns(enum view_id view);
/* The column of any view by that name, NULL: none. */
const struct column *column_find_any(const char *name);
/* Index of a column by its name (case does not matter), or -ENOENT. */
int column_find(const struct view_columns *view, const char *name);
/* Whether its values are counts, rates, times or shares: they have limits (thresholds), and change from moment to moment. */
bool column_is_quantity(const struct column *col);
/* Order of two texts, as strcmp(): numbers in them by their value, in decimal or behind 0x; case counts only at last. */
int text_order(const char *a, const char *b);
/*
 * Whether this host can measure the column. If not, and missing is not NULL, *missing is the PROBE_BIT()s that are
 * asked for and not on (of needs_any all), to say why.
 */
bool column_available(const struct column *col, const struct snapshot *snap, u64 *missing);
/* What a share is to be multiplied with to be shown: how many vCPUs it is of, in the Irix way; else 1. */
double column_scale(const struct column *col, union row_ref row, enum view_id view, bool irix);
/* The value for display and comparison: known is false where needs is not met on this host. */
void column_value(const struct column *col, const struct snapshot *snap, union row_ref row, struct value *out);

/* --- filter ------------------------------------------------------------------------------------------------------ */

/*
 * Terms separated by blanks, all of which must hold; '!' before a term turns it round:
 *   web            a substring of any text column, case ignored
 *   /re/           an extended regular expression over any text column, case ignored
 *   col=text       a substring of that column (exact for numbers); col~re a regular expression
 *   col>1k         numbers: < <= > >= = != with suffixes k M G, ns us ms s, %
 * Durations without a suffix are ns; shares are always per cent, with or without '%'. A value that is not known holds
 * for no term. Blanks may stand between double quotes (vm="my vm") and between the slashes of a regular expression.
 * A term that names a column this view does not have, or has with another kind of value, is ignored there, so one
 * filter serves all views; a column that no view has is an error.
 */
struct filter;
/* An empty expression gives *out = NULL, which matches all. 0, -ENOMEM, or -EINVAL and one line in err. */
int filter_parse(const char *text, struct filter **out, char *err, size_t err_size);
void filter_free(struct filter *filter);
bool filter_match(const struct filter *filter, const struct snapshot *snap, const struct view_columns *view,
		  union row_ref row);

/* --- query ------------------------------------------------------------------------------------------------------- */

/* What to list: of the host, of one VM, of one vCPU. */
struct scope {
	vm_uid vm;     /* 0: all */
	vcpu_uid vcpu; /* 0: all */
	bool by_sub;   /* ROWS_EVENT: only of this sub */
	u32 sub;
};

struct query {
	enum view_id view; /* not VIEW_DETAIL */
	struct scope scope;
	int sort; /* column index */
	bool descending;
	bool show_user; /* VIEW_EXIT: exits to user space in place of VM exits */
	bool idle_last; /* VIEW_EXIT: idle reasons sorted after all others, whatever the column */
	bool irix;      /* sorted as shown: see column_scale() */
	const struct filter *filter;
	const struct findings *findings; /* VIEW_FINDING: its rows, NULL: none */
};

struct rows {
	union row_ref *ref;
	u32 count, room;
	u32 total; /* in scope, before the filter */
	u32 parts; /* of count, the vCPUs of unfolded VMs (model/tree.h) */
	/* query_run()'s own: sort keys, and texts to sort by */
	void *keys;
	struct value *texts;
	u32 key_room, text_room;
};

/*
 * Filters and sorts. The sort is stable, with the rows' identity as the tie-break, unknown values always last.
 * Reuses rows' memory; 0 or -ENOMEM.
 */
int query_run(const struct query *q, const struct snapshot *snap, struct rows *out);
void rows_free(struct rows *rows);

/* Identity of a row, to hold selection and follow: rows of different kinds never compare equal. */
struct row_id {
	enum view_id view;
	vm_uid vm;
	vcpu_uid vcpu;
	u32 isa;
	u64 key; /* exit */
	u32 kind, sub;
	u64 a, b; /* event */
};
struct row_id row_identity(enum view_id view, union row_ref row);
bool row_id_equal(const struct row_id *a, const struct row_id *b);
/* Index of the row in rows, or -1. */
int rows_find(const struct rows *rows, enum view_id view, const struct row_id *id);

#endif
