/* SPDX-License-Identifier: GPL-2.0-only */
/* What ftrace says of itself. */
#ifndef KVMTOP_FTRACE_H
#define KVMTOP_FTRACE_H

#include "types.h"

/* The functions that are hooked now, as /sys/kernel/tracing/enabled_functions lists them; NULL: it cannot be read. To be freed. */
char *ftrace_enabled(void);
/* Is the function among them? true also for NULL: nobody can tell. */
bool ftrace_has(const char *enabled, const char *function);

#endif
