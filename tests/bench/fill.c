// SPDX-License-Identifier: GPL-2.0-only
#include "fill.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/bpf.h>

static struct vcpu_rec *vcpus;
static struct exit_rec *exits;

/* --- what a process has open ---------------------------------------------------------------------------------------- */

/* A number of a file in /proc/PID/fdinfo, 0: there is none. */
static unsigned long number_of(pid_t pid, const char *fd, const char *name)
{
	unsigned long found = 0;
	char path[300], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%s", (int)pid, fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			found = strtoul(line + strlen(name), NULL, 10);
	if (f)
		fclose(f);
	return found;
}

static DIR *open_fds(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	return opendir(path);
}

double fill_kernel_mib(pid_t pid)
{
	static unsigned long seen[1024];
	unsigned count = 0;
	double bytes = 0;
	DIR *dir = open_fds(pid);
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		unsigned long map = number_of(pid, d->d_name, "map_id:"), prog = number_of(pid, d->d_name, "prog_id:");
		unsigned long link = number_of(pid, d->d_name, "link_id:"), id = map ? map : prog | 1UL << 32;
		unsigned at = 0;

		if ((!map && !prog) || link)
			continue;
		while (at < count && seen[at] != id)
			at++;
		if (at < count || count == sizeof(seen) / sizeof(seen[0]))
			continue;
		seen[count++] = id;
		bytes += (double)number_of(pid, d->d_name, "memlock:");
	}
	if (dir)
		closedir(dir);
	return bytes / 1048576;
}

static void *map_of(pid_t pid, const char *name, size_t size)
{
	struct bpf_map_info info;
	void *p = MAP_FAILED;
	DIR *dir = open_fds(pid);
	struct dirent *d;

	size = (size + 4095) / 4096 * 4096;
	while (dir && p == MAP_FAILED && (d = readdir(dir))) {
		unsigned id = (unsigned)number_of(pid, d->d_name, "map_id:"), len = sizeof(info);
		int fd = id ? bpf_map_get_fd_by_id(id) : -1;

		memset(&info, 0, sizeof(info));
		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len) && !strcmp(info.name, name))
			p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (fd >= 0)
			close(fd);
	}
	if (dir)
		closedir(dir);
	return p == MAP_FAILED ? NULL : p;
}

/* --- as the programs would ------------------------------------------------------------------------------------------ */

int fill_begin(pid_t pid, const struct synthetic_spec *spec, char *error, size_t error_size)
{
	u32 count = spec->vms * spec->vcpus;
	struct control *control = map_of(pid, "control", sizeof(*control));

	vcpus = map_of(pid, "vcpus", count * sizeof(*vcpus));
	exits = map_of(pid, "exits", (size_t)count * spec->reasons * sizeof(*exits));
	if (!control || !vcpus || !exits) {
		snprintf(error, error_size, "cannot map the BPF maps of process %d", (int)pid);
		return -1;
	}
	for (u32 i = 0; i < count; i++) {
		struct vcpu_rec *v = &vcpus[i];

		/* none of these ever ran on this machine */
		v->kvm = 0xffff800000000000ULL + (i / spec->vcpus + 1) * 65536ULL;
		v->vcpu_id = (int)(i % spec->vcpus);
		v->pid = (u32)pid;
		v->tid = i + 1;
		v->isa = 1;
		v->state = VCPU_GUEST;
		v->created_ns = v->acct_ns = v->state_ns = v->epoch = 1;
		for (u32 r = 0; r < spec->reasons; r++) {
			v->reasons[r].key = EXIT_KEY(EXIT_GUEST, r);
			v->reasons[r].rec = i * spec->reasons + r;
			exits[v->reasons[r].rec].key = v->reasons[r].key;
		}
		__atomic_store_n(&v->vcpu, 0xffff900000000000ULL + i * 65536ULL, __ATOMIC_RELEASE);
	}
	control->next_exit = count * spec->reasons;
	__atomic_store_n(&control->next_vcpu, count, __ATOMIC_RELEASE);
	return 0;
}

static u64 chance = 1;

void fill_advance(const struct synthetic_spec *spec)
{
	for (u32 i = 0; i < spec->vms * spec->vcpus; i++) {
		struct vcpu_rec *v = &vcpus[i];

		for (u32 r = 0; r < spec->reasons; r++) {
			struct exit_rec *x = &exits[i * spec->reasons + r];

			for (u32 k = 0; k < 12; k++) {
				u32 n, ns = 1000 << (k / 2);

				/* each another number, so that the past has something to keep */
				chance = chance * 6364136223846793005ULL + 1442695040888963407ULL;
				n = 1 + (u32)(chance >> 60);
				x->hist[40 + 4 * k + (i + r) % 4] += n;
				x->done += n;
				x->total_ns += (u64)n * ns;
			}
			x->min_ns = 1000;
			x->max_ns = 64000;
			x->past = x->now;
			x->now = (struct exit_extremes){.epoch = v->epoch, .min_ns = 1000, .max_ns = 64000};
		}
		v->time_ns[VCPU_KVM] += 12000;
		v->acct_ns += 12000;
	}
}
