// SPDX-License-Identifier: GPL-2.0-only
#include "probes.h"

#include "events.h"

const struct probe_info probe_table[PROBE_COUNT] = {
	[PROBE_ENTRY] = {"entry", "tp_btf/kvm_entry", "time in the guest, and when an exit ends",
			 "no guest time, no exit latency", true},
	[PROBE_EXIT] = {"exit", "tp_btf/kvm_exit", "VM exits by reason", "no VM exits, no exit reasons", true},
	[PROBE_USER_EXIT] = {"user_exit", "tp_btf/kvm_userspace_exit", "exits to user space, time in the VMM",
			     "no exits to user space, no VMM time", true},
	[PROBE_RUN] = {"run", "fentry or kprobe/kvm_arch_vcpu_ioctl_run, or tp_btf/kvm_fpu", "when the VMM's time ends",
		       "VMM time includes the way back into the guest", false},
	[PROBE_WAKEUP] = {"wakeup", "tp_btf/kvm_vcpu_wakeup", "halts: polled or slept, valid or not",
			  "no wake-up counts", false},
	[PROBE_HALT] = {"halt", "fentry or kprobe/kvm_vcpu_halt, fentry+fexit or kprobe/kvm_vcpu_block",
			"when polling and sleeping begin and end",
			"failed polling counts as KVM, any sleep in the kernel as HALT", false},
	[PROBE_SCHED] = {"sched", "fentry or kprobe/kvm_sched_out, kvm_sched_in",
			 "waits for a pCPU, and who has it; no cost for other threads",
			 "waits come from sched_switch, which costs every context switch of the host", false},
	[PROBE_SWITCH] = {"switch", "tp_btf/sched_switch", "waits for a pCPU, in place of sched",
			  "no WAIT, no preemptors, no sleeps", false},
	[PROBE_DESTROY] = {"destroy", "fentry or kprobe/kvm_arch_vcpu_destroy", "the moment a vCPU ends",
			   "an ended vCPU is noticed at the next walk over open files", false},
	[PROBE_DISCOVER] = {"discover", "iter/task_file", "VMs and vCPUs that make no event, KVM's own halt counters",
			    "VMs show up with their first event only", false},
	[PROBE_HYPERCALL] = {"hypercall", "tp_btf/kvm_hypercall; arm64: kvm_hvc_arm64",
			     "hypercalls of KVM's own interface, with arguments", "no hypercalls", false},
	[PROBE_HV_HYPERCALL] = {"hv_hypercall", "tp_btf/kvm_hv_hypercall",
				"hypercalls of guests that take KVM for Hyper-V, as Windows does",
				"no hypercalls to Hyper-V", false},
	[PROBE_XEN_HYPERCALL] = {"xen_hypercall", "tp_btf/kvm_xen_hypercall",
				 "hypercalls of guests that take KVM for Xen", "no hypercalls to Xen", false},
	[PROBE_MSI] = {"msi", "fentry+fexit/kvm_set_msi, kvm_arch_set_irq_inatomic",
		       "MSIs by VM, whoever raises them, and how long that takes",
		       "only those that vCPU threads raise (own_irq), without durations", false},
	[PROBE_IOAPIC] = {"ioapic", "fentry+fexit/ioapic_set_irq", "the IOAPIC's pins by VM, with their entries",
			  "no pins of the IOAPIC", false},
	[PROBE_PIC] = {"pic", "fentry+fexit/kvm_pic_set_irq", "the PIC's pins by VM", "no pins of the PIC", false},
	[PROBE_OWN_IRQ] = {"own_irq", "tp_btf/kvm_msi_set_irq, kvm_set_irq",
			   "in place of msi: interrupts that vCPU threads raise", "no sources of interrupts", false},
	[PROBE_IPI] = {"ipi", "tp_btf/kvm_apic_ipi, kvm_hypercall", "interrupts from vCPU to vCPU, as sent", "no IPIs",
		       false},
	[PROBE_LOCAL_IRQ] = {"local_irq", "fentry/kvm_apic_local_deliver",
			     "what a vCPU's own APIC raises: its timer, errors, performance counters",
			     "no local sources", false},
	[PROBE_ACCEPT] = {"accept", "fentry/__apic_accept_irq",
			  "interrupts as APICs accept them, when their wait begins, whether they were posted",
			  "no accepted, coalesced and posted interrupts, no delay until injection", false},
	[PROBE_INJECT] = {"inject", "tp_btf/kvm_inj_virq", "interrupts as vCPUs get them, when their wait ends",
			  "no injected interrupts, no delay", false},
	[PROBE_EOI] = {"eoi", "tp_btf/kvm_eoi, kvm_pv_eoi", "interrupts that the guest has done with", "no EOIs",
		       false},
	[PROBE_VGIC] = {"vgic", "arm64: fentry or kprobe/kvm_vgic_inject_irq",
			"SPIs by VM, whoever raises them, and PPIs by vCPU", "no SPIs, no PPIs", false},
	[PROBE_SGI] = {"sgi", "arm64: fentry or kprobe/vgic_v3_dispatch_sgi", "IPIs of guests with a GICv3, as sent",
		       "no SGIs", false},
	[PROBE_TIMER_SET] = {"timer_set", "tp_btf/kvm_apic, kvm_msr", "APIC timers as guests set them",
			     "not how often timers are set", false},
	[PROBE_TIMER_START] = {"timer_start", "tp_btf/kvm_hv_timer_state",
			       "whether timers run on the CPU's own or on the host's", "not which timer is in use",
			       false},
	[PROBE_TIMER_EXPIRED] = {"timer_expired", "fentry/apic_timer_expired", "APIC timers that expire, and how late",
				 "no expired timers, no lateness", false},
	[PROBE_TIMER_WAIT] = {"timer_wait", "tp_btf/kvm_wait_lapic_expire",
			      "lateness of TSC deadlines on the CPU's own timer",
			      "no lateness of TSC deadlines on the CPU's own timer", false},
	[PROBE_MSR] = {"msr", "tp_btf/kvm_msr", "which MSRs the guest reads and writes", "no MSRs among causes", false},
	[PROBE_PIO] = {"pio", "raw_tp/kvm_pio", "which ports the guest reads and writes", "no ports among causes",
		       false},
	[PROBE_MMIO] = {"mmio", "tp_btf/kvm_mmio", "which addresses of devices the guest reads and writes",
			"no addresses of devices among causes", false},
	[PROBE_FAST_MMIO] = {"fast_mmio", "tp_btf/kvm_fast_mmio",
			     "writes that an ioeventfd takes before KVM has looked at the instruction (VMX)",
			     "such writes are exits without a cause", false},
	[PROBE_CPUID] = {"cpuid", "tp_btf/kvm_cpuid", "which CPUID leaves the guest asks for",
			 "no CPUID leaves among causes", false},
	[PROBE_HOST_VECTOR] =
		{"host_vector",
		 "fentry/handle_external_interrupt (VMX), or tp_btf of irq_vectors and irq_handler_entry",
		 "which interrupt of the host took the guest out of guest mode; on AMD by tracepoints that "
		 "cost every interrupt of the host while they are looked at, a device's by its IRQ number",
		 "interrupts of the host have no vector", false},
	[PROBE_SYSREG] = {"sysreg", "arm64: tp_btf/kvm_sys_access", "which system registers the guest reads and writes",
			  "no system registers among causes", false},
	[PROBE_WFX] = {"wfx", "arm64: tp_btf/kvm_wfx_arm64", "whether a vCPU waits for interrupts or for events",
		       "WFI and WFE are one", false},
	[PROBE_IOCTL] = {"ioctl",
			 "fentry+fexit/kvm_dev_ioctl, kvm_vm_ioctl, kvm_vcpu_ioctl, kvm_device_ioctl, or "
			 "tp_btf/sys_enter, sys_exit",
			 "the VMM's requests by name, how long they take and which fail; by the second way they cost "
			 "every system call of the host while they are looked at",
			 "no ioctls", false},
	[PROBE_MEMSLOT] = {"memslot", "fentry or kprobe/kvm_arch_commit_memory_region", "changes of VMs' memory maps",
			   "no memory map", false},
	[PROBE_SLOT_WALK] = {"slot_walk", "iter/task_file", "the memory map as it was before anybody looked",
			     "only slots that change are in the memory map", false},
	[PROBE_CAUSE_TIME] = {"cause_time", "tp_btf/kvm_entry", "the time of causes", "causes are counted only", false},
	[PROBE_WAKEUPS] = {"wakeups", "tp_btf/kvm_vcpu_wakeup", "how long halts take, one by one", "no halt durations",
			   false},
	[PROBE_WINDOW] = {"window", "tp_btf/kvm_halt_poll_ns", "the halt-poll window as it grows and shrinks",
			  "no halt-poll window", false},
	[PROBE_STRETCH] = {"stretch", "fentry or kprobe/kvm_sched_out, kvm_sched_in, kvm_arch_vcpu_ioctl_run",
			   "stretches on and off the pCPU, moves between NUMA nodes",
			   "no stretches, no moves between nodes", false},
	[PROBE_FAULT] = {"fault",
			 "fentry+fexit/kvm_mmu_page_fault, or tp_btf/kvm_page_fault; arm64: tp_btf/kvm_guest_fault, "
			 "kvm_mmio, kvm_entry",
			 "the guest's page faults: kind, outcome, duration, place",
			 "no faults; with a tracepoint alone only their number, kind and place", false},
	[PROBE_FAULT_PAGE] =
		{"fault_page",
		 "fexit/kvm_mmu_hugepage_adjust; arm64: fentry or kprobe/kvm_pgtable_stage2_map, "
		 "kvm_pgtable_stage2_relax_perms",
		 "level, HVA, PFN and memslot of faults; faults of nested guests by the VM's own addresses; on arm64 "
		 "level and PFN, and which faults were fixed",
		 "regions have no HVA, PFN and memslot, faults no level", false},
	[PROBE_FAULT_MAPPED] = {"fault_mapped", "fexit/kvm_tdp_mmu_map", "the level that was mapped in the end",
				"the level is the one that KVM first meant to map", false},
	[PROBE_FAULT_FAST] = {"fault_fast", "tp_btf/fast_page_fault", "memslot and PFN of faults fixed without a lock",
			      "faults fixed on the fast path have no memslot and PFN", false},
	[PROBE_DIRTY] = {"dirty", "fentry or kprobe/mark_page_dirty_in_slot", "pages that dirty logging marks",
			 "no dirty pages", false},
	[PROBE_DIRTY_LOG] = {"dirty_log",
			     "fexit or kprobe/kvm_get_dirty_log_protect, or kprobe/kvm_arch_sync_dirty_log",
			     "when the VMM takes the log of a memslot: the end of a cycle",
			     "no logging cycles of bitmaps", false},
	[PROBE_DIRTY_RING] = {"dirty_ring", "fentry or kprobe/kvm_dirty_ring_reset",
			      "when the dirty rings are reset: the end of a cycle",
			      "no cycles of dirty rings: a page counts once, ever", false},
	[PROBE_MEMSLOTS] = {"memslots", "iter/task_file", "all memslots, also those that are not logged",
			    "only memslots with marked pages show up", false},
};

#define B(id) PROBE_BIT(PROBE_##id)

static const u64 of_group[GROUPS] = {
	[GROUP_DIRTY] = B(DIRTY) | B(DIRTY_LOG) | B(DIRTY_RING) | B(MEMSLOTS),
	[GROUP_HALT] = B(WAKEUPS) | B(WINDOW) | B(STRETCH),
	[GROUP_IOCTL] = B(IOCTL) | B(MEMSLOT) | B(SLOT_WALK),
#if defined(__aarch64__)
	[GROUP_IRQ] = B(VGIC) | B(SGI),
	[GROUP_MMU] = B(FAULT) | B(FAULT_PAGE),
	[GROUP_CALL] = B(HYPERCALL),
	[GROUP_CAUSE] = B(MMIO) | B(SYSREG) | B(WFX) | B(CAUSE_TIME),
#else
	[GROUP_IRQ] = B(MSI) | B(IOAPIC) | B(PIC) | B(OWN_IRQ) | B(IPI) | B(LOCAL_IRQ) | B(ACCEPT) | B(INJECT) | B(EOI),
	[GROUP_MMU] = B(FAULT) | B(FAULT_PAGE) | B(FAULT_MAPPED) | B(FAULT_FAST),
	[GROUP_CALL] = B(HYPERCALL) | B(HV_HYPERCALL) | B(XEN_HYPERCALL),
	[GROUP_TIMER] = B(TIMER_SET) | B(TIMER_START) | B(TIMER_EXPIRED) | B(TIMER_WAIT),
	[GROUP_CAUSE] = B(MSR) | B(PIO) | B(MMIO) | B(FAST_MMIO) | B(CPUID) | B(HOST_VECTOR) | B(CAUSE_TIME),
#endif
};

u64 group_probes(u32 groups)
{
	u64 probes = 0;

	for (u32 i = 0; i < GROUPS; i++)
		probes |= groups & GROUP_BIT(i) ? of_group[i] : 0;
	return probes;
}
