/* SPDX-License-Identifier: GPL-2.0-only */
/* One line of text, edited. */
#include <string.h>

#include "app.h"
#include "grid.h"

bool line_set(struct line *line, const char *text)
{
	size_t room = sizeof(line->text) - 1;

	line->len = 0;
	while (*text && line->len + 4 <= room) {
		char bytes[5];
		int len = utf8_encode(utf8_next(&text), bytes);

		memcpy(line->text + line->len, bytes, (size_t)len);
		line->len += (size_t)len;
	}
	line->text[line->len] = '\0';
	line->cursor = line->len;
	return !*text;
}

bool line_insert(struct line *line, u32 code)
{
	char bytes[5];
	size_t len = (size_t)utf8_encode(code, bytes);

	if (line->len + len >= sizeof(line->text))
		return false;
	memmove(line->text + line->cursor + len, line->text + line->cursor, line->len - line->cursor + 1);
	memcpy(line->text + line->cursor, bytes, len);
	line->len += len;
	line->cursor += len;
	return true;
}

static size_t before(const struct line *line, size_t at)
{
	if (!at)
		return 0;
	for (at--; at && ((unsigned char)line->text[at] & 0xc0) == 0x80; at--)
		;
	return at;
}

static size_t after(const struct line *line, size_t at)
{
	if (at >= line->len)
		return line->len;
	for (at++; at < line->len && ((unsigned char)line->text[at] & 0xc0) == 0x80; at++)
		;
	return at;
}

static bool cut(struct line *line, size_t from, size_t to)
{
	if (from == to)
		return false;
	memmove(line->text + from, line->text + to, line->len - to + 1);
	line->len -= to - from;
	line->cursor = from;
	return true;
}

bool line_edit(struct line *line, enum action_id action)
{
	size_t at = line->cursor;

	switch (action) {
	case ACT_LINE_ERASE:
		return cut(line, before(line, at), at);
	case ACT_LINE_DELETE:
		return cut(line, at, after(line, at));
	case ACT_LINE_WORD:
		while (at && line->text[at - 1] == ' ')
			at--;
		while (at && line->text[at - 1] != ' ')
			at--;
		return cut(line, at, line->cursor);
	case ACT_LINE_CLEAR:
		return cut(line, 0, line->len);
	case ACT_LINE_LEFT:
		line->cursor = before(line, at);
		return false;
	case ACT_LINE_RIGHT:
		line->cursor = after(line, at);
		return false;
	case ACT_LINE_HOME:
		line->cursor = 0;
		return false;
	case ACT_LINE_END:
		line->cursor = line->len;
		return false;
	default:
		return false;
	}
}
