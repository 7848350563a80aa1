/* SPDX-License-Identifier: GPL-2.0-only */
/* The stream of numbers that a frame is before it is compressed (model/record_code.h), being written. */
#ifndef KVMTOP_RECORD_BYTES_H
#define KVMTOP_RECORD_BYTES_H

#include <string.h>

#include "array.h"
#include "record_code.h"

#define VARINT_MAX 10

/* Bytes before compression. */
struct bytes {
	u8 *data;
	u32 len, room;
	u64 zeros; /* a run not yet written */
};

static inline int reserve(struct bytes *b, u64 more)
{
	/* one number and one run of zeros besides */
	u64 want = b->len + more + 4 * VARINT_MAX;

	return want > REC_RAW_MAX + (1U << 20) ? -EFBIG : ARRAY_ROOM(b->data, b->room, want);
}

static inline void put_varint(struct bytes *b, u64 v)
{
	u8 *p = b->data + b->len;

	for (; v >= 0x80; v >>= 7)
		*p++ = v | 0x80;
	*p++ = v;
	b->len = p - b->data;
}

static inline void end_zeros(struct bytes *b)
{
	if (!b->zeros)
		return;
	b->data[b->len++] = 0;
	put_varint(b, b->zeros - 1);
	b->zeros = 0;
}

/* The next number of the stream; room was reserved. */
static inline void put(struct bytes *b, u64 v)
{
	if (!v) {
		b->zeros++;
		return;
	}
	end_zeros(b);
	put_varint(b, v);
}

/*
 * The same for many numbers: where the next byte goes and how many zeros there are stay in registers, which the compiler
 * cannot see for itself, since bytes may be those of the struct.
 */
struct pen {
	u8 *at;
	u64 zeros;
};

static inline struct pen pen_take(const struct bytes *b)
{
	return (struct pen){b->data + b->len, b->zeros};
}

static inline void pen_varint(struct pen *pen, u64 v)
{
	for (; v >= 0x80; v >>= 7)
		*pen->at++ = (u8)(v | 0x80);
	*pen->at++ = (u8)v;
}

static inline void pen_diff(struct pen *pen, u64 now, u64 old)
{
	u64 d = now - old;

	if (!d) {
		pen->zeros++;
		return;
	}
	if (pen->zeros) {
		*pen->at++ = 0;
		pen_varint(pen, pen->zeros - 1);
		pen->zeros = 0;
	}
	pen_varint(pen, d << 1 ^ -(d >> 63));
}

static inline void pen_give(struct bytes *b, const struct pen *pen)
{
	b->len = pen->at - b->data;
	b->zeros = pen->zeros;
}

static inline int put_bytes(struct bytes *b, const char *text, u32 len)
{
	if (reserve(b, len))
		return -ENOMEM;
	end_zeros(b);
	memcpy(b->data + b->len, text, len);
	b->len += len;
	return 0;
}

/*
 * The histograms of n rows (REC_SPARSE), which are told against those of n older ones; a len of 0 is none. b has room for
 * the headers: 3 * n numbers. side is memory to work with, kept by the caller. 0 or -ENOMEM.
 */
int record_hists_put(struct bytes *b, struct bytes *side, const struct hist_span *now, const u32 *hist,
		     const struct hist_span *old, const u32 *old_hist, u32 n);

#endif
