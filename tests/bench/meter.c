// SPDX-License-Identifier: GPL-2.0-only
/*
 * meter [--load FILE.bpf.o PREFIX] [--stats] COMMAND [ARGUMENT]...
 *
 * Runs a command with the programs of FILE whose names begin with PREFIX attached. --stats: with BPF run-time statistics
 * on; afterwards a line a program of the whole machine that ran meanwhile, on standard error: "bpf NAME RUNS NS BYTES".
 * Exit status: the command's.
 *
 * meter --verify FILE.bpf.o
 *
 * Loads each program of FILE by itself, and prints how many the kernel took, how many instructions its verifier looked at,
 * and how many ms that took it.
 *
 * meter --screen COMMAND [ARGUMENT]...
 *
 * Runs a command on a terminal of 100x30, and prints how many ms it took until its first screen was there: until the last
 * byte before a pause of 100 ms. Then it is ended.
 */
#include <err.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
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

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* The number after a word in the verifier's log. */
static unsigned long number_after(const char *log, const char *word)
{
	const char *at = strstr(log, word);

	return at ? strtoul(at + strlen(word), NULL, 10) : 0;
}

static int verify(const char *file)
{
	unsigned long programs = 0, instructions = 0, us = 0;
	static char log[65536];

	for (unsigned i = 0;; i++) {
		struct bpf_object *obj = bpf_object__open_file(file, NULL);
		struct bpf_program *p, *only = NULL;
		unsigned at = 0;

		if (!obj)
			err(125, "%s", file);
		bpf_object__for_each_program(p, obj)
		{
			bpf_program__set_autoload(p, at == i);
			if (at++ == i)
				only = p;
		}
		if (!only) {
			bpf_object__close(obj);
			break;
		}
		bpf_program__set_log_buf(only, log, sizeof(log));
		bpf_program__set_log_level(only, 4); /* its statistics alone */
		if (!bpf_object__load(obj)) {
			programs++;
			us += number_after(log, "verification time ");
			instructions += number_after(log, "processed ");
		}
		bpf_object__close(obj);
	}
	printf("%lu %lu %lu\n", programs, instructions, us / 1000);
	return 0;
}

/* Fewer bytes are no screen: what a terminal is set up with. */
#define SCREEN_MIN 400

static int screen(char **command)
{
	struct winsize size = {.ws_row = 30, .ws_col = 100};
	double began = now_ms(), last = began;
	struct pollfd tty = {.events = POLLIN};
	char buf[65536];
	size_t total = 0;
	pid_t child = forkpty(&tty.fd, NULL, NULL, &size);

	if (child < 0)
		err(125, "forkpty");
	if (!child) {
		setenv("TERM", "xterm-256color", 1);
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	while (poll(&tty, 1, total < SCREEN_MIN ? 30000 : 100) > 0) {
		ssize_t n = read(tty.fd, buf, sizeof(buf));

		if (n <= 0)
			break;
		total += (size_t)n;
		last = now_ms();
	}
	kill(child, SIGTERM);
	waitpid(child, NULL, 0);
	if (total < SCREEN_MIN)
		errx(1, "no screen came");
	printf("%.0f\n", last - began);
	return 0;
}

int main(int argc, char **argv)
{
	int at = 1, status = 0, stats = 0;
	pid_t child;

	if (argc == 3 && !strcmp(argv[1], "--verify"))
		return verify(argv[2]);
	if (argc > 2 && !strcmp(argv[1], "--screen"))
		return screen(argv + 2);
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
