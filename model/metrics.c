// SPDX-License-Identifier: GPL-2.0-only
#include "metrics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "array.h"
#include "format.h"
#include "hist.h"
#include "metrics_table.h"

/* A VM that has been told of, and which of those with its name and pid it is: 1, 2 ... */
struct vm_known {
	vm_uid uid;
	u32 pid;
	u32 instance;
	char name[VM_NAME_SIZE];
};

/* The most that was told of a vCPU's states: an estimate that is put right later must not look like a restart. */
struct vcpu_known {
	vm_uid vm;
	s32 id;
	vcpu_uid uid;
	u64 ns[VCPU_STATES];
};

struct metrics {
	u32 max_series;
	const struct snapshot *snap;
	struct vm_known *vms, *vms_before;
	struct vcpu_known *vcpus, *vcpus_before;
	u32 vm_count, vm_room, vms_before_room, vcpu_count, vcpu_room, vcpus_before_room;
};

struct metrics *metrics_new(u32 max_series)
{
	struct metrics *m = calloc(1, sizeof(*m));

	if (m)
		m->max_series = max_series < METRICS_SERIES_MIN ? METRICS_SERIES_MIN : max_series;
	return m;
}

void metrics_free(struct metrics *m)
{
	if (!m)
		return;
	free(m->vms);
	free(m->vms_before);
	free(m->vcpus);
	free(m->vcpus_before);
	free(m);
}

/* --- what is remembered ------------------------------------------------------------------------------------------- */

/* The smallest number that no other VM of that name and pid has: among those that stay, and the new ones before it. */
static u32 free_instance(const struct vm_known *vms, u32 count, const struct vm_sample *vm)
{
	for (u32 instance = 1;; instance++) {
		bool taken = false;

		for (u32 i = 0; i < count && !taken; i++)
			taken = vms[i].pid == vm->pid && vms[i].instance == instance && !strcmp(vms[i].name, vm->name);
		if (!taken)
			return instance;
	}
}

/* Both lists are sorted by uid, and new VMs have higher uids than all before them. */
static int remember_vms(struct metrics *m, const struct sample *s)
{
	struct vm_known *swap = m->vms_before;
	u32 swap_room = m->vms_before_room, before = m->vm_count, at = 0;

	m->vms_before = m->vms;
	m->vms_before_room = m->vm_room;
	m->vms = swap;
	m->vm_room = swap_room;
	m->vm_count = 0;
	if (ARRAY_ROOM(m->vms, m->vm_room, s->vm_count))
		return -ENOMEM;
	for (u32 i = 0; i < s->vm_count; i++) {
		const struct vm_sample *vm = &s->vms[i];
		struct vm_known *known = &m->vms[i];

		while (at < before && m->vms_before[at].uid < vm->uid)
			at++;
		if (at < before && m->vms_before[at].uid == vm->uid) {
			*known = m->vms_before[at];
		} else {
			*known = (struct vm_known){.uid = vm->uid, .pid = vm->pid};
			snprintf(known->name, sizeof(known->name), "%s", vm->name);
			known->instance = free_instance(m->vms, i, vm);
		}
		m->vm_count++;
	}
	return 0;
}

static bool is_before(const struct vcpu_known *a, const struct vcpu_sample *b)
{
	if (a->vm != b->vm)
		return a->vm < b->vm;
	return a->id < b->vcpu_id;
}

static int remember_vcpus(struct metrics *m, const struct sample *s)
{
	struct vcpu_known *swap = m->vcpus_before;
	u32 swap_room = m->vcpus_before_room, before = m->vcpu_count, at = 0;

	m->vcpus_before = m->vcpus;
	m->vcpus_before_room = m->vcpu_room;
	m->vcpus = swap;
	m->vcpu_room = swap_room;
	m->vcpu_count = 0;
	if (ARRAY_ROOM(m->vcpus, m->vcpu_room, s->vcpu_count))
		return -ENOMEM;
	for (u32 i = 0; i < s->vcpu_count; i++) {
		const struct vcpu_sample *v = &s->vcpus[i];
		struct vcpu_known *known = &m->vcpus[i];
		const u64 *least = NULL;

		while (at < before && is_before(&m->vcpus_before[at], v))
			at++;
		if (at < before && m->vcpus_before[at].uid == v->uid)
			least = m->vcpus_before[at].ns;
		*known = (struct vcpu_known){.vm = v->vm, .id = v->vcpu_id, .uid = v->uid};
		for (u32 k = 0; k < VCPU_STATES; k++)
			known->ns[k] = least && least[k] > v->time_ns[k] ? least[k] : v->time_ns[k];
		m->vcpu_count++;
	}
	return 0;
}

int metrics_set(struct metrics *m, const struct snapshot *totals)
{
	int ret = remember_vms(m, totals->cur);

	m->snap = totals;
	return ret ? ret : remember_vcpus(m, totals->cur);
}

/* --- text --------------------------------------------------------------------------------------------------------- */

static void put_bytes(struct writer *w, const char *bytes, size_t len)
{
	if (w->failed)
		return;
	if (w->len + len + 1 > w->room) {
		size_t room = w->room ? 2 * w->room : 1 << 16;
		char *text;

		while (room < w->len + len + 1)
			room *= 2;
		text = realloc(w->text, room);
		if (!text) {
			w->failed = true;
			return;
		}
		w->text = text;
		w->room = room;
	}
	memcpy(w->text + w->len, bytes, len);
	w->len += len;
	w->text[w->len] = '\0';
}

static void put(struct writer *w, const char *text)
{
	put_bytes(w, text, strlen(text));
}

static void put_escaped(struct writer *w, const char *text)
{
	while (*text) {
		size_t plain = strcspn(text, "\\\"\n");

		put_bytes(w, text, plain);
		text += plain;
		if (!*text)
			break;
		put(w, *text == '\n' ? "\\n" : *text == '"' ? "\\\"" : "\\\\");
		text++;
	}
}

/* --- series ------------------------------------------------------------------------------------------------------- */

static bool room_for(struct writer *w, u32 series)
{
	if (w->series + series > w->max_series) {
		w->left_out += series;
		return false;
	}
	w->series += series;
	return true;
}

static void put_labels(struct writer *w, const struct label *labels, const char *le)
{
	bool any = false;

	for (const struct label *l = labels; l && l->name; l++) {
		put(w, any ? "," : "{");
		put(w, l->name);
		put(w, "=\"");
		put_escaped(w, l->value);
		put(w, "\"");
		any = true;
	}
	if (le) {
		put(w, any ? ",le=\"" : "{le=\"");
		put(w, le);
		put(w, "\"");
		any = true;
	}
	if (any)
		put(w, "}");
}

static void put_line(struct writer *w, const char *suffix, const struct label *labels, const char *le,
		     const char *value)
{
	put(w, w->metric->name);
	put(w, suffix);
	put_labels(w, labels, le);
	put(w, " ");
	put(w, value);
	put(w, "\n");
}

static const char *suffix_of(enum metric_type type)
{
	return type == METRIC_COUNTER ? "_total" : type == METRIC_INFO ? "_info" : "";
}

void put_count(struct writer *w, const struct label *labels, u64 n)
{
	char text[24];

	if (!room_for(w, 1))
		return;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	put_line(w, suffix_of(w->metric->type), labels, NULL, text);
}

void put_seconds(struct writer *w, const struct label *labels, u64 ns)
{
	char text[FMT_SIZE];

	if (room_for(w, 1))
		put_line(w, suffix_of(w->metric->type), labels, NULL, fmt_seconds(text, ns));
}

/* Octaves of the log-linear buckets, two to a step: 1 us, 4 us ... 4.3 s. */
#define LE_FIRST 10
#define LE_STEP  2
#define LE_COUNT 12

void put_histogram(struct writer *w, const struct label *labels, const u64 *counts, u32 first, u32 len, u64 sum_ns)
{
	u64 below = 0;
	u32 at = 0;
	char text[24], le[FMT_SIZE];

	if (!room_for(w, LE_COUNT + 3))
		return;
	for (u32 i = 0; i < LE_COUNT; i++) {
		u64 end = 1ULL << (LE_FIRST + i * LE_STEP);

		while (at < len && hist_bucket_low(first + at) < end)
			below += counts[at++];
		snprintf(text, sizeof(text), "%llu", (unsigned long long)below);
		/* durations are whole nanoseconds: less than 2^n is at most 2^n - 1 */
		put_line(w, "_bucket", labels, fmt_seconds(le, end - 1), text);
	}
	while (at < len)
		below += counts[at++];
	snprintf(text, sizeof(text), "%llu", (unsigned long long)below);
	put_line(w, "_bucket", labels, "+Inf", text);
	put_line(w, "_sum", labels, NULL, fmt_seconds(le, sum_ns));
	put_line(w, "_count", labels, NULL, text);
}

void vm_labels(const struct writer *w, u32 vm, struct vm_label *out)
{
	const struct vm_known *known = &w->m->vms[vm];

	if (known->instance > 1)
		snprintf(out->name, sizeof(out->name), "%s#%u", known->name, known->instance);
	else
		snprintf(out->name, sizeof(out->name), "%s", known->name);
	snprintf(out->pid, sizeof(out->pid), "%u", known->pid);
}

const u64 *vcpu_state_ns(const struct writer *w, u32 vcpu)
{
	return w->m->vcpus[vcpu].ns;
}

/* --- the exposition ----------------------------------------------------------------------------------------------- */

static const char *const type_names[] = {[METRIC_COUNTER] = "counter",
					 [METRIC_GAUGE] = "gauge",
					 [METRIC_HISTOGRAM] = "histogram",
					 [METRIC_INFO] = "info"};

static void put_head_line(struct writer *w, const char *what, bool suffix, const char *text)
{
	put(w, "# ");
	put(w, what);
	put(w, " ");
	put(w, w->metric->name);
	if (suffix)
		put(w, suffix_of(w->metric->type));
	put(w, " ");
	put_escaped(w, text);
	put(w, "\n");
}

/* OpenMetrics names the family, the older format the series; it has no infos and no units. */
static void put_head(struct writer *w)
{
	bool old = w->format == EXPOSE_PROMETHEUS;
	bool info = old && w->metric->type == METRIC_INFO;

	put_head_line(w, "TYPE", old, info ? "gauge" : type_names[w->metric->type]);
	if (!old && w->metric->unit)
		put_head_line(w, "UNIT", false, w->metric->unit);
	put_head_line(w, "HELP", old, w->metric->help);
}

/* Whether this host measures it: the columns know what they need. */
static bool is_measured(const struct snapshot *snap, const char *column)
{
	const struct view_columns *cols = view_columns(VIEW_VCPU);
	int i = column ? column_find(cols, column) : -ENOENT;

	return !column || (i >= 0 && column_available(&cols->columns[i], snap, NULL));
}

int metrics_write(struct metrics *m, enum exposition format, char **text, size_t *len)
{
	struct writer w = {.m = m, .snap = m->snap, .format = format, .max_series = m->max_series - METRICS_OF_EXPORT};

	for (const struct metric *metric = metric_table; metric < metric_table + metric_count; metric++) {
		if (!is_measured(w.snap, metric->column))
			continue;
		w.metric = metric;
		put_head(&w);
		metric->put(&w);
	}
	if (format == EXPOSE_OPENMETRICS)
		put(&w, "# EOF\n");
	free(w.scratch);
	free(w.names);
	if (w.failed) {
		free(w.text);
		return -ENOMEM;
	}
	*text = w.text;
	*len = w.len;
	return 0;
}

const char *metrics_content_type(enum exposition format)
{
	return format == EXPOSE_OPENMETRICS ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
					    : "text/plain; version=0.0.4; charset=utf-8";
}

/* The q of one media range, in thousandths; 1 unless it says otherwise. */
static int quality(const char *range, size_t len)
{
	for (size_t i = 0; i + 2 < len; i++) {
		int q = 0, scale = 1000;

		if (range[i] != ';')
			continue;
		while (i + 1 < len && range[i + 1] == ' ')
			i++;
		if (i + 2 >= len || (range[i + 1] | 0x20) != 'q' || range[i + 2] != '=')
			continue;
		for (i += 3; i < len && scale >= 1; i++) {
			if (range[i] == '.')
				continue;
			if (range[i] < '0' || range[i] > '9')
				break;
			q += (range[i] - '0') * scale;
			scale /= 10;
		}
		return q;
	}
	return 1000;
}

enum exposition metrics_negotiate(const char *accept)
{
	static const char *const types[EXPOSITIONS] = {"text/plain", "application/openmetrics-text"};
	int best[EXPOSITIONS] = {0, 0};

	while (accept && *accept) {
		size_t len;

		accept += strspn(accept, ", \t");
		len = strcspn(accept, ",");
		for (int i = 0; i < EXPOSITIONS; i++) {
			size_t type = strlen(types[i]);
			int q;

			if (len < type || strncasecmp(accept, types[i], type) || !strchr(",; \t", accept[type]))
				continue;
			q = quality(accept, len);
			if (q > best[i])
				best[i] = q;
		}
		accept += len;
	}
	return best[EXPOSE_OPENMETRICS] && best[EXPOSE_OPENMETRICS] >= best[EXPOSE_PROMETHEUS] ? EXPOSE_OPENMETRICS
											       : EXPOSE_PROMETHEUS;
}

void metrics_describe(FILE *f)
{
	for (size_t i = 0; i < metric_count; i++) {
		const struct metric *metric = &metric_table[i];

		fprintf(f, "%s%s", metric->name, suffix_of(metric->type));
		if (metric->labels)
			fprintf(f, "{%s}", metric->labels);
		fprintf(f, "\n  %s%s%s. %s\n", type_names[metric->type], metric->unit ? ", " : "",
			metric->unit ? metric->unit : "", metric->help);
	}
}
