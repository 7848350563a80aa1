/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KVM's ioctls by their numbers (include/uapi/linux/kvm.h up to 7.2, without KVM_), in the order of the numbers. Numbers are
 * what the VMM passes: direction, size of the argument, KVM's letter and the number itself. Where other architectures use
 * a number for something else, the name is x86's or arm64's.
 */
#include <inttypes.h>
#include <stdio.h>

#include "event_names.h"
#include "events.h"

struct ioctl_name {
	u32 request;
	const char *name;
};

/* clang-format off */
static const struct ioctl_name ioctls[] = {
	{0x0000ae00, "GET_API_VERSION"}, {0x0000ae01, "CREATE_VM"}, {0x0000ae03, "CHECK_EXTENSION"},
	{0x0000ae04, "GET_VCPU_MMAP_SIZE"}, {0x0000ae06, "S390_ENABLE_SIE"}, {0x0000ae41, "CREATE_VCPU"},
	{0x0000ae44, "SET_NR_MMU_PAGES"}, {0x0000ae45, "GET_NR_MMU_PAGES"}, {0x0000ae47, "SET_TSS_ADDR"},
	{0x0000ae60, "CREATE_IRQCHIP"}, {0x0000ae64, "CREATE_PIT"}, {0x0000ae71, "REINJECT_CONTROL"},
	{0x0000ae78, "SET_BOOT_CPU_ID"}, {0x0000ae80, "RUN"}, {0x0000ae97, "S390_INITIAL_RESET"}, {0x0000ae9a, "NMI"},
	{0x0000aea2, "SET_TSC_KHZ"}, {0x0000aea3, "GET_TSC_KHZ"}, {0x0000aead, "KVMCLOCK_CTRL"},
	{0x0000aeb3, "PPC_SVM_OFF"}, {0x0000aeb7, "SMI"}, {0x0000aec3, "S390_NORMAL_RESET"},
	{0x0000aec4, "S390_CLEAR_RESET"}, {0x0000aec7, "RESET_DIRTY_RINGS"}, {0x0000aece, "GET_STATS_FD"},
	{0x4004ae86, "INTERRUPT"}, {0x4004ae8b, "SET_SIGNAL_MASK"}, {0x4004ae99, "SET_MP_STATE"},
	{0x4004aec2, "ARM_VCPU_FINALIZE"}, {0x4008ae48, "SET_IDENTITY_MAP_ADDR"}, {0x4008ae52, "S390_VCPU_FAULT"},
	{0x4008ae61, "IRQ_LINE"}, {0x4008ae6a, "SET_GSI_ROUTING"}, {0x4008ae73, "ASSIGN_SET_MSIX_NR"},
	{0x4008ae89, "SET_MSRS"}, {0x4008ae8a, "SET_CPUID"}, {0x4008ae90, "SET_CPUID2"},
	{0x4008ae93, "SET_VAPIC_ADDR"}, {0x4008ae95, "S390_STORE_STATUS"}, {0x4008ae9c, "X86_SETUP_MCE"},
	{0x400caed0, "XEN_HVM_EVTCHN_SEND"}, {0x4010ae42, "GET_DIRTY_LOG"}, {0x4010ae74, "ASSIGN_SET_MSIX_ENTRY"},
	{0x4010ae94, "S390_INTERRUPT"}, {0x4010ae96, "S390_SET_INITIAL_PSW"}, {0x4010aeaa, "DIRTY_TLB"},
	{0x4010aeab, "ARM_SET_DEVICE_ADDR"}, {0x4010aeac, "SET_ONE_REG"}, {0x4018ae40, "SET_MEMORY_REGION"},
	{0x4018ae50, "S390_UCAS_MAP"}, {0x4018ae51, "S390_UCAS_UNMAP"}, {0x4018aebd, "HYPERV_EVENTFD"},
	{0x4018aee1, "SET_DEVICE_ATTR"}, {0x4018aee2, "GET_DEVICE_ATTR"}, {0x4018aee3, "HAS_DEVICE_ATTR"},
	{0x4020ae43, "SET_MEMORY_ALIAS"}, {0x4020ae46, "SET_USER_MEMORY_REGION"}, {0x4020ae76, "IRQFD"},
	{0x4020aea5, "SIGNAL_MSI"}, {0x4020aeae, "ARM_VCPU_INIT"}, {0x4020aeb2, "SET_PMU_EVENT_FILTER"},
	{0x4020aeb5, "S390_SET_IRQ_STATE"}, {0x4020aeb6, "S390_GET_IRQ_STATE"}, {0x4020aeb9, "S390_SET_CMMA_BITS"},
	{0x4020aed2, "SET_MEMORY_ATTRIBUTES"}, {0x4030ae7b, "SET_CLOCK"}, {0x4038ae7a, "XEN_HVM_CONFIG"},
	{0x4040ae70, "ASSIGN_DEV_IRQ"}, {0x4040ae72, "DEASSIGN_PCI_DEVICE"}, {0x4040ae75, "DEASSIGN_DEV_IRQ"},
	{0x4040ae77, "CREATE_PIT2"}, {0x4040ae79, "IOEVENTFD"}, {0x4040ae9e, "X86_SET_MCE"},
	{0x4040aea0, "SET_VCPU_EVENTS"}, {0x4040aea4, "ASSIGN_SET_INTX_MASK"}, {0x4040aeb1, "S390_MEM_OP"},
	{0x4040aeb2, "S390_GET_SKEYS"}, {0x4040aeb3, "S390_SET_SKEYS"}, {0x4048ae9b, "SET_GUEST_DEBUG"},
	{0x4048aeb4, "S390_IRQ"}, {0x4048aec9, "XEN_HVM_SET_ATTR"}, {0x4048aecb, "XEN_VCPU_SET_ATTR"},
	{0x4048aed1, "S390_ZPCI_OP"}, {0x4068aea3, "ENABLE_CAP"}, {0x4070aea0, "SET_PIT2"},
	{0x4080aea1, "PPC_GET_PVINFO"}, {0x4080aea2, "SET_DEBUGREGS"}, {0x4080aebf, "SET_NESTED_STATE"},
	{0x4090ae82, "SET_REGS"}, {0x40a0ae49, "SET_USER_MEMORY_REGION2"}, {0x4138ae84, "SET_SREGS"},
	{0x4140aecd, "SET_SREGS2"}, {0x4188aea7, "SET_XCRS"}, {0x4188aec6, "X86_SET_MSR_FILTER"},
	{0x41a0ae8d, "SET_FPU"}, {0x4400ae8f, "SET_LAPIC"}, {0x5000aea5, "SET_XSAVE"}, {0x8004ae98, "GET_MP_STATE"},
	{0x8008ae9d, "X86_GET_MCE_CAP_SUPPORTED"}, {0x8010aead, "PPC_RESIZE_HPT_PREPARE"},
	{0x8010aeae, "PPC_RESIZE_HPT_COMMIT"}, {0x8010aebb, "MEMORY_ENCRYPT_REG_REGION"},
	{0x8010aebc, "MEMORY_ENCRYPT_UNREG_REGION"}, {0x8020aeaf, "ARM_PREFERRED_TARGET"},
	{0x8028aeb4, "ARM_MTE_COPY_TAGS"}, {0x8030ae7c, "GET_CLOCK"}, {0x8040ae69, "ASSIGN_PCI_DEVICE"},
	{0x8040ae9f, "GET_VCPU_EVENTS"}, {0x8048ae66, "SET_PIT"}, {0x8070ae9f, "GET_PIT2"},
	{0x8080aea1, "GET_DEBUGREGS"}, {0x8090ae81, "GET_REGS"}, {0x8138ae83, "GET_SREGS"}, {0x8140aecc, "GET_SREGS2"},
	{0x8188aea6, "GET_XCRS"}, {0x81a0ae8c, "GET_FPU"}, {0x8208ae63, "SET_IRQCHIP"},
	{0x8250aea6, "PPC_GET_SMMU_INFO"}, {0x8400ae8e, "GET_LAPIC"}, {0x9000aea4, "GET_XSAVE"},
	{0x9000aecf, "GET_XSAVE2"}, {0xc004ae02, "GET_MSR_INDEX_LIST"}, {0xc004ae0a, "GET_MSR_FEATURE_INDEX_LIST"},
	{0xc004aea7, "PPC_ALLOCATE_HTAB"}, {0xc008ae05, "GET_SUPPORTED_CPUID"}, {0xc008ae09, "GET_EMULATED_CPUID"},
	{0xc008ae67, "IRQ_LINE_STATUS"}, {0xc008ae88, "GET_MSRS"}, {0xc008ae91, "GET_CPUID2"},
	{0xc008aeb0, "GET_REG_LIST"}, {0xc008aeba, "MEMORY_ENCRYPT_OP"}, {0xc008aec1, "GET_SUPPORTED_HV_CPUID"},
	{0xc00caee0, "CREATE_DEVICE"}, {0xc018ae85, "TRANSLATE"}, {0xc018aec0, "CLEAR_DIRTY_LOG"},
	{0xc020aeb8, "S390_GET_CMMA_BITS"}, {0xc020aec5, "S390_PV_COMMAND"}, {0xc020aed0, "S390_PV_CPU_COMMAND"},
	{0xc028ae92, "TPR_ACCESS_REPORTING"}, {0xc040aed4, "CREATE_GUEST_MEMFD"}, {0xc040aed5, "PRE_FAULT_MEMORY"},
	{0xc048ae65, "GET_PIT"}, {0xc048aec8, "XEN_HVM_GET_ATTR"}, {0xc048aeca, "XEN_VCPU_GET_ATTR"},
	{0xc080aebe, "GET_NESTED_STATE"}, {0xc208ae62, "GET_IRQCHIP"},
};
/* clang-format on */

const char *ioctl_name(u32 request)
{
	size_t low = 0, high = ARRAY_SIZE(ioctls);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (ioctls[middle].request == request)
			return ioctls[middle].name;
		if (ioctls[middle].request < request)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *ioctl_text(u32 request, char *buf)
{
	const char *name = ioctl_name(request);

	if (name)
		return name;
	snprintf(buf, EVENT_NAME_SIZE, "ioctl 0x%" PRIx32 " (%" PRIu32 ")", request, request & 0xff);
	return buf;
}

const char *ioctl_file_name(u32 file)
{
	static const char *const names[] = {
		[IOCTL_KVM] = "/dev/kvm", [IOCTL_VM] = "VM", [IOCTL_VCPU] = "vCPU", [IOCTL_DEVICE] = "device"};

	return file < ARRAY_SIZE(names) ? names[file] : "others";
}

const char *memslot_text(u32 sub, char *buf)
{
	if (sub >> 16)
		snprintf(buf, EVENT_NAME_SIZE, "slot %" PRIu32 " (SMM)", sub & 0xffff);
	else
		snprintf(buf, EVENT_NAME_SIZE, "slot %" PRIu32, sub);
	return buf;
}

bool ioctl_is_run(u64 request)
{
	return request == 0xae80;
}

/* include/uapi/linux/kvm.h: KVM_MEM_*; include/linux/kvm_host.h: KVM_MEMSLOT_INVALID, _GMEM_ONLY */
const char *memslot_flags(u64 flags, char *buf)
{
	static const struct {
		u32 bit;
		const char *name;
	} names[] = {
		{1U << 0, "log"}, {1U << 1, "ro"}, {1U << 2, "memfd"}, {1U << 16, "invalid"}, {1U << 17, "memfd only"}};
	int n = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & names[i].bit)
			n += snprintf(buf + n, EVENT_NAME_SIZE - n, "%s%s", n ? "," : "", names[i].name);
	return n ? buf : "-";
}
