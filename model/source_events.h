/* SPDX-License-Identifier: GPL-2.0-only */
/* Part of the BPF source: records of events (bpf/events.h) -> event_sample. */
#ifndef KVMTOP_SOURCE_EVENTS_H
#define KVMTOP_SOURCE_EVENTS_H

#include "groups.h"

/* Whose a record is: kernel addresses -> identities. vcpu_uid 0: of the VM. false: not known (yet). */
typedef bool (*event_owner)(void *arg, const struct event_key *key, vm_uid *vm, vcpu_uid *vcpu);

struct event_index;

/* What is known of the records from sample to sample. All zero: nothing. */
struct source_events {
	struct event_index *order; /* of the records that have an owner, as struct event_sample is sorted */
	u32 order_count, order_room;
	u8 *state; /* of each record */
	u32 state_room;
};

/* Adds the events to s, all of whose VMs are there. now: CLOCK_MONOTONIC; epoch: the one that has just ended. 0 or -ENOMEM. */
int source_events_sample(struct source_events *se, const struct group_maps *maps, struct control *control,
			 struct sample *s, u64 epoch, u64 now, event_owner owner, void *arg);
/* The VM has ended and was reported: its records can serve others. */
void source_events_drop(struct source_events *se, const struct group_maps *maps, vm_uid vm);
void source_events_free(struct source_events *se);

#endif
