/* SPDX-License-Identifier: GPL-2.0-only */
#include "travel.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../model/format.h"
#include "app.h"

#define MINUTE ((s64)(60 * NSEC_PER_SEC))
#define DAY    (24 * 60 * MINUTE)

/* --- what a text says --------------------------------------------------------------------------------------------- */

static bool parse_clock(const char *text, s64 *second)
{
	int h, m, s = 0, used = 0;

	if (sscanf(text, "%2d:%2d%n", &h, &m, &used) < 2 || !used)
		return false;
	text += used;
	if (*text == ':') {
		if (!isdigit((unsigned char)text[1]) || sscanf(text + 1, "%2d%n", &s, &used) < 1)
			return false;
		text += 1 + used;
	}
	if (*text || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60)
		return false;
	*second = (h * 60 + m) * 60 + s;
	return true;
}

static bool parse_date(const char *text, s64 *second)
{
	struct tm tm = {.tm_isdst = -1};
	int used = 0, day = 0;
	s64 clock;

	if (sscanf(text, "%4d-%2d-%2d%n", &tm.tm_year, &tm.tm_mon, &day, &used) < 3 || !used)
		return false;
	text += used;
	if ((*text != ' ' && *text != 'T') || !parse_clock(text + 1, &clock))
		return false;
	if (tm.tm_year < 1970 || tm.tm_mon < 1 || tm.tm_mon > 12 || day < 1 || day > 31)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	tm.tm_mday = day;
	tm.tm_hour = (int)(clock / 3600);
	tm.tm_min = (int)(clock / 60 % 60);
	tm.tm_sec = (int)(clock % 60);
	*second = mktime(&tm);
	return *second != -1;
}

/* "1h30m", "90s", "45", "1.5m" */
static bool parse_span(const char *text, s64 *ns)
{
	static const struct {
		char unit;
		s64 ns;
	} units[] = {{'s', NSEC_PER_SEC}, {'m', MINUTE}, {'h', 60 * MINUTE}, {'d', DAY}};
	double total = 0;

	do {
		char *end;
		double n;
		size_t i = 0;

		if (!isdigit((unsigned char)*text) && *text != '.')
			return false;
		n = strtod(text, &end);
		if (end == text)
			return false;
		while (*end && i < ARRAY_SIZE(units) && units[i].unit != tolower((unsigned char)*end))
			i++;
		if (i == ARRAY_SIZE(units))
			return false;
		total += n * (double)(*end ? units[i].ns : (s64)NSEC_PER_SEC);
		text = *end ? end + 1 : end;
	} while (*text);
	if (!(total >= 0 && total < 36500.0 * (double)DAY))
		return false;
	*ns = (s64)total;
	return true;
}

int travel_parse(const char *text, enum travel_go *go, s64 *by, char *err, size_t err_size)
{
	char clean[64];
	size_t len;

	while (*text == ' ')
		text++;
	snprintf(clean, sizeof(clean), "%s", text);
	for (len = strlen(clean); len && clean[len - 1] == ' ';)
		clean[--len] = '\0';
	if (parse_clock(clean, by)) {
		*go = GO_CLOCK;
	} else if (parse_date(clean, by)) {
		*go = GO_DATE;
	} else if (parse_span(clean + (*clean == '-' || *clean == '+'), by)) {
		*go = GO_BY;
		*by = *clean == '+' ? *by : -*by;
	} else {
		snprintf(err, err_size, "this is no time");
		return -EINVAL;
	}
	return 0;
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static u32 ask(struct app *app, enum travel_go go, s64 by)
{
	app->travel.go = go;
	app->travel.by = by;
	return APP_RENDER | APP_TRAVEL;
}

static u32 compare(struct app *app)
{
	static const char *const says[] = {
		[COMPARE_OFF] = "the interval at this moment again; A stays marked",
		[COMPARE_SPAN] = "all that happened between A and this moment; again: what changed",
		[COMPARE_CHANGE] = "the change of each figure from A's interval to this one; again: as it is",
	};
	struct travel *t = &app->travel;
	char press[PRESS_SIZE];

	if (!t->mark_seq) {
		snprintf(app->notice, sizeof(app->notice), "first mark a moment as A, with %s",
			 settings_press(&app->set, ACT_MARK, press));
		return APP_RENDER;
	}
	t->compare = t->compare == COMPARE_CHANGE ? COMPARE_OFF : t->compare + 1;
	if (t->compare)
		app->cumulative = false;
	snprintf(app->notice, sizeof(app->notice), "%s", says[t->compare]);
	return APP_RENDER | APP_FEED;
}

static u32 speed(struct app *app, double factor)
{
	double now = app->travel.speed * factor;

	if (!app->replay) {
		snprintf(app->notice, sizeof(app->notice), "only a recording can be played faster or slower");
		return APP_RENDER;
	}
	if (now < TRAVEL_SPEED_MIN || now > TRAVEL_SPEED_MAX) {
		snprintf(app->notice, sizeof(app->notice), "it plays as %s as it can", factor > 1 ? "fast" : "slowly");
		return APP_RENDER;
	}
	app->travel.speed = now;
	snprintf(app->notice, sizeof(app->notice), "speed: %g times what it was", now);
	return APP_RENDER | APP_DELAY;
}

u32 travel_action(struct app *app, enum action_id action)
{
	switch (action) {
	case ACT_STEP_BACK:
		return ask(app, GO_STEP, -1);
	case ACT_STEP_ON:
		return ask(app, GO_STEP, 1);
	case ACT_MINUTE_BACK:
		return ask(app, GO_BY, -MINUTE);
	case ACT_MINUTE_ON:
		return ask(app, GO_BY, MINUTE);
	case ACT_OLDEST:
		return ask(app, GO_OLDEST, 0);
	case ACT_NEWEST:
		return ask(app, GO_NEWEST, 0);
	case ACT_MARK:
		return ask(app, GO_MARK, 0);
	case ACT_TO_MARK:
		return ask(app, GO_TO_MARK, 0);
	case ACT_SAVE_PAST:
		return ask(app, GO_SAVE, 0);
	case ACT_COMPARE:
		return compare(app);
	case ACT_FASTER:
		return speed(app, 2);
	case ACT_SLOWER:
		return speed(app, 0.5);
	default:
		return 0;
	}
}

/* --- what the screen says ----------------------------------------------------------------------------------------- */

/* "1:05", "1:02:03": as on a clock, for a length. */
static void length_text(char buf[FMT_SIZE], u64 ns)
{
	u64 s = ns / NSEC_PER_SEC;

	if (s >= 3600)
		snprintf(buf, FMT_SIZE, "%llu:%02u:%02u", (unsigned long long)s / 3600, (u32)(s / 60 % 60),
			 (u32)(s % 60));
	else
		snprintf(buf, FMT_SIZE, "%u:%02u", (u32)(s / 60), (u32)(s % 60));
}

void travel_clock(char text[CLOCK_TEXT], u64 real_ns)
{
	time_t second = (time_t)(real_ns / NSEC_PER_SEC);
	struct tm tm;

	if (!localtime_r(&second, &tm) || !strftime(text, CLOCK_TEXT, "%H:%M:%S", &tm))
		snprintf(text, CLOCK_TEXT, "--:--:--");
}

enum style travel_badge(const struct app *app, char *text, size_t size)
{
	const struct travel *t = &app->travel;
	char age[FMT_SIZE], all[FMT_SIZE], fast[16] = "";
	u64 at = app->snap ? app->snap->cur->mono_ns : 0;

	if (!app->replay) {
		if (app->frozen)
			snprintf(text, size, " FROZEN %s ", app_age(app) ? fmt_ns(age, (double)app_age(app), 5) : "0s");
		else
			snprintf(text, size, " LIVE ");
		return app->frozen ? STYLE_FROZEN : STYLE_LIVE;
	}
	if (t->speed != 1)
		snprintf(fast, sizeof(fast), " x%g", t->speed);
	length_text(age, at > t->first_mono ? at - t->first_mono : 0);
	length_text(all, t->last_mono - t->first_mono);
	if (app->replay_ended)
		snprintf(text, size, " REPLAY, END %s ", all);
	else
		snprintf(text, size, " %s %s/%s%s ", app->frozen ? "PAUSED" : "REPLAY", age, all, fast);
	return app->frozen ? STYLE_FROZEN : STYLE_LIVE;
}

void travel_reach(const struct app *app, char *text, size_t size)
{
	const struct travel *t = &app->travel;
	char span[FMT_SIZE], interval[FMT_SIZE];

	text[0] = '\0';
	if (app->replay || !app->frozen || !app->snap || !t->ring_samples)
		return;
	length_text(span, t->last_mono - t->first_mono);
	if (t->ring_thin && t->compare != COMPARE_SPAN && (double)app->snap->interval_ns > 1.5e9 * app->delay)
		snprintf(text, size, "over %s, %s kept", fmt_ns(interval, (double)app->snap->interval_ns, 5), span);
	else
		snprintf(text, size, "%s kept", span);
}

void travel_save_badge(const struct app *app, char *text, size_t size)
{
	text[0] = '\0';
	if (app->travel.saving)
		snprintf(text, size, " SAVING %.0f%% ", 100 * app->travel.saved);
}

void travel_mark_badge(const struct app *app, char *text, size_t size)
{
	const struct travel *t = &app->travel;
	char clock[CLOCK_TEXT], span[FMT_SIZE];

	text[0] = '\0';
	if (!t->mark_seq)
		return;
	travel_clock(clock, t->mark_real);
	if (t->compare == COMPARE_SPAN && app->snap)
		snprintf(text, size, " A %s TO HERE: %s ", clock, fmt_ns(span, (double)app->snap->interval_ns, 6));
	else if (t->compare == COMPARE_CHANGE)
		snprintf(text, size, " CHANGE SINCE A %s ", clock);
	else
		snprintf(text, size, " A %s ", clock);
}

bool travel_offers(const struct app *app, enum action_id action)
{
	switch (action) {
	case ACT_STEP_BACK:
	case ACT_STEP_ON:
	case ACT_GO_TIME:
	case ACT_MARK:
		return app->frozen || app->replay;
	case ACT_COMPARE:
		return app->travel.mark_seq != 0;
	case ACT_FASTER:
		return app->replay;
	default:
		return true;
	}
}

const char *travel_label(const struct app *app, enum action_id action)
{
	if (action == ACT_FREEZE && app->replay)
		return app->frozen ? "play" : "pause";
	return NULL;
}

void travel_kept(const struct app *app, char *text, size_t size)
{
	const struct travel *t = &app->travel;
	char span[FMT_SIZE], bytes[FMT_SIZE], most[FMT_SIZE], each[FMT_SIZE], files[32] = "";
	char every[FMT_SIZE], thin[64] = "";

	length_text(span, t->last_mono - t->first_mono);
	if (app->replay) {
		if (t->files > 1)
			snprintf(files, sizeof(files), " in %u files", t->files);
		snprintf(text, size, "This is a recording of %s%s: all of it can be gone to.", span, files);
	} else if (t->ring_samples) {
		if (t->ring_thin) {
			length_text(every, t->ring_every);
			snprintf(thin, sizeof(thin), ", all of the last %s and fewer the older", every);
		}
		snprintf(text, size,
			 "The last %s are kept: %llu samples%s, %s of at most %s of memory, %s of CPU time for the "
			 "newest. See --history and --history-size.",
			 span, (unsigned long long)t->ring_samples, thin, fmt_bytes(bytes, (double)t->ring_bytes, 5),
			 fmt_bytes(most, (double)t->ring_bytes_max, 5), fmt_ns(each, (double)t->ring_ns, 6));
	} else {
		snprintf(text, size, "Nothing is kept of the past: see --history.");
	}
}
