// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts: who raises them, by the functions that set a source (MSI, IOAPIC, PIC, IPI, local vector table), and what
 * becomes of them, by vCPU and vector: taken by its APIC, injected, ended. The VM always comes from the function's own
 * arguments: interrupts are raised by vhost, by workers of irqfd and by the VMM's threads, as well as by vCPUs.
 */
#include "events.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#if defined(__TARGET_ARCH_x86)

enum twin_bits {
	TWIN_MSI_BEGIN = 32,
	TWIN_MSI_END,
	TWIN_IOAPIC_BEGIN,
	TWIN_IOAPIC_END,
	TWIN_PIC_BEGIN,
	TWIN_PIC_END,
	TWIN_IPI,
	TWIN_PV_IPI,
	TWIN_ACCEPT,
	TWIN_INJECT,
	TWIN_EOI,
	TWIN_PV_EOI,
	TWIN_LOCAL,
};

/* An irqfd may be written by an interrupt of the host, in the middle of any of the others: it has a span of its own. */
enum spans { SPAN_MSI = 3, SPAN_IOAPIC, SPAN_PIC, SPAN_ATOMIC = 8 };

static __always_inline int set_begins(__u32 bit, __u32 span, __u64 arg, bool again)
{
	if (group_on(GROUP_IRQ) && first_of_twins(bit, again))
		span_begin(span, arg);
	return 0;
}

/* --- sources ------------------------------------------------------------------------------------------------------- */

static __always_inline int msi_set(struct kvm_kernel_irq_routing_entry___msi *e, struct kvm *kvm, __u64 took_ns,
				   int ret, bool irqfd)
{
	struct event_key key = {.kind = EVENT_MSI, .kvm = (__u64)kvm};
	__u64 values[EVENT_VALUES] = {[MSI_IRQFD] = irqfd};
	struct event_rec *rec;

	key.a = (__u64)BPF_CORE_READ(e, msi.address_hi) << 32 | BPF_CORE_READ(e, msi.address_lo);
	key.b = BPF_CORE_READ(e, msi.data);
	rec = event_count(&key, true, took_ns, ret <= 0);
	if (irqfd && own_values(rec))
		__sync_fetch_and_add(&rec->value[MSI_IRQFD], 1);
	log_event(&key, values, took_ns, ret <= 0);
	return 0;
}

/* arch/x86/kvm/irq_comm.c (irq.c since 6.17): by KVM_SIGNAL_MSI, by a GSI that is routed to an MSI. */
#define SET_MSI(prefix, again)                                                                                    \
	SEC("?fentry/kvm_set_msi")                                                                                \
	int BPF_PROG(prefix##_msi, struct kvm_kernel_irq_routing_entry___msi *e, struct kvm *kvm, int source,     \
		     int level)                                                                                   \
	{                                                                                                         \
		return set_begins(TWIN_MSI_BEGIN, SPAN_MSI, (__u64)e, again);                                     \
	}                                                                                                         \
	SEC("?fexit/kvm_set_msi")                                                                                 \
	int BPF_PROG(prefix##_msi_set, struct kvm_kernel_irq_routing_entry___msi *e, struct kvm *kvm, int source, \
		     int level, bool line_status, int ret)                                                        \
	{                                                                                                         \
		__u64 took;                                                                                       \
                                                                                                                  \
		if (!group_on(GROUP_IRQ) || !first_of_twins(TWIN_MSI_END, again))                                 \
			return 0;                                                                                 \
		took = span_end(GROUP_IRQ, SPAN_MSI, (__u64)e);                                                   \
		return level ? msi_set(e, kvm, took, ret, false) : 0; /* a message cannot be lowered */           \
	}

SET_MSI(on, false)
SET_MSI(again, true)

/*
 * The fast way of an irqfd's MSI, in whatever thread or interrupt signals it. What would block comes by kvm_set_msi() later.
 * Never preempted: eventfd_signal() holds a lock with interrupts off.
 */
SEC("?fentry/kvm_arch_set_irq_inatomic")
int BPF_PROG(on_irqfd, struct kvm_kernel_irq_routing_entry___msi *e, struct kvm *kvm)
{
	if (group_on(GROUP_IRQ))
		span_begin(SPAN_ATOMIC, (__u64)e);
	return 0;
}

SEC("?fexit/kvm_arch_set_irq_inatomic")
int BPF_PROG(on_irqfd_set, struct kvm_kernel_irq_routing_entry___msi *e, struct kvm *kvm, int source, int level,
	     bool line_status, int ret)
{
	__u64 took;

	if (!group_on(GROUP_IRQ))
		return 0;
	took = span_end(GROUP_IRQ, SPAN_ATOMIC, (__u64)e);
	if (ret == ATOMIC_WOULD_BLOCK || BPF_CORE_READ(e, type) != KVM_IRQ_ROUTING_MSI)
		return 0;
	return msi_set(e, kvm, took, ret, true);
}

static __always_inline int ioapic_set(struct kvm_ioapic *ioapic, __u32 pin, bool raised, int ret, bool again)
{
	struct event_key key = {.kind = EVENT_IOAPIC, .sub = pin};
	__u64 values[EVENT_VALUES] = {0}, took;
	struct event_rec *rec;

	if (!group_on(GROUP_IRQ) || !first_of_twins(TWIN_IOAPIC_END, again))
		return 0;
	took = span_end(GROUP_IRQ, SPAN_IOAPIC, (__u64)ioapic + pin);
	key.kvm = (__u64)BPF_CORE_READ(ioapic, kvm);
	values[IOAPIC_LOWERED] = !raised;
	values[IOAPIC_MASKED] = raised && ret < 0;
	if (pin < 24) /* IOAPIC_NUM_PINS, arch/x86/kvm/ioapic.h */
		bpf_probe_read_kernel(&values[IOAPIC_ENTRY], sizeof(values[0]), &ioapic->redirtbl[pin]);
	rec = raised ? event_count(&key, true, took, !ret) : record_of(&key, true);
	if (own_values(rec)) {
		rec->value[IOAPIC_ENTRY] = values[IOAPIC_ENTRY];
		__sync_fetch_and_add(&rec->value[IOAPIC_LOWERED], values[IOAPIC_LOWERED]);
		__sync_fetch_and_add(&rec->value[IOAPIC_MASKED], values[IOAPIC_MASKED]);
	}
	log_event(&key, values, took, !ret);
	return 0;
}

/* arch/x86/kvm/ioapic.c, static; returns 0 when the line was up already and nobody has taken it yet, below 0 when masked. */
#define SET_IOAPIC(prefix, again)                                                                              \
	SEC("?fentry/ioapic_set_irq")                                                                          \
	int BPF_PROG(prefix##_ioapic, struct kvm_ioapic *ioapic, unsigned int pin)                             \
	{                                                                                                      \
		return set_begins(TWIN_IOAPIC_BEGIN, SPAN_IOAPIC, (__u64)ioapic + pin, again);                 \
	}                                                                                                      \
	SEC("?fexit/ioapic_set_irq")                                                                           \
	int BPF_PROG(prefix##_ioapic_set, struct kvm_ioapic *ioapic, unsigned int pin, int level, bool status, \
		     int ret)                                                                                  \
	{                                                                                                      \
		return ioapic_set(ioapic, pin, level, ret, again);                                             \
	}

SET_IOAPIC(on, false)
SET_IOAPIC(again, true)

static __always_inline int pic_set(void *ctx, bool again)
{
	struct event_key key = {.kind = EVENT_PIC};
	__u64 values[EVENT_VALUES] = {0}, took, first = 0;
	struct event_rec *rec;
	struct pic_call call;
	struct kvm_pic *pic;

	if (!group_on(GROUP_IRQ) || !first_of_twins(TWIN_PIC_END, again) || !read_pic_call(ctx, &call))
		return 0;
	bpf_get_func_arg(ctx, 0, &first);
	took = span_end(GROUP_IRQ, SPAN_PIC, first);
	pic = call.pic; /* BPF_CORE_READ() would relocate the member of call, too */
	key.kvm = (__u64)BPF_CORE_READ(pic, kvm);
	key.sub = call.line;
	if (call.line >> 3) {
		values[PIC_ELCR] = BPF_CORE_READ(pic, pics[1].elcr);
		values[PIC_IMR] = BPF_CORE_READ(pic, pics[1].imr);
	} else {
		values[PIC_ELCR] = BPF_CORE_READ(pic, pics[0].elcr);
		values[PIC_IMR] = BPF_CORE_READ(pic, pics[0].imr);
	}
	values[PIC_LOWERED] = !call.raised;
	values[PIC_MASKED] = call.raised && call.result < 0;
	rec = call.raised ? event_count(&key, true, took, !call.result) : record_of(&key, true);
	if (own_values(rec)) {
		rec->value[PIC_ELCR] = values[PIC_ELCR];
		rec->value[PIC_IMR] = values[PIC_IMR];
		__sync_fetch_and_add(&rec->value[PIC_LOWERED], values[PIC_LOWERED]);
		__sync_fetch_and_add(&rec->value[PIC_MASKED], values[PIC_MASKED]);
	}
	log_event(&key, values, took, !call.result);
	return 0;
}

/* arch/x86/kvm/i8259.c; its arguments: read_pic_call(). The first is the same at both ends. */
#define SET_PIC(prefix, again)                                                      \
	SEC("?fentry/kvm_pic_set_irq")                                              \
	int prefix##_pic(unsigned long long *ctx)                                   \
	{                                                                           \
		return set_begins(TWIN_PIC_BEGIN, SPAN_PIC, first_arg(ctx), again); \
	}                                                                           \
	SEC("?fexit/kvm_pic_set_irq")                                               \
	int prefix##_pic_set(unsigned long long *ctx)                               \
	{                                                                           \
		return pic_set(ctx, again);                                         \
	}

static __always_inline __u64 first_arg(void *ctx)
{
	__u64 arg = 0;

	bpf_get_func_arg(ctx, 0, &arg);
	return arg;
}

SET_PIC(on, false)
SET_PIC(again, true)

static __always_inline int ipi_sent(__u32 bit, bool again, __u32 icr, __u64 dest, __u64 targets, bool hypercall)
{
	struct event_key key = {.kind = EVENT_IPI, .sub = icr & 0xff, .a = icr & ~(1U << 12), .b = hypercall};
	__u64 values[EVENT_VALUES] = {[IPI_DEST] = dest, [IPI_TARGETS] = targets};
	struct event_rec *rec;

	if (!group_on(GROUP_IRQ) || !first_of_twins(bit, again) || !key_of_current(&key))
		return 0;
	rec = event_count(&key, false, 0, false);
	if (own_values(rec)) {
		rec->value[IPI_DEST] = dest;
		__sync_fetch_and_add(&rec->value[IPI_TARGETS], targets);
	}
	log_event(&key, values, 0, false);
	return 0;
}

/* arch/x86/kvm/lapic.c, kvm_apic_send_ipi(), by the vCPU's own thread. Bit 12 of the ICR says no more than "busy". */
#define SEND_IPI(prefix, again)                                                                                     \
	SEC("?tp_btf/kvm_apic_ipi")                                                                                 \
	int BPF_PROG(prefix##_ipi, __u32 icr_low, __u32 dest)                                                       \
	{                                                                                                           \
		return ipi_sent(TWIN_IPI, again, icr_low, dest, 1, false);                                          \
	}                                                                                                           \
	SEC("?tp_btf/kvm_hypercall")                                                                                \
	int BPF_PROG(prefix##_pv_ipi, unsigned long nr, unsigned long low, unsigned long high, unsigned long first, \
		     unsigned long icr)                                                                             \
	{                                                                                                           \
		if (nr != KVM_HC_SEND_IPI)                                                                          \
			return 0;                                                                                   \
		return ipi_sent(TWIN_PV_IPI, again, icr, first,                                                     \
				__builtin_popcountll(low) + __builtin_popcountll(high), true);                      \
	}

SEND_IPI(on, false)
SEND_IPI(again, true)

/* Of the vCPU's own vector table: its timer, LINT0 and 1, errors, performance counters, temperature. */
static __always_inline int local(struct kvm_lapic *apic, int lvt, bool again)
{
	struct event_key key = {.kind = EVENT_LOCAL, .sub = (__u32)lvt};
	__u64 values[EVENT_VALUES] = {0};
	struct event_rec *rec;

	if (!group_on(GROUP_IRQ) || !first_of_twins(TWIN_LOCAL, again))
		return 0;
	values[LOCAL_LVT] = apic_reg(apic, lvt);
	if (values[LOCAL_LVT] & APIC_LVT_MASKED)
		return 0;
	key_of_vcpu(&key, BPF_CORE_READ(apic, vcpu));
	rec = event_count(&key, false, 0, false);
	if (own_values(rec))
		rec->value[LOCAL_LVT] = values[LOCAL_LVT];
	log_event(&key, values, 0, false);
	return 0;
}

/* arch/x86/kvm/lapic.c, since 2.6.31 */
SEC("?fentry/kvm_apic_local_deliver")
int BPF_PROG(on_local, struct kvm_lapic *apic, int lvt)
{
	return local(apic, lvt, false);
}

SEC("?fentry/kvm_apic_local_deliver")
int BPF_PROG(again_local, struct kvm_lapic *apic, int lvt)
{
	return local(apic, lvt, true);
}

/* --- delivery, by vCPU and vector ---------------------------------------------------------------------------------- */

/*
 * The APIC takes it. With APICv or AVIC the CPU delivers it by itself: posted, and no end of the delay is seen. Else it is
 * pending from now until it is injected; one that is pending already gets no second start.
 */
static __always_inline int accepted(struct kvm_lapic *apic, __u32 mode, __u32 vector, bool deassert, bool again)
{
	struct event_key key = {.kind = EVENT_VECTOR, .sub = vector & 0xff};
	__u64 values[EVENT_VALUES] = {0}, now = bpf_ktime_get_ns();
	bool plain = mode <= APIC_DELIVERY_LOWEST, posted, merged = false;
	struct event_rec *rec;

	if (!group_on(GROUP_IRQ) || !first_of_twins(TWIN_ACCEPT, again) || deassert)
		return 0;
	key.a = plain ? 0 : mode;
	key_of_vcpu(&key, BPF_CORE_READ(apic, vcpu));
	posted = plain && BPF_CORE_READ(apic, apicv_active);
	if (plain)
		merged = apic_pending(apic, vector & 0xff);
	rec = event_count(&key, true, 0, merged);
	if (own_values(rec)) {
		if (posted)
			__sync_fetch_and_add(&rec->value[VECTOR_POSTED], 1);
		else if (plain && !merged && __sync_val_compare_and_swap(&rec->since_ns[0], 0, now))
			rec->since_ns[1] = now; /* see injected() */
	}
	values[VECTOR_POSTED] = posted;
	log_event(&key, values, 0, merged);
	return 0;
}

/* arch/x86/kvm/lapic.c, static: mode as kvm_lapic_irq.delivery_mode has it, 0x000 to 0x700. */
SEC("?fentry/__apic_accept_irq")
int BPF_PROG(on_accept, struct kvm_lapic *apic, int mode, int vector, int level, int trigger)
{
	return accepted(apic, (__u32)mode >> APIC_DELIVERY_SHIFT & 7, vector, trigger && !level, false);
}

SEC("?fentry/__apic_accept_irq")
int BPF_PROG(again_accept, struct kvm_lapic *apic, int mode, int vector, int level, int trigger)
{
	return accepted(apic, (__u32)mode >> APIC_DELIVERY_SHIFT & 7, vector, trigger && !level, true);
}

/*
 * Handed to the vCPU. The APIC has already taken it off its pending ones, and meanwhile may have accepted the next: then
 * there are two starts, and the first is of this one. When there are two and nothing is pending, the first is of one that
 * never was injected (the APIC was reset): the second is of this one. A start from when the group was attached another time
 * has lost its end.
 */
static __always_inline int injected(__u32 vector, bool soft, bool repeated, bool again)
{
	struct event_key key = {.kind = EVENT_VECTOR, .sub = vector & 0xff};
	__u64 values[EVENT_VALUES] = {[VECTOR_INJECTED] = 1}, now = bpf_ktime_get_ns(), first, second;
	__u64 since = group_since(GROUP_IRQ);
	struct event_rec *rec;

	if (!group_on(GROUP_IRQ) || !first_of_twins(TWIN_INJECT, again) || soft || repeated || !key_of_current(&key))
		return 0;
	rec = record_of(&key, true);
	if (!rec)
		return 0;
	__sync_fetch_and_add(&rec->value[VECTOR_INJECTED], 1);
	rec->last_ns = now;
	first = __sync_lock_test_and_set(&rec->since_ns[0], 0);
	second = first ? __sync_lock_test_and_set(&rec->since_ns[1], 0) : 0;
	if (first < since) {
		first = second;
	} else if (second) {
		if (apic_pending(vcpu_apic((void *)key.vcpu), vector & 0xff))
			rec->since_ns[0] = second;
		else
			first = second;
	}
	now = first >= since && now > first ? now - first : 0;
	event_time(rec, now);
	log_event(&key, values, now, false);
	return 0;
}

/* arch/x86/kvm/svm/svm.c svm_inject_irq(), vmx/vmx.c vmx_inject_irq(); soft and reinjected since 6.0 */
SEC("?tp_btf/kvm_inj_virq")
int BPF_PROG(on_inject, unsigned int vector, bool soft, bool repeated)
{
	return injected(vector, soft, repeated, false);
}

SEC("?tp_btf/kvm_inj_virq")
int BPF_PROG(again_inject, unsigned int vector, bool soft, bool repeated)
{
	return injected(vector, soft, repeated, true);
}

/* The guest has done with it. Below 0: there was nothing to end. */
static __always_inline int ended(struct kvm_lapic *apic, int vector, __u32 bit, __u32 which, bool again)
{
	struct event_key key = {.kind = EVENT_VECTOR, .sub = (__u32)vector};
	__u64 values[EVENT_VALUES] = {[VECTOR_EOI] = 1};
	struct event_rec *rec;

	if (!group_on(GROUP_IRQ) || !first_of_twins(bit, again) || vector < 0 || !apic)
		return 0;
	key_of_vcpu(&key, BPF_CORE_READ(apic, vcpu));
	rec = record_of(&key, true);
	if (rec)
		__sync_fetch_and_add(&rec->value[which & 3], 1);
	if (which == VECTOR_EOI)
		log_event(&key, values, 0, false);
	return 0;
}

/* arch/x86/kvm/lapic.c: apic_set_eoi(); kvm_pv_eoi comes after it, of one that the guest told by memory */
#define END_OF_IRQ(prefix, again)                                              \
	SEC("?tp_btf/kvm_eoi")                                                 \
	int BPF_PROG(prefix##_eoi, struct kvm_lapic *apic, int vector)         \
	{                                                                      \
		return ended(apic, vector, TWIN_EOI, VECTOR_EOI, again);       \
	}                                                                      \
	SEC("?tp_btf/kvm_pv_eoi")                                              \
	int BPF_PROG(prefix##_pv_eoi, struct kvm_lapic *apic, int vector)      \
	{                                                                      \
		return ended(apic, vector, TWIN_PV_EOI, VECTOR_PV_EOI, again); \
	}

END_OF_IRQ(on, false)
END_OF_IRQ(again, true)

/* --- where functions cannot be hooked: what vCPU threads raise themselves ----------------------------------------------- */

/* Tracepoints tell no VM: whoever is not a vCPU's thread raises for one that cannot be told, and is not counted. */
SEC("?tp_btf/kvm_msi_set_irq")
int BPF_PROG(on_msi_event, __u64 address, __u64 data)
{
	struct event_key key = {.kind = EVENT_MSI, .a = address, .b = data};

	if (group_on(GROUP_IRQ) && key_of_current(&key)) {
		key.vcpu = 0;
		event_count(&key, false, 0, false);
		log_event(&key, NULL, 0, false);
	}
	return 0;
}

SEC("?tp_btf/kvm_set_irq")
int BPF_PROG(on_line_event, unsigned int gsi, int level, int source)
{
	struct event_key key = {.kind = EVENT_GSI, .sub = gsi};

	if (level && group_on(GROUP_IRQ) && key_of_current(&key)) {
		key.vcpu = 0;
		event_count(&key, false, 0, false);
		log_event(&key, NULL, 0, false);
	}
	return 0;
}

#else

/* --- arm64's interrupt controller ---------------------------------------------------------------------------------- */

enum twin_bits { TWIN_VGIC = 32, TWIN_SGI };

static __always_inline int vgic_set(struct kvm *kvm, __u64 who, __u32 intid, bool raised, void *owner, bool again)
{
	struct event_key key = {.kind = EVENT_SPI, .sub = intid, .kvm = (__u64)kvm};
	__u64 values[EVENT_VALUES] = {[LINE_LOWERED] = !raised};
	struct event_rec *rec;

	if (!group_on(GROUP_IRQ) || !first_of_twins(TWIN_VGIC, again))
		return 0;
	if (intid < VGIC_NR_PRIVATE_IRQS) {
		key.kind = EVENT_PPI;
		key.vcpu = (__u64)vgic_vcpu(kvm, who, intid, owner);
	}
	rec = raised ? event_count(&key, false, 0, false) : record_of(&key, false);
	if (!raised && rec)
		__sync_fetch_and_add(&rec->value[LINE_LOWERED], 1);
	log_event(&key, values, 0, false);
	return 0;
}

/* arch/arm64/kvm/vgic/vgic.c: all but SGIs and MSIs come through here, from any thread and from interrupts. */
#define SET_VGIC(prefix, again)                                                                       \
	SEC("?fentry/kvm_vgic_inject_irq")                                                            \
	int BPF_PROG(prefix##_vgic, struct kvm *kvm, __u64 who, __u32 intid, __u8 level, void *owner) \
	{                                                                                             \
		return vgic_set(kvm, who, intid, level, owner, again);                                \
	}                                                                                             \
	SEC("?fentry/vgic_v3_dispatch_sgi")                                                           \
	int BPF_PROG(prefix##_sgi, struct kvm_vcpu *vcpu, __u64 reg)                                  \
	{                                                                                             \
		return sgi_sent(vcpu, reg, again);                                                    \
	}

/* arch/arm64/kvm/vgic/vgic-mmio-v3.c: what a vCPU has written to ICC_SGI1R_EL1 or its siblings. */
static __always_inline int sgi_sent(struct kvm_vcpu *vcpu, __u64 reg, bool again)
{
	struct event_key key = {.kind = EVENT_SGI, .sub = reg >> ICC_SGI1R_INTID_SHIFT & 15};

	if (!group_on(GROUP_IRQ) || !first_of_twins(TWIN_SGI, again))
		return 0;
	key.a = reg & ~(15ULL << ICC_SGI1R_INTID_SHIFT);
	key_of_vcpu(&key, vcpu);
	event_count(&key, false, 0, false);
	log_event(&key, NULL, 0, false);
	return 0;
}

SET_VGIC(on, false)
SET_VGIC(again, true)

SEC("?kprobe/kvm_vgic_inject_irq")
int BPF_KPROBE(kprobe_vgic, struct kvm *kvm, __u64 who, __u32 intid, __u8 level, void *owner)
{
	return vgic_set(kvm, who, intid, level, owner, false);
}

SEC("?kprobe/vgic_v3_dispatch_sgi")
int BPF_KPROBE(kprobe_sgi, struct kvm_vcpu *vcpu, __u64 reg)
{
	return sgi_sent(vcpu, reg, false);
}

#endif
