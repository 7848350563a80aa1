/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lower part of a split screen: what the selected row is made of. A VM's vCPUs and its exit reasons, a vCPU's exit
 * reasons, the latencies of a reason, all that there is to say of a finding.
 */
#include <stdio.h>
#include <string.h>

#include "../model/findings.h"
#include "view.h"

bool view_splits(const struct app *app)
{
	switch (view_columns(app->here.view)->rows) {
	case ROWS_FINDING:
		return app->h >= 20; /* a sentence that is cut is none */
	case ROWS_VM:
	case ROWS_VCPU:
		return app->set.value[SET_SPLIT] && app->h >= 30;
	case ROWS_EXIT:
		return app->set.value[SET_SPLIT] && app->h >= 30 && app->here.view == VIEW_EXIT;
	default:
		return false;
	}
}

static void split_title(struct grid *grid, int y, const char *text)
{
	grid_fill(grid, 0, y, grid->w, STYLE_FRAME, STYLE_NORMAL, "─");
	grid_put_cut(grid, 2, y, grid->w - 4, STYLE_TITLE, text);
}

/* A list below the list: as its own view would show it, without a cursor. */
static void sub_list(const struct app *app, struct grid *grid, enum view_id view, const struct rows *rows, int top,
		     int end)
{
	struct app sub = *app;
	struct layout lay = {.body = top, .body_end = end};
	int hits = grid->hit_count;

	if (end - top < 2)
		return;
	sub.here.view = view;
	sub.rows = *rows;
	sub.selected = sub.first_idle = -1;
	sub.search[0] = '\0';
	sub.following = false;
	sub.views[view].top = 0;
	view_list(&sub, grid, &lay);
	/* clicks are for the upper list */
	grid->hit_count = hits;
}

static void draw_finding(const struct app *app, struct grid *grid, const struct layout *lay)
{
	const struct finding *f = app->rows.ref[app->selected].finding;
	char text[VALUE_TEXT_SIZE];
	int y = lay->detail, w = grid->w - 2 > 100 ? 100 : grid->w - 2;

	split_title(grid, y++, " what it means ");
	finding_text(app->snap, f, text, sizeof(text));
	y += grid_put_words(grid, 1, y, w, lay->detail_end - y, f->crit ? STYLE_CRIT : STYLE_WARN, text);
	grid_put_words(grid, 1, y, w, lay->detail_end - y, STYLE_NORMAL, finding_table[f->id].advice);
}

void view_split(const struct app *app, struct grid *grid, const struct layout *lay)
{
	union row_ref row = app->rows.ref[app->selected];
	int lines = lay->detail_end - lay->detail, half, count;
	char text[160], name[REASON_NAME_SIZE];

	switch (view_columns(app->here.view)->rows) {
	case ROWS_FINDING:
		draw_finding(app, grid, lay);
		break;
	case ROWS_VM:
		count = (int)app->under[0].count + 1;
		half = (lines - 2) / 2 < count ? (lines - 2) / 2 : count;
		snprintf(text, sizeof(text), " vCPUs of %.60s ", row.vm->raw->name);
		split_title(grid, lay->detail, text);
		sub_list(app, grid, VIEW_VCPU, &app->under[0], lay->detail + 1, lay->detail + 1 + half);
		snprintf(text, sizeof(text), " what %.60s exits for ", row.vm->raw->name);
		split_title(grid, lay->detail + 1 + half, text);
		sub_list(app, grid, VIEW_EXIT, &app->under[1], lay->detail + 2 + half, lay->detail_end);
		break;
	case ROWS_VCPU:
		snprintf(text, sizeof(text), " what vCPU %d of %.60s exits for ", row.vcpu->raw->vcpu_id,
			 row.vcpu->vm_name);
		split_title(grid, lay->detail, text);
		sub_list(app, grid, VIEW_EXIT, &app->under[1], lay->detail + 1, lay->detail_end);
		break;
	default:
		snprintf(text, sizeof(text), " how long %s takes ", reason_name(row.exit->isa, row.exit->key, name));
		split_title(grid, lay->detail, text);
		grid_clip(grid, lay->detail, lay->detail_end);
		view_latency(app, grid, row.exit, lay->detail + 1, lines - 1);
		grid_clip(grid, 0, grid->h);
	}
}
