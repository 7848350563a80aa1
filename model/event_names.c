/* SPDX-License-Identifier: GPL-2.0-only */
#include "event_names.h"

#include <inttypes.h>
#include <stdio.h>

#include "events.h"

struct number_name {
	u64 number;
	const char *name;
};

static const char *find(const struct number_name *names, size_t count, u64 number)
{
	for (size_t i = 0; i < count; i++)
		if (names[i].number == number)
			return names[i].name;
	return NULL;
}

/* include/uapi/linux/kvm_para.h: KVM_HC_*, of all architectures; 12 since 5.14. */
static const struct number_name kvm_hypercalls[] = {
	{1, "VAPIC_POLL_IRQ"}, {2, "MMU_OP"},
	{3, "FEATURES"},       {4, "PPC_MAP_MAGIC_PAGE"},
	{5, "KICK_CPU"},       {6, "MIPS_GET_CLOCK_FREQ"},
	{7, "MIPS_EXIT_VM"},   {8, "MIPS_CONSOLE_OUTPUT"},
	{9, "CLOCK_PAIRING"},  {10, "SEND_IPI"},
	{11, "SCHED_YIELD"},   {12, "MAP_GPA_RANGE"},
};

/* Hyper-V's Top Level Functional Specification; include/asm-generic/hyperv-tlfs.h: HVCALL_* */
static const struct number_name hyperv_hypercalls[] = {
	{0x0001, "SWITCH_VIRTUAL_ADDRESS_SPACE"},
	{0x0002, "FLUSH_VIRTUAL_ADDRESS_SPACE"},
	{0x0003, "FLUSH_VIRTUAL_ADDRESS_LIST"},
	{0x0008, "NOTIFY_LONG_SPIN_WAIT"},
	{0x000b, "SEND_IPI"},
	{0x0013, "FLUSH_VIRTUAL_ADDRESS_SPACE_EX"},
	{0x0014, "FLUSH_VIRTUAL_ADDRESS_LIST_EX"},
	{0x0015, "SEND_IPI_EX"},
	{0x0046, "GET_PARTITION_ID"},
	{0x0048, "DEPOSIT_MEMORY"},
	{0x004e, "CREATE_VP"},
	{0x0050, "GET_VP_REGISTERS"},
	{0x0051, "SET_VP_REGISTERS"},
	{0x0052, "TRANSLATE_VIRTUAL_ADDRESS"},
	{0x005c, "POST_MESSAGE"},
	{0x005d, "SIGNAL_EVENT"},
	{0x0069, "POST_DEBUG_DATA"},
	{0x006a, "RETRIEVE_DEBUG_DATA"},
	{0x006b, "RESET_DEBUG_SESSION"},
	{0x007e, "RETARGET_INTERRUPT"},
	{0x00af, "FLUSH_GUEST_PHYSICAL_ADDRESS_SPACE"},
	{0x00b0, "FLUSH_GUEST_PHYSICAL_ADDRESS_LIST"},
	{0x8001, "EXT_QUERY_CAPABILITIES"},
};

/* include/xen/interface/xen.h: __HYPERVISOR_*, those that a guest with hardware virtualisation makes. */
static const struct number_name xen_hypercalls[] = {
	{12, "memory_op"},        {13, "multicall"},      {15, "set_timer_op"}, {17, "xen_version"},
	{18, "console_io"},       {20, "grant_table_op"}, {24, "vcpu_op"},      {29, "sched_op"},
	{32, "event_channel_op"}, {33, "physdev_op"},     {34, "hvm_op"},
};

/*
 * arm64: Arm's SMC Calling Convention (DEN0028), PSCI (DEN0022), TRNG (DEN0098), paravirtualised time (DEN0057A) and what
 * KVM has of its own; include/linux/arm-smccc.h, include/uapi/linux/psci.h. Bit 31: does not block; bit 30: 64-bit
 * arguments; bits 24 to 29: whose; 0 to 15: which.
 */
static const struct number_name smccc_calls[] = {
	{0x80000000, "SMCCC_VERSION"},
	{0x80000001, "SMCCC_ARCH_FEATURES"},
	{0x80000002, "SMCCC_ARCH_SOC_ID"},
	{0x80003fff, "SMCCC_WORKAROUND_3"},
	{0x80007fff, "SMCCC_WORKAROUND_2"},
	{0x80008000, "SMCCC_WORKAROUND_1"},
	{0x84000000, "PSCI_VERSION"},
	{0x84000001, "PSCI_CPU_SUSPEND"},
	{0x84000002, "PSCI_CPU_OFF"},
	{0x84000003, "PSCI_CPU_ON"},
	{0x84000004, "PSCI_AFFINITY_INFO"},
	{0x84000005, "PSCI_MIGRATE"},
	{0x84000006, "PSCI_MIGRATE_INFO_TYPE"},
	{0x84000007, "PSCI_MIGRATE_INFO_UP_CPU"},
	{0x84000008, "PSCI_SYSTEM_OFF"},
	{0x84000009, "PSCI_SYSTEM_RESET"},
	{0x8400000a, "PSCI_FEATURES"},
	{0x8400000e, "PSCI_SYSTEM_SUSPEND"},
	{0x84000012, "PSCI_SYSTEM_RESET2"},
	{0x84000050, "TRNG_VERSION"},
	{0x84000051, "TRNG_FEATURES"},
	{0x84000052, "TRNG_GET_UUID"},
	{0x84000053, "TRNG_RND32"},
	{0x86000000, "KVM_FEATURES"},
	{0x86000001, "KVM_PTP"},
	{0x8600ff01, "KVM_CALL_UID"},
	{0xc4000001, "PSCI_CPU_SUSPEND"},
	{0xc4000003, "PSCI_CPU_ON"},
	{0xc4000004, "PSCI_AFFINITY_INFO"},
	{0xc4000005, "PSCI_MIGRATE"},
	{0xc4000007, "PSCI_MIGRATE_INFO_UP_CPU"},
	{0xc400000e, "PSCI_SYSTEM_SUSPEND"},
	{0xc4000012, "PSCI_SYSTEM_RESET2"},
	{0xc4000053, "TRNG_RND64"},
	{0xc5000020, "PV_TIME_FEATURES"},
	{0xc5000021, "PV_TIME_ST"},
};

static const struct {
	const char *of;
	const struct number_name *names;
	size_t count;
	bool hex; /* as its numbers are written everywhere */
} hypercall_tables[] = {
	[HYPERCALL_KVM] = {"KVM", kvm_hypercalls, ARRAY_SIZE(kvm_hypercalls), false},
	[HYPERCALL_HYPERV] = {"HV", hyperv_hypercalls, ARRAY_SIZE(hyperv_hypercalls), true},
	[HYPERCALL_XEN] = {"Xen", xen_hypercalls, ARRAY_SIZE(xen_hypercalls), false},
	[HYPERCALL_SMCCC] = {"SMCCC", smccc_calls, ARRAY_SIZE(smccc_calls), true},
};

const char *hypercall_name(u32 of, u64 nr, char *buf)
{
	const char *name;

	if (of >= ARRAY_SIZE(hypercall_tables))
		return NULL;
	name = find(hypercall_tables[of].names, hypercall_tables[of].count, nr);
	if (name && (of == HYPERCALL_KVM || of == HYPERCALL_SMCCC))
		return name;
	if (name)
		snprintf(buf, EVENT_NAME_SIZE, "%s %s", hypercall_tables[of].of, name);
	else
		snprintf(buf, EVENT_NAME_SIZE, hypercall_tables[of].hex ? "%s 0x%" PRIx64 : "%s %" PRIu64,
			 hypercall_tables[of].of, nr);
	return buf;
}

/* arch/x86/include/asm/apicdef.h: APIC_MODE_MASK */
static const char *const ipi_modes[] = {"fixed", "lowest", "SMI", "mode 3", "NMI", "INIT", "SIPI", "ExtINT"};

/* The arguments of one of KVM's own, as Documentation/virt/kvm/x86/hypercalls.rst has them. False: none is known. */
static bool kvm_call_arguments(u64 nr, const u64 a[4], char *buf, size_t size)
{
	switch (nr) {
	case 5:
		snprintf(buf, size, "APIC id %" PRIu64, a[1]);
		return true;
	case 9:
		snprintf(buf, size, "GPA 0x%" PRIx64 " clock %" PRIu64, a[0], a[1]);
		return true;
	case 10:
		snprintf(buf, size, "vector 0x%02x %s, APIC ids 0x%" PRIx64 ":%016" PRIx64 " from %" PRIu64,
			 (unsigned int)(a[3] & 0xff), ipi_modes[a[3] >> 8 & 7], a[1], a[0], a[2]);
		return true;
	case 11:
		snprintf(buf, size, "to APIC id %" PRIu64, a[0]);
		return true;
	case 12: /* KVM_MAP_GPA_RANGE_*, arch/x86/include/uapi/asm/kvm_para.h, since 5.14 */
		snprintf(buf, size, "GPA 0x%" PRIx64 " %" PRIu64 " pages %s%s", a[0], a[1],
			 a[2] >> 4 & 1 ? "encrypted" : "plain",
			 a[2] & 2   ? " of 1G"
			 : a[2] & 1 ? " of 2M"
				    : "");
		return true;
	default:
		return false;
	}
}

static bool smccc_arguments(u64 nr, const u64 a[4], char *buf, size_t size)
{
	switch (nr & ~(1ULL << 30)) {
	case 0x84000003:
		snprintf(buf, size, "MPIDR 0x%" PRIx64 " entry 0x%" PRIx64 " context 0x%" PRIx64, a[0], a[1], a[2]);
		return true;
	case 0x84000004:
		snprintf(buf, size, "MPIDR 0x%" PRIx64 " level %" PRIu64, a[0], a[1]);
		return true;
	case 0x80000001: /* of the call with that number */
	case 0x8400000a:
	case 0x84000051: {
		const char *name = find(smccc_calls, ARRAY_SIZE(smccc_calls), (u32)a[0]);

		if (name)
			snprintf(buf, size, "of %s", name);
		else
			snprintf(buf, size, "of 0x%" PRIx64, a[0]);
		return true;
	}
	default:
		return false;
	}
}

const char *hypercall_arguments(u32 of, u64 nr, const u64 a[4], char *buf, size_t size)
{
	if (of == HYPERCALL_SMCCC && smccc_arguments(nr, a, buf, size))
		return buf;
	if (of == HYPERCALL_KVM && kvm_call_arguments(nr, a, buf, size))
		return buf;
	if (of == HYPERCALL_HYPERV) {
		u64 reps = a[2] >> 32 & 0xfff, first = a[2] >> 48 & 0xfff;
		int n = snprintf(buf, size,
				 a[2] >> 16 & 1 ? "fast 0x%" PRIx64 " 0x%" PRIx64 : "in 0x%" PRIx64 " out 0x%" PRIx64,
				 a[0], a[1]);

		if (reps && n > 0 && (size_t)n < size)
			snprintf(buf + n, size - (size_t)n, " %" PRIu64 " reps from %" PRIu64, reps, first);
		return buf;
	}
	snprintf(buf, size, "0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64, a[0], a[1], a[2], a[3]);
	return buf;
}

const char *fault_kind_name(u32 kind)
{
	static const char *const names[FAULT_KINDS] = {
		[FAULT_READ] = "read", [FAULT_WRITE] = "write",       [FAULT_EXEC] = "exec",
		[FAULT_MMIO] = "MMIO", [FAULT_RESERVED] = "reserved", [FAULT_PRIVATE] = "private",
	};

	return kind < FAULT_KINDS ? names[kind] : NULL;
}
