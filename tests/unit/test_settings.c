/* SPDX-License-Identifier: GPL-2.0-only */
/* Settings: the table, the rc file there and back, what is refused and how, keys, columns and thresholds. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../ui/loop.h"
#include "../../ui/render.h"
#include "../../ui/view.h"
#include "ui_check.h"

static char dir[64], path[128];

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/kvmtop-settings-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/a/b/kvmtoprc", dir);
	return 0;
}

static int remove_dir(void **state)
{
	static const char *const names[] = {"/a/b/kvmtoprc", "/a/b/link", "/a/b", "/a", ""};
	char name[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(name, sizeof(name), "%s%s", dir, names[i]);
		remove(name);
	}
	return 0;
}

static void put_file(const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static const char *get_file(void)
{
	static char text[8192];
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

static void table_is_whole(void **state)
{
	struct settings set;
	char err[128], text[SETTING_TEXT], range[320];

	(void)state;
	settings_init(&set);
	for (int i = 0; i < SETTINGS; i++) {
		const struct setting *s = &setting_table[i];

		assert_int_equal(s->id, i);
		assert_ptr_equal(setting_find(s->name), s);
		assert_true(s->help[0] != '\0');
		setting_text(&set, s->id, text);
		assert_int_equal(setting_set(&set, s->id, text, err, sizeof(err)), 0);
		assert_true(set.value[i] == s->def);
		setting_range(s->id, range, sizeof(range));
		for (int k = 0; s->choice && s->choice(k); k++) {
			assert_non_null(strstr(range, s->choice(k)));
			assert_int_equal(setting_set(&set, s->id, s->choice(k), err, sizeof(err)), 0);
			assert_true(set.value[i] == k);
		}
		/* steps stay in range, and choices come round */
		for (int k = 0; k < 100; k++) {
			setting_step(&set, s->id, k < 50 ? 1 : -1);
			setting_text(&set, s->id, text);
			assert_int_equal(setting_set(&set, s->id, text, err, sizeof(err)), 0);
		}
	}
}

/* A number may have its unit behind it, as the screen and the manual write it. */
static void numbers_with_units(void **state)
{
	static const struct {
		const char *text;
		enum setting_id id;
		double value;
	} cases[] = {{"5 seconds", SET_DELAY, 5},
		     {"0.5s", SET_DELAY, 0.5},
		     {"2 s", SET_DELAY, 2},
		     {"3seconds", SET_DELAY, 3},
		     {"10 MB/s", SET_BANDWIDTH, 10},
		     {"20", SET_BANDWIDTH, 20},
		     {"15 %", SET_LIMITS + LIMIT_STEAL, 15}};
	static const char *const wrong[] = {"5 minutes", "5 ss", "s", "", "5 MB/s"};
	struct settings set;
	char err[256], text[128];

	(void)state;
	settings_init(&set);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (setting_set(&set, cases[i].id, cases[i].text, err, sizeof(err)))
			fail_msg("%s: %s", cases[i].text, err);
		assert_true(set.value[cases[i].id] == cases[i].value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(setting_set(&set, SET_DELAY, wrong[i], err, sizeof(err)), -EINVAL);
	assert_int_equal(setting_set(&set, SET_BANDWIDTH, "10s MB/s", err, sizeof(err)), -EINVAL);
	/* each unit that is told is taken */
	for (int i = 0; i < SETTINGS; i++) {
		if (setting_table[i].choice)
			continue;
		snprintf(text, sizeof(text), "%g %s", setting_table[i].high, setting_table[i].unit);
		assert_int_equal(setting_set(&set, (enum setting_id)i, text, err, sizeof(err)), 0);
		assert_true(set.value[i] == setting_table[i].high);
	}
}

static void wrong_lines_are_named(void **state)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{"nonsense", "not set, bind, columns or threshold"},
		{"set", "takes a name and a value"},
		{"set nosuch 1", "no setting \"nosuch\""},
		{"set delay", "takes a name and a value"},
		{"set delay 0", "0.1 to 3600 seconds"},
		{"set delay nan", "0.1 to 3600"},
		{"set delay 1e99", "0.1 to 3600"},
		{"set theme pink", "auto, dark, light, mono, color-blind"},
		{"set units s", "auto, us, ns"},
		{"bind", "takes a key and an action"},
		{"bind Nokey up", "no key \"Nokey\""},
		{"bind x nosuch", "no action \"nosuch\""},
		{"bind x up extra", "takes a key and an action"},
		{"bind x line-erase", "types text"},
		{"columns vm", "takes a view"},
		{"columns nosuch vm", "no view"},
		{"columns vm vm,nosuch", "no column \"nosuch\""},
		{"columns vm vm,vm", "twice"},
		{"threshold vm p99", "takes a view"},
		{"threshold vm nosuch 1", "no column"},
		{"threshold vm vm 1", "no number"},
		{"threshold vm p99 5%", "500us 5ms"},
		{"threshold vm p99 1ms 2ms 3ms", "one number or two"},
		{"threshold vm p99 5ms 1ms", "the worse one"},
		{"threshold vm wait 5ms", "10% 50%"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct settings set, before;
		char err[256] = "";

		settings_init(&set);
		before = set;
		assert_int_equal(settings_line(&set, cases[i].line, err, sizeof(err)), -EINVAL);
		if (!strstr(err, cases[i].says))
			fail_msg("%s: %s", cases[i].line, err);
		assert_null(strchr(err, '\n'));
		assert_memory_equal(&set, &before, sizeof(set));
	}
}

static void file_there_and_back(void **state)
{
	static const char text[] = "# mine\n\nset delay 2.5\n  set theme light  \n# keys\nbind x freeze\nbind q none\n"
				   "columns vm vm,max,wait\nthreshold vm p99 500us 5ms\nthreshold vcpu wait 1.5%\n"
				   "threshold vm exits 1.5k 2M\nset units ns\n";
	struct settings set, back;
	struct rc_report report;
	char err[256];
	struct stat st;

	(void)state;
	settings_init(&set);
	rc_read(path, &set, &report);
	assert_false(report.found);
	assert_int_equal(report.errors, 0);
	/* folders are made */
	assert_int_equal(rc_write(path, &set, err, sizeof(err)), 0);
	put_file(text);
	assert_int_equal(chmod(path, 0600), 0);
	rc_read(path, &set, &report);
	assert_true(report.found);
	if (report.errors)
		fail_msg("%s", report.line[0]);
	assert_true(set.value[SET_DELAY] == 2.5 && set.value[SET_UNITS] == UNITS_NS);
	assert_int_equal(set.binding_count, 2);
	assert_int_equal(set.columns[VIEW_VM].count, 3);
	assert_int_equal(set.threshold_count, 3);
	assert_true(set.thresholds[0].warn == 500e3 && set.thresholds[0].crit == 5e6);
	assert_true(set.thresholds[1].warn == 0.015);
	assert_true(set.thresholds[2].warn == 1500 && set.thresholds[2].crit == 2e6);
	set.value[SET_DELAY] = 7;
	assert_int_equal(rc_write(path, &set, err, sizeof(err)), 0);
	settings_init(&back);
	rc_read(path, &back, &report);
	assert_int_equal(report.errors, 0);
	assert_memory_equal(&back, &set, sizeof(set));
	/* comments and their places survive, and so does the mode */
	assert_memory_equal(get_file(), "# mine\n\nset delay 7\nset theme light\n# keys\n", 41);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* and the owner, when root saves what is another's */
	if (geteuid())
		return;
	assert_int_equal(chown(path, 65534, 65533), 0);
	assert_int_equal(rc_write(path, &set, err, sizeof(err)), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_uid, 65534);
	assert_int_equal(st.st_gid, 65533);
}

static void errors_have_line_numbers(void **state)
{
	struct settings set;
	struct rc_report report;
	char line[4096], err[256], other[160];

	(void)state;
	settings_init(&set);
	assert_int_equal(rc_write(path, &set, err, sizeof(err)), 0);
	put_file("set delay 3\nset delay 0\n# fine\nrubbish\nset units us\n");
	rc_read(path, &set, &report);
	assert_int_equal(report.errors, 2);
	assert_non_null(strstr(report.line[0], "kvmtoprc:2: delay is"));
	assert_non_null(strstr(report.line[1], "kvmtoprc:4: \"rubbish\""));
	/* what is right holds all the same */
	assert_true(set.value[SET_DELAY] == 3 && set.value[SET_UNITS] == UNITS_US);
	/* and what is not understood is not thrown away either */
	assert_int_equal(rc_write(path, &set, err, sizeof(err)), 0);
	assert_non_null(strstr(get_file(), "\nrubbish\n"));
	memset(line, 'x', sizeof(line) - 2);
	strcpy(line + sizeof(line) - 2, "\n");
	put_file(line);
	rc_read(path, &set, &report);
	assert_int_equal(report.errors, 1);
	assert_non_null(strstr(report.line[0], ":1: the line is too long"));
	/* a long line that is a comment is none, and each is kept as long as it is */
	memset(line, 'y', sizeof(line) - 2);
	memcpy(line, "# ", 2);
	put_file(line);
	rc_read(path, &set, &report);
	assert_int_equal(report.errors, 0);
	assert_int_equal(rc_write(path, &set, err, sizeof(err)), 0);
	assert_int_equal(strncmp(get_file(), line, strlen(line)), 0);
	/* through a link: it stays one */
	snprintf(other, sizeof(other), "%s/a/b/link", dir);
	assert_int_equal(symlink("kvmtoprc", other), 0);
	assert_int_equal(rc_write(other, &set, err, sizeof(err)), 0);
	settings_init(&set);
	rc_read(path, &set, &report);
	assert_true(set.value[SET_DELAY] == 3);
	/* a folder cannot be written over */
	assert_true(rc_write(dir, &set, err, sizeof(err)) < 0);
	assert_non_null(strstr(err, "cannot save"));
}

static void random_files(void **state)
{
	static const char *const words[] = {"set",   "bind", "columns", "threshold", "vm",     "vcpu", "p99",
					    "delay", "1ms",  "theme",   "none",      "x",      "F5",   "%",
					    ",",     "-1",   "\xff",    "#",         "freeze", "\n",   "\n",
					    "1e300", "max",  "dark",    "\t",        "0",      "\0"};
	struct settings set;
	struct rc_report report;
	u32 seed = 7;

	(void)state;
	settings_init(&set);
	assert_int_equal(rc_write(path, &set, (char[256]){0}, 256), 0);
	for (int run = 0; run < 300; run++) {
		FILE *file = fopen(path, "w");
		char err[256];

		for (u32 i = check_random(&seed) % 60; i; i--)
			fprintf(file, "%s ", words[check_random(&seed) % ARRAY_SIZE(words)]);
		fclose(file);
		settings_init(&set);
		rc_read(path, &set, &report);
		for (int i = 0; i < report.errors && i < RC_ERRORS; i++)
			assert_null(strchr(report.line[i], '\n'));
		for (int i = 0; i < SETTINGS; i++)
			assert_true(setting_table[i].choice ? setting_table[i].choice((int)set.value[i]) != NULL
							    : set.value[i] >= setting_table[i].low &&
								      set.value[i] <= setting_table[i].high);
		assert_int_equal(rc_write(path, &set, err, sizeof(err)), 0);
	}
}

static void keys_can_be_bound(void **state)
{
	struct check_host host = {0};
	u32 keys[KEYS_MAX];
	char err[128];

	(void)state;
	check_open(&host, "3x2x4", 2);
	assert_int_equal(settings_bind(&host.app.set, 'x', ACT_FREEZE, err, sizeof(err)), 0);
	check_press(&host, 'x');
	assert_true(host.app.frozen);
	check_press(&host, ' ');
	assert_false(host.app.frozen);
	assert_int_equal(settings_keys(&host.app.set, action_by_id(ACT_FREEZE), keys), 2);
	assert_int_equal(keys[0], 'x');
	/* taken over by another action, in the contexts of that one */
	assert_int_equal(settings_bind(&host.app.set, ' ', ACT_HELP, err, sizeof(err)), 0);
	assert_int_equal(settings_keys(&host.app.set, action_by_id(ACT_FREEZE), keys), 1);
	check_press(&host, ' ');
	assert_true(host.app.help);
	check_press(&host, K_ESC);
	/* taken away */
	assert_int_equal(settings_bind(&host.app.set, 'q', ACT_NONE, err, sizeof(err)), 0);
	assert_int_equal(check_press(&host, 'q') & APP_QUIT, 0);
	/* and while one types, all letters type */
	check_press(&host, '/');
	check_press(&host, 'x');
	check_press(&host, 'q');
	check_press(&host, ' ');
	assert_string_equal(host.app.line.text, "xq ");
	check_press(&host, K_ESC);
	settings_unbind(&host.app.set, ACT_FREEZE);
	assert_int_equal(settings_keys(&host.app.set, action_by_id(ACT_FREEZE), keys), 1);
	assert_int_equal(keys[0], ' ');
	check_close(&host);
}

/* Every way of looking at durations and shares, on the screen. */
static void units_and_shares(void **state)
{
	struct check_host host = {0};
	const struct column *max, *guest;
	struct value value = {0};
	union row_ref row;
	char text[CELL_BUF];
	double plain;

	(void)state;
	check_open(&host, "3x4x4", 3);
	max = &view_columns(VIEW_VM)->columns[column_find(view_columns(VIEW_VM), "max")];
	guest = &view_columns(VIEW_VM)->columns[column_find(view_columns(VIEW_VM), "guest")];
	row = host.app.rows.ref[0];
	value = (struct value){.known = true, .num = 3.2e9};
	cell_format(max, &host.app.set, row, VIEW_VM, &value, cell_width(max, &host.app.set), text);
	assert_string_equal(text, "3.20s");
	host.app.set.value[SET_UNITS] = UNITS_US;
	cell_format(max, &host.app.set, row, VIEW_VM, &value, cell_width(max, &host.app.set), text);
	assert_string_equal(text, "3200000us");
	host.app.set.value[SET_UNITS] = UNITS_NS;
	cell_format(max, &host.app.set, row, VIEW_VM, &value, cell_width(max, &host.app.set), text);
	assert_string_equal(text, "3200000000ns");
	column_value(guest, host.app.snap, row, &value);
	cell_format(guest, &host.app.set, row, VIEW_VM, &value, 5, text);
	plain = atof(text);
	host.app.set.value[SET_SHARES] = SHARES_IRIX;
	app_setting_changed(&host.app, SET_SHARES);
	cell_format(guest, &host.app.set, row, VIEW_VM, &value, 5, text);
	/* four vCPUs */
	assert_true(atof(text) > plain * 3.9 && atof(text) < plain * 4.1);
	check_close(&host);
}

static void thresholds_style_cells(void **state)
{
	struct check_host host = {0};
	const struct view_columns *cols = view_columns(VIEW_VM);
	int at = column_find(cols, "max");
	struct value value = {.known = true, .num = 2e6};
	char text[CELL_BUF], err[128];

	(void)state;
	check_open(&host, "3x4x4", 3);
	assert_int_equal(cell_format(&cols->columns[at], &host.app.set, host.app.rows.ref[0], VIEW_VM, &value, 6, text),
			 STYLE_NORMAL);
	assert_int_equal(settings_set_threshold(&host.app.set, VIEW_VM, (u32)at, "1ms 1s", err, sizeof(err)), 0);
	assert_int_equal(cell_format(&cols->columns[at], &host.app.set, host.app.rows.ref[0], VIEW_VM, &value, 6, text),
			 STYLE_WARN);
	value.num = 3e9;
	assert_int_equal(cell_format(&cols->columns[at], &host.app.set, host.app.rows.ref[0], VIEW_VM, &value, 6, text),
			 STYLE_CRIT);
	assert_int_equal(settings_set_threshold(&host.app.set, VIEW_VM, (u32)at, "default", err, sizeof(err)), 0);
	assert_int_equal(host.app.set.threshold_count, 0);
	check_close(&host);
}

/* Every theme tells apart what must be told apart, on terminals of 8 colours too; the plain one has no colours. */
static void themes_tell_apart(void **state)
{
	static const enum style apart[] = {STYLE_GUEST, STYLE_KVM, STYLE_USER, STYLE_POLL, STYLE_HALT, STYLE_WAIT};

	(void)state;
	for (int t = 0; t < THEMES; t++) {
		const struct theme *theme = theme_table[t];

		assert_ptr_equal(theme_find(theme->name), theme);
		for (int style = 0; style < STYLES; style++)
			for (int many = 0; many < 2; many++) {
				struct look look = style_look(theme, (enum style)style, STYLE_NORMAL, false, many);

				assert_true(look.fg >= -1 && look.fg < (many ? 256 : 8));
				assert_true(look.bg >= -1 && look.bg < (many ? 256 : 8));
				/* never invisible */
				assert_true(look.fg < 0 || look.fg != look.bg);
				if (!theme->color)
					assert_true(look.fg < 0 && look.bg < 0);
			}
		for (size_t a = 0; theme->color && a < ARRAY_SIZE(apart); a++)
			for (size_t b = a + 1; b < ARRAY_SIZE(apart); b++)
				for (int many = 0; many < 2; many++)
					assert_int_not_equal(style_look(theme, apart[a], STYLE_NORMAL, false, many).fg,
							     style_look(theme, apart[b], STYLE_NORMAL, false, many).fg);
	}
	assert_ptr_equal(theme_guess("0;15"), theme_find("light"));
	assert_ptr_equal(theme_guess("15;default;0"), &theme_dark);
	assert_ptr_equal(theme_guess(NULL), &theme_dark);
}

static void theme_key_goes_round(void **state)
{
	struct check_host host = {0};
	struct grid grid = {0};

	(void)state;
	check_open(&host, "3x2x4", 2);
	for (int i = 0; i <= THEMES; i++) {
		assert_ptr_equal(app_theme(&host.app), i ? theme_table[i - 1] : &theme_dark);
		assert_int_equal(render(&host.app, &grid), 0);
		assert_int_equal(grid.color, app_theme(&host.app)->color);
		check_press(&host, 'C');
		assert_non_null(strstr(host.app.notice, "theme: "));
	}
	assert_true(host.app.set.value[SET_THEME] == 0);
	host.app.color = false;
	check_press(&host, 'C');
	assert_ptr_equal(app_theme(&host.app), &theme_mono);
	grid_free(&grid);
	check_close(&host);
}

/* The screen changes what it shows: values, thresholds, keys. */
static void screen_changes_settings(void **state)
{
	struct check_host host = {0};
	struct setting_row row;
	int n = 0;

	(void)state;
	check_open(&host, "3x2x4", 2);
	check_press(&host, 'S');
	assert_int_equal(app_context(&host.app), CTX_SETTINGS);
	/* the first one is a number, and is typed */
	check_press(&host, K_ENTER);
	check_press(&host, K_CTRL('U'));
	check_press(&host, 'x');
	assert_true(host.app.line_error[0] != '\0');
	check_press(&host, K_BACKSPACE);
	check_press(&host, '5');
	assert_true(check_press(&host, K_ENTER) & APP_DELAY);
	assert_true(host.app.delay == 5);
	check_press(&host, K_RIGHT);
	assert_true(host.app.delay == 10);
	check_press(&host, K_DELETE);
	assert_true(host.app.delay == 1);
	/* a choice goes round */
	check_press(&host, K_DOWN);
	check_press(&host, K_ENTER);
	assert_true(host.app.set.value[SET_UNITS] == UNITS_US);
	check_press(&host, K_LEFT);
	assert_true(host.app.set.value[SET_UNITS] == UNITS_AUTO);
	/* a threshold is typed */
	while (setting_row_at(&host.app, n, &row) &&
	       (row.kind != ROW_THRESHOLD || strcmp(view_columns(VIEW_VM)->columns[row.index].name, "p99") != 0))
		n++;
	host.app.overlay_at = n;
	check_press(&host, K_ENTER);
	check_press(&host, K_CTRL('U'));
	for (const char *p = "70us 9ms"; *p; p++)
		check_press(&host, (u32)*p);
	check_press(&host, K_ENTER);
	assert_int_equal(host.app.set.threshold_count, 1);
	assert_true(host.app.set.thresholds[0].warn == 70e3 && host.app.set.thresholds[0].crit == 9e6);
	check_press(&host, K_DELETE);
	assert_int_equal(host.app.set.threshold_count, 0);
	/* a key is pressed */
	while (setting_row_at(&host.app, n, &row) && (row.kind != ROW_KEY || action_table[row.index].id != ACT_FREEZE))
		n++;
	host.app.overlay_at = n;
	check_press(&host, K_ENTER);
	check_press(&host, K_F1 + 8);
	assert_int_equal(host.app.set.binding_count, 1);
	check_press(&host, K_ENTER);
	check_press(&host, K_ESC);
	assert_int_equal(host.app.set.binding_count, 1);
	check_press(&host, K_ESC);
	assert_int_equal(app_context(&host.app), CTX_VM);
	check_press(&host, K_F1 + 8);
	assert_true(host.app.frozen);
	/* W asks for the file */
	assert_true(check_press(&host, 'W') & APP_SAVE);
	app_save(&host.app);
	assert_non_null(strstr(host.app.notice, "nowhere to save"));
	check_close(&host);
}

static void columns_are_chosen(void **state)
{
	struct check_host host = {0};
	u8 order[VIEW_COLUMNS];
	int all = (int)view_columns(VIEW_VM)->count;

	(void)state;
	check_open(&host, "3x2x4", 2);
	check_press(&host, 'F');
	check_press(&host, K_DOWN);
	check_press(&host, ' ');
	assert_int_equal(settings_columns(&host.app.set, VIEW_VM, order), all - 1);
	assert_int_equal(order[1], 2);
	check_press(&host, '>');
	assert_int_equal(order[1], 2);
	settings_columns(&host.app.set, VIEW_VM, order);
	assert_int_equal(order[1], 3);
	assert_int_equal(order[2], 2);
	/* back again: the hidden one is the last, and comes to the end of the others */
	check_press(&host, K_END);
	check_press(&host, ' ');
	assert_int_equal(settings_columns(&host.app.set, VIEW_VM, order), all);
	assert_int_equal(order[all - 1], 1);
	check_press(&host, 'r');
	assert_int_equal(host.app.set.columns[VIEW_VM].count, 0);
	/* never none at all */
	for (int i = 0; i < all + 3; i++) {
		check_press(&host, K_HOME);
		check_press(&host, ' ');
	}
	assert_int_equal(settings_columns(&host.app.set, VIEW_VM, order), 1);
	check_press(&host, K_ESC);
	/* sorting goes by what is shown */
	check_press(&host, '>');
	check_press(&host, '>');
	assert_int_equal(host.app.views[VIEW_VM].sort, order[0]);
	check_close(&host);
}

static bool shows(const struct app *app, const char *text)
{
	static char line[GRID_MAX_W * CELL_TEXT];
	struct grid grid = {0};
	bool found = false;

	assert_int_equal(render(app, &grid), 0);
	for (int y = 0; y < grid.h && !found; y++) {
		line[0] = '\0';
		for (int x = 0; x < grid.w; x++)
			strcat(line, grid.cells[y * grid.w + x].text);
		found = strstr(line, text);
	}
	grid_free(&grid);
	return found;
}

/* The first start says where to begin, until a key is pressed; who has a file of settings is not told. */
static void first_start_is_told(void **state)
{
	struct rc_report report = {.found = false};
	struct loop_options opts = {.delay = 1, .rc = &report};
	struct check_host host = {0};

	(void)state;
	check_open(&host, "3x2x4", 2);
	assert_false(shows(&host.app, "where to begin"));
	app_options(&host.app, &opts);
	assert_true(shows(&host.app, "where to begin"));
	/* it is in nobody's way: the first rows are seen, and small screens are left alone */
	assert_true(shows(&host.app, "web01"));
	app_resize(&host.app, 40, 10);
	assert_false(shows(&host.app, "where to begin"));
	app_resize(&host.app, 80, 24);
	check_press(&host, K_DOWN);
	assert_false(shows(&host.app, "where to begin"));
	assert_int_equal(host.app.selected, 1);
	report.found = true;
	app_options(&host.app, &opts);
	assert_false(shows(&host.app, "where to begin"));
	/* what is wrong in the file is */
	report.errors = 2;
	strcpy(report.line[0], "kvmtoprc:3: no");
	app_options(&host.app, &opts);
	assert_true(shows(&host.app, "kvmtoprc:3: no (and 1 more)"));
	check_press(&host, 'S');
	assert_true(shows(&host.app, "kvmtoprc:3: no"));
	check_close(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_whole),
		cmocka_unit_test(numbers_with_units),
		cmocka_unit_test(wrong_lines_are_named),
		cmocka_unit_test_setup_teardown(file_there_and_back, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(errors_have_line_numbers, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(random_files, make_dir, remove_dir),
		cmocka_unit_test(keys_can_be_bound),
		cmocka_unit_test(units_and_shares),
		cmocka_unit_test(thresholds_style_cells),
		cmocka_unit_test(themes_tell_apart),
		cmocka_unit_test(theme_key_goes_round),
		cmocka_unit_test(screen_changes_settings),
		cmocka_unit_test(columns_are_chosen),
		cmocka_unit_test(first_start_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
