/* SPDX-License-Identifier: GPL-2.0-only */
#include "ftrace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

static FILE *open_list(void)
{
	FILE *f = fopen("/sys/kernel/tracing/enabled_functions", "re");

	return f ? f : fopen("/sys/kernel/debug/tracing/enabled_functions", "re");
}

char *ftrace_enabled(void)
{
	FILE *f = open_list();
	char *text = NULL;
	u32 room = 0, len = 0;

	while (f) {
		size_t n;

		if (ARRAY_ROOM(text, room, (u64)len + 4096)) {
			free(text);
			text = NULL;
			break;
		}
		n = fread(text + len, 1, room - len - 1, f);
		len += n;
		text[len] = '\0';
		if (!n)
			break;
	}
	if (f)
		fclose(f);
	return text;
}

/* "name (1) ..." or "name [module] (1) ...", one a line; other lines begin with a tab. */
bool ftrace_has(const char *enabled, const char *function)
{
	size_t len = strlen(function);

	if (!enabled)
		return true;
	for (const char *line = enabled; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, function, len) && line[len] == ' ')
			return true;
	}
	return false;
}
