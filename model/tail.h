/* SPDX-License-Identifier: GPL-2.0-only */
/* The log of the last samples, one after another: what a view of it scrolls through. */
#ifndef KVMTOP_TAIL_H
#define KVMTOP_TAIL_H

#include "sample.h"

/* Lines that are kept at least, once there were as many. */
#define TAIL_LINES 4096

/* All zero: empty. */
struct tail {
	struct log_sample *lines; /* in the order of their times */
	u32 count, room;
	u64 first; /* number of lines[0], counted from the first line ever; lines keep their numbers */
	u64 last_seq;
};

/* Adds the sample's log, if the sample is newer than the last one; an older one starts anew. 0 or -ENOMEM. */
int tail_add(struct tail *tail, const struct sample *s);
/* How many of the lines are not younger than a time of CLOCK_MONOTONIC. */
u32 tail_until(const struct tail *tail, u64 mono_ns);
void tail_free(struct tail *tail);

#endif
