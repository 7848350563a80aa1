/* SPDX-License-Identifier: GPL-2.0-only */
/* The time of a second-level cause (kind_is_cause()): all of the exit that it is the cause of. */
#ifndef KVMTOP_CAUSE_BPF_H
#define KVMTOP_CAUSE_BPF_H

#include "events.bpf.h"
#include "exits.bpf.h"

/*
 * The vCPU enters the guest, and the core's program has closed the exit. Several groups have causes, and each has a program
 * that calls this: the first takes the cause, the others find none.
 */
static __always_inline void cause_ends(struct kvm_vcpu *vcpu)
{
	struct vcpu_rec *rec = vcpu ? vcpu_if_own(vcpu) : NULL;
	struct event_rec *event;

	if (!rec || !rec->cause || rec->exit_open)
		return;
	event = event_at(rec->cause);
	rec->cause = 0;
	if (event)
		event_time(event, rec->exit_last_ns);
}

#endif /* KVMTOP_CAUSE_BPF_H */
