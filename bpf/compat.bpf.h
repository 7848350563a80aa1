/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything that differs between kernels and architectures, and since when. Nothing else in bpf/ knows a version.
 */
#ifndef KVMTOP_COMPAT_BPF_H
#define KVMTOP_COMPAT_BPF_H

#include "../vmlinux/vmlinux.h"
#include <stdbool.h>
#include <linux/bpf.h>
#include <asm/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

/* arch/x86/include/asm/kvm_host.h, since 2.6.35 */
#define KVM_ISA_VMX 1
#define KVM_ISA_SVM 2
/* Ours: arm64's kvm_exit has no such argument. As in model/reasons.h. */
#define KVM_ISA_ARM64 3

/* enum in include/linux/kvm_host.h (OUTSIDE_GUEST_MODE 0, IN_GUEST_MODE 1), since 3.0 */
#define IN_GUEST_MODE 1

/* include/uapi/linux/magic.h, since 2.6.22 */
#define ANON_INODE_FS_MAGIC 0x09041934

/* kernel/locking/mutex.c: the low bits of mutex.owner are flags, since 4.10 */
#define MUTEX_FLAGS 7UL

/*
 * A condition that is the same for ever once the program is loaded. The verifier takes the jump away when nothing else leads
 * to the side that is never taken: so each side gets a place of its own.
 */
#define settled(condition)                                   \
	({                                                   \
		bool is_ = (condition);                      \
		if (is_)                                     \
			asm volatile("" ::"i"(__COUNTER__)); \
		else                                         \
			asm volatile("" ::"i"(__COUNTER__)); \
		is_;                                         \
	})

/*
 * The vCPU that a thread has loaded (between vcpu_load() and vcpu_put()), NULL: none. KVM is the only user of preempt
 * notifiers. CONFIG_PREEMPT_NOTIFIERS is selected by KVM.
 */
static __always_inline struct kvm_vcpu *loaded_vcpu(struct task_struct *task)
{
	struct hlist_node *node = task->preempt_notifiers.first;

	if (!node)
		return NULL;
	return (void *)node - bpf_core_field_offset(struct kvm_vcpu, preempt_notifier) -
	       bpf_core_field_offset(struct preempt_notifier, link);
}

/*
 * kvm_entry and kvm_exit, by their raw arguments:
 *   x86    kvm_entry(vcpu, force_immediate_exit), 6.1: (vcpu); kvm_exit(vcpu, isa)
 *   arm64  kvm_entry(vcpu_pc); kvm_exit(ret, esr_ec, vcpu_pc). The vCPU is the one that the thread has loaded.
 */
#if defined(__TARGET_ARCH_arm64)

/* arch/arm64/include/asm/kvm_asm.h: what __guest_enter() returns, and a flag in it. */
#define ARM_EXCEPTION_TRAP      2
#define ARM_EXIT_WITH_SERROR    (1U << 31)
#define ARM64_CODE(ret, esr_ec) ((((__u32)(ret)&0xffffff) << 8) | ((esr_ec)&0xff))

static __always_inline struct kvm_vcpu *event_vcpu(unsigned long long *ctx)
{
	(void)ctx;
	return loaded_vcpu(bpf_get_current_task_btf());
}

/* The pCPU that the vCPU, which is not NULL, is loaded on. */
static __always_inline __u32 event_cpu(struct kvm_vcpu *vcpu)
{
	(void)vcpu; /* an address that was computed: it cannot be followed without a helper */
	return bpf_get_smp_processor_id();
}

static __always_inline __u32 exit_isa(unsigned long long *ctx)
{
	(void)ctx;
	return KVM_ISA_ARM64;
}

/* The exception class stands for something only when the exit is a trap: kvm_exit's own record has 0 else, too. */
static __always_inline bool read_exit_code(unsigned long long *ctx, struct kvm_vcpu *vcpu, __u32 isa, __u64 *vmcb,
					   __u32 *code)
{
	__u32 ret = (__u32)ctx[0] & ~ARM_EXIT_WITH_SERROR, esr_ec = ctx[1];

	(void)vcpu;
	(void)isa;
	(void)vmcb;
	*code = ARM64_CODE(ret, ret == ARM_EXCEPTION_TRAP ? esr_ec : 0);
	return true;
}

static __always_inline bool read_exit_code_at(struct kvm_vcpu *vcpu, const __u64 *vmcb, __u32 *code)
{
	(void)vcpu;
	(void)vmcb;
	(void)code;
	return false;
}

/*
 * x1 to x4 of the guest: arguments of an SMCCC call, whose number is x0. user_pt_regs is the first member of struct
 * kvm_cpu_context (arch/arm64/include/asm/kvm_host.h, since 5.8), and ABI.
 */
static __always_inline void smccc_args(struct kvm_vcpu *vcpu, __u64 *args)
{
	const struct user_pt_regs *regs = (void *)&vcpu->arch.ctxt;

	bpf_probe_read_kernel(args, 4 * sizeof(*args), &regs->regs[1]);
}

#else

static __always_inline struct kvm_vcpu *event_vcpu(unsigned long long *ctx)
{
	return (void *)ctx[0];
}

/*
 * The pCPU that the vCPU, which is not NULL, is loaded on. vcpu_load() sets it, and so does each return of its thread to a
 * pCPU. A load, where the helper is a call.
 */
static __always_inline __u32 event_cpu(struct kvm_vcpu *vcpu)
{
	return vcpu->cpu;
}

static __always_inline __u32 exit_isa(unsigned long long *ctx)
{
	return ctx[1];
}

/*
 * Does the vCPU run a guest of its guest now? vcpu->stat.guest_mode is set and cleared together with the flag that KVM
 * itself goes by (enter_guest_mode() in arch/x86/kvm/kvm_cache_regs.h, since 5.14). Where it is not there: perhaps.
 */
static __always_inline bool in_nested_guest(struct kvm_vcpu *vcpu)
{
	if (bpf_core_field_exists(vcpu->stat.guest_mode))
		return vcpu->stat.guest_mode;
	return true;
}

/*
 * An int in the kernel's memory, in a few instructions: the kfunc (since 6.2) makes the address one of a struct that begins
 * with an int, and the load is then the program's own, with the same safety as the helper's. Kernels have the kfunc where
 * they have struct bpf_iter_num (since 6.4): libbpf 1.1 cannot ask for a kfunc itself. False: it could not be read, which
 * only the helper can tell.
 */
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

struct bpf_iter_num {
	__u64 __opaque[1];
} __attribute__((preserve_access_index));

struct kref___int {
	int refcount;
} __attribute__((preserve_access_index));

static __always_inline bool read_u32(__u32 *value, const void *from)
{
	__u32 copy; /* of its own: what the helper writes is on the stack, and the value shall be in a register */

	if (bpf_core_type_exists(struct bpf_iter_num)) {
		const int *at = bpf_rdonly_cast(from, bpf_core_type_id_kernel(struct kref___int));

		*value = *at;
		return true;
	}
	if (bpf_probe_read_kernel(&copy, sizeof(copy), from))
		return false;
	*value = copy;
	return true;
}

/*
 * The hardware exit reason. It was an argument of kvm_exit in 5.10 and is none in 6.1 and later; it is read where the
 * vendor module keeps it. struct kvm_vcpu is the first member of struct vcpu_svm and struct vcpu_vmx in all versions
 * (svm_init() and vmx_init() refuse to build otherwise).
 *   SVM: vmcb->control.exit_code, u32 (6.1, 6.12, 6.18); u64 (7.2). Both are little-endian: the low half is the code.
 *   VMX: vcpu_vmx.exit_reason (6.1, 6.12); vcpu_vmx.vt.exit_reason (7.2: struct vcpu_vt, shared with TDX).
 * Each read by a helper is a tenth of all that an exit costs us. svm->vmcb is one of two for the whole life of the vCPU:
 * that of the guest itself, whose address is kept in *vmcb (0: not read yet), and that of a nested guest, while one runs.
 * False: unknown ISA, or the vendor module's types are not there.
 */
static __always_inline bool read_exit_code(unsigned long long *ctx, struct kvm_vcpu *vcpu, __u32 isa, __u64 *vmcb,
					   __u32 *code)
{
	(void)ctx; /* by 7.2 the argument may be NULL to the verifier: only the pointer that was checked can be followed */
	*code = 0;
	if (isa == KVM_ISA_SVM && bpf_core_type_exists(struct vcpu_svm)) {
		struct vcpu_svm *svm = (void *)vcpu;
		__u64 at = in_nested_guest(vcpu) ? 0 : *vmcb;

		if (!at) {
			at = (__u64)BPF_CORE_READ(svm, vmcb);
			if (!in_nested_guest(vcpu))
				*vmcb = at;
		}
		return read_u32(code, __builtin_preserve_access_index(&((struct vmcb *)at)->control.exit_code));
	}
	if (isa == KVM_ISA_VMX && bpf_core_type_exists(struct vcpu_vmx)) {
		struct vcpu_vmx___v61 *old = (void *)vcpu;
		struct vcpu_vmx *vmx = (void *)vcpu;
		bool known;

		if (bpf_core_field_exists(old->exit_reason))
			known = read_u32(code, __builtin_preserve_access_index(&old->exit_reason));
		else
			known = read_u32(code, __builtin_preserve_access_index(&vmx->vt.exit_reason));
		*code &= 0x8000ffff; /* the basic reason, and FAILED_VMENTRY */
		return known;
	}
	return false;
}

/*
 * Before 6.4, on SVM: the VMCB that this pCPU loaded last is a pointer whose type the verifier knows. Where that is the one
 * wanted, it can be followed without a helper. arch/x86/kvm/svm/svm.c: svm_data is a structure a pCPU since 6.1; before
 * it was a pointer to one, and without a member of this name.
 */
extern const struct svm_cpu_data___v61 svm_data __ksym __weak;

/* The same for an exit of SVM whose VMCB is known already; false: it is not (0), or it is not the one in use. */
static __always_inline bool read_exit_code_at(struct kvm_vcpu *vcpu, const __u64 *vmcb, __u32 *code)
{
	const struct svm_cpu_data___v61 *data = &svm_data, *cpu;
	struct vmcb *loaded;

	if (settled(!bpf_core_type_exists(struct vcpu_svm)) || settled(!bpf_core_field_exists(vcpu->stat.guest_mode)) ||
	    vcpu->stat.guest_mode)
		return false;
	if (settled(bpf_core_type_exists(struct bpf_iter_num)))
		return *vmcb &&
		       read_u32(code, __builtin_preserve_access_index(&((struct vmcb *)*vmcb)->control.exit_code));
	if (settled(!bpf_core_field_exists(struct svm_cpu_data___v61, current_vmcb)))
		return false;
	barrier_var(data); /* loaded once */
	if (!data)
		return false;
	cpu = bpf_this_cpu_ptr(data);
	loaded = cpu->current_vmcb; /* not NULL: this vCPU has one */
	if ((__u64)loaded != *vmcb)
		return false;
	*code = loaded->control.exit_code;
	return true;
}

/*
 * Which interrupt of the host ended guest mode, as VMX tells it; valid once KVM has read it, which it does before it
 * handles an exit for an external interrupt. vcpu_vmx.exit_intr_info (6.1, 6.12), vcpu_vmx.vt.exit_intr_info (7.2).
 */
static __always_inline bool vmx_intr_info(struct kvm_vcpu *vcpu, __u32 *info)
{
	struct vcpu_vmx___v61 *old = (void *)vcpu;
	struct vcpu_vmx *vmx = (void *)vcpu;

	if (!bpf_core_type_exists(struct vcpu_vmx))
		return false;
	if (bpf_core_field_exists(old->exit_intr_info))
		return !bpf_core_read(info, sizeof(*info), &old->exit_intr_info);
	return !bpf_core_read(info, sizeof(*info), &vmx->vt.exit_intr_info);
}

/* arch/x86/include/uapi/asm/{svm,vmx}.h: SVM_EXIT_INTR, EXIT_REASON_EXTERNAL_INTERRUPT */
static __always_inline bool exit_is_interrupt(__u32 isa, __u32 code)
{
	return isa == KVM_ISA_SVM ? code == 0x60 : isa == KVM_ISA_VMX && code == 1;
}

#endif

/* Page faults that KVM has taken; x86 alone counts them (struct kvm_vcpu_stat, arch/x86/include/asm/kvm_host.h). */
static __always_inline __u64 vcpu_pf_taken(struct kvm_vcpu *vcpu)
{
#if defined(__TARGET_ARCH_x86)
	if (bpf_core_field_exists(vcpu->stat.pf_taken))
		return BPF_CORE_READ(vcpu, stat.pf_taken);
#endif
	return 0;
}

/* --- memslots: one layout since 5.17 (id_hash, two sets a VM); before it an array: no fields, nothing is found ---------- */

/* include/uapi/linux/kvm.h, since 2.6.24 */
#define KVM_MEM_LOG_DIRTY_PAGES 1
/* KVM_GET_DIRTY_LOG is _IOW(KVMIO, this, struct kvm_dirty_log). */
#define KVM_GET_DIRTY_LOG_NR 0x42

/* KVM_MAX_NR_ADDRESS_SPACES: 2 on x86 (SMM), 1 elsewhere. */
#if defined(__TARGET_ARCH_x86)
#define ADDRESS_SPACES 2
#else
#define ADDRESS_SPACES 1
#endif

#define MEMSLOT_BUCKETS 128

/* Counters of struct kvm_vcpu_stat about faults; x86 alone has them, but for exits. pf_fixed and its siblings since 5.19. */
struct fault_counters {
	__u64 taken, fixed, fast, spurious, emulated, irqs, exits;
};

static __always_inline void read_fault_counters(struct kvm_vcpu *vcpu, struct fault_counters *c)
{
	__builtin_memset(c, 0, sizeof(*c));
#if defined(__TARGET_ARCH_x86)
	if (bpf_core_field_exists(vcpu->stat.pf_fast)) {
		c->taken = vcpu->stat.pf_taken;
		c->fixed = vcpu->stat.pf_fixed;
		c->fast = vcpu->stat.pf_fast;
		c->spurious = vcpu->stat.pf_spurious;
		c->emulated = vcpu->stat.pf_emulate;
	}
	if (bpf_core_field_exists(vcpu->stat.irq_exits))
		c->irqs = vcpu->stat.irq_exits;
#endif
	if (bpf_core_field_exists(vcpu->stat.exits))
		c->exits = BPF_CORE_READ(vcpu, stat.exits);
}

/*
 * The error code that kvm_mmu_page_fault() gets (arch/x86/include/asm/kvm_host.h: PFERR_*). The kvm_page_fault
 * tracepoint has it on SVM; on VMX it has the exit qualification, which KVM translates after that.
 */
#define PFERR_PRESENT        (1ULL << 0)
#define PFERR_WRITE          (1ULL << 1)
#define PFERR_RSVD           (1ULL << 3)
#define PFERR_FETCH          (1ULL << 4)
#define PFERR_PRIVATE_ACCESS (1ULL << 49) /* since 6.11 */

/* KVM's smallest page, in which it counts GFNs; arm64 hosts may be built with larger ones, Debian's are not. */
#define GUEST_PAGE_SIZE 4096ULL
/* arch/x86/kvm/mmu/spte.h: SPTE_BASE_ADDR_MASK; memory encryption may use bits at its upper end. */
#define SPTE_ADDRESS 0x000ffffffffff000ULL

/* arch/x86/include/asm/vmx.h: EPT_VIOLATION_ACC_*, and what it was allowed to. */
#define EPT_ACC_WRITE (1ULL << 1)
#define EPT_ACC_INSTR (1ULL << 2)
#define EPT_PROT_RWX  (7ULL << 3)

#if !defined(__TARGET_ARCH_x86)
/* So that the programs compile; nothing there can be hooked. */
struct kvm_page_fault {
	bool is_tdp;
	__u8 goal_level;
	__u64 gfn;
	struct kvm_memory_slot *slot;
	__u64 pfn;
} __attribute__((preserve_access_index));
#endif

/* arch/arm64/include/asm/esr.h: an instruction abort from a lower level, and the bit that tells a write. */
#define ESR_EC_SHIFT    26
#define ESR_EC_IABT_LOW 0x20
#define ESR_WRITE       (1ULL << 6)

static __always_inline __u64 error_of_syndrome(__u64 esr)
{
	if ((esr >> ESR_EC_SHIFT & 0x3f) == ESR_EC_IABT_LOW)
		return PFERR_FETCH;
	return esr & ESR_WRITE ? PFERR_WRITE : 0;
}

static __always_inline __u64 error_of_qualification(__u64 qualification)
{
	return (qualification & EPT_ACC_WRITE ? PFERR_WRITE : 0) | (qualification & EPT_ACC_INSTR ? PFERR_FETCH : 0) |
	       (qualification & EPT_PROT_RWX ? PFERR_PRESENT : 0);
}

/*
 * A store that user space must not see before, nor after, the stores around it. x86 keeps stores in order, and the
 * compiler's barrier is enough; arm64 does not, and BPF's exchange is a full barrier there.
 */
#if defined(__TARGET_ARCH_arm64)
#define store_in_order(p, value) ((void)__sync_lock_test_and_set(p, value))
#else
#define store_in_order(p, value) \
	({                       \
		barrier();       \
		*(p) = (value);  \
		barrier();       \
	})
#endif

/*
 * Is the task that is being switched out still runnable? The same question as task_is_runnable() (6.12, delayed
 * dequeue); before that on_rq alone. KVM itself decides vcpu->preempted by it. on_rq is an int (6.1, 6.18) or a u8 (7.2),
 * and a direct load cannot be adjusted from one to the other: its first byte is read.
 */
static __always_inline bool task_runnable(struct task_struct *task)
{
	__u8 on_rq = 0;

	bpf_core_read(&on_rq, sizeof(on_rq), &task->on_rq);
	if (!on_rq)
		return false;
	if (bpf_core_field_exists(task->se.sched_delayed))
		return !task->se.sched_delayed;
	return true;
}

/*
 * Time the task spent runnable on run queues, cumulative (CONFIG_SCHED_INFO, on in every distribution kernel; 0 where it
 * is off). The scheduler keeps it for every task anyway, so the wait after a wake-up costs no hook on other threads.
 */
static __always_inline __u64 task_run_delay(struct task_struct *task)
{
	if (bpf_core_field_exists(task->sched_info.run_delay))
		return task->sched_info.run_delay;
	return 0;
}

/* Has somebody locked vcpu->mutex, that is: is a thread inside an ioctl of this vCPU? PREEMPT_RT has no such field: yes. */
static __always_inline bool vcpu_locked(struct kvm_vcpu *vcpu)
{
	if (!bpf_core_field_exists(vcpu->mutex.owner))
		return true;
	return BPF_CORE_READ(vcpu, mutex.owner.counter) & ~MUTEX_FLAGS;
}

#if defined(__TARGET_ARCH_x86)

/* --- x86's interrupt controllers and timers ------------------------------------------------------------------------ */

/* arch/x86/include/asm/apicdef.h */
#define APIC_IRR        0x200 /* eight registers of 32 bits, 16 bytes apart */
#define APIC_TMICT      0x380
#define APIC_LVT_MASKED (1U << 16)
/* bits of the LVT's timer register that struct kvm_timer keeps: mode, since 3.2 */
#define APIC_TIMER_MODE_SHIFT 17
/* arch/x86/include/asm/apicdef.h: what kvm_lapic_irq.delivery_mode has, shifted to 0..7: 0 fixed, 1 lowest priority */
#define APIC_DELIVERY_SHIFT  8
#define APIC_DELIVERY_LOWEST 1
/* arch/x86/include/asm/msr-index.h */
#define MSR_IA32_TSC_DEADLINE 0x6e0
/* include/uapi/linux/kvm_para.h, since 4.20: bitmap low, high, first APIC id, ICR */
#define KVM_HC_SEND_IPI 10
/* include/uapi/linux/kvm.h, since 2.6.30 */
#define KVM_IRQ_ROUTING_MSI 2
/* What kvm_arch_set_irq_inatomic() returns when it has left the work to kvm_set_irq(), since 4.3. */
#define ATOMIC_WOULD_BLOCK (-11)

/*
 * struct kvm_kernel_irq_routing_entry, include/linux/kvm_host.h; the members after type are of an anonymous union, whose
 * types have no names to be listed by. The same from 3.10 to 7.2.
 */
struct kvm_kernel_irq_routing_entry___msi {
	__u32 type;
	union {
		struct {
			unsigned int irqchip;
			unsigned int pin;
		} irqchip;
		struct {
			__u32 address_lo;
			__u32 address_hi;
			__u32 data;
		} msi;
	};
} __attribute__((preserve_access_index));

static __always_inline struct kvm_lapic *vcpu_apic(struct kvm_vcpu *vcpu)
{
	return BPF_CORE_READ(vcpu, arch.apic);
}

/* A register of the APIC page (struct kvm_lapic.regs, as the hardware has it); 0 without one. */
static __always_inline __u32 apic_reg(struct kvm_lapic *apic, __u32 offset)
{
	void *regs = BPF_CORE_READ(apic, regs);
	__u32 value = 0;

	if (regs)
		bpf_probe_read_kernel(&value, sizeof(value), regs + (offset & 0xff0));
	return value;
}

/* Is the vector pending: requested and not yet handed to the vCPU? */
static __always_inline bool apic_pending(struct kvm_lapic *apic, __u32 vector)
{
	return apic_reg(apic, APIC_IRR + (vector >> 5 & 7) * 0x10) >> (vector & 31) & 1;
}

/* When the host's timer behind the APIC's should fire. hrtimer.node was a struct timerqueue_node before 7.1 or so. */
static __always_inline __u64 apic_timer_expires(struct kvm_lapic *apic)
{
	struct hrtimer *timer = (void *)apic + bpf_core_field_offset(struct kvm_lapic, lapic_timer) +
				bpf_core_field_offset(struct kvm_timer, timer);
	struct hrtimer___v61 *old = (void *)timer;

	if (bpf_core_type_exists(struct timerqueue_linked_node))
		return BPF_CORE_READ(timer, node.expires);
	return BPF_CORE_READ(old, node.expires);
}

/*
 * kvm_pic_set_irq(pic, pin, source, level), since 6.17 (entry, kvm, source, level, line_status): told apart by the number
 * of arguments. chip and pin of it, 0..7. False: it cannot be read.
 */
struct pic_call {
	struct kvm_pic *pic;
	__u32 line; /* chip * 8 + pin */
	bool raised;
	__s32 result; /* 0: coalesced, below 0: masked */
};

static __always_inline bool read_pic_call(void *ctx, struct pic_call *call)
{
	struct kvm_kernel_irq_routing_entry___msi *entry;
	__u64 arg[2] = {0}, level = 0, result = 0;
	struct kvm *kvm;

	if (bpf_get_func_arg(ctx, 0, &arg[0]) || bpf_get_func_arg(ctx, 1, &arg[1]) ||
	    bpf_get_func_arg(ctx, 3, &level) || bpf_get_func_ret(ctx, &result))
		return false;
	call->raised = (__u32)level != 0;
	call->result = (__s32)result;
	if (bpf_get_func_arg_cnt(ctx) == 4) {
		call->pic = (void *)arg[0];
		call->line = arg[1] & 15;
		return true;
	}
	entry = (void *)arg[0];
	kvm = (void *)arg[1];
	call->pic = BPF_CORE_READ(kvm, arch.vpic);
	call->line = BPF_CORE_READ(entry, irqchip.pin) & 15;
	return true;
}

#endif

/* --- system calls: what a VMM asks KVM for, where functions cannot be hooked ------------------------------------------ */

/* include/linux/miscdevice.h, include/linux/major.h: /dev/kvm, as the kernel packs a device number (MAJOR << 20 | MINOR) */
#define KVM_DEVICE (10U << 20 | 232)

/* An ioctl, by the registers of sys_enter and sys_exit. */
struct ioctl_call {
	__u32 fd;
	__u32 request;
	__u64 arg;
};

/*
 * False: another system call. asm-generic/unistd.h and arch/x86/entry/syscalls/syscall_64.tbl have the number; a 32-bit
 * program's is another. Both registers and their order are ABI, and what stands behind arm64's has been so since 4.14.
 */
static __always_inline bool read_ioctl_call(const void *regs, struct ioctl_call *call)
{
#if defined(__TARGET_ARCH_arm64)
	struct {
		__u64 orig_x0;
		__s32 number;
	} entered = {0};
	__u64 x[3] = {0};

	bpf_probe_read_kernel(&entered, sizeof(entered), regs + sizeof(struct user_pt_regs));
	if (entered.number != 29)
		return false;
	bpf_probe_read_kernel(x, sizeof(x), regs);
	call->fd = entered.orig_x0; /* x0 is the result by the time of sys_exit */
	call->request = x[1];
	call->arg = x[2];
#else
	struct {
		__u64 rdx, rsi, rdi, number;
	} x = {0};

	bpf_probe_read_kernel(&x, sizeof(x), regs + offsetof(struct pt_regs, rdx));
	if (x.number != 16)
		return false;
	call->fd = x.rdi;
	call->request = x.rsi;
	call->arg = x.rdx;
#endif
	return true;
}

#if defined(__TARGET_ARCH_arm64)

/* include/kvm/arm_vgic.h: below are SGIs and PPIs, of each vCPU its own */
#define VGIC_NR_PRIVATE_IRQS 32
/* arch/arm64/include/asm/sysreg.h, include/linux/irqchip/arm-gic-v3.h */
#define ICC_SGI1R_INTID_SHIFT 24

/* include/kvm/arm_arch_timer.h: it has its vCPU up to 6.18 or so; from 6.7 on it need not be asked, see below. */
struct arch_timer_context___vcpu {
	struct kvm_vcpu *vcpu;
} __attribute__((preserve_access_index));

static __always_inline bool is_vcpu(struct kvm_vcpu *vcpu, struct kvm *kvm, __u32 id)
{
	return vcpu && BPF_CORE_READ(vcpu, kvm) == kvm && (__u32)BPF_CORE_READ(vcpu, vcpu_id) == id;
}

/*
 * Whose private interrupt kvm_vgic_inject_irq(kvm, vcpu_id or, since 6.7, vcpu, intid, level, owner) sets; NULL: it cannot be
 * told. The id alone does not lead to the vCPU: it is the thread's own, or that of the timer, which is the owner then.
 */
static __always_inline struct kvm_vcpu *vgic_vcpu(struct kvm *kvm, __u64 who, __u32 intid, void *owner)
{
	struct arch_timer_context___vcpu *timer = owner;
	struct kvm_vcpu *vcpu;

	if (who >> 32)
		return (void *)who;
	vcpu = loaded_vcpu(bpf_get_current_task_btf());
	if (is_vcpu(vcpu, kvm, who))
		return vcpu;
	if (!bpf_core_field_exists(timer->vcpu) || !owner)
		return NULL;
	/* Another owner has something else there, which is no vCPU of this VM with this id. */
	vcpu = BPF_CORE_READ(timer, vcpu);
	if (is_vcpu(vcpu, kvm, who))
		return vcpu;
	return NULL;
}

#endif

/* The tracepoint kvm_xen_hypercall tells the CPL before the number and the arguments since 6.2. */
struct trace_event_raw_kvm_xen_hypercall___cpl {
	__u8 cpl;
} __attribute__((preserve_access_index));

/*
 * Number and first four arguments: arg[0] to [4]. All are read before it is known which are wanted: the compiler would make
 * one read at a computed offset of the context of two, which the verifier refuses.
 */
static __always_inline void xen_hypercall_args(unsigned long long *ctx, unsigned long long *arg)
{
	volatile unsigned long long *c = ctx;
	unsigned long long a = c[0], b = c[1], d = c[2], e = c[3], f = c[4], g = c[5];
	bool cpl = bpf_core_field_exists(((struct trace_event_raw_kvm_xen_hypercall___cpl *)0)->cpl);

	arg[0] = cpl ? b : a;
	arg[1] = cpl ? d : b;
	arg[2] = cpl ? e : d;
	arg[3] = cpl ? f : e;
	arg[4] = cpl ? g : f;
}

#endif /* KVMTOP_COMPAT_BPF_H */
