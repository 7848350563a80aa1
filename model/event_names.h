/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of what events are about. Each returns static text, or NULL when the number has no name. */
#ifndef KVMTOP_EVENT_NAMES_H
#define KVMTOP_EVENT_NAMES_H

#include "types.h"

/* Whose hypercall: sub of EVENT_HYPERCALL. */
enum hypercall_of { HYPERCALL_KVM, HYPERCALL_HYPERV, HYPERCALL_XEN };

const char *hypercall_name(u32 of, u64 nr);

/* x86: without "MSR_"; of a PC's usual devices; LAPIC, IOAPIC and the like; of Linux's own vectors. */
const char *msr_name(u32 index);
const char *port_name(u32 port);
const char *device_name(u64 gpa);
const char *cpuid_name(u32 leaf);
const char *host_vector_name(u32 vector);
/* Of kinds of GROUP_CAUSE, as event_name(); buf of EVENT_NAME_SIZE. NULL: another kind. */
const char *cause_name(u32 isa, u32 kind, u32 sub, u64 a, char *buf);

#endif
