/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The truth guest of arm64 hosts: the steps of guest.c that exist there. It runs at EL1 without paging and with
 * interrupts masked: a pending one ends WFI all the same, and is then taken by reading the interrupt controller.
 */
#include "guest.h"

#define PAGE       4096
#define GIC_NONE   1020 /* this and above: nothing is pending */
#define GIC_LOWEST 0xf0UL
#define TIMER_ON   1UL
/* As the instructions that access them have them: Op0 << 14 | Op1 << 11 | CRn << 7 | CRm << 3 | Op2 */
#define ID_AA64ISAR0 0xc030
#define OSLAR        0x8084

void guest_main(struct params *p);

/* One plain store or load: KVM emulates those whose syndrome says register and size. */
static inline void write32(unsigned long address, unsigned int value)
{
	__asm__ volatile("str %w0, [%1]" : : "r"(value), "r"(address) : "memory");
}

static inline unsigned int read32(unsigned long address)
{
	unsigned int value;

	__asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static void mmio_write(struct params *p, unsigned long address, unsigned int value)
{
	did(p, DETAIL_MMIO, 1, address);
	write32(address, value);
}

static void mmio_read(struct params *p, unsigned long address)
{
	did(p, DETAIL_MMIO, 0, address);
	read32(address);
}

static inline unsigned long long counter(void)
{
	unsigned long long t;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(t));
	return t;
}

static inline void timer_start(unsigned long ticks)
{
	__asm__ volatile("msr cntv_tval_el0, %0\n\tmsr cntv_ctl_el0, %1\n\tisb" : : "r"(ticks), "r"(TIMER_ON));
}

static inline void timer_stop(void)
{
	__asm__ volatile("msr cntv_ctl_el0, xzr\n\tisb");
}

static void control(struct params *p, unsigned int what)
{
	p->controls++;
	mmio_write(p, GUEST_PORTS + PORT_CONTROL, what);
}

static void hypercall(struct params *p, const unsigned long *args)
{
	register unsigned long x0 __asm__("x0") = args[0];
	register unsigned long x1 __asm__("x1") = args[1];
	register unsigned long x2 __asm__("x2") = args[2];
	register unsigned long x3 __asm__("x3") = args[3];
	register unsigned long x4 __asm__("x4") = args[4];

	__asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : "r"(x4) : "memory");
	did_hypercall(p, CALL_OWN, args, (long)x0);
}

static void take_interrupts(struct params *p)
{
	for (;;) {
		unsigned long id;

		__asm__ volatile("mrs %0, s3_0_c12_c12_0\n\tdsb sy" : "=r"(id)); /* ICC_IAR1_EL1 */
		if (id >= GIC_NONE)
			return;
		if (id == PPI_TIMER) {
			timer_stop();
			p->timer_irqs++;
		} else if (id == SPI_MSI + p->id) {
			p->msi_irqs++;
		} else if (id == SGI_IPI) {
			p->irqs[SGI_IPI]++;
		}
		__asm__ volatile("msr s3_0_c12_c12_1, %0\n\tisb" : : "r"(id)); /* ICC_EOIR1_EL1 */
	}
}

/* WFI need not trap: when an interrupt is pending already, it is done at once. */
static void halt(struct params *p, unsigned int op)
{
	p->events[op]++;
	__asm__ volatile("dsb sy\n\twfi" : : : "memory");
	take_interrupts(p);
}

static void until_timer(struct params *p, unsigned int op, unsigned long long ticks)
{
	unsigned int before = p->timer_irqs;

	if (ticks)
		timer_start(ticks);
	while (!p->stop && p->timer_irqs == before)
		halt(p, op);
	timer_stop();
}

static void spin(struct params *p, unsigned long long ticks)
{
	unsigned long long end = counter() + ticks;

	while (!p->stop && (long long)(end - counter()) > 0)
		;
	p->events[OP_SPIN]++;
}

static void msi(struct params *p, unsigned int number)
{
	unsigned int last = p->msi_irqs + p->step[number].count;

	control(p, CONTROL_MSI | number << 8);
	while (!p->stop && (int)(last - p->msi_irqs) > 0)
		halt(p, OP_MSI);
}

/* Targets are a set of the 16 vCPUs that share an affinity above the lowest. */
static void send_ipi(struct params *p, unsigned int to)
{
	unsigned long sgi = (unsigned long)SGI_IPI << 24 | (to / 16) << 16 | 1UL << to % 16;

	did(p, DETAIL_IPI, 1, (unsigned long long)to << 32 | SGI_IPI);
	__asm__ volatile("msr s3_0_c12_c11_5, %0\n\tisb" : : "r"(sgi)); /* ICC_SGI1R_EL1 */
	p->events[OP_IPI]++;
}

static void wait_ipi(struct params *p, unsigned int wanted)
{
	while (!p->stop && (int)(wanted - p->irqs[SGI_IPI]) > 0)
		halt(p, OP_WAIT);
}

/* Never two on their way: the one that has been sent to answers. */
static void ipi(struct params *p, unsigned int number)
{
	unsigned int other = p->id ^ 1, before = p->irqs[SGI_IPI];

	control(p, CONTROL_MEET | number << 8);
	for (unsigned int i = 0; i < p->step[number].count && other < p->vcpus && !p->stop; i++) {
		if (p->id & 1)
			wait_ipi(p, before + i + 1);
		send_ipi(p, other);
		if (!(p->id & 1))
			wait_ipi(p, before + i + 1);
	}
}

/* One event of a step that is nothing but repeated events. */
static void once(struct params *p, const struct step *s, unsigned int number, unsigned int i)
{
	unsigned long value = 0;
	unsigned long address = s->arg == ARG_ANY ? GUEST_MMIO + p->id * PAGE + (i & 15) * 4 : s->arg;

	switch (s->op) {
	case OP_MMIO_WRITE:
		mmio_write(p, address, i);
		break;
	case OP_MMIO_READ:
		mmio_read(p, address);
		break;
	case OP_MSR_READ:
		did(p, DETAIL_MSR, 0, ID_AA64ISAR0);
		__asm__ volatile("mrs %0, id_aa64isar0_el1" : "=r"(value));
		break;
	case OP_MSR_WRITE:
		did(p, DETAIL_MSR, 1, OSLAR);
		__asm__ volatile("msr oslar_el1, %0" : : "r"(value));
		break;
	case OP_HYPERCALL:
		hypercall(p, (unsigned long[]){s->arg, 0x101, 0x202, 0x303, 0x404});
		break;
	case OP_ERROR:
		control(p, CONTROL_ERROR);
		break;
	case OP_FAULT_HUGE:
		did(p, DETAIL_FAULT, TOUCH_HUGE, p->huge);
		/* All of it at once, if it is one page. */
		for (unsigned int k = 0; k < 4; k++)
			write32((unsigned long)p->huge + i * HUGE_SIZE + (i + k * 64) * PAGE, i);
		break;
	case OP_FAULT_READ:
		did(p, DETAIL_FAULT, TOUCH_READ, p->fresh);
		read32((unsigned long)p->fresh + i * PAGE);
		break;
	case OP_FAULT:
		did(p, DETAIL_FAULT, TOUCH_WRITE, p->fresh);
		write32((unsigned long)p->fresh + i * PAGE, i);
		break;
	default: /* OP_SLOW, OP_STUCK: the VMM looks up what to do by the step's number */
		mmio_write(p, GUEST_PORTS + PORT_SLOW, number);
		break;
	}
}

/* In cycle c every (c + 1)th page, twice: it is one mark each. */
static void dirty(struct params *p, unsigned int number)
{
	const struct step *s = &p->step[number];

	control(p, CONTROL_DIRTY | number << 8 | DIRTY_BEGIN);
	for (unsigned int c = 0; c < s->arg && !p->stop; c++) {
		for (unsigned int i = 0; i < s->count; i += c + 1) {
			write32((unsigned long)p->dirty + i * PAGE, c);
			write32((unsigned long)p->dirty + i * PAGE + 64, c);
			p->events[s->op]++;
		}
		control(p, CONTROL_DIRTY | number << 8 | DIRTY_COLLECT);
	}
	control(p, CONTROL_DIRTY | number << 8 | DIRTY_END);
}

static void step(struct params *p, unsigned int number)
{
	const struct step *s = &p->step[number];

	switch (s->op) {
	case OP_HLT:
		for (unsigned int i = 0; i < s->count && !p->stop; i++)
			until_timer(p, OP_HLT, s->arg);
		return;
	case OP_SPIN:
		spin(p, s->arg);
		return;
	case OP_IDLE:
		until_timer(p, OP_IDLE, s->arg);
		return;
	case OP_MSI:
		msi(p, number);
		return;
	case OP_SLOTS:
		control(p, CONTROL_SLOTS | number << 8);
		p->events[OP_SLOTS] += s->count;
		return;
	case OP_DIRTY_LOG:
		dirty(p, number);
		return;
	case OP_IPI:
		ipi(p, number);
		return;
	case OP_FAULT:
	case OP_FAULT_READ:
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
	/* ICC_PMR_EL1 and ICC_IGRPEN1_EL1: all priorities, group 1. The VMM has set up the rest. */
	__asm__ volatile("msr s3_0_c4_c6_0, %0\n\tmsr s3_0_c12_c12_7, %1\n\tisb" : : "r"(GIC_LOWEST), "r"(1UL));
	for (unsigned int round = 0; !p->stop && (!p->repeat || round < p->repeat); round++) {
		for (unsigned int i = 0; i < p->steps && !p->stop; i++)
			step(p, i);
	}
	/* All steps done, the vCPU is not run again. Not memory, so that the times of its exits are complete. */
	__asm__ volatile("brk #0");
}
