/* SPDX-License-Identifier: GPL-2.0-only */
/* Arrays that grow geometrically and are kept from tick to tick. */
#ifndef KVMTOP_ARRAY_H
#define KVMTOP_ARRAY_H

#include <errno.h>

#include "types.h"

/*
 * Room for at least `want` elements of `size` bytes in an array that has *room of them. The array, perhaps moved, or
 * NULL when out of memory (or want is over 2^32 - 1): then the old one is as it was.
 */
void *array_grow(void *array, u32 *room, u64 want, size_t size);

/* The same for a typed array and its room: 0 or -ENOMEM. */
#define ARRAY_ROOM(array, room, want)                                                  \
	({                                                                             \
		void *grown_ = array_grow((array), &(room), (want), sizeof(*(array))); \
		if (grown_)                                                            \
			(array) = grown_;                                              \
		grown_ ? 0 : -ENOMEM;                                                  \
	})

#endif
