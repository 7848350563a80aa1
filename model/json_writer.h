/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KVMTOP_JSON_WRITER_H
#define KVMTOP_JSON_WRITER_H

#include <json-c/json.h>

#include "sample.h"

/*
 * json-c's objects, with failures remembered and not handled at each call: a NULL value would read as null and be
 * believed. Keys are string literals or static tables, so they need no copy.
 */
struct writer {
	bool failed;
};

/* All take NULL for an object that could not be made. */
void json_put(struct writer *w, struct json_object *to, const char *key, struct json_object *value);
void json_put_u64(struct writer *w, struct json_object *to, const char *key, u64 value);
void json_put_text(struct writer *w, struct json_object *to, const char *key, const char *text);
void json_put_bool(struct writer *w, struct json_object *to, const char *key, bool value);
void json_put_null(struct writer *w, struct json_object *to, const char *key);
struct json_object *json_put_object(struct writer *w, struct json_object *to, const char *key);
struct json_object *json_put_array(struct writer *w, struct json_object *to, const char *key, u32 room);
struct json_object *json_append_object(struct writer *w, struct json_object *array);
/* A task's comm may hold any byte; JSON must be UTF-8, and whoever prints it must not run escape sequences. */
void json_put_comm(struct writer *w, struct json_object *o, const char comm[TASK_COMM_LENGTH]);

/* model/json_events.c: the events of a VM (NULL: of none) as arrays of o, each named as model/events.c has it. */
void json_write_events(struct writer *w, struct json_object *o, const struct sample *s, const struct vm_sample *vm);

#endif
