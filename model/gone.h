/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMs that were there at some time after a moment, and are gone at a later one: what a comparison of the two would not show.
 * Found by reading the samples between them.
 */
#ifndef KVMTOP_GONE_H
#define KVMTOP_GONE_H

#include "ended.h"
#include "past.h"

struct gone_end {
	vm_uid uid;
	u64 seq; /* of the first sample at which it had ended */
};

/* All zero: nothing is known yet. */
struct gone {
	u64 from;           /* seq of the earlier moment */
	struct sample last; /* the last one that was read */
	struct ended ended; /* with their last figures */
	struct gone_end *ends;
	u32 count, room;
};

/*
 * Reads on from where it stopped, up to `to`; anew when `from` is another one. What is not kept any more is not read: then
 * a VM's last figures are those of the last sample that it is in. 0, -ENOMEM, or what else reading failed with.
 */
int gone_scan(struct gone *g, const struct past *past, const struct sample *from, const struct sample *to);
/*
 * *out is s with those that had ended when `to` was taken; with in set only those that are in it. s may be another sample
 * than `to`. It is s itself where there are none, else it is made in room. 0 or -ENOMEM.
 */
int gone_join(const struct gone *g, const struct sample *to, const struct sample *in, const struct sample *s,
	      struct sample *room, const struct sample **out);
/* Whether there are any, of those of `in` (NULL: of all). */
bool gone_any(const struct gone *g, const struct sample *to, const struct sample *in);
void gone_free(struct gone *g);

#endif
