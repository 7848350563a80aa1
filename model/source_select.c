// SPDX-License-Identifier: GPL-2.0-only
/* Only some VMs of another source. */
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "source.h"

struct source_select {
	struct source base;
	struct source *inner;
	u32 *pids;
	u32 pid_count;
	bool by_name;
	regex_t name;
};

static bool selected(const struct source_select *sel, const struct vm_sample *vm)
{
	bool found = !sel->pid_count;

	for (u32 i = 0; i < sel->pid_count; i++)
		found |= sel->pids[i] == vm->pid;
	return found && (!sel->by_name || !regexec(&sel->name, vm->name, 0, NULL, 0));
}

/* Moves the rows that stay to the front, in place. The exits of a dropped VM are left where they are, unused. */
static void choose(const struct source_select *sel, struct sample *s)
{
	u32 vms = 0, vcpus = 0, events = 0, event = 0, lines = 0;

	for (u32 i = 0; i < s->vm_count; i++) {
		struct vm_sample vm = s->vms[i];

		if (!selected(sel, &vm))
			continue;
		memmove(&s->vcpus[vcpus], &s->vcpus[vm.vcpu_first], vm.vcpu_count * sizeof(*s->vcpus));
		vm.vcpu_first = vcpus;
		vcpus += vm.vcpu_count;
		s->vms[vms++] = vm;
		/* Those of no VM are not of these VMs either. */
		while (event < s->event_count && s->events[event].vm < vm.uid)
			event++;
		while (event < s->event_count && s->events[event].vm == vm.uid)
			s->events[events++] = s->events[event++];
	}
	s->event_count = events;
	for (u32 i = 0; i < s->log_count; i++) {
		for (u32 k = 0; k < vms; k++) {
			if (s->vms[k].uid == s->log[i].vm) {
				s->log[lines++] = s->log[i];
				break;
			}
		}
	}
	s->log_count = lines;
	s->vm_count = vms;
	s->vcpu_count = vcpus;
}

static int chosen(struct source_select *sel, struct sample *s, int err)
{
	if (err)
		memcpy(sel->base.error, sel->inner->error, sizeof(sel->base.error));
	else
		choose(sel, s);
	return err;
}

static int select_sample(struct source *src, struct sample *s)
{
	struct source_select *sel = (struct source_select *)src;

	return chosen(sel, s, source_sample(sel->inner, s));
}

static int select_get(struct source *src, u64 seq, struct sample *s)
{
	struct source_select *sel = (struct source_select *)src;

	return chosen(sel, s, source_get(sel->inner, seq, s));
}

static struct source *select_inner(struct source *src)
{
	return ((struct source_select *)src)->inner;
}

static void select_want(struct source *src, const struct wants *wants)
{
	source_want(((struct source_select *)src)->inner, wants);
}

static void select_close(struct source *src)
{
	struct source_select *sel = (struct source_select *)src;

	source_close(sel->inner);
	if (sel->by_name)
		regfree(&sel->name);
	free(sel->pids);
	free(sel);
}

static const struct source_ops select_ops = {.name = "select",
					     .sample = select_sample,
					     .want = select_want,
					     .close = select_close,
					     .get = select_get,
					     .inner = select_inner};

struct source *source_select_open(struct source *inner, const u32 *pids, u32 pid_count, const char *regex, int *err,
				  char *error, size_t error_size)
{
	struct source_select *sel = calloc(1, sizeof(*sel));
	char why[128];
	int bad;

	*err = -ENOMEM;
	snprintf(error, error_size, "out of memory");
	if (!sel)
		return NULL;
	sel->base.ops = &select_ops;
	sel->pids = calloc(pid_count + 1, sizeof(*pids));
	if (!sel->pids) {
		free(sel);
		return NULL;
	}
	memcpy(sel->pids, pids, pid_count * sizeof(*pids));
	sel->pid_count = pid_count;
	if (regex) {
		bad = regcomp(&sel->name, regex, REG_EXTENDED | REG_NOSUB);
		if (bad) {
			regerror(bad, &sel->name, why, sizeof(why));
			snprintf(error, error_size, "--vm %s: %s", regex, why);
			*err = -EINVAL;
			free(sel->pids);
			free(sel);
			return NULL;
		}
		sel->by_name = true;
	}
	sel->inner = inner;
	*err = 0;
	return &sel->base;
}
