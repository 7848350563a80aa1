// SPDX-License-Identifier: GPL-2.0-only
#include "probes.h"

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
	[PROBE_HYPERCALL] = {"hypercall", "tp_btf/kvm_hypercall", "hypercalls of KVM's own interface, with arguments",
			     "no hypercalls", false},
};
