/* SPDX-License-Identifier: GPL-2.0-only */
/* The truth VMM on x86: interrupts raised by a thread that is no vCPU's, by each way there is. */
#define _GNU_SOURCE
#include "vmm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define PIC_PINS 8

static unsigned int vector_of(const struct step *s)
{
	switch (s->op) {
	case OP_IRQFD:
		return VECTOR_IRQFD;
	case OP_LEVEL:
		return VECTOR_LEVEL + (unsigned int)s->arg;
	case OP_PIC:
		return VECTOR_PIC + (unsigned int)s->arg;
	case OP_EDGE:
	case OP_TWICE:
		return VECTOR_EDGE + (unsigned int)s->arg;
	default:
		return VECTOR_MSI;
	}
}

/* Only the thread that raises comes here. */
static void account(struct vm *vm, struct irq_source wanted)
{
	for (unsigned int i = 0; i < IRQ_SOURCES; i++) {
		struct irq_source *s = &vm->irq[i];

		if (s->count && (strcmp(s->source, wanted.source) || s->gsi != wanted.gsi ||
				 s->vector != wanted.vector || s->vcpu != wanted.vcpu))
			continue;
		wanted.count = s->count + 1;
		wanted.coalesced += s->coalesced;
		*s = wanted;
		return;
	}
	fprintf(stderr, "vmm: more sources of interrupts than there is room for\n");
}

static int line(struct vm *vm, unsigned int gsi, unsigned int level)
{
	struct kvm_irq_level l = {.irq = gsi, .level = level};

	__atomic_fetch_add(&vm->line[gsi][level], 1, __ATOMIC_RELAXED);
	return vm_ioctl(vm, KVM_IRQ_LINE, POINTER(&l)) ? -errno : 0;
}

int arch_lower(struct vm *vm, unsigned int gsi)
{
	return gsi < IRQ_LINES ? line(vm, gsi, 0) : -EINVAL;
}

static struct kvm_msi message(unsigned int vcpu, unsigned int vector)
{
	return (struct kvm_msi){.address_lo = GUEST_LAPIC | vcpu << 12, .data = vector};
}

int vm_send_msi(struct vm *vm, unsigned int vcpu, unsigned int vector)
{
	struct kvm_msi msi = message(vcpu, vector);

	account(vm, (struct irq_source){"msi", vcpu, vector, msi.address_lo, vector, 0, 0, 0});
	return vm_ioctl(vm, KVM_SIGNAL_MSI, POINTER(&msi)) < 0 ? -errno : 0;
}

const volatile unsigned int *arch_irqs(const struct vcpu *vcpu, const struct step *s)
{
	return &vcpu->params->irqs[vector_of(s)];
}

int arch_raise(struct vm *vm, unsigned int vcpu, const struct step *s)
{
	unsigned int gsi = (unsigned int)s->arg, vector = vector_of(s);
	struct kvm_msi msi = message(vcpu, vector);
	uint64_t one = 1;
	int err;

	switch (s->op) {
	case OP_MSI:
		return vm_send_msi(vm, vcpu, vector);
	case OP_IRQFD:
		account(vm, (struct irq_source){"irqfd", vcpu, vector, msi.address_lo, vector, GSI_IRQFD + vcpu, 0, 0});
		return write(vm->eventfd[vcpu], &one, sizeof(one)) == sizeof(one) ? 0 : -errno;
	default:
		break;
	}
	account(vm,
		(struct irq_source){s->op == OP_PIC ? "pic" : "ioapic", vcpu, vector, 0, 0, gsi, 0, s->op == OP_TWICE});
	err = line(vm, gsi, 1);
	if (!err && s->op == OP_TWICE)
		err = line(vm, gsi, 1);
	if (!err && s->op != OP_LEVEL)
		err = line(vm, gsi, 0);
	return err;
}

/* KVM's routes as they are from the start, and one to an MSI for each vCPU. */
static int set_routes(struct vm *vm)
{
	unsigned int n = 0, room = 2 * IRQ_LINES + vm->opt->vcpus;
	struct kvm_irq_routing *r = calloc(1, sizeof(*r) + room * sizeof(r->entries[0]));
	int err = 0;

	if (!r)
		return -ENOMEM;
	for (unsigned int gsi = 0; gsi < IRQ_LINES; gsi++) {
		struct kvm_irq_routing_entry e = {.gsi = gsi, .type = KVM_IRQ_ROUTING_IRQCHIP};

		e.u.irqchip.irqchip = KVM_IRQCHIP_IOAPIC;
		e.u.irqchip.pin = gsi;
		r->entries[n++] = e;
		if (gsi >= 2 * PIC_PINS)
			continue;
		e.u.irqchip.irqchip = gsi < PIC_PINS ? KVM_IRQCHIP_PIC_MASTER : KVM_IRQCHIP_PIC_SLAVE;
		e.u.irqchip.pin = gsi % PIC_PINS;
		r->entries[n++] = e;
	}
	for (unsigned int i = 0; i < vm->opt->vcpus; i++) {
		struct kvm_irq_routing_entry e = {.gsi = GSI_IRQFD + i, .type = KVM_IRQ_ROUTING_MSI};

		e.u.msi.address_lo = message(i, VECTOR_IRQFD).address_lo;
		e.u.msi.data = VECTOR_IRQFD;
		r->entries[n++] = e;
	}
	r->nr = n;
	if (vm_ioctl(vm, KVM_SET_GSI_ROUTING, POINTER(r)))
		err = vmm_fail("KVM_SET_GSI_ROUTING");
	free(r);
	return err;
}

int irqfds_create(struct vm *vm)
{
	int err = 0;

	for (unsigned int i = 0; i < vm->opt->steps; i++) {
		const struct step *s = &vm->opt->step[i].step;
		bool chip = s->op == OP_EDGE || s->op == OP_LEVEL || s->op == OP_TWICE;

		if ((chip && (s->arg < 2 * PIC_PINS || s->arg >= IRQ_LINES)) ||
		    (s->op == OP_PIC && (s->arg < 3 || s->arg >= PIC_PINS))) {
			fprintf(stderr, "vmm: --%s: pin %u: the IOAPIC's 16 to 23 or the PIC's 3 to 7\n",
				op_name(s->op), (unsigned int)s->arg);
			return -EINVAL;
		}
		vm->irqfds |= s->op == OP_IRQFD;
	}
	if (!vm->irqfds)
		return 0;
	err = set_routes(vm);
	for (unsigned int i = 0; !err && i < vm->opt->vcpus; i++) {
		struct kvm_irqfd irqfd = {.gsi = GSI_IRQFD + i};

		vm->eventfd[i] = eventfd(0, EFD_CLOEXEC);
		if (vm->eventfd[i] < 0)
			return vmm_fail("eventfd");
		irqfd.fd = (uint32_t)vm->eventfd[i];
		if (vm_ioctl(vm, KVM_IRQFD, POINTER(&irqfd)))
			err = vmm_fail("KVM_IRQFD");
	}
	return err;
}
