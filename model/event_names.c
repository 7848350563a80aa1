/* SPDX-License-Identifier: GPL-2.0-only */
#include "event_names.h"

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

const char *hypercall_name(u32 of, u64 nr)
{
	return of == HYPERCALL_KVM ? find(kvm_hypercalls, ARRAY_SIZE(kvm_hypercalls), nr) : NULL;
}

const char *fault_kind_name(u32 kind)
{
	static const char *const names[FAULT_KINDS] = {
		[FAULT_READ] = "read", [FAULT_WRITE] = "write",       [FAULT_EXEC] = "exec",
		[FAULT_MMIO] = "MMIO", [FAULT_RESERVED] = "reserved", [FAULT_PRIVATE] = "private",
	};

	return kind < FAULT_KINDS ? names[kind] : NULL;
}
