/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where samples come from: the BPF programs of this host, or a synthetic host. Everything behind this interface may
 * need root; everything in front of it is deterministic and unprivileged.
 */
#ifndef KVMTOP_SOURCE_H
#define KVMTOP_SOURCE_H

#include <errno.h>

#include "sample.h"

struct source;
struct recorder;

/* What is not in every sample. Groups are GROUP_BIT()s of bpf/events.h. */
struct wants {
	u32 groups;        /* to be attached: they come in with one of the next samples, */
	bool wait;         /* or with the very next */
	u32 log_groups;    /* of these every event is to be in sample.log, */
	vm_uid log_vm;     /* only of this VM, 0: of all, */
	vcpu_uid log_vcpu; /* and only of this vCPU of it, 0: of all */
	bool measure;      /* what the BPF programs cost, by the kernel's clock: two more clock readings a run */
};

struct source_ops {
	const char *name; /* "bpf", "synthetic", "replay" */
	/*
	 * Fills *s (reset first) with the present. 0, or a negative errno and a line in source->error. -ENODATA: a recording
	 * ends here; nothing is wrong, and what was last is to be held.
	 */
	int (*sample)(struct source *src, struct sample *s);
	/* Optional; see source_want(). */
	void (*want)(struct source *src, const struct wants *wants);
	void (*close)(struct source *src);
	/* Optional, of a recording and of what wraps one: that sample, as sample() gave or would give it. -ENOENT: none. */
	int (*get)(struct source *src, u64 seq, struct sample *s);
	/* Optional: the source that this one wraps. */
	struct source *(*inner)(struct source *src);
};

struct source {
	const struct source_ops *ops;
	char error[256]; /* one human line about the last failure, no newline */
};

static inline int source_sample(struct source *src, struct sample *s)
{
	return src->ops->sample(src, s);
}

static inline int source_get(struct source *src, u64 seq, struct sample *s)
{
	return src->ops->get ? src->ops->get(src, seq, s) : -ENOENT;
}

/* What whoever looks needs from now on. A source that has it anyway, or cannot have it, takes no notice. */
static inline void source_want(struct source *src, const struct wants *wants)
{
	if (src->ops->want)
		src->ops->want(src, wants);
}

static inline void source_close(struct source *src)
{
	if (src)
		src->ops->close(src);
}

/*
 * This host, through eBPF. max_vcpus: how many vCPUs there is room for, 0: chosen by what runs now. Needs root. Where KVM
 * is not loaded yet it succeeds, and its samples say that it waits. NULL on failure, with *err (-EPERM: privileges,
 * -EOPNOTSUPP: this kernel cannot, or another) and one line in error.
 */
struct source *source_bpf_open(u32 max_vcpus, int *err, char *error, size_t error_size);

/*
 * Only some VMs of another source, which it owns from here on: those of the given pids (none: all) whose name matches
 * the extended regular expression (NULL: all). pids are copied. NULL on failure, with *err and one line in error; then
 * inner is still the caller's.
 */
struct source *source_select_open(struct source *inner, const u32 *pids, u32 pid_count, const char *regex, int *err,
				  char *error, size_t error_size);

/*
 * A made-up host, the same for the same spec on every machine: for tests, goldens and scale. Each sample advances its
 * clock by exactly step_ns. It has busy, idle, stuck and preempted vCPUs, Intel reasons in even VMs and AMD ones in
 * odd VMs, a VM that ends and one that appears. A healthy one has no trouble: nothing stuck, nobody without a pCPU.
 */
struct synthetic_spec {
	u32 vms;     /* 1..100000 */
	u32 vcpus;   /* a VM, 1..1024 */
	u32 reasons; /* a vCPU, 1..40 */
	u64 step_ns; /* 0: one second */
	u64 seed;
	bool healthy;
};
/* Reads "VMSxVCPUSxREASONS[:SEED][:healthy]"; 0 or -EINVAL. */
int synthetic_spec_parse(const char *text, struct synthetic_spec *spec);
/* NULL when out of memory. */
struct source *source_synthetic_open(const struct synthetic_spec *spec);

/*
 * A recording (model/recording.h): each sample is the next one of the file, then -ENODATA. sample.missing is how many
 * the file lost right before this one. Where rotation left PATH.1, PATH.2 ... of the same recording, they come first, as if
 * all were one. NULL on failure, with *err and one line in error, as recording_open().
 */
struct source *source_replay_open(const char *path, int *err, char *error, size_t error_size);
/* What source_replay_open() returned, where it is src or inside it; NULL: src is no recording. */
struct source *source_replay_in(struct source *src);
/* These are for what source_replay_open() returned only. How many samples there are, 1 or more, and in how many files. */
u32 replay_count(const struct source *src);
u32 replay_files(const struct source *src);
/* Index of the sample that comes next; replay_count() at the end. */
u32 replay_position(const struct source *src);
/* Goes to a sample, which comes next: 0, or -EINVAL when there is none. Its interval is against whatever was before. */
int replay_seek(struct source *src, u32 index);
/* When a sample was taken; false when there is none. */
bool replay_time(const struct source *src, u32 index, u64 *seq, u64 *mono_ns, u64 *real_ns);
/* Index of the last sample at or before a seq, and a time (CLOCK_REALTIME); 0 when all are later. */
u32 replay_find_seq(const struct source *src, u64 seq);
u32 replay_find(const struct source *src, u64 real_ns);
/* One line about what could not be read, "" when all could. The source's, until the next call. */
const char *replay_notice(struct source *src);

/*
 * Another source, which it owns from here on, with each of its samples added to the recorder, which stays the caller's
 * and must outlive it. must: a failure to record is a failure to sample; else it is left to recorder_error() to tell.
 * NULL when out of memory.
 */
struct source *source_record_open(struct source *inner, struct recorder *recorder, bool must);

#endif
