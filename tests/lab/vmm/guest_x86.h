/* SPDX-License-Identifier: GPL-2.0-only */
/* The truth guest on x86: instructions that exit, each with its line in the account, and what its files share. */
#ifndef KVMTOP_LAB_GUEST_X86_H
#define KVMTOP_LAB_GUEST_X86_H

#include "guest.h"

#define PAGE 4096

static inline void out(struct params *p, unsigned short port, unsigned int value)
{
	did(p, DETAIL_PIO, 1, port);
	__asm__ volatile("outl %0, %1" : : "a"(value), "d"(port) : "memory");
}

static inline void out8(struct params *p, unsigned short port, unsigned char value)
{
	did(p, DETAIL_PIO, 1, port);
	__asm__ volatile("outb %0, %1" : : "a"(value), "d"(port) : "memory");
}

static inline unsigned int in(struct params *p, unsigned short port)
{
	unsigned int value;

	did(p, DETAIL_PIO, 0, port);
	__asm__ volatile("inl %1, %0" : "=a"(value) : "d"(port) : "memory");
	return value;
}

static inline unsigned long long tsc(void)
{
	unsigned long long t;

	__asm__ volatile("rdtsc" : "=A"(t));
	return t;
}

static inline void cpuid(struct params *p, unsigned int leaf)
{
	unsigned int a = leaf, b, c = 0, d;

	did(p, DETAIL_CPUID, 0, leaf);
	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
}

static inline unsigned long long rdmsr(struct params *p, unsigned int msr)
{
	unsigned long long value;

	did(p, DETAIL_MSR, 0, msr);
	__asm__ volatile("rdmsr" : "=A"(value) : "c"(msr));
	return value;
}

static inline void wrmsr(struct params *p, unsigned int msr, unsigned long long value)
{
	did(p, DETAIL_MSR, 1, msr);
	__asm__ volatile("wrmsr" : : "A"(value), "c"(msr) : "memory");
}

/* Memory: no line in the account. */
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

static inline void mmio_write(struct params *p, unsigned int address, unsigned int value)
{
	did(p, DETAIL_MMIO, 1, address);
	write32(address, value);
}

static inline unsigned int mmio_read(struct params *p, unsigned int address)
{
	did(p, DETAIL_MMIO, 0, address);
	return read32(address);
}

static inline void control(struct params *p, unsigned int what)
{
	p->controls++;
	out(p, PORT_CONTROL, what);
}

/* guest_irq.c: the local APIC, and the only places where interrupts are taken. */
void apic_init(struct params *p);
void halt(struct params *p, unsigned int op);
/* Halts until *irqs has reached wanted; the halts are counted as op's. */
void wait_irqs(struct params *p, unsigned int op, const volatile unsigned int *irqs, unsigned int wanted);
void step_hlt(struct params *p, const struct step *s);
void step_idle(struct params *p, unsigned long long ns);
/* Halts until the other thread has raised the interrupts of a step. */
void step_raised(struct params *p, unsigned int number);
void step_ioapic(struct params *p, unsigned int number);
void step_pic(struct params *p, unsigned int number);
void step_ipi(struct params *p, unsigned int number);
void step_periodic(struct params *p, const struct step *s);
void step_deadline(struct params *p, const struct step *s);
void step_nested(struct params *p, const struct step *s);

#endif
