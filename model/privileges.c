// SPDX-License-Identifier: GPL-2.0-only
#include "privileges.h"

#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* CAP_BPF and CAP_PERFMON are of 5.8; older kernel headers need not have them. */
#define PERFMON 38
#define BPF     39

static bool has(const struct __user_cap_data_struct data[2], u32 cap)
{
	return data[cap / 32].effective & (1U << (cap % 32));
}

void privileges_missing(char *names, size_t size)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};
	bool module = !access("/sys/module/kvm/initstate", F_OK);
	size_t n = 0;
	const struct {
		u32 cap;
		const char *name;
		bool needed;
	} caps[] = {
		{BPF, "CAP_BPF", true},
		{PERFMON, "CAP_PERFMON", true},
		{CAP_SYS_ADMIN, "CAP_SYS_ADMIN", module},
	};

	names[0] = '\0';
	syscall(SYS_capget, &header,
		data); /* fails for a version that the kernel does not know: then nothing is there */
	if (has(data, CAP_SYS_ADMIN))
		return; /* it includes the others */
	for (size_t i = 0; i < ARRAY_SIZE(caps) && n < size; i++)
		if (caps[i].needed && !has(data, caps[i].cap))
			n += (size_t)snprintf(names + n, size - n, "%s%s", n ? ", " : "", caps[i].name);
}
