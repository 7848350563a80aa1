// SPDX-License-Identifier: GPL-2.0-only
/*
 * counts TRUTH.json KVMTOP.json: what the VMM says it did against the last object of kvmtop that has its VM, for a host
 * where only exits to user space can be seen. A line "ok" or "not ok" a claim, with both numbers.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>

typedef struct json_object json;

static int failed;

static void __attribute__((format(printf, 2, 3))) claim(bool holds, const char *fmt, ...)
{
	va_list ap;

	failed |= !holds;
	printf("%s - this host: ", holds ? "ok" : "not ok");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static json *member(json *o, const char *key)
{
	json *value = NULL;

	json_object_object_get_ex(o, key, &value);
	return value;
}

static uint64_t number(json *o, const char *key)
{
	return json_object_get_uint64(member(o, key));
}

/* The element of an array whose member `key` is `want`. */
static json *find(json *array, const char *key, int64_t want)
{
	for (size_t i = 0; array && i < json_object_array_length(array); i++) {
		json *o = json_object_array_get_idx(array, i);

		if (json_object_get_int64(member(o, key)) == want)
			return o;
	}
	return NULL;
}

/* The VM of this pid in the last line that has it and its exits. */
static json *last_vm(const char *path, int64_t pid)
{
	FILE *f = fopen(path, "r");
	json *vm = NULL;
	char *line = NULL;
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0) {
		json *found = find(member(json_tokener_parse(line), "vms"), "pid", pid);

		vm = found ? found : vm;
	}
	if (f)
		fclose(f);
	free(line);
	return vm;
}

static void compare_vcpu(json *told, json *seen)
{
	json *returns = member(told, "returns"), *states = member(seen, "time_ns");
	int id = json_object_get_int(member(told, "id"));
	uint64_t sum = 0, age = number(seen, "age_ns");

	for (size_t i = 0; i < json_object_array_length(returns); i++) {
		json *r = json_object_array_get_idx(returns, i);
		int code = json_object_get_int(member(r, "code"));
		json *e = find(member(seen, "user_exits"), "code", code);
		uint64_t want = number(r, "user_ns"), got = number(e, "total_ns");

		claim(e && number(e, "count") == number(r, "count"),
		      "vCPU %d: returns of KVM_RUN of kind %d: kvmtop %" PRIu64 ", VMM %" PRIu64, id, code,
		      e ? number(e, "count") : 0, number(r, "count"));
		/* kvmtop's also has the system call's way out and in, and the exit in flight at the end */
		claim(got >= want * 98 / 100,
		      "vCPU %d: time in the VMM for them: kvmtop %" PRIu64 " us, VMM %" PRIu64 " us", id, got / 1000,
		      want / 1000);
	}
	json_object_object_foreach(states, state, value)
	{
		(void)state;
		sum += json_object_get_uint64(value);
	}
	claim(age && sum > age / 1000 * 995 && sum < age / 1000 * 1005,
	      "vCPU %d: states add to %" PRIu64 " us of %" PRIu64, id, sum / 1000, age / 1000);
}

int main(int argc, char **argv)
{
	json *truth = argc == 3 ? json_object_from_file(argv[1]) : NULL, *vcpus = member(truth, "vcpus"), *vm;

	if (!vcpus) {
		fprintf(stderr, "usage: counts TRUTH.json KVMTOP.json\n");
		return 2;
	}
	vm = last_vm(argv[2], json_object_get_int64(member(truth, "pid")));
	claim(vm != NULL, "the VM is listed");
	for (size_t i = 0; vm && i < json_object_array_length(vcpus); i++) {
		json *told = json_object_array_get_idx(vcpus, i);
		json *seen = find(member(vm, "vcpus"), "id", json_object_get_int64(member(told, "id")));

		claim(seen != NULL, "vCPU %d is listed", json_object_get_int(member(told, "id")));
		if (seen)
			compare_vcpu(told, seen);
	}
	return failed;
}
