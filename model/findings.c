// SPDX-License-Identifier: GPL-2.0-only
#include "findings.h"

#include <linux/kvm.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "paused.h"

/* So many completed exits or interrupts are needed for a percentile to mean something. */
#define ENOUGH 20
/* And so many for one in a hundred not to be a single one, by chance. */
#define TAIL_ENOUGH 200
/* Waits for a pCPU of such a part of the time and more explain a tail of one in a hundred: twice that. */
#define WAITS 0.02

/* clang-format off */
const struct finding_rule finding_table[FINDINGS] = {
	[FINDING_LOSS] = {
		.name = "loss", .view = VIEW_VM,
		.sentence = "kvmtop itself has missed something: {loss} {0}", .unit = {UNIT_COUNT},
		.advice = "Not all that happened is in the figures. More room (--max-vcpus) or fewer views at a time help."},
	[FINDING_STUCK] = {
		.name = "stuck", .limit = LIMIT_STUCK, .crit = 1, .view = VIEW_VCPU, .sort = "for",
		.sentence = "vCPU {vcpu} is stuck in the {where} for {0}[, in {reason}]", .unit = {UNIT_NS},
		.advice = "It runs no instruction of the guest meanwhile. In the VMM: look at the VMM's thread (gdb, "
			  "/proc/TID/stack), or at the storage behind the device. In the kernel: /proc/TID/stack."},
	[FINDING_PAUSED] = {
		.name = "paused", .limit = LIMIT_STUCK, .view = VIEW_VCPU, .sort = "for",
		.sentence = "{paused}: {all} out of KVM_RUN for {0}", .unit = {UNIT_NS, UNIT_COUNT},
		.advice = "A signal got its vCPUs out, none of them waits for the VMM to do something. Ask the VMM (virsh "
			  "domstate, QMP query-status): somebody paused it, a migration is at its end, or a disk is full. "
			  "If it does not answer, it hangs: look at its threads (/proc/PID/task/TID/stack). What is stopped by "
			  "a signal goes on with kill -CONT PID."},
	[FINDING_SAME_PAGE] = {
		.name = "no-progress", .limit = LIMIT_SAME_PAGE, .crit = 1, .view = VIEW_VCPU,
		.sentence = "vCPU {vcpu} gets no further: {0} faults on page {event}, again and again", .unit = {UNIT_COUNT},
		.advice = "Each fault is handled, and the same one comes again. Usual causes: memory that cannot be mapped, "
			  "a slot that is write-protected, a bug of the VMM or of KVM."},
	[FINDING_STEAL] = {
		.name = "steal", .limit = LIMIT_STEAL, .crit = 3, .view = VIEW_VCPU, .sort = "wait",
		.sentence = "vCPU {vcpu} waits for a pCPU {0}[, mostly behind {task}]",
		.unit = {UNIT_SHARE},
		.advice = "It is ready to run while another task has the pCPU: the guest sees steal time and jitter. Move the "
			  "task or pin the vCPU elsewhere, or put fewer vCPUs on this host."},
	[FINDING_STORM] = {
		.name = "storm", .limit = LIMIT_STORM, .crit = 5, .view = VIEW_DETAIL,
		.sentence = "vCPU {vcpu} exits {0} times a second for {reason}, {1} of its time[; most for {event}]",
		.unit = {UNIT_RATE, UNIT_SHARE},
		.advice = "Each exit costs a microsecond or more, and all the guest's caches. What it does so often is the "
			  "second-level cause (key 0): a driver without paravirtualisation, a timer, a port that it polls."},
	[FINDING_SLOW_VMM] = {
		.name = "slow-vmm", .limit = LIMIT_SLOW_VMM, .crit = 4, .view = VIEW_DETAIL,
		.sentence = "the VMM is slow with {reason}: p99 {0}[, while others take it {1} on average]",
		.unit = {UNIT_NS, UNIT_NS},
		.advice = "The vCPU stands still while the VMM works on it. Look for blocking calls in the device's handler; "
			  "an iothread, vhost or ioeventfd take the work off the vCPU."},
	[FINDING_IRQ] = {
		.name = "irq-late", .limit = LIMIT_IRQ, .crit = 10, .view = VIEW_VCPU,
		.sentence = "interrupts of vector {event} reach vCPU {vcpu} late: p99 {0}", .unit = {UNIT_NS},
		.advice = "The time is from the APIC's acceptance to the injection: the guest has interrupts off, or the vCPU has "
			  "no pCPU or does not wake up. Compare with the vCPU's wait."},
	[FINDING_MIGRATION] = {
		.name = "migration", .limit = LIMIT_MIGRATION, .view = VIEW_VM,
		.sentence = "memory gets dirty at {0} MB/s: a migration at {1} MB/s does not converge",
		.unit = {UNIT_RATE, UNIT_RATE},
		.advice = "Each round has more to send than the one before. Throttle the guest (auto-converge, dirty limit), send "
			  "it after it has moved (post-copy), or find the writer: the view names slots and vCPUs."},
	[FINDING_POLL] = {
		.name = "halt-poll", .limit = LIMIT_POLL, .view = VIEW_VM, .sort = "poll",
		.sentence = "halt-polling burns {0} of the vCPUs' time[, {1} of it for nothing]",
		.unit = {UNIT_SHARE, UNIT_SHARE},
		.advice = "KVM waits for a wake-up with the pCPU busy, and mostly none comes in time. A smaller halt_poll_ns "
			  "(of the kvm module, or of the VM) gives the pCPU to others."},
	[FINDING_SMALL_PAGES] = {
		.name = "small-pages", .limit = LIMIT_SMALL_PAGES, .view = VIEW_VM,
		.sentence = "{0} faults a second map 4 KiB pages, {1} of all: no huge pages", .unit = {UNIT_RATE, UNIT_SHARE},
		.advice = "Every 4 KiB of memory costs an exit when it is touched first, and the TLB holds little of it. Back the "
			  "guest by transparent or real huge pages, aligned in GPA and HVA. Logging of dirty pages splits them too."},
};
/* clang-format on */

struct scan {
	struct findings *out;
	const struct snapshot *snap;
	const struct finding_limits *limits;
	const struct vm_row *vm;       /* that is looked at */
	struct finding best[FINDINGS]; /* of it; times 0: none */
	u32 vcpus[FINDINGS];           /* of how many of its vCPUs it is true */
};

void finding_limits_init(struct finding_limits *limits)
{
	static const double defaults[LIMITS] = {
#define X(id, name, low, high, def, ...) [LIMIT_##id] = (def),
		FINDING_LIMITS(X)
#undef X
	};

	for (u32 i = 0; i < LIMITS; i++)
		limits->value[i] = defaults[i];
	limits->bandwidth = 1000;
}

/* A vCPU counts once, however many of its reasons or vectors the same is true of. */
static void count_vcpu(struct scan *s, enum finding_id id, vcpu_uid uid)
{
	const struct vcpu_row *vcpu = uid ? snapshot_find_vcpu(s->snap, uid) : NULL;
	u32 bit = 1U << id, *told;

	if (!vcpu)
		return;
	told = &s->out->told[vcpu - &s->snap->vcpus[s->vm->vcpu_first]];
	s->vcpus[id] += !(*told & bit);
	*told |= bit;
}

/* One that may be a finding: it is when what was measured reaches the limit. Of a VM the worst one is kept. */
static void offer(struct scan *s, enum finding_id id, double measured, struct finding f)
{
	const struct finding_rule *rule = &finding_table[id];
	double limit = s->limits->value[rule->limit];
	struct finding *best = &s->best[id];

	if (limit <= 0 || measured < limit)
		return;
	count_vcpu(s, id, f.vcpu);
	if (measured / limit > best->times) {
		f.id = id;
		f.times = measured / limit;
		f.crit = rule->crit > 0 && f.times >= rule->crit;
		*best = f;
	}
	best->others = s->vcpus[id] ? s->vcpus[id] - 1 : 0;
}

static int add(struct findings *out, const struct finding *f)
{
	if (ARRAY_ROOM(out->list, out->room, out->count + 1))
		return -ENOMEM;
	out->list[out->count++] = *f;
	out->crit += f->crit;
	return 0;
}

/* --- the rules ---------------------------------------------------------------------------------------------------- */

static void paused(struct scan *s, const struct vm_row *vm)
{
	u32 count = 0;

	if (!vm->paused_ns)
		return;
	for (u32 i = 0; i < vm->vcpu_count; i++) {
		const struct vcpu_sample *raw = s->snap->vcpus[vm->vcpu_first + i].raw;

		count += !raw->ended && raw->tid;
	}
	offer(s, FINDING_PAUSED, (double)vm->paused_ns / 1e9,
	      (struct finding){
		      .vm = vm->uid, .num = {(double)vm->paused_ns, count}, .process = vm->raw->process_state});
}

static void stuck(struct scan *s, const struct vm_row *vm, const struct vcpu_row *v)
{
	struct finding f = {.vm = vm->uid, .vcpu = v->uid, .num = {(double)v->raw->state_ns, NAN}};
	bool vmm = v->raw->state == VCPU_USER;
	const struct exit_row *rows;
	u64 oldest = 0;

	if (v->paused || (v->raw->state != VCPU_KVM && !vmm))
		return;
	f.state = v->raw->state;
	/* most are in the kernel, or in the VMM, for a moment */
	if ((double)v->raw->state_ns / 1e9 < s->limits->value[LIMIT_STUCK])
		return;
	rows = snapshot_vcpu_exits(s->snap, v);
	for (u32 i = 0; i < v->exit_count; i++) {
		const struct exit_row *e = &rows[i];

		if (e->f.inflight_ns <= oldest || (EXIT_KEY_KIND(e->key) == EXIT_USER) != vmm)
			continue;
		oldest = e->f.inflight_ns;
		f.key = e->key;
		f.isa = e->isa;
	}
	offer(s, FINDING_STUCK, (double)v->raw->state_ns / 1e9, f);
}

static void steal(struct scan *s, const struct vm_row *vm, const struct vcpu_row *v)
{
	double part = share(v->wait_ns, v->budget.span_ns);

	offer(s, FINDING_STEAL, part * 100,
	      (struct finding){.vm = vm->uid,
			       .vcpu = v->uid,
			       .num = {part, NAN},
			       .who = v->preemptor.count ? &v->preemptor : NULL});
}

/* The second-level cause that happened most within exits of that reason. */
static const struct event_row *cause_of(const struct scan *s, const struct vm_row *vm, const struct exit_row *e)
{
	const struct event_row *most = NULL;

	for (u32 i = 0; i < vm->vcpu_event_count; i++) {
		const struct event_row *row = &s->snap->vcpu_events[vm->vcpu_event_first + i];
		enum event_group group = EVENT_KIND_GROUP(row->kind);

		if ((group == GROUP_CAUSE || group == GROUP_CALL) && row->vcpu == e->vcpu && row->f.count &&
		    row->raw->x.key == e->key && (!most || row->f.count > most->f.count))
			most = row;
	}
	return most;
}

static void storm(struct scan *s, const struct vm_row *vm, const struct vcpu_row *v)
{
	const struct exit_row *rows;

	/* what all of its reasons together do not reach, none does: most vCPUs of a large host */
	if (s->limits->value[LIMIT_STORM] <= 0 || rate_over(v->f.count, v->over_ns) < s->limits->value[LIMIT_STORM] ||
	    share(v->f.time_ns, v->budget.span_ns) * 100 < s->limits->value[LIMIT_STORM_TIME])
		return;
	rows = snapshot_vcpu_exits(s->snap, v);
	for (u32 i = 0; i < v->exit_count; i++) {
		const struct exit_row *e = &rows[i];
		u64 busy_ns = e->f.time_ns - e->f.part_ns[PART_WAIT] - e->f.part_ns[PART_HALT];
		double rate = rate_over(e->f.count, e->over_ns), part = share(busy_ns, e->span_ns);

		if (e->idle || EXIT_KEY_KIND(e->key) == EXIT_USER || rate < s->limits->value[LIMIT_STORM] ||
		    part * 100 < s->limits->value[LIMIT_STORM_TIME])
			continue;
		offer(s, FINDING_STORM, rate,
		      (struct finding){.vm = vm->uid,
				       .vcpu = v->uid,
				       .isa = e->isa,
				       .key = e->key,
				       .num = {rate, part},
				       .event = cause_of(s, vm, e)});
	}
}

/*
 * Whether a tail may come from waits for a pCPU: they make every other delay late now and then, and are a finding by
 * themselves when there are many. What is slow half of the time is slow by itself.
 */
static bool tail_counts(const struct budget *b, u64 done)
{
	return done >= TAIL_ENOUGH && share(b->ns[VCPU_WAIT], b->span_ns) < WAITS;
}

/* By the VMM's own time: what the exit took without a pCPU is steal, and what a signal ended is no handler's. */
static void slow_vmm(struct scan *s, const struct vm_row *vm)
{
	for (u32 i = 0; i < vm->exit_count; i++) {
		const struct exit_row *e = &s->snap->vm_exits[vm->exit_first + i];
		u64 rest = vm->user.done - e->f.done;
		double p99, others = NAN;

		if (e->idle || EXIT_KEY_KIND(e->key) != EXIT_USER || exit_by_signal(e->key) || e->f.done < ENOUGH ||
		    e->f.part_ns[PART_USER] < e->f.time_ns / 2)
			continue;
		if (vm->user.done >= e->f.done + ENOUGH && vm->user.total_ns >= e->f.total_ns)
			others = (double)(vm->user.total_ns - e->f.total_ns) / (double)rest;
		/* both are false where there are no others */
		if ((double)e->f.max_ns < 5 * others)
			continue;
		p99 = (double)exit_durations(s->snap, e)->p99_ns;
		if (p99 < 5 * others)
			continue;
		/* outside KVM_RUN a wait for a pCPU cannot be told from work */
		if (!tail_counts(&vm->budget, e->f.done) &&
		    (double)e->f.p50_ns / 1e3 < s->limits->value[LIMIT_SLOW_VMM])
			continue;
		offer(s, FINDING_SLOW_VMM, p99 / 1e3,
		      (struct finding){.vm = vm->uid, .key = e->key, .isa = e->isa, .num = {p99, others}});
	}
}

/* How much of the polling was in vain: in the interval, or where KVM's counters were not read in it, ever; NAN: not known. */
static double polled_in_vain(const struct scan *s, const struct vm_row *vm)
{
	u64 won = 0, lost = 0, ever_won = 0, ever_lost = 0;

	for (u32 i = 0; i < vm->vcpu_count; i++) {
		const struct vcpu_row *v = &s->snap->vcpus[vm->vcpu_first + i];

		won += v->poll_won_ns;
		lost += v->poll_lost_ns;
		ever_won += v->raw->halt_poll_success_ns;
		ever_lost += v->raw->halt_poll_fail_ns;
	}
	if (won + lost)
		return share(lost, won + lost);
	return ever_won + ever_lost ? share(ever_lost, ever_won + ever_lost) : NAN;
}

static void halt_poll(struct scan *s, const struct vm_row *vm)
{
	double part = share(vm->budget.ns[VCPU_POLL], vm->budget.span_ns), vain;

	if (part * 100 < s->limits->value[LIMIT_POLL])
		return;
	vain = polled_in_vain(s, vm);
	offer(s, FINDING_POLL, part * 100 * (isnan(vain) ? 1 : vain),
	      (struct finding){.vm = vm->uid, .num = {part, vain}});
}

static void vcpu_event(struct scan *s, const struct vm_row *vm, const struct event_row *e)
{
	struct finding f = {.vm = vm->uid, .vcpu = e->vcpu, .event = e};
	const struct vcpu_row *v;

	if (e->kind == EVENT_STUCK) {
		f.num[0] = (double)e->f.count;
		f.num[1] = NAN;
		offer(s, FINDING_SAME_PAGE, f.num[0], f);
	} else if (e->kind == EVENT_VECTOR && e->f.done >= ENOUGH) {
		f.num[0] = (double)e->f.p99_ns;
		f.num[1] = NAN;
		v = snapshot_find_vcpu(s->snap, e->vcpu);
		if (v && !tail_counts(&v->budget, e->f.done) && (double)e->f.p50_ns / 1e3 < s->limits->value[LIMIT_IRQ])
			return;
		offer(s, FINDING_IRQ, f.num[0] / 1e3, f);
	}
}

/* Pages that were dirtied for the first time since they were sent. */
static double dirty_rate(const struct event_row *e)
{
	return rate_over(e->f.count > e->errors ? e->f.count - e->errors : 0, e->over_ns);
}

static void vm_events(struct scan *s, const struct vm_row *vm)
{
	const struct event_row *worst = NULL, *most = NULL;
	double small = 0, large = 0, dirty = 0;

	for (u32 i = 0; i < vm->event_count; i++) {
		const struct event_row *e = &s->snap->vm_events[vm->event_first + i];
		double rate = rate_over(e->f.count, e->over_ns);

		/* a: the level of the page table that was mapped, 1 is 4 KiB, 0 none */
		if (e->kind == EVENT_FAULT && e->sub != EVENT_OTHERS && e->a) {
			small += e->a == 1 ? rate : 0;
			large += e->a > 1 ? rate : 0;
			if (e->a == 1 && (!most || e->f.count > most->f.count))
				most = e;
		} else if (e->kind == EVENT_DIRTY_SLOT) {
			dirty += dirty_rate(e);
			if (!worst || dirty_rate(e) > dirty_rate(worst))
				worst = e;
		}
	}
	if (most && small >= 9 * large)
		offer(s, FINDING_SMALL_PAGES, small,
		      (struct finding){.vm = vm->uid, .event = most, .num = {small, small / (small + large)}});
	if (worst && s->limits->bandwidth > 0)
		offer(s, FINDING_MIGRATION, dirty * 4096 / 1e4 / s->limits->bandwidth,
		      (struct finding){
			      .vm = vm->uid, .event = worst, .num = {dirty * 4096 / 1e6, s->limits->bandwidth}});
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

/* Whether any of its vCPUs can be a finding. Of most VMs none can, and a large host has many. */
static bool vcpus_matter(const struct scan *s, const struct vm_row *vm)
{
	const double *limit = s->limits->value;
	u64 least_ns = s->snap->interval_ns / 2; /* what one is there for that says anything by its shares */

	return (double)vm->most_state_ns / 1e9 >= limit[LIMIT_STUCK] ||
	       share(vm->most_wait_ns, least_ns) * 100 >= limit[LIMIT_STEAL] ||
	       rate_over(vm->most_count, least_ns) >= limit[LIMIT_STORM];
}

static int look_at_vm(struct scan *s, const struct vm_row *vm)
{
	u32 vcpus = vcpus_matter(s, vm) ? vm->vcpu_count : 0;

	if (ARRAY_ROOM(s->out->told, s->out->told_room, vm->vcpu_count))
		return -ENOMEM;
	memset(s->out->told, 0, vm->vcpu_count * sizeof(*s->out->told));
	memset(s->vcpus, 0, sizeof(s->vcpus));
	for (u32 i = 0; i < FINDINGS; i++)
		s->best[i].times = 0;
	s->vm = vm;
	paused(s, vm);
	for (u32 i = 0; i < vcpus; i++) {
		const struct vcpu_row *v = &s->snap->vcpus[vm->vcpu_first + i];

		if (v->ended)
			continue;
		stuck(s, vm, v);
		/* one that was there for a moment only says nothing by its shares */
		if (v->budget.span_ns < s->snap->interval_ns / 2)
			continue;
		steal(s, vm, v);
		storm(s, vm, v);
	}
	for (u32 i = 0; i < vm->vcpu_event_count; i++)
		vcpu_event(s, vm, &s->snap->vcpu_events[vm->vcpu_event_first + i]);
	slow_vmm(s, vm);
	halt_poll(s, vm);
	vm_events(s, vm);
	return 0;
}

static int compare(const void *va, const void *vb)
{
	const struct finding *a = va, *b = vb;

	COMPARE(b->crit, a->crit);
	COMPARE(a->id, b->id);
	COMPARE(b->times, a->times);
	COMPARE(a->vm, b->vm);
	COMPARE(a->loss, b->loss);
	return 0;
}

int findings_build(struct findings *out, const struct snapshot *snap, const struct finding_limits *limits)
{
	struct scan scan = {.out = out, .snap = snap, .limits = limits};

	out->count = out->crit = 0;
	for (u32 i = 0; i < LOSSES; i++) {
		struct finding f = {.id = FINDING_LOSS,
				    .loss = i,
				    .num = {(double)snap->lost[i], NAN},
				    .times = 1,
				    .crit = i != LOSS_LOG};

		/* a thread without storage costs more, and nothing is missing */
		if (snap->lost[i] && i != LOSS_STORAGE && add(out, &f))
			return -ENOMEM;
	}
	for (u32 i = 0; i < snap->vm_count && snap->interval_ns; i++) {
		if (snap->vms[i].ended)
			continue;
		if (look_at_vm(&scan, &snap->vms[i]))
			return -ENOMEM;
		for (u32 k = 0; k < FINDINGS; k++)
			if (scan.best[k].times > 0 && add(out, &scan.best[k]))
				return -ENOMEM;
	}
	if (out->count)
		qsort(out->list, out->count, sizeof(*out->list), compare);
	return 0;
}

void findings_free(struct findings *f)
{
	free(f->list);
	free(f->told);
	*f = (struct findings){0};
}

/* --- proofs ------------------------------------------------------------------------------------------------------- */

/* The view that has rows of an event's kind, or -1. */
static int view_of_kind(u32 kind)
{
	for (int v = 0; v < VIEW_DETAIL; v++)
		for (u32 i = 0; i < VIEW_KINDS && view_columns((enum view_id)v)->kinds[i]; i++)
			if (view_columns((enum view_id)v)->kinds[i] == kind)
				return v;
	return -1;
}

struct finding_place finding_place(const struct finding *f)
{
	const struct finding_rule *rule = &finding_table[f->id];
	struct finding_place to = {.known = f->id != FINDING_LOSS, .view = rule->view, .sort = rule->sort};
	int view = f->event ? view_of_kind(f->event->kind) : -1;

	to.scope.vm = f->vm;
	if (view >= 0) {
		to.view = (enum view_id)view;
		to.sort = NULL;
		to.scope.vcpu = f->event->vcpu;
		to.row = row_identity(to.view, (union row_ref){.event = f->event});
		return to;
	}
	to.row = (struct row_id){.view = to.view, .vm = f->vm};
	switch (to.view) {
	case VIEW_VM:
		to.scope.vm = 0;
		break;
	case VIEW_VCPU:
		to.row.vcpu = f->vcpu;
		break;
	default:
		to.scope.vcpu = f->vcpu;
		to.isa = f->isa;
		to.key = f->key;
		to.user = EXIT_KEY_KIND(f->key) == EXIT_USER;
	}
	return to;
}
