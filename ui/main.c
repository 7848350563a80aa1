// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../model/attach.h"
#include "../model/demo.h"
#include "batch.h"
#include "docs.h"
#include "features.h"
#include "options.h"
#include "script.h"

#define LARGE_BLOCK (256 << 10)

static int status_of(int err)
{
	switch (err) {
	case 0:
		return STATUS_OK;
	case -EPERM:
	case -EACCES:
		return STATUS_NOT_PERMITTED;
	case -EOPNOTSUPP:
		return STATUS_CANNOT;
	default:
		return STATUS_FAILED;
	}
}

static struct source *open_replay(const char *path, int *err, char *line, size_t size)
{
	struct source *source = source_replay_open(path, err, line, size);

	if (source && *replay_notice(source))
		fprintf(stderr, "kvmtop: %s: %s\n", path, replay_notice(source));
	/* Exit status 3 says that kvmtop may not watch this host, not that a file may not be read. */
	if (!source && (*err == -EACCES || *err == -EPERM))
		*err = -EIO;
	return source;
}

static struct source *open_source(const struct options *o, int *err, char *line, size_t size)
{
	struct source *source, *chosen;

	if (o->demo) {
		source = source_demo_open(err, line, size);
	} else if (o->replay) {
		source = open_replay(o->replay, err, line, size);
	} else if (o->synthetic) {
		source = source_synthetic_open(&o->spec);
		*err = source ? 0 : -ENOMEM;
		snprintf(line, size, "out of memory");
	} else {
		if (o->debug_bpf)
			attach_debug();
		source = source_bpf_open(o->max_vcpus, err, line, size);
	}
	if (!source || (!o->pid_count && !o->vm_regex))
		return source;
	chosen = source_select_open(source, o->pids, o->pid_count, o->vm_regex, err, line, size);
	if (!chosen)
		source_close(source);
	return chosen;
}

static int run_script(struct source *source, const struct options *o, char *err, size_t err_size)
{
	struct script_options opts = {
		.loop = &o->loop, .w = o->w, .h = o->h, .format = o->dump, .wait = !o->synthetic && !o->loop.replay};
	FILE *script = strcmp(o->script, "-") ? fopen(o->script, "r") : stdin;
	int ret;

	if (!script) {
		ret = -errno;
		snprintf(err, err_size, "%s: %s", o->script, strerror(errno));
		return ret == -EACCES || ret == -EPERM ? -EIO : ret;
	}
	ret = script_run(source, &opts, script, stdout, err, err_size);
	if (script != stdin)
		fclose(script);
	return ret;
}

/* Puts a recorder between the source and whoever samples it. NULL: *err and a line; the source is closed. */
static struct source *open_recorder(struct source *source, const struct options *o, struct recorder **recorder,
				    int *err, char *line, size_t size)
{
	struct source *recorded = NULL;

	*recorder = recorder_open(o->record, &o->rotate, err, line, size);
	if (*recorder) {
		/* A full disk ends a recording; it does not take the screen away from whoever watches. */
		recorded = source_record_open(source, *recorder, o->mode == MODE_RECORD);
		*err = recorded ? 0 : -ENOMEM;
	}
	if (recorded)
		return recorded;
	if (*err == -EACCES || *err == -EPERM)
		*err = -EIO;
	source_close(source);
	return NULL;
}

/* What came of it, in a line on standard error. Returns ret, or what recording failed with when that is 0. */
static int close_recorder(struct recorder *recorder, const struct options *o, int ret, char *err, size_t err_size)
{
	struct recorder_figures f = recorder_figures(recorder);
	char line[256];
	int closed = recorder_close(recorder, line, sizeof(line));

	fprintf(stderr, "kvmtop: %llu samples, %llu KiB%s in %s; %.3f ms of CPU each\n", (unsigned long long)f.samples,
		(unsigned long long)(f.bytes + 1023) >> 10, f.files > 1 ? " over all files" : "", o->record,
		f.samples ? (double)f.cpu_ns / 1e6 / (double)f.samples : 0);
	if (ret || !closed)
		return ret;
	snprintf(err, err_size, "recording stopped: %.200s", line);
	return closed == -EACCES || closed == -EPERM ? -EIO : closed;
}

/*
 * The settings, for the full screen, and for scripts when a file is named: outputs that others read depend on nobody's
 * taste. What is wrong in the file is shown on the screen.
 */
static void read_settings(struct options *o, struct settings *set, struct rc_report *rc, char *path, size_t size)
{
	bool named = o->config, screen = o->mode == MODE_SCREEN;

	settings_init(set);
	if (named)
		snprintf(path, size, "%s", o->config);
	if ((!named && !screen) || (!named && !rc_default_path(path, size)))
		return;
	o->loop.config = path;
	if (!o->no_config) {
		rc_read(path, set, rc);
		o->loop.rc = rc;
	}
	o->loop.settings = set;
	if (!o->delay_given)
		o->loop.delay = set->value[SET_DELAY];
	if (!o->view_given)
		o->loop.view = (enum view_id)set->value[SET_VIEW];
}

/* What is printed once, and read by pipes and files too: what could not be written is no success. */
static int printed(void)
{
	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return STATUS_OK;
	fprintf(stderr, "kvmtop: cannot write: %s\n", strerror(errno ? errno : EIO));
	return STATUS_FAILED;
}

int main(int argc, char **argv)
{
	struct options o;
	struct source *source;
	struct recorder *recorder = NULL;
	struct settings set;
	struct rc_report rc;
	char path[PATH_MAX];
	char err[256] = "";
	int ret;

	setlocale(LC_CTYPE, "");
	/*
	 * Large blocks come from the kernel and go back to it. By itself glibc takes larger and larger ones from the heap, in
	 * which the samples of the past, of all sizes, leave holes: a third more memory on a large host.
	 */
	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
	ret = options_parse(argc, argv, &o, err, sizeof(err));
	if (ret) {
		fprintf(stderr, "kvmtop: %s\n", err);
		return STATUS_USAGE;
	}
	if (o.mode == MODE_HELP) {
		options_help(stdout);
		return printed();
	}
	if (o.mode == MODE_MAN) {
		docs_man(stdout);
		return printed();
	}
	if (o.mode == MODE_COMPLETION) {
		docs_completion(o.shell, stdout);
		return printed();
	}
	if (o.mode == MODE_DESCRIBE) {
		options_describe(o.describe, stdout);
		return printed();
	}
	if (o.mode == MODE_VERSION) {
		puts("kvmtop " KVMTOP_VERSION);
		return printed();
	}
	/* Like top when its output goes to a file or a pipe: tables. */
	if (o.mode == MODE_SCREEN && !isatty(STDOUT_FILENO))
		o.mode = o.metrics.address ? MODE_EXPORT : o.record ? MODE_RECORD : MODE_BATCH;
	o.metrics.groups = o.loop.groups;
	if (o.metrics.address)
		o.loop.metrics = &o.metrics;
	/* Lines are wanted when they happen, not a second later. */
	if (o.mode == MODE_LOG && !o.delay_given)
		o.loop.delay = 0.2;
	/* A client gets a sample of its own when the last one is old; in between they only follow who comes and goes. */
	if (o.mode == MODE_EXPORT && !o.delay_given && !o.loop.replay)
		o.loop.delay = 10;

	read_settings(&o, &set, &rc, path, sizeof(path));
	source = open_source(&o, &ret, err, sizeof(err));
	if (source && o.record)
		source = open_recorder(source, &o, &recorder, &ret, err, sizeof(err));
	if (!source) {
		fprintf(stderr, "kvmtop: %s\n", err);
		return ret == -EINVAL ? STATUS_USAGE : status_of(ret);
	}
	switch (o.mode) {
	case MODE_FEATURES:
		ret = features_print(source, stdout, err, sizeof(err));
		break;
	case MODE_SCRIPT:
		ret = run_script(source, &o, err, sizeof(err));
		break;
	case MODE_BATCH:
	case MODE_JSON:
	case MODE_CSV:
	case MODE_LOG:
	case MODE_RECORD: {
		struct batch_options batch = {.loop = &o.loop,
					      .format = o.mode == MODE_JSON  ? BATCH_JSON
							: o.mode == MODE_CSV ? BATCH_CSV
							: o.mode == MODE_LOG ? BATCH_LOG
									     : BATCH_TABLE,
					      .no_wait = o.loop.replay,
					      .quiet = o.mode == MODE_RECORD};

		ret = batch_run(source, &batch, stdout, err, sizeof(err));
		break;
	}
	case MODE_EXPORT:
		ret = export_run(source, &o.metrics, o.loop.delay, o.loop.iterations, err, sizeof(err));
		break;
	default:
		ret = loop_possible(err, sizeof(err)) ? loop_run(source, &o.loop, err, sizeof(err)) : -ENOTTY;
		break;
	}
	source_close(source);
	if (recorder)
		ret = close_recorder(recorder, &o, ret, err, sizeof(err));
	if (ret)
		fprintf(stderr, "kvmtop: %s\n", err);
	if (!ret && (o.mode == MODE_FEATURES || o.mode == MODE_SCRIPT))
		return printed();
	return ret == -EINVAL ? STATUS_USAGE : status_of(ret);
}
