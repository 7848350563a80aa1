/* SPDX-License-Identifier: GPL-2.0-only */
/* The truth VMM on arm64: EL1, MMU off, an in-kernel GICv3. */
#define _GNU_SOURCE
#include "vmm.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#define CORE_REG(field) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | offsetof(struct kvm_regs, field) / sizeof(uint32_t))

#define GIC_IRQS        (SPI_MSI + GUEST_VCPUS)
#define GICD_CTLR       0x0
#define GICD_ENABLED    0x12 /* affinity routing, group 1 */
#define GICD_IGROUPR    0x80 /* a bit for each interrupt, likewise: */
#define GICD_ISENABLER  0x100
#define GICD_ICFGR      0xc00  /* two bits for each; 2: edge */
#define GICD_IROUTER    0x6000 /* 64 bits for each */
#define ALL_EDGE        0xaaaaaaaa
#define GICR_SGI_BASE   0x10000 /* the frame of a redistributor that has the registers of its private interrupts */
#define GICR_IGROUPR0   (GICR_SGI_BASE + 0x80)
#define GICR_ISENABLER0 (GICR_SGI_BASE + 0x100)

bool arch_has(struct vm *vm, unsigned int op)
{
	(void)vm;
	return op != OP_PIO && op != OP_PIO_IN && op != OP_CPUID && (op < OP_KICK || op >= OP_FAULT) &&
	       (op < OP_IRQFD || op == OP_IPI || op == OP_FAULT_READ || op == OP_FAULT_HUGE || op == OP_DIRTY_LOG);
}

static int set_attr(struct vm *vm, uint32_t group, uint64_t attr, void *value)
{
	struct kvm_device_attr a = {.group = group, .attr = attr, .addr = (uintptr_t)value};

	return counted_ioctl(&vm->device_ioctls, vm->irqchip_fd, KVM_SET_DEVICE_ATTR, POINTER(&a))
		       ? vmm_fail("KVM_SET_DEVICE_ATTR of the GIC")
		       : 0;
}

int arch_create_vm(struct vm *vm)
{
	struct kvm_create_device device = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};
	uint64_t dist = GUEST_GICD, redist = GUEST_GICR;
	uint32_t irqs = GIC_IRQS;
	uint64_t hz;
	int err;

	__asm__("mrs %0, cntfrq_el0" : "=r"(hz));
	vm->tick_khz = hz / 1000;
	if (vm_ioctl(vm, KVM_CREATE_DEVICE, POINTER(&device)))
		return vmm_fail("KVM_CREATE_DEVICE (GICv3)");
	vm->irqchip_fd = (int)device.fd;
	err = set_attr(vm, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &irqs);
	if (!err)
		err = set_attr(vm, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &dist);
	if (!err)
		err = set_attr(vm, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, &redist);
	return err;
}

void arch_fill_memory(struct vm *vm)
{
	(void)vm;
}

static int set_reg(struct vcpu *vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)&value};

	return vcpu_ioctl(vcpu, KVM_SET_ONE_REG, POINTER(&reg)) ? vmm_fail("KVM_SET_ONE_REG") : 0;
}

int arch_create_vcpu(struct vcpu *vcpu)
{
	struct kvm_guest_debug debug = {.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP};
	struct kvm_vcpu_init init = {0};
	int err;

	if (vm_ioctl(vcpu->vm, KVM_ARM_PREFERRED_TARGET, POINTER(&init)))
		return vmm_fail("KVM_ARM_PREFERRED_TARGET");
	init.features[0] |= 1U << KVM_ARM_VCPU_PSCI_0_2;
	if (vcpu_ioctl(vcpu, KVM_ARM_VCPU_INIT, POINTER(&init)))
		return vmm_fail("KVM_ARM_VCPU_INIT");
	/* The guest's last word is a breakpoint. */
	if (vcpu_ioctl(vcpu, KVM_SET_GUEST_DEBUG, POINTER(&debug)))
		return vmm_fail("KVM_SET_GUEST_DEBUG");
	err = set_reg(vcpu, CORE_REG(regs.pc), GUEST_CODE);
	if (!err)
		err = set_reg(vcpu, CORE_REG(regs.regs[0]), GUEST_PARAMS + vcpu->id * PARAMS_STRIDE);
	if (!err)
		err = set_reg(vcpu, CORE_REG(regs.regs[1]), GUEST_STACKS + (vcpu->id + 1) * STACK_SIZE);
	return err;
}

/* vCPU n has affinity 0.0.(n / 16).(n % 16), as KVM numbers them. */
static uint32_t affinity(unsigned int vcpu)
{
	return vcpu / 16 << 8 | vcpu % 16;
}

static int set_dist(struct vm *vm, uint64_t reg, uint32_t value)
{
	return set_attr(vm, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, reg, &value);
}

static int set_redist(struct vm *vm, unsigned int vcpu, uint64_t reg, uint32_t value)
{
	return set_attr(vm, KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, (uint64_t)affinity(vcpu) << 32 | reg, &value);
}

/* Its private interrupts, the timer's and the other vCPUs', and the shared one that is routed to it. */
static int set_interrupts(struct vm *vm, unsigned int vcpu)
{
	int err = set_redist(vm, vcpu, GICR_IGROUPR0, 0xffffffff);

	if (!err)
		err = set_redist(vm, vcpu, GICR_ISENABLER0, 1U << PPI_TIMER | 1U << SGI_IPI);
	return err ? err : set_dist(vm, GICD_IROUTER + (SPI_MSI + vcpu) * 8, affinity(vcpu));
}

int arch_finish_vm(struct vm *vm)
{
	int err = set_attr(vm, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);

	if (!err)
		err = set_dist(vm, GICD_CTLR, GICD_ENABLED);
	for (unsigned int i = SPI_MSI; !err && i < GIC_IRQS; i += 16)
		err = set_dist(vm, GICD_ICFGR + i / 4, ALL_EDGE);
	for (unsigned int i = 0; !err && i < vm->opt->vcpus; i++)
		err = set_interrupts(vm, i);
	for (unsigned int i = SPI_MSI; !err && i < GIC_IRQS; i += 32) {
		err = set_dist(vm, GICD_IGROUPR + i / 8, 0xffffffff);
		if (!err)
			err = set_dist(vm, GICD_ISENABLER + i / 8, 0xffffffff);
	}
	return err;
}

uint64_t arch_step_arg(const struct vm *vm, unsigned int op, uint64_t arg)
{
	uint64_t ticks = arg * vm->tick_khz / 1000000;

	if (op != OP_SPIN && op != OP_HLT && op != OP_IDLE)
		return arg;
	return arg && !ticks ? 1 : ticks;
}

const volatile unsigned int *arch_irqs(const struct vcpu *vcpu, const struct step *s)
{
	(void)s;
	return &vcpu->params->msi_irqs;
}

int arch_raise(struct vm *vm, unsigned int vcpu, const struct step *s)
{
	(void)s;
	return vm_send_msi(vm, vcpu, 0);
}

int arch_lower(struct vm *vm, unsigned int line)
{
	(void)vm, (void)line;
	return -EOPNOTSUPP;
}

/* There is no vector to choose. */
int vm_send_msi(struct vm *vm, unsigned int vcpu, unsigned int vector)
{
	struct kvm_irq_level line = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | (SPI_MSI + vcpu),
		.level = 1,
	};

	(void)vector;
	return vm_ioctl(vm, KVM_IRQ_LINE, POINTER(&line)) < 0 ? -errno : 0;
}
