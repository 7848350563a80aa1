/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys, as numbers that no terminal library knows of: a Unicode code point for what types a character, 1..26 for
 * Ctrl with a letter, and the codes below for the rest.
 */
#ifndef KVMTOP_KEYS_H
#define KVMTOP_KEYS_H

#include "../model/types.h"

#define K_CTRL(letter) ((letter)&0x1f)

enum key {
	K_NONE = 0,
	K_TAB = 9,
	K_ENTER = 13,
	K_ESC = 27,
	K_BACKSPACE = 127,
	K_UP = 0x110000,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_PAGE_UP,
	K_PAGE_DOWN,
	K_HOME,
	K_END,
	K_DELETE,
	K_INSERT,
	K_BACK_TAB,
	K_F1, /* to K_F1 + 11 */
	K_F12 = K_F1 + 11,
	K_MOUSE, /* of the terminal's only: term_mouse_event() tells what it was */
};

enum mouse_kind { MOUSE_PRESS, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct mouse_event {
	enum mouse_kind kind;
	int x, y; /* cells, from 0 */
};

#define KEY_NAME_SIZE 16

/* "Enter", "^L", "F1", "x". The result is a static string or buf. */
const char *key_label(u32 key, char buf[KEY_NAME_SIZE]);
/* The key of such a name (case of long names does not matter), K_NONE if there is none. */
u32 key_find(const char *name);
/* Whether the key types a character. */
bool key_is_text(u32 key);

#endif
