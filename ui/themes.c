/* SPDX-License-Identifier: GPL-2.0-only */
/* The looks: data only. A style that a theme says nothing of looks as in its base, or plain. */
#include <string.h>

#include "style.h"

/*
 * Mid-tone colours, so that text stays readable on dark and on light backgrounds; the terminal's own background is
 * kept everywhere but in badges, and severity is bold as well as coloured.
 */
const struct theme theme_dark =
	{
		.name = "dark",
		.help = "for dark backgrounds",
		.color = true,
		.ground = 0x15181e,
		.ink = 0xd6d9de,
		.border = 0x3a404b,
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
				[STYLE_MATCH] = {16, 220, 0, 3, 0},
				[STYLE_FOLLOWED] = {220, -1, 3, -1, LOOK_BOLD},
			},
};

#define PLAIN(a)                    \
	{                           \
		-1, -1, -1, -1, (a) \
	}

const struct theme theme_mono = {
	.name = "mono",
	.help = "no colours: bold, reverse, underline, and letters in bars",
	.ground = 0x15181e,
	.ink = 0xd6d9de,
	.border = 0x3a404b,
	.selected = PLAIN(LOOK_REVERSE),
	.look =
		{
			[STYLE_TITLE] = PLAIN(LOOK_BOLD),
			[STYLE_VALUE] = PLAIN(LOOK_BOLD),
			[STYLE_DIM] = PLAIN(LOOK_DIM),
			[STYLE_WARN] = PLAIN(LOOK_BOLD),
			[STYLE_CRIT] = PLAIN(LOOK_BOLD | LOOK_UNDERLINE),
			[STYLE_ALERT] = PLAIN(LOOK_BOLD | LOOK_REVERSE),
			[STYLE_HEADER] = PLAIN(LOOK_REVERSE),
			[STYLE_SORTED] = PLAIN(LOOK_BOLD),
			[STYLE_KEY] = PLAIN(LOOK_BOLD),
			[STYLE_LIVE] = PLAIN(LOOK_BOLD),
			[STYLE_FROZEN] = PLAIN(LOOK_BOLD | LOOK_REVERSE),
			[STYLE_BADGE] = PLAIN(LOOK_REVERSE),
			[STYLE_HERE] = PLAIN(LOOK_BOLD),
			[STYLE_NAME] = PLAIN(LOOK_BOLD),
			[STYLE_ENDED] = PLAIN(LOOK_DIM),
			[STYLE_FRESH] = PLAIN(LOOK_BOLD),
			[STYLE_PROMPT] = PLAIN(LOOK_BOLD),
			[STYLE_ERROR] = PLAIN(LOOK_BOLD | LOOK_UNDERLINE),
			[STYLE_UNKNOWN] = PLAIN(LOOK_DIM),
			[STYLE_KVM] = PLAIN(LOOK_BOLD),
			[STYLE_USER] = PLAIN(LOOK_BOLD),
			[STYLE_HALT] = PLAIN(LOOK_DIM),
			[STYLE_WAIT] = PLAIN(LOOK_BOLD | LOOK_UNDERLINE),
			[STYLE_HIST_TAIL] = PLAIN(LOOK_BOLD),
			[STYLE_MATCH] = PLAIN(LOOK_REVERSE),
			[STYLE_FOLLOWED] = PLAIN(LOOK_BOLD),
		},
};

/* For light backgrounds: darker inks, and none of the 8 colours that white swallows. */
static const struct theme theme_light =
	{
		.name = "light",
		.help = "for light backgrounds",
		.base = &theme_dark,
		.color = true,
		.ground = 0xfbfbf8,
		.ink = 0x22262d,
		.border = 0xc4c8ce,
		.selected = {.fg = 16, .bg = 153, .fg8 = 7, .bg8 = 4, .attr = LOOK_BOLD},
		.look =
			{
				[STYLE_TITLE] = {25, -1, 4, -1, LOOK_BOLD},
				[STYLE_LABEL] = {240, -1, 0, -1, 0},
				[STYLE_DIM] = {244, -1, 0, -1, 0},
				[STYLE_OK] = {28, -1, 2, -1, 0},
				[STYLE_WARN] = {130, -1, 5, -1, LOOK_BOLD},
				[STYLE_CRIT] = {160, -1, 1, -1, LOOK_BOLD},
				[STYLE_HEADER] = {236, 252, 7, 0, 0},
				[STYLE_SORTED] = {231, 25, 7, 4, LOOK_BOLD},
				[STYLE_KEY] = {25, -1, 4, -1, LOOK_BOLD},
				[STYLE_LIVE] = {231, 28, 7, 2, LOOK_BOLD},
				[STYLE_BADGE] = {231, 61, 7, 4, 0},
				[STYLE_CRUMB] = {240, -1, 0, -1, 0},
				[STYLE_HERE] = {25, -1, 4, -1, LOOK_BOLD},
				[STYLE_ENDED] = {244, -1, 0, -1, 0},
				[STYLE_FRESH] = {28, -1, 2, -1, LOOK_BOLD},
				[STYLE_ERROR] = {160, -1, 1, -1, LOOK_BOLD},
				[STYLE_UNKNOWN] = {103, -1, 5, -1, 0},
				[STYLE_KVM] = {26, -1, 4, -1, 0},
				[STYLE_USER] = {172, -1, 3, -1, 0},
				[STYLE_POLL] = {37, -1, 6, -1, 0},
				[STYLE_HALT] = {250, -1, 7, -1, 0},
				[STYLE_WAIT] = {160, -1, 1, -1, 0},
				[STYLE_HIST] = {26, -1, 4, -1, 0},
				[STYLE_HIST_MID] = {67, -1, 6, -1, 0},
				[STYLE_HIST_TAIL] = {160, -1, 1, -1, LOOK_BOLD},
				[STYLE_FOLLOWED] = {130, -1, 5, -1, LOOK_BOLD},
			},
};

/*
 * After the palette of Okabe and Ito: hues that stay apart with any colour vision, neighbours of a bar that differ in
 * lightness too, and a severity that does not rest on red.
 */
static const struct theme theme_color_blind =
	{
		.name = "color-blind",
		.help = "hues that stay apart with any colour vision, on dark backgrounds",
		.base = &theme_dark,
		.color = true,
		.ground = 0x15181e,
		.ink = 0xd6d9de,
		.border = 0x3a404b,
		.selected = {.fg = 255, .bg = 18, .fg8 = 7, .bg8 = 4, .attr = LOOK_BOLD},
		.look =
			{
				[STYLE_OK] = {36, -1, 6, -1, 0},
				[STYLE_WARN] = {214, -1, 3, -1, LOOK_BOLD},
				[STYLE_CRIT] = {231, 166, 7, 5, LOOK_BOLD},
				[STYLE_ALERT] = {231, 166, 7, 5, LOOK_BOLD},
				[STYLE_LIVE] = {16, 36, 0, 6, LOOK_BOLD},
				[STYLE_FRESH] = {43, -1, 6, -1, LOOK_BOLD},
				[STYLE_ERROR] = {208, -1, 5, -1, LOOK_BOLD | LOOK_UNDERLINE},
				[STYLE_UNKNOWN] = {60, -1, 7, -1, 0},
				[STYLE_GUEST] = {36, -1, 6, -1, 0},
				[STYLE_KVM] = {26, -1, 4, -1, 0},
				[STYLE_USER] = {220, -1, 3, -1, 0},
				[STYLE_POLL] = {117, -1, 2, -1, 0},
				[STYLE_HALT] = {239, -1, 7, -1, 0},
				[STYLE_WAIT] = {166, -1, 5, -1, 0},
				[STYLE_HIST] = {26, -1, 4, -1, 0},
				[STYLE_HIST_MID] = {117, -1, 6, -1, 0},
				[STYLE_HIST_TAIL] = {208, -1, 5, -1, LOOK_BOLD},
			},
};

const struct theme *const theme_table[THEMES] = {&theme_dark, &theme_light, &theme_mono, &theme_color_blind};

const struct theme *theme_find(const char *name)
{
	for (int i = 0; i < THEMES; i++)
		if (!strcmp(theme_table[i]->name, name))
			return theme_table[i];
	return NULL;
}

/* COLORFGBG is what several terminals tell of themselves: "15;0", the last number being the background. */
const struct theme *theme_guess(const char *colorfgbg)
{
	const char *last = colorfgbg ? strrchr(colorfgbg, ';') : NULL;

	return last && (!strcmp(last, ";7") || !strcmp(last, ";15")) ? &theme_light : &theme_dark;
}
