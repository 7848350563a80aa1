/* SPDX-License-Identifier: GPL-2.0-only */
/* All unit tests in one program: which one it is says the name that it is called by. */
#include <stdio.h>
#include <string.h>

#include "runner.h"

static const struct {
	const char *name;
	int (*run)(void);
} tests[] = {
#define UNIT_TEST(name) {#name, name##_main},
#include "unit_tests.h"
};

int main(int argc, char **argv)
{
	const char *slash = argc ? strrchr(argv[0], '/') : NULL, *name = slash ? slash + 1 : argc ? argv[0] : "";

	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		if (!strcmp(tests[i].name, name))
			return tests[i].run();
	fprintf(stderr, "%s: no unit test has this name; call one by its link\n", name);
	return 2;
}
