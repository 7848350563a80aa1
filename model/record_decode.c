/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames to samples. A frame is foreign bytes: every number is checked before it is used as a size or an index, and what
 * comes out keeps the promises of struct sample on which memory safety rests.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "array.h"
#include "hist.h"
#include "probes.h"
#include "record_code.h"
#include "record_numbers.h"
#include "vmname.h"

#define UNKNOWN_FIELD 0xff
#define MOVED_PART    0xf8 /* up to version 2: a part of the exit in flight, with the exit and not with its vCPU */
#define HEAD_TABLES   64
#define HEAD_FIELDS   1024
#define NO_ROW        UINT32_MAX
#define NUMBERS_MAX   (128U << 20) /* a frame */

/* A table as the file has it. */
struct file_table {
	const struct rec_table *table; /* NULL: unknown */
	u32 field_count;
	u8 *types;
	u8 *fields; /* of each its number in table, UNKNOWN_FIELD */
};

struct decoder {
	struct file_table *tables;
	u32 table_count;
	char program[64], host[VM_NAME_SIZE];
	bool all_probes; /* the file knows the same probes as we do */
	struct sample last, next;
	u64 (*last_parts)[EXIT_PARTS], (*parts)[EXIT_PARTS]; /* of MOVED_PART fields, an exit */
	u32 last_part_room, part_room;
	bool has_parts;
	bool has_last;
	u8 *raw;
	u32 raw_room;
	u32 *match;
	u32 match_room;
	z_stream z;
	ZSTD_DCtx *zstd;
};

/* --- the description ---------------------------------------------------------------------------------------------- */

static void forget_tables(struct decoder *dec)
{
	for (u32 i = 0; i < dec->table_count; i++) {
		free(dec->tables[i].types);
		free(dec->tables[i].fields);
	}
	free(dec->tables);
	dec->tables = NULL;
	dec->table_count = 0;
	dec->has_last = dec->has_parts = false;
}

/* A text of a head; false: too long or not there. */
static bool get_string(struct in *in, char *to, size_t size)
{
	u64 len = get_varint(in);
	const char *text = in->bad ? NULL : get_bytes(in, len);

	to[0] = '\0';
	if (text)
		clean_text(to, size, text, len);
	return text;
}

static bool get_notes(struct decoder *dec, struct in *in)
{
	u64 n = get_varint(in);

	for (u64 i = 0; i < n && !in->bad; i++) {
		char name[REC_NAME_SIZE], text[128];

		if (!get_string(in, name, sizeof(name)) || !get_string(in, text, sizeof(text)))
			return false;
		if (!strcmp(name, "program"))
			clean_text(dec->program, sizeof(dec->program), text, sizeof(text));
		else if (!strcmp(name, "host"))
			clean_text(dec->host, sizeof(dec->host), text, sizeof(text));
	}
	return !in->bad;
}

/* A histogram is one however it was written. */
static bool same_meaning(u64 a, u64 b)
{
	return (a == REC_SPARSE ? REC_HIST : a) == (b == REC_SPARSE ? REC_HIST : b);
}

static bool moved_part(const char *name, u8 *field)
{
	static const char prefix[] = "inflight_part_ns.";

	if (strncmp(name, prefix, sizeof(prefix) - 1))
		return false;
	for (u32 i = 0; i < EXIT_PARTS; i++)
		if (!strcmp(name + sizeof(prefix) - 1, exit_part_name(i)))
			*field = (u8)(MOVED_PART + i);
	return *field >= MOVED_PART;
}

static int get_table(struct decoder *dec, struct in *in)
{
	struct file_table *ft = &dec->tables[dec->table_count];
	char name[REC_NAME_SIZE];
	u64 n;

	if (!get_string(in, name, sizeof(name)))
		return -EBADMSG;
	n = get_varint(in);
	if (in->bad || n > HEAD_FIELDS)
		return -EBADMSG;
	*ft = (struct file_table){.table = rec_table_find(rec_schema(), name), .field_count = n};
	/* The first of two tables, or fields, of one name is the one. */
	for (u32 i = 0; i < dec->table_count; i++)
		if (dec->tables[i].table == ft->table)
			ft->table = NULL;
	dec->table_count++;
	ft->types = calloc(n + 1, 1);
	ft->fields = calloc(n + 1, 1);
	if (!ft->types || !ft->fields)
		return -ENOMEM;
	for (u64 i = 0; i < n; i++) {
		const struct rec_field *field;
		u64 type;

		if (!get_string(in, name, sizeof(name)))
			return -EBADMSG;
		type = get_varint(in);
		if (in->bad || type >= REC_TYPES)
			return -EBADMSG;
		ft->types[i] = type;
		if (ft->table && ft->table->match == REC_MATCH_EXIT && type == REC_UINT &&
		    moved_part(name, &ft->fields[i])) {
			dec->has_parts = true;
			continue;
		}
		field = ft->table ? rec_field_find(ft->table, name) : NULL;
		ft->fields[i] = field && same_meaning(field->type, type) ? field - ft->table->fields : UNKNOWN_FIELD;
		if (ft->fields[i] != UNKNOWN_FIELD && memchr(ft->fields, ft->fields[i], i))
			ft->fields[i] = UNKNOWN_FIELD;
	}
	return 0;
}

static bool has_field(const struct decoder *dec, const struct rec_table *t, u32 field)
{
	for (u32 i = 0; i < dec->table_count; i++)
		if (dec->tables[i].table == t)
			return memchr(dec->tables[i].fields, field, dec->tables[i].field_count);
	return false;
}

static bool has_all_probes(const struct decoder *dec)
{
	const struct rec_table *host = rec_table_find(rec_schema(), "host");

	for (u32 i = 0; i < host->field_count; i++)
		if (!strncmp(host->fields[i].name, "probe.", 6) && !has_field(dec, host, i))
			return false;
	return true;
}

static int unpack(struct decoder *dec, const u8 *data, u32 len, u32 raw_len)
{
	static const u8 zstd_magic[] = {0x28, 0xb5, 0x2f, 0xfd};

	if (raw_len > (u64)len * REC_RATIO_MAX)
		return -EBADMSG;
	if (ARRAY_ROOM(dec->raw, dec->raw_room, raw_len))
		return -ENOMEM;
	if (len > sizeof(zstd_magic) && !memcmp(data, zstd_magic, sizeof(zstd_magic)))
		return ZSTD_decompressDCtx(dec->zstd, dec->raw, raw_len, data, len) == raw_len ? 0 : -EBADMSG;
	if (inflateReset(&dec->z) != Z_OK)
		return -ENOMEM;
	dec->z.next_in = (u8 *)data;
	dec->z.avail_in = len;
	dec->z.next_out = dec->raw;
	dec->z.avail_out = raw_len;
	return inflate(&dec->z, Z_FINISH) == Z_STREAM_END && !dec->z.avail_out && !dec->z.avail_in ? 0 : -EBADMSG;
}

int decoder_head(struct decoder *dec, const u8 *data, u32 len, u32 raw_len)
{
	struct in in;
	u64 n;
	int ret;

	forget_tables(dec);
	dec->program[0] = dec->host[0] = '\0';
	ret = raw_len > REC_HEAD_MAX ? -EBADMSG : unpack(dec, data, len, raw_len);
	if (ret)
		return ret;
	in = (struct in){.p = dec->raw, .end = dec->raw + raw_len};
	n = get_varint(&in);
	if (!in.bad && n > REC_VERSION)
		return -EPROTONOSUPPORT;
	if (in.bad || !n || !get_notes(dec, &in))
		return -EBADMSG;
	n = get_varint(&in);
	if (in.bad || n > HEAD_TABLES)
		return -EBADMSG;
	dec->tables = calloc(n + 1, sizeof(*dec->tables));
	if (!dec->tables)
		return -ENOMEM;
	for (u64 i = 0; !ret && i < n; i++)
		ret = get_table(dec, &in);
	if (!ret && in.p != in.end)
		ret = -EBADMSG;
	if (ret)
		forget_tables(dec);
	else
		dec->all_probes = has_all_probes(dec);
	return ret;
}

const char *decoder_program(const struct decoder *dec)
{
	return dec->program;
}

const char *decoder_host(const struct decoder *dec)
{
	return dec->host;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

struct block {
	char *row[REC_BLOCK];       /* NULL: of an unknown table */
	const char *old[REC_BLOCK]; /* what it is told against */
	u32 n;
};

#define GET_COLUMN(type)                                                      \
	for (u32 i = 0; i < blk->n; i++) {                                    \
		u64 old_ = (u64)(s64) * (const type *)(blk->old[i] + offset); \
		u64 v_ = old_ + unzigzag(get(in));                            \
		*(type *)(blk->row[i] + offset) = (type)v_;                   \
		in->bad |= (u64)(s64)(type)v_ != v_;                          \
	}

/* A value that does not fit in its member is damage. */
static void get_numbers(struct in *in, const struct rec_field *field, const struct block *blk)
{
	u32 offset = field->offset;

	if (field->type == REC_INT) {
		if (field->size == 4)
			GET_COLUMN(s32)
		else
			GET_COLUMN(s64)
	} else if (field->size == 8) {
		GET_COLUMN(u64)
	} else if (field->size == 4) {
		GET_COLUMN(u32)
	} else if (field->size == 2) {
		GET_COLUMN(u16)
	} else {
		GET_COLUMN(u8)
	}
}

/* Reading a bool that is neither 0 nor 1 is undefined: as bytes. */
static void get_bools(struct in *in, const struct rec_field *field, const struct block *blk)
{
	for (u32 i = 0; i < blk->n; i++) {
		u64 v = *(const u8 *)(blk->old[i] + field->offset) + unzigzag(get(in));

		in->bad |= v > 1;
		*(u8 *)(blk->row[i] + field->offset) = v & 1;
	}
}

static void get_texts(struct in *in, const struct rec_field *field, u8 type, const struct block *blk)
{
	for (u32 i = 0; i < blk->n && !in->bad; i++) {
		u64 len = get(in);
		const char *text = len ? get_bytes(in, len - 1) : NULL;
		char line[256];

		if (!field || (len && !text))
			continue;
		if (!text) {
			memcpy(blk->row[i] + field->offset, blk->old[i] + field->offset, field->size);
		} else if (type == REC_TEXT) {
			clean_text(blk->row[i] + field->offset, field->size, text, len - 1);
		} else {
			const char *kept;

			clean_text(line, sizeof(line), text, len - 1);
			kept = *line ? rec_static_text(line) : NULL;
			memcpy(blk->row[i] + field->offset, &kept, sizeof(kept));
		}
	}
}

/* The buckets of one row into s->hist. */
static int get_hist(struct in *in, struct sample *s, struct hist_span *span, struct hist_span old, const u32 *old_hist)
{
	u64 len = get(in), first;
	s64 off;

	if (!len) {
		*span = old;
	} else {
		first = get(in);
		if (in->bad || len - 1 > HIST_BUCKETS || first + len - 1 > HIST_BUCKETS || first >= HIST_BUCKETS)
			return -EBADMSG;
		*span = (struct hist_span){.first = first, .len = len - 1};
	}
	if (s->hist_count > REC_HIST_MAX - span->len)
		return -EBADMSG;
	off = sample_add_hist(s, span->len);
	if (off < 0)
		return -ENOMEM;
	span->off = off;
	if (!len) {
		if (old.len)
			memcpy(s->hist + off, old_hist + old.off, old.len * sizeof(*old_hist));
		return 0;
	}
	for (u32 i = 0; i < span->len; i++) {
		u32 at = span->first + i - old.first; /* wraps before the old span */

		/* a recording of another program may have counted further */
		s->hist[off + i] = hist_count((at < old.len ? old_hist[old.off + at] : 0) + (u64)unzigzag(get(in)));
	}
	return 0;
}

/* One row's buckets: those with a bit have another count. */
static bool get_sparse(struct in *in, const u8 *mask, u32 *to, u32 len)
{
	for (u32 i = 0; i < len && !in->bad; i++) {
		u64 d = mask[i / 8] >> i % 8 & 1 ? get_varint(in) : 0;

		in->bad |= d > UINT32_MAX;
		to[i] += (u32)d;
	}
	return !in->bad;
}

/* The block's histograms, all in a row; first the spans, then what the bytes behind them say. */
static int get_sparses(struct decoder *dec, struct in *in, const struct rec_field *field, const struct block *blk)
{
	struct hist_span span[REC_BLOCK], old[REC_BLOCK];
	u64 code[REC_BLOCK], masks = 0, bytes;
	const u8 *mask, *end;

	for (u32 i = 0; i < blk->n; i++) {
		memcpy(&old[i], blk->old[i] + field->offset, sizeof(old[i]));
		span[i] = old[i];
		code[i] = get(in);
		if (code[i] > 1) {
			u64 len = code[i] - 2, first = get(in);

			if (in->bad || len > HIST_BUCKETS || first + len > HIST_BUCKETS || first >= HIST_BUCKETS)
				return -EBADMSG;
			span[i] = (struct hist_span){.first = (u16)first, .len = (u16)len};
		}
		masks += code[i] ? (span[i].len + 7U) / 8 : 0;
	}
	bytes = get(in);
	if (in->bad || in->zeros || bytes > (u64)(in->end - in->p) || masks > bytes)
		return -EBADMSG;
	mask = in->p;
	end = in->p + bytes;
	in->p += masks;
	for (u32 i = 0; i < blk->n; i++) {
		struct sample *s = &dec->next;
		s64 off;

		if (s->hist_count > REC_HIST_MAX - span[i].len)
			return -EBADMSG;
		off = sample_add_hist(s, span[i].len);
		if (off < 0)
			return -ENOMEM;
		span[i].off = (u32)off;
		for (u32 k = 0; k < span[i].len; k++) {
			u32 at = span[i].first + k - old[i].first; /* wraps before the old span */

			s->hist[off + k] = at < old[i].len ? dec->last.hist[old[i].off + at] : 0;
		}
		if (code[i] && !get_sparse(in, mask, s->hist + off, span[i].len))
			return -EBADMSG;
		mask += code[i] ? (span[i].len + 7U) / 8 : 0;
		memcpy(blk->row[i] + field->offset, &span[i], sizeof(span[i]));
	}
	return in->p == end ? 0 : -EBADMSG;
}

static int get_hists(struct decoder *dec, struct in *in, const struct rec_field *field, const struct block *blk)
{
	int ret = 0;

	for (u32 i = 0; i < blk->n && !in->bad && !ret; i++) {
		struct hist_span span, old;

		memcpy(&old, blk->old[i] + field->offset, sizeof(old));
		ret = get_hist(in, &dec->next, &span, old, dec->last.hist);
		memcpy(blk->row[i] + field->offset, &span, sizeof(span));
	}
	return ret;
}

static void get_parts(struct decoder *dec, struct in *in, u32 part, const struct block *blk)
{
	for (u32 i = 0; i < blk->n; i++) {
		u32 row = (u32)((const struct exit_sample *)blk->row[i] - dec->next.exits);
		bool is_new = blk->old[i] == (const char *)zero_row.bytes;
		u32 was = is_new ? 0 : (u32)((const struct exit_sample *)blk->old[i] - dec->last.exits);

		dec->parts[row][part] = (is_new ? 0 : dec->last_parts[was][part]) + unzigzag(get(in));
	}
}

/* Reads over a column whose field this program does not know. */
static void skip_column(struct in *in, u8 type, const struct block *blk)
{
	if (type == REC_TEXT || type == REC_STATIC) {
		get_texts(in, NULL, type, blk);
		return;
	}
	for (u32 i = 0; i < blk->n && !in->bad && type == REC_SPARSE; i++)
		if (get(in) > 1)
			get(in);
	if (type == REC_SPARSE) {
		u64 bytes = get(in);

		if (in->bad || in->zeros || bytes > (u64)(in->end - in->p))
			in->bad = true;
		else
			in->p += bytes;
		return;
	}
	for (u32 i = 0; i < blk->n && !in->bad; i++) {
		u64 len = get(in);

		if (type != REC_HIST || !len)
			continue;
		if (len > UINT16_MAX)
			in->bad = true;
		get(in);
		for (u64 k = 1; k < len && !in->bad; k++)
			get(in);
	}
}

static int get_block(struct decoder *dec, struct in *in, const struct file_table *ft, const struct block *blk)
{
	int ret = 0;

	for (u32 f = 0; f < ft->field_count && !in->bad && !ret; f++) {
		const struct rec_field *field;

		if (ft->fields[f] >= MOVED_PART && ft->fields[f] != UNKNOWN_FIELD) {
			get_parts(dec, in, ft->fields[f] - MOVED_PART, blk);
			continue;
		}
		if (ft->fields[f] == UNKNOWN_FIELD) {
			skip_column(in, ft->types[f], blk);
			continue;
		}
		field = &ft->table->fields[ft->fields[f]];
		if (field->type == REC_TEXT || field->type == REC_STATIC)
			get_texts(in, field, field->type, blk);
		else if (ft->types[f] == REC_HIST)
			ret = get_hists(dec, in, field, blk);
		else if (ft->types[f] == REC_SPARSE)
			ret = get_sparses(dec, in, field, blk);
		else if (field->type == REC_BOOL)
			get_bools(in, field, blk);
		else
			get_numbers(in, field, blk);
	}
	return ret ? ret : in->bad ? -EBADMSG : 0;
}

static int get_matches(struct decoder *dec, struct in *in, u32 n, bool known, u32 old_count)
{
	u64 expected = 0;

	if (ARRAY_ROOM(dec->match, dec->match_room, n))
		return -ENOMEM;
	for (u32 i = 0; i < n && !in->bad; i++) {
		u64 code = get(in);

		if (code == 1) {
			dec->match[i] = NO_ROW;
			continue;
		}
		if (code)
			expected += unzigzag(code - 1);
		if (known && expected >= old_count)
			in->bad = true;
		dec->match[i] = expected++;
	}
	return in->bad ? -EBADMSG : 0;
}

static u32 *counter(struct sample *s, u32 offset)
{
	return (u32 *)((char *)s + offset);
}

/* Room for n zeroed rows in dec->next; *base: the first. */
static int add_rows(struct decoder *dec, const struct rec_table *t, u32 n, char **base)
{
	void *rows;

	if (t->is_host) {
		*base = (char *)&dec->next;
		return 0;
	}
	memcpy(&rows, (char *)&dec->next + t->rows_at, sizeof(rows));
	rows = array_grow(rows, counter(&dec->next, t->room_at), n, t->stride);
	if (!rows)
		return -ENOMEM;
	memcpy((char *)&dec->next + t->rows_at, &rows, sizeof(rows));
	memset(rows, 0, (size_t)n * t->stride);
	*counter(&dec->next, t->count_at) = n;
	*base = rows;
	return 0;
}

static int get_rows(struct decoder *dec, struct in *in, const struct file_table *ft, bool key)
{
	const struct rec_table *t = ft->table;
	u64 n = get_varint(in);
	u32 old_count = 0;
	char *rows = NULL;
	const char *old = NULL;
	struct block blk;
	int ret = 0;

	if (in->bad || n > (t ? t->rows_max : REC_HIST_MAX) || (t && t->is_host && n != 1))
		return -EBADMSG;
	if (t) {
		old_count = t->is_host ? 1 : *counter(&dec->last, t->count_at);
		old = (const char *)&dec->last;
		if (!t->is_host)
			memcpy(&old, (char *)&dec->last + t->rows_at, sizeof(old));
		ret = add_rows(dec, t, n, &rows);
		if (!ret && dec->has_parts && t->match == REC_MATCH_EXIT)
			ret = ARRAY_ROOM(dec->parts, dec->part_room, n);
		if (!ret && dec->has_parts && t->match == REC_MATCH_EXIT && n)
			memset(dec->parts, 0, n * sizeof(*dec->parts));
	}
	if (!ret && !key)
		ret = get_matches(dec, in, n, t, old_count);
	for (u32 at = 0; !ret && at < n; at += blk.n) {
		blk.n = n - at < REC_BLOCK ? n - at : REC_BLOCK;
		for (u32 i = 0; t && i < blk.n; i++) {
			u32 m = key ? NO_ROW : dec->match[at + i];

			blk.row[i] = rows + (size_t)(at + i) * t->stride;
			blk.old[i] = m == NO_ROW ? (const char *)zero_row.bytes : old + (size_t)m * t->stride;
		}
		ret = get_block(dec, in, ft, &blk);
	}
	/* a run of zeros ends with its table */
	return ret ? ret : in->zeros ? -EBADMSG : 0;
}

/* --- samples ------------------------------------------------------------------------------------------------------ */

/* Gives rows their places, and refuses what no sample may have. */
static int finish(struct sample *s, bool all_probes)
{
	u64 vcpus = 0, exits = 0;

	for (u32 i = 0; i < s->vm_count; i++) {
		struct vm_sample *vm = &s->vms[i];

		if (!vm->uid || (i && vm->uid <= s->vms[i - 1].uid) || vcpus + vm->vcpu_count > s->vcpu_count)
			return -EBADMSG;
		vm->vcpu_first = vcpus;
		for (u32 k = 0; k < vm->vcpu_count; k++)
			s->vcpus[vcpus++].vm = vm->uid;
		if (!vm->name[0])
			strcpy(vm->name, "?");
		if (!vm->vmm[0])
			strcpy(vm->vmm, "?");
	}
	for (u32 i = 0; i < s->vcpu_count; i++) {
		struct vcpu_sample *v = &s->vcpus[i];

		if (!v->uid || v->state >= VCPU_STATES || exits + v->exit_count > s->exit_count)
			return -EBADMSG;
		v->exit_first = exits;
		exits += v->exit_count;
	}
	if (vcpus != s->vcpu_count || exits != s->exit_count)
		return -EBADMSG;
	for (u32 i = 0; i < s->event_count; i++) {
		/* Kinds of a newer version are kept: who does not know them does not show them. */
		if (i && event_sample_compare(&s->events[i - 1], &s->events[i]) >= 0)
			return -EBADMSG;
	}
	/* Of an older or newer version: its probes went to their places here, whichever these are. */
	if (s->probe_count > PROBE_COUNT || (s->probe_count && !all_probes))
		s->probe_count = PROBE_COUNT;
	return 0;
}

/* To the vCPUs whose exits they are parts of; the next frame is told against them. */
static void give_parts(struct decoder *dec)
{
	u64(*parts)[EXIT_PARTS] = dec->parts;
	u32 room = dec->part_room;

	for (u32 i = 0; dec->has_parts && i < dec->next.vcpu_count; i++) {
		struct vcpu_sample *v = &dec->next.vcpus[i];

		for (u32 k = v->exit_first; k < v->exit_first + v->exit_count; k++)
			if (dec->next.exits[k].inflight_ns && EXIT_KEY_KIND(dec->next.exits[k].key) == EXIT_GUEST)
				memcpy(v->inflight_part_ns, dec->parts[k], sizeof(v->inflight_part_ns));
	}
	dec->parts = dec->last_parts;
	dec->part_room = dec->last_part_room;
	dec->last_parts = parts;
	dec->last_part_room = room;
}

int decoder_add(struct decoder *dec, bool key, const u8 *data, u32 len, u32 raw_len, const struct sample **out)
{
	struct sample done;
	struct in in;
	int ret;

	if (!dec->tables || (!key && !dec->has_last) || raw_len > REC_RAW_MAX)
		return -EBADMSG;
	dec->has_last = false;
	ret = unpack(dec, data, len, raw_len);
	if (ret)
		return ret;
	in = (struct in){.p = dec->raw, .end = dec->raw + raw_len, .budget = NUMBERS_MAX};
	sample_reset(&dec->next);
	for (u32 i = 0; !ret && i < dec->table_count; i++)
		ret = get_rows(dec, &in, &dec->tables[i], key);
	if (!ret && in.p != in.end)
		ret = -EBADMSG;
	if (!ret)
		ret = finish(&dec->next, dec->all_probes);
	if (ret)
		return ret;
	give_parts(dec);
	done = dec->next;
	dec->next = dec->last;
	dec->last = done;
	dec->has_last = true;
	*out = &dec->last;
	return 0;
}

struct decoder *decoder_new(void)
{
	struct decoder *dec = calloc(1, sizeof(*dec));

	if (!dec)
		return NULL;
	dec->zstd = ZSTD_createDCtx();
	if (dec->zstd && inflateInit(&dec->z) == Z_OK)
		return dec;
	ZSTD_freeDCtx(dec->zstd);
	free(dec);
	return NULL;
}

void decoder_free(struct decoder *dec)
{
	if (!dec)
		return;
	forget_tables(dec);
	inflateEnd(&dec->z);
	ZSTD_freeDCtx(dec->zstd);
	free(dec->parts);
	free(dec->last_parts);
	sample_free(&dec->last);
	sample_free(&dec->next);
	free(dec->raw);
	free(dec->match);
	free(dec);
}
