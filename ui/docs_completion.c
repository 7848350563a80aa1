/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "../model/events.h"
#include "docs.h"
#include "dump.h"
#include "options.h"

static const char *const shells[] = {"bash", "zsh", "fish"};

bool docs_shell(const char *shell)
{
	for (size_t i = 0; i < ARRAY_SIZE(shells); i++)
		if (!strcmp(shell, shells[i]))
			return true;
	return false;
}

/* What may stand behind an option. */
enum words { WORDS_NONE, WORDS_LIST, WORDS_FILES, WORDS_FOLDERS };

static void add(char *list, size_t size, const char *word)
{
	size_t len = strlen(list);

	snprintf(list + len, size - len, "%s%s", len ? " " : "", word);
}

static void add_columns(char *list, size_t size)
{
	for (int v = 0; v < VIEW_DETAIL; v++) {
		const struct view_columns *cols = view_columns((enum view_id)v);

		for (u32 i = 0; i < cols->count; i++) {
			bool had = false;

			for (int before = 0; before < v && !had; before++)
				had = column_find(view_columns((enum view_id)before), cols->columns[i].name) >= 0;
			if (!had)
				add(list, size, cols->columns[i].name);
		}
	}
}

/* What --log takes: groups of events and their kinds. */
static void add_kinds(char *list, size_t size)
{
	add(list, size, "all");
	for (u32 group = GROUP_CORE + 1; group < GROUPS; group++)
		add(list, size, event_group_name(group));
	for (u32 i = 0; i < event_info_count(); i++) {
		const struct event_info *info = event_info_at(i);

		/* some groups have the name of their only kind */
		if (strcmp(info->name, event_group_name(EVENT_KIND_GROUP(info->kind))) != 0)
			add(list, size, info->name);
	}
}

/* By what the help calls the argument; the words of a list go into list. */
static enum words words_of(const struct option_text *o, char *list, size_t size)
{
	static const struct {
		const char *arg, *words;
	} known[] = {
		{"FORMAT", "text ansi styles svg"},
		{"WHAT", "csv json metrics"},
		{"SHELL", "bash zsh fish"},
		{"SOURCE", "bpf synthetic:"},
	};

	list[0] = '\0';
	if (!o->arg)
		return WORDS_NONE;
	if (!strcmp(o->arg, "FILE"))
		return WORDS_FILES;
	if (!strcmp(o->arg, "DIR"))
		return WORDS_FOLDERS;
	if (!strcmp(o->name, "view") || !strcmp(o->arg, "[VIEW]"))
		for (int v = 0; v < VIEW_DETAIL; v++)
			add(list, size, view_columns((enum view_id)v)->name);
	if (!strcmp(o->arg, "COLUMN"))
		add_columns(list, size);
	if (!strcmp(o->arg, "KINDS"))
		add_kinds(list, size);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(o->arg, known[i].arg))
			add(list, size, known[i].words);
	return WORDS_LIST;
}

/* --- bash -------------------------------------------------------------------------------------------------------- */

static void write_bash(FILE *out)
{
	char list[4096];
	struct option_text o;

	fputs("# bash completion for kvmtop, made by \"kvmtop --completion bash\"\n_kvmtop()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n\tCOMPREPLY=()\n\tcase $prev "
	      "in\n",
	      out);
	for (size_t i = 0; option_at(i, &o); i++) {
		enum words words = words_of(&o, list, sizeof(list));

		if (words == WORDS_NONE)
			continue;
		fputc('\t', out);
		if (o.letter)
			fprintf(out, "-%c | ", o.letter);
		fprintf(out, "--%s)\n", o.name);
		if (words == WORDS_FILES)
			fputs("\t\tcompopt -o filenames 2>/dev/null\n\t\tmapfile -t COMPREPLY < <(compgen -f -- "
			      "\"$cur\")\n",
			      out);
		else if (words == WORDS_FOLDERS)
			fputs("\t\tcompopt -o filenames 2>/dev/null\n\t\tmapfile -t COMPREPLY < <(compgen -d -- "
			      "\"$cur\")\n",
			      out);
		else if (*list)
			fprintf(out, "\t\tmapfile -t COMPREPLY < <(compgen -W \"%s\" -- \"$cur\")\n", list);
		/* what may be left out may be another option, too */
		fprintf(out, "\t\t%sreturn\n\t\t;;\n", o.arg[0] == '[' ? "[[ $cur == -* ]] || " : "");
	}
	fputs("\tesac\n\tmapfile -t COMPREPLY < <(compgen -W \"", out);
	for (size_t i = 0; option_at(i, &o); i++)
		fprintf(out, "%s--%s", i ? " " : "", o.name);
	fputs("\" -- \"$cur\")\n}\ncomplete -F _kvmtop kvmtop\n", out);
}

/* --- zsh --------------------------------------------------------------------------------------------------------- */

/* Inside single quotes, where brackets and colons mean something to _arguments. */
static void zsh_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else if (strchr("[]:\\", *text))
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
	}
}

static void write_zsh(FILE *out)
{
	char list[4096];
	struct option_text o;

	fputs("#compdef kvmtop\n# zsh completion for kvmtop, made by \"kvmtop --completion zsh\"\n_arguments -s -S "
	      "\\\n",
	      out);
	for (size_t i = 0; option_at(i, &o); i++) {
		enum words words = words_of(&o, list, sizeof(list));

		fputc('\t', out);
		if (o.letter)
			fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'", o.letter, o.name, o.letter, words ? "+" : "",
				o.name, words ? "=" : "");
		else
			fprintf(out, "'--%s%s", o.name, !words ? "" : o.arg[0] == '[' ? "=-" : "=");
		fputc('[', out);
		zsh_text(out, o.help);
		fputc(']', out);
		if (words) {
			fputs(o.arg[0] == '[' ? "::" : ":", out);
			zsh_text(out, o.arg[0] == '[' ? "value" : o.arg);
			fputc(':', out);
		}
		if (words == WORDS_FILES)
			fputs("_files", out);
		else if (words == WORDS_FOLDERS)
			fputs("_files -/", out);
		else if (*list)
			fprintf(out, "(%s)", list);
		fputs("' \\\n", out);
	}
	fputs("\t&& return 0\n", out);
}

/* --- fish -------------------------------------------------------------------------------------------------------- */

static void fish_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void write_fish(FILE *out)
{
	char list[4096];
	struct option_text o;

	fputs("# fish completion for kvmtop, made by \"kvmtop --completion fish\"\ncomplete -c kvmtop -f\n", out);
	for (size_t i = 0; option_at(i, &o); i++) {
		enum words words = words_of(&o, list, sizeof(list));

		fputs("complete -c kvmtop", out);
		if (o.letter)
			fprintf(out, " -s %c", o.letter);
		fprintf(out, " -l %s", o.name);
		if (words == WORDS_FILES)
			fputs(" -r -F", out);
		else if (words == WORDS_FOLDERS)
			fputs(" -x -a '(__fish_complete_directories)'", out);
		else if (words && o.arg[0] != '[')
			fputs(" -x", out);
		if (*list)
			fprintf(out, " -a '%s'", list);
		fputs(" -d '", out);
		fish_text(out, o.help);
		fputs("'\n", out);
	}
}

void docs_completion(const char *shell, FILE *out)
{
	if (!strcmp(shell, "bash"))
		write_bash(out);
	else if (!strcmp(shell, "zsh"))
		write_zsh(out);
	else
		write_fish(out);
}
