/* SPDX-License-Identifier: GPL-2.0-only */
#include "style.h"

/*
 * Mid-tone colours, so that text stays readable on dark and on light backgrounds; the terminal's own background is
 * kept everywhere but in badges, and severity is bold as well as coloured.
 */
const struct theme theme_dark =
	{
		.name = "dark",
		.color = true,
		.selected = {.fg = 255, .bg = 18, .fg8 = 7, .bg8 = 4, .attr = LOOK_BOLD},
		.look =
			{
				[STYLE_NORMAL] = {-1, -1, -1, -1, 0},
				[STYLE_TITLE] = {81, -1, 6, -1, LOOK_BOLD},
				[STYLE_LABEL] = {246, -1, 7, -1, 0},
				[STYLE_VALUE] = {-1, -1, -1, -1, LOOK_BOLD},
				[STYLE_DIM] = {243, -1, 7, -1, 0},
				[STYLE_OK] = {71, -1, 2, -1, 0},
				[STYLE_WARN] = {214, -1, 3, -1, LOOK_BOLD},
				[STYLE_CRIT] = {203, -1, 1, -1, LOOK_BOLD},
				[STYLE_ALERT] = {231, 160, 7, 1, LOOK_BOLD},
				[STYLE_HEADER] = {250, 237, 0, 7, 0},
				[STYLE_SORTED] = {234, 81, 0, 6, LOOK_BOLD},
				[STYLE_KEY] = {81, -1, 6, -1, LOOK_BOLD},
				[STYLE_LIVE] = {16, 71, 0, 2, LOOK_BOLD},
				[STYLE_FROZEN] = {16, 214, 0, 3, LOOK_BOLD},
				[STYLE_BADGE] = {16, 110, 0, 6, 0},
				[STYLE_CRUMB] = {246, -1, 7, -1, 0},
				[STYLE_HERE] = {81, -1, 6, -1, LOOK_BOLD},
				[STYLE_NAME] = {-1, -1, -1, -1, LOOK_BOLD},
				[STYLE_ENDED] = {243, -1, 7, -1, 0},
				[STYLE_FRESH] = {114, -1, 2, -1, LOOK_BOLD},
				[STYLE_PROMPT] = {-1, -1, -1, -1, LOOK_BOLD},
				[STYLE_ERROR] = {203, -1, 1, -1, LOOK_BOLD},
				[STYLE_FRAME] = {67, -1, 4, -1, 0},
				[STYLE_UNKNOWN] = {60, -1, 5, -1, 0},
				[STYLE_GUEST] = {71, -1, 2, -1, 0},
				[STYLE_KVM] = {68, -1, 4, -1, 0},
				[STYLE_USER] = {214, -1, 3, -1, 0},
				[STYLE_POLL] = {80, -1, 6, -1, 0},
				[STYLE_HALT] = {239, -1, 7, -1, 0},
				[STYLE_WAIT] = {203, -1, 1, -1, 0},
				[STYLE_HIST] = {68, -1, 4, -1, 0},
				[STYLE_HIST_MID] = {110, -1, 6, -1, 0},
				[STYLE_HIST_TAIL] = {203, -1, 1, -1, LOOK_BOLD},
			},
};

#define PLAIN(a)                    \
	{                           \
		-1, -1, -1, -1, (a) \
	}

const struct theme theme_mono = {
	.name = "mono",
	.selected = PLAIN(LOOK_REVERSE),
	.look =
		{
			[STYLE_NORMAL] = PLAIN(0),
			[STYLE_TITLE] = PLAIN(LOOK_BOLD),
			[STYLE_LABEL] = PLAIN(0),
			[STYLE_VALUE] = PLAIN(LOOK_BOLD),
			[STYLE_DIM] = PLAIN(LOOK_DIM),
			[STYLE_OK] = PLAIN(0),
			[STYLE_WARN] = PLAIN(LOOK_BOLD),
			[STYLE_CRIT] = PLAIN(LOOK_BOLD | LOOK_UNDERLINE),
			[STYLE_ALERT] = PLAIN(LOOK_BOLD | LOOK_REVERSE),
			[STYLE_HEADER] = PLAIN(LOOK_REVERSE),
			[STYLE_SORTED] = PLAIN(LOOK_BOLD),
			[STYLE_KEY] = PLAIN(LOOK_BOLD),
			[STYLE_LIVE] = PLAIN(LOOK_BOLD),
			[STYLE_FROZEN] = PLAIN(LOOK_BOLD | LOOK_REVERSE),
			[STYLE_BADGE] = PLAIN(LOOK_REVERSE),
			[STYLE_CRUMB] = PLAIN(0),
			[STYLE_HERE] = PLAIN(LOOK_BOLD),
			[STYLE_NAME] = PLAIN(LOOK_BOLD),
			[STYLE_ENDED] = PLAIN(LOOK_DIM),
			[STYLE_FRESH] = PLAIN(LOOK_BOLD),
			[STYLE_PROMPT] = PLAIN(LOOK_BOLD),
			[STYLE_ERROR] = PLAIN(LOOK_BOLD | LOOK_UNDERLINE),
			[STYLE_FRAME] = PLAIN(0),
			[STYLE_UNKNOWN] = PLAIN(LOOK_DIM),
			[STYLE_GUEST] = PLAIN(0),
			[STYLE_KVM] = PLAIN(LOOK_BOLD),
			[STYLE_USER] = PLAIN(LOOK_BOLD),
			[STYLE_POLL] = PLAIN(0),
			[STYLE_HALT] = PLAIN(LOOK_DIM),
			[STYLE_WAIT] = PLAIN(LOOK_BOLD | LOOK_UNDERLINE),
			[STYLE_HIST] = PLAIN(0),
			[STYLE_HIST_MID] = PLAIN(0),
			[STYLE_HIST_TAIL] = PLAIN(LOOK_BOLD),
		},
};

/* On the selection's background these would not be seen, and what they say is not in their colour. */
static bool gives_way(enum style style)
{
	return style == STYLE_NORMAL || style == STYLE_DIM || style == STYLE_LABEL || style == STYLE_ENDED ||
	       style == STYLE_VALUE || style == STYLE_NAME;
}

struct look style_look(const struct theme *theme, enum style style, enum style under, bool selected, bool many)
{
	struct look look = theme->look[style];

	if (!many) {
		look.fg = look.fg8;
		look.bg = look.bg8;
	}
	if (under) {
		look.bg = many ? theme->look[under].fg : theme->look[under].fg8;
		/* bold and dim change colours: those of a bar must stay what they are */
		look.attr = 0;
	}
	if (!selected)
		return look;
	look.attr |= theme->selected.attr & (under ? LOOK_REVERSE : 0xff);
	if (look.bg < 0)
		look.bg = many ? theme->selected.bg : theme->selected.bg8;
	if (theme->color && !under && (gives_way(style) || look.fg == look.bg))
		look.fg = many ? theme->selected.fg : theme->selected.fg8;
	return look;
}

char style_letter(enum style style)
{
	static const char letters[STYLES] = {
		[STYLE_NORMAL] = '.',    [STYLE_TITLE] = 't',  [STYLE_LABEL] = 'l',  [STYLE_VALUE] = 'v',
		[STYLE_DIM] = 'd',       [STYLE_OK] = 'o',     [STYLE_WARN] = 'w',   [STYLE_CRIT] = 'c',
		[STYLE_ALERT] = '!',     [STYLE_HEADER] = 'h', [STYLE_SORTED] = 's', [STYLE_KEY] = 'y',
		[STYLE_LIVE] = '+',      [STYLE_FROZEN] = '*', [STYLE_BADGE] = 'b',  [STYLE_CRUMB] = '-',
		[STYLE_HERE] = '=',      [STYLE_NAME] = 'n',   [STYLE_ENDED] = 'e',  [STYLE_FRESH] = 'f',
		[STYLE_PROMPT] = 'i',    [STYLE_ERROR] = 'r',  [STYLE_FRAME] = '|',  [STYLE_UNKNOWN] = '?',
		[STYLE_GUEST] = 'g',     [STYLE_KVM] = 'k',    [STYLE_USER] = 'u',   [STYLE_POLL] = 'p',
		[STYLE_HALT] = 'z',      [STYLE_WAIT] = 'x',   [STYLE_HIST] = 'a',   [STYLE_HIST_MID] = 'm',
		[STYLE_HIST_TAIL] = 'q',
	};

	return (unsigned int)style < STYLES ? letters[style] : '?';
}
