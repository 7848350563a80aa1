/* SPDX-License-Identifier: GPL-2.0-only */
/* Going through time: the ring of a live host, recordings, marks, pace, and what the screen says of it. */
#include <poll.h>
#include <stdatomic.h>
#include <time.h>

#include "../../ui/render.h"

#include "sweep.h"
#include "travel_check.h"

static void type(struct check_host *host, const char *text)
{
	u32 code;

	while ((code = utf8_next(&text)))
		check_press(host, code);
}

static void go(struct check_host *host, const char *text)
{
	check_press(host, '@');
	type(host, text);
	check_press(host, K_ENTER);
}

static bool notice(const struct check_host *host, const char *text)
{
	return strstr(host->app.notice, text) != NULL;
}

static void badge(const struct check_host *host, const char *text)
{
	char got[96];

	travel_badge(&host->app, got, sizeof(got));
	assert_string_equal(got, text);
}

static void texts_say_where_to(void **state)
{
	static const struct {
		const char *text;
		enum travel_go go;
		s64 by;
	} good[] = {
		{"14:03:22", GO_CLOCK, 50602},
		{" 14:03 ", GO_CLOCK, 50580},
		{"0:00", GO_CLOCK, 0},
		{"-2m", GO_BY, -120 * (s64)NSEC_PER_SEC},
		{"2m", GO_BY, -120 * (s64)NSEC_PER_SEC},
		{"+30s", GO_BY, 30 * (s64)NSEC_PER_SEC},
		{"+30", GO_BY, 30 * (s64)NSEC_PER_SEC},
		{"-1h30m5s", GO_BY, -5405 * (s64)NSEC_PER_SEC},
		{"-0.5s", GO_BY, -(s64)NSEC_PER_SEC / 2},
		{"1970-01-02 00:00:01", GO_DATE, 86401},
		{"2026-11-23T14:03:22", GO_DATE, 1795442602},
	};
	static const char *const bad[] = {"",           "x",       "14:",  "24:00", "12:60",        "12:30:99",
					  "12:30:5x",   "-",       "+",    "--2m",  "2x",           "2mm",
					  "m2",         "1e999d",  "nan",  "inf",   "99999999999d", "2026-13-01 1:00",
					  "2026-11-23", "12:30 x", "12:3:"};
	enum travel_go to;
	char err[64];
	s64 by;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		if (travel_parse(good[i].text, &to, &by, err, sizeof(err)) || to != good[i].go || by != good[i].by)
			fail_msg("%s: %d %lld", good[i].text, to, (long long)by);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (travel_parse(bad[i], &to, &by, err, sizeof(err)) != -EINVAL)
			fail_msg("%s: %d %lld", bad[i], to, (long long)by);
}

/* Whatever is shown is what was shown then, in every view and order, while collection goes on. */
static void the_past_is_as_it_was(void **state)
{
	struct sample *all = synthetic_samples("4x3x10:2", 90);
	struct check_host host;
	struct snapshot want = {0};

	(void)state;
	check_open(&host, "4x3x10:2", 60);
	badge(&host, " LIVE ");
	check_press(&host, '[');
	assert_int_equal(at(&host), 59);
	assert_true(host.app.frozen);
	badge(&host, " FROZEN 1.00s ");
	for (int i = 0; i < 30; i++)
		check_tick(&host);
	assert_int_equal(at(&host), 59);
	assert_int_equal(feed_newest(&host.feed)->seq, 90);
	badge(&host, " FROZEN 31.0s ");
	for (u32 i = 0; i < 300; i++) {
		static const u32 keys[] = {'[', '[', ']', '{', '}', '(',     ')',
					   '1', '2', '3', 'e', 'M', K_ENTER, K_BACKSPACE};
		u64 seq;

		check_press(&host, keys[i * 7 % ARRAY_SIZE(keys)]);
		seq = at(&host);
		assert_true(seq >= 1 && seq <= 90);
		assert_int_equal(snapshot_build(&want, seq > 1 ? &all[seq - 2] : NULL, &all[seq - 1], false), 0);
		assert_int_equal(host.app.snap->interval_ns, want.interval_ns);
		assert_int_equal(host.app.snap->vcpu_exit_count, want.vcpu_exit_count);
		assert_memory_equal(&host.app.snap->budget, &want.budget, sizeof(want.budget));
		for (u32 r = 0; r < want.vcpu_exit_count; r++)
			assert_memory_equal(&host.app.snap->vcpu_exits[r].f, &want.vcpu_exits[r].f,
					    offsetof(struct exit_figures, hist));
	}
	/* to the live screen */
	check_press(&host, ' ');
	assert_false(host.app.frozen);
	assert_int_equal(at(&host), 90);
	/* frozen there, percentiles are what they were, whatever became of the sample before it */
	check_press(&host, ' ');
	for (int i = 0; i < 3; i++)
		check_tick(&host);
	assert_int_equal(at(&host), 90);
	assert_int_equal(snapshot_build(&want, &all[88], &all[89], false), 0);
	for (u32 r = 0; r < want.vcpu_exit_count; r++)
		assert_int_equal(exit_durations(host.app.snap, &host.app.snap->vcpu_exits[r])->p99_ns,
				 want.vcpu_exits[r].f.p99_ns);
	snapshot_free(&want);
	check_close(&host);
	samples_free(all, 90);
}

static void one_goes_to_a_time(void **state)
{
	struct check_host host;
	char clock[32];

	(void)state;
	/* the synthetic host begins at 2026-01-01 00:00:01 UTC */
	setenv("TZ", "UTC", 1);
	tzset();
	check_open(&host, "2x2x4", 300);
	strcpy(clock, "x");
	go(&host, "-2m");
	assert_int_equal(at(&host), 180);
	go(&host, "+30s");
	assert_int_equal(at(&host), 210);
	go(&host, "00:01:00");
	assert_int_equal(host.app.snap->cur->real_ns / NSEC_PER_SEC % 86400, 60);
	go(&host, "2026-01-01 00:02:00");
	assert_int_equal(host.app.snap->cur->real_ns / NSEC_PER_SEC % 86400, 120);
	/* beyond the ends: the ends, and that is said */
	go(&host, "2025-12-31 00:00:00");
	assert_int_equal(at(&host), 1);
	assert_true(notice(&host, "what is kept begins at 00:00:0"));
	go(&host, "2026-01-01 10:00:00");
	assert_int_equal(at(&host), 300);
	assert_true(notice(&host, "what is kept ends at 00:0"));
	/* this time of the day was yesterday */
	go(&host, "23:59:59");
	assert_int_equal(at(&host), 1);
	go(&host, "+0.1s");
	assert_int_equal(at(&host), 2);
	check_press(&host, '(');
	check_press(&host, '[');
	assert_true(notice(&host, "the oldest sample"));
	check_press(&host, ')');
	check_press(&host, '}');
	assert_true(notice(&host, "the newest sample"));
	/* what is wrong is said as it is typed, and goes nowhere */
	check_press(&host, '@');
	type(&host, "12:99");
	assert_true(host.app.line_error[0] != '\0');
	check_press(&host, K_ENTER);
	assert_int_equal(host.app.prompt, PROMPT_TIME);
	check_press(&host, K_ESC);
	assert_int_equal(at(&host), 300);
	check_close(&host);
}

/* All from A to B as one interval, and the change of each figure from A's interval to B's. */
static void moments_are_compared(void **state)
{
	struct sample *all = synthetic_samples("4x3x10:5", 100);
	struct snapshot span = {0}, a = {0}, b = {0};
	struct check_host host;
	const struct column *col = column_find_any("exits");
	struct grid grid = {0};
	double before = 0;
	char text[96];

	(void)state;
	check_open(&host, "4x3x10:5", 100);
	check_press(&host, '=');
	assert_true(notice(&host, "first mark"));
	check_press(&host, '\'');
	assert_true(notice(&host, "first mark"));
	go(&host, "-60s");
	check_press(&host, 'a');
	assert_int_equal(host.app.travel.mark_seq, 40);
	go(&host, "+40s");
	check_press(&host, '=');
	assert_int_equal(snapshot_build(&span, &all[39], &all[79], false), 0);
	assert_int_equal(host.app.snap->interval_ns, 40 * NSEC_PER_SEC);
	assert_int_equal(host.app.snap->exits, span.exits);
	assert_memory_equal(&host.app.snap->budget, &span.budget, sizeof(span.budget));
	travel_mark_badge(&host.app, text, sizeof(text));
	assert_non_null(strstr(text, " TO HERE: 40.0s "));
	/* the other way round it is the same interval */
	check_press(&host, '\'');
	assert_int_equal(at(&host), 40);
	go(&host, "-10s");
	assert_int_equal(host.app.snap->interval_ns, 10 * NSEC_PER_SEC);
	assert_int_equal(host.app.snap->cur->seq, 40);
	go(&host, "+50s");
	/* what changed, and the most of it first */
	check_press(&host, '=');
	assert_int_equal(snapshot_build(&a, &all[38], &all[39], false), 0);
	assert_int_equal(snapshot_build(&b, &all[78], &all[79], false), 0);
	assert_int_equal(at(&host), 80);
	assert_int_equal(app_set_sort(&host.app, "exits"), 0);
	assert_true(host.app.rows.count >= 3);
	for (u32 i = 0; i < host.app.rows.count; i++) {
		const struct vm_row *row = host.app.rows.ref[i].vm, *then = snapshot_find_vm(&a, row->uid);
		double want = snapshot_rate(&b, snapshot_find_vm(&b, row->uid)->exits) -
			      (then ? snapshot_rate(&a, then->exits) : 0);
		struct value value;

		column_value(col, host.app.snap, host.app.rows.ref[i], &value);
		assert_true(value.known && value.change);
		assert_float_equal(value.num, want, 0.001);
		assert_true(!i || value.num <= before);
		before = value.num;
	}
	app_resize(&host.app, 140, 30);
	assert_int_equal(render(&host.app, &grid), 0);
	assert_true(grid_has(&grid, "CHANGE SINCE A"));
	/* with itself nothing changed */
	check_press(&host, '\'');
	for (u32 i = 0; i < host.app.rows.count; i++) {
		struct value value;

		column_value(col, host.app.snap, host.app.rows.ref[i], &value);
		assert_true(value.num == 0);
	}
	check_press(&host, '=');
	assert_int_equal(host.app.travel.compare, COMPARE_OFF);
	assert_null(host.app.snap->base);
	/* A stays what it was after the ring has dropped it, and while the screen is live */
	check_press(&host, ' ');
	check_press(&host, '=');
	for (int i = 0; i < 700; i++)
		check_tick(&host);
	assert_true(past_first(&host.feed.past) > 40);
	assert_int_equal(host.app.snap->interval_ns, 760 * NSEC_PER_SEC);
	check_press(&host, '\'');
	assert_true(notice(&host, "not kept any more"));
	check_press(&host, ' ');
	check_press(&host, 'a');
	check_press(&host, 'a');
	assert_int_equal(host.app.travel.mark_seq, 0);
	assert_int_equal(host.app.travel.compare, COMPARE_OFF);
	snapshot_free(&span);
	snapshot_free(&a);
	snapshot_free(&b);
	grid_free(&grid);
	check_close(&host);
	samples_free(all, 100);
}

static void a_recording_is_a_player(void **state)
{
	struct check_host host;

	(void)state;
	check_replay(&host, "3x2x6", 100);
	assert_int_equal(at(&host), 2);
	badge(&host, " REPLAY 0:01/1:39 ");
	assert_float_equal(journey_pace(&host.feed, &host.app), 1, 0.001);
	check_press(&host, '+');
	check_press(&host, '+');
	assert_float_equal(journey_pace(&host.feed, &host.app), 0.25, 0.001);
	badge(&host, " REPLAY 0:01/1:39 x4 ");
	for (int i = 0; i < 20; i++)
		check_press(&host, '-');
	assert_float_equal(journey_pace(&host.feed, &host.app), 8, 0.001);
	for (int i = 0; i < 3; i++)
		check_press(&host, '+');
	check_press(&host, 'd');
	assert_true(notice(&host, "its own pace"));
	/* held, it stands still; stepped through, it stays held, and goes on from there */
	check_press(&host, ' ');
	badge(&host, " PAUSED 0:01/1:39 ");
	assert_false(journey_runs(&host.feed, &host.app));
	check_press(&host, ']');
	check_press(&host, '}');
	assert_int_equal(at(&host), 63);
	check_press(&host, ' ');
	assert_true(journey_runs(&host.feed, &host.app));
	check_tick(&host);
	assert_int_equal(at(&host), 64);
	assert_int_equal(host.app.snap->interval_ns, NSEC_PER_SEC);
	check_press(&host, 'D');
	assert_true(notice(&host, "a recording already"));
	/* to the end, and back from it */
	check_press(&host, ')');
	check_press(&host, ' ');
	check_tick(&host);
	badge(&host, " REPLAY, END 1:39 ");
	assert_false(journey_runs(&host.feed, &host.app));
	check_press(&host, '{');
	badge(&host, " PAUSED 0:39/1:39 ");
	check_press(&host, ' ');
	check_tick(&host);
	assert_int_equal(at(&host), 41);
	check_close(&host);
}

/* What the recording lost is said where it is missing, and nowhere else. */
static void a_hole_is_on_the_screen(void **state)
{
	struct check_host host;
	struct grid grid = {0};
	size_t len;
	u8 *bytes;
	int err, seen = 0;
	char error[256];

	(void)state;
	check_replay(&host, "2x2x6", 70);
	check_close(&host);
	bytes = file_bytes(scratch_path("replay"), &len);
	bytes[len / 2] ^= 0x40;
	write_bytes(scratch_path("replay"), bytes, len);
	free(bytes);
	memset(&host, 0, sizeof(host));
	host.source = source_replay_open(scratch_path("replay"), &err, error, sizeof(error));
	assert_non_null(host.source);
	feed_init(&host.feed, host.source);
	assert_int_equal(app_init(&host.app, VIEW_VM, NULL, NULL, error, sizeof(error)), 0);
	host.app.replay = true;
	assert_int_equal(journey_begin(&host.feed, &host.app, &host.opts), 0);
	while (check_tick(&host), !host.feed.ended) {
		bool missing = host.app.snap->cur->missing > 0;

		assert_int_equal(render(&host.app, &grid), 0);
		assert_int_equal(grid_has(&grid, "MISSING: "), missing);
		/* a hole is not waited for */
		if (replay_position(host.feed.replay) < replay_count(host.feed.replay))
			assert_float_equal(journey_pace(&host.feed, &host.app), 1, 0.001);
		seen += missing;
	}
	assert_int_equal(seen, 1);
	grid_free(&grid);
	check_close(&host);
}

/* Damaged at any place, a recording is gone through to and fro like any other: nothing but less of it. */
static void damaged_recordings_are_travelled(void **state)
{
	static const u32 keys[] = {'[', ']', '{', '}', '(', ')', 'a', '=', ' ', '\'', '3', K_ENTER, K_BACKSPACE};
	struct sample *all = synthetic_samples("2x2x5", 70);
	u64 seed = 77;
	u8 *good, *bytes;
	size_t len;

	(void)state;
	record_all(scratch_path("flip"), all, 70, NULL);
	good = file_bytes(scratch_path("flip"), &len);
	bytes = malloc(len);
	assert_non_null(bytes);
	for (u32 i = 0; i < sweep(15, 60); i++) {
		struct check_host host = {0};
		char error[256];
		int err;

		memcpy(bytes, good, len);
		for (u32 k = 0; k < 1 + i % 5; k++)
			bytes[rnd(&seed) % len] ^= (u8)(1 << rnd(&seed) % 8);
		write_bytes(scratch_path("flip"), bytes, i % 3 ? len : len / 2);
		host.source = source_replay_open(scratch_path("flip"), &err, error, sizeof(error));
		if (!host.source) {
			assert_true(err < 0 && error[0]);
			continue;
		}
		feed_init(&host.feed, host.source);
		assert_int_equal(app_init(&host.app, VIEW_VM, NULL, NULL, error, sizeof(error)), 0);
		host.app.replay = true;
		assert_int_equal(journey_begin(&host.feed, &host.app, &host.opts), 0);
		check_tick(&host);
		for (u32 k = 0; k < 60; k++) {
			check_press(&host, keys[rnd(&seed) % ARRAY_SIZE(keys)]);
			if (journey_runs(&host.feed, &host.app))
				check_tick(&host);
			/* what is shown is one of those that were recorded */
			assert_true(at(&host) >= 1 && at(&host) <= 70);
			assert_int_equal(host.app.snap->cur->mono_ns, all[at(&host) - 1].mono_ns);
		}
		check_close(&host);
	}
	free(good);
	free(bytes);
	samples_free(all, 70);
}

/* After the fact, into a file that is new and whole, from which the same can be seen again. */
static void the_past_is_saved(void **state)
{
	struct sample *all = synthetic_samples("2x2x5", 40);
	struct check_host host;
	struct recording *rec;
	const struct sample *got;
	char *path;

	(void)state;
	check_open(&host, "2x2x5", 40);
	host.opts.record_dir = scratch_dir;
	check_press(&host, 'D');
	assert_true(notice(&host, "saved as "));
	path = strdup(strstr(host.app.notice, scratch_dir));
	assert_non_null(path);
	*strchr(path, ':') = '\0';
	/* not over what is there */
	check_press(&host, 'D');
	assert_true(notice(&host, "-2.rec: "));
	rec = open_recording(path);
	assert_int_equal(recording_count(rec), 40);
	assert_int_equal(recording_damage(rec).records, 0);
	for (u32 i = 0; i < 40; i++) {
		assert_int_equal(recording_get(rec, i, &got), 0);
		assert_true(same_sample(got, &all[i]));
	}
	recording_close(rec);
	host.opts.record_dir = "/nonexistent";
	check_press(&host, 'D');
	assert_true(notice(&host, "not saved: /nonexistent/"));
	free(path);
	check_close(&host);
	samples_free(all, 40);
}

/* Rates and latencies over time belong to what is shown, wherever that is. */
static void what_is_drawn_over_time_moves_too(void **state)
{
	struct check_host host;
	float values[SERIES_SPAN];
	struct row_id vm;

	(void)state;
	check_open(&host, "3x2x6", 200);
	assert_true(app_selected(&host.app, &vm));
	assert_int_equal(series_get(host.app.series, &vm, at(&host), values, SERIES_SPAN), SERIES_SPAN);
	assert_null(host.app.heat);
	check_press(&host, '3');
	check_press(&host, K_ENTER);
	assert_int_equal(host.app.here.view, VIEW_DETAIL);
	assert_non_null(host.app.heat);
	assert_non_null(heat_get(host.app.heat, at(&host), 0));
	assert_non_null(heat_get(host.app.heat, at(&host), HEAT_SPAN - 1));
	check_tick(&host);
	assert_non_null(heat_get(host.app.heat, 201, 0));
	assert_int_equal(heat_get(host.app.heat, 201, 5)->seq, 196);
	go(&host, "-150s");
	assert_int_equal(series_get(host.app.series, &vm, 51, values, SERIES_SPAN), 50);
	assert_int_equal(heat_get(host.app.heat, 51, 0)->seq, 51);
	check_tick(&host);
	assert_int_equal(heat_get(host.app.heat, 51, 7)->seq, 44);
	check_press(&host, ' ');
	assert_int_equal(heat_get(host.app.heat, 202, 3)->seq, 199);
	assert_int_equal(series_get(host.app.series, &vm, 202, values, SERIES_SPAN), SERIES_SPAN);
	check_close(&host);
}

/* No past at all: all else works, and says why there is none. */
static void without_a_past(void **state)
{
	struct check_host host;
	struct synthetic_spec spec;
	char err[128];

	(void)state;
	memset(&host, 0, sizeof(host));
	assert_int_equal(synthetic_spec_parse("2x2x4", &spec), 0);
	host.source = source_synthetic_open(&spec);
	feed_init(&host.feed, host.source);
	assert_int_equal(app_init(&host.app, VIEW_VM, NULL, NULL, err, sizeof(err)), 0);
	host.opts.no_history = true;
	assert_int_equal(journey_begin(&host.feed, &host.app, &host.opts), 0);
	for (int i = 0; i < 5; i++)
		check_tick(&host);
	check_press(&host, '[');
	assert_true(notice(&host, "nothing is kept"));
	assert_false(host.app.frozen);
	check_press(&host, 'D');
	assert_true(notice(&host, "nothing is kept"));
	check_press(&host, 'a');
	assert_int_equal(host.app.travel.mark_seq, 5);
	for (int i = 0; i < 5; i++)
		check_tick(&host);
	check_press(&host, '=');
	assert_int_equal(host.app.snap->interval_ns, 5 * NSEC_PER_SEC);
	check_press(&host, ' ');
	check_tick(&host);
	assert_int_equal(at(&host), 10);
	check_close(&host);
}

/* The disk, in the tests that follow: it takes as long as it is told to. */
static atomic_bool disk_hangs;

int fsync(int fd)
{
	(void)fd;
	while (disk_hangs)
		usleep(1000);
	return 0;
}

/* A disk that takes for ever stops neither the screen nor collection, and what is saved is what there was. */
static void a_slow_disk_stops_nothing(void **state)
{
	char text[64], error[256];
	struct grid grid = {0};
	struct recording *rec;
	struct check_host host;
	u32 flags;
	int err;

	(void)state;
	check_open(&host, "4x3x10:2", 40);
	host.opts.record_dir = scratch_dir;
	disk_hangs = true;
	flags = app_key(&host.app, 'D');
	assert_true(flags & APP_TRAVEL);
	assert_int_equal(journey_go(&host.feed, &host.app, &host.opts), 0);
	/* all is written, and on its way to the disk */
	do {
		assert_true(poll(&(struct pollfd){.fd = journey_save_fd(&host.feed), .events = POLLIN}, 1, 10000) == 1);
		assert_true(journey_saved(&host.feed, &host.app, false));
	} while (host.app.travel.saved < 0.99);
	assert_true(host.app.travel.saving);
	travel_save_badge(&host.app, text, sizeof(text));
	assert_string_equal(text, " SAVING 99% ");
	for (int i = 0; i < 20; i++)
		check_tick(&host);
	assert_int_equal(at(&host), 60);
	/* a key in between, without what check_press() waits for */
	assert_true(app_key(&host.app, 'D') & APP_TRAVEL);
	assert_int_equal(journey_go(&host.feed, &host.app, &host.opts), 0);
	assert_true(notice(&host, "still being saved"));
	app_resize(&host.app, 100, 30);
	assert_int_equal(render(&host.app, &grid), 0);
	assert_true(grid_has(&grid, "SAVING 99%"));
	disk_hangs = false;
	assert_true(journey_saved(&host.feed, &host.app, true));
	assert_true(notice(&host, "saved as"));
	assert_false(host.app.travel.saving);
	assert_false(journey_saved(&host.feed, &host.app, false));
	assert_int_equal(journey_save_fd(&host.feed), -1);
	*strstr(host.app.notice, ": the last") = '\0';
	rec = recording_open(strchr(host.app.notice, '/'), &err, error, sizeof(error));
	assert_non_null(rec);
	assert_int_equal(recording_count(rec), 40);
	recording_close(rec);
	/* what cannot be written says so, and leaves nothing behind */
	host.opts.record_dir = "/nosuch/folder";
	check_press(&host, 'D');
	assert_true(notice(&host, "not saved: /nosuch/folder/"));
	assert_true(notice(&host, ".rec: No such file or directory"));
	grid_free(&grid);
	check_close(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_say_where_to),
		cmocka_unit_test(the_past_is_as_it_was),
		cmocka_unit_test(one_goes_to_a_time),
		cmocka_unit_test(moments_are_compared),
		cmocka_unit_test(a_recording_is_a_player),
		cmocka_unit_test(a_hole_is_on_the_screen),
		cmocka_unit_test(damaged_recordings_are_travelled),
		cmocka_unit_test(the_past_is_saved),
		cmocka_unit_test(what_is_drawn_over_time_moves_too),
		cmocka_unit_test(without_a_past),
		cmocka_unit_test(a_slow_disk_stops_nothing),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
