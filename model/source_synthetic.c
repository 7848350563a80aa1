/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A made-up host with the traits of a real one: see source.h. What happens in a step is drawn from a random generator
 * of its own for each vCPU, and every figure is kept to the nanosecond: the budget adds up to the time that passed, the
 * histogram to the exits completed, the parts to the durations.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hist.h"
#include "probes.h"
#include "reasons.h"
#include "source.h"
#include "synthetic_models.h"

#define BASE_MONO_NS (1000 * NSEC_PER_SEC)
#define BASE_REAL_NS (1767225600 * NSEC_PER_SEC) /* 2026-01-01 00:00:00 UTC */
#define PCPUS        16

/* The story: by the number of the sample. */
#define LATE_SAMPLE    3  /* a VM appears */
#define END_SAMPLE     5  /* a VM ends */
#define STUCK_SAMPLE   2  /* a vCPU enters an IO exit that the VMM does not finish ... */
#define UNSTUCK_SAMPLE 14 /* ... until here */

/* What one vCPU did for one reason. */
struct record {
	u64 count, done, total_ns, min_ns, max_ns;
	u64 part_ns[EXIT_PARTS];
	u64 step_min_ns, step_max_ns;
	u64 *hist;
	u16 first, len;
};

struct sim_vcpu {
	u64 rng;
	struct vcpu_sample s;   /* uid, ids and counters as they go into the sample */
	struct record *records; /* by model */
	bool started, never_runs, stuck, preempted;
	u32 activity; /* permille of a fully busy vCPU */
	u32 halted;   /* permille of its time */
	u64 step_guest_ns;
	/* the exit in flight */
	int flying; /* MODEL_*, -1: none */
	u64 fly_part_ns[EXIT_PARTS];
	enum vcpu_state fly_state;
	enum exit_part fly_part;
};

struct synthetic {
	struct source source;
	struct synthetic_spec spec;
	u64 samples;
	u64 events, cpu_ns;
	struct wants wants;
	bool asked; /* until somebody says what he wants, all there is */
	struct shape shapes[MODELS];
	u16 order[2][MODELS]; /* models in the order of their keys: VMX, SVM */
	struct sim_vcpu *vcpus;
	struct record *records;
	u64 *hist;
};

static u64 splitmix(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* --- what happens ------------------------------------------------------------------------------------------------- */

static void record_events(struct record *r, u64 ns, u64 n)
{
	u32 bucket = hist_bucket(ns);

	r->done += n;
	r->total_ns += n * ns;
	r->hist[bucket - r->first] += n;
	if (!r->min_ns || ns < r->min_ns)
		r->min_ns = ns;
	if (ns > r->max_ns)
		r->max_ns = ns;
	if (!r->step_min_ns || ns < r->step_min_ns)
		r->step_min_ns = ns;
	if (ns > r->step_max_ns)
		r->step_max_ns = ns;
}

static const enum vcpu_state part_state[EXIT_PARTS] = {VCPU_KVM, VCPU_USER, VCPU_HALT, VCPU_WAIT};

/* n exits of the model that took ns each; all of it has happened in this step. */
static void happen(struct synthetic *syn, struct sim_vcpu *v, u32 m, u64 ns, u64 n, bool slow)
{
	const struct model *model = &models[m];
	enum handling handling = v->s.isa == KVM_ISA_VMX ? model->on_vmx : model->on_svm;
	struct record *r = &v->records[m];
	u64 kernel = ns, other;

	r->count += n;
	v->s.exits += n;
	v->s.entries += n;
	record_events(r, ns, n);
	if (handling == BY_HALT) {
		u64 poll;

		kernel = ns / 8 < 2000 ? ns / 8 : 2000;
		poll = ns < 100000 ? ns - kernel : 50000;
		other = ns - kernel - poll;
		v->s.time_ns[VCPU_POLL] += n * poll;
		v->s.time_ns[VCPU_HALT] += n * other;
		r->part_ns[PART_HALT] += n * (ns - kernel);
		v->s.halts += n;
		v->s.halt_attempted_poll += n;
		if (other) {
			v->s.blocks += n;
			v->s.halt_poll_fail_ns += n * poll;
			v->s.halt_wait_ns += n * other;
		} else {
			v->s.halts_polled += n;
			v->s.halt_successful_poll += n;
			v->s.halt_poll_success_ns += n * poll;
		}
		v->s.halts_invalid += n >= 40 ? n / 40 : 0;
	} else if ((handling == BY_VMM || (handling == BY_VMM_SLOW && slow)) &&
		   (u32)model->to_vmm < syn->spec.reasons) {
		struct record *user = &v->records[model->to_vmm];

		other = ns * 7 / 10;
		kernel = ns - other;
		user->count += n;
		v->s.user_exits += n;
		record_events(user, other, n);
		user->part_ns[PART_USER] += n * other;
		r->part_ns[PART_USER] += n * other;
		v->s.time_ns[VCPU_USER] += n * other;
	}
	r->part_ns[PART_KERNEL] += n * kernel;
	v->s.time_ns[VCPU_KVM] += n * kernel;
	syn->events += n;
}

/* Exits of one model for about `target` ns, at most *left, spread over the model's durations. */
static void spread(struct synthetic *syn, struct sim_vcpu *v, u32 m, u64 target, u64 *left)
{
	const struct shape *shape = &syn->shapes[m];
	u64 n = target / shape->mean_ns, random = 0;

	for (u32 i = 0; i < SHAPE_WIDTH; i++, random >>= 16) {
		u64 ns, low, width, count;

		if (i % 4 == 0)
			random = splitmix(&v->rng);
		count = (n * shape->weight[i] + (random & 1023)) / 1024;
		if (!count)
			continue;
		low = hist_bucket_low(shape->start + i);
		width = hist_bucket_low(shape->start + i + 1) - low;
		ns = low + width * (random >> 10 & 15) / 16;
		if (!ns)
			ns = 1;
		if (count * ns > *left)
			count = *left / ns;
		if (!count)
			continue;
		happen(syn, v, m, ns, count, i >= SHAPE_BEFORE + 6);
		*left -= count * ns;
	}
}

static void preempt(struct sim_vcpu *v, u32 who, u64 target, u64 slice, u64 *left)
{
	u32 m = MODEL_IRQ;
	struct record *r = &v->records[m];
	u64 ns = slice + 1500, n = target / ns;
	struct preemptor *p = &v->s.preemptors[who];

	if (n > *left / ns)
		n = *left / ns;
	if (!n)
		return;
	record_events(r, ns, n);
	r->count += n;
	r->part_ns[PART_KERNEL] += n * 1500;
	r->part_ns[PART_WAIT] += n * slice;
	v->s.exits += n;
	v->s.entries += n;
	v->s.preemptions += n;
	v->s.time_ns[VCPU_KVM] += n * 1500;
	v->s.time_ns[VCPU_WAIT] += n * slice;
	if (slice > v->s.wait_max_ns)
		v->s.wait_max_ns = slice;
	p->tid = who ? 31 : 4242;
	memcpy(p->comm, who ? "ksoftirqd/2" : "stress-ng", who ? 11 : 9);
	p->count += n;
	p->ns += n * slice;
	*left -= n * ns;
}

/* The time of the exit in flight goes on by ns. */
static void fly(struct sim_vcpu *v, enum exit_part part, u64 ns)
{
	v->fly_part_ns[part] += ns;
	v->s.time_ns[part_state[part]] += ns;
}

static void take_off(struct synthetic *syn, struct sim_vcpu *v, u32 m, enum exit_part part, u64 ns)
{
	u64 kernel = ns / 8 < 2000 ? ns / 8 : 2000;

	v->flying = m;
	v->fly_part = part;
	memset(v->fly_part_ns, 0, sizeof(v->fly_part_ns));
	fly(v, PART_KERNEL, kernel);
	fly(v, part, ns - kernel);
	v->records[m].count++;
	v->s.exits++;
	if (part == PART_USER && (u32)models[m].to_vmm < syn->spec.reasons) {
		v->records[models[m].to_vmm].count++;
		v->s.user_exits++;
	}
	syn->events++;
}

static u64 fly_age(const struct sim_vcpu *v)
{
	u64 ns = 0;

	for (u32 i = 0; i < EXIT_PARTS; i++)
		ns += v->fly_part_ns[i];
	return ns;
}

static void land(struct synthetic *syn, struct sim_vcpu *v)
{
	struct record *r = &v->records[v->flying];
	int to_vmm = models[v->flying].to_vmm;

	record_events(r, fly_age(v), 1);
	for (u32 i = 0; i < EXIT_PARTS; i++)
		r->part_ns[i] += v->fly_part_ns[i];
	v->s.entries++;
	if (v->fly_part == PART_USER && (u32)to_vmm < syn->spec.reasons) {
		record_events(&v->records[to_vmm], v->fly_part_ns[PART_USER], 1);
		v->records[to_vmm].part_ns[PART_USER] += v->fly_part_ns[PART_USER];
	}
	if (v->fly_part == PART_WAIT) {
		v->s.preemptions++;
		v->s.preempt_rest_ns += v->fly_part_ns[PART_WAIT];
	}
	if (v->fly_part == PART_HALT) {
		v->s.halts++;
		v->s.blocks++;
		v->s.halt_wait_ns += v->fly_part_ns[PART_HALT];
	}
	v->flying = -1;
}

/* --- one step of one vCPU ----------------------------------------------------------------------------------------- */

static void run_guest(struct synthetic *syn, struct sim_vcpu *v, u64 *left)
{
	u64 dt = *left;

	/* About the share it stands for, a quarter more or less. */
	if (v->preempted) {
		preempt(v, 0, dt / 100 * 19, 4 * NSEC_PER_MSEC, left);
		preempt(v, 1, dt / 100 * 4, 1200 * NSEC_PER_USEC, left);
	}
	for (u32 m = 0; m < syn->spec.reasons; m++) {
		u64 permille = m == MODEL_HLT ? v->halted * 1000ULL : (u64)models[m].permille * v->activity;
		u64 jitter = 192 + splitmix(&v->rng) % 128;
		u64 target;

		if (m == MODEL_HLT)
			jitter = 230 + jitter % 32;
		target = (u64)((double)dt * (double)permille / 1e6 * (double)jitter / 256);
		if (target)
			spread(syn, v, m, target, left);
	}
}

static void start(struct sim_vcpu *v, u64 created_ns)
{
	v->started = true;
	v->s.created_ns = created_ns;
	v->s.entries = v->never_runs ? 0 : 1;
}

static void step_vcpu(struct synthetic *syn, struct sim_vcpu *v, u64 dt)
{
	bool stuck = v->stuck && syn->samples >= STUCK_SAMPLE && syn->samples < UNSTUCK_SAMPLE;
	u64 left = dt, ns;

	for (u32 m = 0; m < syn->spec.reasons; m++)
		v->records[m].step_min_ns = v->records[m].step_max_ns = 0;
	v->s.age_ns += dt;
	v->step_guest_ns = 0;
	if (v->never_runs) {
		v->s.time_ns[VCPU_UNKNOWN] += dt;
		return;
	}
	if (v->flying >= 0 && stuck) {
		fly(v, v->fly_part, left);
		return;
	}
	if (v->flying >= 0) {
		ns = left / 8 < 20000 ? left / 8 : 20000;
		fly(v, v->fly_part, ns);
		left -= ns;
		land(syn, v);
	}
	if (stuck) {
		ns = left / 10 * 3;
		left -= ns;
		run_guest(syn, v, &left);
		take_off(syn, v, MODEL_IO, PART_USER, ns);
	} else {
		run_guest(syn, v, &left);
		ns = 100000 + splitmix(&v->rng) % 1900000;
		if (ns > left / 2)
			ns = left / 2;
		if (ns >= 100000 && v->preempted && syn->samples % 2) {
			take_off(syn, v, MODEL_IRQ, PART_WAIT, ns);
			left -= ns;
		} else if (ns >= 100000 && v->halted > 300) {
			take_off(syn, v, MODEL_HLT, PART_HALT, ns);
			left -= ns;
		}
	}
	v->step_guest_ns = left;
	v->s.time_ns[VCPU_GUEST] += left;
	if (splitmix(&v->rng) % 4 == 0) {
		v->s.migrations++;
		v->s.cpu = (v->s.cpu + 1) % PCPUS;
	}
}

static void set_state(struct sim_vcpu *v)
{
	u64 ns = 1 + splitmix(&v->rng) % 200000;

	if (v->never_runs) {
		v->s.state = VCPU_UNKNOWN;
		v->s.state_ns = v->s.time_ns[VCPU_UNKNOWN];
	} else if (v->flying >= 0) {
		v->s.state = part_state[v->fly_part];
		v->s.state_ns = v->fly_part_ns[v->fly_part];
	} else {
		v->s.state = VCPU_GUEST;
		v->s.state_ns = ns < v->step_guest_ns ? ns : v->step_guest_ns;
	}
}

/* --- into the sample ---------------------------------------------------------------------------------------------- */

static int emit_hist(struct sample *s, const struct record *r, struct hist_span *span)
{
	u32 low = 0, high = r->len;
	s64 off;

	while (low < high && !r->hist[low])
		low++;
	while (high > low && !r->hist[high - 1])
		high--;
	off = sample_add_hist(s, high - low);
	if (off < 0)
		return off;
	*span = (struct hist_span){.off = off, .first = high > low ? r->first + low : 0, .len = high - low};
	for (u32 i = low; i < high; i++)
		s->hist[off + i - low] = hist_count(r->hist[i]);
	return 0;
}

static void emit_inflight(const struct sim_vcpu *v, u32 m, struct vcpu_sample *vs, struct exit_sample *e)
{
	if (v->flying < 0)
		return;
	if ((u32)v->flying == m) {
		e->inflight_ns = fly_age(v);
		memcpy(vs->inflight_part_ns, v->fly_part_ns, sizeof(vs->inflight_part_ns));
	} else if (v->fly_part == PART_USER && models[v->flying].to_vmm == (int)m) {
		e->inflight_ns = v->fly_part_ns[PART_USER];
	}
}

static int emit_vcpu(struct synthetic *syn, struct sample *s, struct sim_vcpu *v)
{
	const u16 *order = syn->order[v->s.isa == KVM_ISA_SVM];
	struct vcpu_sample *vs = sample_add_vcpu(s);

	if (!vs)
		return -1;
	*vs = v->s;
	vs->exit_first = s->exit_count;
	for (u32 i = 0; i < syn->spec.reasons; i++) {
		const struct record *r = &v->records[order[i]];
		struct exit_sample *e;

		if (!r->count)
			continue;
		e = sample_add_exit(s);
		if (!e)
			return -1;
		e->key = model_key(order[i], v->s.isa);
		e->count = r->count;
		e->done = r->done;
		e->total_ns = r->total_ns;
		e->min_ns = r->min_ns;
		e->max_ns = r->max_ns;
		memcpy(e->part_ns, r->part_ns, sizeof(e->part_ns));
		e->interval_min_ns = r->step_min_ns;
		e->interval_max_ns = r->step_max_ns;
		emit_inflight(v, order[i], vs, e);
		if (emit_hist(s, r, &e->hist))
			return -1;
	}
	vs->exit_count = s->exit_count - vs->exit_first;
	if (v->never_runs)
		vs->isa = KVM_ISA_NONE;
	return 0;
}

static void vm_name(u32 vm, char name[VM_NAME_SIZE])
{
	static const char *const first[] = {"web01", "db-primary", "build-7", "cach\xc3\xa9-\xce\xb2"};
	static const char *const rest[] = {"web",       "db-replica-", "build-", "cache-",
					   "k8s-node-", "ci-",         "mail-",  "vdi-"};

	if (vm < ARRAY_SIZE(first))
		snprintf(name, VM_NAME_SIZE, "%s", first[vm]);
	else
		snprintf(name, VM_NAME_SIZE, "%s%02u", rest[vm % ARRAY_SIZE(rest)], vm);
}

static int sample_vm(struct synthetic *syn, struct sample *s, u32 vm)
{
	static const char *const vmms[] = {"qemu", "qemu", "cloud-hypervisor", "qemu", "firecracker"};
	bool late = vm == 3, ends = vm == 2;
	bool ended = ends && syn->samples == END_SAMPLE;
	u64 dt = syn->spec.step_ns;
	struct vm_sample *vs;

	if ((late && syn->samples < LATE_SAMPLE) || (ends && syn->samples > END_SAMPLE))
		return 0;
	if (late && syn->samples == LATE_SAMPLE)
		dt -= dt / 2;
	vs = sample_add_vm(s);
	if (!vs)
		return -1;
	vs->uid = vm + 1;
	vs->pid = 2000 + vm * 17;
	vs->ended = ended;
	vm_name(vm, vs->name);
	snprintf(vs->vmm, sizeof(vs->vmm), "%.15s", vmms[vm % ARRAY_SIZE(vmms)]);
	vs->vcpu_first = s->vcpu_count;
	vs->vcpu_count = syn->spec.vcpus;
	for (u32 i = 0; i < syn->spec.vcpus; i++) {
		struct sim_vcpu *v = &syn->vcpus[(size_t)vm * syn->spec.vcpus + i];

		if (!v->started)
			start(v, s->mono_ns - dt);
		step_vcpu(syn, v, dt);
		v->s.ended = ended;
		set_state(v);
		if (emit_vcpu(syn, s, v))
			return -1;
	}
	return 0;
}

static int synthetic_sample(struct source *src, struct sample *s)
{
	struct synthetic *syn = (struct synthetic *)src;

	sample_reset(s);
	syn->samples++;
	s->seq = syn->samples;
	s->mono_ns = BASE_MONO_NS + syn->samples * syn->spec.step_ns;
	s->real_ns = BASE_REAL_NS + syn->samples * syn->spec.step_ns;
	snprintf(s->host, sizeof(s->host), "synthetic");
	s->pcpus = PCPUS;
	s->probe_count = PROBE_COUNT;
	for (u32 i = 0; i < PROBE_COUNT; i++)
		s->probes[i].status = PROBE_ON;
	for (u32 vm = 0; vm < syn->spec.vms; vm++) {
		if (sample_vm(syn, s, vm)) {
			snprintf(src->error, sizeof(src->error), "out of memory for %u VMs", syn->spec.vms);
			return -ENOMEM;
		}
	}
	if (synthetic_events(s, syn->samples, syn->spec.reasons, syn->asked ? syn->wants.groups : ~0U,
			     syn->spec.healthy) ||
	    synthetic_log(s, &syn->wants, syn->spec.step_ns)) {
		snprintf(src->error, sizeof(src->error), "out of memory for events");
		return -ENOMEM;
	}
	syn->cpu_ns += 500000 + s->exit_count * 100ULL;
	s->cost.cpu_ns = syn->cpu_ns;
	s->cost.bpf_events = 2 * syn->events;
	s->cost.bpf_ns = 120 * syn->events;
	s->cost.sample_ns = 50000 + s->exit_count * 50ULL;
	return 0;
}

static void synthetic_want(struct source *src, const struct wants *wants)
{
	((struct synthetic *)src)->wants = *wants;
	((struct synthetic *)src)->asked = true;
}

static void synthetic_close(struct source *src)
{
	struct synthetic *syn = (struct synthetic *)src;

	free(syn->vcpus);
	free(syn->records);
	free(syn->hist);
	free(syn);
}

static const struct source_ops synthetic_ops = {
	.name = "synthetic",
	.sample = synthetic_sample,
	.want = synthetic_want,
	.close = synthetic_close,
};

/* --- setting up --------------------------------------------------------------------------------------------------- */

static void order_init(struct synthetic *syn)
{
	for (u32 svm = 0; svm < 2; svm++) {
		u32 isa = svm ? KVM_ISA_SVM : KVM_ISA_VMX;

		for (u32 i = 0; i < syn->spec.reasons; i++) {
			u32 j = i;

			for (; j && model_key(syn->order[svm][j - 1], isa) > model_key(i, isa); j--)
				syn->order[svm][j] = syn->order[svm][j - 1];
			syn->order[svm][j] = i;
		}
	}
}

static void vcpu_init(struct synthetic *syn, struct sim_vcpu *v, u32 vm, u32 id)
{
	static const struct {
		u32 activity, halted;
	} roles[] = {{1000, 80}, {450, 480}, {60, 900}, {250, 700}};
	const struct synthetic_spec *spec = &syn->spec;
	u32 role = (vm * 7 + id * 3) % ARRAY_SIZE(roles);

	v->s.uid = vm * spec->vcpus + id + 1;
	v->s.vm = vm + 1;
	v->s.vcpu_id = id;
	v->s.isa = vm % 2 ? KVM_ISA_SVM : KVM_ISA_VMX;
	v->s.cpu = (vm * spec->vcpus + id) % PCPUS;
	v->flying = -1;
	v->rng = spec->seed * 0x2545f4914f6cdd1dULL + v->s.uid;
	v->activity = roles[role].activity;
	v->halted = roles[role].halted;
	v->never_runs = vm == 0 && spec->vcpus >= 3 && id == spec->vcpus - 1;
	v->preempted = vm == 0 && id == (spec->vcpus >= 2 ? 1 : 0) && spec->reasons > MODEL_IRQ;
	v->stuck = id == 0 && vm == (spec->vms >= 2 ? 1 : 0) && !v->preempted && spec->reasons > MODEL_IO;
	if (spec->healthy)
		v->preempted = v->stuck = false;
	if (v->preempted || v->stuck) {
		v->activity = 800;
		v->halted = 100;
	}
	v->s.tid = v->never_runs ? 0 : 2000 + vm * 17 + 3 + id;
}

static u64 hist_room(const struct synthetic *syn, const struct sim_vcpu *v, u32 m)
{
	return v->stuck || v->preempted ? HIST_BUCKETS : syn->shapes[m].len;
}

struct source *source_synthetic_open(const struct synthetic_spec *spec)
{
	struct synthetic *syn = calloc(1, sizeof(*syn));
	size_t vcpus = (size_t)spec->vms * spec->vcpus;
	u64 room = 0, *hist;

	if (!syn)
		return NULL;
	syn->source.ops = &synthetic_ops;
	syn->spec = *spec;
	if (!syn->spec.step_ns)
		syn->spec.step_ns = NSEC_PER_SEC;
	shapes_init(syn->shapes);
	order_init(syn);
	syn->vcpus = calloc(vcpus, sizeof(*syn->vcpus));
	syn->records = calloc(vcpus * spec->reasons, sizeof(*syn->records));
	if (!syn->vcpus || !syn->records)
		goto fail;
	for (size_t i = 0; i < vcpus; i++) {
		vcpu_init(syn, &syn->vcpus[i], i / spec->vcpus, i % spec->vcpus);
		for (u32 m = 0; m < spec->reasons; m++)
			room += hist_room(syn, &syn->vcpus[i], m);
	}
	syn->hist = calloc(room, sizeof(*syn->hist));
	if (!syn->hist)
		goto fail;
	hist = syn->hist;
	for (size_t i = 0; i < vcpus; i++) {
		struct sim_vcpu *v = &syn->vcpus[i];

		v->records = syn->records + i * spec->reasons;
		for (u32 m = 0; m < spec->reasons; m++) {
			v->records[m].hist = hist;
			v->records[m].first = v->stuck || v->preempted ? 0 : syn->shapes[m].first;
			v->records[m].len = hist_room(syn, v, m);
			hist += v->records[m].len;
		}
	}
	return &syn->source;
fail:
	synthetic_close(&syn->source);
	return NULL;
}

/* Decimal digits only, from low to high; moves *text behind them. */
static bool take_number(const char **text, u64 low, u64 high, u64 *out)
{
	u64 n = 0;

	if (**text < '0' || **text > '9')
		return false;
	for (; **text >= '0' && **text <= '9'; (*text)++) {
		u64 digit = **text - '0';

		if (n > (high - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*out = n;
	return n >= low;
}

int synthetic_spec_parse(const char *text, struct synthetic_spec *spec)
{
	u64 vms, vcpus, reasons, seed = 1;
	bool healthy = false;

	if (!take_number(&text, 1, 100000, &vms) || *text++ != 'x' || !take_number(&text, 1, 1024, &vcpus) ||
	    *text++ != 'x' || !take_number(&text, 1, MODELS, &reasons))
		return -EINVAL;
	if (*text == ':' && strcmp(text, ":healthy") != 0) {
		text++;
		if (!take_number(&text, 0, UINT64_MAX, &seed))
			return -EINVAL;
	}
	if (!strcmp(text, ":healthy")) {
		text += strlen(text);
		healthy = true;
	}
	if (*text)
		return -EINVAL;
	*spec = (struct synthetic_spec){
		.vms = vms, .vcpus = vcpus, .reasons = reasons, .seed = seed, .healthy = healthy};
	return 0;
}
