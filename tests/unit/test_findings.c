/* SPDX-License-Identifier: GPL-2.0-only */
/* Each rule of the findings where it fires and where it just does not; none on a healthy host; and the way to the proofs. */
#include <errno.h>
#include <linux/kvm.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "build.h"

#include "../../model/findings.h"
#include "../../model/paused.h"
#include "../../ui/render.h"
#include "ui_check.h"

/* An interval of one second, of one VM with one vCPU that runs in the guest all the time. */
struct second {
	struct sample a, b;
	struct snapshot snap;
	struct findings found;
	struct finding_limits limits;
	char text[VALUE_TEXT_SIZE];
};

static void begin(struct second *s)
{
	memset(s, 0, sizeof(*s));
	finding_limits_init(&s->limits);
	build_second(&s->a, &s->b);
}

static void spent(struct second *s, enum vcpu_state state, u64 ns)
{
	build_spent(&s->b, state, ns);
}

static struct exit_sample *exits(struct second *s, u64 key, u64 n, u64 ns)
{
	return build_exit(&s->b, key, n, ns);
}

static struct event_sample *events(struct second *s, vcpu_uid vcpu, u32 kind, u32 sub, u64 a, u64 n, u64 ns)
{
	struct event_sample *e = sample_add_event(&s->b);
	s64 off;

	assert_non_null(e);
	e->vm = 1;
	e->vcpu = vcpu;
	e->kind = kind;
	e->sub = sub;
	e->a = a;
	e->x.count = n;
	if (!ns)
		return e;
	e->x.done = n;
	e->x.total_ns = n * ns;
	e->x.min_ns = e->x.max_ns = e->x.interval_min_ns = e->x.interval_max_ns = ns;
	off = sample_add_hist(&s->b, 1);
	assert_true(off >= 0);
	e->x.hist = (struct hist_span){.off = off, .first = hist_bucket(ns), .len = 1};
	s->b.hist[off] = n;
	return e;
}

/* The finding of that rule; nothing else may be found. */
static const struct finding *end(struct second *s, enum finding_id id)
{
	assert_int_equal(snapshot_build(&s->snap, &s->a, &s->b, false), 0);
	assert_int_equal(findings_build(&s->found, &s->snap, &s->limits), 0);
	if (!s->found.count)
		return NULL;
	assert_int_equal(s->found.count, 1);
	assert_int_equal(s->found.list[0].id, id);
	finding_text(&s->snap, &s->found.list[0], s->text, sizeof(s->text));
	return &s->found.list[0];
}

static void done(struct second *s)
{
	findings_free(&s->found);
	snapshot_free(&s->snap);
	sample_free(&s->a);
	sample_free(&s->b);
}

static void losses(void **state)
{
	struct second s;
	const struct finding *f;

	(void)state;
	begin(&s);
	assert_null(end(&s, FINDING_LOSS));
	/* costs more, loses nothing */
	s.b.lost[LOSS_STORAGE] = 5;
	assert_null(end(&s, FINDING_LOSS));
	s.b.lost[LOSS_CLOCK] = 3;
	f = end(&s, FINDING_LOSS);
	assert_non_null(f);
	assert_true(f->crit);
	assert_int_equal(f->loss, LOSS_CLOCK);
	assert_non_null(strstr(s.text, loss_name(LOSS_CLOCK)));
	assert_false(finding_place(f).known);
	done(&s);
}

static void stuck(void **state)
{
	static const struct {
		u8 state;
		u64 ns;
		bool found;
	} cases[] = {{VCPU_USER, NSEC_PER_SEC, true},        {VCPU_KVM, NSEC_PER_SEC, true},
		     {VCPU_USER, NSEC_PER_SEC - 1, false},   {VCPU_KVM, NSEC_PER_SEC - 1, false},
		     {VCPU_HALT, 900 * NSEC_PER_SEC, false}, {VCPU_GUEST, 900 * NSEC_PER_SEC, false}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct second s;
		const struct finding *f;

		begin(&s);
		s.b.vcpus[0].state = cases[i].state;
		s.b.vcpus[0].state_ns = cases[i].ns;
		f = end(&s, FINDING_STUCK);
		assert_int_equal(f != NULL, cases[i].found);
		if (f) {
			assert_true(f->crit);
			assert_int_equal(finding_place(f).view, VIEW_VCPU);
			assert_string_equal(finding_place(f).sort, "for");
			assert_int_equal(finding_place(f).row.vcpu, 11);
			assert_non_null(strstr(s.text, cases[i].state == VCPU_USER ? "VMM" : "kernel"));
		}
		done(&s);
	}
}

/* A vCPU of VM 1 that left KVM_RUN so long ago, with that exit; 0: nobody knows with which. */
static void out_since(struct second *s, u64 ns, u64 key)
{
	struct vcpu_sample *v = &s->b.vcpus[s->b.vcpu_count - 1];

	v->state = VCPU_USER;
	v->state_ns = ns;
	if (key)
		exits(s, key, 0, 0)->inflight_ns = ns;
}

static void more_vcpus(struct second *s, vcpu_uid uid, s32 id)
{
	build_vcpu(&s->a, uid, id);
	build_vcpu(&s->b, uid, id);
}

static void paused(void **state)
{
	const u64 signal = EXIT_KEY(EXIT_USER, -EINTR), io = EXIT_KEY(EXIT_USER, KVM_EXIT_IO);
	static const u64 ns = 12 * NSEC_PER_SEC;
	struct second s;
	const struct finding *f;

	(void)state;
	/* a signal got both out: somebody paused the VM; since the later one left */
	begin(&s);
	out_since(&s, ns + NSEC_PER_SEC, signal);
	more_vcpus(&s, 12, 1);
	out_since(&s, ns, EXIT_KEY(EXIT_USER, KVM_EXIT_INTR));
	f = end(&s, FINDING_PAUSED);
	assert_non_null(f);
	assert_false(f->crit);
	assert_string_equal(s.text, "paused, or its VMM hangs: all 2 vCPUs out of KVM_RUN for 12.0s");
	assert_int_equal(finding_place(f).view, VIEW_VCPU);
	assert_string_equal(finding_place(f).sort, "for");
	assert_true(s.snap.vms[0].paused_ns == ns && s.snap.vms[0].stuck_ns == ns + NSEC_PER_SEC);
	assert_true(s.snap.vcpus[0].paused && s.snap.vcpus[1].paused);
	/* one that waits for the VMM is stuck, the other is not */
	s.b.exits[s.b.exit_count - 1].key = io;
	f = end(&s, FINDING_STUCK);
	assert_non_null(f);
	assert_true(f->crit);
	assert_true(!s.snap.vms[0].paused_ns && !s.snap.vcpus[1].paused);
	/* unless the whole process is stopped, or held */
	s.b.vms[0].process_state = 'T';
	f = end(&s, FINDING_PAUSED);
	assert_non_null(f);
	assert_string_equal(s.text, "VMM stopped by a signal: all 2 vCPUs out of KVM_RUN for 12.0s");
	s.b.vms[0].process_state = 't';
	assert_non_null(end(&s, FINDING_PAUSED));
	assert_non_null(strstr(s.text, "VMM held by a debugger: "));
	/* one of them runs */
	s.b.vcpus[0].state = VCPU_GUEST;
	assert_non_null(end(&s, FINDING_STUCK));
	done(&s);

	/* a vCPU that never ran says nothing, and one that has no exit yet says not why it is out */
	begin(&s);
	out_since(&s, ns, signal);
	more_vcpus(&s, 12, 1);
	s.b.vcpus[1].tid = 0;
	s.b.vcpus[1].state = VCPU_UNKNOWN;
	assert_non_null(end(&s, FINDING_PAUSED));
	assert_non_null(strstr(s.text, ": its vCPU out of"));
	s.b.exits[0].inflight_ns = 0;
	assert_non_null(end(&s, FINDING_STUCK));
	s.b.vcpus[1].tid = 7;
	s.b.vcpus[1].state = VCPU_USER;
	s.b.vcpus[1].state_ns = ns;
	assert_non_null(end(&s, FINDING_PAUSED));
	/* not for a moment, not against the user's will */
	s.b.vcpus[1].state_ns = NSEC_PER_SEC - 1;
	assert_non_null(end(&s, FINDING_STUCK));
	s.b.vcpus[1].state_ns = ns;
	s.limits.value[LIMIT_STUCK] = 0;
	assert_null(end(&s, FINDING_PAUSED));
	done(&s);
}

/* The kernel's word on a process of ours, in each of the states that count. */
static void processes(void **state)
{
	struct second s;
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_NAME, "a) T (b");
		raise(SIGSTOP);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(process_state((u32)pid), 'T');
	begin(&s);
	s.b.vms[0].pid = (u32)pid;
	assert_int_equal(vm_process_state(&s.b, &s.b.vms[0]), 0);
	out_since(&s, 2 * NSEC_PER_SEC, 0);
	assert_int_equal(vm_process_state(&s.b, &s.b.vms[0]), 'T');
	s.b.vms[0].ended = true;
	assert_int_equal(vm_process_state(&s.b, &s.b.vms[0]), 0);
	done(&s);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(process_state((u32)pid), 0);
	assert_int_equal(process_state((u32)getpid()), 'R');
}

static void steal(void **state)
{
	struct second s;
	const struct finding *f;

	(void)state;
	begin(&s);
	spent(&s, VCPU_WAIT, 100 * NSEC_PER_MSEC - 1000);
	assert_null(end(&s, FINDING_STEAL));
	done(&s);

	begin(&s);
	spent(&s, VCPU_WAIT, 100 * NSEC_PER_MSEC);
	s.b.vcpus[0].preemptors[0] = (struct preemptor){.tid = 77, .comm = "hog", .count = 4, .ns = 90 * NSEC_PER_MSEC};
	f = end(&s, FINDING_STEAL);
	assert_non_null(f);
	assert_false(f->crit);
	assert_non_null(strstr(s.text, "hog/77"));
	assert_string_equal(finding_place(f).sort, "wait");
	done(&s);

	/* nobody can be named: the sentence does without */
	begin(&s);
	spent(&s, VCPU_WAIT, 300 * NSEC_PER_MSEC);
	f = end(&s, FINDING_STEAL);
	assert_non_null(f);
	assert_true(f->crit);
	assert_null(strstr(s.text, "behind"));
	done(&s);

	/* a limit of 0 turns it off */
	begin(&s);
	s.limits.value[LIMIT_STEAL] = 0;
	spent(&s, VCPU_WAIT, 900 * NSEC_PER_MSEC);
	assert_null(end(&s, FINDING_STEAL));
	done(&s);
}

static void storm(void **state)
{
	const u64 msr = EXIT_KEY(EXIT_GUEST, 32), hlt = EXIT_KEY(EXIT_GUEST, 12);
	struct second s;
	const struct finding *f;
	struct finding_place to;

	(void)state;
	begin(&s);
	exits(&s, msr, 19999, 20000);
	spent(&s, VCPU_KVM, 400 * NSEC_PER_MSEC);
	assert_null(end(&s, FINDING_STORM));
	done(&s);

	/* many, and cheap */
	begin(&s);
	exits(&s, msr, 20000, 9900);
	spent(&s, VCPU_KVM, 198 * NSEC_PER_MSEC);
	assert_null(end(&s, FINDING_STORM));
	done(&s);

	begin(&s);
	exits(&s, hlt, 25000, 20000);
	spent(&s, VCPU_HALT, 500 * NSEC_PER_MSEC);
	assert_null(end(&s, FINDING_STORM));
	done(&s);

	begin(&s);
	exits(&s, msr, 20000, 10000);
	spent(&s, VCPU_KVM, 200 * NSEC_PER_MSEC);
	f = end(&s, FINDING_STORM);
	assert_non_null(f);
	assert_non_null(strstr(s.text, "20.0k"));
	to = finding_place(f);
	assert_int_equal(to.view, VIEW_DETAIL);
	assert_int_equal(to.scope.vcpu, 11);
	assert_int_equal(to.key, msr);
	done(&s);

	/* with its cause, the one that happened most in exits of that reason */
	begin(&s);
	exits(&s, msr, 20000, 10000);
	spent(&s, VCPU_KVM, 200 * NSEC_PER_MSEC);
	events(&s, 11, EVENT_MSR, 1, 0x10, 500, 0)->x.key = msr;
	events(&s, 11, EVENT_MSR, 1, 0x6e0, 19500, 0)->x.key = msr;
	events(&s, 11, EVENT_MSR, 1, 0x6e1, 90000, 0)->x.key = hlt;
	f = end(&s, FINDING_STORM);
	assert_non_null(f);
	assert_non_null(f->event);
	assert_int_equal(f->event->a, 0x6e0);
	assert_non_null(strstr(s.text, "most for"));
	done(&s);
}

static void slow_vmm(void **state)
{
	const u64 io = EXIT_KEY(EXIT_USER, KVM_EXIT_IO), intr = EXIT_KEY(EXIT_USER, KVM_EXIT_INTR);
	static const struct {
		u64 n, ns;
		bool intr, waits, found, crit;
	} cases[] = {
		{20, 20000000, false, false, true, true},  {20, 19999999, false, false, true, false},
		{20, 5000000, false, false, true, false},  {19, 5000000, false, false, false, false},
		{20, 4999999, false, false, false, false}, {20, 5000000, true, false, false, false},
		{20, 5000000, false, true, false, false},
	};
	struct second s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct exit_sample *e;
		const struct finding *f;

		begin(&s);
		e = exits(&s, cases[i].intr ? intr : io, cases[i].n, cases[i].ns);
		e->part_ns[PART_KERNEL] = 0;
		e->part_ns[cases[i].waits ? PART_WAIT : PART_USER] = cases[i].n * cases[i].ns;
		spent(&s, VCPU_USER, cases[i].n * cases[i].ns);
		f = end(&s, FINDING_SLOW_VMM);
		assert_int_equal(f != NULL, cases[i].found);
		if (f) {
			assert_int_equal(f->crit, cases[i].crit);
			assert_true(finding_place(f).user);
			assert_int_equal(finding_place(f).view, VIEW_DETAIL);
			assert_null(strstr(s.text, "others"));
		}
		done(&s);
	}
	/* beside others: slow, or all are as slow */
	for (int fast = 0; fast < 2; fast++) {
		struct exit_sample *e;
		u64 other = fast ? 10000 : 2000000;

		begin(&s);
		e = exits(&s, io, 30, 5300000);
		e->part_ns[PART_KERNEL] = 0;
		e->part_ns[PART_USER] = 30 * 5300000;
		e = exits(&s, EXIT_KEY(EXIT_USER, KVM_EXIT_MMIO), 100, other);
		e->part_ns[PART_KERNEL] = 0;
		e->part_ns[PART_USER] = 100 * other;
		spent(&s, VCPU_USER, 30 * 5300000 + 100 * other);
		assert_int_equal(end(&s, FINDING_SLOW_VMM) != NULL, fast);
		if (fast)
			assert_non_null(strstr(s.text, "others take it"));
		done(&s);
	}
}

/* Of 200, or of one less, most took 10 us and a few 6 ms: where the vCPU waits for a pCPU as well, that explains them. */
static void tails_by_waits(void **state)
{
	static const struct {
		u64 n, wait_ms, slow;
		bool found;
	} cases[] = {{200, 19, 5, true},
		     {200, 20, 5, false},
		     {199, 19, 5, false},
		     {200, 20, 120, true},
		     {199, 19, 120, true}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (int irq = 0; irq < 2; irq++) {
			const u32 low = hist_bucket(10000), high = hist_bucket(6000000), len = high - low + 1;
			u64 slow = cases[i].slow, fast = cases[i].n - slow;
			struct exit_sample *e;
			struct second s;
			s64 off;

			begin(&s);
			if (irq)
				e = &events(&s, 11, EVENT_VECTOR, 0xec, 0, cases[i].n, 6000000)->x;
			else
				e = exits(&s, EXIT_KEY(EXIT_USER, KVM_EXIT_IO), cases[i].n, 6000000);
			off = sample_add_hist(&s.b, len);
			assert_true(off >= 0);
			memset(s.b.hist + off, 0, len * sizeof(*s.b.hist));
			s.b.hist[off] = fast;
			s.b.hist[off + len - 1] = slow;
			e->hist = (struct hist_span){.off = off, .first = low, .len = len};
			e->min_ns = e->interval_min_ns = 10000;
			e->total_ns = fast * 10000 + slow * 6000000;
			e->part_ns[PART_KERNEL] = 0;
			e->part_ns[PART_USER] = e->total_ns;
			spent(&s, VCPU_WAIT, cases[i].wait_ms * NSEC_PER_MSEC);
			assert_int_equal(end(&s, irq ? FINDING_IRQ : FINDING_SLOW_VMM) != NULL, cases[i].found);
			done(&s);
		}
}

static void halt_poll(void **state)
{
	struct second s;

	(void)state;
	begin(&s);
	spent(&s, VCPU_POLL, 150 * NSEC_PER_MSEC - 1000);
	assert_null(end(&s, FINDING_POLL));
	done(&s);

	begin(&s);
	spent(&s, VCPU_POLL, 151 * NSEC_PER_MSEC);
	assert_non_null(end(&s, FINDING_POLL));
	assert_null(strstr(s.text, "nothing"));
	done(&s);

	/* half of it is won: twice as much may be polled */
	for (u64 ms = 299; ms <= 301; ms += 2) {
		begin(&s);
		spent(&s, VCPU_POLL, ms * NSEC_PER_MSEC);
		s.b.vcpus[0].halt_poll_success_ns = s.b.vcpus[0].halt_poll_fail_ns = ms * NSEC_PER_MSEC / 2;
		assert_int_equal(end(&s, FINDING_POLL) != NULL, ms > 300);
		done(&s);
	}
	assert_non_null(strstr(s.text, "for nothing"));

	/* what was won before the interval does not excuse what is wasted in it */
	begin(&s);
	spent(&s, VCPU_POLL, 200 * NSEC_PER_MSEC);
	s.a.vcpus[0].halt_poll_success_ns = s.b.vcpus[0].halt_poll_success_ns = 3600 * NSEC_PER_SEC;
	s.b.vcpus[0].halt_poll_fail_ns = 200 * NSEC_PER_MSEC;
	assert_non_null(end(&s, FINDING_POLL));
	assert_non_null(strstr(s.text, "100 % of it for nothing"));
	done(&s);
}

static void irq_late(void **state)
{
	struct second s;
	const struct finding *f;

	(void)state;
	begin(&s);
	events(&s, 11, EVENT_VECTOR, 0xec, 0, 100, 900000);
	assert_null(end(&s, FINDING_IRQ));
	done(&s);

	/* too few to say anything of one in a hundred */
	begin(&s);
	events(&s, 11, EVENT_VECTOR, 0xec, 0, 19, 1200000);
	assert_null(end(&s, FINDING_IRQ));
	done(&s);

	begin(&s);
	events(&s, 11, EVENT_VECTOR, 0xec, 0, 20, 1200000);
	f = end(&s, FINDING_IRQ);
	assert_non_null(f);
	assert_int_equal(f->event->sub, 0xec);
	done(&s);
}

static void same_page(void **state)
{
	struct second s;

	(void)state;
	begin(&s);
	events(&s, 11, EVENT_STUCK, 0, 0x1234, 63, 0);
	assert_null(end(&s, FINDING_SAME_PAGE));
	done(&s);
	begin(&s);
	events(&s, 11, EVENT_STUCK, 0, 0x1234, 64, 0);
	assert_non_null(end(&s, FINDING_SAME_PAGE));
	assert_true(s.found.list[0].crit);
	done(&s);
}

static void small_pages(void **state)
{
	static const struct {
		u64 small, large;
		bool found;
	} cases[] = {{2000, 0, true}, {1999, 0, false}, {2700, 300, true}, {2700, 301, false}};
	struct second s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(&s);
		events(&s, 11, EVENT_FAULT, 1, 0, 90000, 0);
		events(&s, 11, EVENT_FAULT, 1, 1, cases[i].small, 0);
		events(&s, 11, EVENT_FAULT, 1, 2, cases[i].large, 0);
		assert_int_equal(end(&s, FINDING_SMALL_PAGES) != NULL, cases[i].found);
		done(&s);
	}
}

/* 1000 MB/s are 244141 pages; those that were dirty already are not sent once more. */
static void migration(void **state)
{
	static const struct {
		u64 pages, repeated;
		bool found;
	} cases[] = {{244141, 0, true}, {244140, 0, false}, {300000, 60000, false}, {304141, 60000, true}};
	struct second s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(&s);
		events(&s, 0, EVENT_DIRTY_SLOT, 3, 0, cases[i].pages, 0)->errors = cases[i].repeated;
		assert_int_equal(end(&s, FINDING_MIGRATION) != NULL, cases[i].found);
		done(&s);
	}
}

/* Of several vCPUs the worst is told, and how many more there are. */
static void worst_of_a_vm(void **state)
{
	struct second s;
	const struct finding *f;

	(void)state;
	begin(&s);
	build_vcpu(&s.a, 12, 1);
	build_vcpu(&s.b, 12, 1);
	build_vcpu(&s.a, 13, 2);
	build_vcpu(&s.b, 13, 2);
	for (int i = 0; i < 3; i++) {
		u64 ns = (i == 1 ? 250 : 120) * NSEC_PER_MSEC;

		s.b.vcpus[i].time_ns[VCPU_GUEST] -= ns;
		s.b.vcpus[i].time_ns[VCPU_WAIT] += ns;
	}
	f = end(&s, FINDING_STEAL);
	assert_non_null(f);
	assert_int_equal(f->vcpu, 12);
	assert_int_equal(f->others, 2);
	assert_non_null(strstr(s.text, "(+2 vCPUs)"));
	done(&s);

	/* each of them once, however many of its vectors come late */
	begin(&s);
	build_vcpu(&s.a, 12, 1);
	build_vcpu(&s.b, 12, 1);
	for (u32 vector = 0x40; vector < 0x44; vector++) {
		events(&s, 11, EVENT_VECTOR, vector, 0, 100, 2000000);
		events(&s, 12, EVENT_VECTOR, vector, 0, 100, vector == 0x41 ? 9000000 : 3000000);
	}
	f = end(&s, FINDING_IRQ);
	assert_non_null(f);
	assert_true(f->vcpu == 12 && f->event->sub == 0x41);
	assert_int_equal(f->others, 1);
	done(&s);
}

/* One VM that has it all, in order. */
static void worst_first(void **state)
{
	struct second s;

	(void)state;
	begin(&s);
	spent(&s, VCPU_WAIT, 110 * NSEC_PER_MSEC);
	spent(&s, VCPU_POLL, 200 * NSEC_PER_MSEC);
	s.b.vcpus[0].state = VCPU_USER;
	s.b.vcpus[0].state_ns = 5 * NSEC_PER_SEC;
	s.b.lost[LOSS_LOG] = 1;
	assert_int_equal(snapshot_build(&s.snap, &s.a, &s.b, false), 0);
	assert_int_equal(findings_build(&s.found, &s.snap, &s.limits), 0);
	assert_int_equal(s.found.count, 4);
	assert_int_equal(s.found.crit, 1);
	assert_int_equal(s.found.list[0].id, FINDING_STUCK);
	assert_int_equal(s.found.list[1].id, FINDING_LOSS);
	assert_int_equal(s.found.list[2].id, FINDING_STEAL);
	assert_int_equal(s.found.list[3].id, FINDING_POLL);
	done(&s);
}

static void none_on_a_healthy_host(void **state)
{
	static const char *const specs[] = {"7x4x12:healthy", "1x1x1:healthy", "20x8x40:3:healthy"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		struct pair p;
		struct snapshot snap = {0};
		struct findings found = {0};
		struct finding_limits limits;
		char text[VALUE_TEXT_SIZE];

		finding_limits_init(&limits);
		pair_open(&p, specs[i]);
		pair_next(&p);
		for (int tick = 0; tick < 20; tick++) {
			pair_next(&p);
			assert_int_equal(snapshot_build(&snap, &p.a, &p.b, false), 0);
			assert_int_equal(findings_build(&found, &snap, &limits), 0);
			if (found.count)
				fail_msg("%s: %s", specs[i], finding_text(&snap, &found.list[0], text, sizeof(text)));
		}
		findings_free(&found);
		snapshot_free(&snap);
		pair_close(&p);
	}
}

/* From each finding of a host in trouble to its proof and back. */
static void enter_leads_to_the_proof(void **state)
{
	struct check_host host = {0};
	u32 count;

	(void)state;
	check_open(&host, "7x4x12", 5);
	check_press(&host, '!');
	assert_int_equal(host.app.here.view, VIEW_FINDING);
	count = host.app.rows.count;
	assert_true(count >= 2);
	for (u32 i = 0; i < count; i++) {
		struct finding f = *host.app.rows.ref[host.app.selected].finding;
		struct finding_place to = finding_place(&f);
		struct row_id id;

		check_press(&host, K_ENTER);
		if (to.known) {
			assert_int_equal(host.app.here.view, to.view);
			assert_int_equal(host.app.here.scope.vm, to.scope.vm);
			if (to.view == VIEW_DETAIL) {
				assert_non_null(app_detail(&host.app));
			} else {
				assert_true(app_selected(&host.app, &id));
				assert_true(row_id_equal(&id, &to.row));
			}
			if (to.sort)
				assert_int_equal(host.app.views[to.view].sort,
						 column_find(view_columns(to.view), to.sort));
			check_press(&host, K_BACKSPACE);
		}
		assert_int_equal(host.app.here.view, VIEW_FINDING);
		check_press(&host, K_DOWN);
	}
	/* a limit that is changed is heeded at once */
	host.app.set.value[SET_LIMITS + LIMIT_STEAL] = 0;
	host.app.set.value[SET_LIMITS + LIMIT_STUCK] = 0;
	assert_int_equal(app_setting_changed(&host.app, SET_LIMITS) & APP_QUERY, APP_QUERY);
	assert_int_equal(app_query(&host.app), 0);
	assert_true(host.app.rows.count <= count - 2);
	check_close(&host);
}

/* Every rule has all that is shown of it, and a place whose column is there. */
static void table_is_whole(void **state)
{
	(void)state;
	for (int i = 0; i < FINDINGS; i++) {
		const struct finding_rule *rule = &finding_table[i];

		assert_non_null(rule->name);
		assert_non_null(rule->sentence);
		assert_non_null(rule->advice);
		if (rule->sort)
			assert_true(column_find(view_columns(rule->view), rule->sort) >= 0);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(rule->name, finding_table[k].name);
	}
	for (int i = 0; i < LIMITS; i++) {
		struct finding_limits limits;

		finding_limits_init(&limits);
		assert_true(setting_table[SET_LIMITS + i].def == limits.value[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(losses),
		cmocka_unit_test(stuck),
		cmocka_unit_test(paused),
		cmocka_unit_test(processes),
		cmocka_unit_test(steal),
		cmocka_unit_test(storm),
		cmocka_unit_test(slow_vmm),
		cmocka_unit_test(tails_by_waits),
		cmocka_unit_test(halt_poll),
		cmocka_unit_test(irq_late),
		cmocka_unit_test(same_page),
		cmocka_unit_test(small_pages),
		cmocka_unit_test(migration),
		cmocka_unit_test(worst_of_a_vm),
		cmocka_unit_test(worst_first),
		cmocka_unit_test(none_on_a_healthy_host),
		cmocka_unit_test(enter_leads_to_the_proof),
		cmocka_unit_test(table_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
