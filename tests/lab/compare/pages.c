/* SPDX-License-Identifier: GPL-2.0-only */
/* Page faults and dirty pages. */
#include "compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define REGION     0x200000ULL
#define NO_SLOT    UINT64_MAX
#define LOGGING    1
#define FAULT_MMIO 3  /* as kvmtop numbers kinds */
#define VMX_FAULT  48 /* EPT_VIOLATION, and EPT_MISCONFIG after it */
#define SVM_FAULT  0x400
/* A trap by an instruction or data abort of the guest's, as kvmtop numbers exits. */
#define ARM64_IABT 0x220
#define ARM64_DABT 0x224

static json *last_tick(const struct evidence *e)
{
	return e->ticks.count ? e->ticks.o[e->ticks.count - 1] : NULL;
}

static uint64_t sum(json *rows, const char *name)
{
	uint64_t all = 0;

	for (unsigned int i = 0; i < length(rows); i++)
		all += number(at(rows, i), name);
	return all;
}

static uint64_t sum_of(json *rows, const char *key, uint64_t value, const char *name)
{
	uint64_t all = 0;

	for (unsigned int i = 0; i < length(rows); i++)
		if (number(at(rows, i), key) == value)
			all += number(at(rows, i), name);
	return all;
}

/* --- faults ------------------------------------------------------------------------------------------------------- */

/* Of the guest's pages from gpa on: faults by what the guest did, and by kvmtop. */
static void check_places(json *told, json *seen)
{
	json *vcpus = member(told, "vcpus"), *regions = member(seen, "fault_regions");
	uint64_t first = UINT64_MAX, last = 0, want = 0, writes = 0, got = 0, got_writes = 0, huge = 0;

	for (unsigned int v = 0; v < length(vcpus); v++) {
		json *faults = member(at(vcpus, v), "faults");

		for (unsigned int i = 0; i < length(faults); i++) {
			json *f = at(faults, i);
			uint64_t gpa = number(f, "gpa") / REGION * REGION, count = number(f, "count");
			uint64_t end = number(f, "gpa") + count * number(f, "page_size");

			first = gpa < first ? gpa : first;
			last = end > last ? end : last;
			want += count;
			writes += strcmp(text(f, "kind"), "write") ? 0 : count;
			huge += number(f, "page_size") > 4096 ? count : 0;
		}
	}
	for (unsigned int i = 0; i < length(regions); i++) {
		json *r = at(regions, i);

		if (number(r, "gpa") < first || number(r, "gpa") >= last || number(r, "slot") == NO_SLOT)
			continue;
		got += number(r, "count");
		got_writes += number(r, "writes");
	}
	claim(want && got == want && got_writes == writes,
	      "%s: the guest faulted %" PRIu64 " times on its fresh memory, %" PRIu64
	      " of them writing; kvmtop counts %" PRIu64 " and %" PRIu64,
	      text(told, "name"), want, writes, got, got_writes);
	got = sum_of(member(seen, "faults"), "level", 2, "count");
	claim(got == huge, "%s: %" PRIu64 " pages of 2 MiB; kvmtop counts %" PRIu64 " mapped at that level",
	      text(told, "name"), huge, got);
}

/* KVM's own counters of a vCPU, from KVM_GET_STATS_FD when it was at rest. */
static void check_outcomes(json *told, json *seen)
{
	static const struct {
		const char *stat, *value;
	} pairs[] = {{"pf_fixed", "fixed"}, {"pf_fast", "fast"}, {"pf_spurious", "spurious"}};
	json *vcpus = member(told, "vcpus"), *faults = member(seen, "faults");

	for (unsigned int i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		uint64_t want = 0;

		for (unsigned int v = 0; v < length(vcpus); v++)
			want += number(member(at(vcpus, v), "stats"), pairs[i].stat);
		claim(sum(faults, pairs[i].value) == want, "%s: KVM's own %s is %" PRIu64 "; kvmtop counts %" PRIu64,
		      text(told, "name"), pairs[i].stat, want, sum(faults, pairs[i].value));
	}
}

static uint64_t fault_exits(const struct evidence *e)
{
	uint64_t all = 0;

	for (unsigned int i = 0; i < e->exits.count && e->arm64; i++)
		if (e->exits.b[i].code == ARM64_IABT || e->exits.b[i].code == ARM64_DABT)
			all += e->exits.b[i].count;
	if (e->arm64)
		return all;

	for (unsigned int i = 0; i < e->exits.count; i++)
		if (e->exits.b[i].code == SVM_FAULT || e->exits.b[i].code == VMX_FAULT ||
		    e->exits.b[i].code == VMX_FAULT + 1)
			all += e->exits.b[i].count;
	return all;
}

/* Faults take place inside exits, whose times are held against ftrace's stamps in another case. */
static void check_times(const struct evidence *e, json *vm)
{
	static const uint64_t codes[] = {SVM_FAULT, VMX_FAULT, VMX_FAULT + 1}, arm64[] = {ARM64_IABT, ARM64_DABT};
	json *vcpus = member(vm, "vcpus"), *faults = member(vm, "faults");
	uint64_t timed = sum(faults, "timed"), total = sum(faults, "total_ns"), exits = 0;

	for (unsigned int v = 0; v < length(vcpus); v++) {
		json *rows = member(at(vcpus, v), "exits");

		for (unsigned int i = 0; i < (e->arm64 ? 2 : 3); i++)
			exits += sum_of(rows, "code", e->arm64 ? arm64[i] : codes[i], "total_ns");
	}
	claim(timed && timed == sum(faults, "count") && total && total < exits,
	      "%s: all %" PRIu64 " faults are timed, %" PRIu64 " us in all; the exits that they were took %" PRIu64
	      " us",
	      text(vm, "name"), timed, total / 1000, exits / 1000);
}

/* A page that is faulted on so many times in a row without being there; all other guests are healthy. */
static void check_stuck(const struct evidence *e, json *vm)
{
	json *pages = member(vm, "stuck");
	uint64_t want = 0;

	for (unsigned int i = 0; i < e->truths; i++)
		if (!strcmp(text(e->truth[i], "name"), text(vm, "name")))
			want = number(member(at(member(e->truth[i], "vcpus"), 0), "events"), "fault-vain");
	claim(sum(pages, "count") == want && length(pages) == !!want,
	      "%s: %" PRIu64 " faults in a row without progress; kvmtop sees %" PRIu64 " on %u pages", text(vm, "name"),
	      want, sum(pages, "count"), length(pages));
}

/* arm64: an access to a device is a fault on an address without memory. */
static void check_mmio(json *told, json *seen)
{
	json *vcpus = member(told, "vcpus");
	uint64_t want = 0, got = sum_of(member(seen, "faults"), "kind", FAULT_MMIO, "count");

	for (unsigned int v = 0; v < length(vcpus); v++)
		want += sum(member(at(vcpus, v), "mmio"), "count");
	claim(want && got == want, "%s: the guest made %" PRIu64 " accesses to devices; kvmtop counts %" PRIu64,
	      text(told, "name"), want, got);
}

void case_faults(const struct evidence *e)
{
	json *tick = last_tick(e), *vms = member(tick, "vms");
	uint64_t all = 0;

	for (unsigned int i = 0; i < e->truths && e->arm64; i++)
		check_mmio(e->truth[i], find_vm(tick, text(e->truth[i], "name")));
	for (unsigned int i = 0; i < e->truths; i++) {
		json *told = e->truth[i], *seen = find_vm(tick, text(told, "name"));

		if (!claim(seen != NULL, "%s: kvmtop has it", text(told, "name")))
			continue;
		if (!e->arm64) /* its KVM has no such counters */
			check_outcomes(told, seen);
		check_times(e, seen);
		/* Two vCPUs may fault on each other's pages: what they did together is held against KVM's and ftrace's counts. */
		if (length(member(told, "vcpus")) == 1 && strcmp(text(told, "name"), "stuck") != 0)
			check_places(told, seen);
	}
	for (unsigned int i = 0; i < length(vms); i++) {
		all += sum(member(at(vms, i), "faults"), "count");
		check_stuck(e, at(vms, i));
	}
	if (e->has_ftrace)
		claim(all && all == fault_exits(e),
		      "all VMs: ftrace saw %" PRIu64 " exits by faults; kvmtop counts %" PRIu64 " faults",
		      fault_exits(e), all);
}

/* --- dirty pages -------------------------------------------------------------------------------------------------- */

static json *slot_of(json *vm, uint64_t slot)
{
	json *slots = member(vm, "dirty");

	for (unsigned int i = 0; i < length(slots); i++)
		if (number(at(slots, i), "slot") == slot)
			return at(slots, i);
	return NULL;
}

static void check_pages(json *told, json *seen)
{
	json *want = member(told, "dirty_gfns"), *rows = member(seen, "dirty_pages");
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < length(want); i++) {
		json *w = at(want, i), *r = NULL;

		for (unsigned int k = 0; k < length(rows) && !r; k++)
			if (number(at(rows, k), "gfn") == number(w, "gfn") &&
			    number(at(rows, k), "slot") == number(w, "slot"))
				r = at(rows, k);
		if (r && number(r, "count") == number(w, "count") && number(r, "offset") == number(w, "offset"))
			continue;
		if (!wrong++)
			claim(false, "%s: page 0x%" PRIx64 " was dirty in %" PRIu64 " cycles; kvmtop counts %" PRIu64,
			      text(told, "name"), number(w, "gfn"), number(w, "count"), r ? number(r, "count") : 0);
	}
	claim(!wrong && length(want) && length(rows) == length(want),
	      "%s: %u pages became dirty; kvmtop has %u of them right, and %u others", text(told, "name"), length(want),
	      length(want) - wrong, length(rows) - length(want) + wrong);
}

static void check_cycles(json *told, json *slot)
{
	json *cycles = member(member(told, "dirty"), "cycles"), *last = at(cycles, length(cycles) - 1);
	uint64_t marks = sum(cycles, "marks"), logged = sum(cycles, "logged");
	uint64_t unique = number(slot, "count") - number(slot, "repeated");

	claim(marks && number(slot, "count") == marks && unique == logged,
	      "%s: %" PRIu64 " marks of %" PRIu64 " different pages in %u cycles; kvmtop counts %" PRIu64
	      " and %" PRIu64,
	      text(told, "name"), marks, logged, length(cycles), number(slot, "count"), unique);
	claim(number(slot, "cycles") == length(cycles) && number(slot, "last_cycle") == number(last, "logged"),
	      "%s: %u cycles, the last with %" PRIu64 " pages; kvmtop counts %" PRIu64 ", the last with %" PRIu64,
	      text(told, "name"), length(cycles), number(last, "logged"), number(slot, "cycles"),
	      number(slot, "last_cycle"));
	claim(!(number(slot, "flags") & LOGGING), "%s: its log has ended, and kvmtop says so", text(told, "name"));
}

/* The rings of the vCPUs hold what each of them wrote. */
static void check_vcpus(json *told, json *seen)
{
	json *want = member(member(told, "dirty"), "ring_pages"), *rows = member(seen, "dirty_vcpus");

	for (unsigned int i = 0; i < length(want); i++) {
		uint64_t pages = json_object_get_int64(at(want, i)), got = sum_of(rows, "vcpu", i, "count");

		claim(pages == got, "%s: %" PRIu64 " pages in the ring of vCPU %u; kvmtop counts %" PRIu64,
		      text(told, "name"), pages, i, got);
	}
}

void case_dirty(const struct evidence *e)
{
	json *tick = last_tick(e);

	for (unsigned int i = 0; i < e->truths; i++) {
		json *told = e->truth[i], *seen = find_vm(tick, text(told, "name"));
		json *slot = slot_of(seen, number(member(told, "dirty"), "slot")), *other = slot_of(seen, 0);

		if (!member(told, "dirty"))
			continue;
		if (!claim(slot && other, "%s: kvmtop has the logged memslot and the others", text(told, "name")))
			continue;
		claim(!number(other, "count") && !(number(other, "flags") & LOGGING), "%s: memslot 0 is not logged",
		      text(told, "name"));
		check_cycles(told, slot);
		check_pages(told, seen);
		check_vcpus(told, seen);
	}
}
