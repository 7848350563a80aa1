/* SPDX-License-Identifier: GPL-2.0-only */
/* Samples made by hand, for the tests of the model. */
#ifndef KVMTOP_TEST_BUILD_H
#define KVMTOP_TEST_BUILD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../model/hist.h"
#include "../../model/probes.h"
#include "../../model/query.h"
#include "../../model/source.h"

/* A seeded generator, so that a failure can be had again. */
static inline u64 rnd(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* An empty sample number seq, one second after the one before, with every probe on. */
static inline void build_sample(struct sample *s, u64 seq)
{
	sample_reset(s);
	s->seq = seq;
	s->mono_ns = (100 + seq) * NSEC_PER_SEC;
	s->real_ns = 1000 * NSEC_PER_SEC + s->mono_ns;
	strcpy(s->host, "testhost");
	s->probe_count = PROBE_COUNT;
	for (u32 i = 0; i < PROBE_COUNT; i++)
		s->probes[i].status = PROBE_ON;
}

static inline struct vm_sample *build_vm(struct sample *s, vm_uid uid, const char *name)
{
	struct vm_sample *vm = sample_add_vm(s);

	assert_non_null(vm);
	vm->uid = uid;
	vm->pid = 1000 + uid;
	snprintf(vm->name, sizeof(vm->name), "%s", name);
	strcpy(vm->vmm, "qemu");
	vm->vcpu_first = s->vcpu_count;
	return vm;
}

/* A vCPU of the last VM, in the guest for all of its time up to the sample. */
static inline struct vcpu_sample *build_vcpu(struct sample *s, vcpu_uid uid, s32 id)
{
	struct vm_sample *vm = &s->vms[s->vm_count - 1];
	struct vcpu_sample *v = sample_add_vcpu(s);

	assert_non_null(v);
	vm->vcpu_count++;
	v->uid = uid;
	v->vm = vm->uid;
	v->vcpu_id = id;
	v->tid = 5000 + uid;
	v->isa = 1;
	v->entries = 1;
	v->state = VCPU_GUEST;
	v->created_ns = 100 * NSEC_PER_SEC;
	v->time_ns[VCPU_GUEST] = s->mono_ns - v->created_ns;
	v->exit_first = s->exit_count;
	return v;
}

/* Two samples a second apart, of one VM with one vCPU that is in the guest all the time. */
static inline void build_second(struct sample *a, struct sample *b)
{
	build_sample(a, 1);
	build_vm(a, 1, "one");
	build_vcpu(a, 11, 0);
	build_sample(b, 2);
	build_vm(b, 1, "one");
	build_vcpu(b, 11, 0);
}

/* So long of that second the vCPU was in another state than the guest. */
static inline void build_spent(struct sample *b, enum vcpu_state state, u64 ns)
{
	b->vcpus[0].time_ns[VCPU_GUEST] -= ns;
	b->vcpus[0].time_ns[state] += ns;
}

/* n completed exits of ns each, all of it time of the kernel. Of the last vCPU; keys must come in their order. */
static inline struct exit_sample *build_exit(struct sample *s, u64 key, u64 n, u64 ns)
{
	struct exit_sample *e = sample_add_exit(s);
	s64 off;

	assert_non_null(e);
	s->vcpus[s->vcpu_count - 1].exit_count++;
	e->key = key;
	e->count = e->done = n;
	e->total_ns = n * ns;
	e->part_ns[PART_KERNEL] = n * ns;
	e->min_ns = e->max_ns = n ? ns : 0;
	e->interval_min_ns = e->interval_max_ns = n ? ns : 0;
	if (!n)
		return e;
	off = sample_add_hist(s, 1);
	assert_true(off >= 0);
	e->hist = (struct hist_span){.off = off, .first = hist_bucket(ns), .len = 1};
	s->hist[off] = n;
	return e;
}

/* Samples of a synthetic host, one after another in the same two buffers. */
struct pair {
	struct source *source;
	struct sample a, b;
};

static inline void pair_open(struct pair *p, const char *text)
{
	struct synthetic_spec spec;

	memset(p, 0, sizeof(*p));
	assert_int_equal(synthetic_spec_parse(text, &spec), 0);
	p->source = source_synthetic_open(&spec);
	assert_non_null(p->source);
}

/* b becomes the next sample, a the one before. */
static inline void pair_next(struct pair *p)
{
	struct sample s = p->a;

	p->a = p->b;
	p->b = s;
	assert_int_equal(source_sample(p->source, &p->b), 0);
}

static inline void pair_close(struct pair *p)
{
	source_close(p->source);
	sample_free(&p->a);
	sample_free(&p->b);
}

#endif
