/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every pane at four sizes from a synthetic host, compared with tests/golden/: the text, then a letter a cell for its
 * style (ui/style.c). GOLDEN_UPDATE=1 writes them anew; look at the difference before keeping it.
 */
#include <errno.h>
#include <libgen.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "../../model/probes.h"
#include "../../ui/batch.h"
#include "../../ui/dump.h"
#include "../../ui/render.h"
#include "../../ui/script.h"
#include "../../ui/view.h"
#include "ui_check.h"

#define SPEC "7x4x12"

static const int sizes[][2] = {{40, 10}, {80, 24}, {100, 30}, {200, 60}};

static void golden_path(char *path, size_t size, const char *name)
{
	char here[512];

	snprintf(here, sizeof(here), "%s", __FILE__);
	snprintf(path, size, "%s/../golden/%s.txt", dirname(here), name);
}

static char *read_all(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t room = 1 << 20, len;
	char *text;

	if (!file)
		return NULL;
	text = malloc(room);
	assert_non_null(text);
	len = fread(text, 1, room - 1, file);
	text[len] = '\0';
	fclose(file);
	return text;
}

static void check_golden(const char *name, const char *text)
{
	const char *update = getenv("GOLDEN_UPDATE");
	char path[600], *want;

	golden_path(path, sizeof(path), name);
	if (update && *update == '1') {
		FILE *file = fopen(path, "w");

		if (!file)
			fail_msg("%s: %s", path, strerror(errno));
		fputs(text, file);
		assert_int_equal(fclose(file), 0);
		return;
	}
	want = read_all(path);
	if (!want)
		fail_msg("%s is missing: GOLDEN_UPDATE=1 writes it", path);
	if (strcmp(want, text) != 0) {
		/* print_error() cuts what is long */
		fprintf(stderr, "%s: the screen differs; it is now\n%s\n", path, text);
		free(want);
		fail();
	}
	free(want);
}

static void check_screen(struct check_host *host, const char *name)
{
	struct grid grid = {0};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(render(&host->app, &grid), 0);
	check_grid(&grid);
	dump_grid(&grid, &theme_dark, DUMP_TEXT, out);
	fputs("--- styles ---\n", out);
	dump_grid(&grid, &theme_dark, DUMP_STYLES, out);
	assert_int_equal(fclose(out), 0);
	check_golden(name, text);
	free(text);
	grid_free(&grid);
}

static void at_all_sizes(const char *pane, const u32 *keys)
{
	struct check_host host = {0};
	char name[64];

	check_open(&host, SPEC, 5);
	for (const u32 *key = keys; *key; key++)
		check_press(&host, *key);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		app_resize(&host.app, sizes[i][0], sizes[i][1]);
		snprintf(name, sizeof(name), "%s-%dx%d", pane, sizes[i][0], sizes[i][1]);
		check_screen(&host, name);
	}
	check_close(&host);
}

static void vm_pane(void **state)
{
	(void)state;
	at_all_sizes("vm", (const u32[]){K_DOWN, K_DOWN, 0});
}

static void tree(void **state)
{
	(void)state;
	at_all_sizes("tree", (const u32[]){'x', K_DOWN, K_DOWN, 0});
}

static void vcpu_pane(void **state)
{
	(void)state;
	at_all_sizes("vcpu", (const u32[]){'2', K_DOWN, 0});
}

static void exit_pane(void **state)
{
	(void)state;
	at_all_sizes("exit", (const u32[]){'3', 'M', 0});
}

static void user_exit_pane(void **state)
{
	(void)state;
	at_all_sizes("user-exit", (const u32[]){'e', 'u', 0});
}

static void detail_pane(void **state)
{
	(void)state;
	at_all_sizes("detail", (const u32[]){'3', K_ENTER, 0});
}

static void detail_of_a_vcpu(void **state)
{
	(void)state;
	at_all_sizes("detail-vcpu", (const u32[]){K_ENTER, K_ENTER, K_DOWN, K_ENTER, 0});
}

static void irq_pane(void **state)
{
	(void)state;
	at_all_sizes("irq", (const u32[]){'4', 0});
}

/* The same key once more. */
static void vector_pane(void **state)
{
	(void)state;
	at_all_sizes("vector", (const u32[]){'4', '4', 0});
}

/* Into a source's VM: what becomes of its interrupts. */
static void vector_of_a_vm(void **state)
{
	(void)state;
	at_all_sizes("vector-vm", (const u32[]){'4', K_DOWN, K_ENTER, 0});
}

static void timer_pane(void **state)
{
	(void)state;
	at_all_sizes("timer", (const u32[]){'t', 0});
}

/* The second-level causes of an exit, and all of them in their own view. */
static void causes_of_an_exit(void **state)
{
	(void)state;
	at_all_sizes("detail-causes", (const u32[]){'3', '/', 'I', 'O', '_', 'I', K_ENTER, K_ENTER, 0});
}

/* Where the faults of a VM were. */
static void memory_of_an_exit(void **state)
{
	(void)state;
	at_all_sizes("detail-memory", (const u32[]){'e', '/', 'n', 'p', 'f', K_ENTER, K_ENTER, 0});
}

static void ioctl_pane(void **state)
{
	(void)state;
	at_all_sizes("ioctl", (const u32[]){'9', 0});
}

/* The same key once more. */
static void memslot_pane(void **state)
{
	(void)state;
	at_all_sizes("memslot", (const u32[]){'9', '9', 0});
}

static void cause_pane(void **state)
{
	(void)state;
	at_all_sizes("cause", (const u32[]){'0', 0});
}

static void finding_pane(void **state)
{
	(void)state;
	at_all_sizes("finding", (const u32[]){'!', K_DOWN, 0});
}

/* A reason for half a minute: the VMM is stuck with one exit from the second sample to the fourteenth. */
static void heat_map(void **state)
{
	struct check_host host = {0};
	char name[64];

	(void)state;
	check_open(&host, SPEC, 5);
	check_press(&host, '3');
	check_press(&host, K_ENTER);
	for (int i = 0; i < 27; i++)
		check_tick(&host);
	for (int ascii = 0; ascii < 2; ascii++)
		for (int wide = 0; wide < 2; wide++) {
			app_resize(&host.app, wide ? 120 : 80, wide ? 34 : 44);
			host.app.ascii = ascii;
			snprintf(name, sizeof(name), "heat-%s%d", ascii ? "ascii-" : "", wide ? 120 : 80);
			check_screen(&host, name);
		}
	check_close(&host);
}

/* The views of events, each with the others of its key. */
static void fault_pane(void **state)
{
	static const u32 fault[] = {'5', 0}, region[] = {'5', '5', 0}, stuck[] = {'5', '5', '5', 0};

	(void)state;
	at_all_sizes("fault", fault);
	at_all_sizes("region", region);
	at_all_sizes("stuck", stuck);
}

static void dirty_pane(void **state)
{
	static const u32 dirty[] = {'6', 0}, by_vcpu[] = {'6', '6', 0}, page[] = {'6', K_ENTER, 0};

	(void)state;
	at_all_sizes("dirty", dirty);
	at_all_sizes("dirty-vcpu", by_vcpu);
	at_all_sizes("page", page);
}

/* The list above, what the selected row is made of below; clicks are for the list. */
static void split(void **state)
{
	static const u32 keys[] = {K_NONE, '2', '3'};
	static const int wide[][2] = {{100, 34}, {200, 60}};
	char name[64];

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(wide); s++) {
		struct check_host host = {0};

		check_open(&host, SPEC, 5);
		app_resize(&host.app, wide[s][0], wide[s][1]);
		check_press(&host, 'v');
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			struct grid grid = {0};
			struct layout lay;

			if (keys[i])
				check_press(&host, keys[i]);
			check_press(&host, K_DOWN);
			view_layout(&host.app, &lay);
			assert_int_equal(render(&host.app, &grid), 0);
			assert_true(lay.detail > lay.body && lay.detail_end > lay.detail);
			for (int y = lay.detail; y < lay.detail_end; y++)
				assert_null(grid_find_hit(&grid, 3, y));
			grid_free(&grid);
			snprintf(name, sizeof(name), "split-%zu-%d", i + 1, wide[s][0]);
			check_screen(&host, name);
		}
		/* what is too low is not split, and that is said */
		app_resize(&host.app, 100, 29);
		check_press(&host, 'v');
		check_press(&host, 'v');
		assert_non_null(strstr(host.app.notice, "30 lines"));
		check_close(&host);
	}
}

/* Every view there is, in ASCII. */
static void all_views_in_ascii(void **state)
{
	char name[96], text[64], err[64];
	u32 flags;

	(void)state;
	for (int v = 0; v < VIEW_DETAIL; v++) {
		const struct view_columns *view = view_columns((enum view_id)v);
		struct check_host host = {0};

		check_open(&host, SPEC, 5);
		host.app.ascii = true;
		snprintf(text, sizeof(text), "view %s", view->name);
		assert_int_equal(command_run(&host.app, text, &flags, err, sizeof(err)), 0);
		check_react(&host, flags);
		for (int t = 0; t < 2; t++) {
			struct wants wants;

			app_wants(&host.app, &wants);
			feed_want(&host.feed, &wants);
			check_tick(&host);
		}
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			app_resize(&host.app, sizes[i][0], sizes[i][1]);
			snprintf(name, sizeof(name), "ascii-%s-%dx%d", view->name, sizes[i][0], sizes[i][1]);
			check_screen(&host, name);
		}
		check_close(&host);
	}
}

static void hypercall_pane(void **state)
{
	(void)state;
	at_all_sizes("hypercall", (const u32[]){'8', 0});
}

static void log_pane(void **state)
{
	(void)state;
	at_all_sizes("log", (const u32[]){'l', 0});
}

static void halt_pane(void **state)
{
	(void)state;
	at_all_sizes("halt", (const u32[]){'7', 0});
}

static void help_pane(void **state)
{
	(void)state;
	at_all_sizes("help", (const u32[]){'?', 0});
}

static void sort_box(void **state)
{
	(void)state;
	at_all_sizes("sort", (const u32[]){'3', 's', K_DOWN, 0});
}

static void settings_screen(void **state)
{
	(void)state;
	at_all_sizes("settings", (const u32[]){'S', K_DOWN, K_RIGHT, 0});
}

static void column_box(void **state)
{
	(void)state;
	at_all_sizes("columns", (const u32[]){'2', 'F', K_DOWN, K_DOWN, ' ', K_DOWN, '>', 0});
}

static void palette(void **state)
{
	(void)state;
	at_all_sizes("palette", (const u32[]){':', 's', 'o', 'r', 't', K_DOWN, K_DOWN, 0});
}

static void filter_line(void **state)
{
	(void)state;
	at_all_sizes("filter", (const u32[]){'/', 'e', 'x', 'i', 't', 's', '>', '1', 'x', 0});
}

static void no_match(void **state)
{
	(void)state;
	at_all_sizes("no-match", (const u32[]){'/', 'z', 'z', 'z', K_ENTER, 0});
}

/* Without colours and without UTF-8: letters for bars, and nothing but ASCII. */
static void plain(void **state)
{
	static const u32 keys[] = {K_NONE, '2', '3', K_ENTER};
	struct check_host host = {0};
	char name[64];

	(void)state;
	check_open(&host, SPEC, 5);
	host.app.ascii = true;
	host.app.color = false;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct grid grid = {0};

		check_press(&host, keys[i]);
		snprintf(name, sizeof(name), "ascii-%zu-80x24", i + 1);
		check_screen(&host, name);
		assert_int_equal(render(&host.app, &grid), 0);
		for (int k = 0; k < grid.w * grid.h; k++)
			for (const char *p = grid.cells[k].text; *p; p++)
				assert_true(*p >= ' ' && *p < 0x7f);
		grid_free(&grid);
	}
	check_close(&host);
}

static void past(void **state)
{
	(void)state;
	at_all_sizes("past", (const u32[]){'[', '[', 0});
}

static void span(void **state)
{
	(void)state;
	at_all_sizes("span", (const u32[]){'2', '[', '[', 'a', ')', '=', K_DOWN, 0});
}

static void change(void **state)
{
	(void)state;
	at_all_sizes("change", (const u32[]){'3', '[', '[', 'a', ')', '=', '=', 'R', 0});
}

static void go_to(void **state)
{
	at_all_sizes("go-to", (const u32[]){'@', '1', '2', ':', '9', '9', 0});
	(void)state;
}

static void frozen(void **state)
{
	struct check_host host = {0};

	(void)state;
	check_open(&host, SPEC, 3);
	check_press(&host, ' ');
	check_press(&host, 'c');
	for (int i = 0; i < 4; i++)
		check_tick(&host);
	check_screen(&host, "frozen-80x24");
	check_close(&host);
}

static void first_frame(void **state)
{
	struct check_host host = {0};

	(void)state;
	check_open(&host, SPEC, 0);
	check_screen(&host, "nothing-80x24");
	check_tick(&host);
	check_screen(&host, "first-80x24");
	check_press(&host, '2');
	check_screen(&host, "first-vcpu-80x24");
	check_close(&host);
}

/* A sample put together by hand on a screen, with what the synthetic host never has. */
struct hand {
	struct sample sample;
	struct snapshot snap;
	struct check_host host;
};

static void hand_show(struct hand *hand, const char *name)
{
	char err[64];

	assert_int_equal(snapshot_build(&hand->snap, NULL, &hand->sample, true), 0);
	assert_int_equal(app_init(&hand->host.app, VIEW_VM, NULL, NULL, err, sizeof(err)), 0);
	assert_int_equal(app_set_snapshot(&hand->host.app, &hand->snap, hand->sample.mono_ns), 0);
	check_screen(&hand->host, name);
	app_free(&hand->host.app);
	snapshot_free(&hand->snap);
	sample_free(&hand->sample);
}

static void no_vm(void **state)
{
	struct hand hand = {.sample = {.seq = 2, .mono_ns = NSEC_PER_SEC, .host = "empty"}};

	(void)state;
	hand_show(&hand, "no-vm-80x24");
}

static void waiting(void **state)
{
	struct hand hand = {.sample = {.seq = 2,
				       .mono_ns = NSEC_PER_SEC,
				       .host = "later",
				       .waiting = "waiting for the KVM module to be loaded"}};

	(void)state;
	hand_show(&hand, "waiting-80x24");
}

/* Losses and refused probes have a line of their own; a hostile name cannot do anything. */
static void trouble(void **state)
{
	struct hand hand = {.sample = {.seq = 2, .mono_ns = 9 * NSEC_PER_SEC, .host = "host\033[31m"}};
	struct vm_sample *vm = sample_add_vm(&hand.sample);
	struct vcpu_sample *vcpu = sample_add_vcpu(&hand.sample);

	(void)state;
	assert_non_null(vm);
	assert_non_null(vcpu);
	vm->uid = 1;
	vm->pid = 4242;
	vm->vcpu_count = 1;
	strcpy(vm->name, "\033[2J\033]0;evil\007\xc2\x9b"
			 "1m\xe2\x80\xae"
			 "x");
	vcpu->uid = 1;
	vcpu->vm = 1;
	vcpu->tid = 4243;
	vcpu->state = VCPU_USER;
	vcpu->inexact = true;
	vcpu->state_ns = 3200 * NSEC_PER_MSEC;
	vcpu->time_ns[VCPU_USER] = vcpu->state_ns;
	vcpu->created_ns = hand.sample.mono_ns - vcpu->state_ns;
	hand.sample.lost[LOSS_VCPU_SLOTS] = 12;
	hand.sample.probe_count = PROBE_COUNT;
	for (int i = 0; i < PROBE_COUNT; i++)
		hand.sample.probes[i].status = PROBE_ON;
	hand.sample.probes[PROBE_SCHED] = (struct probe_sample){PROBE_REFUSED, -EPERM};
	hand_show(&hand, "trouble-80x24");
}

/* A VM whose VMM was stopped for the last 12 s, beside one that has been busy: nobody is stuck. */
static void two_vms(struct sample *s, u64 seconds)
{
	s->seq = seconds;
	s->mono_ns = s->real_ns = (100 + seconds) * NSEC_PER_SEC;
	strcpy(s->host, "paused");
	s->probe_count = PROBE_COUNT;
	for (int i = 0; i < PROBE_COUNT; i++)
		s->probes[i].status = PROBE_ON;
	for (u32 i = 0; i < 2; i++) {
		struct vm_sample *vm = sample_add_vm(s);

		assert_non_null(vm);
		vm->uid = 1 + i;
		vm->pid = 4242 + i;
		vm->process_state = i ? 'T' : 0;
		strcpy(vm->name, i ? "web01" : "db-primary");
		vm->vcpu_first = 2 * i;
		vm->vcpu_count = 2;
	}
	for (u32 i = 0; i < 4; i++) {
		struct vcpu_sample *v = sample_add_vcpu(s);

		assert_non_null(v);
		v->uid = 1 + i;
		v->vm = 1 + i / 2;
		v->vcpu_id = (s32)i % 2;
		v->tid = 5000 + i;
		v->entries = 1;
		v->state = i < 2 ? VCPU_GUEST : VCPU_USER;
		v->state_ns = i < 2 ? 1000 : 12 * NSEC_PER_SEC;
		v->created_ns = 50 * NSEC_PER_SEC;
		v->age_ns = s->mono_ns - v->created_ns;
		v->time_ns[v->state] = v->age_ns;
	}
}

static void paused(void **state)
{
	static const char *const commands[] = {"view vm", "view vcpu", "view finding"};
	struct sample before = {0};
	struct hand hand = {.host.app.w = 0};
	struct app *app = &hand.host.app;
	char name[64], err[128];
	u32 flags;

	(void)state;
	two_vms(&before, 1);
	two_vms(&hand.sample, 2);
	assert_int_equal(snapshot_build(&hand.snap, &before, &hand.sample, false), 0);
	assert_int_equal(app_init(app, VIEW_VM, NULL, NULL, err, sizeof(err)), 0);
	assert_int_equal(app_set_snapshot(app, &hand.snap, hand.sample.mono_ns), 0);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		assert_int_equal(command_run(app, commands[i], &flags, err, sizeof(err)), 0);
		for (int wide = 0; wide < 2; wide++) {
			app_resize(app, wide ? 100 : 80, wide ? 30 : 24);
			snprintf(name, sizeof(name), "paused-%s-%d", commands[i] + strlen("view "), app->w);
			check_screen(&hand.host, name);
		}
	}
	app_free(app);
	snapshot_free(&hand.snap);
	sample_free(&hand.sample);
	sample_free(&before);
}

/* A script gives what the keys give, dump by dump, and says which line it does not know. */
static void scripts(void **state)
{
	static const char good[] =
		"# comes up with VMs\ndump\n2\n/web\ntick 2\n:sort max\ndump\nsize 60x12\nF1\ndump\n";
	static const char bad[] = "2\n\nnonsense\n", wrong[] = "2\n:view nosuch\n";
	struct synthetic_spec spec;
	struct loop_options loop = {.delay = 1};
	struct script_options opts = {.loop = &loop, .w = 80, .h = 14};
	char *text = NULL, err[256];
	size_t size = 0;
	struct source *source;
	FILE *in, *out;

	(void)state;
	assert_int_equal(synthetic_spec_parse(SPEC, &spec), 0);
	source = source_synthetic_open(&spec);
	in = fmemopen((void *)(uintptr_t)good, sizeof(good) - 1, "r");
	out = open_memstream(&text, &size);
	assert_int_equal(script_run(source, &opts, in, out, err, sizeof(err)), 0);
	fclose(in);
	fclose(out);
	source_close(source);
	check_golden("script", text);
	free(text);

	source = source_synthetic_open(&spec);
	in = fmemopen((void *)(uintptr_t)bad, sizeof(bad) - 1, "r");
	out = fopen("/dev/null", "w");
	assert_int_equal(script_run(source, &opts, in, out, err, sizeof(err)), -EINVAL);
	assert_non_null(strstr(err, "line 3"));
	fclose(in);
	fclose(out);
	source_close(source);

	source = source_synthetic_open(&spec);
	in = fmemopen((void *)(uintptr_t)wrong, sizeof(wrong) - 1, "r");
	out = fopen("/dev/null", "w");
	assert_int_equal(script_run(source, &opts, in, out, err, sizeof(err)), -EINVAL);
	assert_string_equal(err, "script line 2: there is no view \"nosuch\"");
	fclose(in);
	fclose(out);
	source_close(source);
}

/* Plain tables, a tick each, without waiting. */
static void batches(void **state)
{
	struct loop_options loop = {.delay = 1, .iterations = 2, .sort = "max", .filter = "!web"};
	struct batch_options opts = {.loop = &loop, .no_wait = true};
	struct synthetic_spec spec;
	char *text = NULL, err[256];
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(synthetic_spec_parse("3x2x4", &spec), 0);
	for (enum view_id view = VIEW_VM; view < VIEW_DETAIL; view++) {
		struct source *source = source_synthetic_open(&spec);

		loop.view = view;
		assert_int_equal(batch_run(source, &opts, out, err, sizeof(err)), 0);
		source_close(source);
	}
	fclose(out);
	check_golden("batch", text);
	free(text);
	loop.delay = 0;
	assert_int_equal(batch_run(NULL, &opts, stdout, err, sizeof(err)), -EINVAL);
	assert_non_null(strstr(err, "delay"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vm_pane),
		cmocka_unit_test(tree),
		cmocka_unit_test(vcpu_pane),
		cmocka_unit_test(exit_pane),
		cmocka_unit_test(user_exit_pane),
		cmocka_unit_test(detail_pane),
		cmocka_unit_test(detail_of_a_vcpu),
		cmocka_unit_test(irq_pane),
		cmocka_unit_test(vector_pane),
		cmocka_unit_test(vector_of_a_vm),
		cmocka_unit_test(causes_of_an_exit),
		cmocka_unit_test(cause_pane),
		cmocka_unit_test(memory_of_an_exit),
		cmocka_unit_test(ioctl_pane),
		cmocka_unit_test(memslot_pane),
		cmocka_unit_test(timer_pane),
		cmocka_unit_test(fault_pane),
		cmocka_unit_test(dirty_pane),
		cmocka_unit_test(help_pane),
		cmocka_unit_test(sort_box),
		cmocka_unit_test(filter_line),
		cmocka_unit_test(palette),
		cmocka_unit_test(settings_screen),
		cmocka_unit_test(column_box),
		cmocka_unit_test(no_match),
		cmocka_unit_test(plain),
		cmocka_unit_test(past),
		cmocka_unit_test(span),
		cmocka_unit_test(change),
		cmocka_unit_test(go_to),
		cmocka_unit_test(frozen),
		cmocka_unit_test(first_frame),
		cmocka_unit_test(no_vm),
		cmocka_unit_test(waiting),
		cmocka_unit_test(trouble),
		cmocka_unit_test(paused),
		cmocka_unit_test(scripts),
		cmocka_unit_test(batches),
		cmocka_unit_test(finding_pane),
		cmocka_unit_test(hypercall_pane),
		cmocka_unit_test(log_pane),
		cmocka_unit_test(halt_pane),
		cmocka_unit_test(split),
		cmocka_unit_test(all_views_in_ascii),
		cmocka_unit_test(heat_map),
	};

	/* the header shows the time of day */
	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
