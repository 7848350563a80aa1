/* SPDX-License-Identifier: GPL-2.0-only */
/* What the numbers of interrupts mean: an MSI's address and data, a redirection entry, an ICR, an LVT register. */
#ifndef KVMTOP_IRQ_NAMES_H
#define KVMTOP_IRQ_NAMES_H

#include "types.h"

/* Offsets of the local vector table in the APIC page: sub of EVENT_LOCAL. */
enum irq_lvt {
	LVT_CMCI = 0x2f0,
	LVT_TIMER = 0x320,
	LVT_THERMAL = 0x330,
	LVT_PERF = 0x340,
	LVT_LINT0 = 0x350,
	LVT_LINT1 = 0x360,
	LVT_ERROR = 0x370,
};

enum irq_part {
	IRQ_VECTOR = 1,
	IRQ_DEST = 2, /* and logical */
	IRQ_DELIVERY = 4,
	IRQ_TRIGGER = 8,
	IRQ_MASK = 16,
};

/* Only what parts names is set. */
struct irq_decoded {
	u32 parts; /* enum irq_part */
	u32 vector;
	u32 dest; /* APIC id, or a logical one: a set of them */
	bool logical;
	u32 delivery; /* 0..7: irq_delivery_name() */
	bool level;   /* triggered by level, else by an edge */
	bool masked;
};

/* kind, sub, a, b and value: as of the event (bpf/events.h, model/events.c); of other kinds no part is set. */
void irq_decode(u32 kind, u32 sub, u64 a, u64 b, const u64 *value, struct irq_decoded *out);
/* "fixed", "lowest", "SMI", "reserved", "NMI", "INIT", "SIPI", "ExtINT": static text. */
const char *irq_delivery_name(u32 delivery);
/* "MSI fee01000/0041", "IOAPIC 19", "PIC 0:5", "IPI 0x41 by hypercall", "local timer", of EVENT_VECTOR "0x41", "NMI". */
const char *irq_name(u32 kind, u32 sub, u64 a, u64 b, char *buf, size_t size);
/* sub of EVENT_TIMER: "one-shot", "periodic", "TSC deadline"; NULL: there is no such mode. */
const char *timer_mode_name(u32 mode);

#endif
