/* SPDX-License-Identifier: GPL-2.0-only */
#include "past.h"

#include <errno.h>

static u64 seq_of(const struct source *replay, u32 index)
{
	u64 seq, mono, real;

	return replay_time(replay, index, &seq, &mono, &real) ? seq : 0;
}

int past_get(const struct past *p, u64 seq, struct sample *out)
{
	if (p->recording)
		return source_get(p->recording, seq, out);
	return p->ring ? history_get(p->ring, seq, out) : -ENOENT;
}

u64 past_first(const struct past *p)
{
	return past_step(p, 0, 0);
}

u64 past_last(const struct past *p)
{
	return past_step(p, UINT64_MAX, 0);
}

u64 past_step(const struct past *p, u64 seq, s64 by)
{
	const struct source *replay = source_replay_in(p->recording);
	s64 at;

	if (!replay)
		return p->ring ? history_step(p->ring, seq, by) : 0;
	at = replay_find_seq(replay, seq);
	if (by < -at)
		by = -at;
	if (by > (s64)replay_count(replay) - 1 - at)
		by = (s64)replay_count(replay) - 1 - at;
	return seq_of(replay, (u32)(at + by));
}

u64 past_before(const struct past *p, u64 seq)
{
	u64 before = seq ? past_step(p, seq - 1, 0) : 0;

	return before < seq ? before : 0;
}

u64 past_seek_mono(const struct past *p, u64 mono_ns)
{
	const struct source *replay = source_replay_in(p->recording);
	u32 low = 0, high;

	if (!replay)
		return p->ring ? history_seek_mono(p->ring, mono_ns) : 0;
	/* this clock only goes forward, and what does not is not read from a recording */
	for (high = replay_count(replay); high - low > 1;) {
		u32 mid = low + (high - low) / 2;
		u64 seq, mono, real;

		if (replay_time(replay, mid, &seq, &mono, &real) && mono <= mono_ns)
			low = mid;
		else
			high = mid;
	}
	return seq_of(replay, low);
}

u64 past_seek_real(const struct past *p, u64 real_ns)
{
	const struct source *replay = source_replay_in(p->recording);

	if (replay)
		return seq_of(replay, replay_find(replay, real_ns));
	return p->ring ? history_seek_real(p->ring, real_ns) : 0;
}

bool past_time(const struct past *p, u64 seq, u64 *mono_ns, u64 *real_ns)
{
	const struct source *replay = source_replay_in(p->recording);
	u64 found;

	if (!replay)
		return p->ring && history_time(p->ring, seq, mono_ns, real_ns);
	return replay_time(replay, replay_find_seq(replay, seq), &found, mono_ns, real_ns) && found == seq;
}
