/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading what a lab host left behind, and saying of each claim whether it holds. */
#ifndef KVMTOP_LAB_COMPARE_H
#define KVMTOP_LAB_COMPARE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

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

/* What one case left in its folder. */
struct evidence {
	const char *dir;
	unsigned int major;   /* of the kernel's version */
	bool arm64;           /* the host: no ports, other exit reasons */
	struct objects ticks; /* kvmtop's objects, oldest first; count 0: kvmtop did not run */
	bool has_kvmtop;
	json *truth[TRUTHS]; /* of each VM that wrote one */
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

void case_counts(const struct evidence *e);
void case_slow(const struct evidence *e);
void case_stuck(const struct evidence *e);
void case_hog(const struct evidence *e);
void case_late(const struct evidence *e);
void case_names(const struct evidence *e);
/* What holds of every run of kvmtop. */
void every_case(const struct evidence *e);

#endif
