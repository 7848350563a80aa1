/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>

#include "array.h"

void *array_grow(void *array, u32 *room, u64 want, size_t size)
{
	u64 grown;
	void *p;

	if (array && want <= *room)
		return array;
	if (want > UINT32_MAX)
		return NULL;
	/* Half as much again: steady sizes stop allocating after a few ticks. */
	grown = (u64)*room + *room / 2 + 16;
	if (grown < want)
		grown = want;
	if (grown > UINT32_MAX)
		grown = UINT32_MAX;
	p = realloc(array, grown * size);
	if (p)
		*room = grown;
	return p;
}
