/* SPDX-License-Identifier: GPL-2.0-only */
#include "batch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../model/csv.h"
#include "../model/events.h"
#include "../model/format.h"
#include "../model/json.h"
#include "app.h"
#include "feed.h"
#include "view.h"

static const u8 budget_order[] = {VCPU_GUEST, VCPU_KVM, VCPU_USER, VCPU_WAIT, VCPU_POLL, VCPU_HALT, VCPU_UNKNOWN};

/* A line of a table: its blanks are written when something follows them. */
struct padded {
	FILE *out;
	int blanks;
};

/* Text with what is not printable made harmless, as on the screen, padded to width. */
static void put_text(struct padded *line, const char *text, int width, bool right, bool ascii)
{
	struct grid grid = {.ascii = ascii};
	int used = text_width(text, ascii);

	if (right && used < width)
		line->blanks += width - used;
	if (!grid_reset(&grid, used ? used : 1, 1)) {
		grid_put(&grid, 0, 0, used, STYLE_NORMAL, text);
		for (int x = 0; x < used && x < grid.w; x++) {
			if (!strcmp(grid.cells[x].text, " ")) {
				line->blanks++;
				continue;
			}
			fprintf(line->out, "%*s%s", line->blanks, "", grid.cells[x].text);
			line->blanks = 0;
		}
	}
	grid_free(&grid);
	if (!right && used < width)
		line->blanks += width - used;
}

static void end_line(struct padded *line)
{
	fputc('\n', line->out);
	line->blanks = 0;
}

static void put_budget(FILE *out, const struct snapshot *snap)
{
	const struct budget *budget = &snap->budget;
	char num[FMT_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(budget_order); i++) {
		u8 state = budget_order[i];

		if (state == VCPU_UNKNOWN && !budget->ns[state])
			continue;
		if (!budget->span_ns || (!budget->ns[state] && !state_is_measured(snap, state)))
			snprintf(num, sizeof(num), "-");
		else
			fmt_share(num, share(budget->ns[state], budget->span_ns), 4);
		fprintf(out, "%s%s %s%%", i ? " " : "", vcpu_state_name(state), num);
	}
}

/* What the figures above it are worth: what was lost, all causes together, and what is attached. */
static void put_health(FILE *out, const struct snapshot *snap)
{
	u32 missing = sample_probes_missing(snap->cur);
	u64 lost = 0;

	for (u32 i = 0; i < LOSSES; i++)
		lost += snap->lost[i];
	fprintf(out, " lost %llu probes %u", (unsigned long long)lost, sample_probes_on(snap->cur));
	if (missing)
		fprintf(out, " missing %u", missing);
	fputc('\n', out);
}

static void put_head(FILE *out, const struct app *app)
{
	const struct snapshot *snap = app->snap;
	struct padded line = {.out = out};
	char num[FMT_SIZE], text[512];
	time_t seconds = (time_t)(snap->cur->real_ns / NSEC_PER_SEC);
	enum style style;
	struct tm tm;

	fputs("kvmtop ", out);
	put_text(&line, snap->cur->host, 0, false, app->ascii);
	if (localtime_r(&seconds, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm))
		fprintf(out, " %s", text);
	fprintf(out, " interval %s VMs %u vCPUs %u exits/s %s ", fmt_ns(num, (double)snap->interval_ns, 6),
		snap->vm_count, snap->vcpu_count, fmt_rate(text, snapshot_rate(snap, snap->exits), 6));
	put_budget(out, snap);
	fprintf(out, " self %s%%",
		snap->interval_ns ? fmt_share(num, share(snap->own_cpu_ns, snap->interval_ns), 5) : "-");
	if (snap->bpf_events && snap->interval_ns)
		fprintf(out, " bpf %s%%", fmt_share(num, share(snap->bpf_ns, snap->interval_ns), 5));
	put_health(out, snap);
	if (view_trouble(app, text, sizeof(text), &style)) {
		fputs("! ", out);
		put_text(&line, text, 0, false, app->ascii);
		end_line(&line);
	}
}

static int column_width(const struct column *col)
{
	if (col->unit == UNIT_BUDGET || col->unit == UNIT_PARTS)
		return 40;
	return col->flexible && col->width < 20 ? 20 : col->width;
}

static bool is_right(const struct column *col)
{
	return col->unit != UNIT_TEXT && col->unit != UNIT_STATE && col->unit != UNIT_BUDGET && col->unit != UNIT_PARTS;
}

/* A bar in numbers: the letter of each part with its per cent. */
static void bar_text(const struct column *col, const struct value *value, char *text, size_t size)
{
	bool budget = col->unit == UNIT_BUDGET;
	u64 total = budget           ? (value->budget ? value->budget->span_ns : 0)
		    : value->figures ? value->figures->time_ns
				     : 0;
	int count = budget ? VCPU_STATES : EXIT_PARTS;
	size_t len = 0;

	snprintf(text, size, "-");
	for (int i = 0; value->known && total && i < count && len < size; i++) {
		u64 ns = budget ? value->budget->ns[i] : value->figures->part_ns[i];
		char num[FMT_SIZE];

		if (ns)
			len += (size_t)snprintf(text + len, size - len, "%s%c %s%%", len ? " " : "",
						budget ? bar_states[i].letter : bar_exit_parts[i].letter,
						fmt_share(num, share(ns, total), 4));
	}
}

static void put_rows(FILE *out, const struct app *app)
{
	const struct view_columns *cols = view_columns(app->here.view);
	struct padded line = {.out = out};

	for (u32 i = 0; i < cols->count; i++) {
		if (cols->columns[i].unit == UNIT_TREND)
			continue;
		line.blanks += i > 0;
		put_text(&line, cols->columns[i].title, column_width(&cols->columns[i]), is_right(&cols->columns[i]),
			 app->ascii);
	}
	end_line(&line);
	for (u32 r = 0; r < app->rows.count; r++) {
		for (u32 i = 0; i < cols->count; i++) {
			const struct column *col = &cols->columns[i];
			struct value value = {0};
			char text[CELL_BUF];

			if (col->unit == UNIT_TREND)
				continue;
			column_value(col, app->snap, app->rows.ref[r], &value);
			if (col->unit == UNIT_BUDGET || col->unit == UNIT_PARTS)
				bar_text(col, &value, text, sizeof(text));
			else
				cell_format(col, &app->set, app->rows.ref[r], app->here.view, &value, column_width(col),
					    text);
			line.blanks += i > 0;
			put_text(&line, text, column_width(col), is_right(col), app->ascii);
		}
		end_line(&line);
	}
	fputc('\n', out);
}

static bool kind_wanted(u64 kinds, u32 kind)
{
	for (u32 i = 0; kinds && i < event_info_count(); i++)
		if (event_info_at(i)->kind == kind)
			return kinds >> i & 1;
	return true;
}

/* One line an event, the columns of the log view in their order; nothing is cut. */
static void put_log(FILE *out, const struct app *app, u64 kinds)
{
	const struct view_columns *cols = view_columns(VIEW_LOG);
	struct padded line = {.out = out};

	for (u32 r = 0; r < app->rows.count; r++) {
		if (!kind_wanted(kinds, app->rows.ref[r].log->kind))
			continue;
		for (u32 i = 0; i < cols->count; i++) {
			const struct column *col = &cols->columns[i];
			struct value value = {0};
			char text[CELL_BUF];
			int width;

			column_value(col, app->snap, app->rows.ref[r], &value);
			cell_format(col, &app->set, app->rows.ref[r], VIEW_LOG, &value, column_width(col), text);
			width = text_width(text, app->ascii);
			line.blanks += i > 0;
			put_text(&line, text, width > column_width(col) ? width : column_width(col), is_right(col),
				 app->ascii);
		}
		end_line(&line);
	}
}

/* lost: how many events had been left out before, and are now. */
static int print_log(struct feed *feed, struct app *app, const struct batch_options *opts, u64 *lost, FILE *out)
{
	const struct snapshot *snap = feed_shown(feed, false);
	int ret = snap ? app_set_snapshot(app, snap, snap->cur->mono_ns) : -ENOMEM;

	if (ret)
		return ret;
	put_log(out, app, opts->loop->log_kinds);
	if (snap->lost[LOSS_LOG] > *lost)
		fprintf(out, "... and %llu events more that did not fit in the log\n",
			(unsigned long long)(snap->lost[LOSS_LOG] - *lost));
	*lost = snap->lost[LOSS_LOG];
	return fflush(out) || ferror(out) ? -errno : 0;
}

static int print(struct feed *feed, struct app *app, const struct batch_options *opts, FILE *out)
{
	const struct snapshot *snap = feed_shown(feed, opts->loop->cumulative);
	int ret;

	if (!snap)
		return -ENOMEM;
	if (opts->format == BATCH_JSON)
		return json_write_sample(out, feed_newest(feed), feed_shown(feed, false)->interval_ns);
	ret = app_set_snapshot(app, snap, snap->cur->mono_ns);
	if (ret)
		return ret;
	if (opts->format == BATCH_CSV)
		return csv_write_rows(out, snap, opts->loop->view, &app->rows);
	put_head(out, app);
	put_rows(out, app);
	return fflush(out) || ferror(out) ? -errno : 0;
}

/* After a sample that took long (programs to load, a pCPU to wait for): the next interval is a whole one all the same. */
static void skip_lost_time(struct timespec *next, double delay)
{
	struct timespec now;
	double late;

	clock_gettime(CLOCK_MONOTONIC, &now);
	late = (double)(now.tv_sec - next->tv_sec) + (double)(now.tv_nsec - next->tv_nsec) / 1e9;
	if (late > delay / 2)
		*next = now;
}

/* Until *next, or a signal of set: true when one came. *next moves on by delay, from now when it is late. */
static bool wait_signal(const sigset_t *set, struct timespec *next, double delay)
{
	struct timespec now, left;
	int sig;

	next->tv_sec += (time_t)delay;
	next->tv_nsec += (long)((delay - (double)(time_t)delay) * 1e9);
	if (next->tv_nsec >= (long)NSEC_PER_SEC) {
		next->tv_nsec -= (long)NSEC_PER_SEC;
		next->tv_sec++;
	}
	for (;;) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		left.tv_sec = next->tv_sec - now.tv_sec;
		left.tv_nsec = next->tv_nsec - now.tv_nsec;
		if (left.tv_nsec < 0) {
			left.tv_nsec += (long)NSEC_PER_SEC;
			left.tv_sec--;
		}
		if (left.tv_sec < 0) {
			*next = now;
			left = (struct timespec){0};
		}
		sig = sigtimedwait(set, NULL, &left);
		if (sig > 0 && sig != SIGPIPE)
			return true;
		if (sig < 0 && errno != EINTR)
			return false;
	}
}

static int run(struct feed *feed, struct app *app, const struct batch_options *opts, FILE *out, const sigset_t *set)
{
	struct timespec next;
	struct wants wants;
	u64 lost;
	int ret;

	/* JSON has what was asked for by --all, or by the view. */
	app_wants(app, &wants);
	wants.wait = true;
	wants.measure |= opts->loop->measure;
	if (opts->format == BATCH_LOG)
		wants.groups = wants.log_groups = opts->loop->groups;
	feed_want(feed, &wants);
	ret = feed_take(feed);
	lost = ret ? 0 : feed_newest(feed)->lost[LOSS_LOG];
	if (!ret && opts->format == BATCH_CSV && !opts->quiet)
		ret = csv_write_header(out, opts->loop->view);
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (long i = 0; !ret && (!opts->loop->iterations || i < opts->loop->iterations); i++) {
		if (wait_signal(set, &next, opts->no_wait ? 0 : opts->loop->delay))
			return 0;
		ret = feed_take(feed);
		skip_lost_time(&next, opts->loop->delay);
		if (!ret && feed->ended)
			return 0;
		errno = 0;
		if (!ret && opts->format == BATCH_LOG)
			ret = print_log(feed, app, opts, &lost, out);
		else if (!ret && !opts->quiet)
			ret = print(feed, app, opts, out);
	}
	/* what was wrong with the stream, where only that it was is known */
	if (ret == -EIO && errno)
		ret = -errno;
	return ret == -EPIPE ? 0 : ret;
}

int batch_run(struct source *source, const struct batch_options *opts, FILE *out, char *err, size_t err_size)
{
	const struct loop_options *loop = opts->loop;
	struct feed feed;
	struct app app;
	const struct timespec now = {0};
	sigset_t set, old;
	int ret;

	err[0] = '\0';
	if (!(loop->delay >= APP_DELAY_MIN && loop->delay <= APP_DELAY_MAX)) {
		snprintf(err, err_size, "the delay must be %.1f to %.0f seconds", APP_DELAY_MIN, APP_DELAY_MAX);
		return -EINVAL;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_BLOCK, &set, &old);
	feed_init(&feed, source);
	feed.groups = loop->groups;
	ret = app_init(&app, loop->view, loop->sort, loop->filter, err, err_size);
	if (!ret) {
		app.ascii = loop->ascii;
		app.show_user = loop->user_exits;
		app.cumulative = loop->cumulative;
		ret = run(&feed, &app, opts, out, &set);
	}
	if (ret && !err[0])
		snprintf(err, err_size, "%s", source->error[0] ? source->error : strerror(-ret));
	app_free(&app);
	feed_free(&feed);
	/* the SIGPIPE of a reader that is gone has been dealt with, and must not come once it is let through again */
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	while (sigtimedwait(&set, NULL, &now) > 0)
		;
	sigprocmask(SIG_SETMASK, &old, NULL);
	return ret;
}
