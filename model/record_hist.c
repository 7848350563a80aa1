/* SPDX-License-Identifier: GPL-2.0-only */
/* Histograms of samples to bytes: most of what a frame of a large host is about. */
#include <endian.h>

#include "record_bytes.h"

/* What one block may take beside its headers. */
#define MASK_BYTES  (HIST_BUCKETS / 8)
#define VALUE_BYTES 5 /* of a varint of 32 bits */

struct cursor {
	u8 *mask, *value;
};

/* Bit k of the result: byte k is not 0. No byte is above 127. */
static u64 bytes_set(u64 bytes)
{
	u64 high = ((bytes + 0x7f7f7f7f7f7f7f7fULL) & 0x8080808080808080ULL) >> 7;

	return high * 0x0102040810204080ULL >> 56;
}

/* Differences that are all below 128: eight at a time. Behind the last one there is room for seven more. */
static void put_small(struct cursor *c, u8 *diff, u32 len)
{
	memset(diff + len, 0, 8);
	for (u32 i = 0; i < len; i += 8) {
		u64 eight, set;

		memcpy(&eight, diff + i, sizeof(eight));
		set = bytes_set(le64toh(eight));
		*c->mask++ = (u8)set;
		for (; set; set &= set - 1)
			*c->value++ = diff[i + (u32)__builtin_ctzll(set)];
	}
}

static void put_any(struct cursor *c, const u32 *now, const u32 *old, u32 len)
{
	memset(c->mask, 0, (len + 7) / 8);
	for (u32 i = 0; i < len; i++) {
		u32 d = now[i] - old[i];

		if (!d)
			continue;
		c->mask[i / 8] |= (u8)(1U << i % 8);
		for (; d >= 0x80; d >>= 7)
			*c->value++ = (u8)(d | 0x80);
		*c->value++ = (u8)d;
	}
	c->mask += (len + 7) / 8;
}

/* The buckets of a row against as many of another. False, and nothing is written: there is no difference. */
static bool put_buckets(struct cursor *c, const u32 *now, const u32 *old, u32 len)
{
	u8 diff[HIST_BUCKETS + 8];
	u32 any = 0;

	for (u32 i = 0; i < len; i++) {
		u32 d = now[i] - old[i];

		any |= d;
		diff[i] = (u8)d;
	}
	if (any && any < 0x80)
		put_small(c, diff, len);
	else if (any)
		put_any(c, now, old, len);
	return any != 0;
}

/* Where the other row has more buckets, or fewer, or none. */
static void put_moved(struct cursor *c, struct hist_span now, const u32 *hist, struct hist_span old,
		      const u32 *old_hist)
{
	u32 was[HIST_BUCKETS] = {0};

	for (u32 i = 0; i < now.len; i++) {
		/* wraps for a bucket before the old span, and is then beyond its end */
		u32 at = now.first + i - old.first;

		if (at < old.len)
			was[i] = old_hist[old.off + at];
	}
	if (now.len && !put_buckets(c, hist + now.off, was, now.len)) {
		memset(c->mask, 0, (now.len + 7U) / 8);
		c->mask += (now.len + 7U) / 8;
	}
}

int record_hists_put(struct bytes *b, struct bytes *side, const struct hist_span *now, const u32 *hist,
		     const struct hist_span *old, const u32 *old_hist, u32 n)
{
	u32 masks = n * MASK_BYTES;
	struct cursor c;
	u32 mask_len, value_len;

	if (ARRAY_ROOM(side->data, side->room, masks + n * HIST_BUCKETS * VALUE_BYTES))
		return -ENOMEM;
	c = (struct cursor){.mask = side->data, .value = side->data + masks};
	for (u32 i = 0; i < n; i++) {
		if (now[i].first == old[i].first && now[i].len == old[i].len) {
			put(b, now[i].len && put_buckets(&c, hist + now[i].off, old_hist + old[i].off, now[i].len));
			continue;
		}
		put(b, now[i].len + 2U);
		put(b, now[i].first);
		put_moved(&c, now[i], hist, old[i], old_hist);
	}
	mask_len = (u32)(c.mask - side->data);
	value_len = (u32)(c.value - side->data - masks);
	put(b, mask_len + value_len);
	if (!mask_len)
		return 0;
	if (put_bytes(b, (const char *)side->data, mask_len))
		return -ENOMEM;
	return put_bytes(b, (const char *)side->data + masks, value_len);
}
