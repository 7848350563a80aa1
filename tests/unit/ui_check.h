/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the tests of ui/: what holds for every grid, and a host to look at. Included after cmocka.h. */
#ifndef KVMTOP_UI_CHECK_H
#define KVMTOP_UI_CHECK_H

#include "../../ui/app.h"
#include "../../ui/feed.h"
#include "../../ui/loop.h"
#include "../../ui/grid.h"

static inline u32 check_random(u32 *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Every cell holds one clean character of the width it claims, and styles exist. */
static inline void check_grid(const struct grid *grid)
{
	for (int y = 0; y < grid->h; y++)
		for (int x = 0; x < grid->w; x++) {
			const struct cell *cell = &grid->cells[(size_t)y * (size_t)grid->w + (size_t)x];
			const char *text = cell->text;
			u32 code;

			/* nearly all cells are one plain character */
			if (text[0] >= ' ' && text[0] <= '~' && !text[1] && cell->width == 1 && cell->style < STYLES &&
			    cell->under < STYLES)
				continue;
			assert_non_null(memchr(cell->text, 0, CELL_TEXT));
			assert_true(cell->style < STYLES);
			assert_true(cell->under < STYLES);
			if (!cell->width) {
				assert_true(x > 0 && cell[-1].width == 2);
				assert_int_equal(cell->text[0], 0);
				continue;
			}
			code = utf8_next(&text);
			assert_int_equal(char_width(code), cell->width);
			assert_true(code >= ' ' && (code < 0x7f || code >= 0xa0));
			if (cell->width == 2)
				assert_true(x + 1 < grid->w && cell[1].width == 0);
			while ((code = utf8_next(&text)))
				assert_int_equal(char_width(code), 0);
		}
}

/* Whether the text is on one of the lines. */
static inline bool grid_has(const struct grid *grid, const char *text)
{
	char line[GRID_MAX_W * CELL_TEXT];

	for (int y = 0; y < grid->h; y++) {
		char *end = line;

		for (int x = 0; x < grid->w; x++)
			end = stpcpy(end, grid->cells[y * grid->w + x].text);
		if (strstr(line, text))
			return true;
	}
	return false;
}

/* A synthetic host with an app on it. */
struct check_host {
	struct source *source;
	struct feed feed;
	struct app app;
	struct loop_options opts;
};

static inline void check_show(struct check_host *host)
{
	assert_int_equal(journey_show(&host->feed, &host->app), 0);
}

static inline void check_tick(struct check_host *host)
{
	assert_int_equal(feed_take(&host->feed), 0);
	check_show(host);
}

/* What the owner of an app does for it. */
static inline u32 check_react(struct check_host *host, u32 flags)
{
	/* before the first sample the owner has nothing to show */
	if (!host->feed.taken)
		return flags;
	if (flags & APP_TRAVEL) {
		assert_int_equal(journey_go(&host->feed, &host->app, &host->opts), 0);
		journey_saved(&host->feed, &host->app, true);
	} else if (flags & APP_FEED)
		check_show(host);
	else if (flags & APP_QUERY)
		journey_moved(&host->feed, &host->app);
	return flags;
}

static inline u32 check_press(struct check_host *host, u32 key)
{
	return check_react(host, app_key(&host->app, key));
}

static inline void check_open(struct check_host *host, const char *spec, int ticks)
{
	struct synthetic_spec synthetic;
	char err[128] = "";

	assert_int_equal(synthetic_spec_parse(spec, &synthetic), 0);
	host->source = source_synthetic_open(&synthetic);
	assert_non_null(host->source);
	feed_init(&host->feed, host->source);
	assert_int_equal(app_init(&host->app, VIEW_VM, NULL, NULL, err, sizeof(err)), 0);
	host->opts = (struct loop_options){.delay = 1, .record_dir = "/nonexistent"};
	assert_int_equal(journey_begin(&host->feed, &host->app, &host->opts), 0);
	while (ticks--)
		check_tick(host);
}

static inline void check_close(struct check_host *host)
{
	app_free(&host->app);
	feed_free(&host->feed);
	source_close(host->source);
}

#endif
