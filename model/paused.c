/* SPDX-License-Identifier: GPL-2.0-only */
#include "paused.h"

#include <errno.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>

bool exit_by_signal(u64 key)
{
	return EXIT_KEY_KIND(key) == EXIT_USER &&
	       (EXIT_KEY_CODE(key) == KVM_EXIT_INTR || (s32)EXIT_KEY_CODE(key) == -EINTR);
}

/* For how long all vCPUs that ever ran are outside KVM_RUN; 0: one is not, or none ever ran. */
static u64 outside_ns(const struct vcpu_sample *vcpus, u32 count)
{
	u64 least = 0;

	for (u32 i = 0; i < count; i++) {
		const struct vcpu_sample *v = &vcpus[i];

		if (v->ended || !v->tid)
			continue;
		if (v->state != VCPU_USER)
			return 0;
		if (!least || v->state_ns < least)
			least = v->state_ns;
	}
	return least >= NSEC_PER_SEC ? least : 0;
}

/* What the vCPU left KVM_RUN with, 0: not known. */
static u64 left_with(const struct sample *s, const struct vcpu_sample *v)
{
	for (u32 i = 0; i < v->exit_count; i++) {
		const struct exit_sample *e = &s->exits[v->exit_first + i];

		if (EXIT_KEY_KIND(e->key) == EXIT_USER && e->inflight_ns)
			return e->key;
	}
	return 0;
}

u64 vm_paused_ns(const struct sample *s, const struct vm_sample *vm)
{
	const struct vcpu_sample *vcpus;
	u32 unknown = 0, known = 0;
	u64 ns;

	if (vm->ended)
		return 0;
	vcpus = s->vcpus + vm->vcpu_first;
	ns = outside_ns(vcpus, vm->vcpu_count);
	if (!ns || vm->process_state == 'T' || vm->process_state == 't')
		return ns;
	for (u32 i = 0; i < vm->vcpu_count; i++) {
		u64 key;

		if (vcpus[i].ended || !vcpus[i].tid)
			continue;
		key = left_with(s, &vcpus[i]);
		if (key && !exit_by_signal(key))
			return 0;
		known += key != 0;
		unknown += !key;
	}
	return known || unknown > 1 ? ns : 0;
}

u8 process_state(u32 pid)
{
	char path[32], line[256];
	const char *at = NULL;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	/* the name in parentheses may have any character in it */
	if (fgets(line, sizeof(line), file))
		at = strrchr(line, ')');
	fclose(file);
	return at && at[1] == ' ' ? (u8)at[2] : 0;
}

u8 vm_process_state(const struct sample *s, const struct vm_sample *vm)
{
	return !vm->ended && outside_ns(s->vcpus + vm->vcpu_first, vm->vcpu_count) ? process_state(vm->pid) : 0;
}
