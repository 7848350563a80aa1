/* SPDX-License-Identifier: GPL-2.0-only */
/* The truth guest on x86: its local APIC, and the steps that halt for an interrupt. */
#include "guest_x86.h"

#define LAPIC_EOI    0x0b0
#define LAPIC_SVR    0x0f0
#define LAPIC_TIMER  0x320
#define LAPIC_INIT   0x380
#define LAPIC_DIVIDE 0x3e0

#define LAPIC_ENABLE 0x1ff
#define LAPIC_MASKED 0x10000
#define LAPIC_BY_1   0xb
#define LAPIC_BY_128 0xa
#define BY_128_SHIFT 7

/* pc: where the interrupted instruction's address is kept on the stack. */
void guest_irq(struct params *p, unsigned int *pc, unsigned int vector);
extern const char guest_nop[], guest_hlt[];

static void apic(struct params *p, unsigned int reg, unsigned int value)
{
	mmio_write(p, GUEST_LAPIC + reg, value);
	p->apic++;
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
	switch (vector) {
	case VECTOR_TIMER:
		p->timer_irqs++;
		break;
	case VECTOR_MSI:
		p->msi_irqs++;
		break;
	case VECTOR_PV_IPI:
		p->pv_ipi_irqs++;
		break;
	default:
		control(p, CONTROL_PANIC | vector << 8);
		break;
	}
	apic(p, LAPIC_EOI, 0);
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
		apic(p, LAPIC_INIT, (unsigned int)(ns >> BY_128_SHIFT));
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
		apic(p, LAPIC_INIT, (unsigned int)s->arg);
		halt(p, OP_HLT);
	}
}

void step_msi(struct params *p, unsigned int number)
{
	unsigned int last = p->msi_irqs + p->step[number].count;

	control(p, CONTROL_MSI | number << 8);
	wait_irqs(p, OP_MSI, &p->msi_irqs, last);
}
