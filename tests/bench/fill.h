/* SPDX-License-Identifier: GPL-2.0-only */
/* The maps of a kvmtop that runs, filled by hand: vCPUs that do as much as on a busy host, and do not exist. */
#ifndef KVMTOP_BENCH_FILL_H
#define KVMTOP_BENCH_FILL_H

#include <sys/types.h>
#include "../../model/source.h"

/* Finds the maps of the process, and makes all vCPUs in them. 0, or -1 and a line in error. */
int fill_begin(pid_t pid, const struct synthetic_spec *spec, char *error, size_t error_size);
/* A second's worth of exits: each reason of each vCPU some, of a dozen different lengths. */
void fill_advance(const struct synthetic_spec *spec);
/* MiB that the kernel holds for all BPF maps and programs of a process, by its own account. */
double fill_kernel_mib(pid_t pid);

#endif
