// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include "../../ui/options.h"

static struct options opts;
static char err[256];

/* Arguments between blanks. */
static int parse(const char *line)
{
	static char words[256];
	char *argv[32] = {"kvmtop"}, *save = NULL;
	int argc = 1;

	err[0] = '\0';
	strcpy(words, line);
	for (char *w = strtok_r(words, " ", &save); w && argc < 31; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	return options_parse(argc, argv, &opts, err, sizeof(err));
}

static void good(void **state)
{
	(void)state;
	assert_int_equal(parse(""), 0);
	assert_int_equal(opts.mode, MODE_SCREEN);
	assert_true(opts.loop.delay == 1 && !opts.loop.iterations && opts.loop.view == VIEW_VM && !opts.synthetic);
	assert_int_equal(parse("-d 0.5 -n 3 --json -p 12,345 --vm ^web --view vcpu -s -max -f exits>1k"), 0);
	assert_int_equal(opts.mode, MODE_JSON);
	assert_true(opts.loop.delay == 0.5 && opts.loop.iterations == 3 && opts.loop.view == VIEW_VCPU);
	assert_int_equal(opts.pid_count, 2);
	assert_int_equal(opts.pids[1], 345);
	assert_string_equal(opts.vm_regex, "^web");
	assert_string_equal(opts.loop.sort, "-max");
	assert_string_equal(opts.loop.filter, "exits>1k");
	assert_int_equal(parse("--script x --size 200x50 --dump ansi --source synthetic:3x2x4:9"), 0);
	assert_true(opts.w == 200 && opts.h == 50 && opts.dump == DUMP_ANSI && opts.synthetic && opts.spec.vms == 3);
	assert_int_equal(parse("--script x --dump svg"), 0);
	assert_int_equal(opts.dump, DUMP_SVG);
	assert_int_equal(parse("--demo -b --max-vcpus 9"), 0);
	assert_true(opts.demo && opts.mode == MODE_BATCH && opts.max_vcpus == 9);
	assert_int_equal(parse("--export [::1]:9750 --export-max-series 1000"), 0);
	assert_true(!strcmp(opts.metrics.address, "[::1]:9750") && opts.metrics.max_series == 1000);
	assert_int_equal(parse("--json --csv --help -V"), 0);
	assert_int_equal(opts.mode, MODE_HELP);
	assert_int_equal(parse("--json --json"), 0);
	assert_int_equal(parse("--csv -n 2"), 0);
	assert_true(opts.mode == MODE_CSV && opts.loop.view == VIEW_VM && opts.loop.iterations == 2);
	assert_int_equal(parse("--csv vcpu -n 3"), 0);
	assert_true(opts.mode == MODE_CSV && opts.loop.view == VIEW_VCPU && opts.loop.iterations == 3);
	assert_int_equal(parse("--view vcpu --csv=exit --user-exits"), 0);
	assert_true(opts.loop.view == VIEW_EXIT && opts.loop.user_exits);
	assert_int_equal(parse("--view vcpu --csv"), 0);
	assert_true(opts.mode == MODE_CSV && opts.loop.view == VIEW_VCPU);
	assert_int_equal(parse("-r old.rec -w new.rec --rotate 64M,1h:3"), 0);
	assert_string_equal(opts.replay, "old.rec");
	assert_string_equal(opts.record, "new.rec");
	assert_true(opts.rotate.max_bytes == 64 << 20 && opts.rotate.keep == 3);
}

/* Each is refused with one line that names the culprit. */
static void bad(void **state)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{"-d 0", "--delay 0"},
		{"-d x", "--delay x"},
		{"-d nan", "--delay nan"},
		{"-d", "-d needs an argument"},
		{"-n 0", "--iterations 0"},
		{"-n 99999999999999999999", "--iterations"},
		{"-p 1,x", "--pid 1,x"},
		{"-p 0", "--pid 0"},
		{"-p ,", "--pid ,"},
		{"--view nosuch", "--view nosuch"},
		{"--csv nosuch", "--csv nosuch"},
		{"--csv=", "--csv"},
		{"--export", "--export needs an argument"},
		{"--export 1 --json", "--export goes with"},
		{"--export 1 --export-max-series 1", "--export-max-series 1"},
		{"--export-max-series 1000", "goes with --export"},
		{"--describe x", "--describe x"},
		{"-s nosuch", "--sort nosuch"},
		{"--size 80", "--size 80"},
		{"--size 0x5", "--size 0x5"},
		{"--size 80x24x", "--size 80x24x"},
		{"--dump png", "--dump png"},
		{"--source synthetic:0x1x1", "--source"},
		{"--source nosuch", "--source nosuch"},
		{"--max-vcpus 0", "--max-vcpus 0"},
		{"-w", "-w needs an argument"},
		{"-w x --rotate 64", "--rotate 64"},
		{"--rotate 64M", "--rotate goes with -w"},
		{"-r x -w x", "the same file"},
		{"--json --csv", "--json and --csv exclude each other"},
		{"--csv vm -b", "--csv and --batch exclude"},
		{"--log irq --features", "--log and --features exclude"},
		{"--demo -r x", "--demo and --replay exclude"},
		{"--source synthetic:1x1x1 --demo", "--source and --demo exclude"},
		{"--size 80x24", "--size and --dump go with --script"},
		{"--json --dump svg", "--size and --dump go with --script"},
		{"--nosuch", "no option --nosuch"},
		{"-y", "no option -y"},
		{"word", "what is word?"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(parse(cases[i].line), -EINVAL);
		if (!strstr(err, cases[i].says))
			fail_msg("%s: %s", cases[i].line, err);
		assert_null(strchr(err, '\n'));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
