/* SPDX-License-Identifier: GPL-2.0-only */
/* Getters that all views of events (ROWS_EVENT) share; their column tables differ in titles, help and order. */
#ifndef KVMTOP_COLUMN_EVENTS_H
#define KVMTOP_COLUMN_EVENTS_H

#include "query.h"

#define EVENT_GETTER(name) void name(const struct snapshot *snap, union row_ref row, struct value *out)

EVENT_GETTER(event_vm);        /* text; a dash in sums over VMs */
EVENT_GETTER(event_vcpu);      /* vcpu_id; a dash in sums */
EVENT_GETTER(event_last_vcpu); /* vcpu_id of the vCPU that had the last one */
EVENT_GETTER(event_label);     /* event_name() */
EVENT_GETTER(event_count);     /* in the interval */
EVENT_GETTER(event_rate);      /* a second */
EVENT_GETTER(event_errors);    /* a second */
EVENT_GETTER(event_time);      /* spent in the interval, of those that completed in it */
EVENT_GETTER(event_share);     /* of the time of its vCPU, VM or host */
EVENT_GETTER(event_min);
EVENT_GETTER(event_avg);
EVENT_GETTER(event_p50);
EVENT_GETTER(event_p99);
EVENT_GETTER(event_max);
EVENT_GETTER(event_age);  /* since the last one */
EVENT_GETTER(event_task); /* "comm/tid" of who made the last one */

/* What most of these columns say of themselves. probes: PROBE_BIT()s of which at least one must be on. */
/* clang-format off */
#define EVENT_VM_COLUMN \
	{.name = "vm", .title = "VM", .unit = UNIT_TEXT, .get = event_vm, .width = 13, .priority = 3, \
	 .help = "The VM it happened in; a dash in the sums over all VMs."}
#define EVENT_VCPU_COLUMN \
	{.name = "vcpu", .title = "ID", .unit = UNIT_ID, .get = event_vcpu, .width = 3, .priority = 9, \
	 .help = "The vCPU; a dash in the sums over all vCPUs, and for what happens to the VM as a whole."}
#define EVENT_COUNT_COLUMN(probes) \
	{.name = "count", .title = "COUNT", .unit = UNIT_COUNT, .get = event_count, .width = 6, .priority = 4, \
	 .descending = true, .needs_any = (probes), .help = "How many there were in the interval."}
#define EVENT_RATE_COLUMN(probes) \
	{.name = "rate", .title = "RATE/S", .unit = UNIT_RATE, .get = event_rate, .width = 6, .priority = 0, \
	 .descending = true, .needs_any = (probes), .help = "How many a second."}

/* clang-format on */

#endif
