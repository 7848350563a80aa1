/* SPDX-License-Identifier: GPL-2.0-only */
/* What must hold when things go wrong: VMs that die, hosts without room, without KVM, without BTF; many VMs in a row. */
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS          ((uint64_t)1000000)
#define CHURN_ONE   200 /* VMs of one process */
#define CHURN_MANY  100 /* processes of one VM each */
#define CHURN_FIRST 60  /* before these, so that what is allocated once is there */
#define CHURN_IO    8
#define CHURN_KB    256 /* what the heap may grow by when more VMs meet in one interval: less than 1 KiB each */
#define VICTIMS_IO  101

static json *last_object(const struct objects *ticks)
{
	return ticks->count ? ticks->o[ticks->count - 1] : NULL;
}

/* The last object before the VM's end, and the one that reports it; how often it is reported as ended. */
static unsigned int end_of(const struct evidence *e, const char *name, json **alive, json **ended)
{
	unsigned int times = 0;

	*alive = *ended = NULL;
	for (unsigned int t = 0; t < e->ticks.count; t++) {
		json *vm = find_vm(e->ticks.o[t], name);

		if (vm && truth(vm, "ended")) {
			times++;
			*ended = vm;
		} else if (vm) {
			*alive = vm;
		}
	}
	return times;
}

/* Busy in the guest may as well be handling a tick, or waiting for the pCPU that kvmtop reads it on. */
static bool is_in(json *vcpu, const char *state)
{
	const char *now = text(vcpu, "state");

	return !strcmp(now, state) || (!strcmp(state, "guest") && (!strcmp(now, "kvm") || !strcmp(now, "wait")));
}

static void victim(const struct evidence *e, const char *name, const char *state)
{
	json *alive, *ended, *before, *after;
	unsigned int times = end_of(e, name, &alive, &ended);

	if (!claim(alive != NULL, "%s: listed", name))
		return;
	before = find_vcpu(alive, 0);
	after = find_vcpu(ended, 0);
	claim(is_in(before, state), "%s: state %s when it was killed", name, text(before, "state"));
	claim(times == 1, "%s: reported as ended %u times", name, times);
	claim(state_time(after, state) >= state_time(before, state) && state_time(after, state) > 500 * MS,
	      "%s: its last report has %" PRIu64 " ms of %s (%" PRIu64 " ms before)", name,
	      state_time(after, state) / MS, state, state_time(before, state) / MS);
	claim(io_exit_count(e, after) == io_exit_count(e, before) && io_exit_count(e, after) >= VICTIMS_IO,
	      "%s: its last report has %" PRIu64 " IO exits, as the one before", name, io_exit_count(e, after));
}

void case_killed(const struct evidence *e)
{
	json *alive, *ended;

	if (!e->has_kvmtop)
		return;
	victim(e, "in-vmm", "user");
	victim(e, "in-halt", "halt");
	victim(e, "in-guest", "guest");
	end_of(e, "in-vmm", &alive, &ended);
	claim(io_exit_count(e, find_vcpu(ended, 0)) == VICTIMS_IO + 1,
	      "in-vmm: the exit it was killed in is counted: %" PRIu64, io_exit_count(e, find_vcpu(ended, 0)));
	claim(!length(member(last_object(&e->ticks), "vms")), "%u VMs listed after their end",
	      length(member(last_object(&e->ticks), "vms")));
}

static bool is_among(const int64_t *pids, unsigned int count, int64_t pid)
{
	for (unsigned int i = 0; i < count; i++) {
		if (pids[i] == pid)
			return true;
	}
	return false;
}

void case_churn(const struct evidence *e)
{
	static int64_t pids[CHURN_MANY * 4];
	long many = note_number(e, "many.pid"), before = note_number(e, "fds.before"),
	     after = note_number(e, "fds.after"), kb_before = note_number(e, "anon.before"),
	     kb_after = note_number(e, "anon.after");
	unsigned int in_one = 0, others = 0, twice = 0, wrong = 0, vcpus = 0;
	bool begun = false;
	json *last = last_object(&e->ticks);

	if (!e->has_kvmtop)
		return;
	for (unsigned int t = 0; t < e->ticks.count; t++) {
		json *vms = member(e->ticks.o[t], "vms");

		for (unsigned int i = 0; i < length(vms); i++) {
			json *vm = at(vms, i), *vcpu = find_vcpu(vm, 0);

			if (!truth(vm, "ended"))
				continue;
			wrong += io_exit_count(e, vcpu) != CHURN_IO;
			vcpus += length(member(vm, "vcpus"));
			if (integer(vm, "pid") == many) {
				in_one++;
				begun = true;
				continue;
			}
			if (!begun) /* those before the first count */
				continue;
			twice += is_among(pids, others, integer(vm, "pid"));
			if (others < CHURN_MANY * 4)
				pids[others++] = integer(vm, "pid");
		}
	}
	claim(in_one == CHURN_ONE, "%u VMs of one process, one after the other: %u reported as ended", CHURN_ONE,
	      in_one);
	claim(others == CHURN_MANY && !twice, "%u VMs of as many processes: %u reported as ended, %u more than once",
	      CHURN_MANY, others, twice);
	claim(vcpus == in_one + others + CHURN_FIRST, "%u vCPUs in their last reports", vcpus);
	claim(!wrong, "%u of these have not %u IO exits in their last report", wrong, CHURN_IO);
	claim(length(member(last, "vms")) == 1, "%u VM listed at the end, that which is still there",
	      length(member(last, "vms")));
	claim(before > 0 && before == after, "kvmtop's open files: %ld before, %ld after", before, after);
	claim(kb_before > 0 && kb_after <= kb_before + CHURN_KB, "its memory: %ld KiB before, %ld KiB after", kb_before,
	      kb_after);
}

void case_room(const struct evidence *e)
{
	json *last = last_object(&e->ticks), *fits = find_vm(last, "fits"), *over = find_vm(last, "over");
	uint64_t lost = number(member(last, "lost"), "vcpu_slots"), missed = number(member(last, "lost"), "missed");

	if (!e->has_kvmtop)
		return;
	for (unsigned int i = 0; i < e->truths; i++) {
		if (!strcmp(text(e->truth[i], "name"), "fits"))
			check_vm(e, e->truth[i], fits);
	}
	claim(lost > 0, "more vCPUs than room: lost.vcpu_slots %" PRIu64, lost);
	/* What has a record is exact, as was just shown: whatever else was missed is of those without. */
	claim(missed <= lost, "lost.missed %" PRIu64 ": no more than the events of vCPUs without a record", missed);
	claim(!over || !length(member(over, "vcpus")), "the VM without room: %s, with %u vCPUs",
	      over ? "listed" : "not listed", length(member(over, "vcpus")));
}

void case_modules(const struct evidence *e)
{
	unsigned int waited = 0, seen = 0, early = 0;
	char why[256], line[256];
	json *vm = NULL, *again, *ended;

	if (!e->has_kvmtop)
		return;
	for (unsigned int t = 0; t < e->ticks.count; t++) {
		json *o = e->ticks.o[t], *now = find_vm(o, "late");

		if (*text(o, "waiting")) {
			waited++;
			early += seen;
			snprintf(why, sizeof(why), "%s", text(o, "waiting"));
		}
		if (now && !truth(now, "ended")) {
			seen++;
			vm = now;
		}
	}
	claim(waited > 1 && !early, "without KVM: %u objects that say '%s'", waited, waited ? why : "");
	claim(seen > 0 && e->truths == 2, "the VM that came with KVM is listed in %u objects", seen);
	end_of(e, "again", &again, &ended);
	claim(again != NULL, "the VM that came when the vendor's module was loaded anew is listed");
	for (unsigned int i = 0; i < e->truths; i++)
		check_vm(e, e->truth[i], strcmp(text(e->truth[i], "name"), "late") ? again : vm);
	claim(!note(e, "kvm.during", line, sizeof(line)) ? false : strstr(line, "kvm") != NULL,
	      "kvm cannot be unloaded while kvmtop uses it: %s", line);
	claim(note(e, "kvm.after", line, sizeof(line)) && !strcmp(line, "gone"), "kvm after kvmtop's end: %s", line);
	claim(note(e, "kvm.back", line, sizeof(line)) && !strcmp(line, "loaded"), "kvm loaded again: %s", line);
}

/* kvmtop cannot work here: one line, what is wrong and what would help, and exit status 4. */
void case_refused(const struct evidence *e)
{
	char line[512];
	long status = note_number(e, "refused.status"), lines = note_number(e, "refused.lines");
	long printed = note_number(e, "refused.printed");

	if (status < 0 && note(e, "no-kvmtop", line, sizeof(line))) {
		skip("%s", line);
		return;
	}
	claim(status == 4, "exit status %ld", status);
	note(e, "refused.err", line, sizeof(line));
	claim(lines == 1 && *line, "%ld line(s): %s", lines, line);
	claim(printed == 0, "%ld bytes on standard output", printed);
}

/* The VM as the last of these objects has it. */
static json *as_of(const struct objects *ticks, const char *name)
{
	return find_vm(last_object(ticks), name);
}

void case_two(const struct evidence *e)
{
	json *first = as_of(&e->ticks, "pair"), *second = as_of(&e->second, "pair");

	if (!e->has_kvmtop)
		return;
	if (!claim(first && second && e->truths == 1 && e->has_ftrace, "both kvmtops list the VM"))
		return;
	check_vm(e, e->truth[0], first);
	check_vm(e, e->truth[0], second);
	check_ftrace(&e->exits, &first, 1, "exits", "kvm_exit", "first: ");
	check_ftrace(&e->user_exits, &first, 1, "user_exits", "kvm_userspace_exit", "first: ");
	check_ftrace(&e->exits, &second, 1, "exits", "kvm_exit", "second: ");
	check_ftrace(&e->user_exits, &second, 1, "user_exits", "kvm_userspace_exit", "second: ");
}
