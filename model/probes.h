/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The attach table: every hook kvmtop uses, whether it must be there, and what is lost without it. Loading,
 * --features, column availability and the footers all read it.
 */
#ifndef KVMTOP_PROBES_H
#define KVMTOP_PROBES_H

#include "types.h"

/* What each hooks: probe_table[].hook. */
enum probe_id {
	PROBE_ENTRY,
	PROBE_EXIT,
	PROBE_USER_EXIT,
	PROBE_RUN,
	PROBE_WAKEUP,
	PROBE_HALT,
	PROBE_SCHED,
	PROBE_SWITCH,
	PROBE_DESTROY,
	PROBE_DISCOVER,
	/* of the groups (bpf/events.h): attached when a pane needs them */
	PROBE_HYPERCALL,
	PROBE_MSI,
	PROBE_IOAPIC,
	PROBE_PIC,
	PROBE_OWN_IRQ,
	PROBE_IPI,
	PROBE_LOCAL_IRQ,
	PROBE_ACCEPT,
	PROBE_INJECT,
	PROBE_EOI,
	PROBE_TIMER_SET,
	PROBE_TIMER_START,
	PROBE_TIMER_EXPIRED,
	PROBE_TIMER_WAIT,
	PROBE_MSR,
	PROBE_PIO,
	PROBE_MMIO,
	PROBE_FAST_MMIO,
	PROBE_CPUID,
	PROBE_HOST_VECTOR,
	PROBE_CAUSE_TIME,
	PROBE_WAKEUPS,
	PROBE_WINDOW,
	PROBE_STRETCH,
	PROBE_IOCTL,
	PROBE_MEMSLOT,
	PROBE_FAULT,
	PROBE_FAULT_PAGE,
	PROBE_FAULT_MAPPED,
	PROBE_FAULT_FAST,
	PROBE_DIRTY,
	PROBE_DIRTY_LOG,
	PROBE_DIRTY_RING,
	PROBE_MEMSLOTS,
	PROBE_HV_HYPERCALL,
	PROBE_XEN_HYPERCALL,
	PROBE_SLOT_WALK,
	PROBE_VGIC,
	PROBE_SGI,
	PROBE_SYSREG,
	PROBE_WFX,
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

/* PROBE_BIT()s of what is attached for some groups, as GROUP_BIT()s (bpf/events.h). */
u64 group_probes(u32 groups);

#endif
