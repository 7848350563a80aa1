/* SPDX-License-Identifier: GPL-2.0-only */
/* A table: one row a line, columns as the column table says, dropped by priority where the screen is narrow. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../model/paused.h"
#include "../model/probes.h"
#include "view.h"

#define NAME_WIDTH_MAX 40
#define BAR_WIDTH_MIN  8
#define DROP_FIRST     (UINT8_MAX + 1)

/* Columns from left to right, and where each is; w 0: no room. The first cell of a line is for a mark. */
struct table {
	const struct column *col[VIEW_COLUMNS];
	int x[VIEW_COLUMNS], w[VIEW_COLUMNS];
	int drop[VIEW_COLUMNS]; /* the highest goes first where there is no room; 0: stays */
	int count;
	int sort; /* of them, -1: sorted by one that is not shown */
};

static bool is_bar(const struct column *col)
{
	return col->unit == UNIT_BUDGET || col->unit == UNIT_PARTS || col->unit == UNIT_TREND || col->unit == UNIT_HEAT;
}

static bool is_left(const struct column *col)
{
	return col->unit == UNIT_TEXT || col->unit == UNIT_STATE || is_bar(col);
}

/* What stands behind the name of a VM. */
static const char *fate(const struct vm_row *vm)
{
	return vm->ended ? "ended" : vm->paused_ns && !vm->part ? "paused" : "";
}

/* The width that a column's texts need, at most NAME_WIDTH_MAX; over the first rows, so that huge hosts cost no more. */
static int text_need(const struct app *app, const struct column *col)
{
	int need = text_width(col->title, app->ascii), most = NAME_WIDTH_MAX;
	u32 count = app->rows.count > 1000 ? 1000 : app->rows.count;

	for (u32 i = 0; i < count; i++) {
		struct value value = {0};
		int width;

		column_value(col, app->snap, app->rows.ref[i], &value);
		width = value.known && value.text ? text_width(value.text, app->ascii) : 0;
		/* the branch before a vCPU of an unfolded VM */
		if (app->here.view == VIEW_VM && col == view_columns(VIEW_VM)->columns && app->rows.ref[i].vm->part)
			width += 2;
		if (app->here.view == VIEW_VM && col->flexible)
			width += (int)strlen(fate(app->rows.ref[i].vm)) + (*fate(app->rows.ref[i].vm) != 0);
		if (width > need)
			need = width;
	}
	/* sentences are there to be read */
	if (view_columns(app->here.view)->rows == ROWS_FINDING)
		most = VALUE_TEXT_SIZE;
	return need > most ? most : need;
}

static int table_width(const struct table *t, int gap)
{
	int width = 1;

	for (int i = 0; i < t->count; i++)
		if (t->w[i])
			width += t->w[i] + gap;
	return width - gap + 1;
}

static bool table_drop_one(struct table *t)
{
	int worst = -1;

	for (int i = 0; i < t->count; i++)
		if (t->w[i] && t->drop[i] && i != t->sort && (worst < 0 || t->drop[i] >= t->drop[worst]))
			worst = i;
	/* what is sorted by is the last to go: a list whose order cannot be seen is a riddle */
	if (worst < 0 && t->sort >= 0 && t->w[t->sort] && t->col[t->sort]->priority)
		worst = t->sort;
	if (worst >= 0)
		t->w[worst] = 0;
	return worst >= 0;
}

/* Drops columns until the rest fits. Then those that fit into what a wide one left come back, the first ones first. */
static void table_drop(struct table *t, const struct snapshot *snap, int room)
{
	int least[VIEW_COLUMNS];

	memcpy(least, t->w, sizeof(least));
	/* a column that this host cannot measure goes before all others */
	for (int i = 0; i < t->count; i++)
		t->drop[i] = column_available(t->col[i], snap, NULL) ? t->col[i]->priority : DROP_FIRST;
	while (table_width(t, 1) > room && table_drop_one(t))
		;
	for (int drop = 0; drop < DROP_FIRST; drop++)
		for (int i = 0; i < t->count; i++) {
			if (t->w[i] || t->drop[i] != drop)
				continue;
			t->w[i] = least[i];
			if (table_width(t, 1) > room)
				t->w[i] = 0;
		}
}

/* What a column makes do with so that others need not go. Only names count: other texts come and go with the ticks. */
static int least_width(const struct app *app, const struct column *col)
{
	int need;

	if (is_bar(col)) {
		need = text_width(col->title, app->ascii);
		return need > BAR_WIDTH_MIN ? need : BAR_WIDTH_MIN;
	}
	if (col->unit != UNIT_TEXT)
		return cell_width(col, &app->set);
	if (col->priority)
		return col->whole ? col->width : col->width - col->width / 4;
	need = text_need(app, col);
	return need > col->width ? col->width : need;
}

/* What is left goes to cut texts, then to the bars up to their usual width, to other texts, and to the bars. */
static void table_grow(struct table *t, const struct app *app, int left)
{
	for (int pass = 0; pass < 4; pass++)
		for (int i = 0; i < t->count && left > 0; i++) {
			const struct column *col = t->col[i];
			int want = 0;

			if (!t->w[i])
				continue;
			if (pass == 0 && col->unit == UNIT_TEXT && col->flexible)
				want = text_need(app, col);
			else if (pass == 1 && is_bar(col))
				want = col->width;
			/* a screen with that much room to spare cuts no text at all */
			else if (pass == 2 && col->unit == UNIT_TEXT)
				want = left > 24 ? text_need(app, col) : col->width;
			else if (pass == 3 && is_bar(col) && col->flexible)
				want = BAR_WIDTH_MAX;
			if (want - t->w[i] > left)
				want = t->w[i] + left;
			if (want > t->w[i]) {
				left -= want - t->w[i];
				t->w[i] = want;
			}
		}
}

/* Columns in their order, dropped by priority where they do not fit even when each takes no more than it must. */
static void table_layout(struct table *t, const struct app *app, int room)
{
	const struct view_columns *cols = view_columns(app->here.view);
	int sort = app->views[app->here.view].sort, gap, x = 1;
	u8 order[VIEW_COLUMNS];

	t->count = (int)settings_columns(&app->set, app->here.view, order);
	t->sort = -1;
	for (int i = 0; i < t->count; i++) {
		const struct column *col = &cols->columns[order[i]];
		int title = text_width(col->title, app->ascii) + (order[i] == sort);

		t->col[i] = col;
		t->w[i] = least_width(app, col);
		if (order[i] != sort)
			continue;
		t->sort = i;
		/* the mark of the sort column has a cell of its own */
		if (t->w[i] < title)
			t->w[i] = title;
	}
	table_drop(t, app->snap, room);
	/* what is never dropped is cut instead */
	for (int i = 0; i < t->count && table_width(t, 1) > room; i++)
		if (t->w[i] && t->col[i]->flexible && t->col[i]->unit == UNIT_TEXT) {
			int over = table_width(t, 1) - room;

			t->w[i] = t->w[i] - over < 8 ? 8 : t->w[i] - over;
		}
	gap = table_width(t, 2) + 12 <= room ? 2 : 1;
	table_grow(t, app, room - table_width(t, gap));
	for (int i = 0; i < t->count; i++) {
		t->x[i] = x;
		if (t->w[i])
			x += t->w[i] + gap;
	}
}

bool view_has_room(const struct app *app, int column)
{
	struct table table = {.count = 0};

	table_layout(&table, app, app->w);
	for (int i = 0; i < table.count; i++)
		if (table.col[i] == &view_columns(app->here.view)->columns[column])
			return table.w[i] > 0;
	return false;
}

static void draw_titles(const struct app *app, struct grid *grid, const struct table *t, int y)
{
	const struct view_state *vs = &app->views[app->here.view];

	grid_fill(grid, 0, y, grid->w, STYLE_HEADER, STYLE_NORMAL, " ");
	for (int i = 0; i < t->count; i++) {
		const struct column *col = t->col[i];
		const char *arrow = vs->descending ? "▼" : "▲";
		bool sorted = i == t->sort;
		enum style style = sorted ? STYLE_SORTED : STYLE_HEADER;
		int width = text_width(col->title, grid->ascii);

		if (!t->w[i])
			continue;
		grid_hit(grid, t->x[i], y, t->w[i], HIT_TITLE, (int)(col - view_columns(app->here.view)->columns));
		width = width > t->w[i] - sorted ? t->w[i] - sorted : width;
		if (is_left(col)) {
			grid_put(grid, t->x[i], y, t->w[i] - sorted, style, col->title);
			if (sorted)
				grid_put(grid, t->x[i] + width, y, 1, style, arrow);
		} else {
			grid_put_right(grid, t->x[i] + sorted, y, t->w[i] - sorted, style, col->title);
			if (sorted)
				grid_put(grid, t->x[i] + t->w[i] - width - 1, y, 1, style, arrow);
		}
	}
}

/* What a row is, apart from its values. */
struct row_look {
	bool ended, fresh, stuck, idle;
};

static struct row_look look_of(const struct app *app, union row_ref row)
{
	struct row_look look = {0};

	switch (view_columns(app->here.view)->rows) {
	case ROWS_VM:
		look.ended = row.vm->ended;
		look.fresh = app->snap->base ? !snapshot_find_vm(app->snap->base, row.vm->uid)
					     : row.vm->fresh && app->snap->interval_ns;
		look.stuck = !row.vm->paused_ns && state_is_stuck(row.vm->stuck_state, row.vm->stuck_ns);
		break;
	case ROWS_EVENT:
		look.ended = row.event->ended;
		break;
	case ROWS_VCPU:
		look.ended = row.vcpu->ended;
		look.fresh = app->snap->base ? !snapshot_find_vcpu(app->snap->base, row.vcpu->uid)
					     : row.vcpu->fresh && app->snap->interval_ns;
		look.stuck = !look.ended && !row.vcpu->paused &&
			     state_is_stuck(row.vcpu->raw->state, row.vcpu->raw->state_ns);
		break;
	case ROWS_LOG:
	case ROWS_FINDING:
		break;
	case ROWS_EXIT:
		look.ended = row.exit->ended;
		look.idle = row.exit->idle && !app->idle_mixed;
		look.stuck = !look.ended && !row.exit->idle && row.exit->f.inflight_ns >= STUCK_NS &&
			     !exit_by_signal(row.exit->key);
	}
	return look;
}

static void draw_cell(const struct app *app, struct grid *grid, const struct table *t, int i, int y, union row_ref row,
		      struct row_look look)
{
	const struct column *col = t->col[i];
	struct value value = {0};
	char text[CELL_BUF];
	enum style style;

	column_value(col, app->snap, row, &value);
	if (col->unit == UNIT_TREND) {
		struct row_id id = row_identity(app->here.view, row);

		/* a vCPU of an unfolded VM */
		if (id.view == VIEW_VM && id.vcpu)
			id.view = VIEW_VCPU;
		view_trend(app, grid, t->x[i], y, t->w[i], &id);
		return;
	}
	if (is_bar(col)) {
		if (value.known && col->unit == UNIT_BUDGET && value.budget && value.budget->span_ns)
			bar_budget(grid, t->x[i], y, t->w[i], value.budget);
		else if (value.known && col->unit == UNIT_PARTS && value.figures && value.figures->time_ns)
			bar_exit(grid, t->x[i], y, t->w[i], value.figures, value.figures->time_ns);
		else if (value.known && col->unit == UNIT_HEAT && value.figures)
			bar_cells(grid, t->x[i], y, t->w[i], app->snap->hist, value.figures->hist);
		else
			grid_put(grid, t->x[i], y, t->w[i], STYLE_DIM, "-");
		return;
	}
	style = cell_format(col, &app->set, row, app->here.view, &value, t->w[i], text);
	if (col->unit == UNIT_TEXT && i <= 1 && style == STYLE_NORMAL)
		style = look.fresh ? STYLE_FRESH : STYLE_NAME;
	if (view_columns(app->here.view)->rows == ROWS_FINDING && col->unit == UNIT_TEXT && (col->flexible || !i))
		style = row.finding->crit ? STYLE_CRIT : STYLE_WARN;
	if (i == t->sort && style == STYLE_NORMAL)
		style = STYLE_VALUE;
	if (look.ended)
		style = STYLE_ENDED;
	else if (look.idle && style != STYLE_WARN && style != STYLE_CRIT)
		style = STYLE_LABEL;
	if (!i && app->here.view == VIEW_VM && row.vm->part) {
		int used = grid_put(grid, t->x[i], y, t->w[i], STYLE_DIM, row.vm->last_part ? "└ " : "├ ");

		grid_put_cut(grid, t->x[i] + used, y, t->w[i] - used, style == STYLE_NAME ? STYLE_NORMAL : style, text);
	} else if (!i && app->here.view == VIEW_VM && *fate(row.vm) && t->w[i] > 12) {
		int len = (int)strlen(fate(row.vm)),
		    used = grid_put_cut(grid, t->x[i], y, t->w[i] - len - 1, style, text);

		grid_put(grid, t->x[i] + used + 1, y, len, look.ended ? STYLE_DIM : STYLE_WARN, fate(row.vm));
	} else if (is_left(col))
		grid_put_cut(grid, t->x[i], y, t->w[i], style, text);
	else {
		int at = t->x[i] + t->w[i] - text_width(text, grid->ascii) - 1;

		grid_put_right(grid, t->x[i], y, t->w[i], style, text);
		/* a limit that is passed is seen without colours too */
		if ((style == STYLE_CRIT || style == STYLE_WARN) && at > 0 && !value.change)
			grid_put(grid, at, y, 1, style, style == STYLE_CRIT ? "!" : "*");
	}
}

/* Shows where the text that is searched for stands in cells [x, x + w). Upper and lower case are the same. */
static void mark_matches(struct grid *grid, int x, int y, int w, const char *needle)
{
	struct cell *line = grid->cells + (size_t)y * (size_t)grid->w;
	int end = x + w > grid->w ? grid->w : x + w;

	for (int from = x; *needle && from < end; from++) {
		const char *p = needle;
		int at = from;

		while (*p && at < end) {
			size_t len = strlen(line[at].text);

			if (line[at].width && (!len || strncasecmp(line[at].text, p, len) != 0))
				break;
			p += line[at++].width ? len : 0;
		}
		for (int i = from; !*p && i < at; i++)
			line[i].style = STYLE_MATCH;
	}
}

static void draw_row(const struct app *app, struct grid *grid, const struct table *t, int y, int index)
{
	union row_ref row = app->rows.ref[index];
	struct row_look look = look_of(app, row);
	struct row_id id;

	grid_hit(grid, 0, y, grid->w, HIT_ROW, index);
	for (int i = 0; i < t->count; i++)
		if (t->w[i])
			draw_cell(app, grid, t, i, y, row, look);
	for (int i = 0; app->search[0] && i < t->count; i++)
		if (t->w[i] && (t->col[i]->unit == UNIT_TEXT || t->col[i]->unit == UNIT_ID))
			mark_matches(grid, t->x[i], y, t->w[i], app->search);
	id = row_identity(app->here.view, row);
	if (look.stuck || (view_columns(app->here.view)->rows == ROWS_FINDING && row.finding->crit))
		grid_put(grid, 0, y, 1, STYLE_CRIT, "!");
	else if (app->following && row_id_equal(&id, &app->follow))
		grid_put(grid, 0, y, 1, STYLE_FOLLOWED, "»");
	else if (look.ended)
		grid_put(grid, 0, y, 1, STYLE_ENDED, "x");
	else if (look.fresh)
		grid_put(grid, 0, y, 1, STYLE_FRESH, "+");
	else if (app->here.view == VIEW_VM && !row.vm->part && tree_is_open(&app->tree, row.vm->uid))
		grid_put(grid, 0, y, 1, STYLE_DIM, "▾");
	if (index == app->selected) {
		if (!grid->color && !look.stuck)
			grid_put(grid, 0, y, 1, STYLE_KEY, ">");
		grid_select(grid, 0, y, grid->w);
	}
}

static void draw_separator(struct grid *grid, int y)
{
	grid_fill(grid, 1, y, grid->w - 2, STYLE_DIM, STYLE_NORMAL, "─");
	grid_put_cut(grid, 3, y, grid->w - 5, STYLE_DIM, " idle: the guest had nothing to do ");
}

void view_message(struct grid *grid, int top, int bottom, enum style style, const char *text)
{
	int lines = 1, y;
	char line[512];

	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	y = top + (bottom - top - lines) / 2;
	y = y < top ? top : y;
	for (; y < bottom; y++) {
		size_t len = strcspn(text, "\n");
		int width;

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		width = text_width(line, grid->ascii);
		if (width > grid->w - 2)
			y += grid_put_words(grid, 1, y, grid->w - 2, bottom - y, style, line) - 1;
		else
			grid_put(grid, (grid->w - width) / 2, y, width, style, line);
		style = STYLE_LABEL;
		if (!text[len])
			break;
		text += len + 1;
	}
}

/* What a view is made from. */
static u64 view_probes(const struct view_columns *view)
{
	u64 probes = group_probes(view->groups);

	for (u32 i = 0; i < view->count; i++)
		probes |= view->columns[i].needs | view->columns[i].needs_any;
	return probes;
}

/* Why a view of events has nothing to show, other than that nothing happened. NULL: no reason. */
static const char *event_obstacle(const struct app *app, const struct view_columns *view)
{
	const struct sample *cur = app->snap->cur;
	u64 needs = view_probes(view);
	bool on = false, refused = false;

	for (u32 i = 0; i < cur->probe_count && i < PROBES_MAX; i++) {
		if (!(needs & 1ULL << i))
			continue;
		on |= cur->probes[i].status == PROBE_ON;
		refused |= cur->probes[i].status == PROBE_REFUSED || cur->probes[i].status == PROBE_ABSENT;
	}
	if (on || !needs)
		return NULL;
	if (refused)
		return "this kernel refuses what the view needs: kvmtop --features says what and why";
	return app->replay ? "the recording was made without this view" : "attaching ...";
}

/* Nothing happened, as far as it can be seen on this host. */
static void empty_events(const struct app *app, const struct view_columns *view, char *text, size_t size)
{
	const char *obstacle = event_obstacle(app, view);
	char up[PRESS_SIZE], vms[PRESS_SIZE];
	const char *to_vms = settings_press(&app->set, ACT_VIEW_VM, vms);
	size_t len = (size_t)snprintf(text, size, "%s\n", obstacle ?: view->empty);

	if (app->depth && len < size)
		len += (size_t)snprintf(text + len, size - len, "%s goes up, %s to the VMs",
					settings_press(&app->set, ACT_BACK, up), to_vms);
	else if (len < size)
		len += (size_t)snprintf(text + len, size - len, "%s goes to the VMs", to_vms);

	if (obstacle || len + 2 >= size)
		return;
	text[len] = '\n';
	if (!view_limits(app->snap, view_probes(view), true, text + len + 1, size - len - 1))
		text[len] = '\0';
}

static void empty_text(const struct app *app, char *text, size_t size)
{
	const struct view_columns *view = view_columns(app->here.view);
	const struct scope *scope = &app->here.scope;
	char hidden[128], press[PRESS_SIZE];

	if (!app->snap)
		snprintf(text, size, "reading the first sample ...");
	else if (app->snap->cur->waiting)
		snprintf(text, size, "%s\nkvmtop goes on by itself as soon as that changes.", app->snap->cur->waiting);
	else if (app->filter && app->rows.total)
		snprintf(text, size, "nothing matches the filter \"%.60s\"\n%s changes it", app->filter_text,
			 settings_press(&app->set, ACT_FILTER, press));
	else if (scope->vcpu && !snapshot_find_vcpu(app->snap, scope->vcpu))
		snprintf(text, size, "vCPU %d of %.40s has ended\n%s goes up", app->vcpu_id, app->vm_name,
			 settings_press(&app->set, ACT_BACK, press));
	else if (scope->vm && !snapshot_find_vm(app->snap, scope->vm))
		snprintf(text, size, "%.60s has ended\n%s goes up", app->vm_name,
			 settings_press(&app->set, ACT_BACK, press));
	else if (view->rows == ROWS_LOG)
		snprintf(text, size, "%s\n%s",
			 app->replay ? "a recording has no log" : event_obstacle(app, view) ?: view->empty,
			 app->replay ? "what was counted of its events is in the views of their kinds"
				     : "events are logged from when this view is opened");
	else if (view->rows == ROWS_FINDING)
		snprintf(text, size, "%s\n%s",
			 app->snap->interval_ns ? view->empty : "measuring the first interval ...",
			 "limits are in the settings (S); 1 goes to the VMs");
	else if (!app->snap->vm_count && app->chosen)
		snprintf(text, size,
			 "no VM that -p or --vm asks for is running\nOnce one is, it appears here by itself.");
	else if (!app->snap->vm_count && app->replay)
		snprintf(text, size, "no VM was running at this moment\n) goes to the newest sample, } a minute on");
	else if (!app->snap->vm_count)
		snprintf(text, size,
			 "no VM is running on this host\nStart one and it appears here by itself.\nTo look around "
			 "meanwhile: kvmtop --demo");
	else if (view->rows == ROWS_EVENT)
		empty_events(app, view, text, size);
	else if (app->here.view == VIEW_EXIT && app->show_user)
		snprintf(text, size, "no exit to user space yet\nu shows VM exits");
	else if (app->here.view == VIEW_EXIT &&
		 view_limits(app->snap, PROBE_BIT(PROBE_EXIT), false, hidden, sizeof(hidden)))
		snprintf(text, size, "%s\nu shows exits to user space; kvmtop --features says why", hidden);
	else if (app->here.view == VIEW_EXIT)
		snprintf(text, size, "no VM exit yet\nu shows exits to user space, c all since the start");
	else
		snprintf(text, size, "this VM has no vCPU yet");
}

void view_list(const struct app *app, struct grid *grid, const struct layout *lay)
{
	const struct view_state *vs = &app->views[app->here.view];
	int top = lay->body + 1, lines = app_lines(app);
	struct table table = {.count = 0};
	char text[512];

	if (lay->body >= lay->body_end)
		return;
	if (!app->rows.count) {
		empty_text(app, text, sizeof(text));
		view_message(grid, lay->body, lay->body_end, STYLE_VALUE, text);
		return;
	}
	table_layout(&table, app, grid->w);
	grid_clip(grid, lay->body, lay->body_end);
	draw_titles(app, grid, &table, lay->body);
	for (int y = top, line = vs->top; y < lay->body_end && line < lines; y++, line++) {
		int row = app->first_idle >= 0 && line > app->first_idle ? line - 1 : line;

		if (app->first_idle >= 0 && line == app->first_idle)
			draw_separator(grid, y);
		else
			draw_row(app, grid, &table, y, row);
	}
	grid_clip(grid, 0, grid->h);
}
