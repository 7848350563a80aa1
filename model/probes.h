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
	PROBE_MSI,           /* kvm_set_msi, kvm_arch_set_irq_inatomic: fentry, fexit */
	PROBE_IOAPIC,        /* ioapic_set_irq: fentry, fexit */
	PROBE_PIC,           /* kvm_pic_set_irq: fentry, fexit */
	PROBE_OWN_IRQ,       /* kvm_msi_set_irq and kvm_set_irq of vCPU threads: in place of PROBE_MSI */
	PROBE_IPI,           /* kvm_apic_ipi, kvm_hypercall */
	PROBE_LOCAL_IRQ,     /* kvm_apic_local_deliver: fentry */
	PROBE_ACCEPT,        /* __apic_accept_irq: fentry */
	PROBE_INJECT,        /* kvm_inj_virq */
	PROBE_EOI,           /* kvm_eoi, kvm_pv_eoi */
	PROBE_TIMER_SET,     /* kvm_apic, kvm_msr */
	PROBE_TIMER_START,   /* kvm_hv_timer_state */
	PROBE_TIMER_EXPIRED, /* apic_timer_expired: fentry */
	PROBE_TIMER_WAIT,    /* kvm_wait_lapic_expire */
	PROBE_MSR,
	PROBE_PIO,
	PROBE_MMIO,
	PROBE_FAST_MMIO,
	PROBE_CPUID,
	PROBE_HOST_VECTOR, /* fentry on VMX, else the tracepoints of all interrupts */
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
	PROBE_VGIC, /* kvm_vgic_inject_irq: fentry or kprobe */
	PROBE_SGI,  /* vgic_v3_dispatch_sgi: fentry or kprobe */
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
