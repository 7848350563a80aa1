// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include "attach.h"
#include "clock.h"
#include "ftrace.h"
#include "privileges.h"

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
 * Told by the scheduler where it can be asked (debugfs, since 5.13), else by what the kernel was built with: then twins
 * that are not needed may be attached, which costs some nanoseconds a return to the VMM.
 */
bool attach_needs_twins(void)
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

static bool kernel_before(int major, int minor)
{
	struct utsname u = {0};
	int have = 0, point = 0;

	uname(&u);
	sscanf(u.release, "%d.%d", &have, &point);
	return have < major || (have == major && point < minor);
}

/* What all steps of attach_open() need. */
struct loading {
	const struct program_set *set;
	attach_prepare prepare;
	void *arg;
	u64 single; /* bit a program: a second twin that this kernel does not need */
};

/* refused: bit a program, whole choices only (see spread()). */
static bool wanted(const struct loading *l, u32 i, u64 refused)
{
	const struct program *p = l->set->programs;

	if ((refused | l->single) & (1ULL << i))
		return false;
	for (u32 j = 0; j < l->set->count; j++) {
		bool better = p[j].probe == p[i].probe && p[j].choice < p[i].choice;
		bool original = p[i].standby && p[j].probe == p[i].instead_of;

		if ((better || original) && !(refused & (1ULL << j)))
			return false;
	}
	return true;
}

static struct bpf_object *open_object(const struct program_set *set, int *err)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "kvmtop");
	struct bpf_object *obj;
	size_t size;
	const void *elf = set->elf(&size);

	obj = bpf_object__open_mem(elf, size, &opts);
	*err = obj ? 0 : -errno;
	return obj;
}

static struct bpf_object *open_and_load(const struct loading *l, u64 enabled, int *err)
{
	struct bpf_object *obj = open_object(l->set, err);

	if (!obj)
		return NULL;
	for (u32 i = 0; i < l->set->count; i++)
		bpf_program__set_autoload(bpf_object__find_program_by_name(obj, l->set->programs[i].name),
					  enabled & (1ULL << i));
	*err = l->prepare(obj, enabled, l->arg);
	*err = *err ?: bpf_object__load(obj);
	if (*err) {
		bpf_object__close(obj);
		return NULL;
	}
	return obj;
}

static struct bpf_program *program_at(struct bpf_object *obj, const struct program_set *set, u32 i)
{
	return bpf_object__find_program_by_name(obj, set->programs[i].name);
}

static bool is_fentry(struct bpf_object *obj, const struct program_set *set, u32 i)
{
	enum bpf_attach_type type = bpf_program__expected_attach_type(program_at(obj, set, i));

	return type == BPF_TRACE_FENTRY || type == BPF_TRACE_FEXIT;
}

static bool has_kprobes(void)
{
	return !access("/sys/bus/event_source/devices/kprobe/type", F_OK) ||
	       !access("/sys/kernel/tracing/kprobe_events", F_OK) ||
	       !access("/sys/kernel/debug/tracing/kprobe_events", F_OK);
}

/*
 * Why no function of this host can be hooked by fentry, once that is known; 0: nothing is. Its kernel has no direct calls of
 * ftrace's (arm64 before 6.4), or somebody forbids it: then the next set need not try each.
 */
static _Atomic int no_fentry;

/* What --features says is why the best choice is not there, not why its substitutes are not. */
static void note_refusal(struct probe_sample *probes, const struct program *p, int err)
{
	if (err == -KERNEL_ENOTSUPP)
		err = -EOPNOTSUPP;
	if (!probes[p->probe].err)
		probes[p->probe].err = err;
}

/*
 * A kernel without kprobes need not be asked for each, nor one that is known to refuse fentry. single: second twins that
 * nothing can be missed without, which are all where the kernel is not preempted, and those of tracepoints where these disable
 * preemption (include/linux/tracepoint.h, before 7.0).
 */
static u64 impossible(const struct program_set *set, struct probe_sample *probes, bool preempted, u64 *single)
{
	bool kprobes = has_kprobes(), tracepoints = preempted && !kernel_before(7, 0);
	struct bpf_object *obj;
	int err, refusal;
	u64 all = 0;

#if defined(__aarch64__)
	/* The refusal would come when all is loaded and verified, which is most of the time that a start takes. */
	if (!no_fentry && kernel_before(6, 4))
		no_fentry = -EOPNOTSUPP;
#endif
	refusal = no_fentry; /* other groups are attached at the same time */
	*single = 0;
	for (u32 i = 0; !preempted && i < set->count; i++)
		if (set->programs[i].twin)
			*single |= 1ULL << i;
	if (kprobes && !refusal && preempted == tracepoints)
		return 0;
	obj = open_object(set, &err);
	for (u32 i = 0; obj && i < set->count; i++) {
		if (!kprobes && bpf_program__type(program_at(obj, set, i)) == BPF_PROG_TYPE_KPROBE)
			all |= 1ULL << i;
		if (refusal && is_fentry(obj, set, i)) {
			all |= 1ULL << i;
			note_refusal(probes, &set->programs[i], refusal);
		}
		if (preempted && !tracepoints && set->programs[i].twin && !is_fentry(obj, set, i))
			*single |= 1ULL << i;
	}
	bpf_object__close(obj);
	return all;
}

/*
 * Loads each enabled program by itself to learn which ones the kernel refuses. A host that refuses fentry refuses it for
 * all functions: it is tried first, once, and if that was the reason the others are not tried one by one.
 */
static u64 find_refused(const struct loading *l, u64 enabled, struct probe_sample *probes)
{
	struct bpf_object *kinds, *obj;
	u64 refused = 0;
	int err = 0;

	kinds = open_object(l->set, &err);
	err = 0;
	for (int fentry = 1; kinds && fentry >= 0 && !refused; fentry--) {
		for (u32 i = 0; i < l->set->count; i++) {
			if (!(enabled & (1ULL << i)) || is_fentry(kinds, l->set, i) != fentry)
				continue;
			if (!(fentry && err == -EPERM)) {
				obj = open_and_load(l, 1ULL << i, &err);
				bpf_object__close(obj);
				if (obj)
					continue;
			}
			if (fentry && err == -EPERM)
				no_fentry = err;
			refused |= 1ULL << i;
			note_refusal(probes, &l->set->programs[i], err);
		}
	}
	bpf_object__close(kinds);
	return refused;
}

/* A choice is whole or not there: one refused program takes its siblings along. */
static u64 spread(const struct program_set *set, u64 refused)
{
	const struct program *p = set->programs;
	u64 all = refused;

	for (u32 i = 0; i < set->count; i++)
		for (u32 j = 0; j < set->count; j++)
			if ((refused & (1ULL << i)) && p[i].probe == p[j].probe && p[i].choice == p[j].choice)
				all |= 1ULL << j;
	return all;
}

static void attach_one(struct attach *a, u32 i, u64 *refused)
{
	a->links[i] = bpf_program__attach(program_at(a->obj, a->set, i));
	if (!a->links[i]) {
		int err = -errno;

		*refused |= 1ULL << i;
		note_refusal(a->probes, &a->set->programs[i], err);
		if (err == -KERNEL_ENOTSUPP && is_fentry(a->obj, a->set, i))
			no_fentry = err;
	}
}

/*
 * Debian's 6.12 attaches to kvm_vcpu_halt() without an error, and does not patch it (seen in the function's first bytes; the
 * other functions begin with a sealed ENDBR, this one with a live one). ftrace knows what is really hooked: a program
 * whose function is not is as good as refused.
 */
static u64 unhooked(struct attach *a, u64 enabled)
{
	char *list = ftrace_enabled();
	u64 bad = 0;

	for (u32 i = 0; i < a->set->count; i++) {
		const char *function;

		if (!(enabled & (1ULL << i)) || a->set->programs[i].iterator || !is_fentry(a->obj, a->set, i))
			continue;
		function = strchr(bpf_program__section_name(program_at(a->obj, a->set, i)), '/');
		if (!function || ftrace_has(list, function + 1))
			continue;
		bad |= 1ULL << i;
		note_refusal(a->probes, &a->set->programs[i], -EOPNOTSUPP);
	}
	free(list);
	return bad;
}

/*
 * Attaches all that is loaded. Returns the programs that the kernel refused. Of two programs at one function the one that
 * was attached last runs first (bpf_trampoline_link_prog(), kernel/bpf/trampoline.c, since 5.5), at a tracepoint the one
 * that was attached first: the first of two twins is to run before the second.
 */
static u64 attach_all(struct attach *a, u64 enabled)
{
	u64 refused = 0;

	for (u32 i = 0; i < a->set->count; i++)
		if ((enabled & (1ULL << i)) && !a->set->programs[i].iterator && !is_fentry(a->obj, a->set, i))
			attach_one(a, i, &refused);
	for (u32 i = a->set->count; i-- > 0;)
		if ((enabled & (1ULL << i)) && !a->set->programs[i].iterator && is_fentry(a->obj, a->set, i))
			attach_one(a, i, &refused);
	return refused | unhooked(a, enabled & ~refused);
}

static enum probe_status status_of(int err)
{
	return err == -ESRCH || err == -ENOENT ? PROBE_ABSENT : PROBE_REFUSED;
}

static void set_status(struct attach *a, u64 enabled)
{
	for (u32 i = 0; i < a->set->count; i++) {
		struct probe_sample *probe = &a->probes[a->set->programs[i].probe];

		if (enabled & (1ULL << i))
			probe->status = PROBE_ON;
		else if (probe->status != PROBE_ON)
			probe->status = probe->err ? status_of(probe->err) : PROBE_OFF;
	}
}

static int open_set(struct attach *a, const struct program_set *set, attach_prepare prepare, void *arg, char *error,
		    size_t error_size)
{
	struct rlimit no_limit = {RLIM_INFINITY, RLIM_INFINITY};
	struct loading l = {.set = set, .prepare = prepare, .arg = arg};
	u64 refused, bad;

	memset(a, 0, sizeof(*a));
	a->set = set;
	a->twins = attach_needs_twins();
	libbpf_set_print(print_libbpf);
	/* Kernels before 5.11 charge BPF memory to this limit; later ones do not look at it. */
	setrlimit(RLIMIT_MEMLOCK, &no_limit);
	refused = spread(set, impossible(set, a->probes, a->twins, &l.single));

	/* Each round refuses at least one program more, so this ends. */
	for (;;) {
		u64 enabled = 0;
		int err;

		for (u32 i = 0; i < set->count; i++)
			if (wanted(&l, i, refused))
				enabled |= 1ULL << i;
		a->obj = open_and_load(&l, enabled, &err);
		if (!a->obj) {
			bad = find_refused(&l, enabled, a->probes);
			if (!bad) {
				snprintf(error, error_size, "the BPF programs (%s) do not load together: %s", set->name,
					 strerror(-err));
				return err;
			}
		} else {
			bad = attach_all(a, enabled);
			if (!bad) {
				set_status(a, enabled);
				return 0;
			}
			attach_close(a);
		}
		refused = spread(set, refused | bad);
		for (u32 i = 0; i < set->count; i++) {
			const struct probe_info *info = &probe_table[set->programs[i].probe];

			if (!(refused & (1ULL << i)) || !info->required)
				continue;
			err = a->probes[set->programs[i].probe].err;
			snprintf(error, error_size, "this kernel refuses %s, which kvmtop cannot do without: %s",
				 info->hook, strerror(-err));
			return err == -EPERM || err == -EACCES ? err : -EOPNOTSUPP;
		}
	}
}

int attach_open(struct attach *a, const struct program_set *set, attach_prepare prepare, void *arg, char *error,
		size_t error_size)
{
	u64 began = clock_ns(CLOCK_MONOTONIC);
	int err = open_set(a, set, prepare, arg, error, error_size);

	a->took_ns = clock_ns(CLOCK_MONOTONIC) - began;
	return err;
}

void attach_close(struct attach *a)
{
	for (u32 i = 0; i < PROGRAMS_MAX; i++) {
		bpf_link__destroy(a->links[i]);
		a->links[i] = NULL;
	}
	bpf_object__close(a->obj);
	a->obj = NULL;
}

int attach_set_knobs(struct bpf_object *obj, const struct knobs *knobs)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, ".rodata.knobs");
	size_t size = 0;
	const void *old = map ? bpf_map__initial_value(map, &size) : NULL;
	u8 all[1024];

	/* The linker keeps each file's own bytes, and points all programs at the first. */
	if (!old || size < sizeof(*knobs) || size > sizeof(all))
		return -ENOENT;
	memcpy(all, old, size);
	memcpy(all, knobs, sizeof(*knobs));
	return bpf_map__set_initial_value(map, all, size);
}

u64 attach_map_bytes(const struct bpf_map *map)
{
	if (bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF)
		return bpf_map__max_entries(map);
	return (u64)bpf_map__max_entries(map) * (bpf_map__key_size(map) + bpf_map__value_size(map));
}

u64 attach_bytes(const struct attach *a)
{
	struct bpf_map *map;
	u64 bytes = 0;

	bpf_object__for_each_map(map, a->obj)
	{
		bytes += attach_map_bytes(map);
	}
	return bytes;
}

struct bpf_map *attach_map(const struct attach *a, const char *name)
{
	return bpf_object__find_map_by_name(a->obj, name);
}

struct bpf_program *attach_program(const struct attach *a, const char *name)
{
	return bpf_object__find_program_by_name(a->obj, name);
}

/* bpf_prog_info.recursion_misses, since 5.12. */
static u64 program_missed(const struct attach *a, u32 i)
{
	struct bpf_prog_info info = {0};
	u32 len = sizeof(info);
	int fd = bpf_program__fd(program_at(a->obj, a->set, i));

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len) ? info.recursion_misses : 0;
}

/* A second twin comes right after its first in each table. */
void attach_missed(const struct attach *a, struct missed *missed)
{
	for (u32 i = 0; a->obj && i < a->set->count; i++) {
		bool twins = i + 1 < a->set->count && a->set->programs[i + 1].twin &&
			     bpf_program__fd(program_at(a->obj, a->set, i + 1)) >= 0;
		u64 first, second;

		if (a->set->programs[i].twin || a->set->programs[i].every)
			continue;
		first = program_missed(a, i);
		second = first && twins ? program_missed(a, i + 1) : first;
		missed->all += first;
		missed->both += first < second ? first : second;
	}
}

u64 missed_lost(const struct missed *missed, u64 repaired)
{
	u64 left = missed->all > repaired ? missed->all - repaired : 0;

	return left < missed->both ? left : missed->both;
}

void attach_cost(const struct attach *a, u64 *ns, u64 *runs)
{
	for (u32 i = 0; a->obj && i < a->set->count; i++) {
		struct bpf_prog_info info = {0};
		u32 len = sizeof(info);
		int fd = bpf_program__fd(program_at(a->obj, a->set, i));

		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len))
			continue;
		*ns += info.run_time_ns;
		*runs += info.run_cnt;
	}
}

int attach_possible(char *error, size_t error_size)
{
	struct utsname u = {0};
	char missing[64];

	uname(&u);
	privileges_missing(missing, sizeof(missing));
	if (missing[0]) {
		snprintf(error, error_size,
			 "kvmtop reads KVM through eBPF and has to be root (missing: %s): try sudo kvmtop, or "
			 "kvmtop --demo to look around",
			 missing);
		return -EPERM;
	}
	if (kernel_before(5, 11)) {
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
