/* SPDX-License-Identifier: GPL-2.0-only */
/* What is made from the tables has all of them: the manual page, the completions, --help. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../model/events.h"
#include "../../ui/docs.h"
#include "../../ui/options.h"
#include "../../ui/view.h"

/* The manual page with its escapes undone. */
static char *man(void)
{
	static const struct {
		const char *escape;
		char plain;
	} escapes[] = {{"\\-", '-'}, {"\\e", '\\'}, {"\\(aq", '\''}, {"\\(ha", '^'}, {"\\(ti", '~'}};
	char *text = NULL, *to;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	docs_man(out);
	fclose(out);
	to = text;
	for (const char *p = text; *p;) {
		size_t i = 0;

		if (!strncmp(p, "\\&", 2)) {
			p += 2;
			continue;
		}
		while (i < ARRAY_SIZE(escapes) && strncmp(p, escapes[i].escape, strlen(escapes[i].escape)) != 0)
			i++;
		*to++ = i < ARRAY_SIZE(escapes) ? escapes[i].plain : *p;
		p += i < ARRAY_SIZE(escapes) ? strlen(escapes[i].escape) : 1;
	}
	*to = '\0';
	return text;
}

static char *completion(const char *shell)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	docs_completion(shell, out);
	fclose(out);
	return text;
}

static void has(const char *text, const char *what, const char *where)
{
	if (!strstr(text, what))
		fail_msg("%s is not in %s", what, where);
}

static void man_has_all(void **state)
{
	char *text = man(), term[128];
	struct option_text o;

	(void)state;
	for (size_t i = 0; option_at(i, &o); i++) {
		snprintf(term, sizeof(term), "--%s\\fR", o.name);
		has(text, term, "the manual page");
		has(text, o.help, "the manual page");
	}
	for (size_t i = 0; i < action_count; i++) {
		snprintf(term, sizeof(term), "[%s]", action_table[i].name);
		has(text, term, "the manual page");
		has(text, action_table[i].help, "the manual page");
	}
	for (int v = 0; v < VIEW_DETAIL; v++) {
		const struct view_columns *cols = view_columns((enum view_id)v);

		snprintf(term, sizeof(term), "View %s", cols->name);
		has(text, term, "the manual page");
		for (u32 i = 0; i < cols->count; i++) {
			snprintf(term, sizeof(term), "%s [%s]", cols->columns[i].title, cols->columns[i].name);
			has(text, term, "the manual page");
			has(text, cols->columns[i].help, "the manual page");
		}
	}
	for (int i = 0; i < SETTINGS; i++) {
		char range[320];

		setting_range((enum setting_id)i, range, sizeof(range));
		has(text, setting_table[i].help, "the manual page");
		has(text, range, "the manual page");
	}
	for (int i = 0; i < THEMES; i++)
		has(text, theme_table[i]->help, "the manual page");
	/* every line that begins with a dot is a macro of ours */
	for (const char *p = text; p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
		if (*p == '.')
			assert_true(!strncmp(p, ".TP\n", 4) || !strncmp(p, ".SH ", 4) || !strncmp(p, ".SS ", 4) ||
				    !strncmp(p, ".TH ", 4) || !strncmp(p, ".B ", 3) || !strncmp(p, ".\\\"", 3) ||
				    !strncmp(p, ".\\ ", 3));
	free(text);
}

static void completions_have_all(void **state)
{
	static const char *const shells[] = {"bash", "zsh", "fish"};
	struct option_text o;

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(shells); s++) {
		char *text = completion(shells[s]), term[128];

		assert_true(docs_shell(shells[s]));
		for (size_t i = 0; option_at(i, &o); i++) {
			snprintf(term, sizeof(term), "%s%s", s == 2 ? " -l " : "--", o.name);
			has(text, term, shells[s]);
		}
		for (int v = 0; v < VIEW_DETAIL; v++) {
			const struct view_columns *cols = view_columns((enum view_id)v);

			has(text, cols->name, shells[s]);
			for (u32 i = 0; i < cols->count; i++)
				has(text, cols->columns[i].name, shells[s]);
		}
		free(text);
	}
	assert_false(docs_shell("csh"));
}

/* Each name that --log takes is in the manual page, and is completed. */
static void kinds_are_told(void **state)
{
	static const char *const shells[] = {"bash", "zsh", "fish"};
	char *text = man(), word[64], *made;
	u32 groups;
	u64 kinds;
	const char *bad;

	(void)state;
	for (u32 i = 0; i < event_info_count(); i++) {
		const char *name = event_info_at(i)->name;

		assert_int_equal(event_kinds_parse(name, &groups, &kinds, &bad), 0);
		assert_true(kinds >> i & 1);
		has(strstr(text, "EVENTS"), name, "the manual page");
		for (size_t s = 0; s < ARRAY_SIZE(shells); s++) {
			made = completion(shells[s]);
			snprintf(word, sizeof(word), "%s ", name);
			if (!strstr(made, word))
				snprintf(word, sizeof(word), "%s%s", name, s == 0 ? "\"" : s == 1 ? ")" : "'");
			has(made, word, shells[s]);
			free(made);
		}
	}
	free(text);
}

static void help_has_all(void **state)
{
	char *text = NULL, term[128];
	struct option_text o;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	options_help(out);
	fclose(out);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\n") > 79)
			fail_msg("a line of --help is longer than 79: %.80s", line);
	/* sentences go on in the next line */
	for (char *from = text, *to = text;; from++) {
		bool blank = *from == ' ' || *from == '\n';

		if (blank && to > text && to[-1] == ' ')
			continue;
		*to++ = blank ? ' ' : *from;
		if (!*from)
			break;
	}
	for (size_t i = 0; option_at(i, &o); i++) {
		snprintf(term, sizeof(term), "--%s", o.name);
		has(text, term, "--help");
		has(text, o.help, "--help");
	}
	for (int v = 0; v < VIEW_DETAIL; v++) {
		snprintf(term, sizeof(term), " %s%s", view_columns((enum view_id)v)->name,
			 v + 1 < VIEW_DETAIL ? "," : " ");
		has(strstr(text, "--view"), term, "what --help says of --view");
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(man_has_all),
		cmocka_unit_test(completions_have_all),
		cmocka_unit_test(kinds_are_told),
		cmocka_unit_test(help_has_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
