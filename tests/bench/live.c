// SPDX-License-Identifier: GPL-2.0-only
/*
 * live VMSxVCPUSxREASONS SECONDS KVMTOP [OPTION]...
 *
 * What a kvmtop that runs costs at that size, all that it does included: it is started on a terminal of 200x50, its maps
 * are filled by hand, and it is left alone for so many seconds, at a sample a second, after its past is full. Prints
 *	cpu	its CPU time, in % of a core (/proc/PID/schedstat, all threads)
 *	own	its memory in MiB, the past included and maps not: the sum of Pss in /proc/PID/smaps
 *	maps	that of its BPF maps and programs, by the kernel's account (/proc/PID/fdinfo)
 *	peak	the most that own and maps ever were together: VmHWM above VmRSS comes on top
 *	key	the longest time from a key press to the last byte of the screen that answers it, in ms, of a dozen
 * As root.
 */
#include <dirent.h>
#include <err.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "fill.h"

/* A sample each 0.2 s until the past and what is drawn over time are full. */
#define FAST       0.2
#define FAST_TICKS 110
#define KEYS       12

static pid_t child;
static struct pollfd tty = {.events = POLLIN};

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void end(void)
{
	if (child > 0)
		kill(child, SIGTERM);
}

/* Takes what it writes for so long; when the last of it came, 0: nothing did. */
static double drain(double ms)
{
	double until = now_ms() + ms, left, last = 0;
	char buf[65536];

	while ((left = until - now_ms()) > 0) {
		if (poll(&tty, 1, (int)left + 1) <= 0)
			continue;
		if (read(tty.fd, buf, sizeof(buf)) <= 0)
			errx(1, "kvmtop ended");
		last = now_ms();
	}
	return last;
}

static void type(const char *keys)
{
	if (write(tty.fd, keys, strlen(keys)) != (ssize_t)strlen(keys))
		err(1, "terminal");
}

/* ns of CPU time of all its threads. */
static double cpu_ns(void)
{
	char path[300];
	double sum = 0;
	struct dirent *d;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)child);
	dir = opendir(path);
	while (dir && (d = readdir(dir))) {
		double ns;
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", (int)child, d->d_name);
		f = d->d_name[0] == '.' ? NULL : fopen(path, "re");
		if (f && fscanf(f, "%lf", &ns) == 1)
			sum += ns;
		if (f)
			fclose(f);
	}
	if (dir)
		closedir(dir);
	return sum;
}

/* MiB of its mappings, but for those of BPF maps. */
static double own_mib(void)
{
	char path[64], line[512];
	double kib = 0, pss;
	bool map = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps", (int)child);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (line[0] < 'A' || line[0] > 'Z')
			map = strstr(line, "bpf-map");
		else if (!map && sscanf(line, "Pss: %lf", &pss) == 1)
			kib += pss;
	}
	if (f)
		fclose(f);
	return kib / 1024;
}

/* The same at its worst: what was in memory and is not any more. */
static double over_mib(void)
{
	char path[64], line[512];
	double high = 0, now = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)child);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		sscanf(line, "VmHWM: %lf", &high);
		sscanf(line, "VmRSS: %lf", &now);
	}
	if (f)
		fclose(f);
	return (high - now) / 1024;
}

/*
 * Until half-way between two samples. All exits of a host never end within the same milliseconds; when they do while a
 * sample is taken, the next interval begins with exits that the one before has counted, and for once kvmtop looks at the
 * histograms of all reasons of all vCPUs.
 */
static void between_samples(double ms)
{
	while (drain(5) == 0)
		;
	drain(ms / 2);
}

/* Past samples go by; each ends its interval with another second's worth of exits. */
static void pass(const struct synthetic_spec *spec, int ticks, double ms)
{
	double at = now_ms();

	for (int i = 0; i < ticks; i++) {
		fill_advance(spec);
		at += ms;
		if (at > now_ms())
			drain(at - now_ms());
	}
}

static double slowest_key(const struct synthetic_spec *spec)
{
	/* other views, other orders, a row further, the help and back */
	static const char *const keys[KEYS] = {"2", "1", "3", "1", ">", "<", "j", "k", "2", "1", "?", "?"};
	double worst = 0;

	for (int i = 0; i < KEYS; i++) {
		double began, last;

		pass(spec, 1, 1000);
		/* until a screen has just come, so that the answer is no part of the next */
		while (drain(5) == 0)
			;
		drain(100);
		began = now_ms();
		type(keys[i]);
		last = drain(300);
		if (last == 0)
			errx(1, "no answer to the key %s", keys[i]);
		if (last - began > worst)
			worst = last - began;
	}
	return worst;
}

int main(int argc, char **argv)
{
	struct winsize size = {.ws_row = 50, .ws_col = 200};
	struct synthetic_spec spec = {0};
	char vcpus[32], delay[32], error[256];
	double began, cpu, own, maps, over;
	char *args[32] = {NULL};
	int seconds = argc > 3 ? atoi(argv[2]) : 0, n = 0;

	if (argc < 4 || argc > 20 || synthetic_spec_parse(argv[1], &spec) || seconds < 1)
		errx(2, "usage: live VMSxVCPUSxREASONS SECONDS KVMTOP [OPTION]...");
	snprintf(vcpus, sizeof(vcpus), "%u", spec.vms * spec.vcpus);
	snprintf(delay, sizeof(delay), "%g", FAST);
	args[n++] = argv[3];
	args[n++] = "--no-config";
	args[n++] = "--max-vcpus";
	args[n++] = vcpus;
	args[n++] = "-d";
	args[n++] = delay;
	for (int i = 4; i < argc; i++)
		args[n++] = argv[i];
	child = forkpty(&tty.fd, NULL, NULL, &size);
	if (child < 0)
		err(1, "forkpty");
	if (!child) {
		setenv("TERM", "xterm-256color", 1);
		execv(args[0], args);
		err(127, "%s", args[0]);
	}
	atexit(end);
	drain(3000);
	if (fill_begin(child, &spec, error, sizeof(error)))
		errx(1, "%s", error);
	between_samples(FAST * 1000);
	pass(&spec, FAST_TICKS, FAST * 1000);
	type("d\0251\r");
	drain(1000);
	between_samples(1000);
	pass(&spec, 3, 1000);
	began = now_ms();
	cpu = cpu_ns();
	pass(&spec, seconds, 1000);
	cpu = (cpu_ns() - cpu) / 1e6 / (now_ms() - began) * 100;
	own = own_mib();
	over = over_mib();
	maps = fill_kernel_mib(child);
	printf("cpu %.2f\nown %.1f\nmaps %.1f\npeak %.1f\n", cpu, own, maps, own + maps + over);
	printf("key %.1f\n", slowest_key(&spec));
	end();
	waitpid(child, NULL, 0);
	child = 0;
	return 0;
}
