/* SPDX-License-Identifier: GPL-2.0-only */
/* The timer view: the timer of each vCPU's APIC, by mode. */
#include "column_events.h"
#include "column_kit.h"
#include "views.h"

static void value_rate(const struct event_row *e, u32 which, struct value *out)
{
	if (e->sub != EVENT_OTHERS)
		rate(out, e->value[which], e->over_ns);
}

GETTER(timer_expired)
{
	(void)snap;
	value_rate(row.event, TIMER_EXPIRED, out);
}

GETTER(timer_hv)
{
	(void)snap;
	value_rate(row.event, TIMER_HV, out);
}

GETTER(timer_sw)
{
	(void)snap;
	value_rate(row.event, TIMER_SW, out);
}

GETTER(timer_past)
{
	(void)snap;
	value_rate(row.event, TIMER_PAST, out);
}

GETTER(timer_clock)
{
	const struct event_row *e = row.event;

	(void)snap;
	if (e->sub == EVENT_OTHERS || (!e->value[TIMER_HV] && !e->value[TIMER_SW]))
		return;
	text(out, !e->value[TIMER_SW] ? "hv" : !e->value[TIMER_HV] ? "sw" : "hv+sw");
}

#define SET     PROBE_BIT(PROBE_TIMER_SET)
#define START   PROBE_BIT(PROBE_TIMER_START)
#define EXPIRED PROBE_BIT(PROBE_TIMER_EXPIRED)

/* clang-format off */
static const struct column timer_columns[] = {
	{.name = "mode", .title = "MODE", .unit = UNIT_TEXT, .get = event_label, .width = 12, .flexible = true,
	 .help = "How the guest uses its APIC timer: one-shot, periodic, or by a TSC deadline, the cheapest."},
	EVENT_VM_COLUMN,
	{.name = "vcpu", .title = "ID", .unit = UNIT_ID, .get = event_vcpu, .width = 3, .priority = 1,
	 .help = "The vCPU whose timer it is."},
	{.name = "clock", .title = "CLOCK", .unit = UNIT_TEXT, .get = timer_clock, .width = 6, .priority = 2, .needs = START,
	 .help = "hv: on the CPU's own timer for guests, which ends guest mode in time. sw: on the host's timers. Both: a vCPU that halts is moved to the host's."},
	EVENT_COUNT_COLUMN(SET),
	{.name = "rate", .title = "SET/S", .unit = UNIT_RATE, .get = event_rate, .width = 6, .descending = true, .needs = SET,
	 .help = "Set by the guest, a second. Each is an exit unless the CPU handles it: a guest that ticks fast pays for it."},
	{.name = "expired", .title = "EXP/S", .unit = UNIT_RATE, .get = timer_expired, .width = 6, .descending = true,
	 .needs = EXPIRED, .help = "Expired, a second; less than SET/S: the guest sets it anew before it expires."},
	{.name = "coalesced", .title = "COAL/S", .unit = UNIT_RATE, .get = event_errors, .width = 6, .priority = 6,
	 .descending = true, .needs = EXPIRED,
	 .help = "Expired while the one before had not reached the guest yet, a second: ticks that it does not see."},
	{.name = "past", .title = "PAST/S", .unit = UNIT_RATE, .get = timer_past, .width = 6, .priority = 7,
	 .descending = true, .needs = EXPIRED,
	 .help = "Already past when they were started, a second: they expire at once, and have no lateness."},
	{.name = "hv", .title = "HV/S", .unit = UNIT_RATE, .get = timer_hv, .width = 6, .priority = 5, .descending = true,
	 .needs = START, .help = "Started on the CPU's own timer, a second."},
	{.name = "sw", .title = "SW/S", .unit = UNIT_RATE, .get = timer_sw, .width = 6, .priority = 5, .descending = true,
	 .needs = START, .help = "Started on the host's timer, a second; with those that halting moves there."},
	{.name = "avg", .title = "LATE", .unit = UNIT_NS, .get = event_avg, .width = 6, .priority = 4, .descending = true,
	 .needs = EXPIRED, .help = "How late it expired, on the average, beyond what the guest had asked for; 1 ns: in time."},
	{.name = "p50", .title = "P50", .unit = UNIT_NS, .get = event_p50, .width = 6, .priority = 8, .descending = true,
	 .needs = EXPIRED, .help = "Half of them were late by no more than this."},
	{.name = "p99", .title = "P99", .unit = UNIT_NS, .get = event_p99, .width = 6, .priority = 3, .descending = true,
	 .needs = EXPIRED, .help = "99 of 100 were late by no more than this. Long: the host's timer interrupts come late."},
	{.name = "max", .title = "MAX", .unit = UNIT_NS, .get = event_max, .width = 6, .priority = 2, .descending = true,
	 .needs = EXPIRED, .help = "The latest of all."},
};
/* clang-format on */

const struct view_columns timer_view = {
	.name = "timer",
	.title = "timers",
	.rows = ROWS_EVENT,
	.columns = timer_columns,
	.count = ARRAY_SIZE(timer_columns),
	.default_sort = 5,
	.groups = GROUP_BIT(GROUP_TIMER),
	.kinds = {EVENT_TIMER},
	.per_vcpu = true,
	.empty = "no timer was set or expired yet",
};
