/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "probes.h"
#include "record_fields.h"

#define FIELD(table, type, row, member) \
	rec_field_add(table, #member, type, sizeof(((row *)0)->member), offsetof(row, member))

void rec_field_add(struct rec_table *table, const char *name, enum rec_type type, size_t size, size_t offset)
{
	struct rec_field *field = &table->fields[table->field_count];

	assert(table->field_count < REC_FIELDS_MAX && strlen(name) < REC_NAME_SIZE);
	snprintf(field->name, sizeof(field->name), "%s", name);
	field->type = type;
	field->size = size;
	field->offset = offset;
	table->field_count++;
}

/* One element of an array by its name, so that a new one in the middle of an enum moves nothing. */
static void add_named(struct rec_table *table, const char *array, const char *element, const char *member,
		      enum rec_type type, size_t size, size_t offset)
{
	char name[REC_NAME_SIZE];

	snprintf(name, sizeof(name), "%s.%s%s%s", array, element, member ? "." : "", member ? member : "");
	rec_field_add(table, name, type, size, offset);
}

static struct rec_table *add_table(struct rec_schema *schema, const char *name, enum rec_match match, size_t stride,
				   u32 rows_max)
{
	struct rec_table *table = &schema->tables[schema->table_count++];

	assert(schema->table_count <= REC_TABLES_MAX);
	snprintf(table->name, sizeof(table->name), "%s", name);
	table->match = match;
	table->stride = stride;
	table->rows_max = rows_max;
	return table;
}

static void add_host(struct rec_schema *schema)
{
	struct rec_table *t = add_table(schema, "host", REC_MATCH_INDEX, sizeof(struct sample), 1);

	t->is_host = true;
	FIELD(t, REC_UINT, struct sample, seq);
	FIELD(t, REC_UINT, struct sample, mono_ns);
	FIELD(t, REC_UINT, struct sample, real_ns);
	FIELD(t, REC_TEXT, struct sample, host);
	FIELD(t, REC_UINT, struct sample, pcpus);
	FIELD(t, REC_UINT, struct sample, missing);
	for (u32 i = 0; i < LOSSES; i++)
		add_named(t, "lost", loss_name(i), NULL, REC_UINT, sizeof(u64), offsetof(struct sample, lost[i]));
	FIELD(t, REC_UINT, struct sample, probe_count);
	for (u32 i = 0; i < PROBE_COUNT; i++) {
		add_named(t, "probe", probe_table[i].name, "status", REC_UINT, sizeof(u8),
			  offsetof(struct sample, probes[i].status));
		add_named(t, "probe", probe_table[i].name, "err", REC_INT, sizeof(s32),
			  offsetof(struct sample, probes[i].err));
	}
	FIELD(t, REC_UINT, struct sample, cost.cpu_ns);
	FIELD(t, REC_UINT, struct sample, cost.bpf_ns);
	FIELD(t, REC_UINT, struct sample, cost.bpf_events);
	FIELD(t, REC_UINT, struct sample, cost.sample_ns);
	FIELD(t, REC_STATIC, struct sample, waiting);
}

static void add_vms(struct rec_schema *schema)
{
	struct rec_table *t = add_table(schema, "vms", REC_MATCH_VM, sizeof(struct vm_sample), 128U << 10);

	t->rows_at = offsetof(struct sample, vms);
	t->count_at = offsetof(struct sample, vm_count);
	t->room_at = offsetof(struct sample, vm_room);
	FIELD(t, REC_UINT, struct vm_sample, uid);
	FIELD(t, REC_UINT, struct vm_sample, pid);
	FIELD(t, REC_BOOL, struct vm_sample, ended);
	FIELD(t, REC_TEXT, struct vm_sample, name);
	FIELD(t, REC_TEXT, struct vm_sample, vmm);
	FIELD(t, REC_UINT, struct vm_sample, process_state);
	/* vcpu_first follows from the counts */
	FIELD(t, REC_UINT, struct vm_sample, vcpu_count);
}

static void add_vcpus(struct rec_schema *schema)
{
	struct rec_table *t = add_table(schema, "vcpus", REC_MATCH_VCPU, sizeof(struct vcpu_sample), 256U << 10);

	t->rows_at = offsetof(struct sample, vcpus);
	t->count_at = offsetof(struct sample, vcpu_count);
	t->room_at = offsetof(struct sample, vcpu_room);
	/* vm and exit_first follow from the counts */
	FIELD(t, REC_UINT, struct vcpu_sample, uid);
	FIELD(t, REC_INT, struct vcpu_sample, vcpu_id);
	FIELD(t, REC_UINT, struct vcpu_sample, tid);
	FIELD(t, REC_UINT, struct vcpu_sample, cpu);
	FIELD(t, REC_UINT, struct vcpu_sample, isa);
	FIELD(t, REC_BOOL, struct vcpu_sample, ended);
	FIELD(t, REC_UINT, struct vcpu_sample, state);
	FIELD(t, REC_BOOL, struct vcpu_sample, inexact);
	FIELD(t, REC_UINT, struct vcpu_sample, state_ns);
	FIELD(t, REC_UINT, struct vcpu_sample, created_ns);
	FIELD(t, REC_UINT, struct vcpu_sample, age_ns);
	for (u32 i = 0; i < VCPU_STATES; i++)
		add_named(t, "time_ns", vcpu_state_name(i), NULL, REC_UINT, sizeof(u64),
			  offsetof(struct vcpu_sample, time_ns[i]));
	FIELD(t, REC_UINT, struct vcpu_sample, entries);
	FIELD(t, REC_UINT, struct vcpu_sample, exits);
	FIELD(t, REC_UINT, struct vcpu_sample, user_exits);
	FIELD(t, REC_UINT, struct vcpu_sample, halts);
	FIELD(t, REC_UINT, struct vcpu_sample, halts_polled);
	FIELD(t, REC_UINT, struct vcpu_sample, halts_invalid);
	FIELD(t, REC_UINT, struct vcpu_sample, preemptions);
	FIELD(t, REC_UINT, struct vcpu_sample, blocks);
	FIELD(t, REC_UINT, struct vcpu_sample, migrations);
	FIELD(t, REC_UINT, struct vcpu_sample, wait_max_ns);
	FIELD(t, REC_UINT, struct vcpu_sample, preempt_rest_ns);
	for (u32 i = 0; i < PREEMPTORS; i++) {
		char n[12];

		snprintf(n, sizeof(n), "%u", i);
		add_named(t, "preemptors", n, "tid", REC_UINT, sizeof(u32),
			  offsetof(struct vcpu_sample, preemptors[i].tid));
		add_named(t, "preemptors", n, "comm", REC_TEXT, TASK_COMM_LENGTH,
			  offsetof(struct vcpu_sample, preemptors[i].comm));
		add_named(t, "preemptors", n, "count", REC_UINT, sizeof(u64),
			  offsetof(struct vcpu_sample, preemptors[i].count));
		add_named(t, "preemptors", n, "ns", REC_UINT, sizeof(u64),
			  offsetof(struct vcpu_sample, preemptors[i].ns));
	}
	FIELD(t, REC_UINT, struct vcpu_sample, halt_poll_success_ns);
	FIELD(t, REC_UINT, struct vcpu_sample, halt_poll_fail_ns);
	FIELD(t, REC_UINT, struct vcpu_sample, halt_wait_ns);
	FIELD(t, REC_UINT, struct vcpu_sample, halt_attempted_poll);
	FIELD(t, REC_UINT, struct vcpu_sample, halt_successful_poll);
	FIELD(t, REC_UINT, struct vcpu_sample, pf_taken);
	for (u32 i = 0; i < EXIT_PARTS; i++)
		add_named(t, "inflight_part_ns", exit_part_name(i), NULL, REC_UINT, sizeof(u64),
			  offsetof(struct vcpu_sample, inflight_part_ns[i]));
	FIELD(t, REC_UINT, struct vcpu_sample, exit_count);
}

static void add_exits(struct rec_schema *schema)
{
	struct rec_table *t = add_table(schema, "exits", REC_MATCH_EXIT, sizeof(struct exit_sample), 1U << 20);

	t->rows_at = offsetof(struct sample, exits);
	t->count_at = offsetof(struct sample, exit_count);
	t->room_at = offsetof(struct sample, exit_room);
	FIELD(t, REC_UINT, struct exit_sample, key);
	FIELD(t, REC_UINT, struct exit_sample, count);
	FIELD(t, REC_UINT, struct exit_sample, done);
	FIELD(t, REC_UINT, struct exit_sample, total_ns);
	FIELD(t, REC_UINT, struct exit_sample, min_ns);
	FIELD(t, REC_UINT, struct exit_sample, max_ns);
	for (u32 i = 0; i < EXIT_PARTS; i++)
		add_named(t, "part_ns", exit_part_name(i), NULL, REC_UINT, sizeof(u64),
			  offsetof(struct exit_sample, part_ns[i]));
	FIELD(t, REC_UINT, struct exit_sample, interval_min_ns);
	FIELD(t, REC_UINT, struct exit_sample, interval_max_ns);
	FIELD(t, REC_UINT, struct exit_sample, inflight_ns);
	FIELD(t, REC_SPARSE, struct exit_sample, hist);
}

/* Names as they would be without the exit_sample in between. */
#define X_FIELD(t, type, member)                                                      \
	rec_field_add(t, #member, type, sizeof(((struct event_sample *)0)->x.member), \
		      offsetof(struct event_sample, x.member))

static void add_events(struct rec_schema *schema)
{
	struct rec_table *t = add_table(schema, "events", REC_MATCH_EVENT, sizeof(struct event_sample), 1U << 20);

	t->rows_at = offsetof(struct sample, events);
	t->count_at = offsetof(struct sample, event_count);
	t->room_at = offsetof(struct sample, event_room);
	FIELD(t, REC_UINT, struct event_sample, vm);
	FIELD(t, REC_UINT, struct event_sample, vcpu);
	FIELD(t, REC_UINT, struct event_sample, kind);
	FIELD(t, REC_UINT, struct event_sample, sub);
	FIELD(t, REC_UINT, struct event_sample, a);
	FIELD(t, REC_UINT, struct event_sample, b);
	FIELD(t, REC_UINT, struct event_sample, errors);
	for (u32 i = 0; i < EVENT_VALUES; i++) {
		char n[12];

		snprintf(n, sizeof(n), "%u", i);
		add_named(t, "value", n, NULL, REC_UINT, sizeof(u64), offsetof(struct event_sample, value[i]));
	}
	FIELD(t, REC_UINT, struct event_sample, age_ns);
	FIELD(t, REC_UINT, struct event_sample, tid);
	FIELD(t, REC_TEXT, struct event_sample, comm);
	rec_field_add(t, "exit_key", REC_UINT, sizeof(u64), offsetof(struct event_sample, x.key));
	X_FIELD(t, REC_UINT, count);
	X_FIELD(t, REC_UINT, done);
	X_FIELD(t, REC_UINT, total_ns);
	X_FIELD(t, REC_UINT, min_ns);
	X_FIELD(t, REC_UINT, max_ns);
	X_FIELD(t, REC_UINT, interval_min_ns);
	X_FIELD(t, REC_UINT, interval_max_ns);
	X_FIELD(t, REC_SPARSE, hist);
}

static void add_log(struct rec_schema *schema)
{
	struct rec_table *t = add_table(schema, "log", REC_MATCH_INDEX, sizeof(struct log_sample), LOG_MAX);

	t->rows_at = offsetof(struct sample, log);
	t->count_at = offsetof(struct sample, log_count);
	t->room_at = offsetof(struct sample, log_room);
	FIELD(t, REC_UINT, struct log_sample, ns);
	FIELD(t, REC_UINT, struct log_sample, vm);
	FIELD(t, REC_UINT, struct log_sample, vcpu);
	FIELD(t, REC_UINT, struct log_sample, kind);
	FIELD(t, REC_UINT, struct log_sample, sub);
	FIELD(t, REC_UINT, struct log_sample, a);
	FIELD(t, REC_UINT, struct log_sample, b);
	for (u32 i = 0; i < EVENT_VALUES; i++) {
		char n[12];

		snprintf(n, sizeof(n), "%u", i);
		add_named(t, "value", n, NULL, REC_UINT, sizeof(u64), offsetof(struct log_sample, value[i]));
	}
	FIELD(t, REC_UINT, struct log_sample, took_ns);
	FIELD(t, REC_UINT, struct log_sample, tid);
	FIELD(t, REC_BOOL, struct log_sample, failed);
	FIELD(t, REC_TEXT, struct log_sample, comm);
}

const struct rec_schema *rec_schema(void)
{
	static struct rec_schema schema;

	if (!schema.table_count) {
		add_host(&schema);
		add_vms(&schema);
		add_vcpus(&schema);
		add_exits(&schema);
		add_events(&schema);
		add_log(&schema);
	}
	return &schema;
}

const struct rec_table *rec_table_find(const struct rec_schema *schema, const char *name)
{
	for (u32 i = 0; i < schema->table_count; i++)
		if (!strcmp(schema->tables[i].name, name))
			return &schema->tables[i];
	return NULL;
}

const struct rec_field *rec_field_find(const struct rec_table *table, const char *name)
{
	for (u32 i = 0; i < table->field_count; i++)
		if (!strcmp(table->fields[i].name, name))
			return &table->fields[i];
	return NULL;
}

const char *rec_static_text(const char *text)
{
	static char kept[8][256];

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		if (!kept[i][0])
			snprintf(kept[i], sizeof(kept[i]), "%s", text);
		if (!strncmp(kept[i], text, sizeof(kept[i]) - 1))
			return kept[i];
	}
	/* A file with more reasons to wait than any version of kvmtop has. */
	return "waiting";
}
