/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Settings kept in a file: lines of text, '#' begins a comment line.
 *	set NAME VALUE                    a setting (ui/settings.c)
 *	columns VIEW NAME,NAME,...        which columns a view shows, in that order
 *	bind KEY ACTION                   a key, by the names in the help; ACTION none: the key does nothing
 *	threshold VIEW COLUMN WARN CRIT   when a value is highlighted, as in "500us 5ms"
 * It is read at the start and written only when asked.
 */
#ifndef KVMTOP_RCFILE_H
#define KVMTOP_RCFILE_H

#include "settings.h"

#define RC_ERRORS 16
#define RC_LINE   1024

/* What was wrong with a file; what was right in it holds all the same. */
struct rc_report {
	bool found; /* there is such a file */
	int errors; /* how many; the first RC_ERRORS have a line each */
	char line[RC_ERRORS][256];
};

/* $XDG_CONFIG_HOME/kvmtop/kvmtoprc, or that below ~/.config; false: neither is known. */
bool rc_default_path(char *path, size_t size);
/* Settings of the file over those in *set. A file that is not there is no error. */
void rc_read(const char *path, struct settings *set, struct rc_report *report);
/*
 * Writes the settings, with the comments of a file that is already there, by way of a second file: there is always a
 * whole one. Folders are made. 0, or a negative errno and one line in err.
 */
int rc_write(const char *path, const struct settings *set, char *err, size_t err_size);

#endif
