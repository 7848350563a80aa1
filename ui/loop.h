/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The full-screen program.
 *
 * Usage, from main():
 *	setlocale(LC_CTYPE, "");
 *	struct source *src = ...;
 *	struct loop_options opts = { .delay = 1, .view = VIEW_VM };   all else 0: no limit, no sort, no filter
 *	char err[256];
 *	int ret = loop_run(src, &opts, err, sizeof(err));
 *	if (ret) fprintf(stderr, "kvmtop: %s\n", err);
 *	source_close(src);
 * loop_run() needs a terminal on stdin and stdout (loop_possible() tells; use batch_run() where there is none). It
 * blocks SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGTSTP and SIGCONT while it runs, SIGTERM and SIGHUP but for when the
 * terminal is written to, which may hang, and restores the mask; SIGSEGV and its kin restore the terminal and then do what
 * they do. q, ^C, SIGTERM and SIGHUP all end it with 0; so does the last
 * iteration. NO_COLOR in the environment and a terminal without colours mean no_color, a locale without UTF-8 means
 * ascii. The same options serve script_run() (ui/script.h) and batch_run() (ui/batch.h).
 */
#ifndef KVMTOP_LOOP_H
#define KVMTOP_LOOP_H

#include "../model/history.h"
#include "../model/query.h"
#include "../model/source.h"
#include "export.h"
#include "rcfile.h"

struct loop_options {
	double delay;       /* seconds between samples, APP_DELAY_MIN..APP_DELAY_MAX */
	long iterations;    /* ticks after the first sample, 0: no limit */
	enum view_id view;  /* to start with */
	const char *sort;   /* column name, "-name": the other direction; NULL: each view's own */
	const char *filter; /* expression (model/query.h), NULL: none */
	bool ascii;         /* draw with ASCII only */
	bool no_color;
	u32 groups;                           /* GROUP_BIT()s to be attached whatever is looked at */
	u64 log_kinds;                        /* with --log: bit an event_info_at() index, 0: all */
	bool measure;                         /* what the BPF programs cost, whatever the settings say */
	bool mouse;                           /* take it, whatever the settings say */
	bool user_exits;                      /* VIEW_EXIT starts with exits to user space */
	bool chosen;                          /* only some VMs are looked at: -p, --vm */
	bool replay;                          /* the source is a recording: say so on the screen */
	bool cumulative;                      /* starts with totals in place of the interval */
	const struct settings *settings;      /* NULL: the defaults; delay above is what counts */
	const struct rc_report *rc;           /* what was wrong with them, NULL: nothing */
	const struct export_options *metrics; /* told over HTTP beside the screen, NULL: not */
	const char *config;                   /* where they are saved when asked, NULL: nowhere */
	bool no_history;                      /* keep no samples to go back to */
	struct history_limits history;        /* of those that are kept; 0, 0: the usual ones */
	const char *record_dir;               /* where the flight recorder writes to, NULL: the current folder */
	double speed;                         /* of a recording, 0: as it was */
};

struct app;
/* What the options say of the interface: settings, and what of them the command line overrides (ui/adjust.c). */
void app_options(struct app *app, const struct loop_options *opts);
/* Whether there is a terminal to run on; false: a line in err. */
bool loop_possible(char *err, size_t err_size);
/* 0, or a negative errno and one line in err: -EINVAL for options, else a failure of the source or the terminal. */
int loop_run(struct source *source, const struct loop_options *opts, char *err, size_t err_size);

#endif
