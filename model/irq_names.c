/* SPDX-License-Identifier: GPL-2.0-only */
#include "irq_names.h"

#include <inttypes.h>
#include <stdio.h>

#include "../bpf/events.h"

/*
 * Bits that MSI data, a redirection entry, an ICR and an LVT register have at the same places (Intel SDM volume 3, chapter
 * "APIC"; the I/O APIC's data sheet).
 */
#define VECTOR(v)            ((u32)(v)&0xff)
#define DELIVERY(v)          ((u32)(v) >> 8 & 7)
#define LOGICAL(v)           ((u32)(v) >> 11 & 1)
#define LEVEL(v)             ((u32)(v) >> 15 & 1)
#define MASKED(v)            ((u32)(v) >> 16 & 1)
#define SHORTHAND(v)         ((u32)(v) >> 18 & 3)
#define ENTRY_DEST(v)        ((u32)((v) >> 56))
#define DELIVERY_FIXED       0
#define DELIVERY_LOWEST      1
#define DELIVERY_REMOTE_READ 3
#define DELIVERY_STARTUP     6

/*
 * Of an MSI's address: bits 12 to 19; bits 5 to 11 are the next seven with KVM_FEATURE_MSI_EXT_DEST_ID (5.12), and the
 * upper half has the rest in x2APIC format.
 */
static u32 msi_dest(u64 address)
{
	return (u32)(address >> 12 & 0xff) | (u32)(address >> 5 & 0x7f) << 8 | (u32)(address >> 32 & 0xffffff00);
}

static void decode_local(u32 reg, u64 lvt, struct irq_decoded *out)
{
	out->parts = IRQ_VECTOR | IRQ_MASK;
	out->vector = VECTOR(lvt);
	out->masked = MASKED(lvt);
	if (reg == LVT_TIMER || reg == LVT_ERROR) /* these have neither */
		return;
	out->parts |= IRQ_DELIVERY | IRQ_TRIGGER;
	out->delivery = DELIVERY(lvt);
	out->level = LEVEL(lvt);
}

void irq_decode(u32 kind, u32 sub, u64 a, u64 b, const u64 *value, struct irq_decoded *out)
{
	*out = (struct irq_decoded){0};
	if (sub == EVENT_OTHERS)
		return;
	switch (kind) {
	case EVENT_MSI:
		out->parts = IRQ_VECTOR | IRQ_DEST | IRQ_DELIVERY | IRQ_TRIGGER;
		out->vector = VECTOR(b);
		out->dest = msi_dest(a);
		out->logical = a >> 2 & 1;
		out->delivery = DELIVERY(b);
		out->level = LEVEL(b);
		break;
	case EVENT_IOAPIC:
		out->parts = IRQ_VECTOR | IRQ_DEST | IRQ_DELIVERY | IRQ_TRIGGER | IRQ_MASK;
		out->vector = VECTOR(value[IOAPIC_ENTRY]);
		out->dest = ENTRY_DEST(value[IOAPIC_ENTRY]);
		out->logical = LOGICAL(value[IOAPIC_ENTRY]);
		out->delivery = DELIVERY(value[IOAPIC_ENTRY]);
		out->level = LEVEL(value[IOAPIC_ENTRY]);
		out->masked = MASKED(value[IOAPIC_ENTRY]);
		break;
	case EVENT_PIC:
		out->parts = IRQ_TRIGGER | IRQ_MASK;
		out->level = value[PIC_ELCR] >> (sub & 7) & 1;
		out->masked = value[PIC_IMR] >> (sub & 7) & 1;
		break;
	case EVENT_IPI:
		out->parts = IRQ_VECTOR | IRQ_DELIVERY | IRQ_TRIGGER;
		out->vector = sub;
		out->delivery = DELIVERY(a);
		out->level = LEVEL(a);
		if (!SHORTHAND(a)) {
			out->parts |= IRQ_DEST;
			out->dest = (u32)value[IPI_DEST];
			out->logical = LOGICAL(a);
		}
		break;
	case EVENT_LOCAL:
		decode_local(sub, value[LOCAL_LVT], out);
		break;
	case EVENT_VECTOR:
		out->parts = IRQ_DELIVERY;
		out->delivery = (u32)a & 7;
		if (a == DELIVERY_FIXED || a == DELIVERY_STARTUP)
			out->parts |= IRQ_VECTOR;
		out->vector = sub;
		break;
	}
}

const char *irq_delivery_name(u32 delivery)
{
	static const char *const names[] = {"fixed", "lowest", "SMI", "reserved", "NMI", "INIT", "SIPI", "ExtINT"};

	return names[delivery & 7];
}

static const char *lvt_name(u32 reg)
{
	switch (reg) {
	case LVT_CMCI:
		return "local CMCI";
	case LVT_TIMER:
		return "local timer";
	case LVT_THERMAL:
		return "local thermal";
	case LVT_PERF:
		return "local counters";
	case LVT_LINT0:
		return "local LINT0";
	case LVT_LINT1:
		return "local LINT1";
	case LVT_ERROR:
		return "local error";
	default:
		return NULL;
	}
}

static const char *ipi_name(u32 vector, u64 icr, u64 hypercall, char *buf, size_t size)
{
	static const char *const to[] = {"", " to itself", " to all", " to the others"};

	if (DELIVERY(icr) > DELIVERY_LOWEST && DELIVERY(icr) != DELIVERY_STARTUP)
		snprintf(buf, size, "IPI %s%s%s", irq_delivery_name(DELIVERY(icr)), to[SHORTHAND(icr)],
			 hypercall ? " by hypercall" : "");
	else
		snprintf(buf, size, "IPI %#04" PRIx32 "%s%s", vector, to[SHORTHAND(icr)],
			 hypercall ? " by hypercall" : "");
	return buf;
}

/* include/kvm/arm_arch_timer.h, include/kvm/arm_pmu.h: what they are unless the VMM wants others, and it does not. */
static const char *ppi_name(u32 intid)
{
	switch (intid) {
	case 23:
		return " counters";
	case 26:
	case 28:
		return " EL2 timer";
	case 27:
		return " virtual timer";
	case 30:
		return " physical timer";
	default:
		return "";
	}
}

/* ICC_SGI1R_EL1 (Arm's GICv3, IHI0069): bit 40: to all others; else affinities 3.2.1 and a set of 16 of the lowest. */
static void sgi_name(u32 intid, u64 reg, char *buf, size_t size)
{
	u32 list = (u32)reg & 0xffff;
	u64 above = (reg >> 48 & 0xff) << 16 | (reg >> 32 & 0xff) << 8 | (reg >> 16 & 0xff);

	if (reg >> 40 & 1)
		snprintf(buf, size, "SGI %" PRIu32 " to the others", intid);
	else if (above)
		snprintf(buf, size, "SGI %" PRIu32 " to %" PRIx64 ":%04" PRIx32, intid, above, list);
	else
		snprintf(buf, size, "SGI %" PRIu32 " to %04" PRIx32, intid, list);
}

const char *irq_name(u32 kind, u32 sub, u64 a, u64 b, char *buf, size_t size)
{
	switch (kind) {
	case EVENT_MSI:
		snprintf(buf, size, "MSI %" PRIx64 "/%04" PRIx64, a, b);
		return buf;
	case EVENT_IOAPIC:
		snprintf(buf, size, "IOAPIC %" PRIu32, sub);
		return buf;
	case EVENT_PIC:
		snprintf(buf, size, "PIC %" PRIu32 ":%" PRIu32, sub >> 3, sub & 7);
		return buf;
	case EVENT_GSI:
		snprintf(buf, size, "GSI %" PRIu32, sub);
		return buf;
	case EVENT_IPI:
		return ipi_name(sub, a, b, buf, size);
	case EVENT_LOCAL:
		if (lvt_name(sub))
			return lvt_name(sub);
		snprintf(buf, size, "local LVT %#" PRIx32, sub);
		return buf;
	case EVENT_SPI:
		snprintf(buf, size, "SPI %" PRIu32, sub);
		return buf;
	case EVENT_PPI:
		snprintf(buf, size, "PPI %" PRIu32 "%s", sub, ppi_name(sub));
		return buf;
	case EVENT_SGI:
		sgi_name(sub, a, buf, size);
		return buf;
	case EVENT_VECTOR:
		if (a == DELIVERY_REMOTE_READ) /* how KVM delivers KVM_HC_KICK_CPU, since 3.12 */
			return "PV kick";
		if (a > DELIVERY_LOWEST && a != DELIVERY_STARTUP)
			return irq_delivery_name((u32)a);
		snprintf(buf, size, "%s%#04" PRIx32, a == DELIVERY_STARTUP ? "SIPI " : "", sub);
		return buf;
	default:
		snprintf(buf, size, "%" PRIx32 ":%" PRIx64 ":%" PRIx64, sub, a, b);
		return buf;
	}
}

const char *timer_mode_name(u32 mode)
{
	static const char *const names[] = {"one-shot", "periodic", "TSC deadline"};

	return mode < ARRAY_SIZE(names) ? names[mode] : NULL;
}
