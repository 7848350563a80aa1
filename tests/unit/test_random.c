/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whatever is typed, clicked and resized, on hosts of all sizes while VMs come and go: what must always hold, holds, and
 * curses shows what the grid says. Each run has a seed of its own, which a failure tells; RANDOM_SEED=N runs that one
 * alone, RANDOM_SECONDS=N sets how long new ones are tried.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "../../ui/render.h"
#include "../../ui/term_curses.h"
#include "../../ui/view.h"
#include "sweep.h"
#include "ui_check.h"

#define STEPS 400

struct run {
	struct check_host host;
	struct grid grid;
	FILE *in, *out;
	u32 seed, began;
	int step;
};

/* Of the run that is on, for who wants to have a failure again. */
static u32 last_seed;
static int last_step;

static u32 rnd(struct run *run, u32 below)
{
	return check_random(&run->seed) % below;
}

/* --- the terminal ------------------------------------------------------------------------------------------------ */

static void term_start(struct run *run, int w, int h)
{
	static const char *const types[] = {"xterm-256color", "linux", "vt100", "xterm-256color"};
	struct term_options opts = {.type = types[rnd(run, 4)], .in = run->in, .out = run->out};
	char text[16], err[128] = "";

	snprintf(text, sizeof(text), "%d", w);
	setenv("COLUMNS", text, 1);
	snprintf(text, sizeof(text), "%d", h);
	setenv("LINES", text, 1);
	assert_int_equal(term_open(&opts, err, sizeof(err)), 0);
	run->host.app.color = term_has_color();
}

static void same_screen(const struct run *run)
{
	const struct grid *grid = &run->grid;

	for (int y = 0; y < grid->h; y++)
		for (int x = 0; x < grid->w; x++) {
			const struct cell *cell = &grid->cells[y * grid->w + x];
			char text[CELL_TEXT] = "";

			if (!cell->width)
				continue;
			assert_true(term_cell(x, y, text));
			if (strcmp(text, cell->text) != 0)
				fail_msg("seed %u, step %d, (%d, %d): the grid has \"%s\", the terminal \"%s\"",
					 run->began, run->step, x, y, cell->text, text);
		}
}

/* --- what always holds ------------------------------------------------------------------------------------------- */

#define hold_true(run, what)                                                                    \
	do {                                                                                    \
		if (!(what))                                                                    \
			fail_msg("seed %u, step %d: not %s", (run)->began, (run)->step, #what); \
	} while (0)

static void check_rows(struct run *run)
{
	const struct app *app = &run->host.app;
	u32 count = app->rows.count, other;
	struct row_id id, now;

	if (app->here.view == VIEW_DETAIL)
		return;
	hold_true(run, count - app->rows.parts <= app->rows.total);
	hold_true(run, (count == 0) == (app->selected < 0));
	if (!count)
		return;
	/* the selection is a row, and the one that its identity finds */
	hold_true(run, app->selected >= 0 && (u32)app->selected < count);
	hold_true(run, app_selected(app, &id));
	hold_true(run, rows_find(&app->rows, app->here.view, &id) == app->selected);
	/* no row is there twice */
	other = rnd(run, count);
	now = row_identity(app->here.view, app->rows.ref[other]);
	hold_true(run, rows_find(&app->rows, app->here.view, &now) == (int)other);
	/* and the cursor is on the screen */
	if (app_context(app) != CTX_HELP) {
		int line = app_line_of(app, app->selected), top = app->views[app->here.view].top;

		hold_true(run, line >= top && line < top + view_body_height(app));
	}
	if (app->following && app->follow.view == app->here.view)
		hold_true(run, row_id_equal(&app->follow, &id));
}

static void check_screen(struct run *run)
{
	const struct app *app = &run->host.app;
	const struct grid *grid = &run->grid;

	hold_true(run, render(app, &run->grid) == 0);
	hold_true(run, grid->w == app->w && grid->h == app->h);
	check_grid(grid);
	hold_true(run, grid->cursor_x < grid->w && grid->cursor_y < grid->h);
	for (int i = 0; i < grid->hit_count; i++) {
		const struct hit *hit = &grid->hits[i];

		hold_true(run, hit->y >= 0 && hit->y < grid->h && hit->w > 0);
		if (hit->kind == HIT_ROW)
			hold_true(run, hit->arg >= 0 && (u32)hit->arg < app->rows.count);
		if (hit->kind == HIT_ACTION)
			hold_true(run, action_by_id((enum action_id)hit->arg) != NULL);
	}
	term_draw(grid, app_theme(app));
	same_screen(run);
}

/* --- what is done ------------------------------------------------------------------------------------------------ */

static void type(struct run *run, const char *text)
{
	for (; *text; text++)
		check_press(&run->host, (u32)(unsigned char)*text);
}

/* A command of the palette, whole or cut off. */
static void command(struct run *run)
{
	struct command command;
	char text[sizeof(command.text)];

	check_press(&run->host, ':');
	if (!run->host.app.prompt || !palette_at(&run->host.app, (int)rnd(run, 200), &command))
		return;
	snprintf(text, sizeof(text), "%s", command.text);
	text[rnd(run, (u32)strlen(text) + 1)] = '\0';
	type(run, text);
	if (rnd(run, 3))
		check_press(&run->host, rnd(run, 2) ? K_TAB : K_DOWN);
	check_press(&run->host, rnd(run, 4) ? K_ENTER : K_ESC);
}

static void mouse(struct run *run)
{
	struct mouse_event event = {.kind = (enum mouse_kind)(rnd(run, 4) ? MOUSE_PRESS : 1 + rnd(run, 2))};

	/* of the last drawing, which may be of another size */
	event.x = (int)rnd(run, 230) - 5;
	event.y = (int)rnd(run, 80) - 5;
	if (rnd(run, 2) && run->grid.hit_count) {
		const struct hit *hit = &run->grid.hits[rnd(run, (u32)run->grid.hit_count)];

		event.x = hit->x;
		event.y = hit->y;
	}
	check_react(&run->host, app_mouse(&run->host.app, &run->grid, &event));
}

static void resize(struct run *run)
{
	int w = (int)rnd(run, rnd(run, 3) ? 220 : 42) + 1, h = (int)rnd(run, rnd(run, 3) ? 70 : 12) + 1;

	term_close();
	term_start(run, w, h);
	app_resize(&run->host.app, w, h);
}

static void key(struct run *run)
{
	static const u32 special[] = {K_UP,       K_DOWN,   K_LEFT,  K_RIGHT, K_PAGE_UP, K_PAGE_DOWN, K_HOME,
				      K_END,      K_TAB,    K_ENTER, K_ENTER, K_ESC,     K_ESC,       K_BACKSPACE,
				      K_BACK_TAB, K_DELETE, 0x6f22,  0x301,   K_INSERT};
	u32 what = rnd(run, 10);

	check_press(&run->host, what < 4   ? special[rnd(run, ARRAY_SIZE(special))]
				: what < 5 ? K_F1 + rnd(run, 12)
					   : 1 + rnd(run, 126));
}

/* The cursor's row keeps the cursor over a tick, when it is still there. */
static void tick(struct run *run)
{
	struct app *app = &run->host.app;
	enum view_id view = app->here.view;
	bool pinned = view != VIEW_DETAIL && app->views[view].pinned;
	struct row_id id, now;
	bool had = pinned && app_selected(app, &id);

	check_tick(&run->host);
	if (had && app->here.view == view && rows_find(&app->rows, view, &id) >= 0) {
		hold_true(run, app_selected(app, &now));
		hold_true(run, row_id_equal(&id, &now));
	}
}

static void one_run(u32 seed)
{
	static const char *const hosts[] = {"1x1x1", "3x2x4", "6x4x8", "40x8x20", "90x2x3"};
	struct run run = {.seed = seed, .began = seed};
	char spec[64];

	run.in = fopen("/dev/null", "r");
	run.out = fopen("/dev/null", "w");
	assert_true(run.in && run.out);
	snprintf(spec, sizeof(spec), "%s:%u", hosts[rnd(&run, ARRAY_SIZE(hosts))], 1 + rnd(&run, 1000));
	check_open(&run.host, spec, (int)rnd(&run, 4));
	run.host.app.ascii = !rnd(&run, 4);
	run.host.app.set.value[SET_CHARS] = run.host.app.ascii ? CHARS_ASCII : CHARS_UTF8;
	term_start(&run, 80, 24);
	for (run.step = 0; run.step < STEPS; run.step++) {
		u32 what = rnd(&run, 100);

		last_seed = run.began;
		last_step = run.step;
		if (what < 3)
			resize(&run);
		else if (what < 14)
			tick(&run);
		else if (what < 20)
			command(&run);
		else if (what < 28)
			mouse(&run);
		else
			key(&run);
		/* all of it costs time, and most of what goes wrong stays wrong for a while */
		check_rows(&run);
		if (!rnd(&run, 4))
			check_screen(&run);
	}
	check_screen(&run);
	term_close();
	fclose(run.in);
	fclose(run.out);
	grid_free(&run.grid);
	check_close(&run.host);
}

static void random_runs(void **state)
{
	const char *seed = getenv("RANDOM_SEED"), *seconds = getenv("RANDOM_SECONDS");
	double limit = seconds ? atof(seconds) : sweep(1, 20);
	struct timespec begin, now;
	u32 runs = 0;

	(void)state;
	if (seed) {
		one_run((u32)strtoul(seed, NULL, 10));
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &begin);
	/* always the same ones, as far as the time goes; never none */
	do {
		one_run(++runs);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((double)(now.tv_sec - begin.tv_sec) + (double)(now.tv_nsec - begin.tv_nsec) / 1e9 < limit);
	print_message("%u runs of %d steps\n", runs, STEPS);
}

static int tell_last(void **state)
{
	(void)state;
	print_message("the last one: RANDOM_SEED=%u, step %d\n", last_seed, last_step);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(random_runs, NULL, tell_last)};

	if (!setlocale(LC_CTYPE, "C.UTF-8")) {
		fputs("no C.UTF-8 locale on this machine: curses cannot show wide characters\n", stderr);
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
