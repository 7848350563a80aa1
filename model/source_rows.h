/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of source_bpf.c: from the records that the BPF programs keep of a vCPU to the rows of a sample. */
#ifndef KVMTOP_SOURCE_ROWS_H
#define KVMTOP_SOURCE_ROWS_H

#include "sample.h"

/* A vCPU's record, the pool that its exits are in, and what only user space knows of it. */
struct vcpu_row_source {
	const struct vcpu_rec *rec;
	const struct exit_rec *exits;
	u32 max_exits;
	const struct found *stat; /* of the last walk over the open files */
	vcpu_uid uid;
	vm_uid vm;
	u64 epoch; /* of the interval that has just ended */
};

/*
 * Appends the vCPU and its exits. It is copied until no program wrote in between; one that is never at rest is taken as it
 * is, off by one event. Each vCPU is read at its own instant: on a busy host this thread may itself have to wait for a
 * pCPU between two of them. 0 or -ENOMEM.
 */
int source_rows_vcpu(struct sample *s, const struct vcpu_row_source *from);

#endif
