/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memslots of a VM, read from outside: nothing holds KVM's lock, so each is read between two looks at the generation
 * of the set, and the walk ends if that changed. A step goes to the next slot, or to the next bucket of the set's hash:
 *
 *	static long one_step(__u32 step, struct memslot_walk *walk)
 *	{
 *		struct memslot slot;
 *
 *		if (memslot_step(walk, &slot))
 *			...
 *		return memslots_done();
 *	}
 *	...
 *	if (memslots_begin(&walk, kvm, space))
 *		bpf_loop(MEMSLOT_STEPS, one_step, &walk, 0);
 *
 * Where the walk is stands in a variable of the object, not in the walk: before 6.7 the verifier takes what the stack held
 * at first for all that it can hold in a loop. One walk at a time: user space reads one iterator after the other. A loop
 * over a bucket's list, instead of steps, costs the verifier hundreds of thousands of instructions.
 */
#ifndef KVMTOP_MEMSLOTS_BPF_H
#define KVMTOP_MEMSLOTS_BPF_H

#include "compat.bpf.h"

/* KVM allows 32764 slots in an address space (KVM_USER_MEM_SLOTS, since 5.12); machines have some dozens. */
#define MEMSLOT_STEPS (MEMSLOT_BUCKETS + 32768)

struct memslot {
	__u32 id; /* address space << 16 | id, as KVM's ioctls and rings have it */
	__u32 flags;
	__u64 gpa;
	__u64 bytes;
	__u64 hva;
};

struct memslot_walk {
	struct kvm *kvm;
	struct kvm_memslots *set;
	__u64 generation;
	__u64 node_offset; /* of the list's node in a slot: slots are in two sets */
};

/* Two variables: of a structure clang would make two, too, and forget their types. */
static struct hlist_node *memslot_next; /* NULL: none in this bucket */
static __u32 memslot_bucket;            /* the next one */

/* False: the VM has no such set, or this kernel keeps them in another way. */
static __always_inline bool memslots_begin(struct memslot_walk *walk, struct kvm *kvm, __u32 space)
{
	struct kvm_memslots *set = NULL;
	__s32 index;

	if (!bpf_core_field_exists(set->id_hash))
		return false;
	/* The number of address spaces differs: no field of an array that CO-RE could find by its index. */
	bpf_probe_read_kernel(&set, sizeof(set),
			      (void *)kvm + bpf_core_field_offset(struct kvm, memslots) + space * sizeof(set));
	if (!set)
		return false;
	index = BPF_CORE_READ(set, node_idx);
	walk->kvm = kvm;
	walk->set = set;
	walk->generation = BPF_CORE_READ(set, generation);
	memslot_next = NULL;
	memslot_bucket = 0;
	walk->node_offset =
		bpf_core_field_offset(struct kvm_memory_slot, id_node) + (index ? sizeof(struct hlist_node) : 0);
	return true;
}

static __always_inline bool memslots_done(void)
{
	return !memslot_next && memslot_bucket >= MEMSLOT_BUCKETS;
}

/* False: this step has come to no slot. */
static __always_inline bool memslot_step(const struct memslot_walk *walk, struct memslot *out)
{
	struct hlist_head *heads = (void *)walk->set + bpf_core_field_offset(struct kvm_memslots, id_hash);
	struct hlist_node *node = memslot_next;
	struct kvm_memory_slot *slot = (void *)node - walk->node_offset;
	struct kvm_memslots *set = walk->set;

	if (!node) {
		bpf_probe_read_kernel(&node, sizeof(node), &heads[memslot_bucket++ % MEMSLOT_BUCKETS]);
		memslot_next = node;
		return false;
	}
	memslot_next = BPF_CORE_READ(node, next);
	out->id = (__u32)BPF_CORE_READ(slot, as_id) << 16 | (__u16)BPF_CORE_READ(slot, id);
	out->flags = BPF_CORE_READ(slot, flags);
	out->gpa = BPF_CORE_READ(slot, base_gfn) * GUEST_PAGE_SIZE;
	out->bytes = BPF_CORE_READ(slot, npages) * GUEST_PAGE_SIZE;
	out->hva = BPF_CORE_READ(slot, userspace_addr);
	if (BPF_CORE_READ(set, generation) == walk->generation)
		return true;
	memslot_next = NULL;
	memslot_bucket = MEMSLOT_BUCKETS;
	return false;
}

#endif /* KVMTOP_MEMSLOTS_BPF_H */
