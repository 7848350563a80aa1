// SPDX-License-Identifier: GPL-2.0-only
/*
 * scale VMSxVCPUSxREASONS [TICKS [events|bpf]]
 *
 * What a tick costs on a made-up host of that size: sample, snapshot, sort, render, and what the past and a key press cost.
 * Prints a line a step: its name and the median, the least and the most of its ticks, in microseconds of CPU time; then
 * the memory in MiB at the end: its own without the ring of samples, the ring, and the BPF maps. events: those of all groups too, as with --all; else the core alone, as most views have it. bpf: this
 * host's own maps, as root, filled by hand, so that reading them is measured too.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "../../model/history.h"
#include "../../model/series.h"
#include "../../model/source.h"
#include "../../ui/app.h"
#include "../../ui/render.h"
#include "fill.h"

enum step { SAMPLE, SNAPSHOT, SORT, RENDER, TICK, SERIES, RING, KEY, STEPS };

static const char *const names[STEPS] = {"sample", "snapshot", "sort", "render", "tick", "series", "ring", "key"};

#define TICKS_MAX 1000

static double us[STEPS][TICKS_MAX];

static double now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static int compare(const void *va, const void *vb)
{
	const double *a = va, *b = vb;

	return *a < *b ? -1 : *a > *b;
}

static void fail(const char *what)
{
	fprintf(stderr, "scale: %s\n", what);
	exit(1);
}

/* A line of /proc/self/status that is in kB. */
static double status_mib(const char *name)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	double kib = 0;

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			kib = atof(line + strlen(name));
	if (f)
		fclose(f);
	return kib / 1024;
}

int main(int argc, char **argv)
{
	int ticks = argc > 2 ? atoi(argv[2]) : 15, bpf = argc > 3 && !strcmp(argv[3], "bpf"), events = argc > 3 && !bpf;
	int ret = 0;
	struct synthetic_spec spec = {0};
	struct sample sample[2] = {{0}};
	struct snapshot snap = {0};
	struct grid grid = {0};
	struct history *ring;
	struct series *series;
	struct source *source;
	struct app app;
	char error[256];

	setlocale(LC_ALL, "C.UTF-8");
	if (argc < 2 || synthetic_spec_parse(argv[1], &spec) || ticks < 1 || ticks > TICKS_MAX)
		fail("usage: scale VMSxVCPUSxREASONS [TICKS [events]]");
	source =
		bpf ? source_bpf_open(spec.vms * spec.vcpus, &ret, error, sizeof(error)) : source_synthetic_open(&spec);
	if (bpf && !source)
		fail(error);
	if (bpf && fill_begin(getpid(), &spec, error, sizeof(error)))
		fail(error);
	if (!bpf && !events)
		source_want(source, &(struct wants){0});
	series = series_new();
	ring = history_new(NULL);
	if (!source || !series || !ring)
		fail("out of memory");
	history_borrow(ring);
	if (app_init(&app, VIEW_VM, NULL, NULL, error, sizeof(error)))
		fail(error);
	app_resize(&app, 200, 50);
	if (source_sample(source, &sample[0]))
		fail(source->error);
	if (!events)
		sample[0].event_count = 0;
	series_add(series, &sample[0]);
	for (int i = 0; i < ticks; i++) {
		struct sample *prev = &sample[i & 1], *cur = &sample[(i + 1) & 1];
		double t[8];

		if (bpf) {
			/* rates are what they are on a host where samples are a second apart */
			nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
			fill_advance(&spec);
		}
		t[0] = now_us();
		if (source_sample(source, cur))
			fail(source->error);
		if (!events)
			cur->event_count = 0;
		t[1] = now_us();
		if (snapshot_build_lazily(&snap, prev, cur, false))
			fail("out of memory");
		t[2] = now_us();
		if (app_set_snapshot(&app, &snap, 0))
			fail("out of memory");
		t[3] = now_us();
		if (render(&app, &grid))
			fail("out of memory");
		t[4] = now_us();
		if (series_add(series, cur))
			fail("out of memory");
		t[5] = now_us();
		if (history_add(ring, cur))
			fail("out of memory");
		t[6] = now_us();
		/* a key that asks for all there is: other rows, in another order */
		app_update(&app, i & 1 ? ACT_VIEW_VM : ACT_VIEW_VCPU);
		if (app_query(&app) || render(&app, &grid))
			fail("out of memory");
		t[7] = now_us();
		us[SAMPLE][i] = t[1] - t[0];
		us[SNAPSHOT][i] = t[2] - t[1];
		us[SORT][i] = t[3] - t[2];
		us[RENDER][i] = t[4] - t[3];
		us[TICK][i] = t[4] - t[0];
		us[SERIES][i] = t[5] - t[4];
		us[RING][i] = t[6] - t[5];
		us[KEY][i] = t[7] - t[6];
	}
	for (int s = 0; s < STEPS; s++) {
		qsort(us[s], (size_t)ticks, sizeof(us[s][0]), compare);
		printf("%s %.0f %.0f %.0f\n", names[s], us[s][ticks / 2], us[s][0], us[s][ticks - 1]);
	}
	printf("own %.0f\npast %.0f\nmaps %.0f\n",
	       status_mib("RssAnon:") - (double)history_figures(ring).bytes / 1048576,
	       (double)history_figures(ring).bytes / 1048576, bpf ? fill_kernel_mib(getpid()) : 0);
	return 0;
}
