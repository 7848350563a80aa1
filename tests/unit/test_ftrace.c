/* SPDX-License-Identifier: GPL-2.0-only */
#include "../../model/ftrace.h"
#include "build.h"

static void names_are_whole(void **state)
{
	static const char list[] = "kvm_sched_in [kvm] (1) R   D   M \ttramp: ftrace_regs_caller+0x0/0x65\n"
				   "\tdirect-->bpf_trampoline_15032497222+0x0/0xac\n"
				   "do_exit (1)\n"
				   "kvm_vcpu_block [kvm] (2) R\n";

	(void)state;
	assert_true(ftrace_has(list, "kvm_sched_in"));
	assert_true(ftrace_has(list, "do_exit"));
	assert_true(ftrace_has(list, "kvm_vcpu_block"));
	assert_false(ftrace_has(list, "kvm_vcpu_halt"));
	assert_false(ftrace_has(list, "kvm_sched"));
	assert_false(ftrace_has(list, "sched_in"));
	assert_false(ftrace_has("", "do_exit"));
	/* who cannot look does not know better than the kernel */
	assert_true(ftrace_has(NULL, "do_exit"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
