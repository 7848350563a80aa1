// SPDX-License-Identifier: GPL-2.0-only
/*
 * serial COMMAND [ARG...]
 *
 * Connects this terminal to the serial line of an emulator that can open a terminal device, but not the one it was started
 * on without taking its keys, too (bochs). COMMAND finds in its environment two pseudo terminals: SERIAL_LINE, to which
 * all keys go and whose output is shown, and SERIAL_SIZE, which gets a line "ROWS COLUMNS" whenever the size of this
 * terminal changes. ^A x ends the command, ^A ^A is one ^A. The exit status is the command's, 130 after ^A x.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define ESCAPE 1 /* ^A */

static volatile sig_atomic_t resized, ended, stopped;
static struct termios before;
static bool changed;

static void on_signal(int sig)
{
	if (sig == SIGWINCH)
		resized = 1;
	else if (sig == SIGCHLD)
		ended = 1;
	else
		stopped = 1;
}

static void restore(void)
{
	if (changed)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
}

static void raw(int fd, struct termios mode)
{
	cfmakeraw(&mode);
	tcsetattr(fd, TCSANOW, &mode);
}

/* A pair in raw mode; the other side stays open, or reading would fail until the emulator has opened it. */
static int line(const char *name)
{
	struct termios mode;
	char path[64];
	int here, there;

	if (openpty(&here, &there, path, NULL, NULL) || tcgetattr(there, &mode)) {
		fprintf(stderr, "serial: no pseudo terminal: %s\n", strerror(errno));
		exit(1);
	}
	raw(there, mode);
	fcntl(here, F_SETFD, FD_CLOEXEC);
	setenv(name, path, 1);
	return here;
}

static bool put(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR && !stopped && !ended)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* False: ^A x. */
static bool keys(int to, const char *data, size_t len)
{
	static bool escaped;

	for (size_t i = 0; i < len; i++) {
		if (!escaped && data[i] == ESCAPE) {
			escaped = true;
			continue;
		}
		if (escaped && data[i] == 'x')
			return false;
		escaped = false;
		put(to, &data[i], 1);
	}
	return true;
}

static void tell_size(int to)
{
	struct winsize size;
	char text[32];

	resized = 0;
	if (!ioctl(STDIN_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
		put(to, text, (size_t)snprintf(text, sizeof(text), "%d %d\n", size.ws_row, size.ws_col));
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t all, none;
	int tty, size, status = 0;
	bool killed = false;
	pid_t child;

	if (argc < 2) {
		fprintf(stderr, "usage: serial COMMAND [ARG...]\n");
		return 2;
	}
	tty = line("SERIAL_LINE");
	size = line("SERIAL_SIZE");
	sigfillset(&all);
	sigemptyset(&none);
	sigprocmask(SIG_BLOCK, &all, NULL); /* they come in ppoll() alone */
	for (const int *s = (const int[]){SIGWINCH, SIGCHLD, SIGTERM, SIGHUP, SIGINT, 0}; *s; s++)
		sigaction(*s, &action, NULL);
	child = fork();
	if (child < 0) {
		perror("serial");
		return 1;
	}
	if (!child) {
		int null = open("/dev/null", O_RDONLY);

		sigprocmask(SIG_SETMASK, &none, NULL);
		setpgid(0, 0);
		dup2(null, STDIN_FILENO);
		execvp(argv[1], argv + 1);
		fprintf(stderr, "serial: %s: %s\n", argv[1], strerror(errno));
		_exit(127);
	}
	if (isatty(STDIN_FILENO) && !tcgetattr(STDIN_FILENO, &before)) {
		changed = true;
		atexit(restore);
		raw(STDIN_FILENO, before);
	}

	struct pollfd fds[] = {{.fd = tty, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};

	for (;;) {
		char data[4096];
		ssize_t n;
		/* What was printed before the end is shown, too. */
		int ready = ppoll(fds, 2, ended || stopped ? &(struct timespec){0} : NULL, &none);

		if (resized)
			tell_size(size);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready > 0 && fds[0].revents & POLLIN) {
			n = read(tty, data, sizeof(data));
			if (n > 0 && put(STDOUT_FILENO, data, (size_t)n))
				continue;
		}
		if (ended || stopped || ready <= 0)
			break;
		if (fds[1].revents) {
			n = read(STDIN_FILENO, data, sizeof(data));
			if (n <= 0)
				fds[1].fd = -1; /* no more keys */
			else if (!keys(tty, data, (size_t)n))
				killed = true;
		}
		if (killed)
			break;
	}
	if (!ended)
		kill(-child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (killed || stopped)
		return 130;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
