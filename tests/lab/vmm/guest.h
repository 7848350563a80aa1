/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the truth guest and its VMM share: where things are in guest memory, the steps to do, and what was done.
 * The guest has no paging (x86: 32-bit protected mode; arm64: EL1, MMU off): a guest physical address is an address.
 */
#ifndef KVMTOP_LAB_GUEST_H
#define KVMTOP_LAB_GUEST_H

#define GUEST_RAM     0x800000 /* first memslot: everything below, from 0 */
#define GUEST_GDT     0x1000
#define GUEST_IDT     0x2000
#define GUEST_CODE    0x100000 /* the flat image, from its entry on */
#define GUEST_PARAMS  0x200000 /* struct params of vCPU n at + n * PARAMS_STRIDE */
#define GUEST_SCRATCH 0x300000 /* a page of vCPU n at + n * PAGE: for what a hypercall returns */
#define GUEST_STACKS  0x400000 /* stack of vCPU n; its lowest word points to its struct params */
#define GUEST_NESTED \
	0x600000 /* four pages of vCPU n: the VMCB of its guest, where VMRUN saves its own state, its page directory */
#define GUEST_FRESH 0x40000000 /* second memslot: pages the guest touches for the first time */
#define GUEST_DIRTY 0x50000000 /* memslot DIRTY_SLOT, whose writes are logged; each vCPU has its part */
#define GUEST_HUGE  0x80000000 /* memslot HUGE_SLOT, in pages of 2 MiB; each vCPU has its part */
#define GUEST_SLOTS 0x60000000 /* memslots that come and go, one every SLOT_STRIDE; the guest never touches them */
#define GUEST_MMIO  0xd0000000 /* no memslot: every access goes to the VMM */
#define GUEST_DONE \
	0xd8000000 /* a write here: all steps done, the vCPU is not run again. Not a port, so that the times
				 * of the port exits are complete when both sides are at rest */
#define GUEST_PORTS  0xd4000000 /* the ports below as memory, on architectures that have none */
#define GUEST_LAPIC  0xfee00000
#define GUEST_IOAPIC 0xfec00000
#define GUEST_GICD   0x8000000 /* arm64: the interrupt controller */
#define GUEST_GICR   0x80a0000

/* arm64: interrupts by number */
#define PPI_TIMER 27 /* the virtual timer */
#define SGI_IPI   1
#define SPI_MSI   32 /* and vCPU n's at + n: an edge, raised by the VMM's own thread in place of an MSI */

#define SLOT_STRIDE   0x100000
#define SLOT_SIZE     0x10000
#define DIRTY_SLOT    2
#define HUGE_SLOT     3
#define HUGE_SIZE     0x200000
#define HUGE_MOST     8   /* of each vCPU */
#define SLOT_FIRST    16  /* their numbers: from this on */
#define SLOTS_EACH    4   /* of each vCPU */
#define SLOT_MISSING  400 /* there is no memslot of this number */
#define PARAMS_STRIDE 0x2000
#define STACK_SIZE    0x2000
#define GUEST_VCPUS   64
#define STUBS         64 /* offset in the image of a handler for each vector, one every STUB_STRIDE bytes */
#define STUB_STRIDE   16

#define VECTOR_TIMER    0x40
#define VECTOR_MSI      0x41
#define VECTOR_PV_IPI   0x42
#define VECTOR_PERIODIC 0x43
#define VECTOR_DEADLINE 0x44
#define VECTOR_IPI      0x45
#define VECTOR_IRQFD    0x46
#define VECTOR_PIC      0x20 /* of the first chip's pin 0 */
#define VECTOR_EDGE     0x50 /* of the IOAPIC's pin 0 when it is programmed as an edge */
#define VECTOR_LEVEL    0x70
#define GSI_IRQFD       24 /* and vCPU n's at + n: routed to an MSI, raised by an eventfd */

/* Ports. None of them is KVM's own, so each access returns to the VMM. */
#define PORT_DATA    0xe00 /* plain PIO: the VMM returns at once */
#define PORT_SLOW    0xe04 /* the VMM takes as long as the step says; the value is the step's number */
#define PORT_CONTROL 0xe08

#define MSR_MCG_STATUS 0x17a

#define CONTROL_FRESH 2 /* drop the pages of this vCPU's fresh memory */
#define CONTROL_PANIC 3 /* an exception or an interrupt nobody expected */
#define CONTROL_MSI   4 /* have the interrupts of step number (value >> 8) raised by another thread */
#define CONTROL_SLOTS 5 /* add and remove as many memslots as step number (value >> 8) says */
#define CONTROL_ERROR 6 /* make an ioctl that fails */
#define CONTROL_LOWER 7 /* the IOAPIC's line (value >> 8) goes down */
#define CONTROL_MEET  8 /* wait until all vCPUs that do step number (value >> 8) are here */
/* Likewise, and the last of them has the log of step number (value >> 8 & 0xff) begun, read or ended: */
#define CONTROL_DIRTY 9
#define DIRTY_BEGIN   0x00000
#define DIRTY_COLLECT 0x10000
#define DIRTY_END     0x20000
#define CONTROL_CODE  10 /* as CONTROL_FRESH, and each page holds a function that returns */
#define CONTROL_VAIN  11 /* as CONTROL_FRESH, and the first page cannot be had for step number (value >> 8)'s count */
#define CONTROL_CHIP  12 /* wait until no other vCPU has the IOAPIC (value >> 8: 1), and give it back (0) */

#define ARG_ANY (~0ULL) /* a step's argument: not one port, address or leaf, but the usual few */

#ifndef __ASSEMBLER__

enum op {
	OP_PIO,        /* out, arg = port */
	OP_PIO_IN,     /* in, likewise */
	OP_MMIO_WRITE, /* 4 bytes, arg = address, or ARG_ANY */
	OP_MMIO_READ,
	OP_CPUID,      /* arg = leaf, or ARG_ANY */
	OP_MSR_READ,   /* arg = index; MCG_STATUS is intercepted on every host */
	OP_MSR_WRITE,  /* of 0, likewise */
	OP_HLT,        /* wakes by the LAPIC timer, arg = ticks (ns) */
	OP_HYPERCALL,  /* arg = number; unknown ones fail in the kernel */
	OP_KICK,       /* KVM_HC_KICK_CPU, arg = APIC id */
	OP_PV_IPI,     /* KVM_HC_SEND_IPI to the vCPU itself, which takes each */
	OP_YIELD,      /* KVM_HC_SCHED_YIELD, arg = APIC id */
	OP_HYPERV,     /* a fast hypercall of Hyper-V's, arg = call code */
	OP_XEN,        /* a hypercall of Xen's, arg = number: that VM's are all such */
	OP_CLOCK,      /* KVM_HC_CLOCK_PAIRING */
	OP_FAULT,      /* first write to a page of fresh memory */
	OP_SLOW,       /* arg = ns that the VMM's handler spends, busy */
	OP_STUCK,      /* arg = ns that the VMM's handler sleeps */
	OP_SPIN,       /* arg = TSC ticks without an exit of its own */
	OP_IDLE,       /* halts until arg ns have passed (0: until told to stop) */
	OP_MSI,        /* halts until the next MSI of the VMM's own thread */
	OP_SLOTS,      /* the VMM adds and removes a memslot */
	OP_ERROR,      /* the VMM makes an ioctl that fails: KVM_GET_DIRTY_LOG of slot SLOT_MISSING */
	OP_IRQFD,      /* as OP_MSI, through an eventfd */
	OP_EDGE,       /* through the IOAPIC, arg = pin: up and down */
	OP_LEVEL,      /* likewise; the line stays up until the guest has it lowered */
	OP_TWICE,      /* as OP_EDGE, raised once more while it is up: merged into the first */
	OP_PIC,        /* through the first PIC, arg = pin */
	OP_IPI,        /* vCPUs 2n and 2n + 1 send each other, in turn */
	OP_PERIODIC,   /* halts ended by the APIC's timer that goes on, arg = ticks (ns) */
	OP_DEADLINE,   /* halts ended by the timer's TSC-deadline mode, arg = TSC ticks */
	OP_FAULT_READ, /* first read of a page of fresh memory */
	OP_FAULT_EXEC, /* first call into one */
	OP_FAULT_HUGE, /* first write to a page of 2 MiB; once in a VM's life */
	OP_DIRTY_LOG,  /* cycle c writes every (c + 1)th of count pages; arg = cycles */
	OP_DIRTY_RING,
	OP_NESTED, /* runs a guest of its own, which does CPUID and VMMCALL (SVM) */
	OP_VAIN,   /* a write to a page that KVM does not get, for as many times as the step says */
	OP_WAIT,   /* no step: halts while another waits for its interrupts */
	OPS
};

#define STEPS      48
#define DETAILS    128
#define HYPERCALLS 24

/* What an event was about, beside its kind. */
enum detail_kind {
	DETAIL_PIO,
	DETAIL_MMIO,
	DETAIL_MSR,
	DETAIL_CPUID,
	DETAIL_IPI,   /* key = destination << 32 | low word of the ICR */
	DETAIL_TIMER, /* programmed: key = enum timer_mode */
	DETAIL_FAULT, /* first touch of fresh pages from key on: write = enum touch */
	DETAIL_KINDS
};

enum timer_mode { TIMER_ONE_SHOT, TIMER_PERIODIC, TIMER_DEADLINE, TIMER_MODES };
enum touch { TOUCH_READ, TOUCH_WRITE, TOUCH_EXEC, TOUCH_HUGE };

struct detail {
	unsigned short kind;
	unsigned short write;
	unsigned int count;
	unsigned long long key; /* port, address, index, leaf */
} __attribute__((aligned(8)));

enum call_of { CALL_OWN, CALL_HYPERV, CALL_XEN }; /* KVM's own, or arm64's firmware's */

struct hypercall {
	unsigned long long nr;
	unsigned long long arg[4];
	long long ret; /* of the last */
	unsigned int count;
	unsigned int of; /* enum call_of; Hyper-V's: nr is the call code, arg: fast, input, output */
} __attribute__((aligned(8)));

struct step {
	unsigned int op;
	unsigned int count;
	unsigned long long arg;
};

/* Written by the guest unless said otherwise. */
struct params {
	unsigned int id;            /* by the VMM: vcpu_id */
	unsigned int vmcall;        /* by the VMM: hypercalls by VMCALL, else by VMMCALL */
	unsigned int steps;         /* by the VMM */
	unsigned int repeat;        /* by the VMM: times to go through all steps, 0: for ever */
	volatile unsigned int stop; /* by the VMM: finish as soon as you can */
	unsigned int fresh;         /* by the VMM: address of this vCPU's part of the fresh memory */
	struct step step[STEPS];    /* by the VMM */

	unsigned long long events[OPS];
	unsigned long long apic; /* accesses to the local APIC, each an exit unless the host has APIC acceleration */
	unsigned long long controls; /* outs to PORT_CONTROL */
	volatile unsigned int timer_irqs;
	volatile unsigned int msi_irqs;
	volatile unsigned int halting;    /* which op the vCPU halts for */
	unsigned int huge;                /* by the VMM: address of this vCPU's huge pages */
	unsigned int vcpus;               /* by the VMM */
	unsigned int dirty;               /* by the VMM: address of this vCPU's part of the logged memory */
	unsigned int details, hypercalls; /* rows in use */
	volatile unsigned int irqs[256];  /* taken, by vector */
	volatile unsigned int repeated;   /* interrupts that the emulated CPU delivered once more; without effect */
	unsigned int no_room;             /* events that found no row: then the account is not complete */
	struct detail detail[DETAILS];
	struct hypercall hypercall[HYPERCALLS];
};
/* The same on both sides, though one may be of 32 bits. */
_Static_assert(sizeof(struct detail) == 16 && sizeof(struct hypercall) == 56, "rows have no holes");
_Static_assert(sizeof(struct params) <= PARAMS_STRIDE, "params fit their place");

/* One more event of its kind about key. */
static inline void did(struct params *p, unsigned int kind, unsigned int write, unsigned long long key)
{
	unsigned int i;

	for (i = 0; i < p->details; i++) {
		struct detail *d = &p->detail[i];

		if (d->key == key && d->kind == kind && d->write == write) {
			d->count++;
			return;
		}
	}
	if (i == DETAILS) {
		p->no_room++;
		return;
	}
	p->detail[i].kind = (unsigned short)kind;
	p->detail[i].write = (unsigned short)write;
	p->detail[i].key = key;
	p->detail[i].count = 1;
	p->details++;
}

static inline void did_hypercall(struct params *p, unsigned int of, const unsigned long *args, long ret)
{
	unsigned int i, k;

	for (i = 0; i < p->hypercalls; i++) {
		struct hypercall *h = &p->hypercall[i];

		if (h->of == of && h->nr == args[0] && h->arg[0] == args[1] && h->arg[1] == args[2] &&
		    h->arg[2] == args[3] && h->arg[3] == args[4]) {
			h->count++;
			h->ret = ret;
			return;
		}
	}
	if (i == HYPERCALLS) {
		p->no_room++;
		return;
	}
	p->hypercall[i].nr = args[0];
	for (k = 0; k < 4; k++)
		p->hypercall[i].arg[k] = args[1 + k];
	p->hypercall[i].ret = ret;
	p->hypercall[i].of = of;
	p->hypercall[i].count = 1;
	p->hypercalls++;
}

#endif /* __ASSEMBLER__ */

#endif
