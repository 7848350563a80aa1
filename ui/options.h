/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line. */
#ifndef KVMTOP_OPTIONS_H
#define KVMTOP_OPTIONS_H

#include "../model/recording.h"
#include "dump.h"
#include "loop.h"

#define PIDS_MAX 64

enum mode {
	MODE_SCREEN,
	MODE_BATCH,
	MODE_JSON,
	MODE_CSV,
	MODE_EXPORT,
	MODE_SCRIPT,
	MODE_FEATURES,
	MODE_DESCRIBE,
	MODE_MAN,
	MODE_COMPLETION,
	MODE_HELP,
	MODE_VERSION,
	MODE_RECORD,
	MODE_LOG
};

struct options {
	enum mode mode;
	struct loop_options loop;
	u32 pids[PIDS_MAX];
	u32 pid_count;
	const char *vm_regex;          /* NULL: all */
	const char *shell;             /* whose completions to print */
	const char *describe;          /* "csv", "json", "metrics" */
	struct export_options metrics; /* address NULL: none */
	const char *script;            /* file, "-": stdin */
	int w, h;
	enum dump_format dump;
	const char *replay; /* recording to read, NULL: none */
	const char *record; /* recording to write, NULL: none */
	struct recorder_limits rotate;
	bool demo; /* the bundled recording */
	bool synthetic;
	struct synthetic_spec spec;
	u32 max_vcpus; /* 0: chosen by what runs */
	bool debug_bpf;
	const char *config; /* settings file, NULL: the usual one */
	bool no_config;     /* none */
	bool delay_given, view_given, size_given;
	enum mode tell;              /* MODE_HELP or MODE_VERSION, 0: neither */
	const char *output, *source; /* the options that say which, NULL: none */
	const char *twice[2];        /* two of them that contradict each other, NULL: there are none */
};

/* Exit status. */
enum exit_status { STATUS_OK, STATUS_FAILED, STATUS_USAGE, STATUS_NOT_PERMITTED, STATUS_CANNOT };

/* Strings in *opts point into argv. 0, or -EINVAL with one line in err. */
int options_parse(int argc, char **argv, struct options *opts, char *err, size_t err_size);
/* One option, for what is made from them. */
struct option_text {
	char letter;                   /* 0: none */
	const char *name, *arg, *help; /* arg NULL: takes none; "[...]": may do without */
};
/* Option n of all there are; false: there are no more. */
bool option_at(size_t n, struct option_text *out);
/* What --describe prints. */
void options_describe(const char *what, FILE *out);
/* What --help prints. */
void options_help(FILE *out);

#endif
