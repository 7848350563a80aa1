/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the truth guest and its VMM share: where things are in guest memory, the steps to do, and what was done.
 * The guest has no paging (x86: 32-bit protected mode; arm64: EL1, MMU off): a guest physical address is an address.
 */
#ifndef KVMTOP_LAB_GUEST_H
#define KVMTOP_LAB_GUEST_H

#define GUEST_RAM    0x800000 /* first memslot: everything below, from 0 */
#define GUEST_GDT    0x1000
#define GUEST_IDT    0x2000
#define GUEST_CODE   0x100000   /* the flat image: its entry, then one handler every HANDLER_STRIDE bytes */
#define GUEST_PARAMS 0x200000   /* struct params of vCPU n at + n * PARAMS_STRIDE */
#define GUEST_STACKS 0x400000   /* stack of vCPU n; its lowest word points to its struct params */
#define GUEST_FRESH  0x40000000 /* second memslot: pages the guest touches for the first time */
#define GUEST_MMIO   0xd0000000 /* no memslot: every access goes to the VMM */
#define GUEST_DONE \
	0xd8000000             /* a write here: all steps done, the vCPU is not run again. Not a port, so that the times
				 * of the port exits are complete when both sides are at rest */
#define GUEST_PORTS 0xd4000000 /* the ports below as memory, on architectures that have none */
#define GUEST_LAPIC 0xfee00000
#define GUEST_GICD  0x8000000 /* arm64: the interrupt controller */
#define GUEST_GICR  0x80a0000

/* arm64: interrupts by number */
#define PPI_TIMER 27 /* the virtual timer */
#define SPI_MSI   32 /* and vCPU n's at + n: an edge, raised by the VMM's own thread in place of an MSI */

#define PARAMS_STRIDE  0x1000
#define STACK_SIZE     0x2000
#define GUEST_VCPUS    64
#define HANDLER_STRIDE 64

#define VECTOR_TIMER 0x40 /* second handler of the image */
#define VECTOR_MSI   0x41 /* third */

/* Ports. None of them is KVM's own, so each access returns to the VMM. */
#define PORT_DATA    0xe00 /* plain PIO: the VMM returns at once */
#define PORT_SLOW    0xe04 /* the VMM takes as long as the step says; the value is the step's number */
#define PORT_CONTROL 0xe08

#define CONTROL_FRESH 2 /* drop the pages of this vCPU's fresh memory */
#define CONTROL_PANIC 3 /* an exception or an interrupt nobody expected */
#define CONTROL_MSI   4 /* have the MSIs of step number (value >> 8) sent */

#ifndef __ASSEMBLER__

enum op {
	OP_PIO,        /* out to PORT_DATA */
	OP_PIO_IN,     /* in from PORT_DATA */
	OP_MMIO_WRITE, /* 4 bytes */
	OP_MMIO_READ,
	OP_CPUID,
	OP_MSR_READ, /* MCG_STATUS: intercepted on every host */
	OP_MSR_WRITE,
	OP_HLT,       /* wakes by the LAPIC timer, arg = ticks (ns) */
	OP_HYPERCALL, /* arg = number; unknown ones fail in the kernel */
	OP_KICK,      /* KVM_HC_KICK_CPU of vCPU 0 */
	OP_FAULT,     /* first write to a page of fresh memory */
	OP_SLOW,      /* arg = ns that the VMM's handler spends, busy */
	OP_STUCK,     /* arg = ns that the VMM's handler sleeps */
	OP_SPIN,      /* arg = TSC ticks without an exit of its own */
	OP_IDLE,      /* halts until arg ns have passed (0: until told to stop) */
	OP_MSI,       /* halts until the next MSI of the VMM's own thread */
	OPS
};

#define STEPS 24

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
	volatile unsigned int halting; /* which op the vCPU halts for */
};

#endif /* __ASSEMBLER__ */

#endif
