/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metrics over HTTP (model/metrics.h): a server that lives in the caller's event loop and never waits for a client.
 *
 * /metrics answers GET and HEAD, in OpenMetrics or in Prometheus's older text format, as the client asks for; anything
 * else is 404 or 405. Any number of requests for one sample cost one exposition of each format.
 *
 * Usage: exporter_open(), and exporter_sample() for each new sample. poll() on exporter_fd() for POLLIN with
 * exporter_timeout(), then exporter_run(). export_run() does all of it for a source, without a screen.
 */
#ifndef KVMTOP_EXPORT_H
#define KVMTOP_EXPORT_H

#include <stdio.h>

#include "../model/source.h"

struct export_options {
	const char *address; /* "PORT", "ADDR:PORT", "[ADDR6]:PORT"; loopback where there is no address, port 0: any */
	u32 groups;          /* export_run(): GROUP_BIT()s to measure */
	u32 max_series;      /* 0: METRICS_SERIES_DEFAULT */
};

struct exporter;
/*
 * refresh(context) is asked, when a client comes, for a sample that is less than a second old: it may call
 * exporter_sample(), or do nothing. NULL: the last one serves, whatever its age. NULL on failure, with *err and a line in
 * error.
 */
struct exporter *exporter_open(const struct export_options *opts, void (*refresh)(void *context), void *context,
			       int *err, char *error, size_t error_size);
void exporter_close(struct exporter *e);
/* What it listens on: "127.0.0.1:9750". The exporter's. */
const char *exporter_address(const struct exporter *e);
/* A sample to tell of, which must stay until the next one. */
void exporter_sample(struct exporter *e, const struct sample *s);
int exporter_fd(const struct exporter *e);
/* Milliseconds for poll(), -1: no limit. */
int exporter_timeout(const struct exporter *e);
void exporter_run(struct exporter *e);

/*
 * The source's metrics until SIGINT, SIGTERM or SIGHUP, which end it with 0. Takes a sample every delay seconds and
 * whenever one is asked for that is more than a second old, iterations of them (0: no limit; a recording is held at its
 * end). Says on standard error where it listens. 0, or a negative errno and a line in err.
 */
int export_run(struct source *source, const struct export_options *opts, double delay, long iterations, char *err,
	       size_t err_size);

#endif
