/* SPDX-License-Identifier: GPL-2.0-only */
#include "json_writer.h"

void json_put(struct writer *w, struct json_object *to, const char *key, struct json_object *value)
{
	if (!to || !value ||
	    json_object_object_add_ex(to, key, value, JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY)) {
		json_object_put(value);
		w->failed = true;
	}
}

void json_put_u64(struct writer *w, struct json_object *to, const char *key, u64 value)
{
	json_put(w, to, key, json_object_new_uint64(value));
}

void json_put_text(struct writer *w, struct json_object *to, const char *key, const char *text)
{
	json_put(w, to, key, json_object_new_string(text));
}

void json_put_bool(struct writer *w, struct json_object *to, const char *key, bool value)
{
	json_put(w, to, key, json_object_new_boolean(value));
}

void json_put_null(struct writer *w, struct json_object *to, const char *key)
{
	if (!to || json_object_object_add(to, key, NULL))
		w->failed = true;
}

struct json_object *json_put_object(struct writer *w, struct json_object *to, const char *key)
{
	struct json_object *object = json_object_new_object();

	json_put(w, to, key, object);
	return w->failed ? NULL : object;
}

struct json_object *json_put_array(struct writer *w, struct json_object *to, const char *key, u32 room)
{
	struct json_object *array = json_object_new_array_ext(room ? room : 1);

	json_put(w, to, key, array);
	return w->failed ? NULL : array;
}

struct json_object *json_append_object(struct writer *w, struct json_object *array)
{
	struct json_object *object = json_object_new_object();

	if (!array || !object || json_object_array_add(array, object)) {
		json_object_put(object);
		w->failed = true;
		return NULL;
	}
	return object;
}

void json_put_comm(struct writer *w, struct json_object *o, const char comm[TASK_COMM_LENGTH])
{
	char clean[TASK_COMM_LENGTH + 1];
	u32 n;

	for (n = 0; n < TASK_COMM_LENGTH && comm[n]; n++)
		clean[n] = comm[n] >= ' ' && comm[n] <= '~' ? comm[n] : '?';
	clean[n] = '\0';
	json_put_text(w, o, "comm", clean);
}
