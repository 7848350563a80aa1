/* SPDX-License-Identifier: GPL-2.0-only */
/* The stream of numbers that a frame is after it was unpacked (model/record_code.h), being read: foreign bytes. */
#ifndef KVMTOP_RECORD_NUMBERS_H
#define KVMTOP_RECORD_NUMBERS_H

#include "sample.h"

#define TEXT_MAX 4096

/* What a row is told against when there is no older one. */
static const union {
	u8 bytes[sizeof(struct sample) > sizeof(struct vcpu_sample) ? sizeof(struct sample)
								    : sizeof(struct vcpu_sample)];
	u64 align;
} zero_row;

struct in {
	const u8 *p, *end;
	u64 zeros;  /* left of a run */
	u64 budget; /* numbers that may still be asked for: runs of zeros make many of few bytes */
	bool bad;
};

static inline u64 get_varint(struct in *in)
{
	u64 v = 0;

	for (u32 shift = 0; shift < 64; shift += 7) {
		u8 byte;

		if (in->p == in->end)
			break;
		byte = *in->p++;
		if (shift == 63 && byte > 1)
			break;
		v |= (u64)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return v;
	}
	in->bad = true;
	in->p = in->end;
	return 0;
}

/* The next number of the stream; 0 for ever once it is bad. */
static inline u64 get(struct in *in)
{
	if (!in->budget) {
		in->bad = true;
		return 0;
	}
	in->budget--;
	if (in->zeros) {
		in->zeros--;
		return 0;
	}
	if (in->p < in->end && !*in->p) {
		in->p++;
		in->zeros = get_varint(in);
		return 0;
	}
	return get_varint(in);
}

static inline u64 unzigzag(u64 v)
{
	return v >> 1 ^ -(v & 1);
}

/* The next len bytes; NULL when there are not so many. A run of zeros cannot go on behind them. */
static inline const char *get_bytes(struct in *in, u64 len)
{
	const u8 *at = in->p;

	if (in->zeros || len > TEXT_MAX || len > (u64)(in->end - in->p)) {
		in->bad = true;
		return NULL;
	}
	in->p += len;
	return (const char *)at;
}

#endif
