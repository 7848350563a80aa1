/* SPDX-License-Identifier: GPL-2.0-only */
/* Keys: what the action table gives, and what the user made of it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "settings.h"

static u32 contexts_of(enum action_id action)
{
	const struct action *act = action_by_id(action);

	return act ? act->contexts : CTX_ALL;
}

static void remove_at(struct settings *set, u32 at)
{
	set->binding_count--;
	memmove(&set->bindings[at], &set->bindings[at + 1], (set->binding_count - at) * sizeof(set->bindings[0]));
}

static bool table_has(const struct action *act, u32 key)
{
	for (int i = 0; i < ACTION_KEYS && act->keys[i]; i++)
		if (act->keys[i] == key)
			return true;
	return false;
}

int settings_bind(struct settings *set, u32 key, enum action_id action, char *err, size_t err_size)
{
	u32 contexts = contexts_of(action);
	char buf[KEY_NAME_SIZE];

	/* letters belong to the text that is being typed */
	if (action != ACT_NONE && (contexts & CTX_PROMPT) && key_is_text(key)) {
		snprintf(err, err_size, "%s types text: it cannot be bound to %s", key_label(key, buf),
			 action_by_id(action)->name);
		return -EINVAL;
	}
	/* the newest binding of a key has it wherever both would apply */
	for (u32 i = 0; i < set->binding_count;) {
		if (set->bindings[i].key == key && (contexts_of(set->bindings[i].action) & contexts))
			remove_at(set, i);
		else
			i++;
	}
	if (action != ACT_NONE && table_has(action_by_id(action), key) &&
	    settings_action(set, key, (enum context)(contexts & -contexts)) == action_by_id(action))
		return 0;
	if (set->binding_count == BINDINGS_MAX) {
		snprintf(err, err_size, "no more than %d keys can be bound", BINDINGS_MAX);
		return -EINVAL;
	}
	set->bindings[set->binding_count++] = (struct binding){key, action};
	return 0;
}

void settings_unbind(struct settings *set, enum action_id action)
{
	const struct action *act = action_by_id(action);

	for (u32 i = 0; i < set->binding_count;) {
		/* its own, and those that took one of its keys */
		if (set->bindings[i].action == action || (act && table_has(act, set->bindings[i].key) &&
							  (contexts_of(set->bindings[i].action) & act->contexts)))
			remove_at(set, i);
		else
			i++;
	}
}

/* What the user bound the key to in the context. */
static const struct binding *find_binding(const struct settings *set, u32 key, u32 contexts)
{
	for (u32 i = 0; i < set->binding_count; i++)
		if (set->bindings[i].key == key && (contexts_of(set->bindings[i].action) & contexts))
			return &set->bindings[i];
	return NULL;
}

const struct action *settings_action(const struct settings *set, u32 key, enum context context)
{
	const struct binding *binding = find_binding(set, key, context);

	/* a key that is taken away still ends what is being typed */
	if (binding && (binding->action != ACT_NONE || context != CTX_PROMPT))
		return binding->action == ACT_NONE ? NULL : action_by_id(binding->action);
	return action_find(key, context);
}

int settings_keys(const struct settings *set, const struct action *act, u32 keys[KEYS_MAX])
{
	int count = 0;

	for (u32 i = 0; set && i < set->binding_count && count < KEYS_MAX; i++)
		if (set->bindings[i].action == act->id)
			keys[count++] = set->bindings[i].key;
	for (int i = 0; i < ACTION_KEYS && act->keys[i] && count < KEYS_MAX; i++) {
		bool has = !set;

		/* where none of its contexts leads to it any more it is not its key */
		for (u32 ctx = 1; !has && ctx && ctx <= act->contexts; ctx <<= 1)
			has = (act->contexts & ctx) && settings_action(set, act->keys[i], (enum context)ctx) == act;
		if (has)
			keys[count++] = act->keys[i];
	}
	return count;
}

const char *settings_press(const struct settings *set, enum action_id action, char buf[PRESS_SIZE])
{
	const struct action *act = action_by_id(action);
	u32 keys[KEYS_MAX];

	if (settings_keys(set, act, keys))
		return key_label(keys[0], buf);
	snprintf(buf, PRESS_SIZE, ":%s", act->name);
	return buf;
}
