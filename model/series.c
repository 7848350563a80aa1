/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values lie by column (a sample), then by slot (a row), so that a sample writes one stretch of memory. A hash table knows
 * a row's slot, and is hardly asked: rows come in the same order as in the sample before.
 */
#include "series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "probes.h"

/* Of the values; what more columns than the fewest may take. */
#define BYTES_MAX (16U << 20)
#define NO_SLOT   UINT32_MAX

enum kind { KIND_VM, KIND_VCPU, KIND_EXIT };

struct slot {
	u64 key;
	u64 last; /* the counter, in the sample added last; of a sum, what was added to it since the one before */
	vm_uid vm;
	vcpu_uid vcpu;
	u16 kind, isa;
	u32 seen;     /* number of the add that saw it last */
	u32 position; /* in the order of that sample */
	u32 sum;      /* of exits: the slot that adds it up, NO_SLOT: not looked up */
};

struct series {
	struct slot *slots;
	u32 slot_count, slot_room;
	u8 *values;     /* reel.columns stretches of value_room, each of width bytes */
	u32 width;      /* 2, of very many rows 1 */
	u32 value_room; /* slots that there are values for */
	u8 *column;     /* of the sample that is being added */
	u32 *sums;      /* slots of sums that it added to */
	u32 sum_room, sum_count;
	u32 *table; /* slot + 1 by hash, a power of two; 0: free */
	u32 table_size;
	u32 *order, *last_order; /* slots in the order of this sample and of the one before */
	u32 order_room, last_order_room, order_count, last_order_count;
	double a_second; /* 1 / the interval that ends with this sample, 0: the first */
	bool moved;      /* it has not its rows in the order of the one before */
	u32 cursor;      /* into last_order: where the next row is likely to be */
	struct reel reel;
	u64 last_mono;
};

struct series *series_new(void)
{
	struct series *s = calloc(1, sizeof(*s));

	if (s) {
		s->reel.columns = REEL_MOST;
		s->width = 2;
	}
	return s;
}

void series_free(struct series *s)
{
	if (!s)
		return;
	free(s->slots);
	free(s->values);
	free(s->table);
	free(s->sums);
	free(s->order);
	free(s->last_order);
	free(s);
}

/* Forgets all, and keeps its memory. */
static void series_reset(struct series *s)
{
	if (s->table_size)
		memset(s->table, 0, s->table_size * sizeof(*s->table));
	s->slot_count = s->order_count = s->last_order_count = 0;
	s->reel.adds = 0;
}

u64 series_bytes(const struct series *s)
{
	return sizeof(*s) + s->slot_room * sizeof(*s->slots) + (u64)s->reel.columns * s->value_room * s->width +
	       (u64)s->table_size * sizeof(*s->table) +
	       ((u64)s->order_room + s->last_order_room + s->sum_room) * sizeof(*s->order);
}

/* --- values ------------------------------------------------------------------------------------------------------- */

/*
 * The upper half of a float, rounded: eight bits are enough to draw. Where there are so many rows that memory counts, the
 * logarithm in eighths of an octave in one byte, from 1/32 up, and 0.
 */
#define UNKNOWN        0x7fc0
#define NARROW_FIRST   (122 << 3) /* 1/32: its exponent as a float, and three bits of the fraction */
#define NARROW_BYTE    254
#define NARROW_NOTHING 255

static u32 float_bits(float value)
{
	u32 bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static float bits_float(u32 bits)
{
	float value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static u16 shorten(float value)
{
	u32 bits = float_bits(value);

	return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

static u8 narrow(float value)
{
	u32 code = (float_bits(value) + (1 << 19)) >> 20;

	if (code < NARROW_FIRST)
		return 0;
	return code - NARROW_FIRST + 1 < NARROW_BYTE ? (u8)(code - NARROW_FIRST + 1) : NARROW_BYTE;
}

static u8 *cell_at(const struct series *s, u64 add, u32 slot)
{
	return s->values + (add % s->reel.columns * s->value_room + slot) * s->width;
}

static float value_of(const struct series *s, u64 add, u32 slot)
{
	const u8 *cell = cell_at(s, add, slot);
	u16 half;

	if (s->width == 1)
		return *cell == NARROW_NOTHING ? NAN : *cell ? bits_float((*cell - 1U + NARROW_FIRST) << 20) : 0;
	memcpy(&half, cell, sizeof(half));
	return bits_float((u32)half << 16);
}

/* Cells of a column that nothing is known of. */
static void put_unknown(const struct series *s, u8 *cells, u32 count)
{
	static const u16 unknown = UNKNOWN;

	if (s->width == 1)
		memset(cells, NARROW_NOTHING, count);
	for (u32 i = 0; i < count && s->width == 2; i++)
		memcpy(cells + 2 * (size_t)i, &unknown, sizeof(unknown));
}

static void put_value(u8 *cell, u32 width, float value)
{
	u16 half = shorten(value);

	if (width == 1)
		*cell = narrow(value);
	else
		memcpy(cell, &half, sizeof(half));
}

/* --- slots -------------------------------------------------------------------------------------------------------- */

static bool same_row(const struct slot *a, const struct slot *b)
{
	return a->vcpu == b->vcpu && a->key == b->key && a->vm == b->vm && a->kind == b->kind && a->isa == b->isa;
}

static u32 hash(const struct slot *row)
{
	u64 h = (row->key ^ ((u64)row->isa << 56) ^ ((u64)row->kind << 60)) * 0x9e3779b97f4a7c15ULL;

	h ^= ((u64)row->vm << 32 | row->vcpu) * 0xc2b2ae3d27d4eb4fULL;
	return (h * 0x9e3779b97f4a7c15ULL) >> 32;
}

/* Where the row is in the table, or belongs. */
static u32 *cell_of(const struct series *s, const struct slot *row)
{
	u32 at = hash(row) & (s->table_size - 1);

	while (s->table[at] && !same_row(&s->slots[s->table[at] - 1], row))
		at = (at + 1) & (s->table_size - 1);
	return &s->table[at];
}

static int table_build(struct series *s)
{
	u32 size = s->table_size ? s->table_size : 64;

	while (size < 2 * ((u64)s->slot_count + 1))
		size *= 2;
	if (size != s->table_size) {
		u32 *table = realloc(s->table, size * sizeof(*table));

		if (!table)
			return -ENOMEM;
		s->table = table;
		s->table_size = size;
	}
	memset(s->table, 0, s->table_size * sizeof(*s->table));
	for (u32 i = 0; i < s->slot_count; i++)
		*cell_of(s, &s->slots[i]) = i + 1;
	return 0;
}

/* More slots; at the size of a large host fewer columns, of which the newest stay. */
static int values_room(struct series *s)
{
	u32 room = s->slot_room, from = s->reel.columns, to = from, width = s->width;
	u8 *values;

	if (s->value_room >= room)
		return 0;
	if ((u64)to * room * width > BYTES_MAX)
		to = REEL_COLUMNS;
	if (to == REEL_COLUMNS && (u64)to * room * width > BYTES_MAX / 4)
		width = 1;
	values = malloc((u64)to * room * width);
	if (!values)
		return -ENOMEM;
	for (u64 n = s->reel.adds; s->slot_count && n && n + to > s->reel.adds; n--) {
		u8 *column = values + n % to * room * width;

		if (width == s->width)
			memcpy(column, s->values + n % from * s->value_room * width, (u64)s->slot_count * width);
		for (u32 i = 0; width != s->width && i < s->slot_count; i++) {
			float value = value_of(s, n, i);

			column[i] = isnan(value) ? NARROW_NOTHING : narrow(value);
		}
	}
	if (to != from)
		reel_shrink(&s->reel);
	free(s->values);
	s->values = values;
	s->value_room = room;
	s->width = width;
	s->column = cell_at(s, s->reel.adds, 0);
	return 0;
}

static u32 slot_new(struct series *s, const struct slot *row)
{
	struct slot *slot;

	if (ARRAY_ROOM(s->slots, s->slot_room, (u64)s->slot_count + 1) || values_room(s))
		return NO_SLOT;
	slot = &s->slots[s->slot_count];
	*slot = *row;
	slot->sum = NO_SLOT;
	slot->position = NO_SLOT;
	/* a sum is new to the sample that it is of, too: add_to_sum() */
	slot->seen = (u32)s->reel.adds - (row->kind == KIND_EXIT && !row->vcpu);
	for (u64 n = s->reel.adds; n && n + s->reel.columns > s->reel.adds; n--)
		put_unknown(s, cell_at(s, n, s->slot_count), 1);
	s->slot_count++;
	if (2 * ((u64)s->slot_count + 1) > s->table_size) {
		if (table_build(s)) {
			s->slot_count--;
			return NO_SLOT;
		}
	} else {
		*cell_of(s, row) = s->slot_count;
	}
	return s->slot_count - 1;
}

static u32 slot_find(struct series *s, const struct slot *row)
{
	u32 cell = s->table_size ? *cell_of(s, row) : 0;

	return cell ? cell - 1 : slot_new(s, row);
}

/* The slot of the next row of the sample, most often the one that came next the last time too. */
static u32 slot_next(struct series *s, const struct slot *row)
{
	u32 at = s->cursor < s->last_order_count ? s->last_order[s->cursor] : NO_SLOT;

	if (at == NO_SLOT || !same_row(&s->slots[at], row)) {
		s->moved = true;
		at = slot_find(s, row);
		if (at == NO_SLOT)
			return at;
		if (s->slots[at].position < s->last_order_count)
			s->cursor = s->slots[at].position;
		else
			s->cursor--; /* a new one: the next is where this was looked for */
	}
	s->cursor++;
	s->order[s->order_count++] = at;
	return at;
}

/* Rows that no column has any more make room, once they are many. */
static int drop_old(struct series *s)
{
	u32 kept = 0;

	for (u32 i = 0; i < s->slot_count; i++)
		kept += s->slots[i].seen + s->reel.columns > s->reel.adds;
	if (s->slot_count - kept < 64 || kept > s->slot_count / 2)
		return 0;
	kept = 0;
	for (u32 i = 0; i < s->slot_count; i++) {
		if (s->slots[i].seen + s->reel.columns <= s->reel.adds)
			continue;
		s->slots[kept] = s->slots[i];
		s->slots[kept].sum = NO_SLOT;
		s->slots[kept].position = NO_SLOT;
		for (u64 n = s->reel.adds; n && n + s->reel.columns > s->reel.adds; n--)
			memmove(cell_at(s, n, kept), cell_at(s, n, i), s->width);
		kept++;
	}
	s->slot_count = kept;
	s->last_order_count = 0;
	return table_build(s);
}

/* --- adding ------------------------------------------------------------------------------------------------------- */

static bool sees_exits(const struct sample *sample)
{
	return sample->probe_count <= PROBE_EXIT || sample->probes[PROBE_EXIT].status == PROBE_ON;
}

/* The events since the sample before. What first appears has had them all since then, as kvmtop saw it begin. */
static u64 step(struct series *s, u32 at, u64 now)
{
	struct slot *slot = &s->slots[at];
	u64 was = slot->seen < (u32)s->reel.adds ? slot->last : 0;

	slot->last = now;
	slot->seen = (u32)s->reel.adds;
	return now > was ? now - was : 0;
}

/* The first sample has no rates to tell. */
static void put(struct series *s, u32 at, u64 events)
{
	if (s->a_second > 0)
		put_value(s->column + (size_t)at * s->width, s->width, (float)((double)events * s->a_second));
}

/* The value is put when all has been added. */
static int add_to_sum(struct series *s, u32 at, u64 events)
{
	struct slot *slot = &s->slots[at];

	if (slot->seen != (u32)s->reel.adds) {
		if (ARRAY_ROOM(s->sums, s->sum_room, (u64)s->sum_count + 1))
			return -ENOMEM;
		s->sums[s->sum_count++] = at;
		slot->last = 0;
		slot->seen = (u32)s->reel.adds;
	}
	slot->last += events;
	return 0;
}

/* To the sum over its VM, or to that over the host if it is such a sum itself. */
static int add_up(struct series *s, u32 at, u64 events)
{
	u32 sum = s->slots[at].sum;

	if (sum == NO_SLOT) {
		struct slot row = s->slots[at];

		if (row.vcpu)
			row.vcpu = 0;
		else
			row.vm = 0;
		sum = slot_find(s, &row);
		if (sum == NO_SLOT)
			return -ENOMEM;
		s->slots[at].sum = sum;
	}
	return add_to_sum(s, sum, events);
}

static int add_exit(struct series *s, const struct vcpu_sample *vcpu, const struct exit_sample *e)
{
	bool user = EXIT_KEY_KIND(e->key) == EXIT_USER;
	struct slot row = {.kind = KIND_EXIT,
			   .vm = vcpu->vm,
			   .vcpu = vcpu->uid,
			   .isa = user ? KVM_ISA_NONE : vcpu->isa,
			   .key = e->key};
	u32 at = slot_next(s, &row);
	u64 events;

	if (at == NO_SLOT)
		return -ENOMEM;
	events = step(s, at, e->count);
	put(s, at, events);
	return add_up(s, at, events);
}

static int add_vm(struct series *s, const struct sample *sample, const struct vm_sample *vm, bool exits)
{
	struct slot row = {.kind = KIND_VM, .vm = vm->uid};
	u32 vm_at = slot_next(s, &row);
	u64 total = 0, events;
	u32 at;

	if (vm_at == NO_SLOT)
		return -ENOMEM;
	for (u32 i = 0; i < vm->vcpu_count; i++) {
		const struct vcpu_sample *vcpu = &sample->vcpus[vm->vcpu_first + i];

		row = (struct slot){.kind = KIND_VCPU, .vm = vm->uid, .vcpu = vcpu->uid};
		at = slot_next(s, &row);
		if (at == NO_SLOT)
			return -ENOMEM;
		events = step(s, at, exits ? vcpu->exits : vcpu->user_exits);
		put(s, at, events);
		total += events;
		for (u32 k = 0; k < vcpu->exit_count; k++)
			if (add_exit(s, vcpu, &sample->exits[vcpu->exit_first + k]))
				return -ENOMEM;
	}
	s->slots[vm_at].last = total;
	s->slots[vm_at].seen = (u32)s->reel.adds;
	put(s, vm_at, total);
	return 0;
}

static void remember_order(struct series *s)
{
	u32 *swap = s->last_order, room = s->last_order_room;

	for (u32 i = 0; i < s->order_count; i++)
		s->slots[s->order[i]].position = i;
	s->last_order = s->order;
	s->last_order_room = s->order_room;
	s->last_order_count = s->order_count;
	s->order = swap;
	s->order_room = room;
}

int series_add(struct series *s, const struct sample *sample)
{
	u64 rows = (u64)sample->vm_count + sample->vcpu_count + sample->exit_count;
	bool exits = sees_exits(sample);

	if (s->reel.adds && sample->seq <= reel_last(&s->reel))
		return -EINVAL;
	if (drop_old(s) || ARRAY_ROOM(s->order, s->order_room, rows + 1))
		goto fail;
	s->order_count = s->cursor = 0;
	s->a_second =
		s->reel.adds && sample->mono_ns > s->last_mono ? 1e9 / (double)(sample->mono_ns - s->last_mono) : 0;
	reel_add(&s->reel, sample->seq);
	if (s->slot_count)
		s->column = cell_at(s, s->reel.adds, 0);
	put_unknown(s, s->column, s->slot_count);
	s->sum_count = 0;
	s->moved = false;
	s->last_mono = sample->mono_ns;
	for (u32 i = 0; i < sample->vm_count; i++) {
		if (add_vm(s, sample, &sample->vms[i], exits))
			goto fail;
	}
	/* those of VMs, and behind them those of the host that they add to */
	for (u32 i = 0; i < s->sum_count; i++) {
		u32 at = s->sums[i];

		put(s, at, s->slots[at].last);
		if (s->slots[at].vm && add_up(s, at, s->slots[at].last))
			goto fail;
	}
	if (s->moved || s->order_count != s->last_order_count)
		remember_order(s);
	return 0;
fail:
	series_reset(s);
	return -ENOMEM;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void reset(void *owner)
{
	series_reset(owner);
}

static int add(void *owner, const struct sample *before, const struct sample *sample)
{
	(void)before;
	return series_add(owner, sample);
}

bool series_has(const struct series *s, const struct past *past, u64 seq)
{
	return reel_covers(&s->reel, past, seq);
}

int series_fill(struct series *s, const struct past *past, u64 seq)
{
	return reel_fill(&s->reel, past, seq, s, reset, add);
}

u64 series_last(const struct series *s)
{
	return reel_last(&s->reel);
}

u32 series_get(const struct series *s, const struct row_id *id, u64 seq, float *out, u32 n)
{
	struct slot row = {.kind = id->view == VIEW_VM     ? KIND_VM
				   : id->view == VIEW_VCPU ? KIND_VCPU
							   : KIND_EXIT,
			   .vm = id->vm,
			   .vcpu = id->vcpu,
			   .isa = id->isa,
			   .key = id->key};
	u32 cell = s->table_size ? *cell_of(s, &row) : 0, known = 0;
	u64 at = cell ? reel_find(&s->reel, seq) : 0, oldest = reel_oldest(&s->reel);

	for (u32 i = n; i-- > 0;) {
		out[i] = at >= oldest ? value_of(s, at, cell - 1) : NAN;
		known += !isnan(out[i]);
		at -= at > 0;
	}
	return known;
}
