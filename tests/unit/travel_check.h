/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the tests of going through time. Included after cmocka.h. */
#ifndef KVMTOP_TRAVEL_CHECK_H
#define KVMTOP_TRAVEL_CHECK_H

#include "record_check.h"
#include "ui_check.h"

/* The seq of what is shown. */
static inline u64 at(const struct check_host *host)
{
	return host->app.snap->cur->seq;
}

/* A recording of n samples, and an app on it. */
static inline void check_replay(struct check_host *host, const char *spec, u32 n)
{
	struct sample *all = synthetic_samples(spec, n);
	char error[256];
	int err;

	record_all(scratch_path("replay"), all, n, NULL);
	samples_free(all, n);
	host->source = source_replay_open(scratch_path("replay"), &err, error, sizeof(error));
	assert_non_null(host->source);
	feed_init(&host->feed, host->source);
	assert_int_equal(app_init(&host->app, VIEW_VM, NULL, NULL, error, sizeof(error)), 0);
	host->app.replay = true;
	host->opts = (struct loop_options){.delay = 1};
	assert_int_equal(journey_begin(&host->feed, &host->app, &host->opts), 0);
	check_tick(host);
	check_tick(host);
}

#endif
