/* SPDX-License-Identifier: GPL-2.0-only */
/* Values as text. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../model/dirty.h"
#include "../model/format.h"
#include "view.h"

bool state_is_stuck(u8 state, u64 ns)
{
	return (state == VCPU_KVM || state == VCPU_USER) && ns >= STUCK_NS;
}

enum style state_style(u8 state)
{
	return state == VCPU_HALT || state == VCPU_UNKNOWN || state >= VCPU_STATES ? STYLE_LABEL
										   : bar_states[state].style;
}

void state_format(char buf[CELL_BUF], u8 state, u64 ns, bool inexact, int width)
{
	char age[FMT_SIZE];
	const char *name = state < VCPU_STATES ? state_names[state] : "?";
	const char *sign = inexact ? "≥" : "";
	int room = width - 6 - inexact;

	if (room < 2)
		snprintf(buf, CELL_BUF, "%s", name);
	else
		snprintf(buf, CELL_BUF, "%-5s %s%s", name, sign, fmt_ns(age, (double)ns, room > 6 ? 6 : room));
}

enum style cell_severity(const struct settings *set, enum view_id view, const struct column *col, double num)
{
	struct threshold limit = settings_threshold(set, view, col);

	if (limit.crit > 0 && num >= limit.crit)
		return STYLE_CRIT;
	if (limit.warn > 0 && num >= limit.warn)
		return STYLE_WARN;
	return num > 0 ? STYLE_NORMAL : STYLE_DIM;
}

/* Room for an hour, in either unit. */
int cell_width(const struct column *col, const struct settings *set)
{
	int units = (int)set->value[SET_UNITS];

	if (col->unit != UNIT_NS || units == UNITS_AUTO)
		return col->width;
	return units == UNITS_US ? 10 : 13;
}

/* All in one unit, so that digits line up; what does not fit falls back to the unit that does. */
static void format_ns(const struct settings *set, char *buf, double ns, int room)
{
	int units = (int)set->value[SET_UNITS], len = FMT_SIZE;
	char text[FMT_SIZE] = "";

	if (units == UNITS_US)
		len = snprintf(text, sizeof(text), ns < 1e6 ? "%.2f" : "%.0f", ns / 1e3);
	else if (units == UNITS_NS)
		len = snprintf(text, sizeof(text), "%.0f", ns);
	if (ns == 0)
		snprintf(buf, CELL_BUF, "0");
	else if (len <= room - 2)
		snprintf(buf, CELL_BUF, "%s%s", text, units == UNITS_US ? "us" : "ns");
	else
		fmt_ns(buf, ns, room);
}

static enum style format_state(union row_ref row, enum view_id view, bool known, int width, char *buf)
{
	u8 state = 0;
	u64 ns = 0;
	bool inexact = false;

	if (view_columns(view)->rows == ROWS_VCPU) {
		state = row.vcpu->raw->state;
		ns = row.vcpu->raw->state_ns;
		inexact = row.vcpu->raw->inexact;
		if (row.vcpu->ended) {
			snprintf(buf, CELL_BUF, "ended");
			return STYLE_ENDED;
		}
	} else if (view == VIEW_VM) {
		state = row.vm->stuck_state;
		ns = row.vm->stuck_ns;
	}
	if (!known) {
		snprintf(buf, CELL_BUF, "-");
		return STYLE_DIM;
	}
	state_format(buf, state, ns, inexact, width);
	if (view == VIEW_VM ? row.vm->paused_ns != 0 : view_columns(view)->rows == ROWS_VCPU && row.vcpu->paused)
		return STYLE_WARN;
	if (state_is_stuck(state, ns))
		return STYLE_CRIT;
	return state_style(state);
}

/* "+1.2k", "-30us", "=" when there is no difference that could be seen. */
static enum style format_change(const struct column *col, const struct settings *set, union row_ref row,
				enum view_id view, double num, int room, char *buf)
{
	double size = num < 0 ? -num : num;
	bool same;

	room = room > 1 ? room - 1 : 1;
	buf[0] = num < 0 ? '-' : '+';
	switch (col->unit) {
	case UNIT_COUNT:
		fmt_count(buf + 1, size, room);
		break;
	case UNIT_NS:
		format_ns(set, buf + 1, size, room);
		break;
	case UNIT_SHARE:
		fmt_share(buf + 1, size * column_scale(col, row, view, set->value[SET_SHARES] == SHARES_IRIX), room);
		break;
	default:
		fmt_rate(buf + 1, size, room);
	}
	same = buf[1] == '<' || !strpbrk(buf + 1, "123456789#");
	if (same)
		snprintf(buf, CELL_BUF, "=");
	return same ? STYLE_DIM : num > 0 ? STYLE_WARN : STYLE_OK;
}

/* Of the day, as the header has it. */
static void format_time(char *buf, u64 us)
{
	time_t second = (time_t)(us / 1000000);
	struct tm tm;

	if (localtime_r(&second, &tm))
		snprintf(buf, CELL_BUF, "%02d:%02d:%02d.%06u", tm.tm_hour, tm.tm_min, tm.tm_sec, (u32)(us % 1000000));
	else
		snprintf(buf, CELL_BUF, "?");
}

/* Too fast for the bandwidth: never. Else the rounds that it takes. */
static enum style format_converge(const struct settings *set, const struct value *value, int width, char *buf)
{
	u32 rounds = migration_rounds(value->of, value->num, set->value[SET_BANDWIDTH] * 1e6);

	if (!rounds) {
		snprintf(buf, CELL_BUF, "never");
		return STYLE_CRIT;
	}
	snprintf(buf, CELL_BUF, width < 8 ? "%u" : rounds == 1 ? "%u round" : "%u rounds", rounds);
	return rounds > ROUNDS_MAX / 3 ? STYLE_WARN : STYLE_OK;
}

enum style cell_format(const struct column *col, const struct settings *set, union row_ref row, enum view_id view,
		       const struct value *value, int width, char *buf)
{
	char num[FMT_SIZE];
	int room = width >= FMT_SIZE ? FMT_SIZE - 1 : width;

	if (!value->known && col->unit != UNIT_STATE) {
		snprintf(buf, CELL_BUF, "-");
		return STYLE_DIM;
	}
	if (value->change)
		return format_change(col, set, row, view, value->num, room, buf);
	switch (col->unit) {
	case UNIT_TEXT:
		snprintf(buf, CELL_BUF, "%s", value->text ? value->text : "");
		return STYLE_NORMAL;
	case UNIT_ID:
		snprintf(buf, CELL_BUF, "%.0f", value->num);
		return STYLE_LABEL;
	case UNIT_COUNT:
		fmt_count(buf, value->num, room);
		return cell_severity(set, view, col, value->num);
	case UNIT_BYTES:
		fmt_bytes(buf, value->num, room);
		return STYLE_NORMAL;
	case UNIT_RATE:
	case UNIT_MS:
		fmt_rate(buf, value->num, room);
		return cell_severity(set, view, col, value->num);
	case UNIT_NS:
		/* the state was on before kvmtop looked: its age is at least this */
		if (view_columns(view)->rows == ROWS_VCPU && row.vcpu->raw->inexact && room > 3 &&
		    !strcmp(col->name, "for"))
			snprintf(buf, CELL_BUF, "≥%s", fmt_ns(num, value->num, room - 1));
		else
			format_ns(set, buf, value->num, room);
		if ((view == VIEW_VCPU && !strcmp(col->name, "for") && row.vcpu->paused) ||
		    (view == VIEW_VM && !strcmp(col->name, "stuck") && row.vm->paused_ns))
			return STYLE_WARN;
		if (view == VIEW_VCPU && !strcmp(col->name, "for") && !row.vcpu->ended &&
		    state_is_stuck(row.vcpu->raw->state, row.vcpu->raw->state_ns))
			return STYLE_CRIT;
		/* a guest that has nothing to do may have it for long */
		if (col->awake && row.exit->idle)
			return STYLE_NORMAL;
		return cell_severity(set, view, col, value->num);
	case UNIT_SHARE:
		fmt_share(buf, value->num * column_scale(col, row, view, set->value[SET_SHARES] == SHARES_IRIX), room);
		return cell_severity(set, view, col, value->num);
	case UNIT_TIME:
		format_time(buf, (u64)value->num);
		return STYLE_LABEL;
	case UNIT_STATE:
		return format_state(row, view, value->known, width, buf);
	case UNIT_HEAT: /* where nothing can be drawn */
		fmt_share(buf, value->num, room);
		return STYLE_NORMAL;
	case UNIT_CONVERGE:
		return format_converge(set, value, width, buf);
	case UNIT_BUDGET:
	case UNIT_PARTS:
	case UNIT_TREND:
		break;
	}
	buf[0] = '\0';
	return STYLE_NORMAL;
}
