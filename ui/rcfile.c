/* SPDX-License-Identifier: GPL-2.0-only */
#include "rcfile.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool rc_default_path(char *path, size_t size)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int len;

	/* a relative one is to be ignored, says the specification */
	if (base && *base == '/')
		len = snprintf(path, size, "%s/kvmtop/kvmtoprc", base);
	else if (home && *home == '/')
		len = snprintf(path, size, "%s/.config/kvmtop/kvmtoprc", home);
	else
		return false;
	return len > 0 && (size_t)len < size;
}

static void complain(struct rc_report *report, const char *path, int number, const char *what)
{
	if (report->errors++ >= RC_ERRORS)
		return;
	if (number)
		snprintf(report->line[report->errors - 1], sizeof(report->line[0]), "%.80s:%d: %.150s", path, number,
			 what);
	else
		snprintf(report->line[report->errors - 1], sizeof(report->line[0]), "%.80s: %.150s", path, what);
}

/* Blanks at both ends gone; false: a comment, or nothing. */
static bool clean(char **line)
{
	size_t len;

	*line += strspn(*line, " \t");
	len = strcspn(*line, "\r\n");
	while (len && ((*line)[len - 1] == ' ' || (*line)[len - 1] == '\t'))
		len--;
	(*line)[len] = '\0';
	return **line && **line != '#';
}

void rc_read(const char *path, struct settings *set, struct rc_report *report)
{
	FILE *file = fopen(path, "re");
	char *line = NULL, err[200];
	size_t room = 0;

	*report = (struct rc_report){.found = file != NULL};
	if (!file) {
		if (errno != ENOENT && errno != ENOTDIR)
			complain(report, path, 0, strerror(errno));
		return;
	}
	for (int number = 1; getline(&line, &room, file) >= 0; number++) {
		char *text = line;

		if (!clean(&text))
			continue;
		if (strlen(text) >= RC_LINE)
			complain(report, path, number, "the line is too long");
		else if (settings_line(set, text, err, sizeof(err)))
			complain(report, path, number, err);
	}
	if (ferror(file))
		complain(report, path, 0, strerror(errno));
	free(line);
	fclose(file);
}

/* mkdir -p of the folder that path is in. */
static void make_folders(const char *path)
{
	char copy[PATH_MAX];

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *p = copy + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(copy, 0755);
		*p = '/';
	}
}

/* Comments and what nobody understands stay where they are; a "set" of before is replaced where it stands. */
static void write_over(FILE *old, FILE *out, const struct settings *set)
{
	bool written[SETTINGS] = {0};
	char *line = NULL, copy[RC_LINE], now[RC_LINE], err[200];
	size_t room = 0;

	while (old && getline(&line, &room, old) >= 0) {
		struct settings scratch = *set;
		char *text = copy, name[64];
		const struct setting *setting = NULL;

		line[strcspn(line, "\r\n")] = '\0';
		snprintf(copy, sizeof(copy), "%s", line);
		if (!clean(&text) || strlen(line) >= sizeof(copy) || settings_line(&scratch, text, err, sizeof(err))) {
			fprintf(out, "%s\n", line);
			continue;
		}
		if (sscanf(text, "set %63s", name) == 1)
			setting = setting_find(name);
		if (!setting || written[setting->id] || !settings_write(set, setting->id, now, sizeof(now)))
			continue;
		fprintf(out, "%s\n", now);
		written[setting->id] = true;
	}
	free(line);
	if (!old)
		fprintf(out, "# Settings of kvmtop, written by it; kvmtop(8) tells what they mean.\n");
	for (u32 n = 0; settings_write(set, n, now, sizeof(now)); n++)
		if (n >= SETTINGS || !written[n])
			fprintf(out, "%s\n", now);
}

int rc_write(const char *path, const struct settings *set, char *err, size_t err_size)
{
	char real[PATH_MAX], temp[PATH_MAX + 8];
	FILE *old, *out;
	struct stat st;
	int fd, ret;

	make_folders(path);
	/* a link stays a link: what it leads to is written */
	if (!realpath(path, real))
		snprintf(real, sizeof(real), "%s", path);
	snprintf(temp, sizeof(temp), "%s.XXXXXX", real);
	fd = mkstemp(temp);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out) {
		ret = -errno;
		snprintf(err, err_size, "cannot save %.150s: %s", path, strerror(-ret));
		if (fd >= 0) {
			close(fd);
			unlink(temp);
		}
		return ret;
	}
	old = fopen(real, "re");
	if (old && !fstat(fileno(old), &st)) {
		/* of root's kvmtop too it stays its owner's; who may not give it away keeps it */
		if (fchown(fd, st.st_uid, st.st_gid))
			errno = 0;
		fchmod(fd, st.st_mode & 0777);
	} else {
		fchmod(fd, 0644);
	}
	write_over(old, out, set);
	if (old)
		fclose(old);
	ret = fflush(out) || ferror(out) || fsync(fd) ? -errno : 0;
	if (fclose(out) && !ret)
		ret = -errno;
	if (!ret && rename(temp, real))
		ret = -errno;
	if (ret) {
		unlink(temp);
		snprintf(err, err_size, "cannot save %.150s: %s", path, strerror(-ret));
	}
	return ret;
}
