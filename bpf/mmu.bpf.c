// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's page faults. What one was, is asked of KVM in three places: the error code tells the access, KVM's own
 * counters of the vCPU, read before and after, tell what came of it, and in between KVM decides on memslot, page and level.
 */
#include "events.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define REGION_SHIFT 21

/* Bits 12 to 14 of twins are this object's. */
enum twin_bits { TWIN_FAULT = 12, TWIN_FAULT_END, TWIN_FAULT_PLAIN };

/* What is known of the fault in flight. */
enum fault_known {
	KNOWN_SLOT = 1,  /* gfn and slot */
	KNOWN_PAGE = 2,  /* pfn */
	KNOWN_LEVEL = 4, /* level */
	KNOWN_FIXED = 8, /* an entry was made or changed */
	KNOWN_MMIO = 16, /* there is no memory there */
};

/* --- the kinds ----------------------------------------------------------------------------------------------------- */

static __always_inline __u32 kind_of(__u64 error_code, bool mmio)
{
	if (mmio)
		return FAULT_MMIO;
	if (error_code & PFERR_PRIVATE_ACCESS)
		return FAULT_PRIVATE;
	if (error_code & PFERR_RSVD)
		return FAULT_RESERVED;
	if (error_code & PFERR_FETCH)
		return FAULT_EXEC;
	return error_code & PFERR_WRITE ? FAULT_WRITE : FAULT_READ;
}

/*
 * KVM's MMIO: a page table entry that is reserved and handled before any fault counts as taken; no memslot; or an address
 * that nothing is mapped at and whose access was emulated (without entries for MMIO, or a write to read-only memory).
 */
static __always_inline bool is_mmio(const struct fault_mark *f, __u64 error_code, const struct fault_counters *c)
{
	if ((error_code & PFERR_RSVD) && c->taken == f->taken)
		return true;
	if (f->known & KNOWN_SLOT)
		return f->slot == NO_MEMSLOT;
	return c->emulated > f->emulated && !(error_code & PFERR_PRESENT);
}

/* --- what KVM finds out in between ----------------------------------------------------------------------------------- */

static __always_inline struct fault_mark *fault_of(struct kvm_vcpu *vcpu)
{
	struct thread_marks *m = group_on(GROUP_MMU) ? thread_marks_get() : NULL;

	return m && m->fault.vcpu == (__u64)vcpu ? &m->fault : NULL;
}

static __always_inline void take_slot(struct fault_mark *f, struct kvm_page_fault *fault)
{
	struct kvm_memory_slot *slot = BPF_CORE_READ(fault, slot);

	f->gfn = BPF_CORE_READ(fault, gfn);
	f->slot = NO_MEMSLOT;
	f->hva = 0;
	if (slot) {
		f->slot = (__u64)BPF_CORE_READ(slot, as_id) << 16 | (__u16)BPF_CORE_READ(slot, id);
		f->hva = BPF_CORE_READ(slot, userspace_addr) +
			 (f->gfn - BPF_CORE_READ(slot, base_gfn)) * GUEST_PAGE_SIZE;
	}
	f->indirect = !BPF_CORE_READ(fault, is_tdp);
	f->known |= KNOWN_SLOT;
}

/*
 * arch/x86/kvm/mmu/mmu.c, kvm_mmu_hugepage_adjust(): all page table formats come through here with page and level. Both
 * twins may do this: they write the same.
 */
static __always_inline int fault_page(struct kvm_vcpu *vcpu, struct kvm_page_fault *fault)
{
	struct fault_mark *f = fault_of(vcpu);

	if (!f)
		return 0;
	take_slot(f, fault);
	f->pfn = BPF_CORE_READ(fault, pfn);
	f->level = BPF_CORE_READ(fault, goal_level);
	f->known |= f->slot == NO_MEMSLOT ? 0 : KNOWN_PAGE | KNOWN_LEVEL;
	return 0;
}

SEC("?fexit/kvm_mmu_hugepage_adjust")
int BPF_PROG(on_fault_page, struct kvm_vcpu *vcpu, struct kvm_page_fault *fault)
{
	return fault_page(vcpu, fault);
}

SEC("?fexit/kvm_mmu_hugepage_adjust")
int BPF_PROG(again_fault_page, struct kvm_vcpu *vcpu, struct kvm_page_fault *fault)
{
	return fault_page(vcpu, fault);
}

/* arch/x86/kvm/mmu/tdp_mmu.c: the level may have been lowered meanwhile, where huge pages may not be executable. */
static __always_inline int fault_mapped(struct kvm_vcpu *vcpu, struct kvm_page_fault *fault)
{
	struct fault_mark *f = fault_of(vcpu);

	if (f && f->known & KNOWN_LEVEL)
		f->level = BPF_CORE_READ(fault, goal_level);
	return 0;
}

SEC("?fexit/kvm_tdp_mmu_map")
int BPF_PROG(on_fault_mapped, struct kvm_vcpu *vcpu, struct kvm_page_fault *fault)
{
	return fault_mapped(vcpu, fault);
}

SEC("?fexit/kvm_tdp_mmu_map")
int BPF_PROG(again_fault_mapped, struct kvm_vcpu *vcpu, struct kvm_page_fault *fault)
{
	return fault_mapped(vcpu, fault);
}

/* An access that only needs a bit in the entry that is there: after dirty logging took it away. */
static __always_inline int fast_fault(struct kvm_vcpu *vcpu, struct kvm_page_fault *fault, __u64 old_spte)
{
	struct fault_mark *f = vcpu && fault ? fault_of(vcpu) : NULL;

	if (!f || f->known & KNOWN_SLOT)
		return 0;
	take_slot(f, fault);
	if (old_spte & SPTE_ADDRESS) {
		f->pfn = (old_spte & SPTE_ADDRESS) / GUEST_PAGE_SIZE;
		f->known |= KNOWN_PAGE;
	}
	return 0;
}

SEC("?tp_btf/fast_page_fault")
int BPF_PROG(on_fast_fault, struct kvm_vcpu *vcpu, struct kvm_page_fault *fault, __u64 *sptep, __u64 old_spte)
{
	return fast_fault(vcpu, fault, old_spte);
}

SEC("?tp_btf/fast_page_fault")
int BPF_PROG(again_fast_fault, struct kvm_vcpu *vcpu, struct kvm_page_fault *fault, __u64 *sptep, __u64 old_spte)
{
	return fast_fault(vcpu, fault, old_spte);
}

/* --- counting ------------------------------------------------------------------------------------------------------ */

static __always_inline void count_region(struct fault_mark *f, const struct event_key *vcpu, __u64 gpa,
					 __u64 error_code, __u64 took_ns, bool failed)
{
	struct event_key key = {.kvm = vcpu->kvm, .vcpu = vcpu->vcpu, .kind = EVENT_REGION};
	bool write = error_code & PFERR_WRITE;
	__u64 values[EVENT_VALUES] = {[REGION_HVA] = f->hva,
				      [REGION_PFN] = f->known & KNOWN_PAGE ? f->pfn : 0,
				      [REGION_SLOT] = f->slot,
				      [REGION_WRITES] = write};
	struct event_rec *rec;

	key.a = gpa >> REGION_SHIFT << REGION_SHIFT;
	rec = event_count(&key, true, took_ns, failed);
	if (own_values(rec)) {
		/* Where the fault went does not change its place; MMIO has none. */
		if (f->known & KNOWN_SLOT || f->slot == NO_MEMSLOT) {
			rec->value[REGION_HVA] = values[REGION_HVA];
			rec->value[REGION_SLOT] = values[REGION_SLOT];
		}
		if (f->known & KNOWN_PAGE)
			rec->value[REGION_PFN] = values[REGION_PFN];
		if (write)
			__sync_fetch_and_add(&rec->value[REGION_WRITES], 1);
	}
	key.a = gpa;
	log_event(&key, values, took_ns, failed);
}

/*
 * No progress: fault after fault on one page, with nothing but interrupts of the host in between and hardly any time in the
 * guest. An access that was emulated is progress. A page that is logged again in every cycle, or that the host takes
 * away now and then, faults again too, but not right away.
 */
static __always_inline void watch_progress(struct fault_mark *f, const struct event_key *vcpu, __u64 gfn,
					   __u64 error_code, bool progress, const struct fault_counters *c, __u64 now)
{
	struct event_key key = {.kvm = vcpu->kvm, .vcpu = vcpu->vcpu, .kind = EVENT_STUCK, .a = gfn};
	struct vcpu_rec *v = vcpu_current();
	__u64 others = c->exits - f->last_exits - (c->irqs - f->last_irqs);
	__u64 guest_ns = v ? vcpu_guest_ns(v) : 0;
	struct event_rec *rec;

	if (progress || f->last_vcpu != vcpu->vcpu || f->last_gfn != gfn) {
		f->since_ns = f->start_ns;
		f->repeats = 0;
		f->counted = 0;
		f->in_a_row = 0;
	} else {
		f->repeats++;
		f->in_a_row++;
		if (others > 1 || (f->in_a_row >= STUCK_FAULTS && guest_ns - f->guest_ns > f->in_a_row * STUCK_GAP_NS))
			f->in_a_row = 0;
	}
	if (!f->in_a_row)
		f->guest_ns = guest_ns;
	if (f->in_a_row >= STUCK_FAULTS || f->counted) {
		rec = event_count(&key, false, 0, false);
		/* Once it is sure, those before count as well. */
		if (own_values(rec)) {
			__sync_fetch_and_add(&rec->count, f->repeats - f->counted - 1);
			rec->value[STUCK_FOR] = now - f->since_ns;
			if (rec->value[STUCK_LONGEST] < rec->value[STUCK_FOR])
				rec->value[STUCK_LONGEST] = rec->value[STUCK_FOR];
			rec->value[STUCK_ERROR] = error_code;
		}
		f->counted = f->repeats;
	}
	f->last_vcpu = progress ? 0 : vcpu->vcpu;
	f->last_gfn = gfn;
	f->last_exits = c->exits;
	f->last_irqs = c->irqs;
}

/* arch/x86/kvm/mmu/mmu.c, kvm_mmu_page_fault(): every fault of the guest on nested page tables, and on shadow ones. */
static __always_inline int fault_begin(struct kvm_vcpu *vcpu, bool again)
{
	struct thread_marks *m;
	struct fault_counters c;

	if (!group_on(GROUP_MMU) || !first_of_twins(TWIN_FAULT, again))
		return 0;
	m = thread_marks_get();
	if (!m)
		return 0;
	read_fault_counters(vcpu, &c);
	m->fault.taken = c.taken;
	m->fault.fixed = c.fixed;
	m->fault.fast = c.fast;
	m->fault.spurious = c.spurious;
	m->fault.emulated = c.emulated;
	m->fault.known = 0;
	m->fault.level = 0;
	m->fault.hva = 0;
	m->fault.slot = 0;
	m->fault.vcpu = (__u64)vcpu;
	m->fault.start_ns = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int fault_end(struct kvm_vcpu *vcpu, __u64 gpa, __u64 error_code, int ret, bool again)
{
	struct event_key key = {.kind = EVENT_FAULT};
	__u64 now = bpf_ktime_get_ns(), took;
	struct thread_marks *m;
	struct fault_mark *f;
	struct fault_counters c;
	__u64 since = group_since(GROUP_MMU), before;
	struct event_rec *rec;
	bool mmio;

	if (!group_on(GROUP_MMU) || !first_of_twins(TWIN_FAULT_END, again))
		return 0;
	m = thread_marks_get();
	if (!m)
		return 0;
	f = &m->fault;
	before = f->ended_ns;
	f->ended_ns = now;
	read_fault_counters(vcpu, &c);
	if (f->vcpu != (__u64)vcpu || f->start_ns < since) {
		/* What it was is not known; no loss when it began before the group was attached, as span_end() tells. */
		if (before >= since)
			count_loss(LOSS_EVENT_PAIR);
		return 0;
	}
	f->vcpu = 0;
	took = now - f->start_ns ?: 1;
	mmio = is_mmio(f, error_code, &c);
	key_of_vcpu(&key, vcpu);
	key.sub = kind_of(error_code, mmio);
	key.a = f->known & KNOWN_LEVEL && !mmio ? f->level : 0;
	rec = event_count(&key, true, took, ret < 0);
	if (own_values(rec)) {
		if (c.fixed > f->fixed)
			__sync_fetch_and_add(&rec->value[FAULT_FIXED], 1);
		if (c.fast > f->fast)
			__sync_fetch_and_add(&rec->value[FAULT_FAST], 1);
		if (c.spurious > f->spurious)
			__sync_fetch_and_add(&rec->value[FAULT_SPURIOUS], 1);
		if (mmio || c.emulated > f->emulated)
			__sync_fetch_and_add(&rec->value[FAULT_EMULATED], 1);
	}
	if (f->known & KNOWN_SLOT)
		gpa = f->gfn * GUEST_PAGE_SIZE + (gpa & (GUEST_PAGE_SIZE - 1));
	else if (mmio)
		f->slot = NO_MEMSLOT;
	if (f->known & KNOWN_SLOT || !f->indirect)
		count_region(f, &key, gpa, error_code, took, ret < 0);
	watch_progress(f, &key, gpa / GUEST_PAGE_SIZE, error_code, mmio || c.emulated > f->emulated, &c, now);
	return 0;
}

SEC("?fentry/kvm_mmu_page_fault")
int BPF_PROG(on_fault, struct kvm_vcpu *vcpu)
{
	return fault_begin(vcpu, false);
}

SEC("?fentry/kvm_mmu_page_fault")
int BPF_PROG(again_fault, struct kvm_vcpu *vcpu)
{
	return fault_begin(vcpu, true);
}

SEC("?fexit/kvm_mmu_page_fault")
int BPF_PROG(on_fault_end, struct kvm_vcpu *vcpu, __u64 gpa, __u64 error_code, void *insn, int insn_len, int ret)
{
	return fault_end(vcpu, gpa, error_code, ret, false);
}

SEC("?fexit/kvm_mmu_page_fault")
int BPF_PROG(again_fault_end, struct kvm_vcpu *vcpu, __u64 gpa, __u64 error_code, void *insn, int insn_len, int ret)
{
	return fault_end(vcpu, gpa, error_code, ret, true);
}

/*
 * Where the functions cannot be hooked: the tracepoint tells that there was a fault and where, nothing of what came of it.
 * VMX has none for accesses to MMIO that it knows already (EPT misconfiguration).
 */
static __always_inline int plain_fault(struct event_key *vcpu, __u64 gpa, __u64 error_code)
{
	struct event_key key = {.kvm = vcpu->kvm, .vcpu = vcpu->vcpu, .kind = EVENT_FAULT};
	struct fault_mark none = {.slot = 0};

	key.sub = kind_of(error_code, error_code & PFERR_RSVD);
	event_count(&key, false, 0, false);
	if (key.sub == FAULT_MMIO)
		none.slot = NO_MEMSLOT;
	count_region(&none, &key, gpa, error_code, 0, false);
	return 0;
}

static __always_inline int plain_fault_x86(struct kvm_vcpu *vcpu, __u64 gpa, __u64 error_code, bool again)
{
	struct event_key key = {.kind = EVENT_FAULT};
	struct vcpu_rec *v;

	if (!vcpu || !group_on(GROUP_MMU) || !first_of_twins(TWIN_FAULT_PLAIN, again))
		return 0;
	v = vcpu_current();
	if (v && v->isa == KVM_ISA_VMX)
		error_code = error_of_qualification(error_code);
	key_of_vcpu(&key, vcpu);
	return plain_fault(&key, gpa, error_code);
}

SEC("?tp_btf/kvm_page_fault")
int BPF_PROG(on_plain_fault, struct kvm_vcpu *vcpu, __u64 gpa, __u64 error_code)
{
	return plain_fault_x86(vcpu, gpa, error_code, false);
}

SEC("?tp_btf/kvm_page_fault")
int BPF_PROG(again_plain_fault, struct kvm_vcpu *vcpu, __u64 gpa, __u64 error_code)
{
	return plain_fault_x86(vcpu, gpa, error_code, true);
}

#if defined(__TARGET_ARCH_arm64)

/*
 * arch/arm64/kvm/mmu.c, kvm_handle_guest_abort(): the fault begins. It ends when the vCPU goes back into the guest or to
 * the VMM, so that nothing has to be hooked where functions cannot be. In between kvm_mmio tells that there was no
 * memory, and two functions of the page tables what was mapped.
 */
static __always_inline int guest_fault(__u64 esr, __u64 ipa, bool again)
{
	struct event_key key = {.kind = EVENT_FAULT};
	struct thread_marks *m;

	if (!group_on(GROUP_MMU) || !first_of_twins(TWIN_FAULT, again) || !key_of_current(&key))
		return 0;
	m = thread_marks_get();
	if (!m)
		return 0;
	m->fault.known = 0;
	m->fault.level = 0;
	m->fault.hva = 0;
	m->fault.slot = 0;
	m->fault.gpa = ipa;
	m->fault.error_code = error_of_syndrome(esr);
	m->fault.vcpu = key.vcpu;
	m->fault.kvm = key.kvm;
	m->fault.start_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("?tp_btf/kvm_guest_fault")
int BPF_PROG(on_guest_fault, __u64 pc, __u64 esr, __u64 address, __u64 ipa)
{
	return guest_fault(esr, ipa, false);
}

SEC("?tp_btf/kvm_guest_fault")
int BPF_PROG(again_guest_fault, __u64 pc, __u64 esr, __u64 address, __u64 ipa)
{
	return guest_fault(esr, ipa, true);
}

/* Of the thread that runs now; NULL: it has none. */
static __always_inline struct fault_mark *fault_in_flight(void)
{
	struct thread_marks *m = group_on(GROUP_MMU) ? thread_marks_get() : NULL;

	return m && m->fault.vcpu && m->fault.start_ns >= group_since(GROUP_MMU) ? &m->fault : NULL;
}

/* arch/arm64/kvm/mmio.c, io_mem_abort(). Both twins may do this: they write the same. */
static __always_inline int fault_mmio(void)
{
	struct fault_mark *f = fault_in_flight();

	if (f)
		f->known |= KNOWN_MMIO;
	return 0;
}

SEC("?tp_btf/kvm_mmio")
int BPF_PROG(on_fault_mmio, int type)
{
	return fault_mmio();
}

SEC("?tp_btf/kvm_mmio")
int BPF_PROG(again_fault_mmio, int type)
{
	return fault_mmio();
}

/* Whichever twin is the first finds it, the other nothing. entry: the exit has ended with it. */
static __always_inline int guest_fault_ends(__u32 bit, bool again, bool entry)
{
	struct event_key key = {.kind = EVENT_FAULT};
	__u64 now = bpf_ktime_get_ns(), took;
	struct fault_counters none = {};
	struct event_rec *rec;
	struct fault_mark *f;
	struct vcpu_rec *v;
	bool mmio;

	if (!group_on(GROUP_MMU) || !first_of_twins(bit, again))
		return 0;
	f = fault_in_flight();
	if (!f)
		return 0;
	key.kvm = f->kvm;
	key.vcpu = f->vcpu;
	f->vcpu = 0;
	took = now - f->start_ns ?: 1;
	/* The core's program for the same event was there before, and the fault is a part of the exit that it has ended. */
	v = vcpu_current();
	if (entry && v && !v->exit_open && v->exit_last_ns && took > v->exit_last_ns)
		took = v->exit_last_ns;
	mmio = f->known & KNOWN_MMIO;
	key.sub = kind_of(f->error_code, mmio);
	key.a = f->known & KNOWN_LEVEL && !mmio ? f->level : 0;
	rec = event_count(&key, true, took, false);
	if (own_values(rec)) {
		if (f->known & KNOWN_FIXED)
			__sync_fetch_and_add(&rec->value[FAULT_FIXED], 1);
		if (mmio)
			__sync_fetch_and_add(&rec->value[FAULT_EMULATED], 1);
	}
	if (mmio)
		f->slot = NO_MEMSLOT;
	count_region(f, &key, f->gpa, f->error_code, took, false);
	watch_progress(f, &key, f->gpa / GUEST_PAGE_SIZE, f->error_code, mmio, &none, now);
	return 0;
}

#define END_OF_FAULT(prefix, again)                                      \
	SEC("?tp_btf/kvm_entry")                                         \
	int prefix##_guest_fault_end(unsigned long long *ctx)            \
	{                                                                \
		return guest_fault_ends(TWIN_FAULT_END, again, true);    \
	}                                                                \
	SEC("?tp_btf/kvm_userspace_exit")                                \
	int prefix##_guest_fault_user(unsigned long long *ctx)           \
	{                                                                \
		return guest_fault_ends(TWIN_FAULT_PLAIN, again, false); \
	}

END_OF_FAULT(on, false)
END_OF_FAULT(again, true)

/* arch/arm64/kvm/hyp/pgtable.c: the entry that is made for it. Both twins may do this: they write the same. */
static __always_inline int stage2_map(__u64 size, __u64 phys)
{
	struct fault_mark *f = fault_in_flight();

	if (!f)
		return 0;
	f->pfn = phys / GUEST_PAGE_SIZE;
	f->level = size >= 1UL << 30 ? 3 : size >= 1UL << 21 ? 2 : 1;
	f->known |= KNOWN_PAGE | KNOWN_LEVEL | KNOWN_FIXED;
	return 0;
}

#define STAGE2(prefix)                                                                     \
	SEC("?fentry/kvm_pgtable_stage2_map")                                              \
	int BPF_PROG(prefix##_stage2_map, void *table, __u64 addr, __u64 size, __u64 phys) \
	{                                                                                  \
		return stage2_map(size, phys);                                             \
	}                                                                                  \
	SEC("?fentry/kvm_pgtable_stage2_relax_perms")                                      \
	int BPF_PROG(prefix##_stage2_relax)                                                \
	{                                                                                  \
		return stage2_relax();                                                     \
	}

/* One that was there, and did not allow the access. */
static __always_inline int stage2_relax(void)
{
	struct fault_mark *f = fault_in_flight();

	if (f)
		f->known |= KNOWN_FIXED;
	return 0;
}

STAGE2(on)
STAGE2(again)

SEC("?kprobe/kvm_pgtable_stage2_map")
int BPF_KPROBE(kprobe_stage2_map, void *table, __u64 addr, __u64 size, __u64 phys)
{
	return stage2_map(size, phys);
}

SEC("?kprobe/kvm_pgtable_stage2_relax_perms")
int BPF_KPROBE(kprobe_stage2_relax)
{
	return stage2_relax();
}

#endif
