/* SPDX-License-Identifier: GPL-2.0-only */
/* One exit reason: its figures, where its time goes, its latencies, and which vCPUs it comes from. */
#include <stdio.h>
#include <string.h>

#include "../model/format.h"
#include "../model/paused.h"
#include "../model/hist.h"
#include "view.h"

#define FIGURE_W  9
#define TOP_VCPUS 100

enum figure { FIG_RATE, FIG_COUNT, FIG_TIME, FIG_MIN, FIG_AVG, FIG_P50, FIG_P99, FIG_MAX, FIGURES };

/* Lines of the pane, counted from its own top; the pane scrolls as a whole. */
struct sections {
	int figures, figures_a_line;
	int inflight; /* -1: none */
	int causes;   /* -1: none */
	int split, chart, chart_w, chart_h, axis, marks;
	int heat, heat_x, heat_h; /* beside the chart where there is room, else below it; heat -1: none */
	int top, top_count;       /* -1: no such list */
	int lines;
};

/* The vCPUs that spent most time on the reason, in scope; at most TOP_VCPUS, the most first. */
static int top_vcpus(const struct app *app, const struct exit_row *list[TOP_VCPUS])
{
	const struct snapshot *snap = app->snap;
	const struct place *here = &app->here;
	u32 first = 0, end = snap->vcpu_count;
	int count = 0;

	if (here->scope.vm) {
		const struct vm_row *vm = snapshot_find_vm(snap, here->scope.vm);

		first = vm ? vm->vcpu_first : 0;
		end = vm ? first + vm->vcpu_count : 0;
	}
	for (; first < end; first++) {
		const struct vcpu_row *vcpu = &snap->vcpus[first];
		const struct exit_row *rows = snapshot_vcpu_exits(snap, vcpu), *row = NULL;
		int at;

		for (u32 i = 0; i < vcpu->exit_count && !row; i++)
			if (rows[i].key == here->key && rows[i].isa == here->isa)
				row = &rows[i];
		if (!row || (count == TOP_VCPUS && row->f.time_ns <= list[count - 1]->f.time_ns))
			continue;
		at = count < TOP_VCPUS ? count++ : count - 1;
		for (; at > 0 && list[at - 1]->f.time_ns < row->f.time_ns; at--)
			list[at] = list[at - 1];
		list[at] = row;
	}
	return count;
}

static void plan(const struct app *app, const struct exit_row *row, int tops, struct sections *out)
{
	int y = 0, body = view_body_height(app), a_line = (app->w - 2) / FIGURE_W, causes, room;

	a_line = a_line < 1 ? 1 : a_line > FIGURES ? FIGURES : a_line;
	out->figures = y;
	out->figures_a_line = a_line;
	y += (FIGURES + a_line - 1) / a_line * 2;
	out->inflight = row->f.inflight_ns ? y++ : -1;
	y += body > 14;
	out->split = y;
	y += 2 + (body > 14);
	causes = view_causes_lines(app, row);
	out->causes = causes ? y : -1;
	y += causes ? causes + (body > 14) : 0;
	out->chart = y++;
	out->chart_h = body / 3 < 3 ? 3 : body / 3 > 14 ? 14 : body / 3;
	/* bars without their axis say nothing: lower ones with it, where that is possible without scrolling */
	room = body - y - 2;
	if (room >= 3 && out->chart_h > room)
		out->chart_h = room;
	y += out->chart_h;
	out->axis = y++;
	out->marks = y++;
	out->chart_w = app->w;
	out->heat = -1;
	if (app->heat && app->w >= 110) {
		out->chart_w = app->w / 2;
		out->heat = out->chart;
		out->heat_x = out->chart_w + 1;
		out->heat_h = out->chart_h;
	} else if (app->heat && app->w >= 24) {
		y += body > 14;
		out->heat = y;
		out->heat_x = 1;
		out->heat_h = 6;
		y += 2 + out->heat_h;
	}
	out->top = -1;
	out->top_count = tops;
	if (!app->here.scope.vcpu) {
		y += body > 14;
		out->top = y++;
		y += tops;
	}
	out->lines = y;
}

int view_detail_lines(const struct app *app)
{
	const struct exit_row *row = app_detail(app), *list[TOP_VCPUS];
	struct sections sections;

	if (!row)
		return 1;
	plan(app, row, app->here.scope.vcpu ? 0 : top_vcpus(app, list), &sections);
	return sections.lines;
}

/* --- figures ----------------------------------------------------------------------------------------------------- */

static bool figure_text(const struct app *app, const struct exit_row *row, enum figure figure, char buf[FMT_SIZE])
{
	const struct exit_figures *f = exit_durations(app->snap, row);
	const struct snapshot *snap = app->snap;

	switch (figure) {
	case FIG_RATE:
		fmt_rate(buf, rate_over(f->count, row->over_ns), 6);
		return row->over_ns != 0;
	case FIG_COUNT:
		fmt_count(buf, (double)f->count, 6);
		return snap->interval_ns != 0;
	case FIG_TIME:
		fmt_share(buf, share(f->time_ns, row->span_ns), 5);
		strcat(buf, "%");
		return row->span_ns != 0;
	case FIG_MIN:
		fmt_ns(buf, (double)f->min_ns, 6);
		return f->min_ns != 0;
	case FIG_AVG:
		fmt_ns(buf, f->done ? (double)f->total_ns / (double)f->done : 0, 6);
		return f->done != 0;
	case FIG_P50:
		fmt_ns(buf, (double)f->p50_ns, 6);
		return f->p50_ns != 0;
	case FIG_P99:
		fmt_ns(buf, (double)f->p99_ns, 6);
		return f->p99_ns != 0;
	default:
		fmt_ns(buf, (double)f->max_ns, 6);
		return f->max_ns != 0;
	}
}

static void draw_figures(const struct app *app, struct grid *grid, const struct exit_row *row,
			 const struct sections *sec, int y0)
{
	static const char *const titles[FIGURES] = {"EXITS/s", "COUNT", "TIME", "MIN", "AVG", "P50", "P99", "MAX"};

	for (int i = 0; i < FIGURES; i++) {
		int x = 1 + i % sec->figures_a_line * FIGURE_W;
		int y = y0 + sec->figures + i / sec->figures_a_line * 2;
		char buf[FMT_SIZE];
		bool known = figure_text(app, row, (enum figure)i, buf);

		grid_put_right(grid, x, y, FIGURE_W - 1, STYLE_LABEL, titles[i]);
		grid_put_right(grid, x, y + 1, FIGURE_W - 1, known ? STYLE_VALUE : STYLE_DIM, known ? buf : "-");
	}
}

static void draw_split(struct grid *grid, const struct exit_row *row, int y)
{
	const struct exit_figures *f = &row->f;
	int x = 1;

	x += grid_put(grid, x, y, grid->w - x, STYLE_TITLE, grid->w >= 60 ? "where its time goes" : "time") + 2;
	if (!f->time_ns) {
		grid_put(grid, x, y, grid->w - x, STYLE_DIM, "none in this interval");
		return;
	}
	for (int i = 0; i < EXIT_PARTS; i++) {
		char num[FMT_SIZE];

		/* on a narrow screen the parts that are not 0 only */
		if (grid->w < 60 && !f->part_ns[i])
			continue;
		x += grid_put(grid, x, y, grid->w - x,
			      !f->part_ns[i] || i == PART_HALT ? STYLE_LABEL : bar_exit_parts[i].style,
			      exit_part_names[i]) +
		     1;
		x += grid_putf(grid, x, y, grid->w - x, f->part_ns[i] ? STYLE_VALUE : STYLE_DIM, "%s%%",
			       fmt_share(num, share(f->part_ns[i], f->time_ns), 4)) +
		     2;
	}
	bar_exit(grid, 1, y + 1, grid->w - 2, f, f->time_ns);
}

/* --- the histogram ----------------------------------------------------------------------------------------------- */

/* Buckets [first, last] over columns [x, x + w): either so many columns a bucket, or so many buckets a column. */
struct chart {
	int first, last;
	int x, w;
	int cells_a_bucket, buckets_a_cell;
};

static void chart_scale(struct chart *chart, const struct hist_span *span, int x, int room)
{
	int buckets;

	chart->first = span->first > 2 ? span->first - 2 : 0;
	chart->last = span->first + span->len + 1;
	if (chart->last >= HIST_BUCKETS)
		chart->last = HIST_BUCKETS - 1;
	/* at least two octaves, so that a single latency does not fill the screen */
	while (chart->last - chart->first < 16 && (chart->last < HIST_BUCKETS - 1 || chart->first > 0)) {
		chart->last += chart->last < HIST_BUCKETS - 1;
		chart->first -= chart->first > 0;
	}
	buckets = chart->last - chart->first + 1;
	chart->x = x;
	chart->cells_a_bucket = room / buckets > 8 ? 8 : room / buckets;
	chart->buckets_a_cell = chart->cells_a_bucket ? 1 : (buckets + room - 1) / room;
	if (!chart->cells_a_bucket)
		chart->cells_a_bucket = 1;
	chart->w = (buckets + chart->buckets_a_cell - 1) / chart->buckets_a_cell * chart->cells_a_bucket;
}

static int chart_column(const struct chart *chart, u64 ns)
{
	int bucket = (int)hist_bucket(ns) - chart->first;
	int at = bucket / chart->buckets_a_cell * chart->cells_a_bucket;

	return chart->x + (at < 0 ? 0 : at >= chart->w ? chart->w - 1 : at);
}

static void draw_axis(struct grid *grid, const struct chart *chart, int y)
{
	int free_from = chart->x;
	u64 low = hist_bucket_low((u32)chart->first), high = hist_bucket_low((u32)chart->last + 1);

	for (u64 ns = 1; ns < high && ns <= 100 * NSEC_PER_SEC; ns *= 10) {
		const char *unit = ns < NSEC_PER_USEC   ? "ns"
				   : ns < NSEC_PER_MSEC ? "us"
				   : ns < NSEC_PER_SEC  ? "ms"
							: "s";
		u64 base = ns < NSEC_PER_USEC   ? 1
			   : ns < NSEC_PER_MSEC ? NSEC_PER_USEC
			   : ns < NSEC_PER_SEC  ? NSEC_PER_MSEC
						: NSEC_PER_SEC;
		char label[32];
		int at;

		if (ns < low)
			continue;
		at = chart_column(chart, ns);
		snprintf(label, sizeof(label), "│%llu%s", (unsigned long long)(ns / base), unit);
		if (at < free_from || at + text_width(label, grid->ascii) > chart->x + chart->w)
			continue;
		free_from = at + grid_put(grid, at, y, grid->w - at, STYLE_LABEL, label) + 1;
	}
}

static void draw_marks(struct grid *grid, const struct chart *chart, const struct exit_figures *f, int y, int end)
{
	static const char *const names[] = {"p50", "p99", "max"};
	const u64 ns[] = {f->p50_ns, f->p99_ns, f->max_ns};
	static const u8 styles[] = {STYLE_HIST, STYLE_HIST_MID, STYLE_HIST_TAIL};
	int free_from = chart->x;

	for (int i = 0; i < 3; i++) {
		char num[FMT_SIZE], text[48];
		int at = chart_column(chart, ns[i]), width;

		if (!ns[i])
			continue;
		snprintf(text, sizeof(text), "▲%s %s", names[i], fmt_ns(num, (double)ns[i], 6));
		/* longer than what the chart shows: one that is still in flight */
		if ((int)hist_bucket(ns[i]) > chart->last)
			snprintf(text, sizeof(text), "%s %s ▶", names[i], num);
		width = text_width(text, grid->ascii);
		/* at the right edge the sign stays where it is and the words go before it */
		if (at + width > end) {
			if ((int)hist_bucket(ns[i]) <= chart->last)
				snprintf(text, sizeof(text), "%s %s▲", names[i], num);
			at -= width - 1;
		}
		if (at < free_from)
			at = free_from;
		if (at + width > end)
			continue;
		free_from = at + grid_put(grid, at, y, width, (enum style)styles[i], text) + 1;
	}
}

static u64 column_count(const struct chart *chart, const struct hist_span *span, const u64 *counts, int column)
{
	u64 sum = 0;

	for (int i = 0; i < chart->buckets_a_cell; i++) {
		int bucket = chart->first + column * chart->buckets_a_cell + i - span->first;

		if (bucket >= 0 && bucket < span->len)
			sum += counts[bucket];
	}
	return sum;
}

static void draw_columns(struct grid *grid, const struct chart *chart, const struct hist_span *span, const u64 *counts,
			 const struct exit_figures *f, int foot, int h)
{
	int columns = chart->w / chart->cells_a_bucket;
	u64 peak = 0;
	char num[FMT_SIZE];

	for (int i = 0; i < columns; i++) {
		u64 count = column_count(chart, span, counts, i);

		peak = count > peak ? count : peak;
	}
	grid_put_right(grid, 1, foot - h + 1, chart->x - 2, STYLE_LABEL, fmt_count(num, (double)peak, 5));
	grid_put_right(grid, 1, foot, chart->x - 2, STYLE_DIM, "0");
	for (int i = 0; i < columns && peak; i++) {
		u64 count = column_count(chart, span, counts, i);
		int x = chart->x + i * chart->cells_a_bucket;
		enum style style = x > chart_column(chart, f->p99_ns)   ? STYLE_HIST_TAIL
				   : x > chart_column(chart, f->p50_ns) ? STYLE_HIST_MID
									: STYLE_HIST;
		/* a single one among millions is still seen */
		int eighths = (int)((double)count / (double)peak * h * 8 + 0.5);

		if (count && eighths < 1)
			eighths = 1;
		for (int k = 0; k < chart->cells_a_bucket; k++) {
			grid_fill(grid, x + k, foot, 1, STYLE_DIM, STYLE_NORMAL, grid->ascii ? " " : "·");
			bar_column(grid, x + k, foot, h, eighths, style);
		}
	}
}

static void draw_chart(const struct app *app, struct grid *grid, const struct exit_row *row, const struct sections *sec,
		       int y0)
{
	const struct exit_figures *f = exit_durations(app->snap, row);
	struct chart chart;
	char num[FMT_SIZE], none[64], press[PRESS_SIZE];
	int x = 1;

	snprintf(none, sizeof(none), "none in this interval; %s shows all",
		 settings_press(&app->set, ACT_CUMULATIVE, press));

	x += grid_put(grid, x, y0 + sec->chart, grid->w - x, STYLE_TITLE, "latency") + 2;
	if (!f->done || !f->hist.len) {
		grid_put_cut(grid, x, y0 + sec->chart, grid->w - x - 1, STYLE_DIM,
			     f->inflight_ns ? "none ended in this interval" : none);
		return;
	}
	x += grid_put(grid, x, y0 + sec->chart, grid->w - x, STYLE_VALUE, fmt_count(num, (double)f->done, 5)) + 1;
	grid_put_cut(grid, x, y0 + sec->chart, sec->chart_w - x - 1, STYLE_LABEL,
		     sec->chart_w >= 60 ? "that ended, by how long they took" : "that ended");
	/* a few columns are no chart, and the figures above say the same */
	if (grid->w < 24)
		return;
	chart_scale(&chart, &f->hist, 8, sec->chart_w - 10);
	draw_columns(grid, &chart, &f->hist, app->snap->hist + f->hist.off, f, y0 + sec->axis - 1, sec->chart_h);
	draw_axis(grid, &chart, y0 + sec->axis);
	draw_marks(grid, &chart, f, y0 + sec->marks, sec->chart_w - 1);
}

void view_latency(const struct app *app, struct grid *grid, const struct exit_row *row, int y, int h)
{
	struct sections sec = {.chart_w = app->w, .heat = -1};

	if (h < 7)
		return;
	draw_split(grid, row, y);
	sec.chart = 3;
	sec.chart_h = h - 6 > 16 ? 16 : h - 6;
	sec.axis = sec.chart + 1 + sec.chart_h;
	sec.marks = sec.axis + 1;
	draw_chart(app, grid, row, &sec, y);
}

/* --- vCPUs ------------------------------------------------------------------------------------------------------- */

static void draw_top(const struct app *app, struct grid *grid, const struct exit_row *const *list, int count, int y)
{
	static const char *const titles[] = {"EXITS/s", "TIME%", "P99", "MAX"};
	const struct snapshot *snap = app->snap;
	u64 longest = count ? list[0]->f.time_ns : 0;
	int numbers = grid->w >= 60 ? 4 : grid->w >= 44 ? 3 : 2;
	int name_w = grid->w >= 100 ? 36 : grid->w - 2 - numbers * 8 - (grid->w >= 60 ? 20 : 0);

	grid_put_cut(grid, 1, y, grid->w - 2, STYLE_TITLE, "vCPUs it comes from");
	for (int k = 0; k < numbers && count; k++)
		grid_put_right(grid, 1 + name_w + k * 8, y, 7, STYLE_LABEL, titles[k + (numbers == 2 && k ? 2 : 0)]);
	for (int i = 0; i < count; i++) {
		const struct exit_row *row = list[i];
		const struct vcpu_row *vcpu = snapshot_find_vcpu(snap, row->vcpu);
		bool stuck = !row->idle && row->f.inflight_ns >= STUCK_NS;
		char text[CELL_BUF + VM_NAME_SIZE], num[4][FMT_SIZE];
		int line = y + 1 + i, x;

		/* lines outside the pane cost nothing */
		if (!vcpu || line < grid->clip_top || line >= grid->clip_bottom)
			continue;
		fmt_rate(num[0], rate_over(row->f.count, row->over_ns), 6);
		fmt_share(num[1], share(row->f.time_ns, row->span_ns), 5);
		fmt_ns(num[2], (double)exit_durations(snap, row)->p99_ns, 6);
		fmt_ns(num[3], (double)row->f.max_ns, 6);
		snprintf(text, sizeof(text), "%s%svCPU %d", app->here.scope.vm ? "" : vcpu->vm_name,
			 app->here.scope.vm ? "" : " › ", vcpu->raw->vcpu_id);
		grid_put_cut(grid, 1, line, name_w - 1, row->ended ? STYLE_ENDED : STYLE_NAME, text);
		for (int k = 0; k < numbers; k++) {
			int which = k + (numbers == 2 && k ? 2 : 0);

			grid_put_right(grid, 1 + name_w + k * 8, line, 7,
				       which == 3 && stuck        ? STYLE_CRIT
				       : row->f.done || which < 2 ? STYLE_NORMAL
								  : STYLE_DIM,
				       (which == 2 && !row->f.p99_ns) || (which == 3 && !row->f.max_ns) ? "-"
													: num[which]);
		}
		x = 1 + name_w + numbers * 8 + 1;
		if (grid->w - x - 1 >= 8 && row->f.time_ns)
			bar_exit(grid, x, line, grid->w - x - 1 > 80 ? 80 : grid->w - x - 1, &row->f, longest);
	}
}

/* Whose exit it is that has been in flight the longest; NULL: not known. */
static const struct vcpu_row *oldest_of(const struct snapshot *snap, const struct scope *scope,
					const struct exit_row *row)
{
	for (u32 i = 0; i < snap->vcpu_count; i++) {
		const struct vcpu_row *vcpu = &snap->vcpus[i];
		const struct exit_sample *exits;

		if (vcpu->ended || (scope->vm && vcpu->raw->vm != scope->vm))
			continue;
		exits = snap->cur->exits + vcpu->raw->exit_first;
		for (u32 k = 0; k < vcpu->raw->exit_count; k++)
			if (exits[k].key == row->key && exits[k].inflight_ns == row->f.inflight_ns &&
			    (EXIT_KEY_KIND(row->key) == EXIT_USER || vcpu->raw->isa == row->isa))
				return vcpu;
	}
	return NULL;
}

static void draw_inflight(const struct app *app, struct grid *grid, const struct exit_row *row, int y)
{
	bool stuck = !row->idle && row->f.inflight_ns >= STUCK_NS && !exit_by_signal(row->key);
	const struct vcpu_row *vcpu =
		stuck && !app->here.scope.vcpu ? oldest_of(app->snap, &app->here.scope, row) : NULL;
	enum style style = stuck ? STYLE_CRIT : STYLE_LABEL;
	char num[FMT_SIZE], text[64 + VM_NAME_SIZE];
	int len = snprintf(text, sizeof(text), "in flight now, the oldest for %s",
			   fmt_ns(num, (double)row->f.inflight_ns, 6));

	if (vcpu)
		snprintf(text + len, sizeof(text) - (size_t)len, ": %s vCPU %d", vcpu->vm_name, vcpu->raw->vcpu_id);
	grid_put_cut(grid, 1, y, grid->w - 2, style, text);
}

void view_detail(const struct app *app, struct grid *grid, const struct layout *lay)
{
	const struct exit_row *row = app_detail(app), *list[TOP_VCPUS];
	int y0 = lay->body - app->views[VIEW_DETAIL].top, count = 0;
	struct sections sec;

	if (!row) {
		view_message(grid, lay->body, lay->body_end, STYLE_VALUE,
			     "this reason does not occur here any more\nBackspace goes up");
		return;
	}
	if (!app->here.scope.vcpu)
		count = top_vcpus(app, list);
	plan(app, row, count, &sec);
	grid_clip(grid, lay->body, lay->body_end);
	draw_figures(app, grid, row, &sec, y0);
	if (sec.inflight >= 0)
		draw_inflight(app, grid, row, y0 + sec.inflight);
	draw_split(grid, row, y0 + sec.split);
	if (sec.causes >= 0)
		view_causes(app, grid, row, y0 + sec.causes);
	draw_chart(app, grid, row, &sec, y0);
	if (sec.heat >= 0)
		view_heat(app, grid, sec.heat_x, y0 + sec.heat, sec.heat_x > 1 ? grid->w - sec.heat_x - 1 : grid->w - 2,
			  sec.heat_h);
	if (sec.top >= 0)
		draw_top(app, grid, list, count, y0 + sec.top);
	grid_clip(grid, 0, grid->h);
}
