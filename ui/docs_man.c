/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "../model/events.h"
#include "bar.h"
#include "docs.h"
#include "options.h"
#include "view.h"

/* Text as it is: nothing in it is a request or an escape, and a hyphen is one that can be copied. */
static void put(FILE *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text; text++)
		switch (*text) {
		case '\\':
			fputs("\\e", out);
			break;
		case '-':
			fputs("\\-", out);
			break;
		case '\'':
			fputs("\\(aq", out);
			break;
		case '^':
			fputs("\\(ha", out);
			break;
		case '~':
			fputs("\\(ti", out);
			break;
		default:
			fputc(*text, out);
		}
}

static void line(FILE *out, const char *text)
{
	put(out, text);
	fputc('\n', out);
}

static void heading(FILE *out, const char *macro, const char *text)
{
	fprintf(out, ".%s \"", macro);
	put(out, text);
	fputs("\"\n", out);
}

/* A term in bold and what it means. */
static void entry(FILE *out, const char *term, const char *text)
{
	fputs(".TP\n\\fB", out);
	put(out, term);
	fputs("\\fR\n", out);
	line(out, text);
}

static void write_options(FILE *out)
{
	struct option_text o;

	heading(out, "SH", "OPTIONS");
	for (size_t i = 0; option_at(i, &o); i++) {
		const char letter[] = {'-', o.letter, '\0'};

		fputs(".TP\n", out);
		if (o.letter) {
			fputs("\\fB", out);
			put(out, letter);
			fputs("\\fR, ", out);
		}
		fputs("\\fB\\-\\-", out);
		put(out, o.name);
		fputs("\\fR", out);
		if (o.arg) {
			fputs(o.arg[0] == '[' ? "[=\\fI" : " \\fI", out);
			for (const char *p = o.arg; *p; p++)
				if (*p != '[' && *p != ']')
					fputc(*p, out);
			fputs(o.arg[0] == '[' ? "\\fR]" : "\\fR", out);
		}
		fputc('\n', out);
		line(out, o.help);
	}
}

static void write_keys(FILE *out)
{
	const char *group = NULL;

	heading(out, "SH", "KEYS");
	line(out,
	     "In brackets is the name of the action, for bind in the settings file and for the command line on : .");
	for (size_t i = 0; i < action_count; i++) {
		const struct action *act = &action_table[i];
		char keys[KEYS_MAX * (KEY_NAME_SIZE + 1)], term[sizeof(keys) + 64];

		if (!group || strcmp(group, act->group) != 0)
			heading(out, "SS", act->group);
		group = act->group;
		view_keys_text(NULL, act, keys, sizeof(keys));
		snprintf(term, sizeof(term), "%s [%s]", keys, act->name);
		entry(out, term, act->help);
	}
}

static void write_columns(FILE *out)
{
	char term[128];

	heading(out, "SH", "COLUMNS");
	line(out, "By their titles, with the name that --sort, filters, columns and CSV use in brackets.");
	for (int v = 0; v < VIEW_DETAIL; v++) {
		const struct view_columns *cols = view_columns((enum view_id)v);

		snprintf(term, sizeof(term), "View %s", cols->name);
		heading(out, "SS", term);
		for (u32 i = 0; i < cols->count; i++) {
			snprintf(term, sizeof(term), "%s [%s]", cols->columns[i].title, cols->columns[i].name);
			entry(out, term, cols->columns[i].help);
		}
	}
}

static void write_states(FILE *out)
{
	heading(out, "SH", "STATES");
	line(out, "At any time a vCPU is in exactly one state, so the shares of its time add up to 100 %.");
	for (int i = VCPU_GUEST; i <= VCPU_STATES; i++) {
		int state = i % VCPU_STATES;
		char term[32];

		snprintf(term, sizeof(term), "%c %s", bar_states[state].letter,
			 state == VCPU_UNKNOWN ? "unknown" : state_names[state]);
		entry(out, term, state_help[state]);
	}
}

static void write_filters(FILE *out)
{
	static const char *const forms[][2] = {
		{"web", "a text that is in any column, upper and lower case alike"},
		{"/^db[0-9]/", "a regular expression over any text column"},
		{"vm=web", "a text in that column; exact for numbers"},
		{"reason~^EPT", "a regular expression over that column"},
		{"exits>1k", "numbers: < <= > >= = != with k M G (powers of 1024 for memory), ns us ms s, or %"},
		{"!reason=hlt", "the opposite of any of these"},
	};

	heading(out, "SH", "FILTERS");
	line(out, "Terms with blanks between them, all of which must hold. A term on a column that a view does not "
		  "have is ignored there.");
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		entry(out, forms[i][0], forms[i][1]);
}

static void write_kinds(FILE *out)
{
	heading(out, "SH", "EVENTS");
	line(out,
	     "What --log takes: the names of groups of events, of single kinds of them, or all, with commas between "
	     "them. The groups, with their kinds:");
	for (u32 group = GROUP_CORE + 1; group < GROUPS; group++) {
		char kinds[256] = "";
		size_t len = 0;

		for (u32 i = 0; i < event_info_count() && len < sizeof(kinds); i++)
			if (EVENT_KIND_GROUP(event_info_at(i)->kind) == group)
				len += (size_t)snprintf(kinds + len, sizeof(kinds) - len, "%s%s", len ? ", " : "",
							event_info_at(i)->name);
		entry(out, event_group_name(group), kinds);
	}
}

static void write_settings(FILE *out)
{
	heading(out, "SH", "SETTINGS");
	line(out, "The full screen reads a file of lines. A wrong one is named with its number, and kvmtop starts all "
		  "the same. It is written only by the action save-settings. Lines that begin with # are comments.");
	entry(out, "set NAME VALUE", "one of the settings below");
	entry(out, "columns VIEW NAME,NAME,...", "which columns the view shows, in that order");
	entry(out, "bind KEY ACTION",
	      "a key, by the names under KEYS: x, F5, ^T, Enter; the action none takes the key away");
	entry(out, "threshold VIEW COLUMN WARN [CRIT]", "from where on a value is highlighted: 500us 5ms, 10% 50%, 1k");
	heading(out, "SS", "Names");
	for (int i = 0; i < SETTINGS; i++) {
		char range[320], value[SETTING_TEXT], text[512];
		struct settings set;

		settings_init(&set);
		setting_range((enum setting_id)i, range, sizeof(range));
		setting_text(&set, (enum setting_id)i, value);
		snprintf(text, sizeof(text), "%s. One of: %s. Default: %s.", setting_table[i].help, range, value);
		if (!setting_table[i].choice)
			snprintf(text, sizeof(text), "%s. %s. Default: %s.", setting_table[i].help, range, value);
		entry(out, setting_table[i].name, text);
	}
	heading(out, "SS", "Themes");
	for (int i = 0; i < THEMES; i++)
		entry(out, theme_table[i]->name, theme_table[i]->help);
}

static void write_rest(FILE *out)
{
	heading(out, "SH", "FILES");
	entry(out, "$XDG_CONFIG_HOME/kvmtop/kvmtoprc",
	      "the settings; ~/.config/kvmtop/kvmtoprc where that variable is not set");
	heading(out, "SH", "ENVIRONMENT");
	entry(out, "NO_COLOR", "when set and not empty: no colours");
	entry(out, "COLORFGBG", "what the theme auto asks for the colour of the background");
	entry(out, "LC_ALL, LC_CTYPE, LANG", "without UTF-8 in them everything is drawn with ASCII");
	heading(out, "SH", "EXIT STATUS");
	entry(out, "0", "done");
	entry(out, "1", "a failure, told in one line on standard error");
	entry(out, "2", "the command line is wrong");
	entry(out, "3", "not permitted: eBPF wants root");
	entry(out, "4", "this kernel cannot: see --features");
	heading(out, "SH", "CAVEATS");
	line(out, "What was lost, and what this host does not let be measured, is on the screen and in every output. A "
		  "dash is not measured, 0 is measured and none. Percentiles come from histograms and are within 6 %. "
		  "While kvmtop runs, the KVM modules are in use and cannot be removed.");
	heading(out, "SH", "EXAMPLES");
	entry(out, "kvmtop --demo", "look around in a recording of a host in trouble, without root");
	entry(out, "kvmtop -f 'wait>5%' --view vcpu", "vCPUs that lose time to other tasks");
	entry(out, "kvmtop -b -n 5", "five tables");
	entry(out, "kvmtop -w host.rec", "record while watching; kvmtop -r host.rec shows it anywhere");
	heading(out, "SH", "SEE ALSO");
	line(out, "perf-kvm(1), top(1), bpftool(8)");
}

void docs_man(FILE *out)
{
	/* no date: what is built from the same source is the same */
	fputs(".\\\" SPDX-License-Identifier: GPL-2.0-only\n"
	      ".\\\" Made by kvmtop --man from its tables.\n"
	      ".TH KVMTOP 8 \"\" \"kvmtop " KVMTOP_VERSION "\" \"System Administration\"\n"
	      ".SH NAME\nkvmtop \\- what every VM, vCPU and VM exit of a KVM host is doing\n"
	      ".SH SYNOPSIS\n.B kvmtop\n[\\fIOPTION\\fR]...\n"
	      ".SH DESCRIPTION\n",
	      out);
	line(out, "kvmtop is the top of a KVM host. It shows where the time of each vCPU goes, which VM exits cost it, "
		  "what is stuck now, and who takes the pCPU, from eBPF programs on KVM's own tracepoints. It asks "
		  "neither the guests nor libvirt nor the VMM.");
	line(out, "Without options it takes the whole screen; when its output is no terminal it prints tables. Enter "
		  "goes from a VM to its vCPUs, their exit reasons and their latencies; ? shows the keys.");
	write_options(out);
	write_keys(out);
	write_columns(out);
	write_states(out);
	write_filters(out);
	write_kinds(out);
	write_settings(out);
	write_rest(out);
}
