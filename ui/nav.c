/* SPDX-License-Identifier: GPL-2.0-only */
#include "nav.h"

#include <stdio.h>

/* 0: the host, 1: a VM, 2: a vCPU, 3: one exit reason. */
static int place_level(const struct place *place)
{
	if (place->view == VIEW_DETAIL)
		return 3;
	return place->scope.vcpu ? 2 : place->scope.vm ? 1 : 0;
}

static void remember_names(struct app *app)
{
	const struct vm_row *vm;
	const struct vcpu_row *vcpu;

	if (!app->snap)
		return;
	vm = snapshot_find_vm(app->snap, app->here.scope.vm);
	vcpu = snapshot_find_vcpu(app->snap, app->here.scope.vcpu);
	if (app->here.scope.vm && vm)
		snprintf(app->vm_name, sizeof(app->vm_name), "%s", vm->raw->name);
	if (app->here.scope.vcpu && vcpu)
		app->vcpu_id = vcpu->raw->vcpu_id;
}

/* Rows of a list that was not shown for a while: the cursor stays pinned to its row, all else starts anew. */
static u32 arrive(struct app *app)
{
	remember_names(app);
	if (app->here.view == VIEW_DETAIL)
		app->views[VIEW_DETAIL].top = 0;
	return APP_RENDER | APP_QUERY;
}

/* A row of the list one leaves stays selected, so that coming back finds it. */
static void pin(struct app *app)
{
	struct view_state *vs = &app->views[app->here.view];

	if (app_selected(app, &vs->id))
		vs->pinned = true;
}

static u32 go_down(struct app *app, struct place to)
{
	bool same_scope = to.scope.vm == app->here.scope.vm && to.scope.vcpu == app->here.scope.vcpu;

	pin(app);
	if (app->depth < STACK_MAX)
		app->stack[app->depth++] = app->here;
	/* another scope is another list: its cursor starts at the top */
	if (to.view != VIEW_DETAIL && !same_scope) {
		app->views[to.view].pinned = false;
		app->views[to.view].top = 0;
	}
	app->here = to;
	return arrive(app);
}

static u32 go_up(struct app *app)
{
	if (!app->depth) {
		char press[PRESS_SIZE];

		snprintf(app->notice, sizeof(app->notice), "this is the top: %s quits",
			 settings_press(&app->set, ACT_UP_OR_QUIT, press));
		return APP_RENDER;
	}
	app->here = app->stack[--app->depth];
	return arrive(app);
}

/* Sideways: the scope is kept as far as the view can have it, and what is not above it any more is forgotten. */
u32 nav_view(struct app *app, enum view_id view)
{
	struct place to = {.view = view, .scope = app->here.scope};
	struct row_id id = {.vm = app->here.scope.vm, .vcpu = app->here.scope.vcpu};
	struct view_state *vs = &app->views[view];

	if (app->here.view == view)
		return APP_RENDER;
	to.scope.by_sub = false;
	if (app->here.view != VIEW_DETAIL)
		pin(app);
	if (view == VIEW_VM)
		to.scope = (struct scope){0};
	if (view_columns(view)->rows == ROWS_VCPU)
		to.scope.vcpu = 0;
	while (app->depth && place_level(&app->stack[app->depth - 1]) >= place_level(&to))
		app->depth--;
	/* coming out of a VM or vCPU, the cursor is on it */
	if ((view == VIEW_VM && id.vm) || (view_columns(view)->rows == ROWS_VCPU && id.vcpu)) {
		if (view == VIEW_VM)
			id.vcpu = 0;
		id.view = view;
		vs->id = id;
		vs->pinned = true;
	}
	app->here = to;
	return arrive(app);
}

static u32 enter_event(struct app *app, const struct row_id *id, struct place to)
{
	const struct view_columns *cols = view_columns(app->here.view);

	if (!cols->enter) {
		snprintf(app->notice, sizeof(app->notice), "there is nothing more to see of a row of this view");
		return APP_RENDER;
	}
	to.view = cols->enter;
	to.scope.by_sub = cols->enter_sub;
	to.scope.sub = id->sub;
	return go_down(app, to);
}

/* To the proof: the place, the order in which it is seen, and the row. */
static u32 enter_finding(struct app *app, const struct finding *f)
{
	struct finding_place to = finding_place(f);
	struct view_state *vs = &app->views[to.view];
	int sort = to.sort ? column_find(view_columns(to.view), to.sort) : -1;
	u32 flags;

	if (!to.known) {
		snprintf(app->notice, sizeof(app->notice), "%s", loss_help(f->loss));
		return APP_RENDER;
	}
	flags = go_down(app, (struct place){.view = to.view, .scope = to.scope, .isa = to.isa, .key = to.key});
	if (sort >= 0) {
		vs->sort = sort;
		vs->descending = view_columns(to.view)->columns[sort].descending;
	}
	if (to.view == VIEW_EXIT)
		app->show_user = to.user;
	if (to.view != VIEW_DETAIL) {
		vs->id = to.row;
		vs->pinned = true;
	}
	return flags;
}

static u32 enter(struct app *app, enum action_id action)
{
	struct place to = {.scope = app->here.scope};
	struct row_id id;

	if (!app_selected(app, &id))
		return app_no_row(app);
	to.scope.vm = id.vm ? id.vm : to.scope.vm;
	to.scope.vcpu = id.vcpu ? id.vcpu : to.scope.vcpu;
	switch (app->here.view) {
	case VIEW_FINDING:
		return enter_finding(app, app->rows.ref[app->selected].finding);
	case VIEW_VM:
		to.view = action == ACT_EXITS || id.vcpu ? VIEW_EXIT : VIEW_VCPU;
		break;
	case VIEW_VCPU:
		to.view = VIEW_EXIT;
		break;
	case VIEW_EXIT:
		to.view = VIEW_DETAIL;
		to.scope = app->here.scope;
		to.isa = id.isa;
		to.key = id.key;
		break;
	default:
		return enter_event(app, &id, to);
	}
	return go_down(app, to);
}

u32 nav_action(struct app *app, enum action_id action)
{
	enum view_id list = app->here.view == VIEW_DETAIL ? VIEW_EXIT : app->here.view;

	switch (action) {
	case ACT_ENTER:
	case ACT_EXITS:
		return enter(app, action);
	case ACT_BACK:
		return go_up(app);
	case ACT_NEXT_VIEW:
		return nav_view(app, (list + 1) % VIEW_DETAIL);
	case ACT_PREV_VIEW:
		return nav_view(app, (list + VIEW_DETAIL - 1) % VIEW_DETAIL);
	default:
		if (action_view(action) < 0)
			return 0;
		list = (enum view_id)action_view(action);
		/* the same key again: the same from another side */
		if (view_action(app->here.view) == action)
			list = view_columns(app->here.view)->other ?: list;
		return nav_view(app, list);
	}
}

static const struct exit_row *find_reason(const struct exit_row *rows, u32 count, u32 isa, u64 key)
{
	for (u32 i = 0; i < count; i++)
		if (rows[i].key == key && rows[i].isa == isa)
			return &rows[i];
	return NULL;
}

const struct exit_row *app_detail(const struct app *app)
{
	const struct place *here = &app->here;
	const struct snapshot *snap = app->snap;
	const struct vm_row *vm;
	const struct vcpu_row *vcpu;

	if (!snap || here->view != VIEW_DETAIL)
		return NULL;
	if (here->scope.vcpu) {
		vcpu = snapshot_find_vcpu(snap, here->scope.vcpu);
		return vcpu ? find_reason(snapshot_vcpu_exits(snap, vcpu), vcpu->exit_count, here->isa, here->key)
			    : NULL;
	}
	if (here->scope.vm) {
		vm = snapshot_find_vm(snap, here->scope.vm);
		return vm ? find_reason(snap->vm_exits + vm->exit_first, vm->exit_count, here->isa, here->key) : NULL;
	}
	return find_reason(snap->host_exits, snap->host_exit_count, here->isa, here->key);
}
