// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include "attach.h"
#include "kvmtop.skel.h"

/* Which programs make up a probe. */
static const struct {
	const char *program;
	enum probe_id probe;
	bool standby; /* only where the probe it stands in for is refused */
	enum probe_id instead_of;
} programs[] = {
	{.program = "on_entry", .probe = PROBE_ENTRY},
	{.program = "on_exit", .probe = PROBE_EXIT},
	{.program = "on_userspace_exit", .probe = PROBE_USER_EXIT},
	{.program = "on_run", .probe = PROBE_RUN},
	{.program = "on_fpu", .probe = PROBE_RUN, .standby = true, .instead_of = PROBE_RUN},
	{.program = "on_wakeup", .probe = PROBE_WAKEUP},
	{.program = "on_halt", .probe = PROBE_HALT},
	{.program = "on_block", .probe = PROBE_HALT},
	{.program = "on_unblock", .probe = PROBE_HALT},
	{.program = "on_sched_out", .probe = PROBE_SCHED},
	{.program = "on_sched_in", .probe = PROBE_SCHED},
	{.program = "on_switch", .probe = PROBE_SWITCH, .standby = true, .instead_of = PROBE_SCHED},
	{.program = "on_destroy", .probe = PROBE_DESTROY},
	{.program = "find_vms", .probe = PROBE_DISCOVER},
};

static bool debug;

static int __attribute__((format(printf, 2, 0)))
print_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	return debug ? vfprintf(stderr, fmt, ap) : 0;
}

void attach_debug(void)
{
	debug = true;
}

/* refused: bit a program. A standby program is wanted once the one it stands in for is refused. */
static bool wanted(size_t i, u32 refused)
{
	if (refused & (1U << i))
		return false;
	if (!programs[i].standby)
		return true;
	for (size_t j = 0; j < ARRAY_SIZE(programs); j++)
		if (!programs[j].standby && programs[j].probe == programs[i].instead_of && (refused & (1U << j)))
			return true;
	return false;
}

static struct bpf_program *find_program(const struct kvmtop_bpf *skel, size_t i)
{
	return bpf_object__find_program_by_name(skel->obj, programs[i].program);
}

static struct kvmtop_bpf *open_and_load(const struct attach *a, u32 enabled, int *err)
{
	struct kvmtop_bpf *skel = kvmtop_bpf__open();
	u32 halt = 0, entry = 0;

	if (!skel) {
		*err = -errno;
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		bool on = enabled & (1U << i);

		bpf_program__set_autoload(find_program(skel, i), on);
		halt |= on && programs[i].probe == PROBE_HALT;
		entry |= on && programs[i].probe == PROBE_ENTRY;
	}
	skel->rodata->knobs.max_vcpus = a->max_vcpus;
	skel->rodata->knobs.max_exits = a->max_exits;
	skel->rodata->knobs.has_halt = halt;
	skel->rodata->knobs.has_entry = entry;
	*err = bpf_map__set_max_entries(skel->maps.vcpus, a->max_vcpus);
	*err = *err ?: bpf_map__set_max_entries(skel->maps.exits, a->max_exits);
	*err = *err ?: bpf_map__set_max_entries(skel->maps.free_vcpus, a->max_vcpus);
	*err = *err ?: bpf_map__set_max_entries(skel->maps.free_exits, a->max_exits);
	*err = *err ?: bpf_map__set_max_entries(skel->maps.vcpu_slots, a->max_vcpus);
	*err = *err ?: bpf_map__set_max_entries(skel->maps.thread_vcpus, a->max_vcpus);
	*err = *err ?: kvmtop_bpf__load(skel);
	if (*err) {
		kvmtop_bpf__destroy(skel);
		return NULL;
	}
	return skel;
}

static bool is_fentry(const struct kvmtop_bpf *skel, size_t i)
{
	enum bpf_attach_type type = bpf_program__expected_attach_type(find_program(skel, i));

	return type == BPF_TRACE_FENTRY || type == BPF_TRACE_FEXIT;
}

/*
 * Loads each enabled program by itself to learn which ones the kernel refuses. A host that refuses fentry refuses it for
 * all functions: it is tried first, once, and if that was the reason the others are not tried one by one.
 */
static u32 find_refused(const struct attach *a, u32 enabled, struct probe_sample *probes)
{
	struct kvmtop_bpf *kinds = kvmtop_bpf__open(), *skel;
	u32 refused = 0;
	int err = 0;

	for (int fentry = 1; kinds && fentry >= 0 && !refused; fentry--) {
		for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
			if (!(enabled & (1U << i)) || is_fentry(kinds, i) != fentry)
				continue;
			if (!(fentry && err == -EPERM)) {
				skel = open_and_load(a, 1U << i, &err);
				kvmtop_bpf__destroy(skel);
				if (skel)
					continue;
			}
			refused |= 1U << i;
			probes[programs[i].probe].err = err;
		}
	}
	kvmtop_bpf__destroy(kinds);
	return refused;
}

/* A probe is whole or not there: one refused program takes its siblings along. */
static u32 spread(u32 refused)
{
	u32 all = refused;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		for (size_t j = 0; j < ARRAY_SIZE(programs); j++)
			if ((refused & (1U << i)) && programs[i].probe == programs[j].probe && !programs[i].standby &&
			    !programs[j].standby)
				all |= 1U << j;
	return all;
}

/* Attaches all that is loaded. 0, or the error of the first refusal, and which program that was. */
static int attach_all(struct kvmtop_bpf *skel, u32 enabled, size_t *which)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		struct bpf_program *prog;
		struct bpf_link *link;

		if (!(enabled & (1U << i)) || programs[i].probe == PROBE_DISCOVER)
			continue;
		prog = find_program(skel, i);
		link = bpf_program__attach(prog);
		if (!link) {
			*which = i;
			return -errno;
		}
		/* The skeleton's link array is in the order of its programs and owns the link from here on. */
		for (int k = 0; k < skel->skeleton->prog_cnt; k++)
			if (*skel->skeleton->progs[k].prog == prog)
				*skel->skeleton->progs[k].link = link;
	}
	return 0;
}

static enum probe_status status_of(int err)
{
	return err == -ESRCH || err == -ENOENT ? PROBE_ABSENT : PROBE_REFUSED;
}

static void set_status(struct attach *a, u32 enabled)
{
	bool on[PROBE_COUNT] = {false};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (enabled & (1U << i))
			on[programs[i].probe] = true;
	for (int p = 0; p < PROBE_COUNT; p++) {
		if (on[p])
			a->probes[p].status = PROBE_ON;
		else
			a->probes[p].status = a->probes[p].err ? status_of(a->probes[p].err) : PROBE_OFF;
	}
}

int attach_open(struct attach *a, u32 max_vcpus, u32 max_exits, char *error, size_t error_size)
{
	struct rlimit no_limit = {RLIM_INFINITY, RLIM_INFINITY};
	u32 refused = 0;

	memset(a, 0, sizeof(*a));
	a->max_vcpus = max_vcpus;
	a->max_exits = max_exits;
	libbpf_set_print(print_libbpf);
	/* Kernels before 5.11 charge BPF memory to this limit; later ones do not look at it. */
	setrlimit(RLIMIT_MEMLOCK, &no_limit);

	/* Each round refuses at least one program more, so this ends. */
	for (;;) {
		u32 enabled = 0;
		size_t which = 0;
		int err;

		for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
			if (wanted(i, refused))
				enabled |= 1U << i;
		a->skel = open_and_load(a, enabled, &err);
		if (!a->skel) {
			u32 bad = find_refused(a, enabled, a->probes);

			if (!bad) {
				snprintf(error, error_size, "the BPF programs do not load together: %s",
					 strerror(-err));
				return err;
			}
			refused = spread(refused | bad);
		} else {
			err = attach_all(a->skel, enabled, &which);
			if (!err) {
				set_status(a, enabled);
				return 0;
			}
			attach_close(a);
			a->probes[programs[which].probe].err = err;
			refused = spread(refused | 1U << which);
		}
		for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
			const struct probe_info *info = &probe_table[programs[i].probe];

			if (!(refused & (1U << i)) || !info->required)
				continue;
			err = a->probes[programs[i].probe].err;
			snprintf(error, error_size, "this kernel refuses %s, which kvmtop cannot do without: %s",
				 info->hook, strerror(-err));
			return err == -EPERM || err == -EACCES ? err : -EOPNOTSUPP;
		}
	}
}

void attach_close(struct attach *a)
{
	kvmtop_bpf__destroy(a->skel);
	a->skel = NULL;
}

int attach_possible(char *error, size_t error_size)
{
	struct utsname u = {0};
	int major = 0, minor = 0;

	uname(&u);
	sscanf(u.release, "%d.%d", &major, &minor);
	if (geteuid()) {
		snprintf(error, error_size,
			 "kvmtop reads KVM through eBPF and has to be root: try sudo kvmtop, or "
			 "kvmtop --demo to look around");
		return -EPERM;
	}
	if (major < 5 || (major == 5 && minor < 11)) {
		snprintf(error, error_size, "Linux %s is too old: kvmtop needs 5.11 (BTF of the kvm module) or later",
			 u.release);
		return -EOPNOTSUPP;
	}
	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		snprintf(error, error_size,
			 "this kernel has no BTF (/sys/kernel/btf/vmlinux): it needs "
			 "CONFIG_DEBUG_INFO_BTF=y");
		return -EOPNOTSUPP;
	}
	/* The vendor module makes the device node's driver known; with KVM built in it is there from the start. */
	if (access("/sys/class/misc/kvm", F_OK)) {
		snprintf(error, error_size, "KVM is not loaded (modprobe kvm_intel or kvm_amd)");
		return -ENODEV;
	}
	return 0;
}
