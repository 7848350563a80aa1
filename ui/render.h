/* SPDX-License-Identifier: GPL-2.0-only */
/* The whole screen from the state: pure. */
#ifndef KVMTOP_RENDER_H
#define KVMTOP_RENDER_H

#include "app.h"
#include "grid.h"

/* Draws app, app->w x app->h, into grid. 0 or -ENOMEM. */
int render(const struct app *app, struct grid *grid);

#endif
