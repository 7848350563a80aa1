/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a recording keeps of a sample, as a table. Writing, reading and the description inside each recording all come
 * from it: a member of struct sample that is not here is not recorded.
 *
 * A field is known by its name and type only. Names are for ever: a renamed member keeps its name here, and the numbers
 * of enum vcpu_state, enum probe_status, KVM_ISA_* and EXIT_KEY() may be added to, never changed. A reader skips fields
 * and tables that it does not know and leaves 0 where the file has none.
 */
#ifndef KVMTOP_RECORD_FIELDS_H
#define KVMTOP_RECORD_FIELDS_H

#include "sample.h"

enum rec_type {
	REC_UINT, /* unsigned, 1, 2, 4 or 8 bytes */
	REC_INT,  /* signed, 4 or 8 bytes */
	REC_BOOL,
	REC_TEXT,   /* char[size] */
	REC_STATIC, /* const char *, static text or NULL */
	REC_HIST,   /* struct hist_span, with its buckets, as version 2 wrote it */
	REC_SPARSE, /* the same since */
	REC_TYPES
};

#define REC_NAME_SIZE  48
#define REC_FIELDS_MAX 240 /* a field's number is a byte, and those from 248 on stand for others */
#define REC_TABLES_MAX 16

struct rec_field {
	char name[REC_NAME_SIZE];
	u8 type; /* enum rec_type */
	u16 size;
	u32 offset; /* in the row */
};

/* How the writer finds the row of the sample before that a row is told as a difference to. A reader need not know. */
enum rec_match { REC_MATCH_INDEX, REC_MATCH_VM, REC_MATCH_VCPU, REC_MATCH_EXIT, REC_MATCH_EVENT };

struct rec_table {
	char name[REC_NAME_SIZE];
	enum rec_match match;
	u32 stride;   /* bytes a row */
	u32 rows_max; /* a file that claims more is not believed */
	bool is_host; /* the sample itself: one row, and the three below mean nothing */
	u32 rows_at;  /* in struct sample: the array, */
	u32 count_at; /* its u32 number of rows, */
	u32 room_at;  /* and the rows that there is memory for */
	u32 field_count;
	struct rec_field fields[REC_FIELDS_MAX];
};

struct rec_schema {
	u32 table_count;
	struct rec_table tables[REC_TABLES_MAX];
};

/* Buckets of all histograms of one sample. */
#define REC_HIST_MAX (16U << 20)

/* What this program writes. Made when first asked for; not to be changed (tests copy it). */
const struct rec_schema *rec_schema(void);
/* NULL: there is none of this name. */
const struct rec_table *rec_table_find(const struct rec_schema *schema, const char *name);
const struct rec_field *rec_field_find(const struct rec_table *table, const char *name);
/* Appends a field: for rec_schema() itself, and for tests that write what another version would write. */
void rec_field_add(struct rec_table *table, const char *name, enum rec_type type, size_t size, size_t offset);
/* A text with static storage, as sample.waiting must be: the same pointer for the same text. Keeps the first few. */
const char *rec_static_text(const char *text);

#endif
