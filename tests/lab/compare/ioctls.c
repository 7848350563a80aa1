/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMM's requests to KVM and the memory map that they make, beside the VMM's own account. */
#include "compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* As kvmtop numbers the files. */
static const char *const files[] = {"kvm", "vm", "vcpu", "device"};

/* KVM's own slots have ids beyond those of the VMM: KVM_USER_MEM_SLOTS, 32767 less three. */
#define USER_SLOTS 32764

static bool is_row(json *row, json *told)
{
	uint64_t file = number(row, "file");

	return file < sizeof(files) / sizeof(files[0]) && !strcmp(files[file], text(told, "file")) &&
	       number(row, "request") == number(told, "request") &&
	       (file != 2 || integer(row, "vcpu") == integer(told, "vcpu"));
}

static json *find_row(json *seen, json *told, int64_t process)
{
	for (unsigned int i = 0; i < length(seen); i++) {
		if (is_row(at(seen, i), told) && (!process || integer(at(seen, i), "process") == process))
			return at(seen, i);
	}
	return NULL;
}

static void check_ioctls(json *tick, json *vm, json *told)
{
	json *account = member(told, "ioctls"), *seen = member(vm, "ioctls"), *of_host = member(tick, "ioctls");
	uint64_t sum = 0, errors = 0, timed = 0, untold = 0, of_kvm = 0;
	unsigned int rows = 0;
	bool all = true;

	for (unsigned int i = 0; i < length(account); i++) {
		json *o = at(account, i);
		bool dev = !strcmp(text(o, "file"), "kvm");
		json *row = dev ? find_row(of_host, o, integer(told, "pid")) : find_row(seen, o, 0);

		if (number(row, "count") != number(o, "count") || number(row, "errors") != number(o, "errors"))
			all = claim(false,
				    "%s %s %" PRId64 " %s: kvmtop %" PRIu64 " and %" PRIu64 " failed, VMM %" PRIu64
				    " and %" PRIu64,
				    text(told, "name"), text(o, "file"), integer(o, "vcpu"), text(o, "name"),
				    number(row, "count"), number(row, "errors"), number(o, "count"),
				    number(o, "errors"));
		sum += number(row, "count");
		of_kvm += dev ? number(row, "count") : 0;
		errors += number(row, "errors");
		timed += number(row, "timed") == number(row, "count") && number(row, "total_ns");
		rows++;
	}
	for (unsigned int i = 0; i < length(seen); i++) {
		bool is_told = false;

		for (unsigned int k = 0; k < length(account); k++)
			is_told |= is_row(at(seen, i), at(account, k));
		untold += is_told ? 0 : number(at(seen, i), "count");
	}
	if (all)
		claim(rows && sum && of_kvm && errors,
		      "%s: %" PRIu64 " ioctls (%" PRIu64 " of /dev/kvm, %" PRIu64
		      " failed) in %u rows, as the VMM tells",
		      text(told, "name"), sum, of_kvm, errors, rows);
	claim(!untold, "%s: %" PRIu64 " ioctls that the VMM does not know of", text(told, "name"), untold);
	claim(timed == rows, "%s: all of them are timed in %" PRIu64 " of %u rows", text(told, "name"), timed, rows);
}

/* The last request of a slot that did not fail; NULL: none. */
static json *last_region(json *regions, uint64_t slot)
{
	json *last = NULL;

	for (unsigned int i = 0; i < length(regions); i++) {
		if (number(at(regions, i), "slot") == slot && !integer(at(regions, i), "error"))
			last = at(regions, i);
	}
	return last;
}

static json *find_slot(json *seen, uint64_t slot)
{
	for (unsigned int i = 0; i < length(seen); i++) {
		if (number(at(seen, i), "slot") == slot)
			return at(seen, i);
	}
	return NULL;
}

/* was_there: kvmtop came later, and slots that were taken away before that have no row. */
static void check_slots(json *vm, json *told, bool was_there)
{
	json *regions = member(told, "regions"), *seen = member(vm, "memslots");
	unsigned int here = 0, gone = 0, kvm_own = 0;
	bool all = true;

	for (unsigned int i = 0; i < length(regions); i++) {
		json *o = at(regions, i), *row = find_slot(seen, number(o, "slot"));
		bool taken = !number(o, "size");

		if (last_region(regions, number(o, "slot")) != o)
			continue;
		if (taken && was_there && !row)
			continue;
		gone += taken;
		here += !taken;
		if (!row || number(row, "bytes") != number(o, "size") ||
		    (!taken && (number(row, "gpa") != number(o, "gpa") || number(row, "hva") != number(o, "hva") ||
				number(row, "flags") != number(o, "flags"))))
			all = claim(false,
				    "%s slot %" PRIu64 ": kvmtop %s%#" PRIx64 " %" PRIu64 " bytes at %#" PRIx64
				    " flags %" PRIu64 ", VMM %#" PRIx64 " %" PRIu64 " bytes at %#" PRIx64
				    " flags %" PRIu64,
				    text(told, "name"), number(o, "slot"), row ? "" : "none ", number(row, "gpa"),
				    number(row, "bytes"), number(row, "hva"), number(row, "flags"), number(o, "gpa"),
				    number(o, "size"), number(o, "hva"), number(o, "flags"));
	}
	for (unsigned int i = 0; i < length(seen); i++) {
		uint64_t slot = number(at(seen, i), "slot");

		kvm_own += slot >= USER_SLOTS;
		if (slot < USER_SLOTS && !last_region(regions, slot))
			all = claim(false, "%s slot %" PRIu64 ": the VMM does not know of it", text(told, "name"),
				    slot);
	}
	if (all)
		claim(here > 0,
		      "%s: memory map of %u slots%s, %u taken away, as the VMM made it; %u slots of KVM's own",
		      text(told, "name"), here, was_there ? " from before kvmtop" : "", gone, kvm_own);
}

void case_ioctls(const struct evidence *e)
{
	char path[4096];
	json *tick, *before;

	claim(e->truths == 2, "%u of 2 guests gave account", e->truths);
	check_accounts(e);
	if (!e->has_kvmtop || !e->ticks.count)
		return;
	tick = e->ticks.o[e->ticks.count - 1];
	for (unsigned int i = 0; i < e->truths; i++) {
		json *vm = find_vm(tick, text(e->truth[i], "name"));

		if (!claim(vm != NULL, "%s is listed", text(e->truth[i], "name")))
			continue;
		check_ioctls(tick, vm, e->truth[i]);
		check_slots(vm, e->truth[i], false);
	}
	/* Its account is not among those that ftrace proves: it was made before ftrace counted. */
	snprintf(path, sizeof(path), "%s/before.account", e->dir);
	before = json_object_from_file(path);
	if (claim(before != NULL, "the guest from before gave account"))
		check_slots(find_vm(tick, "before"), before, true);
	json_object_put(before);
}
