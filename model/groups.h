/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs that only some panes need (enum event_group): attached when first wanted, in a thread, so that nothing
 * stands still meanwhile, and detached when nobody has wanted them for a while.
 */
#ifndef KVMTOP_GROUPS_H
#define KVMTOP_GROUPS_H

#include "attach.h"

struct groups;

/* Pools of the records, as user space maps them. */
struct group_maps {
	int slots_fd, free_events_fd, free_hists_fd, log_fd;
	struct event_rec *recs;
	struct event_hist *hists;
	u32 max_events, max_hists;
};

/*
 * core is attached and stays so until groups_close(); control is its control block, mapped. sizes as of the core; the
 * records of the groups follow from them. Nothing is attached and no memory taken before the first groups_want(). NULL
 * when out of memory.
 */
struct groups *groups_open(const struct attach *core, struct control *control, const struct core_sizes *sizes);
void groups_close(struct groups *g);
/*
 * wanted: GROUP_BIT()s. To be called now and then, at least once a sample: what was attached meanwhile is taken into
 * service, what has not been wanted for GROUP_LINGER_NS is detached. wait: returns only when all of wanted is attached
 * or refused.
 */
void groups_want(struct groups *g, u32 wanted, bool wait, u64 now);
#define GROUP_LINGER_NS (10 * NSEC_PER_SEC)
/*
 * Runs the iterators of the groups in service, once a sample: they look at what makes no event. Like the core's walk they
 * may use 2 % of the time.
 */
void groups_walk(struct groups *g, u64 now);
/* NULL before the first group was wanted, or when there was no memory for them. */
const struct group_maps *groups_maps(const struct groups *g);
/* Memory of the maps that the groups share, and of their own. */
u64 groups_bytes(const struct groups *g);
/* Fills in the probes of all groups. Those of a group that could not be had are refused, and say why. */
void groups_probes(const struct groups *g, struct probe_sample *probes);
/* As attach_missed(), of all groups since the beginning. */
void groups_missed(const struct groups *g, struct missed *missed);
/* As attach_cost(), of all groups since the beginning. */
void groups_cost(const struct groups *g, u64 *ns, u64 *runs);
/* struct attach's took_ns of the groups in service; the others are left as they are. */
void groups_attach_ns(const struct groups *g, u64 ns[GROUPS]);

/* The table: model/attach_groups.c. NULL: the group has no programs of its own. */
const struct program_set *group_set(enum event_group group);

#endif
