/* SPDX-License-Identifier: GPL-2.0-only */
/* What was found by going back in time, and found again in what was saved of it. */
#include <stdlib.h>
#include <string.h>

#include "compare.h"

#define LINE 512

/* What the screens of one run said of the vCPU that was stuck. */
struct found {
	unsigned int screens, stuck; /* screens, and those that say so */
	unsigned int first;          /* the first of those, counted from 1 */
	double longest;              /* seconds */
	char line[LINE];             /* that said it */
	char saved[LINE];            /* what the key that saves said, "": nothing */
};

/* "stuck: stuck vCPU 0 in the VMM for 2.75s" */
static void read_line(struct found *f, const char *line)
{
	const char *at = strstr(line, "stuck: stuck vCPU 0 in the VMM for ");
	double age;

	if (strstr(line, "kvmtop  "))
		f->screens++;
	if (strstr(line, "saved as "))
		snprintf(f->saved, sizeof(f->saved), "%s", strstr(line, "saved as "));
	if (!at)
		return;
	f->stuck++;
	if (!f->first)
		f->first = f->screens;
	age = strtod(at + strlen("stuck: stuck vCPU 0 in the VMM for "), NULL);
	if (age <= f->longest)
		return;
	f->longest = age;
	snprintf(f->line, sizeof(f->line), "%s", at);
}

static struct found look(const struct evidence *e, const char *name)
{
	FILE *file = evidence_open(e, name);
	struct found f = {0};
	char line[LINE];

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		read_line(&f, line);
	}
	if (file)
		fclose(file);
	return f;
}

void case_travel(const struct evidence *e)
{
	struct found then, again;

	if (e->has_kvmtop) {
		then = look(e, "travel.screen");
		/* one before the incident, one after it, and then back, step by step */
		claim(then.screens > 20 && then.first > 2,
		      "%u screens, and nothing of the incident on the live ones before and after it", then.screens);
		claim(then.stuck >= 2 && then.longest >= 2, "found on %u of them by stepping back: \"%s\"", then.stuck,
		      then.line);
		claim(strstr(then.saved, ".rec: the last ") != NULL, "saved with one key: \"%s\"", then.saved);
		again = look(e, "replay.screen");
		claim(again.screens > 20 && again.first > 1, "replayed on another machine: %u screens", again.screens);
		claim(again.stuck == then.stuck && !strcmp(again.line, then.line), "found there on as many, %u: \"%s\"",
		      again.stuck, again.line);
	}
	/* the objects are the replay's, and have to say what those of a live kvmtop say */
	case_stuck(e);
}
