/* SPDX-License-Identifier: GPL-2.0-only */
/* The truth guest on x86: its local APIC, and the steps that halt for an interrupt. */
#include "guest_x86.h"

#define LAPIC_EOI    0x0b0
#define LAPIC_SVR    0x0f0
#define LAPIC_ICR    0x300
#define LAPIC_ICR2   0x310
#define LAPIC_TIMER  0x320
#define LAPIC_LINT0  0x350
#define LAPIC_INIT   0x380
#define LAPIC_DIVIDE 0x3e0

#define LAPIC_ENABLE     0x1ff
#define LAPIC_MASKED     0x10000
#define LAPIC_PERIODIC   0x20000
#define LAPIC_DEADLINE   0x40000
#define LAPIC_EXTINT     0x700
#define ICR_ASSERT       0x4000
#define MSR_TSC_DEADLINE 0x6e0
#define IOAPIC_SELECT    0x00
#define IOAPIC_WINDOW    0x10
#define IOAPIC_ENTRY     0x10 /* first register of the first redirection entry */
#define ENTRY_LEVEL      0x8000
#define ENTRY_MASKED     0x10000
#define PIC_COMMAND      0x20 /* of the second chip: + PIC_SECOND */
#define PIC_DATA         0x21
#define PIC_SECOND       0x80
#define PIC_EOI          0x20
#define PINS             24
#define LAPIC_BY_1       0xb
#define LAPIC_BY_128     0xa
#define BY_128_SHIFT     7

/* pc: where the interrupted instruction's address is kept on the stack. */
void guest_irq(struct params *p, unsigned int *pc, unsigned int vector);
void guest_repeated(struct params *p);
extern const char guest_nop[], guest_hlt[];

static void apic(struct params *p, unsigned int reg, unsigned int value)
{
	mmio_write(p, GUEST_LAPIC + reg, value);
	p->apic++;
}

static void timer(struct params *p, unsigned int reg, unsigned int value)
{
	did(p, DETAIL_TIMER, 1, TIMER_ONE_SHOT);
	apic(p, reg, value);
}

void apic_init(struct params *p)
{
	apic(p, LAPIC_SVR, LAPIC_ENABLE);
	apic(p, LAPIC_DIVIDE, LAPIC_BY_1);
}

/*
 * The interrupt came before the HLT, by itself or because an emulated SVM lost STI's shadow over a VM exit. The halt is
 * then not needed any more, and would never end: step over it, and do not count it.
 */
static void step_over_halt(struct params *p, unsigned int *pc)
{
	if (*pc != (unsigned int)guest_nop && *pc != (unsigned int)guest_hlt)
		return;
	*pc = (unsigned int)guest_hlt + 1;
	p->events[p->halting]--;
}

void guest_irq(struct params *p, unsigned int *pc, unsigned int vector)
{
	step_over_halt(p, pc);
	if (vector < VECTOR_PIC + 8)
		out8(p, PIC_COMMAND, PIC_EOI);
	else if (vector < VECTOR_TIMER || vector >= VECTOR_LEVEL + PINS)
		control(p, CONTROL_PANIC | vector << 8);
	else if (vector >= VECTOR_LEVEL)
		control(p, CONTROL_LOWER | (vector - VECTOR_LEVEL) << 8);
	if (vector >= VECTOR_TIMER)
		apic(p, LAPIC_EOI, 0);
	p->timer_irqs += vector == VECTOR_TIMER;
	p->msi_irqs += vector == VECTOR_MSI;
	/* Last: the VMM may raise the next as soon as it sees this one. */
	p->irqs[vector]++;
}

/* guest_entry.S says which these are. No exit may happen in it. */
void guest_repeated(struct params *p)
{
	p->repeated++;
}

/*
 * Interrupts are on for one instruction, the HLT. The NOP takes STI's shadow, so that no VM exit happens in it; one that
 * comes before the HLT is seen to by step_over_halt().
 */
__attribute__((noinline)) void halt(struct params *p, unsigned int op)
{
	p->halting = op;
	p->events[op]++;
	__asm__ volatile("sti\n"
			 ".globl guest_nop\n"
			 "guest_nop: nop\n"
			 ".globl guest_hlt\n"
			 "guest_hlt: hlt\n"
			 "cli"
			 :
			 :
			 : "memory");
}

void wait_irqs(struct params *p, unsigned int op, const volatile unsigned int *irqs, unsigned int wanted)
{
	while (!p->stop && (int)(wanted - *irqs) > 0)
		halt(p, op);
}

void step_idle(struct params *p, unsigned long long ns)
{
	unsigned int before = p->timer_irqs;

	if (ns) {
		apic(p, LAPIC_DIVIDE, LAPIC_BY_128);
		apic(p, LAPIC_TIMER, VECTOR_TIMER);
		timer(p, LAPIC_INIT, (unsigned int)(ns >> BY_128_SHIFT));
	}
	wait_irqs(p, OP_IDLE, &p->timer_irqs, before + 1);
	if (ns) {
		apic(p, LAPIC_TIMER, LAPIC_MASKED);
		apic(p, LAPIC_DIVIDE, LAPIC_BY_1);
	}
}

void step_hlt(struct params *p, const struct step *s)
{
	apic(p, LAPIC_TIMER, VECTOR_TIMER);
	for (unsigned int i = 0; i < s->count && !p->stop; i++) {
		timer(p, LAPIC_INIT, (unsigned int)s->arg);
		halt(p, OP_HLT);
	}
}

static unsigned int step_vector(const struct step *s)
{
	switch (s->op) {
	case OP_MSI:
		return VECTOR_MSI;
	case OP_IRQFD:
		return VECTOR_IRQFD;
	case OP_LEVEL:
		return VECTOR_LEVEL + (unsigned int)s->arg;
	case OP_PIC:
		return VECTOR_PIC + (unsigned int)s->arg;
	default:
		return VECTOR_EDGE + (unsigned int)s->arg;
	}
}

void step_raised(struct params *p, unsigned int number)
{
	const struct step *s = &p->step[number];
	const volatile unsigned int *irqs = &p->irqs[step_vector(s)];
	unsigned int wanted = *irqs + s->count;

	control(p, CONTROL_MSI | number << 8);
	wait_irqs(p, s->op, irqs, wanted);
}

static void ioapic(struct params *p, unsigned int reg, unsigned int value)
{
	mmio_write(p, GUEST_IOAPIC + IOAPIC_SELECT, reg);
	mmio_write(p, GUEST_IOAPIC + IOAPIC_WINDOW, value);
}

void step_ioapic(struct params *p, unsigned int number)
{
	const struct step *s = &p->step[number];
	unsigned int entry = IOAPIC_ENTRY + 2 * (unsigned int)s->arg;
	unsigned int low = step_vector(s) | (s->op == OP_LEVEL ? ENTRY_LEVEL : 0);

	control(p, CONTROL_CHIP | 1 << 8);
	ioapic(p, entry + 1, p->id << 24);
	ioapic(p, entry, low);
	step_raised(p, number);
	ioapic(p, entry, low | ENTRY_MASKED);
	control(p, CONTROL_CHIP);
}

/* The PICs' line is this vCPU's LINT0 as long as the step lasts. */
void step_pic(struct params *p, unsigned int number)
{
	for (unsigned short chip = 0; chip <= PIC_SECOND; chip += PIC_SECOND) {
		out8(p, PIC_COMMAND + chip, 0x11); /* edges, cascaded, four words */
		out8(p, PIC_DATA + chip, chip ? VECTOR_PIC + 8 : VECTOR_PIC);
		out8(p, PIC_DATA + chip, chip ? 2 : 4);
		out8(p, PIC_DATA + chip, 1);
		out8(p, PIC_DATA + chip, chip ? 0xff : 0xff & ~(1U << p->step[number].arg));
	}
	apic(p, LAPIC_LINT0, LAPIC_EXTINT);
	step_raised(p, number);
	apic(p, LAPIC_LINT0, LAPIC_EXTINT | LAPIC_MASKED);
	out8(p, PIC_DATA, 0xff);
}

static void send_ipi(struct params *p, unsigned int to)
{
	apic(p, LAPIC_ICR2, to << 24);
	did(p, DETAIL_IPI, 1, (unsigned long long)to << 32 | ICR_ASSERT | VECTOR_IPI);
	apic(p, LAPIC_ICR, ICR_ASSERT | VECTOR_IPI);
	p->events[OP_IPI]++;
}

/* Never two on their way: the one that has been sent to answers. */
void step_ipi(struct params *p, unsigned int number)
{
	unsigned int other = p->id ^ 1, before = p->irqs[VECTOR_IPI];

	control(p, CONTROL_MEET | number << 8);
	for (unsigned int i = 0; i < p->step[number].count && other < p->vcpus && !p->stop; i++) {
		if (p->id & 1)
			wait_irqs(p, OP_WAIT, &p->irqs[VECTOR_IPI], before + i + 1);
		send_ipi(p, other);
		if (!(p->id & 1))
			wait_irqs(p, OP_WAIT, &p->irqs[VECTOR_IPI], before + i + 1);
	}
}

void step_periodic(struct params *p, const struct step *s)
{
	unsigned int wanted = p->irqs[VECTOR_PERIODIC] + s->count;

	apic(p, LAPIC_TIMER, LAPIC_PERIODIC | VECTOR_PERIODIC);
	did(p, DETAIL_TIMER, 1, TIMER_PERIODIC);
	apic(p, LAPIC_INIT, (unsigned int)s->arg);
	wait_irqs(p, OP_PERIODIC, &p->irqs[VECTOR_PERIODIC], wanted);
	apic(p, LAPIC_INIT, 0);
	apic(p, LAPIC_TIMER, LAPIC_MASKED);
}

void step_deadline(struct params *p, const struct step *s)
{
	apic(p, LAPIC_TIMER, LAPIC_DEADLINE | VECTOR_DEADLINE);
	for (unsigned int i = 0; i < s->count && !p->stop; i++) {
		unsigned int wanted = p->irqs[VECTOR_DEADLINE] + 1;

		did(p, DETAIL_TIMER, 1, TIMER_DEADLINE);
		wrmsr(p, MSR_TSC_DEADLINE, tsc() + s->arg);
		wait_irqs(p, OP_DEADLINE, &p->irqs[VECTOR_DEADLINE], wanted);
	}
	apic(p, LAPIC_TIMER, LAPIC_MASKED);
}
