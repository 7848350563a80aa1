/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every key of every action in every view and box of the bundled recording, at three sizes: the screen stays a whole
 * one, and only the actions that are there to do so quit, stop or write. What each key does is in test_app and
 * test_travel; whatever else is typed, in whatever order, in test_random.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../../model/demo.h"
#include "../../ui/render.h"
#include "../../ui/view.h"
#include "sweep.h"
#include "ui_check.h"

/* What lies over a view, by the action that opens it. */
static const enum action_id boxes[] = {ACT_NONE,    ACT_HELP,     ACT_SORT_PICK, ACT_FILTER,  ACT_SEARCH,
				       ACT_PALETTE, ACT_SETTINGS, ACT_COLUMNS,   ACT_GO_TIME, ACT_DELAY};

struct keys_run {
	struct check_host host;
	struct grid grid;
	int pressed, drawn, moved;
};

static void open_demo(struct check_host *host, int w, int h)
{
	char err[256] = "";
	int ret = 0;

	host->source = source_demo_open(&ret, err, sizeof(err));
	assert_non_null(host->source);
	feed_init(&host->feed, host->source);
	assert_int_equal(app_init(&host->app, VIEW_VM, NULL, NULL, err, sizeof(err)), 0);
	host->app.replay = true;
	host->opts = (struct loop_options){.delay = 1, .record_dir = "/nonexistent"};
	assert_int_equal(journey_begin(&host->feed, &host->app, &host->opts), 0);
	app_resize(&host->app, w, h);
	/* mail-06 is stuck, cache-04 is migrated, build-7 storms */
	for (int i = 0; i < 46; i++)
		check_tick(host);
}

static void draw(struct keys_run *run, const char *told)
{
	const struct app *app = &run->host.app;

	if (render(app, &run->grid) || run->grid.w != app->w || run->grid.h != app->h)
		fail_msg("%s: no screen of %dx%d", told, app->w, app->h);
	check_grid(&run->grid);
	run->drawn++;
}

static bool same_cells(const struct grid *grid, const struct cell *before)
{
	for (int i = 0; i < grid->w * grid->h; i++)
		if (strcmp(grid->cells[i].text, before[i].text) || grid->cells[i].style != before[i].style ||
		    grid->cells[i].under != before[i].under)
			return false;
	return true;
}

/* Out of all boxes and up to the host, and to the view; its box open. Whether it has that box. */
static bool go(struct keys_run *run, enum view_id view, enum action_id box)
{
	struct app *app = &run->host.app;
	const struct action *act = box ? action_by_id(box) : NULL;
	char command[64], err[128];
	u32 flags;

	for (int i = 0; i < 6; i++)
		check_press(&run->host, K_ESC);
	app_set_filter(app, "", err, sizeof(err));
	/* some keys lead into the past, which begins without VMs */
	if (!app->snap->vm_count)
		check_press(&run->host, ')');
	if (view == VIEW_DETAIL) {
		assert_int_equal(command_run(app, "view exit", &flags, err, sizeof(err)), 0);
		check_react(&run->host, flags);
		check_press(&run->host, K_ENTER);
		if (app->here.view != VIEW_DETAIL)
			fail_msg("no detail of the first of %u exit reasons, in view %d", app->rows.count,
				 app->here.view);
	} else {
		snprintf(command, sizeof(command), "view %s", view_columns(view)->name);
		assert_int_equal(command_run(app, command, &flags, err, sizeof(err)), 0);
		check_react(&run->host, flags);
		assert_int_equal(app->here.view, view);
	}
	if (!act)
		return true;
	if (!(act->contexts & app_context(app)))
		return false;
	check_react(&run->host, app_update(app, box));
	return true;
}

/* What an action may ask its owner for. */
static u32 allowed(enum action_id id)
{
	const u32 all = APP_RENDER | APP_QUERY | APP_FEED | APP_DELAY | APP_MOUSE | APP_TRAVEL;

	switch (id) {
	case ACT_UP_OR_QUIT:
	case ACT_QUIT:
		return all | APP_QUIT;
	case ACT_SUSPEND:
		return all | APP_SUSPEND;
	case ACT_REDRAW:
		return all | APP_REDRAW;
	case ACT_SAVE_SETTINGS:
		return all | APP_SAVE;
	case ACT_SAVE_SCREEN:
		return all | APP_SAVE_SCREEN;
	default:
		return all;
	}
}

/* At the end of a list there is no more to scroll, and one is where one is; what the owner of the app does is not seen here. */
static bool may_be_silent(const struct action *act, enum view_id view, u32 flags)
{
	if (!act || flags & (APP_QUIT | APP_SUSPEND | APP_REDRAW | APP_SAVE | APP_SAVE_SCREEN))
		return act;
	return (act->id >= ACT_UP && act->id <= ACT_BOTTOM) || act->id == view_action(view);
}

static void press(struct keys_run *run, enum view_id view, enum action_id box, u32 key)
{
	static struct cell before[GRID_MAX_W * GRID_MAX_H];
	struct app *app = &run->host.app;
	const struct action *act;
	char told[128], label[KEY_NAME_SIZE];
	u32 flags;

	if (!go(run, view, box))
		return;
	act = action_find(key, app_context(app));
	snprintf(told, sizeof(told), "%dx%d, %s, in %s, key %s", app->w, app->h, view_columns(view)->name,
		 box ? action_by_id(box)->name : "the view", key_label(key, label));
	/* the flight recorder writes: the test of travelling has it */
	if (act && act->id == ACT_SAVE_PAST)
		return;
	app->notice[0] = '\0';
	draw(run, told);
	memcpy(before, run->grid.cells, (size_t)app->w * (size_t)app->h * sizeof(*before));
	flags = check_press(&run->host, key);
	if (app_context(app) != CTX_PROMPT && flags & ~allowed(act ? act->id : ACT_NONE))
		fail_msg("%s: asks for %#x", told, flags);
	draw(run, told);
	run->pressed++;
	run->moved += !same_cells(&run->grid, before);
	if (!box && same_cells(&run->grid, before) && !may_be_silent(act, view, flags))
		fail_msg("%s: does nothing, and says nothing", told);
}

/* Each key once, whichever actions have it, and some that none has. */
static int all_keys(u32 *keys)
{
	static const u32 unbound[] = {'z', 'H', 'J', '$', K_F1 + 10, K_CTRL('T'), 0xe9};
	int count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(unbound); i++)
		keys[count++] = unbound[i];
	for (size_t i = 0; i < action_count; i++)
		for (int k = 0; k < ACTION_KEYS && action_table[i].keys[k]; k++) {
			int n = 0;

			while (n < count && keys[n] != action_table[i].keys[k])
				n++;
			if (n == count)
				keys[count++] = action_table[i].keys[k];
		}
	return count;
}

static void every_key(int w, int h)
{
	u32 keys[256];
	bool whole = sweep(0, 1);
	int count = all_keys(keys), step = w == 80 || whole ? 1 : 3;
	struct keys_run run = {.pressed = 0};

	assert_true(count > 90 && count < (int)ARRAY_SIZE(keys));
	open_demo(&run.host, w, h);
	/* each view without a box; the boxes over a list and the detail; and then at all sizes, over a list of each kind */
	for (int v = 0; v <= VIEW_DETAIL; v++)
		for (size_t b = 0; b < ARRAY_SIZE(boxes); b++)
			if (!b || ((w == 80 || whole) && (v == VIEW_VM || v == VIEW_DETAIL)) ||
			    (whole && (v == VIEW_EXIT || v == VIEW_IRQ)))
				for (int k = (int)b % step; k < count; k += step)
					press(&run, (enum view_id)v, boxes[b], keys[k]);
	print_message("%dx%d: %d keys pressed, %d changed the screen\n", w, h, run.pressed, run.moved);
	assert_true(run.pressed > (step == 1 ? count * (VIEW_DETAIL + 10) : count * VIEW_DETAIL / step));
	assert_true(run.moved > run.pressed / 2);
	grid_free(&run.grid);
	check_close(&run.host);
}

static void small(void **state)
{
	(void)state;
	every_key(40, 10);
}

static void usual(void **state)
{
	(void)state;
	every_key(80, 24);
}

static void large(void **state)
{
	(void)state;
	every_key(200, 50);
}

/* A view that is named is that one, also from its other side; a key that is pressed again goes on to the next side. */
static void sides(void **state)
{
	static const enum view_id ring[] = {VIEW_FAULT, VIEW_REGION, VIEW_STUCK};
	struct keys_run run = {.pressed = 0};
	struct app *app = &run.host.app;

	(void)state;
	open_demo(&run.host, 80, 24);
	for (size_t from = 0; from < ARRAY_SIZE(ring); from++)
		for (size_t to = 0; to < ARRAY_SIZE(ring); to++) {
			assert_true(go(&run, ring[from], ACT_NONE));
			assert_true(go(&run, ring[to], ACT_NONE));
		}
	assert_true(go(&run, VIEW_VM, ACT_NONE));
	for (size_t i = 0; i < 4; i++) {
		check_press(&run.host, '5');
		assert_int_equal(app->here.view, ring[i % 3]);
	}
	/* all views there are, and back */
	assert_true(go(&run, VIEW_VM, ACT_NONE));
	for (int v = 1; v <= VIEW_DETAIL; v++) {
		check_press(&run.host, K_TAB);
		assert_int_equal(app->here.view, v % VIEW_DETAIL);
	}
	for (int v = VIEW_DETAIL - 1; v >= 0; v--) {
		check_press(&run.host, K_BACK_TAB);
		assert_int_equal(app->here.view, v);
	}
	check_close(&run.host);
}

/* What is asked of /dev/kvm has the name of the VM that the process runs; and long sleep is no trouble. */
static void told_clearly(void **state)
{
	struct keys_run run = {.pressed = 0};

	(void)state;
	open_demo(&run.host, 100, 30);
	assert_true(go(&run, VIEW_IOCTL, ACT_NONE));
	draw(&run, "ioctls");
	assert_true(grid_has(&run.grid, "/dev/kvm idle-03"));
	assert_true(grid_has(&run.grid, " ioctl 0 cause timer log ! find"));
	assert_true(go(&run, VIEW_EXIT, ACT_NONE));
	draw(&run, "exits");
	assert_true(grid_has(&run.grid, "!3.51s"));
	assert_true(grid_has(&run.grid, " 43.7s"));
	assert_false(grid_has(&run.grid, "!43.7s"));
	/* whose exit it is, by what the guest did and by what KVM_RUN returned */
	check_press(&run.host, K_ENTER);
	draw(&run, "the latencies of I/O");
	assert_true(grid_has(&run.grid, "in flight now, the oldest for 3.51s: mail-06 vCPU 0"));
	check_press(&run.host, K_BACKSPACE);
	check_press(&run.host, 'u');
	check_press(&run.host, K_ENTER);
	draw(&run, "the latencies of I/O in the VMM");
	assert_true(grid_has(&run.grid, "in flight now, the oldest for 3.51s: mail-06 vCPU 0"));
	check_press(&run.host, K_BACKSPACE);
	check_press(&run.host, '(');
	draw(&run, "the oldest sample");
	assert_true(grid_has(&run.grid, "no VM was running at this moment"));
	grid_free(&run.grid);
	check_close(&run.host);
}

/* What is said at the first start is in whole sentences, shorter ones where there is no room. */
static void first_steps(void **state)
{
	struct keys_run run = {.pressed = 0};

	(void)state;
	open_demo(&run.host, 100, 30);
	assert_true(go(&run, VIEW_TIMER, ACT_NONE));
	for (int w = 60; w <= 130; w++) {
		app_resize(&run.host.app, w, 30);
		run.host.app.hint = true;
		draw(&run, "the first steps");
		assert_true(grid_has(&run.grid, "where to begin"));
		assert_true(grid_has(&run.grid, "hold the screen still"));
		assert_true(grid_has(&run.grid, w > 91 ? " > latencies of one reason" : "Enter  into the row"));
		for (int y = 16; y < 28; y++)
			for (int x = 0; x < w; x++)
				assert_string_not_equal(run.grid.cells[y * w + x].text, "…");
	}
	grid_free(&run.grid);
	check_close(&run.host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sides),       cmocka_unit_test(told_clearly),
					   cmocka_unit_test(first_steps), cmocka_unit_test(small),
					   cmocka_unit_test(usual),       cmocka_unit_test(large)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
