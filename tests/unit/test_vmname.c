// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../../model/vmname.h"

/* A command line with its arguments between blanks in place of NULs. */
static const char *name_of(const char *line, const char *comm)
{
	static char name[VM_NAME_SIZE];
	char vmm[16], raw[512];
	size_t len = strlen(line);

	memcpy(raw, line, len + 1);
	for (size_t i = 0; i < len; i++)
		if (raw[i] == ' ')
			raw[i] = '\0';
	vm_name_from_cmdline(raw, len ? len + 1 : 0, comm, name, vmm);
	return name;
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(name_of("/usr/bin/qemu-system-x86_64 -name guest=web01,debug-threads=on -m 1", "qemu"),
			    "web01");
	assert_string_equal(name_of("qemu-system-x86_64 -enable-kvm -name db", "qemu"), "db");
	assert_string_equal(name_of("qemu-system-x86_64 -name a,,b,process=x", "qemu"), "a,b");
	assert_string_equal(name_of("qemu-system-x86_64 -name debug-threads=on,guest=z", "qemu"), "z");
	assert_string_equal(name_of("qemu-system-x86_64 -name debug-threads=on -uuid 1-2-3", "qemu"), "1-2-3");
	assert_string_equal(name_of("/usr/libexec/qemu-kvm -uuid 4d8e -name guest=r9", "qemu-kvm"), "r9");
	assert_string_equal(name_of("qemu-system-x86_64 -m 512", "CPU 0/KVM"), "CPU 0/KVM");
	assert_string_equal(name_of("firecracker --id vm-7 --api-sock /x", "firecracker"), "vm-7");
	assert_string_equal(name_of("firecracker --id=vm-8", "firecracker"), "vm-8");
	assert_string_equal(name_of("cloud-hypervisor --api-socket /run/vms/mail/api.sock", "cloud-hyperviso"), "mail");
	assert_string_equal(name_of("cloud-hypervisor --api-socket=/run/mail.sock", "cloud-hyperviso"), "mail");
	assert_string_equal(name_of("crosvm run --name borealis", "crosvm"), "borealis");
	assert_string_equal(name_of("crosvm run --socket /tmp/arc.sock", "crosvm"), "arc");
	assert_string_equal(name_of("./vmm --name own", "vmm"), "own");
	assert_string_equal(name_of("", "kthread"), "kthread");
	assert_string_equal(name_of("", ""), "?");
	/* An option at the very end, without its value. */
	assert_string_equal(name_of("qemu-system-x86_64 -name", "qemu"), "qemu");
}

static void hostile_names(void **state)
{
	char out[16];

	(void)state;
	assert_string_equal(name_of("qemu-system-x86_64 -name \033]0;owned\007x", "qemu"), "?]0;owned?x");
	clean_text(out, sizeof(out),
		   "a\x9b"
		   "1m",
		   4); /* a C1 control as a bare byte */
	assert_string_equal(out, "a?1m");
	clean_text(out, sizeof(out),
		   "\xc2\x9b"
		   "1m",
		   4); /* the same in UTF-8 */
	assert_string_equal(out, "?1m");
	clean_text(out, sizeof(out),
		   "x\xe2\x80\xae"
		   "y",
		   5); /* right-to-left override */
	assert_string_equal(out, "x?y");
	clean_text(out, sizeof(out), "\xc0\xaf", 2); /* an overlong slash */
	assert_string_equal(out, "??");
	clean_text(out, sizeof(out), "caf\xc3\xa9", 5);
	assert_string_equal(out, "caf\xc3\xa9");
	clean_text(out, 5, "caf\xc3\xa9", 5); /* no room for all of the last character */
	assert_string_equal(out, "caf");
	clean_text(out, sizeof(out), "ab\xe2\x82", 4); /* cut short */
	assert_string_equal(out, "ab??");
}

/* Whatever bytes come in: what goes out ends in time and has nothing that a terminal obeys. */
static void random_bytes(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char in[40], out[24];
		size_t size = 1 + rand_r(&seed) % sizeof(out);

		for (size_t i = 0; i < sizeof(in); i++)
			in[i] = rand_r(&seed) >> 7;
		clean_text(out, size, in, sizeof(in));
		assert_true(strlen(out) < size);
		for (const unsigned char *c = (unsigned char *)out; *c; c++)
			assert_true(*c >= 0x20 && *c != 0x7f);
	}
}

static void of_a_process(void **state)
{
	char name[VM_NAME_SIZE], vmm[16];

	(void)state;
	assert_int_equal(vm_name_of_pid(getpid(), NULL, name, vmm), 0);
	assert_string_equal(name, "test_vmname");
	assert_int_not_equal(vm_name_of_pid(0x7ffffffe, NULL, name, vmm), 0);
	assert_string_equal(name, "pid 2147483646");
	assert_int_not_equal(vm_name_of_pid(0x7ffffffe, "firecracker\0\0\0\0", name, vmm), 0);
	assert_string_equal(name, "firecracker");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(random_bytes),
		cmocka_unit_test(of_a_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
