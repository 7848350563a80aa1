/* SPDX-License-Identifier: GPL-2.0-only */
/* Loads and attaches the BPF programs, with as many of the optional ones as this host allows. */
#ifndef KVMTOP_ATTACH_H
#define KVMTOP_ATTACH_H

#include "probes.h"
#include "sample.h"

struct kvmtop_bpf;

struct attach {
	struct kvmtop_bpf *skel;
	struct probe_sample probes[PROBE_COUNT];
	u32 max_vcpus, max_exits;
	bool twins; /* the kernel can be preempted: programs that this hurts are attached twice */
};

/*
 * Everything is loaded and attached, or nothing is. Optional probes that the kernel refuses are left out, with their
 * errno in probes[]. max_vcpus and max_exits size the pools. Returns 0, or a negative errno with a line in error:
 * -EPERM (privileges), -EOPNOTSUPP (this kernel cannot), or another.
 */
int attach_open(struct attach *a, u32 max_vcpus, u32 max_exits, char *error, size_t error_size);
void attach_close(struct attach *a);
/*
 * Events that the kernel dropped because the program that should handle them was at work on that pCPU, cumulative, less
 * those that its twin handled (control.repaired).
 */
u64 attach_missed(const struct attach *a, u64 repaired);

/*
 * Can kvmtop run here at all: privileges, BTF, a kernel that is new enough? 0, or as attach_open(). -ENODEV: it could,
 * but KVM is not loaded (yet).
 */
int attach_possible(char *error, size_t error_size);

/* libbpf's own messages go to stderr instead of nowhere: for bug reports. */
void attach_debug(void);

#endif
