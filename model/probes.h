/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The attach table: every hook kvmtop uses, whether it must be there, and what is lost without it. Loading,
 * --features, column availability and the footers all read it.
 */
#ifndef KVMTOP_PROBES_H
#define KVMTOP_PROBES_H

#include "types.h"

enum probe_id {
	PROBE_ENTRY,
	PROBE_EXIT,
	PROBE_USER_EXIT,
	PROBE_RUN,      /* KVM_RUN begins: fentry, or the kvm_fpu tracepoint */
	PROBE_WAKEUP,   /* kvm_vcpu_wakeup */
	PROBE_HALT,     /* halt and block begin and end: fentry/fexit */
	PROBE_SCHED,    /* kvm_sched_out and kvm_sched_in: fentry */
	PROBE_SWITCH,   /* sched_switch: in place of PROBE_SCHED */
	PROBE_DESTROY,  /* kvm_arch_vcpu_destroy: fentry */
	PROBE_DISCOVER, /* task_file iterator */
	/* of the groups (bpf/events.h): attached when a pane needs them */
	PROBE_HYPERCALL,
	PROBE_COUNT
};

#define PROBE_BIT(id) (1ULL << (id))

struct probe_info {
	const char *name; /* stable: --features, JSON */
	const char *hook; /* what it attaches to */
	const char *gives;
	const char *lost; /* what is missing or estimated without it */
	bool required;
};

extern const struct probe_info probe_table[PROBE_COUNT];

#endif
