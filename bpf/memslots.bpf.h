/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memslots of a VM, read from outside: nothing holds KVM's lock, so each is read between two looks at the generation
 * of the set, and thrown away if that changed. To be used in a bpf_loop() over MEMSLOT_BUCKETS:
 *
 *	static long one_bucket(__u32 bucket, struct memslot_walk *walk)
 *	{
 *		struct hlist_node *node = memslot_first(walk, bucket);
 *		struct memslot slot;
 *
 *		for (int i = 0; i < MEMSLOT_CHAIN && node; i++) {
 *			if (memslot_read(walk, &node, &slot))
 *				...
 *		}
 *		return 0;
 *	}
 *
 * The walk itself does not change in the loop: before 6.7 the verifier takes what it held at first for all that it can hold.
 */
#ifndef KVMTOP_MEMSLOTS_BPF_H
#define KVMTOP_MEMSLOTS_BPF_H

#include "compat.bpf.h"

/* Slots in one bucket that are looked at: KVM allows 32764 slots a VM, machines have some dozens. */
#define MEMSLOT_CHAIN 64

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
	walk->node_offset =
		bpf_core_field_offset(struct kvm_memory_slot, id_node) + (index ? sizeof(struct hlist_node) : 0);
	return true;
}

static __always_inline struct hlist_node *memslot_first(const struct memslot_walk *walk, __u32 bucket)
{
	struct hlist_head *heads = (void *)walk->set + bpf_core_field_offset(struct kvm_memslots, id_hash);
	struct hlist_node *node = NULL;

	bpf_probe_read_kernel(&node, sizeof(node), &heads[bucket % MEMSLOT_BUCKETS]);
	return node;
}

/* The slot of a node, which becomes the next one. False: the set has changed meanwhile, and node is NULL. */
static __always_inline bool memslot_read(const struct memslot_walk *walk, struct hlist_node **node, struct memslot *out)
{
	struct kvm_memory_slot *slot = (void *)*node - walk->node_offset;
	struct hlist_node *at = *node;
	struct kvm_memslots *set = walk->set;

	*node = BPF_CORE_READ(at, next);
	out->id = (__u32)BPF_CORE_READ(slot, as_id) << 16 | (__u16)BPF_CORE_READ(slot, id);
	out->flags = BPF_CORE_READ(slot, flags);
	out->gpa = BPF_CORE_READ(slot, base_gfn) * GUEST_PAGE_SIZE;
	out->bytes = BPF_CORE_READ(slot, npages) * GUEST_PAGE_SIZE;
	out->hva = BPF_CORE_READ(slot, userspace_addr);
	if (BPF_CORE_READ(set, generation) == walk->generation)
		return true;
	*node = NULL;
	return false;
}

#endif /* KVMTOP_MEMSLOTS_BPF_H */
