/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of the VM, vCPU and exit views: names, help and where their values come from. */
#include "column_kit.h"
#include "dirty.h"
#include "views.h"

/* --- what VMs and vCPUs have in common ---------------------------------------------------------------------------- */

#define SHARE_GETTER(kind, name, state)                     \
	GETTER(kind##_##name)                               \
	{                                                   \
		(void)snap;                                 \
		state_share(&row.kind->budget, state, out); \
	}
#define RATE_GETTER(kind, name)                               \
	GETTER(kind##_##name)                                 \
	{                                                     \
		(void)snap;                                   \
		rate(out, row.kind->name, row.kind->over_ns); \
	}
#define COMMON_GETTERS(kind)                                                              \
	SHARE_GETTER(kind, guest, VCPU_GUEST)                                             \
	SHARE_GETTER(kind, kvm, VCPU_KVM)                                                 \
	SHARE_GETTER(kind, user, VCPU_USER)                                               \
	SHARE_GETTER(kind, poll, VCPU_POLL)                                               \
	SHARE_GETTER(kind, halt, VCPU_HALT)                                               \
	SHARE_GETTER(kind, wait, VCPU_WAIT)                                               \
	FIGURE_GETTER(kind, budget, budget_bar(&row.kind->budget, out))                   \
	FIGURE_GETTER(kind, avg, average(&row.kind->f, out))                              \
	FIGURE_GETTER(kind, p50, duration(out, kind##_durations(snap, row.kind)->p50_ns)) \
	FIGURE_GETTER(kind, p99, duration(out, kind##_durations(snap, row.kind)->p99_ns)) \
	FIGURE_GETTER(kind, max, duration(out, row.kind->f.max_ns))                       \
	RATE_GETTER(kind, exits)                                                          \
	RATE_GETTER(kind, user_exits)                                                     \
	RATE_GETTER(kind, preemptions)                                                    \
	RATE_GETTER(kind, migrations)                                                     \
	RATE_GETTER(kind, halts)

COMMON_GETTERS(vm)
COMMON_GETTERS(vcpu)

#define GUEST_HELP "Time in the guest. High is what the customer pays for; the rest of 100 % is where it went instead."
#define KVM_HELP   "Time in the kernel handling exits. High means many or slow exits: look at the exit view for which."
#define USER_HELP \
	"Time in the VMM (QEMU and the like). High means device emulation in user space: look at the user exits."
#define POLL_HELP "Time polling for a wake-up after a halt. It burns the pCPU while the guest is idle (halt_poll_ns)."
#define HALT_HELP "Time halted and asleep: the guest had nothing to do. High is an idle guest, not a problem."
#define WAIT_HELP "Time ready to run while another task had the pCPU: steal. Above a few per cent the guest feels it."
#define BAR_HELP \
	"Where the time went: guest, kvm, user, poll, halt and wait, together 100 %. Sorts by all that is not idle."
#define EXITS_HELP "VM exits a second. Each costs a microsecond or more; compare with the share of time in kvm."
#define TOP_HELP   "The exit reason that took the most time, idle ones (HLT) aside. Enter shows all of them."
#define AVG_HELP   "Average time from exit to re-entry, idle exits aside. One slow exit hides in it: see p99 and max."
#define P50_HELP   "Half of the exits were faster than this, idle ones aside: the usual cost (within 6 %)."
#define P99_HELP   "One exit in a hundred was slower than this, idle ones aside (within 6 %): the tail the guest notices."
#define MAX_HELP   "Longest exit of the interval, idle ones aside; one still under way counts with its age so far."
#define UEXITS_HELP \
	"Exits to the VMM a second. Each leaves the kernel and is far slower than an exit KVM handles itself."
#define PREEMPT_HELP \
	"How often a second a vCPU that wanted to run was taken off its pCPU. See wait for the time it cost."
#define TREND_HELP                                                                                                 \
	"Its rate over the last samples, the newest at the right, each row by its own highest: what changes, and " \
	"since when."
#define WAKE_HELP "Ends of a halt a second. Very many short ones favour halt polling; none means a busy or dead guest."

/* --- VM view ------------------------------------------------------------------------------------------------------ */

GETTER(vm_name)
{
	(void)snap;
	if (row.vm->part)
		vcpu_name(row.vm->part->raw->vcpu_id, out);
	else
		text(out, row.vm->raw->name);
}

GETTER(vm_pid)
{
	(void)snap;
	number(out, row.vm->part ? row.vm->part->raw->tid : row.vm->raw->pid);
	out->known = out->num != 0;
}

GETTER(vm_vcpus)
{
	(void)snap;
	if (!row.vm->part)
		number(out, row.vm->vcpus);
}

FIGURE_GETTER(vm, vmm, text(out, row.vm->raw->vmm))
FIGURE_GETTER(vm, top, reason(row.vm->top_isa, row.vm->top_key, out))
FIGURE_GETTER(vm, stuck, duration(out, row.vm->stuck_ns))

GETTER(vm_stuck_in)
{
	(void)snap;
	if (row.vm->stuck_ns)
		number(out, row.vm->stuck_state);
}

GETTER(vm_faults)
{
	(void)snap;
	rate(out, row.vm->faults, row.vm->over_ns);
	out->known &= row.vm->has_faults;
}

GETTER(vm_dirty)
{
	struct dirty_sum sum = dirty_sum(snap, row.vm);

	rate(out, sum.pages * DIRTY_PAGE_SIZE, row.vm->over_ns);
	out->num /= 1e6;
	out->known &= sum.any;
}

/* clang-format off */
static const struct column vm_columns[] = {
	{.name = "vm", .title = "VM", .unit = UNIT_TEXT, .get = vm_name, .width = 15,
	 .help = "Name given to the VMM, or its process name. A dimmed row has ended and shows its last figures."},
	{.name = "pid", .title = "PID", .unit = UNIT_ID, .get = vm_pid, .width = 7, .priority = 4,
	 .help = "Process id of the VMM, for ps, gdb and the like; of an unfolded vCPU that of its thread."},
	{.name = "vcpus", .title = "VCPU", .unit = UNIT_ID, .get = vm_vcpus, .width = 4, .priority = 3,
	 .descending = true,
	 .help = "Number of vCPUs. Shares are of the time of all of them together. Enter lists them."},
	{.name = "budget", .title = "TIME BUDGET", .unit = UNIT_BUDGET, .get = vm_budget, .width = 12, .flexible = true,
	 .priority = 2, .descending = true, .help = BAR_HELP},
	{.name = "guest", .title = "GUEST", .unit = UNIT_SHARE, .get = vm_guest, .of_vcpus = true, .width = 5, .priority = 6,
	 .descending = true, .help = GUEST_HELP, .needs = NEEDS_EXIT},
	{.name = "kvm", .title = "KVM%", .unit = UNIT_SHARE, .get = vm_kvm, .of_vcpus = true, .width = 4, .priority = 5,
	 .descending = true,
	 .help = KVM_HELP, .needs = NEEDS_EXIT, .warn = 0.25, .crit = 0.5},
	{.name = "user", .title = "USER", .unit = UNIT_SHARE, .get = vm_user, .of_vcpus = true, .width = 4, .priority = 5,
	 .descending = true, .help = USER_HELP, .needs = NEEDS_USER, .warn = 0.25, .crit = 0.5},
	{.name = "poll", .title = "POLL", .unit = UNIT_SHARE, .get = vm_poll, .of_vcpus = true, .width = 4, .priority = 7,
	 .descending = true, .help = POLL_HELP, .needs_any = ANY_POLL, .warn = 0.2, .crit = 0.5},
	{.name = "halt", .title = "HALT", .unit = UNIT_SHARE, .get = vm_halt, .of_vcpus = true, .width = 4, .priority = 7,
	 .descending = true, .help = HALT_HELP, .needs_any = ANY_HALT},
	{.name = "wait", .title = "WAIT", .unit = UNIT_SHARE, .get = vm_wait, .of_vcpus = true, .width = 4, .priority = 3,
	 .descending = true, .help = WAIT_HELP, .needs_any = ANY_SCHED, .warn = 0.05, .crit = 0.2},
	{.name = "exits", .title = "EXIT/S", .unit = UNIT_RATE, .get = vm_exits, .width = 6, .priority = 1,
	 .descending = true, .help = EXITS_HELP, .needs = PROBE_BIT(PROBE_EXIT)},
	{.name = "trend", .title = "TREND", .unit = UNIT_TREND, .get = vm_exits, .width = 12, .priority = 4,
	 .descending = true, .help = TREND_HELP},
	{.name = "top", .title = "TOP REASON", .unit = UNIT_TEXT, .get = vm_top, .width = 14, .priority = 1,
	 .help = TOP_HELP, .needs = NEEDS_EXIT},
	{.name = "avg", .title = "AVG", .unit = UNIT_NS, .get = vm_avg, .width = 6, .priority = 8, .descending = true,
	 .help = AVG_HELP, .needs = NEEDS_EXIT},
	{.name = "p99", .title = "P99", .unit = UNIT_NS, .get = vm_p99, .width = 6, .priority = 2, .descending = true,
	 .help = P99_HELP, .needs = NEEDS_EXIT, .warn = MS(1), .crit = MS(10)},
	{.name = "max", .title = "MAX", .unit = UNIT_NS, .get = vm_max, .width = 6, .priority = 1, .descending = true,
	 .help = MAX_HELP, .needs = NEEDS_EXIT, .warn = MS(10), .crit = MS(1000)},
	{.name = "user_exits", .title = "UEXIT/S", .unit = UNIT_RATE, .get = vm_user_exits, .width = 7, .priority = 6,
	 .descending = true, .help = UEXITS_HELP, .needs = PROBE_BIT(PROBE_USER_EXIT)},
	{.name = "stuck", .title = "STUCK", .unit = UNIT_NS, .get = vm_stuck, .width = 6, .priority = 3,
	 .descending = true, .warn = MS(1000), .crit = MS(3000),
	 .help = "Longest time one of its vCPUs is in the kernel or the VMM without a change, over a second; a paused VM's all are."},
	{.name = "stuck_in", .title = "IN", .unit = UNIT_STATE, .get = vm_stuck_in, .width = 4, .priority = 4,
	 .help = "Where that vCPU is stuck: kvm (the kernel) or user (the VMM). The vCPU view names it."},
	{.name = "preemptions", .title = "PREEM/S", .unit = UNIT_RATE, .get = vm_preemptions, .width = 7, .priority = 8,
	 .descending = true, .help = PREEMPT_HELP, .needs_any = ANY_SCHED},
	{.name = "faults", .title = "FAULT/S", .unit = UNIT_RATE, .get = vm_faults, .width = 7, .priority = 8,
	 .descending = true, .needs = PROBE_BIT(PROBE_DISCOVER),
	 .help = "Page faults of the guest that KVM handled a second; key 5 shows which."},
	{.name = "dirty", .title = "DIRTY", .unit = UNIT_RATE, .get = vm_dirty, .width = 5, .priority = 9,
	 .descending = true, .needs = PROBE_BIT(PROBE_DIRTY),
	 .help = "Megabytes that became dirty a second, while they are logged; counted in the view of dirty pages or with --all."},
	{.name = "migrations", .title = "MIGR/S", .unit = UNIT_RATE, .get = vm_migrations, .width = 6, .priority = 9,
	 .descending = true, .needs = PROBE_BIT(PROBE_ENTRY),
	.help = "How often a second a vCPU entered the guest on another pCPU than before. Each costs warm caches."},
	{.name = "wakeups", .title = "WAKE/S", .unit = UNIT_RATE, .get = vm_halts, .width = 6, .priority = 9,
	 .descending = true, .help = WAKE_HELP, .needs = PROBE_BIT(PROBE_WAKEUP)},
	{.name = "p50", .title = "P50", .unit = UNIT_NS, .get = vm_p50, .width = 6, .priority = 10, .descending = true,
	 .help = P50_HELP, .needs = NEEDS_EXIT},
	{.name = "vmm", .title = "VMM", .unit = UNIT_TEXT, .get = vm_vmm, .width = 11, .priority = 9,
	 .help = "The program that runs the VM: qemu, firecracker, cloud-hypervisor, crosvm, or its process name."},
};
/* clang-format on */

/* --- vCPU view ---------------------------------------------------------------------------------------------------- */

FIGURE_GETTER(vcpu, vm, text(out, row.vcpu->vm_name))
FIGURE_GETTER(vcpu, id, number(out, row.vcpu->raw->vcpu_id))
FIGURE_GETTER(vcpu, top, reason(row.vcpu->raw->isa, row.vcpu->top_key, out))
FIGURE_GETTER(vcpu, by, task(snap, &row.vcpu->preemptor, out))

GETTER(vcpu_tid)
{
	(void)snap;
	if (row.vcpu->raw->tid)
		number(out, row.vcpu->raw->tid);
}

GETTER(vcpu_cpu)
{
	(void)snap;
	if (vcpu_has_cpu(row.vcpu->raw))
		number(out, row.vcpu->raw->cpu);
}

GETTER(vcpu_state)
{
	(void)snap;
	if (!row.vcpu->ended)
		number(out, row.vcpu->raw->state);
}

GETTER(vcpu_for)
{
	(void)snap;
	if (!row.vcpu->ended)
		number(out, row.vcpu->raw->state_ns);
}

GETTER(vcpu_wait_ms)
{
	(void)snap;
	out->known = row.vcpu->budget.span_ns != 0;
	out->num = share(row.vcpu->wait_ns, row.vcpu->budget.span_ns) * 1000;
}

/* clang-format off */
static const struct column vcpu_columns[] = {
	{.name = "vm", .title = "VM", .unit = UNIT_TEXT, .get = vcpu_vm, .width = 11,
	 .help = "The VM it belongs to. Select the VM in the VM view to see only its vCPUs."},
	{.name = "vcpu", .title = "ID", .unit = UNIT_ID, .get = vcpu_id, .width = 3,
	 .help = "KVM's own number of the vCPU, as in the VMM's configuration; not taken from a thread's name."},
	{.name = "tid", .title = "TID", .unit = UNIT_ID, .get = vcpu_tid, .width = 7, .priority = 5,
	 .help = "The thread that ran it last, for taskset, perf and gdb. A dash: it has never run."},
	{.name = "cpu", .title = "PCPU", .unit = UNIT_ID, .get = vcpu_cpu, .width = 4, .priority = 3,
	 .help = "The physical CPU of its last entry into the guest. Two busy vCPUs on one pCPU wait for each other."},
	{.name = "state", .title = "STATE", .unit = UNIT_STATE, .get = vcpu_state, .width = 7, .priority = 1,
	.help = "What it was doing at the sample: guest, kvm, user, poll, halt, wait; unknown: no event yet."},
	{.name = "for", .title = "FOR", .unit = UNIT_NS, .get = vcpu_for, .width = 6, .priority = 1, .descending = true,
	 .help = "For how long it has been in that state. Seconds in kvm or user mean it is stuck right now."},
	{.name = "budget", .title = "TIME BUDGET", .unit = UNIT_BUDGET, .get = vcpu_budget, .width = 11,
	 .flexible = true, .priority = 2, .descending = true, .help = BAR_HELP},
	{.name = "guest", .title = "GUEST", .unit = UNIT_SHARE, .get = vcpu_guest, .width = 5, .priority = 6,
	 .descending = true, .help = GUEST_HELP, .needs = NEEDS_EXIT},
	{.name = "kvm", .title = "KVM%", .unit = UNIT_SHARE, .get = vcpu_kvm, .width = 4, .priority = 6,
	 .descending = true, .help = KVM_HELP, .needs = NEEDS_EXIT, .warn = 0.25, .crit = 0.5},
	{.name = "user", .title = "USER", .unit = UNIT_SHARE, .get = vcpu_user, .width = 4, .priority = 6,
	 .descending = true, .help = USER_HELP, .needs = NEEDS_USER, .warn = 0.25, .crit = 0.5},
	{.name = "poll", .title = "POLL", .unit = UNIT_SHARE, .get = vcpu_poll, .width = 4, .priority = 7,
	 .descending = true, .help = POLL_HELP, .needs_any = ANY_POLL, .warn = 0.2, .crit = 0.5},
	{.name = "halt", .title = "HALT", .unit = UNIT_SHARE, .get = vcpu_halt, .width = 4, .priority = 7,
	 .descending = true, .help = HALT_HELP, .needs_any = ANY_HALT},
	{.name = "wait", .title = "WAIT", .unit = UNIT_SHARE, .get = vcpu_wait, .width = 4, .priority = 3,
	 .descending = true, .help = WAIT_HELP, .needs_any = ANY_SCHED, .warn = 0.05, .crit = 0.2},
	{.name = "exits", .title = "EXIT/S", .unit = UNIT_RATE, .get = vcpu_exits, .width = 6, .priority = 2,
	 .descending = true, .help = EXITS_HELP, .needs = PROBE_BIT(PROBE_EXIT)},
	{.name = "trend", .title = "TREND", .unit = UNIT_TREND, .get = vcpu_exits, .width = 12, .priority = 5,
	 .descending = true, .help = TREND_HELP},
	{.name = "top", .title = "TOP REASON", .unit = UNIT_TEXT, .get = vcpu_top, .width = 14, .priority = 4,
	 .help = TOP_HELP, .needs = NEEDS_EXIT},
	{.name = "avg", .title = "AVG", .unit = UNIT_NS, .get = vcpu_avg, .width = 6, .priority = 8,
	 .descending = true, .help = AVG_HELP, .needs = NEEDS_EXIT},
	{.name = "p50", .title = "P50", .unit = UNIT_NS, .get = vcpu_p50, .width = 6, .priority = 9,
	 .descending = true, .help = P50_HELP, .needs = NEEDS_EXIT},
	{.name = "p99", .title = "P99", .unit = UNIT_NS, .get = vcpu_p99, .width = 6, .priority = 4,
	 .descending = true, .help = P99_HELP, .needs = NEEDS_EXIT, .warn = MS(1), .crit = MS(10)},
	{.name = "max", .title = "MAX", .unit = UNIT_NS, .get = vcpu_max, .width = 6, .priority = 2,
	 .descending = true, .help = MAX_HELP, .needs = NEEDS_EXIT, .warn = MS(10), .crit = MS(1000)},
	{.name = "by", .title = "PREEMPTED BY", .unit = UNIT_TEXT, .get = vcpu_by, .width = 18, .priority = 3,
	 .help = "Who took the pCPU from this vCPU and ran longest on it, as far as one can be named: another vCPU, or a task "
	         "(comm/tid).",
	 .needs_any = ANY_SCHED},
	{.name = "wait_ms", .title = "WAITms/S", .unit = UNIT_MS, .get = vcpu_wait_ms, .width = 8, .priority = 8,
	 .descending = true, .needs_any = ANY_SCHED,
	 .help = "Milliseconds of each second spent ready to run without a pCPU; 10 of them are 1 % of steal."},
	{.name = "preemptions", .title = "PREEM/S", .unit = UNIT_RATE, .get = vcpu_preemptions, .width = 7,
	 .priority = 9, .descending = true, .help = PREEMPT_HELP, .needs_any = ANY_SCHED},
	{.name = "migrations", .title = "MIGR/S", .unit = UNIT_RATE, .get = vcpu_migrations, .width = 6, .priority = 8,
	 .descending = true, .needs = PROBE_BIT(PROBE_ENTRY),
	 .help = "How often a second it entered the guest on another pCPU than the time before. Pinning makes it 0."},
	{.name = "wakeups", .title = "WAKE/S", .unit = UNIT_RATE, .get = vcpu_halts, .width = 6, .priority = 8,
	 .descending = true, .help = WAKE_HELP, .needs = PROBE_BIT(PROBE_WAKEUP)},
	{.name = "user_exits", .title = "UEXIT/S", .unit = UNIT_RATE, .get = vcpu_user_exits, .width = 7, .priority = 9,
	 .descending = true, .help = UEXITS_HELP, .needs = PROBE_BIT(PROBE_USER_EXIT)},
};
/* clang-format on */

/* --- exit view ---------------------------------------------------------------------------------------------------- */

FIGURE_GETTER(exit, reason, reason(row.exit->isa, row.exit->key, out))
FIGURE_GETTER(exit, count, number(out, row.exit->f.count))
FIGURE_GETTER(exit, rate, rate(out, row.exit->f.count, row.exit->over_ns))
FIGURE_GETTER(exit, time, number(out, row.exit->f.time_ns))
FIGURE_GETTER(exit, min, duration(out, row.exit->f.min_ns))
FIGURE_GETTER(exit, avg, average(&row.exit->f, out))
FIGURE_GETTER(exit, p50, duration(out, exit_durations(snap, row.exit)->p50_ns))
FIGURE_GETTER(exit, p99, duration(out, exit_durations(snap, row.exit)->p99_ns))
FIGURE_GETTER(exit, max, duration(out, row.exit->f.max_ns))
FIGURE_GETTER(exit, age, duration(out, row.exit->f.inflight_ns))

GETTER(exit_vm)
{
	const struct vm_row *vm = row.exit->vm ? snapshot_find_vm(snap, row.exit->vm) : NULL;

	if (vm)
		text(out, vm->raw->name);
}

GETTER(exit_vcpu)
{
	const struct vcpu_row *vcpu = row.exit->vcpu ? snapshot_find_vcpu(snap, row.exit->vcpu) : NULL;

	if (vcpu)
		number(out, vcpu->raw->vcpu_id);
}

GETTER(exit_share)
{
	(void)snap;
	out->known = row.exit->span_ns != 0;
	out->num = share(row.exit->f.time_ns, row.exit->span_ns);
}

GETTER(exit_parts)
{
	(void)snap;
	out->known = row.exit->f.time_ns != 0;
	out->figures = &row.exit->f;
	out->num = row.exit->f.time_ns;
}

GETTER(exit_isa)
{
	(void)snap;
	if (row.exit->isa)
		text(out, isa_name(row.exit->isa, out->buf));
}

#define PART_GETTER(name, part)                                                   \
	GETTER(exit_##name)                                                       \
	{                                                                         \
		(void)snap;                                                       \
		out->known = row.exit->f.time_ns != 0;                            \
		out->num = share(row.exit->f.part_ns[part], row.exit->f.time_ns); \
	}

PART_GETTER(kernel, PART_KERNEL)
PART_GETTER(user, PART_USER)
PART_GETTER(halt, PART_HALT)
PART_GETTER(wait, PART_WAIT)

/* clang-format off */
static const struct column exit_columns[] = {
	{.name = "reason", .title = "REASON", .unit = UNIT_TEXT, .get = exit_reason, .width = 18, .flexible = true,
	 .help = "Why the guest was left, by the name KVM gives it; a reason without a name keeps its number."},
	{.name = "vm", .title = "VM", .unit = UNIT_TEXT, .get = exit_vm, .width = 11, .priority = 9,
	 .help = "The VM, when the rows are of one VM or vCPU; a dash in the sums over all VMs."},
	{.name = "vcpu", .title = "ID", .unit = UNIT_ID, .get = exit_vcpu, .width = 3, .priority = 9,
	 .help = "The vCPU, when the rows are of one vCPU; a dash in sums."},
	{.name = "count", .title = "COUNT", .unit = UNIT_COUNT, .get = exit_count, .width = 5, .priority = 5,
	 .descending = true, .help = "Exits in the interval, the one still under way included."},
	{.name = "rate", .title = "RATE/S", .unit = UNIT_RATE, .get = exit_rate, .width = 6, .priority = 0,
	.descending = true,
	 .help = "Exits a second. Many cheap ones can cost as much as a few slow ones: compare with the time."},
	{.name = "share", .title = "TIME%", .unit = UNIT_SHARE, .get = exit_share, .of_vcpus = true, .width = 5, .priority = 1,
	 .descending = true,
	.help = "Share of the vCPU time of this vCPU, VM or host that went to this reason: where to look first."},
	{.name = "trend", .title = "TREND", .unit = UNIT_TREND, .get = exit_rate, .width = 12, .priority = 5,
	 .descending = true, .help = TREND_HELP},
	{.name = "time", .title = "TIME", .unit = UNIT_NS, .get = exit_time, .width = 6, .priority = 6,
	 .descending = true,
	 .help = "Time spent in this reason during the interval, by completed exits and the one still under way."},
	{.name = "min", .title = "MIN", .unit = UNIT_NS, .get = exit_min, .width = 6, .priority = 7, .descending = true,
	 .help = "Shortest completed exit of the interval: what the reason costs at best."},
	{.name = "avg", .title = "AVG", .unit = UNIT_NS, .get = exit_avg, .width = 6, .priority = 2, .descending = true,
	 .help = "Average duration of the completed exits. Far above p50: a few slow ones dominate."},
	{.name = "p50", .title = "P50", .unit = UNIT_NS, .get = exit_p50, .width = 6, .priority = 4, .descending = true,
	 .help = "Half of the exits were faster than this (within 6 %)."},
	{.name = "p99", .title = "P99", .unit = UNIT_NS, .get = exit_p99, .width = 6, .priority = 2, .descending = true,
	 .help = "One exit in a hundred was slower than this (within 6 %)."},
	{.name = "max", .title = "MAX", .unit = UNIT_NS, .get = exit_max, .width = 6, .priority = 1, .descending = true,
	 .help = "Longest exit of the interval; one still under way counts with its age so far."},
	{.name = "parts", .title = "WHERE", .unit = UNIT_PARTS, .get = exit_parts, .width = 10, .priority = 3,
	 .descending = true,
	 .help = "How the time divides: kernel, user (VMM), halt (idle) and wait (no pCPU). Sorts by time."},
	{.name = "kernel", .title = "KERN%", .unit = UNIT_SHARE, .get = exit_kernel, .width = 5, .priority = 7,
	 .descending = true, .help = "Share of its time in the kernel: emulation and fault handling by KVM itself."},
	{.name = "user", .title = "USER%", .unit = UNIT_SHARE, .get = exit_user, .width = 5, .priority = 7,
	 .descending = true, .needs = NEEDS_USER,
	 .help = "Share of its time in the VMM: a slow handler of the VMM shows here, not in the kernel's share."},
	{.name = "halt", .title = "HALT%", .unit = UNIT_SHARE, .get = exit_halt, .width = 5, .priority = 8,
	 .descending = true, .needs_any = ANY_HALT,
	 .help = "Share of its time polling or asleep: the guest asked for it and had nothing to do."},
	{.name = "wait", .title = "WAIT%", .unit = UNIT_SHARE, .get = exit_wait, .width = 5, .priority = 7,
	 .descending = true, .needs_any = ANY_SCHED, .warn = 0.1, .crit = 0.5,
	.help = "Share of its time without a pCPU: slow because another task ran, not because of its work."},
	{.name = "age", .title = "AGE", .unit = UNIT_NS, .get = exit_age, .width = 6, .priority = 4, .descending = true,
	 .warn = MS(1000), .crit = MS(3000), .awake = true,
	.help = "Age of the oldest exit still under way when the sample was taken. Seconds here mean stuck right now."},
	{.name = "isa", .title = "ISA", .unit = UNIT_TEXT, .get = exit_isa, .width = 5, .priority = 10,
	.help = "Whose reason it is: vmx (Intel), svm (AMD) or arm64. A dash for exits to the VMM, alike on all."},
};
/* clang-format on */

/* default_sort: time budget of VMs and vCPUs (the busiest first), share of time of exits. */
const struct view_columns vm_view = {
	.name = "vm",
	.title = "VMs",
	.rows = ROWS_VM,
	.columns = vm_columns,
	.count = ARRAY_SIZE(vm_columns),
	.default_sort = 3,
	.reading = "Each row is a VM, the one with the least idle time first. Look at its time "
		   "budget: G is the guest's own work. Much W is time without a pCPU: the vCPU view "
		   "says who took it. Much K or U is time spent on exits: e says on which. STUCK "
		   "means that a vCPU of it has not moved for over a second."};
const struct view_columns vcpu_view = {
	.name = "vcpu",
	.title = "vCPUs",
	.rows = ROWS_VCPU,
	.columns = vcpu_columns,
	.count = ARRAY_SIZE(vcpu_columns),
	.default_sort = 6,
	.reading = "Each row is a vCPU: what it does now, and for how long already. USER or KVM "
		   "for seconds is stuck. WAIT above a few per cent is felt in the guest; "
		   "PREEMPTED BY names the task that ran instead. Two busy vCPUs with the same PCPU "
		   "wait for each other. Enter shows what made it leave the guest."};
const struct view_columns exit_view = {
	.name = "exit",
	.title = "exit reasons",
	.rows = ROWS_EXIT,
	.columns = exit_columns,
	.count = ARRAY_SIZE(exit_columns),
	.default_sort = 5,
	.reading = "Each row is a reason for which vCPUs left the guest. TIME% says which one to "
		   "look at first; WHERE says who spent that time: the kernel, the VMM, or nobody, "
		   "because there was no pCPU. AVG far above P50 means a few very slow ones: sort by "
		   "MAX with M. u shows exits to the VMM, whose time is the VMM's own. Idle reasons "
		   "stand apart at the end. Enter shows how the latencies are spread."};
