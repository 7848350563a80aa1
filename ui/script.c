/* SPDX-License-Identifier: GPL-2.0-only */
#include "script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "app.h"
#include "feed.h"
#include "render.h"
#include "save.h"

struct script {
	const struct script_options *opts;
	struct feed feed;
	struct app app;
	struct grid grid;
	FILE *out;
	int dumps;
	bool quit;
};

static int show(struct script *s)
{
	return journey_show(&s->feed, &s->app);
}

static int tick(struct script *s, bool wait)
{
	struct wants wants;
	int ret;

	if (wait && s->opts->wait) {
		double delay = s->app.delay;
		struct timespec ts = {.tv_sec = (time_t)delay};

		ts.tv_nsec = (long)((delay - (double)ts.tv_sec) * 1e9);
		while (nanosleep(&ts, &ts) && errno == EINTR)
			;
	}
	app_wants(&s->app, &wants);
	wants.wait = true;
	feed_want(&s->feed, &wants);
	/* a recording that is held stands still */
	ret = journey_runs(&s->feed, &s->app) ? feed_take(&s->feed) : 0;
	return ret ? ret : show(s);
}

static int dump(struct script *s)
{
	int ret = render(&s->app, &s->grid);

	if (ret)
		return ret;
	if (s->dumps++)
		fputc('\n', s->out);
	dump_grid(&s->grid, app_theme(&s->app), s->opts->format, s->out);
	/* whoever reads along, and writes the script as it goes, sees it now */
	fflush(s->out);
	return 0;
}

static int after_key(struct script *s, u32 flags)
{
	if (flags & APP_QUIT)
		s->quit = true;
	if (flags & APP_SAVE)
		app_save(&s->app);
	if (flags & APP_SAVE_SCREEN)
		save_screen(&s->app, s->app.notice, sizeof(s->app.notice));
	if (flags & APP_TRAVEL) {
		int ret = journey_go(&s->feed, &s->app, s->opts->loop);

		/* what is printed next does not depend on how fast the disk is */
		journey_saved(&s->feed, &s->app, true);
		return ret;
	}
	if (flags & APP_FEED)
		return show(s);
	if (flags & APP_QUERY)
		journey_moved(&s->feed, &s->app);
	return 0;
}

static int press(struct script *s, u32 key)
{
	return after_key(s, app_key(&s->app, key));
}

static int type(struct script *s, const char *text)
{
	u32 code;

	while ((code = utf8_next(&text))) {
		int ret = press(s, code);

		if (ret)
			return ret;
	}
	return 0;
}

/* "name rest" in place; rest is "" when there is none. */
static char *split(char *line)
{
	char *rest = line + strcspn(line, " ");

	if (*rest) {
		*rest++ = '\0';
		rest += strspn(rest, " ");
	}
	return rest;
}

static int ticks(struct script *s, const char *count)
{
	long n = *count ? strtol(count, NULL, 10) : 1;
	int ret = n < 1 || n > 1000000 ? -EINVAL : 0;

	for (; !ret && n > 0; n--)
		ret = tick(s, true);
	return ret;
}

static int size(struct script *s, const char *text)
{
	int w, h;
	char end;

	if (sscanf(text, "%dx%d%c", &w, &h, &end) != 2 || w < 1 || h < 1 || w > GRID_MAX_W || h > GRID_MAX_H)
		return -EINVAL;
	app_resize(&s->app, w, h);
	return 0;
}

/* "click X Y", "wheel-up X Y": cells from 0, on the screen as it is now. */
static int mouse(struct script *s, enum mouse_kind kind, const char *where)
{
	struct mouse_event event = {.kind = kind};
	int ret;
	char end;

	if (sscanf(where, "%d %d%c", &event.x, &event.y, &end) != 2)
		return -EINVAL;
	ret = render(&s->app, &s->grid);
	return ret ? ret : after_key(s, app_mouse(&s->app, &s->grid, &event));
}

static int run_line(struct script *s, char *line, char *err, size_t err_size)
{
	char *rest;
	u32 key = key_find(line);
	int ret;

	if (key)
		return press(s, key);
	if (line[0] == '/') {
		ret = type(s, line);
		return ret ? ret : press(s, K_ENTER);
	}
	/* a filter of nothing; as a command it opens the line to type one */
	if (!strcmp(line, ":filter"))
		return app_set_filter(&s->app, "", err, err_size);
	if (line[0] == ':' && line[1]) {
		u32 flags;

		ret = command_run(&s->app, line + 1, &flags, err, err_size);
		return ret ? ret : after_key(s, flags);
	}
	rest = split(line);
	if (!strcmp(line, "type"))
		return type(s, rest);
	if (!strcmp(line, "tick"))
		return ticks(s, rest);
	if (!strcmp(line, "click"))
		return mouse(s, MOUSE_PRESS, rest);
	if (!strcmp(line, "wheel-up") || !strcmp(line, "wheel-down"))
		return mouse(s, line[6] == 'u' ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN, rest);
	if (!strcmp(line, "dump"))
		return dump(s);
	if (!strcmp(line, "size"))
		return size(s, rest);
	return -EINVAL;
}

static int run_lines(struct script *s, FILE *script, char *err, size_t err_size)
{
	char line[512], why[192];
	int ret = 0;

	for (int number = 1; !ret && !s->quit && fgets(line, sizeof(line), script); number++) {
		char copy[sizeof(line)];

		line[strcspn(line, "\r\n")] = '\0';
		if (!line[0] || !strncmp(line, "# ", 2))
			continue;
		strcpy(copy, line);
		err[0] = '\0';
		ret = run_line(s, line, err, err_size);
		if (ret == -EINVAL)
			snprintf(why, sizeof(why), "%s", err);
		if (ret == -EINVAL && err[0])
			snprintf(err, err_size, "script line %d: %s", number, why);
		else if (ret == -EINVAL)
			snprintf(err, err_size, "script line %d: \"%.60s\" is no key, command or value", number, copy);
	}
	return ret;
}

int script_run(struct source *source, const struct script_options *opts, FILE *script, FILE *out, char *err,
	       size_t err_size)
{
	const struct loop_options *loop = opts->loop;
	struct script s = {.opts = opts, .out = out};
	int ret;

	err[0] = '\0';
	feed_init(&s.feed, source);
	s.feed.groups = opts->loop->groups;
	ret = app_init(&s.app, loop->view, loop->sort, loop->filter, err, err_size);
	if (!ret) {
		s.app.color = !loop->no_color;
		s.app.replay = loop->replay;
		app_options(&s.app, loop);
		ret = journey_begin(&s.feed, &s.app, loop);
	}
	if (!ret) {
		app_resize(&s.app, opts->w, opts->h);
		ret = tick(&s, false);
	}
	if (!ret)
		ret = tick(&s, true);
	if (!ret)
		ret = run_lines(&s, script, err, err_size);
	if (!ret && !s.dumps && !s.quit)
		ret = dump(&s);
	if (ret && !err[0])
		snprintf(err, err_size, "%s", source->error[0] ? source->error : strerror(-ret));
	app_free(&s.app);
	feed_free(&s.feed);
	grid_free(&s.grid);
	return ret;
}
