/* SPDX-License-Identifier: GPL-2.0-only */
/* Events as JSON, made from the table of model/events.c: one array for each name of an array that it has. */
#include <string.h>

#include "events.h"
#include "hist.h"
#include "json_writer.h"

static void write_durations(struct writer *w, struct json_object *o, const struct sample *s,
			    const struct exit_sample *x)
{
	static const double q[] = {0.50, 0.99};
	u64 ns[ARRAY_SIZE(q)];

	hist_sample_quantiles(s, x, q, ARRAY_SIZE(q), ns);
	json_put_u64(w, o, "timed", x->done);
	json_put_u64(w, o, "total_ns", x->total_ns);
	json_put_u64(w, o, "min_ns", x->min_ns);
	json_put_u64(w, o, "max_ns", x->max_ns);
	json_put_u64(w, o, "p50_ns", ns[0]);
	json_put_u64(w, o, "p99_ns", ns[1]);
}

/* Of the address range's equal parts those that counted: [part, count] each. */
static void write_cells(struct writer *w, struct json_object *o, const struct sample *s, struct hist_span span)
{
	struct json_object *cells = json_put_array(w, o, "cells", span.len);

	for (u32 i = 0; i < span.len && !w->failed; i++) {
		struct json_object *pair;

		if (!s->hist[span.off + i])
			continue;
		pair = json_object_new_array_ext(2);
		if (!pair || json_object_array_add(pair, json_object_new_uint64(span.first + i)) ||
		    json_object_array_add(pair, json_object_new_uint64(s->hist[span.off + i])) ||
		    json_object_array_add(cells, pair)) {
			json_object_put(pair);
			w->failed = true;
		}
	}
}

static void write_event(struct writer *w, struct json_object *array, const struct sample *s, const struct vm_sample *vm,
			const struct event_sample *e, const struct event_info *info)
{
	struct json_object *o = json_append_object(w, array);
	const struct vcpu_sample *vcpu = vm && e->vcpu ? sample_find_vcpu(s, vm, e->vcpu) : NULL;
	u32 isa = vm && vm->vcpu_count ? s->vcpus[vm->vcpu_first].isa : 0;
	char buf[EVENT_NAME_SIZE];

	json_put_text(w, o, "type", info->name);
	json_put_text(w, o, "name", event_name(isa, e->kind, e->sub, e->a, e->b, buf));
	if (vcpu)
		json_put(w, o, "vcpu", json_object_new_int64(vcpu->vcpu_id));
	if (e->sub == EVENT_OTHERS) {
		json_put_bool(w, o, "others", true);
	} else {
		if (info->sub)
			json_put_u64(w, o, info->sub, e->sub);
		if (info->a)
			json_put_u64(w, o, info->a, e->a);
		if (info->b)
			json_put_u64(w, o, info->b, e->b);
	}
	json_put_u64(w, o, "count", e->x.count);
	if (info->errors)
		json_put_u64(w, o, info->errors, e->errors);
	if (info->timed)
		write_durations(w, o, s, &e->x);
	for (u32 i = 0; i < EVENT_VALUES && e->sub != EVENT_OTHERS; i++)
		if (info->value[i].name)
			json_put_u64(w, o, info->value[i].name, e->value[i]);
	if (info->cells)
		write_cells(w, o, s, e->x.hist);
	json_put_u64(w, o, "tid", e->tid);
	json_put_comm(w, o, e->comm);
}

void json_write_events(struct writer *w, struct json_object *o, const struct sample *s, const struct vm_sample *vm)
{
	vm_uid uid = vm ? vm->uid : 0;
	u32 first = 0, end;

	while (first < s->event_count && s->events[first].vm < uid)
		first++;
	for (end = first; end < s->event_count && s->events[end].vm == uid;)
		end++;
	for (u32 n = 0; n < event_info_count() && first < end; n++) {
		const char *name = event_info_at(n)->array;
		struct json_object *array = NULL;
		bool seen = false;

		for (u32 k = 0; k < n; k++)
			seen |= !strcmp(event_info_at(k)->array, name);
		for (u32 i = first; i < end && !seen && !w->failed; i++) {
			const struct event_info *info = event_info(s->events[i].kind);

			/* A record of others that counted nothing only says how many keys there are. */
			if (!info || strcmp(info->array, name) != 0 ||
			    (s->events[i].sub == EVENT_OTHERS && !s->events[i].x.count))
				continue;
			if (!array)
				array = json_put_array(w, o, name, end - first);
			write_event(w, array, s, vm, &s->events[i], info);
		}
	}
}
