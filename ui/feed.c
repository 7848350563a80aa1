/* SPDX-License-Identifier: GPL-2.0-only */
#include "feed.h"

#include <errno.h>
#include <string.h>

void feed_init(struct feed *feed, struct source *source)
{
	memset(feed, 0, sizeof(*feed));
	feed->source = source;
	feed->replay = source_replay_in(source);
	feed->newest = feed->before = feed->frozen = feed->span_frame = -1;
}

static void frame_free(struct frame *frame)
{
	snapshot_free(&frame->interval);
	snapshot_free(&frame->total);
	sample_free(&frame->sample);
}

void feed_want(struct feed *feed, const struct wants *wants)
{
	struct wants all = *wants;

	all.groups |= feed->groups;
	source_want(feed->source, &all);
}

void feed_free(struct feed *feed)
{
	for (int i = 0; i < FRAMES; i++)
		frame_free(&feed->frame[i]);
	tail_free(&feed->tail);
	frame_free(&feed->mark);
	snapshot_free(&feed->span[0]);
	snapshot_free(&feed->span[1]);
	sample_free(&feed->joined[0]);
	sample_free(&feed->joined[1]);
	gone_free(&feed->gone);
	history_save_end(feed->saver, NULL);
	history_free(feed->past.ring);
	series_free(feed->series);
	series_free(feed->back);
	heat_free(feed->heat);
}

int feed_remember(struct feed *feed, bool keep, const struct history_limits *limits)
{
	if (feed->replay)
		feed->past.recording = feed->source;
	else if (keep)
		feed->past.ring = history_new(limits);
	feed->fits = !limits || !limits->max_bytes;
	if (feed->past.ring)
		history_borrow(feed->past.ring); /* the newest sample stays until there is a newer one */
	feed->series = series_new();
	feed->back = series_new();
	feed->heat = heat_new();
	if (!feed->series || !feed->back || !feed->heat || (keep && !feed->replay && !feed->past.ring))
		return -ENOMEM;
	feed->remembers = true;
	return 0;
}

/* --- taking samples ----------------------------------------------------------------------------------------------- */

/*
 * One that nobody looks at. live: for the next sample of a host, which takes the place of the one before the newest. On a
 * large host one sample less to keep is a lot; only a recording can end, and then the newest stays with the one before it.
 */
static int free_frame(struct feed *feed, bool live)
{
	int next = 0;

	while (next == feed->newest || (next == feed->before && !live) || next == feed->frozen)
		next++;
	if (feed->span_frame == next)
		feed->span_frame = -1;
	return next;
}

/* The sample is about to be another: what is shown makes what it still wants of it. */
static void settle(struct feed *feed, const struct sample *sample)
{
	for (int i = 0; i < FRAMES; i++) {
		struct snapshot *snap = &feed->frame[i].interval;

		if (snap->prev != sample)
			continue;
		if (i == feed->frozen)
			snapshot_settle(snap);
		else
			snapshot_forget(snap);
	}
	if (feed->before >= 0 && &feed->frame[feed->before].sample == sample)
		feed->before = -1;
}

/* Pages of files that are kvmtop's alone, and what comes and goes. */
#define MEMORY_SPARE (4ULL << 20)

/* The ring is what is left of the memory that kvmtop is to take: most of it on most hosts. */
static void fit_ring(struct feed *feed, const struct sample *s)
{
	struct history_limits limits = history_limits(feed->past.ring);
	u64 ring = history_figures(feed->past.ring).bytes, own = s->upkeep.own_bytes;
	u64 left = history_left(s->upkeep.maps_bytes + (own > ring ? own - ring : 0) + MEMORY_SPARE);

	if (!feed->fits || !own || (left < limits.max_bytes + (2ULL << 20) && left + (1ULL << 20) > limits.max_bytes))
		return;
	limits.max_bytes = left;
	history_limit(feed->past.ring, &limits);
}

/* What is kept of the newest sample. A failure here costs some of the past, and never the present. */
static void remember(struct feed *feed)
{
	struct sample *s = &feed->frame[feed->newest].sample;
	const struct sample *before = feed->before >= 0 ? &feed->frame[feed->before].sample : NULL;
	struct row_id watched = heat_watched(feed->heat);

	if (feed->past.ring) {
		struct history_figures f;

		fit_ring(feed, s);
		history_add(feed->past.ring, s);
		f = history_figures(feed->past.ring);
		s->upkeep.ring_bytes = f.bytes;
		s->upkeep.ring_ns = f.last_ns;
	}
	if (!series_last(feed->series) || (before && series_last(feed->series) == before->seq))
		series_add(feed->series, s);
	if (watched.view && before && heat_last(feed->heat) == before->seq)
		heat_add(feed->heat, before, s);
}

/*
 * What was made of the newest sample is not looked at any more once there is a newer one, unless it is frozen: its memory
 * serves again. On a large host two of them are a lot.
 */
static void hand_on(struct feed *feed, struct frame *to)
{
	struct frame *from = feed->newest >= 0 ? &feed->frame[feed->newest] : NULL;

	if (!from || from == to || feed->newest == feed->frozen)
		return;
	snapshot_free(&to->interval);
	snapshot_free(&to->total);
	to->interval = from->interval;
	to->total = from->total;
	from->interval = from->total = (struct snapshot){0};
	from->total_made = false;
}

int feed_take(struct feed *feed)
{
	int next = free_frame(feed, !feed->replay), ret;
	struct frame *frame = &feed->frame[next];

	settle(feed, &frame->sample);
	ret = source_sample(feed->source, &frame->sample);
	feed->ended = ret == -ENODATA && feed->newest >= 0;
	if (ret)
		return feed->ended ? 0 : ret;
	hand_on(feed, frame);
	ret = snapshot_build_lazily(&frame->interval, feed->newest >= 0 ? &feed->frame[feed->newest].sample : NULL,
				    &frame->sample, false);
	if (ret)
		return ret;
	frame->total_made = false;
	feed->before = feed->newest;
	feed->newest = next;
	feed->taken++;
	ret = tail_add(&feed->tail, &frame->sample);
	if (ret)
		return ret;
	if (feed->remembers)
		remember(feed);
	return 0;
}

void feed_freeze(struct feed *feed, bool on)
{
	if (!on)
		feed->frozen = -1;
	else if (feed->frozen < 0)
		feed->frozen = feed->newest;
}

/* --- the past ----------------------------------------------------------------------------------------------------- */

/* A recording goes on from the sample. One that turns out to be unreadable is skipped, as in feed_take(). */
static int read_at(struct feed *feed, u64 seq, struct sample *s)
{
	u32 back = replay_position(feed->replay);
	int ret;

	if (past_step(&feed->past, seq, 0) != seq)
		return -ENOENT;
	replay_seek(feed->replay, replay_find_seq(feed->replay, seq));
	ret = source_sample(feed->source, s);
	if (ret && back < replay_count(feed->replay))
		replay_seek(feed->replay, back);
	return ret;
}

/* The sample that the interval is against; there need not be one. */
static int read_before(struct feed *feed, u64 seq, struct sample *before, bool *has)
{
	u64 at = past_before(&feed->past, seq);

	*has = at != 0;
	return at ? past_get(&feed->past, at, before) : 0;
}

int feed_goto(struct feed *feed, u64 seq)
{
	int at = free_frame(feed, false), ret;
	struct frame *frame = &feed->frame[at];
	struct sample before = {0};
	bool has_before;

	if (seq && seq == feed_position(feed)) {
		feed_freeze(feed, feed->frozen >= 0 || !feed->replay);
		return 0;
	}
	if (!feed->replay && feed->newest >= 0 && feed->frame[feed->newest].sample.seq == seq) {
		feed->frozen = feed->newest;
		return 0;
	}
	settle(feed, &frame->sample);
	/* the one before it first: to the one after a sample it is one step, and a long way back */
	ret = read_before(feed, seq, &before, &has_before);
	if (!ret)
		ret = feed->replay ? read_at(feed, seq, &frame->sample) : past_get(&feed->past, seq, &frame->sample);
	if (!ret)
		ret = snapshot_build(&frame->interval, has_before ? &before : NULL, &frame->sample, false);
	sample_free(&before);
	if (ret)
		return ret;
	frame->total_made = false;
	if (!feed->replay) {
		feed->frozen = at;
		return 0;
	}
	feed->before = -1;
	feed->newest = at;
	feed->ended = false;
	if (feed->frozen >= 0)
		feed->frozen = at;
	return 0;
}

/* --- what is shown ------------------------------------------------------------------------------------------------ */

static struct frame *shown(struct feed *feed)
{
	int at = feed->frozen >= 0 ? feed->frozen : feed->newest;

	return at < 0 ? NULL : &feed->frame[at];
}

u64 feed_position(const struct feed *feed)
{
	const struct frame *frame = shown((struct feed *)feed);

	return frame ? frame->sample.seq : 0;
}

const struct snapshot *feed_shown(struct feed *feed, bool total)
{
	struct frame *frame = shown(feed);

	if (!frame)
		return NULL;
	frame->interval.base = NULL;
	if (!total)
		return &frame->interval;
	if (!frame->total_made && snapshot_build_lazily(&frame->total, NULL, &frame->sample, true))
		return NULL;
	frame->total_made = true;
	return &frame->total;
}

/* All that happened between two samples, that of VMs included that are gone at the later one. */
static int build_span(struct feed *feed, struct snapshot *span, const struct sample *from, const struct sample *to)
{
	const struct sample *all;
	int ret = gone_scan(&feed->gone, &feed->past, from, to);

	if (!ret)
		ret = gone_join(&feed->gone, to, NULL, to, &feed->joined[feed->span_at], &all);
	return ret ? ret : snapshot_build(span, from, all, false);
}

/* The interval of the frame with VMs that have been gone since the mark: they did nothing in it. */
static int build_change(struct feed *feed, struct snapshot *span, const struct frame *frame)
{
	const struct sample *mark = &feed->mark.sample, *all, *all_before, *before = NULL;
	struct sample copy = {0}, joined = {0};
	bool has;
	int ret = 0;

	if (feed->newest >= 0 && feed->before >= 0 && frame == &feed->frame[feed->newest]) {
		before = &feed->frame[feed->before].sample;
	} else {
		ret = read_before(feed, frame->sample.seq, &copy, &has);
		before = has ? &copy : NULL;
	}
	if (!ret)
		ret = gone_join(&feed->gone, &frame->sample, mark, &frame->sample, &feed->joined[feed->span_at], &all);
	if (!ret && before)
		ret = gone_join(&feed->gone, &frame->sample, mark, before, &joined, &all_before);
	if (!ret)
		ret = snapshot_build(span, before ? all_before : NULL, all, false);
	sample_free(&copy);
	sample_free(&joined);
	return ret;
}

static const struct snapshot *show_change(struct feed *feed, struct frame *frame)
{
	const struct sample *mark = &feed->mark.sample;

	frame->interval.base = &feed->mark.interval;
	if (mark->seq >= frame->sample.seq)
		return &frame->interval;
	if (gone_scan(&feed->gone, &feed->past, mark, &frame->sample))
		return NULL;
	return gone_any(&feed->gone, &frame->sample, mark) ? NULL : &frame->interval;
}

static const struct snapshot *show_mode(struct feed *feed, enum feed_mode mode)
{
	const struct sample *mark = &feed->mark.sample;
	struct frame *frame = shown(feed);
	const struct snapshot *plain;
	struct snapshot *span;
	int ret;

	if (mode < FEED_SPAN || !frame || !mark->seq || (mode == FEED_SPAN && mark->seq == frame->sample.seq))
		return feed_shown(feed, mode == FEED_TOTAL);
	plain = mode == FEED_CHANGE ? show_change(feed, frame) : NULL;
	if (plain)
		return plain;
	if (feed->span_frame >= 0 && &feed->frame[feed->span_frame] == frame && feed->span_mode == mode)
		return &feed->span[feed->span_at];
	feed->span_at = !feed->span_at;
	span = &feed->span[feed->span_at];
	if (mode == FEED_CHANGE)
		ret = build_change(feed, span, frame);
	else if (mark->seq < frame->sample.seq)
		ret = build_span(feed, span, mark, &frame->sample);
	else
		ret = build_span(feed, span, &frame->sample, mark);
	span->base = !ret && mode == FEED_CHANGE ? &feed->mark.interval : NULL;
	feed->span_frame = ret ? -1 : (int)(frame - feed->frame);
	feed->span_mode = mode;
	return ret ? NULL : span;
}

/* With the log up to there: not only of its own interval. */
const struct snapshot *feed_show(struct feed *feed, enum feed_mode mode)
{
	struct snapshot *snap = (struct snapshot *)show_mode(feed, mode);
	u32 count = snap ? tail_until(&feed->tail, snap->cur->mono_ns) : 0;

	if (count) {
		snap->log = feed->tail.lines;
		snap->log_count = count;
	} else if (snap) {
		snap->log = snap->cur->log;
		snap->log_count = snap->cur->log_count;
	}
	return snap;
}

const struct sample *feed_newest(const struct feed *feed)
{
	return feed->newest < 0 ? NULL : &feed->frame[feed->newest].sample;
}

int feed_mark(struct feed *feed, bool on)
{
	const struct frame *frame = shown(feed);
	struct sample copy = {0}, before = {0};
	struct snapshot snap = {0};
	bool has_before;
	int ret = 0;

	if (on) {
		if (!frame)
			return -ENOENT;
		ret = sample_copy(&copy, &frame->sample);
		/* the present has no past to be read from where none is kept */
		if (!ret && feed->frozen < 0 && feed->before >= 0)
			ret = snapshot_build(&snap, &feed->frame[feed->before].sample, &copy, false);
		else if (!ret)
			ret = read_before(feed, copy.seq, &before, &has_before);
		if (!ret && !snap.cur)
			ret = snapshot_build(&snap, has_before ? &before : NULL, &copy, false);
		sample_free(&before);
	}
	if (ret) {
		sample_free(&copy);
		snapshot_free(&snap);
		return ret;
	}
	frame_free(&feed->mark);
	feed->mark.sample = copy;
	feed->mark.interval = snap;
	feed->span_frame = -1;
	/* what was built with another mark is of no use, and what points to it even less */
	for (int i = 0; i < FRAMES; i++)
		feed->frame[i].interval.base = NULL;
	feed->span[0].base = feed->span[1].base = NULL;
	gone_free(&feed->gone);
	/* the copy moved */
	feed->mark.interval.cur = &feed->mark.sample;
	return 0;
}

const struct sample *feed_marked(const struct feed *feed)
{
	return feed->mark.sample.seq ? &feed->mark.sample : NULL;
}

const struct series *feed_series(struct feed *feed)
{
	u64 at = feed_position(feed);
	bool back;

	if (!feed->remembers)
		return NULL;
	/* what follows the newest sample most often reaches back far enough for any other, too */
	back = !feed->replay && feed->frozen >= 0 && !series_has(feed->series, &feed->past, at);
	/* what cannot be had is not drawn */
	series_fill(back ? feed->back : feed->series, &feed->past, at);
	return back ? feed->back : feed->series;
}

const struct heat *feed_heat(struct feed *feed, const struct row_id *id)
{
	if (!feed->remembers || id->view != VIEW_EXIT)
		return NULL;
	heat_watch(feed->heat, id);
	heat_fill(feed->heat, &feed->past, feed_position(feed));
	return feed->heat;
}
