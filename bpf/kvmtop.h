/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the BPF programs and the model share: the records in the maps, and nothing else.
 *
 * All times are nanoseconds of CLOCK_MONOTONIC (bpf_ktime_get_ns). All counters only ever grow; user space differences
 * them and never clears them. Records are written by one thread at a time (the vCPU's), with plain stores.
 */
#ifndef KVMTOP_BPF_H
#define KVMTOP_BPF_H

#include <linux/types.h>

/*
 * At every instant a vCPU is in exactly one state. VCPU_UNKNOWN is the time before the first event that tells, and on
 * hosts where kvm_entry never fires, the time inside KVM_RUN (guest or kernel, nothing there tells them apart).
 */
enum vcpu_state {
	VCPU_UNKNOWN,
	VCPU_GUEST, /* in the guest: kvm_entry to kvm_exit */
	VCPU_KVM,   /* in the kernel, on behalf of the guest */
	VCPU_USER,  /* in the VMM: the return of KVM_RUN to the next KVM_RUN, the VMM's own sleeps included */
	VCPU_POLL,  /* halted and polling for a wake-up (halt_poll_ns) */
	VCPU_HALT,  /* halted and asleep */
	VCPU_WAIT,  /* runnable inside KVM_RUN, but another task has the pCPU: steal */
	VCPU_STATES
};

/* The parts an exit's time is split into; they add up to its duration. */
enum exit_part {
	PART_KERNEL, /* VCPU_KVM (and VCPU_UNKNOWN) */
	PART_USER,   /* VCPU_USER */
	PART_HALT,   /* VCPU_POLL and VCPU_HALT: the guest had nothing to do */
	PART_WAIT,   /* VCPU_WAIT */
	EXIT_PARTS
};

/* enum vcpu_state -> enum exit_part, two bits each; the state is below VCPU_STATES. */
#define PARTS_OF_STATES                                                                                        \
	(PART_KERNEL << (2 * VCPU_UNKNOWN) | PART_KERNEL << (2 * VCPU_GUEST) | PART_KERNEL << (2 * VCPU_KVM) | \
	 PART_USER << (2 * VCPU_USER) | PART_HALT << (2 * VCPU_POLL) | PART_HALT << (2 * VCPU_HALT) |          \
	 PART_WAIT << (2 * VCPU_WAIT))
#define PART_OF_STATE(state) ((PARTS_OF_STATES >> (2 * (state))) & 3)

/*
 * Log-linear histogram of durations: below 2^HIST_MIN_SHIFT ns one octave's worth of equal buckets, then HIST_SUB
 * buckets to an octave, so a bucket's mid-point is within 1/17 (5.9 %) of every value in it. The last bucket takes
 * all that is longer (16 s and up).
 */
#define HIST_SUB_SHIFT 3
#define HIST_SUB       (1 << HIST_SUB_SHIFT)
#define HIST_MIN_SHIFT 7
#define HIST_BUCKETS   224

/* What a record of the exit pool is about. */
enum exit_kind {
	EXIT_GUEST, /* kvm_exit to kvm_entry, by hardware exit reason */
	EXIT_USER,  /* kvm_userspace_exit to the next KVM_RUN, by KVM_EXIT_* or negative errno */
};

/* A record's key; bit 40 keeps it from ever being 0, which is a free cell. */
#define EXIT_KEY(kind, code) ((1ULL << 40) | ((__u64)(kind) << 32) | (__u32)(code))
#define EXIT_KEY_KIND(key)   ((enum exit_kind)(((key) >> 32) & 1))
#define EXIT_KEY_CODE(key)   ((__u32)(key))

/*
 * The longest and shortest of one sampling interval, without clearing: user space advances the epoch, the first event
 * of a new epoch restarts the cell. There are two, so that the finished epoch can be read while the next one fills.
 */
struct exit_extremes {
	__u64 epoch;
	__u64 min_ns;
	__u64 max_ns;
};

/* One vCPU and one reason. 1 KiB. */
struct exit_rec {
	__u64 key; /* EXIT_KEY(), 0: free */
	__u64 unended; /* of which no end will be seen; with done and the one in flight all kvm_exit or kvm_userspace_exit */
	__u64 done;     /* ended: those that the figures below are about */
	__u64 total_ns; /* sum of the durations of the ended ones */
	__u64 min_ns;
	__u64 max_ns;
	__u64 part_ns[EXIT_PARTS]; /* but for PART_KERNEL, which is what they leave of total_ns */
	struct exit_extremes now;  /* of the epoch of the last event */
	struct exit_extremes past; /* of the epoch of the last event before that epoch */
	__u32 hist[HIST_BUCKETS];
};

#define NO_EXIT_REC 0xffffffffU /* the index of none */

#define TASK_COMM_LENGTH 16

/* A task that ran on the pCPU while the vCPU was runnable. */
struct preemptor {
	__u32 tid;
	char comm[TASK_COMM_LENGTH];
	__u32 pad;
	__u64 count;
	__u64 ns;
};

#define PREEMPTORS     4  /* a power of two */
#define REASONS_A_VCPU 64 /* a power of two */

struct reason_cell {
	__u64 key; /* EXIT_KEY(), 0: free */
	__u32 rec; /* index in the exit pool */
	__u32 pad;
};

/* Where a vCPU's thread is with respect to its pCPU, inside KVM_RUN. */
enum off_cpu {
	OFF_NOT,     /* on the pCPU, or outside KVM_RUN */
	OFF_PREEMPT, /* runnable, another task runs */
	OFF_BLOCK,   /* asleep */
};

/*
 * Entries and exits in turn, and nothing else: then the programs of both know all about the vCPU by one comparison. Any other
 * program that writes the record sets it to TURN_NONE.
 *   TURN_GUEST  the last program was that of an entry, on this pCPU, and no exit is open
 *   TURN_KVM    the last was that of an exit: it is open, began at acct_ns and was all PART_KERNEL since
 *   TURN_BUSY   one of the two is at work
 */
#define TURN_NONE       0U
#define TURN_BUSY       1U
#define TURN_KVM(cpu)   ((__u32)(cpu) + 2)
#define TURN_GUEST(cpu) (TURN_KVM(cpu) | 1U << 31)

#define STATE_OPEN(state, exit_open) ((__u64)(exit_open) << 32 | (state))
#define VCPU_TURN(cpu, turn)         ((__u32)(cpu) << 2 | (turn))

struct vcpu_rec {
	__u32 seq;  /* odd while any other program writes; user space reads again when it or turn or acct_ns changed */
	__u32 gen;  /* user space raises it when the slot is given back */
	__u32 turn; /* TURN_* */
	__u32 pad;

	/* identity */
	__u64 vcpu; /* kernel address of struct kvm_vcpu: identity only, never shown */
	__u64 kvm;
	__s32 vcpu_id;               /* kvm_vcpu.vcpu_id */
	__u32 pid;                   /* of the VMM: kvm->userspace_pid, or the tgid of the first thread seen */
	__u32 tid;                   /* of the thread that ran it last, 0: none yet */
	__u32 isa;                   /* KVM_ISA_* of the last kvm_exit, 0: none yet */
	__u64 created_ns;            /* when kvmtop first knew of it */
	__u64 ended_ns;              /* when KVM destroyed it, 0: alive */
	char comm[TASK_COMM_LENGTH]; /* of the VMM's first thread, for a VM that is gone before anyone can ask */

	/* the time budget, and the exit in flight: what belongs together is written by one store */
	union {
		struct {
			__u32 state;     /* enum vcpu_state */
			__u32 exit_open; /* an exit is in flight (exit_rec is NO_EXIT_REC when the pool was full) */
		};
		__u64 state_open;
	};
	union {
		struct {
			__u32 exit_rec; /* index in the exit pool, while the exit is open */
			__u32 cause;    /* record of its second-level cause, index + 1, 0: none */
		};
		__u64 exit_rec_cause;
	};
	__u64 acct_ns;              /* time up to here is in time_ns */
	__u64 state_ns;             /* since when it is in its state; in turn: acct_ns */
	__u64 time_ns[VCPU_STATES]; /* but for VCPU_GUEST, which is what they leave of created_ns to acct_ns */

	/* more of the exit in flight */
	__u64 exit_start_ns; /* in turn: acct_ns */
	__u64 alive;         /* vcpu, until KVM destroys it */
	__u64 exit_last_ns;  /* how long the exit before it took */
	__u64 epoch;         /* of its exits' extremes; user space advances it */
	__u32 cpu;           /* pCPU of the last kvm_entry */
	__u32 host_irq; /* the host's interrupt that came since kvm_entry: vector | (IRQ number + 1) << 8, 0: none */
	__u64 exit_part_ns[EXIT_PARTS]; /* but for PART_KERNEL, which is what they leave of the time since its start */
	__u64 user_start_ns;
	__u32 user_rec; /* index in the exit pool, while the exit to user space is open */
	__u32 user_open;
	__u32 exit_split; /* not all of it is PART_KERNEL: else the other parts are 0 and need no look */
	__u32 entered;    /* it has been in the guest since its record was made */
	__u64 task;       /* kernel address of the thread that ran it last and knows it does (task storage) */
	__u64 vmcb;       /* kernel address, where it had to be read: see read_exit_code() */

	/* off the pCPU */
	__u32 off;      /* enum off_cpu */
	__u32 on_state; /* state to go back to */
	__u64 off_run_delay;
	__u32 off_by;   /* index into preemptors + 1, 0: not kept */
	__u32 handled;  /* bits of enum twin */
	__u64 off_task; /* who took the pCPU: kernel address of its task, and how long it had run in all by then */
	__u64 off_task_ran;
	__u64 nested_out_ns;  /* when its thread was preempted in the middle of a program, */
	__u64 nested_state;   /* enum vcpu_state then, */
	__u64 nested_wait_ns; /* and for how long: added by that program at its end */

	/* counters */
	__u64 exits_unkept;     /* kvm_exit events without a record: all others are counted there */
	__u64 exits_unentered;  /* kvm_exit events that no kvm_entry ended */
	__u64 entries_unexited; /* kvm_entry events that ended no exit */
	__u64 user_exits;
	__u64 halts;           /* kvm_vcpu_wakeup events */
	__u64 halts_polled;    /* of these, ended while polling */
	__u64 halts_invalid;   /* of these, woken with nothing to do */
	__u64 preemptions;     /* taken off the pCPU while runnable */
	__u64 blocks;          /* went to sleep in the kernel */
	__u64 migrations;      /* entries on another pCPU than the one before */
	__u64 wait_max_ns;     /* longest single wait for a pCPU */
	__u64 preempt_rest_ns; /* waits for others than the table below names: who ran second, woke-up queues */
	struct preemptor preemptors[PREEMPTORS];

	struct reason_cell reasons[REASONS_A_VCPU];
};

/* A VM, as the task_file iterator finds it (bpf/discover.bpf.c). Also one a vCPU. Written to the iterator's seq file. */
enum found_kind { FOUND_VM, FOUND_VCPU };

struct found {
	__u32 kind; /* enum found_kind */
	__u32 pid;  /* tgid of the process that holds the file */
	__u32 tid;  /* vCPU: the thread that ran it last, 0: none yet */
	__s32 vcpu_id;
	__u64 kvm;
	__u64 vcpu;
	__u64 start_ns; /* start_boottime of the process: tells a reused pid */
	__u32 state;    /* vCPU: enum vcpu_state as found */
	__s32 slot;     /* vCPU: its record, -1: none was free */
	__u32 userspace_pid;
	__u32 created_vcpus;
	/* struct kvm_vcpu.stat, cumulative since the vCPU was created; 0 where the kernel has no such field */
	__u64 halt_poll_success_ns;
	__u64 halt_poll_fail_ns;
	__u64 halt_wait_ns;
	__u64 halt_attempted_poll;
	__u64 halt_successful_poll;
	__u64 pf_taken;
	__u64 stat_exits;
};

/* Everything that was lost or did not fit. One counter a cause; any that is not 0 is on the screen. */
enum loss {
	LOSS_VCPU_SLOTS,   /* events of vCPUs for which there was no record left */
	LOSS_EXIT_SLOTS,   /* events whose reason found no record in the pool */
	LOSS_REASON_TABLE, /* events whose reason found no cell in its vCPU's table */
	LOSS_STORAGE,      /* threads that the kernel refused task storage: a hash serves, at a higher price */
	LOSS_NESTED,       /* an event inside another of the same vCPU: its time went to the other's state */
	LOSS_UNPAIRED,     /* kvm_entry without an exit, or the other way round, after the vCPU was in step */
	LOSS_CLOCK,        /* time ran backwards between two events of one vCPU */
	LOSS_EXIT_CODE,    /* the exit reason could not be read */
	LOSS_MISSED,       /* events that the kernel did not hand to a program, because it was interrupted by another */
	LOSS_HIST_WRAP,    /* a histogram bucket passed 2^32: percentiles since start are off for it */
	LOSS_EVENT_SLOTS,  /* events (bpf/events.h) whose key found no record: not even among the others of its VM */
	LOSS_EVENT_HIST,   /* events whose record found no histogram: no percentiles for them */
	LOSS_EVENT_PAIR,   /* events whose begin or end was not seen: counted, without a duration */
	LOSS_LOG,          /* events that did not fit in the log's buffer */
	LOSSES
};

/* Control block and statistics, in an mmapable array of one. */
struct control {
	__u64 epoch;
	__u32 entries_seen; /* kvm_entry has fired: 0 on hosts whose KVM never does */
	__u32 no_storage;   /* task storage was refused: threads are in the hash */
	__u32 attached;     /* all programs are: before that they do nothing, lest they see half of the events */
	__u32 groups;       /* bit an enum event_group: all of its programs are attached */
	__u32 log_groups;   /* bit an enum event_group: its events go to the log as well */
	__u32 log_pad;
	__u64 log_kvm;      /* only of this struct kvm, 0: of all */
	__u64 log_vcpu;     /* only of this struct kvm_vcpu, 0: of all */
	__u64 since_ns[16]; /* by enum event_group: CLOCK_MONOTONIC when it was attached */
	__u32 pad[20];      /* what programs read stays off the cache line that they write */
	__u32 next_vcpu;    /* first record never used */
	__u32 next_exit;
	__u32 next_event;
	__u32 next_hist;
	__u64 lost[LOSSES];
	__u64 repaired; /* events that a second twin handled because the first had missed them */
};

/*
 * Where a program can be preempted (fentry on a preemptible kernel; by 7.2 tracepoints too), the kernel drops the events
 * that the same program should handle on that pCPU meanwhile, up to a time slice full of another vCPU's. So each of these
 * is attached twice: what the first misses, the second handles. The first leaves a bit for the second to take.
 */
enum twin { TWIN_RUN, TWIN_RETURN, TWIN_HALT, TWIN_BLOCK, TWIN_UNBLOCK, TWIN_WAKEUP };

/* What is attached, and how large the pools are; constant once loaded, so the verifier drops dead branches. */
struct knobs {
	__u32 max_vcpus;
	__u32 max_exits;
	__u32 has_halt;  /* the programs that see a halt begin and end are there */
	__u32 has_entry; /* kvm_entry and kvm_exit are there */
	__u32 max_events;
	__u32 max_hists;
	__u32 has_run; /* a program sees the begin of each KVM_RUN */
	__u32 twins;   /* programs that can be preempted are attached twice: see enum twin */
};

#endif /* KVMTOP_BPF_H */
