/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare HOST KERNEL CASE DIR: holds what kvmtop said against what the guest, the VMM and ftrace know, and prints one
 * line a claim. Exit status 0 when all hold, 1 when one does not.
 */
#include "compare.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	void (*check)(const struct evidence *e);
	unsigned int except;
} cases[] = {
	{"counts", case_counts, 0},
	{"perf", case_perf, 0},
	{"halt", case_halt, 0},
	{"halts", case_halts, 0},
	{"comeback", case_comeback, NO_OBJECTS},
	{"linux", case_linux, 0},
	{"latency", case_latency, 0},
	{"events", case_events, 0},
	{"irq", case_irq, 0},
	{"vgic", case_vgic, 0},
	{"timer", case_timer, 0},
	{"causes", case_causes, 0},
	{"calls", case_calls, 0},
	{"ioctls", case_ioctls, 0},
	{"irqs", case_events, 0},
	{"nested", case_nested, 0},
	{"faults", case_faults, 0},
	{"dirty", case_dirty, 0},
	{"turns", case_turns, 0},
	{"slow", case_slow, 0},
	{"stuck", case_stuck, 0},
	{"paused", case_paused, 0},
	{"travel", case_travel, 0},
	{"hog", case_hog, 0},
	{"late", case_late, 0},
	{"names", case_names, 0},
	{"keys", case_keys, NO_OBJECTS},
	{"churn", case_churn, NO_BUDGET},
	{"killed", case_killed, 0},
	{"modules", case_modules, 0},
	{"nobtf", case_refused, NO_OBJECTS},
	{"old", case_refused, NO_OBJECTS},
	{"room", case_room, FEW_SLOTS},
	{"two", case_two, 0},
	{"export", case_export, NO_OBJECTS},
};

static const char *where[3];
static unsigned int failed;

__attribute__((format(printf, 2, 0))) static void line(const char *verdict, const char *format, va_list args)
{
	printf("%s - %s %s %s: ", verdict, where[0], where[1], where[2]);
	vprintf(format, args);
	putchar('\n');
}

bool claim(bool holds, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line(holds ? "ok" : "not ok", format, args);
	va_end(args);
	failed += !holds;
	return holds;
}

void skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line("skip", format, args);
	va_end(args);
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "usage: compare HOST KERNEL CASE DIR\n");
		return 2;
	}
	for (unsigned int i = 0; i < 3; i++)
		where[i] = argv[1 + i];
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct evidence e;

		if (strcmp(cases[i].name, argv[3]))
			continue;
		evidence_load(&e, argv[4], argv[2]);
		e.arm64 = !strcmp(argv[1], "arm64");
		e.except = cases[i].except;
		cases[i].check(&e);
		if (e.has_kvmtop)
			every_case(&e);
		else if (!(e.except & NO_OBJECTS))
			skip("no kvmtop ran in it");
		evidence_free(&e);
		return failed ? 1 : 0;
	}
	fprintf(stderr, "compare: no case '%s'\n", argv[3]);
	return 2;
}
