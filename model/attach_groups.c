// SPDX-License-Identifier: GPL-2.0-only
/* The programs of the panes: one object a group. */
#include <bpf/libbpf.h>
#include "groups.h"

#include "calls.skel.h"
#include "irq.skel.h"
#include "timer.skel.h"
#include "cause.skel.h"
#include "wake.skel.h"
#include "ioctl.skel.h"
#include "dirty.skel.h"
#include "mmu.skel.h"

/* clang-format off */
static const struct program calls[] = {
#if defined(__aarch64__)
	{.name = "on_hvc", .probe = PROBE_HYPERCALL},
	{.name = "again_hvc", .probe = PROBE_HYPERCALL, .twin = true},
#else
	{.name = "on_hypercall", .probe = PROBE_HYPERCALL},
	{.name = "again_hypercall", .probe = PROBE_HYPERCALL, .twin = true},
	{.name = "on_hv_hypercall", .probe = PROBE_HV_HYPERCALL},
	{.name = "again_hv_hypercall", .probe = PROBE_HV_HYPERCALL, .twin = true},
	{.name = "on_xen_hypercall", .probe = PROBE_XEN_HYPERCALL},
	{.name = "again_xen_hypercall", .probe = PROBE_XEN_HYPERCALL, .twin = true},
#endif
	{.name = "on_call_end", .probe = PROBE_HYPERCALL},
};

static const struct program ioctls[] = {
	{.name = "on_dev_begin", .probe = PROBE_IOCTL},
	{.name = "again_dev_begin", .probe = PROBE_IOCTL, .twin = true},
	{.name = "on_dev_end", .probe = PROBE_IOCTL},
	{.name = "again_dev_end", .probe = PROBE_IOCTL, .twin = true},
	{.name = "on_vm_begin", .probe = PROBE_IOCTL},
	{.name = "again_vm_begin", .probe = PROBE_IOCTL, .twin = true},
	{.name = "on_vm_end", .probe = PROBE_IOCTL},
	{.name = "again_vm_end", .probe = PROBE_IOCTL, .twin = true},
	{.name = "on_vcpu_begin", .probe = PROBE_IOCTL},
	{.name = "again_vcpu_begin", .probe = PROBE_IOCTL, .twin = true},
	{.name = "on_vcpu_end", .probe = PROBE_IOCTL},
	{.name = "again_vcpu_end", .probe = PROBE_IOCTL, .twin = true},
	{.name = "on_device_begin", .probe = PROBE_IOCTL},
	{.name = "again_device_begin", .probe = PROBE_IOCTL, .twin = true},
	{.name = "on_device_end", .probe = PROBE_IOCTL},
	{.name = "again_device_end", .probe = PROBE_IOCTL, .twin = true},
	{.name = "on_sys_enter", .probe = PROBE_IOCTL, .choice = 1, .every = true},
	{.name = "again_sys_enter", .probe = PROBE_IOCTL, .choice = 1, .every = true, .twin = true},
	{.name = "on_sys_exit", .probe = PROBE_IOCTL, .choice = 1, .every = true},
	{.name = "again_sys_exit", .probe = PROBE_IOCTL, .choice = 1, .every = true, .twin = true},
	{.name = "on_memslot", .probe = PROBE_MEMSLOT},
	{.name = "again_memslot", .probe = PROBE_MEMSLOT, .twin = true},
	{.name = "kprobe_memslot", .probe = PROBE_MEMSLOT, .choice = 1},
	{.name = "find_slots", .probe = PROBE_SLOT_WALK, .iterator = true},
};

static const struct program causes[] = {
	{.name = "on_mmio", .probe = PROBE_MMIO},
	{.name = "again_mmio", .probe = PROBE_MMIO, .twin = true},
#if defined(__aarch64__)
	{.name = "on_sysreg", .probe = PROBE_SYSREG},
	{.name = "again_sysreg", .probe = PROBE_SYSREG, .twin = true},
	{.name = "on_wfx", .probe = PROBE_WFX},
	{.name = "again_wfx", .probe = PROBE_WFX, .twin = true},
#endif
#if defined(__x86_64__)
	{.name = "on_msr", .probe = PROBE_MSR},
	{.name = "again_msr", .probe = PROBE_MSR, .twin = true},
	{.name = "on_pio", .probe = PROBE_PIO},
	{.name = "again_pio", .probe = PROBE_PIO, .twin = true},
	{.name = "on_cpuid", .probe = PROBE_CPUID},
	{.name = "again_cpuid", .probe = PROBE_CPUID, .twin = true},
	{.name = "on_fast_mmio", .probe = PROBE_FAST_MMIO},
	{.name = "again_fast_mmio", .probe = PROBE_FAST_MMIO, .twin = true},
	{.name = "on_external", .probe = PROBE_HOST_VECTOR},
	{.name = "again_external", .probe = PROBE_HOST_VECTOR, .twin = true},
	{.name = "on_local_timer", .probe = PROBE_HOST_VECTOR, .choice = 1},
	{.name = "on_reschedule", .probe = PROBE_HOST_VECTOR, .choice = 1},
	{.name = "on_call_function", .probe = PROBE_HOST_VECTOR, .choice = 1},
	{.name = "on_call_function_single", .probe = PROBE_HOST_VECTOR, .choice = 1},
	{.name = "on_irq_work", .probe = PROBE_HOST_VECTOR, .choice = 1},
	{.name = "on_irq_handler", .probe = PROBE_HOST_VECTOR, .choice = 1},
	{.name = "on_interrupt_exit", .probe = PROBE_HOST_VECTOR, .choice = 1},
#endif
	{.name = "on_cause_end", .probe = PROBE_CAUSE_TIME},
};

#if defined(__aarch64__)
static const struct program irqs[] = {
	{.name = "on_vgic", .probe = PROBE_VGIC},
	{.name = "again_vgic", .probe = PROBE_VGIC, .twin = true},
	{.name = "kprobe_vgic", .probe = PROBE_VGIC, .choice = 1},
	{.name = "on_sgi", .probe = PROBE_SGI},
	{.name = "again_sgi", .probe = PROBE_SGI, .twin = true},
	{.name = "kprobe_sgi", .probe = PROBE_SGI, .choice = 1},
};
#endif

/* These sources, and a timer that tells when it is set, are x86's. */
#if defined(__x86_64__)
static const struct program irqs[] = {
	{.name = "on_msi", .probe = PROBE_MSI},
	{.name = "again_msi", .probe = PROBE_MSI, .twin = true},
	{.name = "on_msi_set", .probe = PROBE_MSI},
	{.name = "again_msi_set", .probe = PROBE_MSI, .twin = true},
	{.name = "on_irqfd", .probe = PROBE_MSI},
	{.name = "on_irqfd_set", .probe = PROBE_MSI},
	{.name = "on_ioapic", .probe = PROBE_IOAPIC},
	{.name = "again_ioapic", .probe = PROBE_IOAPIC, .twin = true},
	{.name = "on_ioapic_set", .probe = PROBE_IOAPIC},
	{.name = "again_ioapic_set", .probe = PROBE_IOAPIC, .twin = true},
	{.name = "on_pic", .probe = PROBE_PIC},
	{.name = "again_pic", .probe = PROBE_PIC, .twin = true},
	{.name = "on_pic_set", .probe = PROBE_PIC},
	{.name = "again_pic_set", .probe = PROBE_PIC, .twin = true},
	{.name = "on_msi_event", .probe = PROBE_OWN_IRQ, .standby = true, .instead_of = PROBE_MSI},
	{.name = "on_line_event", .probe = PROBE_OWN_IRQ, .standby = true, .instead_of = PROBE_MSI},
	{.name = "on_ipi", .probe = PROBE_IPI},
	{.name = "again_ipi", .probe = PROBE_IPI, .twin = true},
	{.name = "on_pv_ipi", .probe = PROBE_IPI},
	{.name = "again_pv_ipi", .probe = PROBE_IPI, .twin = true},
	{.name = "on_local", .probe = PROBE_LOCAL_IRQ},
	{.name = "again_local", .probe = PROBE_LOCAL_IRQ, .twin = true},
	{.name = "on_accept", .probe = PROBE_ACCEPT},
	{.name = "again_accept", .probe = PROBE_ACCEPT, .twin = true},
	{.name = "on_inject", .probe = PROBE_INJECT},
	{.name = "again_inject", .probe = PROBE_INJECT, .twin = true},
	{.name = "on_eoi", .probe = PROBE_EOI},
	{.name = "again_eoi", .probe = PROBE_EOI, .twin = true},
	{.name = "on_pv_eoi", .probe = PROBE_EOI},
	{.name = "again_pv_eoi", .probe = PROBE_EOI, .twin = true},
};

static const struct program timers[] = {
	{.name = "on_timer_count", .probe = PROBE_TIMER_SET},
	{.name = "again_timer_count", .probe = PROBE_TIMER_SET, .twin = true},
	{.name = "on_timer_deadline", .probe = PROBE_TIMER_SET},
	{.name = "again_timer_deadline", .probe = PROBE_TIMER_SET, .twin = true},
	{.name = "on_timer_started", .probe = PROBE_TIMER_START},
	{.name = "again_timer_started", .probe = PROBE_TIMER_START, .twin = true},
	{.name = "on_timer_expired", .probe = PROBE_TIMER_EXPIRED},
	{.name = "on_timer_waited", .probe = PROBE_TIMER_WAIT},
	{.name = "again_timer_waited", .probe = PROBE_TIMER_WAIT, .twin = true},
};
#endif

static const struct program faults[] = {
#if defined(__aarch64__)
	{.name = "on_guest_fault", .probe = PROBE_FAULT},
	{.name = "again_guest_fault", .probe = PROBE_FAULT, .twin = true},
	{.name = "on_fault_mmio", .probe = PROBE_FAULT},
	{.name = "again_fault_mmio", .probe = PROBE_FAULT, .twin = true},
	{.name = "on_guest_fault_end", .probe = PROBE_FAULT},
	{.name = "again_guest_fault_end", .probe = PROBE_FAULT, .twin = true},
	{.name = "on_guest_fault_user", .probe = PROBE_FAULT},
	{.name = "again_guest_fault_user", .probe = PROBE_FAULT, .twin = true},
	{.name = "on_stage2_map", .probe = PROBE_FAULT_PAGE},
	{.name = "again_stage2_map", .probe = PROBE_FAULT_PAGE, .twin = true},
	{.name = "on_stage2_relax", .probe = PROBE_FAULT_PAGE},
	{.name = "again_stage2_relax", .probe = PROBE_FAULT_PAGE, .twin = true},
	{.name = "kprobe_stage2_map", .probe = PROBE_FAULT_PAGE, .choice = 1},
	{.name = "kprobe_stage2_relax", .probe = PROBE_FAULT_PAGE, .choice = 1},
#else
	{.name = "on_fault", .probe = PROBE_FAULT},
	{.name = "again_fault", .probe = PROBE_FAULT, .twin = true},
	{.name = "on_fault_end", .probe = PROBE_FAULT},
	{.name = "again_fault_end", .probe = PROBE_FAULT, .twin = true},
	{.name = "on_plain_fault", .probe = PROBE_FAULT, .choice = 1},
	{.name = "again_plain_fault", .probe = PROBE_FAULT, .choice = 1, .twin = true},
	{.name = "on_fault_page", .probe = PROBE_FAULT_PAGE},
	{.name = "again_fault_page", .probe = PROBE_FAULT_PAGE, .twin = true},
	{.name = "on_fault_mapped", .probe = PROBE_FAULT_MAPPED},
	{.name = "again_fault_mapped", .probe = PROBE_FAULT_MAPPED, .twin = true},
	{.name = "on_fast_fault", .probe = PROBE_FAULT_FAST},
	{.name = "again_fast_fault", .probe = PROBE_FAULT_FAST, .twin = true},
#endif
};

static const struct program dirty[] = {
	{.name = "on_mark", .probe = PROBE_DIRTY},
	{.name = "again_mark", .probe = PROBE_DIRTY, .twin = true},
	{.name = "kprobe_mark", .probe = PROBE_DIRTY, .choice = 1},
	{.name = "on_log_taken", .probe = PROBE_DIRTY_LOG},
	{.name = "again_log_taken", .probe = PROBE_DIRTY_LOG, .twin = true},
	{.name = "kprobe_log_taken", .probe = PROBE_DIRTY_LOG, .choice = 1},
	{.name = "kprobe_log_synced", .probe = PROBE_DIRTY_LOG, .choice = 2},
	{.name = "on_ring_reset", .probe = PROBE_DIRTY_RING},
	{.name = "again_ring_reset", .probe = PROBE_DIRTY_RING, .twin = true},
	{.name = "kprobe_ring_reset", .probe = PROBE_DIRTY_RING, .choice = 1},
	{.name = "find_memslots", .probe = PROBE_MEMSLOTS, .iterator = true},
};

static const struct program wake[] = {
	{.name = "halt_wakeup", .probe = PROBE_WAKEUPS},
	{.name = "again_halt_wakeup", .probe = PROBE_WAKEUPS, .twin = true},
	{.name = "halt_window", .probe = PROBE_WINDOW},
	{.name = "again_halt_window", .probe = PROBE_WINDOW, .twin = true},
	{.name = "halt_sched_out", .probe = PROBE_STRETCH},
	{.name = "halt_sched_in", .probe = PROBE_STRETCH},
	{.name = "halt_run", .probe = PROBE_STRETCH},
	{.name = "again_halt_run", .probe = PROBE_STRETCH, .twin = true},
	{.name = "halt_return", .probe = PROBE_STRETCH},
	{.name = "again_halt_return", .probe = PROBE_STRETCH, .twin = true},
	{.name = "kprobe_halt_sched_out", .probe = PROBE_STRETCH, .choice = 1},
	{.name = "kprobe_halt_sched_in", .probe = PROBE_STRETCH, .choice = 1},
	{.name = "kprobe_halt_run", .probe = PROBE_STRETCH, .choice = 1},
	{.name = "kprobe_halt_return", .probe = PROBE_STRETCH, .choice = 1},
	{.name = "kprobe_again_halt_return", .probe = PROBE_STRETCH, .choice = 1, .twin = true},
};

static const struct program_set sets[GROUPS] = {
	[GROUP_HALT] = {"halts", wake_bpf__elf_bytes, wake, ARRAY_SIZE(wake)},
	[GROUP_MMU] = {"faults", mmu_bpf__elf_bytes, faults, ARRAY_SIZE(faults)},
	[GROUP_DIRTY] = {"dirty pages", dirty_bpf__elf_bytes, dirty, ARRAY_SIZE(dirty)},
	[GROUP_CALL] = {"hypercalls", calls_bpf__elf_bytes, calls, ARRAY_SIZE(calls)},
	[GROUP_IRQ] = {"interrupts", irq_bpf__elf_bytes, irqs, ARRAY_SIZE(irqs)},
#if defined(__x86_64__)
	[GROUP_TIMER] = {"timers", timer_bpf__elf_bytes, timers, ARRAY_SIZE(timers)},
#endif
	[GROUP_IOCTL] = {"ioctls", ioctl_bpf__elf_bytes, ioctls, ARRAY_SIZE(ioctls)},
	[GROUP_CAUSE] = {"causes of exits", cause_bpf__elf_bytes, causes, ARRAY_SIZE(causes)},
};
/* clang-format on */

const struct program_set *group_set(enum event_group group)
{
	return group < GROUPS && sets[group].count ? &sets[group] : NULL;
}
