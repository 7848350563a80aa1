/* SPDX-License-Identifier: GPL-2.0-only */
/* What is drawn over time: latencies of a reason as a heat map, and the rate of a row as a sparkline. */
#include <math.h>
#include <stdio.h>

#include "../model/format.h"
#include "../model/heat.h"
#include "../model/hist.h"
#include "../model/series.h"
#include "view.h"

#define LABEL_W 7

/* From few to many. */
static const char *const shades[2][5] = {{" ", "░", "▒", "▓", "█"}, {" ", ".", ":", "+", "#"}};
static const u8 shade_styles[] = {STYLE_NORMAL, STYLE_DIM, STYLE_HIST, STYLE_HIST_MID, STYLE_HIST_TAIL};

/* Buckets [first, first + rows * per_row) over the lines, the fastest at the foot; columns ticks, the newest at the right. */
struct map {
	int first, rows, per_row;
	int columns, cell_w;
	u64 peak;    /* the most in one cell */
	u64 span_ns; /* time of all columns */
};

static u64 cell_count(const struct map *map, const struct heat_column *col, int row)
{
	u64 sum = 0;

	for (int i = 0; i < map->per_row; i++) {
		int bucket = map->first + row * map->per_row + i;

		if (bucket >= 0 && bucket < HIST_BUCKETS)
			sum += col->n[bucket];
	}
	return sum;
}

/* Over the columns that there are; false: nothing ended in any of them. */
static bool map_scale(const struct app *app, struct map *map)
{
	int low = HIST_BUCKETS, high = -1;

	map->span_ns = map->peak = 0;
	for (int back = 0; back < map->columns; back++) {
		const struct heat_column *col = heat_get(app->heat, app->snap->seq, (u32)back);

		if (!col)
			continue;
		map->span_ns += col->interval_ns;
		if (!col->done)
			continue;
		low = col->first < low ? col->first : low;
		high = col->first + col->len - 1 > high ? col->first + col->len - 1 : high;
	}
	if (high < low)
		return false;
	map->per_row = (high - low) / map->rows + 1;
	map->first = low - (map->per_row * map->rows - (high - low + 1)) / 2;
	map->first = map->first < 0 ? 0 : map->first;
	for (int back = 0; back < map->columns; back++) {
		const struct heat_column *col = heat_get(app->heat, app->snap->seq, (u32)back);

		for (int row = 0; col && row < map->rows; row++) {
			u64 count = cell_count(map, col, row);

			map->peak = count > map->peak ? count : map->peak;
		}
	}
	return true;
}

/* By the logarithm: a few slow ones beside millions are what one looks for. */
static int shade_of(u64 count, u64 peak)
{
	if (!count)
		return 0;
	if (peak <= 1 || count >= peak)
		return 4;
	return 1 + (63 - __builtin_clzll(count)) * 3 / (64 - __builtin_clzll(peak));
}

static void draw_column(const struct map *map, struct grid *grid, const struct heat_column *col, int x, int foot)
{
	for (int row = 0; row < map->rows; row++) {
		int shade = shade_of(cell_count(map, col, row), map->peak);

		if (shade)
			grid_fill(grid, x, foot - row, map->cell_w, (enum style)shade_styles[shade], STYLE_NORMAL,
				  shades[grid->ascii][shade]);
	}
	/* the one that was still under way then */
	if (col->inflight_ns >= STUCK_NS) {
		int row = ((int)hist_bucket(col->inflight_ns) - map->first) / map->per_row;

		row = row < 0 ? 0 : row >= map->rows ? map->rows - 1 : row;
		grid_fill(grid, x, foot - row, map->cell_w, STYLE_CRIT, STYLE_NORMAL, "!");
	}
}

void view_heat(const struct app *app, struct grid *grid, int x, int y, int w, int h)
{
	struct map map = {.rows = h};
	char num[FMT_SIZE], text[48];
	int used, foot = y + h, end;

	used = grid_put(grid, x, y, w, STYLE_TITLE, "over time") + 2;
	map.columns = w - LABEL_W < HEAT_SPAN ? w - LABEL_W : HEAT_SPAN;
	if (map.columns < 1)
		return;
	map.cell_w = (w - LABEL_W) / HEAT_SPAN > 1 ? 2 : 1;
	if (!map_scale(app, &map)) {
		grid_put_cut(grid, x + used, y, w - used, STYLE_DIM, "none ended yet");
		return;
	}
	grid_put_cut(grid, x + used, y, w - used, STYLE_LABEL, "latency upwards, the newest at the right");
	end = x + LABEL_W + map.columns * map.cell_w;
	for (int row = 0; row<h; row += h> 7 ? 2 : 1)
		grid_put_right(grid, x, foot - row, LABEL_W - 1, STYLE_LABEL,
			       fmt_ns(num, (double)hist_bucket_low((u32)(map.first + row * map.per_row)), 6));
	for (int back = 0; back < map.columns; back++) {
		const struct heat_column *col = heat_get(app->heat, app->snap->seq, (u32)back);

		if (col)
			draw_column(&map, grid, col, end - (back + 1) * map.cell_w, foot);
	}
	snprintf(text, sizeof(text), "-%s", fmt_ns(num, (double)map.span_ns, 6));
	used = grid_put(grid, x + LABEL_W, foot + 1, w - LABEL_W, STYLE_LABEL, text);
	if (end - 3 > x + LABEL_W + used)
		grid_put(grid, end - 3, foot + 1, 3, STYLE_LABEL, app->frozen ? "  0" : "now");
}

void view_trend(const struct app *app, struct grid *grid, int x, int y, int w, const struct row_id *id)
{
	static const char *const blocks[2][9] = {{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
						 {" ", "_", ".", ",", "-", "=", "+", "*", "#"}};
	float values[SERIES_SPAN], peak = 0;
	int n = w < SERIES_SPAN ? w : SERIES_SPAN;

	if (!app->series || !series_get(app->series, id, app->snap->seq, values, (u32)n)) {
		grid_put(grid, x, y, w, STYLE_DIM, "-");
		return;
	}
	for (int i = 0; i < n; i++)
		if (!isnan(values[i]) && values[i] > peak)
			peak = values[i];
	for (int i = 0; i < n; i++) {
		int level = 0;

		if (!isnan(values[i]))
			level = peak > 0 ? 1 + (int)(values[i] / peak * 6 + 0.5f)
					 : 1; /* the highest leaves a line to the row above */
		grid_fill(grid, x + i, y, 1, level > 1 ? STYLE_HIST : STYLE_DIM, STYLE_NORMAL,
			  blocks[grid->ascii][level]);
	}
}
