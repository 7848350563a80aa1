/* SPDX-License-Identifier: GPL-2.0-only */
#include "bar.h"

#include <string.h>

#include "../model/query.h"

const struct bar_part bar_states[VCPU_STATES] = {
	[VCPU_UNKNOWN] = {0, STYLE_UNKNOWN, '?'}, [VCPU_GUEST] = {0, STYLE_GUEST, 'G'},
	[VCPU_KVM] = {0, STYLE_KVM, 'K'},         [VCPU_USER] = {0, STYLE_USER, 'U'},
	[VCPU_POLL] = {0, STYLE_POLL, 'P'},       [VCPU_HALT] = {0, STYLE_HALT, 'H'},
	[VCPU_WAIT] = {0, STYLE_WAIT, 'W'},
};

const char *const state_names[VCPU_STATES] = {
	[VCPU_UNKNOWN] = "?", [VCPU_GUEST] = "GUEST", [VCPU_KVM] = "KVM",   [VCPU_USER] = "USER",
	[VCPU_POLL] = "POLL", [VCPU_HALT] = "HALT",   [VCPU_WAIT] = "WAIT",
};

bool state_is_measured(const struct snapshot *snap, u8 state)
{
	const struct view_columns *vms = view_columns(VIEW_VM);
	int column = column_find(vms, state_names[state]);

	return column < 0 || column_available(&vms->columns[column], snap, NULL);
}

const char *const state_help[VCPU_STATES] = {
	[VCPU_UNKNOWN] = "not known yet: before the first event that tells, or this host cannot tell",
	[VCPU_GUEST] = "in the guest: it does its own work",
	[VCPU_KVM] = "in the kernel for the guest: an exit is handled; a whole second of it is highlighted",
	[VCPU_USER] = "in the VMM (QEMU and the like): device emulation, or the VMM's own locks and I/O",
	[VCPU_POLL] = "halted, and KVM burns a pCPU in the hope of a quick wake-up (halt_poll_ns)",
	[VCPU_HALT] = "halted and asleep: the guest is idle",
	[VCPU_WAIT] = "ready to run, but another task has the pCPU: steal. Above 5 % the guest notices",
};

const struct bar_part bar_exit_parts[EXIT_PARTS] = {
	[PART_KERNEL] = {0, STYLE_KVM, 'K'},
	[PART_USER] = {0, STYLE_USER, 'U'},
	[PART_HALT] = {0, STYLE_HALT, 'H'},
	[PART_WAIT] = {0, STYLE_WAIT, 'W'},
};

const char *const exit_part_names[EXIT_PARTS] = {
	[PART_KERNEL] = "kernel",
	[PART_USER] = "VMM",
	[PART_HALT] = "halted",
	[PART_WAIT] = "waiting",
};

/* Left blocks, n eighths wide. */
static const char *const left_block[9] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
/* Lower blocks, n eighths high. */
static const char *const lower_block[9] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

#define BAR_PARTS 16

/* Ends of the parts in units, 0..units; the last of them all when the parts make up the total. */
static void part_ends(const struct bar_part *parts, int count, u64 total, int units, int least, int ends[BAR_PARTS])
{
	double sum = 0;
	int end = 0;

	for (int i = 0; i < count; i++) {
		double share;
		int next;

		/* more than all only in a recording that somebody made up */
		sum += (double)parts[i].amount;
		share = sum / (double)total;
		next = (int)((share < 1 ? share : 1) * units + 0.5);
		if (parts[i].amount && next < end + least)
			next = end + least;
		next = next > units ? units : next;
		end = ends[i] = next > end ? next : end;
	}
}

static void draw_letters(struct grid *grid, int x, int y, int w, const struct bar_part *parts, int count,
			 const int ends[BAR_PARTS])
{
	for (int i = 0, at = 0; i < count; at = ends[i++]) {
		const char letter[2] = {parts[i].letter, '\0'};

		grid_fill(grid, x + at, y, ends[i] - at > w - at ? w - at : ends[i] - at, parts[i].style, STYLE_NORMAL,
			  letter);
	}
}

/* A cell shows at most two parts: the two that have most of it, the left one as a block over the right one's colour. */
static void draw_cell(struct grid *grid, int x, int y, int cell, const struct bar_part *parts, int count,
		      const int ends[BAR_PARTS])
{
	int best = -1, second = -1, best_size = 0, second_size = 0, empty = 8;

	for (int i = 0, from = 0; i < count; from = ends[i++]) {
		int low = from > cell * 8 ? from : cell * 8;
		int high = ends[i] < cell * 8 + 8 ? ends[i] : cell * 8 + 8;
		int size = high - low;

		if (size <= 0)
			continue;
		empty -= size;
		if (size > best_size) {
			second = best;
			second_size = best_size;
			best = i;
			best_size = size;
		} else if (size > second_size) {
			second = i;
			second_size = size;
		}
	}
	if (best < 0)
		return;
	if (second < 0 || empty > second_size) {
		/* a full cell has its own colour behind it: fonts leave gaps, and the selection must not shine through */
		grid_fill(grid, x, y, 1, parts[best].style, best_size == 8 ? parts[best].style : STYLE_NORMAL,
			  left_block[best_size]);
	} else {
		int left = best < second ? best : second, right = best < second ? second : best;
		int size = left == best ? best_size : second_size;
		int eighths = size * 8 / (best_size + second_size);

		grid_fill(grid, x, y, 1, parts[left].style, parts[right].style,
			  left_block[eighths < 1   ? 1
				     : eighths > 7 ? 7
						   : eighths]);
	}
}

void bar_draw(struct grid *grid, int x, int y, int w, const struct bar_part *parts, int count, u64 total)
{
	bool letters = grid->ascii || !grid->color;
	int ends[BAR_PARTS] = {0};

	if (count > BAR_PARTS)
		count = BAR_PARTS;
	if (!total)
		for (int i = 0; i < count; i++)
			total += parts[i].amount;
	if (!total || w <= 0)
		return;
	part_ends(parts, count, total, letters ? w : w * 8, letters ? 0 : 1, ends);
	if (letters) {
		draw_letters(grid, x, y, w, parts, count, ends);
		return;
	}
	for (int cell = 0; cell < w; cell++)
		draw_cell(grid, x + cell, y, cell, parts, count, ends);
}

void bar_budget(struct grid *grid, int x, int y, int w, const struct budget *budget)
{
	static const u8 order[] = {VCPU_GUEST, VCPU_KVM, VCPU_USER, VCPU_WAIT, VCPU_POLL, VCPU_HALT, VCPU_UNKNOWN};
	struct bar_part parts[ARRAY_SIZE(order)];

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		parts[i] = bar_states[order[i]];
		parts[i].amount = budget->ns[order[i]];
	}
	if (budget->span_ns)
		bar_draw(grid, x, y, w, parts, ARRAY_SIZE(order), budget->span_ns);
}

void bar_exit(struct grid *grid, int x, int y, int w, const struct exit_figures *f, u64 total)
{
	struct bar_part parts[EXIT_PARTS];

	for (int i = 0; i < EXIT_PARTS; i++) {
		parts[i] = bar_exit_parts[i];
		parts[i].amount = f->part_ns[i];
	}
	bar_draw(grid, x, y, w, parts, EXIT_PARTS, total);
}

void bar_column(struct grid *grid, int x, int y, int h, int eighths, enum style style)
{
	for (int i = 0; i < h && eighths > 0; i++, eighths -= 8) {
		int part = eighths > 8 ? 8 : eighths;

		if (grid->ascii)
			grid_fill(grid, x, y - i, 1, style, STYLE_NORMAL, part > 5 ? "#" : part > 2 ? "=" : "_");
		else
			grid_fill(grid, x, y - i, 1, style, STYLE_NORMAL, lower_block[part]);
	}
}

void bar_cells(struct grid *grid, int x, int y, int w, const u64 *hist, struct hist_span cells)
{
	static const char ascii[9] = " .:-=+*%#";
	u64 sums[BAR_WIDTH_MAX] = {0}, most = 0;

	w = w > BAR_WIDTH_MAX ? BAR_WIDTH_MAX : w;
	for (u32 i = 0; i < cells.len && w > 0; i++) {
		u32 at = (cells.first + i) * (u32)w / HIST_BUCKETS;

		sums[at] += hist[cells.off + i];
		most = sums[at] > most ? sums[at] : most;
	}
	for (int i = 0; i < w; i++) {
		/* more than 2^60 marks only in a recording that somebody made up */
		u32 level = most ? (u32)((double)sums[i] / (double)most * 8 + 0.999) : 0;
		char letter[2] = {ascii[level > 8 ? 8 : level], '\0'};

		level = level > 8 ? 8 : level;
		grid_put(grid, x + i, y, 1,
			 level > 6   ? STYLE_HIST_TAIL
			 : level > 2 ? STYLE_HIST_MID
				     : STYLE_HIST,
			 grid->ascii ? letter : lower_block[level]);
	}
}
