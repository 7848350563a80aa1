/* SPDX-License-Identifier: GPL-2.0-only */
/* The vCPU record: how an event finds it, and the time budget's arithmetic. */
#ifndef KVMTOP_VCPU_BPF_H
#define KVMTOP_VCPU_BPF_H

#include "maps.bpf.h"

/* Who owns a record and since when; the first lines of every new one, but for its address. The record is zeroed memory. */
static __always_inline void vcpu_init(struct vcpu_rec *rec, struct kvm_vcpu *vcpu, __u32 pid, __u64 now, __u64 epoch)
{
	rec->kvm = (__u64)BPF_CORE_READ(vcpu, kvm);
	rec->vcpu_id = BPF_CORE_READ(vcpu, vcpu_id);
	rec->pid = pid;
	rec->epoch = epoch;
	rec->alive = (__u64)vcpu;
	rec->created_ns = now;
	rec->acct_ns = now;
	rec->state_ns = now;
}

/* Index of a free record, or -1. Those that came back first, so that the pool stays dense. */
static __always_inline __s64 pool_take(void *free_list, __u32 *next, __u32 max)
{
	__u32 index;

	if (!bpf_map_pop_elem(free_list, &index))
		return index;
	/* Two CPUs may both pass the test; the second test is the one that counts. */
	if (*(volatile __u32 *)next >= max)
		return -1;
	index = __sync_fetch_and_add(next, 1);
	return index < max ? index : -1;
}

/* The slot of a vCPU, with a new record if it has none; -1: none left, counted. */
static __always_inline __s64 vcpu_slot(struct kvm_vcpu *vcpu, __u32 pid, __u64 now, __u32 state)
{
	__u64 key = (__u64)vcpu;
	struct control *ctl = get_control();
	struct vcpu_rec *rec;
	__u32 *known, slot;
	__s64 taken;

	known = bpf_map_lookup_elem(&vcpu_slots, &key);
	if (known)
		return *known;
	if (!ctl)
		return -1;
	taken = pool_take(&free_vcpus, &ctl->next_vcpu, knobs.max_vcpus);
	if (taken < 0) {
		count_loss(LOSS_VCPU_SLOTS);
		return -1;
	}
	slot = taken;
	rec = bpf_map_lookup_elem(&vcpus, &slot);
	if (!rec)
		return -1;
	rec->state = state;
	vcpu_init(rec, vcpu, pid, now, ctl->epoch);
	if (bpf_map_update_elem(&vcpu_slots, &key, &slot, BPF_NOEXIST)) {
		/* Another CPU was faster (the walk over open files, say), or the table is full. */
		bpf_map_push_elem(&free_vcpus, &slot, 0);
		known = bpf_map_lookup_elem(&vcpu_slots, &key);
		if (!known) {
			count_loss(LOSS_VCPU_SLOTS);
			return -1;
		}
		return *known;
	}
	/* Last, once it is the vCPU's for sure: user space takes a record with an address for a live one. */
	store_in_order(&rec->vcpu, key);
	return slot;
}

/* Remembers which vCPU the current thread runs. */
static __always_inline void remember(struct task_struct *task, __u32 tid, const struct task_vcpu *bound)
{
	struct task_vcpu *store;
	struct control *ctl;

	store = bpf_task_storage_get(&task_vcpus, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (store) {
		*store = *bound;
		return;
	}
	count_loss(LOSS_STORAGE);
	bpf_map_update_elem(&thread_vcpus, &tid, bound, BPF_ANY);
	ctl = get_control();
	if (ctl)
		ctl->no_storage = 1;
}

/* Which vCPU a thread runs, NULL: none that we know. */
static __always_inline struct task_vcpu *recall(struct task_struct *task)
{
	struct task_vcpu *bound = bpf_task_storage_get(&task_vcpus, task, NULL, 0);
	struct control *ctl;
	__u32 tid;

	if (bound)
		return bound; /* bound only after all was attached */
	ctl = get_control();
	if (!ctl || !ctl->no_storage)
		return NULL;
	tid = task->pid;
	return bpf_map_lookup_elem(&thread_vcpus, &tid);
}

static __always_inline struct vcpu_rec *bound_rec(const struct task_vcpu *bound)
{
	__u32 slot = bound->slot;
	struct vcpu_rec *rec = bpf_map_lookup_elem(&vcpus, &slot);

	return rec && rec->gen == bound->gen ? rec : NULL;
}

/* The slow path of vcpu_get(): this thread has not run this vCPU before, or another one in between. */
static __noinline struct vcpu_rec *vcpu_bind(struct kvm_vcpu *vcpu)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid(), now = bpf_ktime_get_ns();
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_vcpu bound = {.vcpu = (__u64)vcpu};
	struct control *ctl = get_control();
	struct vcpu_rec *rec;
	__s64 found;

	if (!ctl || !ctl->attached)
		return NULL;
	found = vcpu_slot(vcpu, pid_tgid >> 32, now, VCPU_UNKNOWN);
	if (found < 0)
		return NULL;
	bound.slot = found;
	rec = bpf_map_lookup_elem(&vcpus, &bound.slot);
	if (!rec)
		return NULL;
	rec->tid = (__u32)pid_tgid;
	BPF_CORE_READ_STR_INTO(&rec->comm, task, group_leader, comm);
	rec->task = (__u64)task;
	bound.gen = rec->gen;
	remember(task, rec->tid, &bound);
	return rec;
}

/* The record of the vCPU that a thread last ran; NULL when it runs none that we know. */
static __always_inline struct vcpu_rec *vcpu_of(struct task_struct *task)
{
	struct task_vcpu *bound = recall(task);

	return bound ? bound_rec(bound) : NULL;
}

static __always_inline struct vcpu_rec *vcpu_current(void)
{
	return vcpu_of(bpf_get_current_task_btf());
}

/* The record of a vCPU that the current thread runs. NULL: no room, counted. */
static __always_inline struct vcpu_rec *vcpu_get(struct kvm_vcpu *vcpu)
{
	struct task_vcpu *bound = recall(bpf_get_current_task_btf());
	struct vcpu_rec *rec = bound && bound->vcpu == (__u64)vcpu ? bound_rec(bound) : NULL;

	return rec ?: vcpu_bind(vcpu);
}

/*
 * The same for the events of every exit: most often this pCPU worked on the same record last, and that is found without
 * the task storage. The record itself tells whether the hint is right: whose it is, that it is alive, and that this thread
 * is bound to it. On a preemptible kernel the pCPU may be another by the time that it is used; a hint is a hint.
 * begins: KVM_RUN does, which is where another thread may have taken the vCPU over. Within it, nobody asks that again.
 */
static struct cpu_hint cpu_hints[CPU_HINTS];

static __always_inline struct vcpu_rec *vcpu_get_fast(struct kvm_vcpu *vcpu, __u32 cpu, bool begins)
{
	struct cpu_hint *hint = &cpu_hints[cpu & (CPU_HINTS - 1)];
	struct task_struct *task;
	struct task_vcpu *bound;
	struct vcpu_rec *rec;
	__u32 slot;

	slot = hint->slot;
	rec = bpf_map_lookup_elem(&vcpus, &slot);
	if (!begins && knobs.has_run && rec && rec->alive == (__u64)vcpu)
		return rec;
	task = bpf_get_current_task_btf();
	if (rec && rec->alive == (__u64)vcpu && rec->task == (__u64)task)
		return rec;
	bound = recall(task);
	rec = bound && bound->vcpu == (__u64)vcpu ? bound_rec(bound) : NULL;
	if (!rec)
		return vcpu_bind(vcpu);
	rec->task = (__u64)task; /* two threads may take turns */
	rec->tid = task->pid;
	hint->slot = bound->slot;
	return rec;
}

/* The same for an entry or exit in turn. NULL: it is not, or the record is not where the hint says. */
static __always_inline struct vcpu_rec *vcpu_in_turn(struct kvm_vcpu *vcpu, __u32 cpu, __u32 turn)
{
	/* by the hint itself: a copy of it on the stack costs four instructions */
	struct vcpu_rec *rec = bpf_map_lookup_elem(&vcpus, &cpu_hints[cpu & (CPU_HINTS - 1)].slot);

	return rec && rec->alive == (__u64)vcpu && rec->turn == turn ? rec : NULL;
}

/*
 * The record of the vCPU whose KVM_RUN the current thread is in. Of those that it runs in turn it is in that of one: all
 * others are with the VMM. Once it has been there, what is unknown of a vCPU is within KVM_RUN, too.
 */
static __always_inline struct vcpu_rec *vcpu_running(void)
{
	struct cpu_hint *hint = &cpu_hints[bpf_get_smp_processor_id() & (CPU_HINTS - 1)];
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 slot = hint->slot;
	struct vcpu_rec *rec = bpf_map_lookup_elem(&vcpus, &slot);

	if (rec && rec->task == (__u64)task && rec->alive && rec->state != VCPU_USER &&
	    (rec->state != VCPU_UNKNOWN || rec->user_exits))
		return rec;
	return vcpu_of(task);
}

/*
 * The record of a vCPU that the current thread has run before; NULL otherwise. For hooks that fire for any thread which
 * has the vCPU loaded, in any ioctl on it: only KVM_RUN makes a thread the vCPU's.
 */
static __always_inline struct vcpu_rec *vcpu_if_own(struct kvm_vcpu *vcpu)
{
	struct task_vcpu *bound = recall(bpf_get_current_task_btf());

	return bound && bound->vcpu == (__u64)vcpu ? bound_rec(bound) : NULL;
}

/* Is a program in the middle of an update of it? */
static __always_inline bool vcpu_busy(const struct vcpu_rec *rec)
{
	return rec->seq & 1 || rec->turn == TURN_BUSY;
}

/* What was known by its turn has to be written down. */
static __always_inline void leave_turn(struct vcpu_rec *rec)
{
	if (!rec->turn)
		return;
	rec->turn = TURN_NONE;
	rec->state_ns = rec->acct_ns;
	rec->exit_start_ns = rec->acct_ns;
}

/*
 * Begins an update. An odd count makes user space read again. It is odd already when this event came inside another of
 * the same vCPU (a preemption in the middle of a program): then leave it alone, counted.
 */
static __always_inline bool vcpu_begin(struct vcpu_rec *rec)
{
	if (vcpu_busy(rec)) {
		count_loss(LOSS_NESTED);
		return false;
	}
	store_in_order(&rec->seq, rec->seq + 1);
	leave_turn(rec);
	return true;
}

/* Has the first of two twins handled this event? */
static __always_inline bool handled(struct vcpu_rec *rec, enum twin event, bool again)
{
	__u32 bit = 1U << event;

	if (!knobs.twins)
		return false;
	if (!again) {
		/* Alone: a bit that another second twin left behind, which was missed, would hide what its first one misses. */
		rec->handled = bit;
		return false;
	}
	if (rec->handled & bit) {
		rec->handled &= ~bit;
		return true;
	}
	count_repair();
	return false;
}

/* VCPU_GUEST is not charged: see vcpu_rec.time_ns. */
static __always_inline void charge(struct vcpu_rec *rec, __u32 state, __u64 ns)
{
	if (state >= VCPU_STATES || state == VCPU_GUEST)
		return;
	rec->time_ns[state] += ns;
	if (PART_OF_STATE(state) != PART_KERNEL && rec->exit_open) {
		rec->exit_part_ns[PART_OF_STATE(state)] += ns;
		rec->exit_split = 1;
	}
}

/* Time since the last event, 0 when the clock of this pCPU is behind (counted). The account is moved up to now. */
static __always_inline __u64 elapsed(struct vcpu_rec *rec, __u64 now)
{
	__u64 ns = now - rec->acct_ns;

	if ((__s64)ns < 0) {
		count_loss(LOSS_CLOCK);
		return 0;
	}
	rec->acct_ns = now;
	return ns;
}

static __always_inline void enter_state(struct vcpu_rec *rec, __u32 state, __u64 now)
{
	if (rec->state != state) {
		rec->state = state;
		rec->state_ns = now;
	}
}

/* Leaves the present state for another: the time since the last event goes to the one that is left. */
static __always_inline void change_state(struct vcpu_rec *rec, __u32 state, __u64 now)
{
	charge(rec, rec->state, elapsed(rec, now));
	enter_state(rec, state, now);
}

/*
 * This program was preempted in the middle, and the hooks of the scheduler could only note it. Either it had read the clock
 * before, and the wait lies after its account; or it had not, and has charged the wait to the state that it left.
 */
static __always_inline void settle_nested(struct vcpu_rec *rec)
{
	__u32 from = rec->nested_state, part = PART_OF_STATE(from);
	__u64 ns = rec->nested_wait_ns;

	rec->nested_wait_ns = 0;
	rec->preempt_rest_ns += ns;
	if (ns > rec->wait_max_ns)
		rec->wait_max_ns = ns;
	if (rec->nested_out_ns >= rec->acct_ns) {
		rec->acct_ns += ns;
	} else if (from == VCPU_GUEST) {
		/* What is charged to another is none of the guest's. */
	} else if (from < VCPU_STATES && rec->time_ns[from] >= ns) {
		rec->time_ns[from] -= ns;
		if (rec->exit_open && part != PART_KERNEL && rec->exit_part_ns[part] >= ns)
			rec->exit_part_ns[part] -= ns;
	} else {
		count_loss(LOSS_NESTED);
		return;
	}
	charge(rec, VCPU_WAIT, ns);
}

/* How long it has been in the guest, up to the last event. */
static __always_inline __u64 vcpu_guest_ns(const struct vcpu_rec *rec)
{
	__u64 ns = rec->acct_ns - rec->created_ns;

#pragma unroll
	for (int i = 0; i < VCPU_STATES; i++)
		if (i != VCPU_GUEST)
			ns -= rec->time_ns[i];
	return ns;
}

static __always_inline void vcpu_end(struct vcpu_rec *rec)
{
	if (rec->nested_wait_ns) {
		settle_nested(rec);
		rec->turn = TURN_NONE;
	}
	store_in_order(&rec->seq, rec->seq + 1);
}

#endif /* KVMTOP_VCPU_BPF_H */
