/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <linux/kvm.h>

#include "build.h"

#define GUEST(code) EXIT_KEY(EXIT_GUEST, code)
#define USER(code)  EXIT_KEY(EXIT_USER, code)

static void names(void **state)
{
	static const struct {
		u32 isa;
		u64 key;
		const char *name;
	} cases[] = {
		{KVM_ISA_VMX, GUEST(0), "EXCEPTION_NMI"},
		{KVM_ISA_VMX, GUEST(12), "HLT"},
		{KVM_ISA_VMX, GUEST(48), "EPT_VIOLATION"},
		{KVM_ISA_VMX, GUEST(75), "NOTIFY"},
		{KVM_ISA_VMX, GUEST(76), "SEAMCALL"},
		{KVM_ISA_VMX, GUEST(77), "TDCALL"},
		{KVM_ISA_VMX, GUEST(85), "MSR_WRITE_IMM"},
		{KVM_ISA_VMX, GUEST(35), "vmx:35"},
		{KVM_ISA_VMX, GUEST(999), "vmx:999"},
		{KVM_ISA_VMX, GUEST(0x80000021), "INVALID_STATE FAILED_VMENTRY"},
		{KVM_ISA_VMX, GUEST(0x80000063), "vmx:99 FAILED_VMENTRY"},
		/* Bit 27: the exit came from enclave mode. The reason stays the same. */
		{KVM_ISA_VMX, GUEST(0x08000001), "EXTERNAL_INTERRUPT"},
		{KVM_ISA_SVM, GUEST(0x400), "npf"},
		{KVM_ISA_SVM, GUEST(0x78), "hlt"},
		{KVM_ISA_SVM, GUEST(0x7b), "io"},
		{KVM_ISA_SVM, GUEST(0x60), "interrupt"},
		{KVM_ISA_SVM, GUEST(0x4e), "PF excp"},
		{KVM_ISA_SVM, GUEST(0xa6), "idle-halt"},
		{KVM_ISA_SVM, GUEST(0x403), "vmgexit"},
		{KVM_ISA_SVM, GUEST(0x80000013), "vmgexit_ap_creation"},
		{KVM_ISA_SVM, GUEST(0xffffffff), "invalid_guest_state"},
		{KVM_ISA_SVM, GUEST(0x4ff), "svm:0x4ff"},
		{KVM_ISA_ARM64, GUEST(ARM64_CODE(0, 0)), "IRQ"},
		{KVM_ISA_ARM64, GUEST(ARM64_CODE(2, 0x24)), "DABT_LOW"},
		{KVM_ISA_ARM64, GUEST(ARM64_CODE(2, 0x01)), "WFx"},
		{KVM_ISA_ARM64, GUEST(ARM64_CODE(2, 0x3f)), "arm64:EC_0x3f"},
		{KVM_ISA_ARM64, GUEST(ARM64_CODE(0xbadca11, 0)), "HYP_GONE"},
		{KVM_ISA_ARM64, GUEST(ARM64_CODE(9, 0)), "arm64:0x900"},
		{7, GUEST(0x12), "isa7:0x12"},
		{KVM_ISA_NONE, GUEST(0x12), "exit:0x12"},
		{KVM_ISA_VMX, USER(KVM_EXIT_IO), "IO"},
		{KVM_ISA_NONE, USER(KVM_EXIT_MMIO), "MMIO"},
		{KVM_ISA_SVM, USER(39), "MEMORY_FAULT"},
		{KVM_ISA_SVM, USER(99), "user:99"},
		{KVM_ISA_SVM, USER((u32)-EINTR), "restart"},
		{KVM_ISA_SVM, USER((u32)-EFAULT), "error(-14)"},
	};
	char buf[REASON_NAME_SIZE];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(reason_name(cases[i].isa, cases[i].key, buf), cases[i].name);
	assert_string_equal(isa_name(KVM_ISA_SVM, buf), "svm");
	assert_string_equal(isa_name(9, buf), "isa9");
}

/* Whatever the number, there is a printable name that tells it from all others. */
static void every_code_has_its_own_name(void **state)
{
	char a[REASON_NAME_SIZE], b[REASON_NAME_SIZE];

	(void)state;
	for (u32 isa = KVM_ISA_VMX; isa <= KVM_ISA_SVM; isa++) {
		for (u32 i = 0; i < 0x420; i++) {
			const char *name = reason_name(isa, GUEST(i), a);

			assert_true(*name && strlen(name) < REASON_NAME_SIZE);
			for (u32 j = 0; j < i; j++)
				assert_string_not_equal(name, reason_name(isa, GUEST(j), b));
		}
	}
}

static void idle(void **state)
{
	(void)state;
	assert_true(reason_is_idle(KVM_ISA_VMX, GUEST(12)));
	assert_true(reason_is_idle(KVM_ISA_VMX, GUEST(36)));
	assert_false(reason_is_idle(KVM_ISA_VMX, GUEST(0x78)));
	assert_false(reason_is_idle(KVM_ISA_VMX, GUEST(0x8000000c)));
	assert_true(reason_is_idle(KVM_ISA_SVM, GUEST(0x78)));
	assert_true(reason_is_idle(KVM_ISA_SVM, GUEST(0x8b)));
	assert_true(reason_is_idle(KVM_ISA_SVM, GUEST(0xa6)));
	assert_false(reason_is_idle(KVM_ISA_SVM, GUEST(12)));
	assert_true(reason_is_idle(KVM_ISA_ARM64, GUEST(ARM64_CODE(2, 1))));
	assert_false(reason_is_idle(KVM_ISA_ARM64, GUEST(ARM64_CODE(0, 1))));
	/* KVM_EXIT_HLT is time of the VMM. */
	assert_false(reason_is_idle(KVM_ISA_VMX, USER(KVM_EXIT_HLT)));
	assert_false(reason_is_idle(KVM_ISA_NONE, GUEST(12)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(every_code_has_its_own_name),
		cmocka_unit_test(idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
