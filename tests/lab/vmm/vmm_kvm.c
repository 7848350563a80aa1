/* SPDX-License-Identifier: GPL-2.0-only */
/* The truth VMM's side of /dev/kvm, as far as it is alike on all architectures: a VM, its memory, its vCPUs. */
#define _GNU_SOURCE
#include "vmm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern const uint8_t guest_image[], guest_image_end[];

#define PAGE 4096UL

int vmm_fail(const char *what)
{
	int err = errno;

	fprintf(stderr, "vmm: %s: %s\n", what, strerror(err));
	return -err;
}

/* Small pages only: each first touch is then one fault. */
uint8_t *vm_memory(uint64_t size)
{
	uint8_t *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	madvise(p, size, MADV_NOHUGEPAGE);
	return p;
}

int vm_set_region(struct vm *vm, uint32_t slot, uint32_t flags, uint64_t gpa, const void *hva, uint64_t size)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)hva,
	};

	int err = vm_ioctl(vm, KVM_SET_USER_MEMORY_REGION, POINTER(&region));
	unsigned int i;

	if (err)
		err = vmm_fail("KVM_SET_USER_MEMORY_REGION");
	i = __atomic_fetch_add(&vm->regions, 1, __ATOMIC_RELAXED);
	if (i < REGIONS)
		vm->region[i] = (struct region){slot, flags, gpa, size, POINTER(hva), err};
	return err;
}

/* Pages of the host's pool where it has enough, else transparent ones, which the host need not give. */
static int create_huge(struct vm *vm)
{
	uint64_t size = vm->opt->huge_pages * vm->opt->vcpus * HUGE_SIZE;
	uint8_t *p;

	if (!size)
		return 0;
	vm->huge_from = "hugetlb";
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (p == MAP_FAILED) {
		vm->huge_from = "thp";
		p = mmap(NULL, size + HUGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			 -1, 0);
		if (p == MAP_FAILED)
			return vmm_fail("huge pages");
		p += -POINTER(p) & (HUGE_SIZE - 1);
		madvise(p, size, MADV_HUGEPAGE);
	}
	vm->huge = p;
	return vm_set_region(vm, HUGE_SLOT, 0, GUEST_HUGE, p, size);
}

static int create_memory(struct vm *vm)
{
	int err;

	vm->ram = vm_memory(GUEST_RAM);
	if (!vm->ram)
		return vmm_fail("guest memory");
	memcpy(vm->ram + GUEST_CODE, guest_image, (size_t)(guest_image_end - guest_image));
	arch_fill_memory(vm);
	err = vm_set_region(vm, 0, 0, 0, vm->ram, GUEST_RAM);
	vm->fresh_size = vm->opt->fresh_pages * PAGE * vm->opt->vcpus;
	if (err || !vm->fresh_size)
		return err;
	vm->fresh = vm_memory(vm->fresh_size);
	if (!vm->fresh)
		return vmm_fail("guest memory");
	return vm_set_region(vm, 1, 0, GUEST_FRESH, vm->fresh, vm->fresh_size);
}

static void set_params(struct vcpu *vcpu)
{
	const struct vm *vm = vcpu->vm;
	const struct options *opt = vm->opt;
	volatile struct params *p = (volatile struct params *)(vm->ram + GUEST_PARAMS + vcpu->id * PARAMS_STRIDE);

	vcpu->params = p;
	p->id = vcpu->id;
	p->vmcall = vm->vmcall;
	p->repeat = opt->repeat;
	p->vcpus = opt->vcpus;
	p->huge = GUEST_HUGE + (uint32_t)(vcpu->id * opt->huge_pages * HUGE_SIZE);
	p->dirty = GUEST_DIRTY + (uint32_t)(vcpu->id * opt->dirty_pages * PAGE);
	p->fresh = GUEST_FRESH + (uint32_t)(vcpu->id * opt->fresh_pages * PAGE);
	for (unsigned int i = 0; i < opt->steps; i++) {
		if (opt->step[i].vcpu >= 0 && opt->step[i].vcpu != (int)vcpu->id)
			continue;
		vcpu->step_of[p->steps] = i;
		p->step[p->steps].op = opt->step[i].step.op;
		p->step[p->steps].count = opt->step[i].step.count;
		p->step[p->steps].arg = arch_step_arg(vm, opt->step[i].step.op, opt->step[i].step.arg);
		p->steps++;
	}
}

static int create_vcpu(struct vm *vm, unsigned int id)
{
	struct vcpu *vcpu = &vm->vcpu[id];
	int err;

	vcpu->vm = vm;
	vcpu->id = id;
	vcpu->fd = vm_ioctl(vm, KVM_CREATE_VCPU, id);
	if (vcpu->fd < 0)
		return vmm_fail("KVM_CREATE_VCPU");
	vcpu->run = mmap(NULL, (size_t)vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		return vmm_fail("mmap of a vCPU");
	err = arch_create_vcpu(vcpu);
	if (!err)
		err = dirty_create_vcpu(vcpu);
	if (!err)
		set_params(vcpu);
	return err;
}

int vm_open(struct vm *vm, const struct options *opt)
{
	vm->opt = opt;
	vm->kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->kvm_fd < 0)
		return vmm_fail("/dev/kvm");
	for (unsigned int i = 0; i < opt->steps; i++) {
		if (!arch_has(vm, opt->step[i].step.op)) {
			fprintf(stderr, "vmm: --%s: this host's KVM has no such thing\n",
				op_name(opt->step[i].step.op));
			return -EOPNOTSUPP;
		}
	}
	return 0;
}

int vm_create(struct vm *vm, const struct options *opt)
{
	int err;

	pthread_mutex_init(&vm->lock, NULL);
	pthread_cond_init(&vm->changed, NULL);
	err = vm_open(vm, opt);
	if (err)
		return err;
	vm->fd = kvm_ioctl(vm, KVM_CREATE_VM, 0);
	if (vm->fd < 0)
		return vmm_fail("KVM_CREATE_VM");
	vm->run_size = kvm_ioctl(vm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (vm->run_size < 0)
		return vmm_fail("KVM_GET_VCPU_MMAP_SIZE");
	err = arch_create_vm(vm);
	if (err)
		return err;
	err = create_memory(vm);
	if (!err)
		err = create_huge(vm);
	if (!err)
		err = dirty_create(vm);
	for (unsigned int i = 0; !err && i < opt->vcpus; i++)
		err = create_vcpu(vm, i);
	return err ? err : arch_finish_vm(vm);
}

void vm_destroy(struct vm *vm)
{
	dirty_destroy(vm);
	for (unsigned int i = 0; i < vm->opt->vcpus; i++) {
		if (vm->irqfds)
			close(vm->eventfd[i]);
		munmap(vm->vcpu[i].run, (size_t)vm->run_size);
		close(vm->vcpu[i].fd);
	}
	if (vm->irqchip_fd) /* it holds the VM, too */
		close(vm->irqchip_fd);
	close(vm->fd);
	close(vm->kvm_fd);
	munmap(vm->ram, GUEST_RAM);
	if (vm->huge)
		munmap(vm->huge, vm->opt->huge_pages * vm->opt->vcpus * HUGE_SIZE);
	if (vm->fresh)
		munmap(vm->fresh, vm->fresh_size);
}
