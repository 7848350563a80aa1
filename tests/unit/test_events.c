/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of the interval, and their sums over vCPUs and VMs. */
#include <errno.h>
#include "../../model/event_names.h"
#include "../../model/events.h"
#include "../../model/groups.h"
#include "../../model/tail.h"
#include "build.h"

/* n events so far; ns: each took that long, 0: not timed. Keys must come in their order. */
static struct event_sample *build_event(struct sample *s, vm_uid vm, vcpu_uid vcpu, u32 kind, u64 a, u64 n, u64 ns)
{
	struct event_sample *e = sample_add_event(s);
	s64 off;

	assert_non_null(e);
	e->vm = vm;
	e->vcpu = vcpu;
	e->kind = kind;
	e->a = a;
	e->age_ns = 1000 + vcpu;
	e->value[0] = 100 * vcpu + n;
	e->x.count = n;
	if (!ns || !n)
		return e;
	e->x.done = n;
	e->x.total_ns = n * ns;
	e->x.min_ns = e->x.max_ns = e->x.interval_min_ns = e->x.interval_max_ns = ns;
	off = sample_add_hist(s, 1);
	assert_true(off >= 0);
	e->x.hist = (struct hist_span){.off = off, .first = hist_bucket(ns), .len = 1};
	s->hist[off] = n;
	return e;
}

/* Two VMs, the first with two vCPUs; times 1 and 3 the same counts, so that the interval has twice of each. */
static void build_host(struct sample *s, u64 seq, u64 times)
{
	build_sample(s, seq);
	build_vm(s, 1, "one");
	build_vcpu(s, 11, 0);
	build_vcpu(s, 12, 1);
	build_vm(s, 2, "two");
	build_vcpu(s, 21, 0);
	build_event(s, 1, 11, EVENT_HYPERCALL, 5, 7 * times, 0);
	build_event(s, 1, 12, EVENT_HYPERCALL, 5, 11 * times, 0);
	build_event(s, 1, 12, EVENT_HYPERCALL, 10, 13 * times, 2000);
	build_event(s, 2, 21, EVENT_HYPERCALL, 5, 17 * times, 0);
	build_event(s, 2, 21, EVENT_HYPERCALL, 10, 19 * times, 8000);
	assert_true(s->event_count == 5);
}

static void sums_are_exact(void **state)
{
	struct sample a = {0}, b = {0};
	struct snapshot snap = {0};
	const struct event_row *row;
	const struct vm_row *one;

	(void)state;
	build_host(&a, 1, 1);
	build_host(&b, 2, 3);
	assert_int_equal(snapshot_build(&snap, &a, &b, false), 0);
	assert_int_equal(snap.vcpu_event_count, 5);
	assert_int_equal(snap.vm_event_count, 4);
	assert_int_equal(snap.host_event_count, 2);
	one = snapshot_find_vm(&snap, 1);
	assert_int_equal(one->event_count, 2);
	assert_int_equal(one->vcpu_event_count, 3);
	row = &snap.vm_events[one->event_first];
	assert_true(row->a == 5 && row->vm == 1 && row->vcpu == 0 && row->vcpus == 2);
	assert_int_equal(row->f.count, 2 * (7 + 11));
	/* what it is now, of the most recent: vCPU 11's was the later one */
	assert_int_equal(row->value[0], 1100 + 3 * 7);
	assert_int_equal(row->raw->vcpu, 11);
	row = &snap.host_events[0];
	assert_true(row->a == 5 && row->vm == 0 && row->vcpus == 3);
	assert_int_equal(row->f.count, 2 * (7 + 11 + 17));
	row = &snap.host_events[1];
	assert_int_equal(row->f.count, 2 * (13 + 19));
	assert_int_equal(row->f.done, 2 * (13 + 19));
	assert_int_equal(row->f.time_ns, 2 * (13 * 2000 + 19 * 8000));
	assert_int_equal(row->f.min_ns, 2000);
	assert_int_equal(row->f.max_ns, 8000);
	assert_true(row->f.p50_ns > 7000 && row->f.p50_ns <= 8000);
	assert_true(row->over_ns == snap.interval_ns && row->span_ns == snap.budget.span_ns);
	snapshot_free(&snap);
	sample_free(&a);
	sample_free(&b);
}

/* The same GPA, vector or number in two VMs is two rows; a VM that appears counts from 0; one that is gone is not there. */
static void vms_are_apart(void **state)
{
	struct sample a = {0}, b = {0};
	struct snapshot snap = {0};

	(void)state;
	build_host(&a, 1, 1);
	build_sample(&b, 2);
	build_vm(&b, 2, "two");
	build_vcpu(&b, 21, 0);
	build_vm(&b, 3, "three");
	build_vcpu(&b, 31, 0);
	build_event(&b, 2, 21, EVENT_HYPERCALL, 5, 20, 0);
	build_event(&b, 3, 31, EVENT_HYPERCALL, 5, 29, 0);
	assert_int_equal(snapshot_build(&snap, &a, &b, false), 0);
	assert_int_equal(snap.vm_event_count, 2);
	assert_true(snap.vm_events[0].vm == 2 && snap.vm_events[0].f.count == 3);
	assert_true(snap.vm_events[1].vm == 3 && snap.vm_events[1].f.count == 29);
	assert_int_equal(snap.host_events[0].f.count, 32);
	snapshot_free(&snap);
	sample_free(&a);
	sample_free(&b);
}

/* What the VM itself has is over its own age, too, also where each vCPU's rows are listed by themselves. */
static void totals_are_over_the_age_of_the_vm(void **state)
{
	struct sample s = {0};
	struct snapshot snap = {0};
	struct vcpu_sample *v;

	(void)state;
	build_sample(&s, 10);
	build_vm(&s, 1, "old");
	build_vcpu(&s, 1, 0);
	build_vm(&s, 2, "young");
	v = build_vcpu(&s, 2, 0);
	v->created_ns = s.mono_ns - 2 * NSEC_PER_SEC;
	v->time_ns[VCPU_GUEST] = 2 * NSEC_PER_SEC;
	build_event(&s, 2, 0, EVENT_VECTOR, ~0ULL, 1000, 0)->sub = EVENT_OTHERS;
	assert_int_equal(snapshot_build(&snap, NULL, &s, true), 0);
	assert_int_equal(snap.vm_events[0].over_ns, 2 * NSEC_PER_SEC);
	assert_int_equal(snap.vcpu_events[0].over_ns, 2 * NSEC_PER_SEC);
	snapshot_free(&snap);
	sample_free(&s);
}

/* Compared with another interval: what is of no VM has its own row there, as all others have. */
static void changes_are_those_of_the_same_row(void **state)
{
	const struct view_columns *cols = view_columns(VIEW_IOCTL);
	const struct column *count = &cols->columns[column_find(cols, "count")];
	struct sample s[3] = {{0}};
	struct snapshot base = {0}, snap = {0};
	struct value value = {0};

	(void)state;
	for (u32 i = 0; i < 3; i++) {
		build_sample(&s[i], i + 1);
		build_vm(&s[i], 1, "one");
		build_vcpu(&s[i], 11, 0);
		build_event(&s[i], 0, 0, EVENT_IOCTL, 0xae03, i * 100, 0);
		build_event(&s[i], 1, 0, EVENT_IOCTL, 0xae60, i * 10, 0);
	}
	s[2].events[0].x.count += 7;
	assert_int_equal(snapshot_build(&base, &s[0], &s[1], false), 0);
	assert_int_equal(snapshot_build(&snap, &s[1], &s[2], false), 0);
	snap.base = &base;
	assert_true(snap.vm_event_count == 2 && !snap.vm_events[0].vm);
	column_value(count, &snap, (union row_ref){.event = &snap.vm_events[0]}, &value);
	assert_true(value.change && value.known && value.num == 7);
	column_value(count, &snap, (union row_ref){.event = &snap.vm_events[1]}, &value);
	assert_true(value.change && value.known && value.num == 0);
	snapshot_free(&base);
	snapshot_free(&snap);
	for (u32 i = 0; i < 3; i++)
		sample_free(&s[i]);
}

static u32 listed(const struct snapshot *snap, struct scope scope)
{
	struct query q = {.view = VIEW_HYPERCALL, .sort = -1, .descending = true, .scope = scope};
	struct rows rows = {0};
	u32 count;

	assert_int_equal(query_run(&q, snap, &rows), 0);
	count = rows.count;
	for (u32 i = 0; i < rows.count; i++) {
		struct row_id id = row_identity(VIEW_HYPERCALL, rows.ref[i]);

		assert_int_equal(rows_find(&rows, VIEW_HYPERCALL, &id), i);
	}
	rows_free(&rows);
	return count;
}

static void scopes_are_kept(void **state)
{
	struct sample a = {0};
	struct snapshot snap = {0};

	(void)state;
	build_host(&a, 1, 1);
	assert_int_equal(snapshot_build(&snap, NULL, &a, true), 0);
	assert_int_equal(listed(&snap, (struct scope){0}), 2);
	assert_int_equal(listed(&snap, (struct scope){.vm = 1}), 2);
	assert_int_equal(listed(&snap, (struct scope){.vm = 1, .vcpu = 11}), 1);
	assert_int_equal(listed(&snap, (struct scope){.vm = 1, .vcpu = 12}), 2);
	assert_int_equal(listed(&snap, (struct scope){.vm = 7}), 0);
	assert_int_equal(listed(&snap, (struct scope){.vm = 2, .by_sub = true, .sub = 1}), 0);
	snapshot_free(&snap);
	sample_free(&a);
}

/* The table has each kind once, in the order of kinds, and says what JSON needs. */
static void table_is_whole(void **state)
{
	char buf[EVENT_NAME_SIZE];

	(void)state;
	assert_true(event_info_count() > 0);
	assert_null(event_info_at(event_info_count()));
	assert_null(event_info(EVENT_NONE));
	for (u32 i = 0; i < event_info_count(); i++) {
		const struct event_info *info = event_info_at(i);

		assert_ptr_equal(event_info(info->kind), info);
		assert_true(info->name && info->array);
		assert_true(EVENT_KIND_GROUP(info->kind) > GROUP_CORE && EVENT_KIND_GROUP(info->kind) < GROUPS);
		if (i)
			assert_true(event_info_at(i - 1)->kind < info->kind);
		for (u32 k = 0; k < EVENT_VALUES; k++)
			assert_int_equal(!info->value[k].name, info->value[k].kind == VALUE_NONE);
		assert_string_equal(event_name(0, info->kind, EVENT_OTHERS, ~0ULL, ~0ULL, buf), "others");
		assert_true(event_name(0, info->kind, 1, 2, 3, buf)[0]);
	}
}

/* The lines of many samples, in order, bounded, and none of them twice. */
static void the_tail_is_kept(void **state)
{
	struct sample s = {0};
	struct tail tail = {0};
	u64 lines = 0;

	(void)state;
	for (u64 seq = 1; seq <= 40; seq++) {
		build_sample(&s, seq);
		for (u32 i = 0; i < 500; i++) {
			struct log_sample *line = sample_add_log(&s);

			assert_non_null(line);
			line->ns = seq * NSEC_PER_SEC + i;
		}
		assert_int_equal(tail_add(&tail, &s), 0);
		assert_int_equal(tail_add(&tail, &s), 0);
		lines += 500;
		assert_int_equal(tail.first + tail.count, lines);
		assert_true(tail.count == lines || (tail.count >= TAIL_LINES && tail.count < 2 * TAIL_LINES + 500));
		for (u32 i = 1; i < tail.count; i++)
			assert_true(tail.lines[i - 1].ns < tail.lines[i].ns);
		assert_int_equal(tail_until(&tail, seq * NSEC_PER_SEC + 9), tail.count - 490);
	}
	assert_int_equal(tail_until(&tail, 0), 0);
	tail_free(&tail);
	sample_free(&s);
}

static void kinds_are_read(void **state)
{
	const char *bad = NULL;
	u32 groups;
	u64 kinds;

	(void)state;
	assert_int_equal(event_kinds_parse("hypercall", &groups, &kinds, &bad), 0);
	assert_int_equal(groups, GROUP_BIT(GROUP_CALL));
	assert_true(kinds);
	assert_int_equal(event_kinds_parse("all", &groups, &kinds, &bad), 0);
	assert_int_equal(kinds, event_info_count() < 64 ? (1ULL << event_info_count()) - 1 : ~0ULL);
	assert_int_equal(event_kinds_parse("hypercall,nonsense", &groups, &kinds, &bad), -EINVAL);
	assert_string_equal(bad, "nonsense");
	assert_int_equal(event_kinds_parse("", &groups, &kinds, &bad), -EINVAL);
}

static const char *arguments(u32 of, u64 nr, u64 a0, u64 a1, u64 a2, u64 a3)
{
	static char buf[128];
	const u64 a[4] = {a0, a1, a2, a3};

	return hypercall_arguments(of, nr, a, buf, sizeof(buf));
}

static void system_registers_have_names(void **state)
{
	char buf[EVENT_NAME_SIZE];

	(void)state;
	assert_string_equal(event_name(3, EVENT_SYSREG, 0, SYSREG(3, 0, 0, 6, 0), 0, buf), "MRS ID_AA64ISAR0_EL1");
	assert_string_equal(event_name(3, EVENT_SYSREG, 1, 0x8084, 0, buf), "MSR OSLAR_EL1");
	assert_string_equal(event_name(3, EVENT_SYSREG, 1, SYSREG(3, 7, 15, 15, 7), 0, buf), "MSR S3_7_C15_C15_7");
	assert_string_equal(event_name(3, EVENT_WFX, 0, 0, 0, buf), "WFI");
	assert_string_equal(event_name(3, EVENT_WFX, 1, 0, 0, buf), "WFE");
}

static void hypercalls_have_words(void **state)
{
	char buf[EVENT_NAME_SIZE], small[8];
	const u64 a[4] = {0, 3};

	(void)state;
	assert_string_equal(event_name(0, EVENT_HYPERCALL, HYPERCALL_KVM, 5, 0, buf), "KICK_CPU");
	assert_string_equal(event_name(0, EVENT_HYPERCALL, HYPERCALL_KVM, 77, 0, buf), "KVM 77");
	assert_string_equal(event_name(0, EVENT_HYPERCALL, HYPERCALL_HYPERV, 0x5c, 0, buf), "HV POST_MESSAGE");
	assert_string_equal(event_name(0, EVENT_HYPERCALL, HYPERCALL_HYPERV, 0x7777, 0, buf), "HV 0x7777");
	assert_string_equal(event_name(0, EVENT_HYPERCALL, HYPERCALL_XEN, 29, 0, buf), "Xen sched_op");
	assert_string_equal(event_name(0, EVENT_HYPERCALL, HYPERCALL_XEN, 15, 0, buf), "Xen set_timer_op");
	assert_string_equal(event_name(0, EVENT_HYPERCALL, HYPERCALL_XEN, 33, 0, buf), "Xen physdev_op");
	assert_string_equal(event_name(0, EVENT_HYPERCALL, HYPERCALL_XEN, 63, 0, buf), "Xen 63");
	assert_string_equal(event_name(3, EVENT_HYPERCALL, HYPERCALL_SMCCC, 0xc4000003, 0, buf), "PSCI_CPU_ON");
	assert_string_equal(event_name(3, EVENT_HYPERCALL, HYPERCALL_SMCCC, 0x3f1, 0, buf), "SMCCC 0x3f1");
	assert_string_equal(event_name(0, EVENT_HYPERCALL, 9, 63, 0, buf), "9:3f:0");
	assert_string_equal(arguments(HYPERCALL_KVM, 5, 0, 3, 0, 0), "APIC id 3");
	assert_string_equal(arguments(HYPERCALL_KVM, 9, 0x1000, 0, 0, 0), "GPA 0x1000 clock 0");
	assert_string_equal(arguments(HYPERCALL_KVM, 10, 0xc, 1, 64, 0x4fd),
			    "vector 0xfd NMI, APIC ids 0x1:000000000000000c from 64");
	assert_string_equal(arguments(HYPERCALL_KVM, 11, 2, 0, 0, 0), "to APIC id 2");
	assert_string_equal(arguments(HYPERCALL_KVM, 12, 0x200000, 512, 0x11, 0),
			    "GPA 0x200000 512 pages encrypted of 2M");
	assert_string_equal(arguments(HYPERCALL_KVM, 77, 1, 2, 3, 0x40), "0x1 0x2 0x3 0x40");
	assert_string_equal(arguments(HYPERCALL_HYPERV, 2, 0x1000, 0, 2, 0), "in 0x1000 out 0x0");
	assert_string_equal(arguments(HYPERCALL_HYPERV, 3, 9, 8, 3 | 1 << 16 | 5ULL << 32 | 2ULL << 48, 0),
			    "fast 0x9 0x8 5 reps from 2");
	assert_string_equal(arguments(HYPERCALL_SMCCC, 0xc4000003, 1, 0x40080000, 0x10, 0),
			    "MPIDR 0x1 entry 0x40080000 context 0x10");
	assert_string_equal(arguments(HYPERCALL_SMCCC, 0x84000004, 0x101, 0, 0, 0), "MPIDR 0x101 level 0");
	assert_string_equal(arguments(HYPERCALL_SMCCC, 0x80000001, 0x80007fff, 0, 0, 0), "of SMCCC_WORKAROUND_2");
	assert_string_equal(arguments(HYPERCALL_SMCCC, 0x8400000a, 0x123, 0, 0, 0), "of 0x123");
	assert_string_equal(arguments(HYPERCALL_SMCCC, 0x3f1, 1, 2, 3, 4), "0x1 0x2 0x3 0x4");
	assert_string_equal(hypercall_arguments(HYPERCALL_KVM, 5, a, small, sizeof(small)), "APIC id");
}

/* What the views say of a group is about its own programs, and about all of them. */
static void groups_have_their_probes(void **state)
{
	(void)state;
	for (u32 g = 0; g < GROUPS; g++) {
		const struct program_set *set = group_set((enum event_group)g);
		u64 probes = 0;

		for (u32 i = 0; set && i < set->count; i++)
			probes |= PROBE_BIT(set->programs[i].probe);
		assert_int_equal(group_probes(GROUP_BIT(g)), probes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_exact),
		cmocka_unit_test(vms_are_apart),
		cmocka_unit_test(totals_are_over_the_age_of_the_vm),
		cmocka_unit_test(changes_are_those_of_the_same_row),
		cmocka_unit_test(scopes_are_kept),
		cmocka_unit_test(table_is_whole),
		cmocka_unit_test(the_tail_is_kept),
		cmocka_unit_test(kinds_are_read),
		cmocka_unit_test(hypercalls_have_words),
		cmocka_unit_test(groups_have_their_probes),
		cmocka_unit_test(system_registers_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
