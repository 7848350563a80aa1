/* SPDX-License-Identifier: GPL-2.0-only */
/* A real guest: everything it did beside ftrace's counts, seen from before its start, and by one who came later. */
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME   "linux-01"
#define ROUNDS 6

/* What it wrote on its console: rounds done, and the answers that it got over its network. */
static unsigned int rounds(const struct evidence *e, unsigned int *answers, bool *done)
{
	FILE *f = evidence_open(e, "linux.log");
	unsigned int n = 0, round, heard;
	char line[512];

	*answers = 0;
	*done = false;
	while (f && fgets(line, sizeof(line), f)) {
		const char *said = strstr(line, "lab guest: ");

		if (said && sscanf(said, "lab guest: round %u, %u answers", &round, &heard) == 2) {
			n++;
			*answers += heard;
		}
		*done |= said && strstr(said, "done");
	}
	if (f)
		fclose(f);
	return n;
}

/* MSIs that a thread of this name raised. */
static uint64_t msis_of(const struct evidence *e, const char *thread)
{
	FILE *f = evidence_open(e, "msi.hist");
	uint64_t n = 0;
	char line[512];

	while (f && fgets(line, sizeof(line), f)) {
		const char *id = strstr(line, "common_pid: ");

		if (id && !strncmp(id + strlen("common_pid: "), thread, strlen(thread)))
			n += number_after(line, "hitcount:");
	}
	if (f)
		fclose(f);
	return n;
}

/* The VM as it was listed last, and how often as ended. */
static json *last_seen(const struct objects *ticks, unsigned int *ended)
{
	json *last = NULL;

	*ended = 0;
	for (unsigned int t = 0; t < ticks->count; t++) {
		json *vm = find_vm(ticks->o[t], NAME);

		if (!vm)
			continue;
		last = vm;
		*ended += truth(vm, "ended");
	}
	return last;
}

static uint64_t in_histogram(const struct histogram *h, int64_t code)
{
	for (unsigned int i = 0; i < h->count; i++) {
		if (h->b[i].code == code)
			return h->b[i].count;
	}
	return 0;
}

/* By each code: no more than what ftrace counted from before this kvmtop on, no less than from after it. */
static void between(const struct evidence *e, json *vm, const char *kind, const char *file, const char *event)
{
	struct histogram outer, inner;
	char name[64];
	bool good = true;
	uint64_t total = kvmtop_total(&vm, 1, kind);

	snprintf(name, sizeof(name), "outer.%s", file);
	histogram_load(e, name, &outer);
	snprintf(name, sizeof(name), "inner.%s", file);
	histogram_load(e, name, &inner);
	for (unsigned int i = 0; i < outer.count; i++) {
		int64_t code = outer.b[i].code;
		uint64_t n = kvmtop_sum(&vm, 1, kind, code);
		uint64_t low = in_histogram(&inner, code), high = outer.b[i].count + outer.dropped;

		if (n < low || n > high)
			good = claim(false,
				     "second: %s %" PRId64 ": kvmtop %" PRIu64 ", ftrace between %" PRIu64
				     " and %" PRIu64,
				     event, code, n, low, high);
	}
	if (good)
		claim(inner.hits && total >= inner.hits && total <= outer.hits + outer.dropped,
		      "second, attached in the middle: %s: kvmtop %" PRIu64 ", ftrace between %" PRIu64 " and %" PRIu64,
		      event, total, inner.hits, outer.hits + outer.dropped);
	free(outer.b);
	free(inner.b);
}

void case_linux(const struct evidence *e)
{
	unsigned int answers, ended, n;
	bool done;
	json *vm, *second;
	struct evidence other = *e;

	n = rounds(e, &answers, &done);
	claim(n == ROUNDS && done, "the guest did %u of %u rounds of work%s", n, ROUNDS, done ? " and went" : "");
	claim(answers == 5 * ROUNDS, "its network got %u of %u answers", answers, 5 * ROUNDS);
	claim(msis_of(e, "vhost") > 0 && msis_of(e, "IO ") > 0,
	      "MSIs through irqfd: %" PRIu64 " from vhost, %" PRIu64 " from the thread of its disk",
	      msis_of(e, "vhost"), msis_of(e, "IO "));
	if (!e->has_kvmtop || !claim(e->has_ftrace && e->exits.hits, "ftrace counted %" PRIu64 " exits", e->exits.hits))
		return;
	vm = last_seen(&e->ticks, &ended);
	if (!claim(vm && length(member(vm, "vcpus")) == 2, "listed, with %u vCPUs", length(member(vm, "vcpus"))))
		return;
	claim(ended == 1 && truth(vm, "ended"), "reported as ended %u times, the last time it is seen", ended);
	check_ftrace(&e->exits, &vm, 1, "exits", "kvm_exit", "");
	check_ftrace(&e->user_exits, &vm, 1, "user_exits", "kvm_userspace_exit", "");
	second = last_seen(&e->second, &ended);
	if (!claim(second && length(member(second, "vcpus")) == 2 && ended == 1,
		   "second, attached in the middle: it lists the VM, and its end once"))
		return;
	between(e, second, "exits", "exit.hist", "kvm_exit");
	between(e, second, "user_exits", "user.hist", "kvm_userspace_exit");
	other.ticks = e->second;
	every_case(&other);
}
