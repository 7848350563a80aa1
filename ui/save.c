// SPDX-License-Identifier: GPL-2.0-only
#include "save.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../model/files.h"
#include "dump.h"
#include "render.h"

#define SAVES_MAX 100 /* of one second */

static const struct {
	const char *suffix;
	enum dump_format format;
} files[] = {{"txt", DUMP_TEXT}, {"svg", DUMP_SVG}};

static void file_stem(const struct app *app, char *stem, size_t size)
{
	time_t seconds = app->snap ? (time_t)(app->snap->cur->real_ns / NSEC_PER_SEC) : time(NULL);
	struct tm tm = {0};

	localtime_r(&seconds, &tm);
	if (!strftime(stem, size, "kvmtop-%Y%m%d-%H%M%S", &tm))
		snprintf(stem, size, "kvmtop");
}

/* Takes a name that nothing has, so that no link of somebody else's is followed and nothing is overwritten. */
static int write_new(const struct grid *grid, const struct theme *theme, enum dump_format format, const char *name)
{
	char part[160];
	int fd, ret = 0;
	FILE *f;

	snprintf(part, sizeof(part), ".%s.XXXXXX", name);
	fd = mkstemp(part);
	if (fd < 0)
		return -errno;
	f = fdopen(fd, "w");
	if (!f) {
		ret = -errno;
		close(fd);
	} else {
		mode_t mask = umask(0);

		umask(mask);
		fchmod(fd, 0666 & ~mask);
		dump_grid(grid, theme, format, f);
		errno = 0;
		if (fflush(f) || ferror(f) || fsync(fd))
			ret = errno ? -errno : -EIO;
		fclose(f);
	}
	if (!ret)
		ret = file_move_new(part, name);
	if (ret)
		unlink(part);
	return ret;
}

int save_screen(const struct app *app, char *line, size_t size)
{
	char stem[40], name[ARRAY_SIZE(files)][64] = {""};
	struct grid grid = {0};
	char here[PATH_MAX];
	int ret = render(app, &grid);

	file_stem(app, stem, sizeof(stem));
	for (int n = 1; !ret && n <= SAVES_MAX; n++) {
		char number[8] = "";

		if (n > 1)
			snprintf(number, sizeof(number), "-%d", n);
		for (size_t i = 0; !ret && i < ARRAY_SIZE(files); i++) {
			snprintf(name[i], sizeof(name[i]), "%s%s.%s", stem, number, files[i].suffix);
			ret = write_new(&grid, app_theme(app), files[i].format, name[i]);
			/* both or none: they are about the same screen */
			for (size_t k = 0; ret && k < i; k++)
				unlink(name[k]);
		}
		if (ret != -EEXIST)
			break;
		ret = n < SAVES_MAX ? 0 : ret;
	}
	grid_free(&grid);
	if (ret)
		snprintf(line, size, "the screen is not saved in %.120s: %s", getcwd(here, sizeof(here)) ? here : ".",
			 strerror(-ret));
	else
		snprintf(line, size, "saved as %s and .%s", name[0], files[1].suffix);
	return ret;
}
