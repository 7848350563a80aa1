/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of a sample, and look-ups in it. */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "sample.h"

static const char *const state_names[VCPU_STATES] = {
	[VCPU_UNKNOWN] = "unknown", [VCPU_GUEST] = "guest", [VCPU_KVM] = "kvm",   [VCPU_USER] = "user",
	[VCPU_POLL] = "poll",       [VCPU_HALT] = "halt",   [VCPU_WAIT] = "wait",
};

static const char *const status_names[] = {
	[PROBE_OFF] = "off",       [PROBE_ON] = "on",         [PROBE_REFUSED] = "refused",
	[PROBE_ABSENT] = "absent", [PROBE_SILENT] = "silent",
};

static const struct {
	const char *name, *help;
} losses[LOSSES] = {
	[LOSS_VCPU_SLOTS] = {"vcpu_slots",
			     "events of vCPUs for which there was no record left: these vCPUs are not shown"},
	[LOSS_EXIT_SLOTS] = {"exit_slots",
			     "exits whose reason found no record in the pool: missing from the exit view"},
	[LOSS_REASON_TABLE] = {"reason_table",
			       "exits of a vCPU that has more reasons than fit: missing from the exit view"},
	[LOSS_STORAGE] = {"storage",
			  "threads refused task storage by the kernel: found the slow way, at a higher price"},
	[LOSS_NESTED] = {"nested", "an event came inside another of its vCPU: its time is in the other's state"},
	[LOSS_UNPAIRED] = {"unpaired",
			   "an entry without an exit, or the other way round: no duration was made up for it"},
	[LOSS_CLOCK] = {"clock", "time ran backwards between two events of a vCPU: the duration was left out"},
	[LOSS_EXIT_CODE] = {"exit_code", "the exit reason could not be read: the exit is counted without its reason"},
	[LOSS_MISSED] =
		{"missed",
		 "events came while their programs were preempted on that pCPU: the kernel dropped at most so many"},
	[LOSS_HIST_WRAP] = {"hist_wrap", "a histogram bucket passed 2^32: percentiles since the start are off for it"},
	[LOSS_EVENT_SLOTS] = {"event_slots", "interrupts, faults or calls found no free record: they are not counted"},
	[LOSS_EVENT_HIST] = {"event_hist", "kinds of events found no free histogram: no percentiles for them"},
	[LOSS_EVENT_PAIR] = {"event_pair", "begin or end of a call was not seen: counted, its duration is not known"},
	[LOSS_LOG] = {"log", "events did not fit in the log's buffer: they are counted, and not in the log"},
};

const char *vcpu_state_name(u32 state)
{
	return state < VCPU_STATES ? state_names[state] : "?";
}

const char *exit_part_name(u32 part)
{
	static const char *const names[EXIT_PARTS] = {
		[PART_KERNEL] = "kernel",
		[PART_USER] = "user",
		[PART_HALT] = "halt",
		[PART_WAIT] = "wait",
	};

	return part < EXIT_PARTS ? names[part] : "?";
}

const char *probe_status_name(u32 status)
{
	return status < ARRAY_SIZE(status_names) ? status_names[status] : "?";
}

const char *loss_name(u32 loss)
{
	return loss < LOSSES ? losses[loss].name : "?";
}

const char *loss_help(u32 loss)
{
	return loss < LOSSES ? losses[loss].help : "?";
}

u32 sample_probes_on(const struct sample *s)
{
	u32 n = 0;

	for (u32 i = 0; i < s->probe_count; i++)
		n += s->probes[i].status == PROBE_ON || s->probes[i].status == PROBE_SILENT;
	return n;
}

u32 sample_probes_missing(const struct sample *s)
{
	u32 n = 0;

	for (u32 i = 0; i < s->probe_count; i++)
		n += s->probes[i].status == PROBE_REFUSED || s->probes[i].status == PROBE_ABSENT;
	return n;
}

void sample_reset(struct sample *s)
{
	struct sample keep = *s;

	memset(s, 0, sizeof(*s));
	s->vms = keep.vms;
	s->vcpus = keep.vcpus;
	s->exits = keep.exits;
	s->events = keep.events;
	s->log = keep.log;
	s->hist = keep.hist;
	s->vm_room = keep.vm_room;
	s->vcpu_room = keep.vcpu_room;
	s->exit_room = keep.exit_room;
	s->event_room = keep.event_room;
	s->log_room = keep.log_room;
	s->hist_room = keep.hist_room;
}

void sample_free(struct sample *s)
{
	free(s->vms);
	free(s->vcpus);
	free(s->exits);
	free(s->events);
	free(s->log);
	free(s->hist);
	memset(s, 0, sizeof(*s));
}

int sample_copy(struct sample *dst, const struct sample *src)
{
	struct sample keep;

	/* Rooms may grow before a failure; the rows stay as they are. */
	if (ARRAY_ROOM(dst->vms, dst->vm_room, src->vm_count) ||
	    ARRAY_ROOM(dst->vcpus, dst->vcpu_room, src->vcpu_count) ||
	    ARRAY_ROOM(dst->exits, dst->exit_room, src->exit_count) ||
	    ARRAY_ROOM(dst->events, dst->event_room, src->event_count) ||
	    ARRAY_ROOM(dst->log, dst->log_room, src->log_count) ||
	    ARRAY_ROOM(dst->hist, dst->hist_room, src->hist_count))
		return -ENOMEM;
	keep = *dst;
	*dst = *src;
	dst->vms = keep.vms;
	dst->vcpus = keep.vcpus;
	dst->exits = keep.exits;
	dst->events = keep.events;
	dst->log = keep.log;
	dst->hist = keep.hist;
	dst->vm_room = keep.vm_room;
	dst->vcpu_room = keep.vcpu_room;
	dst->exit_room = keep.exit_room;
	dst->event_room = keep.event_room;
	dst->log_room = keep.log_room;
	dst->hist_room = keep.hist_room;
	if (src->vm_count)
		memcpy(dst->vms, src->vms, src->vm_count * sizeof(*src->vms));
	if (src->vcpu_count)
		memcpy(dst->vcpus, src->vcpus, src->vcpu_count * sizeof(*src->vcpus));
	if (src->exit_count)
		memcpy(dst->exits, src->exits, src->exit_count * sizeof(*src->exits));
	if (src->event_count)
		memcpy(dst->events, src->events, src->event_count * sizeof(*src->events));
	if (src->log_count)
		memcpy(dst->log, src->log, src->log_count * sizeof(*src->log));
	if (src->hist_count)
		memcpy(dst->hist, src->hist, src->hist_count * sizeof(*src->hist));
	return 0;
}

struct vm_sample *sample_add_vm(struct sample *s)
{
	if (ARRAY_ROOM(s->vms, s->vm_room, (u64)s->vm_count + 1))
		return NULL;
	return memset(&s->vms[s->vm_count++], 0, sizeof(*s->vms));
}

struct vcpu_sample *sample_add_vcpu(struct sample *s)
{
	if (ARRAY_ROOM(s->vcpus, s->vcpu_room, (u64)s->vcpu_count + 1))
		return NULL;
	return memset(&s->vcpus[s->vcpu_count++], 0, sizeof(*s->vcpus));
}

struct exit_sample *sample_add_exit(struct sample *s)
{
	if (ARRAY_ROOM(s->exits, s->exit_room, (u64)s->exit_count + 1))
		return NULL;
	return memset(&s->exits[s->exit_count++], 0, sizeof(*s->exits));
}

struct event_sample *sample_add_event(struct sample *s)
{
	if (ARRAY_ROOM(s->events, s->event_room, (u64)s->event_count + 1))
		return NULL;
	return memset(&s->events[s->event_count++], 0, sizeof(*s->events));
}

struct log_sample *sample_add_log(struct sample *s)
{
	if (ARRAY_ROOM(s->log, s->log_room, (u64)s->log_count + 1))
		return NULL;
	return memset(&s->log[s->log_count++], 0, sizeof(*s->log));
}

int event_sample_compare(const void *va, const void *vb)
{
	const struct event_sample *a = va, *b = vb;

	COMPARE_EVENTS(a, b);
	return 0;
}

s64 sample_add_hist(struct sample *s, u32 len)
{
	u32 off = s->hist_count;

	if (ARRAY_ROOM(s->hist, s->hist_room, (u64)off + len))
		return -ENOMEM;
	if (len)
		memset(s->hist + off, 0, len * sizeof(*s->hist));
	s->hist_count += len;
	return off;
}

const struct vm_sample *sample_find_vm(const struct sample *s, vm_uid uid)
{
	u32 low = 0, high = s->vm_count;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (s->vms[mid].uid == uid)
			return &s->vms[mid];
		if (s->vms[mid].uid < uid)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct vcpu_sample *sample_find_vcpu(const struct sample *s, const struct vm_sample *vm, vcpu_uid uid)
{
	for (u32 i = 0; i < vm->vcpu_count; i++) {
		const struct vcpu_sample *vcpu = &s->vcpus[vm->vcpu_first + i];

		if (vcpu->uid == uid)
			return vcpu;
	}
	return NULL;
}

const struct exit_sample *sample_find_exit(const struct sample *s, const struct vcpu_sample *vcpu, u64 key)
{
	u32 low = vcpu->exit_first, high = vcpu->exit_first + vcpu->exit_count;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (s->exits[mid].key == key)
			return &s->exits[mid];
		if (s->exits[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}
