/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <json-c/json.h>

#include "format.h"
#include "hist.h"
#include "json.h"
#include "probes.h"
#include "reasons.h"

/* The schema becomes part of the program, to be had wherever the program is. */
__asm__(".section .rodata\n"
	".global json_schema_text\n"
	"json_schema_text:\n"
	".incbin \"" JSON_SCHEMA "\"\n"
	".byte 0\n"
	".previous\n");

extern const char json_schema_text[];

const char *json_schema(void)
{
	return json_schema_text;
}

/*
 * json-c's objects, with failures remembered and not handled at each call: a NULL value would read as null and be
 * believed. Keys are string literals or static tables, so they need no copy.
 */
struct writer {
	bool failed;
};

static void put(struct writer *w, struct json_object *to, const char *key, struct json_object *value)
{
	if (!to || !value ||
	    json_object_object_add_ex(to, key, value, JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY)) {
		json_object_put(value);
		w->failed = true;
	}
}

static void put_u64(struct writer *w, struct json_object *to, const char *key, u64 value)
{
	put(w, to, key, json_object_new_uint64(value));
}

static void put_text(struct writer *w, struct json_object *to, const char *key, const char *text)
{
	put(w, to, key, json_object_new_string(text));
}

static void put_bool(struct writer *w, struct json_object *to, const char *key, bool value)
{
	put(w, to, key, json_object_new_boolean(value));
}

static void put_null(struct writer *w, struct json_object *to, const char *key)
{
	if (!to || json_object_object_add(to, key, NULL))
		w->failed = true;
}

static struct json_object *put_object(struct writer *w, struct json_object *to, const char *key)
{
	struct json_object *object = json_object_new_object();

	put(w, to, key, object);
	return w->failed ? NULL : object;
}

static struct json_object *put_array(struct writer *w, struct json_object *to, const char *key, u32 room)
{
	struct json_object *array = json_object_new_array_ext(room ? room : 1);

	put(w, to, key, array);
	return w->failed ? NULL : array;
}

static struct json_object *append_object(struct writer *w, struct json_object *array)
{
	struct json_object *object = json_object_new_object();

	if (!array || !object || json_object_array_add(array, object)) {
		json_object_put(object);
		w->failed = true;
		return NULL;
	}
	return object;
}

static void write_time(struct writer *w, struct json_object *root, u64 real_ns)
{
	char text[FMT_TIME_SIZE];

	put_text(w, root, "time", fmt_time_utc(text, real_ns));
}

static void write_figures(struct writer *w, struct json_object *o, const struct sample *s, const struct exit_sample *e)
{
	static const double q[] = {0.50, 0.99};
	u64 ns[ARRAY_SIZE(q)] = {0, 0};

	if (e->hist.len)
		hist_quantiles(s->hist + e->hist.off, e->hist.first, e->hist.len, q, ARRAY_SIZE(q), e->min_ns,
			       e->max_ns, ns);
	put_u64(w, o, "count", e->count);
	put_u64(w, o, "total_ns", exit_sample_time_ns(e));
	put_u64(w, o, "min_ns", e->done ? e->min_ns : 0);
	put_u64(w, o, "max_ns", e->max_ns > e->inflight_ns ? e->max_ns : e->inflight_ns);
	put_u64(w, o, "p50_ns", ns[0]);
	put_u64(w, o, "p99_ns", ns[1]);
}

static void write_exits(struct writer *w, struct json_object *vcpu, const struct sample *s, const struct vcpu_sample *v,
			enum exit_kind kind)
{
	struct json_object *array = put_array(w, vcpu, kind == EXIT_GUEST ? "exits" : "user_exits", v->exit_count);
	char buf[REASON_NAME_SIZE];

	for (u32 i = 0; i < v->exit_count; i++) {
		const struct exit_sample *e = &s->exits[v->exit_first + i];
		struct json_object *o;

		if (EXIT_KEY_KIND(e->key) != kind)
			continue;
		o = append_object(w, array);
		if (kind == EXIT_GUEST) {
			put_text(w, o, "isa", isa_name(v->isa, buf));
			put_u64(w, o, "code", EXIT_KEY_CODE(e->key));
		} else {
			put(w, o, "code", json_object_new_int64((s32)EXIT_KEY_CODE(e->key)));
		}
		put_text(w, o, "reason", reason_name(v->isa, e->key, buf));
		write_figures(w, o, s, e);
		if (kind == EXIT_USER)
			continue;
		put_u64(w, o, "kvm_ns", exit_sample_part_ns(e, PART_KERNEL));
		put_u64(w, o, "user_ns", exit_sample_part_ns(e, PART_USER));
		put_u64(w, o, "halt_ns", exit_sample_part_ns(e, PART_HALT));
		put_u64(w, o, "wait_ns", exit_sample_part_ns(e, PART_WAIT));
	}
}

/* A task's comm may hold any byte; JSON must be UTF-8, and whoever prints it must not run escape sequences. */
static void put_comm(struct writer *w, struct json_object *o, const char comm[TASK_COMM_LENGTH])
{
	char clean[TASK_COMM_LENGTH + 1];
	u32 n;

	for (n = 0; n < TASK_COMM_LENGTH && comm[n]; n++)
		clean[n] = comm[n] >= ' ' && comm[n] <= '~' ? comm[n] : '?';
	clean[n] = '\0';
	put_text(w, o, "comm", clean);
}

static void write_sched(struct writer *w, struct json_object *vcpu, const struct vcpu_sample *v)
{
	struct json_object *sched = put_object(w, vcpu, "sched"), *by;
	bool written[PREEMPTORS] = {false};

	put_u64(w, sched, "migrations", v->migrations);
	put_u64(w, sched, "preemptions", v->preemptions);
	put_u64(w, sched, "blocks", v->blocks);
	put_u64(w, sched, "wait_max_ns", v->wait_max_ns);
	by = put_array(w, sched, "preempted_by", PREEMPTORS);
	/* Who took the most comes first. */
	for (u32 n = 0; n < PREEMPTORS; n++) {
		const struct preemptor *p;
		struct json_object *o;
		int most = -1;

		for (u32 i = 0; i < PREEMPTORS; i++) {
			if (!written[i] && v->preemptors[i].count &&
			    (most < 0 || v->preemptors[i].ns > v->preemptors[most].ns))
				most = i;
		}
		if (most < 0)
			break;
		written[most] = true;
		p = &v->preemptors[most];
		o = append_object(w, by);
		put_u64(w, o, "tid", p->tid);
		put_comm(w, o, p->comm);
		put_u64(w, o, "count", p->count);
		put_u64(w, o, "ns", p->ns);
	}
	put_u64(w, sched, "others_ns", v->preempt_rest_ns);
}

static void write_halt(struct writer *w, struct json_object *vcpu, const struct vcpu_sample *v)
{
	struct json_object *halt = put_object(w, vcpu, "halt");

	put_u64(w, halt, "wakeups", v->halts);
	put_u64(w, halt, "polled", v->halts_polled);
	put_u64(w, halt, "invalid", v->halts_invalid);
	put_u64(w, halt, "poll_success_ns", v->halt_poll_success_ns);
	put_u64(w, halt, "poll_fail_ns", v->halt_poll_fail_ns);
	put_u64(w, halt, "wait_ns", v->halt_wait_ns);
}

static void write_vcpu(struct writer *w, struct json_object *array, const struct sample *s, const struct vcpu_sample *v)
{
	struct json_object *o = append_object(w, array), *times;

	put(w, o, "id", json_object_new_int64(v->vcpu_id));
	if (v->tid)
		put_u64(w, o, "tid", v->tid);
	else
		put_null(w, o, "tid");
	if (v->entries)
		put_u64(w, o, "cpu", v->cpu);
	else
		put_null(w, o, "cpu");
	put_bool(w, o, "ended", v->ended);
	put_text(w, o, "state", vcpu_state_name(v->state));
	put_u64(w, o, "state_ns", v->state_ns);
	put_u64(w, o, "age_ns", v->age_ns);
	times = put_object(w, o, "time_ns");
	for (u32 i = 0; i < VCPU_STATES; i++)
		put_u64(w, times, vcpu_state_name(i), v->time_ns[i]);
	put_u64(w, o, "entries", v->entries);
	write_exits(w, o, s, v, EXIT_GUEST);
	write_exits(w, o, s, v, EXIT_USER);
	write_sched(w, o, v);
	write_halt(w, o, v);
}

static void write_vm(struct writer *w, struct json_object *array, const struct sample *s, const struct vm_sample *vm)
{
	struct json_object *o = append_object(w, array), *vcpus;

	put_u64(w, o, "pid", vm->pid);
	put_text(w, o, "name", vm->name);
	put_text(w, o, "vmm", vm->vmm);
	put_bool(w, o, "ended", vm->ended);
	vcpus = put_array(w, o, "vcpus", vm->vcpu_count);
	for (u32 i = 0; i < vm->vcpu_count && !w->failed; i++)
		write_vcpu(w, vcpus, s, &s->vcpus[vm->vcpu_first + i]);
}

static void write_isa(struct writer *w, struct json_object *root, const struct sample *s)
{
	char buf[REASON_NAME_SIZE];

	for (u32 i = 0; i < s->vcpu_count; i++) {
		if (s->vcpus[i].isa) {
			put_text(w, root, "isa", isa_name(s->vcpus[i].isa, buf));
			return;
		}
	}
	put_null(w, root, "isa");
}

static void write_host(struct writer *w, struct json_object *root, const struct sample *s)
{
	struct json_object *lost, *probes, *cost;

	lost = put_object(w, root, "lost");
	for (u32 i = 0; i < LOSSES; i++)
		put_u64(w, lost, loss_name(i), s->lost[i]);
	probes = put_object(w, root, "probes");
	for (u32 i = 0; i < PROBE_COUNT && i < s->probe_count; i++) {
		struct json_object *probe = put_object(w, probes, probe_table[i].name);

		put_text(w, probe, "status", probe_status_name(s->probes[i].status));
		if (s->probes[i].err)
			put(w, probe, "errno", json_object_new_int64(-(s64)s->probes[i].err));
	}
	cost = put_object(w, root, "cost");
	put_u64(w, cost, "cpu_ns", s->cost.cpu_ns);
	put_u64(w, cost, "bpf_ns", s->cost.bpf_ns);
	put_u64(w, cost, "bpf_events", s->cost.bpf_events);
	put_u64(w, cost, "sample_ns", s->cost.sample_ns);
	put_u64(w, cost, "ring_bytes", s->upkeep.ring_bytes);
	put_u64(w, cost, "ring_ns", s->upkeep.ring_ns);
	put_u64(w, cost, "record_bytes", s->upkeep.record_bytes);
	put_u64(w, cost, "record_ns", s->upkeep.record_ns);
}

int json_write_sample(FILE *f, const struct sample *s, u64 interval_ns)
{
	struct json_object *root = json_object_new_object(), *vms;
	struct writer writer = {.failed = !root}, *w = &writer;
	const char *text;
	size_t length;
	int ret = -ENOMEM;

	write_time(w, root, s->real_ns);
	put_u64(w, root, "interval_ns", interval_ns);
	write_isa(w, root, s);
	put_text(w, root, "host", s->host);
	if (s->waiting)
		put_text(w, root, "waiting", s->waiting);
	put_u64(w, root, "missing", s->missing);
	write_host(w, root, s);
	vms = put_array(w, root, "vms", s->vm_count);
	for (u32 i = 0; i < s->vm_count && !w->failed; i++)
		write_vm(w, vms, s, &s->vms[i]);
	if (w->failed)
		goto out;
	text = json_object_to_json_string_length(root, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE,
						 &length);
	if (!text)
		goto out;
	ret = fwrite(text, 1, length, f) == length && fputc('\n', f) != EOF && !fflush(f) ? 0 : -EIO;
out:
	json_object_put(root);
	return ret;
}
