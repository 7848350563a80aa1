/* SPDX-License-Identifier: GPL-2.0-only */
/* Second-level causes of exits by name: MSRs, ports, devices' addresses, CPUID leaves, vectors of Linux on x86. */
#include <inttypes.h>
#include <stdio.h>

#include "event_names.h"
#include "events.h"
#include "reasons.h"

struct range_name {
	u64 first, last;
	const char *name;
};

/* Ranges are in order and do not overlap. */
static const char *find(const struct range_name *names, size_t count, u64 number)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (number < names[middle].first)
			high = middle;
		else if (number > names[middle].last)
			low = middle + 1;
		else
			return names[middle].name;
	}
	return NULL;
}

/* clang-format off */

/*
 * arch/x86/include/asm/msr-index.h, without MSR_ and IA32_; KVM's own: arch/x86/include/uapi/asm/kvm_para.h; Hyper-V's:
 * include/hyperv/hvgdk_mini.h, as HV.
 */
static const struct range_name msrs[] = {
	{0x0, 0x0, "P5_MC_ADDR"}, {0x1, 0x1, "P5_MC_TYPE"}, {0x10, 0x10, "TSC"}, {0x11, 0x11, "KVM_WALL_CLOCK (old)"},
	{0x12, 0x12, "KVM_SYSTEM_TIME (old)"}, {0x17, 0x17, "PLATFORM_ID"}, {0x1b, 0x1b, "APICBASE"},
	{0x2a, 0x2a, "EBL_CR_POWERON"}, {0x33, 0x33, "TEST_CTRL"}, {0x34, 0x34, "SMI_COUNT"}, {0x3a, 0x3a, "FEAT_CTL"},
	{0x3b, 0x3b, "TSC_ADJUST"}, {0x48, 0x48, "SPEC_CTRL"}, {0x49, 0x49, "PRED_CMD"}, {0x79, 0x79, "UCODE_WRITE"},
	{0x8b, 0x8b, "UCODE_REV"}, {0x8c, 0x8f, "SGXLEPUBKEYHASH"}, {0x9b, 0x9b, "SMM_MONITOR_CTL"},
	{0x9e, 0x9e, "SMBASE"}, {0xc1, 0xc8, "PERFCTR"}, {0xcd, 0xcd, "FSB_FREQ"}, {0xce, 0xce, "PLATFORM_INFO"},
	{0xcf, 0xcf, "CORE_CAPS"}, {0xe1, 0xe1, "UMWAIT_CONTROL"}, {0xe2, 0xe2, "PKG_CST_CONFIG_CONTROL"},
	{0xe7, 0xe7, "MPERF"}, {0xe8, 0xe8, "APERF"}, {0xfe, 0xfe, "MTRRcap"}, {0x10a, 0x10a, "ARCH_CAPABILITIES"},
	{0x10b, 0x10b, "FLUSH_CMD"}, {0x11e, 0x11e, "BBL_CR_CTL3"}, {0x122, 0x122, "TSX_CTRL"},
	{0x123, 0x123, "MCU_OPT_CTRL"}, {0x140, 0x140, "MISC_FEATURES_ENABLES"}, {0x174, 0x174, "SYSENTER_CS"},
	{0x175, 0x175, "SYSENTER_ESP"}, {0x176, 0x176, "SYSENTER_EIP"}, {0x179, 0x179, "MCG_CAP"},
	{0x17a, 0x17a, "MCG_STATUS"}, {0x17b, 0x17b, "MCG_CTL"}, {0x186, 0x18d, "EVENTSEL"},
	{0x198, 0x198, "PERF_STATUS"}, {0x199, 0x199, "PERF_CTL"}, {0x19a, 0x19a, "THERM_CONTROL"},
	{0x19b, 0x19b, "THERM_INTERRUPT"}, {0x19c, 0x19c, "THERM_STATUS"}, {0x1a0, 0x1a0, "MISC_ENABLE"},
	{0x1a2, 0x1a2, "TEMPERATURE_TARGET"}, {0x1a4, 0x1a4, "MISC_FEATURE_CONTROL"}, {0x1a6, 0x1a7, "OFFCORE_RSP"},
	{0x1aa, 0x1aa, "MISC_PWR_MGMT"}, {0x1ad, 0x1ae, "TURBO_RATIO_LIMIT"}, {0x1b0, 0x1b0, "ENERGY_PERF_BIAS"},
	{0x1b1, 0x1b1, "PACKAGE_THERM_STATUS"}, {0x1b2, 0x1b2, "PACKAGE_THERM_INTERRUPT"}, {0x1c4, 0x1c4, "XFD"},
	{0x1c5, 0x1c5, "XFD_ERR"}, {0x1c8, 0x1c8, "LBR_SELECT"}, {0x1c9, 0x1c9, "LBR_TOS"}, {0x1d9, 0x1d9, "DEBUGCTL"},
	{0x1db, 0x1db, "LASTBRANCHFROMIP"}, {0x1dc, 0x1dc, "LASTBRANCHTOIP"}, {0x1dd, 0x1dd, "LASTINTFROMIP"},
	{0x1de, 0x1de, "LASTINTTOIP"}, {0x1fc, 0x1fc, "POWER_CTL"}, {0x200, 0x21f, "MTRR (variable)"},
	{0x250, 0x250, "MTRRfix64K"}, {0x258, 0x259, "MTRRfix16K"}, {0x268, 0x26f, "MTRRfix4K"}, {0x277, 0x277, "CR_PAT"},
	{0x280, 0x29f, "MC_CTL2"}, {0x2ff, 0x2ff, "MTRRdefType"}, {0x309, 0x30b, "CORE_PERF_FIXED_CTR"},
	{0x345, 0x345, "PERF_CAPABILITIES"}, {0x38d, 0x38d, "CORE_PERF_FIXED_CTR_CTRL"},
	{0x38e, 0x38e, "CORE_PERF_GLOBAL_STATUS"}, {0x38f, 0x38f, "CORE_PERF_GLOBAL_CTRL"},
	{0x390, 0x390, "CORE_PERF_GLOBAL_OVF_CTRL"}, {0x391, 0x391, "CORE_PERF_GLOBAL_STATUS_SET"},
	{0x3f1, 0x3f1, "PEBS_ENABLE"}, {0x3f2, 0x3f2, "PEBS_DATA_CFG"}, {0x3f6, 0x3f6, "PEBS_LD_LAT_THRESHOLD"},
	{0x400, 0x47f, "MC (machine check)"}, {0x480, 0x493, "VMX (capabilities)"}, {0x4c1, 0x4c8, "PMC"},
	{0x560, 0x589, "RTIT (processor trace)"}, {0x600, 0x600, "DS_AREA"}, {0x606, 0x606, "RAPL_POWER_UNIT"},
	{0x610, 0x610, "PKG_POWER_LIMIT"}, {0x611, 0x611, "PKG_ENERGY_STATUS"}, {0x619, 0x619, "DRAM_ENERGY_STATUS"},
	{0x638, 0x642, "RAPL (power)"}, {0x64e, 0x64e, "PPERF"}, {0x680, 0x69f, "LASTBRANCH_FROM"},
	{0x6a0, 0x6a0, "U_CET"}, {0x6a2, 0x6a2, "S_CET"}, {0x6a4, 0x6a7, "PL_SSP"}, {0x6a8, 0x6a8, "INT_SSP_TAB"},
	{0x6c0, 0x6df, "LASTBRANCH_TO"}, {0x6e0, 0x6e0, "TSC_DEADLINE"}, {0x770, 0x770, "PM_ENABLE"},
	{0x771, 0x771, "HWP_CAPABILITIES"}, {0x774, 0x774, "HWP_REQUEST"}, {0x802, 0x802, "X2APIC ID"},
	{0x803, 0x803, "X2APIC VERSION"}, {0x808, 0x808, "X2APIC TPR"}, {0x80a, 0x80a, "X2APIC PPR"},
	{0x80b, 0x80b, "X2APIC EOI"}, {0x80d, 0x80d, "X2APIC LDR"}, {0x80f, 0x80f, "X2APIC SPIV"},
	{0x810, 0x817, "X2APIC ISR"}, {0x818, 0x81f, "X2APIC TMR"}, {0x820, 0x827, "X2APIC IRR"},
	{0x828, 0x828, "X2APIC ESR"}, {0x82f, 0x82f, "X2APIC LVTCMCI"}, {0x830, 0x830, "X2APIC ICR"},
	{0x832, 0x832, "X2APIC LVTT"}, {0x833, 0x833, "X2APIC LVTTHMR"}, {0x834, 0x834, "X2APIC LVTPC"},
	{0x835, 0x835, "X2APIC LVT0"}, {0x836, 0x836, "X2APIC LVT1"}, {0x837, 0x837, "X2APIC LVTERR"},
	{0x838, 0x838, "X2APIC TMICT"}, {0x839, 0x839, "X2APIC TMCCT"}, {0x83e, 0x83e, "X2APIC TDCR"},
	{0x83f, 0x83f, "X2APIC SELF_IPI"}, {0xc80, 0xc80, "DEBUG_INTERFACE"}, {0xd90, 0xd90, "BNDCFGS"},
	{0xda0, 0xda0, "XSS"}, {0x40000000, 0x40000000, "HV GUEST_OS_ID"}, {0x40000001, 0x40000001, "HV HYPERCALL"},
	{0x40000002, 0x40000002, "HV VP_INDEX"}, {0x40000003, 0x40000003, "HV RESET"},
	{0x40000010, 0x40000010, "HV VP_RUNTIME"}, {0x40000020, 0x40000020, "HV TIME_REF_COUNT"},
	{0x40000021, 0x40000021, "HV REFERENCE_TSC"}, {0x40000022, 0x40000022, "HV TSC_FREQUENCY"},
	{0x40000023, 0x40000023, "HV APIC_FREQUENCY"}, {0x40000070, 0x40000070, "HV EOI"},
	{0x40000071, 0x40000071, "HV ICR"}, {0x40000072, 0x40000072, "HV TPR"},
	{0x40000073, 0x40000073, "HV VP_ASSIST_PAGE"}, {0x40000080, 0x40000080, "HV SCONTROL"},
	{0x40000081, 0x40000081, "HV SVERSION"}, {0x40000082, 0x40000082, "HV SIEFP"},
	{0x40000083, 0x40000083, "HV SIMP"}, {0x40000084, 0x40000084, "HV EOM"}, {0x40000090, 0x4000009f, "HV SINT"},
	{0x400000b0, 0x400000b7, "HV STIMER"}, {0x400000f1, 0x400000ff, "HV SYNTH_DEBUG"},
	{0x40000100, 0x40000105, "HV CRASH"}, {0x40000106, 0x40000106, "HV REENLIGHTENMENT"},
	{0x40000107, 0x40000107, "HV TSC_EMULATION_CONTROL"}, {0x40000108, 0x40000108, "HV TSC_EMULATION_STATUS"},
	{0x40000118, 0x40000118, "HV TSC_INVARIANT_CONTROL"}, {0x4b564d00, 0x4b564d00, "KVM_WALL_CLOCK"},
	{0x4b564d01, 0x4b564d01, "KVM_SYSTEM_TIME"}, {0x4b564d02, 0x4b564d02, "KVM_ASYNC_PF_EN"},
	{0x4b564d03, 0x4b564d03, "KVM_STEAL_TIME"}, {0x4b564d04, 0x4b564d04, "KVM_PV_EOI_EN"},
	{0x4b564d05, 0x4b564d05, "KVM_POLL_CONTROL"}, {0x4b564d06, 0x4b564d06, "KVM_ASYNC_PF_INT"},
	{0x4b564d07, 0x4b564d07, "KVM_ASYNC_PF_ACK"}, {0x4b564d08, 0x4b564d08, "KVM_MIGRATION_CONTROL"},
	{0xc0000080, 0xc0000080, "EFER"}, {0xc0000081, 0xc0000081, "STAR"}, {0xc0000082, 0xc0000082, "LSTAR"},
	{0xc0000083, 0xc0000083, "CSTAR"}, {0xc0000084, 0xc0000084, "SYSCALL_MASK"},
	{0xc00000e7, 0xc00000e7, "F17H_MPERF_RO"}, {0xc00000e8, 0xc00000e8, "F17H_APERF_RO"},
	{0xc00000e9, 0xc00000e9, "AMD_IRPERF"}, {0xc0000100, 0xc0000100, "FS_BASE"}, {0xc0000101, 0xc0000101, "GS_BASE"},
	{0xc0000102, 0xc0000102, "KERNEL_GS_BASE"}, {0xc0000103, 0xc0000103, "TSC_AUX"},
	{0xc0000104, 0xc0000104, "AMD64_TSC_RATIO"}, {0xc0000300, 0xc0000303, "AMD64_PERF_CNTR_GLOBAL"},
	{0xc0010000, 0xc0010003, "K7_EVNTSEL"}, {0xc0010004, 0xc0010007, "K7_PERFCTR"},
	{0xc0010010, 0xc0010010, "AMD64_SYSCFG"}, {0xc0010015, 0xc0010015, "K7_HWCR"},
	{0xc0010016, 0xc0010016, "IORR_BASE0"}, {0xc0010017, 0xc0010017, "IORR_MASK0"},
	{0xc0010018, 0xc0010018, "IORR_BASE1"}, {0xc0010019, 0xc0010019, "IORR_MASK1"},
	{0xc001001a, 0xc001001a, "K8_TOP_MEM1"}, {0xc001001d, 0xc001001d, "K8_TOP_MEM2"},
	{0xc001001f, 0xc001001f, "AMD64_NB_CFG"}, {0xc0010055, 0xc0010055, "K8_INT_PENDING_MSG"},
	{0xc0010058, 0xc0010058, "FAM10H_MMIO_CONF_BASE"}, {0xc0010061, 0xc0010061, "AMD_PSTATE_CUR_LIMIT"},
	{0xc0010062, 0xc0010062, "AMD_PERF_CTL"}, {0xc0010063, 0xc0010063, "AMD_PERF_STATUS"},
	{0xc0010064, 0xc001006b, "AMD_PSTATE_DEF"}, {0xc0010111, 0xc0010111, "SMM_BASE"},
	{0xc0010112, 0xc0010112, "SMM_ADDR"}, {0xc0010113, 0xc0010113, "SMM_MASK"}, {0xc0010114, 0xc0010114, "VM_CR"},
	{0xc0010115, 0xc0010115, "VM_IGNNE"}, {0xc0010117, 0xc0010117, "VM_HSAVE_PA"},
	{0xc001011f, 0xc001011f, "AMD64_VIRT_SPEC_CTRL"}, {0xc0010130, 0xc0010130, "AMD64_SEV_ES_GHCB"},
	{0xc0010131, 0xc0010131, "AMD64_SEV"}, {0xc0010140, 0xc0010140, "AMD64_OSVW_ID_LENGTH"},
	{0xc0010141, 0xc0010141, "AMD64_OSVW_STATUS"}, {0xc0010200, 0xc001020b, "F15H_PERF"},
	{0xc0011004, 0xc0011005, "AMD64_CPUID"}, {0xc001101e, 0xc001101e, "AMD64_BU_CFG2"},
	{0xc0011020, 0xc0011020, "AMD64_LS_CFG"}, {0xc0011022, 0xc0011022, "AMD64_DC_CFG"},
	{0xc0011023, 0xc0011023, "AMD64_TW_CFG"}, {0xc0011029, 0xc0011029, "AMD64_DE_CFG"},
	{0xc001102a, 0xc001102a, "AMD64_BU_CFG"}, {0xc0011030, 0xc001103d, "AMD64_IBS"},
};

/* The usual devices of a PC, and those that QEMU adds. */
static const struct range_name ports[] = {
	{0x0, 0xf, "DMA 1"}, {0x20, 0x21, "PIC master"}, {0x22, 0x23, "chipset"}, {0x2e, 0x2f, "Super I/O"},
	{0x40, 0x43, "PIT"}, {0x4e, 0x4f, "Super I/O"}, {0x60, 0x60, "keyboard data"}, {0x61, 0x61, "speaker, NMI"},
	{0x64, 0x64, "keyboard control"}, {0x70, 0x70, "RTC index"}, {0x71, 0x71, "RTC data"},
	{0x72, 0x73, "RTC, upper CMOS"}, {0x80, 0x80, "POST"}, {0x81, 0x8f, "DMA page"}, {0x92, 0x92, "A20, reset"},
	{0xa0, 0xa1, "PIC slave"}, {0xb2, 0xb3, "SMI"}, {0xc0, 0xdf, "DMA 2"}, {0xe9, 0xe9, "debug console"},
	{0xed, 0xed, "I/O delay"}, {0xf0, 0xf0, "FPU error"}, {0x170, 0x177, "IDE secondary"},
	{0x1ce, 0x1cf, "VGA (Bochs VBE)"}, {0x1f0, 0x1f7, "IDE primary"}, {0x201, 0x201, "joystick"},
	{0x278, 0x27f, "LPT2"}, {0x2e8, 0x2ef, "COM4"}, {0x2f8, 0x2ff, "COM2"}, {0x376, 0x376, "IDE secondary"},
	{0x378, 0x37f, "LPT1"}, {0x3b4, 0x3bb, "VGA (mono)"}, {0x3c0, 0x3df, "VGA"}, {0x3e8, 0x3ef, "COM3"},
	{0x3f0, 0x3f5, "floppy"}, {0x3f6, 0x3f6, "IDE primary"}, {0x3f7, 0x3f7, "floppy"}, {0x3f8, 0x3ff, "COM1"},
	{0x402, 0x402, "firmware debug"}, {0x4d0, 0x4d1, "PIC ELCR"}, {0x505, 0x505, "pvpanic"}, {0x510, 0x51b, "fw_cfg"},
	{0x600, 0x603, "ACPI PM1 event"}, {0x604, 0x605, "ACPI PM1 control"}, {0x608, 0x60b, "ACPI PM timer"},
	{0x620, 0x62f, "ACPI GPE0"}, {0x630, 0x63f, "ACPI SMI"}, {0x700, 0x73f, "SMBus"},
	{0xcf8, 0xcf8, "PCI config address"}, {0xcf9, 0xcf9, "reset control"}, {0xcfc, 0xcff, "PCI config data"},
	{0x5658, 0x5658, "VMware"}, {0xae00, 0xae13, "PCI hotplug"}, {0xaf00, 0xaf1f, "CPU, memory hotplug"},
	{0xafe0, 0xafe3, "ACPI GPE"}, {0xb000, 0xb003, "ACPI PM1 event"}, {0xb004, 0xb005, "ACPI PM1 control"},
	{0xb008, 0xb00b, "ACPI PM timer"}, {0xb100, 0xb13f, "SMBus"},
};

/* Fixed by the architecture, or where QEMU's machines have them. */
static const struct range_name devices[] = {
	{0xa0000, 0xbffff, "VGA memory"}, {0xb0000000, 0xbfffffff, "PCI config (ECAM)"},
	{0xd0000000, 0xd0000fff, "virtio-mmio"}, {0xfec00000, 0xfec00fff, "IOAPIC"}, {0xfed00000, 0xfed003ff, "HPET"},
	{0xfed1c000, 0xfed1ffff, "chipset (RCBA)"}, {0xfed40000, 0xfed44fff, "TPM"}, {0xfee00000, 0xfee00fff, "LAPIC"},
};

/* arch/x86/include/asm/apicdef.h: offsets in the local APIC's page, by 16 bytes. */
static const struct range_name lapic[] = {
	{0x20, 0x20, "ID"}, {0x30, 0x30, "version"}, {0x80, 0x80, "TPR"}, {0x90, 0x90, "APR"}, {0xa0, 0xa0, "PPR"},
	{0xb0, 0xb0, "EOI"}, {0xd0, 0xd0, "LDR"}, {0xe0, 0xe0, "DFR"}, {0xf0, 0xf0, "SPIV"}, {0x100, 0x170, "ISR"},
	{0x180, 0x1f0, "TMR"}, {0x200, 0x270, "IRR"}, {0x280, 0x280, "ESR"}, {0x2f0, 0x2f0, "LVTCMCI"},
	{0x300, 0x300, "ICR"}, {0x310, 0x310, "ICR2"}, {0x320, 0x320, "LVTT"}, {0x330, 0x330, "LVTTHMR"},
	{0x340, 0x340, "LVTPC"}, {0x350, 0x350, "LVT0"}, {0x360, 0x360, "LVT1"}, {0x370, 0x370, "LVTERR"},
	{0x380, 0x380, "TMICT"}, {0x390, 0x390, "TMCCT"}, {0x3e0, 0x3e0, "TDCR"},
};

/* What a leaf of CPUID tells. */
static const struct range_name leaves[] = {
	{0x0, 0x0, "vendor, highest leaf"}, {0x1, 0x1, "family, features"}, {0x2, 0x2, "caches (old)"},
	{0x4, 0x4, "caches"}, {0x5, 0x5, "MONITOR"}, {0x6, 0x6, "thermal, power"}, {0x7, 0x7, "extended features"},
	{0x9, 0x9, "DCA"}, {0xa, 0xa, "PMU"}, {0xb, 0xb, "topology"}, {0xd, 0xd, "XSAVE"},
	{0xf, 0xf, "resource monitoring"}, {0x10, 0x10, "resource allocation"}, {0x12, 0x12, "SGX"},
	{0x14, 0x14, "processor trace"}, {0x15, 0x15, "TSC frequency"}, {0x16, 0x16, "CPU frequency"},
	{0x17, 0x17, "SoC"}, {0x18, 0x18, "TLBs"}, {0x19, 0x19, "key locker"}, {0x1a, 0x1a, "hybrid"},
	{0x1b, 0x1b, "PCONFIG"}, {0x1c, 0x1c, "LBR"}, {0x1d, 0x1d, "AMX tiles"}, {0x1e, 0x1e, "AMX TMUL"},
	{0x1f, 0x1f, "topology (V2)"}, {0x20, 0x20, "HRESET"}, {0x21, 0x21, "TDX"}, {0x23, 0x23, "PMU (extended)"},
	{0x24, 0x24, "AVX10"}, {0x40000000, 0x40000000, "hypervisor"}, {0x40000001, 0x40000001, "hypervisor features"},
	{0x40000002, 0x40000002, "hypervisor version"}, {0x40000003, 0x40000003, "hypervisor features (HV)"},
	{0x40000004, 0x40000004, "hypervisor hints (HV)"}, {0x40000005, 0x40000005, "hypervisor limits (HV)"},
	{0x40000006, 0x40000006, "hypervisor hardware (HV)"}, {0x40000010, 0x40000010, "hypervisor timing"},
	{0x40000100, 0x40000100, "hypervisor (second)"}, {0x40000101, 0x40000101, "hypervisor features (second)"},
	{0x80000000, 0x80000000, "highest extended leaf"}, {0x80000001, 0x80000001, "extended features"},
	{0x80000002, 0x80000004, "processor name"}, {0x80000005, 0x80000005, "L1 caches, TLBs"},
	{0x80000006, 0x80000006, "L2, L3 caches"}, {0x80000007, 0x80000007, "power, invariant TSC"},
	{0x80000008, 0x80000008, "address sizes"}, {0x8000000a, 0x8000000a, "SVM"},
	{0x80000019, 0x80000019, "TLBs, 1 GiB pages"}, {0x8000001a, 0x8000001a, "performance hints"},
	{0x8000001b, 0x8000001b, "IBS"}, {0x8000001d, 0x8000001d, "caches (AMD)"},
	{0x8000001e, 0x8000001e, "topology (AMD)"}, {0x8000001f, 0x8000001f, "memory encryption"},
	{0x80000020, 0x80000020, "quality of service"}, {0x80000021, 0x80000021, "extended features 2"},
	{0x80000022, 0x80000022, "PMU (AMD)"}, {0x80000026, 0x80000026, "topology (AMD, V2)"},
	{0xc0000000, 0xc0000000, "Centaur"},
};

/* arch/x86/include/asm/irq_vectors.h, as it is since 6.1. */
static const struct range_name vectors[] = {
	{0x20, 0x2f, "ISA, device"}, {0x30, 0xeb, "device"}, {0xec, 0xec, "local timer"}, {0xed, 0xed, "HV stimer"},
	{0xee, 0xee, "HV reenlightenment"}, {0xef, 0xef, "posted interrupt, nested"},
	{0xf0, 0xf0, "posted interrupt, nested"}, {0xf1, 0xf1, "posted interrupt, wake-up"},
	{0xf2, 0xf2, "posted interrupt"}, {0xf3, 0xf3, "hypervisor callback"}, {0xf4, 0xf4, "deferred error"},
	{0xf6, 0xf6, "irq work"}, {0xf7, 0xf7, "platform IPI"}, {0xf8, 0xf8, "reboot"}, {0xf9, 0xf9, "threshold"},
	{0xfa, 0xfa, "thermal"}, {0xfb, 0xfb, "call function, single"}, {0xfc, 0xfc, "call function"},
	{0xfd, 0xfd, "reschedule"}, {0xfe, 0xfe, "APIC error"}, {0xff, 0xff, "spurious"},
};

/* clang-format on */

#define FIND(table, number) find(table, ARRAY_SIZE(table), number)

#define LAPIC_BASE 0xfee00000
#define LAPIC_END  0xfee01000

const char *msr_name(u32 index)
{
	return FIND(msrs, index);
}

const char *port_name(u32 port)
{
	return FIND(ports, port);
}

const char *device_name(u64 gpa)
{
	return FIND(devices, gpa);
}

const char *cpuid_name(u32 leaf)
{
	return FIND(leaves, leaf);
}

const char *host_vector_name(u32 vector)
{
	return FIND(vectors, vector);
}

static const char *msr_text(u32 write, u32 index, char *buf)
{
	const char *name = msr_name(index);

	if (name)
		snprintf(buf, EVENT_NAME_SIZE, "%s %s", write ? "WRMSR" : "RDMSR", name);
	else
		snprintf(buf, EVENT_NAME_SIZE, "%s 0x%" PRIx32, write ? "WRMSR" : "RDMSR", index);
	return buf;
}

static const char *port_text(u32 out, u32 port, char *buf)
{
	const char *name = port_name(port);

	snprintf(buf, EVENT_NAME_SIZE, "%s 0x%" PRIx32 "%s%s", out ? "OUT" : "IN", port, name ? " " : "",
		 name ? name : "");
	return buf;
}

static const char *mmio_text(u32 isa, u32 write, u64 gpa, char *buf)
{
	bool x86 = isa != KVM_ISA_ARM64;
	bool apic = x86 && gpa >= LAPIC_BASE && gpa < LAPIC_END;
	const char *name = apic ? FIND(lapic, (gpa - LAPIC_BASE) & ~0xfULL) : x86 ? device_name(gpa) : NULL;

	snprintf(buf, EVENT_NAME_SIZE, "%s 0x%" PRIx64 "%s%s%s", write ? "write" : "read", gpa, apic ? " LAPIC" : "",
		 name ? " " : "", name ? name : "");
	return buf;
}

static const char *cpuid_text(u32 subleaf, u32 leaf, char *buf)
{
	const char *name = cpuid_name(leaf);
	int n = snprintf(buf, EVENT_NAME_SIZE, "CPUID 0x%" PRIx32, leaf);

	if (subleaf)
		n += snprintf(buf + n, EVENT_NAME_SIZE - n, ".%" PRIu32, subleaf);
	if (name)
		snprintf(buf + n, EVENT_NAME_SIZE - n, " %s", name);
	return buf;
}

static const char *host_vector_text(u32 vector, u64 line, char *buf)
{
	const char *name = host_vector_name(vector);

	if (line)
		snprintf(buf, EVENT_NAME_SIZE, "host IRQ %" PRIu64, line - 1);
	else
		snprintf(buf, EVENT_NAME_SIZE, "host vector 0x%" PRIx32 "%s%s", vector, name ? " " : "",
			 name ? name : "");
	return buf;
}

/* Those that KVM answers itself: identification, timers, interrupts, counters, debugging (Arm's ARM, DDI 0487). */
static const struct range_name sysregs[] = {
	{SYSREG(2, 0, 0, 2, 2), SYSREG(2, 0, 0, 2, 2), "MDSCR_EL1"},
	{SYSREG(2, 0, 1, 0, 4), SYSREG(2, 0, 1, 0, 4), "OSLAR_EL1"},
	{SYSREG(2, 0, 1, 1, 4), SYSREG(2, 0, 1, 1, 4), "OSLSR_EL1"},
	{SYSREG(2, 0, 1, 3, 4), SYSREG(2, 0, 1, 3, 4), "OSDLR_EL1"},
	{SYSREG(3, 0, 0, 0, 0), SYSREG(3, 0, 0, 0, 0), "MIDR_EL1"},
	{SYSREG(3, 0, 0, 0, 5), SYSREG(3, 0, 0, 0, 5), "MPIDR_EL1"},
	{SYSREG(3, 0, 0, 4, 0), SYSREG(3, 0, 0, 4, 0), "ID_AA64PFR0_EL1"},
	{SYSREG(3, 0, 0, 4, 1), SYSREG(3, 0, 0, 4, 1), "ID_AA64PFR1_EL1"},
	{SYSREG(3, 0, 0, 5, 0), SYSREG(3, 0, 0, 5, 0), "ID_AA64DFR0_EL1"},
	{SYSREG(3, 0, 0, 6, 0), SYSREG(3, 0, 0, 6, 0), "ID_AA64ISAR0_EL1"},
	{SYSREG(3, 0, 0, 6, 1), SYSREG(3, 0, 0, 6, 1), "ID_AA64ISAR1_EL1"},
	{SYSREG(3, 0, 0, 6, 2), SYSREG(3, 0, 0, 6, 2), "ID_AA64ISAR2_EL1"},
	{SYSREG(3, 0, 0, 7, 0), SYSREG(3, 0, 0, 7, 0), "ID_AA64MMFR0_EL1"},
	{SYSREG(3, 0, 0, 7, 1), SYSREG(3, 0, 0, 7, 1), "ID_AA64MMFR1_EL1"},
	{SYSREG(3, 0, 0, 7, 2), SYSREG(3, 0, 0, 7, 2), "ID_AA64MMFR2_EL1"},
	{SYSREG(3, 0, 1, 0, 0), SYSREG(3, 0, 1, 0, 0), "SCTLR_EL1"},
	{SYSREG(3, 0, 1, 0, 1), SYSREG(3, 0, 1, 0, 1), "ACTLR_EL1"},
	{SYSREG(3, 0, 2, 0, 0), SYSREG(3, 0, 2, 0, 0), "TTBR0_EL1"},
	{SYSREG(3, 0, 2, 0, 1), SYSREG(3, 0, 2, 0, 1), "TTBR1_EL1"},
	{SYSREG(3, 0, 2, 0, 2), SYSREG(3, 0, 2, 0, 2), "TCR_EL1"},
	{SYSREG(3, 0, 9, 14, 1), SYSREG(3, 0, 9, 14, 1), "PMINTENSET_EL1"},
	{SYSREG(3, 0, 9, 14, 2), SYSREG(3, 0, 9, 14, 2), "PMINTENCLR_EL1"},
	{SYSREG(3, 0, 12, 11, 5), SYSREG(3, 0, 12, 11, 5), "ICC_SGI1R_EL1"},
	{SYSREG(3, 0, 12, 11, 6), SYSREG(3, 0, 12, 11, 6), "ICC_ASGI1R_EL1"},
	{SYSREG(3, 0, 12, 11, 7), SYSREG(3, 0, 12, 11, 7), "ICC_SGI0R_EL1"},
	{SYSREG(3, 0, 12, 12, 5), SYSREG(3, 0, 12, 12, 5), "ICC_SRE_EL1"},
	{SYSREG(3, 1, 0, 0, 0), SYSREG(3, 1, 0, 0, 0), "CCSIDR_EL1"},
	{SYSREG(3, 1, 0, 0, 1), SYSREG(3, 1, 0, 0, 1), "CLIDR_EL1"},
	{SYSREG(3, 2, 0, 0, 0), SYSREG(3, 2, 0, 0, 0), "CSSELR_EL1"},
	{SYSREG(3, 3, 0, 0, 1), SYSREG(3, 3, 0, 0, 1), "CTR_EL0"},
	{SYSREG(3, 3, 9, 12, 0), SYSREG(3, 3, 9, 12, 0), "PMCR_EL0"},
	{SYSREG(3, 3, 9, 12, 1), SYSREG(3, 3, 9, 12, 1), "PMCNTENSET_EL0"},
	{SYSREG(3, 3, 9, 12, 2), SYSREG(3, 3, 9, 12, 2), "PMCNTENCLR_EL0"},
	{SYSREG(3, 3, 9, 12, 3), SYSREG(3, 3, 9, 12, 3), "PMOVSCLR_EL0"},
	{SYSREG(3, 3, 9, 12, 5), SYSREG(3, 3, 9, 12, 5), "PMSELR_EL0"},
	{SYSREG(3, 3, 9, 13, 0), SYSREG(3, 3, 9, 13, 0), "PMCCNTR_EL0"},
	{SYSREG(3, 3, 9, 13, 1), SYSREG(3, 3, 9, 13, 1), "PMXEVTYPER_EL0"},
	{SYSREG(3, 3, 9, 13, 2), SYSREG(3, 3, 9, 13, 2), "PMXEVCNTR_EL0"},
	{SYSREG(3, 3, 9, 14, 0), SYSREG(3, 3, 9, 14, 0), "PMUSERENR_EL0"},
	{SYSREG(3, 3, 9, 14, 3), SYSREG(3, 3, 9, 14, 3), "PMOVSSET_EL0"},
	{SYSREG(3, 3, 14, 0, 1), SYSREG(3, 3, 14, 0, 1), "CNTPCT_EL0"},
	{SYSREG(3, 3, 14, 2, 0), SYSREG(3, 3, 14, 2, 0), "CNTP_TVAL_EL0"},
	{SYSREG(3, 3, 14, 2, 1), SYSREG(3, 3, 14, 2, 1), "CNTP_CTL_EL0"},
	{SYSREG(3, 3, 14, 2, 2), SYSREG(3, 3, 14, 2, 2), "CNTP_CVAL_EL0"},
	{SYSREG(3, 3, 14, 15, 7), SYSREG(3, 3, 14, 15, 7), "PMCCFILTR_EL0"},
};

/* One without a name as assemblers write it: "S3_0_C12_C11_5". */
static const char *sysreg_text(u32 write, u64 reg, char *buf)
{
	const char *name = FIND(sysregs, reg);
	u32 r = (u32)reg;

	if (name)
		snprintf(buf, EVENT_NAME_SIZE, "%s %s", write ? "MSR" : "MRS", name);
	else
		snprintf(buf, EVENT_NAME_SIZE, "%s S%" PRIu32 "_%" PRIu32 "_C%" PRIu32 "_C%" PRIu32 "_%" PRIu32,
			 write ? "MSR" : "MRS", r >> 14 & 3, r >> 11 & 7, r >> 7 & 15, r >> 3 & 15, r & 7);
	return buf;
}

const char *cause_name(u32 isa, u32 kind, u32 sub, u64 a, char *buf)
{
	switch (kind) {
	case EVENT_MSR:
		return msr_text(sub, a, buf);
	case EVENT_PIO:
		return port_text(sub, a, buf);
	case EVENT_MMIO:
		return mmio_text(isa, sub, a, buf);
	case EVENT_CPUID:
		return cpuid_text(sub, a, buf);
	case EVENT_HOST_VECTOR:
		return host_vector_text(sub, a, buf);
	case EVENT_SYSREG:
		return sysreg_text(sub, a, buf);
	case EVENT_WFX:
		return sub ? "WFE" : "WFI";
	default:
		return NULL;
	}
}
