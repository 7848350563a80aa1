/* SPDX-License-Identifier: GPL-2.0-only */
/* The present screen as files, to be sent to somebody. */
#ifndef KVMTOP_SAVE_H
#define KVMTOP_SAVE_H

#include "app.h"

/*
 * Writes what is on the screen to kvmtop-DATE-TIME.txt and .svg in the current folder, by the time (local) of the sample
 * that is shown; with -2, -3 and so on when there are such files. Each is whole or not there, and none is ever
 * overwritten. 0 or a negative errno; in line, what came of it, for the user.
 */
int save_screen(const struct app *app, char *line, size_t size);

#endif
