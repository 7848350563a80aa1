/* SPDX-License-Identifier: GPL-2.0-only */
#include "source_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>

static int take(void *arg, void *data, size_t size)
{
	struct source_log *log = arg;

	if (size >= sizeof(struct log_rec))
		memcpy(&log->last[log->read++ % LOG_MAX], data, sizeof(struct log_rec));
	return 0;
}

/* CPUs write side by side, so the records come nearly in order. */
static int compare(const void *va, const void *vb)
{
	const struct log_sample *a = va, *b = vb;

	return a->ns < b->ns ? -1 : a->ns > b->ns;
}

int source_log_sample(struct source_log *log, const struct group_maps *maps, struct control *control, struct sample *s,
		      event_owner owner, void *arg)
{
	u64 first;

	if (!log->ring && !control->log_groups)
		return 0;
	if (!log->last)
		log->last = calloc(LOG_MAX, sizeof(*log->last));
	if (!log->ring && log->last)
		log->ring = ring_buffer__new(maps->log_fd, take, log, NULL);
	if (!log->ring)
		return -ENOMEM;
	log->read = 0;
	ring_buffer__consume(log->ring);
	first = log->read > LOG_MAX ? log->read - LOG_MAX : 0;
	if (first)
		__atomic_fetch_add(&control->lost[LOSS_LOG], first, __ATOMIC_RELAXED);
	for (u64 i = first; i < log->read; i++) {
		const struct log_rec *rec = &log->last[i % LOG_MAX];
		struct log_sample *line;
		vm_uid vm;
		vcpu_uid vcpu;

		/* Of a VM that nobody has seen yet: the next events of it will be told. */
		if (!owner(arg, &rec->key, &vm, &vcpu)) {
			__atomic_fetch_add(&control->lost[LOSS_LOG], 1, __ATOMIC_RELAXED);
			continue;
		}
		line = sample_add_log(s);
		if (!line)
			return -ENOMEM;
		line->ns = rec->ns;
		line->vm = vm;
		line->vcpu = vcpu;
		line->kind = rec->key.kind;
		line->sub = rec->key.sub;
		line->a = rec->key.a;
		line->b = rec->key.b;
		memcpy(line->value, rec->value, sizeof(line->value));
		line->took_ns = rec->took_ns;
		line->tid = rec->tid;
		line->failed = rec->failed;
		memcpy(line->comm, rec->comm, sizeof(line->comm));
	}
	if (s->log_count)
		qsort(s->log, s->log_count, sizeof(*s->log), compare);
	return 0;
}

void source_log_close(struct source_log *log)
{
	ring_buffer__free(log->ring);
	free(log->last);
	*log = (struct source_log){0};
}
