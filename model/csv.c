// SPDX-License-Identifier: GPL-2.0-only
#include "csv.h"

#include <errno.h>
#include <string.h>

#include "format.h"
#include "probes.h"

/* A row being written; view and row are what the getters of the common columns look at. */
struct line {
	FILE *f;
	const struct snapshot *snap;
	enum view_id view;
	union row_ref row;
	bool any;
};

static void put_field(struct line *line, const char *text)
{
	if (line->any)
		fputc(',', line->f);
	line->any = true;
	if (!text[strcspn(text, ",\"\r\n")]) {
		fputs(text, line->f);
		return;
	}
	fputc('"', line->f);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', line->f);
		fputc(*text, line->f);
	}
	fputc('"', line->f);
}

static void put_u64(struct line *line, u64 n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	put_field(line, text);
}

static void put_number(struct line *line, double n)
{
	char text[FMT_SIZE];

	put_field(line, fmt_raw(text, n));
}

/* --- columns of the table ----------------------------------------------------------------------------------------- */

static const char *unit_suffix(enum unit unit)
{
	switch (unit) {
	case UNIT_RATE:
		return "_per_s";
	case UNIT_NS:
		return "_ns";
	case UNIT_TIME:
		return "_us"; /* since 1970 */
	case UNIT_MS:
		return "_per_s"; /* the names of such columns end with _ms */
	case UNIT_SHARE:
		return "_ratio";
	default:
		return "";
	}
}

/* How many CSV columns one of the table makes, and the name of each. */
static u32 width_of(const struct column *col)
{
	/* the rate has a column of its own */
	if (col->unit == UNIT_TREND)
		return 0;
	return col->unit == UNIT_BUDGET ? VCPU_STATES : col->unit == UNIT_PARTS ? EXIT_PARTS : 1;
}

static void header_name(const struct column *col, u32 i, char *name, size_t size)
{
	if (col->unit == UNIT_BUDGET)
		snprintf(name, size, "%s_%s_ns", col->name, vcpu_state_name(i));
	else if (col->unit == UNIT_PARTS)
		snprintf(name, size, "%s_%s_ns", col->name, exit_part_name(i));
	else
		snprintf(name, size, "%s%s", col->name, unit_suffix(col->unit));
}

static void put_column(struct line *line, const struct column *col)
{
	struct value value;

	column_value(col, line->snap, line->row, &value);
	for (u32 i = 0; i < width_of(col); i++) {
		if (!value.known)
			put_field(line, "");
		else if (col->unit == UNIT_BUDGET)
			put_u64(line, value.budget->ns[i]);
		else if (col->unit == UNIT_PARTS)
			put_u64(line, value.figures->part_ns[i]);
		else if (col->unit == UNIT_TEXT)
			put_field(line, value.text);
		else if (col->unit == UNIT_STATE)
			put_field(line, vcpu_state_name((u32)value.num));
		else
			put_number(line, value.num);
	}
}

/* --- columns of every view ---------------------------------------------------------------------------------------- */

static void put_time(struct line *line)
{
	char text[FMT_TIME_SIZE];

	put_field(line, fmt_time_utc(text, line->snap->cur->real_ns));
}

static void put_interval(struct line *line)
{
	put_u64(line, line->snap->interval_ns);
}

static const struct vm_row *vm_of(const struct line *line)
{
	struct row_id id = row_identity(line->view, line->row);

	return id.vm ? snapshot_find_vm(line->snap, id.vm) : NULL;
}

static void put_pid(struct line *line)
{
	const struct vm_row *vm = vm_of(line);

	if (vm)
		put_u64(line, vm->raw->pid);
	else
		put_field(line, "");
}

static void put_ended(struct line *line)
{
	const struct vm_row *vm = vm_of(line);

	put_u64(line, view_columns(line->view)->rows == ROWS_VCPU ? line->row.vcpu->ended : vm && vm->ended);
}

static void put_lost(struct line *line)
{
	u64 sum = 0;

	for (u32 i = 0; i < LOSSES; i++)
		sum += line->snap->lost[i];
	put_u64(line, sum);
}

static void put_probes(struct line *line)
{
	const struct sample *s = line->snap->cur;
	char text[512] = "";
	size_t n = 0;

	for (u32 i = 0; i < s->probe_count && i < PROBE_COUNT; i++) {
		if (s->probes[i].status == PROBE_ON || s->probes[i].status == PROBE_OFF)
			continue;
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", n ? " " : "", probe_table[i].name);
		if (n >= sizeof(text))
			break;
	}
	put_field(line, text);
}

static void put_attached(struct line *line)
{
	put_u64(line, sample_probes_on(line->snap->cur));
}

static void put_own_bpf(struct line *line)
{
	if (line->snap->bpf_ns || line->snap->bpf_events)
		put_u64(line, line->snap->bpf_ns);
	else
		put_field(line, "");
}

static void put_own_cpu(struct line *line)
{
	put_u64(line, line->snap->own_cpu_ns);
}

struct common {
	const char *name, *help;
	void (*put)(struct line *line);
};

static const struct common before[] = {
	{"time", "When the sample was taken: RFC 3339, UTC.", put_time},
	{"interval_ns", "The time that the row is about; with --total, the time since kvmtop began.", put_interval},
};

static const struct common after[] = {
	{"pid", "Process id of the VMM; empty in sums over all VMs.", put_pid},
	{"ended", "1: it has ended, and these are its last figures.", put_ended},
	{"lost", "Events lost since kvmtop began, all causes together; --json has each.", put_lost},
	{"probes_missing", "Names of the probes that this host refuses or lacks, between blanks; see --features.",
	 put_probes},
	{"own_cpu_ns", "CPU time of kvmtop itself in the interval.", put_own_cpu},
	{"own_bpf_ns", "Time in its BPF programs in the interval; empty where nobody measures it.", put_own_bpf},
	{"probes_attached", "How many probes are attached; --json has each.", put_attached},
};

/* The table's own column comes first in rank. */
static bool is_wanted(const struct common *common, enum view_id view)
{
	return column_find(view_columns(view), common->name) < 0;
}

/* --- all together ------------------------------------------------------------------------------------------------- */

int csv_write_header(FILE *f, enum view_id view)
{
	const struct view_columns *cols = view_columns(view);
	struct line line = {.f = f, .view = view};
	char name[64];

	for (u32 i = 0; i < ARRAY_SIZE(before); i++)
		put_field(&line, before[i].name);
	for (u32 i = 0; i < cols->count; i++) {
		for (u32 k = 0; k < width_of(&cols->columns[i]); k++) {
			header_name(&cols->columns[i], k, name, sizeof(name));
			put_field(&line, name);
		}
	}
	for (u32 i = 0; i < ARRAY_SIZE(after); i++)
		if (is_wanted(&after[i], view))
			put_field(&line, after[i].name);
	return fputc('\n', f) == EOF || ferror(f) ? -EIO : 0;
}

int csv_write_rows(FILE *f, const struct snapshot *snap, enum view_id view, const struct rows *rows)
{
	const struct view_columns *cols = view_columns(view);

	for (u32 r = 0; r < rows->count; r++) {
		struct line line = {.f = f, .snap = snap, .view = view, .row = rows->ref[r]};

		for (u32 i = 0; i < ARRAY_SIZE(before); i++)
			before[i].put(&line);
		for (u32 i = 0; i < cols->count; i++)
			put_column(&line, &cols->columns[i]);
		for (u32 i = 0; i < ARRAY_SIZE(after); i++)
			if (is_wanted(&after[i], view))
				after[i].put(&line);
		fputc('\n', f);
	}
	return fflush(f) || ferror(f) ? -EIO : 0;
}

static void describe(FILE *f, const char *name, const char *help)
{
	fprintf(f, "  %-22s %s\n", name, help);
}

static void describe_column(FILE *f, const struct column *col)
{
	char name[64], text[512];

	for (u32 k = 0; k < width_of(col); k++) {
		header_name(col, k, name, sizeof(name));
		if (col->unit == UNIT_BUDGET)
			snprintf(text, sizeof(text), "Of the interval, the time as %s.", vcpu_state_name(k));
		else if (col->unit == UNIT_PARTS)
			snprintf(text, sizeof(text), "Of its time, the part as %s.", exit_part_name(k));
		describe(f, name, width_of(col) > 1 ? text : col->help);
	}
}

void csv_describe(FILE *f, enum view_id view)
{
	const struct view_columns *cols = view_columns(view);

	fprintf(f, "%s\n", cols->name);
	for (u32 i = 0; i < ARRAY_SIZE(before); i++)
		describe(f, before[i].name, before[i].help);
	for (u32 i = 0; i < cols->count; i++)
		describe_column(f, &cols->columns[i]);
	for (u32 i = 0; i < ARRAY_SIZE(after); i++)
		if (is_wanted(&after[i], view))
			describe(f, after[i].name, after[i].help);
}
