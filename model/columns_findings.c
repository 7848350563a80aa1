/* SPDX-License-Identifier: GPL-2.0-only */
/* The view of findings: one row a finding, as a sentence. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "column_kit.h"
#include "events.h"
#include "findings.h"
#include "format.h"
#include "views.h"

static const struct vcpu_row *vcpu_of(const struct snapshot *snap, const struct finding *f)
{
	return f->vcpu ? snapshot_find_vcpu(snap, f->vcpu) : NULL;
}

static void number_text(enum unit unit, double num, char *to, size_t size)
{
	char buf[FMT_SIZE];

	switch (unit) {
	case UNIT_NS:
		snprintf(to, size, "%s", fmt_ns(buf, num, 6));
		break;
	case UNIT_SHARE:
		snprintf(to, size, "%s %%", fmt_share(buf, num, 4));
		break;
	case UNIT_COUNT:
		snprintf(to, size, "%s", fmt_count(buf, num, 5));
		break;
	default:
		snprintf(to, size, "%s", fmt_rate(buf, num, 6));
	}
}

/* What a word in braces stands for; "" where that is not known. */
static void fill(const struct snapshot *snap, const struct finding *f, const char *word, size_t len, char *to,
		 size_t size)
{
	const struct vcpu_row *vcpu = vcpu_of(snap, f);
	char name[REASON_NAME_SIZE], event[EVENT_NAME_SIZE];
	struct value value = {0};

	to[0] = '\0';
	if (len == 1 && (word[0] == '0' || word[0] == '1')) {
		int i = word[0] - '0';

		if (!isnan(f->num[i]))
			number_text(finding_table[f->id].unit[i], f->num[i], to, size);
	} else if (!strncmp(word, "vcpu", len)) {
		if (vcpu)
			snprintf(to, size, "%d", vcpu->raw->vcpu_id);
	} else if (!strncmp(word, "reason", len)) {
		if (f->key)
			snprintf(to, size, "%s", reason_name(f->isa, f->key, name));
	} else if (!strncmp(word, "event", len)) {
		if (f->event)
			snprintf(to, size, "%s",
				 event_name(vcpu ? vcpu->raw->isa : 0, f->event->kind, f->event->sub, f->event->a,
					    f->event->b, event));
	} else if (!strncmp(word, "task", len)) {
		if (f->who) {
			task(snap, f->who, &value);
			snprintf(to, size, "%s", value.text ?: "");
		}
	} else if (!strncmp(word, "where", len)) {
		snprintf(to, size, "%s", f->state == VCPU_USER ? "VMM" : "kernel");
	} else if (!strncmp(word, "paused", len)) {
		snprintf(to, size, "%s",
			 f->process == 'T'   ? "VMM stopped by a signal"
			 : f->process == 't' ? "VMM held by a debugger"
					     : "paused, or its VMM hangs");
	} else if (!strncmp(word, "all", len)) {
		if (f->num[1] > 1)
			snprintf(to, size, "all %.0f vCPUs", f->num[1]);
		else
			snprintf(to, size, "its vCPU");
	} else if (!strncmp(word, "loss", len)) {
		snprintf(to, size, "%s", loss_name(f->loss));
	}
}

const char *finding_text(const struct snapshot *snap, const struct finding *f, char *buf, size_t size)
{
	size_t at = 0, part = 0;
	bool left_out = false;

	buf[0] = '\0';
	for (const char *p = finding_table[f->id].sentence; *p && at + 1 < size; p++) {
		if (*p == '[') {
			part = at;
			left_out = false;
		} else if (*p == ']') {
			at = left_out ? part : at;
		} else if (*p == '{') {
			size_t len = strcspn(p + 1, "}");
			char text[VALUE_TEXT_SIZE];

			fill(snap, f, p + 1, len, text, sizeof(text));
			left_out |= !text[0];
			at += (size_t)snprintf(buf + at, size - at, "%s", text);
			p += len + 1;
		} else {
			buf[at++] = *p;
		}
	}
	at = at < size ? at : size - 1;
	buf[at] = '\0';
	if (f->others && at + 1 < size)
		snprintf(buf + at, size - at, " (+%u vCPU%s)", f->others, f->others == 1 ? "" : "s");
	return buf;
}

GETTER(finding_level)
{
	(void)snap;
	text(out, row.finding->crit ? "crit" : "warn");
}

GETTER(finding_vm)
{
	const struct vm_row *vm = row.finding->vm ? snapshot_find_vm(snap, row.finding->vm) : NULL;

	text(out, vm ? vm->raw->name : "host");
}

GETTER(finding_vcpu)
{
	const struct vcpu_row *vcpu = vcpu_of(snap, row.finding);

	if (vcpu)
		number(out, vcpu->raw->vcpu_id);
}

GETTER(finding_sentence)
{
	text(out, finding_text(snap, row.finding, out->buf, sizeof(out->buf)));
}

GETTER(finding_rule)
{
	(void)snap;
	text(out, finding_table[row.finding->id].name);
}

GETTER(finding_times)
{
	(void)snap;
	out->known = row.finding->id != FINDING_LOSS;
	out->num = row.finding->times;
}

GETTER(finding_proof)
{
	struct finding_place to = finding_place(row.finding);

	(void)snap;
	if (to.known)
		text(out, to.view == VIEW_DETAIL ? "latencies" : view_columns(to.view)->title);
}

/* clang-format off */
static const struct column finding_columns[] = {
	{.name = "level", .title = "LEVEL", .unit = UNIT_TEXT, .get = finding_level, .width = 5, .priority = 2,
	 .help = "crit: somebody feels it now; warn: look at it. The limits of both are in the settings (S)."},
	{.name = "vm", .title = "VM", .unit = UNIT_TEXT, .get = finding_vm, .width = 11,
	 .help = "The VM it is about, or the host."},
	{.name = "vcpu", .title = "ID", .unit = UNIT_ID, .get = finding_vcpu, .width = 3, .priority = 5,
	 .help = "The vCPU it is about; of several of a VM that of which it is true most."},
	{.name = "finding", .title = "FINDING", .unit = UNIT_TEXT, .get = finding_sentence, .width = 76, .flexible = true,
	 .help = "What is wrong, with the figures that say so. Enter goes to where they are."},
	{.name = "proof", .title = "PROOF", .unit = UNIT_TEXT, .get = finding_proof, .width = 9, .priority = 3,
	 .help = "The view that Enter goes to: what proves it, sorted by what the finding is about."},
	{.name = "rule", .title = "RULE", .unit = UNIT_TEXT, .get = finding_rule, .width = 11, .priority = 4,
	 .help = "The rule's name: filter with rule=steal, or !rule=halt-poll."},
	{.name = "times", .title = "TIMES", .unit = UNIT_RATE, .get = finding_times, .width = 5, .priority = 6,
	 .descending = true, .help = "How many times the limit it is."},
};
/* clang-format on */

const struct view_columns finding_view = {
	.name = "finding",
	.brief = "find",
	.title = "findings",
	.rows = ROWS_FINDING,
	.columns = finding_columns,
	.count = ARRAY_SIZE(finding_columns),
	.default_sort = 0,
	.reading =
		"Each row says what is wrong, the worst first, with the figures that say so. Enter goes to where they "
		"are, and Backspace comes back. What is below a limit is no finding: the limits are in the settings "
		"(S), under names that begin with find-. Some things are only seen while their probes are attached: "
		"look at interrupts, faults or dirty pages for a moment, or start with --all.",
	.empty = "nothing to find fault with",
};
