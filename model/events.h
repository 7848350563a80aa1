/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kinds of bpf/events.h are about: one table, from which sums, JSON, columns and the log are made.
 */
#ifndef KVMTOP_EVENTS_MODEL_H
#define KVMTOP_EVENTS_MODEL_H

#include "sample.h"

enum value_kind {
	VALUE_NONE, /* not used */
	VALUE_SUM,  /* only grows: differences and sums over vCPUs make sense */
	VALUE_MAX,  /* of sums the largest */
	VALUE_LAST, /* what it is now: of sums that of the most recent event */
};

struct event_value {
	const char *name; /* in JSON, NULL: not used */
	enum value_kind kind;
};

struct event_info {
	u32 kind;          /* enum event_kind */
	const char *name;  /* stable: "type" in JSON, in the log and in filters */
	const char *array; /* the array of a VM's JSON object that it is in */
	/* JSON names of the key's members, NULL: not used */
	const char *sub;
	const char *a;
	const char *b;
	const char *errors; /* JSON name of what counts as an error, NULL: nothing does */
	struct event_value value[EVENT_VALUES];
	bool timed;    /* it has durations */
	bool host_sum; /* the same key means the same on all VMs: there is a sum over the host */
	bool cells;    /* its histogram is not of durations: HIST_BUCKETS equal parts of an address range */
};

/* NULL: a kind that this version does not know. */
const struct event_info *event_info(u32 kind);
/* The table, in the order of kinds. */
const struct event_info *event_info_at(u32 index);
u32 event_info_count(void);

/* Stable names of groups: --log. NULL: no such group. */
const char *event_group_name(u32 group);
/*
 * Reads "irq,hypercall,msi": names of groups and of kinds, or "all". Sets the groups (GROUP_BIT()s), and a bit for each
 * event_info_at() index. 0, or -EINVAL with the name that is none in *bad (into text).
 */
int event_kinds_parse(const char *text, u32 *groups, u64 *kinds, const char **bad);

#define EVENT_NAME_SIZE 48

/*
 * What an operator calls it: "KICK_CPU", "WRMSR TSC_DEADLINE", "others". isa: of the vCPU (KVM_ISA_*), 0: not known.
 * Static text, or buf.
 */
const char *event_name(u32 isa, u32 kind, u32 sub, u64 a, u64 b, char buf[EVENT_NAME_SIZE]);

/* Key and values of one event by their names, "nr=5 a0=0x0 failed"; buf. */
const char *event_detail(const struct log_sample *line, char *buf, size_t size);

#endif
