// SPDX-License-Identifier: GPL-2.0-only
/*
 * meter [--load FILE.bpf.o PREFIX] [--stats] COMMAND [ARGUMENT]...
 *
 * Runs a command with the programs of FILE whose names begin with PREFIX attached. --stats: with BPF run-time statistics
 * on; afterwards a line a program of the whole machine that ran meanwhile, on standard error: "bpf NAME RUNS NS BYTES".
 * Exit status: the command's.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define PROGRAMS 1024

struct counted {
	unsigned id;
	unsigned long long runs, ns;
};

static struct counted before[PROGRAMS];
static unsigned before_count;

static int next_program(unsigned *id, struct bpf_prog_info *info)
{
	unsigned size = sizeof(*info);
	int fd;

	while (!bpf_prog_get_next_id(*id, id)) {
		fd = bpf_prog_get_fd_by_id(*id);
		if (fd < 0)
			continue;
		memset(info, 0, size);
		if (!bpf_obj_get_info_by_fd(fd, info, &size)) {
			close(fd);
			return 1;
		}
		close(fd);
	}
	return 0;
}

static void remember(void)
{
	struct bpf_prog_info info;

	for (unsigned id = 0; before_count < PROGRAMS && next_program(&id, &info);)
		before[before_count++] = (struct counted){info.id, info.run_cnt, info.run_time_ns};
}

static void tell(void)
{
	struct bpf_prog_info info;

	for (unsigned id = 0; next_program(&id, &info);) {
		unsigned long long runs = info.run_cnt, ns = info.run_time_ns;

		for (unsigned i = 0; i < before_count; i++) {
			if (before[i].id != info.id)
				continue;
			runs -= before[i].runs;
			ns -= before[i].ns;
		}
		if (runs)
			fprintf(stderr, "bpf %s %llu %llu %u\n", info.name, runs, ns, info.jited_prog_len);
	}
}

static struct bpf_object *load(const char *file, const char *prefix)
{
	struct bpf_object *obj = bpf_object__open_file(file, NULL);
	struct bpf_program *p;
	unsigned attached = 0;

	if (!obj)
		err(125, "%s", file);
	bpf_object__for_each_program(p, obj)
		bpf_program__set_autoload(p, !strncmp(bpf_program__name(p), prefix, strlen(prefix)));
	if (bpf_object__load(obj))
		err(125, "%s does not load", file);
	bpf_object__for_each_program(p, obj)
	{
		if (!bpf_program__autoload(p))
			continue;
		if (!bpf_program__attach(p))
			err(125, "%s does not attach", bpf_program__name(p));
		attached++;
	}
	if (!attached)
		errx(125, "%s has no program %s*", file, prefix);
	return obj;
}

int main(int argc, char **argv)
{
	int at = 1, status = 0, stats = 0;
	pid_t child;

	for (; at < argc && argv[at][0] == '-'; at++) {
		if (!strcmp(argv[at], "--stats")) {
			stats = 1;
		} else if (!strcmp(argv[at], "--load") && at + 2 < argc) {
			load(argv[at + 1], argv[at + 2]);
			at += 2;
		} else {
			errx(125, "usage: meter [--load FILE PREFIX] [--stats] COMMAND [ARGUMENT]...");
		}
	}
	if (at >= argc)
		errx(125, "no command");
	if (stats) {
		if (bpf_enable_stats(BPF_STATS_RUN_TIME) < 0)
			err(125, "BPF statistics");
		remember();
	}
	child = fork();
	if (child < 0)
		err(125, "fork");
	if (!child) {
		execvp(argv[at], argv + at);
		err(127, "%s", argv[at]);
	}
	waitpid(child, &status, 0);
	if (stats)
		tell();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
