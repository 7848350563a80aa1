/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers for people (those for machines are at the end): three significant digits and a unit, in a fixed number of cells. Independent of the locale.
 *
 * Each writes at most `width` cells (plain ASCII, 1 <= width < FMT_SIZE) and returns buf. Digits are dropped where
 * they do not fit; a value that cannot be told in so few cells becomes a row of '#', never a shorter wrong number.
 * Negative and non-finite values count as 0. Nothing is padded.
 */
#ifndef KVMTOP_FORMAT_H
#define KVMTOP_FORMAT_H

#include "types.h"

#define FMT_SIZE 24

/* Nanoseconds: "0ns" "999ns" "12.3us" "1.25ms" "3.04s" "16.7m" "3.43h" "12.1d". Six cells hold any. */
char *fmt_ns(char buf[FMT_SIZE], double ns, int width);
/* Events: "0" "999" "12.3k" "1.20M" "3.04G" "7.00T". Five cells hold any. */
char *fmt_count(char buf[FMT_SIZE], double count, int width);
/* Memory, by powers of 1024: "0" "512" "4.00K" "8.00M" "1.50G". Five cells hold any. */
char *fmt_bytes(char buf[FMT_SIZE], double bytes, int width);
/* Events a second: as fmt_count, but with decimals below 100: "0" "0.25" "9.50" "42.1". */
char *fmt_rate(char buf[FMT_SIZE], double rate, int width);
/* A share of 0..1 in per cent, without the sign: "0.0" "<0.1" "12.3" "100". Four cells hold any up to 1. */
char *fmt_share(char buf[FMT_SIZE], double share, int width);

/* For machines, exact and without a unit. A number with up to six decimals: "0" "1500" "-3" "0.25". */
char *fmt_raw(char buf[FMT_SIZE], double value);
/* Nanoseconds as seconds, all digits: "0" "1.5" "0.000000001". */
char *fmt_seconds(char buf[FMT_SIZE], u64 ns);

#define FMT_TIME_SIZE 40

/* CLOCK_REALTIME in RFC 3339, UTC, to the nanosecond: "2026-01-01T00:00:00.000000000Z". */
char *fmt_time_utc(char buf[FMT_TIME_SIZE], u64 real_ns);

#endif
