/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rows of a view as CSV (RFC 4180, lines end with \n), made from its column table.
 *
 * A header line, then a line a row a tick: time, interval_ns, the columns of the view, and what every view ends with (pid
 * where the table has none, ended, lost and more: csv_describe() tells each). Values are raw: no unit, no rounding for people. The header
 * tells the unit: _ns, _us (since 1970), _ratio (0..1), _per_s, _ms_per_s. A bar is a column a state or part. What is not known is empty.
 */
#ifndef KVMTOP_CSV_H
#define KVMTOP_CSV_H

#include <stdio.h>

#include "query.h"

/* The header line. 0 or -EIO. */
int csv_write_header(FILE *f, enum view_id view);
/* The rows as query_run() left them for that view, and flushes f. 0 or -EIO. */
int csv_write_rows(FILE *f, const struct snapshot *snap, enum view_id view, const struct rows *rows);
/* What each header means, a line each: for people. */
void csv_describe(FILE *f, enum view_id view);

#endif
