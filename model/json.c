/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <json-c/json.h>

#include "events.h"
#include "format.h"
#include "hist.h"
#include "json.h"
#include "json_writer.h"
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

static void write_time(struct writer *w, struct json_object *root, u64 real_ns)
{
	char text[FMT_TIME_SIZE];

	json_put_text(w, root, "time", fmt_time_utc(text, real_ns));
}

static void write_figures(struct writer *w, struct json_object *o, const struct sample *s, const struct exit_sample *e)
{
	static const double q[] = {0.50, 0.99};
	u64 ns[ARRAY_SIZE(q)];

	hist_sample_quantiles(s, e, q, ARRAY_SIZE(q), ns);
	json_put_u64(w, o, "count", e->count);
	json_put_u64(w, o, "total_ns", exit_sample_time_ns(e));
	json_put_u64(w, o, "min_ns", e->done ? e->min_ns : 0);
	json_put_u64(w, o, "max_ns", e->max_ns > e->inflight_ns ? e->max_ns : e->inflight_ns);
	json_put_u64(w, o, "p50_ns", ns[0]);
	json_put_u64(w, o, "p99_ns", ns[1]);
}

static void write_exits(struct writer *w, struct json_object *vcpu, const struct sample *s, const struct vcpu_sample *v,
			enum exit_kind kind)
{
	struct json_object *array = json_put_array(w, vcpu, kind == EXIT_GUEST ? "exits" : "user_exits", v->exit_count);
	char buf[REASON_NAME_SIZE];

	for (u32 i = 0; i < v->exit_count; i++) {
		const struct exit_sample *e = &s->exits[v->exit_first + i];
		struct json_object *o;

		if (EXIT_KEY_KIND(e->key) != kind)
			continue;
		o = json_append_object(w, array);
		if (kind == EXIT_GUEST) {
			json_put_text(w, o, "isa", isa_name(v->isa, buf));
			json_put_u64(w, o, "code", EXIT_KEY_CODE(e->key));
		} else {
			json_put(w, o, "code", json_object_new_int64((s32)EXIT_KEY_CODE(e->key)));
		}
		json_put_text(w, o, "reason", reason_name(v->isa, e->key, buf));
		write_figures(w, o, s, e);
		if (kind == EXIT_USER)
			continue;
		json_put_u64(w, o, "kvm_ns", exit_sample_part_ns(v, e, PART_KERNEL));
		json_put_u64(w, o, "user_ns", exit_sample_part_ns(v, e, PART_USER));
		json_put_u64(w, o, "halt_ns", exit_sample_part_ns(v, e, PART_HALT));
		json_put_u64(w, o, "wait_ns", exit_sample_part_ns(v, e, PART_WAIT));
	}
}

static void write_sched(struct writer *w, struct json_object *vcpu, const struct vcpu_sample *v)
{
	struct json_object *sched = json_put_object(w, vcpu, "sched"), *by;
	bool written[PREEMPTORS] = {false};

	json_put_u64(w, sched, "migrations", v->migrations);
	json_put_u64(w, sched, "preemptions", v->preemptions);
	json_put_u64(w, sched, "blocks", v->blocks);
	json_put_u64(w, sched, "wait_max_ns", v->wait_max_ns);
	by = json_put_array(w, sched, "preempted_by", PREEMPTORS);
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
		o = json_append_object(w, by);
		json_put_u64(w, o, "tid", p->tid);
		json_put_comm(w, o, p->comm);
		json_put_u64(w, o, "count", p->count);
		json_put_u64(w, o, "ns", p->ns);
	}
	json_put_u64(w, sched, "others_ns", v->preempt_rest_ns);
}

static void write_halt(struct writer *w, struct json_object *vcpu, const struct vcpu_sample *v)
{
	struct json_object *halt = json_put_object(w, vcpu, "halt");

	json_put_u64(w, halt, "wakeups", v->halts);
	json_put_u64(w, halt, "polled", v->halts_polled);
	json_put_u64(w, halt, "invalid", v->halts_invalid);
	json_put_u64(w, halt, "poll_success_ns", v->halt_poll_success_ns);
	json_put_u64(w, halt, "poll_fail_ns", v->halt_poll_fail_ns);
	json_put_u64(w, halt, "wait_ns", v->halt_wait_ns);
}

static void write_vcpu(struct writer *w, struct json_object *array, const struct sample *s, const struct vcpu_sample *v)
{
	struct json_object *o = json_append_object(w, array), *times;

	json_put(w, o, "id", json_object_new_int64(v->vcpu_id));
	if (v->tid)
		json_put_u64(w, o, "tid", v->tid);
	else
		json_put_null(w, o, "tid");
	if (vcpu_has_cpu(v))
		json_put_u64(w, o, "cpu", v->cpu);
	else
		json_put_null(w, o, "cpu");
	json_put_bool(w, o, "ended", v->ended);
	json_put_text(w, o, "state", vcpu_state_name(v->state));
	json_put_u64(w, o, "state_ns", v->state_ns);
	json_put_u64(w, o, "age_ns", v->age_ns);
	times = json_put_object(w, o, "time_ns");
	for (u32 i = 0; i < VCPU_STATES; i++)
		json_put_u64(w, times, vcpu_state_name(i), v->time_ns[i]);
	json_put_u64(w, o, "entries", v->entries);
	write_exits(w, o, s, v, EXIT_GUEST);
	write_exits(w, o, s, v, EXIT_USER);
	write_sched(w, o, v);
	write_halt(w, o, v);
}

static void write_vm(struct writer *w, struct json_object *array, const struct sample *s, const struct vm_sample *vm)
{
	struct json_object *o = json_append_object(w, array), *vcpus;

	json_put_u64(w, o, "pid", vm->pid);
	json_put_text(w, o, "name", vm->name);
	json_put_text(w, o, "vmm", vm->vmm);
	json_put_bool(w, o, "ended", vm->ended);
	vcpus = json_put_array(w, o, "vcpus", vm->vcpu_count);
	for (u32 i = 0; i < vm->vcpu_count && !w->failed; i++)
		write_vcpu(w, vcpus, s, &s->vcpus[vm->vcpu_first + i]);
	json_write_events(w, o, s, vm);
}

static void write_isa(struct writer *w, struct json_object *root, const struct sample *s)
{
	char buf[REASON_NAME_SIZE];

	for (u32 i = 0; i < s->vcpu_count; i++) {
		if (s->vcpus[i].isa) {
			json_put_text(w, root, "isa", isa_name(s->vcpus[i].isa, buf));
			return;
		}
	}
	json_put_null(w, root, "isa");
}

static void write_host(struct writer *w, struct json_object *root, const struct sample *s)
{
	struct json_object *lost, *probes, *cost, *attach;

	lost = json_put_object(w, root, "lost");
	for (u32 i = 0; i < LOSSES; i++)
		json_put_u64(w, lost, loss_name(i), s->lost[i]);
	probes = json_put_object(w, root, "probes");
	for (u32 i = 0; i < PROBE_COUNT && i < s->probe_count; i++) {
		struct json_object *probe = json_put_object(w, probes, probe_table[i].name);

		json_put_text(w, probe, "status", probe_status_name(s->probes[i].status));
		if (s->probes[i].err)
			json_put(w, probe, "errno", json_object_new_int64(-(s64)s->probes[i].err));
	}
	cost = json_put_object(w, root, "cost");
	json_put_u64(w, cost, "cpu_ns", s->cost.cpu_ns);
	json_put_u64(w, cost, "bpf_ns", s->cost.bpf_ns);
	json_put_u64(w, cost, "bpf_events", s->cost.bpf_events);
	json_put_u64(w, cost, "sample_ns", s->cost.sample_ns);
	json_put_u64(w, cost, "ring_bytes", s->upkeep.ring_bytes);
	json_put_u64(w, cost, "ring_ns", s->upkeep.ring_ns);
	json_put_u64(w, cost, "record_bytes", s->upkeep.record_bytes);
	json_put_u64(w, cost, "record_ns", s->upkeep.record_ns);
	attach = json_put_object(w, cost, "attach_ns");
	for (u32 i = 0; i < GROUPS; i++)
		if (s->upkeep.attach_ns[i])
			json_put_u64(w, attach, event_group_name(i), s->upkeep.attach_ns[i]);
}

int json_write_sample(FILE *f, const struct sample *s, u64 interval_ns)
{
	struct json_object *root = json_object_new_object(), *vms;
	struct writer writer = {.failed = !root}, *w = &writer;
	const char *text;
	size_t length;
	int ret = -ENOMEM;

	write_time(w, root, s->real_ns);
	json_put_u64(w, root, "interval_ns", interval_ns);
	write_isa(w, root, s);
	json_put_text(w, root, "host", s->host);
	if (s->waiting)
		json_put_text(w, root, "waiting", s->waiting);
	json_put_u64(w, root, "missing", s->missing);
	write_host(w, root, s);
	json_write_events(w, root, s, NULL);
	vms = json_put_array(w, root, "vms", s->vm_count);
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
