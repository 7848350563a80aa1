// SPDX-License-Identifier: GPL-2.0-only
#include "groups.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "clock.h"
#include "pages.h"

#define LOG_SIZE (1U << 20)

enum group_state { STATE_OFF, STATE_LOADING, STATE_LOADED, STATE_ON, STATE_FAILED };

struct group {
	struct groups *all;
	enum event_group id;
	_Atomic int state; /* enum group_state; its thread only ever sets LOADED and FAILED */
	pthread_t thread;
	bool joinable;
	struct attach attach;
	int err;       /* STATE_FAILED: why, where no probe of its own says so */
	u64 wanted_ns; /* when it was last wanted */
};

/* A map that the groups share. */
enum shared { MAP_SLOTS, MAP_RECS, MAP_HISTS, MAP_FREE_EVENTS, MAP_FREE_HISTS, MAP_LOG, SHARED };

static const char *const shared_names[SHARED] = {
	[MAP_SLOTS] = "event_slots",       [MAP_RECS] = "event_recs",       [MAP_HISTS] = "event_hists",
	[MAP_FREE_EVENTS] = "free_events", [MAP_FREE_HISTS] = "free_hists", [MAP_LOG] = "event_log",
};

struct groups {
	const struct attach *core;
	struct control *control;
	struct core_sizes sizes;
	struct group group[GROUPS];
	int fd[SHARED];
	bool made;
	struct group_maps maps;
	u64 shared_bytes;
	struct missed missed_before; /* of what was detached since */
	u64 cost_ns_before, cost_runs_before;
	u64 next_walk_ns;
};

/* --- the shared maps ----------------------------------------------------------------------------------------------- */

static void drop_maps(struct groups *g)
{
	pages_unmap(g->maps.recs, (size_t)g->maps.max_events * sizeof(*g->maps.recs));
	pages_unmap(g->maps.hists, (size_t)g->maps.max_hists * sizeof(*g->maps.hists));
	g->maps.recs = NULL;
	g->maps.hists = NULL;
	for (int i = 0; i < SHARED; i++) {
		if (g->fd[i] >= 0)
			close(g->fd[i]);
		g->fd[i] = -1;
	}
	g->made = false;
	g->shared_bytes = 0;
}

/* Room for the dozens of keys that a VM has, and a floor for the thousands of pages of a few. */
static int make_maps(struct groups *g)
{
	u32 events = 32768 + 16 * g->sizes.max_vcpus, hists = 4096 + 4 * g->sizes.max_vcpus;
	const struct {
		enum bpf_map_type type;
		u32 key, value, entries, flags;
	} want[SHARED] = {
		[MAP_SLOTS] = {BPF_MAP_TYPE_HASH, sizeof(struct event_key), sizeof(u32), events, 0},
		[MAP_RECS] = {BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(struct event_rec), events, BPF_F_MMAPABLE},
		[MAP_HISTS] = {BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(struct event_hist), hists, BPF_F_MMAPABLE},
		[MAP_FREE_EVENTS] = {BPF_MAP_TYPE_QUEUE, 0, sizeof(u32), events, 0},
		[MAP_FREE_HISTS] = {BPF_MAP_TYPE_QUEUE, 0, sizeof(u32), hists, 0},
		[MAP_LOG] = {BPF_MAP_TYPE_RINGBUF, 0, 0, LOG_SIZE, 0},
	};

	for (int i = 0; i < SHARED; i++) {
		LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = want[i].flags);

		g->fd[i] = bpf_map_create(want[i].type, shared_names[i], want[i].key, want[i].value, want[i].entries,
					  &opts);
		if (g->fd[i] < 0) {
			int err = -errno;

			drop_maps(g);
			return err;
		}
		g->shared_bytes += want[i].type == BPF_MAP_TYPE_RINGBUF
					   ? want[i].entries
					   : (u64)want[i].entries * (want[i].key + want[i].value);
	}
	g->maps = (struct group_maps){.slots_fd = g->fd[MAP_SLOTS],
				      .free_events_fd = g->fd[MAP_FREE_EVENTS],
				      .free_hists_fd = g->fd[MAP_FREE_HISTS],
				      .log_fd = g->fd[MAP_LOG],
				      .max_events = events,
				      .max_hists = hists};
	g->maps.recs = pages_map(g->fd[MAP_RECS], (size_t)events * sizeof(*g->maps.recs));
	g->maps.hists = pages_map(g->fd[MAP_HISTS], (size_t)hists * sizeof(*g->maps.hists));
	if (!g->maps.recs || !g->maps.hists) {
		drop_maps(g);
		return -ENOMEM;
	}
	g->made = true;
	return 0;
}

/* --- attaching ----------------------------------------------------------------------------------------------------- */

/* Of a map that the core has as well, or that the groups share; -1: it is the group's own, as constants are. */
static int owner_fd(const struct groups *g, const struct bpf_map *map)
{
	const struct bpf_map *core = bpf_object__find_map_by_name(g->core->obj, bpf_map__name(map));

	for (int i = 0; i < SHARED; i++)
		if (!strcmp(bpf_map__name(map), shared_names[i]))
			return g->fd[i];
	return core && !bpf_map__is_internal(map) ? bpf_map__fd(core) : -1;
}

static int prepare(struct bpf_object *obj, u64 enabled, void *arg)
{
	struct groups *g = arg;
	struct knobs knobs = {
		.max_vcpus = g->sizes.max_vcpus,
		.max_exits = g->sizes.max_exits,
		.max_events = g->maps.max_events,
		.max_hists = g->maps.max_hists,
		.has_entry = g->core->probes[PROBE_ENTRY].status == PROBE_ON,
		.has_halt = g->core->probes[PROBE_HALT].status == PROBE_ON,
		.twins = g->core->twins,
	};
	struct bpf_map *map;
	int err = attach_set_knobs(obj, &knobs);

	(void)enabled;
	bpf_object__for_each_map(map, obj)
	{
		int fd = owner_fd(g, map);

		if (!err && fd >= 0)
			err = bpf_map__reuse_fd(map, fd);
	}
	return err;
}

static void *load(void *arg)
{
	struct group *group = arg;
	char line[256]; /* the probes say it, each by itself */

	group->err = attach_open(&group->attach, group_set(group->id), prepare, group->all, line, sizeof(line));
	atomic_store(&group->state, group->err ? STATE_FAILED : STATE_LOADED);
	return NULL;
}

static void start(struct groups *g, struct group *group)
{
	int err = g->made ? 0 : make_maps(g);

	if (!err) {
		atomic_store(&group->state, STATE_LOADING);
		err = -pthread_create(&group->thread, NULL, load, group);
	}
	if (err) {
		group->err = err;
		atomic_store(&group->state, STATE_FAILED);
		return;
	}
	group->joinable = true;
}

static void join(struct group *group)
{
	if (group->joinable)
		pthread_join(group->thread, NULL);
	group->joinable = false;
}

static void set_on(struct groups *g, struct group *group)
{
	join(group);
	g->control->since_ns[group->id] = clock_ns(CLOCK_MONOTONIC);
	__atomic_fetch_or(&g->control->groups, GROUP_BIT(group->id), __ATOMIC_RELEASE);
	atomic_store(&group->state, STATE_ON);
}

static void set_off(struct groups *g, struct group *group)
{
	join(group);
	__atomic_fetch_and(&g->control->groups, ~GROUP_BIT(group->id), __ATOMIC_RELEASE);
	attach_missed(&group->attach, &g->missed_before);
	attach_cost(&group->attach, &g->cost_ns_before, &g->cost_runs_before);
	attach_close(&group->attach);
	atomic_store(&group->state, STATE_OFF);
}

void groups_want(struct groups *g, u32 wanted, bool wait, u64 now)
{
	for (int i = 0; i < GROUPS; i++) {
		struct group *group = &g->group[i];

		if (!group_set(i))
			continue;
		if (wanted & GROUP_BIT(i)) {
			group->wanted_ns = now;
			if (atomic_load(&group->state) == STATE_OFF)
				start(g, group);
		}
	}
	for (int i = 0; i < GROUPS; i++) {
		struct group *group = &g->group[i];

		if (wait && (wanted & GROUP_BIT(i)))
			join(group);
		if (atomic_load(&group->state) == STATE_LOADED)
			set_on(g, group);
		if (atomic_load(&group->state) == STATE_ON && now > group->wanted_ns + GROUP_LINGER_NS)
			set_off(g, group);
	}
}

static void run_iterator(const struct group *group, const struct program *p)
{
	struct bpf_link *link = bpf_program__attach_iter(attach_program(&group->attach, p->name), NULL);
	int fd = link ? bpf_iter_create(bpf_link__fd(link)) : -1;
	char none[64];
	ssize_t n = 0;

	/*
	 * What it finds it writes to the records; reading makes it go on to the end. After a million files without a word the
	 * kernel wants to be asked again (MAX_ITER_OBJECTS, kernel/bpf/bpf_iter.c).
	 */
	do {
		n = fd >= 0 ? read(fd, none, sizeof(none)) : 0;
	} while (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)));
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
}

void groups_walk(struct groups *g, u64 now)
{
	u64 began = clock_ns(CLOCK_THREAD_CPUTIME_ID);

	if (now < g->next_walk_ns)
		return;
	for (int i = 0; i < GROUPS; i++) {
		const struct group *group = &g->group[i];
		const struct program_set *set = group_set(i);

		if (atomic_load(&group->state) != STATE_ON)
			continue;
		for (u32 k = 0; k < set->count; k++)
			if (set->programs[k].iterator &&
			    group->attach.probes[set->programs[k].probe].status == PROBE_ON)
				run_iterator(group, &set->programs[k]);
	}
	g->next_walk_ns = now + 50 * (clock_ns(CLOCK_THREAD_CPUTIME_ID) - began);
}

const struct group_maps *groups_maps(const struct groups *g)
{
	return g->made ? &g->maps : NULL;
}

u64 groups_bytes(const struct groups *g)
{
	u64 bytes = g->made ? g->shared_bytes : 0;

	for (int i = 0; i < GROUPS; i++) {
		struct bpf_map *map;

		if (atomic_load(&g->group[i].state) != STATE_ON)
			continue;
		bpf_object__for_each_map(map, g->group[i].attach.obj)
		{
			bytes += owner_fd(g, map) < 0 ? attach_map_bytes(map) : 0;
		}
	}
	return bytes;
}

void groups_probes(const struct groups *g, struct probe_sample *probes)
{
	for (int i = 0; i < GROUPS; i++) {
		const struct group *group = &g->group[i];
		const struct program_set *set = group_set(i);
		int state = atomic_load(&group->state);

		for (u32 k = 0; set && k < set->count; k++) {
			enum probe_id probe = set->programs[k].probe;

			probes[probe] = (struct probe_sample){.status = PROBE_OFF};
			if (state == STATE_ON)
				probes[probe] = group->attach.probes[probe];
			else if (state == STATE_FAILED)
				probes[probe] = (struct probe_sample){
					.status = PROBE_REFUSED, .err = group->attach.probes[probe].err ?: group->err};
		}
	}
}

void groups_missed(const struct groups *g, struct missed *missed)
{
	missed->all += g->missed_before.all;
	missed->both += g->missed_before.both;
	for (int i = 0; i < GROUPS; i++)
		if (atomic_load(&g->group[i].state) == STATE_ON)
			attach_missed(&g->group[i].attach, missed);
}

void groups_cost(const struct groups *g, u64 *ns, u64 *runs)
{
	*ns += g->cost_ns_before;
	*runs += g->cost_runs_before;
	for (int i = 0; i < GROUPS; i++)
		if (atomic_load(&g->group[i].state) == STATE_ON)
			attach_cost(&g->group[i].attach, ns, runs);
}

void groups_attach_ns(const struct groups *g, u64 ns[GROUPS])
{
	for (int i = 0; i < GROUPS; i++)
		if (atomic_load(&g->group[i].state) == STATE_ON)
			ns[i] = g->group[i].attach.took_ns;
}

/* --- life ---------------------------------------------------------------------------------------------------------- */

struct groups *groups_open(const struct attach *core, struct control *control, const struct core_sizes *sizes)
{
	struct groups *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->core = core;
	g->control = control;
	g->sizes = *sizes;
	for (int i = 0; i < SHARED; i++)
		g->fd[i] = -1;
	for (int i = 0; i < GROUPS; i++) {
		g->group[i].all = g;
		g->group[i].id = i;
	}
	return g;
}

void groups_close(struct groups *g)
{
	if (!g)
		return;
	for (int i = 0; i < GROUPS; i++) {
		join(&g->group[i]);
		attach_close(&g->group[i].attach);
	}
	drop_maps(g);
	free(g);
}
