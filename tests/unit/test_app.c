/* SPDX-License-Identifier: GPL-2.0-only */
/* What keys do: drilling, selection by identity, sorting, filters, freezing; and random keys at random sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../ui/render.h"
#include "../../ui/view.h"
#include "sweep.h"
#include "ui_check.h"

#define SPEC "6x4x8"

static void type(struct check_host *host, const char *text)
{
	for (; *text; text++)
		check_press(host, (u32)(unsigned char)*text);
}

/* A line of the screen as text. */
static const char *line_text(const struct app *app, int y)
{
	static char text[GRID_MAX_W * CELL_TEXT];
	struct grid grid = {0};

	assert_int_equal(render(app, &grid), 0);
	text[0] = '\0';
	for (int x = 0; x < grid.w; x++)
		strcat(text, grid.cells[y * grid.w + x].text);
	grid_free(&grid);
	return text;
}

static const char *crumb_text(const struct app *app)
{
	struct layout lay;

	view_layout(app, &lay);
	return line_text(app, lay.crumb);
}

static void drills_down_and_up(void **state)
{
	struct check_host host = {0};
	struct row_id vm, vcpu, reason, now;
	char want[256];

	(void)state;
	check_open(&host, SPEC, 3);
	host.app.ascii = true;
	check_press(&host, K_DOWN);
	assert_true(app_selected(&host.app, &vm));
	check_press(&host, K_ENTER);
	assert_int_equal(host.app.here.view, VIEW_VCPU);
	assert_int_equal(host.app.here.scope.vm, vm.vm);
	assert_int_equal(host.app.rows.count, 4);
	snprintf(want, sizeof(want), " host > %s ", snapshot_find_vm(host.app.snap, vm.vm)->raw->name);
	host.app.ascii = false;
	snprintf(want, sizeof(want), " host › %s ", snapshot_find_vm(host.app.snap, vm.vm)->raw->name);
	assert_memory_equal(crumb_text(&host.app), want, strlen(want));

	check_press(&host, K_DOWN);
	assert_true(app_selected(&host.app, &vcpu));
	check_press(&host, K_RIGHT);
	assert_int_equal(host.app.here.view, VIEW_EXIT);
	assert_int_equal(host.app.here.scope.vcpu, vcpu.vcpu);
	check_press(&host, K_DOWN);
	assert_true(app_selected(&host.app, &reason));
	check_press(&host, K_ENTER);
	assert_int_equal(host.app.here.view, VIEW_DETAIL);
	assert_non_null(app_detail(&host.app));
	assert_true(app_detail(&host.app)->key == reason.key);
	assert_true(app_detail(&host.app)->vcpu == vcpu.vcpu);

	/* back, each time on the row one came from */
	check_press(&host, K_ESC);
	assert_true(app_selected(&host.app, &now));
	assert_true(row_id_equal(&now, &reason));
	check_press(&host, K_BACKSPACE);
	assert_true(app_selected(&host.app, &now));
	assert_true(row_id_equal(&now, &vcpu));
	check_press(&host, K_LEFT);
	assert_true(app_selected(&host.app, &now));
	assert_true(row_id_equal(&now, &vm));
	assert_int_equal(host.app.depth, 0);
	assert_int_equal(check_press(&host, K_ESC) & APP_QUIT, 0);
	assert_true(check_press(&host, 'q') & APP_QUIT);
	check_close(&host);
}

static void q_goes_up_first(void **state)
{
	struct check_host host = {0};

	(void)state;
	check_open(&host, SPEC, 3);
	check_press(&host, 'e');
	assert_int_equal(host.app.here.view, VIEW_EXIT);
	assert_true(host.app.here.scope.vm != 0);
	assert_int_equal(check_press(&host, 'q') & APP_QUIT, 0);
	assert_int_equal(host.app.here.view, VIEW_VM);
	check_press(&host, 'e');
	assert_true(check_press(&host, 'Q') & APP_QUIT);
	check_close(&host);
}

/* A digit keeps the scope, as far as that view has one; going up leads to what is really above. */
static void digits_keep_scope(void **state)
{
	struct check_host host = {0};
	struct row_id vm, vcpu, now;

	(void)state;
	check_open(&host, SPEC, 3);
	assert_true(app_selected(&host.app, &vm));
	check_press(&host, K_ENTER);
	check_press(&host, K_DOWN);
	assert_true(app_selected(&host.app, &vcpu));
	check_press(&host, K_ENTER);
	check_press(&host, '2');
	assert_int_equal(host.app.here.scope.vm, vm.vm);
	assert_int_equal(host.app.here.scope.vcpu, 0);
	assert_true(app_selected(&host.app, &now));
	assert_true(row_id_equal(&now, &vcpu));
	check_press(&host, '3');
	assert_int_equal(host.app.here.scope.vm, vm.vm);
	assert_int_equal(host.app.here.scope.vcpu, 0);
	check_press(&host, K_ESC);
	assert_int_equal(host.app.here.view, VIEW_VM);
	assert_true(app_selected(&host.app, &now));
	assert_true(row_id_equal(&now, &vm));
	check_press(&host, '3');
	assert_int_equal(host.app.here.scope.vm, 0);
	check_press(&host, K_TAB);
	assert_int_equal(host.app.here.view, VIEW_EXIT + 1);
	check_press(&host, K_BACK_TAB);
	assert_int_equal(host.app.here.view, VIEW_EXIT);
	/* Tab goes through all lists and comes round */
	for (int i = 0; i < VIEW_DETAIL; i++)
		check_press(&host, K_TAB);
	assert_int_equal(host.app.here.view, VIEW_EXIT);
	check_close(&host);
}

static void sorts_at_once(void **state)
{
	static const u32 keys[] = {'M', 'P', 'T', 'R', 'A', '>', '<', 'r'};
	struct check_host host = {0};

	(void)state;
	check_open(&host, SPEC, 3);
	for (u32 view = '1'; view <= '3'; view++) {
		const struct view_columns *cols = view_columns((enum view_id)(view - '1'));
		const struct view_state *vs;

		check_press(&host, view);
		vs = &host.app.views[host.app.here.view];
		for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
			int before = vs->sort;
			bool down = vs->descending;
			u32 flags = check_press(&host, keys[k]);

			assert_true(flags & APP_RENDER);
			assert_true(flags & APP_QUERY);
			assert_true(vs->sort != before || vs->descending != down);
		}
		check_press(&host, 'M');
		assert_string_equal(cols->columns[vs->sort].name, "max");
		assert_true(vs->descending);
		for (u32 i = 1; i < host.app.rows.count; i++) {
			struct value a = {0}, b = {0};

			if (host.app.first_idle >= 0 && (int)i >= host.app.first_idle)
				break;
			column_value(&cols->columns[vs->sort], host.app.snap, host.app.rows.ref[i - 1], &a);
			column_value(&cols->columns[vs->sort], host.app.snap, host.app.rows.ref[i], &b);
			assert_true(!b.known || a.num >= b.num);
		}
		check_press(&host, 'M');
		assert_false(vs->descending);
	}
	/* the box takes the column under its cursor */
	check_press(&host, 's');
	assert_int_equal(app_context(&host.app), CTX_PICKER);
	check_press(&host, K_HOME);
	check_press(&host, K_ENTER);
	assert_int_equal(host.app.views[VIEW_EXIT].sort, 0);
	assert_int_equal(app_context(&host.app), CTX_EXIT);
	check_press(&host, 's');
	check_press(&host, K_DOWN);
	check_press(&host, K_ESC);
	assert_int_equal(host.app.views[VIEW_EXIT].sort, 0);
	check_close(&host);
}

/* The cursor stays on its row through sorting and ticks; on none, it stays at the top. */
static void selection_is_identity(void **state)
{
	struct check_host host = {0};
	struct row_id id, now;

	(void)state;
	check_open(&host, SPEC, 3);
	check_press(&host, '2');
	for (int i = 0; i < 7; i++)
		check_press(&host, K_DOWN);
	assert_true(app_selected(&host.app, &id));
	for (int i = 0; i < 20; i++) {
		check_press(&host, "MPTRAr><"[i % 8]);
		check_tick(&host);
		if (rows_find(&host.app.rows, VIEW_VCPU, &id) < 0)
			break;
		assert_true(app_selected(&host.app, &now));
		assert_true(row_id_equal(&now, &id));
	}
	check_press(&host, K_HOME);
	for (int i = 0; i < 5; i++) {
		check_press(&host, "MPTRA"[i]);
		assert_int_equal(host.app.selected, 0);
	}
	check_close(&host);
}

static void filters_as_typed(void **state)
{
	struct check_host host = {0};
	u32 all;

	(void)state;
	check_open(&host, SPEC, 3);
	all = host.app.rows.count;
	check_press(&host, '/');
	type(&host, "web");
	assert_true(host.app.rows.count > 0 && host.app.rows.count < all);
	assert_non_null(strstr(crumb_text(&host.app), "filter: web"));
	check_press(&host, K_ESC);
	assert_int_equal(host.app.rows.count, all);
	assert_null(host.app.filter);
	/* keys are text while one types: q does not quit */
	check_press(&host, '/');
	type(&host, "webq");
	assert_int_equal(host.app.rows.count, 0);
	check_press(&host, K_BACKSPACE);
	check_press(&host, K_ENTER);
	assert_int_equal(app_context(&host.app), CTX_VM);
	assert_true(host.app.rows.count > 0 && host.app.rows.count < all);
	/* and Esc goes back to the filter that was, not to none */
	check_press(&host, 'f');
	check_press(&host, K_CTRL('U'));
	assert_int_equal(host.app.rows.count, all);
	type(&host, "nothing-has-this-name");
	assert_int_equal(host.app.rows.count, 0);
	check_press(&host, K_ESC);
	assert_string_equal(host.app.filter_text, "web");
	/* a wrong one says so, and the last right one stays */
	check_press(&host, '/');
	check_press(&host, K_CTRL('U'));
	type(&host, "/[/");
	assert_true(host.app.line_error[0] != '\0');
	assert_non_null(strstr(line_text(&host.app, host.app.h - 1), "/[/"));
	check_press(&host, K_ENTER);
	assert_int_equal(app_context(&host.app), CTX_PROMPT);
	check_press(&host, K_ESC);
	assert_string_equal(host.app.filter_text, "web");
	check_close(&host);
}

static bool screen_has(const struct app *app, const char *text)
{
	bool found = false;

	for (int y = 0; y < app->h && !found; y++)
		found = strstr(line_text(app, y), text) != NULL;
	return found;
}

/* Searching leaves all rows where they are, goes on with n and N, and says when it comes round. */
static void searches(void **state)
{
	struct check_host host = {0};
	struct row_id first, now;
	struct grid grid = {0};
	int marked = 0, found = 0;
	u32 all;

	(void)state;
	check_open(&host, SPEC, 3);
	app_resize(&host.app, 100, 50);
	check_press(&host, '2');
	all = host.app.rows.count;
	assert_true(app_selected(&host.app, &first));
	check_press(&host, K_F1 + 2);
	type(&host, "WEB01");
	assert_int_equal(host.app.rows.count, all);
	assert_string_equal(host.app.rows.ref[host.app.selected].vcpu->vm_name, "web01");
	check_press(&host, K_ENTER);
	assert_int_equal(render(&host.app, &grid), 0);
	for (int i = 0; i < grid.w * grid.h; i++)
		marked += grid.cells[i].style == STYLE_MATCH;
	assert_int_equal(marked, 4 * (int)strlen("web01"));
	for (int i = 0; i < 4; i++) {
		found = host.app.selected;
		check_press(&host, 'n');
		assert_string_equal(host.app.rows.ref[host.app.selected].vcpu->vm_name, "web01");
		assert_true(host.app.selected > found || strstr(host.app.notice, "round the end"));
	}
	assert_true(host.app.selected == found || host.app.notice[0]);
	check_press(&host, 'N');
	assert_string_equal(host.app.rows.ref[host.app.selected].vcpu->vm_name, "web01");
	/* Esc goes back to where one was */
	check_press(&host, K_HOME);
	check_press(&host, K_DOWN);
	assert_true(app_selected(&host.app, &first));
	check_press(&host, '*');
	type(&host, "web");
	type(&host, "zzz");
	assert_string_equal(host.app.line_error, "no row has it");
	check_press(&host, K_ESC);
	assert_true(app_selected(&host.app, &now));
	assert_true(row_id_equal(&now, &first));
	assert_string_equal(host.app.search, "");
	grid_free(&grid);
	check_close(&host);
}

/* After the cursor moved the rows keep their order, new figures or not, and the screen says so; then they are sorted. */
static void order_is_held(void **state)
{
	struct check_host host = {0};
	struct row_id before[64];
	u32 count;
	bool moved = false;

	(void)state;
	check_open(&host, "12x4x8", 3);
	check_press(&host, '2');
	check_press(&host, 'R');
	for (int round = 0; round < 20 && !moved; round++) {
		check_press(&host, K_DOWN);
		count = host.app.rows.count;
		for (u32 i = 0; i < count && i < 64; i++)
			before[i] = row_identity(VIEW_VCPU, host.app.rows.ref[i]);
		assert_true(screen_has(&host.app, "order held 3s"));
		for (int i = 0; i < 2; i++) {
			u32 at = 0;

			check_tick(&host);
			/* all that are still there, in the same order */
			for (u32 k = 0; k < count && k < 64; k++) {
				int row = rows_find(&host.app.rows, VIEW_VCPU, &before[k]);

				if (row < 0)
					continue;
				assert_true(row >= (int)at);
				at = (u32)row;
			}
		}
		assert_true(screen_has(&host.app, "order held 1s"));
		check_tick(&host);
		assert_false(screen_has(&host.app, "order held"));
		for (u32 k = 0, at = 0; k < count && k < 64; k++) {
			int row = rows_find(&host.app.rows, VIEW_VCPU, &before[k]);

			moved |= row >= 0 && row < (int)at;
			at = row >= 0 ? (u32)row : at;
		}
		/* what is asked for is sorted at once */
		check_press(&host, K_DOWN);
		check_press(&host, 'r');
		assert_false(screen_has(&host.app, "order held"));
	}
	/* else nothing was shown by all this */
	assert_true(moved);
	host.app.set.value[SET_HOLD] = 0;
	check_press(&host, K_DOWN);
	assert_false(screen_has(&host.app, "order held"));
	check_close(&host);
}

static void follows_a_row(void **state)
{
	struct check_host host = {0};
	struct row_id id, now;

	(void)state;
	check_open(&host, SPEC, 3);
	check_press(&host, '2');
	check_press(&host, K_DOWN);
	check_press(&host, 'w');
	assert_true(app_selected(&host.app, &id));
	assert_true(screen_has(&host.app, "»"));
	assert_true(screen_has(&host.app, "following"));
	for (int i = 0; i < 12; i++) {
		check_press(&host, "MPTRAr"[i % 6]);
		check_tick(&host);
		if (rows_find(&host.app.rows, VIEW_VCPU, &id) < 0)
			break;
		assert_true(app_selected(&host.app, &now));
		assert_true(row_id_equal(&now, &id));
		assert_true(screen_has(&host.app, "»"));
	}
	check_press(&host, K_DOWN);
	assert_false(screen_has(&host.app, "following"));
	/* the one that is filtered out is not silently another one */
	check_press(&host, 'w');
	check_press(&host, '/');
	type(&host, "vcpu=99");
	check_press(&host, K_ENTER);
	assert_false(host.app.following);
	check_close(&host);
}

static u32 mouse(struct check_host *host, enum mouse_kind kind, int x, int y)
{
	struct mouse_event event = {kind, x, y};
	struct grid grid = {0};
	u32 flags;

	assert_int_equal(render(&host->app, &grid), 0);
	flags = app_mouse(&host->app, &grid, &event);
	if (flags & APP_FEED)
		check_show(host);
	grid_free(&grid);
	return flags;
}

/* Finds text on the screen. */
static void point(const struct app *app, const char *text, int *x, int *y)
{
	for (*y = 0; *y < app->h; (*y)++) {
		const char *line = line_text(app, *y), *at = strstr(line, text);

		if (!at)
			continue;
		*x = 0;
		for (const char *p = line; p < at; *x += 1)
			utf8_next(&p);
		return;
	}
	fail_msg("%s is not on the screen", text);
}

static void mouse_does_what_keys_do(void **state)
{
	struct check_host host = {0};
	struct row_id id;
	int x, y;

	(void)state;
	check_open(&host, SPEC, 3);
	point(&host.app, "web01", &x, &y);
	mouse(&host, MOUSE_PRESS, x, y);
	assert_true(app_selected(&host.app, &id));
	assert_string_equal(snapshot_find_vm(host.app.snap, id.vm)->raw->name, "web01");
	mouse(&host, MOUSE_PRESS, x, y);
	assert_int_equal(host.app.here.view, VIEW_VCPU);
	assert_int_equal(host.app.here.scope.vm, id.vm);
	/* titles sort, and turn round */
	point(&host.app, "MAX", &x, &y);
	assert_true(mouse(&host, MOUSE_PRESS, x, y) & APP_QUERY);
	assert_string_equal(view_columns(VIEW_VCPU)->columns[host.app.views[VIEW_VCPU].sort].name, "max");
	assert_true(host.app.views[VIEW_VCPU].descending);
	point(&host.app, "MAX", &x, &y);
	mouse(&host, MOUSE_PRESS, x, y);
	assert_false(host.app.views[VIEW_VCPU].descending);
	/* below are keys */
	point(&host.app, "Backspace up", &x, &y);
	mouse(&host, MOUSE_PRESS, x + 3, y);
	assert_int_equal(host.app.here.view, VIEW_VM);
	/* the wheel moves, and nothing but lists is opened by a click */
	mouse(&host, MOUSE_WHEEL_DOWN, 5, 8);
	assert_int_equal(host.app.selected, 5);
	mouse(&host, MOUSE_WHEEL_UP, 5, 8);
	mouse(&host, MOUSE_PRESS, 5, 0);
	mouse(&host, MOUSE_PRESS, 5000, 5000);
	mouse(&host, MOUSE_PRESS, -1, -1);
	assert_int_equal(app_context(&host.app), CTX_VM);
	/* boxes take what is in them, and hide what is below */
	check_press(&host, 's');
	point(&host.app, "Longest exit", &x, &y);
	mouse(&host, MOUSE_PRESS, x, y);
	assert_int_equal(app_context(&host.app), CTX_PICKER);
	mouse(&host, MOUSE_PRESS, x, y);
	assert_string_equal(view_columns(VIEW_VM)->columns[host.app.views[VIEW_VM].sort].name, "max");
	check_press(&host, 's');
	mouse(&host, MOUSE_PRESS, 0, 5);
	assert_int_equal(app_context(&host.app), CTX_PICKER);
	check_press(&host, K_ESC);
	check_press(&host, ':');
	type(&host, "view exit");
	point(&host.app, "go to this view", &x, &y);
	mouse(&host, MOUSE_PRESS, x, y);
	mouse(&host, MOUSE_PRESS, x, y);
	assert_int_equal(host.app.here.view, VIEW_EXIT);
	assert_int_equal(app_context(&host.app), CTX_EXIT);
	/* it is off until asked for */
	assert_true(host.app.set.value[SET_MOUSE] == 0);
	assert_true(check_press(&host, 'm') & APP_MOUSE);
	assert_true(host.app.set.value[SET_MOUSE] == 1);
	check_close(&host);
}

static void says_when_nothing_matches(void **state)
{
	struct check_host host = {0};
	bool found = false;

	(void)state;
	check_open(&host, SPEC, 3);
	check_press(&host, '/');
	type(&host, "nothing-has-this-name");
	check_press(&host, K_ENTER);
	for (int y = 0; y < host.app.h; y++)
		found |= strstr(line_text(&host.app, y), "nothing matches the filter") != NULL;
	assert_true(found);
	check_close(&host);
}

static void freezes(void **state)
{
	struct check_host host = {0};
	const struct snapshot *held;
	u64 seq;

	(void)state;
	check_open(&host, SPEC, 3);
	check_press(&host, ' ');
	held = host.app.snap;
	seq = held->seq;
	assert_non_null(strstr(line_text(&host.app, 0), "FROZEN"));
	for (int i = 0; i < 6; i++) {
		check_tick(&host);
		assert_ptr_equal(host.app.snap, held);
		assert_true(host.app.snap->seq == seq);
		check_press(&host, "2M3ur1"[i]);
		assert_true(app_age(&host.app) == (u64)(i + 1) * NSEC_PER_SEC);
	}
	assert_true(feed_newest(&host.feed)->seq == seq + 6);
	/* totals of the frozen moment, and its interval again */
	check_press(&host, 'c');
	assert_true(host.app.snap->cur->seq == seq);
	assert_true(host.app.snap != held);
	check_press(&host, 'c');
	assert_ptr_equal(host.app.snap, held);
	check_press(&host, ' ');
	assert_true(host.app.snap->seq == seq + 6);
	assert_non_null(strstr(line_text(&host.app, 0), "LIVE"));
	check_close(&host);
}

static void delay_is_checked(void **state)
{
	struct check_host host = {0};

	(void)state;
	check_open(&host, SPEC, 3);
	check_press(&host, 'd');
	check_press(&host, K_CTRL('U'));
	type(&host, "0.5");
	assert_true(check_press(&host, K_ENTER) & APP_DELAY);
	assert_true(host.app.delay == 0.5);
	check_press(&host, 'd');
	check_press(&host, K_CTRL('U'));
	type(&host, "nan");
	assert_int_equal(check_press(&host, K_ENTER) & APP_DELAY, 0);
	assert_int_equal(app_context(&host.app), CTX_PROMPT);
	check_press(&host, K_ESC);
	assert_true(host.app.delay == 0.5);
	check_close(&host);
}

static void options_are_checked(void **state)
{
	struct app app;
	char err[128] = "";

	(void)state;
	assert_true(app_init(&app, VIEW_EXIT, "no-such-column", NULL, err, sizeof(err)) < 0);
	assert_non_null(strstr(err, "no-such-column"));
	app_free(&app);
	assert_true(app_init(&app, VIEW_EXIT, "-max", "/[/", err, sizeof(err)) < 0);
	app_free(&app);
	assert_int_equal(app_init(&app, VIEW_EXIT, "-max", "web", err, sizeof(err)), 0);
	assert_false(app.views[VIEW_EXIT].descending);
	app_free(&app);
}

static void edits_a_line(void **state)
{
	struct line line;

	(void)state;
	line_set(&line, "one två 漢字");
	line_edit(&line, ACT_LINE_ERASE);
	assert_string_equal(line.text, "one två 漢");
	line_edit(&line, ACT_LINE_LEFT);
	line_edit(&line, ACT_LINE_LEFT);
	line_edit(&line, ACT_LINE_ERASE);
	assert_string_equal(line.text, "one tv 漢");
	line_insert(&line, 0xe5);
	assert_string_equal(line.text, "one två 漢");
	line_edit(&line, ACT_LINE_HOME);
	line_edit(&line, ACT_LINE_DELETE);
	assert_string_equal(line.text, "ne två 漢");
	line_edit(&line, ACT_LINE_END);
	line_edit(&line, ACT_LINE_WORD);
	assert_string_equal(line.text, "ne två ");
	line_edit(&line, ACT_LINE_CLEAR);
	assert_string_equal(line.text, "");
	for (int i = 0; i < 2 * LINE_SIZE; i++)
		line_insert(&line, 0x6f22);
	assert_true(strlen(line.text) < LINE_SIZE);
	assert_int_equal(strlen(line.text) % 3, 0);
}

/* Every size up to a small screen, in every pane: nothing is divided by a width that is not there. */
static void tiny_screens(void **state)
{
	static const u32 keys[] = {K_NONE, '2', '3',   K_ENTER, '?',   '?', '1',   's',
				   K_ESC,  '/', K_ESC, 'F',     K_ESC, 'S', K_ESC, ':'};
	struct check_host host = {0};
	struct grid grid = {0};

	(void)state;
	check_open(&host, SPEC, 5);
	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		check_press(&host, keys[k]);
		for (int w = 1; w <= 42; w += (int)sweep(3, 1))
			for (int h = 1; h <= 12; h++) {
				app_resize(&host.app, w, h);
				assert_int_equal(render(&host.app, &grid), 0);
				check_grid(&grid);
			}
	}
	grid_free(&grid);
	check_close(&host);
}

/* Whatever is pressed, at whatever size, while VMs come and go. */
static void random_keys(void **state)
{
	static const u32 special[] = {K_UP,        K_DOWN,     K_LEFT,   K_RIGHT, K_PAGE_UP, K_PAGE_DOWN,
				      K_HOME,      K_END,      K_TAB,    K_ENTER, K_ENTER,   K_ESC,
				      K_BACKSPACE, K_BACK_TAB, K_DELETE, 0x6f22,  0x301};
	u32 seed = 20260;

	(void)state;
	for (u32 run = 0; run < sweep(2, 12); run++) {
		struct check_host host = {0};
		struct grid grid = {0};

		check_open(&host, run % 3 ? SPEC : "40x8x20:7", run % 4);
		for (int i = 0; i < (int)sweep(400, 700); i++) {
			u32 what = check_random(&seed) % 100;
			struct row_id id, now;
			bool had;

			if (what < 8) {
				int w = (int)(check_random(&seed) % 220) + 1;

				app_resize(&host.app, w, (int)(check_random(&seed) % 70) + 1);
			} else if (what < 16 && (host.app.snap || i)) {
				enum view_id view = host.app.here.view;
				bool pinned = host.app.views[view].pinned;

				had = app_selected(&host.app, &id);
				check_tick(&host);
				if (had && pinned && rows_find(&host.app.rows, view, &id) >= 0) {
					assert_true(app_selected(&host.app, &now));
					assert_true(row_id_equal(&id, &now));
				}
			} else {
				u32 key = what < 50 ? special[check_random(&seed) % ARRAY_SIZE(special)]
						    : check_random(&seed) % 128;
				u32 flags = app_key(&host.app, key);

				if ((flags & APP_FEED) && host.feed.taken)
					check_show(&host);
			}
			assert_true(host.app.selected < (int)host.app.rows.count);
			assert_int_equal(render(&host.app, &grid), 0);
			assert_int_equal(grid.w, host.app.w);
			assert_int_equal(grid.h, host.app.h);
			check_grid(&grid);
			if (host.app.selected >= 0 && !host.app.help && host.app.here.view != VIEW_DETAIL) {
				int top = host.app.views[host.app.here.view].top;
				int line = app_line_of(&host.app, host.app.selected);

				/* the cursor is always on the screen */
				assert_true(line >= top && line < top + view_body_height(&host.app));
			}
		}
		grid_free(&grid);
		check_close(&host);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drills_down_and_up),
		cmocka_unit_test(q_goes_up_first),
		cmocka_unit_test(digits_keep_scope),
		cmocka_unit_test(sorts_at_once),
		cmocka_unit_test(selection_is_identity),
		cmocka_unit_test(filters_as_typed),
		cmocka_unit_test(says_when_nothing_matches),
		cmocka_unit_test(mouse_does_what_keys_do),
		cmocka_unit_test(searches),
		cmocka_unit_test(order_is_held),
		cmocka_unit_test(follows_a_row),
		cmocka_unit_test(freezes),
		cmocka_unit_test(delay_is_checked),
		cmocka_unit_test(options_are_checked),
		cmocka_unit_test(edits_a_line),
		cmocka_unit_test(tiny_screens),
		cmocka_unit_test(random_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
