/* SPDX-License-Identifier: GPL-2.0-only */
/* The truth guest: does each step the given number of times, and counts what it did where the VMM can read it. */
#include "guest_x86.h"

#define HC_KICK_CPU      5
#define HC_CLOCK_PAIRING 9
#define HC_SEND_IPI      10
#define HC_SCHED_YIELD   11

/* Of Xen's, one that KVM answers itself. */
#define XEN_SCHED_OP 29
#define XEN_YIELD    0

#define MSR_HV_GUEST_OS_ID 0x40000000
#define HV_FAST            0x10000

void guest_main(struct params *p);

/* args: number and four arguments. The same instruction on every host of a vendor, so that KVM need not patch it. */
static void hypercall(struct params *p, unsigned int of, const unsigned long *args)
{
	long ret = (long)args[0];

	if (p->vmcall)
		__asm__ volatile(".byte 0x0f, 0x01, 0xc1"
				 : "+a"(ret)
				 : "b"(args[1]), "c"(args[2]), "d"(args[3]), "S"(args[4])
				 : "memory");
	else
		__asm__ volatile(".byte 0x0f, 0x01, 0xd9"
				 : "+a"(ret)
				 : "b"(args[1]), "c"(args[2]), "d"(args[3]), "S"(args[4])
				 : "memory");
	did_hypercall(p, of, args, ret);
}

/*
 * As long as the guest has told its identity, its hypercalls are Hyper-V's: control word in EDX:EAX, input in EBX:ECX,
 * output in EDI:ESI.
 */
static void hyperv(struct params *p, const struct step *s)
{
	unsigned long args[5] = {(unsigned long)s->arg, 1, 0x1234, 0, 0};

	wrmsr(p, MSR_HV_GUEST_OS_ID, 1);
	for (unsigned int i = 0; i < s->count && !p->stop; i++) {
		unsigned int a = (unsigned int)s->arg | HV_FAST, d = 0;

		if (p->vmcall)
			__asm__ volatile(".byte 0x0f, 0x01, 0xc1"
					 : "+a"(a), "+d"(d)
					 : "b"(0), "c"(args[2]), "D"(0), "S"(0)
					 : "memory");
		else
			__asm__ volatile(".byte 0x0f, 0x01, 0xd9"
					 : "+a"(a), "+d"(d)
					 : "b"(0), "c"(args[2]), "D"(0), "S"(0)
					 : "memory");
		did_hypercall(p, CALL_HYPERV, args, (long)a);
		p->events[OP_HYPERV]++;
	}
	wrmsr(p, MSR_HV_GUEST_OS_ID, 0);
}

/* To this vCPU and to two that are not there, by both words of the bitmap; it is taken before the next is sent. */
static void pv_ipi(struct params *p)
{
	unsigned long args[5] = {HC_SEND_IPI, p->id < 32 ? 1UL << p->id : 0, 0x80000000UL, 0, VECTOR_PV_IPI};
	unsigned int before = p->irqs[VECTOR_PV_IPI];

	if (p->id >= 32)
		args[2] |= 1UL << (p->id - 32);
	hypercall(p, CALL_OWN, args);
	wait_irqs(p, OP_WAIT, &p->irqs[VECTOR_PV_IPI], before + 1);
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

/* One event of a step that is nothing but repeated events. */
static void once(struct params *p, const struct step *s, unsigned int number, unsigned int i)
{
	unsigned int arg = (unsigned int)s->arg;
	unsigned int address = s->arg == ARG_ANY ? GUEST_MMIO + p->id * PAGE + (i & 15) * 4 : arg;
	/* Unknown ones have arguments that are easy to tell apart. */
	unsigned long args[5] = {arg, 0x101, 0x202, 0x303, 0x404};

	switch (s->op) {
	case OP_PIO:
		out(p, (unsigned short)arg, i);
		break;
	case OP_PIO_IN:
		in(p, (unsigned short)arg);
		break;
	case OP_MMIO_WRITE:
		mmio_write(p, address, i);
		break;
	case OP_MMIO_READ:
		mmio_read(p, address);
		break;
	case OP_CPUID:
		cpuid(p, s->arg == ARG_ANY ? i & 1 : arg);
		break;
	case OP_MSR_READ:
		rdmsr(p, arg);
		break;
	case OP_MSR_WRITE:
		wrmsr(p, arg, 0);
		break;
	case OP_HYPERCALL:
		hypercall(p, CALL_OWN, args);
		break;
	case OP_XEN:
		if (arg == XEN_SCHED_OP)
			args[1] = XEN_YIELD;
		hypercall(p, CALL_XEN, args);
		break;
	case OP_KICK:
		hypercall(p, CALL_OWN, (unsigned long[]){HC_KICK_CPU, 0, arg, 0, 0});
		break;
	case OP_PV_IPI:
		pv_ipi(p);
		break;
	case OP_YIELD:
		hypercall(p, CALL_OWN, (unsigned long[]){HC_SCHED_YIELD, arg, 0, 0, 0});
		break;
	case OP_CLOCK:
		hypercall(p, CALL_OWN, (unsigned long[]){HC_CLOCK_PAIRING, GUEST_SCRATCH + p->id * PAGE, 0, 0, 0});
		break;
	case OP_ERROR:
		control(p, CONTROL_ERROR);
		break;
	case OP_FAULT:
		did(p, DETAIL_FAULT, TOUCH_WRITE, p->fresh);
		write32(p->fresh + i * PAGE, i);
		break;
	case OP_FAULT_HUGE:
		did(p, DETAIL_FAULT, TOUCH_HUGE, p->huge);
		/* All of it at once, if it is one page. */
		for (unsigned int k = 0; k < 4; k++)
			write32(p->huge + i * HUGE_SIZE + (i + k * 64) * PAGE, i);
		break;
	case OP_FAULT_READ:
		did(p, DETAIL_FAULT, TOUCH_READ, p->fresh);
		read32(p->fresh + i * PAGE);
		break;
	case OP_FAULT_EXEC:
		did(p, DETAIL_FAULT, TOUCH_EXEC, p->fresh);
		__asm__ volatile("call *%0" : : "r"(p->fresh + i * PAGE) : "memory");
		break;
	default: /* OP_SLOW, OP_STUCK: the VMM looks up what to do by the step's number */
		out(p, PORT_SLOW, number);
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
			write32(p->dirty + i * PAGE, c);
			write32(p->dirty + i * PAGE + 64, c);
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
		step_hlt(p, s);
		return;
	case OP_SPIN:
		spin(p, s->arg);
		return;
	case OP_IDLE:
		step_idle(p, s->arg);
		return;
	case OP_MSI:
	case OP_IRQFD:
		step_raised(p, number);
		return;
	case OP_EDGE:
	case OP_LEVEL:
	case OP_TWICE:
		step_ioapic(p, number);
		return;
	case OP_PIC:
		step_pic(p, number);
		return;
	case OP_IPI:
		step_ipi(p, number);
		return;
	case OP_PERIODIC:
		step_periodic(p, s);
		return;
	case OP_DEADLINE:
		step_deadline(p, s);
		return;
	case OP_HYPERV:
		hyperv(p, s);
		return;
	case OP_NESTED:
		step_nested(p, s);
		return;
	case OP_DIRTY_LOG:
	case OP_DIRTY_RING:
		dirty(p, number);
		return;
	case OP_SLOTS:
		control(p, CONTROL_SLOTS | number << 8);
		p->events[OP_SLOTS] += s->count;
		return;
	case OP_VAIN:
		control(p, CONTROL_VAIN | number << 8);
		write32(p->fresh, 1);
		p->events[OP_VAIN] += s->count;
		return;
	case OP_FAULT:
	case OP_FAULT_READ:
		control(p, CONTROL_FRESH);
		break;
	case OP_FAULT_EXEC:
		control(p, CONTROL_CODE);
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
	apic_init(p);
	for (unsigned int round = 0; !p->stop && (!p->repeat || round < p->repeat); round++) {
		for (unsigned int i = 0; i < p->steps && !p->stop; i++)
			step(p, i);
	}
	mmio_write(p, GUEST_DONE, 1);
}
