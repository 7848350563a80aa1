/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#include "term_curses.h"

#include <curses.h>
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

/* Key sequences are waited for this long, in ms: enough for a slow line, short enough for Esc to feel at once. */
#define ESCAPE_MS 25

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT, SIGTRAP, SIGSYS};

static struct {
	SCREEN *screen;
	FILE *in, *out;
	int colors; /* 0: none */
	bool all_anew;
	bool handles;
	struct sigaction old[ARRAY_SIZE(fatal_signals)];
	/* all that a signal handler needs, made beforehand: it may call nothing that allocates */
	int fd;
	bool have_termios;
	struct termios termios;
	char restore[256];
	size_t restore_len;
	void *stack;
} term;

/* --- fatal signals ----------------------------------------------------------------------------------------------- */

static void on_fatal(int sig)
{
	if (term.restore_len) {
		ssize_t ignored = write(term.fd, term.restore, term.restore_len);

		(void)ignored;
	}
	if (term.have_termios)
		tcsetattr(term.fd, TCSANOW, &term.termios);
	/* raised again, the signal does what it would have done without us: a core file, a sanitizer's report */
	for (size_t i = 0; i < ARRAY_SIZE(fatal_signals); i++)
		if (fatal_signals[i] == sig)
			sigaction(sig, &term.old[i], NULL);
	raise(sig);
}

static void add_restore(const char *capability)
{
	const char *text = tigetstr(capability);
	size_t len;

	if (!text || text == (const char *)-1)
		return;
	/* padding ("$<5>") means nothing to terminals of this century, and write() does not know it */
	len = strcspn(text, "$");
	if (term.restore_len + len + 2 >= sizeof(term.restore))
		return;
	memcpy(term.restore + term.restore_len, text, len);
	term.restore_len += len;
}

/* The mouse is let go as the last thing, whether it was taken or not: terminals without one ignore it. */
static void add_mouse_off(void)
{
	static const char off[] = "\033[?1006l\033[?1000l";

	if (term.restore_len + sizeof(off) >= sizeof(term.restore) || strstr(term.restore, off))
		return;
	memcpy(term.restore + term.restore_len, off, sizeof(off));
	term.restore_len += sizeof(off) - 1;
}

static void handle_fatal(void)
{
	struct sigaction act = {.sa_handler = on_fatal, .sa_flags = SA_ONSTACK | SA_RESETHAND | SA_NODEFER};
	size_t size = (size_t)SIGSTKSZ < 65536 ? 65536 : (size_t)SIGSTKSZ;
	stack_t stack = {.ss_size = size};

	add_restore("sgr0");
	add_restore("cnorm");
	add_restore("rmkx");
	add_restore("rmcup");
	/* a stack of its own: a stack overflow has none left */
	term.stack = malloc(size);
	if (term.stack) {
		stack.ss_sp = term.stack;
		sigaltstack(&stack, NULL);
	}
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(fatal_signals); i++)
		sigaction(fatal_signals[i], &act, &term.old[i]);
	term.handles = true;
}

static void unhandle_fatal(void)
{
	stack_t none = {.ss_flags = SS_DISABLE};

	if (!term.handles)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(fatal_signals); i++)
		sigaction(fatal_signals[i], &term.old[i], NULL);
	sigaltstack(&none, NULL);
	free(term.stack);
	term.stack = NULL;
	term.handles = false;
}

/* --- life -------------------------------------------------------------------------------------------------------- */

static void close_at_exit(void)
{
	term_close();
}

int term_open(const struct term_options *opts, char *err, size_t err_size)
{
	static bool registered;
	int known;

	memset(&term, 0, sizeof(term));
	term.in = opts->in ? opts->in : stdin;
	term.out = opts->out ? opts->out : stdout;
	term.fd = fileno(term.out);
	term.have_termios = !tcgetattr(term.fd, &term.termios);
	/* asked for beforehand, because a newterm() that fails leaks */
	if (setupterm(opts->type, term.fd, &known) == OK) {
		del_curterm(cur_term);
		term.screen = newterm(opts->type, term.out, term.in);
	}
	if (!term.screen) {
		snprintf(err, err_size, "cannot use a terminal of type \"%s\": set TERM to one that terminfo knows",
			 opts->type       ? opts->type
			 : getenv("TERM") ? getenv("TERM")
					  : "");
		return -ENOTTY;
	}
	set_term(term.screen);
	set_escdelay(ESCAPE_MS);
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	if (!opts->no_color && has_colors() && start_color() == OK) {
		use_default_colors();
		term.colors = COLORS;
	}
	if (opts->handle_signals)
		handle_fatal();
	if (!registered)
		atexit(close_at_exit);
	registered = true;
	return 0;
}

void term_close(void)
{
	if (!term.screen)
		return;
	unhandle_fatal();
	if (!term_ready())
		term_hurry();
	curs_set(1);
	endwin();
	delscreen(term.screen);
	term.screen = NULL;
}

bool term_ready(void)
{
	struct pollfd out = {.fd = term.fd, .events = POLLOUT};

	return poll(&out, 1, 0) != 0;
}

void term_hurry(void)
{
	struct termios was, now;
	int err = errno;

	/* a ^S is forgotten where it means nothing, if only for a moment */
	if (!tcgetattr(term.fd, &was)) {
		now = was;
		now.c_iflag &= ~(tcflag_t)IXON;
		tcsetattr(term.fd, TCSANOW, &now);
		tcsetattr(term.fd, TCSANOW, &was);
	}
	tcflow(term.fd, TCOON);
	tcflush(term.fd, TCOFLUSH);
	errno = err;
}

bool term_has_color(void)
{
	return term.colors >= 8;
}

void term_size(int *w, int *h)
{
	*w = getmaxx(stdscr);
	*h = getmaxy(stdscr);
}

void term_resize(void)
{
	struct winsize size;

	if (!ioctl(term.fd, TIOCGWINSZ, &size) && size.ws_col && size.ws_row)
		resize_term(size.ws_row, size.ws_col); /* unlike resizeterm(), this types no KEY_RESIZE */
	term.all_anew = true;
}

void term_redraw(void)
{
	term.all_anew = true;
}

void term_suspend(void)
{
	struct termios now;

	curs_set(1);
	endwin();
	kill(getpid(), SIGSTOP);
	/* continued: whatever the shell left is the state to go back to in the end */
	if (term.have_termios && !tcgetattr(term.fd, &now))
		term.termios = now;
	refresh();
	curs_set(0);
	term_resize();
}

void term_continue(void)
{
	reset_prog_mode();
	term.all_anew = true;
}

void term_mouse(bool on)
{
	/* only where curses knows how: elsewhere no sequence may reach the terminal */
	if (on && mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL))
		add_mouse_off();
	if (!on)
		mousemask(0, NULL);
	/* no waiting for a second click: they are told apart by what they hit */
	mouseinterval(0);
}

bool term_mouse_event(struct mouse_event *event)
{
	MEVENT from;

	if (getmouse(&from) != OK)
		return false;
	event->x = from.x;
	event->y = from.y;
	event->kind = from.bstate & BUTTON4_PRESSED   ? MOUSE_WHEEL_UP
		      : from.bstate & BUTTON5_PRESSED ? MOUSE_WHEEL_DOWN
						      : MOUSE_PRESS;
	return from.bstate & (BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED);
}

/* --- drawing ----------------------------------------------------------------------------------------------------- */

static attr_t attributes(u8 attr)
{
	attr_t out = A_NORMAL;

	if (attr & LOOK_BOLD)
		out |= A_BOLD;
	if (attr & LOOK_DIM)
		out |= A_DIM;
	if (attr & LOOK_REVERSE)
		out |= A_REVERSE;
	if (attr & LOOK_UNDERLINE)
		out |= A_UNDERLINE;
	return out;
}

/* Where colours are given by value (xterm-direct and the like), all but the 8 basic ones are. */
static int color_of(int index)
{
	return term.colors > 256 && index >= 8 ? (int)palette_rgb(index) : index;
}

static void look_of(const struct theme *theme, const struct cell *cell, attr_t *attr, int *pair)
{
	struct look look =
		style_look(theme, (enum style)cell->style, (enum style)cell->under, cell->selected, term.colors >= 256);

	*attr = attributes(look.attr);
	*pair = 0;
	if (term.colors >= 8 && (look.fg >= 0 || look.bg >= 0)) {
		*pair = alloc_pair(color_of(look.fg), color_of(look.bg));
		if (*pair < 0)
			*pair = 0;
	}
}

/*
 * The cell's characters as the C library sees them. What it gives another width than we do would shift the line, so
 * that becomes a '?' in as many columns.
 */
static void to_wide(const struct cell *cell, wchar_t out[CCHARW_MAX + 1])
{
	const char *text = cell->text;
	u32 code;
	int len = 0;

	while (len < CCHARW_MAX - 1 && (code = utf8_next(&text))) {
		int width = wcwidth((wchar_t)code);

		if (!len && width != cell->width) {
			out[len++] = L'?';
			break;
		}
		if (!len || width == 0)
			out[len++] = (wchar_t)code;
	}
	if (!len)
		out[len++] = L' ';
	out[len] = L'\0';
}

void term_draw(const struct grid *grid, const struct theme *theme)
{
	int w, h;

	term_size(&w, &h);
	if (term.all_anew)
		clearok(curscr, TRUE);
	term.all_anew = false;
	for (int y = 0; y < h && y < grid->h; y++) {
		const struct cell *line = grid->cells + (size_t)y * (size_t)grid->w;

		for (int x = 0; x < w && x < grid->w; x++) {
			wchar_t text[CCHARW_MAX + 1];
			cchar_t out;
			attr_t attr;
			int pair;

			if (!line[x].width)
				continue;
			to_wide(&line[x], text);
			look_of(theme, &line[x], &attr, &pair);
			if (setcchar(&out, text, attr, 0, &pair) != OK)
				continue;
			mvadd_wch(y, x, &out);
			if (line[x].width == 2 && text[0] == L'?' && x + 1 < w)
				mvaddch(y, x + 1, ' ');
		}
	}
	if (grid->cursor_x >= 0 && grid->cursor_x < w && grid->cursor_y < h) {
		curs_set(1);
		move(grid->cursor_y, grid->cursor_x);
	} else {
		curs_set(0);
	}
	refresh();
}

bool term_cell(int x, int y, char text[CELL_TEXT])
{
	wchar_t wide[CCHARW_MAX + 1] = {0};
	cchar_t cell;
	attr_t attr;
	short pair;
	size_t len = 0;

	if (x < 0 || y < 0 || x >= getmaxx(stdscr) || y >= getmaxy(stdscr) || mvin_wch(y, x, &cell) != OK ||
	    getcchar(&cell, wide, &attr, &pair, NULL) != OK)
		return false;
	for (int i = 0; wide[i] && len + 5 <= CELL_TEXT; i++)
		len += (size_t)utf8_encode((u32)wide[i], text + len);
	text[len] = '\0';
	return true;
}

/* --- keys -------------------------------------------------------------------------------------------------------- */

static const struct {
	int curses;
	u32 key;
} key_map[] = {
	{KEY_UP, K_UP},
	{KEY_DOWN, K_DOWN},
	{KEY_LEFT, K_LEFT},
	{KEY_RIGHT, K_RIGHT},
	{KEY_PPAGE, K_PAGE_UP},
	{KEY_NPAGE, K_PAGE_DOWN},
	{KEY_HOME, K_HOME},
	{KEY_END, K_END},
	{KEY_DC, K_DELETE},
	{KEY_IC, K_INSERT},
	{KEY_BTAB, K_BACK_TAB},
	{KEY_ENTER, K_ENTER},
	{KEY_BACKSPACE, K_BACKSPACE},
	{KEY_FIND, K_HOME},
	{KEY_SELECT, K_END},
	{KEY_MOUSE, K_MOUSE},
};

u32 term_key(void)
{
	wint_t code;
	int kind = get_wch(&code);

	if (kind == ERR)
		return K_NONE;
	if (kind == KEY_CODE_YES) {
		for (size_t i = 0; i < ARRAY_SIZE(key_map); i++)
			if ((wint_t)key_map[i].curses == code)
				return key_map[i].key;
		if (code > (wint_t)KEY_F(0) && code <= (wint_t)KEY_F(12))
			return K_F1 + (u32)(code - (wint_t)KEY_F(1));
		/* a key that we have no name for: it must not end the reading of the ones behind it */
		return K_INSERT;
	}
	if (code == '\n')
		return K_ENTER;
	if (code == '\b')
		return K_BACKSPACE;
	return code ? (u32)code : K_INSERT;
}
