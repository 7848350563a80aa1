/* SPDX-License-Identifier: GPL-2.0-only */
/* What the lines of findings said of VMs that were paused. */
#include <stdlib.h>
#include <string.h>

#include "compare.h"

#define LINE 512
#define MS   ((uint64_t)1000000)

/* One VM's: how many lines say that it is paused, and the longest time in them, in seconds. */
struct told {
	const char *name, *sentence;
	unsigned int lines;
	double longest;
	char line[LINE];
};

static void read_told(struct told *t, const char *line)
{
	const char *at = strstr(line, t->sentence), *since = at ? strstr(at, " out of KVM_RUN for ") : NULL;
	double age;

	if (strncmp(line, "warn", 4) || !strstr(line, t->name) || !since)
		return;
	t->lines++;
	age = strtod(since + strlen(" out of KVM_RUN for "), NULL);
	if (age <= t->longest)
		return;
	t->longest = age;
	snprintf(t->line, sizeof(t->line), "%.90s", at);
}

void case_paused(const struct evidence *e)
{
	struct told told[] = {
		{.name = "stopped", .sentence = "VMM stopped by a signal: all 2 vCPUs out of KVM_RUN for "},
		{.name = "frozen", .sentence = "paused, or its VMM hangs: all 2 vCPUs out of KVM_RUN for "},
	};
	FILE *file = evidence_open(e, "findings");
	unsigned int stuck = 0;
	char line[LINE];

	if (!e->has_kvmtop)
		return;
	if (!claim(file != NULL, "kvmtop wrote its findings"))
		return;
	while (fgets(line, sizeof(line), file)) {
		for (unsigned int i = 0; i < 2; i++)
			read_told(&told[i], line);
		stuck += strstr(line, "stuck") != NULL;
	}
	fclose(file);
	for (unsigned int i = 0; i < 2; i++)
		claim(told[i].lines >= 2 && told[i].longest >= 2, "%s: said on %u lines, at last \"%s\"", told[i].name,
		      told[i].lines, told[i].line);
	claim(!stuck, "and nobody was said to be stuck: %u lines", stuck);
	for (unsigned int i = 0; i < 2; i++)
		for (unsigned int v = 0; v < 2; v++) {
			json *vcpu = find_vcpu(find_vm(e->ticks.o[e->ticks.count - 1], told[i].name), v);
			uint64_t user = state_time(vcpu, "user");

			claim(user >= 3000 * MS, "%s: vCPU %u was outside KVM_RUN for %" PRIu64 " ms", told[i].name, v,
			      user / MS);
		}
}
