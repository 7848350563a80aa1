/* SPDX-License-Identifier: GPL-2.0-only */
/* The truth VMM's dirty logging: one memslot, read by its bitmap or by the vCPUs' rings, cycle after cycle. */
#define _GNU_SOURCE
#include "vmm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PAGE      4096UL
#define RING_SIZE (4096 * sizeof(struct kvm_dirty_gfn))

static uint64_t pages(const struct vm *vm)
{
	return vm->opt->dirty_pages * vm->opt->vcpus;
}

int dirty_create(struct vm *vm)
{
	struct kvm_enable_cap cap = {.cap = KVM_CAP_DIRTY_LOG_RING, .args = {RING_SIZE}};

	if (vm->opt->dirty_ring && vm_ioctl(vm, KVM_ENABLE_CAP, POINTER(&cap)))
		return vmm_fail("KVM_CAP_DIRTY_LOG_RING");
	if (!pages(vm))
		return 0;
	vm->dirty = vm_memory(pages(vm) * PAGE);
	vm->dirty_times = calloc(pages(vm), sizeof(*vm->dirty_times));
	vm->dirty_last = calloc(pages(vm), sizeof(*vm->dirty_last));
	if (!vm->dirty || !vm->dirty_times || !vm->dirty_last)
		return vmm_fail("logged memory");
	return vm_set_region(vm, DIRTY_SLOT, 0, GUEST_DIRTY, vm->dirty, pages(vm) * PAGE);
}

int dirty_create_vcpu(struct vcpu *vcpu)
{
	if (!vcpu->vm->opt->dirty_ring)
		return 0;
	vcpu->ring = mmap(NULL, RING_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd,
			  (off_t)(KVM_DIRTY_LOG_PAGE_OFFSET * PAGE));
	return vcpu->ring == MAP_FAILED ? vmm_fail("mmap of a dirty ring") : 0;
}

void dirty_destroy(struct vm *vm)
{
	for (unsigned int i = 0; i < vm->opt->vcpus && vm->opt->dirty_ring; i++)
		munmap(vm->vcpu[i].ring, RING_SIZE);
	if (vm->dirty)
		munmap(vm->dirty, pages(vm) * PAGE);
	free(vm->dirty_times);
	free(vm->dirty_last);
}

static void logged(struct vm *vm, uint64_t page, struct dirty_cycle *c)
{
	vm->dirty_times[page]++;
	c->marks++;
	c->logged += vm->dirty_last[page] != vm->dirty_cycles + 1;
	vm->dirty_last[page] = (uint16_t)(vm->dirty_cycles + 1);
}

static int set_logging(struct vm *vm, uint32_t flags)
{
	return vm_set_region(vm, DIRTY_SLOT, flags, GUEST_DIRTY, vm->dirty, pages(vm) * PAGE);
}

static int read_bitmap(struct vm *vm, struct dirty_cycle *c)
{
	uint64_t *bits = calloc(pages(vm) / 64 + 1, sizeof(*bits));
	struct kvm_dirty_log log = {.slot = DIRTY_SLOT, .dirty_bitmap = bits};
	int err = 0;

	if (!bits)
		return -ENOMEM;
	if (vm_ioctl(vm, KVM_GET_DIRTY_LOG, POINTER(&log)))
		err = vmm_fail("KVM_GET_DIRTY_LOG");
	for (uint64_t i = 0; !err && i < pages(vm); i++) {
		if (bits[i / 64] >> i % 64 & 1)
			logged(vm, i, c);
	}
	free(bits);
	return err;
}

static int read_ring(struct vcpu *vcpu, struct dirty_cycle *c)
{
	struct vm *vm = vcpu->vm;

	for (;;) {
		struct kvm_dirty_gfn *g = &vcpu->ring[vcpu->ring_next % (RING_SIZE / sizeof(*g))];

		if (!(__atomic_load_n(&g->flags, __ATOMIC_ACQUIRE) & KVM_DIRTY_GFN_F_DIRTY))
			return 0;
		if (g->slot != DIRTY_SLOT || g->offset >= pages(vm))
			return -EPROTO;
		logged(vm, g->offset, c);
		vcpu->ring_pages++;
		__atomic_store_n(&g->flags, KVM_DIRTY_GFN_F_RESET, __ATOMIC_RELEASE);
		vcpu->ring_next++;
	}
}

static int read_rings(struct vm *vm, struct dirty_cycle *c)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < vm->opt->vcpus; i++)
		err = read_ring(&vm->vcpu[i], c);
	if (!err && vm_ioctl(vm, KVM_RESET_DIRTY_RINGS, 0) != (int)c->marks)
		return vmm_fail("KVM_RESET_DIRTY_RINGS");
	return err;
}

int dirty_step(struct vm *vm, const struct step *s, unsigned int vcpus, uint32_t what)
{
	struct dirty_cycle c = {.vcpus = vcpus};
	int err;

	if (what == DIRTY_BEGIN)
		vm->dirty_cycle_now = 0;
	if (what != DIRTY_COLLECT)
		return set_logging(vm, what == DIRTY_BEGIN ? KVM_MEM_LOG_DIRTY_PAGES : 0);
	c.written = (s->count + vm->dirty_cycle_now) / (vm->dirty_cycle_now + 1) * (uint64_t)vcpus;
	err = s->op == OP_DIRTY_RING ? read_rings(vm, &c) : read_bitmap(vm, &c);
	vm->dirty_cycle_now++;
	if (vm->dirty_cycles < DIRTY_CYCLES)
		vm->dirty_cycle[vm->dirty_cycles] = c;
	vm->dirty_cycles++;
	return err;
}
