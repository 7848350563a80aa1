/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events beside the exits: interrupts, faults, dirty pages, calls. All are kept in one shape, a counter by key, so that
 * one piece of code reads, records, compares and sums them; what a kind's numbers mean is told by model/events.c.
 *
 * A record may be written by several threads at once (an interrupt is raised by whoever has one), so it is updated
 * atomically, member by member: while events go on, a reader may see one event in the count and not yet in the time.
 */
#ifndef KVMTOP_EVENTS_H
#define KVMTOP_EVENTS_H

#include "kvmtop.h"

/* What is attached and detached together, as a pane needs it. The core is always on. Numbers are for ever: recordings. */
enum event_group {
	GROUP_CORE,
	GROUP_IRQ,   /* interrupts: who raises them, and their delivery */
	GROUP_MMU,   /* faults */
	GROUP_DIRTY, /* dirty page logging */
	GROUP_HALT,  /* halts, halt-polling and stretches on the pCPU, beyond what the core has */
	GROUP_CALL,  /* hypercalls */
	GROUP_IOCTL, /* ioctls on KVM's files, memory slots */
	GROUP_TIMER, /* the local APIC's timer */
	GROUP_CAUSE, /* second-level causes of exits: MSR, port, address, leaf, vector */
	GROUPS
};

#define GROUP_BIT(group) (1U << (group))

/* Numbers are for ever. Members of a group are below 16. */
#define EVENT_KIND(group, n)   ((group) << 4 | (n))
#define EVENT_KIND_GROUP(kind) ((enum event_group)((kind) >> 4))

/* sub, a and b are the key beside VM and vCPU; 0 where a kind does not use them. */
enum event_kind {
	EVENT_NONE,

	EVENT_MSI = EVENT_KIND(GROUP_IRQ, 0), /* a: address, b: data */
	EVENT_IOAPIC,                         /* sub: pin */
	EVENT_PIC,                            /* sub: chip * 8 + pin */
	EVENT_GSI,                            /* sub: GSI, by KVM_IRQ_LINE or irqfd */
	EVENT_IPI,                            /* vCPU that sends; sub: vector, a: ICR, low half, b: 1 by hypercall */
	EVENT_VECTOR, /* vCPU that receives; sub: vector, a: delivery mode, 0: fixed or lowest */
	EVENT_LOCAL,  /* vCPU; sub: offset of the LVT register: its own timer, errors, ... */
	EVENT_SPI,    /* arm64's GIC: sub: INTID, a line that all vCPUs share, by KVM_IRQ_LINE or irqfd */
	EVENT_PPI,    /* vCPU, 0: it could not be told; sub: INTID: its own timers, counters */
	EVENT_SGI,    /* vCPU that sends; sub: number, a: ICC_SGI1R_EL1 */

	EVENT_FAULT = EVENT_KIND(GROUP_MMU, 0), /* vCPU; sub: enum fault_kind, a: level mapped (1: 4 KiB), 0: none */
	EVENT_REGION,                           /* vCPU; a: GPA of a 2 MiB region; in the log the GPA itself */
	EVENT_STUCK,                            /* vCPU; a: GFN that it faults on again and again */

	EVENT_DIRTY_SLOT = EVENT_KIND(GROUP_DIRTY, 0), /* sub: address space << 16 | memslot id, a: GPA, b: bytes */
	EVENT_DIRTY_PAGE,                              /* sub: the same, a: GFN */
	EVENT_DIRTY_VCPU,                              /* vCPU; sub: the same */

	EVENT_WAKEUP = EVENT_KIND(GROUP_HALT, 0), /* vCPU: ends of halts; in the log, sub: WAKEUP_* */
	EVENT_HALT_POLL,                          /* vCPU: the halt-poll window; sub: WINDOW_* */
	EVENT_ON_CPU,                             /* vCPU; sub: pCPU: a stretch on it, inside KVM_RUN */
	EVENT_OFF_CPU,                            /* vCPU; sub: enum off_cpu: a stretch off it, inside KVM_RUN */
	EVENT_MIGRATION,                          /* vCPU; sub: MOVE_* */

	EVENT_HYPERCALL = EVENT_KIND(GROUP_CALL, 0), /* vCPU; sub: enum hypercall_of, a: number */

	EVENT_IOCTL = EVENT_KIND(GROUP_IOCTL, 0), /* sub: enum ioctl_file, a: request, b: of /dev/kvm the process */
	EVENT_MEMSLOT,                            /* sub: address space << 16 | memslot id */

	EVENT_TIMER = EVENT_KIND(GROUP_TIMER, 0), /* vCPU; sub: 0 one-shot, 1 periodic, 2 TSC deadline */

	EVENT_MSR = EVENT_KIND(GROUP_CAUSE, 0), /* vCPU; sub: write, a: index */
	EVENT_PIO,                              /* vCPU; sub: out, a: port, b: size */
	EVENT_MMIO,                             /* vCPU; sub: write, a: GPA, b: size */
	EVENT_CPUID,                            /* vCPU; sub: index (ECX), a: leaf */
	/* vCPU; sub: vector of the host's interrupt that ended guest mode; or 0, and a: Linux's number of it + 1 */
	EVENT_HOST_VECTOR,
	EVENT_SYSREG, /* arm64: vCPU; sub: write, a: SYSREG() */
	EVENT_WFX,    /* arm64: vCPU; sub: 0 WFI, 1 WFE */
};

/* A system register, as MRS and MSR have it in their instruction and the UAPI in KVM_REG_ARM64_SYSREG ids. */
#define SYSREG(op0, op1, crn, crm, op2) ((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

/* Of EVENT_WAKEUP in the log, bits: how the halt ended; it was woken with nothing to do. */
#define WAKEUP_SLEPT   1
#define WAKEUP_INVALID 2
#define WAKEUP_POLLED  4
/* Of EVENT_HALT_POLL. */
#define WINDOW_GROWS   0
#define WINDOW_SHRINKS 1
/* Of EVENT_MIGRATION: to another pCPU, to one of another NUMA node. */
#define MOVE_PCPU 0
#define MOVE_NODE 1

/* What a fault was. Numbers are for ever. */
enum fault_kind {
	FAULT_READ,
	FAULT_WRITE,
	FAULT_EXEC,
	FAULT_MMIO,     /* no memory there: the access is emulated */
	FAULT_RESERVED, /* a reserved bit was set, and it was no MMIO */
	FAULT_PRIVATE,  /* memory of a confidential guest that the host cannot read */
	FAULT_KINDS
};

/* REGION_SLOT where there is no memslot, that is MMIO. Else address space << 16 | id. */
#define NO_MEMSLOT (~0ULL)

/* EVENT_STUCK: so many faults on one page in a row, with at most this time in the guest for each, on average. */
#define STUCK_FAULTS 64
#define STUCK_GAP_NS 1000000ULL

/* Bits of SLOT_FLAGS. */
#define SLOT_LOGGING 1U /* KVM_MEM_LOG_DIRTY_PAGES, include/uapi/linux/kvm.h */
#define SLOT_RING    2U /* what is logged goes to the vCPUs' dirty rings, not to a bitmap */
#define SLOT_GONE    4U /* it was there, and is not any more */

/* sub of EVENT_HYPERCALL: whose it is. Numbers are for ever. */
enum hypercall_of { HYPERCALL_KVM, HYPERCALL_HYPERV, HYPERCALL_XEN, HYPERCALL_SMCCC };

/* sub of EVENT_IOCTL: the file it was made on. Numbers are for ever. */
enum ioctl_file { IOCTL_KVM, IOCTL_VM, IOCTL_VCPU, IOCTL_DEVICE };

#define EVENT_VALUES 4

/* What the values of a kind are, in value[]. model/events.c has their names and how they add up. For ever, too. */
enum msi_value { MSI_IRQFD };
/* A line is set when it is raised, and again when it is lowered, which is counted apart. */
enum ioapic_value { IOAPIC_ENTRY, IOAPIC_LOWERED, IOAPIC_MASKED };
enum pic_value { PIC_ELCR, PIC_IMR, PIC_LOWERED, PIC_MASKED };
enum line_value { LINE_LOWERED }; /* of EVENT_SPI, EVENT_PPI */
enum ipi_value { IPI_DEST, IPI_TARGETS };
enum vector_value { VECTOR_INJECTED, VECTOR_EOI, VECTOR_POSTED, VECTOR_PV_EOI };
enum local_value { LOCAL_LVT };
enum fault_value { FAULT_FIXED, FAULT_FAST, FAULT_SPURIOUS, FAULT_EMULATED };
enum region_value { REGION_HVA, REGION_PFN, REGION_SLOT, REGION_WRITES };
enum stuck_value { STUCK_FOR, STUCK_LONGEST, STUCK_ERROR };
enum slot_value { SLOT_FLAGS, SLOT_CYCLES, SLOT_LAST_CYCLE, SLOT_THIS_CYCLE }; /* flags: SLOT_LOGGING ... */
enum page_value { PAGE_OFFSET };
enum wakeup_value { WAKEUP_IN_POLL };
enum window_value { WINDOW_NEW, WINDOW_OLD };
enum move_value { MOVE_FROM, MOVE_TO };
enum ioctl_value { IOCTL_ARG, IOCTL_ERRNO };
enum memslot_value { MEMSLOT_GPA, MEMSLOT_BYTES, MEMSLOT_HVA, MEMSLOT_FLAGS };
enum timer_value { TIMER_EXPIRED, TIMER_HV, TIMER_SW, TIMER_PAST };
enum cause_value { CAUSE_DATA, CAUSE_UNITS }; /* of EVENT_PIO; of EVENT_MSR, EVENT_MMIO and EVENT_SYSREG the first */
#define EVENT_OTHERS 0xffffffffU /* sub of the record that stands for all keys there was no room for; a, b: all ones */

struct event_key {
	__u64 kvm;  /* kernel address of struct kvm; 0: of no VM (an ioctl on /dev/kvm): then b holds the process */
	__u64 vcpu; /* kernel address of struct kvm_vcpu, 0: of the VM */
	__u32 kind; /* enum event_kind */
	__u32 sub;
	__u64 a;
	__u64 b;
};

struct event_rec {
	struct event_key key; /* kind 0: free */
	__u64 count;
	__u64 errors; /* of these: failed, coalesced, invalid, as the kind has it */
	__u64 done;   /* those that the durations are about */
	__u64 total_ns;
	__u64 min_ns;
	__u64 max_ns;
	struct exit_extremes extremes[2]; /* by epoch & 1 */
	__u64 value[EVENT_VALUES]; /* the kind's own. Of a record of others: [0] is how many keys have a record */
	__u64 exit_key;            /* EXIT_KEY() of the exit that the last one happened in, 0: none */
	__u64 last_ns;             /* when the last one was */
	__u64 since_ns[2];         /* of kinds that begin in one thread and end in another: begun then, 0: not begun */
	__u32 last_tid;
	__u32 hist; /* index + 1 in the pool of histograms, 0: none */
	char comm[TASK_COMM_LENGTH];
};

struct event_hist {
	__u32 n[HIST_BUCKETS];
};

/* One event as it happens, for the log. */
struct log_rec {
	__u64 ns;
	struct event_key key;
	__u64 value[EVENT_VALUES]; /* as the kind has it */
	__u64 took_ns;             /* 0: not timed */
	__u32 tid;
	__u32 failed; /* counts among the record's errors */
	char comm[TASK_COMM_LENGTH];
};

/* Second-level causes of an exit: their time is that of the exit. */
static inline int kind_is_cause(__u32 kind)
{
	return EVENT_KIND_GROUP(kind) == GROUP_CAUSE || EVENT_KIND_GROUP(kind) == GROUP_CALL;
}

/* Keys a VM and kind may have before further ones count as others: a VM that touches all its memory leaves room for others. */
static inline __u64 event_quota(__u32 kind)
{
	switch (kind) {
	case EVENT_DIRTY_PAGE:
		return 8192;
	case EVENT_REGION:
	case EVENT_VECTOR:
		return 4096;
	default:
		return 1024;
	}
}

#endif /* KVMTOP_EVENTS_H */
