// SPDX-License-Identifier: GPL-2.0-only
/*
 * Second-level causes of exits: which MSR, port, address or CPUID leaf the guest touched, and which interrupt of the host
 * took it out of guest mode. Counted where KVM emulates them; the time is that of the whole exit, added when it ends.
 */
#include "cause.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* Two members of a pair never handle events of different kinds, so bits are shared where events cannot nest. */
enum twin_bits { TWIN_MSR = 28, TWIN_PIO, TWIN_MMIO, TWIN_CPUID };

/* include/trace/events/kvm.h: KVM_TRACE_MMIO_*; an unsatisfied read comes again when its value is there. */
#define MMIO_READ_UNSATISFIED 0
#define MMIO_WRITE            2

static __always_inline int cause(struct event_key *key, const __u64 *values, bool failed)
{
	struct event_rec *rec = event_count(key, true, 0, failed);

	if (own_values(rec) && values)
		__builtin_memcpy(rec->value, values, sizeof(rec->value)); /* of the last one */
	log_event(key, values, 0, failed);
	return 0;
}

/* The value that was moved, or its first 8 bytes. Both architectures are little-endian. */
static __always_inline __u64 moved(const void *data, __u32 size)
{
	__u64 value = 0;

	if (data && size)
		bpf_probe_read_kernel(&value, sizeof(value), data);
	return size < sizeof(value) ? value & ((1ULL << 8 * size) - 1) : value;
}

/* arch/x86/kvm/trace.h, kvm_msr: since 2.6.32; exception since 2.6.34: KVM injects #GP. */
static __always_inline int msr(unsigned int write, __u32 index, __u64 data, bool exception, bool again)
{
	struct event_key key = {.kind = EVENT_MSR, .sub = write, .a = index};
	__u64 values[EVENT_VALUES] = {[CAUSE_DATA] = data};

	if (!group_on(GROUP_CAUSE) || !first_of_twins(TWIN_MSR, again) || !key_of_current(&key))
		return 0;
	return cause(&key, values, exception);
}

SEC("?tp_btf/kvm_msr")
int BPF_PROG(on_msr, unsigned int write, __u32 index, __u64 data, bool exception)
{
	return msr(write, index, data, exception, false);
}

SEC("?tp_btf/kvm_msr")
int BPF_PROG(again_msr, unsigned int write, __u32 index, __u64 data, bool exception)
{
	return msr(write, index, data, exception, true);
}

/*
 * arch/x86/kvm/trace.h, kvm_pio: rw is 1 for OUT; count is how many units a string instruction moved.
 * A raw tracepoint: 6.1 refuses to hand a const void pointer to the other kind.
 */
static __always_inline int pio(unsigned int out, unsigned int port, unsigned int size, unsigned int count,
			       const void *data, bool again)
{
	struct event_key key = {.kind = EVENT_PIO, .sub = out, .a = port, .b = size};
	struct event_rec *rec;
	__u64 values[EVENT_VALUES] = {[CAUSE_DATA] = moved(data, size), [CAUSE_UNITS] = count};

	if (!group_on(GROUP_CAUSE) || !first_of_twins(TWIN_PIO, again) || !key_of_current(&key))
		return 0;
	rec = event_count(&key, true, 0, false);
	if (own_values(rec)) {
		rec->value[CAUSE_DATA] = values[CAUSE_DATA];
		__sync_fetch_and_add(&rec->value[CAUSE_UNITS], count);
	}
	log_event(&key, values, 0, false);
	return 0;
}

SEC("?raw_tp/kvm_pio")
int BPF_PROG(on_pio, unsigned int out, unsigned int port, unsigned int size, unsigned int count, const void *data)
{
	return pio(out, port, size, count, data, false);
}

SEC("?raw_tp/kvm_pio")
int BPF_PROG(again_pio, unsigned int out, unsigned int port, unsigned int size, unsigned int count, const void *data)
{
	return pio(out, port, size, count, data, true);
}

static __always_inline int mmio(int type, __u32 size, __u64 gpa, const void *data, bool again)
{
	struct event_key key = {.kind = EVENT_MMIO, .sub = type == MMIO_WRITE, .a = gpa, .b = size};
	__u64 values[EVENT_VALUES] = {[CAUSE_DATA] = moved(data, size)};

	if (type == MMIO_READ_UNSATISFIED || !group_on(GROUP_CAUSE) || !first_of_twins(TWIN_MMIO, again) ||
	    !key_of_current(&key))
		return 0;
	return cause(&key, values, false);
}

/* include/trace/events/kvm.h, kvm_mmio: val is an address since 4.15. */
SEC("?tp_btf/kvm_mmio")
int BPF_PROG(on_mmio, int type, int size, __u64 gpa, void *val)
{
	return mmio(type, size, gpa, val, false);
}

SEC("?tp_btf/kvm_mmio")
int BPF_PROG(again_mmio, int type, int size, __u64 gpa, void *val)
{
	return mmio(type, size, gpa, val, true);
}

/* arch/x86/kvm/trace.h, kvm_fast_mmio: an ioeventfd took the write before the instruction was looked at; VMX only. */
SEC("?tp_btf/kvm_fast_mmio")
int BPF_PROG(on_fast_mmio, __u64 gpa)
{
	return mmio(MMIO_WRITE, 0, gpa, NULL, false);
}

SEC("?tp_btf/kvm_fast_mmio")
int BPF_PROG(again_fast_mmio, __u64 gpa)
{
	return mmio(MMIO_WRITE, 0, gpa, NULL, true);
}

/*
 * Leaves that have subleaves (arch/x86/kvm/cpuid.c, KVM_CPUID_FLAG_SIGNIFCANT_INDEX). For all others ECX is whatever the
 * guest happened to have in it.
 */
#define SUBLEAVES                                                                                                 \
	(1ULL << 4 | 1ULL << 7 | 1ULL << 0xb | 1ULL << 0xd | 1ULL << 0xf | 1ULL << 0x10 | 1ULL << 0x12 |          \
	 1ULL << 0x14 | 1ULL << 0x17 | 1ULL << 0x18 | 1ULL << 0x1d | 1ULL << 0x1e | 1ULL << 0x1f | 1ULL << 0x20 | \
	 1ULL << 0x24)

static __always_inline bool has_subleaves(__u32 leaf)
{
	return leaf < 64 ? SUBLEAVES >> leaf & 1 : leaf == 0x8000001d || leaf == 0x80000020 || leaf == 0x80000026;
}

/* arch/x86/kvm/trace.h, kvm_cpuid: index since 5.7. */
static __always_inline int cpuid(__u32 leaf, __u32 index, const __u64 *values, bool again)
{
	struct event_key key = {.kind = EVENT_CPUID, .sub = has_subleaves(leaf) ? index & 0xffff : 0, .a = leaf};

	if (!group_on(GROUP_CAUSE) || !first_of_twins(TWIN_CPUID, again) || !key_of_current(&key))
		return 0;
	return cause(&key, values, false);
}

SEC("?tp_btf/kvm_cpuid")
int BPF_PROG(on_cpuid, unsigned int leaf, unsigned int index, unsigned long rax, unsigned long rbx, unsigned long rcx,
	     unsigned long rdx)
{
	__u64 values[EVENT_VALUES] = {rax, rbx, rcx, rdx};

	return cpuid(leaf, index, values, false);
}

SEC("?tp_btf/kvm_cpuid")
int BPF_PROG(again_cpuid, unsigned int leaf, unsigned int index, unsigned long rax, unsigned long rbx,
	     unsigned long rcx, unsigned long rdx)
{
	__u64 values[EVENT_VALUES] = {rax, rbx, rcx, rdx};

	return cpuid(leaf, index, values, true);
}

/* --- arm64 --------------------------------------------------------------------------------------------------------- */

#if defined(__TARGET_ARCH_arm64)

/* arch/arm64/kvm/sys_regs.c, perform_access(), before it is done: of a read the value is not known yet. */
static __always_inline int sysreg(const struct sys_reg_params *p, bool again)
{
	struct event_key key = {.kind = EVENT_SYSREG};
	__u64 values[EVENT_VALUES] = {0};

	if (!p || !group_on(GROUP_CAUSE) || !first_of_twins(TWIN_MSR, again) || !key_of_current(&key))
		return 0;
	key.sub = p->is_write;
	key.a = SYSREG((__u32)p->Op0, (__u32)p->Op1, (__u32)p->CRn, (__u32)p->CRm, (__u32)p->Op2);
	if (key.sub)
		values[CAUSE_DATA] = p->regval;
	return cause(&key, values, false);
}

SEC("?tp_btf/kvm_sys_access")
int BPF_PROG(on_sysreg, unsigned long pc, struct sys_reg_params *params)
{
	return sysreg(params, false);
}

SEC("?tp_btf/kvm_sys_access")
int BPF_PROG(again_sysreg, unsigned long pc, struct sys_reg_params *params)
{
	return sysreg(params, true);
}

/* arch/arm64/kvm/handle_exit.c, kvm_handle_wfx() */
static __always_inline int wfx(bool is_wfe, bool again)
{
	struct event_key key = {.kind = EVENT_WFX, .sub = is_wfe};

	if (!group_on(GROUP_CAUSE) || !first_of_twins(TWIN_CPUID, again) || !key_of_current(&key))
		return 0;
	return cause(&key, NULL, false);
}

SEC("?tp_btf/kvm_wfx_arm64")
int BPF_PROG(on_wfx, unsigned long pc, bool is_wfe)
{
	return wfx(is_wfe, false);
}

SEC("?tp_btf/kvm_wfx_arm64")
int BPF_PROG(again_wfx, unsigned long pc, bool is_wfe)
{
	return wfx(is_wfe, true);
}

#endif

/* --- interrupts of the host ---------------------------------------------------------------------------------------- */

#if defined(__TARGET_ARCH_x86)

static __always_inline int host_vector(struct event_key *key)
{
	key->kind = EVENT_HOST_VECTOR;
	return key_of_current(key) ? cause(key, NULL, false) : 0;
}

/* arch/x86/kvm/vmx/vmx.c: called for exits of this one reason, after the vector was read from the VMCS. */
static __always_inline int vmx_interrupt(struct kvm_vcpu *vcpu, bool again)
{
	struct event_key key = {};
	__u32 info;

	if (!group_on(GROUP_CAUSE) || !first_of_twins(TWIN_CPUID, again) || !vmx_intr_info(vcpu, &info))
		return 0;
	key.sub = info & 0xff;
	return host_vector(&key);
}

SEC("?fentry/handle_external_interrupt")
int BPF_PROG(on_external, struct kvm_vcpu *vcpu)
{
	return vmx_interrupt(vcpu, false);
}

SEC("?fentry/handle_external_interrupt")
int BPF_PROG(again_external, struct kvm_vcpu *vcpu)
{
	return vmx_interrupt(vcpu, true);
}

/*
 * SVM tells no vector: KVM lets the interrupt in once the guest is left. The first that comes in is the one; it comes after
 * kvm_exit, or where KVM traces that later (6.1), before it, and is then kept for on_interrupt_exit(). While the thread is
 * in the guest no other interrupt can come. These run in interrupts, which nothing preempts.
 */
static __always_inline int interrupt(__u32 vector, __u32 line)
{
	struct event_key key = {.sub = vector, .a = line};
	struct vcpu_rec *rec;
	struct exit_rec *e;

	if (!group_on(GROUP_CAUSE))
		return 0;
	rec = vcpu_current();
	if (!rec || rec->cause)
		return 0;
	if (!rec->exit_open && rec->state == VCPU_GUEST && !rec->host_irq)
		rec->host_irq = vector | line << 8;
	if (!rec->exit_open)
		return 0;
	e = exit_rec_at(rec->exit_rec);
	return e && exit_is_interrupt(rec->isa, EXIT_KEY_CODE(e->key)) ? host_vector(&key) : 0;
}

/* Attached after the core's program for the same event, which opens the exit. */
SEC("?tp_btf/kvm_exit")
int on_interrupt_exit(unsigned long long *ctx)
{
	struct kvm_vcpu *vcpu = event_vcpu(ctx);
	struct vcpu_rec *rec = vcpu ? vcpu_if_own(vcpu) : NULL;
	__u32 irq;

	if (!rec || !rec->host_irq)
		return 0;
	irq = rec->host_irq;
	rec->host_irq = 0;
	return interrupt(irq & 0xff, irq >> 8);
}

/* arch/x86/include/asm/trace/irq_vectors.h: all have the vector; other vectors than these are rare. */
SEC("?tp_btf/local_timer_entry")
int BPF_PROG(on_local_timer, int vector)
{
	return interrupt(vector, 0);
}

SEC("?tp_btf/reschedule_entry")
int BPF_PROG(on_reschedule, int vector)
{
	return interrupt(vector, 0);
}

SEC("?tp_btf/call_function_entry")
int BPF_PROG(on_call_function, int vector)
{
	return interrupt(vector, 0);
}

SEC("?tp_btf/call_function_single_entry")
int BPF_PROG(on_call_function_single, int vector)
{
	return interrupt(vector, 0);
}

SEC("?tp_btf/irq_work_entry")
int BPF_PROG(on_irq_work, int vector)
{
	return interrupt(vector, 0);
}

/* A device's: its number with Linux, + 1. */
SEC("?tp_btf/irq_handler_entry")
int BPF_PROG(on_irq_handler, int irq)
{
	return interrupt(0, irq + 1);
}

#endif

/* --- time ---------------------------------------------------------------------------------------------------------- */

/* Attached after the core's program for the same event, which closes the exit. */
SEC("?tp_btf/kvm_entry")
int on_cause_end(unsigned long long *ctx)
{
	cause_ends(event_vcpu(ctx));
	return 0;
}
