/* SPDX-License-Identifier: GPL-2.0-only */
/* The full screen on a terminal that takes nothing any more: it goes on without, and ends when it is told to. */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../ui/loop.h"

struct seat {
	int fd, told; /* the terminal's other side; a byte a sample is read from here */
	pid_t pid;
};

/* Tells of each sample that is taken. */
struct telling {
	struct source source;
	struct source *inner;
	int fd;
};

static int telling_sample(struct source *source, struct sample *s)
{
	struct telling *t = (struct telling *)source;

	return write(t->fd, ".", 1) == 1 ? source_sample(t->inner, s) : -EIO;
}

static const struct source_ops telling_ops = {.name = "telling", .sample = telling_sample};

static void run_child(int fd)
{
	struct synthetic_spec spec;
	struct telling t = {.source = {.ops = &telling_ops}, .fd = fd};
	struct loop_options opts = {.delay = 0.2, .no_history = true};
	char err[256] = "";
	int ret;

	setenv("TERM", "xterm", 1);
	if (synthetic_spec_parse("40x4x8", &spec))
		_exit(99);
	t.inner = source_synthetic_open(&spec);
	ret = t.inner ? loop_run(&t.source, &opts, err, sizeof(err)) : -ENOMEM;
	_exit(ret ? 98 : 0);
}

static void sit_down(struct seat *seat)
{
	struct winsize size = {.ws_row = 60, .ws_col = 200};
	int told[2];

	assert_int_equal(pipe(told), 0);
	seat->pid = forkpty(&seat->fd, NULL, NULL, &size);
	assert_true(seat->pid >= 0);
	if (!seat->pid) {
		close(told[0]);
		run_child(told[1]);
	}
	close(told[1]);
	seat->told = told[0];
}

/* So many samples are taken, within 20 seconds; what is drawn meanwhile is read, or not. */
static bool samples(struct seat *seat, int count, bool read_screen)
{
	char text[4096];

	for (int i = 0; i < 2000 && count > 0; i++) {
		struct pollfd fds[] = {{.fd = seat->told, .events = POLLIN},
				       {.fd = read_screen ? seat->fd : -1, .events = POLLIN}};

		if (poll(fds, 2, 10) < 0)
			return false;
		if (fds[0].revents && read(seat->told, text, 1) != 1)
			return false;
		count -= fds[0].revents != 0;
		if (fds[1].revents & POLLIN && read(seat->fd, text, sizeof(text)) < 0)
			return false;
	}
	return count <= 0;
}

/* Until a screen has been drawn whole: what stops in the middle of one is waited for, curses knows no other way. */
static bool drawn(const struct seat *seat)
{
	struct pollfd fd = {.fd = seat->fd, .events = POLLIN};
	bool any = false;
	char text[4096];

	while (poll(&fd, 1, any ? 50 : 5000) == 1) {
		if (read(seat->fd, text, sizeof(text)) <= 0)
			return false;
		any = true;
	}
	return any;
}

/* Its exit status within 10 seconds, -1: it does not end, and is ended. */
static int stand_up(struct seat *seat)
{
	int status = 0, ret = -1;

	for (int i = 0; i < 1000 && ret < 0; i++) {
		const struct timespec wait = {.tv_nsec = 10000000};

		if (waitpid(seat->pid, &status, WNOHANG) == seat->pid)
			ret = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		else
			nanosleep(&wait, NULL);
	}
	if (ret < 0) {
		kill(seat->pid, SIGKILL);
		waitpid(seat->pid, &status, 0);
	}
	close(seat->fd);
	close(seat->told);
	return ret;
}

static const int ends[] = {SIGTERM, SIGHUP};

/* ^S: the screen stands still, and samples are taken all the same. */
static void a_stopped_terminal(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct seat seat;

		sit_down(&seat);
		assert_true(samples(&seat, 3, true));
		assert_true(drawn(&seat));
		assert_int_equal(write(seat.fd, "\023", 1), 1);
		assert_true(samples(&seat, 6, true));
		kill(seat.pid, ends[i]);
		assert_int_equal(stand_up(&seat), 0);
	}
}

/* A line that hangs: nobody reads, until nothing more fits. */
static void a_terminal_that_nobody_reads(void **state)
{
	const struct timespec wait = {.tv_sec = 3};
	struct seat seats[ARRAY_SIZE(ends)];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		sit_down(&seats[i]);
		assert_true(samples(&seats[i], 3, true));
	}
	/* five screens a second, of which the terminal keeps half a dozen */
	nanosleep(&wait, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		kill(seats[i].pid, ends[i]);
		assert_int_equal(stand_up(&seats[i]), 0);
	}
}

/* kill -STOP, a shell that makes the terminal its own, and kill -CONT: keys are keys again, and are not shown. */
static void continued(void **state)
{
	struct termios ours, now;
	struct seat seat;

	(void)state;
	sit_down(&seat);
	assert_true(samples(&seat, 3, true));
	assert_int_equal(tcgetattr(seat.fd, &ours), 0);
	assert_int_equal(ours.c_lflag & (tcflag_t)(ICANON | ECHO), 0);
	kill(seat.pid, SIGSTOP);
	now = ours;
	now.c_lflag |= ICANON | ECHO;
	assert_int_equal(tcsetattr(seat.fd, TCSANOW, &now), 0);
	kill(seat.pid, SIGCONT);
	assert_true(samples(&seat, 3, true));
	assert_int_equal(tcgetattr(seat.fd, &now), 0);
	assert_int_equal(now.c_lflag, ours.c_lflag);
	assert_int_equal(write(seat.fd, "q", 1), 1);
	assert_int_equal(stand_up(&seat), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stopped_terminal),
		cmocka_unit_test(a_terminal_that_nobody_reads),
		cmocka_unit_test(continued),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
