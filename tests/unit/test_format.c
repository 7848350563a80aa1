/* SPDX-License-Identifier: GPL-2.0-only */
#include <locale.h>
#include <math.h>

#include "build.h"
#include "../../model/format.h"

static void durations(void **state)
{
	static const struct {
		double ns;
		int width;
		const char *text;
	} cases[] = {
		{0, 6, "0ns"},           {1, 6, "1ns"},        {999, 6, "999ns"},     {1000, 6, "1.00us"},
		{12345, 6, "12.3us"},    {125000, 6, "125us"}, {999900, 6, "1.00ms"}, {1250000, 6, "1.25ms"},
		{3.04e9, 6, "3.04s"},    {100e9, 6, "100s"},   {1000e9, 6, "16.7m"},  {12345e9, 6, "3.43h"},
		{1045440e9, 6, "12.1d"}, {12345, 5, "12us"},   {12345, 4, "12us"},    {12345, 3, "###"},
		{1250000, 5, "1.3ms"},   {1250000, 3, "1ms"},  {-5, 6, "0ns"},        {NAN, 6, "0ns"},
		{INFINITY, 6, "0ns"},    {12.4, 6, "12ns"},    {999.6, 6, "1.00us"},
	};
	char buf[FMT_SIZE];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(fmt_ns(buf, cases[i].ns, cases[i].width), cases[i].text);
}

static void counts_rates_shares(void **state)
{
	char buf[FMT_SIZE];

	(void)state;
	assert_string_equal(fmt_count(buf, 0, 5), "0");
	assert_string_equal(fmt_count(buf, 999, 5), "999");
	assert_string_equal(fmt_count(buf, 999.6, 5), "1.00k");
	assert_string_equal(fmt_count(buf, 12345, 5), "12.3k");
	assert_string_equal(fmt_count(buf, 1200000, 5), "1.20M");
	assert_string_equal(fmt_count(buf, 999999, 5), "1.00M");
	assert_string_equal(fmt_count(buf, 123456, 3), "###");
	assert_string_equal(fmt_bytes(buf, 0, 5), "0");
	assert_string_equal(fmt_bytes(buf, 512, 5), "512");
	assert_string_equal(fmt_bytes(buf, 1023, 5), "1.00K");
	assert_string_equal(fmt_bytes(buf, 4096, 5), "4.00K");
	assert_string_equal(fmt_bytes(buf, 0x800000, 5), "8.00M");
	assert_string_equal(fmt_bytes(buf, 0x60000000, 5), "1.50G");
	assert_string_equal(fmt_rate(buf, 0, 6), "0");
	assert_string_equal(fmt_rate(buf, 0.001, 6), "<0.01");
	assert_string_equal(fmt_rate(buf, 0.25, 6), "0.25");
	assert_string_equal(fmt_rate(buf, 42.13, 6), "42.1");
	assert_string_equal(fmt_rate(buf, 1234, 6), "1.23k");
	assert_string_equal(fmt_share(buf, 0, 4), "0.0");
	assert_string_equal(fmt_share(buf, 0.0001, 4), "<0.1");
	assert_string_equal(fmt_share(buf, 0.1234, 4), "12.3");
	assert_string_equal(fmt_share(buf, 0.05, 4), "5.0");
	assert_string_equal(fmt_share(buf, 1, 4), "100");
	assert_string_equal(fmt_share(buf, 0.9999, 4), "100");
}

static void never_wider_than_asked(void **state)
{
	u64 seed = 3;
	char buf[FMT_SIZE];

	(void)state;
	for (u32 i = 0; i < 200000; i++) {
		double value = (double)(rnd(&seed) >> (rnd(&seed) % 64)) / 1000;
		int width = 1 + rnd(&seed) % 10;

		assert_in_range(strlen(fmt_ns(buf, value, width)), 1, width);
		assert_in_range(strlen(fmt_count(buf, value, width)), 1, width);
		assert_in_range(strlen(fmt_rate(buf, value, width)), 1, width);
		assert_in_range(strlen(fmt_share(buf, value, width)), 1, width);
		/* The widths that the columns use hold any value. */
		assert_null(strchr(fmt_ns(buf, value, 6), '#'));
		assert_null(strchr(fmt_count(buf, value, 5), '#'));
		assert_null(strchr(fmt_rate(buf, value, 5), '#'));
		assert_null(strchr(fmt_share(buf, value > 1 ? 1 / value : value, 4), '#'));
	}
}

static void the_locale_does_not_matter(void **state)
{
	char buf[FMT_SIZE];

	(void)state;
	if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "fr_FR.UTF-8"))
		print_message("no locale with a decimal comma is installed: the check runs in the default one\n");
	assert_string_equal(fmt_ns(buf, 1250000, 6), "1.25ms");
	assert_string_equal(fmt_share(buf, 0.123, 4), "12.3");
	setlocale(LC_ALL, "C");
}

static void for_machines(void **state)
{
	static const struct {
		double value;
		const char *text;
	} raw[] = {
		{0, "0"},
		{-0.0, "0"},
		{1500, "1500"},
		{0.25, "0.25"},
		{-3, "-3"},
		{0.9999999, "1"},
		{-0.0000001, "0"},
		{2.5e-6, "0.000003"},
		{1e12 + 0.5, "1000000000000.5"},
		{9e18, "9000000000000000000"},
		{(double)NAN, "0"},
		{(double)INFINITY, "0"},
	};
	static const struct {
		u64 ns;
		const char *text;
	} seconds[] = {
		{0, "0"},
		{1, "0.000000001"},
		{1500000000, "1.5"},
		{60000000000, "60"},
		{UINT64_MAX, "18446744073.709551615"},
	};
	char buf[FMT_SIZE], time[FMT_TIME_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(raw); i++)
		assert_string_equal(fmt_raw(buf, raw[i].value), raw[i].text);
	for (size_t i = 0; i < ARRAY_SIZE(seconds); i++)
		assert_string_equal(fmt_seconds(buf, seconds[i].ns), seconds[i].text);
	assert_string_equal(fmt_time_utc(time, 0), "1970-01-01T00:00:00.000000000Z");
	assert_string_equal(fmt_time_utc(time, 1767225599000000001), "2025-12-31T23:59:59.000000001Z");
	assert_true(strlen(fmt_time_utc(time, UINT64_MAX)) < FMT_TIME_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(for_machines),
		cmocka_unit_test(durations),
		cmocka_unit_test(counts_rates_shares),
		cmocka_unit_test(never_wider_than_asked),
		cmocka_unit_test(the_locale_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
