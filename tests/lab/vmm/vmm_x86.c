/* SPDX-License-Identifier: GPL-2.0-only */
/* The truth VMM on x86: flat protected mode, an in-kernel APIC. */
#define _GNU_SOURCE
#include "vmm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SELECTOR_CODE 0x08
#define SELECTOR_DATA 0x10
#define GATE_PRESENT  0x8e00 /* 32-bit interrupt gate */
#define CPUID_ENTRIES 128
#define HV_LEAVES     0x40000000U
#define XEN_PAGE_MSR  0x40000200U

/* 4 GiB flat segments: null, code, data. */
static const uint64_t gdt[] = {0, 0x00cf9b000000ffffULL, 0x00cf93000000ffffULL};

static void gate(uint64_t *idt, unsigned int vector)
{
	uint64_t address = GUEST_CODE + STUBS + vector * STUB_STRIDE;

	idt[vector] =
		(address & 0xffff) | SELECTOR_CODE << 16 | (uint64_t)GATE_PRESENT << 32 | (address & 0xffff0000) << 32;
}

void arch_fill_memory(struct vm *vm)
{
	uint64_t *idt = (uint64_t *)(vm->ram + GUEST_IDT);

	memcpy(vm->ram + GUEST_GDT, gdt, sizeof(gdt));
	for (unsigned int i = 0; i < 256; i++)
		gate(idt, i);
}

static bool wants(const struct options *opt, unsigned int op)
{
	for (unsigned int i = 0; i < opt->steps; i++) {
		if (opt->step[i].step.op == op)
			return true;
	}
	return false;
}

/* Hyper-V's leaves where KVM's were, and KVM's 0x100 further on: two entries more. */
static void add_hyperv(struct kvm_cpuid2 *cpuid)
{
	for (unsigned int i = 0; i < cpuid->nent; i++) {
		if (cpuid->entries[i].function >> 8 == HV_LEAVES >> 8)
			cpuid->entries[i].function += 0x100;
	}
	if (cpuid->nent + 2 > CPUID_ENTRIES)
		return;
	cpuid->entries[cpuid->nent++] = (struct kvm_cpuid_entry2){
		.function = HV_LEAVES,
		.eax = HV_LEAVES + 1,
		.ebx = 0x7263694d, /* "Microsoft Hv" */
		.ecx = 0x666f736f,
		.edx = 0x76482074,
	};
	cpuid->entries[cpuid->nent++] =
		(struct kvm_cpuid_entry2){.function = HV_LEAVES + 1, .eax = 0x31237648 /* "Hv#1" */};
}

static int set_cpuid(struct vm *vm, struct vcpu *vcpu)
{
	struct kvm_cpuid2 *cpuid = calloc(1, sizeof(*cpuid) + CPUID_ENTRIES * sizeof(cpuid->entries[0]));
	int err = 0;

	if (!cpuid)
		return -ENOMEM;
	cpuid->nent = CPUID_ENTRIES;
	if (kvm_ioctl(vm, KVM_GET_SUPPORTED_CPUID, POINTER(cpuid))) {
		err = vmm_fail("KVM_GET_SUPPORTED_CPUID");
	} else {
		for (unsigned int i = 0; i < cpuid->nent; i++) {
			struct kvm_cpuid_entry2 *e = &cpuid->entries[i];

			if (e->function == 1) {
				e->ebx = (e->ebx & 0xffffff) | vcpu->id << 24;
				e->ecx |= 1U
					  << 24; /* the APIC timer's TSC-deadline mode, which KVM leaves to the VMM */
			} else if (e->function == 0xb || e->function == 0x1f) {
				e->edx = vcpu->id;
			}
		}
		if (wants(vm->opt, OP_HYPERV))
			add_hyperv(cpuid);
		if (vcpu_ioctl(vcpu, KVM_SET_CPUID2, POINTER(cpuid)))
			err = vmm_fail("KVM_SET_CPUID2");
	}
	free(cpuid);
	return err;
}

static int set_registers(struct vcpu *vcpu)
{
	struct kvm_segment code = {
		.limit = 0xffffffff, .selector = SELECTOR_CODE, .type = 11, .present = 1, .db = 1, .s = 1, .g = 1};
	struct kvm_segment data = {
		.limit = 0xffffffff, .selector = SELECTOR_DATA, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1};
	struct kvm_mp_state runnable = {.mp_state = KVM_MP_STATE_RUNNABLE};
	struct kvm_regs regs = {.rip = GUEST_CODE, .rflags = 2};
	struct kvm_sregs sregs;
	uint32_t stack = GUEST_STACKS + vcpu->id * STACK_SIZE;

	if (vcpu_ioctl(vcpu, KVM_GET_SREGS, POINTER(&sregs)))
		return vmm_fail("KVM_GET_SREGS");
	sregs.cs = code;
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = data;
	sregs.gdt.base = GUEST_GDT;
	sregs.gdt.limit = sizeof(gdt) - 1;
	sregs.idt.base = GUEST_IDT;
	sregs.idt.limit = 256 * 8 - 1;
	sregs.cr0 = 0x31; /* PE, ET, NE */
	sregs.cr3 = sregs.cr4 = 0;
	sregs.efer = 0;
	if (vcpu_ioctl(vcpu, KVM_SET_SREGS, POINTER(&sregs)))
		return vmm_fail("KVM_SET_SREGS");
	*(uint32_t *)(vcpu->vm->ram + stack) = GUEST_PARAMS + vcpu->id * PARAMS_STRIDE;
	regs.rsp = stack + STACK_SIZE;
	if (vcpu_ioctl(vcpu, KVM_SET_REGS, POINTER(&regs)))
		return vmm_fail("KVM_SET_REGS");
	return vcpu_ioctl(vcpu, KVM_SET_MP_STATE, POINTER(&runnable)) ? vmm_fail("KVM_SET_MP_STATE") : 0;
}

/* The host's vendor decides which of the two hypercall instructions KVM takes without patching the guest. */
static bool host_is_intel(void)
{
	char line[256];
	bool intel = false;
	FILE *f = fopen("/proc/cpuinfo", "re");

	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "vendor_id", 9)) {
			intel = strstr(line, "GenuineIntel") || strstr(line, "CentaurHauls");
			break;
		}
	}
	if (f)
		fclose(f);
	return intel;
}

bool arch_has(struct vm *vm, unsigned int op)
{
	if (op == OP_NESTED)
		return !host_is_intel();
	/* No Xen at all without CONFIG_KVM_XEN. */
	if (op == OP_XEN)
		return kvm_ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_XEN_HVM) & KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL;
	return op < OPS;
}

/* From now on, each of this VM's hypercalls is Xen's; those that KVM does not answer are the VMM's (KVM_EXIT_XEN). */
static int set_xen(struct vm *vm)
{
	/* The MSR that tells the guest's page for hypercalls, which this guest does without. */
	struct kvm_xen_hvm_config config = {.flags = KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL, .msr = XEN_PAGE_MSR};

	return vm_ioctl(vm, KVM_XEN_HVM_CONFIG, POINTER(&config)) ? vmm_fail("KVM_XEN_HVM_CONFIG") : 0;
}

int arch_create_vm(struct vm *vm)
{
	vm->vmcall = host_is_intel();
	if (vm_ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000) && errno != ENOTTY && errno != EINVAL)
		return vmm_fail("KVM_SET_TSS_ADDR");
	if (vm_ioctl(vm, KVM_CREATE_IRQCHIP, 0))
		return vmm_fail("KVM_CREATE_IRQCHIP");
	return wants(vm->opt, OP_XEN) ? set_xen(vm) : 0;
}

int arch_create_vcpu(struct vcpu *vcpu)
{
	int khz = vcpu_ioctl(vcpu, KVM_GET_TSC_KHZ, 0);
	int err;

	if (khz <= 0)
		return vmm_fail("KVM_GET_TSC_KHZ");
	vcpu->vm->tick_khz = (uint64_t)khz;
	err = set_cpuid(vcpu->vm, vcpu);
	return err ? err : set_registers(vcpu);
}

int arch_finish_vm(struct vm *vm)
{
	return irqfds_create(vm);
}

/* The APIC's timer counts nanoseconds. */
uint64_t arch_step_arg(const struct vm *vm, unsigned int op, uint64_t arg)
{
	return op == OP_SPIN || op == OP_DEADLINE ? arg * vm->tick_khz / 1000000 : arg;
}
