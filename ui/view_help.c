/* SPDX-License-Identifier: GPL-2.0-only */
/* Help, made from the action, column and attach tables: keys, then what the columns mean, then how to read states. */
#include <stdio.h>
#include <string.h>

#include "../model/probes.h"
#include "view.h"

/* Draws lines, or only counts them: grid NULL. */
struct writer {
	struct grid *grid;
	int w; /* columns of the screen */
	int y; /* of the next line */
	bool ascii;
	int after;        /* the first heading below this line ... */
	int next;         /* ... is here, -1: there is none */
	const char *word; /* that is searched for, NULL or "": none */
	int found, last;  /* the first line below `after` that has it, and the last one above; -1: none */
};

static void put(struct writer *out, int x, int max, enum style style, const char *text)
{
	bool has = out->word && *out->word && strcasestr(text, out->word);

	if (has && out->found < 0 && out->y > out->after)
		out->found = out->y;
	if (has && out->y < out->after)
		out->last = out->y;
	if (out->grid)
		grid_put_cut(out->grid, x, out->y, max, has ? STYLE_MATCH : style, text);
}

static void heading(struct writer *out, const char *text)
{
	out->y++;
	if (out->next < 0 && out->y > out->after)
		out->next = out->y;
	put(out, 1, out->w - 2, STYLE_TITLE, text);
	out->y++;
}

/* Words in [x, end), as many lines as it takes; at least one. */
static void paragraph(struct writer *out, int x, enum style style, const char *text)
{
	int room = out->w - 1 - x, at = 0;
	char word[128];

	room = room < 8 ? 8 : room;
	while (*text) {
		size_t len = strcspn(text, " ");
		int width;

		snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : sizeof(word) - 1), text);
		width = text_width(word, out->ascii);
		if (at && at + 1 + width > room) {
			out->y++;
			at = 0;
		}
		at += at ? 1 : 0;
		put(out, x + at, width, style, word);
		at += width;
		text += len;
		text += strspn(text, " ");
	}
	out->y++;
}

/* A term with its explanation beside it, or below where there is no room. */
static void entry(struct writer *out, int indent, enum style style, const char *term, const char *text)
{
	int width = text_width(term, out->ascii);

	if (indent + 16 > out->w) {
		put(out, 2, out->w - 3, style, term);
		out->y++;
		paragraph(out, 4, STYLE_NORMAL, text);
		return;
	}
	put(out, 2, out->w - 3, style, term);
	if (width + 3 > indent)
		out->y++;
	paragraph(out, indent, STYLE_NORMAL, text);
}

void view_keys_text(const struct settings *set, const struct action *act, char *text, size_t size)
{
	u32 keys[KEYS_MAX];
	int count = settings_keys(set, act, keys);
	size_t len = 0;

	text[0] = '\0';
	for (int i = 0; i < count && len < size; i++) {
		char buf[KEY_NAME_SIZE];

		len += (size_t)snprintf(text + len, size - len, "%s%s", i ? " " : "", key_label(keys[i], buf));
	}
}

static void write_keys(struct writer *out, const struct settings *set)
{
	const char *group = NULL;

	for (size_t i = 0; i < action_count; i++) {
		const struct action *act = &action_table[i];
		char keys[KEYS_MAX * (KEY_NAME_SIZE + 1)];

		if (!group || strcmp(group, act->group) != 0)
			heading(out, act->group);
		group = act->group;
		view_keys_text(set, act, keys, sizeof(keys));
		entry(out, 24, STYLE_KEY, keys, act->help);
	}
}

static void write_past(struct writer *out, const struct app *app)
{
	char text[384];

	heading(out, "The past");
	travel_kept(app, text, sizeof(text));
	paragraph(out, 1, STYLE_NORMAL, text);
}

static void write_columns(struct writer *out, enum view_id view)
{
	const struct view_columns *cols = view_columns(view);
	char title[80];

	snprintf(title, sizeof(title), "Columns of the list of %s: title, name for -s and filters, meaning",
		 cols->title);
	heading(out, title);
	for (u32 i = 0; i < cols->count; i++) {
		const struct column *col = &cols->columns[i];
		char term[64];

		/* the name is what -s and filters take */
		snprintf(term, sizeof(term), "%-8s %s", col->title, col->name);
		entry(out, 24, STYLE_NAME, term, col->help);
	}
}

static void write_states(struct writer *out)
{
	heading(out, "States of a vCPU: one at any time, so the shares add up to 100 %");
	for (int i = VCPU_GUEST; i <= VCPU_STATES; i++) {
		int state = i % VCPU_STATES;
		char term[32];

		snprintf(term, sizeof(term), "%c %s", bar_states[state].letter,
			 state == VCPU_UNKNOWN ? "unknown" : state_names[state]);
		entry(out, 14, state_style((u8)state), term, state_help[state]);
	}
	paragraph(out, 2, STYLE_LABEL,
		  "An age with ≥ is a lower bound: the state was on before kvmtop started. "
		  "\"-\" is not measured, 0 is measured and none.");
	paragraph(out, 2, STYLE_LABEL, "In the first column: ! stuck, » followed, + new in this interval, x ended.");
}

static void write_host(struct writer *out, const struct app *app)
{
	const struct sample *cur = app->snap ? app->snap->cur : NULL;
	bool any = false;

	for (u32 i = 0; cur && i < cur->probe_count && i < PROBE_COUNT; i++) {
		const struct probe_info *probe = &probe_table[i];
		char term[96];

		if (cur->probes[i].status == PROBE_ON || cur->probes[i].status == PROBE_OFF)
			continue;
		if (!any)
			heading(out, "What this host does not let kvmtop measure");
		any = true;
		snprintf(term, sizeof(term), "%s %s", probe->name, probe_status_name(cur->probes[i].status));
		entry(out, 24, STYLE_WARN, term, probe->lost);
	}
	any = false;
	for (u32 i = 0; app->snap && i < LOSSES; i++) {
		char term[64];

		if (!app->snap->lost[i])
			continue;
		if (!any)
			heading(out, "What was lost since kvmtop started");
		any = true;
		snprintf(term, sizeof(term), "%s %llu", loss_name(i), (unsigned long long)app->snap->lost[i]);
		entry(out, 24, STYLE_ALERT, term, loss_help(i));
	}
}

/* What the pane shows, and what to look at first in it. */
static void write_reading(struct writer *out, const struct app *app)
{
	const struct view_columns *cols = view_columns(app->here.view);
	char text[64];

	if (app->here.view == VIEW_DETAIL) {
		heading(out, "This is one exit reason");
		paragraph(
			out, 2, STYLE_NORMAL,
			"The histogram says how long its exits took: one hump is one way of handling it, two are "
			"two. What is "
			"right of p99 is the slowest one in a hundred. The map over time has a column a sample: a new "
			"band is a new way of handling it, and since when; ! is one that was stuck. Below are the "
			"vCPUs it comes from, the one it "
			"costs most "
			"first.");
		return;
	}
	if (!cols->reading)
		return;
	snprintf(text, sizeof(text), "This is the view of %s", cols->title);
	heading(out, text);
	paragraph(out, 2, STYLE_NORMAL, cols->reading);
}

static int write_all(const struct app *app, struct grid *grid, int y, int after, struct writer *state)
{
	struct writer out = {grid, app->w, y, app->ascii, after, -1, app->search, -1, -1};
	enum view_id view = app->here.view == VIEW_DETAIL ? VIEW_EXIT : app->here.view;

	/* the clip hides what is above and below the pane */
	put(&out, 1, out.w - 2, STYLE_LABEL, "Up, Down, PgUp, PgDn scroll; Tab: next section; ? or Esc closes");
	out.y++;
	write_reading(&out, app);
	write_keys(&out, &app->set);
	write_columns(&out, view);
	write_past(&out, app);
	write_states(&out);
	write_host(&out, app);
	if (state)
		*state = out;
	return out.y - y;
}

int view_help_lines(const struct app *app)
{
	return write_all(app, NULL, 0, 0, NULL);
}

int view_help_next(const struct app *app)
{
	struct writer out;

	write_all(app, NULL, 0, app->help_top, &out);
	return out.next < 0 ? 0 : out.next;
}

int view_help_find(const struct app *app, int from, int by)
{
	struct writer out;

	write_all(app, NULL, 0, from, &out);
	return by > 0 ? out.found : out.last;
}

int view_help_height(const struct app *app)
{
	struct layout lay;

	view_layout(app, &lay);
	return lay.body_end - lay.body < 1 ? 1 : lay.body_end - lay.body;
}

void view_help(const struct app *app, struct grid *grid, const struct layout *lay)
{
	grid_clip(grid, lay->body, lay->body_end);
	write_all(app, grid, lay->body - app->help_top, 0, NULL);
	grid_clip(grid, 0, grid->h);
}
