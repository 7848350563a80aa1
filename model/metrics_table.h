/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the table of metrics (metrics_table.c) and what writes them (metrics.c). */
#ifndef KVMTOP_METRICS_TABLE_H
#define KVMTOP_METRICS_TABLE_H

#include "metrics.h"
#include "query.h"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM, METRIC_INFO };

struct writer;

struct metric {
	const char *name; /* of the family: without _total, _info; ends with its unit */
	enum metric_type type;
	const char *unit;   /* "seconds", NULL: none */
	const char *labels; /* their names, as the description has them; NULL: none */
	const char *column; /* of the vCPU view: not told where that is not available; NULL: always told */
	const char *help;
	void (*put)(struct writer *w);
};

/* In the order of the exposition, which is also who goes first where there is not enough room. */
extern const struct metric metric_table[];
extern const size_t metric_count;

#define METRICS_OF_EXPORT 2 /* the last ones, about the others: always told */

struct writer {
	struct metrics *m;
	const struct snapshot *snap;
	const struct metric *metric;
	enum exposition format;
	char *text;
	size_t len, room;
	u32 series, max_series;
	u64 left_out;
	u64 *scratch; /* of the table's own */
	u32 scratch_room;
	void *names; /* metrics_events.c's own */
	u32 name_room;
	bool failed; /* out of memory */
};

/* The last one of an array has no name. */
struct label {
	const char *name, *value;
};

struct vm_label {
	char name[VM_NAME_SIZE + 12];
	char pid[12];
};

/* One series of the metric that is being written; labels may be NULL. */
void put_count(struct writer *w, const struct label *labels, u64 n);
void put_seconds(struct writer *w, const struct label *labels, u64 ns);
/* counts[0..len) from bucket number first on, as in struct hist_span. */
void put_histogram(struct writer *w, const struct label *labels, const u64 *counts, u32 first, u32 len, u64 sum_ns);

/* How a VM is called: index into snap->cur->vms. */
void vm_labels(const struct writer *w, u32 vm, struct vm_label *out);
/* Time of a vCPU by state, never less than was told before: index into snap->cur->vcpus. */
const u64 *vcpu_state_ns(const struct writer *w, u32 vcpu);

/* metrics_events.c */
void put_events(struct writer *w);
void put_event_errors(struct writer *w);
void put_event_durations(struct writer *w);

#endif
