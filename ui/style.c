/* SPDX-License-Identifier: GPL-2.0-only */
#include "style.h"

/* On the selection's background these would not be seen, and what they say is not in their colour. */
static bool gives_way(enum style style)
{
	return style == STYLE_NORMAL || style == STYLE_DIM || style == STYLE_LABEL || style == STYLE_ENDED ||
	       style == STYLE_VALUE || style == STYLE_NAME;
}

static struct look theme_look(const struct theme *theme, enum style style)
{
	const struct look *look = &theme->look[style];

	/* nothing is said of it: black on black is no look */
	if (!look->fg && !look->bg && !look->attr)
		return theme->base ? theme_look(theme->base, style) : (struct look){-1, -1, -1, -1, 0};
	return *look;
}

u32 palette_rgb(int index)
{
	static const u32 basic[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
				      0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
	static const u8 level[6] = {0, 95, 135, 175, 215, 255};

	if (index < 16)
		return basic[index & 15];
	if (index < 232) {
		int cube = index - 16;

		return (u32)level[cube / 36] << 16 | (u32)level[cube / 6 % 6] << 8 | level[cube % 6];
	}
	return (u32)(8 + (index - 232) * 10) * 0x010101;
}

struct look style_look(const struct theme *theme, enum style style, enum style under, bool selected, bool many)
{
	struct look look = theme_look(theme, style);

	if (!many) {
		look.fg = look.fg8;
		look.bg = look.bg8;
	}
	if (under) {
		look.bg = many ? theme_look(theme, under).fg : theme_look(theme, under).fg8;
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
		[STYLE_NORMAL] = '.',    [STYLE_TITLE] = 't',  [STYLE_LABEL] = 'l',    [STYLE_VALUE] = 'v',
		[STYLE_DIM] = 'd',       [STYLE_OK] = 'o',     [STYLE_WARN] = 'w',     [STYLE_CRIT] = 'c',
		[STYLE_ALERT] = '!',     [STYLE_HEADER] = 'h', [STYLE_SORTED] = 's',   [STYLE_KEY] = 'y',
		[STYLE_LIVE] = '+',      [STYLE_FROZEN] = '*', [STYLE_BADGE] = 'b',    [STYLE_CRUMB] = '-',
		[STYLE_HERE] = '=',      [STYLE_NAME] = 'n',   [STYLE_ENDED] = 'e',    [STYLE_FRESH] = 'f',
		[STYLE_PROMPT] = 'i',    [STYLE_ERROR] = 'r',  [STYLE_FRAME] = '|',    [STYLE_UNKNOWN] = '?',
		[STYLE_GUEST] = 'g',     [STYLE_KVM] = 'k',    [STYLE_USER] = 'u',     [STYLE_POLL] = 'p',
		[STYLE_HALT] = 'z',      [STYLE_WAIT] = 'x',   [STYLE_HIST] = 'a',     [STYLE_HIST_MID] = 'm',
		[STYLE_HIST_TAIL] = 'q', [STYLE_MATCH] = 'j',  [STYLE_FOLLOWED] = '>',
	};

	return (unsigned int)style < STYLES ? letters[style] : '?';
}
