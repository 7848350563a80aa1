// SPDX-License-Identifier: GPL-2.0-only
/* The metrics: what they are called, what they mean and where they come from. */
#include "metrics_table.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "paused.h"
#include "probes.h"

/* --- of the host -------------------------------------------------------------------------------------------------- */

static void build_info(struct writer *w)
{
	put_count(w, (struct label[]){{"version", KVMTOP_VERSION}, {NULL, NULL}}, 1);
}

static void waiting(struct writer *w)
{
	put_count(w, NULL, w->snap->cur->waiting != NULL);
}

static void probe_attached(struct writer *w)
{
	const struct sample *s = w->snap->cur;

	for (u32 i = 0; i < s->probe_count && i < PROBE_COUNT; i++)
		put_count(w, (struct label[]){{"probe", probe_table[i].name}, {NULL, NULL}},
			  s->probes[i].status == PROBE_ON);
}

static void lost(struct writer *w)
{
	for (u32 i = 0; i < LOSSES; i++)
		put_count(w, (struct label[]){{"cause", loss_name(i)}, {NULL, NULL}}, w->snap->cur->lost[i]);
}

static void own_cpu(struct writer *w)
{
	put_seconds(w, NULL, w->snap->cur->cost.cpu_ns);
}

static void own_bpf(struct writer *w)
{
	put_seconds(w, NULL, w->snap->cur->cost.bpf_ns);
}

static void own_bpf_runs(struct writer *w)
{
	put_count(w, NULL, w->snap->cur->cost.bpf_events);
}

static void sample_duration(struct writer *w)
{
	put_seconds(w, NULL, w->snap->cur->cost.sample_ns);
}

static void sample_time(struct writer *w)
{
	put_seconds(w, NULL, w->snap->cur->real_ns);
}

static void pcpus(struct writer *w)
{
	put_count(w, NULL, w->snap->cur->pcpus);
}

static void vms(struct writer *w)
{
	const struct sample *s = w->snap->cur;
	u32 n = 0;

	for (u32 i = 0; i < s->vm_count; i++)
		n += !s->vms[i].ended;
	put_count(w, NULL, n);
}

static void vcpus(struct writer *w)
{
	const struct sample *s = w->snap->cur;
	u32 n = 0;

	for (u32 i = 0; i < s->vcpu_count; i++)
		n += !s->vcpus[i].ended;
	put_count(w, NULL, n);
}

static void series(struct writer *w)
{
	w->max_series += METRICS_OF_EXPORT;
	put_count(w, NULL, w->series + METRICS_OF_EXPORT);
}

static void series_left_out(struct writer *w)
{
	put_count(w, NULL, w->left_out);
}

/* --- of a VM ------------------------------------------------------------------------------------------------------ */

static void vm_info(struct writer *w)
{
	struct vm_label vm;

	for (u32 i = 0; i < w->snap->vm_count; i++) {
		vm_labels(w, i, &vm);
		put_count(w,
			  (struct label[]){
				  {"vm", vm.name}, {"pid", vm.pid}, {"vmm", w->snap->cur->vms[i].vmm}, {NULL, NULL}},
			  1);
	}
}

static void vm_vcpus(struct writer *w)
{
	struct vm_label vm;

	for (u32 i = 0; i < w->snap->vm_count; i++) {
		vm_labels(w, i, &vm);
		put_count(w, (struct label[]){{"vm", vm.name}, {"pid", vm.pid}, {NULL, NULL}}, w->snap->vms[i].vcpus);
	}
}

static void vm_paused(struct writer *w)
{
	const struct sample *s = w->snap->cur;
	struct vm_label vm;

	for (u32 i = 0; i < s->vm_count; i++) {
		vm_labels(w, i, &vm);
		put_seconds(w, (struct label[]){{"vm", vm.name}, {"pid", vm.pid}, {NULL, NULL}},
			    vm_paused_ns(s, &s->vms[i]));
	}
}

/* --- exits of a VM ------------------------------------------------------------------------------------------------ */

/* Calls one for each of its reasons of a kind; row is an index into snap->vm_exits. */
static void each_exit(struct writer *w, enum exit_kind kind,
		      void (*one)(struct writer *w, u32 vm, u32 row, const struct label *labels))
{
	char isa[REASON_NAME_SIZE], reason[REASON_NAME_SIZE];
	struct vm_label vm;

	for (u32 i = 0; i < w->snap->vm_count; i++) {
		const struct vm_row *v = &w->snap->vms[i];

		vm_labels(w, i, &vm);
		for (u32 k = v->exit_first; k < v->exit_first + v->exit_count; k++) {
			const struct exit_row *e = &w->snap->vm_exits[k];
			struct label labels[] = {{"vm", vm.name}, {"pid", vm.pid}, {NULL, NULL},
						 {NULL, NULL},    {NULL, NULL},    {NULL, NULL}};
			u32 n = 2;

			if (EXIT_KEY_KIND(e->key) != kind)
				continue;
			if (kind == EXIT_GUEST)
				labels[n++] = (struct label){"isa", isa_name(e->isa, isa)};
			labels[n] = (struct label){"reason", reason_name(e->isa, e->key, reason)};
			one(w, i, k, labels);
		}
	}
}

static void one_count(struct writer *w, u32 vm, u32 row, const struct label *labels)
{
	(void)vm;
	put_count(w, labels, w->snap->vm_exits[row].f.count);
}

static void one_time(struct writer *w, u32 vm, u32 row, const struct label *labels)
{
	(void)vm;
	put_seconds(w, labels, w->snap->vm_exits[row].f.total_ns);
}

static void one_histogram(struct writer *w, u32 vm, u32 row, const struct label *labels)
{
	const struct exit_figures *f = exit_durations(w->snap, &w->snap->vm_exits[row]);

	(void)vm;
	put_histogram(w, labels, f->hist.len ? w->snap->hist + f->hist.off : NULL, f->hist.first, f->hist.len,
		      f->total_ns);
}

static void one_part(struct writer *w, u32 vm, u32 row, const struct label *labels)
{
	struct label all[8];
	u32 n = 0;

	(void)vm;
	for (; labels[n].name; n++)
		all[n] = labels[n];
	all[n + 1] = (struct label){NULL, NULL};
	for (u32 i = 0; i < EXIT_PARTS; i++) {
		all[n] = (struct label){"part", exit_part_name(i)};
		put_seconds(w, all, w->scratch[(u64)EXIT_PARTS * row + i]);
	}
}

/*
 * Of completed exits only: the parts of one in flight are told apart anew at each sample, and a counter must not go back.
 * Both the reasons of a VM and those of each of its vCPUs are in the order of their keys.
 */
static int add_parts(struct writer *w)
{
	const struct snapshot *snap = w->snap;
	u64 count = (u64)EXIT_PARTS * snap->vm_exit_count;

	if (ARRAY_ROOM(w->scratch, w->scratch_room, count))
		return -ENOMEM;
	memset(w->scratch, 0, count * sizeof(*w->scratch));
	for (u32 i = 0; i < snap->cur->vcpu_count; i++) {
		const struct vcpu_sample *v = &snap->cur->vcpus[i];
		const struct vm_row *vm = snapshot_find_vm(snap, v->vm);
		u32 row = vm ? vm->exit_first : 0, end = vm ? row + vm->exit_count : 0;

		for (u32 k = v->exit_first; k < v->exit_first + v->exit_count; k++) {
			const struct exit_sample *e = &snap->cur->exits[k];
			u32 isa = EXIT_KEY_KIND(e->key) == EXIT_GUEST ? v->isa : 0, at;

			while (row < end && snap->vm_exits[row].key < e->key)
				row++;
			for (at = row; at < end && snap->vm_exits[at].key == e->key; at++) {
				if (snap->vm_exits[at].isa != isa)
					continue;
				for (u32 part = 0; part < EXIT_PARTS; part++)
					w->scratch[(u64)EXIT_PARTS * at + part] += e->part_ns[part];
				break;
			}
		}
	}
	return 0;
}

static void exit_parts(struct writer *w)
{
	if (add_parts(w))
		w->failed = true;
	else
		each_exit(w, EXIT_GUEST, one_part);
}

static void exits(struct writer *w)
{
	each_exit(w, EXIT_GUEST, one_count);
}

static void user_exits(struct writer *w)
{
	each_exit(w, EXIT_USER, one_count);
}

static void user_exit_time(struct writer *w)
{
	each_exit(w, EXIT_USER, one_time);
}

static void exit_latencies(struct writer *w)
{
	each_exit(w, EXIT_GUEST, one_histogram);
}

static void user_exit_latencies(struct writer *w)
{
	each_exit(w, EXIT_USER, one_histogram);
}

/* --- of a vCPU ---------------------------------------------------------------------------------------------------- */

/* Calls one for each vCPU, an index into snap->cur->vcpus; labels have room for one more. */
static void each_vcpu(struct writer *w, void (*one)(struct writer *w, u32 vcpu, struct label *labels))
{
	const struct sample *s = w->snap->cur;
	struct vm_label vm;
	char id[12];

	for (u32 i = 0; i < s->vm_count; i++) {
		vm_labels(w, i, &vm);
		for (u32 k = s->vms[i].vcpu_first; k < s->vms[i].vcpu_first + s->vms[i].vcpu_count; k++) {
			struct label labels[] = {
				{"vm", vm.name}, {"pid", vm.pid}, {"vcpu", id}, {NULL, NULL}, {NULL, NULL}};

			snprintf(id, sizeof(id), "%d", s->vcpus[k].vcpu_id);
			one(w, k, labels);
		}
	}
}

/* A state that this host cannot tell from others is not told as 0. */
static void one_states(struct writer *w, u32 vcpu, struct label *labels)
{
	const struct view_columns *cols = view_columns(VIEW_VCPU);
	const u64 *ns = vcpu_state_ns(w, vcpu);

	for (u32 i = 0; i < VCPU_STATES; i++) {
		int column = column_find(cols, vcpu_state_name(i));

		if (column >= 0 && !column_available(&cols->columns[column], w->snap, NULL))
			continue;
		labels[3] = (struct label){"state", vcpu_state_name(i)};
		put_seconds(w, labels, ns[i]);
	}
}

static void vcpu_states(struct writer *w)
{
	each_vcpu(w, one_states);
}

static void one_stuck(struct writer *w, u32 vcpu, struct label *labels)
{
	const struct vcpu_sample *v = &w->snap->cur->vcpus[vcpu];
	bool busy = v->state == VCPU_KVM || v->state == VCPU_USER;

	if (busy && v->state_ns >= NSEC_PER_SEC && vm_paused_ns(w->snap->cur, sample_find_vm(w->snap->cur, v->vm)))
		busy = false;
	put_seconds(w, labels, busy && !v->ended ? v->state_ns : 0);
}

static void vcpu_stuck(struct writer *w)
{
	each_vcpu(w, one_stuck);
}

/* Members of struct vcpu_sample as they are. */
#define VCPU_METRIC(name, put, member)                                           \
	static void one_##name(struct writer *w, u32 vcpu, struct label *labels) \
	{                                                                        \
		put(w, labels, w->snap->cur->vcpus[vcpu].member);                \
	}                                                                        \
	static void vcpu_##name(struct writer *w)                                \
	{                                                                        \
		each_vcpu(w, one_##name);                                        \
	}

VCPU_METRIC(entries, put_count, entries)
VCPU_METRIC(halts, put_count, halts)
VCPU_METRIC(polled, put_count, halts_polled)
VCPU_METRIC(invalid, put_count, halts_invalid)
VCPU_METRIC(preemptions, put_count, preemptions)
VCPU_METRIC(blocks, put_count, blocks)
VCPU_METRIC(migrations, put_count, migrations)
VCPU_METRIC(wait_max, put_seconds, wait_max_ns)
VCPU_METRIC(poll_success, put_seconds, halt_poll_success_ns)
VCPU_METRIC(poll_fail, put_seconds, halt_poll_fail_ns)
VCPU_METRIC(halt_wait, put_seconds, halt_wait_ns)

/* --- the table ---------------------------------------------------------------------------------------------------- */

#define COUNTER   METRIC_COUNTER
#define GAUGE     METRIC_GAUGE
#define HISTOGRAM METRIC_HISTOGRAM
#define SECONDS   "seconds"
#define VM        "vm, pid"
#define VCPU      "vm, pid, vcpu"

/* clang-format off */
const struct metric metric_table[] = {
	{"kvmtop_build", METRIC_INFO, NULL, "version", NULL, "Which kvmtop this is.", build_info},
	{"kvmtop_waiting", GAUGE, NULL, NULL, NULL, "1: KVM is not loaded yet, and there is nothing to see.", waiting},
	{"kvmtop_probe_attached", GAUGE, NULL, "probe", NULL,
	 "1: attached. 0: not needed, or this host refuses or lacks it; kvmtop --features says what is lost without it.",
	 probe_attached},
	{"kvmtop_lost", COUNTER, NULL, "cause", NULL, "Events that were lost or could not be measured. Should be 0.", lost},
	{"kvmtop_own_cpu_seconds", COUNTER, SECONDS, NULL, NULL, "CPU time of kvmtop itself.", own_cpu},
	{"kvmtop_own_bpf_seconds", COUNTER, SECONDS, NULL, NULL,
	 "Time in its BPF programs; 0 while the kernel does not measure it (kernel.bpf_stats_enabled).", own_bpf},
	{"kvmtop_own_bpf_runs", COUNTER, NULL, NULL, NULL, "Runs of its BPF programs, as far as they are measured.",
	 own_bpf_runs},
	{"kvmtop_sample_duration_seconds", GAUGE, SECONDS, NULL, NULL, "What reading all counters took.", sample_duration},
	{"kvmtop_sample_timestamp_seconds", GAUGE, SECONDS, NULL, NULL,
	 "When the counters were read, since 1970: at most 1 s before they were asked for, but for a recording and the screen.",
	 sample_time},
	{"kvmtop_pcpus", GAUGE, NULL, NULL, NULL, "Physical CPUs of the host.", pcpus},
	{"kvmtop_vms", GAUGE, NULL, NULL, NULL, "VMs that run.", vms},
	{"kvmtop_vcpus", GAUGE, NULL, NULL, NULL, "vCPUs of all of them.", vcpus},

	{"kvmtop_vm", METRIC_INFO, NULL, VM ", vmm", NULL, "A VM and the program that runs it.", vm_info},
	{"kvmtop_vm_vcpus", GAUGE, NULL, VM, NULL, "vCPUs of the VM.", vm_vcpus},
	{"kvmtop_vm_paused_seconds", GAUGE, SECONDS, VM, NULL,
	 "For how long signals have kept all of its vCPUs out of KVM_RUN: it is paused, or its VMM does not run it; 0: not so.",
	 vm_paused},
	{"kvmtop_vcpu_seconds", COUNTER, SECONDS, VCPU ", state", NULL,
	 "Time by state: guest, kvm (exits handled by the kernel), user (the VMM), poll (halt-polling), halt (idle), wait "
	 "(no pCPU: steal), unknown (before the first event). Together all of the time.", vcpu_states},
	{"kvmtop_vcpu_stuck_seconds", GAUGE, SECONDS, VCPU, NULL,
	 "For how long it has been in the kernel or the VMM without a change; 0: in neither, or the VM is paused.",
	 vcpu_stuck},
	{"kvmtop_vm_exits", COUNTER, NULL, VM ", isa, reason", "exits", "VM exits by reason, the ones in flight included.",
	 exits},
	{"kvmtop_vm_user_exits", COUNTER, NULL, VM ", reason", "user_exits",
	 "Exits to user space by reason: KVM_RUN returned to the VMM.", user_exits},
	{"kvmtop_vm_exit_seconds", COUNTER, SECONDS, VM ", isa, reason, part", "exits",
	 "Time of completed VM exits, up to the next entry: in the kernel, in the VMM (user), halted, waiting for a pCPU.",
	 exit_parts},
	{"kvmtop_vm_user_exit_seconds", COUNTER, SECONDS, VM ", reason", "user_exits",
	 "Time of completed exits to user space, up to the next KVM_RUN.", user_exit_time},

	{"kvmtop_vcpu_entries", COUNTER, NULL, VCPU, "exits", "Entries into the guest.", vcpu_entries},
	{"kvmtop_vcpu_wakeups", COUNTER, NULL, VCPU, "wakeups", "Ends of a halt.", vcpu_halts},
	{"kvmtop_vcpu_wakeups_polled", COUNTER, NULL, VCPU, "wakeups", "Of these, while polling: it did not sleep.", vcpu_polled},
	{"kvmtop_vcpu_wakeups_invalid", COUNTER, NULL, VCPU, "wakeups", "Of these, with nothing to do.", vcpu_invalid},
	{"kvmtop_vcpu_preemptions", COUNTER, NULL, VCPU, "preemptions", "Taken off its pCPU while it wanted to run.",
	 vcpu_preemptions},
	{"kvmtop_vcpu_blocks", COUNTER, NULL, VCPU, "preemptions", "Went to sleep in the kernel.", vcpu_blocks},
	{"kvmtop_vcpu_migrations", COUNTER, NULL, VCPU, "migrations", "Entries on another pCPU than the one before.",
	 vcpu_migrations},
	{"kvmtop_vcpu_wait_max_seconds", GAUGE, SECONDS, VCPU, "wait",
	 "Longest single wait for a pCPU since kvmtop first saw it.", vcpu_wait_max},
	{"kvmtop_vcpu_halt_poll_success_seconds", COUNTER, SECONDS, VCPU, NULL,
	 "KVM's own counter since the vCPU was made: polling that a wake-up ended.", vcpu_poll_success},
	{"kvmtop_vcpu_halt_poll_fail_seconds", COUNTER, SECONDS, VCPU, NULL,
	 "KVM's own counter: polling in vain, that ended in sleep.", vcpu_poll_fail},
	{"kvmtop_vcpu_halt_wait_seconds", COUNTER, SECONDS, VCPU, NULL, "KVM's own counter: asleep.", vcpu_halt_wait},

	{"kvmtop_vm_events", COUNTER, NULL, VM ", type, name", NULL,
	 "Interrupts, faults, calls and the like by kind and name, as in --json; only of what is attached: --all attaches all. "
	 "Kinds whose names are addresses have one sum.", put_events},
	{"kvmtop_vm_event_errors", COUNTER, NULL, VM ", type, name", NULL,
	 "Of these, what failed or came to nothing, as --json has it.", put_event_errors},

	{"kvmtop_vm_exit_duration_seconds", HISTOGRAM, SECONDS, VM ", isa, reason", "exits",
	 "Durations of completed VM exits, up to the next entry.", exit_latencies},
	{"kvmtop_vm_user_exit_duration_seconds", HISTOGRAM, SECONDS, VM ", reason", "user_exits",
	 "Durations of completed exits to user space, up to the next KVM_RUN: how long the VMM took.", user_exit_latencies},

	{"kvmtop_vm_event_duration_seconds", HISTOGRAM, SECONDS, VM ", type", NULL,
	 "Durations of events that have one, by kind.", put_event_durations},

	{"kvmtop_export_series", GAUGE, NULL, NULL, NULL, "Series in this exposition.", series},
	{"kvmtop_export_series_left_out", GAUGE, NULL, NULL, NULL,
	 "Series that did not fit: above 0, see --export-max-series, or watch fewer VMs with --vm.", series_left_out},
};
/* clang-format on */

const size_t metric_count = ARRAY_SIZE(metric_table);
