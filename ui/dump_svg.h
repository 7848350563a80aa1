/* SPDX-License-Identifier: GPL-2.0-only */
/* A grid as an SVG picture, drawn the way a terminal would show it. */
#ifndef KVMTOP_DUMP_SVG_H
#define KVMTOP_DUMP_SVG_H

#include <stdio.h>

#include "grid.h"

/* Writes one whole <svg> element, UTF-8, to out; its last line is "</svg>". Errors are left in ferror(out). */
void dump_svg(const struct grid *grid, const struct theme *theme, FILE *out);

#endif
