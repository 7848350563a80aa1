/* SPDX-License-Identifier: GPL-2.0-only */
/* The two sides of interrupts: their sources, and their delivery by vCPU and vector. */
#include <inttypes.h>
#include <stdio.h>

#include "column_events.h"
#include "column_kit.h"
#include "events.h"
#include "irq_names.h"
#include "views.h"

/* --- sources ------------------------------------------------------------------------------------------------------- */

static struct irq_decoded decoded(const struct event_row *e)
{
	struct irq_decoded d;

	irq_decode(e->kind, e->sub, e->a, e->b, e->value, &d);
	return d;
}

GETTER(irq_type)
{
	const struct event_info *info = event_info(row.event->kind);

	(void)snap;
	if (info)
		text(out, info->name);
}

GETTER(irq_vector)
{
	struct irq_decoded d = decoded(row.event);

	(void)snap;
	if (!(d.parts & IRQ_VECTOR))
		return;
	snprintf(out->buf, sizeof(out->buf), "%#04" PRIx32, d.vector);
	text(out, out->buf);
}

GETTER(irq_dest)
{
	struct irq_decoded d = decoded(row.event);

	(void)snap;
	if (d.parts & IRQ_DEST)
		number(out, d.dest);
}

GETTER(irq_dest_mode)
{
	struct irq_decoded d = decoded(row.event);

	(void)snap;
	if (d.parts & IRQ_DEST)
		text(out, d.logical ? "logical" : "phys");
}

GETTER(irq_delivery)
{
	struct irq_decoded d = decoded(row.event);

	(void)snap;
	if (d.parts & IRQ_DELIVERY)
		text(out, irq_delivery_name(d.delivery));
}

GETTER(irq_trigger)
{
	struct irq_decoded d = decoded(row.event);

	(void)snap;
	if (d.parts & IRQ_TRIGGER)
		text(out, d.level ? "level" : "edge");
}

GETTER(irq_mask)
{
	struct irq_decoded d = decoded(row.event);

	(void)snap;
	if (d.parts & IRQ_MASK)
		text(out, d.masked ? "masked" : "open");
}

#define SOURCES                                                                                             \
	(PROBE_BIT(PROBE_MSI) | PROBE_BIT(PROBE_IOAPIC) | PROBE_BIT(PROBE_PIC) | PROBE_BIT(PROBE_OWN_IRQ) | \
	 PROBE_BIT(PROBE_IPI) | PROBE_BIT(PROBE_LOCAL_IRQ) | PROBE_BIT(PROBE_VGIC) | PROBE_BIT(PROBE_SGI))
#define TIMED (PROBE_BIT(PROBE_MSI) | PROBE_BIT(PROBE_IOAPIC) | PROBE_BIT(PROBE_PIC))

/* clang-format off */
static const struct column irq_columns[] = {
	{.name = "source", .title = "SOURCE", .unit = UNIT_TEXT, .get = event_label, .width = 18, .flexible = true,
	 .help = "What raises it: an MSI by address/data, a pin of the IOAPIC or the PIC (chip:pin), an IPI as its sender wrote it, the vCPU's own timer. arm64: a line of the GIC that all share (SPI), a vCPU's own (PPI), or an IPI (SGI) with its targets."},
	EVENT_VM_COLUMN,
	EVENT_VCPU_COLUMN,
	{.name = "type", .title = "TYPE", .unit = UNIT_TEXT, .get = irq_type, .width = 8, .priority = 12,
	 .help = "msi, ioapic, pic, gsi, ipi or local, on arm64 spi, ppi or sgi: to filter by, as in type=msi."},
	{.name = "vector", .title = "VEC", .unit = UNIT_TEXT, .get = irq_vector, .width = 5, .priority = 2,
	 .help = "The vector it asks for; for a pin that of its redirection entry."},
	{.name = "dest", .title = "DEST", .unit = UNIT_ID, .get = irq_dest, .width = 4, .priority = 5,
	 .help = "The APIC it goes to, or a set of them where the destination is logical; all on one vCPU is worth spreading."},
	{.name = "destmode", .title = "DMODE", .unit = UNIT_TEXT, .get = irq_dest_mode, .width = 9, .priority = 11,
	 .help = "phys: the destination is one APIC id. logical: it is a set."},
	{.name = "delivery", .title = "DELIV", .unit = UNIT_TEXT, .get = irq_delivery, .width = 8, .priority = 8,
	 .help = "fixed or lowest priority are interrupts; SMI, NMI, INIT, SIPI and ExtINT are what they say."},
	{.name = "trigger", .title = "TRIG", .unit = UNIT_TEXT, .get = irq_trigger, .width = 6, .priority = 7,
	 .help = "edge or level. A level that the guest does not take stays up: look at COAL/S."},
	{.name = "mask", .title = "MASK", .unit = UNIT_TEXT, .get = irq_mask, .width = 8, .priority = 9,
	 .help = "masked: the guest does not want it now. The PIC's pins are masked in guests that use the IOAPIC."},
	EVENT_COUNT_COLUMN(SOURCES),
	EVENT_RATE_COLUMN(SOURCES),
	{.name = "coalesced", .title = "COAL/S", .unit = UNIT_RATE, .get = event_errors, .width = 6, .priority = 4,
	 .descending = true, .needs_any = TIMED,
	 .help = "Of these, a second: merged with one that the guest had not taken yet, or, of an MSI, taken by no vCPU."},
	{.name = "time", .title = "TIME", .unit = UNIT_NS, .get = event_time, .width = 6, .priority = 10,
	 .descending = true, .needs_any = TIMED, .help = "Time that raising it took in the interval, on whichever pCPU."},
	{.name = "avg", .title = "AVG", .unit = UNIT_NS, .get = event_avg, .width = 6, .priority = 3, .descending = true,
	 .needs_any = TIMED, .help = "How long the function that sets it took, on the average; the delivery to the vCPU's APIC is part of it."},
	{.name = "p99", .title = "P99", .unit = UNIT_NS, .get = event_p99, .width = 6, .priority = 6, .descending = true,
	 .needs_any = TIMED, .help = "99 of 100 were set within this time; far above AVG, somebody else held the lock of the chip."},
	{.name = "max", .title = "MAX", .unit = UNIT_NS, .get = event_max, .width = 6, .priority = 3, .descending = true,
	 .needs_any = TIMED, .help = "The longest time that setting it took."},
	{.name = "by", .title = "LAST BY", .unit = UNIT_TEXT, .get = event_task, .width = 16, .priority = 10,
	 .help = "The thread that raised the last one: vhost, a kworker of an irqfd, the VMM or a vCPU."},
};
/* clang-format on */

const struct view_columns irq_view = {
	.name = "irq",
	.title = "interrupts by source",
	.rows = ROWS_EVENT,
	.columns = irq_columns,
	.count = ARRAY_SIZE(irq_columns),
	.default_sort = 11,
	.groups = GROUP_BIT(GROUP_IRQ),
	.kinds = {EVENT_MSI, EVENT_IOAPIC, EVENT_PIC, EVENT_GSI, EVENT_IPI, EVENT_LOCAL, EVENT_SPI, EVENT_PPI,
		  EVENT_SGI},
	.empty = "no interrupt was raised yet; the same key again shows their delivery",
	.other = VIEW_VECTOR,
	.enter = VIEW_VECTOR,
};

/* --- delivery ------------------------------------------------------------------------------------------------------- */

static void value_rate(const struct event_row *e, u32 which, struct value *out)
{
	if (e->sub != EVENT_OTHERS)
		rate(out, e->value[which], e->over_ns);
}

GETTER(vector_injected)
{
	(void)snap;
	value_rate(row.event, VECTOR_INJECTED, out);
}

GETTER(vector_eoi)
{
	(void)snap;
	value_rate(row.event, VECTOR_EOI, out);
}

GETTER(vector_posted)
{
	(void)snap;
	value_rate(row.event, VECTOR_POSTED, out);
}

GETTER(vector_way)
{
	const struct event_row *e = row.event;

	(void)snap;
	if (e->sub == EVENT_OTHERS || (!e->value[VECTOR_INJECTED] && !e->value[VECTOR_POSTED]))
		return;
	text(out, !e->value[VECTOR_POSTED] ? "injected" : !e->value[VECTOR_INJECTED] ? "posted" : "both");
}

#define ACCEPT PROBE_BIT(PROBE_ACCEPT)
#define DELAY  (PROBE_BIT(PROBE_ACCEPT) | PROBE_BIT(PROBE_INJECT))

/* clang-format off */
static const struct column vector_columns[] = {
	{.name = "vector", .title = "VECTOR", .unit = UNIT_TEXT, .get = event_label, .width = 7, .flexible = true,
	 .help = "The vector that the vCPU gets, or what else came that way: NMI, SMI, INIT, SIPI."},
	EVENT_VM_COLUMN,
	{.name = "vcpu", .title = "ID", .unit = UNIT_ID, .get = event_vcpu, .width = 3, .priority = 1,
	 .help = "The vCPU that gets it."},
	{.name = "way", .title = "BY", .unit = UNIT_TEXT, .get = vector_way, .width = 10, .priority = 5,
	 .help = "injected: KVM hands it over at an entry. posted: the CPU does (APICv, AVIC), so that no delay can be seen."},
	EVENT_COUNT_COLUMN(ACCEPT),
	{.name = "rate", .title = "ACCEPT", .unit = UNIT_RATE, .get = event_rate, .width = 6, .descending = true,
	 .needs = ACCEPT, .help = "Accepted by the vCPU's APIC, a second."},
	{.name = "coalesced", .title = "COAL/S", .unit = UNIT_RATE, .get = event_errors, .width = 6, .priority = 4,
	 .descending = true, .needs = ACCEPT,
	 .help = "Accepted while the same vector was still pending, a second: the guest sees one of the two."},
	{.name = "injected", .title = "INJECT", .unit = UNIT_RATE, .get = vector_injected, .width = 6, .priority = 2,
	 .descending = true, .needs = PROBE_BIT(PROBE_INJECT), .help = "Injected by KVM, a second; with those of the PIC, which no APIC accepts."},
	{.name = "posted", .title = "POST/S", .unit = UNIT_RATE, .get = vector_posted, .width = 6, .priority = 6,
	 .descending = true, .needs = ACCEPT,
	 .help = "Left to the CPU to deliver, a second. Devices that post by the IOMMU pass KVM by: they are not among these."},
	{.name = "eoi", .title = "EOI/S", .unit = UNIT_RATE, .get = vector_eoi, .width = 6, .priority = 7,
	 .descending = true, .needs = PROBE_BIT(PROBE_EOI),
	 .help = "Ended by the guest, a second, as far as KVM sees it: with APICv or AVIC it mostly does not."},
	{.name = "avg", .title = "AVG", .unit = UNIT_NS, .get = event_avg, .width = 6, .priority = 8, .descending = true,
	 .needs = DELAY, .help = "Delay from accepted to injected, on the average."},
	{.name = "p50", .title = "P50", .unit = UNIT_NS, .get = event_p50, .width = 6, .priority = 3, .descending = true,
	 .needs = DELAY, .help = "Half of them were injected within this time after they were accepted."},
	{.name = "p99", .title = "P99", .unit = UNIT_NS, .get = event_p99, .width = 6, .priority = 2, .descending = true,
	 .needs = DELAY, .help = "99 of 100 were injected within this time. Much longer than P50: the vCPU waits for a pCPU, or has interrupts off."},
	{.name = "max", .title = "MAX", .unit = UNIT_NS, .get = event_max, .width = 6, .priority = 1, .descending = true,
	 .needs = DELAY, .help = "The longest delay from accepted to injected."},
	{.name = "by", .title = "LAST BY", .unit = UNIT_TEXT, .get = event_task, .width = 16, .priority = 10,
	 .needs = ACCEPT, .help = "The thread that delivered the last one."},
};
/* clang-format on */

const struct view_columns vector_view = {
	.name = "vector",
	.title = "interrupts by vector",
	.rows = ROWS_EVENT,
	.columns = vector_columns,
	.count = ARRAY_SIZE(vector_columns),
	.default_sort = 5,
	.groups = GROUP_BIT(GROUP_IRQ),
	.kinds = {EVENT_VECTOR},
	.per_vcpu = true,
	.empty = "no interrupt was delivered yet; the same key again shows their sources",
	.other = VIEW_IRQ,
};
