/* SPDX-License-Identifier: GPL-2.0-only */
/* What the column tables are made with: getters, and the small things that set a value. */
#ifndef KVMTOP_COLUMN_KIT_H
#define KVMTOP_COLUMN_KIT_H

#include <inttypes.h>
#include <stdio.h>

#include "probes.h"
#include "query.h"

/* What a figure takes to be measured. */
#define NEEDS_EXIT (PROBE_BIT(PROBE_ENTRY) | PROBE_BIT(PROBE_EXIT))
#define NEEDS_USER (PROBE_BIT(PROBE_USER_EXIT) | PROBE_BIT(PROBE_RUN))
#define ANY_SCHED  (PROBE_BIT(PROBE_SCHED) | PROBE_BIT(PROBE_SWITCH))
#define ANY_POLL   (PROBE_BIT(PROBE_HALT) | PROBE_BIT(PROBE_WAKEUP))
#define ANY_HALT   (ANY_POLL | ANY_SCHED)

#define MS(n) ((n)*1e6)

static inline void number(struct value *out, double num)
{
	out->known = true;
	out->num = num;
}

static inline void text(struct value *out, const char *s)
{
	out->known = true;
	out->text = s;
}

/* An address, or what is read and written in hexadecimal. */
static inline void hex(struct value *out, u64 n)
{
	snprintf(out->buf, sizeof(out->buf), "0x%" PRIx64, n);
	text(out, out->buf);
}

/* Durations are 0 where nothing completed: that is not a duration of 0. */
static inline void duration(struct value *out, u64 ns)
{
	out->known = ns != 0;
	out->num = ns;
}

static inline void rate(struct value *out, u64 events, u64 over_ns)
{
	out->known = over_ns != 0;
	out->num = rate_over(events, over_ns);
}

static inline void state_share(const struct budget *b, enum vcpu_state state, struct value *out)
{
	out->known = b->span_ns != 0;
	out->num = share(b->ns[state], b->span_ns);
}

/* Sorts by what is not idle: the busiest first. */
static inline void budget_bar(const struct budget *b, struct value *out)
{
	out->known = b->span_ns != 0;
	out->budget = b;
	out->num = share(b->span_ns - b->ns[VCPU_HALT] - b->ns[VCPU_UNKNOWN], b->span_ns);
}

static inline void average(const struct exit_figures *f, struct value *out)
{
	out->known = f->done != 0;
	out->num = f->done ? (double)f->total_ns / (double)f->done : 0;
}

static inline void reason(u32 isa, u64 key, struct value *out)
{
	if (key)
		text(out, reason_name(isa, key, out->buf));
}

static inline char *put_text(char *to, const char *from)
{
	while (*from)
		*to++ = *from++;
	return to;
}

static inline char *put_number(char *to, u32 num)
{
	char digits[12];
	u32 n = 0;

	do {
		digits[n++] = '0' + num % 10;
		num /= 10;
	} while (num);
	while (n)
		*to++ = digits[--n];
	return to;
}

/* "vCPU 3" */
static inline void vcpu_name(s32 id, struct value *out)
{
	*put_number(put_text(out->buf, "vCPU "), (u32)id) = '\0';
	text(out, out->buf);
}

/*
 * A vCPU by its name, "web01 vCPU 3"; any other task by its comm, of which only printable ASCII is shown, and "/tid"; snap
 * NULL: always so.
 */
static inline void task(const struct snapshot *snap, const struct preemptor *p, struct value *out)
{
	const struct vcpu_row *vcpu = snap && p->count ? snapshot_find_thread(snap, p->tid) : NULL;
	char *to = out->buf;

	_Static_assert(VALUE_TEXT_SIZE >= VM_NAME_SIZE + 24, "a name and a number");
	if (!p->count)
		return;
	if (vcpu) {
		to = put_text(put_text(to, vcpu->vm_name), " vCPU ");
	} else {
		for (u32 i = 0; i < TASK_COMM_LENGTH && p->comm[i]; i++)
			*to++ = p->comm[i] >= ' ' && p->comm[i] <= '~' ? p->comm[i] : '?';
		*to++ = '/';
	}
	*put_number(to, vcpu ? (u32)vcpu->raw->vcpu_id : p->tid) = '\0';
	text(out, out->buf);
}

#define GETTER(name) static void name(const struct snapshot *snap, union row_ref row, struct value *out)

#define FIGURE_GETTER(kind, name, set) \
	GETTER(kind##_##name)          \
	{                              \
		(void)snap;            \
		set;                   \
	}

#endif
