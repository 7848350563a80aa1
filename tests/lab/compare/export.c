/* SPDX-License-Identifier: GPL-2.0-only */
/* What kvmtop told over HTTP beside what guests, VMMs and ftrace counted. */
#include "compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct series {
	char *name; /* with its labels */
	double value;
};

struct exposition {
	struct series *s;
	unsigned int count;
};

static bool load(const struct evidence *e, const char *name, struct exposition *x)
{
	FILE *f = evidence_open(e, name);
	char line[1024];

	memset(x, 0, sizeof(*x));
	while (f && fgets(line, sizeof(line), f)) {
		char *space = strrchr(line, ' ');

		if (line[0] == '#' || !space)
			continue;
		*space = '\0';
		if (!(x->count & (x->count - 1)))
			x->s = grow(x->s, x->count, sizeof(*x->s));
		x->s[x->count].name = strdup(line);
		x->s[x->count++].value = strtod(space + 1, NULL);
	}
	if (f)
		fclose(f);
	return claim(x->count > 0, "%s: %u series", name, x->count);
}

static void unload(struct exposition *x)
{
	for (unsigned int i = 0; i < x->count; i++)
		free(x->s[i].name);
	free(x->s);
}

/* Sum of the series of a metric that have all of up to three pieces of text among their labels. */
static double sum(const struct exposition *x, const char *metric, const char *a, const char *b, const char *c)
{
	size_t len = strlen(metric);
	double n = 0;

	for (unsigned int i = 0; i < x->count; i++) {
		const char *name = x->s[i].name;

		if (!strncmp(name, metric, len) && (name[len] == '{' || !name[len]) && (!a || strstr(name, a)) &&
		    (!b || strstr(name, b)) && (!c || strstr(name, c)))
			n += x->s[i].value;
	}
	return n;
}

static uint64_t details(json *vm, const char *kind)
{
	json *vcpus = member(vm, "vcpus");
	uint64_t n = 0;

	for (unsigned int k = 0; k < length(vcpus); k++) {
		json *rows = member(at(vcpus, k), kind);

		for (unsigned int i = 0; i < length(rows); i++)
			n += number(at(rows, i), "count");
	}
	return n;
}

static uint64_t returns(json *vm)
{
	return details(vm, "returns");
}

/* One VM at rest: by reason as its guest did, as many returns as its VMM counted. */
static void check_one(const struct exposition *x, json *told)
{
	static const struct {
		const char *kind, *reasons[2];
	} kinds[] = {
		{"pio", {"\"io\"", "\"IO_INSTRUCTION\""}},
		{"cpuid", {"\"cpuid\"", "\"CPUID\""}},
		{"hypercalls", {"\"hypercall\"", "\"VMCALL\""}},
	};
	const char *name = text(told, "name");
	char vm[128], good[256] = "";
	bool all = true;
	double seen;

	snprintf(vm, sizeof(vm), "vm=\"%s\",pid=\"%" PRId64 "\"", name, integer(told, "pid"));
	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		uint64_t want = details(told, kinds[i].kind);

		seen = sum(x, "kvmtop_vm_exits_total", vm, kinds[i].reasons[0], NULL) +
		       sum(x, "kvmtop_vm_exits_total", vm, kinds[i].reasons[1], NULL);
		if (seen != (double)want)
			all = claim(false, "%s: %s: metrics %.0f, guest %" PRIu64, name, kinds[i].kind, seen, want);
		snprintf(good + strlen(good), sizeof(good) - strlen(good), " %s %" PRIu64, kinds[i].kind, want);
	}
	if (all)
		claim(true, "%s: metrics as the guest did:%s", name, good);
	seen = sum(x, "kvmtop_vm_user_exits_total", vm, NULL, NULL);
	claim(seen == (double)returns(told), "%s: exits to user space: metrics %.0f, VMM %" PRIu64, name, seen,
	      returns(told));
	seen = sum(x, "kvmtop_vm_exits_total", vm, NULL, NULL);
	/* At rest nothing is in flight but the last exit of each vCPU, whose thread is in the VMM. */
	claim(seen - sum(x, "kvmtop_vm_exit_duration_seconds_count", vm, NULL, NULL) <=
			      (double)length(member(told, "vcpus")) &&
		      seen >= sum(x, "kvmtop_vm_exit_duration_seconds_count", vm, NULL, NULL),
	      "%s: %.0f exits, %.0f durations", name, seen,
	      sum(x, "kvmtop_vm_exit_duration_seconds_count", vm, NULL, NULL));
	claim(sum(x, "kvmtop_vm_exit_duration_seconds_bucket", vm, "le=\"+Inf\"", NULL) ==
		      sum(x, "kvmtop_vm_exit_duration_seconds_count", vm, NULL, NULL),
	      "%s: the last bucket has them all", name);
	claim(sum(x, "kvmtop_vcpu_seconds_total", vm, NULL, NULL) > 0 &&
		      sum(x, "kvmtop_vm_vcpus", vm, NULL, NULL) == length(member(told, "vcpus")),
	      "%s: %.3f s of %.0f vCPUs", name, sum(x, "kvmtop_vcpu_seconds_total", vm, NULL, NULL),
	      sum(x, "kvmtop_vm_vcpus", vm, NULL, NULL));
}

/* No counter goes back from one exposition to the next, as long as both have it. */
static void check_growth(const struct exposition *a, const struct exposition *b, const char *from, const char *to)
{
	unsigned int both = 0;

	for (unsigned int i = 0; i < a->count; i++) {
		const char *name = a->s[i].name;

		if (!strstr(name, "_total") && !strstr(name, "_bucket{") && !strstr(name, "_count{"))
			continue;
		for (unsigned int k = 0; k < b->count; k++) {
			if (strcmp(b->s[k].name, name))
				continue;
			both++;
			if (b->s[k].value < a->s[i].value)
				claim(false, "%s: %.9f in %s, %.9f in %s", name, a->s[i].value, from, b->s[k].value,
				      to);
		}
	}
	claim(both > 0, "%u counters are in %s and in %s, and none went back", both, from, to);
}

void case_export(const struct evidence *e)
{
	struct exposition during, rest, ended, gone;
	char line[256] = "";

	claim(e->truths == 2, "%u of 2 guests gave account", e->truths);
	if (note_number(e, "export.status") < 0) {
		skip("no kvmtop ran in it");
		return;
	}
	note(e, "less.err", line, sizeof(line));
	claim(note_number(e, "less.status") == 3 && strstr(line, "missing: CAP_SYS_ADMIN"), "without CAP_SYS_ADMIN: %s",
	      line);
	note(e, "export.err", line, sizeof(line));
	claim(note_number(e, "export.status") == 0, "with the capabilities of its unit and as no root: status %ld, %s",
	      note_number(e, "export.status"), line);
	if (!load(e, "during.prom", &during) || !load(e, "rest.prom", &rest) || !load(e, "ended.prom", &ended) ||
	    !load(e, "gone.prom", &gone))
		return;
	for (unsigned int i = 0; i < e->truths; i++)
		check_one(&rest, e->truth[i]);
	if (e->has_ftrace) {
		double exits = sum(&rest, "kvmtop_vm_exits_total", NULL, NULL, NULL);
		double users = sum(&rest, "kvmtop_vm_user_exits_total", NULL, NULL, NULL);

		claim(exits == (double)(e->exits.hits + e->exits.dropped),
		      "all VM exits: metrics %.0f, ftrace %" PRIu64 " and %" PRIu64 " that it dropped", exits,
		      e->exits.hits, e->exits.dropped);
		claim(users == (double)(e->user_exits.hits + e->user_exits.dropped),
		      "all exits to user space: metrics %.0f, ftrace %" PRIu64 " and %" PRIu64 " that it dropped",
		      users, e->user_exits.hits, e->user_exits.dropped);
	}
	check_growth(&during, &rest, "during.prom", "rest.prom");
	check_growth(&rest, &ended, "rest.prom", "ended.prom");
	claim(sum(&ended, "kvmtop_vm_info", NULL, NULL, NULL) == 2 &&
		      sum(&ended, "kvmtop_vms", NULL, NULL, NULL) == 0 &&
		      sum(&ended, "kvmtop_vm_exits_total", NULL, NULL, NULL) >=
			      sum(&rest, "kvmtop_vm_exits_total", NULL, NULL, NULL),
	      "after their end: %.0f VMs told of once more, with all %.0f exits",
	      sum(&ended, "kvmtop_vm_info", NULL, NULL, NULL), sum(&ended, "kvmtop_vm_exits_total", NULL, NULL, NULL));
	claim(sum(&gone, "kvmtop_vm_info", NULL, NULL, NULL) == 0 &&
		      sum(&gone, "kvmtop_vm_exits_total", NULL, NULL, NULL) == 0,
	      "and then no more");
	/* A lookup by thread where the kernel refuses task storage for a moment: nothing is lost by that (times.c). */
	claim(sum(&rest, "kvmtop_lost_total", NULL, NULL, NULL) ==
		      sum(&rest, "kvmtop_lost_total", "cause=\"storage\"", NULL, NULL),
	      "nothing lost");
	claim(sum(&rest, "kvmtop_export_series_left_out", NULL, NULL, NULL) == 0, "nothing left out");
	unload(&during);
	unload(&rest);
	unload(&ended);
	unload(&gone);
}
