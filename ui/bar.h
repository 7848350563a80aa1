/* SPDX-License-Identifier: GPL-2.0-only */
/* Bars that show how a whole is split, to an eighth of a cell. */
#ifndef KVMTOP_BAR_H
#define KVMTOP_BAR_H

#include "../model/snapshot.h"
#include "grid.h"

/* Cells that a bar is never wider than. */
#define BAR_WIDTH_MAX 80

struct bar_part {
	u64 amount;
	enum style style;
	char letter; /* what stands for it where there are no colours or no UTF-8 */
};

/* How each state of a vCPU is shown, by enum vcpu_state; bar_states[s].amount is 0. */
extern const struct bar_part bar_states[VCPU_STATES];
/* "GUEST"; "?" for VCPU_UNKNOWN. */
extern const char *const state_names[VCPU_STATES];
/* Whether this host can tell it from others, as the column of its name in the view of VMs says. */
bool state_is_measured(const struct snapshot *snap, u8 state);
/* What each means, half a sentence. */
extern const char *const state_help[VCPU_STATES];
/* Each part of an exit, by enum exit_part. */
extern const struct bar_part bar_exit_parts[EXIT_PARTS];
extern const char *const exit_part_names[EXIT_PARTS];

/*
 * Draws parts from left to right in w cells, total being the full width (0: the sum of the parts); what is left stays
 * blank. A part that is not 0 is never invisible where there is a cell for it.
 */
void bar_draw(struct grid *grid, int x, int y, int w, const struct bar_part *parts, int count, u64 total);
/* A budget, GUEST first; nothing without an interval. */
void bar_budget(struct grid *grid, int x, int y, int w, const struct budget *budget);
/* The parts of an exit's time out of total. */
void bar_exit(struct grid *grid, int x, int y, int w, const struct exit_figures *f, u64 total);
/*
 * An address range from left to right in w cells, each as high as there are marks in its part, the most filling a cell.
 * cells: HIST_BUCKETS equal parts of the range, counts of which stand in hist. Parts with any mark are never invisible.
 */
void bar_cells(struct grid *grid, int x, int y, int w, const u64 *hist, struct hist_span cells);
/* Column of a chart: eighths (0..8 * h) of height h, with its foot on line y. */
void bar_column(struct grid *grid, int x, int y, int h, int eighths, enum style style);

#endif
