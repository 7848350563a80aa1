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
} cases[] = {
	{"counts", case_counts}, {"slow", case_slow}, {"stuck", case_stuck},
	{"hog", case_hog},       {"late", case_late}, {"names", case_names},
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
		cases[i].check(&e);
		if (e.has_kvmtop)
			every_case(&e);
		else
			skip("no kvmtop ran in it");
		evidence_free(&e);
		return failed ? 1 : 0;
	}
	fprintf(stderr, "compare: no case '%s'\n", argv[3]);
	return 2;
}
