/* SPDX-License-Identifier: GPL-2.0-only */
/* A grid as text: what is on the screen, for scripts, tests and pictures. */
#ifndef KVMTOP_DUMP_H
#define KVMTOP_DUMP_H

#include <stdio.h>

#include "grid.h"

enum dump_format {
	DUMP_TEXT,   /* lines, blanks at the end cut */
	DUMP_ANSI,   /* lines with colours (SGR of 256-colour terminals) */
	DUMP_STYLES, /* a letter a cell for its style; upper case where selected */
	DUMP_SVG,    /* a picture, one <svg> element */
};

/* "text", "ansi", "styles", "svg". 0 or -EINVAL. */
int dump_format_find(const char *name, enum dump_format *format);
void dump_grid(const struct grid *grid, const struct theme *theme, enum dump_format format, FILE *out);

#endif
