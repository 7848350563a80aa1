// SPDX-License-Identifier: GPL-2.0-only
/* This host: reads the records that the BPF programs keep, and keeps track of which vCPU and VM each one is. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "attach.h"
#include "clock.h"
#include "groups.h"
#include "pages.h"
#include "paused.h"
#include "source.h"
#include "source_events.h"
#include "source_log.h"
#include "source_rows.h"
#include "vmtable.h"

/* What user space knows of a vCPU record. */
struct slot {
	vcpu_uid uid; /* 0: free, or not seen yet */
	vm_uid vm;
	u32 pass;          /* of the last walk that found its file */
	struct found stat; /* what that walk read */
};

/* A record that has no identity yet. */
struct fresh {
	u64 created_ns;
	u32 slot;
};

struct order {
	u32 slot;
	vm_uid vm;
	s32 vcpu_id;
};

struct source_bpf {
	struct source base;
	struct attach attach;
	struct core_sizes sizes;
	bool attached;
	struct groups *groups;
	struct source_events events;
	struct source_log log;
	struct wants wants;
	int stats_fd; /* the kernel keeps BPF statistics while it is open, -1: not */
	u32 asked_vcpus;

	struct {
		int vcpu_slots, thread_vcpus, free_exits, free_vcpus;
	} map_fd;
	struct control *control;
	struct vcpu_rec *vcpus;
	struct exit_rec *exits;
	struct slot *slots;
	struct fresh *fresh;
	struct order *order; /* the live slots by VM and vcpu_id */
	u32 order_count;
	vcpu_uid next_uid;
	struct vmtable vms;

	struct bpf_link *iter;
	u32 pass;
	u64 next_walk_ns;
	u64 seq;
	u64 user_exits; /* in the last sample, over all vCPUs */
};

/* --- ends --------------------------------------------------------------------------------------------------------- */

static u32 used_slots(const struct source_bpf *b)
{
	u32 used = __atomic_load_n(&b->control->next_vcpu, __ATOMIC_RELAXED);

	return used < b->sizes.max_vcpus ? used : b->sizes.max_vcpus;
}

/*
 * Notes which of the known VMs have ended: KVM destroys vCPUs only with their VM. Before any new record or file is looked
 * at, because the next VM may have the address of the last one within microseconds.
 */
static void note_ends(struct source_bpf *b)
{
	for (u32 i = 0, used = used_slots(b); i < used; i++) {
		struct vm_entry *vm = NULL;

		/* hardly any has: to look for the VM of each first takes longer than all of this */
		if (b->vcpus[i].ended_ns && b->slots[i].uid)
			vm = vmtable_find(&b->vms, b->slots[i].vm);
		if (vm && !vm->ended_ns)
			vm->ended_ns = b->vcpus[i].ended_ns;
	}
}

/* --- the walk over open files ------------------------------------------------------------------------------------ */

static void take_found(struct source_bpf *b, const struct found *f)
{
	struct slot *slot = f->kind == FOUND_VCPU && f->slot >= 0 ? &b->slots[f->slot] : NULL;
	const struct vcpu_rec *rec = slot ? &b->vcpus[f->slot] : NULL;
	struct vm_entry *vm;

	if (slot) {
		slot->stat = *f;
		slot->pass = b->pass;
	}
	vm = slot && slot->uid ? vmtable_find(&b->vms, slot->vm) : NULL;
	if (slot && !slot->uid)
		note_ends(b);
	if (!vm)
		vm = vmtable_get(&b->vms, f->kvm, f->pid, NULL, rec ? rec->created_ns : clock_ns(CLOCK_MONOTONIC),
				 rec ? rec->ended_ns : 0);
	if (vm)
		vm->pass = b->pass;
}

/*
 * A walk takes a while on hosts with very many open files: it may use 2 % of one pCPU's time, and at most one a sample.
 * What it costs is time on the pCPU: a busy host that keeps this thread waiting must not make its figures old as well.
 */
static bool walk_files(struct source_bpf *b, u64 now)
{
	u64 began = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	struct found found[64];
	ssize_t n = 0;
	int fd;

	if (!b->iter || now < b->next_walk_ns)
		return false;
	fd = bpf_iter_create(bpf_link__fd(b->iter));
	if (fd < 0)
		return false;
	b->pass++;
	do {
		/* The kernel hands out whole records: it never fills a buffer with a part of one. */
		n = read(fd, found, sizeof(found));
		for (ssize_t i = 0; i < n / (ssize_t)sizeof(found[0]); i++)
			take_found(b, &found[i]);
	} while (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)));
	close(fd);
	b->next_walk_ns = now + 50 * (clock_ns(CLOCK_THREAD_CPUTIME_ID) - began);
	return n == 0;
}

/* --- records -> identities --------------------------------------------------------------------------------------- */

static int compare_order(const void *va, const void *vb)
{
	const struct order *a = va, *b = vb;

	COMPARE(a->vm, b->vm);
	COMPARE(a->vcpu_id, b->vcpu_id);
	COMPARE(a->slot, b->slot);
	return 0;
}

static int compare_fresh(const void *va, const void *vb)
{
	const struct fresh *a = va, *b = vb;

	return a->created_ns < b->created_ns ? -1 : a->created_ns > b->created_ns;
}

/*
 * Gives new records an identity; true when there were any. In the order of their beginnings: several VMs may have lived and
 * died at one address since the last sample, and the first to come takes the entry of a VM that was found before it ran.
 */
static bool identify_fresh(struct source_bpf *b, u32 used)
{
	bool any = false;
	u32 count = 0;

	for (u32 i = 0; i < used; i++)
		if (!b->slots[i].uid && __atomic_load_n(&b->vcpus[i].vcpu, __ATOMIC_ACQUIRE))
			b->fresh[count++] = (struct fresh){b->vcpus[i].created_ns, i};
	qsort(b->fresh, count, sizeof(*b->fresh), compare_fresh);
	for (u32 i = 0; i < count; i++) {
		struct vcpu_rec *rec = &b->vcpus[b->fresh[i].slot];
		struct slot *slot = &b->slots[b->fresh[i].slot];
		struct vm_entry *vm =
			vmtable_get(&b->vms, rec->kvm, rec->pid, rec->comm, rec->created_ns, rec->ended_ns);

		if (!vm)
			continue;
		slot->uid = ++b->next_uid;
		slot->vm = vm->uid;
		if (rec->ended_ns && !vm->ended_ns)
			vm->ended_ns = rec->ended_ns;
		any = true;
	}
	return any;
}

/* Gives new records an identity, notes which vCPUs and VMs have ended, and lists the live slots in order. */
static void identify(struct source_bpf *b, u64 now, bool walked)
{
	u32 used = used_slots(b), live = 0;
	bool changed;

	note_ends(b);
	changed = identify_fresh(b, used);
	for (u32 i = 0; i < used; i++) {
		struct vcpu_rec *rec = &b->vcpus[i];
		struct slot *slot = &b->slots[i];
		struct vm_entry *vm;

		if (!__atomic_load_n(&rec->vcpu, __ATOMIC_ACQUIRE))
			continue;
		live++;
		/* Where nothing said that the vCPU was destroyed: its file is not open any more. */
		if (walked && !rec->ended_ns && slot->pass && slot->pass != b->pass)
			rec->ended_ns = now;
		vm = rec->ended_ns && slot->uid ? vmtable_find(&b->vms, slot->vm) : NULL;
		if (vm && !vm->ended_ns)
			vm->ended_ns = rec->ended_ns;
	}
	for (u32 i = 0; walked && i < b->vms.count; i++) {
		struct vm_entry *vm = &b->vms.vms[i];

		/* The VM's file may be closed while those of its vCPUs are open; either keeps it alive. */
		if (!vm->ended_ns && vm->pass && vm->pass != b->pass)
			vm->ended_ns = now;
	}
	if (!changed && live == b->order_count)
		return;
	b->order_count = 0;
	for (u32 i = 0; i < used; i++)
		if (b->slots[i].uid)
			b->order[b->order_count++] = (struct order){i, b->slots[i].vm, b->vcpus[i].vcpu_id};
	qsort(b->order, b->order_count, sizeof(*b->order), compare_order);
}

/* --- records -> sample ------------------------------------------------------------------------------------------- */

static int copy_vcpu(struct source_bpf *b, struct sample *s, const struct order *o, u64 epoch)
{
	const struct slot *slot = &b->slots[o->slot];
	struct vcpu_row_source from = {.rec = &b->vcpus[o->slot],
				       .exits = b->exits,
				       .max_exits = b->sizes.max_exits,
				       .stat = &slot->stat,
				       .uid = slot->uid,
				       .vm = slot->vm,
				       .epoch = epoch};

	return source_rows_vcpu(s, &from);
}

static int copy_vms(struct source_bpf *b, struct sample *s, u64 epoch)
{
	u32 at = 0;
	int err;

	for (u32 i = 0; i < b->vms.count; i++) {
		const struct vm_entry *entry = &b->vms.vms[i];
		struct vm_sample *vm = sample_add_vm(s);

		if (!vm)
			return -ENOMEM;
		vm->uid = entry->uid;
		vm->pid = entry->pid;
		vm->ended = entry->ended_ns;
		memcpy(vm->name, entry->name, sizeof(vm->name));
		memcpy(vm->vmm, entry->vmm, sizeof(vm->vmm));
		vm->vcpu_first = s->vcpu_count;
		for (; at < b->order_count && b->order[at].vm == entry->uid; at++) {
			err = copy_vcpu(b, s, &b->order[at], epoch);
			if (err)
				return err;
			if (vm->ended)
				s->vcpus[s->vcpu_count - 1].ended = true;
		}
		vm->vcpu_count = s->vcpu_count - vm->vcpu_first;
		vm->process_state = vm_process_state(s, vm);
	}
	return 0;
}

/* --- events ------------------------------------------------------------------------------------------------------ */

/* Of the VMs that had the address, the one that lives, or else the last one. */
static bool owner_of(void *arg, const struct event_key *event, vm_uid *vm, vcpu_uid *vcpu)
{
	struct source_bpf *b = arg;
	u64 key = event->vcpu;
	u32 slot;

	*vm = 0;
	*vcpu = 0;
	if (!event->kvm)
		return true;
	for (u32 i = b->vms.count; i-- && !*vm;)
		if (b->vms.vms[i].kvm == event->kvm)
			*vm = b->vms.vms[i].uid;
	if (!*vm || !key)
		return *vm;
	if (!bpf_map_lookup_elem(b->map_fd.vcpu_slots, &key, &slot) && slot < b->sizes.max_vcpus)
		*vcpu = b->slots[slot].uid;
	/* destroyed since */
	for (u32 i = 0; i < b->order_count && !*vcpu; i++)
		if (b->order[i].vm == *vm && b->vcpus[b->order[i].slot].vcpu == key)
			*vcpu = b->slots[b->order[i].slot].uid;
	return *vcpu;
}

/* What the log is to have from now on. A VM or vCPU that is gone has nothing to log: then nothing is. */
static void set_log(struct source_bpf *b)
{
	const struct wants *w = &b->wants;
	const struct vm_entry *vm = w->log_vm ? vmtable_find(&b->vms, w->log_vm) : NULL;
	u64 kvm = vm ? vm->kvm : 0, vcpu = 0;
	u32 groups;

	for (u32 i = 0; w->log_vcpu && i < b->order_count; i++)
		if (b->slots[b->order[i].slot].uid == w->log_vcpu)
			vcpu = b->vcpus[b->order[i].slot].vcpu;
	groups = (w->log_vm && !vm) || (w->log_vcpu && !vcpu) ? 0 : w->log_groups;
	b->control->log_kvm = kvm;
	b->control->log_vcpu = vcpu;
	__atomic_store_n(&b->control->log_groups, groups, __ATOMIC_RELEASE);
}

/* --- giving back ------------------------------------------------------------------------------------------------- */

static void free_slot(struct source_bpf *b, u32 index)
{
	struct vcpu_rec *rec = &b->vcpus[index];
	u32 gen = rec->gen + 1, none = 0;
	u64 vcpu = rec->vcpu;

	/* Not if a new vCPU already has the address: then it has another slot. */
	if (!bpf_map_lookup_elem(b->map_fd.vcpu_slots, &vcpu, &none) && none == index)
		bpf_map_delete_elem(b->map_fd.vcpu_slots, &vcpu);
	if (b->control->no_storage)
		bpf_map_delete_elem(b->map_fd.thread_vcpus, &rec->tid);
	/* Threads that remember the slot let go of it, and for good: what is cleared below leaves the generation alone. */
	__atomic_store_n(&rec->gen, gen, __ATOMIC_RELEASE);
	for (u32 i = 0; i < REASONS_A_VCPU; i++) {
		u32 exit = rec->reasons[i].rec;

		if (!rec->reasons[i].key || exit >= b->sizes.max_exits)
			continue;
		memset(&b->exits[exit], 0, sizeof(b->exits[exit]));
		bpf_map_update_elem(b->map_fd.free_exits, NULL, &exit, 0);
	}
	rec->seq = 0;
	memset(&rec->turn, 0, sizeof(*rec) - offsetof(struct vcpu_rec, turn));
	memset(&b->slots[index], 0, sizeof(b->slots[index]));
	bpf_map_update_elem(b->map_fd.free_vcpus, NULL, &index, 0);
}

/* The VMs that ended have been reported: their records can serve others. */
static void drop_ended(struct source_bpf *b)
{
	const struct vm_entry *vm = NULL;
	bool any = false;

	for (u32 i = 0; i < b->order_count; i++) {
		if (!i || b->order[i].vm != b->order[i - 1].vm)
			vm = vmtable_find(&b->vms, b->order[i].vm);
		if (vm && !vm->ended_ns)
			continue;
		free_slot(b, b->order[i].slot);
		any = true;
	}
	for (u32 i = 0; groups_maps(b->groups) && i < b->vms.count; i++)
		if (b->vms.vms[i].ended_ns)
			source_events_drop(&b->events, groups_maps(b->groups), b->vms.vms[i].uid);
	vmtable_drop_ended(&b->vms);
	if (any)
		b->order_count = 0; /* listed anew by the next sample */
}

/* --- the source -------------------------------------------------------------------------------------------------- */

/*
 * vCPUs that run now, from KVM's debugfs: a folder a VM, in it one a vCPU. Only to size the pools, so 0 where debugfs
 * is not mounted does no harm.
 */
static u32 count_vcpus(void)
{
	DIR *vms = opendir("/sys/kernel/debug/kvm"), *vm;
	char path[512];
	struct dirent *d, *v;
	u32 count = 0;

	while (vms && (d = readdir(vms))) {
		if (d->d_name[0] < '0' || d->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%s", d->d_name);
		vm = opendir(path);
		while (vm && (v = readdir(vm)))
			count += !strncmp(v->d_name, "vcpu", 4);
		if (vm)
			closedir(vm);
	}
	if (vms)
		closedir(vms);
	return count;
}

static void detach(struct source_bpf *b)
{
	bpf_link__destroy(b->iter);
	groups_close(b->groups);
	source_events_free(&b->events);
	source_log_close(&b->log);
	pages_unmap(b->control, sizeof(*b->control));
	pages_unmap(b->vcpus, (size_t)b->sizes.max_vcpus * sizeof(*b->vcpus));
	pages_unmap(b->exits, (size_t)b->sizes.max_exits * sizeof(*b->exits));
	free(b->slots);
	free(b->fresh);
	free(b->order);
	vmtable_free(&b->vms);
	attach_close(&b->attach);
	b->iter = NULL;
	b->groups = NULL;
	b->control = NULL;
	b->vcpus = NULL;
	b->exits = NULL;
	b->slots = NULL;
	b->fresh = NULL;
	b->order = NULL;
	b->attached = false;
}

/* A vCPU may well have 14 reasons, and some have many more; of very many it is 12 on average that count. */
static u32 exits_of(u32 vcpus)
{
	u32 each = vcpus * 14 + REASONS_A_VCPU, on_average = vcpus * 12 + 2048;

	return each < on_average ? each : on_average;
}

/* Room for an eighth more than runs now, and for a small host's whole life in any case. */
static int attach_now(struct source_bpf *b)
{
	u32 running = b->asked_vcpus ? 0 : count_vcpus();
	u32 vcpus = b->asked_vcpus ? b->asked_vcpus : running + running / 8 + 512;
	int err;

	b->sizes = (struct core_sizes){vcpus, exits_of(vcpus)};
	err = attach_core(&b->attach, &b->sizes, b->base.error, sizeof(b->base.error));
	if (err)
		return err;
	b->map_fd.vcpu_slots = bpf_map__fd(attach_map(&b->attach, "vcpu_slots"));
	b->map_fd.thread_vcpus = bpf_map__fd(attach_map(&b->attach, "thread_vcpus"));
	b->map_fd.free_exits = bpf_map__fd(attach_map(&b->attach, "free_exits"));
	b->map_fd.free_vcpus = bpf_map__fd(attach_map(&b->attach, "free_vcpus"));
	b->control = pages_map(bpf_map__fd(attach_map(&b->attach, "control")), sizeof(*b->control));
	b->vcpus =
		pages_map(bpf_map__fd(attach_map(&b->attach, "vcpus")), (size_t)b->sizes.max_vcpus * sizeof(*b->vcpus));
	b->exits =
		pages_map(bpf_map__fd(attach_map(&b->attach, "exits")), (size_t)b->sizes.max_exits * sizeof(*b->exits));
	b->slots = calloc(b->sizes.max_vcpus, sizeof(*b->slots));
	b->fresh = calloc(b->sizes.max_vcpus, sizeof(*b->fresh));
	b->order = calloc(b->sizes.max_vcpus, sizeof(*b->order));
	if (b->control)
		b->groups = groups_open(&b->attach, b->control, &b->sizes);
	if (!b->control || !b->vcpus || !b->exits || !b->slots || !b->fresh || !b->order || !b->groups) {
		snprintf(b->base.error, sizeof(b->base.error), "no memory for records of %u vCPUs", vcpus);
		detach(b);
		return -ENOMEM;
	}
	b->control->epoch = 1; /* so that a cell of zeroed memory is never of the present epoch */
	__atomic_store_n(&b->control->attached, 1, __ATOMIC_RELEASE);
	b->iter = bpf_program__attach_iter(attach_program(&b->attach, "find_vms"), NULL);
	if (!b->iter && b->attach.probes[PROBE_DISCOVER].status == PROBE_ON) {
		b->attach.probes[PROBE_DISCOVER].status = PROBE_REFUSED;
		b->attach.probes[PROBE_DISCOVER].err = -errno;
	}
	b->attached = true;
	return 0;
}

/*
 * On x86 hosts with another KVM back end than kvm_intel and kvm_amd, kvm_entry and kvm_exit exist and never fire. Told by
 * what is loaded, until an entry proves the opposite; or by VMs that keep returning to the VMM without any entry.
 */
static bool entries_are_silent(const struct source_bpf *b)
{
	if (b->control->entries_seen)
		return false;
#if defined(__x86_64__)
	if (access("/sys/module/kvm_intel", F_OK) && access("/sys/module/kvm_amd", F_OK))
		return true;
#endif
	return b->user_exits >= 16;
}

/* Statistics of all BPF programs of the host cost each run of theirs as well: only while somebody looks. */
static void measure(struct source_bpf *b, struct sample *s)
{
	if (b->wants.measure && b->stats_fd < 0)
		b->stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (!b->wants.measure && b->stats_fd >= 0) {
		close(b->stats_fd);
		b->stats_fd = -1;
	}
	attach_cost(&b->attach, &s->cost.bpf_ns, &s->cost.bpf_events);
	groups_cost(b->groups, &s->cost.bpf_ns, &s->cost.bpf_events);
}

static void copy_probes(const struct source_bpf *b, struct sample *s)
{
	s->probe_count = PROBE_COUNT;
	memcpy(s->probes, b->attach.probes, sizeof(b->attach.probes));
	s->upkeep.attach_ns[GROUP_CORE] = b->attached ? b->attach.took_ns : 0;
	if (b->groups) {
		groups_probes(b->groups, s->probes);
		groups_attach_ns(b->groups, s->upkeep.attach_ns);
	}
	if (b->attached && entries_are_silent(b)) {
		s->probes[PROBE_ENTRY].status = PROBE_SILENT;
		s->probes[PROBE_EXIT].status = PROBE_SILENT;
	}
}

/* Of this process: what is its own, not pages of files and maps. 0: not known. */
static u64 own_bytes(void)
{
	unsigned long size, resident = 0, shared = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%lu %lu %lu", &size, &resident, &shared) != 3)
		resident = shared = 0;
	if (f)
		fclose(f);
	return (u64)(resident - shared) * (u64)sysconf(_SC_PAGESIZE);
}

static int bpf_sample(struct source *src, struct sample *s)
{
	struct source_bpf *b = (struct source_bpf *)src;
	struct missed missed = {0};
	u64 epoch, began = clock_ns(CLOCK_MONOTONIC);
	bool walked;
	int err;

	if (!b->attached) {
		err = attach_possible(src->error, sizeof(src->error));
		if (!err)
			err = attach_now(b);
		if (err && err != -ENODEV)
			return err;
	}
	sample_reset(s);
	s->seq = ++b->seq;
	gethostname(s->host, sizeof(s->host) - 1);
	s->pcpus = sysconf(_SC_NPROCESSORS_ONLN);
	s->real_ns = clock_ns(CLOCK_REALTIME);
	s->mono_ns = began;
	if (b->attached)
		groups_want(b->groups, b->wants.groups, b->wants.wait, began);
	b->wants.wait = false;
	copy_probes(b, s);
	if (!b->attached) {
#if defined(__aarch64__)
		s->waiting = "KVM is off: the kernel has to be started at EL2, the hypervisor's level";
#else
		s->waiting = "KVM is not loaded: waiting for kvm_intel or kvm_amd";
#endif
		return 0;
	}

	note_ends(b);
	walked = walk_files(b, began);
	groups_walk(b->groups, clock_ns(CLOCK_MONOTONIC));
	/* From here on a new interval: what ends now counts in the next one. */
	epoch = b->control->epoch;
	__atomic_store_n(&b->control->epoch, epoch + 1, __ATOMIC_RELEASE);
	for (u32 i = 0, used = used_slots(b); i < used; i++)
		__atomic_store_n(&b->vcpus[i].epoch, epoch + 1, __ATOMIC_RELEASE);
	s->mono_ns = clock_ns(CLOCK_MONOTONIC);
	s->real_ns = clock_ns(CLOCK_REALTIME);
	identify(b, s->mono_ns, walked);
	err = copy_vms(b, s, epoch);
	if (!err && groups_maps(b->groups))
		err = source_events_sample(&b->events, groups_maps(b->groups), b->control, s, epoch, s->mono_ns,
					   owner_of, b);
	if (!err && groups_maps(b->groups))
		err = source_log_sample(&b->log, groups_maps(b->groups), b->control, s, owner_of, b);
	set_log(b);
	if (err) {
		snprintf(src->error, sizeof(src->error), "out of memory");
		return err;
	}
	memcpy(s->lost, b->control->lost, sizeof(s->lost));
	attach_missed(&b->attach, &missed);
	groups_missed(b->groups, &missed);
	s->lost[LOSS_MISSED] = missed_lost(&missed, b->control->repaired);
	b->user_exits = 0;
	for (u32 i = 0; i < s->vcpu_count; i++)
		b->user_exits += s->vcpus[i].user_exits;
	copy_probes(b, s);
	drop_ended(b);
	measure(b, s);
	s->upkeep.maps_bytes = attach_bytes(&b->attach) + groups_bytes(b->groups);
	s->upkeep.own_bytes = own_bytes();
	s->cost.cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	s->cost.sample_ns = clock_ns(CLOCK_MONOTONIC) - began;
	return 0;
}

static void bpf_want(struct source *src, const struct wants *wants)
{
	struct source_bpf *b = (struct source_bpf *)src;
	bool wait = b->wants.wait;

	b->wants = *wants;
	b->wants.wait |= wait;
}

static void bpf_close(struct source *src)
{
	struct source_bpf *b = (struct source_bpf *)src;

	if (b->stats_fd >= 0)
		close(b->stats_fd);
	detach(b);
	free(b);
}

static const struct source_ops bpf_ops = {.name = "bpf", .sample = bpf_sample, .want = bpf_want, .close = bpf_close};

struct source *source_bpf_open(u32 max_vcpus, int *err, char *error, size_t error_size)
{
	struct source_bpf *b = calloc(1, sizeof(*b));

	if (!b) {
		snprintf(error, error_size, "out of memory");
		*err = -ENOMEM;
		return NULL;
	}
	b->base.ops = &bpf_ops;
	b->stats_fd = -1;
	b->asked_vcpus = max_vcpus;
	*err = attach_possible(error, error_size);
	if (!*err) {
		*err = attach_now(b);
		if (*err)
			snprintf(error, error_size, "%s", b->base.error);
	}
	if (*err && *err != -ENODEV) {
		free(b);
		return NULL;
	}
	*err = 0;
	return &b->base;
}
