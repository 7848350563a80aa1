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
#include "privileges.h"

/*
 * Which programs make up a probe. A probe may have several choices, the best first: fentry, then kprobes, then a
 * tracepoint that comes near. One is in use, the next only where it is refused; the programs of a choice go together. A
 * standby probe is wanted where every choice of the one it stands in for is refused.
 */
static const struct {
	const char *program;
	enum probe_id probe;
	int choice;
	bool standby;
	enum probe_id instead_of;
	bool twin; /* of the program before it: see enum twin */
} programs[] = {
	{.program = "on_entry", .probe = PROBE_ENTRY},
	{.program = "on_exit", .probe = PROBE_EXIT},
	{.program = "on_userspace_exit", .probe = PROBE_USER_EXIT},
	{.program = "again_userspace_exit", .probe = PROBE_USER_EXIT, .twin = true},
	{.program = "on_run", .probe = PROBE_RUN},
	{.program = "again_run", .probe = PROBE_RUN, .twin = true},
	{.program = "kprobe_run", .probe = PROBE_RUN, .choice = 1},
	{.program = "on_fpu", .probe = PROBE_RUN, .choice = 2},
	{.program = "again_fpu", .probe = PROBE_RUN, .choice = 2, .twin = true},
	{.program = "on_wakeup", .probe = PROBE_WAKEUP},
	{.program = "again_wakeup", .probe = PROBE_WAKEUP, .twin = true},
	{.program = "on_halt", .probe = PROBE_HALT},
	{.program = "again_halt", .probe = PROBE_HALT, .twin = true},
	{.program = "on_block", .probe = PROBE_HALT},
	{.program = "again_block", .probe = PROBE_HALT, .twin = true},
	{.program = "on_unblock", .probe = PROBE_HALT},
	{.program = "again_unblock", .probe = PROBE_HALT, .twin = true},
	{.program = "kprobe_halt", .probe = PROBE_HALT, .choice = 1},
	{.program = "kprobe_block", .probe = PROBE_HALT, .choice = 1},
	{.program = "on_sched_out", .probe = PROBE_SCHED},
	{.program = "on_sched_in", .probe = PROBE_SCHED},
	{.program = "kprobe_sched_out", .probe = PROBE_SCHED, .choice = 1},
	{.program = "kprobe_sched_in", .probe = PROBE_SCHED, .choice = 1},
	{.program = "on_switch", .probe = PROBE_SWITCH, .standby = true, .instead_of = PROBE_SCHED},
	{.program = "on_destroy", .probe = PROBE_DESTROY},
	{.program = "kprobe_destroy", .probe = PROBE_DESTROY, .choice = 1},
	{.program = "find_vms", .probe = PROBE_DISCOVER},
};

/* The kernel's own error number for what it cannot do, unknown to the C library: fentry where ftrace has no direct calls. */
#define KERNEL_ENOTSUPP 524

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

/*
 * Can the kernel preempt itself? Told by the scheduler where it can be asked (debugfs, since 5.13), else by what the kernel
 * was built with: then twins that are not needed may be attached, which costs some nanoseconds a return to the VMM.
 */
static bool kernel_is_preemptible(void)
{
	FILE *f = fopen("/sys/kernel/debug/sched/preempt", "re");
	struct utsname u = {0};
	char modes[64] = "";
	bool known = f && fgets(modes, sizeof(modes), f);

	if (f)
		fclose(f);
	if (known)
		return strstr(modes, "(full)") || strstr(modes, "(lazy)");
	uname(&u);
	return strstr(u.version, "PREEMPT");
}

/* refused: bit a program, whole choices only (see spread()). */
static bool wanted(size_t i, u64 refused, bool twins)
{
	if (refused & (1ULL << i) || (programs[i].twin && !twins))
		return false;
	for (size_t j = 0; j < ARRAY_SIZE(programs); j++) {
		bool better = programs[j].probe == programs[i].probe && programs[j].choice < programs[i].choice;
		bool original = programs[i].standby && programs[j].probe == programs[i].instead_of;

		if ((better || original) && !(refused & (1ULL << j)))
			return false;
	}
	return true;
}

static struct bpf_program *find_program(const struct kvmtop_bpf *skel, size_t i)
{
	return bpf_object__find_program_by_name(skel->obj, programs[i].program);
}

static struct kvmtop_bpf *open_and_load(const struct attach *a, u64 enabled, int *err)
{
	struct kvmtop_bpf *skel = kvmtop_bpf__open();
	u32 halt = 0, entry = 0;

	if (!skel) {
		*err = -errno;
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		bool on = enabled & (1ULL << i);

		bpf_program__set_autoload(find_program(skel, i), on);
		halt |= on && programs[i].probe == PROBE_HALT;
		entry |= on && programs[i].probe == PROBE_ENTRY;
	}
	skel->rodata->knobs.max_vcpus = a->max_vcpus;
	skel->rodata->knobs.max_exits = a->max_exits;
	skel->rodata->knobs.has_halt = halt;
	skel->rodata->knobs.has_entry = entry;
	skel->rodata->knobs.twins = a->twins;
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

/* A kernel without kprobes need not be asked for each. */
static u64 impossible_kprobes(void)
{
	struct kvmtop_bpf *kinds;
	u64 all = 0;

	if (!access("/sys/bus/event_source/devices/kprobe/type", F_OK) ||
	    !access("/sys/kernel/tracing/kprobe_events", F_OK) ||
	    !access("/sys/kernel/debug/tracing/kprobe_events", F_OK))
		return 0;
	kinds = kvmtop_bpf__open();
	for (size_t i = 0; kinds && i < ARRAY_SIZE(programs); i++)
		if (bpf_program__type(find_program(kinds, i)) == BPF_PROG_TYPE_KPROBE)
			all |= 1ULL << i;
	kvmtop_bpf__destroy(kinds);
	return all;
}

/* What --features says is why the best choice is not there, not why its substitutes are not. */
static void note_refusal(struct probe_sample *probes, size_t i, int err)
{
	if (err == -KERNEL_ENOTSUPP)
		err = -EOPNOTSUPP;
	if (!probes[programs[i].probe].err)
		probes[programs[i].probe].err = err;
}

/*
 * Loads each enabled program by itself to learn which ones the kernel refuses. A host that refuses fentry refuses it for
 * all functions: it is tried first, once, and if that was the reason the others are not tried one by one.
 */
static u64 find_refused(const struct attach *a, u64 enabled, struct probe_sample *probes)
{
	struct kvmtop_bpf *kinds = kvmtop_bpf__open(), *skel;
	u64 refused = 0;
	int err = 0;

	for (int fentry = 1; kinds && fentry >= 0 && !refused; fentry--) {
		for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
			if (!(enabled & (1ULL << i)) || is_fentry(kinds, i) != fentry)
				continue;
			if (!(fentry && err == -EPERM)) {
				skel = open_and_load(a, 1ULL << i, &err);
				kvmtop_bpf__destroy(skel);
				if (skel)
					continue;
			}
			refused |= 1ULL << i;
			note_refusal(probes, i, err);
		}
	}
	kvmtop_bpf__destroy(kinds);
	return refused;
}

/* A choice is whole or not there: one refused program takes its siblings along. */
static u64 spread(u64 refused)
{
	u64 all = refused;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		for (size_t j = 0; j < ARRAY_SIZE(programs); j++)
			if ((refused & (1ULL << i)) && programs[i].probe == programs[j].probe &&
			    programs[i].choice == programs[j].choice)
				all |= 1ULL << j;
	return all;
}

/* Attaches all that is loaded. Returns the programs that the kernel refused. */
static u64 attach_all(struct kvmtop_bpf *skel, u64 enabled, struct probe_sample *probes)
{
	u64 refused = 0;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		struct bpf_program *prog;
		struct bpf_link *link;

		if (!(enabled & (1ULL << i)) || programs[i].probe == PROBE_DISCOVER)
			continue;
		prog = find_program(skel, i);
		link = bpf_program__attach(prog);
		if (!link) {
			refused |= 1ULL << i;
			note_refusal(probes, i, -errno);
			continue;
		}
		/* The skeleton's link array is in the order of its programs and owns the link from here on. */
		for (int k = 0; k < skel->skeleton->prog_cnt; k++)
			if (*skel->skeleton->progs[k].prog == prog)
				*skel->skeleton->progs[k].link = link;
	}
	return refused;
}

static enum probe_status status_of(int err)
{
	return err == -ESRCH || err == -ENOENT ? PROBE_ABSENT : PROBE_REFUSED;
}

static void set_status(struct attach *a, u64 enabled)
{
	bool on[PROBE_COUNT] = {false};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (enabled & (1ULL << i))
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
	u64 refused, bad;

	memset(a, 0, sizeof(*a));
	a->max_vcpus = max_vcpus;
	a->max_exits = max_exits;
	libbpf_set_print(print_libbpf);
	/* Kernels before 5.11 charge BPF memory to this limit; later ones do not look at it. */
	setrlimit(RLIMIT_MEMLOCK, &no_limit);
	refused = impossible_kprobes();
	a->twins = kernel_is_preemptible();

	/* Each round refuses at least one program more, so this ends. */
	for (;;) {
		u64 enabled = 0;
		int err;

		for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
			if (wanted(i, refused, a->twins))
				enabled |= 1ULL << i;
		a->skel = open_and_load(a, enabled, &err);
		if (!a->skel) {
			bad = find_refused(a, enabled, a->probes);
			if (!bad) {
				snprintf(error, error_size, "the BPF programs do not load together: %s",
					 strerror(-err));
				return err;
			}
		} else {
			bad = attach_all(a->skel, enabled, a->probes);
			if (!bad) {
				set_status(a, enabled);
				return 0;
			}
			attach_close(a);
		}
		refused = spread(refused | bad);
		for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
			const struct probe_info *info = &probe_table[programs[i].probe];

			if (!(refused & (1ULL << i)) || !info->required)
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

/*
 * bpf_prog_info.recursion_misses, since 5.12. What the first of two twins missed was handled by the second, but for what is
 * not counted as repaired; what the second missed, the first had handled.
 */
u64 attach_missed(const struct attach *a, u64 repaired)
{
	u64 missed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		struct bpf_prog_info info = {0};
		u32 len = sizeof(info);
		int fd = bpf_program__fd(find_program(a->skel, i));

		if (!programs[i].twin && fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len))
			missed += info.recursion_misses;
	}
	return missed > repaired ? missed - repaired : 0;
}

int attach_possible(char *error, size_t error_size)
{
	struct utsname u = {0};
	int major = 0, minor = 0;
	char missing[64];

	uname(&u);
	sscanf(u.release, "%d.%d", &major, &minor);
	privileges_missing(missing, sizeof(missing));
	if (missing[0]) {
		snprintf(error, error_size,
			 "kvmtop reads KVM through eBPF and has to be root (missing: %s): try sudo kvmtop, or "
			 "kvmtop --demo to look around",
			 missing);
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
#if defined(__aarch64__)
		snprintf(error, error_size, "KVM is off: the kernel has to be started at EL2, the hypervisor's level");
#else
		snprintf(error, error_size, "KVM is not loaded (modprobe kvm_intel or kvm_amd)");
#endif
		return -ENODEV;
	}
	return 0;
}
