/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of the synthetic host: a table of what each VM does, the same for ever, so that a sample follows from its number. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "hist.h"
#include "synthetic_models.h"

#define VMX_VMCALL 18

struct synthetic_event {
	u32 kind, sub;
	u64 a, b;
	bool vcpu;       /* of each vCPU, else of the VM */
	vm_uid vm_only;  /* only this VM does it, and not on a healthy host; 0: all do */
	u32 rate;        /* a second, of VM 0; others have a little more or less */
	u32 error_every; /* 0: none fails */
	u64 ns;          /* typical duration; one in a hundred takes 16 times as long. 0: not timed */
	u64 value[EVENT_VALUES];
	u32 exit; /* the reason it comes with, by its number on VMX; 0: none */
};

/* clang-format off */
static const struct synthetic_event table[] = {
	{.kind = EVENT_MSI, .a = 0xfee00000, .b = 0x4041, .rate = 2900, .ns = 1900, .value = {2900}},
	{.kind = EVENT_MSI, .a = 0xfee01000, .b = 0x4042, .rate = 410, .ns = 2300, .value = {400}},
	{.kind = EVENT_MSI, .a = 0xfee0100c, .b = 0x4152, .rate = 3, .ns = 2100},
	{.kind = EVENT_IOAPIC, .sub = 4, .rate = 17, .error_every = 16, .ns = 3100, .value = {0x0100000000000024, 17}},
	{.kind = EVENT_IOAPIC, .sub = 20, .rate = 23, .ns = 3700, .value = {0x010000000000a951, 23}},
	{.kind = EVENT_PIC, .sub = 4, .rate = 17, .ns = 800, .value = {0x20, 0xff, 17, 17}},
	{.kind = EVENT_IPI, .sub = 0xfb, .a = 0x8fb, .vcpu = true, .rate = 310, .value = {1, 310}},
	{.kind = EVENT_IPI, .sub = 0xfd, .a = 0x8fd, .b = 1, .vcpu = true, .rate = 1700, .value = {0, 3400}},
	{.kind = EVENT_VECTOR, .sub = 0x41, .vcpu = true, .rate = 700, .error_every = 90, .ns = 4700, .value = {690, 690}},
	{.kind = EVENT_VECTOR, .sub = 0xec, .vcpu = true, .rate = 250, .ns = 2900, .value = {250, 250}},
	{.kind = EVENT_VECTOR, .sub = 0xfb, .vcpu = true, .rate = 310, .value = {0, 0, 310}},
	{.kind = EVENT_VECTOR, .sub = 0xfd, .vcpu = true, .rate = 1700, .ns = 3900, .value = {1690, 1690, 0, 800}},
	{.kind = EVENT_LOCAL, .sub = 0x320, .vcpu = true, .rate = 250, .value = {0x400ec}},
	{.kind = EVENT_WAKEUP, .vcpu = true, .rate = 650, .error_every = 40, .ns = 550000, .value = {210}},
	{.kind = EVENT_HALT_POLL, .sub = 0, .vcpu = true, .rate = 40, .value = {160000, 80000}},
	{.kind = EVENT_HALT_POLL, .sub = 1, .vcpu = true, .rate = 31, .value = {80000, 160000}},
	{.kind = EVENT_ON_CPU, .sub = 1, .vcpu = true, .rate = 600, .ns = 380000},
	{.kind = EVENT_ON_CPU, .sub = 2, .vcpu = true, .rate = 55, .ns = 410000},
	{.kind = EVENT_OFF_CPU, .sub = 1, .vcpu = true, .rate = 12, .ns = 1900000},
	{.kind = EVENT_OFF_CPU, .sub = 2, .vcpu = true, .rate = 640, .ns = 500000},
	{.kind = EVENT_MIGRATION, .sub = 0, .vcpu = true, .rate = 9, .value = {1, 2}},
	{.kind = EVENT_FAULT, .sub = FAULT_READ, .a = 1, .vcpu = true, .rate = 210, .ns = 2600, .value = {210}},
	{.kind = EVENT_FAULT, .sub = FAULT_WRITE, .a = 0, .vcpu = true, .rate = 160, .ns = 900, .value = {0, 150, 10}},
	{.kind = EVENT_FAULT, .sub = FAULT_WRITE, .a = 1, .vcpu = true, .rate = 730, .error_every = 9000, .ns = 3400,
	 .value = {730}},
	{.kind = EVENT_FAULT, .sub = FAULT_WRITE, .a = 2, .vcpu = true, .rate = 150, .ns = 95000, .value = {150}},
	{.kind = EVENT_FAULT, .sub = FAULT_EXEC, .a = 1, .vcpu = true, .rate = 31, .ns = 2900, .value = {31}},
	{.kind = EVENT_FAULT, .sub = FAULT_MMIO, .vcpu = true, .rate = 95, .ns = 1800, .value = {0, 0, 0, 95}},
	{.kind = EVENT_REGION, .a = 0x40000000, .vcpu = true, .rate = 720, .ns = 3300,
	 .value = {0x7f2a40123000, 0x81f2c0, 1, 690}},
	{.kind = EVENT_REGION, .a = 0x13fe00000, .vcpu = true, .rate = 190, .ns = 2500,
	 .value = {0x7f2b3fe10000, 0x4401a7, 3, 20}},
	{.kind = EVENT_REGION, .a = 0xfea00000, .vcpu = true, .rate = 95, .ns = 1800, .value = {0, 0, NO_MEMSLOT, 60}},
	{.kind = EVENT_REGION, .sub = EVENT_OTHERS, .a = ~0ULL, .b = ~0ULL, .rate = 40, .ns = 2600, .value = {4096}},
	{.kind = EVENT_STUCK, .a = 0x7f3a1, .vcpu = true, .rate = 52000, .value = {3200000000, 3200000000, 3}, .vm_only = 2},
	{.kind = EVENT_DIRTY_SLOT, .sub = 0, .a = 0, .b = 0xa0000, .rate = 3, .value = {SLOT_LOGGING, 1, 2, 1}},
	{.kind = EVENT_DIRTY_SLOT, .sub = 3, .a = 0x100000000, .b = 0x80000000, .rate = 21000, .error_every = 11,
	 .value = {SLOT_LOGGING, 1, 18944, 7310}},
	{.kind = EVENT_DIRTY_SLOT, .sub = 4, .a = 0xfd000000, .b = 0x1000000, .rate = 0, .value = {0}},
	{.kind = EVENT_DIRTY_SLOT, .sub = 5, .a = 0xfeda0000, .b = 0x20000, .rate = 0, .value = {SLOT_GONE}},
	{.kind = EVENT_DIRTY_PAGE, .sub = 3, .a = 0x100000, .rate = 60, .error_every = 2, .value = {0}},
	{.kind = EVENT_DIRTY_PAGE, .sub = 3, .a = 0x13fe07, .rate = 45, .error_every = 3, .value = {0x3fe07}},
	{.kind = EVENT_DIRTY_PAGE, .sub = 3, .a = 0x11a0c4, .rate = 2, .value = {0x1a0c4}},
	{.kind = EVENT_DIRTY_PAGE, .sub = EVENT_OTHERS, .a = ~0ULL, .b = ~0ULL, .rate = 20900, .value = {8192}},
	{.kind = EVENT_DIRTY_VCPU, .sub = 3, .vcpu = true, .rate = 5200, .error_every = 11},
	{.kind = EVENT_TIMER, .sub = 0, .vcpu = true, .rate = 11, .ns = 5300, .value = {11, 0, 11}},
	{.kind = EVENT_TIMER, .sub = 2, .vcpu = true, .rate = 260, .error_every = 400, .ns = 1200,
	 .value = {250, 230, 30, 2}},
	{.kind = EVENT_HYPERCALL, .a = 5, .vcpu = true, .rate = 420, .ns = 1900, .value = {0, 3}, .exit = VMX_VMCALL},
	{.kind = EVENT_HYPERCALL, .a = 10, .vcpu = true, .rate = 1700, .ns = 2400, .value = {0xc, 0, 0, 0x8fd}, .exit = VMX_VMCALL},
	{.kind = EVENT_HYPERCALL, .a = 11, .vcpu = true, .rate = 95, .ns = 1500, .value = {2}, .exit = VMX_VMCALL},
	{.kind = EVENT_HYPERCALL, .a = 77, .vcpu = true, .rate = 1, .ns = 1100, .exit = VMX_VMCALL},
	{.kind = EVENT_IOCTL, .sub = 1, .a = 0x4008ae61, .rate = 21, .ns = 3300},
	{.kind = EVENT_IOCTL, .sub = 1, .a = 0x4010ae42, .rate = 2, .ns = 61000},
	{.kind = EVENT_IOCTL, .sub = 2, .a = 0xae80, .vcpu = true, .rate = 520, .error_every = 97, .ns = 1100000, .value = {0, 4}},
	{.kind = EVENT_MEMSLOT, .sub = 0, .rate = 0, .value = {0, 0xa0000, 0x7f1f40000000}},
	{.kind = EVENT_MEMSLOT, .sub = 3, .rate = 0, .value = {0x100000, 0x7ff00000, 0x7f1f40100000, 1}},
	{.kind = EVENT_MEMSLOT, .sub = 4, .rate = 0, .value = {0xfffc0000, 0x40000, 0x7f1f3fa00000, 2}},
	{.kind = EVENT_MSR, .sub = 1, .a = 0x6e0, .vcpu = true, .rate = 4400, .ns = 1020, .value = {0x2f37d5a18c}, .exit = 32},
	{.kind = EVENT_MSR, .sub = 1, .a = 0x830, .vcpu = true, .rate = 1700, .ns = 1400, .value = {0x1000008fd}, .exit = 32},
	{.kind = EVENT_MSR, .sub = 1, .a = 0x48, .vcpu = true, .rate = 310, .ns = 900, .exit = 32},
	{.kind = EVENT_MSR, .sub = 0, .a = 0x198, .vcpu = true, .rate = 12, .error_every = 1, .ns = 1300, .exit = 32},
	{.kind = EVENT_PIO, .sub = 1, .a = 0x3f8, .b = 1, .vcpu = true, .rate = 260, .ns = 7100, .value = {0x41, 260}, .exit = 30},
	{.kind = EVENT_PIO, .sub = 0, .a = 0x3fd, .b = 1, .vcpu = true, .rate = 260, .ns = 6400, .value = {0x60, 260}, .exit = 30},
	{.kind = EVENT_PIO, .sub = 1, .a = 0xcf8, .b = 4, .vcpu = true, .rate = 35, .ns = 9000, .value = {0x80001004, 35}, .exit = 30},
	{.kind = EVENT_PIO, .sub = 0, .a = 0xcfc, .b = 2, .vcpu = true, .rate = 35, .ns = 9900, .value = {0x0407, 35}, .exit = 30},
	{.kind = EVENT_PIO, .sub = 1, .a = 0x70, .b = 1, .vcpu = true, .rate = 8, .ns = 1200, .value = {0x0a, 8}, .exit = 30},
	{.kind = EVENT_PIO, .sub = 0, .a = 0x71, .b = 1, .vcpu = true, .rate = 8, .ns = 1300, .value = {0x26, 8}, .exit = 30},
	{.kind = EVENT_PIO, .sub = 0, .a = 0x608, .b = 4, .vcpu = true, .rate = 90, .ns = 6000, .value = {0x9d1ae2, 90}, .exit = 30},
	{.kind = EVENT_PIO, .sub = 0, .a = 0x60, .b = 1, .vcpu = true, .rate = 2, .ns = 8000, .value = {0x1c, 2}, .exit = 30},
	{.kind = EVENT_PIO, .sub = 0, .a = 0x64, .b = 1, .vcpu = true, .rate = 3, .ns = 8000, .value = {0x1d, 3}, .exit = 30},
	{.kind = EVENT_MMIO, .sub = 0, .a = 0xfebd4014, .b = 1, .vcpu = true, .rate = 25, .ns = 7900, .exit = 49},
	{.kind = EVENT_MMIO, .sub = 1, .a = 0xfebd5004, .b = 2, .vcpu = true, .rate = 610, .ns = 4200, .value = {1}, .exit = 49},
	{.kind = EVENT_MMIO, .sub = 1, .a = 0xfee000b0, .b = 4, .vcpu = true, .rate = 280, .ns = 3600, .exit = 49},
	{.kind = EVENT_CPUID, .a = 0x1, .vcpu = true, .rate = 1100, .ns = 980, .value = {0x306c3}, .exit = 10},
	{.kind = EVENT_CPUID, .sub = 1, .a = 0x4, .vcpu = true, .rate = 210, .ns = 1000, .value = {0x122}, .exit = 10},
	{.kind = EVENT_CPUID, .a = 0x40000001, .vcpu = true, .rate = 130, .ns = 1010, .value = {0x1007efb}, .exit = 10},
	{.kind = EVENT_HOST_VECTOR, .a = 25, .vcpu = true, .rate = 120, .ns = 3100, .exit = 1},
	{.kind = EVENT_HOST_VECTOR, .sub = 0xec, .vcpu = true, .rate = 1900, .ns = 1600, .exit = 1},
	{.kind = EVENT_HOST_VECTOR, .sub = 0xfd, .vcpu = true, .rate = 700, .ns = 1500, .exit = 1},
};
/* clang-format on */

static int add_hist(struct sample *s, struct exit_sample *x, u64 ns, u64 slow)
{
	u32 first = hist_bucket(ns), last = hist_bucket(16 * ns);
	s64 off = sample_add_hist(s, last - first + 1);

	if (off < 0)
		return off;
	s->hist[off] = hist_count(x->count - slow);
	s->hist[off + last - first] = hist_count(slow);
	x->hist = (struct hist_span){.off = off, .first = first, .len = last - first + 1};
	return 0;
}

/* A third of the marks all over the range, the rest in three hot places of it. */
static int add_cells(struct sample *s, struct exit_sample *x)
{
	s64 off = sample_add_hist(s, HIST_BUCKETS);

	if (off < 0)
		return off;
	for (u32 i = 0; i < HIST_BUCKETS; i++) {
		bool hot = i < 8 || (i >= 70 && i < 86) || (i >= 180 && i < 184);

		s->hist[off + i] =
			hist_count(x->count / 3 / HIST_BUCKETS + (hot ? x->count * 2 / 3 / 28 / (i < 8 ? 1 : 2) : 0));
	}
	x->hist = (struct hist_span){.off = off, .first = 0, .len = HIST_BUCKETS};
	return 0;
}

/* Histograms lie in the order of the events, as a recording has them. */
static int add_hists(struct sample *s)
{
	int ret = 0;

	for (u32 i = 0; i < s->event_count && !ret; i++) {
		struct event_sample *e = &s->events[i];
		const struct event_info *info = event_info(e->kind);
		u64 slow = e->x.count / 100;

		if (info->cells && e->x.count)
			ret = add_cells(s, &e->x);
		else if (e->x.done)
			ret = add_hist(s, &e->x, e->x.min_ns, slow);
		else
			e->x.hist.off = s->hist_count;
	}
	return ret;
}

/* A host of few reasons has no causes of the others. Hypercalls come with a reason that only the largest have. */
static bool has_reason(u32 vmx, u32 reasons)
{
	for (u32 m = 0; m < reasons && m < MODELS; m++)
		if ((u32)models[m].vmx == vmx)
			return true;
	return !vmx || vmx == VMX_VMCALL;
}

/* The key that the synthetic host's exits of a reason have. */
static u64 exit_key(u32 vmx, u32 isa)
{
	for (u32 m = 0; vmx && m < MODELS; m++)
		if ((u32)models[m].vmx == vmx)
			return model_key(m, isa);
	return 0;
}

static int add_event(struct sample *s, const struct vm_sample *vm, const struct vcpu_sample *vcpu, u64 ticks,
		     const struct synthetic_event *t)
{
	const struct event_info *info = event_info(t->kind);
	u64 n = t->rate ? ticks * (t->rate + (vcpu ? vcpu->uid : vm->uid) % 7) : 0, slow = n / 100;
	struct event_sample *e;

	if (!info)
		return 0;
	e = sample_add_event(s);
	if (!e)
		return -ENOMEM;
	e->vm = vm->uid;
	e->vcpu = vcpu ? vcpu->uid : 0;
	e->kind = t->kind;
	e->sub = t->sub;
	e->a = t->a;
	e->b = t->b;
	e->errors = t->error_every ? n / t->error_every : 0;
	for (u32 i = 0; i < EVENT_VALUES; i++)
		e->value[i] = info->value[i].kind == VALUE_SUM ? ticks * t->value[i] : t->value[i];
	e->age_ns = NSEC_PER_SEC / (t->rate + 1);
	e->tid = vcpu ? vcpu->tid : vm->pid;
	snprintf(e->comm, sizeof(e->comm), "%s", vcpu ? "CPU/KVM" : "vhost");
	e->x.key = exit_key(t->exit, vcpu ? vcpu->isa : 0);
	e->x.count = n;
	if (!t->ns || !n)
		return 0;
	e->x.done = n;
	e->x.total_ns = (n - slow) * t->ns + slow * 16 * t->ns;
	e->x.min_ns = e->x.interval_min_ns = t->ns;
	e->x.max_ns = e->x.interval_max_ns = slow ? 16 * t->ns : t->ns;
	return 0;
}

int synthetic_events(struct sample *s, u64 ticks, u32 reasons, u32 groups, bool healthy)
{
	int ret = 0;

	for (u32 i = 0; i < s->vm_count; i++) {
		const struct vm_sample *vm = &s->vms[i];

		for (u32 k = 0; k < ARRAY_SIZE(table) && !ret; k++) {
			if ((table[k].vm_only && (healthy || table[k].vm_only != vm->uid)) ||
			    !has_reason(table[k].exit, reasons) ||
			    !(groups & GROUP_BIT(EVENT_KIND_GROUP(table[k].kind))))
				continue;
			if (!table[k].vcpu)
				ret = add_event(s, vm, NULL, ticks, &table[k]);
			for (u32 v = 0; v < vm->vcpu_count && table[k].vcpu && !ret; v++)
				ret = add_event(s, vm, &s->vcpus[vm->vcpu_first + v], ticks, &table[k]);
		}
	}
	if (!ret && s->event_count)
		qsort(s->events, s->event_count, sizeof(*s->events), event_sample_compare);
	return ret ? ret : add_hists(s);
}

static int compare_lines(const void *va, const void *vb)
{
	const struct log_sample *a = va, *b = vb;

	return a->ns < b->ns ? -1 : a->ns > b->ns;
}

int synthetic_log(struct sample *s, const struct wants *wants, u64 step_ns)
{
	for (u32 i = 0; i < s->event_count && s->log_count < LOG_MAX; i++) {
		const struct event_sample *e = &s->events[i];
		struct log_sample *line;

		if (!(wants->log_groups & GROUP_BIT(EVENT_KIND_GROUP(e->kind))) ||
		    (wants->log_vm && wants->log_vm != e->vm) || (wants->log_vcpu && wants->log_vcpu != e->vcpu))
			continue;
		line = sample_add_log(s);
		if (!line)
			return -ENOMEM;
		line->ns = s->mono_ns - step_ns + (u64)i * 7919 * 1000 % step_ns;
		line->vm = e->vm;
		line->vcpu = e->vcpu;
		line->kind = e->kind;
		line->sub = e->sub;
		line->a = e->a;
		line->b = e->b;
		memcpy(line->value, e->value, sizeof(line->value));
		line->took_ns = e->x.min_ns;
		line->tid = e->tid;
		line->failed = e->errors && i % 3 == 0;
		memcpy(line->comm, e->comm, sizeof(line->comm));
	}
	if (s->log_count)
		qsort(s->log, s->log_count, sizeof(*s->log), compare_lines);
	return 0;
}
