/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal, by ncurses: the only file that knows of it. One terminal at a time. From term_open() on, every way out
 * of the program restores it, fatal signals included.
 */
#ifndef KVMTOP_TERM_CURSES_H
#define KVMTOP_TERM_CURSES_H

#include <stdio.h>

#include "grid.h"
#include "keys.h"

struct term_options {
	const char *type; /* terminal type, NULL: $TERM */
	FILE *in, *out;   /* NULL: stdin and stdout */
	bool no_color;
	bool handle_signals; /* restore the terminal on SIGSEGV and its kin */
};

/* 0, or a negative errno and a line in err. */
int term_open(const struct term_options *opts, char *err, size_t err_size);
void term_close(void);
/*
 * Whether the terminal takes what is written: not after ^S, nor when nobody reads it. Else term_draw() would wait, as it does
 * for a terminal that stops in the middle of it: curses writes on until all is written.
 */
bool term_ready(void);
/* What the terminal has not taken yet is thrown away, so that no writing waits for it. May be called by a signal handler. */
void term_hurry(void);
/* Whether colours can be used. */
bool term_has_color(void);
void term_size(int *w, int *h);
/* Asks the kernel for the size and takes it over; the screen is drawn anew. */
void term_resize(void);
/* Makes the screen show the grid; only what differs is sent. */
void term_draw(const struct grid *grid, const struct theme *theme);
/* The next draw sends everything. */
void term_redraw(void);
/* The next key that was typed, K_NONE when there is none waiting. */
u32 term_key(void);
/* Takes the mouse, or leaves it to the terminal, as it is at first. */
void term_mouse(bool on);
/* What the mouse did, after term_key() gave K_MOUSE; false: nothing of interest. */
bool term_mouse_event(struct mouse_event *event);
/* After a stop that nobody asked us about: the terminal is as the shell left it, and is to be as we need it. */
void term_continue(void);
/* Gives the terminal back, stops the process as the shell expects it, and takes it again when continued. */
void term_suspend(void);
/* What a cell of the screen shows: its text, for tests. False outside. */
bool term_cell(int x, int y, char text[CELL_TEXT]);

#endif
