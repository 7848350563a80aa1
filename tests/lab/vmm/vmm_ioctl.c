/* SPDX-License-Identifier: GPL-2.0-only */
/* The one way to KVM's ioctls, which counts each of them by its file and number. */
#define _GNU_SOURCE
#include "vmm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#define NAME(x)       \
	{             \
		x, #x \
	}
/* clang-format off */
static const struct {
	unsigned long request;
	const char *name;
} names[] = {
	NAME(KVM_CREATE_VM), NAME(KVM_CHECK_EXTENSION), NAME(KVM_GET_VCPU_MMAP_SIZE), NAME(KVM_CREATE_VCPU), NAME(KVM_RUN),
	NAME(KVM_SET_USER_MEMORY_REGION), NAME(KVM_IRQ_LINE), NAME(KVM_SIGNAL_MSI), NAME(KVM_CREATE_DEVICE),
	NAME(KVM_SET_DEVICE_ATTR), NAME(KVM_GET_DIRTY_LOG), NAME(KVM_GET_STATS_FD),
#if defined(__x86_64__)
	NAME(KVM_GET_SUPPORTED_CPUID), NAME(KVM_SET_TSS_ADDR), NAME(KVM_CREATE_IRQCHIP), NAME(KVM_SET_CPUID2),
	NAME(KVM_GET_TSC_KHZ), NAME(KVM_GET_REGS), NAME(KVM_SET_REGS), NAME(KVM_GET_SREGS), NAME(KVM_SET_SREGS),
	NAME(KVM_SET_MP_STATE), NAME(KVM_SET_GSI_ROUTING), NAME(KVM_IRQFD), NAME(KVM_ENABLE_CAP), NAME(KVM_RESET_DIRTY_RINGS),
	NAME(KVM_XEN_HVM_CONFIG),
#elif defined(__aarch64__)
	NAME(KVM_ARM_PREFERRED_TARGET), NAME(KVM_ARM_VCPU_INIT), NAME(KVM_SET_ONE_REG), NAME(KVM_SET_GUEST_DEBUG),
#endif
};
/* clang-format on */

const char *ioctl_name(unsigned long request)
{
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].request == request)
			return names[i].name;
	}
	return "";
}

/* Rows are taken once and never given back, so that a thread may look for its row while another takes one. */
static struct ioctl_row *row_of(struct ioctls *table, unsigned long request)
{
	for (unsigned int i = 0; i < IOCTL_KINDS; i++) {
		struct ioctl_row *row = &table->row[i];
		unsigned long empty = 0;

		if (__atomic_load_n(&row->request, __ATOMIC_RELAXED) == request ||
		    __atomic_compare_exchange_n(&row->request, &empty, request, false, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED) ||
		    empty == request)
			return row;
	}
	fprintf(stderr, "vmm: more kinds of ioctls than there is room for\n");
	abort();
}

int counted_ioctl(struct ioctls *table, int fd, unsigned long request, unsigned long arg)
{
	struct ioctl_row *row = row_of(table, request);
	int result = ioctl(fd, request, arg);

	__atomic_fetch_add(&row->count, 1, __ATOMIC_RELAXED);
	if (result < 0)
		__atomic_fetch_add(&row->errors, 1, __ATOMIC_RELAXED);
	return result;
}

/* No request of KVM's has this number. */
#define STRANGE 0xff

void strange_ioctls(struct vm *vm, unsigned int kinds)
{
	for (unsigned int i = 1; i <= kinds; i++)
		ioctl(vm->fd, _IOC(_IOC_READ, KVMIO, STRANGE, i), 0);
}

int kvm_ioctl(struct vm *vm, unsigned long request, unsigned long arg)
{
	return counted_ioctl(&vm->kvm_ioctls, vm->kvm_fd, request, arg);
}

int vm_ioctl(struct vm *vm, unsigned long request, unsigned long arg)
{
	return counted_ioctl(&vm->vm_ioctls, vm->fd, request, arg);
}

int vcpu_ioctl(struct vcpu *vcpu, unsigned long request, unsigned long arg)
{
	return counted_ioctl(&vcpu->ioctls, vcpu->fd, request, arg);
}
