/* SPDX-License-Identifier: GPL-2.0-only */
#include "past.h"

#include <errno.h>

int past_get(const struct past *p, u64 seq, struct sample *out)
{
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
	return p->ring ? history_step(p->ring, seq, by) : 0;
}

u64 past_before(const struct past *p, u64 seq)
{
	u64 before = seq ? past_step(p, seq - 1, 0) : 0;

	return before < seq ? before : 0;
}

u64 past_seek_mono(const struct past *p, u64 mono_ns)
{
	return p->ring ? history_seek_mono(p->ring, mono_ns) : 0;
}

u64 past_seek_real(const struct past *p, u64 real_ns)
{
	return p->ring ? history_seek_real(p->ring, real_ns) : 0;
}

bool past_time(const struct past *p, u64 seq, u64 *mono_ns, u64 *real_ns)
{
	return p->ring && history_time(p->ring, seq, mono_ns, real_ns);
}
