/* SPDX-License-Identifier: GPL-2.0-only */
/* Going from view to view: drilling down, back up, and across at the same scope. */
#ifndef KVMTOP_NAV_H
#define KVMTOP_NAV_H

#include "app.h"

/* ACT_ENTER, ACT_EXITS, ACT_BACK, ACT_NEXT_VIEW, ACT_PREV_VIEW, ACT_VIEW_*: APP_* flags. */
u32 nav_action(struct app *app, enum action_id action);

/* To a view at the present scope, as far as it can have it. */
u32 nav_view(struct app *app, enum view_id view);

#endif
