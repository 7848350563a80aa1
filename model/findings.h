/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is wrong on this host, by rules: each finding says so in a sentence, and where its proof is. Found from a
 * snapshot alone; what makes a rule fire are limits, which users set.
 */
#ifndef KVMTOP_FINDINGS_H
#define KVMTOP_FINDINGS_H

#include "query.h"

/*
 * The limits: a name for the settings, lowest and highest value, default, unit, and what it is. 0 turns the rule off.
 * X(id, name, low, high, def, unit, help)
 *
 * SLOW_VMM: a device's handler takes some microseconds, one that waits for the VMM's locks or for a disk a millisecond
 * or two now and then. Outside KVM_RUN a wait for a pCPU cannot be told from work, and one wait behind another task
 * lasts up to 4 ms: a slice of the scheduler (3 ms by default from 8 CPUs on), which ends with a tick (4 ms at 250 Hz).
 * Only what is longer than that is the VMM's own for sure; at 2 ms hosts fired that were only busy.
 */
/* clang-format off */
#define FINDING_LIMITS(X) \
	X(STUCK, "find-stuck", 0, 3600, 1, "seconds", \
	  "a finding: a vCPU is in the kernel or the VMM for so long without a change; 0: never") \
	X(SAME_PAGE, "find-same-page", 0, 1e6, 64, "faults", \
	  "a finding: a vCPU faults on one page so often, one fault right after another; 0: never") \
	X(STEAL, "find-steal", 0, 100, 10, "%", \
	  "a finding: a vCPU waits for a pCPU for so much of its time; 0: never") \
	X(STORM, "find-storm", 0, 1e7, 20000, "exits/s", \
	  "a finding: a vCPU exits so often for one reason, and that takes find-storm-time; 0: never") \
	X(STORM_TIME, "find-storm-time", 0, 100, 20, "%", \
	  "what the exits of find-storm must take of the vCPU's time to be a finding") \
	X(SLOW_VMM, "find-slow-vmm", 0, 1e6, 5000, "us", \
	  "a finding: one in a hundred exits to the VMM for a reason takes it so long, and it is not as slow with others; 0: never") \
	X(POLL, "find-poll", 0, 100, 15, "%", \
	  "a finding: halt-polling takes so much of a VM's vCPU time in vain; 0: never") \
	X(IRQ, "find-irq", 0, 1e6, 1000, "us", \
	  "a finding: one in a hundred interrupts of a vector reaches its vCPU so late; 0: never") \
	X(SMALL_PAGES, "find-small-pages", 0, 1e7, 2000, "faults/s", \
	  "a finding: a VM's memory is mapped in 4 KiB pages so often, and hardly in larger ones; 0: never") \
	X(MIGRATION, "find-migration", 0, 1000, 100, "%", \
	  "a finding: a VM whose dirty pages are logged dirties its memory at so much of the bandwidth; 0: never")
/* clang-format on */

enum finding_limit {
#define X(id, ...) LIMIT_##id,
	FINDING_LIMITS(X)
#undef X
		LIMITS
};

struct finding_limits {
	double value[LIMITS];
	double bandwidth; /* of a migration, MB/s */
};

/* In the order of importance. */
enum finding_id {
	FINDING_LOSS,
	FINDING_STUCK,
	FINDING_PAUSED,
	FINDING_SAME_PAGE,
	FINDING_STEAL,
	FINDING_STORM,
	FINDING_SLOW_VMM,
	FINDING_IRQ,
	FINDING_MIGRATION,
	FINDING_POLL,
	FINDING_SMALL_PAGES,
	FINDINGS
};

struct finding_rule {
	const char *name; /* stable: column "rule" */
	enum finding_limit limit;
	double crit; /* so many times the limit is critical, 0: never */
	/*
	 * In braces what is filled in: vcpu, reason, event, task, where, loss, paused, all (the VM's vCPUs that ever ran), 0 and
	 * 1 (the finding's numbers). A part in square brackets is left out where what it names is not known.
	 */
	const char *sentence;
	enum unit unit[2];  /* of the numbers */
	const char *advice; /* what it means, and what helps; a few sentences */
	enum view_id view;  /* where its proof is, */
	const char *sort;   /* by which column it is seen there; NULL: as it is */
};

extern const struct finding_rule finding_table[FINDINGS];

/* A finding of a VM's vCPU, of a VM, or of the host. Points into the snapshot. */
struct finding {
	enum finding_id id;
	bool crit;
	vm_uid vm;     /* 0: of the host */
	vcpu_uid vcpu; /* 0: of the VM */
	u32 others;    /* of how many more vCPUs of the VM the same is true; it is true most of this one */
	double times;  /* how many times the limit */
	double num[2]; /* NAN: not known */
	u8 state;      /* enum vcpu_state that it is about */
	u8 process;    /* FINDING_PAUSED: vm_sample.process_state */
	u32 loss;      /* FINDING_LOSS: enum loss */
	u32 isa;
	u64 key;                       /* the exit reason that it is about, 0: none */
	const struct preemptor *who;   /* NULL: not known */
	const struct event_row *event; /* its proof or its cause, NULL: none */
};

struct findings {
	struct finding *list; /* critical ones first, then by importance */
	u32 count, room;
	u32 crit; /* how many are critical */
	u32 *told; /* findings_build()'s own: of a vCPU of the VM that is looked at, a bit for each rule that is true of it */
	u32 told_room;
};

/* A proof's place: what to look at, and the row. */
struct finding_place {
	bool known; /* false: there is nothing to look at */
	enum view_id view;
	struct scope scope;
	u32 isa; /* VIEW_DETAIL */
	u64 key;
	bool user;         /* VIEW_EXIT shows exits to user space */
	const char *sort;  /* NULL: as it is */
	struct row_id row; /* view VIEW_DETAIL: no row */
};

void finding_limits_init(struct finding_limits *limits);
/* Finds what there is in snap; reuses out's memory. Nothing without an interval, but losses. 0 or -ENOMEM. */
int findings_build(struct findings *out, const struct snapshot *snap, const struct finding_limits *limits);
void findings_free(struct findings *f);
struct finding_place finding_place(const struct finding *f);

/* Its sentence, into buf (model/columns_findings.c). */
const char *finding_text(const struct snapshot *snap, const struct finding *f, char *buf, size_t size);

#endif
