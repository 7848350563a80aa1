/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KVMTOP_CLOCK_H
#define KVMTOP_CLOCK_H

#include <time.h>
#include "types.h"

/* Nanoseconds of one of the clocks of clock_gettime(2). */
static inline u64 clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
}

#endif
