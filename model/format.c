/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers for people, without printf's floating point: that follows the locale's decimal point. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "format.h"

struct scale {
	double unit;
	const char *name;
};

static const struct scale ns_scales[] = {
	{1, "ns"}, {1e3, "us"}, {1e6, "ms"}, {1e9, "s"}, {60e9, "m"}, {3600e9, "h"}, {86400e9, "d"},
};

/* Where the next unit takes over: its own size, but a thousand seconds are still told in seconds. */
static const double ns_ends[] = {1e3, 1e6, 1e9, 1e12, 3600e9, 86400e9, INFINITY};

static const struct scale count_scales[] = {
	{1, ""}, {1e3, "k"}, {1e6, "M"}, {1e9, "G"}, {1e12, "T"}, {1e15, "P"}, {1e18, "E"},
};

static const struct scale byte_scales[] = {
	{1, ""}, {0x1p10, "K"}, {0x1p20, "M"}, {0x1p30, "G"}, {0x1p40, "T"}, {0x1p50, "P"}, {0x1p60, "E"},
};

static double sane(double value)
{
	return value > 0 && value < INFINITY ? value : 0;
}

static int clamp_width(int width)
{
	return width < 1 ? 1 : width >= FMT_SIZE ? FMT_SIZE - 1 : width;
}

static char *overflow(char *buf, int width)
{
	memset(buf, '#', width);
	buf[width] = '\0';
	return buf;
}

/* value with `decimals` (0..2) and the unit's name, rounded; the number of cells it takes. */
static int put(char *buf, double value, int decimals, const char *name)
{
	static const u32 tens[] = {1, 10, 100};
	u64 fixed = (u64)(value * tens[decimals] + 0.5);

	if (!decimals)
		return snprintf(buf, FMT_SIZE, "%llu%s", (unsigned long long)fixed, name);
	return snprintf(buf, FMT_SIZE, "%llu.%0*u%s", (unsigned long long)(fixed / tens[decimals]), decimals,
			(u32)(fixed % tens[decimals]), name);
}

/* Three significant digits, fewer where the width asks for it. */
static bool put_fit(char *buf, double value, int most, const char *name, int width)
{
	int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

	if (decimals > most)
		decimals = most;
	for (; decimals >= 0; decimals--)
		if (put(buf, value, decimals, name) <= width)
			return true;
	return false;
}

char *fmt_ns(char buf[FMT_SIZE], double ns, int width)
{
	u32 i = 0;

	ns = sane(ns);
	width = clamp_width(width);
	/* Half a unit of the last digit less, or 999.9 us would read 1000us. */
	while (i + 1 < ARRAY_SIZE(ns_scales) && ns >= ns_ends[i] - ns_scales[i].unit / 2)
		i++;
	if (put_fit(buf, ns / ns_scales[i].unit, i ? 2 : 0, ns_scales[i].name, width))
		return buf;
	return overflow(buf, width);
}

/* In the largest unit that leaves three digits before the point. */
static char *put_scaled(char buf[FMT_SIZE], double value, int width, const struct scale *scales, size_t count)
{
	size_t i = 0;

	value = sane(value);
	width = clamp_width(width);
	while (i + 1 < count && value >= scales[i].unit * 999.5)
		i++;
	if (put_fit(buf, value / scales[i].unit, i ? 2 : 0, scales[i].name, width))
		return buf;
	return overflow(buf, width);
}

char *fmt_count(char buf[FMT_SIZE], double count, int width)
{
	return put_scaled(buf, count, width, count_scales, ARRAY_SIZE(count_scales));
}

char *fmt_bytes(char buf[FMT_SIZE], double bytes, int width)
{
	return put_scaled(buf, bytes, width, byte_scales, ARRAY_SIZE(byte_scales));
}

char *fmt_rate(char buf[FMT_SIZE], double rate, int width)
{
	rate = sane(rate);
	if (rate >= 99.95)
		return fmt_count(buf, rate, width);
	width = clamp_width(width);
	if (rate == 0)
		return strcpy(buf, "0");
	/* A rare event is not the same as none. */
	if (rate < 0.005 && width >= 5)
		return strcpy(buf, "<0.01");
	if (put_fit(buf, rate, 2, "", width))
		return buf;
	return overflow(buf, width);
}

char *fmt_share(char buf[FMT_SIZE], double share, int width)
{
	double percent = sane(share) * 100;

	width = clamp_width(width);
	if (percent > 0 && percent < 0.05 && width >= 4)
		return strcpy(buf, "<0.1");
	if (put_fit(buf, percent, 1, "", width))
		return buf;
	return overflow(buf, width);
}

/* whole.fraction, the fraction of so many digits, without the zeros at its end. */
static char *put_decimal(char buf[FMT_SIZE], u64 whole, u64 fraction, int digits)
{
	int len = snprintf(buf, FMT_SIZE, "%llu", (unsigned long long)whole);

	if (!fraction)
		return buf;
	len += snprintf(buf + len, FMT_SIZE - (size_t)len, ".%0*llu", digits, (unsigned long long)fraction);
	while (buf[len - 1] == '0')
		buf[--len] = '\0';
	return buf;
}

char *fmt_raw(char buf[FMT_SIZE], double value)
{
	double size = fabs(value);
	u64 whole, micro;

	/* Nothing that is counted or timed gets this far. */
	if (!(size < 9e15)) {
		snprintf(buf, FMT_SIZE, "%.0f", isfinite(value) && size < 1e20 ? value : 0);
		return buf;
	}
	whole = (u64)size;
	micro = (u64)((size - (double)whole) * 1e6 + 0.5);
	if (micro == 1000000) {
		micro = 0;
		whole++;
	}
	if (value < 0 && (whole || micro)) {
		char digits[FMT_SIZE];

		snprintf(buf, FMT_SIZE, "-%.22s", put_decimal(digits, whole, micro, 6));
		return buf;
	}
	return put_decimal(buf, whole, micro, 6);
}

char *fmt_seconds(char buf[FMT_SIZE], u64 ns)
{
	return put_decimal(buf, ns / NSEC_PER_SEC, ns % NSEC_PER_SEC, 9);
}

char *fmt_time_utc(char buf[FMT_TIME_SIZE], u64 real_ns)
{
	time_t seconds = (time_t)(real_ns / NSEC_PER_SEC);
	struct tm tm;
	size_t n;

	if (!gmtime_r(&seconds, &tm))
		memset(&tm, 0, sizeof(tm));
	n = strftime(buf, FMT_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, FMT_TIME_SIZE - n, ".%09uZ", (u32)(real_ns % NSEC_PER_SEC));
	return buf;
}
