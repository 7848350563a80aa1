/* SPDX-License-Identifier: GPL-2.0-only */
/* May this process attach BPF programs to KVM? Root may, and so may whoever has the capabilities that it takes. */
#ifndef KVMTOP_PRIVILEGES_H
#define KVMTOP_PRIVILEGES_H

#include "types.h"

/*
 * What is missing, by the names of capabilities(7) between ", ": "" when nothing is. Where KVM is a module its BTF can be
 * had with CAP_SYS_ADMIN only (kernel/bpf/syscall.c: BPF_BTF_GET_FD_BY_ID), so without it that is what is missing there.
 */
void privileges_missing(char *names, size_t size);

#endif
