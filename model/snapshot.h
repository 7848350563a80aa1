/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A snapshot: what an interval looked like. snapshot_build() is pure and the only place where rates and shares exist.
 */
#ifndef KVMTOP_SNAPSHOT_H
#define KVMTOP_SNAPSHOT_H

#include "sample.h"

/* Durations of some exits. min_ns and max_ns are 0 when none completed; UINT64_MAX never appears. */
struct exit_figures {
	u64 count;    /* events in the interval, the ones in flight included once, in the interval they began in */
	u64 done;     /* completed in the interval */
	u64 time_ns;  /* spent in the interval, by completed ones and the ones in flight */
	u64 total_ns; /* sum of the durations of those completed in the interval: avg = total_ns / done */
	u64 part_ns[EXIT_PARTS]; /* of time_ns; they add up to it */
	u64 min_ns;              /* shortest completed */
	u64 max_ns;              /* longest completed, or the age of the oldest in flight when that is more */
	u64 inflight_ns;         /* age of the oldest in flight, 0: none */
	/* Of exits only once exit_durations(), vcpu_durations() or vm_durations() has been asked for them: */
	u64 p50_ns; /* of those completed, within 6 %; 0: none */
	u64 p99_ns;
	struct hist_span hist; /* of those completed, into snapshot.hist */
};

/* A reason of one vCPU; sums over vCPUs, VMs and the host have the same shape. */
struct exit_row {
	vm_uid vm;     /* 0: of all VMs */
	vcpu_uid vcpu; /* 0: of all vCPUs */
	u32 isa;       /* KVM_ISA_*; 0 for exits to user space, whose reasons are the same on all */
	bool idle;     /* the guest had nothing to do: HLT, MWAIT, WFx */
	bool ended;
	bool made;    /* its durations are */
	u64 key;      /* EXIT_KEY() */
	u64 span_ns;  /* 100 % of its time share: the budget.span_ns of its vCPU, of its VM, of the host */
	u64 over_ns;  /* as of its vCPU, of its VM; of the host: the interval */
	u32 vcpus;    /* how many vCPUs are in the sum */
	u32 now, was; /* of one vCPU: indices + 1 in snapshot.cur->exits and in those of the sample before, 0: none */
	struct exit_figures f;
};

/* An event (bpf/events.h) of one vCPU or of the VM itself; sums over the vCPUs of a VM, and over VMs, have the same shape. */
struct event_row {
	vm_uid vm;     /* 0: of all VMs, or of none */
	vcpu_uid vcpu; /* 0: of all vCPUs, or of the VM itself */
	u32 kind, sub; /* sub EVENT_OTHERS: the keys that have no record of their own */
	u64 a, b;
	u32 vcpus;                      /* how many records are in the sum */
	bool ended;                     /* with its VM */
	const struct event_sample *raw; /* in snapshot.cur; of sums that of the most recent event */
	u64 span_ns;                    /* 100 % of its time share, as of exits */
	u64 over_ns;                    /* as of exits */
	u64 errors;                     /* in the interval */
	u64 value[EVENT_VALUES];        /* VALUE_SUM: in the interval; else as it is now (model/events.h) */
	struct exit_figures f;          /* parts mean nothing; hist may be of cells */
};

/* Shares of the interval by state. */
struct budget {
	u64 span_ns; /* 100 %: the interval, or the vCPU's part of it; of sums, the sum. 0: no interval yet */
	u64 ns[VCPU_STATES];
};

struct vcpu_row {
	vcpu_uid uid;
	vm_uid vm;
	const struct vcpu_sample *raw; /* into snapshot.cur */
	const char *vm_name;
	u32 pid;
	bool fresh; /* first seen in this interval */
	bool ended;
	bool paused;    /* its VM is: it stays where it is, and nothing is wrong with it */
	bool made;      /* the durations of f, all and user are */
	bool rows_made; /* its rows in snapshot.vcpu_exits are */
	u32 was;        /* index + 1 in snapshot.prev->vcpus, 0: it was not there */
	u64 over_ns; /* its rates are over this time: the interval, or in totals its own age. 0: no rate can be told */
	struct budget budget;
	u64 exits; /* in the interval, as are all of these */
	u64 user_exits;
	u64 entries;
	u64 halts;
	u64 halts_polled, halts_invalid;
	u64 poll_won_ns, poll_lost_ns; /* polling that ended with a wake-up, and that did not (KVM's own counters) */
	bool has_polls; /* they are of the interval: in totals nobody knows what they were when kvmtop came */
	u64 preemptions;
	u64 migrations;
	u64 faults;                 /* page faults, by KVM's own counter, as of the last walks over the open files */
	bool has_faults;            /* there are two of these to compare */
	struct exit_figures f;      /* of its VM exits that are not idle */
	struct exit_figures all;    /* of all its VM exits */
	struct exit_figures user;   /* of its exits to user space */
	u64 top_key;                /* the reason that took the most time, idle ones aside; 0: none */
	u64 wait_ns;                /* = budget.ns[VCPU_WAIT] */
	struct preemptor preemptor; /* who took the most of it, count 0: nobody */
	u32 exit_first, exit_count; /* its rows in snapshot.vcpu_exits: see snapshot_vcpu_exits() */
};

struct vm_row {
	vm_uid uid;
	const struct vm_sample *raw;
	const struct vcpu_row *part; /* not the VM but that one of its vCPUs (model/tree.h); NULL: all of it */
	bool last_part;
	bool fresh;
	bool ended;
	bool made;   /* as of its vCPUs */
	u64 over_ns; /* as of its vCPUs; in totals, the age of the oldest one */
	u32 vcpus;
	struct budget budget; /* sum over its vCPUs */
	u64 exits;
	u64 user_exits;
	u64 entries;
	u64 halts;
	u64 preemptions;
	u64 migrations;
	u64 faults; /* as of its vCPUs */
	bool has_faults;
	struct exit_figures f;
	struct exit_figures all;
	struct exit_figures user;
	u64 top_key;
	u32 top_isa;
	u8 stuck_state;                              /* state of the vCPU that is longest in KVM or USER, if over 1 s */
	u64 stuck_ns;                                /* 0: none */
	u64 paused_ns;                               /* for how long it is paused (model/paused.h), 0: it is not */
	u64 most_state_ns, most_wait_ns, most_count; /* of any of its vCPUs: in KVM or USER so far, waits, f.count */
	u32 vcpu_first, vcpu_count;                  /* its rows in snapshot.vcpus */
	u32 exit_first, exit_count;                  /* sums by reason over its vCPUs, in snapshot.vm_exits */
	u32 event_first, event_count;                /* sums over its vCPUs, in snapshot.vm_events */
	u32 vcpu_event_first, vcpu_event_count;      /* each by itself, in snapshot.vcpu_events */
};

struct accumulator;

struct snapshot {
	const struct sample *cur;
	const struct sample
		*prev;  /* durations are still to be made against it, NULL: of all there was, or all are made */
	bool exact;     /* prev is the sample right before cur */
	bool settled;   /* all durations are made */
	bool host_made; /* those of host_exits are */
	const struct snapshot *base; /* another interval to compare with: column_value() tells the change; NULL: none */
	u64 interval_ns;             /* measured; 0: first sample, no rate can be told */
	u64 seq;
	struct budget budget; /* of the host: over all vCPUs */
	u64 exits, user_exits;
	u64 lost[LOSSES]; /* cumulative */
	u64 own_cpu_ns;   /* kvmtop's CPU time in the interval */
	u64 bpf_ns, bpf_events;
	u64 record_bytes; /* written to a recording in the interval */

	struct vm_row *vms;          /* by uid */
	struct vcpu_row *vcpus;      /* by VM, then vcpu_id */
	struct exit_row *vcpu_exits; /* by VM, vCPU, key; those of a vCPU once they were asked for */
	struct exit_row *vm_exits;   /* by VM, key */
	struct exit_row *host_exits; /* by isa, key */
	u32 vm_count, vm_room, vcpu_count, vcpu_room, vcpu_exit_count, vcpu_exit_room;
	u32 vm_exit_count, vm_exit_room, host_exit_count, host_exit_room;
	u32 rows_made, rows_touched;   /* of vcpu_exits: in this snapshot, and in any that had its memory */
	struct event_row *vcpu_events; /* as sample.events; those of no VM come first */
	struct event_row *vm_events;   /* by VM, kind, sub, a, b */
	struct event_row *host_events; /* of kinds that have a sum over the host, by kind, sub, a, b */
	u32 vcpu_event_count, vcpu_event_room, vm_event_count, vm_event_room, host_event_count, host_event_room;
	u32 *event_order; /* events_build()'s own */
	u32 event_order_room;
	const struct log_sample
		*log; /* what there is to scroll through: cur's, or more of it (model/tail.h); another's */
	u32 log_count;
	u64 *hist;
	u32 hist_count, hist_room;
	struct accumulator *sums; /* exit_durations()'s own */
	u32 sum_room;
	void *scratch; /* tables that snapshot_build() and snapshot_find_vcpu() keep between calls */
};

/*
 * Computes the interval between prev and cur (prev NULL: since each vCPU was first seen, and interval_ns stays 0 unless
 * cumulative is set, when it is the time since then). The snapshot points into cur, which must outlive it; prev may go.
 * Reuses out's memory. Counters that went backwards count as 0. 0 or -ENOMEM.
 */
int snapshot_build(struct snapshot *out, const struct sample *prev, const struct sample *cur, bool cumulative);
/*
 * The same without histograms and percentiles of exits, and without the rows of single vCPUs' reasons, which take most of
 * the time and memory: they are made when asked for, row by row. Until snapshot_settle(), or until it is built anew, prev must stay as it is too.
 */
int snapshot_build_lazily(struct snapshot *out, const struct sample *prev, const struct sample *cur, bool cumulative);
/* Makes all of them that are not made yet; prev may go. 0 or -ENOMEM: then prev may go too, and what is missing is 0. */
int snapshot_settle(struct snapshot *snap);
/* Makes none of them any more; prev may go. */
void snapshot_forget(struct snapshot *snap);
/*
 * The rows of a vCPU of this snapshot, one a reason (vcpu->exit_count), sorted by key. What was not made before
 * snapshot_forget() is without figures.
 */
const struct exit_row *snapshot_vcpu_exits(const struct snapshot *snap, const struct vcpu_row *vcpu);
/*
 * The figures of a row of this snapshot (row->f) with its histogram and percentiles, which are 0 when out of memory.
 * snapshot.hist may move.
 */
const struct exit_figures *exit_durations(const struct snapshot *snap, const struct exit_row *row);
const struct exit_figures *vcpu_durations(const struct snapshot *snap, const struct vcpu_row *row);
const struct exit_figures *vm_durations(const struct snapshot *snap, const struct vm_row *row);
void snapshot_free(struct snapshot *snap);

const struct vm_row *snapshot_find_vm(const struct snapshot *snap, vm_uid uid);
const struct vcpu_row *snapshot_find_vcpu(const struct snapshot *snap, vcpu_uid uid);
/* The vCPU that a thread runs; NULL: none, or several in turn. */
const struct vcpu_row *snapshot_find_thread(const struct snapshot *snap, u32 tid);

/* The vCPU's row of a kind, whatever its sub (sub ~0U), NULL: there is none. */
const struct event_row *snapshot_find_event(const struct snapshot *snap, const struct vcpu_row *vcpu, u32 kind,
					    u32 sub);

/* Events a second over a time (over_ns of a row); 0 when that is 0. */
double rate_over(u64 events, u64 over_ns);
/* The same for the host: over the interval. */
double snapshot_rate(const struct snapshot *snap, u64 events);
/* ns as a share of span, 0..1; 0 when span is 0. */
double share(u64 ns, u64 span_ns);

#endif
