/* SPDX-License-Identifier: GPL-2.0-only */
/* What the column tables are made with: getters, and the small things that set a value. */
#ifndef KVMTOP_COLUMN_KIT_H
#define KVMTOP_COLUMN_KIT_H

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

/* A vCPU by its name, "web01 vCPU 3"; any other task by its comm, of which only printable ASCII is shown, and "/tid"; snap NULL: always so. */
static inline void task(const struct snapshot *snap, const struct preemptor *p, struct value *out)
{
	const struct vcpu_row *vcpu = snap && p->count ? snapshot_find_thread(snap, p->tid) : NULL;
	char digits[12], *to = out->buf;
	u32 n = 0, rest = vcpu ? (u32)vcpu->raw->vcpu_id : p->tid;
	const char *from = vcpu ? vcpu->vm_name : p->comm, *between = vcpu ? " vCPU " : "/";
	u32 most = vcpu ? sizeof(out->buf) - 20 : TASK_COMM_LENGTH;

	if (!p->count)
		return;
	for (u32 i = 0; i < most && from[i]; i++)
		*to++ = vcpu || (from[i] >= ' ' && from[i] <= '~') ? from[i] : '?';
	while (*between)
		*to++ = *between++;
	do {
		digits[n++] = '0' + rest % 10;
		rest /= 10;
	} while (rest);
	while (n)
		*to++ = digits[--n];
	*to = '\0';
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
