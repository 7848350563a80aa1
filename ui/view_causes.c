/* SPDX-License-Identifier: GPL-2.0-only */
/* Second-level causes in the detail of an exit: which port, MSR, address, leaf, call or interrupt is behind the reason. */
#include <stdio.h>
#include <string.h>

#include "../model/events.h"
#include "../model/format.h"
#include "../model/probes.h"
#include "view.h"

#define TOP_CAUSES 12
#define NUMBERS    5
#define NUMBER_W   8
#define WIDE       60
#define NAME_W     40

/* Those with the most time first, and what is left of the exits: other causes, and exits of which no cause was seen. */
struct causes {
	const struct event_row *top[TOP_CAUSES];
	int shown;
	u32 count; /* causes in all */
	u64 events, time_ns;
	bool timed;
};

/* Kinds of which an exit to user space, which no VM exit need be seen of, may have come. 0: none. */
static u32 user_exit_kind(u64 key)
{
	switch (EXIT_KEY_CODE(key)) {
	case 2: /* KVM_EXIT_IO */
		return EVENT_PIO;
	case 6: /* KVM_EXIT_MMIO */
		return EVENT_MMIO;
	case 3: /* KVM_EXIT_HYPERCALL */
		return EVENT_HYPERCALL;
	case 29: /* KVM_EXIT_X86_RDMSR */
	case 30: /* KVM_EXIT_X86_WRMSR */
		return EVENT_MSR;
	default:
		return EVENT_NONE;
	}
}

/* Faults of guest memory: their cause is where. Faults on devices have theirs, the device's address. */
bool exit_is_fault(u32 isa, u64 key)
{
	if (EXIT_KEY_KIND(key) != EXIT_GUEST)
		return false;
	switch (isa) {
	case KVM_ISA_VMX:
		return EXIT_KEY_CODE(key) == 48; /* EPT_VIOLATION */
	case KVM_ISA_SVM:
		return EXIT_KEY_CODE(key) == 0x400; /* npf */
	default:
		return false;
	}
}

static bool is_cause_of(const struct event_row *e, const struct exit_row *row)
{
	if (e->kind == EVENT_REGION)
		return e->f.count && e->value[2] != NO_MEMSLOT && exit_is_fault(row->isa, row->key);
	if (!kind_is_cause(e->kind) || !e->f.count)
		return false;
	return EXIT_KEY_KIND(row->key) == EXIT_USER ? e->kind == user_exit_kind(row->key) : e->raw->x.key == row->key;
}

/* The events in scope: of the host the sums over all VMs. */
static const struct event_row *events_here(const struct app *app, u32 *count)
{
	const struct snapshot *snap = app->snap;
	const struct scope *scope = &app->here.scope;
	const struct vm_row *vm = scope->vm ? snapshot_find_vm(snap, scope->vm) : NULL;

	*count = 0;
	if (scope->vm && !vm)
		return NULL;
	if (scope->vcpu) {
		*count = vm ? vm->vcpu_event_count : 0;
		return vm ? snap->vcpu_events + vm->vcpu_event_first : NULL;
	}
	*count = vm ? vm->event_count : snap->host_event_count;
	return vm ? snap->vm_events + vm->event_first : snap->host_events;
}

static void gather(const struct app *app, const struct exit_row *row, int room, struct causes *out)
{
	u32 count;
	const struct event_row *events = events_here(app, &count);

	memset(out, 0, sizeof(*out));
	for (u32 i = 0; i < count; i++) {
		const struct event_row *e = &events[i];
		int at;

		if ((app->here.scope.vcpu && e->vcpu != app->here.scope.vcpu) || !is_cause_of(e, row))
			continue;
		out->count++;
		out->events += e->f.count;
		out->time_ns += e->f.time_ns;
		out->timed |= e->f.done != 0;
		if (e->sub == EVENT_OTHERS)
			continue;
		if (out->shown == room) {
			const struct event_row *last = out->top[room - 1];

			if (e->f.time_ns < last->f.time_ns ||
			    (e->f.time_ns == last->f.time_ns && e->f.count <= last->f.count))
				continue;
		}
		at = out->shown < room ? out->shown++ : room - 1;
		for (; at > 0 &&
		       (out->top[at - 1]->f.time_ns < e->f.time_ns ||
			(out->top[at - 1]->f.time_ns == e->f.time_ns && out->top[at - 1]->f.count < e->f.count));
		     at--)
			out->top[at] = out->top[at - 1];
		out->top[at] = e;
	}
}

static int room_for(const struct app *app)
{
	int room = view_body_height(app) / 4;

	return room < 3 ? 3 : room > TOP_CAUSES ? TOP_CAUSES : room;
}

/* Why there is nothing to show, NULL: there are no causes of this reason, or none that anybody counts. */
static const char *nothing(const struct app *app)
{
	static const u8 probes[] = {PROBE_MSR, PROBE_PIO, PROBE_MMIO, PROBE_CPUID, PROBE_HOST_VECTOR, PROBE_HYPERCALL};
	const struct sample *s = app->snap->cur;
	bool on = false, off = false;

	for (u32 i = 0; i < ARRAY_SIZE(probes); i++) {
		on |= s->probes[probes[i]].status == PROBE_ON;
		off |= s->probes[probes[i]].status == PROBE_OFF;
	}
	if (on)
		return NULL;
	return !off          ? "this kernel refuses their hooks"
	       : app->replay ? "the recording was made without them"
			     : "being attached";
}

/* Exits of which no cause was seen; of exits to user space nothing can be told, for KVM handles some by itself. */
static u64 rest(const struct exit_row *row, const struct causes *c)
{
	return EXIT_KEY_KIND(row->key) == EXIT_GUEST && row->f.count > c->events ? row->f.count - c->events : 0;
}

static u64 rest_time(const struct exit_row *row, const struct causes *c)
{
	return row->f.time_ns > c->time_ns ? row->f.time_ns - c->time_ns : 0;
}

int view_causes_lines(const struct app *app, const struct exit_row *row)
{
	struct causes c;

	gather(app, row, room_for(app), &c);
	if (!c.count)
		return nothing(app) ? 1 : 0;
	return 1 + c.shown + (c.count > (u32)c.shown) + (rest(row, &c) != 0);
}

struct cause_line {
	const char *name;
	enum style style;
	u64 count, time_ns, p99_ns, max_ns;
	bool timed;
};

static void put_line(struct grid *grid, const struct exit_row *row, const struct cause_line *l, int y)
{
	int numbers = grid->w >= WIDE ? NUMBERS : 3, name_w, x;
	bool guest = EXIT_KEY_KIND(row->key) == EXIT_GUEST;
	char num[NUMBERS][FMT_SIZE];
	bool known[NUMBERS] = {row->over_ns != 0, guest && row->f.count, guest && l->timed && row->f.time_ns,
			       l->p99_ns != 0, l->max_ns != 0};
	struct bar_part bar = {l->time_ns, bar_exit_parts[PART_KERNEL].style, '#'};

	name_w = grid->w - 2 - numbers * NUMBER_W;
	if (grid->w >= WIDE && name_w > NAME_W)
		name_w = NAME_W;
	if (y < grid->clip_top || y >= grid->clip_bottom)
		return;
	fmt_rate(num[0], rate_over(l->count, row->over_ns), 6);
	fmt_share(num[1], share(l->count, row->f.count), 5);
	fmt_share(num[2], share(l->time_ns, row->f.time_ns), 5);
	fmt_ns(num[3], (double)l->p99_ns, 6);
	fmt_ns(num[4], (double)l->max_ns, 6);
	grid_put_cut(grid, 1, y, name_w - 1, l->style, l->name);
	for (int k = 0; k < numbers; k++)
		grid_put_right(grid, 1 + name_w + k * NUMBER_W, y, NUMBER_W - 1, known[k] ? STYLE_NORMAL : STYLE_DIM,
			       known[k] ? num[k] : "-");
	x = 1 + name_w + numbers * NUMBER_W + 1;
	if (grid->w - x - 1 >= 8 && l->timed)
		bar_draw(grid, x, y, grid->w - x - 1 > 40 ? 40 : grid->w - x - 1, &bar, 1,
			 row->f.time_ns > l->time_ns ? row->f.time_ns : l->time_ns);
}

static void put_titles(struct grid *grid, const struct exit_row *row, int y)
{
	static const char *const titles[NUMBERS] = {"RATE/S", "EXITS%", "TIME%", "P99", "MAX"};
	int numbers = grid->w >= WIDE ? NUMBERS : 3, name_w = grid->w - 2 - numbers * NUMBER_W;

	if (grid->w >= WIDE && name_w > NAME_W)
		name_w = NAME_W;
	grid_put_cut(grid, 1, y, name_w - 1, STYLE_TITLE,
		     EXIT_KEY_KIND(row->key) == EXIT_GUEST ? "second-level causes" : "the guest's own, KVM's part too");
	for (int k = 0; k < numbers; k++)
		grid_put_right(grid, 1 + name_w + k * NUMBER_W, y, NUMBER_W - 1, STYLE_LABEL, titles[k]);
}

void view_causes(const struct app *app, struct grid *grid, const struct exit_row *row, int y)
{
	u32 isa = row->isa;
	struct causes c;
	char name[96], keys[32];

	gather(app, row, room_for(app), &c);
	if (!c.count) {
		const char *why = nothing(app);

		if (why)
			grid_putf(grid, 1, y, grid->w - 2, STYLE_DIM, "second-level causes: %s", why);
		return;
	}
	put_titles(grid, row, y++);
	for (int i = 0; i < c.shown; i++) {
		const struct event_row *e = c.top[i];
		char buf[EVENT_NAME_SIZE];
		struct cause_line l = {.name = event_name(isa, e->kind, e->sub, e->a, e->b, buf),
				       .style = e->ended ? STYLE_ENDED : STYLE_NAME,
				       .count = e->f.count,
				       .time_ns = e->f.time_ns,
				       .p99_ns = e->f.p99_ns,
				       .max_ns = e->f.max_ns,
				       .timed = e->f.done != 0};

		if (e->kind == EVENT_REGION) {
			snprintf(name, sizeof(name), "memory at 0x%llx, slot %u", (unsigned long long)e->a,
				 (u32)(e->value[2] & 0xffff));
			l.name = name;
		}
		put_line(grid, row, &l, y++);
	}
	if (c.count > (u32)c.shown) {
		struct cause_line l = {
			.name = name, .style = STYLE_LABEL, .count = c.events, .time_ns = c.time_ns, .timed = c.timed};

		for (int i = 0; i < c.shown; i++) {
			l.count -= c.top[i]->f.count;
			l.time_ns -= c.top[i]->f.time_ns;
		}
		view_keys_text(&app->set, action_by_id(ACT_VIEW_CAUSE), keys, sizeof(keys));
		snprintf(name, sizeof(name), "%u other%s%s%s", c.count - (u32)c.shown,
			 c.count - (u32)c.shown > 1 ? "s" : "", *keys ? ": key " : "", keys);
		put_line(grid, row, &l, y++);
	}
	if (rest(row, &c)) {
		struct cause_line l = {.name = "no cause seen",
				       .style = STYLE_LABEL,
				       .count = rest(row, &c),
				       .time_ns = rest_time(row, &c),
				       .timed = c.timed};

		put_line(grid, row, &l, y);
	}
}
