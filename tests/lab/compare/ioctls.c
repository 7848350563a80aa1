/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMM's requests to KVM and the memory map that they make, beside the VMM's own account. */
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
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

/* --- durations ----------------------------------------------------------------------------------------------------- */

#define KVM_TYPE 0xae
#define KVM_RUN  0xae80

/*
 * One recorder's stamps: when each thread's calls began and ended, in the order in which they did; and of what KVM did
 * inside a call, the first and the last.
 */
struct call {
	int64_t tid;
	uint64_t request, begin, end;
	uint64_t first, last; /* 0: nothing that has a stamp */
};

struct calls {
	struct call *call;
	unsigned int count, room;
};

/* The call of this thread that is under way; NULL: none. */
static struct call *open_call(struct calls *c, int64_t tid)
{
	for (unsigned int i = c->count; i-- > 0;) {
		if (c->call[i].tid == tid)
			return c->call[i].end ? NULL : &c->call[i];
	}
	return NULL;
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* "vmm-151 [001] ..... 4.159217: sys_ioctl(fd: 5, cmd: ae80, arg: 0)" and "... sys_ioctl -> 0x0". */
static bool read_calls(const struct evidence *e, const char *name, struct calls *c)
{
	FILE *f = evidence_open(e, name);
	char line[1024];

	while (f && fgets(line, sizeof(line), f)) {
		struct call *call;
		uint64_t ns;
		int64_t tid;
		const char *what = stamp_line(line, &tid, &ns);

		if (!what)
			continue;
		call = open_call(c, tid);
		if (begins(what, "kvm_userspace_exit: ") || begins(what, "lab_")) {
			if (call)
				call->last = ns;
			if (call && !call->first)
				call->first = ns;
			continue;
		}
		if (!begins(what, "sys_ioctl"))
			continue;
		if (strstr(what, "->")) {
			if (call)
				call->end = ns;
			continue;
		}
		what = strstr(what, "cmd: ");
		if (!what)
			continue;
		if (c->count == c->room) {
			c->room = c->room ? 2 * c->room : 256;
			c->call = realloc(c->call, c->room * sizeof(*c->call));
			if (!c->call)
				abort();
		}
		c->call[c->count++] = (struct call){.tid = tid, .request = strtoull(what + 5, NULL, 16), .begin = ns};
	}
	if (f)
		fclose(f);
	return c->count;
}

static bool of_vm(json *told, int64_t tid)
{
	json *vcpus = member(told, "vcpus");

	for (unsigned int i = 0; i < length(vcpus); i++) {
		if (integer(at(vcpus, i), "tid") == tid)
			return true;
	}
	return integer(told, "pid") == tid;
}

/* The nth call of a thread in the other recorder's stamps; NULL: it has not so many. */
static const struct call *nth_of(const struct calls *c, int64_t tid, unsigned int n)
{
	for (unsigned int i = 0; i < c->count; i++) {
		if (c->call[i].tid == tid && !n--)
			return &c->call[i];
	}
	return NULL;
}

/* Nanoseconds, of stamps that are cut to microseconds. */
static uint64_t at_least(uint64_t begin, uint64_t end)
{
	return end > begin + US ? end - begin - US : 0;
}

/*
 * KVM_RUN apart from all others, by the VM. At system calls kvmtop is between both recorders at the begin and at the end.
 * Where it is at the functions that the call leads to, it is later than both at the begin and sooner at the end. What is no
 * longer than kvmtop's time is then that from the first to the last that KVM does in the function and that has a stamp.
 */
static void check_durations(json *tick, json *vm, json *told, const struct calls *outer, const struct calls *inner)
{
	bool at_calls = number(member(member(tick, "probes"), "ioctl"), "errno");

	for (int run = 0; run < 2; run++) {
		uint64_t count = 0, total = 0, stamped = 0, low = 0, high = 0;

		for (int host = 0; host < 2; host++) {
			json *rows = member(host ? tick : vm, "ioctls");

			for (unsigned int i = 0; i < length(rows); i++) {
				json *row = at(rows, i);

				if ((number(row, "request") == KVM_RUN) != run ||
				    (host && integer(row, "process") != integer(told, "pid")))
					continue;
				count += number(row, "timed");
				total += number(row, "total_ns");
			}
		}
		for (unsigned int i = 0; i < outer->count; i++) {
			const struct call *o = &outer->call[i], *in;
			unsigned int n = 0;

			if (!of_vm(told, o->tid) || (o->request >> 8 & 0xff) != KVM_TYPE ||
			    (o->request == KVM_RUN) != run)
				continue;
			for (unsigned int k = 0; k < i; k++)
				n += outer->call[k].tid == o->tid;
			in = nth_of(inner, o->tid, n);
			if (!in || in->request != o->request || !o->end || !in->end)
				continue;
			stamped++;
			/* Cut to microseconds. */
			low += at_calls ? at_least(in->begin, o->end) : at_least(in->first, in->last);
			high += in->end - o->begin + US;
		}
		claim(count && count == stamped && low && total >= low && total <= high,
		      "%s: %s took %" PRIu64 " us in %" PRIu64 " calls, ftrace between %" PRIu64 " and %" PRIu64
		      " us in %" PRIu64,
		      text(told, "name"), run ? "KVM_RUN" : "other ioctls", total / US, count, low / US, high / US,
		      stamped);
	}
}

/* Of a VM whose vCPU was in KVM_RUN before anybody looked, and came out of it: then the VM ended. */
static void check_begun_before(const struct evidence *e)
{
	json *vm = NULL, *rows, *run = NULL, *lost = member(e->ticks.o[e->ticks.count - 1], "lost");

	for (unsigned int i = e->ticks.count; i-- > 0 && !vm;) {
		for (unsigned int k = 0; k < length(member(e->ticks.o[i], "vms")); k++) {
			json *one = at(member(e->ticks.o[i], "vms"), k);

			if (!strcmp(text(one, "name"), "asleep"))
				vm = one;
		}
	}
	rows = member(vm, "ioctls");
	for (unsigned int i = 0; i < length(rows); i++) {
		if (number(at(rows, i), "request") == KVM_RUN)
			run = at(rows, i);
	}
	/* A program at the end of a function sees no call that was made before it was there; one at system calls does. */
	claim(number(run, "timed") + 1 >= number(run, "count") && number(run, "count") <= 2 &&
		      !number(lost, "event_pair"),
	      "asleep: of %" PRIu64 " KVM_RUN %" PRIu64 " are timed, one had begun before; %" PRIu64
	      " lost begins or ends",
	      number(run, "count"), number(run, "timed"), number(lost, "event_pair"));
}

#define KINDS      3000 /* of --ioctl-kinds */
#define KINDS_ROWS 1024 /* event_quota() of bpf/events.h */

/* A VM has rows for so many kinds, and all further ones are counted together: none is lost, and none takes a row. */
static void check_quota(json *vm)
{
	json *seen = member(vm, "ioctls");
	uint64_t counted = 0, others = 0;
	unsigned int rows = 0;

	for (unsigned int i = 0; i < length(seen); i++) {
		json *row = at(seen, i);

		if (truth(row, "others"))
			others += number(row, "count");
		else
			rows++;
		if (!truth(row, "others") && (number(row, "request") & 0xff) == 0xff)
			counted += number(row, "count");
	}
	claim(rows == KINDS_ROWS && counted + others >= KINDS && others > KINDS - KINDS_ROWS,
	      "many: %d kinds of requests in %u rows with %" PRIu64 " of them, and %" PRIu64 " others", KINDS, rows,
	      counted, others);
}

void case_ioctls(const struct evidence *e)
{
	struct calls outer = {0}, inner = {0};
	char path[4096];
	json *tick, *before;
	bool stamps;

	claim(e->truths == 2, "%u of 2 guests gave account", e->truths);
	check_accounts(e);
	if (!e->has_kvmtop || !e->ticks.count)
		return;
	tick = e->ticks.o[e->ticks.count - 1];
	stamps = read_calls(e, "stamps.outer", &outer) && read_calls(e, "stamps.inner", &inner);
	claim(stamps, "stamps of ioctls are there");
	check_begun_before(e);
	check_quota(find_vm(tick, "many"));
	for (unsigned int i = 0; i < e->truths; i++) {
		json *vm = find_vm(tick, text(e->truth[i], "name"));

		if (!claim(vm != NULL, "%s is listed", text(e->truth[i], "name")))
			continue;
		check_ioctls(tick, vm, e->truth[i]);
		check_slots(vm, e->truth[i], false);
		check_durations(tick, vm, e->truth[i], &outer, &inner);
	}
	free(outer.call);
	free(inner.call);
	/* Its account is not among those that ftrace proves: it was made before ftrace counted. */
	snprintf(path, sizeof(path), "%s/before.account", e->dir);
	before = json_object_from_file(path);
	if (claim(before != NULL, "the guest from before gave account"))
		check_slots(find_vm(tick, "before"), before, true);
	json_object_put(before);
}
