/* SPDX-License-Identifier: GPL-2.0-only */
/* Times: the budget of every interval, and durations beside the VMM's own clock. */
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS                 ((uint64_t)1000000)
#define BUDGET_LIMIT       0.005
#define TIME_LIMIT         0.02
#define KVM_EXIT_IO_CODE   2
#define KVM_EXIT_MMIO_CODE 6

/*
 * Every vCPU in every interval in which it was there at both ends. kvmtop reads each vCPU at its own instant (age_ns), a
 * little after the sample's: on a host of two emulated CPUs it has to wait for its turn like everybody.
 */
static void budget(const struct evidence *e)
{
	double worst = 0;
	unsigned int checked = 0;

	for (unsigned int t = 1; t < e->ticks.count; t++) {
		json *vms = member(e->ticks.o[t], "vms");

		for (unsigned int i = 0; i < length(vms); i++) {
			json *vm = at(vms, i), *vcpus = member(vm, "vcpus");
			json *before = find_vm_pid(e->ticks.o[t - 1], integer(vm, "pid"));

			if (truth(vm, "ended") || !before)
				continue;
			for (unsigned int k = 0; k < length(vcpus); k++) {
				json *old = find_vcpu(before, integer(at(vcpus, k), "id"));
				uint64_t span, spent = old ? all_time(at(vcpus, k)) - all_time(old) : 0;

				if (!old || truth(at(vcpus, k), "ended"))
					continue;
				span = number(at(vcpus, k), "age_ns") - number(old, "age_ns");
				checked++;
				if (deviation(spent, span) > worst)
					worst = deviation(spent, span);
				if (deviation(spent, span) > BUDGET_LIMIT)
					claim(false,
					      "budget: object %u, %s vCPU %" PRId64 ": states add to %" PRIu64
					      " ns of %" PRIu64,
					      t, text(vm, "name"), integer(at(vcpus, k), "id"), spent, span);
			}
		}
	}
	if (worst <= BUDGET_LIMIT)
		claim(checked > 0, "budget: %u vCPU intervals add to 100 %% within %.3f %%", checked, worst * 100);
}

/* 2026-11-23T12:00:00.123456789Z in ns; only differences matter, within a day or over midnight. */
static uint64_t clock_ns(json *tick)
{
	const char *t = strchr(text(tick, "time"), 'T');
	unsigned int h, m, s, ns;

	if (!t || sscanf(t, "T%2u:%2u:%2u.%9uZ", &h, &m, &s, &ns) != 4)
		return 0;
	return ((h * 60 + m) * 60 + s) * (1000 * MS) + ns;
}

/* The same over the whole run and by another clock: what a vCPU's states add to is the time that passed. */
static void whole_run(const struct evidence *e)
{
	json *vms = member(e->ticks.o[0], "vms");
	json *last = e->ticks.o[e->ticks.count - 1];
	uint64_t day = (uint64_t)24 * 3600 * 1000 * MS;
	uint64_t span = (clock_ns(last) + day - clock_ns(e->ticks.o[0])) % day;

	for (unsigned int i = 0; i < length(vms); i++) {
		json *vcpu = find_vcpu(at(vms, i), 0),
		     *end = find_vcpu(find_vm_pid(last, integer(at(vms, i), "pid")), 0);
		uint64_t spent = end ? all_time(end) - all_time(vcpu) : 0;

		if (!vcpu || !end || truth(end, "ended"))
			continue;
		/* Reading a sample takes its own time on a host of two busy emulated CPUs. */
		claim(spent + 50 * MS > span && spent < span + 50 * MS,
		      "%s: its states add to %" PRIu64 " ms of the %" PRIu64 " ms between first and last object",
		      text(at(vms, i), "name"), spent / MS, span / MS);
	}
}

void every_case(const struct evidence *e)
{
	json *last = e->ticks.count ? e->ticks.o[e->ticks.count - 1] : NULL;
	json *lost = member(last, "lost");
	bool any = false;

	if (!last)
		return;
	if (!(e->except & NO_BUDGET)) {
		budget(e);
		whole_run(e);
	}
	if (!claim(lost != NULL, "losses are reported"))
		return;
	json_object_object_foreach(lost, key, value)
	{
		uint64_t n = json_object_get_uint64(value);

		/*
		 * From 6.19 on, task storage takes a lock that needs CMPXCHG16B, which the emulated CPU must do without; kvmtop
		 * then looks the vCPU up by its thread and says so. Nothing is lost by that.
		 */
		if (n && !strcmp(key, "storage") && e->major >= 7) {
			skip("lost: %s %" PRIu64
			     ": no task storage without CMPXCHG16B on this kernel, looked up instead",
			     key, n);
			continue;
		}
		/*
		 * An event that a preempted program missed is handled by its twin, and counted as repaired in the vCPU's record.
		 * Without a record it can only be counted as missed, beside vcpu_slots: see case_room().
		 */
		if (n && e->except & FEW_SLOTS && (!strcmp(key, "vcpu_slots") || !strcmp(key, "missed")))
			continue;
		/*
		 * On a preemptible kernel it is a bound: both programs of an event were preempted, maybe at two different
		 * events. Were one lost, the counts above would differ. This is the third boot: see tests/lab/check.
		 */
		if (n && !strcmp(key, "missed") && e->major >= 7) {
			skip("lost: missed %" PRIu64 ": at most so many on a kernel that preempts programs", n);
			continue;
		}
		if (n)
			any = !claim(false, "lost: %s %" PRIu64, key, n);
	}
	if (!any)
		claim(true, "nothing%s lost", e->except & FEW_SLOTS ? " else" : "");
}

/* The guest's way to the VMM is a port, and on arm64 a data abort: there its page faults have the same reason. */
static json *io_exits(json *vcpu)
{
	json *exits = member(vcpu, "exits");
	json *io = find_code(exits, 0x7b);

	if (!io)
		io = find_code(exits, 30);
	return io ? io : find_code(exits, 0x224);
}

static int64_t io_return(const struct evidence *e)
{
	return e->arm64 ? KVM_EXIT_MMIO_CODE : KVM_EXIT_IO_CODE;
}

/* How many have begun. */
static uint64_t io_count(const struct evidence *e, json *vcpu)
{
	return number(e->arm64 ? find_code(member(vcpu, "user_exits"), io_return(e)) : io_exits(vcpu), "count");
}

static json *last_vcpu(const struct evidence *e, const char *name)
{
	return e->ticks.count ? find_vcpu(find_vm(e->ticks.o[e->ticks.count - 1], name), 0) : NULL;
}

static json *told_vcpu(const struct evidence *e)
{
	return e->truths ? at(member(e->truth[0], "vcpus"), 0) : NULL;
}

/* The exit's time in the VMM, as VM exit and as exit to user space, beside the VMM's own. */
static void user_time(const struct evidence *e, const char *name)
{
	json *vcpu = last_vcpu(e, name), *told = told_vcpu(e);
	uint64_t own = number(find_code(member(told, "returns"), io_return(e)), "user_ns");
	uint64_t part = number(io_exits(vcpu), "user_ns");
	uint64_t whole = number(find_code(member(vcpu, "user_exits"), io_return(e)), "total_ns");

	claim(own && deviation(part, own) <= TIME_LIMIT,
	      "time in the VMM of IO exits: kvmtop %" PRIu64 " us, VMM %" PRIu64 " us (%.2f %% off)", part / 1000,
	      own / 1000, deviation(part, own) * 100);
	claim(own && deviation(whole, own) <= TIME_LIMIT,
	      "exits to user space, IO: kvmtop %" PRIu64 " us, VMM %" PRIu64 " us (%.2f %% off)", whole / 1000,
	      own / 1000, deviation(whole, own) * 100);
}

static uint64_t slow_sum(json *told, uint64_t *longest)
{
	json *slow = member(told, "slow");
	uint64_t sum = 0;

	*longest = 0;
	for (unsigned int i = 0; i < length(slow); i++) {
		uint64_t ns = number(at(slow, i), "end_ns") - number(at(slow, i), "begin_ns");

		sum += ns;
		if (ns > *longest)
			*longest = ns;
	}
	return sum;
}

void case_slow(const struct evidence *e)
{
	json *told = told_vcpu(e), *vcpu = last_vcpu(e, "slow"), *io = io_exits(vcpu);
	uint64_t longest, sum = slow_sum(told, &longest);
	uint64_t each = e->arm64 ? 20 : 5, nominal = 31 * each * MS;
	json *row = find_code(member(vcpu, "user_exits"), io_return(e));
	static struct span_sums exits, users;

	claim(number(told, "slow_count") == 31 && sum >= nominal,
	      "the handler took %" PRIu64 " us in %" PRIu64 " calls (31 x %" PRIu64 " ms)", sum / 1000,
	      number(told, "slow_count"), each);
	if (!e->has_kvmtop || !claim(vcpu != NULL, "listed"))
		return;
	claim(io_count(e, vcpu) == 31, "IO exits: kvmtop %" PRIu64 ", guest 31", io_count(e, vcpu));
	/*
	 * The VMM's clock readings lie inside of what kvmtop calls the VMM's time. How much more that is (the way out of the
	 * system call and into the next one) is up to the emulated CPU: from 20 us to milliseconds, and ftrace knows.
	 */
	claim(number(io, "user_ns") >= sum && number(row, "min_ns") >= each * MS,
	      "handler: kvmtop %" PRIu64 " us, at least %" PRIu64 " us each; VMM's clock %" PRIu64 " us (%.2f %% less)",
	      number(io, "user_ns") / 1000, number(row, "min_ns") / 1000, sum / 1000,
	      deviation(number(io, "user_ns"), sum) * 100);
	claim(number(io, "user_ns") == number(row, "total_ns"),
	      "the same as part of the VM exits and as exits to user space: %" PRIu64 " and %" PRIu64 " us",
	      number(io, "user_ns") / 1000, number(row, "total_ns") / 1000);
	claim(number(io, "max_ns") >= longest, "longest: kvmtop %" PRIu64 " us, VMM's handler %" PRIu64 " us",
	      number(io, "max_ns") / 1000, longest / 1000);
	if (stamps_sums(e, integer(told, "tid"), &exits, &users)) {
		check_span("in the VMM", span_by_code(&users, io_return(e)), row);
		check_span("the exits", span_by_reason(&exits, text(io, "reason")), io);
	}
	claim(number(io, "kvm_ns") + number(io, "user_ns") + number(io, "halt_ns") + number(io, "wait_ns") ==
		      number(io, "total_ns"),
	      "the parts of an exit add up to its time: %" PRIu64 " us", number(io, "total_ns") / 1000);
}

void case_stuck(const struct evidence *e)
{
	uint64_t longest, before = 0, sum = slow_sum(told_vcpu(e), &longest), age = 0;
	unsigned int seen = 0, whole = 0;

	claim(sum >= 3000 * MS, "the VMM slept %" PRIu64 " ms in one exit", sum / MS);
	if (!e->has_kvmtop)
		return;
	for (unsigned int t = 1; t < e->ticks.count; t++) {
		json *vcpu = find_vcpu(find_vm(e->ticks.o[t], "stuck"), 0);
		json *old = find_vcpu(find_vm(e->ticks.o[t - 1], "stuck"), 0);
		uint64_t span = number(e->ticks.o[t], "interval_ns");
		uint64_t user = old ? state_time(vcpu, "user") - state_time(old, "user") : 0;

		/* 101 and the long one have begun, the others have not. */
		if (io_count(e, vcpu) != 102)
			continue;
		/* It is over, and the next has not begun. */
		if (strcmp(text(vcpu, "state"), "user") && state_time(vcpu, "user") >= sum)
			continue;
		seen++;
		age = number(vcpu, "state_ns");
		claim(!strcmp(text(vcpu, "state"), "user"), "object %u, while it lasts: state %s for %" PRIu64 " ms", t,
		      text(vcpu, "state"), age / MS);
		if (before)
			claim(deviation(age - before, span) < 0.05,
			      "object %u: older by %" PRIu64 " ms after %" PRIu64 " ms", t, (age - before) / MS,
			      span / MS);
		if (age >= span) {
			whole++;
			claim(deviation(user, span) < TIME_LIMIT,
			      "object %u: %" PRIu64 " of %" PRIu64 " ms are in the VMM's share", t, user / MS,
			      span / MS);
		}
		before = age;
	}
	claim(seen >= 4 && whole >= 3 && age > 2000 * MS, "seen in %u objects while stuck, at last for %" PRIu64 " ms",
	      seen, age / MS);
	user_time(e, "stuck");
}

void case_hog(const struct evidence *e)
{
	json *vcpu = last_vcpu(e, "hogged"), *by = member(member(vcpu, "sched"), "preempted_by");
	uint64_t wait = state_time(vcpu, "wait"), guest = state_time(vcpu, "guest"), kvm = state_time(vcpu, "kvm");
	uint64_t span = number(told_vcpu(e), "last_ns") - number(told_vcpu(e), "first_ns");
	uint64_t run = wait + guest + kvm;
	uint64_t hog = 0, others = 0, rest = number(member(vcpu, "sched"), "others_ns");

	claim(span >= 4000 * MS, "the guest was busy for %" PRIu64 " ms", span / MS);
	if (!e->has_kvmtop || !claim(vcpu != NULL, "listed"))
		return;
	claim(deviation(run, span) < 0.05, "guest, KVM and WAIT: %" PRIu64 " ms; the VMM saw %" PRIu64 " ms in all",
	      run / MS, span / MS);
	claim(run && wait > run * 35 / 100 && wait < run * 65 / 100, "WAIT is %" PRIu64 " %% of it (%" PRIu64 " ms)",
	      run ? wait * 100 / run : 0, wait / MS);
	for (unsigned int i = 0; i < length(by); i++) {
		if (!strcmp(text(at(by, i), "comm"), "kvmtop-hog"))
			hog += number(at(by, i), "ns");
		else
			others += number(at(by, i), "ns");
	}
	/* A task answers for what it ran itself; whoever came second in a long wait is not named. */
	claim(others < wait / 10, "blamed on others than the hog: %" PRIu64 " ms of %" PRIu64, others / MS, wait / MS);
	claim(hog + rest > wait * 85 / 100 && hog + others + rest <= wait + wait / 100,
	      "the hog took %" PRIu64 " ms, nobody by name %" PRIu64 " ms", hog / MS, rest / MS);
	claim(hog > 0 || rest > wait * 85 / 100, "the hog is named, or nobody");
}

/*
 * KVM's own figure of polling ends with the last look that found nothing to do: the interrupt that ends the polling is not
 * in it, and takes an emulated CPU 0.1 ms or, when that is interrupted itself, any time. So KVM's figures bound kvmtop's
 * from below, and what ftrace's stamps leave of the exits bounds them from above.
 */
void case_halt(const struct evidence *e)
{
	json *vcpu = last_vcpu(e, "halts"), *halt = member(vcpu, "halt"), *own = member(told_vcpu(e), "stats");
	uint64_t won = number(own, "halt_poll_success_ns"), wasted = number(own, "halt_poll_fail_ns");
	uint64_t slept = number(own, "halt_wait_ns"), wakeups = number(halt, "wakeups");
	uint64_t poll = state_time(vcpu, "poll"), asleep = state_time(vcpu, "halt"), wait = state_time(vcpu, "wait");
	json *hlt = hlt_exits(e, vcpu);
	uint64_t idle = number(hlt, "halt_ns") + number(hlt, "wait_ns");
	static struct span_sums exits, users;
	const struct span_sum *sum;

	claim(won && wasted && slept && number(own, "halt_successful_poll"),
	      "KVM_GET_STATS_FD: polled %" PRIu64 " us with and %" PRIu64 " us without success, slept %" PRIu64 " us",
	      won / 1000, wasted / 1000, slept / 1000);
	if (!e->has_kvmtop || !claim(vcpu != NULL, "listed"))
		return;
	claim(number(halt, "poll_success_ns") == won && number(halt, "poll_fail_ns") == wasted &&
		      number(halt, "wait_ns") == slept,
	      "KVM's own figures as kvmtop reads them: %" PRIu64 ", %" PRIu64 " and %" PRIu64
	      " ns; KVM_GET_STATS_FD %" PRIu64 ", %" PRIu64 " and %" PRIu64 " ns",
	      number(halt, "poll_success_ns"), number(halt, "poll_fail_ns"), number(halt, "wait_ns"), won, wasted,
	      slept);
	if (!stamps_sums(e, integer(told_vcpu(e), "tid"), &exits, &users))
		return;
	sum = span_by_reason(&exits, text(hlt, "reason"));
	claim(poll + poll / 50 >= won + wasted && poll <= sum->high - slept + slept / 50,
	      "polling in %" PRIu64 " halts: time budget %" PRIu64 " us, KVM %" PRIu64 " us, ftrace at most %" PRIu64
	      " us",
	      wakeups, poll / 1000, (won + wasted) / 1000, (sum->high - slept) / 1000);
	claim(idle + idle / 50 >= won + wasted + slept && idle <= sum->high,
	      "halted: kvmtop's exits %" PRIu64 " us, KVM %" PRIu64 " us, ftrace at most %" PRIu64 " us", idle / 1000,
	      (won + wasted + slept) / 1000, sum->high / 1000);
	/* Woken, it may still have to wait for its pCPU: to KVM that is sleep, too. */
	claim(asleep <= slept * 102 / 100 && (asleep + wait) * 102 / 100 >= slept,
	      "asleep: time budget %" PRIu64 " us, and %" PRIu64 " us of waiting; KVM %" PRIu64 " us", asleep / 1000,
	      wait / 1000, slept / 1000);
	claim(number(halt, "polled") >= number(own, "halt_successful_poll"),
	      "ended before it slept: kvmtop %" PRIu64 ", KVM while polling %" PRIu64, number(halt, "polled"),
	      number(own, "halt_successful_poll"));
}

void case_late(const struct evidence *e)
{
	static const char *const names[] = {"busy", "idle", "stuck", "never"};
	json *first = e->ticks.count ? e->ticks.o[0] : NULL;
	json *vcpu;

	if (!e->has_kvmtop)
		return;
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		vcpu = find_vcpu(find_vm(first, names[i]), 0);
		claim(vcpu != NULL, "%s: in the first object%s%s", names[i], vcpu ? ", state " : "",
		      vcpu ? text(vcpu, "state") : "");
	}
	vcpu = last_vcpu(e, "idle");
	claim(!strcmp(text(vcpu, "state"), "halt") && number(vcpu, "state_ns") >= 1000 * MS,
	      "idle: state %s for %" PRIu64 " ms", text(vcpu, "state"), number(vcpu, "state_ns") / MS);
	vcpu = last_vcpu(e, "stuck");
	claim(!strcmp(text(vcpu, "state"), "user") && number(vcpu, "state_ns") >= 1000 * MS,
	      "stuck: state %s for %" PRIu64 " ms", text(vcpu, "state"), number(vcpu, "state_ns") / MS);
	vcpu = last_vcpu(e, "busy");
	claim(io_count(e, vcpu) > 97, "busy: %" PRIu64 " IO exits", io_count(e, vcpu));
	vcpu = last_vcpu(e, "never");
	claim(vcpu && !number(vcpu, "entries") && !length(member(vcpu, "exits")), "never: no entry and no exit");
}

void case_names(const struct evidence *e)
{
	static const char *const names[] = {"web-01", "plain", "like-qemu"};
	json *last = e->ticks.count ? e->ticks.o[e->ticks.count - 1] : NULL;
	json *vms = member(last, "vms");
	bool clean = true, evil = false, comm = false;

	if (!e->has_kvmtop)
		return;
	claim(length(vms) == 5, "%u of 5 VMs listed", length(vms));
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		claim(find_vm(last, names[i]) != NULL, "%s: found by that name", names[i]);
	for (unsigned int i = 0; i < length(vms); i++) {
		const char *name = text(at(vms, i), "name");

		for (const char *c = name; *c; c++)
			clean &= (unsigned char)*c >= ' ' && *c != 0x7f;
		evil |= !strncmp(name, "evil", 4);
		comm |= !strncmp(name, "vmm", 3);
	}
	claim(evil && clean, "a name with escape sequences is shown without them");
	claim(comm, "a VM without a name goes by its process's");
}

/* Screens of 24 lines, each after an empty line but the first. */
void case_keys(const struct evidence *e)
{
	long actions = note_number(e, "actions.count"), keys = note_number(e, "keys.count");
	long views = note_number(e, "views.count"), lines = 0;
	FILE *f = evidence_open(e, "screens");
	bool work = false, rest = false, top = true, said;
	char line[1024], err[256];

	if (actions < 0 && !f) {
		skip("no kvmtop ran in it");
		return;
	}
	while (f && fgets(line, sizeof(line), f)) {
		if (lines % 25 == 0)
			top &= strstr(line, "kvmtop") != NULL;
		/* on the last one */
		if (lines >= views * 25) {
			work |= strstr(line, "work") != NULL;
			rest |= strstr(line, "rest") != NULL;
		}
		lines++;
	}
	if (f)
		fclose(f);
	claim(actions > 90 && keys > 80 && views == 7,
	      "%ld keys of the manual page's %ld actions are pressed in %ld views", keys, actions, views);
	said = note(e, "script.err", err, sizeof(err));
	claim(note_number(e, "script.status") == 0 && !said, "each key in each view: kvmtop ended with %ld%s%s",
	      note_number(e, "script.status"), said ? ": " : "", err);
	claim(top && lines == (views + 1) * 25 - 1, "%ld screens of 24 lines: %ld lines in all", views + 1, lines);
	claim(work && rest, "and both guests are on the last one");
}
