/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A row must not run away from under the cursor. For some seconds after the cursor moved, new figures come in and the
 * rows stay where they are; new rows come at the end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../model/array.h"
#include "app.h"

static u32 hash(const struct row_id *id)
{
	u64 more = (u64)id->kind << 32 ^ id->sub ^ id->a * 0x27d4eb2f165667c5ULL ^ id->b * 0x94d049bb133111ebULL;
	u64 h = id->vm * 0x9e3779b97f4a7c15ULL ^ id->vcpu * 0xc2b2ae3d27d4eb4fULL ^ id->key * 0x165667b19e3779f9ULL;

	h ^= id->isa ^ more;
	return (u32)(h ^ h >> 32);
}

/* The order on the screen is the one to keep. */
static int remember(struct app *app)
{
	struct hold *hold = &app->hold;
	u32 size = 64;

	while (size < 2 * (u64)app->rows.count)
		size *= 2;
	if (ARRAY_ROOM(hold->id, hold->room, app->rows.count) || ARRAY_ROOM(hold->index, hold->index_room, size))
		return -ENOMEM;
	hold->index_size = size;
	hold->count = app->rows.count;
	memset(hold->index, 0, size * sizeof(*hold->index));
	for (u32 i = 0; i < hold->count; i++) {
		u32 at;

		hold->id[i] = row_identity(app->here.view, app->rows.ref[i]);
		at = hash(&hold->id[i]) & (size - 1);
		while (hold->index[at])
			at = (at + 1) & (size - 1);
		hold->index[at] = i + 1;
	}
	return 0;
}

static u32 rank_of(const struct hold *hold, const struct row_id *id)
{
	u32 at = hash(id) & (hold->index_size - 1);

	for (; hold->index[at]; at = (at + 1) & (hold->index_size - 1))
		if (row_id_equal(&hold->id[hold->index[at] - 1], id))
			return hold->index[at] - 1;
	return UINT32_MAX;
}

void hold_begin(struct app *app)
{
	double seconds = app->set.value[SET_HOLD];

	/* what is frozen does not move */
	if (!(seconds > 0) || app->frozen || app->rows.count < 2 || remember(app))
		return;
	app->hold.until_ns = app->live_ns + (u64)(seconds * 1e9);
}

/* Idle reasons have their place at the end, whatever came in. */
static void idle_last(struct app *app)
{
	struct hold *hold = &app->hold;
	u32 to = 0;

	for (int idle = 0; idle < 2; idle++)
		for (u32 i = 0; i < app->rows.count; i++)
			if (app->rows.ref[i].exit->idle == (idle != 0))
				hold->sorted[to++] = app->rows.ref[i];
	memcpy(app->rows.ref, hold->sorted, to * sizeof(*hold->sorted));
}

int hold_apply(struct app *app)
{
	struct hold *hold = &app->hold;
	struct rows *rows = &app->rows;
	u32 to = 0, held = hold->count;

	if (!hold->until_ns || !rows->count)
		return 0;
	if (ARRAY_ROOM(hold->sorted, hold->sorted_room, (u64)held + rows->count))
		return -ENOMEM;
	memset(hold->sorted, 0, ((size_t)held + rows->count) * sizeof(*hold->sorted));
	for (u32 i = 0, more = held; i < rows->count; i++) {
		struct row_id id = row_identity(app->here.view, rows->ref[i]);
		u32 rank = rank_of(hold, &id);

		/* a vCPU that is new has its place below its VM */
		if (rank == UINT32_MAX && app->here.view == VIEW_VM && id.vcpu) {
			hold->until_ns = 0;
			return 0;
		}

		hold->sorted[rank == UINT32_MAX ? more++ : rank] = rows->ref[i];
	}
	for (u32 i = 0; i < held + rows->count && to < rows->count; i++)
		if (hold->sorted[i].any)
			rows->ref[to++] = hold->sorted[i];
	if (app->here.view == VIEW_EXIT && !app->idle_mixed)
		idle_last(app);
	/* the new ones have a place from now on */
	return remember(app);
}

void hold_free(struct hold *hold)
{
	free(hold->id);
	free(hold->sorted);
	free(hold->index);
	memset(hold, 0, sizeof(*hold));
}
