/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Output for pipes, files and scripts: no terminal, no colours, no cursor.
 *
 * Usage, from main(), for -b, --json, --csv, or where loop_possible() says no:
 *	struct batch_options opts = { .loop = &loop_options, .format = BATCH_TABLE };
 *	char err[256];
 *	int ret = batch_run(src, &opts, stdout, err, sizeof(err));
 * A first sample is taken at once and not printed; then one table (of loop->view, sorted and filtered as loop says), one
 * JSON object or the same rows as CSV (model/csv.h, below one header line) for each interval of loop->delay seconds,
 * loop->iterations of them (0: until SIGINT, SIGTERM or SIGHUP, which end it with 0 after the tick that is being written).
 * Each is flushed. A reader that goes away (EPIPE) ends it with 0 too, and so does the end of a recording. no_wait takes the
 * samples one after the other without waiting, for sources with a clock of their own.
 * The table: a line that begins with "kvmtop" (time, VMs, vCPUs, exits/s, the host's budget), lines that begin with
 * "!" for what was lost or is not measured, the column titles, the rows, an empty line. All columns are there, whatever
 * the width; bars are given as numbers.
 */
#ifndef KVMTOP_BATCH_H
#define KVMTOP_BATCH_H

#include <stdio.h>

#include "loop.h"

enum batch_format { BATCH_TABLE, BATCH_JSON, BATCH_CSV, BATCH_LOG };

struct batch_options {
	const struct loop_options *loop;
	enum batch_format format;
	bool no_wait; /* take samples without waiting between them */
	bool quiet;   /* print nothing: for a source that records on its way */
};

/* 0, or a negative errno and one line in err. */
int batch_run(struct source *source, const struct batch_options *opts, FILE *out, char *err, size_t err_size);

#endif
