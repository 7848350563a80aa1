// SPDX-License-Identifier: GPL-2.0-only
/* The core: what is attached as long as kvmtop runs. */
#include <bpf/libbpf.h>
#include "array.h"
#include "attach.h"
#include "kvmtop.skel.h"

/* clang-format off */
static const struct program programs[] = {
	{.name = "on_entry", .probe = PROBE_ENTRY},
	{.name = "on_exit", .probe = PROBE_EXIT},
	{.name = "on_userspace_exit", .probe = PROBE_USER_EXIT},
	{.name = "again_userspace_exit", .probe = PROBE_USER_EXIT, .twin = true},
	{.name = "on_run", .probe = PROBE_RUN},
	{.name = "again_run", .probe = PROBE_RUN, .twin = true},
	{.name = "kprobe_run", .probe = PROBE_RUN, .choice = 1},
	{.name = "on_fpu", .probe = PROBE_RUN, .choice = 2},
	{.name = "again_fpu", .probe = PROBE_RUN, .choice = 2, .twin = true},
	{.name = "on_wakeup", .probe = PROBE_WAKEUP},
	{.name = "again_wakeup", .probe = PROBE_WAKEUP, .twin = true},
	{.name = "on_halt", .probe = PROBE_HALT},
	{.name = "again_halt", .probe = PROBE_HALT, .twin = true},
	{.name = "on_block", .probe = PROBE_HALT},
	{.name = "again_block", .probe = PROBE_HALT, .twin = true},
	{.name = "on_unblock", .probe = PROBE_HALT},
	{.name = "again_unblock", .probe = PROBE_HALT, .twin = true},
	{.name = "kprobe_halt", .probe = PROBE_HALT, .choice = 1},
	{.name = "kprobe_block", .probe = PROBE_HALT, .choice = 1},
	{.name = "on_sched_out", .probe = PROBE_SCHED},
	{.name = "on_sched_in", .probe = PROBE_SCHED},
	{.name = "kprobe_sched_out", .probe = PROBE_SCHED, .choice = 1},
	{.name = "kprobe_sched_in", .probe = PROBE_SCHED, .choice = 1},
	{.name = "on_switch", .probe = PROBE_SWITCH, .standby = true, .instead_of = PROBE_SCHED},
	{.name = "on_destroy", .probe = PROBE_DESTROY},
	{.name = "kprobe_destroy", .probe = PROBE_DESTROY, .choice = 1},
	{.name = "find_vms", .probe = PROBE_DISCOVER, .iterator = true},
};
/* clang-format on */

static const struct program_set core_set = {"core", kvmtop_bpf__elf_bytes, programs, ARRAY_SIZE(programs)};

static bool has_probe(u64 enabled, enum probe_id probe)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if ((enabled & (1ULL << i)) && programs[i].probe == probe)
			return true;
	return false;
}

static int prepare(struct bpf_object *obj, u64 enabled, void *arg)
{
	const struct core_sizes *sizes = arg;
	const struct {
		const char *map;
		u32 entries;
	} entries[] = {
		{"vcpus", sizes->max_vcpus},
		{"exits", sizes->max_exits},
		{"free_vcpus", sizes->max_vcpus},
		{"free_exits", sizes->max_exits},
		{"vcpu_slots", sizes->max_vcpus},
		{"thread_vcpus", sizes->max_vcpus},
		{"thread_marks", sizes->max_vcpus + 1024},
	};
	struct knobs knobs = {
		.max_vcpus = sizes->max_vcpus,
		.max_exits = sizes->max_exits,
		.has_halt = has_probe(enabled, PROBE_HALT),
		.has_entry = has_probe(enabled, PROBE_ENTRY),
		.has_run = has_probe(enabled, PROBE_RUN),
		.twins = attach_needs_twins(),
	};
	int err = attach_set_knobs(obj, &knobs);

	for (size_t i = 0; !err && i < ARRAY_SIZE(entries); i++)
		err = bpf_map__set_max_entries(bpf_object__find_map_by_name(obj, entries[i].map), entries[i].entries);
	return err;
}

int attach_core(struct attach *a, const struct core_sizes *sizes, char *error, size_t error_size)
{
	struct core_sizes copy = *sizes;

	return attach_open(a, &core_set, prepare, &copy, error, error_size);
}
