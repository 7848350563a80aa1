/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMs that ended, kept until somebody has been told. A source reports each once more, in one sample; whoever looks less
 * often than samples are taken would never see their last figures.
 */
#ifndef KVMTOP_ENDED_H
#define KVMTOP_ENDED_H

#include "sample.h"

#define ENDED_MAX 4096 /* VMs kept; then no more are, until they are forgotten */

struct ended {
	struct sample kept;   /* only rows */
	struct sample merged; /* what ended_merge() returned */
};

/* Keeps those that ended in this sample. 0 or -ENOMEM. */
int ended_keep(struct ended *ended, const struct sample *s);
/* The same for those that pick() says; they are kept as ended, whether the sample says so or not. */
int ended_keep_some(struct ended *ended, const struct sample *s, bool (*pick)(const struct vm_sample *vm, void *arg),
		    void *arg);
/* to becomes the sample with those that are kept, not in it, and picked. Also its log. 0 or -ENOMEM. */
int ended_join(const struct ended *ended, const struct sample *s, bool (*pick)(const struct vm_sample *vm, void *arg),
	       void *arg, struct sample *to);
/* The sample with those that are kept and not in it; the sample itself when there are none. NULL: out of memory. */
const struct sample *ended_merge(struct ended *ended, const struct sample *s);
void ended_forget(struct ended *ended);
void ended_free(struct ended *ended);

#endif
