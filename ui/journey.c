/* SPDX-License-Identifier: GPL-2.0-only */
/* Where keys asked to go, gone to. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../model/format.h"
#include "app.h"
#include "loop.h"
#include "travel.h"

/* A recording that pauses for longer than this, its kvmtop was stopped for a while, say, is not waited for so long. */
#define WAIT_MAX 60.0

int journey_begin(struct feed *feed, struct app *app, const struct loop_options *opts)
{
	app->travel.speed = opts->speed > 0 ? opts->speed : 1;
	app->travel.files = feed->replay ? replay_files(feed->replay) : 0;
	return feed_remember(feed, !opts->no_history, &opts->history);
}

/* --- showing ------------------------------------------------------------------------------------------------------ */

static void tell(struct feed *feed, struct app *app)
{
	struct travel *t = &app->travel;
	const struct sample *mark = feed_marked(feed);
	u64 first = past_first(&feed->past), last = past_last(&feed->past), real;

	t->first_mono = t->last_mono = 0;
	if (first && past_time(&feed->past, first, &t->first_mono, &real))
		past_time(&feed->past, last, &t->last_mono, &real);
	t->mark_seq = mark ? mark->seq : 0;
	t->mark_real = mark ? mark->real_ns : 0;
	if (feed->past.ring) {
		struct history_figures f = history_figures(feed->past.ring);

		t->ring_samples = f.samples;
		t->ring_bytes = f.bytes;
		t->ring_bytes_max = history_limits(feed->past.ring).max_bytes;
		t->ring_ns = f.last_ns;
		t->ring_thin = f.thin != 0;
		t->ring_every = f.last_mono - f.every_mono;
	}
}

void journey_moved(struct feed *feed, struct app *app)
{
	const struct place *here = &app->here;
	struct row_id id = {0};

	if (here->view == VIEW_DETAIL)
		id = (struct row_id){.view = VIEW_EXIT,
				     .vm = here->scope.vm,
				     .vcpu = here->scope.vcpu,
				     .isa = here->isa,
				     .key = here->key};
	app->heat = feed_heat(feed, &id);
}

int journey_show(struct feed *feed, struct app *app)
{
	enum feed_mode mode = app->cumulative                         ? FEED_TOTAL
			      : app->travel.compare == COMPARE_SPAN   ? FEED_SPAN
			      : app->travel.compare == COMPARE_CHANGE ? FEED_CHANGE
								      : FEED_INTERVAL;
	const struct snapshot *snap;

	feed_freeze(feed, app->frozen);
	snap = feed_show(feed, mode);
	if (!snap)
		return -ENOMEM;
	app->replay_ended = feed->ended;
	app->series = feed_series(feed);
	tell(feed, app);
	journey_moved(feed, app);
	return app_set_snapshot(app, snap, feed_newest(feed)->mono_ns);
}

/* --- going -------------------------------------------------------------------------------------------------------- */

/* The last moment, of those there are, at which a clock showed this second of the day. */
static u64 last_time_of_day(s64 second, u64 last_real)
{
	time_t last = (time_t)(last_real / NSEC_PER_SEC), at;
	struct tm tm;

	if (!localtime_r(&last, &tm))
		return last_real;
	tm.tm_hour = (int)(second / 3600);
	tm.tm_min = (int)(second / 60 % 60);
	tm.tm_sec = (int)(second % 60);
	tm.tm_isdst = -1;
	at = mktime(&tm);
	if (at > last) {
		tm.tm_mday--;
		tm.tm_isdst = -1;
		at = mktime(&tm);
	}
	return at < 0 ? 0 : (u64)at * NSEC_PER_SEC;
}

static u64 by_time(const struct past *past, u64 from, s64 by)
{
	u64 mono = 0, real;

	past_time(past, from, &mono, &real);
	if (by < 0)
		mono = mono > (u64)-by ? mono - (u64)-by : 0;
	else
		mono += (u64)by;
	return past_seek_mono(past, mono);
}

/* A place beyond the ends: the end it is, and that is said. */
static u64 hold(const struct past *past, u64 seq, u64 wanted_real, struct app *app)
{
	u64 first = past_first(past), last = past_last(past), mono, real;
	char clock[CLOCK_TEXT];

	past_time(past, first, &mono, &real);
	travel_clock(clock, real);
	/* the sample of a second may be taken anywhere within it */
	if (seq == first && wanted_real + NSEC_PER_SEC <= real)
		snprintf(app->notice, sizeof(app->notice), "what is kept begins at %s", clock);
	past_time(past, last, &mono, &real);
	travel_clock(clock, real);
	if (seq == last && wanted_real > real + NSEC_PER_SEC)
		snprintf(app->notice, sizeof(app->notice), "what is kept ends at %s", clock);
	return seq;
}

/* The seq of the sample that was asked for. */
static u64 target(const struct feed *feed, struct app *app)
{
	const struct past *past = &feed->past;
	const struct travel *t = &app->travel;
	u64 from = feed_position(feed), seq, mono, real = 0;

	switch (t->go) {
	case GO_STEP:
		seq = past_step(past, from, t->by);
		break;
	case GO_BY:
		seq = by_time(past, from, t->by);
		/* a step that is shorter than an interval is a step all the same */
		if (seq == from)
			seq = past_step(past, from, t->by < 0 ? -1 : 1);
		break;
	case GO_OLDEST:
		seq = past_first(past);
		break;
	case GO_NEWEST:
		seq = past_last(past);
		break;
	case GO_TO_MARK:
		seq = t->mark_seq;
		break;
	default:
		real = (u64)t->by * NSEC_PER_SEC;
		if (t->go == GO_CLOCK) {
			past_time(past, past_last(past), &mono, &real);
			real = last_time_of_day(t->by, real);
		}
		/* the sample taken in that second, not the one before it */
		return hold(past, past_seek_real(past, real + NSEC_PER_SEC - 1), real, app);
	}
	if (seq == from && t->go == GO_TO_MARK)
		snprintf(app->notice, sizeof(app->notice), "this is A");
	else if (seq == from)
		snprintf(app->notice, sizeof(app->notice), "this is the %s sample that is kept",
			 t->go == GO_OLDEST || t->by < 0 ? "oldest" : "newest");
	return seq;
}

static int go(struct feed *feed, struct app *app)
{
	char press[PRESS_SIZE];
	u64 seq;
	int ret;

	if (!past_last(&feed->past)) {
		snprintf(app->notice, sizeof(app->notice), "nothing is kept to go back to: see --history");
		return 0;
	}
	if (app->travel.go == GO_TO_MARK && !app->travel.mark_seq) {
		snprintf(app->notice, sizeof(app->notice), "first mark a moment as A, with %s",
			 settings_press(&app->set, ACT_MARK, press));
		return 0;
	}
	seq = target(feed, app);
	/* whoever goes somewhere wants to look at it; a recording stands still there too */
	app->frozen = true;
	feed_freeze(feed, true);
	ret = feed_goto(feed, seq);
	if (ret == -ENOENT)
		snprintf(app->notice, sizeof(app->notice), "that is not kept any more");
	else if (ret && ret != -ENOMEM)
		snprintf(app->notice, sizeof(app->notice), "that cannot be read: %s", strerror(-ret));
	return ret == -ENOMEM ? ret : journey_show(feed, app);
}

static int mark(struct feed *feed, struct app *app)
{
	const struct sample *was = feed_marked(feed);
	bool on = !was || was->seq != feed_position(feed);
	char clock[CLOCK_TEXT], press[PRESS_SIZE], back[PRESS_SIZE];
	int ret = feed_mark(feed, on);

	if (ret)
		return ret == -ENOENT ? 0 : ret;
	if (on) {
		travel_clock(clock, feed_marked(feed)->real_ns);
		snprintf(app->notice, sizeof(app->notice),
			 "A is %s; go to another moment, and %s compares with it, %s comes back", clock,
			 settings_press(&app->set, ACT_COMPARE, press), settings_press(&app->set, ACT_TO_MARK, back));
	} else {
		app->travel.compare = COMPARE_OFF;
		snprintf(app->notice, sizeof(app->notice), "A is no longer marked");
	}
	/* what was sorted by the change to the old mark is so no more */
	ret = journey_show(feed, app);
	return ret ? ret : app_query(app);
}

/* --- the flight recorder ------------------------------------------------------------------------------------------ */

/* A host's name in a file's name: nothing but letters, digits, dots and dashes, and not hidden. */
static void file_stem(char *stem, size_t size, const struct sample *newest)
{
	time_t second = (time_t)(newest->real_ns / NSEC_PER_SEC);
	char host[40], date[24] = "";
	struct tm tm;

	snprintf(host, sizeof(host), "%.32s", newest->host);
	for (char *p = host; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", *p))
			*p = '-';
	if (localtime_r(&second, &tm))
		strftime(date, sizeof(date), "%Y%m%d-%H%M%S", &tm);
	snprintf(stem, size, "kvmtop-%s-%s", host, date);
}

static void save(struct feed *feed, struct app *app, const char *dir)
{
	char stem[80], path[PATH_MAX], error[256];
	int err;

	if (!feed->past.ring) {
		snprintf(app->notice, sizeof(app->notice), "%s",
			 feed->replay ? "this is a recording already" : "nothing is kept to be saved: see --history");
		return;
	}
	if (feed->saver) {
		snprintf(app->notice, sizeof(app->notice), "it is still being saved");
		return;
	}
	file_stem(stem, sizeof(stem), feed_newest(feed));
	snprintf(path, sizeof(path), "%s%s%s", dir ? dir : "", dir ? "/" : "", stem);
	feed->saver = history_save_begin(feed->past.ring, path, &err, error, sizeof(error));
	if (!feed->saver)
		snprintf(app->notice, sizeof(app->notice), "not saved: %.160s", error);
	else
		app->travel.saving = true;
	app->travel.saved = 0;
}

static void saved_text(const struct history_save *now, char *text, size_t text_size)
{
	char size[FMT_SIZE], span[FMT_SIZE];

	if (now->ret)
		snprintf(text, text_size, "not saved: %.200s", now->error);
	else
		snprintf(text, text_size, "saved as %.160s: the last %s, %s bytes; kvmtop -r shows it", now->path,
			 fmt_ns(span, (double)now->span_ns, 6), fmt_bytes(size, (double)now->bytes, 5));
}

int journey_save_fd(const struct feed *feed)
{
	return feed->saver ? history_save_fd(feed->saver) : -1;
}

bool journey_saved(struct feed *feed, struct app *app, bool wait)
{
	struct history_save now;

	if (!feed->saver)
		return false;
	if (!wait)
		history_save_look(feed->saver, &now);
	if (wait || !now.on) {
		history_save_end(feed->saver, &now);
		feed->saver = NULL;
		saved_text(&now, app->notice, sizeof(app->notice));
	}
	app->travel.saving = now.on;
	app->travel.saved = now.done;
	return true;
}

int journey_go(struct feed *feed, struct app *app, const struct loop_options *opts)
{
	enum travel_go asked = app->travel.go;
	int ret = 0;

	if (!feed_newest(feed))
		return 0;
	if (asked == GO_MARK)
		ret = mark(feed, app);
	else if (asked == GO_SAVE)
		save(feed, app, opts->record_dir);
	else if (asked != GO_NOWHERE)
		ret = go(feed, app);
	app->travel.go = GO_NOWHERE;
	return ret;
}

/* --- pace --------------------------------------------------------------------------------------------------------- */

bool journey_runs(const struct feed *feed, const struct app *app)
{
	return !feed->replay || (!app->frozen && !feed->ended);
}

double journey_pace(const struct feed *feed, const struct app *app)
{
	u64 seq, was, next, now, real;
	double wait;

	if (!feed_newest(feed) || !replay_time(feed->replay, replay_position(feed->replay), &seq, &next, &real))
		return 0.001;
	now = feed_newest(feed)->mono_ns;
	was = feed_newest(feed)->seq;
	/* samples that the recording lost are not waited for: nothing would move, for as long as they took */
	wait = (next > now ? (double)(next - now) : 0) / 1e9 / app->travel.speed /
	       (seq > was ? (double)(seq - was) : 1);
	return wait < 0.001 ? 0.001 : wait > WAIT_MAX ? WAIT_MAX : wait;
}
