// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "vmname.h"
#include "vmtable.h"

/* One process may run several VMs: from the second on they get a number. */
static void number_name(const struct vmtable *t, struct vm_entry *vm)
{
	char suffix[16];
	u32 same = 1;

	for (u32 i = 0; i < t->count; i++)
		same += &t->vms[i] != vm && t->vms[i].pid == vm->pid && !t->vms[i].ended_ns;
	if (same == 1)
		return;
	snprintf(suffix, sizeof(suffix), "#%u", same);
	if (strlen(vm->name) + strlen(suffix) < sizeof(vm->name))
		strcat(vm->name, suffix);
}

struct vm_entry *vmtable_get(struct vmtable *t, u64 kvm, u32 pid, const char *comm, u64 from_ns, u64 to_ns)
{
	struct vm_entry *vm;

	for (u32 i = t->count; i-- > 0;) {
		vm = &t->vms[i];
		if (vm->kvm == kvm && (!vm->ended_ns || from_ns <= vm->ended_ns) && (!to_ns || to_ns >= vm->created_ns))
			return vm;
	}
	if (t->count == t->room) {
		u32 room = t->room ? 2 * t->room : 64;
		struct vm_entry *more = realloc(t->vms, room * sizeof(*more));

		if (!more)
			return NULL;
		t->vms = more;
		t->room = room;
	}
	vm = &t->vms[t->count++];
	memset(vm, 0, sizeof(*vm));
	vm->uid = ++t->next_uid;
	vm->kvm = kvm;
	vm->pid = pid;
	vm->created_ns = from_ns;
	vm_name_of_pid(pid, comm, vm->name, vm->vmm);
	number_name(t, vm);
	return vm;
}

struct vm_entry *vmtable_find(struct vmtable *t, vm_uid uid)
{
	u32 low = 0, high = t->count;

	while (low < high) {
		u32 mid = (low + high) / 2;

		if (t->vms[mid].uid == uid)
			return &t->vms[mid];
		if (t->vms[mid].uid < uid)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

void vmtable_drop_ended(struct vmtable *t)
{
	u32 kept = 0;

	for (u32 i = 0; i < t->count; i++)
		if (!t->vms[i].ended_ns)
			t->vms[kept++] = t->vms[i];
	t->count = kept;
}

void vmtable_free(struct vmtable *t)
{
	free(t->vms);
	memset(t, 0, sizeof(*t));
}
