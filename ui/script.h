/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface without a terminal: keys from a file, the screen as text. Any source; with a synthetic one every run
 * gives the same output (set TZ, the header shows the time of day).
 *
 * The file has one item a line; blank lines and lines that begin with "# " are skipped:
 *	Enter   Down   s   ^L   Space    a key by its name (ui/keys.h)
 *	/web                             types "/web" and Enter: sets the filter
 *	type web                         types the text and nothing more
 *	tick [N]                         takes N more samples (1)
 *	dump                             prints the screen now
 *	click X Y                        a click there, cells from 0; wheel-up X Y, wheel-down X Y: the wheel
 *	size WxH                         another size of screen
 *	:view NAME  :sort NAME  :filter EXPR  :set NAME VALUE  :NAME   any command of the palette (ui/palette.c)
 * Two samples are taken before the first line, so that rates exist. Without any "dump" the last screen is printed.
 * After a "dump" that is not the last output an empty line follows. With a source that runs in real time, "tick" waits
 * for opts->delay first (wait true). A wrong line stops the run: -EINVAL, and err names the line.
 */
#ifndef KVMTOP_SCRIPT_H
#define KVMTOP_SCRIPT_H

#include <stdio.h>

#include "dump.h"
#include "loop.h"

struct script_options {
	const struct loop_options *loop;
	int w, h;
	enum dump_format format;
	bool wait;
};

/* 0, or a negative errno and one line in err. */
int script_run(struct source *source, const struct script_options *opts, FILE *script, FILE *out, char *err,
	       size_t err_size);

#endif
