/* SPDX-License-Identifier: GPL-2.0-only */
/* What a case left behind in its folder: kvmtop's objects, the guests' accounts, ftrace's histograms, notes of the case. */
#define _GNU_SOURCE
#include "compare.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json *member(json *o, const char *name)
{
	json *m = NULL;

	if (o && json_object_is_type(o, json_type_object))
		json_object_object_get_ex(o, name, &m);
	return m;
}

uint64_t number(json *o, const char *name)
{
	return json_object_get_uint64(member(o, name));
}

int64_t integer(json *o, const char *name)
{
	return json_object_get_int64(member(o, name));
}

const char *text(json *o, const char *name)
{
	json *m = member(o, name);

	return m ? json_object_get_string(m) : "";
}

bool truth(json *o, const char *name)
{
	return json_object_get_boolean(member(o, name));
}

unsigned int length(json *array)
{
	return array && json_object_is_type(array, json_type_array) ? (unsigned int)json_object_array_length(array) : 0;
}

json *at(json *array, unsigned int i)
{
	return json_object_array_get_idx(array, i);
}

static json *find(json *array, const char *name, int64_t value)
{
	for (unsigned int i = 0; i < length(array); i++) {
		if (integer(at(array, i), name) == value)
			return at(array, i);
	}
	return NULL;
}

json *find_vm(json *tick, const char *name)
{
	json *vms = member(tick, "vms");

	for (unsigned int i = 0; i < length(vms); i++) {
		if (!strcmp(text(at(vms, i), "name"), name))
			return at(vms, i);
	}
	return NULL;
}

json *find_vm_pid(json *tick, int64_t pid)
{
	return find(member(tick, "vms"), "pid", pid);
}

json *find_vcpu(json *vm, int64_t id)
{
	return find(member(vm, "vcpus"), "id", id);
}

json *find_code(json *rows, int64_t code)
{
	return find(rows, "code", code);
}

uint64_t state_time(json *vcpu, const char *state)
{
	return number(member(vcpu, "time_ns"), state);
}

uint64_t all_time(json *vcpu)
{
	uint64_t sum = 0;

	json_object_object_foreach(member(vcpu, "time_ns"), key, value)
	{
		(void)key;
		sum += json_object_get_uint64(value);
	}
	return sum;
}

double deviation(uint64_t a, uint64_t b)
{
	return b ? fabs((double)a - (double)b) / (double)b : a ? INFINITY : 0;
}

static FILE *open_in(const char *dir, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return fopen(path, "re");
}

FILE *evidence_open(const struct evidence *e, const char *name)
{
	return open_in(e->dir, name);
}

void *grow(void *p, unsigned int count, size_t size)
{
	if (count & (count - 1))
		return p;
	p = realloc(p, (count ? count * 2 : 1) * size);
	if (!p) {
		fprintf(stderr, "compare: out of memory\n");
		exit(2);
	}
	return p;
}

/* One JSON object a line; a line cut short is the last one of a killed writer, and is reported. */
static void load_objects(struct objects *out, FILE *f, const char *name)
{
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, f) > 0) {
		json *o = json_tokener_parse(line);

		if (!o || !strchr(line, '\n')) {
			claim(false, "%s: line %u is no JSON object: %.60s", name, out->count + 1, line);
			json_object_put(o);
			continue;
		}
		out->o = grow(out->o, out->count, sizeof(*out->o));
		out->o[out->count++] = o;
	}
	free(line);
}

/* arm64's kvm_exit has the exception's type and class, which kvmtop puts into one code. */
static bool arm64_code(const char *line, int64_t *code)
{
	const char *ret = strstr(line, "ret:"), *class = strstr(line, "esr_ec:");

	if (!ret || !class)
		return false;
	*code = strtoll(ret + strlen("ret:"), NULL, 10) << 8 | strtoll(class + strlen("esr_ec:"), NULL, 10);
	return true;
}

uint64_t number_after(const char *line, const char *word)
{
	const char *at = strstr(line, word);

	return at ? strtoull(at + strlen(word), NULL, 10) : 0;
}

FILE *histogram_open(const struct evidence *e, const char *name)
{
	char file[64];

	snprintf(file, sizeof(file), "hist.%s", name);
	return evidence_open(e, file);
}

uint64_t histogram_hits(const struct evidence *e, const char *name, const char *key, uint64_t value)
{
	FILE *f = histogram_open(e, name);
	char line[512], want[64];
	uint64_t n = 0;

	snprintf(want, sizeof(want), " %s:", key ? key : "");
	while (f && fgets(line, sizeof(line), f))
		if (*line == '{' && (!key || (strstr(line, want) && number_after(line, want) == value)))
			n += number_after(line, "hitcount:");
	if (f)
		fclose(f);
	return n;
}

uint64_t histogram_dropped(const struct evidence *e, const char *name)
{
	FILE *f = histogram_open(e, name);
	uint64_t dropped = 0;
	char line[512];

	while (f && fgets(line, sizeof(line), f))
		dropped += number_after(line, "Dropped:");
	if (f)
		fclose(f);
	return dropped;
}

bool as_seen(uint64_t counted, uint64_t seen, uint64_t *dropped)
{
	bool holds = counted >= seen && counted - seen <= *dropped;

	*dropped -= holds ? counted - seen : 0;
	return holds;
}

bool claim_seen(const char *what, const char *whose, uint64_t counted, uint64_t seen, uint64_t *dropped)
{
	uint64_t may_lack = *dropped;
	bool holds = as_seen(counted, seen, dropped);

	if (!may_lack)
		return claim(holds, "%s: %s %" PRIu64 ", ftrace %" PRIu64, what, whose, counted, seen);
	return claim(holds, "%s: %s %" PRIu64 ", ftrace %" PRIu64 " and up to %" PRIu64 " that it dropped", what, whose,
		     counted, seen, may_lack);
}

void histogram_load(const struct evidence *e, const char *name, struct histogram *h)
{
	const char *key = strstr(name, "user.") ? "reason:" : "exit_reason:";
	FILE *f = evidence_open(e, name);
	char line[512];

	*h = (struct histogram){0};
	while (f && fgets(line, sizeof(line), f)) {
		const char *hit = strstr(line, "hitcount:");
		const char *code = strstr(line, key);
		const char *err = strstr(line, "errno:");
		/* a negative int, printed as an unsigned long */
		int64_t error = err ? (int32_t)strtoull(err + strlen("errno:"), NULL, 10) : 0;
		int64_t both = 0;

		h->hits += number_after(line, "Hits:");
		h->dropped += number_after(line, "Dropped:");
		if (*line != '{' || !hit || (!code && !arm64_code(line, &both)))
			continue;
		h->b = grow(h->b, h->count, sizeof(*h->b));
		h->b[h->count].code = code ? strtoll(code + strlen(key), NULL, 10) : both;
		/* With an error the reason is a left-over; several reasons may then share one errno. */
		if (error < 0)
			h->b[h->count].code = error;
		h->b[h->count].count = number_after(line, "hitcount:");
		for (unsigned int i = 0; i < h->count; i++) {
			if (h->b[i].code == h->b[h->count].code) {
				h->b[i].count += h->b[h->count].count;
				h->count--;
				break;
			}
		}
		h->count++;
	}
	if (f)
		fclose(f);
}

static void load_truths(struct evidence *e)
{
	struct dirent **names;
	int n = scandir(e->dir, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		const char *dot = strrchr(names[i]->d_name, '.');

		if (dot && !strcmp(dot, ".truth") && e->truths < TRUTHS) {
			char path[4096];

			snprintf(path, sizeof(path), "%s/%s", e->dir, names[i]->d_name);
			e->truth[e->truths] = json_object_from_file(path);
			if (claim(e->truth[e->truths] != NULL, "%s: the guest's own account", names[i]->d_name))
				e->truths++;
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

static void load_problems(const char *dir, const char *name)
{
	FILE *f = open_in(dir, name);
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		claim(false, "%s: %s", name, line);
	}
	if (f)
		fclose(f);
}

bool note(const struct evidence *e, const char *name, char *buf, size_t size)
{
	FILE *f = evidence_open(e, name);
	bool there = f && fgets(buf, (int)size, f);

	if (!there)
		*buf = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (f)
		fclose(f);
	return there && *buf;
}

long note_number(const struct evidence *e, const char *name)
{
	char line[64], *end;
	long n;

	if (!note(e, name, line, sizeof(line)))
		return -1;
	n = strtol(line, &end, 10);
	return *end ? -1 : n;
}

/* A kvmtop's exit status, and that it wrote something. */
static void check_end(const struct evidence *e, const char *name, const struct objects *ticks)
{
	char file[64];
	long status;

	snprintf(file, sizeof(file), "%s.err", name);
	load_problems(e->dir, file);
	snprintf(file, sizeof(file), "%s.status", name);
	status = note_number(e, file);
	claim(status == 0, "%s ended with status %ld", name, status);
	claim(ticks->count > 1, "%s wrote %u objects", name, ticks->count);
}

void evidence_load(struct evidence *e, const char *dir, const char *kernel)
{
	FILE *f;

	*e = (struct evidence){.dir = dir, .major = (unsigned int)strtoul(kernel, NULL, 10)};
	load_problems(dir, "problems");
	load_problems(dir, "vmm.log");
	load_truths(e);
	f = open_in(dir, "kvmtop.json");
	if (f) {
		e->has_kvmtop = true;
		load_objects(&e->ticks, f, "kvmtop.json");
		fclose(f);
	}
	f = open_in(dir, "second.json");
	if (f) {
		load_objects(&e->second, f, "second.json");
		fclose(f);
		check_end(e, "second", &e->second);
	}
	histogram_load(e, "exit.hist", &e->exits);
	histogram_load(e, "user.hist", &e->user_exits);
	e->has_ftrace = e->exits.count && e->user_exits.count;
	if (e->has_kvmtop)
		check_end(e, "kvmtop", &e->ticks);
}

void evidence_free(struct evidence *e)
{
	for (unsigned int i = 0; i < e->ticks.count; i++)
		json_object_put(e->ticks.o[i]);
	for (unsigned int i = 0; i < e->truths; i++)
		json_object_put(e->truth[i]);
	for (unsigned int i = 0; i < e->second.count; i++)
		json_object_put(e->second.o[i]);
	free(e->ticks.o);
	free(e->second.o);
	free(e->exits.b);
	free(e->user_exits.b);
}
