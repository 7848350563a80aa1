// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "../model/csv.h"
#include "../model/json.h"
#include "../model/metrics.h"
#include "../model/events.h"
#include "app.h"
#include "docs.h"
#include "options.h"

/* One table: parsing and --help come from it. A short option is a character, others count up from 256. */
enum {
	OPT_VM = 256,
	OPT_VIEW,
	OPT_JSON,
	OPT_CSV,
	OPT_DESCRIBE,
	OPT_EXPORT,
	OPT_EXPORT_MAX,
	OPT_USER_EXITS,
	OPT_SCRIPT,
	OPT_SIZE,
	OPT_DUMP,
	OPT_FEATURES,
	OPT_ROTATE,
	OPT_HISTORY,
	OPT_HISTORY_SIZE,
	OPT_RECORD_DIR,
	OPT_SPEED,
	OPT_DEMO,
	OPT_SOURCE,
	OPT_MAX_VCPUS,
	OPT_ASCII,
	OPT_NO_COLOR,
	OPT_TOTAL,
	OPT_ALL,
	OPT_LOG,
	OPT_DEBUG_BPF,
	OPT_CONFIG,
	OPT_MOUSE,
	OPT_MEASURE,
	OPT_MAN,
	OPT_COMPLETION,
	OPT_NO_CONFIG,
};

static const struct {
	int code;
	const char *name, *arg, *help;
} table[] = {
	{'d', "delay", "SEC", "seconds between two samples (1; with --export alone 10); 0.1 to 3600"},
	{'n', "iterations", "N", "end after N intervals"},
	{'p', "pid", "PID,..", "only the VMs of these processes"},
	{OPT_VM, "vm", "REGEX", "only the VMs whose name matches"},
	{OPT_VIEW, "view", "NAME", "start with this view:"},
	{OPT_USER_EXITS, "user-exits", NULL, "exit view: start with exits to user space, not with VM exits"},
	{'s', "sort", "COLUMN", "sort by a column (-COLUMN: the other way round); the help screen lists them"},
	{'f', "filter", "EXPR", "only rows that match: text, /regex/, column=text, column>1k, !term"},
	{OPT_TOTAL, "total", NULL, "start with totals since kvmtop began, not with the interval"},
	{OPT_ALL, "all", NULL, "measure what all views need, from the start, whatever is looked at"},
	{'b', "batch", NULL, "plain-text tables, one an interval"},
	{OPT_JSON, "json", NULL, "one JSON object an interval, counters since kvmtop began"},
	{OPT_LOG, "log", "KINDS",
	 "one line an event as it happens: irq, mmu, dirty, halt, hypercall, ioctl, timer, cause, one of their kinds, "
	 "all"},
	{OPT_CSV, "csv", "[VIEW]",
	 "the rows of a view as CSV, all columns, raw values; --describe csv says what they mean"},
	{OPT_DESCRIBE, "describe", "WHAT",
	 "what an output has in it and what that means: csv, json (its JSON Schema), metrics"},
	{OPT_EXPORT, "export", "[ADDR:]PORT",
	 "metrics for Prometheus at http://ADDR:PORT/metrics (ADDR: 127.0.0.1); without a terminal nothing else"},
	{OPT_EXPORT_MAX, "export-max-series", "N",
	 "with --export: at most so many series; what is left out is counted (50000)"},
	{'w', "record", "FILE", "record every sample while watching; without a terminal and -b or --json, just record"},
	{OPT_ROTATE, "rotate", "LIMIT",
	 "with -w: a new file at 64M, at 1h, or 64M,1h; :N keeps N old ones, FILE.1 ... (9)"},
	{OPT_HISTORY, "history", "AGE", "keep samples in memory to go back to, for so long (10m); 0: none"},
	{OPT_HISTORY_SIZE, "history-size", "SIZE",
	 "keep fewer of the older ones when they need more than this (32M; on a host of many hundred VMs less)"},
	{OPT_RECORD_DIR, "record-dir", "DIR", "where the key D writes them to (the current directory)"},
	{'r', "replay", "FILE", "show a recording, with everything there is, on any machine and without root"},
	{OPT_SPEED, "speed", "X", "with -r and --demo: play X times as fast as it was (1); 0.125 to 64"},
	{OPT_FEATURES, "features", NULL, "what this host allows, and what is lost without it"},
	{OPT_SCRIPT, "script", "FILE", "run keys from a file (- for standard input), without a terminal"},
	{OPT_SIZE, "size", "WxH", "with --script: size of the screen (80x24)"},
	{OPT_DUMP, "dump", "FORMAT", "with --script: text, ansi, styles or svg (text)"},
	{OPT_DEMO, "demo", NULL, "the bundled recording: look around without root and KVM"},
	{OPT_SOURCE, "source", "SOURCE", "bpf (this host), or synthetic:VMSxVCPUSxREASONS[:SEED][:healthy]"},
	{OPT_MAX_VCPUS, "max-vcpus", "N", "room for so many vCPUs (chosen by what runs when kvmtop starts)"},
	{OPT_ASCII, "ascii", NULL, "draw with ASCII characters only"},
	{OPT_NO_COLOR, "no-color", NULL, "no colours (as with NO_COLOR in the environment)"},
	{OPT_MEASURE, "measure", NULL,
	 "have the kernel time kvmtop's BPF programs: what they cost is then in the header and in --json"},
	{OPT_MOUSE, "mouse", NULL, "take the mouse: select, open, sort and scroll with it (key m)"},
	{OPT_CONFIG, "config", "FILE", "read (and, when asked, save) settings there, not in ~/.config/kvmtop/kvmtoprc"},
	{OPT_NO_CONFIG, "no-config", NULL, "read no settings"},
	{OPT_MAN, "man", NULL, "the manual page, for man -l - or a file"},
	{OPT_COMPLETION, "completion", "SHELL", "what makes a shell complete all this: bash, zsh, fish"},
	{OPT_DEBUG_BPF, "debug-bpf", NULL, "libbpf's messages on standard error, for bug reports"},
	{'h', "help", NULL, "this text"},
	{'V', "version", NULL, "the version"},
};

/* The views are in a table of their own, which has more of them as kvmtop grows. */
static const char *option_help(size_t n)
{
	static char views[256];

	if (table[n].code != OPT_VIEW)
		return table[n].help;
	snprintf(views, sizeof(views), "%s", table[n].help);
	for (int v = VIEW_VM; v < VIEW_DETAIL; v++) {
		size_t at = strlen(views);

		snprintf(views + at, sizeof(views) - at, "%s %s", v > VIEW_VM ? "," : "", view_columns(v)->name);
	}
	return views;
}

bool option_at(size_t n, struct option_text *out)
{
	if (n >= ARRAY_SIZE(table))
		return false;
	*out = (struct option_text){table[n].code < 256 ? (char)table[n].code : 0, table[n].name, table[n].arg,
				    option_help(n)};
	return true;
}

#define HELP_W    79
#define HELP_LEFT 27

/* From column HELP_LEFT on, where one is, in lines of at most HELP_W columns. */
static void put_help(FILE *out, const char *text)
{
	size_t at = HELP_LEFT;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (at > HELP_LEFT && at + 1 + len > HELP_W) {
			fprintf(out, "\n%*s", HELP_LEFT, "");
			at = HELP_LEFT;
		}
		at += (size_t)fprintf(out, "%s%.*s", at > HELP_LEFT ? " " : "", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

void options_help(FILE *out)
{
	fputs("usage: kvmtop [OPTION]...\n"
	      "What every VM, vCPU and VM exit on this KVM host is doing right now.\n"
	      "Without options: full screen.\n\n",
	      out);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char left[48];

		snprintf(left, sizeof(left), "%c%c%s--%s%s%s", table[i].code < 256 ? '-' : ' ',
			 table[i].code < 256 ? table[i].code : ' ', table[i].code < 256 ? ", " : "  ", table[i].name,
			 table[i].arg ? " " : "", table[i].arg ? table[i].arg : "");
		fprintf(out, "  %-*s", HELP_LEFT - 2, left);
		if (strlen(left) + 3 > HELP_LEFT)
			fprintf(out, "\n%*s", HELP_LEFT, "");
		put_help(out, option_help(i));
	}
	fputs("\nExit status: 0 done, 1 failure, 2 usage, 3 not permitted, 4 this kernel cannot.\n", out);
}

void options_describe(const char *what, FILE *out)
{
	if (!strcmp(what, "json")) {
		fputs(json_schema(), out);
		return;
	}
	if (!strcmp(what, "metrics")) {
		metrics_describe(out);
		return;
	}
	for (int v = VIEW_VM; v < VIEW_DETAIL; v++) {
		fputs(v > VIEW_VM ? "\n" : "", out);
		csv_describe(out, v);
	}
}

static bool parse_double(const char *text, double low, double high, double *out)
{
	char *end;

	errno = 0;
	*out = strtod(text, &end);
	return end != text && !*end && !errno && *out >= low && *out <= high;
}

static bool parse_long(const char *text, long low, long high, long *out)
{
	char *end;

	errno = 0;
	*out = strtol(text, &end, 10);
	return end != text && !*end && !errno && *out >= low && *out <= high;
}

static bool parse_pids(const char *text, struct options *o)
{
	while (*text) {
		char *end;
		long pid = strtol(text, &end, 10);

		if (end == text || pid < 1 || pid > INT_MAX || o->pid_count == PIDS_MAX || (*end && *end != ','))
			return false;
		o->pids[o->pid_count++] = pid;
		text = *end ? end + 1 : end;
	}
	return o->pid_count;
}

static bool parse_size(const char *text, int *w, int *h)
{
	char *end;
	long lw = strtol(text, &end, 10), lh;

	if (end == text || (*end != 'x' && *end != 'X') || !parse_long(end + 1, 1, 1000, &lh) || lw < 1 || lw > 1000)
		return false;
	*w = lw;
	*h = lh;
	return true;
}

static bool parse_view(const char *text, enum view_id *view)
{
	for (int v = VIEW_VM; v < VIEW_DETAIL; v++) {
		if (strcasecmp(text, view_columns(v)->name))
			continue;
		*view = v;
		return true;
	}
	return false;
}

static bool parse_source(const char *text, struct options *o)
{
	if (!strcmp(text, "bpf")) {
		o->synthetic = false;
		return true;
	}
	o->synthetic = true;
	return !strncmp(text, "synthetic:", 10) && !synthetic_spec_parse(text + 10, &o->spec);
}

static bool parse_history(const char *text, struct loop_options *loop)
{
	struct recorder_limits limits = {0};

	loop->no_history = !strcmp(text, "0");
	if (!loop->no_history && (strchr(text, ':') || recorder_limits_parse(text, &limits) || limits.max_bytes))
		return false;
	loop->history.max_age_ns = limits.max_age_ns;
	return true;
}

static bool parse_history_size(const char *text, struct loop_options *loop)
{
	struct recorder_limits limits = {0};

	if (strchr(text, ':') || recorder_limits_parse(text, &limits) || limits.max_age_ns)
		return false;
	loop->history.max_bytes = limits.max_bytes;
	return true;
}

/* Of those that exclude each other the first one is remembered, and the first two that are given. */
static void choose(struct options *o, const char **chosen, const char *option)
{
	if (*chosen && strcmp(*chosen, option) != 0 && !o->twice[0]) {
		o->twice[0] = *chosen;
		o->twice[1] = option;
	}
	*chosen = option;
}

static bool output(struct options *o, enum mode mode, const char *option)
{
	choose(o, &o->output, option);
	o->mode = mode;
	return true;
}

/* False: the argument does not fit. */
static bool take(int code, const char *arg, struct options *o)
{
	long n;

	switch (code) {
	case 'd':
		o->delay_given = true;
		return parse_double(arg, APP_DELAY_MIN, APP_DELAY_MAX, &o->loop.delay);
	case 'n':
		return parse_long(arg, 1, LONG_MAX, &o->loop.iterations);
	case 'p':
		o->loop.chosen = true;
		return parse_pids(arg, o);
	case OPT_VM:
		o->loop.chosen = true;
		o->vm_regex = arg;
		return true;
	case OPT_VIEW:
		o->view_given = true;
		return parse_view(arg, &o->loop.view);
	case 's':
		o->loop.sort = arg;
		return column_find_any(arg + (*arg == '-'));
	case 'f':
		o->loop.filter = arg;
		return true;
	case OPT_LOG:
		output(o, MODE_LOG, "--log");
		o->loop.view = VIEW_LOG;
		o->loop.sort = "-when";
		return !event_kinds_parse(arg, &o->loop.groups, &o->loop.log_kinds, &arg);
	case OPT_ALL:
		o->loop.groups = ~0U;
		return true;
	case OPT_TOTAL:
		o->loop.cumulative = true;
		return true;
	case 'b':
		return output(o, MODE_BATCH, "--batch");
	case OPT_JSON:
		return output(o, MODE_JSON, "--json");
	case OPT_CSV:
		return output(o, MODE_CSV, "--csv") && (!arg || parse_view(arg, &o->loop.view));
	case OPT_DESCRIBE:
		output(o, MODE_DESCRIBE, "--describe");
		o->describe = arg;
		return !strcmp(arg, "csv") || !strcmp(arg, "json") || !strcmp(arg, "metrics");
	case OPT_EXPORT:
		o->metrics.address = arg;
		return *arg;
	case OPT_EXPORT_MAX:
		if (!parse_long(arg, METRICS_SERIES_MIN, 100000000, &n))
			return false;
		o->metrics.max_series = (u32)n;
		return true;
	case OPT_USER_EXITS:
		o->loop.user_exits = true;
		return true;
	case 'w':
		o->record = arg;
		return *arg;
	case OPT_HISTORY:
		return parse_history(arg, &o->loop);
	case OPT_HISTORY_SIZE:
		return parse_history_size(arg, &o->loop);
	case OPT_RECORD_DIR:
		o->loop.record_dir = arg;
		return *arg;
	case OPT_SPEED:
		return parse_double(arg, TRAVEL_SPEED_MIN, TRAVEL_SPEED_MAX, &o->loop.speed);
	case OPT_ROTATE:
		return !recorder_limits_parse(arg, &o->rotate);
	case 'r':
		choose(o, &o->source, "--replay");
		o->replay = arg;
		o->loop.replay = true;
		return *arg;
	case OPT_FEATURES:
		return output(o, MODE_FEATURES, "--features");
	case OPT_SCRIPT:
		o->script = arg;
		return output(o, MODE_SCRIPT, "--script");
	case OPT_SIZE:
		o->size_given = true;
		return parse_size(arg, &o->w, &o->h);
	case OPT_DUMP:
		o->size_given = true;
		return !dump_format_find(arg, &o->dump);
	case OPT_DEMO:
		choose(o, &o->source, "--demo");
		o->demo = true;
		o->loop.replay = true;
		return true;
	case OPT_SOURCE:
		choose(o, &o->source, "--source");
		return parse_source(arg, o);
	case OPT_MAX_VCPUS:
		if (!parse_long(arg, 1, 1 << 20, &n))
			return false;
		o->max_vcpus = n;
		return true;
	case OPT_ASCII:
		o->loop.ascii = true;
		return true;
	case OPT_NO_COLOR:
		o->loop.no_color = true;
		return true;
	case OPT_MAN:
		return output(o, MODE_MAN, "--man");
	case OPT_COMPLETION:
		output(o, MODE_COMPLETION, "--completion");
		o->shell = arg;
		return docs_shell(arg);
	case OPT_MEASURE:
		o->loop.measure = true;
		return true;
	case OPT_MOUSE:
		o->loop.mouse = true;
		return true;
	case OPT_CONFIG:
		o->config = arg;
		return *arg;
	case OPT_NO_CONFIG:
		o->no_config = true;
		return true;
	case OPT_DEBUG_BPF:
		o->debug_bpf = true;
		return true;
	case 'h':
	case 'V':
		/* whatever else is asked for */
		if (!o->tell)
			o->tell = code == 'h' ? MODE_HELP : MODE_VERSION;
		return true;
	default:
		return false;
	}
}

/* Arguments in brackets are optional. */
static int has_arg(const char *arg)
{
	return !arg ? no_argument : *arg == '[' && arg[strlen(arg) - 1] == ']' ? optional_argument : required_argument;
}

int options_parse(int argc, char **argv, struct options *o, char *err, size_t err_size)
{
	struct option longs[ARRAY_SIZE(table) + 1] = {0};
	char shorts[2 * ARRAY_SIZE(table) + 2] = ":";
	size_t len = 1;
	int code;

	memset(o, 0, sizeof(*o));
	o->loop.delay = 1;
	o->loop.view = VIEW_VM;
	o->w = 80;
	o->h = 24;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		longs[i] = (struct option){table[i].name, has_arg(table[i].arg), NULL, table[i].code};
		if (table[i].code < 256) {
			shorts[len++] = table[i].code;
			if (table[i].arg)
				shorts[len++] = ':';
		}
	}
	optind = 0; /* glibc: begin anew */
	while ((code = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const char *name = argv[optind - 1];

		if (code == ':') {
			snprintf(err, err_size, "%s needs an argument: see kvmtop --help", name);
			return -EINVAL;
		}
		if (code == '?') {
			if (optopt && optopt < 256)
				snprintf(err, err_size, "no option -%c: see kvmtop --help", optopt);
			else
				snprintf(err, err_size, "no option %s: see kvmtop --help", name);
			return -EINVAL;
		}
		/* getopt takes an optional argument after '=' only. */
		if (code == OPT_CSV && !optarg && optind < argc && argv[optind][0] != '-')
			optarg = argv[optind++];
		if (take(code, optarg, o))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(table); i++)
			if (table[i].code == code)
				snprintf(err, err_size, "--%s %.60s: %s", table[i].name, optarg, option_help(i));
		return -EINVAL;
	}
	if (optind < argc) {
		snprintf(err, err_size, "what is %.60s? See kvmtop --help", argv[optind]);
		return -EINVAL;
	}
	if (o->tell) {
		o->mode = o->tell;
		return 0;
	}
	if (o->twice[0]) {
		snprintf(err, err_size, "%s and %s exclude each other", o->twice[0], o->twice[1]);
		return -EINVAL;
	}
	if (o->size_given && !o->script) {
		snprintf(err, err_size, "--size and --dump go with --script FILE: see kvmtop --help");
		return -EINVAL;
	}
	if (o->metrics.max_series && !o->metrics.address) {
		snprintf(err, err_size, "--export-max-series goes with --export PORT: see kvmtop --help");
		return -EINVAL;
	}
	if (o->metrics.address && o->mode != MODE_SCREEN) {
		snprintf(err, err_size,
			 "--export goes with the full screen, -w FILE or nothing, not with other outputs");
		return -EINVAL;
	}
	if (o->rotate.keep && !o->record) {
		snprintf(err, err_size, "--rotate goes with -w FILE: see kvmtop --help");
		return -EINVAL;
	}
	if (o->config && o->no_config) {
		snprintf(err, err_size, "--config and --no-config contradict each other");
		return -EINVAL;
	}
	if (o->loop.speed > 0 && !o->loop.replay) {
		snprintf(err, err_size, "--speed goes with -r FILE or --demo: see kvmtop --help");
		return -EINVAL;
	}
	if (o->replay && o->record && !strcmp(o->replay, o->record)) {
		snprintf(err, err_size, "-r and -w are the same file");
		return -EINVAL;
	}
	return 0;
}
