/* SPDX-License-Identifier: GPL-2.0-only */
#include "reel.h"

#include <errno.h>
#include <string.h>

u64 reel_last(const struct reel *r)
{
	return r->adds ? r->seqs[r->adds % r->columns] : 0;
}

u64 reel_oldest(const struct reel *r)
{
	return r->adds > r->columns ? r->adds - r->columns + 1 : 2;
}

u64 reel_find(const struct reel *r, u64 seq)
{
	for (u64 n = r->adds; n && n + r->columns > r->adds; n--)
		if (r->seqs[n % r->columns] == seq)
			return n;
	return 0;
}

void reel_add(struct reel *r, u64 seq)
{
	r->seqs[++r->adds % r->columns] = seq;
}

void reel_shrink(struct reel *r)
{
	u64 seqs[REEL_COLUMNS] = {0};

	for (u64 n = r->adds; n && n + REEL_COLUMNS > r->adds; n--)
		seqs[n % REEL_COLUMNS] = r->seqs[n % r->columns];
	memcpy(r->seqs, seqs, sizeof(seqs));
	r->columns = REEL_COLUMNS;
}

bool reel_covers(const struct reel *r, const struct past *past, u64 seq)
{
	u64 at = reel_find(r, seq), oldest = reel_oldest(r), first;

	if (!at)
		return false;
	if (at >= oldest + REEL_SPAN - 1)
		return true;
	first = r->adds > r->columns ? oldest : 1;
	return past_step(past, seq, -REEL_SPAN) >= r->seqs[first % r->columns];
}

int reel_fill(struct reel *r, const struct past *past, u64 seq, void *owner, void (*reset)(void *owner),
	      int (*add)(void *owner, const struct sample *before, const struct sample *sample))
{
	struct sample samples[2] = {0};
	u64 at = seq, last = seq;
	u32 i = 0;
	int ret = 0;

	if (reel_covers(r, past, seq))
		return 0;
	if (!seq || past_step(past, seq, 0) != seq)
		return -ENOENT;
	if (r->adds && past_before(past, seq) == reel_last(r)) {
		ret = past_get(past, reel_last(r), &samples[1]);
	} else {
		reset(owner);
		/* some more on both sides, for the steps that follow */
		at = past_step(past, seq, -(REEL_SPAN + REEL_COLUMNS) / 2);
		last = past_step(past, at, REEL_COLUMNS - 1);
	}
	for (; !ret; at = past_step(past, at, 1), i = !i) {
		ret = past_get(past, at, &samples[i]);
		if (!ret)
			ret = add(owner, r->adds ? &samples[!i] : NULL, &samples[i]);
		if (at >= last)
			break;
	}
	sample_free(&samples[0]);
	sample_free(&samples[1]);
	return ret;
}
