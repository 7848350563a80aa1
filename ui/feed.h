/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples from a source, and the snapshots made of them: the newest, and the one that the screen is frozen on. Screen,
 * scripts and batch output are all fed from here.
 */
#ifndef KVMTOP_FEED_H
#define KVMTOP_FEED_H

#include "../model/snapshot.h"
#include "../model/source.h"

/* One sample with what can be made of it. */
struct frame {
	struct sample sample;
	struct snapshot interval; /* against the sample before it */
	struct snapshot total;    /* since each vCPU was first seen; made when asked for */
	bool total_made;
};

/* The newest, the one before it, the frozen one, and the one being filled. */
#define FRAMES 4

struct feed {
	struct source *source;
	struct frame frame[FRAMES];
	int newest; /* -1: none yet */
	int before; /* -1: none */
	int frozen; /* -1: not frozen */
	long taken; /* samples so far */
	bool ended; /* the source is a recording, and the newest sample is its last */
};

void feed_init(struct feed *feed, struct source *source);
/* The source stays open. */
void feed_free(struct feed *feed);
/*
 * Takes a sample and makes its snapshot. 0, -ENOMEM, or the source's error; then all is as it was. At the end of a
 * recording it is 0 too, ended is set, and the newest sample stays the newest.
 */
int feed_take(struct feed *feed);
/* Keeps the newest sample for feed_shown() until it is called with false. */
void feed_freeze(struct feed *feed, bool on);
/* The frozen snapshot, or the newest; NULL: none yet, or out of memory. */
const struct snapshot *feed_shown(struct feed *feed, bool total);
/* The newest sample, NULL: none yet. */
const struct sample *feed_newest(const struct feed *feed);

#endif
