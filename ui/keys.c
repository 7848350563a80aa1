/* SPDX-License-Identifier: GPL-2.0-only */
#include "keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "grid.h"

static const struct {
	u32 key;
	const char *name;
} names[] = {
	{K_TAB, "Tab"},        {K_ENTER, "Enter"},  {K_ESC, "Esc"},        {K_BACKSPACE, "Backspace"},
	{' ', "Space"},        {K_UP, "Up"},        {K_DOWN, "Down"},      {K_LEFT, "Left"},
	{K_RIGHT, "Right"},    {K_PAGE_UP, "PgUp"}, {K_PAGE_DOWN, "PgDn"}, {K_HOME, "Home"},
	{K_END, "End"},        {K_DELETE, "Del"},   {K_INSERT, "Ins"},     {K_BACK_TAB, "Shift-Tab"},
	{K_BACK_TAB, "S-Tab"},
};

const char *key_label(u32 key, char buf[KEY_NAME_SIZE])
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].key == key)
			return names[i].name;
	if (key >= K_F1 && key <= K_F12)
		snprintf(buf, KEY_NAME_SIZE, "F%u", key - K_F1 + 1);
	else if (key >= 1 && key <= 26)
		snprintf(buf, KEY_NAME_SIZE, "^%c", (char)('A' + key - 1));
	else if (key_is_text(key))
		utf8_encode(key, buf);
	else
		snprintf(buf, KEY_NAME_SIZE, "0x%x", key);
	return buf;
}

u32 key_find(const char *name)
{
	const char *p = name;
	u32 code;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcasecmp(names[i].name, name))
			return names[i].key;
	if ((name[0] == 'F' || name[0] == 'f') && name[1] >= '1' && name[1] <= '9') {
		char *end;
		unsigned long number = strtoul(name + 1, &end, 10);

		return !*end && number <= 12 ? K_F1 + (u32)number - 1 : K_NONE;
	}
	if (name[0] == '^' && name[1] && !name[2]) {
		char letter = name[1] >= 'a' ? (char)(name[1] - 'a' + 'A') : name[1];

		return letter >= 'A' && letter <= 'Z' ? K_CTRL((u32)letter) : K_NONE;
	}
	code = utf8_next(&p);
	return code && !*p && key_is_text(code) ? code : K_NONE;
}

bool key_is_text(u32 key)
{
	return key >= ' ' && key < 0x110000 && key != K_BACKSPACE && key != 0xfffd && char_width(key) > 0;
}
