/* SPDX-License-Identifier: GPL-2.0-only */
/* The truth guest: does each step the given number of times, and counts what it did where the VMM can read it. */
#include "guest.h"

#define LAPIC_EOI    0x0b0
#define LAPIC_SVR    0x0f0
#define LAPIC_TIMER  0x320
#define LAPIC_INIT   0x380
#define LAPIC_DIVIDE 0x3e0

#define LAPIC_ENABLE   0x1ff
#define LAPIC_MASKED   0x10000
#define LAPIC_BY_1     0xb
#define LAPIC_BY_128   0xa
#define BY_128_SHIFT   7
#define MSR_MCG_STATUS 0x17a
#define HC_KICK_CPU    5
#define PAGE           4096

void guest_main(struct params *p);
/* pc: where the interrupted instruction's address is kept on the stack. */
void guest_timer_irq(struct params *p, unsigned int *pc);
void guest_msi_irq(struct params *p, unsigned int *pc);
extern const char guest_hlt[];

static inline void out(unsigned short port, unsigned int value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "d"(port) : "memory");
}

static inline unsigned int in(unsigned short port)
{
	unsigned int value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "d"(port) : "memory");
	return value;
}

static inline unsigned long long tsc(void)
{
	unsigned long long t;

	__asm__ volatile("rdtsc" : "=A"(t));
	return t;
}

static inline void cpuid(unsigned int leaf)
{
	unsigned int b, c = 0, d;

	__asm__ volatile("cpuid" : "+a"(leaf), "=b"(b), "+c"(c), "=d"(d));
}

static inline void write32(unsigned int address, unsigned int value)
{
	/* One plain MOV: KVM emulates it, and every compiler must choose the same. */
	__asm__ volatile("movl %0, (%1)" : : "r"(value), "r"(address) : "memory");
}

static inline unsigned int read32(unsigned int address)
{
	unsigned int value;

	__asm__ volatile("movl (%1), %0" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static void apic(struct params *p, unsigned int reg, unsigned int value)
{
	write32(GUEST_LAPIC + reg, value);
	p->apic++;
}

static void control(struct params *p, unsigned int what)
{
	p->controls++;
	out(PORT_CONTROL, what);
}

/*
 * The interrupt came before the HLT, by itself or because an emulated SVM lost STI's shadow over a VM exit. The halt is
 * then not needed any more, and would never end: step over it, and do not count it.
 */
static void step_over_halt(struct params *p, unsigned int *pc)
{
	if (*pc != (unsigned int)guest_hlt)
		return;
	(*pc)++;
	p->events[p->halting]--;
}

void guest_timer_irq(struct params *p, unsigned int *pc)
{
	step_over_halt(p, pc);
	p->timer_irqs++;
	apic(p, LAPIC_EOI, 0);
}

void guest_msi_irq(struct params *p, unsigned int *pc)
{
	step_over_halt(p, pc);
	p->msi_irqs++;
	apic(p, LAPIC_EOI, 0);
}

static void hypercall(const struct params *p, unsigned int nr, unsigned int a0, unsigned int a1)
{
	if (p->vmcall)
		__asm__ volatile(".byte 0x0f, 0x01, 0xc1" : "+a"(nr) : "b"(a0), "c"(a1) : "memory");
	else
		__asm__ volatile(".byte 0x0f, 0x01, 0xd9" : "+a"(nr) : "b"(a0), "c"(a1) : "memory");
}

/*
 * Interrupts are on for one instruction, the HLT. The NOP takes STI's shadow, so that no VM exit happens in it; one that
 * comes before the HLT is seen to by step_over_halt().
 */
static __attribute__((noinline)) void halt(struct params *p, unsigned int op)
{
	p->halting = op;
	p->events[op]++;
	__asm__ volatile("sti\n"
			 "nop\n"
			 ".globl guest_hlt\n"
			 "guest_hlt: hlt\n"
			 "cli"
			 :
			 :
			 : "memory");
}

static void idle(struct params *p, unsigned long long ns)
{
	unsigned int before = p->timer_irqs;

	if (ns) {
		apic(p, LAPIC_DIVIDE, LAPIC_BY_128);
		apic(p, LAPIC_TIMER, VECTOR_TIMER);
		apic(p, LAPIC_INIT, (unsigned int)(ns >> BY_128_SHIFT));
	}
	while (!p->stop && p->timer_irqs == before)
		halt(p, OP_IDLE);
	if (ns) {
		apic(p, LAPIC_TIMER, LAPIC_MASKED);
		apic(p, LAPIC_DIVIDE, LAPIC_BY_1);
	}
}

static void hlt(struct params *p, const struct step *s)
{
	apic(p, LAPIC_TIMER, VECTOR_TIMER);
	for (unsigned int i = 0; i < s->count && !p->stop; i++) {
		apic(p, LAPIC_INIT, (unsigned int)s->arg);
		halt(p, OP_HLT);
	}
}

static void spin(struct params *p, unsigned long long ticks)
{
	unsigned long long end = tsc() + ticks;

	/* bochs: nothing ends a guest that was entered with its interrupts off, not even its host's clock. */
	if (p->vmcall)
		__asm__ volatile("sti");
	while (!p->stop && (long long)(end - tsc()) > 0)
		__asm__ volatile("" : : : "memory");
	__asm__ volatile("cli");
	p->events[OP_SPIN]++;
}

static void msi(struct params *p, unsigned int number)
{
	unsigned int last = p->msi_irqs + p->step[number].count;

	control(p, CONTROL_MSI | number << 8);
	while (!p->stop && (int)(last - p->msi_irqs) > 0)
		halt(p, OP_MSI);
}

/* One event of a step that is nothing but repeated events. */
static void once(struct params *p, const struct step *s, unsigned int number, unsigned int i)
{
	unsigned int lo = 0, hi = 0;

	switch (s->op) {
	case OP_PIO:
		out(PORT_DATA, i);
		break;
	case OP_PIO_IN:
		in(PORT_DATA);
		break;
	case OP_MMIO_WRITE:
		write32(GUEST_MMIO + p->id * PAGE + (i & 15) * 4, i);
		break;
	case OP_MMIO_READ:
		read32(GUEST_MMIO + p->id * PAGE + (i & 15) * 4);
		break;
	case OP_CPUID:
		cpuid(i & 1);
		break;
	case OP_MSR_READ:
		__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(MSR_MCG_STATUS));
		break;
	case OP_MSR_WRITE:
		__asm__ volatile("wrmsr" : : "a"(lo), "d"(hi), "c"(MSR_MCG_STATUS));
		break;
	case OP_HYPERCALL:
		hypercall(p, (unsigned int)s->arg, i, 0);
		break;
	case OP_KICK:
		hypercall(p, HC_KICK_CPU, 0, 0);
		break;
	case OP_FAULT:
		write32(p->fresh + i * PAGE, i);
		break;
	default: /* OP_SLOW, OP_STUCK: the VMM looks up what to do by the step's number */
		out(PORT_SLOW, number);
		break;
	}
}

static void step(struct params *p, unsigned int number)
{
	const struct step *s = &p->step[number];

	switch (s->op) {
	case OP_HLT:
		hlt(p, s);
		return;
	case OP_SPIN:
		spin(p, s->arg);
		return;
	case OP_IDLE:
		idle(p, s->arg);
		return;
	case OP_MSI:
		msi(p, number);
		return;
	case OP_FAULT:
		control(p, CONTROL_FRESH);
		break;
	default:
		break;
	}
	for (unsigned int i = 0; i < s->count && !p->stop; i++) {
		once(p, s, number, i);
		p->events[s->op]++;
	}
}

void guest_main(struct params *p)
{
	apic(p, LAPIC_SVR, LAPIC_ENABLE);
	apic(p, LAPIC_DIVIDE, LAPIC_BY_1);
	for (unsigned int round = 0; !p->stop && (!p->repeat || round < p->repeat); round++) {
		for (unsigned int i = 0; i < p->steps && !p->stop; i++)
			step(p, i);
	}
	write32(GUEST_DONE, 1);
}
