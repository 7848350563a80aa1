/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counting events by key: what the programs of all groups but the core share. A program of a group looks like this:
 *
 *	SEC("?tp_btf/kvm_x")
 *	int BPF_PROG(x_event, ...)
 *	{
 *		struct event_key key = {.kind = EVENT_X, .sub = ..., .a = ...};
 *
 *		if (!group_on(GROUP_X) || !key_of_current(&key))
 *			return 0;
 *		event_add(&key, 0, NULL);
 *		return 0;
 *	}
 *
 * and, where it can be preempted in its middle, an again_x_event after it: see first_of_twins().
 */
#ifndef KVMTOP_EVENTS_BPF_H
#define KVMTOP_EVENTS_BPF_H

#include "events.h"
#include "hist.bpf.h"
#include "vcpu.bpf.h"

/* --- the maps; made by user space (model/groups.c) and shared by all groups ---------------------------------------- */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct event_key);
	__type(value, __u32);
} event_slots SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct event_rec);
} event_recs SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct event_hist);
} event_hists SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__type(value, __u32);
} free_events SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__type(value, __u32);
} free_hists SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} event_log SEC(".maps") __weak;

/* Programs of a group do nothing before all of it is attached: else they would see halves of events. */
static __always_inline bool group_on(enum event_group group)
{
	struct control *ctl = get_control();

	return ctl && (ctl->groups & GROUP_BIT(group));
}

/* When the group was attached: what began before that began when nobody looked, or when it was attached another time. */
static __always_inline __u64 group_since(enum event_group group)
{
	struct control *ctl = get_control();

	return ctl ? ctl->since_ns[group] : ~0ULL;
}

/* --- threads ------------------------------------------------------------------------------------------------------- */

/*
 * NULL: no memory for it. A thread that the kernel has refused storage once keeps its marks in the hash, or what began
 * there would not be found when it is granted some later.
 */
static __always_inline struct thread_marks *thread_marks_get(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct thread_marks *m = bpf_task_storage_get(&marks, task, NULL, 0);
	static const struct thread_marks none;
	struct control *ctl = get_control();
	__u32 tid;

	if (m)
		return m;
	tid = task->pid ?: 1U << 31 | bpf_get_smp_processor_id(); /* each pCPU has an idle thread of id 0 */
	if (ctl && ctl->no_storage) {
		m = bpf_map_lookup_elem(&thread_marks, &tid);
		if (m)
			return m;
	}
	m = bpf_task_storage_get(&marks, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (m)
		return m;
	if (ctl)
		ctl->no_storage = 1;
	bpf_map_update_elem(&thread_marks, &tid, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&thread_marks, &tid);
}

/*
 * Events of a thread's own way through KVM, by their bits: one is over, with both of its programs, before the next begins.
 * Not those that an interrupt can bring in between: interrupts, timers (32 and up) and dirty pages (by Xen's events).
 */
#define TWINS_IN_ORDER 0xfff8ffffULL

/*
 * For programs that exist twice (enum twin says why): true when this one is to handle the event. bit: 0..63, the same for
 * both and for no other pair. Without marks the first handles all and the second nothing.
 */
static __always_inline bool first_of_twins(__u32 bit, bool again)
{
	struct thread_marks *m;

	if (!knobs.twins)
		return !again;
	m = thread_marks_get();
	if (!m)
		return !again;
	if (!again) {
		/* A bit that another second twin left behind, which was missed, would hide what its first one misses. */
		if (TWINS_IN_ORDER >> bit & 1)
			m->handled &= ~TWINS_IN_ORDER;
		m->handled |= 1ULL << bit;
		return true;
	}
	if (m->handled & 1ULL << bit) {
		m->handled &= ~(1ULL << bit);
		return false;
	}
	count_repair();
	return true;
}

/* Is one still open that began since the group was attached? Where a thread has one at a time: its end was lost. */
static __always_inline void span_end_lost(enum event_group group, __u32 span)
{
	struct thread_marks *m = thread_marks_get();

	if (m && span < THREAD_SPANS && m->start_ns[span] >= group_since(group))
		count_loss(LOSS_EVENT_PAIR);
}

/* An event of this thread begins. span: below THREAD_SPANS, one a pair of programs; arg: to tell that the end is its own. */
static __always_inline void span_begin(__u32 span, __u64 arg)
{
	struct thread_marks *m = thread_marks_get();

	if (!m || span >= THREAD_SPANS)
		return;
	m->arg[span] = arg;
	m->start_ns[span] = bpf_ktime_get_ns();
}

/*
 * How long it took, at least 1 ns; 0 when its begin was not seen. That is a loss only where it should have been: of the first
 * call that a thread ends after the group was attached the begin may be older, as that of KVM_RUN, which a vCPU that
 * halts does not leave for minutes. (When such a begin was lost, its program has missed it, which LOSS_MISSED tells.) What
 * was begun when the group was attached before does not count either: its end came when nobody looked.
 */
static __always_inline __u64 span_end(enum event_group group, __u32 span, __u64 arg)
{
	__u64 now = bpf_ktime_get_ns(), since = group_since(group), start, last;
	struct thread_marks *m = thread_marks_get();

	if (!m || span >= THREAD_SPANS)
		return 0;
	start = m->start_ns[span];
	last = m->ended_ns[span];
	m->start_ns[span] = 0;
	m->ended_ns[span] = now;
	if (start >= since && start <= now && m->arg[span] == arg)
		return now - start ?: 1;
	if (start >= since || last >= since)
		count_loss(LOSS_EVENT_PAIR);
	return 0;
}

/* The VM and vCPU of the thread that runs now; false: it runs none that we know. For tracepoints that do not tell. */
static __always_inline bool key_of_current(struct event_key *key)
{
	struct vcpu_rec *rec = vcpu_current();

	if (!rec)
		return false;
	key->kvm = rec->kvm;
	key->vcpu = rec->vcpu;
	return true;
}

static __always_inline void key_of_vcpu(struct event_key *key, struct kvm_vcpu *vcpu)
{
	key->kvm = (__u64)BPF_CORE_READ(vcpu, kvm);
	key->vcpu = (__u64)vcpu;
}

/* --- records ------------------------------------------------------------------------------------------------------- */

static __always_inline struct event_rec *event_at(__u32 index_plus_one)
{
	__u32 index = index_plus_one - 1;

	return index_plus_one ? bpf_map_lookup_elem(&event_recs, &index) : NULL;
}

/* Index + 1 of a new record for the key, or of the one that another CPU made meanwhile; 0: no room. */
static __always_inline __u32 event_make(const struct event_key *key, bool timed)
{
	struct control *ctl = get_control();
	struct event_rec *rec;
	__u32 index, *known;
	__s64 taken;

	if (!ctl)
		return 0;
	taken = pool_take(&free_events, &ctl->next_event, knobs.max_events);
	if (taken < 0)
		return 0;
	index = taken;
	rec = bpf_map_lookup_elem(&event_recs, &index);
	if (!rec)
		return 0;
	if (bpf_map_update_elem(&event_slots, key, &index, BPF_NOEXIST)) {
		bpf_map_push_elem(&free_events, &index, 0);
		known = bpf_map_lookup_elem(&event_slots, key);
		return known ? *known + 1 : 0;
	}
	if (timed && !rec->hist) {
		taken = pool_take(&free_hists, &ctl->next_hist, knobs.max_hists);
		if (taken < 0)
			count_loss(LOSS_EVENT_HIST);
		else
			rec->hist = taken + 1;
	}
	rec->key.kvm = key->kvm;
	rec->key.vcpu = key->vcpu;
	rec->key.sub = key->sub;
	rec->key.a = key->a;
	rec->key.b = key->b;
	store_in_order(&rec->key.kind, key->kind); /* last: user space takes a record with a kind for a whole one */
	return index + 1;
}

/*
 * Index + 1 of the record of a key, with a new one if it has none. When the VM has as many of the kind as it may, it is the
 * one that stands for all others. 0: none, counted. timed: it will have durations.
 */
static __noinline __u32 event_slot(const struct event_key *key, bool timed)
{
	struct event_key others = {.sub = EVENT_OTHERS, .a = ~0ULL, .b = ~0ULL};
	__u32 *known, made, kind;
	struct event_rec *head;

	if (!key)
		return 0;
	known = bpf_map_lookup_elem(&event_slots, key);
	if (known)
		return *known + 1;
	others.kvm = key->kvm;
	others.kind = kind = key->kind;
	known = bpf_map_lookup_elem(&event_slots, &others);
	made = known ? *known + 1 : event_make(&others, timed);
	head = event_at(made);
	if (!head) {
		count_loss(LOSS_EVENT_SLOTS);
		return 0;
	}
	if (head->value[0] >= event_quota(kind))
		return made;
	made = event_make(key, timed);
	if (made)
		__sync_fetch_and_add(&head->value[0], 1);
	else
		count_loss(LOSS_EVENT_SLOTS);
	return made;
}

/*
 * Has a record values of its kind's own? That of the others has none: its value[0] is how many keys have a record, by which
 * a VM is kept from taking more. False for NULL.
 */
static __always_inline bool own_values(const struct event_rec *rec)
{
	return rec && rec->key.sub != EVENT_OTHERS;
}

/* The key's own record, of which nothing is counted by this; NULL: it has none. */
static __always_inline struct event_rec *record_of(const struct event_key *key, bool timed)
{
	struct event_rec *rec = event_at(event_slot(key, timed));

	return own_values(rec) ? rec : NULL;
}

static __always_inline void atomic_max(__u64 *p, __u64 v)
{
#pragma unroll
	for (int i = 0; i < 4; i++) {
		__u64 old = *(volatile __u64 *)p;

		if (v <= old || __sync_val_compare_and_swap(p, old, v) == old)
			return;
	}
}

/* 0 stands for none yet. */
static __always_inline void atomic_min(__u64 *p, __u64 v)
{
#pragma unroll
	for (int i = 0; i < 4; i++) {
		__u64 old = *(volatile __u64 *)p;

		if ((old && v >= old) || __sync_val_compare_and_swap(p, old, v) == old)
			return;
	}
}

/* Adds the duration of one that has ended; ns 0: not known, nothing is added. */
static __always_inline void event_time(struct event_rec *rec, __u64 ns)
{
	struct control *ctl = get_control();
	__u32 index, bucket = duration_bucket(ns);
	struct exit_extremes *x;
	struct event_hist *hist;
	__u64 epoch;

	if (!ns || !ctl)
		return;
	__sync_fetch_and_add(&rec->done, 1);
	__sync_fetch_and_add(&rec->total_ns, ns);
	atomic_min(&rec->min_ns, ns);
	atomic_max(&rec->max_ns, ns);
	if (rec->hist) {
		index = rec->hist - 1;
		hist = bpf_map_lookup_elem(&event_hists, &index);
		if (hist && bucket < HIST_BUCKETS)
			__sync_fetch_and_add(&hist->n[bucket], 1);
	}
	epoch = ctl->epoch;
	x = &rec->extremes[epoch & 1];
	/* Two threads that both find a new epoch here: one of their durations may be missing from the extremes. */
	if (x->epoch != epoch) {
		x->min_ns = ns;
		x->max_ns = ns;
		x->epoch = epoch;
	} else {
		atomic_max(&x->max_ns, ns);
		atomic_min(&x->min_ns, ns);
	}
}

/*
 * Counts one event; took_ns 0: not timed (yet). failed: it counts among the errors. Returns the record that it was counted
 * in, whose values may be set where own_values() says so; NULL: no room, counted.
 */
static __always_inline struct event_rec *event_count(const struct event_key *key, bool timed, __u64 took_ns,
						     bool failed)
{
	__u32 index = event_slot(key, timed);
	struct event_rec *rec = event_at(index);
	struct vcpu_rec *vcpu;

	if (!rec)
		return NULL;
	__sync_fetch_and_add(&rec->count, 1);
	if (failed)
		__sync_fetch_and_add(&rec->errors, 1);
	if (timed)
		event_time(rec, took_ns);
	rec->last_ns = bpf_ktime_get_ns();
	rec->last_tid = (__u32)bpf_get_current_pid_tgid();
	bpf_get_current_comm(rec->comm, sizeof(rec->comm));
	vcpu = vcpu_current();
	if (vcpu && vcpu->exit_open && vcpu->kvm == key->kvm) {
		__u32 exit = vcpu->exit_rec;
		struct exit_rec *e = bpf_map_lookup_elem(&exits, &exit);

		if (e)
			rec->exit_key = e->key;
		/* It gets its time when the exit ends: bpf/cause.bpf.h. What came first led to the others, if there are any. */
		if (kind_is_cause(key->kind) && !vcpu->cause)
			vcpu->cause = index;
	}
	return rec;
}

/* --- log ----------------------------------------------------------------------------------------------------------- */

/* Is the log open for this event? To be asked before its values are gathered. */
static __always_inline bool log_wanted(const struct event_key *key)
{
	struct control *ctl = get_control();

	if (!ctl || !(ctl->log_groups & GROUP_BIT(EVENT_KIND_GROUP(key->kind))))
		return false;
	return (!ctl->log_kvm || ctl->log_kvm == key->kvm) && (!ctl->log_vcpu || ctl->log_vcpu == key->vcpu);
}

/* values: EVENT_VALUES numbers as model/events.c names them, or NULL. */
static __always_inline void log_event(const struct event_key *key, const __u64 *values, __u64 took_ns, bool failed)
{
	struct log_rec *rec;

	if (!log_wanted(key))
		return;
	rec = bpf_ringbuf_reserve(&event_log, sizeof(*rec), 0);
	if (!rec) {
		count_loss(LOSS_LOG);
		return;
	}
	__builtin_memset(rec, 0, sizeof(*rec));
	rec->ns = bpf_ktime_get_ns();
	__builtin_memcpy(&rec->key, key, sizeof(*key));
	if (values)
		__builtin_memcpy(rec->value, values, sizeof(rec->value));
	rec->took_ns = took_ns;
	rec->failed = failed;
	rec->tid = (__u32)bpf_get_current_pid_tgid();
	bpf_get_current_comm(rec->comm, sizeof(rec->comm));
	bpf_ringbuf_submit(rec, BPF_RB_NO_WAKEUP);
}

#endif /* KVMTOP_EVENTS_BPF_H */
