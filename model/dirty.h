/* SPDX-License-Identifier: GPL-2.0-only */
/* Figures of dirty page logging that more than one view shows. */
#ifndef KVMTOP_DIRTY_H
#define KVMTOP_DIRTY_H

#include "snapshot.h"

/* Bytes of a page as KVM counts GFNs: on x86, and on arm64 kernels with pages of 4 KiB. */
#define DIRTY_PAGE_SIZE 4096

/* Pages that became dirty in the interval, each once in a cycle. */
u64 dirty_pages(const struct event_row *row);

struct dirty_sum {
	u64 pages; /* as above, of all memslots of a VM */
	u64 bytes; /* of those that are logged */
	bool any;  /* there are any */
};

struct dirty_sum dirty_sum(const struct snapshot *snap, const struct vm_row *vm);

/* What QEMU allows by default for the last round, in which the VM stands still. */
#define DOWNTIME_SECONDS 0.3
/* More of them than this means as good as never. */
#define ROUNDS_MAX 30

/*
 * Rounds of a migration of bytes, at bandwidth (bytes a second), while rate (bytes a second) become dirty again: those that
 * it takes until what is left can be sent in DOWNTIME_SECONDS, that last one included. 0: never.
 */
u32 migration_rounds(double bytes, double rate, double bandwidth);

#endif
