/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A host as metrics for Prometheus and the like: totals since kvmtop first saw each vCPU, never rates. One table of
 * metrics makes the exposition and its description.
 *
 * The same VM keeps the same labels as long as it runs. A VM is labelled by its name and the pid of its VMM; where two
 * of one process have one name, the second is called "name#2". Counters never go back while their vCPU runs. A metric
 * that this host cannot measure is not there.
 */
#ifndef KVMTOP_METRICS_H
#define KVMTOP_METRICS_H

#include <stdio.h>

#include "snapshot.h"

enum exposition { EXPOSE_PROMETHEUS, EXPOSE_OPENMETRICS, EXPOSITIONS };

#define METRICS_SERIES_DEFAULT 50000
#define METRICS_SERIES_MIN     500 /* what does not depend on how many VMs there are always fits */

/* Remembers what was told, from one exposition to the next. */
struct metrics;
/* At most max_series series are told; what is left out is counted in one of them. NULL when out of memory. */
struct metrics *metrics_new(u32 max_series);
void metrics_free(struct metrics *m);
/*
 * Takes over what is to be told: a snapshot of totals (snapshot_build() with cumulative), used until the next call or
 * until the last metrics_write(). 0 or -ENOMEM.
 */
int metrics_set(struct metrics *m, const struct snapshot *totals);
/* The exposition, all of it: *text (to be freed by the caller) and its length without the NUL. 0 or -ENOMEM. */
int metrics_write(struct metrics *m, enum exposition format, char **text, size_t *len);
/* Content-Type of HTTP, static text. */
const char *metrics_content_type(enum exposition format);
/* Which of them an Accept header asks for; NULL or "": EXPOSE_PROMETHEUS. */
enum exposition metrics_negotiate(const char *accept);
/* Every metric with its type, labels and meaning: for people. */
void metrics_describe(FILE *f);

#endif
