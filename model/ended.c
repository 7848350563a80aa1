// SPDX-License-Identifier: GPL-2.0-only
#include "ended.h"

#include <errno.h>
#include <string.h>

static int copy_hist(struct sample *to, const struct sample *from, struct hist_span *span)
{
	s64 off;

	if (!span->len)
		return 0;
	off = sample_add_hist(to, span->len);
	if (off < 0)
		return -ENOMEM;
	memcpy(to->hist + off, from->hist + span->off, span->len * sizeof(*to->hist));
	span->off = (u32)off;
	return 0;
}

static int copy_vcpu(struct sample *to, const struct sample *from, const struct vcpu_sample *v)
{
	struct vcpu_sample *copy = sample_add_vcpu(to);

	if (!copy)
		return -ENOMEM;
	*copy = *v;
	copy->exit_first = to->exit_count;
	for (u32 i = v->exit_first; i < v->exit_first + v->exit_count; i++) {
		struct exit_sample *x = sample_add_exit(to);

		if (!x)
			return -ENOMEM;
		*x = from->exits[i];
		if (copy_hist(to, from, &x->hist))
			return -ENOMEM;
	}
	return 0;
}

/* Events are sorted by VM; those of no VM have uid 0. */
static int copy_events(struct sample *to, const struct sample *from, vm_uid uid)
{
	u32 low = 0, high = from->event_count;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (from->events[mid].vm < uid)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < from->event_count && from->events[low].vm == uid; low++) {
		struct event_sample *e = sample_add_event(to);

		if (!e)
			return -ENOMEM;
		*e = from->events[low];
		if (copy_hist(to, from, &e->x.hist))
			return -ENOMEM;
	}
	return 0;
}

/* A VM with all that is its own; VMs must come in the order of their uids. */
static int copy_vm(struct sample *to, const struct sample *from, const struct vm_sample *vm)
{
	struct vm_sample *copy = sample_add_vm(to);
	int ret = copy ? 0 : -ENOMEM;

	if (ret)
		return ret;
	*copy = *vm;
	copy->vcpu_first = to->vcpu_count;
	for (u32 i = vm->vcpu_first; !ret && i < vm->vcpu_first + vm->vcpu_count; i++)
		ret = copy_vcpu(to, from, &from->vcpus[i]);
	return ret ? ret : copy_events(to, from, vm->uid);
}

/* *to gets all of from but its rows. */
static void copy_head(struct sample *to, const struct sample *from)
{
	struct sample rows = *to;

	*to = *from;
	to->vms = rows.vms;
	to->vcpus = rows.vcpus;
	to->exits = rows.exits;
	to->hist = rows.hist;
	to->events = rows.events;
	to->log = rows.log;
	to->vm_room = rows.vm_room;
	to->vcpu_room = rows.vcpu_room;
	to->exit_room = rows.exit_room;
	to->hist_room = rows.hist_room;
	to->event_room = rows.event_room;
	to->log_room = rows.log_room;
	to->vm_count = to->vcpu_count = to->exit_count = to->hist_count = to->event_count = to->log_count = 0;
}

/* Merges a sample with some of the VMs of b, by their uids; one that is in both is taken from the sample. */
static int merge(struct sample *to, const struct sample *a, const struct sample *b,
		 bool (*pick)(const struct vm_sample *vm, void *arg), void *arg)
{
	u32 i = 0, k = 0;
	int ret;

	copy_head(to, a);
	ret = copy_events(to, a, 0);
	while (!ret && (i < a->vm_count || k < b->vm_count)) {
		if (k == b->vm_count || (i < a->vm_count && a->vms[i].uid <= b->vms[k].uid)) {
			k += k < b->vm_count && a->vms[i].uid == b->vms[k].uid;
			ret = copy_vm(to, a, &a->vms[i++]);
		} else {
			if (!pick || pick(&b->vms[k], arg))
				ret = copy_vm(to, b, &b->vms[k]);
			k++;
		}
	}
	return ret;
}

int ended_keep_some(struct ended *ended, const struct sample *s, bool (*pick)(const struct vm_sample *vm, void *arg),
		    void *arg)
{
	struct sample all = {0};
	u32 at = 0;
	int ret = 0;

	for (u32 i = 0; i < s->vm_count; i++)
		at += pick(&s->vms[i], arg) && !sample_find_vm(&ended->kept, s->vms[i].uid);
	if (!at)
		return 0;
	/* They need not have ended in the order of their uids: both lists again, in that order. */
	at = 0;
	for (u32 i = 0; !ret && (i < s->vm_count || at < ended->kept.vm_count);) {
		const struct vm_sample *old = at < ended->kept.vm_count ? &ended->kept.vms[at] : NULL;
		const struct vm_sample *vm = i < s->vm_count ? &s->vms[i] : NULL;
		bool is_new = vm && pick(vm, arg) && !sample_find_vm(&ended->kept, vm->uid);

		if (vm && (!is_new || all.vm_count >= ENDED_MAX)) {
			i++;
		} else if (old && (!vm || old->uid < vm->uid)) {
			ret = copy_vm(&all, &ended->kept, old);
			at++;
		} else {
			ret = copy_vm(&all, s, vm);
			if (!ret)
				all.vms[all.vm_count - 1].ended = true;
			i++;
		}
	}
	if (ret) {
		sample_free(&all);
		return ret;
	}
	sample_free(&ended->kept);
	ended->kept = all;
	return 0;
}

static bool has_ended(const struct vm_sample *vm, void *arg)
{
	(void)arg;
	return vm->ended;
}

int ended_keep(struct ended *ended, const struct sample *s)
{
	return ended_keep_some(ended, s, has_ended, NULL);
}

int ended_join(const struct ended *ended, const struct sample *s, bool (*pick)(const struct vm_sample *vm, void *arg),
	       void *arg, struct sample *to)
{
	int ret = merge(to, s, &ended->kept, pick, arg);

	for (u32 i = 0; !ret && i < s->log_count; i++) {
		struct log_sample *line = sample_add_log(to);

		if (line)
			*line = s->log[i];
		else
			ret = -ENOMEM;
	}
	return ret;
}

const struct sample *ended_merge(struct ended *ended, const struct sample *s)
{
	bool any = false;

	for (u32 i = 0; i < ended->kept.vm_count; i++)
		any |= !sample_find_vm(s, ended->kept.vms[i].uid);
	if (!any)
		return s;
	return merge(&ended->merged, s, &ended->kept, NULL, NULL) ? NULL : &ended->merged;
}

void ended_forget(struct ended *ended)
{
	sample_reset(&ended->kept);
}

void ended_free(struct ended *ended)
{
	sample_free(&ended->kept);
	sample_free(&ended->merged);
}
