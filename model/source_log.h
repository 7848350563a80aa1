/* SPDX-License-Identifier: GPL-2.0-only */
/* Part of the BPF source: the ring buffer of events as they happen -> log_sample. */
#ifndef KVMTOP_SOURCE_LOG_H
#define KVMTOP_SOURCE_LOG_H

#include "source_events.h"

struct ring_buffer;

/* All zero: not open. */
struct source_log {
	struct ring_buffer *ring;
	struct log_rec *last; /* what was read, the latest LOG_MAX of it, round and round */
	u64 read;
};

/* Moves what has happened since the last time to s->log; what is more than LOG_MAX counts as lost. 0 or -ENOMEM. */
int source_log_sample(struct source_log *log, const struct group_maps *maps, struct control *control, struct sample *s,
		      event_owner owner, void *arg);
void source_log_close(struct source_log *log);

#endif
