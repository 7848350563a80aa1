/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How far the long tests go: a part of the way, so that all tests take less than a minute, or the whole way with
 * SWEEP=full, as "make check-san" runs those that include this.
 */
#ifndef KVMTOP_TEST_SWEEP_H
#define KVMTOP_TEST_SWEEP_H

#include <stdlib.h>
#include <string.h>

#include "../../model/types.h"

static inline u32 sweep(u32 part, u32 whole)
{
	const char *how = getenv("SWEEP");

	return how && !strcmp(how, "full") ? whole : part;
}

#endif
