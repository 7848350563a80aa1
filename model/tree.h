/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMs that unfold to their vCPUs in the list of VMs: below an unfolded VM comes a row for each of its vCPUs, which has
 * the same columns. Which are unfolded is held by identity.
 */
#ifndef KVMTOP_TREE_H
#define KVMTOP_TREE_H

#include "query.h"

struct tree {
	vm_uid *open;
	u32 count, open_room;
	bool all;             /* those that are not in open; else those that are */
	struct vm_row *parts; /* the rows of vCPUs */
	u32 part_room;
};

bool tree_is_open(const struct tree *tree, vm_uid vm);
/* Unfolds a VM, or folds it. 0 or -ENOMEM. */
int tree_toggle(struct tree *tree, vm_uid vm);
/* Unfolds all, also those that come, or folds all. */
void tree_set_all(struct tree *tree, bool open);
/*
 * After query_run() of VIEW_VM: puts the vCPUs of unfolded VMs below them, in the order of the same column (texts: by their
 * number), and counts them in rows->parts. They live until the next call. 0 or -ENOMEM.
 */
int tree_expand(struct tree *tree, const struct query *q, const struct snapshot *snap, struct rows *rows);
void tree_free(struct tree *tree);

/* A vCPU as the row of a VM that has no other. */
void tree_part(struct vm_row *out, const struct vm_row *vm, const struct vcpu_row *vcpu);

#endif
