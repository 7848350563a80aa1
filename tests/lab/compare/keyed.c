/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kvmtop's events by key beside the account of guests and VMMs, vCPU by vCPU, both ways: each key that one of them has, with
 * the same count. What the account says is proven by ftrace (oracles.c).
 */
#include "compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define KEYS 2
#define ROWS 512

/* Rows of kvmtop's array that are of a type, beside an array of the account; members that make the key. */
struct pairing {
	const char *what;
	const char *array, *type;
	const char *told;
	const char *key[KEYS];      /* of kvmtop's rows */
	const char *told_key[KEYS]; /* of the account's */
	int of;                     /* the value of "of" that kvmtop's rows must have; below 0: any */
	int of_arm64;
};

/* clang-format off */
static const struct pairing causes[] = {
	{"port I/O", "causes", "pio", "pio", {"port", "write"}, {"port", "write"}, -1, -1},
	{"MMIO", "causes", "mmio", "mmio", {"gpa", "write"}, {"gpa", "write"}, -1, -1},
	{"MSR", "causes", "msr", "msr", {"index", "write"}, {"index", "write"}, -1, -1},
	{"system register", "causes", "sysreg", "msr", {"register", "write"}, {"index", "write"}, -1, -1},
	{"CPUID", "causes", "cpuid", "cpuid", {"leaf", NULL}, {"leaf", NULL}, -1, -1},
};
static const struct pairing calls[] = {
	{"hypercall", "hypercalls", "hypercall", "hypercalls", {"nr", NULL}, {"nr", NULL}, 0, 3},
	{"Hyper-V hypercall", "hypercalls", "hypercall", "hv_hypercalls", {"nr", NULL}, {"code", NULL}, 1, 1},
	{"Xen hypercall", "hypercalls", "hypercall", "xen_hypercalls", {"nr", NULL}, {"nr", NULL}, 2, 2},
};
/* clang-format on */

struct key_count {
	uint64_t key[KEYS];
	uint64_t told, seen;
};

static struct key_count rows[ROWS];
static unsigned int row_count;

static struct key_count *row_of(json *o, const char *const *members)
{
	uint64_t key[KEYS] = {0};

	for (unsigned int k = 0; k < KEYS && members[k]; k++)
		key[k] = number(o, members[k]);
	for (unsigned int i = 0; i < row_count; i++) {
		if (!memcmp(rows[i].key, key, sizeof(key)))
			return &rows[i];
	}
	if (row_count == ROWS) {
		claim(false, "more than %d keys", ROWS);
		return &rows[0];
	}
	rows[row_count] = (struct key_count){.told = 0};
	memcpy(rows[row_count].key, key, sizeof(key));
	return &rows[row_count++];
}

/* With APIC-access exits, an EOI makes no event of its own. */
static bool may_miss(const struct pairing *p, const struct key_count *row)
{
	return !strcmp(p->type, "mmio") && row->key[0] == 0xfee000b0;
}

static void check_pairing(const struct evidence *e, const struct pairing *p, json *vm, json *told, int64_t vcpu)
{
	int of = e->arm64 ? p->of_arm64 : p->of;
	json *array = member(vm, p->array), *account = member(told, p->told);
	uint64_t sum = 0;
	bool all = true;

	row_count = 0;
	for (unsigned int i = 0; i < length(account); i++)
		row_of(at(account, i), p->told_key)->told += number(at(account, i), "count");
	for (unsigned int i = 0; i < length(array); i++) {
		json *o = at(array, i);

		if (!strcmp(text(o, "type"), p->type) && integer(o, "vcpu") == vcpu && !truth(o, "others") &&
		    (of < 0 || integer(o, "of") == of))
			row_of(o, p->key)->seen += number(o, "count");
	}
	for (unsigned int i = 0; i < row_count; i++) {
		const struct key_count *r = &rows[i];

		sum += r->seen;
		if (r->told != r->seen && !(may_miss(p, r) && r->seen < r->told))
			all = claim(false,
				    "%s vCPU %" PRId64 " %s %#" PRIx64 " %" PRIu64 ": kvmtop %" PRIu64
				    ", guest and VMM %" PRIu64,
				    text(vm, "name"), vcpu, p->what, r->key[0], r->key[1], r->seen, r->told);
	}
	if (all && row_count)
		claim(true, "%s vCPU %" PRId64 " %s: %" PRIu64 " in %u keys, as guest and VMM tell", text(vm, "name"),
		      vcpu, p->what, sum, row_count);
}

/* Sum of a member over a vCPU's causes of a type; of exits with one of two codes. */
static uint64_t cause_sum(json *vm, int64_t vcpu, const char *array, const char *type, const char *what)
{
	json *list = member(vm, array);
	uint64_t sum = 0;

	for (unsigned int i = 0; i < length(list); i++) {
		if (!strcmp(text(at(list, i), "type"), type) && integer(at(list, i), "vcpu") == vcpu)
			sum += number(at(list, i), what);
	}
	return sum;
}

static uint64_t exit_sum(json *vcpu, const int *codes, const char *what)
{
	json *exits = member(vcpu, "exits");

	return number(find_code(exits, codes[0]), what) +
	       (codes[1] != codes[0] ? number(find_code(exits, codes[1]), what) : 0);
}

/* Reasons each of whose exits has one cause of one type: the times of the causes add up to that of the reason, to the ns. */
static void check_times(const struct evidence *e, json *vm, json *vcpu)
{
	static const struct {
		const char *array, *type;
		int svm[2], vmx[2], arm64[2];
	} whole[] = {
		{"causes", "pio", {0x7b, 0x7b}, {30, 30}, {-1, -1}},
		{"causes", "msr", {0x7c, 0x7c}, {31, 32}, {-1, -1}},
		{"causes", "cpuid", {0x72, 0x72}, {10, 10}, {-1, -1}},
		{"causes", "sysreg", {-1, -1}, {-1, -1}, {0x218, 0x218}},
		{"causes", "wfx", {-1, -1}, {-1, -1}, {0x201, 0x201}},
		{"hypercalls", "hypercall", {0x81, 0x81}, {18, 18}, {0x216, 0x216}},
	};
	const char *isa = text(e->ticks.o[e->ticks.count - 1], "isa");
	int64_t id = integer(vcpu, "id");

	for (unsigned int i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		const int *codes = e->arm64 ? whole[i].arm64 : !strcmp(isa, "vmx") ? whole[i].vmx : whole[i].svm;
		uint64_t count = exit_sum(vcpu, codes, "count"), ns = exit_sum(vcpu, codes, "total_ns");
		uint64_t timed = cause_sum(vm, id, whole[i].array, whole[i].type, "timed");
		uint64_t cause_ns = cause_sum(vm, id, whole[i].array, whole[i].type, "total_ns");

		if (count)
			claim(timed == count && cause_ns == ns,
			      "%s vCPU %" PRId64 " %s: %" PRIu64 " causes took %" PRIu64 " ns, the %" PRIu64
			      " exits %" PRIu64 " ns",
			      text(vm, "name"), id, whole[i].type, timed, cause_ns, count, ns);
	}
}

/* Vectors of the host: VMX tells each, SVM none, and there an emulated CPU may let the interrupt in late. */
static void check_vectors(const struct evidence *e, json *vm, json *vcpu)
{
	bool vmx = !strcmp(text(e->ticks.o[e->ticks.count - 1], "isa"), "vmx");
	uint64_t exits = number(find_code(member(vcpu, "exits"), vmx ? 1 : 0x60), "count");
	uint64_t told = cause_sum(vm, integer(vcpu, "id"), "causes", "host_vector", "count");

	claim(vmx ? told == exits : told <= exits && (told || exits < 3),
	      "%s vCPU %" PRId64 ": vectors told of %" PRIu64 " of %" PRIu64 " exits for interrupts of the host",
	      text(vm, "name"), integer(vcpu, "id"), told, exits);
}

void case_causes(const struct evidence *e)
{
	claim(e->truths == 2, "%u of 2 guests gave account", e->truths);
	check_accounts(e);
	if (!e->has_kvmtop || !e->ticks.count)
		return;
	for (unsigned int i = 0; i < e->truths; i++) {
		json *vm = find_vm(e->ticks.o[e->ticks.count - 1], text(e->truth[i], "name"));
		json *vcpus = member(e->truth[i], "vcpus");

		if (!claim(vm != NULL, "%s is listed", text(e->truth[i], "name")))
			continue;
		for (unsigned int k = 0; k < length(vcpus); k++) {
			int64_t id = integer(at(vcpus, k), "id");

			for (unsigned int p = 0; p < sizeof(causes) / sizeof(causes[0]); p++) {
				const char *of = e->arm64 ? "msr" : "sysreg"; /* what the other has in its place */

				if (strcmp(causes[p].type, of) != 0)
					check_pairing(e, &causes[p], vm, at(vcpus, k), id);
			}
			check_pairing(e, &calls[0], vm, at(vcpus, k), id);
			check_times(e, vm, find_vcpu(vm, id));
			if (!e->arm64)
				check_vectors(e, vm, find_vcpu(vm, id));
		}
	}
}

/* --- hypercalls ---------------------------------------------------------------------------------------------------- */

/* The arguments of the last one are those of one that the account tells. */
static bool is_told(json *row, json *vcpu)
{
	bool hyperv = integer(row, "of") == 1, xen = integer(row, "of") == 2;
	json *account = member(vcpu, hyperv ? "hv_hypercalls" : xen ? "xen_hypercalls" : "hypercalls");

	for (unsigned int i = 0; i < length(account); i++) {
		json *o = at(account, i);

		if (hyperv) {
			/* The control word that the third value is: code, and bit 16 for a fast one. */
			uint64_t control = number(o, "code") | number(o, "fast") << 16;

			if (number(row, "nr") == number(o, "code") && number(row, "a0") == number(o, "ingpa") &&
			    number(row, "a1") == number(o, "outgpa") && number(row, "a2") == control)
				return true;
		} else if (number(row, "nr") == number(o, "nr") && number(row, "a0") == number(o, "a0") &&
			   number(row, "a1") == number(o, "a1") && number(row, "a2") == number(o, "a2") &&
			   number(row, "a3") == number(o, "a3")) {
			return true;
		}
	}
	return false;
}

static void check_arguments(json *vm, json *told)
{
	json *rows_seen = member(vm, "hypercalls"), *vcpus = member(told, "vcpus");
	unsigned int right = 0;

	for (unsigned int i = 0; i < length(rows_seen); i++) {
		json *o = at(rows_seen, i), *vcpu = NULL;

		for (unsigned int k = 0; k < length(vcpus); k++) {
			if (integer(at(vcpus, k), "id") == integer(o, "vcpu"))
				vcpu = at(vcpus, k);
		}
		if (is_told(o, vcpu))
			right++;
		else
			claim(false,
			      "%s vCPU %" PRId64 " %s: no such call with %#" PRIx64 " %#" PRIx64 " %#" PRIx64
			      " %#" PRIx64,
			      text(vm, "name"), integer(o, "vcpu"), text(o, "name"), number(o, "a0"), number(o, "a1"),
			      number(o, "a2"), number(o, "a3"));
	}
	claim(right > 0, "%s: arguments of %u kinds of hypercalls as guests made them", text(vm, "name"), right);
}

/* Those without a name keep their number, and say whose they are. */
static void check_names(json *vm, const char *const *names, unsigned int count)
{
	json *seen = member(vm, "hypercalls");

	for (unsigned int n = 0; n < count; n++) {
		bool found = false;

		for (unsigned int i = 0; i < length(seen); i++)
			found |= !strcmp(text(at(seen, i), "name"), names[n]);
		claim(found, "%s has \"%s\"", text(vm, "name"), names[n]);
	}
}

/* Xen's: those that KVM does not answer go to the VMM, whose answer (-ENOSYS) the guest gets; and none is KVM's as well. */
static void check_xen(const struct evidence *e, json *vm, json *told)
{
	json *vcpu = at(member(told, "vcpus"), 0), *account = member(vcpu, "xen_hypercalls");
	json *seen = find_vcpu(vm, integer(vcpu, "id"));
	uint64_t user = 0, own = 0;

	for (unsigned int i = 0; i < length(account); i++) {
		if (integer(at(account, i), "ret") == -38)
			user += number(at(account, i), "count");
		else
			own += number(at(account, i), "count");
	}
	/* KVM_EXIT_XEN is 34. */
	claim(user && own && number(find_code(member(seen, "user_exits"), 34), "count") == user,
	      "%s: %" PRIu64 " answered by the VMM, as many returns of KVM_RUN for Xen as kvmtop counts (%" PRIu64
	      "); %" PRIu64 " by KVM",
	      text(told, "name"), user, number(find_code(member(seen, "user_exits"), 34), "count"), own);
	check_vm(e, told, vm);
	check_times(e, vm, seen);
}

void case_calls(const struct evidence *e)
{
	bool xen = note_number(e, "has-xen") == 1;

	claim(e->truths == (xen ? 3 : 2), "%u of %d guests gave account", e->truths, xen ? 3 : 2);
	check_accounts(e);
	if (!e->has_kvmtop || !e->ticks.count)
		return;
	for (unsigned int i = 0; i < e->truths; i++) {
		json *vm = find_vm(e->ticks.o[e->ticks.count - 1], text(e->truth[i], "name"));
		json *vcpus = member(e->truth[i], "vcpus");

		if (!claim(vm != NULL, "%s is listed", text(e->truth[i], "name")))
			continue;
		for (unsigned int k = 0; k < length(vcpus); k++) {
			for (unsigned int p = 0; p < sizeof(calls) / sizeof(calls[0]); p++)
				check_pairing(e, &calls[p], vm, at(vcpus, k), integer(at(vcpus, k), "id"));
		}
		check_arguments(vm, e->truth[i]);
		if (!strcmp(text(vm, "name"), "xen")) {
			check_xen(e, vm, e->truth[i]);
			check_names(vm, (const char *const[]){"Xen xen_version", "Xen sched_op", "Xen 1013"}, 3);
		} else if (e->arm64 && !strcmp(text(vm, "name"), "left"))
			check_names(vm, (const char *const[]){"PSCI_VERSION", "SMCCC_ARCH_FEATURES", "SMCCC 0x3f5"}, 3);
		else if (e->arm64)
			check_names(vm, (const char *const[]){"PSCI_VERSION", "SMCCC 0x3f1"}, 2);
		else if (!strcmp(text(vm, "name"), "left"))
			check_names(vm, (const char *const[]){"KICK_CPU", "SCHED_YIELD", "KVM 1013"}, 3);
		else
			check_names(vm, (const char *const[]){"KICK_CPU", "HV RETARGET_INTERRUPT"}, 2);
	}
}
