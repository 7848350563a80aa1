// SPDX-License-Identifier: GPL-2.0-only
/* The core of the vCPU's life: into the guest, out of it, out to the VMM and back into KVM_RUN. */
#include "exits.bpf.h"

char LICENSE[] SEC("license") = "GPL";

static __always_inline void note_entries(void)
{
	struct control *ctl = get_control();

	if (ctl)
		ctl->entries_seen = 1;
}

/*
 * Any entry. Few of a busy vCPU's come here: those on another pCPU than its last exit, after a halt or a return to the VMM,
 * or after its thread had to wait.
 */
static __noinline int any_entry(unsigned long long *ctx)
{
	struct kvm_vcpu *vcpu = event_vcpu(ctx);
	struct vcpu_rec *rec;
	__u64 now;
	__u32 cpu;

	if (!vcpu)
		return 0;
	cpu = event_cpu(vcpu);
	rec = vcpu_get_fast(vcpu, cpu, false);
	if (!rec || !vcpu_begin(rec))
		return 0;
	if (rec->cpu != cpu) {
		if (rec->entered)
			rec->migrations++;
		rec->cpu = cpu;
	}
	now = bpf_ktime_get_ns();
	if (rec->state == VCPU_GUEST && rec->entered)
		count_loss(LOSS_UNPAIRED); /* an exit that KVM did not trace */
	change_state(rec, VCPU_GUEST, now);
	rec->off = OFF_NOT;
	if (!knobs.has_run && rec->user_open)
		close_user(rec, now); /* nothing says when KVM_RUN begins */
	if (rec->exit_open)
		close_exit(rec, now);
	else
		rec->entries_unexited++;
	if (!rec->entered) {
		rec->entered = 1;
		note_entries();
	}
	rec->turn = TURN_GUEST(cpu);
	vcpu_end(rec);
	return 0;
}

SEC("?tp_btf/kvm_entry")
int on_entry(unsigned long long *ctx)
{
	struct kvm_vcpu *vcpu = event_vcpu(ctx);
	struct vcpu_rec *rec;
	struct exit_rec *e;
	__u64 now, ns;
	__u32 cpu;

	if (!vcpu)
		return 0;
	cpu = event_cpu(vcpu);
	rec = vcpu_in_turn(vcpu, cpu, TURN_KVM(cpu));
	if (!rec)
		return any_entry(ctx);
	store_in_order(&rec->turn, TURN_BUSY);
	now = bpf_ktime_get_ns();
	ns = now - rec->acct_ns;
	e = bpf_map_lookup_elem(&exits, &rec->exit_rec);
	if (!e || (__s64)ns < 0) {
		rec->turn = TURN_KVM(cpu);
		return any_entry(ctx);
	}
	rec->acct_ns = now;
	rec->exit_last_ns = ns;
	rec->time_ns[VCPU_KVM] += ns;
	rec->state_open = STATE_OPEN(VCPU_GUEST, 0);
	exit_finish_fast(e, rec->epoch, ns);
	store_in_order(&rec->turn, TURN_GUEST(cpu));
	return 0;
}

static __noinline int any_exit(unsigned long long *ctx)
{
	struct kvm_vcpu *vcpu = event_vcpu(ctx);
	__u32 isa = exit_isa(ctx), code, cpu;
	struct vcpu_rec *rec;
	__u64 now;

	if (!vcpu)
		return 0;
	cpu = event_cpu(vcpu);
	rec = vcpu_get_fast(vcpu, cpu, false);
	if (!rec || !vcpu_begin(rec))
		return 0;

	now = bpf_ktime_get_ns();
	change_state(rec, VCPU_KVM, now);
	if (rec->exit_open) {
		count_loss(LOSS_UNPAIRED); /* an entry that KVM did not trace; its end is not known and not made up */
		exit_abandon(rec->exit_rec);
		rec->exits_unentered++;
		end_split(rec, NULL);
	}
	rec->exit_start_ns = now;
	if (!read_exit_code(ctx, vcpu, isa, &rec->vmcb, &code))
		count_loss(LOSS_EXIT_CODE);
	rec->isa = isa;
	rec->exit_rec = exit_rec_of(rec, EXIT_KEY(EXIT_GUEST, code));
	if (rec->exit_rec == NO_EXIT_REC)
		rec->exits_unkept++;
	rec->exit_open = 1;
	rec->cause = 0; /* the programs that had set it may be gone */
	if (rec->acct_ns == now && rec->off == OFF_NOT && rec->cpu == cpu && rec->entered)
		rec->turn = TURN_KVM(cpu);
	vcpu_end(rec);
	return 0;
}

SEC("?tp_btf/kvm_exit")
int on_exit(unsigned long long *ctx)
{
	struct kvm_vcpu *vcpu = event_vcpu(ctx);
	struct vcpu_rec *rec;
	struct reason_cell *cell;
	__u32 cpu, code;
	__u64 now;

	if (!vcpu)
		return 0;
	cpu = event_cpu(vcpu);
	rec = vcpu_in_turn(vcpu, cpu, TURN_GUEST(cpu));
	if (!rec)
		return any_exit(ctx);
	if (!read_exit_code_at(vcpu, &rec->vmcb, &code) && !read_exit_code(ctx, vcpu, exit_isa(ctx), &rec->vmcb, &code))
		return any_exit(ctx);
	cell = exit_cell(rec, code);
	if (cell->key != EXIT_KEY(EXIT_GUEST, code))
		return any_exit(ctx);
	store_in_order(&rec->turn, TURN_BUSY);
	now = bpf_ktime_get_ns();
	rec->exit_rec_cause = cell->rec; /* and no cause yet */
	rec->state_open = STATE_OPEN(VCPU_KVM, 1);
	rec->acct_ns = now;
	if (knobs.twins && rec->nested_wait_ns) {
		rec->exit_start_ns = now;
		rec->state_ns = now;
		settle_nested(rec);
		store_in_order(&rec->turn, TURN_NONE);
		return 0;
	}
	store_in_order(&rec->turn, TURN_KVM(cpu));
	return 0;
}

/* virt/kvm/kvm_main.c, kvm_vcpu_ioctl(): on every return of KVM_RUN. With errno < 0 the reason is a stale one. */
static __always_inline void run_returns(__u32 reason, int err, bool again)
{
	struct vcpu_rec *rec = vcpu_running();
	__u64 now;

	if (!rec || handled(rec, TWIN_RETURN, again) || !vcpu_begin(rec))
		return;

	/*
	 * The clock is read last here and first in run_begins(): what these programs cost is time in the kernel, and none of
	 * the VMM's.
	 */
	rec->user_exits++;
	if (rec->user_open)
		exit_abandon(rec->user_rec); /* nothing said when KVM_RUN began */
	rec->user_rec = exit_rec_of(rec, EXIT_KEY(EXIT_USER, err < 0 ? (__u32)err : reason));
	if (rec->state == VCPU_GUEST && rec->entered)
		count_loss(LOSS_UNPAIRED); /* an entry that failed, and KVM traced no exit */
	rec->off = OFF_NOT;
	now = bpf_ktime_get_ns();
	change_state(rec, VCPU_USER, now);
	rec->user_start_ns = now;
	rec->user_open = 1;
	vcpu_end(rec);
}

SEC("?tp_btf/kvm_userspace_exit")
int BPF_PROG(on_userspace_exit, __u32 reason, int err)
{
	run_returns(reason, err, false);
	return 0;
}

SEC("?tp_btf/kvm_userspace_exit")
int BPF_PROG(again_userspace_exit, __u32 reason, int err)
{
	run_returns(reason, err, true);
	return 0;
}

/* KVM_RUN begins: the VMM's time ends. */
static __always_inline void run_begins(struct kvm_vcpu *vcpu, bool again)
{
	__u64 now = again ? 0 : bpf_ktime_get_ns(); /* the second twin hardly ever needs it */
	struct control *ctl = get_control();
	struct vcpu_rec *rec;

	if (!vcpu || !ctl)
		return;
	rec = vcpu_get_fast(vcpu, bpf_get_smp_processor_id(), true);
	if (!rec || handled(rec, TWIN_RUN, again) || !vcpu_begin(rec))
		return;
	/* kvm_fpu(load) fires inside KVM_RUN too, when a vCPU is reset: only the VMM's time ends here. */
	if (rec->state == VCPU_USER || rec->state == VCPU_UNKNOWN) {
		/* The second twin's, and that of a thread which lost its pCPU since the clock was read (or is new here). */
		if (now < rec->acct_ns)
			now = bpf_ktime_get_ns();
		change_state(rec, ctl->entries_seen ? VCPU_KVM : VCPU_UNKNOWN, now);
		if (!ctl->entries_seen)
			rec->cpu = bpf_get_smp_processor_id();
		if (rec->user_open)
			close_user(rec, now);
	}
	vcpu_end(rec);
}

SEC("?fentry/kvm_arch_vcpu_ioctl_run")
int BPF_PROG(on_run, struct kvm_vcpu *vcpu)
{
	run_begins(vcpu, false);
	return 0;
}

SEC("?fentry/kvm_arch_vcpu_ioctl_run")
int BPF_PROG(again_run, struct kvm_vcpu *vcpu)
{
	run_begins(vcpu, true);
	return 0;
}

/* The kprobes here and in the other files stand in for fentry where the kernel has none: twice the price, same meaning. */
SEC("?kprobe/kvm_arch_vcpu_ioctl_run")
int BPF_KPROBE(kprobe_run, struct kvm_vcpu *vcpu)
{
	run_begins(vcpu, false);
	return 0;
}

/*
 * arch/x86/kvm/x86.c, kvm_load_guest_fpu(): early in KVM_RUN, for vCPU threads only. Takes the place of on_run where
 * fentry and kprobes are refused. It also fires in KVM_GET_MP_STATE and the like, where the VMM's time is then cut in two.
 */
SEC("?tp_btf/kvm_fpu")
int BPF_PROG(on_fpu, int load)
{
	if (load)
		run_begins(loaded_vcpu(bpf_get_current_task_btf()), false);
	return 0;
}

SEC("?tp_btf/kvm_fpu")
int BPF_PROG(again_fpu, int load)
{
	if (load)
		run_begins(loaded_vcpu(bpf_get_current_task_btf()), true);
	return 0;
}

/* KVM frees the vCPU, from whichever thread drops the VM's last reference: nothing runs it any more. */
static __always_inline int vcpu_ends(struct kvm_vcpu *vcpu)
{
	__u64 key = (__u64)vcpu, now = bpf_ktime_get_ns();
	__u32 *known = bpf_map_lookup_elem(&vcpu_slots, &key);
	struct vcpu_rec *rec;
	__u32 slot;

	if (!known)
		return 0;
	slot = *known;
	rec = bpf_map_lookup_elem(&vcpus, &slot);
	bpf_map_delete_elem(&vcpu_slots, &key);
	if (rec && rec->vcpu == key) {
		leave_turn(rec);
		charge(rec, rec->state, elapsed(rec, now));
		rec->alive = 0;
		rec->ended_ns = now;
	}
	return 0;
}

SEC("?fentry/kvm_arch_vcpu_destroy")
int BPF_PROG(on_destroy, struct kvm_vcpu *vcpu)
{
	return vcpu_ends(vcpu);
}

SEC("?kprobe/kvm_arch_vcpu_destroy")
int BPF_KPROBE(kprobe_destroy, struct kvm_vcpu *vcpu)
{
	return vcpu_ends(vcpu);
}
