/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples from a source, and the snapshots made of them: the newest, the one that the screen is frozen on, wherever in the
 * past that is, and the difference to one that was marked. Screen, scripts and batch output are all fed from here.
 */
#ifndef KVMTOP_FEED_H
#define KVMTOP_FEED_H

#include "../model/gone.h"
#include "../model/heat.h"
#include "../model/past.h"
#include "../model/series.h"
#include "../model/snapshot.h"
#include "../model/tail.h"

/* One sample with what can be made of it. */
struct frame {
	struct sample sample;
	struct snapshot interval; /* against the sample before it; most durations are made when looked at */
	struct snapshot total;    /* since each vCPU was first seen; made when asked for */
	bool total_made;
};

/* The newest, the one before it, the frozen one, and the one being filled. */
#define FRAMES 4

/* Which interval is shown. */
enum feed_mode {
	FEED_INTERVAL,
	FEED_TOTAL,  /* since each vCPU was first seen */
	FEED_SPAN,   /* between the marked sample and the one that is shown */
	FEED_CHANGE, /* the interval, with that of the marked sample to compare with as its base */
};

struct feed {
	struct source *source;
	struct source *replay; /* the recording in it, NULL: it is none */
	struct frame frame[FRAMES];
	int newest;       /* -1: none yet */
	int before;       /* -1: none */
	int frozen;       /* -1: not frozen */
	long taken;       /* samples so far */
	u32 groups;       /* GROUP_BIT()s that are wanted whatever is looked at (--all) */
	struct tail tail; /* the log of the last samples */
	bool ended;       /* the source is a recording, and the newest sample is its last */
	/* since feed_remember(): */
	bool remembers;
	struct past past;            /* the ring, or the recording */
	bool fits;                   /* nobody said how large the ring may be: what is left on this host */
	struct history_saver *saver; /* of the ring, NULL: it is not being saved */
	struct series *series;       /* up to the newest */
	struct series *back;         /* up to the frozen one, when that is another */
	struct heat *heat;           /* up to the one that is shown */
	struct frame mark;           /* A; its sample.seq is 0 while there is none */
	struct snapshot span[2];     /* between A and the one that is shown, as it is and as it was shown last */
	struct sample joined[2];     /* what span[] is built of where VMs are gone since A */
	struct gone gone;            /* these */
	int span_at;
	int span_frame; /* that span[span_at] was built for, -1: none, or it is another by now */
	enum feed_mode span_mode;
};

void feed_init(struct feed *feed, struct source *source);
/* What whoever looks at the samples needs from now on, besides feed.groups. */
void feed_want(struct feed *feed, const struct wants *wants);
/* The source stays open. */
void feed_free(struct feed *feed);
/*
 * From now on samples are kept, so that one can go back to them, and so is what is drawn over time. A recording is its own
 * past; else there is a ring in memory with these limits (NULL: the usual ones, less on a large host), or none when keep is
 * not set. 0 or -ENOMEM.
 */
int feed_remember(struct feed *feed, bool keep, const struct history_limits *limits);
/*
 * Takes a sample and makes its snapshot. 0, -ENOMEM, or the source's error; then all is as it was. At the end of a
 * recording it is 0 too, ended is set, and the newest sample stays the newest.
 */
int feed_take(struct feed *feed);
/* Keeps the newest sample for feed_shown() until it is called with false. */
void feed_freeze(struct feed *feed, bool on);
/*
 * Goes to a sample of the past. A live feed is frozen on it; a recording goes on from there, and stays frozen if it was.
 * 0, -ENOENT: it is not there any more, or another negative errno; then all is as it was.
 */
int feed_goto(struct feed *feed, u64 seq);
/* The frozen snapshot, or the newest; NULL: none yet, or out of memory. */
const struct snapshot *feed_shown(struct feed *feed, bool total);
/* The same in one of the modes; without a mark the last two are FEED_INTERVAL. */
const struct snapshot *feed_show(struct feed *feed, enum feed_mode mode);
/* The seq of the sample that is shown, 0: none yet. */
u64 feed_position(const struct feed *feed);
/* The newest sample, NULL: none yet. */
const struct sample *feed_newest(const struct feed *feed);
/* Marks the sample that is shown as A, or takes the mark away. 0 or a negative errno; then the old mark stays. */
int feed_mark(struct feed *feed, bool on);
/* The marked sample, NULL: none. */
const struct sample *feed_marked(const struct feed *feed);
/* The rates of all rows up to the sample that is shown; NULL: nothing is kept. The feed's until the next call. */
const struct series *feed_series(struct feed *feed);
/* Likewise the latencies of the exit row id (view VIEW_EXIT); NULL also without an id. */
const struct heat *feed_heat(struct feed *feed, const struct row_id *id);

#endif
