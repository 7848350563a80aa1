/* SPDX-License-Identifier: GPL-2.0-only */
#include "feed.h"

#include <errno.h>
#include <string.h>

void feed_init(struct feed *feed, struct source *source)
{
	memset(feed, 0, sizeof(*feed));
	feed->source = source;
	feed->newest = feed->before = feed->frozen = -1;
}

void feed_free(struct feed *feed)
{
	for (int i = 0; i < FRAMES; i++) {
		snapshot_free(&feed->frame[i].interval);
		snapshot_free(&feed->frame[i].total);
		sample_free(&feed->frame[i].sample);
	}
}

int feed_take(struct feed *feed)
{
	struct frame *frame;
	int next = 0, ret;

	while (next == feed->newest || next == feed->before || next == feed->frozen)
		next++;
	frame = &feed->frame[next];
	ret = source_sample(feed->source, &frame->sample);
	feed->ended = ret == -ENODATA && feed->newest >= 0;
	if (ret)
		return feed->ended ? 0 : ret;
	ret = snapshot_build(&frame->interval, feed->newest >= 0 ? &feed->frame[feed->newest].sample : NULL,
			     &frame->sample, false);
	if (ret)
		return ret;
	frame->total_made = false;
	feed->before = feed->newest;
	feed->newest = next;
	feed->taken++;
	return 0;
}

void feed_freeze(struct feed *feed, bool on)
{
	if (!on)
		feed->frozen = -1;
	else if (feed->frozen < 0)
		feed->frozen = feed->newest;
}

const struct snapshot *feed_shown(struct feed *feed, bool total)
{
	int at = feed->frozen >= 0 ? feed->frozen : feed->newest;
	struct frame *frame;

	if (at < 0)
		return NULL;
	frame = &feed->frame[at];
	if (!total)
		return &frame->interval;
	if (!frame->total_made && snapshot_build(&frame->total, NULL, &frame->sample, true))
		return NULL;
	frame->total_made = true;
	return &frame->total;
}

const struct sample *feed_newest(const struct feed *feed)
{
	return feed->newest < 0 ? NULL : &feed->frame[feed->newest].sample;
}
