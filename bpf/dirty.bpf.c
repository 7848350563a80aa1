// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dirty page logging: which pages KVM marks as dirty, whether it keeps them in bitmaps or in rings, and the memslots that
 * they are in, also those that are not logged.
 *
 * A mark is a repetition when the page was marked before in the same cycle. For bitmaps, the page's bit tells, before
 * KVM sets it. For rings, a bitmap of our own does. A cycle ends when the VMM has taken the log: at KVM_GET_DIRTY_LOG, or
 * when the rings are reset.
 */
#include "events.bpf.h"
#include "files.bpf.h"
#include "memslots.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* Bits 16 to 18 of twins are this object's. */
enum twin_bits { TWIN_MARK = 16, TWIN_LOG, TWIN_RESET };

/* A memslot by its number: what it is now. */
struct slot_id {
	__u64 kvm;
	__u64 id;
};

struct slot_place {
	__u64 gpa, bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct slot_id);
	__type(value, struct slot_place);
} slot_places SEC(".maps");

/* How often the rings of a VM have been reset. vm: vm_stamp(). */
struct vm_cycles {
	__u64 vm, n;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct vm_cycles);
} ring_cycles SEC(".maps");

/* For rings: the pages that were marked in one cycle. 64 GiB of them; beyond that the chunks longest not used start anew. */
#define CHUNK_SHIFT 12

struct chunk_id {
	__u64 kvm;
	__u32 slot;
	__u32 chunk;
};

struct chunk {
	__u64 vm, cycle;
	__u64 bits[(1 << CHUNK_SHIFT) / 64];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct chunk_id);
	__type(value, struct chunk);
} ring_chunks SEC(".maps");

/* --- cycles -------------------------------------------------------------------------------------------------------- */

/*
 * Which of the VMs that have one address after another, by when the first of its memslots was known: that is noted in the
 * record that stands for all others, which user space takes back when the VM has ended. 0: none is known yet.
 */
static __always_inline __u64 vm_stamp(__u64 kvm)
{
	struct event_key others = {.kvm = kvm, .kind = EVENT_DIRTY_SLOT, .sub = EVENT_OTHERS, .a = ~0ULL, .b = ~0ULL};
	__u32 *known = bpf_map_lookup_elem(&event_slots, &others);
	struct event_rec *head = known ? event_at(*known + 1) : NULL;

	if (!head)
		return 0;
	if (!head->since_ns[0])
		__sync_val_compare_and_swap(&head->since_ns[0], 0, bpf_ktime_get_ns());
	return head->since_ns[0];
}

static __always_inline __u64 ring_cycle(__u64 kvm, __u64 vm)
{
	struct vm_cycles *cycles = bpf_map_lookup_elem(&ring_cycles, &kvm);

	return cycles && cycles->vm == vm ? cycles->n : 0;
}

static __always_inline void end_cycle(struct event_rec *rec, __u64 cycles)
{
	__u64 old = *(volatile __u64 *)&rec->value[SLOT_CYCLES];

	/* Of several vCPUs that come upon a new cycle one closes the old. */
	if (old == cycles || __sync_val_compare_and_swap(&rec->value[SLOT_CYCLES], old, cycles) != old)
		return;
	rec->value[SLOT_LAST_CYCLE] = old + 1 == cycles ? rec->value[SLOT_THIS_CYCLE] : 0;
	rec->value[SLOT_THIS_CYCLE] = 0;
}

static __always_inline struct event_rec *slot_record(__u64 kvm, __u32 id)
{
	struct slot_id at = {.kvm = kvm, .id = id};
	struct slot_place *place = bpf_map_lookup_elem(&slot_places, &at);
	struct event_key key = {.kvm = kvm, .kind = EVENT_DIRTY_SLOT, .sub = id};
	__u32 *known;

	if (!place)
		return NULL;
	key.a = place->gpa;
	key.b = place->bytes;
	known = bpf_map_lookup_elem(&event_slots, &key);
	return known ? event_at(*known + 1) : NULL;
}

static __always_inline void slot_describe(struct event_rec *rec, __u64 kvm, __u32 id, __u64 gpa, __u64 bytes,
					  __u32 flags)
{
	struct slot_id at = {.kvm = kvm, .id = id};
	struct slot_place place = {.gpa = gpa, .bytes = bytes};

	rec->value[SLOT_FLAGS] = flags;
	bpf_map_update_elem(&slot_places, &at, &place, 0);
}

/* virt/kvm/kvm_main.c: returns 0 when the VMM has the log of one memslot. */
static __always_inline int log_taken(struct kvm *kvm, __u32 slot, bool again)
{
	struct event_rec *rec;

	if (!group_on(GROUP_DIRTY) || !first_of_twins(TWIN_LOG, again))
		return 0;
	rec = slot_record((__u64)kvm, slot);
	if (rec)
		end_cycle(rec, rec->value[SLOT_CYCLES] + 1);
	return 0;
}

SEC("?fexit/kvm_get_dirty_log_protect")
int BPF_PROG(on_log_taken, struct kvm *kvm, struct kvm_dirty_log *log, int ret)
{
	return ret ? 0 : log_taken(kvm, BPF_CORE_READ(log, slot), false);
}

SEC("?fexit/kvm_get_dirty_log_protect")
int BPF_PROG(again_log_taken, struct kvm *kvm, struct kvm_dirty_log *log, int ret)
{
	return ret ? 0 : log_taken(kvm, BPF_CORE_READ(log, slot), true);
}

SEC("?kprobe/kvm_get_dirty_log_protect")
int BPF_KPROBE(kprobe_log_taken, struct kvm *kvm, struct kvm_dirty_log *log)
{
	return log_taken(kvm, BPF_CORE_READ(log, slot), false);
}

/*
 * Where the compiler has put that function into its caller (Debian's arm64): what it calls once it has found the log. So
 * does KVM_CLEAR_DIRTY_LOG; the thread's system call tells.
 */
SEC("?kprobe/kvm_arch_sync_dirty_log")
int BPF_KPROBE(kprobe_log_synced, struct kvm *kvm, struct kvm_memory_slot *slot)
{
	struct ioctl_call call;

	if (!group_on(GROUP_DIRTY) || !read_ioctl_call((void *)bpf_task_pt_regs(bpf_get_current_task_btf()), &call) ||
	    (call.request & 0xff) != KVM_GET_DIRTY_LOG_NR)
		return 0;
	return log_taken(kvm, (__u32)BPF_CORE_READ(slot, as_id) << 16 | (__u16)BPF_CORE_READ(slot, id), false);
}

/* virt/kvm/dirty_ring.c: KVM_RESET_DIRTY_RINGS goes through the rings of all vCPUs, from the first on. */
static __always_inline int ring_reset(struct kvm *kvm, struct kvm_dirty_ring *ring, bool again)
{
	struct vm_cycles first = {.n = 1}, *cycles;
	__u64 id = (__u64)kvm;

	if (!group_on(GROUP_DIRTY) || BPF_CORE_READ(ring, index) || !first_of_twins(TWIN_RESET, again))
		return 0;
	first.vm = vm_stamp(id);
	cycles = bpf_map_lookup_elem(&ring_cycles, &id);
	if (cycles && cycles->vm == first.vm)
		__sync_fetch_and_add(&cycles->n, 1);
	else if (first.vm)
		bpf_map_update_elem(&ring_cycles, &id, &first, 0);
	return 0;
}

SEC("?fentry/kvm_dirty_ring_reset")
int BPF_PROG(on_ring_reset, struct kvm *kvm, struct kvm_dirty_ring *ring)
{
	return ring_reset(kvm, ring, false);
}

SEC("?fentry/kvm_dirty_ring_reset")
int BPF_PROG(again_ring_reset, struct kvm *kvm, struct kvm_dirty_ring *ring)
{
	return ring_reset(kvm, ring, true);
}

SEC("?kprobe/kvm_dirty_ring_reset")
int BPF_KPROBE(kprobe_ring_reset, struct kvm *kvm, struct kvm_dirty_ring *ring)
{
	return ring_reset(kvm, ring, false);
}

/* --- marks --------------------------------------------------------------------------------------------------------- */

static const struct chunk no_pages;

/* Has the page been marked in this cycle, and notes that it has. */
static __always_inline bool ring_repeated(__u64 kvm, __u64 vm, __u32 slot, __u64 page, __u64 cycle)
{
	struct chunk_id id = {.kvm = kvm, .slot = slot, .chunk = page >> CHUNK_SHIFT};
	__u32 word = (page & ((1 << CHUNK_SHIFT) - 1)) / 64;
	struct chunk *chunk = bpf_map_lookup_elem(&ring_chunks, &id);
	__u64 bit = 1ULL << (page & 63);

	if (!chunk) {
		bpf_map_update_elem(&ring_chunks, &id, &no_pages, BPF_NOEXIST);
		chunk = bpf_map_lookup_elem(&ring_chunks, &id);
		if (!chunk)
			return false;
	}
	if (chunk->vm != vm || chunk->cycle != cycle) {
		for (int i = 0; i < (1 << CHUNK_SHIFT) / 64; i++)
			chunk->bits[i] = 0;
		chunk->vm = vm;
		chunk->cycle = cycle;
	}
	return word < (1 << CHUNK_SHIFT) / 64 && __sync_fetch_and_or(&chunk->bits[word], bit) & bit;
}

static __always_inline bool bitmap_repeated(struct kvm_memory_slot *slot, __u64 page)
{
	__u64 *bitmap = BPF_CORE_READ(slot, dirty_bitmap), word = 0;

	if (!bitmap)
		return false;
	bpf_probe_read_kernel(&word, sizeof(word), &bitmap[page / 64]);
	return word >> (page & 63) & 1;
}

static __always_inline void count_cell(struct event_rec *rec, __u64 page, __u64 pages)
{
	struct control *ctl = get_control();
	__u32 index, cell, none = 0;
	struct event_hist *cells;
	__s64 taken;

	if (!pages || !ctl)
		return;
	if (!rec->hist) {
		taken = pool_take(&free_hists, &ctl->next_hist, knobs.max_hists);
		if (taken < 0) {
			count_loss(LOSS_EVENT_HIST);
			return;
		}
		index = taken;
		if (__sync_val_compare_and_swap(&rec->hist, none, index + 1) != none)
			bpf_map_push_elem(&free_hists, &index, 0);
	}
	index = rec->hist - 1;
	cells = bpf_map_lookup_elem(&event_hists, &index);
	cell = page * HIST_BUCKETS / pages;
	if (cells && cell < HIST_BUCKETS)
		__sync_fetch_and_add(&cells->n[cell], 1);
}

/* virt/kvm/kvm_main.c, mark_page_dirty_in_slot(): both kinds of logging come through here, whoever writes. */
static __always_inline int mark(struct kvm *kvm, struct kvm_memory_slot *slot, __u64 gfn, bool again)
{
	struct event_key key = {.kvm = (__u64)kvm, .kind = EVENT_DIRTY_SLOT};
	__u64 base, pages, page, vm, cycle = 0, values[EVENT_VALUES] = {};
	struct kvm_vcpu *vcpu;
	struct event_rec *rec;
	bool ring, repeated;
	__u32 id, flags;

	if (!group_on(GROUP_DIRTY) || !slot || !(BPF_CORE_READ(slot, flags) & KVM_MEM_LOG_DIRTY_PAGES) ||
	    !first_of_twins(TWIN_MARK, again))
		return 0;
	vcpu = loaded_vcpu(bpf_get_current_task_btf());
	if (vcpu && BPF_CORE_READ(vcpu, kvm) != kvm)
		vcpu = NULL;
	ring = BPF_CORE_READ(kvm, dirty_ring_size);
	/* Rings belong to vCPUs: who writes without one needs a bitmap beside them (since 6.2), or is not logged. */
	if (ring && !vcpu && !BPF_CORE_READ(slot, dirty_bitmap))
		return 0;
	base = BPF_CORE_READ(slot, base_gfn);
	pages = BPF_CORE_READ(slot, npages);
	page = gfn - base;
	id = (__u32)BPF_CORE_READ(slot, as_id) << 16 | (__u16)BPF_CORE_READ(slot, id);
	key.sub = id;
	key.a = base * GUEST_PAGE_SIZE;
	key.b = pages * GUEST_PAGE_SIZE;
	if (ring) {
		event_slot(&key, false); /* the VM is known by its records */
		vm = vm_stamp((__u64)kvm);
		cycle = ring_cycle((__u64)kvm, vm);
		repeated = ring_repeated((__u64)kvm, vm, id, page, cycle);
	} else {
		repeated = bitmap_repeated(slot, page);
	}
	rec = event_count(&key, false, 0, repeated);
	if (own_values(rec)) {
		flags = SLOT_LOGGING | (ring ? SLOT_RING : 0);
		if (rec->value[SLOT_FLAGS] != flags)
			slot_describe(rec, (__u64)kvm, id, key.a, key.b, flags);
		if (ring)
			end_cycle(rec, cycle);
		if (!repeated)
			__sync_fetch_and_add(&rec->value[SLOT_THIS_CYCLE], 1);
		count_cell(rec, page, pages);
	}

	key.kind = EVENT_DIRTY_PAGE;
	key.a = gfn;
	key.b = 0;
	rec = event_count(&key, false, 0, repeated);
	values[PAGE_OFFSET] = page;
	if (own_values(rec))
		rec->value[PAGE_OFFSET] = page;
	log_event(&key, values, 0, repeated);

	if (!vcpu)
		return 0;
	key.kind = EVENT_DIRTY_VCPU;
	key.vcpu = (__u64)vcpu;
	key.a = 0;
	event_count(&key, false, 0, repeated);
	return 0;
}

SEC("?fentry/mark_page_dirty_in_slot")
int BPF_PROG(on_mark, struct kvm *kvm, struct kvm_memory_slot *slot, __u64 gfn)
{
	return mark(kvm, slot, gfn, false);
}

SEC("?fentry/mark_page_dirty_in_slot")
int BPF_PROG(again_mark, struct kvm *kvm, struct kvm_memory_slot *slot, __u64 gfn)
{
	return mark(kvm, slot, gfn, true);
}

SEC("?kprobe/mark_page_dirty_in_slot")
int BPF_KPROBE(kprobe_mark, struct kvm *kvm, struct kvm_memory_slot *slot, __u64 gfn)
{
	return mark(kvm, slot, gfn, false);
}

/* --- memslots ------------------------------------------------------------------------------------------------------ */

struct slots_walk {
	struct memslot_walk walk;
	__u64 session;
	__u32 ring;
};

static __always_inline void slot_found(const struct slots_walk *w, const struct memslot *slot)
{
	struct event_key key = {.kvm = (__u64)w->walk.kvm, .kind = EVENT_DIRTY_SLOT};
	struct event_rec *rec;
	__u32 flags = 0;

	key.sub = slot->id;
	key.a = slot->gpa;
	key.b = slot->bytes;
	rec = record_of(&key, false);
	if (!rec)
		return;
	if (slot->flags & KVM_MEM_LOG_DIRTY_PAGES)
		flags = SLOT_LOGGING | (w->ring ? SLOT_RING : 0);
	slot_describe(rec, key.kvm, slot->id, slot->gpa, slot->bytes, flags);
	/* Also when logging has ended: the last cycle is whole then. */
	if (w->ring && rec->count)
		end_cycle(rec, ring_cycle(key.kvm, vm_stamp(key.kvm)));
	/* These records have no durations: user space tells by this which slots the last walk did not find. */
	rec->done = w->session;
}

static long one_step(__u32 step, struct slots_walk *w)
{
	struct memslot slot;

	(void)step;
	if (memslot_step(&w->walk, &slot))
		slot_found(w, &slot);
	return memslots_done();
}

SEC("?iter/task_file")
int find_memslots(struct bpf_iter__task_file *ctx)
{
	struct file *file = ctx->file;
	struct kvm_vcpu *vcpu = NULL;
	struct slots_walk w = {};
	struct kvm *kvm;

	if (!ctx->task || !file || !group_on(GROUP_DIRTY))
		return 0;
	kvm = kvm_of_file(file, &vcpu);
	if (!kvm || vcpu)
		return 0;
	w.session = ctx->meta->session_id;
	w.ring = BPF_CORE_READ(kvm, dirty_ring_size) != 0;
	for (__u32 space = 0; space < ADDRESS_SPACES; space++)
		if (memslots_begin(&w.walk, kvm, space))
			bpf_loop(MEMSLOT_STEPS, one_step, &w, 0);
	return 0;
}
