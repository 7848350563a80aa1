/* SPDX-License-Identifier: GPL-2.0-only */
#include "events.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "event_names.h"
#include "irq_names.h"

/* clang-format off */
static const struct event_info events[] = {
	{.kind = EVENT_MSI, .name = "msi", .array = "irqs", .a = "address", .b = "data", .errors = "undelivered", .timed = true,
	 .value = {[MSI_IRQFD] = {"irqfd", VALUE_SUM}}},
	{.kind = EVENT_IOAPIC, .name = "ioapic", .array = "irqs", .sub = "pin", .errors = "coalesced", .timed = true,
	 .value = {[IOAPIC_ENTRY] = {"entry", VALUE_LAST}, [IOAPIC_LOWERED] = {"lowered", VALUE_SUM},
		   [IOAPIC_MASKED] = {"masked", VALUE_SUM}}},
	{.kind = EVENT_PIC, .name = "pic", .array = "irqs", .sub = "line", .errors = "coalesced", .timed = true,
	 .value = {[PIC_ELCR] = {"elcr", VALUE_LAST}, [PIC_IMR] = {"imr", VALUE_LAST},
		   [PIC_LOWERED] = {"lowered", VALUE_SUM}, [PIC_MASKED] = {"masked", VALUE_SUM}}},
	{.kind = EVENT_GSI, .name = "gsi", .array = "irqs", .sub = "gsi"},
	{.kind = EVENT_IPI, .name = "ipi", .array = "irqs", .sub = "vector", .a = "icr", .b = "hypercall",
	 .value = {[IPI_DEST] = {"dest", VALUE_LAST}, [IPI_TARGETS] = {"targets", VALUE_SUM}}},
	{.kind = EVENT_VECTOR, .name = "vector", .array = "vectors", .sub = "vector", .a = "mode", .errors = "coalesced",
	 .timed = true,
	 .value = {[VECTOR_INJECTED] = {"injected", VALUE_SUM}, [VECTOR_EOI] = {"eoi", VALUE_SUM},
		   [VECTOR_POSTED] = {"posted", VALUE_SUM}, [VECTOR_PV_EOI] = {"pv_eoi", VALUE_SUM}}},
	{.kind = EVENT_LOCAL, .name = "local", .array = "irqs", .sub = "register", .value = {
		   [LOCAL_LVT] = {"lvt", VALUE_LAST}}},
	{.kind = EVENT_SPI, .name = "spi", .array = "irqs", .sub = "intid", .value = {
		   [LINE_LOWERED] = {"lowered", VALUE_SUM}}},
	{.kind = EVENT_PPI, .name = "ppi", .array = "irqs", .sub = "intid", .value = {
		   [LINE_LOWERED] = {"lowered", VALUE_SUM}}},
	{.kind = EVENT_SGI, .name = "sgi", .array = "irqs", .sub = "intid", .a = "target"},
	{.kind = EVENT_FAULT, .name = "fault", .array = "faults", .sub = "kind", .a = "level", .errors = "failed",
	 .timed = true, .host_sum = true,
	 .value = {[FAULT_FIXED] = {"fixed", VALUE_SUM}, [FAULT_FAST] = {"fast", VALUE_SUM},
		   [FAULT_SPURIOUS] = {"spurious", VALUE_SUM}, [FAULT_EMULATED] = {"emulated", VALUE_SUM}}},
	{.kind = EVENT_REGION, .name = "region", .array = "fault_regions", .a = "gpa", .errors = "failed", .timed = true,
	 .value = {[REGION_HVA] = {"hva", VALUE_LAST}, [REGION_PFN] = {"pfn", VALUE_LAST},
		   [REGION_SLOT] = {"slot", VALUE_LAST}, [REGION_WRITES] = {"writes", VALUE_SUM}}},
	{.kind = EVENT_STUCK, .name = "stuck", .array = "stuck", .a = "gfn",
	 .value = {[STUCK_FOR] = {"for_ns", VALUE_LAST}, [STUCK_LONGEST] = {"longest_ns", VALUE_MAX},
		   [STUCK_ERROR] = {"error_code", VALUE_LAST}}},
	{.kind = EVENT_DIRTY_SLOT, .name = "dirty", .array = "dirty", .sub = "slot", .a = "gpa", .b = "bytes",
	 .errors = "repeated", .cells = true,
	 .value = {[SLOT_FLAGS] = {"flags", VALUE_LAST}, [SLOT_CYCLES] = {"cycles", VALUE_SUM},
		   [SLOT_LAST_CYCLE] = {"last_cycle", VALUE_LAST}, [SLOT_THIS_CYCLE] = {"this_cycle", VALUE_LAST}}},
	{.kind = EVENT_DIRTY_PAGE, .name = "dirty_page", .array = "dirty_pages", .sub = "slot", .a = "gfn",
	 .errors = "repeated", .value = {[PAGE_OFFSET] = {"offset", VALUE_LAST}}},
	{.kind = EVENT_DIRTY_VCPU, .name = "dirty_vcpu", .array = "dirty_vcpus", .sub = "slot", .errors = "repeated"},
	{.kind = EVENT_WAKEUP, .name = "wakeup", .array = "halts", .errors = "invalid", .timed = true,
	 .value = {[WAKEUP_IN_POLL] = {"polled", VALUE_SUM}}},
	{.kind = EVENT_HALT_POLL, .name = "halt_poll", .array = "halts", .sub = "shrink",
	 .value = {[WINDOW_NEW] = {"new_ns", VALUE_LAST}, [WINDOW_OLD] = {"old_ns", VALUE_LAST}}},
	{.kind = EVENT_ON_CPU, .name = "on_cpu", .array = "halts", .sub = "cpu", .timed = true},
	{.kind = EVENT_OFF_CPU, .name = "off_cpu", .array = "halts", .sub = "why", .timed = true},
	{.kind = EVENT_MIGRATION, .name = "migration", .array = "halts", .sub = "node",
	 .value = {[MOVE_FROM] = {"from", VALUE_LAST}, [MOVE_TO] = {"to", VALUE_LAST}}},
	{.kind = EVENT_HYPERCALL, .name = "hypercall", .array = "hypercalls", .sub = "of", .a = "nr", .host_sum = true, .timed = true,
	 .value = {{"a0", VALUE_LAST}, {"a1", VALUE_LAST}, {"a2", VALUE_LAST}, {"a3", VALUE_LAST}}},
	{.kind = EVENT_IOCTL, .name = "ioctl", .array = "ioctls", .sub = "file", .a = "request", .b = "process",
	 .errors = "errors", .timed = true, .value = {[IOCTL_ARG] = {"arg", VALUE_LAST},
		   [IOCTL_ERRNO] = {"errno", VALUE_LAST}}},
	{.kind = EVENT_MEMSLOT, .name = "memslot", .array = "memslots", .sub = "slot",
	 .value = {[MEMSLOT_GPA] = {"gpa", VALUE_LAST}, [MEMSLOT_BYTES] = {"bytes", VALUE_LAST},
		   [MEMSLOT_HVA] = {"hva", VALUE_LAST}, [MEMSLOT_FLAGS] = {"flags", VALUE_LAST}}},
	{.kind = EVENT_TIMER, .name = "timer", .array = "timers", .sub = "mode", .errors = "coalesced", .timed = true,
	 .value = {[TIMER_EXPIRED] = {"expired", VALUE_SUM}, [TIMER_HV] = {"hv_started", VALUE_SUM},
		   [TIMER_SW] = {"sw_started", VALUE_SUM}, [TIMER_PAST] = {"past", VALUE_SUM}}},
	{.kind = EVENT_MSR, .name = "msr", .array = "causes", .sub = "write", .a = "index", .errors = "faults",
	 .value = {[CAUSE_DATA] = {"data", VALUE_LAST}}, .timed = true, .host_sum = true},
	{.kind = EVENT_PIO, .name = "pio", .array = "causes", .sub = "write", .a = "port", .b = "size",
	 .value = {[CAUSE_DATA] = {"data", VALUE_LAST},
		   [CAUSE_UNITS] = {"units", VALUE_SUM}}, .timed = true, .host_sum = true},
	{.kind = EVENT_MMIO, .name = "mmio", .array = "causes", .sub = "write", .a = "gpa", .b = "size",
	 .value = {[CAUSE_DATA] = {"data", VALUE_LAST}}, .timed = true, .host_sum = true},
	{.kind = EVENT_CPUID, .name = "cpuid", .array = "causes", .sub = "subleaf", .a = "leaf",
	 .value = {{"eax", VALUE_LAST}, {"ebx", VALUE_LAST}, {"ecx", VALUE_LAST}, {"edx", VALUE_LAST}}, .timed = true,
	 .host_sum = true},
	{.kind = EVENT_HOST_VECTOR, .name = "host_vector", .array = "causes", .sub = "vector", .a = "line", .timed = true,
	 .host_sum = true},
	{.kind = EVENT_SYSREG, .name = "sysreg", .array = "causes", .sub = "write", .a = "register",
	 .value = {[CAUSE_DATA] = {"data", VALUE_LAST}}, .timed = true, .host_sum = true},
	{.kind = EVENT_WFX, .name = "wfx", .array = "causes", .sub = "event", .timed = true, .host_sum = true},
};
/* clang-format on */

const struct event_info *event_info(u32 kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i].kind == kind)
			return &events[i];
	return NULL;
}

const struct event_info *event_info_at(u32 index)
{
	return index < ARRAY_SIZE(events) ? &events[index] : NULL;
}

u32 event_info_count(void)
{
	return ARRAY_SIZE(events);
}

/* "write 2M"; the level is the page table's: 1 is 4 KiB, each one more is 512 times as much. */
static const char *fault_name(u32 kind, u64 level, char buf[EVENT_NAME_SIZE])
{
	static const char *const sizes[] = {"", " 4K", " 2M", " 1G"};
	const char *name = fault_kind_name(kind);

	snprintf(buf, EVENT_NAME_SIZE, "%s%s", name ?: "?", level < ARRAY_SIZE(sizes) ? sizes[level] : " ?");
	return buf;
}

/* A memslot as KVM numbers it; "SMM:3" in the second address space. */
static const char *slot_name(u32 sub, char buf[EVENT_NAME_SIZE])
{
	snprintf(buf, EVENT_NAME_SIZE, "%s%" PRIu32, sub >> 16 ? "SMM:" : "", sub & 0xffff);
	return buf;
}

const char *event_name(u32 isa, u32 kind, u32 sub, u64 a, u64 b, char buf[EVENT_NAME_SIZE])
{
	const char *name = NULL;

	if (sub == EVENT_OTHERS)
		return "others";
	switch (kind) {
	case EVENT_MSI:
	case EVENT_IOAPIC:
	case EVENT_PIC:
	case EVENT_GSI:
	case EVENT_IPI:
	case EVENT_VECTOR:
	case EVENT_LOCAL:
	case EVENT_SPI:
	case EVENT_PPI:
	case EVENT_SGI:
		return irq_name(kind, sub, a, b, buf, EVENT_NAME_SIZE);
	case EVENT_TIMER:
		name = timer_mode_name(sub);
		break;
	case EVENT_WAKEUP:
		name = sub & WAKEUP_INVALID  ? "woken for nothing"
		       : sub & WAKEUP_POLLED ? "polled"
		       : sub & WAKEUP_SLEPT  ? "woken"
					     : "wake-ups";
		break;
	case EVENT_HALT_POLL:
		name = sub == WINDOW_GROWS ? "window grows" : "window shrinks";
		break;
	case EVENT_ON_CPU:
		snprintf(buf, EVENT_NAME_SIZE, "on pCPU %u", sub);
		return buf;
	case EVENT_OFF_CPU:
		name = sub == OFF_PREEMPT ? "preempted" : "asleep";
		break;
	case EVENT_MIGRATION:
		name = sub == MOVE_NODE ? "to another node" : "to another pCPU";
		break;
	case EVENT_FAULT:
		return fault_name(sub, a, buf);
	case EVENT_REGION:
	case EVENT_STUCK:
		snprintf(buf, EVENT_NAME_SIZE, "0x%" PRIx64, kind == EVENT_STUCK ? a << 12 : a);
		return buf;
	case EVENT_DIRTY_SLOT:
	case EVENT_DIRTY_VCPU:
		return slot_name(sub, buf);
	case EVENT_DIRTY_PAGE:
		snprintf(buf, EVENT_NAME_SIZE, "0x%" PRIx64, a);
		return buf;
	case EVENT_HYPERCALL:
		name = hypercall_name(sub, a, buf);
		break;
	case EVENT_IOCTL:
		name = ioctl_text(a, buf);
		break;
	case EVENT_MEMSLOT:
		name = memslot_text(sub, buf);
		break;
	default:
		name = cause_name(isa, kind, sub, a, buf);
		break;
	}
	if (name)
		return name;
	snprintf(buf, EVENT_NAME_SIZE, "%" PRIx32 ":%" PRIx64 ":%" PRIx64, sub, a, b);
	return buf;
}

static const char *const group_names[GROUPS] = {
	[GROUP_CORE] = "core",   [GROUP_IRQ] = "irq",     [GROUP_MMU] = "mmu",
	[GROUP_DIRTY] = "dirty", [GROUP_HALT] = "halt",   [GROUP_CALL] = "hypercall",
	[GROUP_IOCTL] = "ioctl", [GROUP_TIMER] = "timer", [GROUP_CAUSE] = "cause",
};

const char *event_group_name(u32 group)
{
	return group < GROUPS ? group_names[group] : NULL;
}

static bool same_word(const char *name, const char *word, size_t len)
{
	return name && strlen(name) == len && !strncasecmp(name, word, len);
}

int event_kinds_parse(const char *text, u32 *groups, u64 *kinds, const char **bad)
{
	*groups = 0;
	*kinds = 0;
	for (;;) {
		size_t len = strcspn(text, ",");
		bool all = same_word("all", text, len), known = all;

		for (u32 i = 0; i < ARRAY_SIZE(events); i++) {
			enum event_group group = EVENT_KIND_GROUP(events[i].kind);

			if (!all && !same_word(group_names[group], text, len) && !same_word(events[i].name, text, len))
				continue;
			*groups |= GROUP_BIT(group);
			*kinds |= 1ULL << i;
			known = true;
		}
		if (!known) {
			*bad = text;
			return -EINVAL;
		}
		if (!text[len])
			return 0;
		text += len + 1;
	}
}

static void add_number(char *buf, size_t size, size_t *at, const char *name, u64 v)
{
	int n;

	if (!name || *at >= size)
		return;
	n = snprintf(buf + *at, size - *at, v < 10 ? "%s%s=%" PRIu64 : "%s%s=0x%" PRIx64, *at ? " " : "", name, v);
	*at += n > 0 ? (size_t)n : 0;
}

const char *event_detail(const struct log_sample *line, char *buf, size_t size)
{
	const struct event_info *info = event_info(line->kind);
	size_t at = 0;

	buf[0] = '\0';
	if (!info)
		return buf;
	if (line->kind == EVENT_HYPERCALL)
		return hypercall_arguments(line->sub, line->a, line->value, buf, size);
	add_number(buf, size, &at, info->sub, line->sub);
	add_number(buf, size, &at, info->a, line->a);
	add_number(buf, size, &at, info->b, line->b);
	for (u32 i = 0; i < EVENT_VALUES; i++)
		add_number(buf, size, &at, info->value[i].name, line->value[i]);
	if (line->failed && at < size)
		snprintf(buf + at, size - at, " %s", info->errors ? info->errors : "failed");
	return buf;
}
