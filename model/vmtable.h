/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which VMs there are. Kernel addresses and pids come back for other VMs; the identities given out here do not.
 */
#ifndef KVMTOP_VMTABLE_H
#define KVMTOP_VMTABLE_H

#include "sample.h"

struct vm_entry {
	vm_uid uid; /* 0: free */
	u64 kvm;    /* kernel address of struct kvm */
	u32 pid;
	u64 created_ns; /* when the first trace of it was seen */
	u64 ended_ns;   /* 0: alive */
	u32 pass;       /* of the last walk over the open files that found it */
	char name[VM_NAME_SIZE];
	char vmm[16];
};

struct vmtable {
	struct vm_entry *vms; /* by uid; the ended ones stay until vmtable_drop_ended() */
	u32 count, room;
	vm_uid next_uid;
};

/*
 * The entry of the VM that had this kernel address at some time in [from_ns, to_ns] (to_ns 0: still has it), new if
 * there is none: two VMs with one address never live at the same time. pid: of the VMM, for its name; comm: its name when
 * it is gone already, 16 bytes, may be NULL. NULL when out of memory. The pointer is good until the next call.
 */
struct vm_entry *vmtable_get(struct vmtable *t, u64 kvm, u32 pid, const char *comm, u64 from_ns, u64 to_ns);
struct vm_entry *vmtable_find(struct vmtable *t, vm_uid uid);
void vmtable_drop_ended(struct vmtable *t);
void vmtable_free(struct vmtable *t);

#endif
