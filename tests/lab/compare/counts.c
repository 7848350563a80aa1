/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts: the guest's own, ftrace's and kvmtop's. All exact where the guest knows; the rest at least what it did. */
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Exit reasons as the hardware numbers them (the architecture manuals); -1: there is no such exit. */
struct isa_codes {
	const char *name;
	int io, cpuid, msr_read, msr_write, hlt, hypercall, fault[2];
};

static const struct isa_codes isas[] = {
	{"svm", 0x7b, 0x72, 0x7c, 0x7c, 0x78, 0x81, {0x400, -1}},
	{"vmx", 30, 10, 31, 32, 12, 18, {48, 49}},
	{"arm64", -1, -1, 0x218, 0x218, 0x201, 0x216, {0x224, -1}},
};

enum bound { EXACT, AT_LEAST, AT_MOST };
static const char *const bounds[] = {"", "at least ", "at most "};

struct expected {
	const char *what;
	int code, code2;
	uint64_t count;
	enum bound bound;
};

#define EXPECTED 7

static uint64_t sum(json *events, const char *const *names)
{
	uint64_t n = 0;

	for (; *names; names++)
		n += number(events, *names);
	return n;
}

/* All of the account's lines of one kind, or those of one direction. */
static uint64_t details(json *vcpu, const char *kind, int write)
{
	json *rows = member(vcpu, kind);
	uint64_t n = 0;

	for (unsigned int i = 0; i < length(rows); i++) {
		if (write < 0 || integer(at(rows, i), "write") == write)
			n += number(at(rows, i), "count");
	}
	return n;
}

/* Is it a count to be expected, when up to lost of it may be missing? */
static bool as_expected(const struct expected *x, uint64_t count, uint64_t lost)
{
	return (x->bound == AT_LEAST || count <= x->count) && (x->bound == AT_MOST || count + lost >= x->count);
}

/* What a vCPU's events must have caused, by hardware reason. Returns how many rows. */
static unsigned int expect(struct expected *x, const struct isa_codes *isa, json *vcpu)
{
	static const char *const io[] = {"slow-handler", "stuck-user", "control", NULL};
	static const char *const hlt[] = {
		"hlt",          "idle",         "msi", "wait",           "irqfd",          "ioapic-edge",
		"ioapic-level", "ioapic-twice", "pic", "timer-periodic", "timer-deadline", NULL};
	json *events = member(vcpu, "events");
	static const char *const fault[] = {"fault-pages", "fault-read", "fault-exec", "mmio-write", "mmio-read", NULL};
	static const char *const msr[] = {"msr-read", "msr-write", NULL};
	bool ports = isa->io >= 0;
	unsigned int n = 0;

	if (ports) {
		x[n++] = (struct expected){"IO", isa->io, -1, details(vcpu, "pio", -1), EXACT};
		x[n++] = (struct expected){"CPUID", isa->cpuid, -1, details(vcpu, "cpuid", -1), EXACT};
	}
	/* arm64: WFI does not trap when an interrupt is pending already. */
	x[n++] = (struct expected){ports ? "HLT" : "WFI", isa->hlt, -1, sum(events, hlt), ports ? EXACT : AT_MOST};
	x[n++] = (struct expected){"hypercall", isa->hypercall, -1,
				   details(vcpu, "hypercalls", -1) + details(vcpu, "hv_hypercalls", -1) +
					   details(vcpu, "xen_hypercalls", -1) + number(events, "nested"),
				   EXACT};
	/* A page's first touch may fault twice when the memory changes meanwhile, and the guest's code faults too. */
	x[n++] = (struct expected){"page fault", isa->fault[0], isa->fault[1],
				   sum(events, fault) + (ports ? 0 : sum(events, io)), AT_LEAST};
	if (isa->msr_read == isa->msr_write) {
		x[n++] = (struct expected){"MSR", isa->msr_read, -1,
					   ports ? details(vcpu, "msr", -1) : sum(events, msr), EXACT};
	} else {
		x[n++] = (struct expected){"MSR read", isa->msr_read, -1, details(vcpu, "msr", 0), EXACT};
		x[n++] = (struct expected){"MSR write", isa->msr_write, -1, details(vcpu, "msr", 1), EXACT};
	}
	return n;
}

/* The last object in which kvmtop lists the VM, NULL: never. */
static json *last_of(const struct evidence *e, int64_t pid, unsigned int *times_ended)
{
	json *last = NULL;

	*times_ended = 0;
	for (unsigned int i = 0; i < e->ticks.count; i++) {
		json *vm = find_vm_pid(e->ticks.o[i], pid);

		if (!vm)
			continue;
		last = vm;
		*times_ended += truth(vm, "ended");
	}
	return last;
}

/* The one before: while the VM was there and at rest. */
static json *last_alive(const struct evidence *e, int64_t pid)
{
	for (unsigned int i = e->ticks.count; i-- > 0;) {
		json *vm = find_vm_pid(e->ticks.o[i], pid);

		if (vm && !truth(vm, "ended"))
			return vm;
	}
	return NULL;
}

static const struct isa_codes *host_isa(const struct evidence *e)
{
	if (e->arm64)
		return &isas[2];
	for (unsigned int i = e->ticks.count; i-- > 0;) {
		for (unsigned int k = 0; k < sizeof(isas) / sizeof(isas[0]); k++) {
			if (!strcmp(text(e->ticks.o[i], "isa"), isas[k].name))
				return &isas[k];
		}
	}
	/* Without kvmtop: only SVM has codes above VMX's numbers. */
	for (unsigned int i = 0; i < e->exits.count; i++) {
		if (e->exits.b[i].code >= 0x60)
			return &isas[0];
	}
	return &isas[1];
}

static void check_vcpu(const struct isa_codes *isa, const char *name, json *told, json *seen)
{
	struct expected x[EXPECTED];
	unsigned int n = expect(x, isa, told);
	int64_t id = integer(told, "id");
	json *exits = member(seen, "exits"), *user = member(seen, "user_exits");
	json *returns = member(told, "returns");
	char good[512] = "";
	bool all = true;
	uint64_t total = 0;

	for (unsigned int i = 0; i < n; i++) {
		uint64_t count = number(find_code(exits, x[i].code), "count");

		if (x[i].code2 >= 0)
			count += number(find_code(exits, x[i].code2), "count");
		if (!as_expected(&x[i], count, 0))
			all = claim(false, "%s vCPU %" PRId64 ": %s: kvmtop %" PRIu64 ", guest %s%" PRIu64, name, id,
				    x[i].what, count, bounds[x[i].bound], x[i].count);
		snprintf(good + strlen(good), sizeof(good) - strlen(good), "%s%s %" PRIu64, i ? ", " : "", x[i].what,
			 count);
	}
	if (all)
		claim(true, "%s vCPU %" PRId64 ": as the guest did: %s", name, id, good);
	all = true;
	for (unsigned int i = 0; i < length(returns); i++) {
		json *row = at(returns, i);
		uint64_t count = number(find_code(user, integer(row, "code")), "count");

		total += count;
		if (count != number(row, "count"))
			all = claim(false,
				    "%s vCPU %" PRId64 ": KVM_RUN's return %" PRId64 ": kvmtop %" PRIu64
				    ", VMM %" PRIu64,
				    name, id, integer(row, "code"), count, number(row, "count"));
	}
	for (unsigned int i = 0; i < length(user); i++) {
		if (!find_code(returns, integer(at(user, i), "code")))
			all = claim(false,
				    "%s vCPU %" PRId64 ": KVM_RUN's return %" PRId64 ": kvmtop %" PRIu64 ", VMM none",
				    name, id, integer(at(user, i), "code"), number(at(user, i), "count"));
	}
	if (all)
		claim(true, "%s vCPU %" PRId64 ": %" PRIu64 " returns of KVM_RUN of %u kinds, as the VMM counted", name,
		      id, total, length(returns));
	claim(integer(seen, "tid") == integer(told, "tid"),
	      "%s vCPU %" PRId64 ": thread: kvmtop %" PRId64 ", VMM %" PRId64, name, id, integer(seen, "tid"),
	      integer(told, "tid"));
}

uint64_t kvmtop_sum(json *const *vms, unsigned int count, const char *kind, int64_t code)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < count; i++) {
		json *vcpus = member(vms[i], "vcpus");

		for (unsigned int k = 0; k < length(vcpus); k++)
			n += number(find_code(member(at(vcpus, k), kind), code), "count");
	}
	return n;
}

uint64_t kvmtop_total(json *const *vms, unsigned int count, const char *kind)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < count; i++) {
		json *vcpus = member(vms[i], "vcpus");

		for (unsigned int k = 0; k < length(vcpus); k++) {
			json *rows = member(at(vcpus, k), kind);

			for (unsigned int j = 0; j < length(rows); j++)
				n += number(at(rows, j), "count");
		}
	}
	return n;
}

void check_ftrace(const struct histogram *h, json *const *vms, unsigned int count, const char *kind, const char *event,
		  const char *who)
{
	bool all = true;
	uint64_t total = kvmtop_total(vms, count, kind);
	uint64_t dropped = h->dropped;

	for (unsigned int i = 0; i < h->count; i++) {
		uint64_t n = kvmtop_sum(vms, count, kind, h->b[i].code);

		if (!as_seen(n, h->b[i].count, &dropped))
			all = claim(false, "%s%s %" PRId64 ": kvmtop %" PRIu64 ", ftrace %" PRIu64, who, event,
				    h->b[i].code, n, h->b[i].count);
	}
	if (total != h->hits + h->dropped)
		all = claim(false,
			    "%sall of %s: kvmtop %" PRIu64 ", ftrace %" PRIu64 " and %" PRIu64 " that it dropped", who,
			    event, total, h->hits, h->dropped);
	if (all)
		claim(true, "%s%s: %" PRIu64 " in %u codes, kvmtop and ftrace equal%s", who, event, total, h->count,
		      h->dropped ? " (with those that ftrace says it dropped)" : "");
}

/* The oracles against each other: what all guests did beside what ftrace counted. */
static void check_oracles(const struct evidence *e)
{
	const struct isa_codes *isa = host_isa(e);
	struct expected all[EXPECTED] = {0};
	unsigned int n = 0;
	bool ok = true;

	for (unsigned int i = 0; i < e->truths; i++) {
		json *vcpus = member(e->truth[i], "vcpus");

		for (unsigned int k = 0; k < length(vcpus); k++) {
			struct expected x[EXPECTED];

			n = expect(x, isa, at(vcpus, k));
			for (unsigned int j = 0; j < n; j++) {
				x[j].count += all[j].count;
				all[j] = x[j];
			}
		}
	}
	for (unsigned int j = 0; j < n; j++) {
		uint64_t count = 0;

		for (unsigned int i = 0; i < e->exits.count; i++) {
			if (e->exits.b[i].code == all[j].code || e->exits.b[i].code == all[j].code2)
				count += e->exits.b[i].count;
		}
		if (!as_expected(&all[j], count, e->exits.dropped))
			ok = claim(false, "oracles: %s: ftrace %" PRIu64 ", guests %s%" PRIu64, all[j].what, count,
				   bounds[all[j].bound], all[j].count);
	}
	if (ok)
		claim(n > 0, "oracles: ftrace's %" PRIu64 " exits are what the guests did", e->exits.hits);
}

void check_vm(const struct evidence *e, json *told, json *seen)
{
	const struct isa_codes *isa = host_isa(e);
	const char *name = text(told, "name");
	json *vcpus = member(told, "vcpus");

	claim(!strcmp(text(seen, "name"), name), "%s: named '%s'", name, text(seen, "name"));
	claim(length(member(seen, "vcpus")) == length(vcpus), "%s: %u of %u vCPUs listed", name,
	      length(member(seen, "vcpus")), length(vcpus));
	for (unsigned int k = 0; k < length(vcpus); k++)
		check_vcpu(isa, name, at(vcpus, k), find_vcpu(seen, integer(at(vcpus, k), "id")));
}

json *hlt_exits(const struct evidence *e, json *vcpu)
{
	return find_code(member(vcpu, "exits"), host_isa(e)->hlt);
}

uint64_t io_exit_count(const struct evidence *e, json *vcpu)
{
	/* arm64's have the page faults' reason: as exits to user space they are apart. KVM_EXIT_MMIO is 6. */
	if (e->arm64)
		return number(find_code(member(vcpu, "user_exits"), 6), "count");
	return number(find_code(member(vcpu, "exits"), host_isa(e)->io), "count");
}

/* KVM's own count of exits, which every VMM can read, beside ftrace's. */
static void check_stats(const struct evidence *e)
{
	uint64_t n = 0, all = e->exits.hits + e->exits.dropped;

	for (unsigned int i = 0; i < e->truths; i++) {
		json *vcpus = member(e->truth[i], "vcpus");

		for (unsigned int k = 0; k < length(vcpus); k++)
			n += number(member(at(vcpus, k), "stats"), "exits");
	}
	claim(n == all, "KVM's statistics of all vCPUs: %" PRIu64 " exits, ftrace %" PRIu64, n, all);
}

void case_counts(const struct evidence *e)
{
	json *vms[TRUTHS];

	claim(e->truths == 2, "%u of 2 guests gave account", e->truths);
	if (!claim(e->has_ftrace && e->exits.hits, "ftrace counted %" PRIu64 " exits", e->exits.hits))
		return;
	check_oracles(e);
	check_stats(e);
	if (!e->has_kvmtop)
		return;
	for (unsigned int i = 0; i < e->truths; i++) {
		int64_t pid = integer(e->truth[i], "pid");
		const char *name = text(e->truth[i], "name");
		json *alive = last_alive(e, pid);
		unsigned int ended;

		vms[i] = last_of(e, pid, &ended);
		if (!claim(alive != NULL, "%s: listed", name))
			continue;
		check_vm(e, e->truth[i], alive);
		claim(ended == 1 && truth(vms[i], "ended"),
		      "%s: reported as ended %u times, the last time it is seen%s", name, ended,
		      truth(vms[i], "ended") ? "" : " not");
		claim(kvmtop_total(&vms[i], 1, "exits") == kvmtop_total(&alive, 1, "exits"),
		      "%s: its last report has all %" PRIu64 " exits (%" PRIu64 " at rest)", name,
		      kvmtop_total(&vms[i], 1, "exits"), kvmtop_total(&alive, 1, "exits"));
	}
	check_ftrace(&e->exits, vms, e->truths, "exits", "kvm_exit", "");
	check_ftrace(&e->user_exits, vms, e->truths, "user_exits", "kvm_userspace_exit", "");
}

/* perf kvm stat's table: "  msr   614   22.59%   6.51%   18.12us   7870.83us   51.80us ( +-  27.87% )" */
void case_perf(const struct evidence *e)
{
	json *last = e->ticks.count ? e->ticks.o[e->ticks.count - 1] : NULL, *vm = find_vm(last, "counted");
	unsigned int vcpus = length(member(vm, "vcpus")), rows = 0;
	uint64_t all = 0, in_flight = 0, samples;
	char line[512], reason[64];
	bool equal = true;
	FILE *f;

	if (note(e, "no-perf", line, sizeof(line))) {
		skip("%s", line);
		return;
	}
	if (!e->has_kvmtop || !claim(vm != NULL, "listed"))
		return;
	for (unsigned int i = 0; i < e->truths; i++)
		check_vm(e, e->truth[i], vm);
	f = evidence_open(e, "perf.report");
	while (f && fgets(line, sizeof(line), f)) {
		uint64_t n = 0;

		if (sscanf(line, "%63s %" SCNu64 " %*f%% %*f%% %*fus", reason, &samples) != 2)
			continue;
		for (unsigned int k = 0; k < vcpus; k++) {
			json *exits = member(at(member(vm, "vcpus"), k), "exits");

			for (unsigned int j = 0; j < length(exits); j++) {
				if (!strcmp(text(at(exits, j), "reason"), reason))
					n += number(at(exits, j), "count");
			}
		}
		rows++;
		all += samples;
		/* perf knows an exit when it has ended: each vCPU's last one, the write that says it is done, has not. */
		if (n != samples && n == samples + vcpus && !in_flight)
			in_flight = vcpus;
		else if (n != samples)
			equal = claim(false, "%s: kvmtop %" PRIu64 ", perf kvm stat %" PRIu64, reason, n, samples);
	}
	if (f)
		fclose(f);
	if (equal)
		claim(rows > 3 && all + in_flight == kvmtop_total(&vm, 1, "exits"),
		      "VM exits of %u reasons: kvmtop %" PRIu64 ", perf kvm stat %" PRIu64 " and %" PRIu64
		      " that have not ended",
		      rows, kvmtop_total(&vm, 1, "exits"), all, in_flight);
}
