/* SPDX-License-Identifier: GPL-2.0-only */
/* Samples that went through a recording or the history ring, compared with what they were. */
#ifndef KVMTOP_TEST_RECORD_CHECK_H
#define KVMTOP_TEST_RECORD_CHECK_H

#include <errno.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "../../model/json.h"
#include "../../model/recording.h"
#include "build.h"

/* Equal in every byte, members that nobody thought of included. Rows must be tidy and their padding 0. */
static inline bool same_sample(const struct sample *a, const struct sample *b)
{
	if (memcmp(a, b, offsetof(struct sample, waiting)) || a->missing != b->missing)
		return false;
	if (!a->waiting != !b->waiting || (a->waiting && strcmp(a->waiting, b->waiting)))
		return false;
	if (a->vm_count != b->vm_count || a->vcpu_count != b->vcpu_count || a->exit_count != b->exit_count ||
	    a->event_count != b->event_count || a->hist_count != b->hist_count)
		return false;
	return (!a->vm_count || !memcmp(a->vms, b->vms, a->vm_count * sizeof(*a->vms))) &&
	       (!a->vcpu_count || !memcmp(a->vcpus, b->vcpus, a->vcpu_count * sizeof(*a->vcpus))) &&
	       (!a->exit_count || !memcmp(a->exits, b->exits, a->exit_count * sizeof(*a->exits))) &&
	       (!a->event_count || !memcmp(a->events, b->events, a->event_count * sizeof(*a->events))) &&
	       (!a->hist_count || !memcmp(a->hist, b->hist, a->hist_count * sizeof(*a->hist)));
}

static inline char *json_of(const struct sample *s)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	assert_int_equal(json_write_sample(f, s, NSEC_PER_SEC), 0);
	fclose(f);
	return text;
}

static inline void assert_same_json(const struct sample *a, const struct sample *b)
{
	char *left = json_of(a), *right = json_of(b);

	assert_string_equal(left, right);
	free(left);
	free(right);
}

/* A directory for the files of one test program; PATH is in it. */
static char scratch_dir[64];

static inline int scratch_open(void **state)
{
	(void)state;
	strcpy(scratch_dir, "/tmp/kvmtop-test-XXXXXX");
	return mkdtemp(scratch_dir) ? 0 : -1;
}

static inline const char *scratch_path(const char *name)
{
	static char path[4][128];
	static int at;

	at = (at + 1) % 4;
	snprintf(path[at], sizeof(path[at]), "%s/%s", scratch_dir, name);
	return path[at];
}

static inline int scratch_close(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", scratch_dir);
	return system(command);
}

/* n samples of a synthetic host, to compare with. */
static inline struct sample *samples_of(const char *text, u32 n, u32 groups)
{
	struct sample *all = calloc(n, sizeof(*all));
	struct pair p;

	assert_non_null(all);
	pair_open(&p, text);
	source_want(p.source, &(struct wants){.groups = groups});
	for (u32 i = 0; i < n; i++) {
		pair_next(&p);
		assert_int_equal(sample_copy(&all[i], &p.b), 0);
	}
	pair_close(&p);
	return all;
}

/* With all events that there are. */
static inline struct sample *synthetic_samples(const char *text, u32 n)
{
	return samples_of(text, n, ~0U);
}

static inline void samples_free(struct sample *all, u32 n)
{
	for (u32 i = 0; i < n; i++)
		sample_free(&all[i]);
	free(all);
}

static inline void record_all(const char *path, const struct sample *all, u32 n, const struct recorder_limits *limits)
{
	char error[256];
	int err;
	struct recorder *rec = recorder_open(path, limits, &err, error, sizeof(error));

	assert_non_null(rec);
	for (u32 i = 0; i < n; i++)
		assert_int_equal(recorder_add(rec, &all[i]), 0);
	assert_int_equal(recorder_close(rec, error, sizeof(error)), 0);
	assert_string_equal(error, "");
}

/* The bytes of a file; *len of them, in malloc()ed memory. */
static inline u8 *file_bytes(const char *path, size_t *len)
{
	FILE *f = fopen(path, "r");
	u8 *bytes;
	long size;

	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	rewind(f);
	bytes = malloc(size + 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, size, f), size);
	fclose(f);
	*len = size;
	return bytes;
}

static inline void write_bytes(const char *path, const void *bytes, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static inline struct recording *open_recording(const char *path)
{
	char error[256];
	int err;
	struct recording *rec = recording_open(path, &err, error, sizeof(error));

	if (!rec)
		fail_msg("%s", error);
	return rec;
}

/* As frames are; the length. */
static inline u32 zstd_to(u8 *to, u32 room, const u8 *from, u32 len)
{
	size_t done = ZSTD_compress(to, room, from, len, 1);

	assert_false(ZSTD_isError(done));
	return done;
}

/* The bytes of a frame as they were before; the length. */
static inline u32 zstd_from(u8 *to, u32 room, const u8 *from, u32 len)
{
	size_t done = ZSTD_decompress(to, room, from, len);

	assert_false(ZSTD_isError(done));
	return done;
}

/* A zlib stream of the bytes; how long it is. */
static inline u32 deflate_to(u8 *to, u32 room, const u8 *from, u32 len)
{
	uLongf out = room;

	assert_int_equal(compress2(to, &out, from, len, 1), Z_OK);
	return out;
}

/*
 * A sample with a random value in every member, within what struct sample allows. Each call has some VMs, vCPUs and
 * reasons less and more than the last one.
 */
static inline void random_bytes(void *to, size_t len, u64 *rng)
{
	u8 *p = to;

	/* now and then small or 0, as most numbers are */
	for (size_t i = 0; i < len; i++)
		p[i] = rnd(rng) % 3 ? 0 : rnd(rng);
}

static inline void random_text(char *to, size_t size, u64 *rng)
{
	size_t len = 1 + rnd(rng) % (size - 1);

	memset(to, 0, size);
	for (size_t i = 0; i < len; i++)
		to[i] = 'a' + rnd(rng) % 26;
}

/* Of VMs that there are and of ones that are not, of known kinds and unknown ones: a recording keeps them all. */
static inline void random_events(struct sample *s, u64 *rng)
{
	for (u32 vm = 0; vm < 12; vm++) {
		for (u32 kind = 0x10; kind < 0x80; kind += rnd(rng) % 40 + 1) {
			struct event_sample *e = sample_add_event(s);
			u32 len = rnd(rng) % 3 * (rnd(rng) % 30);
			s64 off;

			assert_non_null(e);
			e->vm = vm;
			e->vcpu = rnd(rng) % 5;
			e->kind = kind;
			random_bytes(&e->sub, offsetof(struct event_sample, tid) - offsetof(struct event_sample, sub),
				     rng);
			e->tid = rnd(rng);
			random_text(e->comm, sizeof(e->comm), rng);
			e->x.key = rnd(rng);
			e->x.count = rnd(rng);
			e->x.done = rnd(rng);
			e->x.total_ns = rnd(rng);
			e->x.min_ns = rnd(rng);
			e->x.max_ns = rnd(rng);
			e->x.interval_min_ns = rnd(rng);
			e->x.interval_max_ns = rnd(rng);
			off = sample_add_hist(s, len);
			assert_true(off >= 0);
			random_bytes(s->hist + off, len * sizeof(*s->hist), rng);
			e->x.hist =
				(struct hist_span){.off = off, .first = rnd(rng) % (HIST_BUCKETS - len), .len = len};
		}
	}
}

static inline void random_sample(struct sample *s, u64 seq, u64 *rng)
{
	static const char *const waits[] = {NULL, "waiting for this", "waiting for that"};
	struct sample keep;

	sample_reset(s);
	keep = *s;
	random_bytes(s, offsetof(struct sample, vms), rng);
	memcpy(&s->vms, &keep.vms, sizeof(*s) - offsetof(struct sample, vms));
	s->seq = seq;
	s->mono_ns = seq * NSEC_PER_SEC;
	s->waiting = waits[rnd(rng) % 3];
	/* of the run that keeps it, not of what is kept */
	s->upkeep = (struct upkeep_sample){0};
	s->probe_count = PROBE_COUNT;
	memset(s->host, 0, sizeof(s->host));
	random_text(s->host, sizeof(s->host), rng);
	memset(&s->probes[PROBE_COUNT], 0, (PROBES_MAX - PROBE_COUNT) * sizeof(s->probes[0]));
	/* padding is not recorded */
	memset((char *)s + offsetof(struct sample, pcpus) + sizeof(u32), 0,
	       offsetof(struct sample, lost) - offsetof(struct sample, pcpus) - sizeof(u32));
	memset((char *)s + offsetof(struct sample, probes) + sizeof(s->probes), 0,
	       offsetof(struct sample, cost) - offsetof(struct sample, probes) - sizeof(s->probes));
	for (u32 i = 0; i < PROBE_COUNT; i++) {
		struct probe_sample p = s->probes[i];

		memset(&s->probes[i], 0, sizeof(p));
		s->probes[i].status = p.status;
		s->probes[i].err = p.err;
	}
	for (vm_uid uid = 1; uid < 12; uid++) {
		struct vm_sample *vm;

		if (rnd(rng) % 8 == 0)
			continue;
		vm = sample_add_vm(s);
		assert_non_null(vm);
		vm->uid = uid;
		vm->pid = rnd(rng);
		vm->ended = rnd(rng) % 2;
		random_text(vm->name, sizeof(vm->name), rng);
		random_text(vm->vmm, sizeof(vm->vmm), rng);
		vm->vcpu_first = s->vcpu_count;
		for (u32 id = 0; id < 5; id++) {
			struct vcpu_sample *v;

			if (rnd(rng) % 8 == 0)
				continue;
			v = sample_add_vcpu(s);
			assert_non_null(v);
			vm = &s->vms[s->vm_count - 1];
			vm->vcpu_count++;
			random_bytes(v, sizeof(*v), rng);
			v->uid = uid * 16 + id;
			v->vm = uid;
			v->vcpu_id = (s32)id - 1;
			memset(&v->ended, 0,
			       offsetof(struct vcpu_sample, state_ns) - offsetof(struct vcpu_sample, ended));
			v->ended = rnd(rng) % 2;
			v->inexact = rnd(rng) % 2;
			v->state = rnd(rng) % VCPU_STATES;
			for (u32 i = 0; i < PREEMPTORS; i++) {
				random_text(v->preemptors[i].comm, TASK_COMM_LENGTH, rng);
				v->preemptors[i].pad = 0;
			}
			v->exit_first = s->exit_count;
			v->exit_count = 0;
			for (u32 code = 0; code < 7; code++) {
				struct exit_sample *e;
				u32 len = rnd(rng) % 5 * (rnd(rng) % 30);
				s64 off;

				if (rnd(rng) % 6 == 0)
					continue;
				v->exit_count++;
				e = sample_add_exit(s);
				assert_non_null(e);
				random_bytes(e, sizeof(*e), rng);
				e->key = EXIT_KEY(code / 4, code);
				off = sample_add_hist(s, len);
				assert_true(off >= 0);
				random_bytes(s->hist + off, len * sizeof(*s->hist), rng);
				e->hist = (struct hist_span){
					.off = off, .first = rnd(rng) % (HIST_BUCKETS - len), .len = len};
			}
		}
	}
	random_events(s, rng);
}

#endif
