/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's types for the architecture that the BPF programs are built for. */
#ifndef KVMTOP_VMLINUX_H
#define KVMTOP_VMLINUX_H

#if defined(__TARGET_ARCH_x86)
#include "x86.h"
#elif defined(__TARGET_ARCH_arm64)
#include "arm64.h"
#else
#error "no types for this architecture yet: add a section to vmlinux/types.list and run vmlinux/regen"
#endif

#endif
