/* SPDX-License-Identifier: GPL-2.0-only */
/* The lines around the pane: host, budget, what is wrong with our own measuring, where one is, and the keys. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../model/format.h"
#include "../model/probes.h"
#include "../model/reasons.h"
#include "view.h"

/* A piece of a line; the pieces with the highest rank go first when there is no room for all. */
struct piece {
	char text[96];
	enum style style;
	u8 rank;
	u8 gap;    /* blanks before it */
	bool unit; /* of the piece before, and goes with it */
};

#define PIECES 16

struct pieces {
	struct piece piece[PIECES];
	int count;
};

static struct piece *piece_add(struct pieces *line, enum style style, u8 rank, u8 gap)
{
	struct piece *piece = &line->piece[line->count < PIECES ? line->count++ : PIECES - 1];

	*piece = (struct piece){.style = style, .rank = rank, .gap = gap};
	return piece;
}

static void unit_add(struct pieces *line, u8 rank, const char *text)
{
	struct piece *piece = piece_add(line, STYLE_LABEL, rank, 1);

	snprintf(piece->text, sizeof(piece->text), "%s", text);
	piece->unit = true;
}

static int pieces_width(const struct pieces *line, bool ascii)
{
	int width = 0;

	for (int i = 0; i < line->count; i++)
		width += line->piece[i].gap + text_width(line->piece[i].text, ascii);
	return width;
}

static void pieces_drop(struct pieces *line)
{
	int worst = 0, parts = 1;

	for (int i = 1; i < line->count; i++)
		if (line->piece[i].rank >= line->piece[worst].rank)
			worst = i;
	if (line->piece[worst].unit) {
		worst--;
		parts++;
	}
	line->count -= parts;
	memmove(&line->piece[worst], &line->piece[worst + parts],
		(size_t)(line->count - worst) * sizeof(line->piece[0]));
}

/* Draws what fits into [x, x + w) and returns the columns taken. */
static int pieces_draw(struct grid *grid, int x, int y, int w, struct pieces *line)
{
	int at = x;

	while (line->count > 1 && pieces_width(line, grid->ascii) > w)
		pieces_drop(line);
	for (int i = 0; i < line->count; i++) {
		at += line->piece[i].gap;
		at += grid_put_cut(grid, at, y, x + w - at, line->piece[i].style, line->piece[i].text);
	}
	return at - x;
}

/* --- line 1 ------------------------------------------------------------------------------------------------------ */

static bool sees_exits(const struct snapshot *snap)
{
	return snap->cur->probes[PROBE_ENTRY].status == PROBE_ON && snap->cur->probes[PROBE_EXIT].status == PROBE_ON;
}

static void count_pieces(struct pieces *line, const struct snapshot *snap)
{
	bool exits = sees_exits(snap);
	char num[FMT_SIZE];
	struct piece *piece;

	piece = piece_add(line, STYLE_VALUE, 4, 2);
	snprintf(piece->text, sizeof(piece->text), "%u", snap->vm_count);
	unit_add(line, 4, snap->vm_count == 1 ? "VM" : "VMs");
	piece = piece_add(line, STYLE_VALUE, 5, 2);
	snprintf(piece->text, sizeof(piece->text), "%u", snap->vcpu_count);
	unit_add(line, 5, snap->vcpu_count == 1 ? "vCPU" : "vCPUs");
	piece = piece_add(line, STYLE_VALUE, 3, 2);
	/* where KVM's exits cannot be seen, those to user space can */
	snprintf(piece->text, sizeof(piece->text), "%s",
		 snap->interval_ns ? fmt_rate(num, snapshot_rate(snap, exits ? snap->exits : snap->user_exits), 6)
				   : "-");
	/* on the smallest screens it stands alone: the one figure that has no word */
	snprintf(piece_add(line, STYLE_LABEL, 3, 1)->text, 20, exits ? "exits/s" : "user exits/s");
}

static void mode_pieces(struct pieces *line, const struct app *app)
{
	const struct snapshot *snap = app->snap;
	char text[96], rate[FMT_SIZE], cost[FMT_SIZE];
	struct piece *piece;

	piece = piece_add(line, travel_badge(app, text, sizeof(text)), 1, 2);
	snprintf(piece->text, sizeof(piece->text), "%s", text);
	travel_save_badge(app, text, sizeof(text));
	if (text[0]) {
		piece = piece_add(line, STYLE_BADGE, 1, 1);
		snprintf(piece->text, sizeof(piece->text), "%s", text);
	}
	travel_mark_badge(app, text, sizeof(text));
	if (text[0]) {
		piece = piece_add(line, STYLE_BADGE, 1, 1);
		snprintf(piece->text, sizeof(piece->text), "%s", text);
	}
	if (app->cumulative)
		snprintf(piece_add(line, STYLE_BADGE, 1, 1)->text, 16, " TOTAL ");
	if (app->findings.count) {
		piece = piece_add(line, app->findings.crit ? STYLE_ALERT : STYLE_BADGE, 3, 1);
		snprintf(piece->text, sizeof(piece->text), " !%u ", app->findings.count);
	}
	if (snap->cur->upkeep.record_bytes) {
		piece = piece_add(line, STYLE_BADGE, 2, 1);
		snprintf(piece->text, sizeof(piece->text), " REC %sB/s %s ",
			 fmt_count(rate, snapshot_rate(snap, snap->record_bytes), 5),
			 fmt_ns(cost, (double)snap->cur->upkeep.record_ns, 5));
	}
}

static void header_line(const struct app *app, struct grid *grid, int y)
{
	const struct snapshot *snap = app->snap;
	struct pieces line = {.count = 0};
	struct piece *piece;
	char num[FMT_SIZE], reach[64];

	snprintf(piece_add(&line, STYLE_TITLE, 2, 1)->text, 8, "kvmtop");
	if (!snap) {
		snprintf(piece_add(&line, STYLE_LABEL, 3, 2)->text, 32, "reading the first sample");
		pieces_draw(grid, 0, y, grid->w, &line);
		return;
	}
	piece = piece_add(&line, STYLE_NORMAL, 6, 2);
	snprintf(piece->text, sizeof(piece->text), "%s", snap->cur->host);
	piece = piece_add(&line, STYLE_LABEL, 3, 2);
	travel_clock(piece->text, snap->cur->real_ns);
	mode_pieces(&line, app);
	if (!app->replay) {
		piece = piece_add(&line, STYLE_LABEL, 7, 1);
		snprintf(piece->text, sizeof(piece->text), "%gs", app->delay);
		travel_reach(app, reach, sizeof(reach));
		if (reach[0]) {
			piece = piece_add(&line, STYLE_LABEL, 6, 2);
			snprintf(piece->text, sizeof(piece->text), "%s", reach);
		}
	}
	count_pieces(&line, snap);
	if (snap->interval_ns) {
		double own = share(snap->own_cpu_ns, snap->interval_ns);

		piece = piece_add(&line, own > 0.05 ? STYLE_WARN : STYLE_DIM, 8, 2);
		snprintf(piece->text, sizeof(piece->text), "self %s%%", fmt_share(num, own, 4));
		if (app->set.value[SET_MEASURE] != 0 && snap->bpf_events) {
			piece = piece_add(&line, STYLE_DIM, 8, 1);
			snprintf(piece->text, sizeof(piece->text), "bpf %s%%",
				 fmt_share(num, share(snap->bpf_ns, snap->interval_ns), 4));
			piece = piece_add(&line, STYLE_DIM, 8, 1);
			snprintf(piece->text, sizeof(piece->text), "%s/event",
				 fmt_ns(num, (double)snap->bpf_ns / (double)snap->bpf_events, 5));
		}
	}
	pieces_draw(grid, 0, y, grid->w, &line);
}

/* --- the host's budget ------------------------------------------------------------------------------------------- */

/* Waits have the limits of their column in the view of VMs; a high share of another state is for that VM to explain. */
static enum style part_style(const struct app *app, u8 state, double part)
{
	const struct view_columns *vms = view_columns(VIEW_VM);
	int wait = column_find(vms, "wait");
	enum style style = cell_severity(&app->set, VIEW_VM, &vms->columns[wait], part);

	return state == VCPU_WAIT && (style == STYLE_CRIT || style == STYLE_WARN) ? style : STYLE_VALUE;
}

static void budget_line(const struct app *app, struct grid *grid, int y)
{
	static const u8 order[] = {VCPU_GUEST, VCPU_KVM, VCPU_USER, VCPU_WAIT, VCPU_POLL, VCPU_HALT, VCPU_UNKNOWN};
	const struct budget *budget = app->snap ? &app->snap->budget : NULL;
	bool words = grid->w >= 110, small = grid->w < 72;
	int x = 1;

	if (!budget || !budget->span_ns) {
		grid_put_cut(grid, 1, y, grid->w - 1, STYLE_DIM,
			     app->snap && !app->snap->vm_count ? "" : "measuring the first interval ...");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		const struct bar_part *state = &bar_states[order[i]];
		double part = share(budget->ns[order[i]], budget->span_ns);
		const char letter[2] = {state->letter, '\0'};
		char num[FMT_SIZE];

		if (order[i] == VCPU_UNKNOWN && part < 0.0005)
			continue;
		if (small && part < 0.005)
			continue;
		/* what cannot be told apart on this host is in another state, or in "?" */
		if (part == 0 && !state_is_measured(app->snap, order[i]))
			snprintf(num, sizeof(num), "-");
		else if (small)
			snprintf(num, sizeof(num), "%.0f", part * 100);
		else
			fmt_share(num, part, 4);
		x += grid_put(grid, x, y, 8, state_style(order[i]), words ? state_names[order[i]] : letter) + !small;
		if (small)
			x += grid_put(grid, x, y, 4, part_style(app, order[i], part), num) + 1;
		else {
			grid_put(grid, x, y, 4, part_style(app, order[i], part), num);
			x += 5 + words;
		}
	}
	if (grid->w - x - 1 >= 8)
		bar_budget(grid, x, y, grid->w - x - 1, budget);
}

/* --- what is wrong with our own measuring ------------------------------------------------------------------------ */

static const char *probe_trouble(u8 status)
{
	switch (status) {
	case PROBE_REFUSED:
		return "refused";
	case PROBE_ABSENT:
		return "absent";
	case PROBE_SILENT:
		return "silent";
	default:
		return NULL;
	}
}

/* "stuck: web01 vCPU 3 in the VMM for 3.2s, 2 more": the vCPU that is longest in one place where none should stay. */
static size_t stuck_text(const struct snapshot *snap, char *text, size_t size, const char *before, enum style *style)
{
	const struct vcpu_row *worst = NULL;
	char age[FMT_SIZE], more[32] = "";
	u32 count = 0;
	int len;

	for (u32 i = 0; i < snap->vm_count; i++) {
		const struct vm_row *vm = &snap->vms[i];

		/* that it is paused is a finding */
		if (!vm->stuck_ns || vm->paused_ns)
			continue;
		for (u32 k = vm->vcpu_first; k < vm->vcpu_first + vm->vcpu_count; k++) {
			const struct vcpu_row *row = &snap->vcpus[k];

			if (row->ended || !state_is_stuck(row->raw->state, row->raw->state_ns))
				continue;
			count++;
			if (!worst || row->raw->state_ns > worst->raw->state_ns)
				worst = row;
		}
	}
	if (!worst)
		return 0;
	if (count > 1)
		snprintf(more, sizeof(more), ", %u more", count - 1);
	*style = STYLE_ALERT;
	len = snprintf(text, size, "%sstuck: %s vCPU %d in the %s for %s%s%s", before, worst->vm_name,
		       worst->raw->vcpu_id, worst->raw->state == VCPU_USER ? "VMM" : "kernel",
		       worst->raw->inexact ? "at least " : "", fmt_ns(age, (double)worst->raw->state_ns, 6), more);
	return len < 0 || (size_t)len >= size ? size - 1 : (size_t)len;
}

/* The worst finding, where nothing is more urgent. How many there are is in the first line too: the sentence goes first. */
static void finding_alert(const struct app *app, char *text, size_t size, enum style *style)
{
	const struct finding *f = &app->findings.list[0];
	const struct vm_row *vm = f->vm ? snapshot_find_vm(app->snap, f->vm) : NULL;
	char sentence[VALUE_TEXT_SIZE], more[64] = "", buf[PRESS_SIZE];
	const char *press = settings_press(&app->set, ACT_VIEW_FINDING, buf);

	if (app->findings.count > 1)
		snprintf(more, sizeof(more), " (%s shows all %u)", press, app->findings.count);
	else
		snprintf(more, sizeof(more), " (%s shows it)", press);
	*style = f->crit ? STYLE_CRIT : STYLE_WARN;
	snprintf(text, size, "%s: %s", vm ? vm->raw->name : "host",
		 finding_text(app->snap, f, sentence, sizeof(sentence)));
	if (text_width(text, app->ascii) + text_width(more, app->ascii) < app->w - 1)
		snprintf(text + strlen(text), size - strlen(text), "%s", more);
}

size_t view_limits(const struct snapshot *snap, u64 probes, bool brief, char *text, size_t size)
{
	const struct sample *cur = snap->cur;
	size_t len = 0;

	text[0] = '\0';
	/* nothing is missing then, it only costs more */
	if (snap->lost[LOSS_STORAGE] && probes == PROBES_ALL)
		len += (size_t)snprintf(text, size, "%s (%s)", loss_help(LOSS_STORAGE), loss_name(LOSS_STORAGE));
	for (u32 i = 0; i < cur->probe_count && i < PROBE_COUNT && len < size; i++) {
		const char *trouble = probe_trouble(cur->probes[i].status);

		if (!trouble || !probe_table[i].lost || !(probes & PROBE_BIT(i)))
			continue;
		len += (size_t)snprintf(text + len, size - len, "%s%s",
					len     ? "; "
					: brief ? "see --features: "
						: "",
					probe_table[i].lost);
		if (!brief && len < size)
			len += (size_t)snprintf(text + len, size - len, " (%s %s)", probe_table[i].name, trouble);
	}
	return len < size ? len : size - 1;
}

/* What is not as it should be at this moment: lost, missing, stuck. */
static size_t urgent_text(const struct snapshot *snap, char *text, size_t size, enum style *style)
{
	const struct sample *cur = snap->cur;
	char num[FMT_SIZE];
	size_t len = 0;
	int lost = 0;

	text[0] = '\0';
	*style = STYLE_WARN;
	if (cur->waiting)
		return (size_t)snprintf(text, size, "%s", cur->waiting);
	if (cur->missing) {
		*style = STYLE_ALERT;
		len = (size_t)snprintf(text, size, "MISSING: %u samples before this one, which the recording lost",
				       cur->missing);
	}
	for (int i = 0; i < LOSSES && len < size; i++) {
		if (!snap->lost[i] || i == LOSS_STORAGE)
			continue;
		*style = STYLE_ALERT;
		len += (size_t)snprintf(text + len, size - len, "%s%s %s",
					lost++ ? ", "
					: len  ? "; LOST: "
					       : "LOST: ",
					loss_name((u32)i), fmt_count(num, (double)snap->lost[i], 5));
	}
	len += stuck_text(snap, text + len, size - len, len ? "; " : "", style);
	return len < size ? len : size - 1;
}

bool view_trouble(const struct app *app, char *text, size_t size, enum style *style)
{
	size_t len;

	text[0] = '\0';
	if (!app->snap)
		return false;
	len = urgent_text(app->snap, text, size, style);
	if (!app->snap->cur->waiting && len + 2 < size) {
		size_t before = len;

		if (len)
			len += (size_t)snprintf(text + len, size - len, "; ");
		if (!view_limits(app->snap, PROBES_ALL, false, text + len, size - len))
			text[before] = '\0';
	}
	return text[0] != '\0';
}

bool view_alert(const struct app *app, char *text, size_t size, enum style *style)
{
	if (!app->snap)
		return false;
	if (urgent_text(app->snap, text, size, style))
		return true;
	if (app->findings.count && app->here.view != VIEW_FINDING) {
		finding_alert(app, text, size, style);
		return true;
	}
	if (view_limits(app->snap, PROBES_ALL, false, text, size) && text_width(text, app->ascii) > app->w - 2)
		view_limits(app->snap, PROBES_ALL, true, text, size);
	return text[0] != '\0';
}

/* --- where one is ------------------------------------------------------------------------------------------------ */

static int crumb(struct grid *grid, int x, int y, int w, bool last, bool first, const char *text)
{
	int used = 0;

	if (!first)
		used += grid_put(grid, x, y, w, STYLE_DIM, " › ");
	return used + grid_put_cut(grid, x + used, y, w - used, last ? STYLE_HERE : STYLE_CRUMB, text);
}

static int crumbs(const struct app *app, struct grid *grid, int y, int w)
{
	const struct place *here = &app->here;
	int level = here->view == VIEW_DETAIL ? 3 : here->scope.vcpu ? 2 : here->scope.vm ? 1 : 0;
	char text[96], buf[REASON_NAME_SIZE];
	int x = 1;

	x += crumb(grid, x, y, w - x, !level, true, "host");
	if (here->scope.vm)
		x += crumb(grid, x, y, w - x, level == 1, false, app->vm_name);
	if (here->scope.vcpu) {
		snprintf(text, sizeof(text), "vCPU %d", app->vcpu_id);
		x += crumb(grid, x, y, w - x, level == 2, false, text);
	}
	if (level == 3)
		x += crumb(grid, x, y, w - x, true, false, reason_name(here->isa, here->key, buf));
	return x;
}

static const char *pane_title(const struct app *app)
{
	switch (app->here.view) {
	case VIEW_VM:
		return "VMs";
	case VIEW_VCPU:
		return "vCPUs";
	case VIEW_EXIT:
		return app->show_user ? "exits to user space" : "VM exits";
	default:
		if (app->here.view != VIEW_DETAIL)
			return view_columns(app->here.view)->title;
		return EXIT_KEY_KIND(app->here.key) == EXIT_USER ? "exit to user space" : "VM exit";
	}
}

static void crumb_line(const struct app *app, struct grid *grid, int y)
{
	struct pieces right = {.count = 0};
	struct piece *piece;
	int x, width;

	snprintf(piece_add(&right, STYLE_LABEL, 1, 1)->text, 40, "%s", pane_title(app));
	if (app->here.view != VIEW_DETAIL && app->snap) {
		piece = piece_add(&right, STYLE_DIM, 3, 1);
		if (app->rows.count - app->rows.parts != app->rows.total)
			snprintf(piece->text, sizeof(piece->text), "%u of %u", app->rows.count - app->rows.parts,
				 app->rows.total);
		else
			snprintf(piece->text, sizeof(piece->text), "%u", app->rows.count - app->rows.parts);
	}
	/* the detail pane shows one reason, whatever the filter */
	if (app->filter && app->here.view != VIEW_DETAIL) {
		piece = piece_add(&right, STYLE_BADGE, 0, 1);
		snprintf(piece->text, sizeof(piece->text), " filter: %.60s ", app->filter_text);
	}
	if (app->hold.until_ns) {
		piece = piece_add(&right, STYLE_BADGE, 1, 1);
		snprintf(piece->text, sizeof(piece->text), " order held %.0fs ",
			 ceil((double)(app->hold.until_ns - app->live_ns) / 1e9));
	}
	if (app->following && app->follow.view == app->here.view)
		snprintf(piece_add(&right, STYLE_BADGE, 1, 1)->text, 16, " following ");
	width = grid->w / 2;
	while (right.count > 1 && pieces_width(&right, grid->ascii) > width)
		pieces_drop(&right);
	if (pieces_width(&right, grid->ascii) < width)
		width = pieces_width(&right, grid->ascii);
	x = crumbs(app, grid, y, grid->w - width - 2);
	if (x < grid->w - width - 1)
		pieces_draw(grid, grid->w - width - 1, y, width, &right);
}

void view_header(const struct app *app, struct grid *grid, const struct layout *lay)
{
	char text[512];
	enum style style;

	if (lay->header >= 0)
		header_line(app, grid, lay->header);
	if (lay->budget >= 0)
		budget_line(app, grid, lay->budget);
	if (lay->alert >= 0 && view_alert(app, text, sizeof(text), &style))
		grid_put_cut(grid, 1, lay->alert, grid->w - 2, style, text);
	if (lay->crumb >= 0)
		crumb_line(app, grid, lay->crumb);
}

/* --- keys -------------------------------------------------------------------------------------------------------- */

bool view_is_on(const struct app *app, enum action_id action)
{
	switch (action) {
	case ACT_FREEZE:
		return app->frozen;
	case ACT_COMPARE:
		return app->travel.compare != COMPARE_OFF;
	case ACT_CUMULATIVE:
		return app->cumulative;
	case ACT_USER_EXITS:
		return app->show_user;
	case ACT_IDLE:
		return app->idle_mixed;
	case ACT_UNFOLD:
		return app->selected >= 0 && tree_is_open(&app->tree, app->rows.ref[app->selected].vm->uid);
	case ACT_SPLIT:
		return app->set.value[SET_SPLIT] != 0;
	case ACT_HELP:
		return app->help;
	default:
		return false;
	}
}

static void prompt_title(const struct app *app, char *title, size_t size)
{
	struct setting_row row;
	const char *help;
	char name[64], value[128];

	switch (app->prompt) {
	case PROMPT_FILTER:
		snprintf(title, size, "filter:");
		break;
	case PROMPT_SETTING:
		title[0] = '\0';
		if (setting_row_at(app, app->overlay_at, &row)) {
			setting_row_text(app, &row, name, value, &help);
			snprintf(title, size, "%s:", name);
		}
		break;
	case PROMPT_COMMAND:
		snprintf(title, size, ":");
		break;
	case PROMPT_SEARCH:
		snprintf(title, size, "search:");
		break;
	case PROMPT_BANDWIDTH:
		snprintf(title, size, "bandwidth of a migration in MB/s:");
		break;
	case PROMPT_TIME:
		snprintf(title, size, "go to (14:03:22, -2m, +30s):");
		break;
	default:
		snprintf(title, size, "seconds between samples:");
	}
}

static void prompt_line(const struct app *app, struct grid *grid, int y)
{
	char title[96];
	int x = 1, room, shift = 0, cursor, width, most, end;
	struct line head = app->line;

	prompt_title(app, title, sizeof(title));
	x += grid_put_cut(grid, x, y, grid->w / 2, STYLE_KEY, title) + 1;
	/* the error goes to the right, the text scrolls in what is left */
	room = grid->w - x - 1;
	if (app->line_error[0]) {
		width = text_width(app->line_error, grid->ascii);
		/* what the text leaves of the line, or most of it */
		most = room - text_width(app->line.text, grid->ascii) - 2;
		if (most < room * 2 / 3)
			most = room * 2 / 3;
		if (width > most)
			width = most;
		grid_put_cut(grid, grid->w - width - 1, y, width, STYLE_ERROR, app->line_error);
		room -= width + 1;
	}
	head.text[head.cursor] = '\0';
	cursor = text_width(head.text, grid->ascii);
	if (cursor >= room)
		shift = cursor - room + 1;
	end = 0;
	for (const char *p = app->line.text; *p;) {
		char one[5];
		int w;

		utf8_encode(utf8_next(&p), one);
		w = text_width(one, grid->ascii);
		if (end >= shift && end + w <= shift + room)
			grid_put(grid, x + end - shift, y, w, STYLE_PROMPT, one);
		end += w;
	}
	grid->cursor_x = x + cursor - shift;
	grid->cursor_y = y;
}

static bool footer_shows(const struct app *app, const struct action *act)
{
	if (!act->label || !(act->contexts & app_context(app)))
		return false;
	if (!travel_offers(app, act->id))
		return false;
	/* the latencies of one reason go on below the screen */
	if (act->id == ACT_PAGE_DOWN)
		return app_context(app) == CTX_DETAIL &&
		       view_detail_lines(app) > app->views[VIEW_DETAIL].top + view_body_height(app);
	if (act->id == ACT_BACK)
		return app->depth > 0;
	if (act->id == ACT_ENTER && !app->rows.count)
		return false;
	if (act->id == ACT_ENTER &&
	    (view_columns(app->here.view)->rows == ROWS_EVENT || view_columns(app->here.view)->rows == ROWS_LOG))
		return view_columns(app->here.view)->enter;
	if (act->id == ACT_UP_OR_QUIT)
		return !app->depth;
	/* the line above has them */
	if (app->h >= 24 && action_view(act->id) >= 0)
		return false;
	/* one does not go to where one is */
	if (act->id == view_action(app->here.view))
		return false;
	return true;
}

static void key_line(const struct app *app, struct grid *grid, int y)
{
	const struct action *list[64];
	int count = 0, x = 1;

	for (size_t i = 0; i < action_count && count < 64; i++)
		if (footer_shows(app, &action_table[i]))
			list[count++] = &action_table[i];
	/* by rank; of equals the one first in the table */
	for (int i = 1; i < count; i++)
		for (int k = i; k > 0 && list[k]->rank < list[k - 1]->rank; k--) {
			const struct action *swap = list[k];

			list[k] = list[k - 1];
			list[k - 1] = swap;
		}
	for (int i = 0; i < count; i++) {
		char buf[KEY_NAME_SIZE];
		u32 keys[KEYS_MAX];
		const char *key = settings_keys(&app->set, list[i], keys) ? key_label(keys[0], buf) : "";
		const char *label = travel_label(app, list[i]->id);
		int width;

		if (!label)
			label = view_is_on(app, list[i]->id) && list[i]->label_on ? list[i]->label_on : list[i]->label;
		width = text_width(key, grid->ascii) + 1 + text_width(label, grid->ascii);
		if (!*key || x + width > grid->w - 1)
			continue;
		grid_hit(grid, x, y, width, HIT_ACTION, list[i]->id);
		x += grid_put(grid, x, y, grid->w - x, STYLE_KEY, key) + 1;
		x += grid_put(grid, x, y, grid->w - x, STYLE_LABEL, label) + 2;
	}
}

/* In as many lines as it takes, upwards from line y; where that would be much of the screen it is cut to one. */
static void notice_lines(const struct app *app, struct grid *grid, int y)
{
	int lines;

	/* counted first: nothing is drawn outside the clip */
	grid_clip(grid, 0, 0);
	lines = grid_put_words(grid, 1, y, grid->w - 2, grid->h, STYLE_WARN, app->notice);
	grid_clip(grid, 0, grid->h);
	if (lines < 2 || lines > grid->h / 4) {
		grid_put_cut(grid, 1, y, grid->w - 2, STYLE_WARN, app->notice);
		return;
	}
	for (int i = 1; i < lines; i++)
		grid_fill(grid, 0, y - i, grid->w, STYLE_NORMAL, STYLE_NORMAL, " ");
	grid_put_words(grid, 1, y - lines + 1, grid->w - 2, lines, STYLE_WARN, app->notice);
}

void view_footer(const struct app *app, struct grid *grid, const struct layout *lay)
{
	int y = lay->footer;

	/* without a line of its own the prompt takes the last one: what is typed must be seen */
	if (y < 0 && app->prompt)
		y = grid->h - 1;
	if (y < 0)
		return;
	grid_fill(grid, 0, y, grid->w, STYLE_NORMAL, STYLE_NORMAL, " ");
	if (app->prompt)
		prompt_line(app, grid, y);
	else if (app->notice[0])
		notice_lines(app, grid, y);
	else
		key_line(app, grid, y);
}
