/* SPDX-License-Identifier: GPL-2.0-only */
/* What to call a VM: found in its VMM's command line, best effort, cleaned for a terminal. */
#ifndef KVMTOP_VMNAME_H
#define KVMTOP_VMNAME_H

#include "sample.h"

/*
 * Name and kind of the VMM from its command line (NUL-separated arguments as in /proc/PID/cmdline) and comm. Both
 * results are never empty, valid UTF-8 and free of control characters. Knows QEMU (-name, -uuid; libvirt and kata
 * through it), Firecracker (--id), cloud-hypervisor (--api-socket), crosvm (--name, --socket), kvmtool (--name).
 */
void vm_name_from_cmdline(const char *cmdline, size_t len, const char *comm, char name[VM_NAME_SIZE], char vmm[16]);

/*
 * The same for a running process. 0, or -ENOENT when it is gone; then comm (at most 16 bytes, may be NULL or empty) serves
 * for both, and without one name is "pid N" and vmm "?".
 */
int vm_name_of_pid(u32 pid, const char *comm, char name[VM_NAME_SIZE], char vmm[16]);

/*
 * Copies src to dst (size bytes, always terminated), with everything that a terminal could take for a command, every
 * broken UTF-8 byte and every invisible or direction-changing character replaced by '?'. Never cuts a character.
 */
void clean_text(char *dst, size_t size, const char *src, size_t len);

#endif
