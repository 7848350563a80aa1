/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a cell means, and the themes that give each meaning its looks. Views name meanings only; colours are known to
 * the theme tables and to the back ends that draw them.
 */
#ifndef KVMTOP_STYLE_H
#define KVMTOP_STYLE_H

#include "../model/types.h"

enum style {
	STYLE_NORMAL,
	STYLE_TITLE, /* the program's name, headings of help and detail */
	STYLE_LABEL, /* words beside a value */
	STYLE_VALUE, /* a value that matters */
	STYLE_DIM,   /* not measured, zero, separators */
	STYLE_OK,
	STYLE_WARN,
	STYLE_CRIT,
	STYLE_ALERT,  /* losses: must be seen */
	STYLE_HEADER, /* column titles */
	STYLE_SORTED, /* title of the sort column */
	STYLE_KEY,    /* a key in the footer and help */
	STYLE_LIVE,   /* mode badges */
	STYLE_FROZEN,
	STYLE_BADGE, /* other badges: filter, cumulative */
	STYLE_CRUMB, /* breadcrumb, all but the last */
	STYLE_HERE,  /* breadcrumb, the last */
	STYLE_NAME,  /* names of VMs and reasons */
	STYLE_ENDED,
	STYLE_FRESH, /* first seen in this interval */
	STYLE_PROMPT,
	STYLE_ERROR,
	STYLE_FRAME,   /* borders of boxes */
	STYLE_UNKNOWN, /* the states of a vCPU, in the order of enum vcpu_state */
	STYLE_GUEST,
	STYLE_KVM,
	STYLE_USER,
	STYLE_POLL,
	STYLE_HALT,
	STYLE_WAIT,
	STYLE_HIST,      /* bars of a histogram, up to p50 */
	STYLE_HIST_MID,  /* p50 to p99 */
	STYLE_HIST_TAIL, /* p99 and longer */
	STYLE_MATCH,     /* what was searched for */
	STYLE_FOLLOWED,  /* the mark of the row that is followed */
	STYLES
};

/* Attributes of a look. */
#define LOOK_BOLD      1
#define LOOK_DIM       2
#define LOOK_REVERSE   4
#define LOOK_UNDERLINE 8

/* Colours: an index of the 256-colour palette, one of the 8 basic ones where there are fewer, -1 the terminal's own. */
struct look {
	short fg, bg;
	short fg8, bg8;
	u8 attr;
};

struct theme {
	const char *name; /* in the settings */
	const char *help;
	const struct theme *base; /* what it says nothing of is as there; NULL: plain */
	bool color;               /* false: bars are told apart by letters, not by colour */
	struct look look[STYLES];
	u32 ground, ink, border; /* of pictures, 0xRRGGBB: where a look says "the terminal's own" */
	struct look selected;    /* laid over the cells of the selected row; colours that mean something stay */
};

#define THEMES 4
extern const struct theme *const theme_table[THEMES];
extern const struct theme theme_dark;
extern const struct theme theme_mono;
/* NULL: none of that name. */
const struct theme *theme_find(const char *name);
/* For a terminal that has colours, by the value of $COLORFGBG (may be NULL): light where it says so, else dark. */
const struct theme *theme_guess(const char *colorfgbg);
/* A colour of the 256-colour palette as 0xRRGGBB. */
u32 palette_rgb(int index);

/*
 * How a cell is drawn: style, with the colour of under as its background (STYLE_NORMAL: none), selected or not. The
 * colours to use are left in fg and bg, from the palette of 256 where many says so, else of the 8 basic ones.
 */
struct look style_look(const struct theme *theme, enum style style, enum style under, bool selected, bool many);

/* A letter for each style, for dumps and goldens: lower case or punctuation, never the same twice. */
char style_letter(enum style style);

#endif
