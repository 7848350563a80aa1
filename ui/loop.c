/* SPDX-License-Identifier: GPL-2.0-only */
#include "loop.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "app.h"
#include "feed.h"
#include "render.h"
#include "save.h"
#include "term_curses.h"

/* The second sample comes soon after the first, so that the screen has rates before one looks for them. */
#define FIRST_INTERVAL 0.25

/* A signal came that ends it while the terminal did not take what was drawn. */
static volatile sig_atomic_t hurried;

struct loop {
	struct feed feed;
	struct app app;
	struct grid grid;
	struct exporter *exporter; /* NULL: none */
	int timer, signals;
	long iterations; /* left, 0: no limit */
	bool quit, draw;
	const struct loop_options *opts;
	char *err;
	size_t err_size;
};

bool loop_possible(char *err, size_t err_size)
{
	const char *type = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		snprintf(err, err_size, "no terminal on standard input and output: use -b or --json");
		return false;
	}
	if (!type || !*type || !strcmp(type, "dumb")) {
		snprintf(err, err_size, "TERM is \"%s\", which cannot show a full screen: use -b or --json",
			 type ? type : "");
		return false;
	}
	return true;
}

static int set_timer(struct loop *loop, double seconds, double first)
{
	struct itimerspec spec = {0};

	spec.it_interval.tv_sec = (time_t)seconds;
	spec.it_interval.tv_nsec = (long)((seconds - (double)spec.it_interval.tv_sec) * 1e9);
	spec.it_value.tv_sec = (time_t)first;
	spec.it_value.tv_nsec = (long)((first - (double)spec.it_value.tv_sec) * 1e9);
	return timerfd_settime(loop->timer, 0, &spec, NULL) ? -errno : 0;
}

static int show(struct loop *loop)
{
	loop->draw = true;
	return journey_show(&loop->feed, &loop->app);
}

/* A recording is played by its own clock: the timer goes off when the next sample is due. */
static int pace(struct loop *loop)
{
	double delay = loop->app.delay;

	if (loop->feed.replay)
		return set_timer(loop, 0,
				 journey_runs(&loop->feed, &loop->app) ? journey_pace(&loop->feed, &loop->app) : 0);
	return set_timer(loop, delay, delay);
}

static int tick(struct loop *loop)
{
	struct wants wants;
	int ret;

	app_wants(&loop->app, &wants);
	feed_want(&loop->feed, &wants);
	ret = feed_take(&loop->feed);
	if (!ret && loop->exporter)
		exporter_sample(loop->exporter, feed_newest(&loop->feed));
	return ret ? ret : show(loop);
}

static int resize(struct loop *loop)
{
	int w, h;

	term_resize();
	term_size(&w, &h);
	app_resize(&loop->app, w, h);
	loop->draw = true;
	return 0;
}

static int react(struct loop *loop, u32 flags)
{
	int ret = 0;

	if (flags & APP_RENDER)
		loop->draw = true;
	if (flags & APP_QUIT)
		loop->quit = true;
	if (flags & APP_SAVE_SCREEN)
		save_screen(&loop->app, loop->app.notice, sizeof(loop->app.notice));
	if (flags & APP_REDRAW)
		term_redraw();
	if (flags & APP_SAVE)
		app_save(&loop->app);
	if (flags & APP_MOUSE)
		term_mouse(loop->app.set.value[SET_MOUSE] != 0);
	if (flags & APP_SUSPEND) {
		term_suspend();
		return resize(loop);
	}
	if (flags & APP_TRAVEL)
		ret = journey_go(&loop->feed, &loop->app, loop->opts);
	else if (flags & APP_FEED)
		ret = show(loop);
	else if (flags & APP_QUERY)
		journey_moved(&loop->feed, &loop->app);
	/* held or let go, or elsewhere: another sample is due next, or none */
	if (!ret && ((flags & APP_DELAY) || (loop->feed.replay && (flags & (APP_TRAVEL | APP_FEED)))))
		ret = pace(loop);
	return ret;
}

static int press(struct loop *loop, u32 key)
{
	struct mouse_event event;

	if (key != K_MOUSE)
		return react(loop, app_key(&loop->app, key));
	return term_mouse_event(&event) ? react(loop, app_mouse(&loop->app, &loop->grid, &event)) : 0;
}

static int on_signal(struct loop *loop)
{
	struct signalfd_siginfo info;
	int ret = 0;

	while (!ret && read(loop->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGCONT:
			term_continue();
			ret = resize(loop);
			break;
		case SIGWINCH:
			ret = resize(loop);
			break;
		case SIGTSTP:
			/* through the key table, so that a stop by signal and by key are the same */
			ret = press(loop, K_CTRL('Z'));
			break;
		case SIGINT:
			/* ^C: gives up a line that is being typed, else quits */
			ret = press(loop, K_CTRL('C'));
			break;
		default:
			loop->quit = true;
		}
	}
	return ret;
}

static int on_timer(struct loop *loop)
{
	struct itimerspec left;
	u64 times;
	int ret;

	if (read(loop->timer, &times, sizeof(times)) != (ssize_t)sizeof(times))
		return 0;
	ret = tick(loop);
	if (loop->feed.replay && !ret)
		ret = pace(loop);
	/* After a sample that took long (programs to load, say) the next interval is a whole one all the same. */
	else if (!timerfd_gettime(loop->timer, &left) &&
		 (double)left.it_value.tv_sec + (double)left.it_value.tv_nsec / 1e9 < loop->app.delay / 2)
		set_timer(loop, loop->app.delay, loop->app.delay);
	if (!ret && loop->iterations && !--loop->iterations)
		loop->quit = true;
	return ret;
}

static void on_hurry(int sig)
{
	(void)sig;
	hurried = 1;
	term_hurry();
}

/* A terminal that hangs does not keep us from ending: the signals that ask for it come through while it is written to. */
static int draw(struct loop *loop)
{
	int ret = render(&loop->app, &loop->grid);
	sigset_t ends;

	if (ret)
		return ret;
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_UNBLOCK, &ends, NULL);
	term_draw(&loop->grid, app_theme(&loop->app));
	sigprocmask(SIG_BLOCK, &ends, NULL);
	loop->draw = false;
	loop->quit |= hurried;
	return 0;
}

/* Ticks that were missed while a sample took long are not made up for: the interval is as long as it was. */
static int run(struct loop *loop)
{
	struct pollfd fds[] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = loop->timer, .events = POLLIN},
		{.fd = loop->signals, .events = POLLIN},
		{.fd = loop->exporter ? exporter_fd(loop->exporter) : -1, .events = POLLIN},
		{.fd = -1, .events = POLLIN},
		{.fd = -1, .events = POLLOUT},
	};
	int ret = tick(loop);

	/* the first interval of a recording need not be waited for */
	if (!ret && loop->feed.replay)
		ret = tick(loop);
	if (!ret && loop->feed.replay)
		ret = pace(loop);
	while (!ret && !loop->quit) {
		u32 key;

		/* while the screen stands still samples are taken, recorded and told of all the same */
		if (loop->draw && term_ready())
			ret = draw(loop);
		if (ret || loop->quit)
			break;
		fds[5].fd = loop->draw ? STDOUT_FILENO : -1;
		fds[4].fd = journey_save_fd(&loop->feed);
		fds[4].revents = 0;
		if (poll(fds, ARRAY_SIZE(fds), loop->exporter ? exporter_timeout(loop->exporter) : -1) < 0 &&
		    errno != EINTR)
			return -errno;
		if (loop->exporter)
			exporter_run(loop->exporter);
		if (fds[4].revents)
			loop->draw |= journey_saved(&loop->feed, &loop->app, false);
		if (fds[2].revents)
			ret = on_signal(loop);
		while (!ret && !loop->quit && (key = term_key()) != K_NONE)
			ret = press(loop, key);
		/* the terminal went away without a SIGHUP reaching us */
		if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
			loop->quit = true;
		if (!ret && !loop->quit && (fds[1].revents & POLLIN))
			ret = on_timer(loop);
	}
	return ret;
}

static bool utf8_locale(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

static int open_all(struct loop *loop, const struct loop_options *opts, sigset_t *mask)
{
	const char *no_color = getenv("NO_COLOR");
	struct term_options term = {.no_color = opts->no_color || (no_color && *no_color), .handle_signals = true};
	double first = opts->delay < FIRST_INTERVAL ? opts->delay : FIRST_INTERVAL;
	int w, h, ret;

	loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	loop->signals = signalfd(-1, mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (loop->timer < 0 || loop->signals < 0)
		return -errno;
	ret = app_init(&loop->app, opts->view, opts->sort, opts->filter, loop->err, loop->err_size);
	if (ret)
		return ret;
	ret = set_timer(loop, opts->delay, first);
	if (ret)
		return ret;
	if (opts->metrics) {
		/* The newest sample serves, as it is on the screen: to take another would cut the interval short. */
		loop->exporter = exporter_open(opts->metrics, NULL, NULL, &ret, loop->err, loop->err_size);
		if (!loop->exporter)
			return ret;
	}
	ret = term_open(&term, loop->err, loop->err_size);
	if (ret)
		return ret;
	loop->app.replay = opts->replay;
	loop->app.utf8 = utf8_locale();
	loop->app.color = term_has_color();
	loop->app.theme = theme_guess(getenv("COLORFGBG"));
	app_options(&loop->app, opts);
	ret = journey_begin(&loop->feed, &loop->app, opts);
	if (ret)
		return ret;
	if (loop->app.set.value[SET_MOUSE] != 0)
		term_mouse(true);
	term_size(&w, &h);
	app_resize(&loop->app, w, h);
	return 0;
}

int loop_run(struct source *source, const struct loop_options *opts, char *err, size_t err_size)
{
	struct loop loop = {.timer = -1,
			    .signals = -1,
			    .iterations = opts->iterations,
			    .opts = opts,
			    .err = err,
			    .err_size = err_size};
	const struct sigaction act = {.sa_handler = on_hurry, .sa_flags = SA_RESTART};
	struct sigaction term_was, hup_was;
	sigset_t mask, old;
	int ret;

	err[0] = '\0';
	if (!(opts->delay >= APP_DELAY_MIN && opts->delay <= APP_DELAY_MAX)) {
		snprintf(err, err_size, "the delay must be %.1f to %.0f seconds", APP_DELAY_MIN, APP_DELAY_MAX);
		return -EINVAL;
	}
	sigemptyset(&mask);
	sigaddset(&mask, SIGWINCH);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGTSTP);
	sigaddset(&mask, SIGCONT);
	sigprocmask(SIG_BLOCK, &mask, &old);
	hurried = 0;
	sigaction(SIGTERM, &act, &term_was);
	sigaction(SIGHUP, &act, &hup_was);
	feed_init(&loop.feed, source);
	loop.feed.groups = opts->groups;
	ret = open_all(&loop, opts, &mask);
	if (!ret)
		ret = run(&loop);
	term_close();
	sigaction(SIGTERM, &term_was, NULL);
	sigaction(SIGHUP, &hup_was, NULL);
	sigprocmask(SIG_SETMASK, &old, NULL);
	/* what was asked to be saved is, and that is said where it can still be read; ^C gives it up */
	if (journey_saved(&loop.feed, &loop.app, true))
		fprintf(stderr, "kvmtop: %s\n", loop.app.notice);
	if (ret && !err[0])
		snprintf(err, err_size, "%s", source->error[0] ? source->error : strerror(-ret));
	if (loop.timer >= 0)
		close(loop.timer);
	if (loop.signals >= 0)
		close(loop.signals);
	exporter_close(loop.exporter);
	app_free(&loop.app);
	feed_free(&loop.feed);
	grid_free(&loop.grid);
	return ret;
}
