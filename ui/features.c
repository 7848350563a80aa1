// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include "../model/events.h"
#include "../model/format.h"
#include "../model/probes.h"
#include "../model/query.h"
#include "features.h"

static const char *why(const struct probe_sample *probe)
{
	switch (probe->status) {
	case PROBE_SILENT:
		return "never fires here: neither kvm_intel nor kvm_amd runs the guests";
	case PROBE_ABSENT:
		return "this kernel has no such hook";
	case PROBE_REFUSED:
		return strerror(-probe->err);
	default:
		return "";
	}
}

static int widest_probe(void)
{
	int width = 0;

	for (u32 i = 0; i < PROBE_COUNT; i++)
		if ((int)strlen(probe_table[i].name) > width)
			width = (int)strlen(probe_table[i].name);
	return width;
}

static int widest_view(void)
{
	int width = 0;

	for (int view = VIEW_VM; view < VIEW_DETAIL; view++)
		if ((int)strlen(view_columns(view)->name) > width)
			width = (int)strlen(view_columns(view)->name);
	return width;
}

static void print_probes(const struct sample *s, FILE *out)
{
	int width = widest_probe();

	fprintf(out, "%-*s STATUS   HOOK AND WHAT IT GIVES\n", width, "PROBE");
	for (u32 i = 0; i < PROBE_COUNT; i++) {
		const struct probe_info *info = &probe_table[i];
		const struct probe_sample *probe = &s->probes[i];

		fprintf(out, "%-*s %-8s %s: %s\n", width, info->name, probe_status_name(probe->status), info->hook,
			info->gives);
		/* A hook that only stands in for another is off where the other works: nothing is lost. */
		if (probe->status != PROBE_ON && probe->status != PROBE_OFF)
			fprintf(out, "%*s why:  %s\n%*s lost: %s\n", width + 9, "", why(probe), width + 9, "",
				info->lost);
		else if (probe->err)
			fprintf(out, "%*s by its stand-in, since the first hook was refused: %s\n", width + 9, "",
				strerror(-probe->err));
	}
}

/* All together: side by side, so each alone takes less. */
static void print_attaching(const struct sample *s, FILE *out)
{
	char ns[FMT_SIZE];

	if (!s->upkeep.attach_ns[GROUP_CORE])
		return; /* no programs: a recording, a made-up host */
	fputs("\nATTACHING TOOK", out);
	for (u32 i = 0, n = 0; i < GROUPS; i++)
		if (s->upkeep.attach_ns[i])
			fprintf(out, "%s %s %s", n++ ? "," : "", event_group_name(i),
				fmt_ns(ns, (double)s->upkeep.attach_ns[i], 6));
	fputc('\n', out);
}

/* The columns that show "-" on this host, a line a view. */
static void print_columns(const struct snapshot *snap, FILE *out)
{
	bool any = false;

	for (int view = VIEW_VM; view < VIEW_DETAIL; view++) {
		const struct view_columns *vc = view_columns(view);
		u64 all_missing = 0;
		u32 count = 0;

		for (u32 i = 0; i < vc->count; i++) {
			u64 missing = 0;

			if (column_available(&vc->columns[i], snap, &missing))
				continue;
			if (!any)
				fputs("\nCOLUMNS THAT CANNOT BE MEASURED HERE\n", out);
			any = true;
			if (!count++)
				fprintf(out, "%-*s ", widest_view(), vc->name);
			else
				fputs(", ", out);
			fputs(vc->columns[i].name, out);
			all_missing |= missing;
		}
		if (!count)
			continue;
		fputs(" (no", out);
		for (u32 p = 0, n = 0; p < PROBE_COUNT; p++)
			if (all_missing & PROBE_BIT(p))
				fprintf(out, "%s %s", n++ ? "," : "", probe_table[p].name);
		fputs(")\n", out);
	}
	if (!any)
		fputs("\nEvery column can be measured here.\n", out);
}

int features_print(struct source *source, FILE *out, char *err, size_t err_size)
{
	struct sample sample = {0};
	struct snapshot snap = {0};
	int ret;

	/* All groups are tried, for what the kernel says of them. */
	source_want(source, &(struct wants){.groups = ~0U, .wait = true});
	ret = source_sample(source, &sample);

	if (ret) {
		snprintf(err, err_size, "%s", source->error);
		return ret;
	}
	if (sample.waiting) {
		fprintf(out, "%s\n", sample.waiting);
	} else {
		print_probes(&sample, out);
		ret = snapshot_build(&snap, NULL, &sample, true);
		if (!ret)
			print_columns(&snap, out);
		print_attaching(&sample, out);
	}
	snapshot_free(&snap);
	sample_free(&sample);
	return ret;
}
