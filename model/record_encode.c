/* SPDX-License-Identifier: GPL-2.0-only */
/* Samples to frames. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "array.h"
#include "record_bytes.h"

#define NO_MATCH  UINT32_MAX
#define WORDS_MAX 24
#define LEVEL     1 /* the next ones take twice as long, for a sixth less */

struct encoder {
	const struct rec_schema *schema;
	const struct sample *prev; /* the one that delta frames are told against: the caller's, or the copy */
	struct sample copy;
	bool borrows;
	char host[VM_NAME_SIZE];
	struct sample tidy; /* a copy of a sample that has unused rows, without them */
	bool has_prev;
	struct bytes raw, side;
	u32 *match[REC_TABLES_MAX]; /* of each row, its row in prev, or NO_MATCH */
	bool same[REC_TABLES_MAX];  /* each row's is the one at the same place, and match is not made */
	u32 match_room[REC_TABLES_MAX];
	struct bytes packed, head; /* compressed */
	u32 head_raw_len;
	ZSTD_CCtx *zstd;
};

/* What a row is told against when there is no older one. */
static const union {
	u8 bytes[sizeof(struct sample) > sizeof(struct vcpu_sample) ? sizeof(struct sample)
								    : sizeof(struct vcpu_sample)];
	u64 align;
} zero_row;

/* --- tidying ------------------------------------------------------------------------------------------------------ */

/* Whether every row has its place, with none unused in between: what the reader makes of the counts alone. */
static bool is_tidy(const struct sample *s)
{
	u32 vcpu = 0, exit = 0;

	for (u32 i = 0; i < s->vm_count; i++) {
		if (s->vms[i].vcpu_first != vcpu)
			return false;
		vcpu += s->vms[i].vcpu_count;
	}
	for (u32 i = 0; i < s->vcpu_count; i++) {
		if (s->vcpus[i].exit_first != exit)
			return false;
		exit += s->vcpus[i].exit_count;
	}
	return vcpu == s->vcpu_count && exit == s->exit_count;
}

/* A copy of the rows in use. Histograms stay where they were: a row that has none of them costs nothing in a frame. */
static int tidy(struct sample *to, const struct sample *from)
{
	int ret = sample_copy(to, from);
	u32 vcpus = 0, exits = 0;

	/* As many as before at most, and each no further back: to is large enough, from is read only. */
	for (u32 i = 0; !ret && i < from->vm_count; i++) {
		const struct vm_sample *vm = &from->vms[i];

		to->vms[i].vcpu_first = vcpus;
		for (u32 j = 0; j < vm->vcpu_count; j++) {
			const struct vcpu_sample *v = &from->vcpus[vm->vcpu_first + j];

			if (vcpus == from->vcpu_count || v->exit_count > from->exit_count - exits)
				return -EINVAL;
			to->vcpus[vcpus] = *v;
			to->vcpus[vcpus++].exit_first = exits;
			if (v->exit_count)
				memcpy(&to->exits[exits], &from->exits[v->exit_first],
				       v->exit_count * sizeof(*to->exits));
			exits += v->exit_count;
		}
	}
	to->vcpu_count = vcpus;
	to->exit_count = exits;
	return ret;
}

/* --- which row is which ------------------------------------------------------------------------------------------- */

static void match_vms(const struct sample *now, const struct sample *old, u32 *match)
{
	for (u32 i = 0, j = 0; i < now->vm_count; i++) {
		while (j < old->vm_count && old->vms[j].uid < now->vms[i].uid)
			j++;
		match[i] = j < old->vm_count && old->vms[j].uid == now->vms[i].uid ? j : NO_MATCH;
	}
}

static void match_vcpus(const struct sample *now, const struct sample *old, const u32 *vms, u32 *match)
{
	for (u32 i = 0; i < now->vm_count; i++) {
		const struct vm_sample *vm = &now->vms[i], *was = vms[i] == NO_MATCH ? NULL : &old->vms[vms[i]];

		for (u32 k = 0, j = 0; k < vm->vcpu_count; k++) {
			const struct vcpu_sample *v = &now->vcpus[vm->vcpu_first + k];

			while (was && j < was->vcpu_count && old->vcpus[was->vcpu_first + j].vcpu_id < v->vcpu_id)
				j++;
			match[vm->vcpu_first + k] =
				was && j < was->vcpu_count && old->vcpus[was->vcpu_first + j].uid == v->uid
					? was->vcpu_first + j
					: NO_MATCH;
		}
	}
}

static void match_exits(const struct sample *now, const struct sample *old, const u32 *vcpus, u32 *match)
{
	for (u32 i = 0; i < now->vcpu_count; i++) {
		const struct vcpu_sample *v = &now->vcpus[i];
		u32 j = 0, end = 0;

		if (vcpus[i] != NO_MATCH) {
			j = old->vcpus[vcpus[i]].exit_first;
			end = j + old->vcpus[vcpus[i]].exit_count;
		}
		for (u32 k = v->exit_first; k < v->exit_first + v->exit_count; k++) {
			while (j < end && old->exits[j].key < now->exits[k].key)
				j++;
			match[k] = j < end && old->exits[j].key == now->exits[k].key ? j : NO_MATCH;
		}
	}
}

static void match_events(const struct sample *now, const struct sample *old, u32 *match)
{
	u32 j = 0;

	for (u32 i = 0; i < now->event_count; i++) {
		while (j < old->event_count && event_sample_compare(&old->events[j], &now->events[i]) < 0)
			j++;
		match[i] =
			j < old->event_count && !event_sample_compare(&old->events[j], &now->events[i]) ? j : NO_MATCH;
	}
}

static u32 row_count(const struct rec_table *t, const struct sample *s)
{
	return t->is_host ? 1 : *(const u32 *)((const char *)s + t->count_at);
}

static const char *row_base(const struct rec_table *t, const struct sample *s)
{
	return t->is_host ? (const char *)s : *(char *const *)((const char *)s + t->rows_at);
}

/* On a host where no VM and no reason is new, all rows are where they were. */
static bool same_vcpus(const struct sample *now, const struct sample *old)
{
	if (now->vm_count != old->vm_count || now->vcpu_count != old->vcpu_count)
		return false;
	for (u32 i = 0; i < now->vm_count; i++)
		if (now->vms[i].uid != old->vms[i].uid || now->vms[i].vcpu_count != old->vms[i].vcpu_count)
			return false;
	for (u32 i = 0; i < now->vcpu_count; i++)
		if (now->vcpus[i].uid != old->vcpus[i].uid)
			return false;
	return true;
}

static bool same_exits(const struct sample *now, const struct sample *old)
{
	for (u32 i = 0; i < now->vcpu_count; i++)
		if (now->vcpus[i].exit_count != old->vcpus[i].exit_count)
			return false;
	return true;
}

static int match_all(struct encoder *enc, const struct sample *now, bool key)
{
	const u32 *vms = NULL, *vcpus = NULL;
	/* a reason never goes while its vCPU is there: as many are the same ones */
	bool vcpus_same = !key && same_vcpus(now, enc->prev), exits_same = vcpus_same && same_exits(now, enc->prev);

	for (u32 i = 0; i < enc->schema->table_count; i++) {
		const struct rec_table *t = &enc->schema->tables[i];
		u32 n = row_count(t, now), old = row_count(t, enc->prev), *match;

		if (n > t->rows_max)
			return -EFBIG;
		if (ARRAY_ROOM(enc->match[i], enc->match_room[i], n))
			return -ENOMEM;
		match = enc->match[i];
		enc->same[i] = (exits_same && t->match == REC_MATCH_EXIT) || (vcpus_same && t->match == REC_MATCH_VM);
		if (enc->same[i])
			continue;
		if (key)
			memset(match, 0xff, n * sizeof(*match));
		else if (t->match == REC_MATCH_VM)
			match_vms(now, enc->prev, match);
		else if (t->match == REC_MATCH_VCPU && vms)
			match_vcpus(now, enc->prev, vms, match);
		else if (t->match == REC_MATCH_EXIT && vcpus)
			match_exits(now, enc->prev, vcpus, match);
		else if (t->match == REC_MATCH_EVENT)
			match_events(now, enc->prev, match);
		else
			for (u32 k = 0; k < n; k++)
				match[k] = k < old ? k : NO_MATCH;
		vms = t->match == REC_MATCH_VM ? match : vms;
		vcpus = t->match == REC_MATCH_VCPU ? match : vcpus;
	}
	return 0;
}

static int put_matches(struct bytes *b, const u32 *match, u32 n)
{
	u32 expected = 0;

	if (reserve(b, (u64)n * VARINT_MAX / 2))
		return -ENOMEM;
	for (u32 i = 0; i < n; i++) {
		if (match[i] == NO_MATCH) {
			put(b, 1);
			continue;
		}
		if (match[i] == expected) {
			put(b, 0);
		} else {
			s64 d = (s64)match[i] - expected;

			put(b, 1 + ((u64)d << 1 ^ -((u64)d >> 63)));
		}
		expected = match[i] + 1;
	}
	return 0;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/* A block of rows, and what they are told against. */
struct block {
	const char *now[REC_BLOCK], *old[REC_BLOCK];
	bool is_old[REC_BLOCK];
	u32 n;
};

#define PUT_COLUMN(type)                                                             \
	for (u32 i = 0; i < blk->n; i++) {                                           \
		u64 now_ = (u64)(s64) * (const type *)(blk->now[i] + field->offset); \
		u64 old_ = (u64)(s64) * (const type *)(blk->old[i] + field->offset); \
		pen_diff(&pen, now_, old_);                                          \
	}

static void put_numbers(struct bytes *b, const struct rec_field *field, const struct block *blk)
{
	struct pen pen = pen_take(b);

	if (field->type == REC_INT) {
		if (field->size == 4)
			PUT_COLUMN(s32)
		else
			PUT_COLUMN(s64)
	} else if (field->size == 8) {
		PUT_COLUMN(u64)
	} else if (field->size == 4) {
		PUT_COLUMN(u32)
	} else if (field->size == 2) {
		PUT_COLUMN(u16)
	} else {
		PUT_COLUMN(u8)
	}
	pen_give(b, &pen);
}

/*
 * Numbers of 8 bytes that lie side by side, all at once: row by row, as they lie in memory, and then column by column, most
 * of which have not changed in any row.
 */
static void put_words(struct bytes *b, u32 offset, u32 fields, const struct block *blk)
{
	u64 diff[REC_BLOCK][WORDS_MAX], any[WORDS_MAX] = {0};
	struct pen pen = pen_take(b);

	for (u32 i = 0; i < blk->n; i++) {
		const u64 *now = (const u64 *)(blk->now[i] + offset), *old = (const u64 *)(blk->old[i] + offset);

		for (u32 k = 0; k < fields; k++) {
			diff[i][k] = now[k] - old[k];
			any[k] |= diff[i][k];
		}
	}
	for (u32 k = 0; k < fields; k++) {
		if (!any[k]) {
			pen.zeros += blk->n;
			continue;
		}
		for (u32 i = 0; i < blk->n; i++)
			pen_diff(&pen, diff[i][k], 0);
	}
	pen_give(b, &pen);
}

/* How many fields from this one on lie side by side, 8 bytes each; at most WORDS_MAX. */
static u32 words_from(const struct rec_table *t, u32 at)
{
	u32 n = 0;

	while (at + n < t->field_count && n < WORDS_MAX && t->fields[at + n].type == REC_UINT &&
	       t->fields[at + n].size == sizeof(u64) &&
	       t->fields[at + n].offset == t->fields[at].offset + n * sizeof(u64))
		n++;
	return n;
}

static const char *text_of(const struct rec_field *field, const char *row, u32 *len)
{
	const char *text = row + field->offset;

	if (field->type == REC_STATIC) {
		memcpy(&text, row + field->offset, sizeof(text));
		text = text ? text : "";
		*len = strnlen(text, 255);
	} else {
		*len = strnlen(text, field->size);
	}
	return text;
}

static int put_texts(struct bytes *b, const struct rec_field *field, const struct block *blk)
{
	for (u32 i = 0; i < blk->n; i++) {
		u32 len, old_len;
		const char *text = text_of(field, blk->now[i], &len), *old = text_of(field, blk->old[i], &old_len);

		if (len == old_len && !memcmp(text, old, len)) {
			put(b, 0);
			continue;
		}
		put(b, len + 1);
		if (put_bytes(b, text, len))
			return -ENOMEM;
	}
	return 0;
}

static int put_hists(struct encoder *enc, const struct rec_field *field, const struct block *blk,
		     const struct sample *now)
{
	struct hist_span span[REC_BLOCK], old[REC_BLOCK];

	for (u32 i = 0; i < blk->n; i++) {
		memcpy(&span[i], blk->now[i] + field->offset, sizeof(span[i]));
		memcpy(&old[i], blk->old[i] + field->offset, sizeof(old[i]));
	}
	return record_hists_put(&enc->raw, &enc->side, span, now->hist, old, enc->prev->hist, blk->n);
}

static int put_block(struct encoder *enc, const struct rec_table *t, const struct block *blk, const struct sample *now)
{
	int ret = reserve(&enc->raw, (u64)t->field_count * REC_BLOCK * VARINT_MAX);

	for (u32 i = 0; !ret && i < t->field_count; i++) {
		const struct rec_field *field = &t->fields[i];
		u32 words = words_from(t, i);

		if (words > 1) {
			put_words(&enc->raw, field->offset, words, blk);
			i += words - 1;
		} else if (field->type == REC_TEXT || field->type == REC_STATIC) {
			ret = put_texts(&enc->raw, field, blk);
		} else if (field->type == REC_SPARSE) {
			ret = put_hists(enc, field, blk, now);
		} else {
			put_numbers(&enc->raw, field, blk);
		}
		/* texts and histograms may have used what was reserved for the fields behind them */
		if (!ret && field->type >= REC_TEXT)
			ret = reserve(&enc->raw, (u64)(t->field_count - i) * REC_BLOCK * VARINT_MAX);
	}
	return ret;
}

static int put_table(struct encoder *enc, const struct rec_table *t, const u32 *match, const struct sample *now,
		     bool key)
{
	const char *rows = row_base(t, now), *old = row_base(t, enc->prev);
	bool match_same = enc->same[t - enc->schema->tables];
	u32 n = row_count(t, now);
	struct block blk;
	int ret = reserve(&enc->raw, 0);

	assert(t->stride <= sizeof(zero_row));
	if (ret)
		return ret;
	put_varint(&enc->raw, n);
	if (match_same)
		enc->raw.zeros += n;
	else if (!key)
		ret = put_matches(&enc->raw, match, n);
	for (u32 at = 0; !ret && at < n; at += blk.n) {
		blk.n = n - at < REC_BLOCK ? n - at : REC_BLOCK;
		for (u32 i = 0; i < blk.n; i++) {
			u32 m = match_same ? at + i : match[at + i];

			blk.now[i] = rows + (size_t)(at + i) * t->stride;
			blk.old[i] = m == NO_MATCH ? (const char *)zero_row.bytes : old + (size_t)m * t->stride;
		}
		ret = put_block(enc, t, &blk, now);
	}
	if (!ret)
		end_zeros(&enc->raw);
	return ret;
}

/* --- frames ------------------------------------------------------------------------------------------------------- */

struct encoder *encoder_new(const struct rec_schema *schema)
{
	struct encoder *enc = calloc(1, sizeof(*enc));

	if (!enc)
		return NULL;
	enc->schema = schema;
	enc->prev = &enc->copy;
	enc->zstd = ZSTD_createCCtx();
	if (enc->zstd && !ZSTD_isError(ZSTD_CCtx_setParameter(enc->zstd, ZSTD_c_compressionLevel, LEVEL)))
		return enc;
	ZSTD_freeCCtx(enc->zstd);
	free(enc);
	return NULL;
}

void encoder_free(struct encoder *enc)
{
	if (!enc)
		return;
	ZSTD_freeCCtx(enc->zstd);
	for (u32 i = 0; i < REC_TABLES_MAX; i++)
		free(enc->match[i]);
	sample_free(&enc->copy);
	sample_free(&enc->tidy);
	free(enc->raw.data);
	free(enc->side.data);
	free(enc->packed.data);
	free(enc->head.data);
	free(enc);
}

/* Slower by far. Of a head, and of what is so regular that no reader would believe it of Zstandard. */
static int pack_zlib(const struct bytes *raw, struct bytes *to)
{
	uLongf len = compressBound(raw->len);

	if (ARRAY_ROOM(to->data, to->room, len))
		return -ENOMEM;
	if (compress2(to->data, &len, raw->data, raw->len, LEVEL) != Z_OK)
		return -ENOMEM;
	to->len = len;
	return 0;
}

static int pack(struct encoder *enc)
{
	struct bytes *to = &enc->packed;
	size_t len;

	if (enc->raw.len > REC_RAW_MAX)
		return -EFBIG;
	if (ARRAY_ROOM(to->data, to->room, ZSTD_compressBound(enc->raw.len)))
		return -ENOMEM;
	len = ZSTD_compress2(enc->zstd, to->data, to->room, enc->raw.data, enc->raw.len);
	if (ZSTD_isError(len))
		return -ENOMEM;
	to->len = len;
	return enc->raw.len > (u64)to->len * REC_RATIO_MAX ? pack_zlib(&enc->raw, to) : 0;
}

void encoder_borrow(struct encoder *enc)
{
	enc->borrows = true;
}

int encoder_add(struct encoder *enc, const struct sample *s, bool key, struct rec_frame *out)
{
	u32 raw_len;
	int ret;

	key |= !enc->has_prev;
	if (!is_tidy(s)) {
		ret = tidy(&enc->tidy, s);
		if (ret)
			return ret;
		s = &enc->tidy;
	}
	enc->raw.len = 0;
	enc->raw.zeros = 0;
	ret = match_all(enc, s, key);
	for (u32 i = 0; !ret && i < enc->schema->table_count; i++)
		ret = put_table(enc, &enc->schema->tables[i], enc->match[i], s, key);
	if (!ret)
		ret = pack(enc);
	raw_len = enc->raw.len;
	/* The next delta is told against this sample, and only if its frame was given to the caller. */
	enc->prev = s;
	if (!ret && !(enc->borrows && s != &enc->tidy)) {
		ret = sample_copy(&enc->copy, s);
		enc->prev = &enc->copy;
	}
	enc->has_prev = !ret;
	if (ret)
		return ret;
	memcpy(enc->host, s->host, sizeof(enc->host));
	*out = (struct rec_frame){.data = enc->packed.data,
				  .len = enc->packed.len,
				  .raw_len = raw_len,
				  .key = key,
				  .seq = s->seq,
				  .mono_ns = s->mono_ns,
				  .real_ns = s->real_ns};
	return 0;
}

static int put_string(struct bytes *b, const char *text)
{
	u32 len = strlen(text);

	if (reserve(b, len))
		return -ENOMEM;
	put_varint(b, len);
	return put_bytes(b, text, len);
}

static int make_head(struct encoder *enc)
{
	const char *notes[][2] = {{"program", "kvmtop " KVMTOP_VERSION}, {"host", enc->host}};
	struct bytes *b = &enc->raw;
	int ret;

	b->len = 0;
	b->zeros = 0;
	ret = reserve(b, 0);
	if (ret)
		return ret;
	put_varint(b, REC_VERSION);
	put_varint(b, ARRAY_SIZE(notes));
	for (size_t i = 0; !ret && i < ARRAY_SIZE(notes); i++) {
		ret = put_string(b, notes[i][0]);
		if (!ret)
			ret = put_string(b, notes[i][1]);
	}
	if (!ret)
		put_varint(b, enc->schema->table_count);
	for (u32 i = 0; !ret && i < enc->schema->table_count; i++) {
		const struct rec_table *t = &enc->schema->tables[i];

		ret = put_string(b, t->name);
		if (!ret)
			put_varint(b, t->field_count);
		for (u32 k = 0; !ret && k < t->field_count; k++) {
			ret = put_string(b, t->fields[k].name);
			if (!ret)
				put_varint(b, t->fields[k].type);
		}
	}
	enc->head_raw_len = b->len;
	return ret ? ret : pack_zlib(&enc->raw, &enc->head);
}

int encoder_head(struct encoder *enc, struct rec_frame *out, u32 *crc)
{
	int ret = enc->head.len ? 0 : make_head(enc);

	if (ret)
		return ret;
	*out = (struct rec_frame){.data = enc->head.data, .len = enc->head.len, .raw_len = enc->head_raw_len};
	*crc = crc32(0, enc->head.data, enc->head.len);
	return 0;
}
