/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One sample as one line of JSON: raw cumulative counters, no rates, names stable.
 *
 * {time, interval_ns, isa, host, waiting?, missing, lost:{cause: n}, probes:{name: {status, errno?}}, cost:{cpu_ns, bpf_ns,
 *  bpf_events, sample_ns, ring_bytes, ring_ns, record_bytes, record_ns, attach_ns:{group: ns}}, ARRAY?:[event],
 *  vms:[{pid, name, vmm, ended, ARRAY?:[event], vcpus:[{id, tid, cpu, ended, state, state_ns, age_ns,
 *  time_ns:{unknown, guest, kvm, user, poll, halt, wait}, entries,
 *  exits:[{isa, code, reason, count, total_ns, min_ns, max_ns, p50_ns, p99_ns, kvm_ns, user_ns, halt_ns, wait_ns}],
 *  user_exits:[{code, reason, count, total_ns, min_ns, max_ns, p50_ns, p99_ns}],
 *  sched:{migrations, preemptions, blocks, wait_max_ns, preempted_by:[{tid, comm, count, ns}], others_ns},
 *  halt:{wakeups, polled, invalid, poll_success_ns, poll_fail_ns, wait_ns}}]}]}
 *
 * ARRAY: the arrays of events, of no VM and of each, by the names that model/events.c has for them; not there when empty.
 * model/kvmtop.schema.json says it in JSON Schema, and is what programs may rely on.
 * time is RFC 3339 in UTC. count, total_ns and the parts include what is in flight, max_ns is at least its age; min_ns,
 * p50_ns and p99_ns are of completed exits, 0 when there are none. tid and cpu are null where there is none yet. isa at
 * the top is that of the first vCPU that told, null before.
 */
#ifndef KVMTOP_JSON_H
#define KVMTOP_JSON_H

#include <stdio.h>

#include "sample.h"

/* Writes the line and flushes f. interval_ns: time since the sample before, 0: first. 0, -ENOMEM, or -EIO. */
int json_write_sample(FILE *f, const struct sample *s, u64 interval_ns);

/* The JSON Schema of such a line, static text. */
const char *json_schema(void);

#endif
