/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading what a lab host left behind, and saying of each claim whether it holds. */
#ifndef KVMTOP_LAB_COMPARE_H
#define KVMTOP_LAB_COMPARE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct json_object json;

struct objects {
	json **o;
	unsigned int count;
};

/* One line of an ftrace histogram. */
struct bucket {
	int64_t code; /* exit reason, or KVM_EXIT_*, or a negative errno */
	uint64_t count;
};

struct histogram {
	struct bucket *b;
	unsigned int count;
	uint64_t hits;
	uint64_t dropped;
};

#define TRUTHS 16

/* What does not hold of every case. */
enum except {
	NO_BUDGET = 1,  /* VMs come and go by the same pid: intervals cannot be told apart */
	FEW_SLOTS = 2,  /* vCPUs without a record are the case's point */
	NO_OBJECTS = 4, /* kvmtop refuses to start */
};

/* What one case left in its folder. */
struct evidence {
	const char *dir;
	unsigned int major;   /* of the kernel's version */
	bool arm64;           /* the host: no ports, other exit reasons */
	struct objects ticks; /* kvmtop's objects, oldest first; count 0: kvmtop did not run */
	bool has_kvmtop;
	struct objects second; /* of a second kvmtop at the same time */
	unsigned int except;   /* enum except, by the case */
	json *truth[TRUTHS];   /* of each VM that wrote one */
	unsigned int truths;
	bool has_ftrace;
	struct histogram exits;
	struct histogram user_exits;
};

/* Every failure to read is a claim that does not hold. */
void evidence_load(struct evidence *e, const char *dir, const char *kernel);
void evidence_free(struct evidence *e);

/* Prints "ok - HOST KERNEL CASE: ..." or "not ok - ..."; false when it does not hold. */
__attribute__((format(printf, 2, 3))) bool claim(bool holds, const char *format, ...);
__attribute__((format(printf, 1, 2))) void skip(const char *format, ...);

/* A file that the case left, NULL: there is none. */
FILE *evidence_open(const struct evidence *e, const char *name);
/* Room for one more element: realloc() when count is a power of two. Ends the program when out of memory. */
void *grow(void *p, unsigned int count, size_t size);

/* Of a histogram of ftrace's: the number that stands behind a word of a line ("hitcount:"); 0: the word is not there. */
uint64_t number_after(const char *line, const char *word);
/* Hits of the rows of hist.NAME in which a key has a value; key NULL: of all rows. */
uint64_t histogram_hits(const struct evidence *e, const char *name, const char *key, uint64_t value);
/* hist.NAME, NULL: the case left none. */
FILE *histogram_open(const struct evidence *e, const char *name);
/*
 * How many events hist.NAME lacks: a histogram drops an event whose key another CPU is about to insert
 * (kernel/trace/tracing_map.c, __tracing_map_insert()), and says at its end how many.
 */
uint64_t histogram_dropped(const struct evidence *e, const char *name);
/*
 * Whether what was counted elsewhere is what a histogram has seen, or as much more as it may have dropped; by so much what it
 * may have dropped of its other rows gets less.
 */
bool as_seen(uint64_t counted, uint64_t seen, uint64_t *dropped);
/* Claims that: "WHAT: WHOSE counted, ftrace seen and dropped that it dropped". */
bool claim_seen(const char *what, const char *whose, uint64_t counted, uint64_t seen, uint64_t *dropped);
/* A histogram of ftrace's by the reason (kvm_exit's or kvm_userspace_exit's) in a file; empty when there is none. */
void histogram_load(const struct evidence *e, const char *name, struct histogram *h);

/* A file of one line that the case left: its line in buf, without the newline; false when there is none or it is empty. */
bool note(const struct evidence *e, const char *name, char *buf, size_t size);
/* The same as a number; -1 when there is none. */
long note_number(const struct evidence *e, const char *name);

/* Members by name; 0, "", false or NULL when there is none. */
json *member(json *o, const char *name);
uint64_t number(json *o, const char *name);
int64_t integer(json *o, const char *name);
const char *text(json *o, const char *name);
bool truth(json *o, const char *name);
unsigned int length(json *array);
json *at(json *array, unsigned int i);

/* Of one of kvmtop's objects. NULL when there is none. */
json *find_vm(json *tick, const char *name);
json *find_vm_pid(json *tick, int64_t pid);
json *find_vcpu(json *vm, int64_t id);
json *find_code(json *rows, int64_t code);
/* Sum over all states; with except, all but that one. */
uint64_t all_time(json *vcpu);
uint64_t state_time(json *vcpu, const char *state);

/* |a - b| as a share of b. */
double deviation(uint64_t a, uint64_t b);

/* Counts of one VM, beside its guest's and VMM's own. */
void check_vm(const struct evidence *e, json *told, json *seen);
/* Counts of kvmtop's VMs beside ftrace's; who: which kvmtop, "" for the only one. */
void check_ftrace(const struct histogram *h, json *const *vms, unsigned int count, const char *kind, const char *event,
		  const char *who);
/* How many VM exits, or exits to user space, kvmtop counted in all vCPUs of the VMs. */
uint64_t kvmtop_total(json *const *vms, unsigned int count, const char *kind);
/* The same of one code. */
uint64_t kvmtop_sum(json *const *vms, unsigned int count, const char *kind, int64_t code);
/* By the code of the host's ISA: the exits of a vCPU by port access; its row of those by HLT. */
uint64_t io_exit_count(const struct evidence *e, json *vcpu);
json *hlt_exits(const struct evidence *e, json *vcpu);

#define US ((uint64_t)1000)

/*
 * A line of ftrace's record, "  vmm-151  [001] d..1.  4.159217: msi_begin: (...)": its thread, its time, which is cut to
 * microseconds, and what follows; NULL: no such line.
 */
const char *stamp_line(const char *line, int64_t *tid, uint64_t *ns);

/* One event of such a line. */
enum stamp_kind {
	STAMP_EXIT,      /* kvm_exit */
	STAMP_ENTRY,     /* kvm_entry */
	STAMP_USER,      /* kvm_userspace_exit */
	STAMP_CALL,      /* the system call KVM_RUN begins */
	STAMP_RUN_BEGUN, /* kvm_fpu: the first that KVM_RUN does on x86 */
};

struct stamp {
	enum stamp_kind kind;
	uint64_t ns;
	int64_t code; /* of STAMP_USER */
	char reason[32];
};

struct stamps {
	struct stamp *s;
	unsigned int count;
};

/* What ftrace's stamps say of all durations of one reason: each figure as two bounds. Nanoseconds. */
struct span_sum {
	char reason[32];
	int64_t code;
	uint64_t count;
	bool open; /* the last one has not ended */
	uint64_t low, high;
	uint64_t longest_low, longest_high;
	uint64_t shortest_low, shortest_high;
	uint64_t *lows, *highs; /* the bounds of each, count of them */
	uint64_t middle;        /* sum, each end half-way between its two stamps */
	uint64_t interrupted;   /* how long something else had the CPU between the two stamps of an event */
};

#define SPAN_SUMS 32

struct span_sums {
	struct span_sum sum[SPAN_SUMS];
	unsigned int count;
};

/* Of the thread's VM exits by reason, and exits to user space by code. False, after a claim that does not hold, when the
 * stamps cannot be used. */
bool stamps_sums(const struct evidence *e, int64_t tid, struct span_sums *exits, struct span_sums *users);
/* That of one reason or code; one without any count where ftrace saw none. */
const struct span_sum *span_by_reason(const struct span_sums *sums, const char *reason);
const struct span_sum *span_by_code(const struct span_sums *sums, int64_t code);
/* Claims that a row of kvmtop's (count, total_ns, min_ns, max_ns, p50_ns) lies between the bounds. */
bool check_span(const char *what, const struct span_sum *sum, json *row);

void case_counts(const struct evidence *e);
/* Every hist.NAME that the case left, beside what guests and VMMs say. */
void check_accounts(const struct evidence *e);
void case_events(const struct evidence *e);
void case_irq(const struct evidence *e);
void case_timer(const struct evidence *e);
void case_vgic(const struct evidence *e);
void case_causes(const struct evidence *e);
void case_calls(const struct evidence *e);
void case_ioctls(const struct evidence *e);
void case_faults(const struct evidence *e);
void case_dirty(const struct evidence *e);
void case_nested(const struct evidence *e);
void case_turns(const struct evidence *e);
void case_slow(const struct evidence *e);
void case_stuck(const struct evidence *e);
void case_paused(const struct evidence *e);
void case_travel(const struct evidence *e);
void case_hog(const struct evidence *e);
void case_late(const struct evidence *e);
void case_keys(const struct evidence *e);
void case_names(const struct evidence *e);
void case_churn(const struct evidence *e);
void case_killed(const struct evidence *e);
void case_modules(const struct evidence *e);
void case_refused(const struct evidence *e);
void case_room(const struct evidence *e);
void case_two(const struct evidence *e);
void case_perf(const struct evidence *e);
void case_halt(const struct evidence *e);
void case_halts(const struct evidence *e);
void case_comeback(const struct evidence *e);
void case_linux(const struct evidence *e);
void case_latency(const struct evidence *e);
void case_export(const struct evidence *e);
/* What holds of every run of kvmtop. */
void every_case(const struct evidence *e);

#endif
