/* SPDX-License-Identifier: GPL-2.0-only */
/* The halt view: one row a vCPU; and its other side, stretches on and off the pCPUs. */
#include "column_events.h"
#include "column_kit.h"
#include "views.h"

#define WAKEUPS PROBE_BIT(PROBE_WAKEUPS)
#define WINDOW  PROBE_BIT(PROBE_WINDOW)
#define STRETCH PROBE_BIT(PROBE_STRETCH)

FIGURE_GETTER(halt, vm, text(out, row.vcpu->vm_name))
FIGURE_GETTER(halt, id, number(out, row.vcpu->raw->vcpu_id))
FIGURE_GETTER(halt, tid, if (row.vcpu->raw->tid) number(out, row.vcpu->raw->tid))
FIGURE_GETTER(halt, wakeups, rate(out, row.vcpu->halts, row.vcpu->over_ns))
FIGURE_GETTER(halt, halted, state_share(&row.vcpu->budget, VCPU_HALT, out))
FIGURE_GETTER(halt, polling, state_share(&row.vcpu->budget, VCPU_POLL, out))
FIGURE_GETTER(halt, wait, state_share(&row.vcpu->budget, VCPU_WAIT, out))
FIGURE_GETTER(halt, wait_max, duration(out, row.vcpu->raw->wait_max_ns))
FIGURE_GETTER(halt, preemptions, rate(out, row.vcpu->preemptions, row.vcpu->over_ns))
FIGURE_GETTER(halt, by, task(snap, &row.vcpu->preemptor, out))
FIGURE_GETTER(halt, moves, rate(out, row.vcpu->migrations, row.vcpu->over_ns))

GETTER(halt_polled)
{
	(void)snap;
	out->known = row.vcpu->halts != 0;
	out->num = share(row.vcpu->halts_polled, row.vcpu->halts);
}

GETTER(halt_invalid)
{
	(void)snap;
	out->known = row.vcpu->halts != 0;
	out->num = share(row.vcpu->halts_invalid, row.vcpu->halts);
}

/* KVM's counters move when the files are walked, so over one interval these are a little early or late. */
GETTER(halt_won)
{
	(void)snap;
	out->known = row.vcpu->over_ns != 0 && row.vcpu->has_polls;
	out->num = share(row.vcpu->poll_won_ns, row.vcpu->over_ns);
}

GETTER(halt_wasted)
{
	(void)snap;
	out->known = row.vcpu->over_ns != 0 && row.vcpu->has_polls;
	out->num = share(row.vcpu->poll_lost_ns, row.vcpu->over_ns);
}

static const struct event_row *find(const struct snapshot *snap, union row_ref row, u32 kind, u32 sub)
{
	return snapshot_find_event(snap, row.vcpu, kind, sub);
}

GETTER(halt_window)
{
	const struct event_row *grow = find(snap, row, EVENT_HALT_POLL, WINDOW_GROWS);
	const struct event_row *shrink = find(snap, row, EVENT_HALT_POLL, WINDOW_SHRINKS);
	const struct event_row *last = grow;

	if (shrink && (!grow || shrink->raw->age_ns < grow->raw->age_ns))
		last = shrink;
	if (last)
		number(out, last->raw->value[WINDOW_NEW]);
}

GETTER(halt_grows)
{
	const struct event_row *e = find(snap, row, EVENT_HALT_POLL, WINDOW_GROWS);

	rate(out, e ? e->f.count : 0, row.vcpu->over_ns);
}

GETTER(halt_shrinks)
{
	const struct event_row *e = find(snap, row, EVENT_HALT_POLL, WINDOW_SHRINKS);

	rate(out, e ? e->f.count : 0, row.vcpu->over_ns);
}

GETTER(halt_p50)
{
	const struct event_row *e = find(snap, row, EVENT_WAKEUP, ~0U);

	if (e)
		duration(out, e->f.p50_ns);
}

GETTER(halt_p99)
{
	const struct event_row *e = find(snap, row, EVENT_WAKEUP, ~0U);

	if (e)
		duration(out, e->f.p99_ns);
}

GETTER(halt_max)
{
	const struct event_row *e = find(snap, row, EVENT_WAKEUP, ~0U);

	if (e)
		duration(out, e->f.max_ns);
}

GETTER(halt_nodes)
{
	const struct event_row *e = find(snap, row, EVENT_MIGRATION, MOVE_NODE);

	rate(out, e ? e->f.count : 0, row.vcpu->over_ns);
}

/* clang-format off */
static const struct column halt_columns[] = {
	{.name = "vm", .title = "VM", .unit = UNIT_TEXT, .get = halt_vm, .width = 11, .flexible = true,
	 .help = "The VM."},
	{.name = "id", .title = "ID", .unit = UNIT_ID, .get = halt_id, .width = 3, .help = "KVM's number of the vCPU."},
	{.name = "tid", .title = "TID", .unit = UNIT_ID, .get = halt_tid, .width = 7, .priority = 8,
	 .help = "The thread that runs the vCPU."},
	{.name = "wakeups", .title = "WAKE/S", .unit = UNIT_RATE, .get = halt_wakeups, .width = 6, .descending = true,
	 .help = "Ends of a halt a second. Very many short ones favour halt-polling; each sleep costs a context switch."},
	{.name = "polled", .title = "POLLD", .unit = UNIT_SHARE, .get = halt_polled, .width = 5, .priority = 2,
	 .descending = true, .help = "Share of the halts that ended while polling: no sleep, no context switch."},
	{.name = "invalid", .title = "INVAL", .unit = UNIT_SHARE, .get = halt_invalid, .width = 5, .priority = 6,
	 .descending = true, .warn = 0.5,
	 .help = "Share of the halts that ended with nothing to do for the guest: wasted wake-ups."},
	{.name = "window", .title = "WINDOW", .unit = UNIT_NS, .get = halt_window, .width = 6, .priority = 3,
	 .descending = true, .needs_any = WINDOW,
	 .help = "Halt-poll window now: how long the next halt polls before it sleeps. A dash until it changes."},
	{.name = "grows", .title = "GROW/S", .unit = UNIT_RATE, .get = halt_grows, .width = 6, .priority = 7,
	 .descending = true, .needs_any = WINDOW,
	 .help = "How often a second the window grew: wake-ups came shortly after polling had given up."},
	{.name = "shrinks", .title = "SHRNK/S", .unit = UNIT_RATE, .get = halt_shrinks, .width = 7, .priority = 7,
	 .descending = true, .needs_any = WINDOW,
	 .help = "How often a second the window shrank: halts were far longer than any polling."},
	{.name = "won", .title = "WON", .unit = UNIT_SHARE, .get = halt_won, .width = 5, .priority = 3, .descending = true,
	 .help = "Time spent polling that a wake-up ended, of all time: it bought latency."},
	{.name = "wasted", .title = "WASTE", .unit = UNIT_SHARE, .get = halt_wasted, .width = 5, .priority = 2,
	 .descending = true, .warn = 0.1, .crit = 0.3,
	 .help = "Time spent polling that ended in a sleep all the same, of all time: pCPU burnt for nothing."},
	{.name = "p50", .title = "P50", .unit = UNIT_NS, .get = halt_p50, .width = 6, .priority = 5, .descending = true,
	 .needs_any = WAKEUPS, .help = "Half of the halts were shorter than this, polling and sleep together."},
	{.name = "p99", .title = "P99", .unit = UNIT_NS, .get = halt_p99, .width = 6, .priority = 6, .descending = true,
	 .needs_any = WAKEUPS, .help = "One halt in a hundred was longer than this: an idle guest, not a problem."},
	{.name = "max", .title = "MAX", .unit = UNIT_NS, .get = halt_max, .width = 6, .priority = 6, .descending = true,
	 .needs_any = WAKEUPS, .help = "The longest halt of the interval."},
	{.name = "polling", .title = "POLL%", .unit = UNIT_SHARE, .get = halt_polling, .width = 5, .priority = 8,
	 .descending = true, .help = "Share of its time in which the vCPU polled."},
	{.name = "halted", .title = "HALT%", .unit = UNIT_SHARE, .get = halt_halted, .width = 5, .priority = 4,
	 .descending = true, .help = "Share of its time in which the vCPU was halted and asleep."},
	{.name = "wait", .title = "WAIT%", .unit = UNIT_SHARE, .get = halt_wait, .width = 5, .priority = 1,
	 .descending = true, .warn = 0.05, .crit = 0.2,
	 .help = "Share of its time in which it was ready to run while another task had the pCPU: steal."},
	{.name = "wait_max", .title = "WAITMAX", .unit = UNIT_NS, .get = halt_wait_max, .width = 7, .priority = 4,
	 .descending = true, .warn = MS(10), .crit = MS(100),
	 .help = "Longest single wait for a pCPU since kvmtop first saw the vCPU."},
	{.name = "preemptions", .title = "PREEM/S", .unit = UNIT_RATE, .get = halt_preemptions, .width = 7, .priority = 5,
	 .descending = true, .help = "How often a second it was taken off its pCPU though it wanted to run."},
	{.name = "by", .title = "PREEMPTED BY", .unit = UNIT_TEXT, .get = halt_by, .width = 16, .priority = 4,
	 .help = "The task that took the most of its pCPU's time in the interval."},
	{.name = "moves", .title = "MIGR/S", .unit = UNIT_RATE, .get = halt_moves, .width = 6, .priority = 7,
	 .descending = true, .help = "How often a second it entered the guest on another pCPU than before."},
	{.name = "nodes", .title = "NODE/S", .unit = UNIT_RATE, .get = halt_nodes, .width = 6, .priority = 8,
	 .descending = true, .needs_any = STRETCH, .warn = 1,
	 .help = "How often a second it moved to a pCPU of another NUMA node: its memory is far from there."},
};

static const struct column stretch_columns[] = {
	{.name = "what", .title = "STRETCH", .unit = UNIT_TEXT, .get = event_label, .width = 16, .flexible = true,
	 .help = "On a pCPU, by its number; off it because another task ran (preempted); or asleep inside KVM_RUN."},
	EVENT_VM_COLUMN,
	EVENT_VCPU_COLUMN,
	EVENT_COUNT_COLUMN(STRETCH),
	EVENT_RATE_COLUMN(STRETCH),
	{.name = "share", .title = "TIME%", .unit = UNIT_SHARE, .get = event_share, .width = 5, .priority = 1,
	 .descending = true, .needs_any = STRETCH, .help = "Share of the vCPU's time."},
	{.name = "time", .title = "TIME", .unit = UNIT_NS, .get = event_time, .width = 6, .priority = 3, .descending = true,
	 .needs_any = STRETCH, .help = "Time in such stretches that ended in the interval."},
	{.name = "min", .title = "MIN", .unit = UNIT_NS, .get = event_min, .width = 6, .priority = 4, .descending = true,
	 .needs_any = STRETCH, .help = "The shortest one."},
	{.name = "avg", .title = "AVG", .unit = UNIT_NS, .get = event_avg, .width = 6, .priority = 2, .descending = true,
	 .needs_any = STRETCH, .help = "Average length. Stretches on the pCPU that are very short cost more than they bring."},
	{.name = "p99", .title = "P99", .unit = UNIT_NS, .get = event_p99, .width = 6, .priority = 2, .descending = true,
	 .needs_any = STRETCH, .help = "One in a hundred was longer than this (within 6 %)."},
	{.name = "max", .title = "MAX", .unit = UNIT_NS, .get = event_max, .width = 6, .priority = 1, .descending = true,
	 .needs_any = STRETCH, .help = "The longest one."},
};
/* clang-format on */

const struct view_columns halt_view = {.name = "halt",
				       .title = "halts and waits",
				       .rows = ROWS_VCPU,
				       .columns = halt_columns,
				       .count = ARRAY_SIZE(halt_columns),
				       .default_sort = 3,
				       .groups = GROUP_BIT(GROUP_HALT),
				       .other = VIEW_STRETCH};

const struct view_columns stretch_view = {.name = "stretch",
					  .title = "stretches on and off the pCPU",
					  .rows = ROWS_EVENT,
					  .columns = stretch_columns,
					  .count = ARRAY_SIZE(stretch_columns),
					  .default_sort = 5,
					  .groups = GROUP_BIT(GROUP_HALT),
					  .kinds = {EVENT_ON_CPU, EVENT_OFF_CPU},
					  .empty = "no stretch has ended yet",
					  .other = VIEW_HALT};
