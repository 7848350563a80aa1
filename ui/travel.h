/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Going through time: back into what is kept of a live host, to and fro in a recording, and from a marked moment A to
 * another. ui/travel.c is what keys ask for and what the screen says of it, and knows of no feed; ui/journey.c goes there.
 */
#ifndef KVMTOP_TRAVEL_H
#define KVMTOP_TRAVEL_H

#include "actions.h"
#include "feed.h"
#include "style.h"

struct app;

/* Where to. */
enum travel_go {
	GO_NOWHERE,
	GO_STEP, /* by samples */
	GO_BY,   /* by nanoseconds, from what is shown */
	GO_OLDEST,
	GO_NEWEST,
	GO_CLOCK,   /* to second `by` of the day, local time: the last such that there is */
	GO_DATE,    /* to second `by` since 1970 */
	GO_MARK,    /* mark what is shown as A, or take the mark away */
	GO_TO_MARK, /* to A */
	GO_SAVE,    /* write what is kept to a file */
};

/* What is shown once a moment is marked. */
enum travel_compare { COMPARE_OFF, COMPARE_SPAN, COMPARE_CHANGE };

#define TRAVEL_SPEED_MIN 0.125
#define TRAVEL_SPEED_MAX 64.0

struct travel {
	enum travel_go go; /* asked for, by keys */
	s64 by;
	enum travel_compare compare;
	double speed; /* of a recording; 1: as it was */
	/* what there is, as journey_show() found it */
	u64 first_mono, last_mono; /* 0, 0: there is no past */
	u64 mark_seq, mark_real;   /* 0: no mark */
	u64 ring_samples, ring_bytes, ring_bytes_max, ring_ns;
	u64 ring_every; /* of the newest part, without holes: how long it is */
	bool ring_thin; /* before that there are holes */
	bool saving;    /* the flight recorder writes */
	double saved;   /* how much of it, 0..1 */
	u32 files;      /* of a recording */
};

/* A key of this kind: APP_* flags. 0: none of these actions. */
u32 travel_action(struct app *app, enum action_id action);
/*
 * Where a text says to go: "-2m", "+30s", "-1h30m", "14:03", "14:03:22", "2026-11-23 14:03:22"; a time without a sign is as
 * long ago. 0, or -EINVAL and a line in err.
 */
int travel_parse(const char *text, enum travel_go *go, s64 *by, char *err, size_t err_size);
/* The badge of where one is in time: " LIVE ", " FROZEN 12s ", " REPLAY 1:05/10:00 ". */
enum style travel_badge(const struct app *app, char *text, size_t size);
/* While a live host is held: how far back one can go, and how long the interval is where that is not the usual; else "". */
void travel_reach(const struct app *app, char *text, size_t size);
/* What of A is shown; "" when there is no mark. */
void travel_mark_badge(const struct app *app, char *text, size_t size);
/* How far the flight recorder is; "" when it does not write. */
void travel_save_badge(const struct app *app, char *text, size_t size);
/* "14:03:22", of CLOCK_REALTIME, as a clock on the wall has it. */
#define CLOCK_TEXT 16
void travel_clock(char text[CLOCK_TEXT], u64 real_ns);
/* Whether an action's key belongs in the footer now. */
bool travel_offers(const struct app *app, enum action_id action);
/* What the footer calls it now, where that is not what the table says; else NULL. */
const char *travel_label(const struct app *app, enum action_id action);
/* One line about what is kept, for the help. */
void travel_kept(const struct app *app, char *text, size_t size);

/* --- ui/journey.c: what the owner of a feed calls ----------------------------------------------------------------- */

struct loop_options;

/* Sees to it that feed and app know the past, as the options say. 0 or -ENOMEM. */
int journey_begin(struct feed *feed, struct app *app, const struct loop_options *opts);
/* After feed_take(), and after a key that asked for APP_FEED: hands the app what it shows. 0 or -ENOMEM. */
int journey_show(struct feed *feed, struct app *app);
/* After every other key that moved to another view: hands it what is drawn over time there. */
void journey_moved(struct feed *feed, struct app *app);
/* After APP_TRAVEL: goes where it was asked to, and says in the app's notice what came of it. 0 or -ENOMEM. */
int journey_go(struct feed *feed, struct app *app, const struct loop_options *opts);
/* Readable when there is news of a file that is being saved, -1: none is. */
int journey_save_fd(const struct feed *feed);
/* Tells the app how far that is, and in its notice what came of it; wait: to the end. False: none is being saved. */
bool journey_saved(struct feed *feed, struct app *app, bool wait);
/* Time comes to a stand while a recording is held, or at its end. */
bool journey_runs(const struct feed *feed, const struct app *app);
/* Seconds until the next sample of a recording is due. */
double journey_pace(const struct feed *feed, const struct app *app);

#endif
