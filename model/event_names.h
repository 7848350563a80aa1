/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of what events are about. Each returns static text, or NULL when the number has no name. */
#ifndef KVMTOP_EVENT_NAMES_H
#define KVMTOP_EVENT_NAMES_H

#include "types.h"

/* Whose hypercall: sub of EVENT_HYPERCALL. */
enum hypercall_of { HYPERCALL_KVM, HYPERCALL_HYPERV, HYPERCALL_XEN };

const char *hypercall_name(u32 of, u64 nr);

#endif
