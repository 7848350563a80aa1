// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "vmname.h"

/* Length of the valid UTF-8 sequence at s (1..4) and its code point, or 0. */
static int utf8_decode(const unsigned char *s, size_t len, u32 *cp)
{
	static const u32 least[] = {0, 0, 0x80, 0x800, 0x10000};
	int n = s[0] < 0x80 ? 1 : (s[0] & 0xe0) == 0xc0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : (s[0] & 0xf8) == 0xf0 ? 4 : 0;

	if (!n || (size_t)n > len)
		return 0;
	*cp = n == 1 ? s[0] : s[0] & (0xff >> (n + 1));
	for (int i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (s[i] & 0x3f);
	}
	return *cp < least[n] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp < 0xe000) ? 0 : n;
}

/* Control characters (C0, DEL, C1), and those that hide or reorder what stands beside them. */
static bool harmful(u32 cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad || cp == 0x61c || cp == 0x180e ||
	       (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) ||
	       cp == 0xfeff || (cp >= 0xfff9 && cp <= 0xfffb) || (cp >= 0xe0000 && cp <= 0xe0fff);
}

void clean_text(char *dst, size_t size, const char *src, size_t len)
{
	size_t out = 0;

	while (len && *src) {
		u32 cp = 0;
		int n = utf8_decode((const unsigned char *)src, len, &cp);
		bool bad = !n || harmful(cp);
		size_t width = bad ? 1 : n;

		if (out + width >= size)
			break;
		if (bad)
			dst[out] = '?';
		else
			memcpy(dst + out, src, width);
		out += width;
		src += n ? n : 1;
		len -= n ? n : 1;
	}
	dst[out] = '\0';
}

struct args {
	const char *p, *end;
};

static const char *next_arg(struct args *a)
{
	const char *arg = a->p;

	if (arg >= a->end)
		return NULL;
	a->p = memchr(arg, '\0', a->end - arg);
	a->p = a->p ? a->p + 1 : a->end;
	return arg;
}

/* The value of "--opt VALUE" or "--opt=VALUE"; opt is given with its dashes. */
static const char *option(const char *cmdline, size_t len, const char *opt)
{
	struct args a = {cmdline, cmdline + len};
	size_t n = strlen(opt);

	for (const char *arg = next_arg(&a); arg; arg = next_arg(&a)) {
		if (strncmp(arg, opt, n))
			continue;
		if (arg[n] == '=')
			return arg + n + 1;
		if (!arg[n])
			return next_arg(&a);
	}
	return NULL;
}

/* QEMU's "-name guest=web01,debug-threads=on" or "-name web01". A comma inside the name is doubled. */
static void qemu_name(const char *value, char *dst, size_t size)
{
	const char *guest = strstr(value, "guest=");
	char raw[256];
	size_t out = 0;

	if (guest && (guest == value || guest[-1] == ','))
		value = guest + 6;
	else if (!strncmp(value, "debug-threads=", 14) || !strncmp(value, "process=", 8))
		value = "";
	for (; *value && out < sizeof(raw) - 1; value++) {
		if (*value == ',') {
			if (value[1] != ',')
				break;
			value++;
		}
		raw[out++] = *value;
	}
	clean_text(dst, size, raw, out);
}

/* /run/vms/web01/api.sock says more by its folder than by its own name. */
static void name_from_socket(const char *path, char *dst, size_t size)
{
	const char *base = strrchr(path, '/'), *dir;
	size_t len;

	base = base ? base + 1 : path;
	len = strcspn(base, ".");
	if (base > path + 1 && (!strncmp(base, "api.", 4) || !strncmp(base, "clh", 3) || !strncmp(base, "ch.", 3))) {
		for (dir = base - 1; dir > path && dir[-1] != '/'; dir--)
			;
		len = base - 1 - dir;
		base = dir;
	}
	clean_text(dst, size, base, len);
}

static const struct {
	const char *program; /* start of the program's name */
	const char *vmm;
	const char *options[3]; /* tried in this order */
} vmms[] = {
	{"qemu", "qemu", {"-name", "-uuid"}},         {"kvm", "qemu", {"-name", "-uuid"}},
	{"firecracker", "firecracker", {"--id"}},     {"cloud-hypervis", "cloud-hyperv", {"--name", "--api-socket"}},
	{"crosvm", "crosvm", {"--name", "--socket"}}, {"lkvm", "kvmtool", {"--name", "-n"}},
};

void vm_name_from_cmdline(const char *cmdline, size_t len, const char *comm, char name[VM_NAME_SIZE], char vmm[16])
{
	const char *program = len ? cmdline : comm, *slash = strrchr(program, '/');
	const char *options[3] = {"-name", "--name", "--id"}; /* of a VMM that we do not know */
	const char *value = NULL;

	program = slash ? slash + 1 : program;
	clean_text(vmm, 16, comm, strlen(comm));
	name[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(vmms); i++) {
		if (strncmp(program, vmms[i].program, strlen(vmms[i].program)))
			continue;
		snprintf(vmm, 16, "%s", vmms[i].vmm);
		memcpy(options, vmms[i].options, sizeof(options));
		break;
	}
	for (size_t i = 0; i < ARRAY_SIZE(options) && options[i] && !*name; i++) {
		value = option(cmdline, len, options[i]);
		if (!value || !*value)
			continue;
		if (!strcmp(options[i], "-name"))
			qemu_name(value, name, VM_NAME_SIZE);
		else if (strstr(options[i], "socket"))
			name_from_socket(value, name, VM_NAME_SIZE);
		else
			clean_text(name, VM_NAME_SIZE, value, strlen(value));
	}
	if (!*name)
		clean_text(name, VM_NAME_SIZE, comm, strlen(comm));
	if (!*name)
		snprintf(name, VM_NAME_SIZE, "?");
	if (!*vmm)
		snprintf(vmm, 16, "?");
}

static ssize_t read_proc(u32 pid, const char *file, char *buf, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	close(fd);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return n;
}

int vm_name_of_pid(u32 pid, const char *comm, char name[VM_NAME_SIZE], char vmm[16])
{
	char cmdline[16384], now[64], last[TASK_COMM_LENGTH + 1] = "";
	ssize_t len = read_proc(pid, "cmdline", cmdline, sizeof(cmdline));

	if (len >= 0 && read_proc(pid, "comm", now, sizeof(now)) >= 0) {
		now[strcspn(now, "\n")] = '\0';
		vm_name_from_cmdline(cmdline, len, now, name, vmm);
		return 0;
	}
	if (comm)
		memcpy(last, comm, TASK_COMM_LENGTH);
	vm_name_from_cmdline("", 0, last, name, vmm);
	if (!*last)
		snprintf(name, VM_NAME_SIZE, "pid %u", pid);
	return -ENOENT;
}
