/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts and timers: what kvmtop says of each source, vector and timer beside the account of those who raised and
 * took them, and its durations between stamps of ftrace's from around and from inside of what is timed.
 */
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BY_APIC   0x40 /* the guest's vectors below come from the PIC, past the APIC */
#define VECTOR_PERIODIC 0x43 /* may expire once more when the guest has had enough */

/* The row of an array that has these; NULL: none. vcpu below 0: of the VM. */
static json *row_of(json *vm, const char *array, const char *type, int64_t vcpu, const char *key, uint64_t value)
{
	json *rows = member(vm, array);

	for (unsigned int i = 0; i < length(rows); i++) {
		json *row = at(rows, i);

		if (!strcmp(text(row, "type"), type) && number(row, key) == value &&
		    (vcpu < 0 || (member(row, "vcpu") && integer(row, "vcpu") == vcpu)))
			return row;
	}
	return NULL;
}

static json *last_vm(const struct evidence *e, const char *name)
{
	return e->ticks.count ? find_vm(e->ticks.o[e->ticks.count - 1], name) : NULL;
}

static json *msi_row(json *vm, uint64_t address, uint64_t data)
{
	json *rows = member(vm, "irqs");

	for (unsigned int i = 0; i < length(rows); i++) {
		if (!strcmp(text(at(rows, i), "type"), "msi") && number(at(rows, i), "address") == address &&
		    number(at(rows, i), "data") == data)
			return at(rows, i);
	}
	return NULL;
}

/* MSIs by address and data: the VMM's own, and those by an eventfd; and no other. */
static void check_msis(json *told, json *vm)
{
	json *sources = member(told, "irqs"), *rows = member(vm, "irqs");
	uint64_t sum = 0, seen = 0;
	bool all = true;

	for (unsigned int i = 0; i < length(sources); i++) {
		json *s = at(sources, i), *row;
		bool irqfd = !strcmp(text(s, "source"), "irqfd");

		if (!irqfd && strcmp(text(s, "source"), "msi") != 0)
			continue;
		row = msi_row(vm, number(s, "address"), number(s, "data"));
		sum += number(s, "count");
		if (number(row, "count") != number(s, "count") || number(row, "timed") != number(s, "count") ||
		    number(row, "undelivered") || number(row, "irqfd") != (irqfd ? number(s, "count") : 0))
			all = claim(false,
				    "%s: %s %#" PRIx64 "/%#" PRIx64 ": kvmtop %" PRIu64 " (%" PRIu64 " timed, %" PRIu64
				    " by irqfd, %" PRIu64 " undelivered), VMM %" PRIu64,
				    text(told, "name"), text(s, "source"), number(s, "address"), number(s, "data"),
				    number(row, "count"), number(row, "timed"), number(row, "irqfd"),
				    number(row, "undelivered"), number(s, "count"));
	}
	for (unsigned int i = 0; i < length(rows); i++)
		if (!strcmp(text(at(rows, i), "type"), "msi"))
			seen += number(at(rows, i), "count");
	if (all)
		claim(sum && seen == sum, "%s: MSIs by address and data, kvmtop %" PRIu64 ", VMM %" PRIu64,
		      text(told, "name"), seen, sum);
}

/* Pins of a chip: raised and lowered together are what the VMM set, and so are the coalesced ones. */
static void check_pins(json *told, json *vm, const char *chip, const char *key)
{
	json *pins = member(told, chip);
	bool all = true;
	uint64_t sum = 0;

	for (unsigned int i = 0; i < length(pins); i++) {
		uint64_t pin = number(at(pins, i), "pin"), set = 0, coalesced = 0, line = pin;
		json *row;

		if (!strcmp(chip, "pic"))
			line += 8 * number(at(pins, i), "chip");
		for (unsigned int k = 0; k < length(pins); k++) {
			if (number(at(pins, k), "pin") != pin ||
			    number(at(pins, k), "chip") != number(at(pins, i), "chip"))
				continue;
			set += number(at(pins, k), "count");
			coalesced += number(at(pins, k), "coalesced") ? number(at(pins, k), "count") : 0;
		}
		row = row_of(vm, "irqs", chip, -1, key, line);
		if (!number(at(pins, i), "coalesced"))
			sum += set;
		if (number(row, "count") + number(row, "lowered") != set || number(row, "coalesced") != coalesced)
			all = claim(false,
				    "%s: %s pin %" PRIu64 ": kvmtop %" PRIu64 " raised, %" PRIu64 " lowered, %" PRIu64
				    " coalesced; the VMM set it %" PRIu64 " times, %" PRIu64 " coalesced",
				    text(told, "name"), chip, pin, number(row, "count"), number(row, "lowered"),
				    number(row, "coalesced"), set, coalesced);
	}
	if (all && length(pins))
		claim(sum > 0, "%s: the %s's pins set %" PRIu64 " times, as the VMM did", text(told, "name"), chip,
		      sum);
}

/* Of each vCPU: accepted, injected, timed and ended as often as the guest took it. */
static void check_vectors(json *told, json *vm)
{
	json *vcpus = member(told, "vcpus");
	bool all = true;
	uint64_t sum = 0;

	for (unsigned int k = 0; k < length(vcpus); k++) {
		json *vectors = member(at(vcpus, k), "vectors"), *ipis = member(at(vcpus, k), "ipis");
		int64_t id = integer(at(vcpus, k), "id");

		for (unsigned int i = 0; i < length(vectors); i++) {
			uint64_t vector = number(at(vectors, i), "vector"), taken = number(at(vectors, i), "count");
			json *row = row_of(vm, "vectors", "vector", id, "vector", vector);
			uint64_t by_apic = vector < FIRST_BY_APIC ? 0 : taken;

			sum += taken;
			if (vector == VECTOR_PERIODIC)
				continue;
			if (number(row, "injected") != taken || number(row, "count") != by_apic ||
			    number(row, "timed") != by_apic || number(row, "eoi") != by_apic ||
			    number(row, "coalesced") || number(row, "posted"))
				all = claim(false,
					    "%s vCPU %" PRId64 " vector %#" PRIx64 ": kvmtop %" PRIu64
					    " accepted, %" PRIu64 " injected, %" PRIu64 " timed, %" PRIu64
					    " ended, %" PRIu64 " coalesced, %" PRIu64
					    " posted; the guest took %" PRIu64,
					    text(told, "name"), id, vector, number(row, "count"),
					    number(row, "injected"), number(row, "timed"), number(row, "eoi"),
					    number(row, "coalesced"), number(row, "posted"), taken);
		}
		for (unsigned int i = 0; i < length(ipis); i++) {
			json *row = row_of(vm, "irqs", "ipi", id, "icr", number(at(ipis, i), "icr"));

			if (number(row, "count") != number(at(ipis, i), "count") ||
			    number(row, "dest") != number(at(ipis, i), "to"))
				all = claim(false, "%s vCPU %" PRId64 ": IPIs: kvmtop %" PRIu64 ", guest %" PRIu64,
					    text(told, "name"), id, number(row, "count"), number(at(ipis, i), "count"));
		}
	}
	if (all)
		claim(sum > 0, "%s: %" PRIu64 " interrupts accepted, injected and ended as the guest took them",
		      text(told, "name"), sum);
}

/* --- stamps --------------------------------------------------------------------------------------------------------- */

struct bounds {
	uint64_t count, low, high;
};

#define THREADS 64

/* An MSI being set, by thread: the function around it, and the delivery inside of it. */
struct setting {
	int64_t tid;
	uint64_t begin, inner_begin, inner;
};

static struct setting *setting_of(struct setting *all, int64_t tid)
{
	for (unsigned int i = 0; i < THREADS; i++) {
		if (!all[i].tid)
			all[i].tid = tid;
		if (all[i].tid == tid)
			return &all[i];
	}
	return NULL;
}

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* Stamps are cut to microseconds: a difference is off by less than one. */
static void msi_bounds(FILE *f, struct bounds *b)
{
	static struct setting all[THREADS];
	char line[1024];

	memset(all, 0, sizeof(all));
	while (fgets(line, sizeof(line), f)) {
		uint64_t ns;
		int64_t tid;
		const char *what = stamp_line(line, &tid, &ns);
		struct setting *s = what ? setting_of(all, tid) : NULL;

		if (!s)
			continue;
		if (starts(what, "msi_begin") || starts(what, "atomic_begin")) {
			s->begin = ns;
			s->inner = 0;
		} else if (starts(what, "deliver_begin")) {
			s->inner_begin = ns;
		} else if (starts(what, "deliver_end") && s->inner_begin) {
			s->inner += ns - s->inner_begin > US ? ns - s->inner_begin - US : 0;
			s->inner_begin = 0;
		} else if ((starts(what, "msi_end") || starts(what, "atomic_end")) && s->begin) {
			b->count++;
			b->low += s->inner;
			b->high += ns - s->begin + US;
			s->begin = 0;
		}
	}
}

static void check_msi_times(const struct evidence *e)
{
	FILE *f = evidence_open(e, "stamps.irq");
	struct bounds b = {0};
	uint64_t count = 0, total = 0;

	if (!claim(f, "stamps of MSIs are there"))
		return;
	msi_bounds(f, &b);
	fclose(f);
	for (unsigned int k = 0; k < e->truths; k++) {
		json *rows = member(last_vm(e, text(e->truth[k], "name")), "irqs");

		for (unsigned int i = 0; i < length(rows); i++) {
			if (strcmp(text(at(rows, i), "type"), "msi") != 0)
				continue;
			count += number(at(rows, i), "count");
			total += number(at(rows, i), "total_ns");
		}
	}
	claim(count && count == b.count && total >= b.low && total <= b.high,
	      "time to set an MSI: kvmtop %" PRIu64 " us in %" PRIu64 ", ftrace between %" PRIu64 " and %" PRIu64
	      " us in %" PRIu64,
	      total / US, count, b.low / US, b.high / US, b.count);
}

void case_irq(const struct evidence *e)
{
	claim(e->truths == 2, "%u of 2 guests gave account", e->truths);
	if (!e->has_kvmtop)
		return;
	for (unsigned int i = 0; i < e->truths; i++) {
		json *vm = last_vm(e, text(e->truth[i], "name"));

		if (!claim(vm, "%s: listed", text(e->truth[i], "name")))
			continue;
		check_msis(e->truth[i], vm);
		check_pins(e->truth[i], vm, "ioapic", "pin");
		check_pins(e->truth[i], vm, "pic", "line");
		check_vectors(e->truth[i], vm);
	}
	check_msi_times(e);
}

/* --- timers --------------------------------------------------------------------------------------------------------- */

static const char *const modes[] = {"one-shot", "periodic", "tsc-deadline"};

/* One of the host's timers that stands for a vCPU's: whose thread set it first. */
struct host_timer {
	uint64_t address;
	int64_t tid;
	uint64_t due, fired;
	struct bounds b;
};

static struct host_timer *timer_of(struct host_timer *all, uint64_t address, int64_t tid)
{
	for (unsigned int i = 0; i < THREADS; i++) {
		if (!all[i].address)
			all[i] = (struct host_timer){.address = address, .tid = tid};
		if (all[i].address == address)
			return &all[i];
	}
	return NULL;
}

static uint64_t field(const char *line, const char *name, int base)
{
	const char *found = strstr(line, name);

	return found ? strtoull(found + strlen(name), NULL, base) : 0;
}

/* kvmtop's clock is read between the entry of the timer's function and its end. */
static void timer_bounds(FILE *f, struct host_timer *all)
{
	char line[1024];

	while (fgets(line, sizeof(line), f)) {
		uint64_t ns, address;
		int64_t tid;
		const char *what = stamp_line(line, &tid, &ns);
		struct host_timer *t;

		address = what ? field(what, "hrtimer=", 16) : 0;
		if (!address || (starts(what, "hrtimer_expire_exit") && !strstr(line, "hrtimer=")))
			continue;
		if (starts(what, "hrtimer_start")) {
			t = timer_of(all, address, tid);
			if (t)
				t->due = field(what, " expires=", 10);
			continue;
		}
		t = NULL;
		for (unsigned int i = 0; i < THREADS && all[i].address; i++)
			if (all[i].address == address)
				t = &all[i];
		if (!t)
			continue;
		if (starts(what, "hrtimer_expire_entry")) {
			t->fired = ns;
			t->b.low += ns > t->due ? ns - t->due : 0;
		} else if (t->fired) {
			t->b.count++;
			t->b.high += ns + US > t->due ? ns + US - t->due : 0;
			t->fired = 0;
		}
	}
}

static void check_timers(json *told, json *vm, const struct host_timer *timers)
{
	json *vcpus = member(told, "vcpus");

	for (unsigned int k = 0; k < length(vcpus); k++) {
		json *set = member(at(vcpus, k), "timers");
		int64_t id = integer(at(vcpus, k), "id"), tid = integer(at(vcpus, k), "tid");
		uint64_t total = 0, timed = 0, hv = 0;

		for (unsigned int i = 0; i < length(set); i++) {
			const char *mode = text(at(set, i), "mode");
			uint64_t programmed = number(at(set, i), "programmed"), taken = number(at(set, i), "expired");
			uint64_t number_of = 0;
			bool periodic;
			json *row;

			while (number_of < 2 && strcmp(modes[number_of], mode) != 0)
				number_of++;
			periodic = number_of == 1;
			row = row_of(vm, "timers", "timer", id, "mode", number_of);
			/* What is set once expires once; a periodic one may go on when the guest has had enough. */
			claim(number(row, "count") == programmed &&
				      (periodic ? number(row, "expired") >= taken + number(row, "coalesced")
						: number(row, "expired") == programmed && taken == programmed),
			      "%s vCPU %" PRId64 ": %s set %" PRIu64 " times, guest %" PRIu64 "; expired %" PRIu64
			      ", %" PRIu64 " of them coalesced, guest took %" PRIu64,
			      text(told, "name"), id, mode, number(row, "count"), programmed, number(row, "expired"),
			      number(row, "coalesced"), taken);
			claim(number(row, "hv_started") + number(row, "sw_started") >= programmed,
			      "%s vCPU %" PRId64 ": %s started %" PRIu64 " times on the CPU's timer, %" PRIu64
			      " times on the host's",
			      text(told, "name"), id, mode, number(row, "hv_started"), number(row, "sw_started"));
			total += number(row, "total_ns");
			timed += number(row, "timed");
			hv += number(row, "hv_started");
		}
		for (unsigned int i = 0; i < THREADS && timers[i].address; i++) {
			const struct host_timer *t = &timers[i];
			/* A deadline's timer fires up to an advance (5 us at most) before the guest's own deadline. */
			uint64_t early = 5 * US * t->b.count;

			if (t->tid != tid || hv)
				continue;
			claim(timed == t->b.count && total + early >= t->b.low && total <= t->b.high,
			      "%s vCPU %" PRId64 ": late by %" PRIu64 " us in %" PRIu64 ", ftrace between %" PRIu64
			      " and %" PRIu64 " us in %" PRIu64,
			      text(told, "name"), id, total / US, timed, t->b.low / US, t->b.high / US, t->b.count);
		}
		if (hv)
			skip("%s vCPU %" PRId64 ": lateness: the CPU's own timer is none of the host's",
			     text(told, "name"), id);
	}
}

void case_timer(const struct evidence *e)
{
	static struct host_timer timers[THREADS];
	FILE *f = evidence_open(e, "stamps.timer");

	claim(e->truths == 2, "%u of 2 guests gave account", e->truths);
	if (claim(f, "stamps of timers are there")) {
		timer_bounds(f, timers);
		fclose(f);
	}
	for (unsigned int i = 0; i < e->truths && e->has_kvmtop; i++) {
		json *vm = last_vm(e, text(e->truth[i], "name"));

		if (claim(vm, "%s: listed", text(e->truth[i], "name")))
			check_timers(e->truth[i], vm, timers);
	}
}

/* --- arm64 --------------------------------------------------------------------------------------------------------- */

#define SPI_MSI   32 /* as the truth guest has them */
#define PPI_TIMER 27
#define SGI_IPI   1

/* Of all VMs: how often the line was raised, and lowered. */
static uint64_t line_sum(json *tick, uint64_t intid, const char *what)
{
	json *vms = member(tick, "vms");
	uint64_t n = 0;

	for (unsigned int i = 0; i < length(vms); i++) {
		json *rows = member(at(vms, i), "irqs");

		for (unsigned int k = 0; k < length(rows); k++)
			if (number(at(rows, k), "intid") == intid && strcmp(text(at(rows, k), "type"), "sgi") != 0)
				n += number(at(rows, k), what);
	}
	return n;
}

/* Each line of the histogram: "{ irq: 27, level: 1 } hitcount: 48". */
static void check_lines(const struct evidence *e, json *tick)
{
	FILE *f = histogram_open(e, "vgic");
	uint64_t dropped = histogram_dropped(e, "vgic");
	unsigned int lines = 0;
	char row[512];

	while (f && fgets(row, sizeof(row), f)) {
		unsigned long long intid, level, hits;
		char what[64];

		if (sscanf(row, "{ irq: %llu, level: %llu } hitcount: %llu", &intid, &level, &hits) != 3)
			continue;
		lines++;
		snprintf(what, sizeof(what), "interrupt %llu %s", intid, level ? "raised" : "lowered");
		claim_seen(what, "kvmtop", line_sum(tick, intid, level ? "count" : "lowered"), hits, &dropped);
	}
	claim(lines >= 3, "ftrace saw %u lines raised or lowered", lines);
	if (f)
		fclose(f);
}

void case_vgic(const struct evidence *e)
{
	json *tick = e->ticks.count ? e->ticks.o[e->ticks.count - 1] : NULL;

	claim(e->truths == 2, "%u of 2 guests gave account", e->truths);
	if (!e->has_kvmtop || !tick)
		return;
	check_lines(e, tick);
	for (unsigned int i = 0; i < e->truths; i++) {
		json *told = e->truth[i], *vm = last_vm(e, text(told, "name")), *vcpus = member(told, "vcpus");

		if (!claim(vm != NULL, "%s is listed", text(told, "name")))
			continue;
		for (unsigned int k = 0; k < length(vcpus); k++) {
			json *events = member(at(vcpus, k), "events"), *ipis = member(at(vcpus, k), "ipis"), *row;
			int64_t id = integer(at(vcpus, k), "id");
			uint64_t n = number(events, "msi-irq"), sent = 0;

			row = row_of(vm, "irqs", "spi", -1, "intid", SPI_MSI + k);
			claim(n && number(row, "count") == n, "%s vCPU %u took %" PRIu64 " SPIs; kvmtop %" PRIu64,
			      text(vm, "name"), k, n, number(row, "count"));
			row = row_of(vm, "irqs", "ppi", id, "intid", PPI_TIMER);
			n = number(events, "timer-irq");
			claim(n && number(row, "count") >= n,
			      "%s vCPU %u took %" PRIu64 " timer interrupts; kvmtop %" PRIu64 " raised",
			      text(vm, "name"), k, n, number(row, "count"));
			for (unsigned int s = 0; s < length(ipis); s++)
				sent += number(at(ipis, s), "count");
			row = row_of(vm, "irqs", "sgi", id, "intid", SGI_IPI);
			claim(number(row, "count") == sent && (sent || length(vcpus) == 1),
			      "%s vCPU %u sent %" PRIu64 " SGIs; kvmtop %" PRIu64, text(vm, "name"), k, sent,
			      number(row, "count"));
		}
	}
}
