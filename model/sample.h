/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A sample: what one refresh tick read from a source. Raw cumulative counters, plain data, no rates. It is all that a
 * recording has to keep; whatever is shown is computed from two of them by snapshot_build().
 */
#ifndef KVMTOP_SAMPLE_H
#define KVMTOP_SAMPLE_H

#include "../bpf/events.h"
#include "../bpf/kvmtop.h"
#include "types.h"

#define VM_NAME_SIZE 64

/* Identity of a VM for as long as kvmtop runs; never reused, unlike pids and kernel addresses. 0: none. */
typedef u32 vm_uid;
/* Identity of a vCPU, likewise. 0: none. */
typedef u32 vcpu_uid;

/* Log-linear counts of durations, only the span of buckets between the first and last that ever counted. */
struct hist_span {
	u32 off;   /* of the first bucket in sample.hist (or snapshot.hist) */
	u16 first; /* its bucket number, 0..HIST_BUCKETS-1 */
	u16 len;   /* 0: empty */
};

/* One vCPU and one reason. Of one vCPU they are contiguous, sorted by key. */
struct exit_sample {
	u64 key;   /* EXIT_KEY() */
	u64 count; /* events, the one in flight included */
	u64 done;  /* completed; total_ns, min_ns, max_ns, part_ns and hist are of these */
	u64 total_ns;
	u64 min_ns;
	u64 max_ns;
	u64 part_ns[EXIT_PARTS];
	u64 interval_min_ns; /* shortest and longest completed since the sample before this one; 0, 0: none */
	u64 interval_max_ns;
	u64 inflight_ns; /* age of the one in flight when the sample was taken, 0: none; its parts: vcpu_sample */
	struct hist_span hist;
};

/*
 * An event beside the exits, counted by key (bpf/events.h; what a kind's numbers mean: model/events.h). Sorted by vm, kind,
 * sub, a, b, vcpu.
 */
struct event_sample {
	vm_uid vm;     /* 0: of no VM */
	vcpu_uid vcpu; /* 0: of the VM */
	u32 kind;      /* enum event_kind */
	u32 sub;       /* EVENT_OTHERS: all keys for which there was no record left */
	u64 a, b;
	u64 errors;
	u64 value[EVENT_VALUES];
	u64 age_ns; /* time since the last one */
	u32 tid;    /* of the thread that made the last one */
	char comm[TASK_COMM_LENGTH];
	struct exit_sample x; /* key: of the exit that the last one happened in, 0: none; no parts, never in flight */
};

/* One event as it happened (struct log_rec of bpf/events.h). In the order of their times. */
struct log_sample {
	u64 ns; /* CLOCK_MONOTONIC */
	vm_uid vm;
	vcpu_uid vcpu; /* 0: of the VM */
	u32 kind, sub;
	u64 a, b;
	u64 value[EVENT_VALUES];
	u64 took_ns; /* 0: not timed */
	u32 tid;
	bool failed;
	char comm[TASK_COMM_LENGTH];
};

/* A sample holds that many at most, the latest; the rest is counted (LOSS_LOG). */
#define LOG_MAX 4096

/* Of one VM they are contiguous, sorted by vcpu_id. */
struct vcpu_sample {
	vcpu_uid uid;
	vm_uid vm;
	s32 vcpu_id;
	u32 tid; /* 0: has not run yet */
	u32 cpu; /* pCPU of the last entry; of the last KVM_RUN where entries never fire; meaningless before either */
	u32 isa; /* KVM_ISA_* (model/reasons.h), 0: not known yet */
	bool ended;   /* gone; this is its last sample */
	u8 state;     /* enum vcpu_state at the time of the sample */
	bool inexact; /* state_ns is a lower bound: the state was already on when kvmtop attached */
	u64 state_ns; /* for how long */
	u64 created_ns;
	u64 age_ns;               /* from created_ns to the instant at which this vCPU was read, or ended */
	u64 time_ns[VCPU_STATES]; /* the running part included: they add up to age_ns */
	u64 entries;
	u64 exits;
	u64 user_exits;
	u64 halts;
	u64 halts_polled;
	u64 halts_invalid;
	u64 preemptions;
	u64 blocks;
	u64 migrations;
	u64 wait_max_ns;
	u64 preempt_rest_ns;
	struct preemptor preemptors[PREEMPTORS]; /* no order; count 0: free */
	/* kvm_vcpu.stat, cumulative since the vCPU was created, of the last walk over the open files */
	u64 halt_poll_success_ns;
	u64 halt_poll_fail_ns;
	u64 halt_wait_ns;
	u64 halt_attempted_poll;
	u64 halt_successful_poll;
	u64 pf_taken;
	u64 inflight_part_ns[EXIT_PARTS]; /* of its VM exit in flight; one to user space has but one part, PART_USER */
	u32 exit_first;                   /* first of its exits in sample.exits */
	u32 exit_count;
};

/* Sorted by uid. */
struct vm_sample {
	vm_uid uid;
	u32 pid;
	bool ended;
	char name[VM_NAME_SIZE]; /* UTF-8, printable, never empty: safe for a terminal */
	char vmm[16];            /* "qemu", "firecracker", ... or the process's comm */
	u8 process_state; /* a letter of proc(5): T stopped, t held by a debugger; 0: not asked (model/paused.h) */
	u32 vcpu_first;   /* first of its vCPUs in sample.vcpus */
	u32 vcpu_count;
};

/* What this host allows. Index: enum probe_id of model/probes.h. */
enum probe_status {
	PROBE_OFF,     /* not attached: nobody needs it now */
	PROBE_ON,      /* attached */
	PROBE_REFUSED, /* the kernel has the hook and refuses it */
	PROBE_ABSENT,  /* this kernel has no such hook */
	PROBE_SILENT,  /* attached, but this host's KVM never fires it while its vCPUs run */
};

#define PROBES_MAX 64

struct probe_sample {
	u8 status; /* enum probe_status */
	s32 err;   /* negative errno behind PROBE_REFUSED and PROBE_ABSENT */
};

/* Own cost, as measured. */
struct cost_sample {
	u64 cpu_ns;     /* CPU time of kvmtop itself, cumulative */
	u64 bpf_ns;     /* time in its BPF programs, cumulative; 0 while nobody measures it */
	u64 bpf_events; /* their runs, cumulative */
	u64 sample_ns;  /* wall time that this sample took */
};

/* What it costs to keep samples. Of the kvmtop that runs now, so that it is not recorded. */
struct upkeep_sample {
	u64 ring_bytes;        /* memory of the ring */
	u64 ring_ns;           /* CPU time of adding this sample to it */
	u64 maps_bytes;        /* memory of the BPF maps, 0: there are none */
	u64 own_bytes;         /* kvmtop's own, the ring included, the maps not; 0: nobody knows */
	u64 record_bytes;      /* written to a recording, cumulative; 0: it is not recorded */
	u64 record_ns;         /* CPU time of writing this sample to it */
	u64 attach_ns[GROUPS]; /* wall time that attaching took, of what is attached; 0: it is not */
};

struct sample {
	u64 seq; /* 1, 2, 3 ...: interval figures of seq N are valid against N - 1 only */
	u64 mono_ns;
	u64 real_ns;
	char host[VM_NAME_SIZE];
	u32 pcpus;
	u64 lost[LOSSES];
	u32 probe_count;
	struct probe_sample probes[PROBES_MAX];
	struct cost_sample cost;
	const char *waiting; /* static text: why there is nothing to see yet (KVM not loaded), or NULL */
	u32 missing;         /* samples between the one before and this that a damaged recording lost */
	struct upkeep_sample upkeep;

	struct vm_sample *vms;
	struct vcpu_sample *vcpus;
	struct exit_sample *exits;
	struct event_sample *events;
	struct log_sample *log; /* since the sample before; empty unless somebody wants it */
	u32 *hist;              /* as the programs count; one that is full stays full */
	u32 vm_count, vm_room;
	u32 vcpu_count, vcpu_room;
	u32 exit_count, exit_room;
	u32 event_count, event_room;
	u32 log_count, log_room;
	u32 hist_count, hist_room;
};

/* Stable lower-case names, static text: JSON keys, filters, --features. "?" for a number out of range. */
const char *vcpu_state_name(u32 state); /* enum vcpu_state: "unknown", "guest", "kvm", "user", "poll", "halt", "wait" */
const char *exit_part_name(u32 part);   /* enum exit_part: "kernel", "user", "halt", "wait" */
const char *probe_status_name(u32 status); /* enum probe_status: "off", "on", "refused", "absent", "silent" */
const char *loss_name(u32 loss);           /* enum loss: "vcpu_slots", "nested", ... */
const char *loss_help(u32 loss);           /* one line: what was lost and what that means */

/* How many probes are attached, those that never fire included; and how many this host refuses or lacks. */
u32 sample_probes_on(const struct sample *s);
u32 sample_probes_missing(const struct sample *s);

/* Empties it and keeps its memory. */
void sample_reset(struct sample *s);
/* Frees what it owns. */
void sample_free(struct sample *s);
/* Deep copy; 0 or -ENOMEM, then *dst is as it was. */
int sample_copy(struct sample *dst, const struct sample *src);
/*
 * Append a zeroed row and return it, NULL when out of memory. The pointer is good until the next append of that kind.
 * Rooms grow geometrically, so a steady host allocates nothing.
 */
struct vm_sample *sample_add_vm(struct sample *s);
struct vcpu_sample *sample_add_vcpu(struct sample *s);
struct exit_sample *sample_add_exit(struct sample *s);
struct event_sample *sample_add_event(struct sample *s);
struct log_sample *sample_add_log(struct sample *s);
/* Room for len zeroed buckets; the index of the first in s->hist, or -ENOMEM. */
s64 sample_add_hist(struct sample *s, u32 len);

/* NULL when there is none. VMs and exits by binary search; vCPUs, not sorted by uid, by a scan of their VM. */
const struct vm_sample *sample_find_vm(const struct sample *s, vm_uid uid);
const struct vcpu_sample *sample_find_vcpu(const struct sample *s, const struct vm_sample *vm, vcpu_uid uid);
/* Is it known on which pCPU it ran last? */
static inline bool vcpu_has_cpu(const struct vcpu_sample *vcpu)
{
	return vcpu->entries || vcpu->user_exits;
}

/*
 * Time of the part of the vCPU's exit so far, the one in flight included; likewise all parts together. What is never in
 * flight needs no vCPU.
 */
static inline u64 exit_sample_part_ns(const struct vcpu_sample *vcpu, const struct exit_sample *exit,
				      enum exit_part part)
{
	u64 inflight = 0;

	if (exit->inflight_ns && EXIT_KEY_KIND(exit->key) == EXIT_USER)
		inflight = part == PART_USER ? exit->inflight_ns : 0;
	else if (exit->inflight_ns)
		inflight = vcpu->inflight_part_ns[part];
	return exit->part_ns[part] + inflight;
}

static inline u64 exit_sample_time_ns(const struct exit_sample *exit)
{
	return exit->total_ns + exit->inflight_ns;
}

/* The order of events, of samples and of rows made of them: both have these members. See COMPARE(). */
#define COMPARE_EVENTS(x, y)                   \
	do {                                   \
		COMPARE((x)->vm, (y)->vm);     \
		COMPARE((x)->kind, (y)->kind); \
		COMPARE((x)->sub, (y)->sub);   \
		COMPARE((x)->a, (y)->a);       \
		COMPARE((x)->b, (y)->b);       \
		COMPARE((x)->vcpu, (y)->vcpu); \
	} while (0)
/* The same as of qsort(). */
int event_sample_compare(const void *a, const void *b);
const struct exit_sample *sample_find_exit(const struct sample *s, const struct vcpu_sample *vcpu, u64 key);

#endif
