/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The oracles against each other, event by event: what the guest and the VMM say they did beside ftrace's histogram of
 * the same, by its keys. What kvmtop says of these is held against the guest's account, and this is the account's proof.
 */
#define _GNU_SOURCE
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS 3
#define ROWS 512

/* One histogram's keys beside the members of the account's rows, an array of each VM or of each vCPU. */
struct oracle {
	const char *what;
	const char *hist; /* of hist.NAME */
	const char *array;
	struct {
		const char *hist, *told;
	} key[KEYS];
	bool (*counts)(const uint64_t *keys); /* NULL: every row */
};

struct row {
	uint64_t key[KEYS];
	uint64_t told, seen;
};

struct table {
	struct row row[ROWS];
	unsigned int rows;
	bool full;
	uint64_t dropped;
};

/* The rest of the machine makes ioctls, too. */
static bool of_kvm(const uint64_t *keys)
{
	return (keys[0] >> 8 & 0xff) == 0xae;
}

/* With APIC-access exits, an EOI makes no event of its own. */
static bool not_eoi(const uint64_t *keys)
{
	return keys[0] != 0xfee000b0;
}

static bool not_zero(const uint64_t *keys)
{
	return keys[0];
}

/* The PIC's go past the APIC, and the periodic timer (0x43) may expire once more when the guest has had enough. */
static bool by_apic(const uint64_t *keys)
{
	return keys[0] >= 0x40 && keys[0] != 0x43;
}

/* clang-format off */
static const struct oracle oracles[] = {
	{"port I/O", "pio", "pio", {{"port", "port"}, {"rw", "write"}}, NULL},
	{"MMIO", "mmio", "mmio", {{"gpa", "gpa"}, {"type", "type"}}, not_eoi},
	{"MSR", "msr", "msr", {{"ecx", "index"}, {"write", "write"}}, NULL},
	{"system register", "sysreg", "msr", {{"is_write", "write"}}, NULL},
	{"CPUID", "cpuid", "cpuid", {{"function", "leaf"}}, NULL},
	{"hypercall", "hypercall", "hypercalls", {{"nr", "nr"}, {"a0", "a0"}, {"a1", "a1"}}, NULL},
	{"hypercall", "hypercall", "hypercalls", {{"nr", "nr"}, {"a2", "a2"}, {"a3", "a3"}}, NULL},
	{"hypercall", "hvc", "hypercalls", {{"r0", "nr"}}, NULL},
	{"Hyper-V hypercall", "hv", "hv_hypercalls", {{"code", "code"}, {"ingpa", "ingpa"}, {"fast", "fast"}}, NULL},
	{"Xen hypercall", "xen", "xen_hypercalls", {{"nr", "nr"}, {"a0", "a0"}, {"a1", "a1"}}, NULL},
	{"Xen hypercall", "xen", "xen_hypercalls", {{"nr", "nr"}, {"a2", "a2"}, {"a3", "a3"}}, NULL},
	{"MSI", "msi", "irqs", {{"address", "address"}, {"data", "data"}}, not_zero},
	{"IRQ line", "line", "irq_lines", {{"gsi", "gsi"}, {"level", "level"}}, NULL},
	{"IOAPIC", "ioapic", "ioapic", {{"pin", "pin"}, {"coalesced", "coalesced"}}, NULL},
	{"PIC", "pic", "pic", {{"chip", "chip"}, {"pin", "pin"}, {"coalesced", "coalesced"}}, NULL},
	{"IPI", "ipi", "ipis", {{"icr_low", "icr"}, {"dest_id", "to"}}, NULL},
	{"accepted IRQ", "accept", "vectors", {{"vec", "vector"}, {"apicid", "vcpu"}}, by_apic},
	{"EOI", "eoi", "vectors", {{"vector", "vector"}, {"apicid", "vcpu"}}, by_apic},
	{"page in a dirty ring", "ring", "dirty_gfns", {{"slot", "slot"}, {"offset", "offset"}}, NULL},
	{"ioctl", "ioctl", "ioctls", {{"cmd", "request"}}, of_kvm},
};
/* clang-format on */

static struct row *row_of(struct table *t, const uint64_t *keys)
{
	unsigned int i;

	for (i = 0; i < t->rows; i++) {
		if (!memcmp(t->row[i].key, keys, sizeof(t->row[i].key)))
			return &t->row[i];
	}
	if (i == ROWS) {
		t->full = true;
		return NULL;
	}
	t->rows++;
	memcpy(t->row[i].key, keys, sizeof(t->row[i].key));
	return &t->row[i];
}

static void add_told(const struct oracle *o, struct table *t, json *rows)
{
	for (unsigned int i = 0; i < length(rows); i++) {
		uint64_t keys[KEYS] = {0};
		struct row *row;

		for (unsigned int k = 0; k < KEYS && o->key[k].told; k++) {
			/* KVM_TRACE_MMIO_READ is 1, KVM_TRACE_MMIO_WRITE 2. */
			if (!strcmp(o->key[k].told, "type"))
				keys[k] = 1 + number(at(rows, i), "write");
			else
				keys[k] = number(at(rows, i), o->key[k].told);
		}
		if (o->counts && !o->counts(keys))
			continue;
		row = row_of(t, keys);
		if (row)
			row->told += number(at(rows, i), "count");
	}
}

/* "{ port:       3584, rw:          1 } hitcount:       1009": false when it has not all of the keys. */
static bool parse(const struct oracle *o, const char *line, uint64_t *keys)
{
	for (unsigned int k = 0; k < KEYS && o->key[k].hist; k++) {
		char name[32];
		const char *at_key;

		snprintf(name, sizeof(name), " %s:", o->key[k].hist);
		at_key = strstr(line, name);
		if (!at_key)
			return false;
		keys[k] = strtoull(at_key + strlen(name), NULL, 10);
	}
	return true;
}

static void add_seen(const struct oracle *o, struct table *t, FILE *f)
{
	char line[512];

	while (fgets(line, sizeof(line), f)) {
		uint64_t keys[KEYS] = {0};
		struct row *row;

		t->dropped += number_after(line, "Dropped:");
		if (*line != '{' || !parse(o, line, keys) || (o->counts && !o->counts(keys)))
			continue;
		row = row_of(t, keys);
		if (row)
			row->seen += number_after(line, "hitcount:");
	}
}

static void judge(const struct oracle *o, const struct table *t)
{
	uint64_t sum = 0, dropped = t->dropped;
	bool all = !t->full;

	for (unsigned int i = 0; i < t->rows; i++) {
		const struct row *r = &t->row[i];

		sum += r->told;
		if (as_seen(r->told, r->seen, &dropped))
			continue;
		all = claim(false,
			    "account of %s %#" PRIx64 " %#" PRIx64 " %#" PRIx64 ": guest and VMM %" PRIu64
			    ", ftrace %" PRIu64,
			    o->what, r->key[0], r->key[1], r->key[2], r->told, r->seen);
	}
	if (t->full)
		claim(false, "account of %s: more than %d rows", o->what, ROWS);
	if (all)
		claim(sum > 0, "account of %s by %s%s%s%s%s: %" PRIu64 " in %u rows, as ftrace counted%s", o->what,
		      o->key[0].told, o->key[1].told ? ", " : "", o->key[1].told ? o->key[1].told : "",
		      o->key[2].told ? ", " : "", o->key[2].told ? o->key[2].told : "", sum, t->rows,
		      t->dropped ? " (with those that it dropped)" : "");
}

/* What the case left out, and why. */
static void say_skipped(const struct evidence *e)
{
	FILE *f = evidence_open(e, "skipped");
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		skip("%s", line);
	}
	if (f)
		fclose(f);
}

void check_accounts(const struct evidence *e)
{
	say_skipped(e);
	for (unsigned int i = 0; i < sizeof(oracles) / sizeof(oracles[0]); i++) {
		const struct oracle *o = &oracles[i];
		static struct table t;
		FILE *f = histogram_open(e, o->hist);

		if (!f)
			continue;
		memset(&t, 0, sizeof(t));
		for (unsigned int k = 0; k < e->truths; k++) {
			json *vcpus = member(e->truth[k], "vcpus");

			/* Pages that a bitmap had make no event of a ring. */
			if (strcmp(o->hist, "ring") || !strcmp(text(member(e->truth[k], "dirty"), "mode"), "ring"))
				add_told(o, &t, member(e->truth[k], o->array));
			for (unsigned int j = 0; j < length(vcpus); j++)
				add_told(o, &t, member(at(vcpus, j), o->array));
		}
		add_seen(o, &t, f);
		fclose(f);
		judge(o, &t);
	}
}

/* Nothing of the account is left out for want of room. */
static void check_complete(const struct evidence *e)
{
	for (unsigned int i = 0; i < e->truths; i++) {
		json *vcpus = member(e->truth[i], "vcpus");

		for (unsigned int k = 0; k < length(vcpus); k++) {
			uint64_t left = number(member(at(vcpus, k), "events"), "no-room");

			claim(!left && !integer(at(vcpus, k), "error"), "%s vCPU %u: %" PRIu64 " events left out",
			      text(e->truth[i], "name"), k, left);
		}
	}
}

static uint64_t sent(json *vm, json *vcpu, uint64_t vector)
{
	json *irqs = member(vm, "irqs"), *vcpus = member(vm, "vcpus"), *hypercalls = member(vcpu, "hypercalls");
	uint64_t n = 0;

	for (unsigned int i = 0; i < length(irqs); i++) {
		if (number(at(irqs, i), "vcpu") == number(vcpu, "id") && number(at(irqs, i), "vector") == vector)
			n += number(at(irqs, i), "count");
	}
	for (unsigned int k = 0; k < length(vcpus); k++) {
		json *ipis = member(at(vcpus, k), "ipis");

		for (unsigned int i = 0; i < length(ipis); i++) {
			if (number(at(ipis, i), "to") == number(vcpu, "id") && number(at(ipis, i), "vector") == vector)
				n += number(at(ipis, i), "count");
		}
	}
	/* KVM_HC_SEND_IPI, whose a3 is the vector: the guest sends to itself. */
	for (unsigned int i = 0; i < length(hypercalls); i++) {
		if (number(at(hypercalls, i), "nr") == 10 && number(at(hypercalls, i), "a3") == vector)
			n += number(at(hypercalls, i), "count");
	}
	return n;
}

/* Whatever was sent was taken, by vCPU and vector; timers are sent by none. */
static void check_delivery(json *vm)
{
	json *vcpus = member(vm, "vcpus");
	bool all = true;
	uint64_t sum = 0;

	for (unsigned int k = 0; k < length(vcpus); k++) {
		json *vectors = member(at(vcpus, k), "vectors"), *timers = member(at(vcpus, k), "timers");

		for (unsigned int i = 0; i < length(vectors); i++) {
			uint64_t vector = number(at(vectors, i), "vector"), taken = number(at(vectors, i), "count");

			if (vector == 0x40 || vector == 0x43 || vector == 0x44)
				continue;
			sum += taken;
			if (taken != sent(vm, at(vcpus, k), vector))
				all = claim(false,
					    "%s vCPU %u vector %#" PRIx64 ": %" PRIu64 " sent, %" PRIu64 " taken",
					    text(vm, "name"), k, vector, sent(vm, at(vcpus, k), vector), taken);
		}
		for (unsigned int i = 0; i < length(timers); i++) {
			uint64_t set = number(at(timers, i), "programmed"), expired = number(at(timers, i), "expired");
			bool again = !strcmp(text(at(timers, i), "mode"), "periodic");

			claim(again ? expired > set : expired == set,
			      "%s vCPU %u: timer %s programmed %" PRIu64 " times, taken %" PRIu64, text(vm, "name"), k,
			      text(at(timers, i), "mode"), set, expired);
		}
	}
	if (all)
		claim(true, "%s: %" PRIu64 " interrupts taken as sent, by vCPU and vector", text(vm, "name"), sum);
}

/* What the guests wrote in each cycle is what KVM's log had in it. */
static void check_dirty(json *vm)
{
	json *cycles = member(member(vm, "dirty"), "cycles");
	uint64_t sum = 0;
	bool all = true;

	for (unsigned int i = 0; i < length(cycles); i++) {
		uint64_t written = number(at(cycles, i), "written"), logged = number(at(cycles, i), "logged");

		sum += logged;
		if (written != logged)
			all = claim(false, "%s: cycle %u: %" PRIu64 " pages written, %" PRIu64 " logged",
				    text(vm, "name"), i, written, logged);
	}
	if (cycles && all)
		claim(sum > 0, "%s: dirty %s: %" PRIu64 " pages in %u cycles, as the guest wrote", text(vm, "name"),
		      text(member(vm, "dirty"), "mode"), sum, length(cycles));
}

/*
 * The kind of access that faulted, as the hardware says: AMD's error code, which has bit 32 of a final address, or the
 * low bits of Intel's exit qualification.
 */
static const char *touch(uint64_t code)
{
	bool amd = code >> 32;

	if (code >> (amd ? 4 : 2) & 1)
		return "exec";
	return code >> 1 & 1 ? "write" : "read";
}

/* First touches of fresh memory by kind, or of huge pages. */
static uint64_t touches(const struct evidence *e, const char *kind, bool huge)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < e->truths; i++) {
		json *vcpus = member(e->truth[i], "vcpus");

		for (unsigned int k = 0; k < length(vcpus); k++) {
			json *rows = member(at(vcpus, k), "faults");

			for (unsigned int j = 0; j < length(rows); j++) {
				if (!strcmp(text(at(rows, j), "kind"), kind) &&
				    (number(at(rows, j), "page_size") > 4096) == huge)
					n += number(at(rows, j), "count");
			}
		}
	}
	return n;
}

/* A fault may be taken again when the memory changes under it: some more than pages is no error. */
static void check_faults(const struct evidence *e, bool huge)
{
	static const char *const kinds[] = {"read", "write", "exec"};
	uint64_t seen[3] = {0}, dropped = 0;
	char line[512];
	FILE *f = histogram_open(e, "fault");
	bool mine = false;

	while (f && fgets(line, sizeof(line), f)) {
		const char *code = strstr(line, "error_code:"), *hit = strstr(line, "hitcount:");

		/* Two histograms of one event, each with its addresses: where the guests have such memory. */
		if (strstr(line, "trigger info:"))
			mine = strstr(line, huge ? ">= 0x80000000" : ">= 0x40000000") != NULL;
		dropped += mine ? number_after(line, "Dropped:") : 0;
		for (unsigned int k = 0; mine && *line == '{' && code && hit && k < 3; k++) {
			if (!strcmp(kinds[k], touch(strtoull(code + strlen("error_code:"), NULL, 10))))
				seen[k] += strtoull(hit + strlen("hitcount:"), NULL, 10);
		}
	}
	for (unsigned int k = 0; f && k < 3; k++) {
		uint64_t told = touches(e, kinds[k], huge);

		if (told || seen[k])
			claim(seen[k] + dropped >= told && seen[k] <= told + told / 10 + 2,
			      "faults by %s of %s pages: ftrace %" PRIu64 " and %" PRIu64
			      " that it dropped, guests at least %" PRIu64,
			      kinds[k], huge ? "huge" : "small", seen[k], dropped, told);
	}
	if (f)
		fclose(f);
}

void case_events(const struct evidence *e)
{
	claim(e->truths == 2, "%u of 2 guests gave account", e->truths);
	check_complete(e);
	check_accounts(e);
	check_faults(e, false);
	check_faults(e, true);
	for (unsigned int i = 0; i < e->truths; i++) {
		check_delivery(e->truth[i]);
		check_dirty(e->truth[i]);
	}
}

/* One thread runs two vCPUs in turn: what each did is its own. */
void case_turns(const struct evidence *e)
{
	json *vcpus = e->truths ? member(e->truth[0], "vcpus") : NULL;

	claim(length(vcpus) == 2 && integer(at(vcpus, 0), "tid") == integer(at(vcpus, 1), "tid"),
	      "thread %" PRId64 " ran %u vCPUs", integer(at(vcpus, 0), "tid"), length(vcpus));
	check_complete(e);
	check_accounts(e);
	if (e->ticks.count)
		check_vm(e, e->truth[0], find_vm(e->ticks.o[e->ticks.count - 1], "turns"));
}

/* Guests in guests: exits that KVM answers and those it hands on, as SVM numbers them. */
void case_nested(const struct evidence *e)
{
	static const struct {
		const char *what;
		uint64_t code;
	} inner[] = {{"CPUID", 0x72}, {"VMMCALL", 0x81}};
	uint64_t told = 0, dropped = histogram_dropped(e, "nested");

	check_complete(e);
	check_accounts(e);
	for (unsigned int i = 0; i < e->truths; i++) {
		json *vcpus = member(e->truth[i], "vcpus");

		for (unsigned int k = 0; k < length(vcpus); k++)
			told += number(member(at(vcpus, k), "events"), "nested");
	}
	claim(told > 0, "inner guests ran %" PRIu64 " of each", told);
	for (unsigned int i = 0; i < sizeof(inner) / sizeof(inner[0]); i++) {
		char what[64];

		snprintf(what, sizeof(what), "inner guests' %s", inner[i].what);
		claim_seen(what, "guests", told, histogram_hits(e, "nested", "exit_reason", inner[i].code), &dropped);
	}
	for (unsigned int i = 0; i < e->truths && e->ticks.count; i++) {
		json *vm = find_vm(e->ticks.o[e->ticks.count - 1], text(e->truth[i], "name"));
		json *vcpus = member(e->truth[i], "vcpus");

		check_vm(e, e->truth[i], vm);
		for (unsigned int k = 0; k < length(vcpus); k++) {
			json *exits = member(find_vcpu(vm, integer(at(vcpus, k), "id")), "exits");
			uint64_t own = number(member(at(vcpus, k), "events"), "nested");

			claim(number(find_code(exits, 0x80), "count") == own,
			      "%s vCPU %u: VMRUN: kvmtop %" PRIu64 ", guest %" PRIu64, text(vm, "name"), k,
			      number(find_code(exits, 0x80), "count"), own);
		}
	}
}
