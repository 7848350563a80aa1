/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of what events are about. Each returns static text, or NULL when the number has no name. */
#ifndef KVMTOP_EVENT_NAMES_H
#define KVMTOP_EVENT_NAMES_H

#include "../bpf/events.h"
#include "types.h"

/* "KICK_CPU", "HV POST_MESSAGE", "PSCI_CPU_ON", "KVM 77" of a number without a name. buf of EVENT_NAME_SIZE; NULL: of (enum hypercall_of) is none of them. */
const char *hypercall_name(u32 of, u64 nr, char *buf);
/* The values of EVENT_HYPERCALL in words; returns buf, cut to its size. */
const char *hypercall_arguments(u32 of, u64 nr, const u64 a[4], char *buf, size_t size);

/* Without KVM_; NULL: unknown. The others give static text or buf (EVENT_NAME_SIZE). */
const char *ioctl_name(u32 request);
const char *ioctl_text(u32 request, char *buf);
bool ioctl_is_run(u64 request);
/* enum ioctl_file; "others" for another number. */
const char *ioctl_file_name(u32 file);
/* Of EVENT_MEMSLOT, by its sub; "log,ro". */
const char *memslot_text(u32 sub, char *buf);
const char *memslot_flags(u64 flags, char *buf);

/* x86: without "MSR_"; of a PC's usual devices; LAPIC, IOAPIC and the like; of Linux's own vectors. */
const char *msr_name(u32 index);
const char *port_name(u32 port);
const char *device_name(u64 gpa);
const char *cpuid_name(u32 leaf);
const char *host_vector_name(u32 vector);
/* Of kinds of GROUP_CAUSE, as event_name(); buf of EVENT_NAME_SIZE. NULL: another kind. */
const char *cause_name(u32 isa, u32 kind, u32 sub, u64 a, char *buf);
/* enum fault_kind: "read", "write", "exec", "MMIO", "reserved", "private"; NULL: another. */
const char *fault_kind_name(u32 kind);

#endif
