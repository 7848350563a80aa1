/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loads and attaches a set of BPF programs, with as many of the optional ones as this host allows. What belongs to a set
 * is a table: the core's is in model/attach_core.c, those of the panes are in model/attach_groups.c.
 */
#ifndef KVMTOP_ATTACH_H
#define KVMTOP_ATTACH_H

#include "probes.h"
#include "sample.h"

struct bpf_object;
struct bpf_map;

/*
 * Which programs make up a probe. A probe may have several choices, the best first: fentry, then kprobes, then a
 * tracepoint that comes near. One is in use, the next only where it is refused; the programs of a choice go together. A
 * standby probe is wanted where every choice of the one it stands in for is refused.
 */
struct program {
	const char *name;
	enum probe_id probe;
	int choice;
	bool standby;
	enum probe_id instead_of;
	bool twin; /* of the program before it: see enum twin in bpf/kvmtop.h */
	bool every; /* called for far more than its events; what it misses of those is told by their pairs (event_pair) */
	bool iterator; /* loaded here, attached and run by its user */
};

#define PROGRAMS_MAX 64

struct program_set {
	const char *name; /* for messages */
	const void *(*elf)(size_t *size);
	const struct program *programs;
	u32 count; /* at most PROGRAMS_MAX */
};

/* One set, attached. */
struct attach {
	const struct program_set *set;
	struct bpf_object *obj; /* NULL: not attached */
	struct bpf_link *links[PROGRAMS_MAX];
	struct probe_sample probes[PROBE_COUNT]; /* only those of the set mean something */
	bool twins;  /* the kernel can be preempted: programs that this hurts are attached twice */
	u64 took_ns; /* wall time of attach_open(): reading the objects, the verifier, patching the kernel's code */
};

/*
 * Called on each object before it is loaded: sizes maps, sets constants. enabled: bit a program that is going to be
 * loaded. 0 or a negative errno.
 */
typedef int (*attach_prepare)(struct bpf_object *obj, u64 enabled, void *arg);

/*
 * Everything is loaded and attached, or nothing is. Probes that are not required and that the kernel refuses are left out,
 * with their errno in probes[]. Returns 0, or a negative errno with a line in error: -EPERM (privileges), -EOPNOTSUPP
 * (this kernel cannot), or another. May be called from any thread, for different a.
 */
int attach_open(struct attach *a, const struct program_set *set, attach_prepare prepare, void *arg, char *error,
		size_t error_size);
void attach_close(struct attach *a);

/* Constants of the programs, for prepare(): sets struct knobs. 0 or -ENOENT. */
int attach_set_knobs(struct bpf_object *obj, const struct knobs *knobs);
/* NULL: the set has no such map. */
struct bpf_map *attach_map(const struct attach *a, const char *name);
struct bpf_program *attach_program(const struct attach *a, const char *name);
/*
 * Events that the kernel dropped because the program that should handle them was at work on that pCPU, cumulative.
 * A bound from above, and another: of all, what a second twin handled in their place is still to be taken off
 * (control.repaired), which leaves those that are none of kvmtop's, since programs look at what they are called for before
 * they count a repair; of both, at most as many were lost as the twin that missed fewer did.
 */
struct missed {
	u64 all, both;
};
/* Adds those of a set. */
void attach_missed(const struct attach *a, struct missed *missed);
/* No more than these were lost. */
u64 missed_lost(const struct missed *missed, u64 repaired);

/* Memory of a map, and of all maps of a set. */
u64 attach_map_bytes(const struct bpf_map *map);
u64 attach_bytes(const struct attach *a);
/* Adds the time and the runs of its programs while BPF statistics were on, cumulative. */
void attach_cost(const struct attach *a, u64 *ns, u64 *runs);

/*
 * Can kvmtop run here at all: privileges, BTF, a kernel that is new enough? 0, or as attach_open(). -ENODEV: it could,
 * but KVM is not loaded (yet).
 */
int attach_possible(char *error, size_t error_size);

/* Can the kernel preempt itself? Then programs that this hurts are attached twice. */
bool attach_needs_twins(void);

/* libbpf's own messages go to stderr instead of nowhere: for bug reports. */
void attach_debug(void);

/* --- the core (model/attach_core.c) ------------------------------------------------------------------------------- */

/* Sizes of the pools. */
struct core_sizes {
	u32 max_vcpus, max_exits;
};

int attach_core(struct attach *a, const struct core_sizes *sizes, char *error, size_t error_size);

#endif
