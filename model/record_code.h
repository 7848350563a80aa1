/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples as bytes and back: what files (model/recording.h) and the history ring (model/history.h) are made of.
 *
 * A sample becomes a key frame, which stands for itself, or a delta frame, which needs the sample before it. Frames
 * are compressed with Zstandard, in version 1 with zlib, which is still read; a head frame, so that any version can
 * read it, with zlib. Before that the bytes of a frame are for each table of the description: the number of rows (a
 * varint); then, as one stream of numbers, for each row the row of the sample before that it is told against (delta
 * frames only: 0 the one after the last one told, 1 none, else 1 + zigzag of the distance from it); then in blocks of
 * REC_BLOCK rows, field after field, the rows' values. A number is the zigzag of its difference from the older row
 * (of 0 without one). A text is 0 when it is as in the older row, else its length + 1 and its bytes. A histogram is 0
 * when it is as in the older row, else its length + 1, its first bucket, and the differences of its buckets. Since
 * version 3 those of a block are together: of each row 0 when it is as in the older row, 1 when it has the same buckets,
 * else its length + 2 and its first bucket; the number of bytes that follow outside of the stream; of each row that is
 * not 0 a bit a bucket, which has another count; and of each of these the varint of the difference, modulo 2^32. In the
 * stream a number that is not 0 is a LEB128 varint, and a run of zeros is a zero byte and the varint of its length -
 * 1. Each table's stream ends with its last row.
 *
 * The description is a head frame: varints and texts (length and bytes). The version of the format; the number of
 * notes, and each note's name and text ("program", "host"); the number of tables, and of each its name, the number of
 * its fields, and each field's name and enum rec_type.
 */
#ifndef KVMTOP_RECORD_CODE_H
#define KVMTOP_RECORD_CODE_H

#include "record_fields.h"

#define REC_VERSION 3
#define REC_BLOCK   64

/* Larger frames are not written and not believed. */
#define REC_RAW_MAX  (96U << 20)
#define REC_HEAD_MAX (256U << 10)
/* Nor is a frame believed that claims to unpack to so many times its bytes: zlib cannot do better than 1032 to 1. */
#define REC_RATIO_MAX 1100

/* A frame, compressed. The data is the encoder's: until its next encoder_add(), a head frame's until encoder_free(). */
struct rec_frame {
	const u8 *data;
	u32 len;
	u32 raw_len;
	bool key;
	u64 seq, mono_ns, real_ns;
};

struct encoder;
/*
 * The schema must outlive it: rec_schema(), but for tests. NULL when out of memory.
 */
struct encoder *encoder_new(const struct rec_schema *schema);
void encoder_free(struct encoder *enc);
/* From now on each sample stays as it is until the next one has been added, so that no copy of it need be made. */
void encoder_borrow(struct encoder *enc);
/* Makes a frame of the sample; a key frame when asked for, and for the first one. 0, -ENOMEM, or -EFBIG: too many rows. */
int encoder_add(struct encoder *enc, const struct sample *s, bool key, struct rec_frame *out);
/* The head frame that goes with these frames; after the first encoder_add(). *crc: by which frames refer to it. */
int encoder_head(struct encoder *enc, struct rec_frame *out, u32 *crc);

struct decoder;
struct decoder *decoder_new(void);
void decoder_free(struct decoder *dec);
/* Takes the description from a head frame. 0, -ENOMEM, -EBADMSG: damaged, -EPROTONOSUPPORT: of a newer version. */
int decoder_head(struct decoder *dec, const u8 *data, u32 len, u32 raw_len);
/* The program that wrote it and its host, clean for a terminal; "" before a head, or where it does not say. */
const char *decoder_program(const struct decoder *dec);
const char *decoder_host(const struct decoder *dec);
/*
 * Decodes a frame. A delta frame is taken to follow the last frame decoded. *out is the decoder's until its next call.
 * 0, -ENOMEM, or -EBADMSG: damaged; then the next one must be a key frame.
 */
int decoder_add(struct decoder *dec, bool key, const u8 *data, u32 len, u32 raw_len, const struct sample **out);

#endif
