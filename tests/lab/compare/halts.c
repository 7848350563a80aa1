/* SPDX-License-Identifier: GPL-2.0-only */
/* Halts, the halt-poll window and stretches: beside ftrace's histograms, and beside what the core of kvmtop counts. */
#define _GNU_SOURCE
#include "compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Sum of a member over the rows of a type, of one vCPU (id -1: of all), in which key has a value (key NULL: all of them). */
static uint64_t told(json *vm, int64_t id, const char *type, const char *key, uint64_t value, const char *what)
{
	json *rows = member(vm, "halts");
	uint64_t n = 0;

	for (unsigned int i = 0; i < length(rows); i++) {
		json *row = at(rows, i);

		if (strcmp(text(row, "type"), type) || (id >= 0 && integer(row, "vcpu") != id) ||
		    (key && number(row, key) != value))
			continue;
		n += number(row, what);
	}
	return n;
}

static void same(const char *what, uint64_t kvmtop, uint64_t other, const char *whose)
{
	claim(kvmtop == other, "%s: kvmtop %" PRIu64 ", %s %" PRIu64, what, kvmtop, whose, other);
}

static void check_vcpu(const struct evidence *e, json *vm, json *vcpu)
{
	int64_t id = integer(vcpu, "id");
	json *sched = member(vcpu, "sched"), *times = member(vcpu, "time_ns");
	uint64_t on = told(vm, id, "on_cpu", NULL, 0, "total_ns"), ran = number(times, "guest") + number(times, "kvm");
	uint64_t count, each = e->arm64 ? 1000000 : 500000;
	char what[64];

	snprintf(what, sizeof(what), "%s vCPU %" PRId64 " preempted", text(vm, "name"), id);
	same(what, told(vm, id, "off_cpu", "why", 1, "count"), number(sched, "preemptions"), "its core");
	snprintf(what, sizeof(what), "%s vCPU %" PRId64 " asleep", text(vm, "name"), id);
	same(what, told(vm, id, "off_cpu", "why", 2, "count"), number(sched, "blocks"), "its core");
	ran += number(times, "poll");
	/*
	 * A stretch is told by programs that run after the core's at both of its ends: under emulation each is some hundreds of
	 * microseconds longer by what they take, and kprobes, which stand in on arm64, by twice as much. Polling is on the
	 * pCPU too.
	 */
	count = told(vm, id, "on_cpu", NULL, 0, "count");
	claim(on + 1000000 > ran && on < ran + ran / 50 + count * each,
	      "%s vCPU %" PRId64 ": %" PRIu64 " stretches on pCPUs %.1f ms, guest, kvm and poll %.1f ms",
	      text(vm, "name"), id, count, (double)on / 1e6, (double)ran / 1e6);
}

/* Beside the rows of a histogram in which a key has a value (NULL: all of it). */
static void as_ftrace(const struct evidence *e, const char *what, uint64_t kvmtop, const char *name, const char *key,
		      uint64_t value)
{
	uint64_t dropped = histogram_dropped(e, name);

	claim_seen(what, "kvmtop", kvmtop, histogram_hits(e, name, key, value), &dropped);
}

void case_halts(const struct evidence *e)
{
	uint64_t wakeups = 0, polled = 0, invalid = 0, grows = 0, shrinks = 0;
	json *last, *vms;

	if (!e->ticks.count)
		return;
	last = e->ticks.o[e->ticks.count - 1];
	vms = member(last, "vms");
	for (unsigned int i = 0; i < length(vms); i++) {
		json *vm = at(vms, i), *vcpus = member(vm, "vcpus");

		wakeups += told(vm, -1, "wakeup", NULL, 0, "count");
		polled += told(vm, -1, "wakeup", NULL, 0, "polled");
		invalid += told(vm, -1, "wakeup", NULL, 0, "invalid");
		grows += told(vm, -1, "halt_poll", "shrink", 0, "count");
		shrinks += told(vm, -1, "halt_poll", "shrink", 1, "count");
		for (unsigned int k = 0; k < length(vcpus); k++) {
			same("wake-ups", told(vm, integer(at(vcpus, k), "id"), "wakeup", NULL, 0, "count"),
			     number(member(at(vcpus, k), "halt"), "wakeups"), "its core");
			check_vcpu(e, vm, at(vcpus, k));
		}
	}
	as_ftrace(e, "wake-ups", wakeups, "wakeup", NULL, 0);
	as_ftrace(e, "halts that ended while polling", polled, "wakeup", "waited", 0);
	as_ftrace(e, "woken for nothing", invalid, "wakeup", "valid", 0);
	as_ftrace(e, "window grows", grows, "window", "grow", 1);
	as_ftrace(e, "window shrinks", shrinks, "window", "grow", 0);
	claim(wakeups > 500 && grows > 0, "there were wake-ups (%" PRIu64 ") and the window grew (%" PRIu64 ")",
	      wakeups, grows);
}

/* Rows of a screen of stretches: " asleep     halting  -   216   426  85.5  433ms  319us  2.01ms  2.49ms  3.47ms". */
void case_comeback(const struct evidence *e)
{
	FILE *f = evidence_open(e, "stretches.screen");
	unsigned int screens = 0, rows = 0, after = 0, wrong = 0;
	char line[1024], name[64], longest[64], worst[1024] = "";
	unsigned long count;

	if (!f) {
		skip("no kvmtop ran in it");
		return;
	}
	while (fgets(line, sizeof(line), f)) {
		size_t len;

		screens += strstr(line, "STRETCH") != NULL;
		/* the sum over its vCPUs, by where it was; others end the name with a blank */
		if (sscanf(line, " %63[^-] - %lu %*s %*s %*s %*s %*s %*s %63s", name, &count, longest) != 3 || !count)
			continue;
		rows++;
		after += screens > 1 && count > 20;
		len = strlen(longest);
		/* seconds, not ms, us or ns */
		if (len < 2 || longest[len - 1] != 's' || longest[len - 2] < '0' || longest[len - 2] > '9')
			continue;
		wrong++;
		snprintf(worst, sizeof(worst), "%s", line);
	}
	fclose(f);
	claim(note_number(e, "script.status") == 0, "kvmtop ended with %ld", note_number(e, "script.status"));
	claim(screens == 5 && rows > 5 && after > 4, "%u screens with %u rows of stretches, %u after it came back",
	      screens, rows, after);
	claim(!wrong, "%u of them with one of a second and more%s%.120s", wrong, wrong ? ":" : "", worst);
}
