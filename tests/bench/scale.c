// SPDX-License-Identifier: GPL-2.0-only
/*
 * scale VMSxVCPUSxREASONS [TICKS [events]]
 *
 * What a tick costs on a made-up host of that size: sample, snapshot, sort, render, and what the past and a key press cost.
 * Prints a line a step: its name and the median, the least and the most of its ticks, in microseconds of CPU time; then
 * the memory in MiB at the end. events: those of all groups too, as with --all; else the core alone, as most views have it.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include "../../model/series.h"
#include "../../model/source.h"
#include "../../ui/app.h"
#include "../../ui/render.h"

enum step { SAMPLE, SNAPSHOT, SORT, RENDER, TICK, SERIES, KEY, STEPS };

static const char *const names[STEPS] = {"sample", "snapshot", "sort", "render", "tick", "series", "key"};

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

int main(int argc, char **argv)
{
	int ticks = argc > 2 ? atoi(argv[2]) : 15, events = argc > 3;
	struct synthetic_spec spec = {0};
	struct sample sample[2] = {{0}};
	struct snapshot snap = {0};
	struct grid grid = {0};
	struct series *series;
	struct source *source;
	struct app app;
	char error[256];
	struct rusage usage;

	setlocale(LC_ALL, "C.UTF-8");
	if (argc < 2 || synthetic_spec_parse(argv[1], &spec) || ticks < 1 || ticks > TICKS_MAX)
		fail("usage: scale VMSxVCPUSxREASONS [TICKS [events]]");
	source = source_synthetic_open(&spec);
	series = series_new();
	if (!source || !series)
		fail("out of memory");
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

		t[0] = now_us();
		if (source_sample(source, cur))
			fail(source->error);
		if (!events)
			cur->event_count = 0;
		t[1] = now_us();
		if (snapshot_build(&snap, prev, cur, false))
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
		/* a key that asks for all there is: other rows, in another order */
		app_update(&app, i & 1 ? ACT_VIEW_VM : ACT_VIEW_VCPU);
		if (app_query(&app) || render(&app, &grid))
			fail("out of memory");
		t[6] = now_us();
		us[SAMPLE][i] = t[1] - t[0];
		us[SNAPSHOT][i] = t[2] - t[1];
		us[SORT][i] = t[3] - t[2];
		us[RENDER][i] = t[4] - t[3];
		us[TICK][i] = t[4] - t[0];
		us[SERIES][i] = t[5] - t[4];
		us[KEY][i] = t[6] - t[5];
	}
	for (int s = 0; s < STEPS; s++) {
		qsort(us[s], (size_t)ticks, sizeof(us[s][0]), compare);
		printf("%s %.0f %.0f %.0f\n", names[s], us[s][ticks / 2], us[s][0], us[s][ticks - 1]);
	}
	getrusage(RUSAGE_SELF, &usage);
	printf("memory %ld\n", usage.ru_maxrss / 1024);
	return 0;
}
