/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Durations beside ftrace's time stamps. The case records KVM's events twice: one recorder was attached before kvmtop and
 * one after it, so that each event's first stamp is older than kvmtop's own clock reading of it, and its second one
 * younger. What kvmtop says must lie between the two, however slow the emulated CPU and whoever interrupts it.
 */
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIME_LIMIT 0.02
#define TIME_EACH  (5 * US)
/* ftrace prints microseconds, rounded: a difference of two is off by one at most. */
#define ROUNDING US
/* A histogram's bucket is 12 % wide; of fewer durations than these neither median nor middle says anything. */
#define HALF_BUCKET 0.0625
#define MEDIAN_OF   11
/* Two stamps of one event this far apart: something else had the emulator's CPU between them. */
#define INTERRUPTED (200 * US)

static bool event_kind(const char *name, enum stamp_kind *kind)
{
	static const struct {
		const char *name;
		enum stamp_kind kind;
	} kinds[] = {
		{"kvm_exit: ", STAMP_EXIT}, {"kvm_entry: ", STAMP_ENTRY},       {"kvm_userspace_exit: ", STAMP_USER},
		{"sys_ioctl(", STAMP_CALL}, {"kvm_fpu: load", STAMP_RUN_BEGUN},
	};

	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strncmp(name, kinds[i].name, strlen(kinds[i].name))) {
			*kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}

static void copy_word(char *to, size_t size, const char *from, const char *end)
{
	snprintf(to, size, "%.*s", (int)strcspn(from, end), from);
}

/*
 * kvm_exit: vcpu 0 reason cpuid rip 0x... | kvm_exit: TRAP: HSR_EC: 0x0024 (DABT_LOW), PC: ... | kvm_exit: IRQ: HSR_EC: ...
 * kvm_userspace_exit: reason KVM_EXIT_IO (2)
 */
static void event_reason(struct stamp *s, const char *text)
{
	const char *reason = strstr(text, "reason "), *open = strrchr(text, '(');

	if (s->kind == STAMP_USER && open)
		s->code = strtoll(open + 1, NULL, 10);
	else if (s->kind == STAMP_EXIT && reason)
		copy_word(s->reason, sizeof(s->reason), reason + strlen("reason "), " \n");
	else if (s->kind == STAMP_EXIT && open && strstr(text, "TRAP:"))
		copy_word(s->reason, sizeof(s->reason), open + 1, ")");
	else if (s->kind == STAMP_EXIT)
		copy_word(s->reason, sizeof(s->reason), text + strlen("kvm_exit: "), ":");
}

const char *stamp_line(const char *line, int64_t *tid, uint64_t *ns)
{
	const char *cpu = strstr(line, " ["), *id = cpu, *time, *event;
	char *end;
	uint64_t sec;

	if (*line == '#' || !cpu)
		return NULL;
	while (id > line && *id != '-')
		id--;
	*tid = strtoll(id + 1, NULL, 10);
	event = strstr(cpu, ": ");
	for (time = event; time && time > cpu && time[-1] != ' '; time--)
		;
	if (!event)
		return NULL;
	sec = strtoull(time, &end, 10);
	if (*end != '.')
		return NULL;
	*ns = (sec * 1000000 + strtoull(end + 1, NULL, 10)) * US;
	return event + 2;
}

static bool parse_stamp(const char *line, int64_t tid, struct stamp *s)
{
	int64_t of;
	const char *event = stamp_line(line, &of, &s->ns);

	if (!event || of != tid || !event_kind(event, &s->kind))
		return false;
	event_reason(s, event);
	return true;
}

static int by_time(const void *a, const void *b)
{
	const struct stamp *x = a, *y = b;

	return x->ns < y->ns ? -1 : x->ns > y->ns;
}

/* All stamps of one thread, oldest first; false, after a claim that does not hold, when the recorder lost some. */
static bool load_stamps(const struct evidence *e, const char *name, int64_t tid, struct stamps *out)
{
	FILE *f = evidence_open(e, name);
	uint64_t kept = 0, written = 1;
	char line[1024];

	*out = (struct stamps){0};
	while (f && fgets(line, sizeof(line), f)) {
		const char *entries = strstr(line, "entries-in-buffer/entries-written: ");
		struct stamp s = {0};

		if (entries)
			sscanf(entries, "entries-in-buffer/entries-written: %" SCNu64 "/%" SCNu64, &kept, &written);
		if (!parse_stamp(line, tid, &s))
			continue;
		out->s = grow(out->s, out->count, sizeof(*out->s));
		out->s[out->count++] = s;
	}
	if (f)
		fclose(f);
	/* The recorder's own order is that of its stamps, except where two are equal. */
	for (unsigned int i = 1; i < out->count; i++) {
		if (by_time(&out->s[i - 1], &out->s[i]) > 0)
			return claim(false, "%s: stamps out of order", name);
	}
	return claim(f && kept == written && out->count, "%s: %u stamps, %" PRIu64 " of %" PRIu64 " events kept", name,
		     out->count, kept, written);
}

/* The end of a span lies between two stamps, and its begin as well. */
static void add_span(struct span_sum *sum, uint64_t begin, uint64_t begin_by, uint64_t end, uint64_t end_by)
{
	uint64_t low = end > begin_by ? end - begin_by : 0, high = end_by - begin;

	low = low > ROUNDING ? low - ROUNDING : 0;
	high += ROUNDING;
	sum->lows = grow(sum->lows, (unsigned int)sum->count, sizeof(*sum->lows));
	sum->highs = grow(sum->highs, (unsigned int)sum->count, sizeof(*sum->highs));
	sum->lows[sum->count] = low;
	sum->highs[sum->count] = high;
	sum->count++;
	sum->low += low;
	sum->high += high;
	sum->middle += (end + end_by) / 2 - (begin + begin_by) / 2;
	if (begin_by - begin > INTERRUPTED)
		sum->interrupted += begin_by - begin;
	if (end_by - end > INTERRUPTED)
		sum->interrupted += end_by - end;
	if (low > sum->longest_low)
		sum->longest_low = low;
	if (high > sum->longest_high)
		sum->longest_high = high;
	if (sum->count == 1 || low < sum->shortest_low)
		sum->shortest_low = low;
	if (sum->count == 1 || high < sum->shortest_high)
		sum->shortest_high = high;
}

static struct span_sum *sum_of(struct span_sums *sums, const char *reason, int64_t code)
{
	for (unsigned int i = 0; i < sums->count; i++) {
		if (!strcmp(sums->sum[i].reason, reason) && sums->sum[i].code == code)
			return &sums->sum[i];
	}
	if (sums->count == SPAN_SUMS)
		return NULL;
	sums->sum[sums->count] = (struct span_sum){.code = code};
	snprintf(sums->sum[sums->count].reason, sizeof(sums->sum[0].reason), "%s", reason);
	return &sums->sum[sums->count++];
}

static bool is_kvms(const struct stamp *s)
{
	return s->kind == STAMP_EXIT || s->kind == STAMP_ENTRY || s->kind == STAMP_USER;
}

/* exits: kvm_exit to kvm_entry. users: kvm_userspace_exit to the beginning of the next KVM_RUN. */
static bool pair(const struct stamps *first, const struct stamps *second, struct span_sums *exits,
		 struct span_sums *users)
{
	const struct stamp *exit[2] = {0}, *user[2] = {0}, *call = NULL;
	unsigned int k = 0;

	for (unsigned int i = 0; i < first->count; i++) {
		const struct stamp *a = &first->s[i], *b = a;
		struct span_sum *sum;

		if (is_kvms(a)) {
			while (k < second->count && !is_kvms(&second->s[k]))
				k++;
			b = k < second->count ? &second->s[k++] : NULL;
			if (!b || b->kind != a->kind || strcmp(a->reason, b->reason) || b->ns < a->ns)
				return claim(false, "stamp %u: the two recorders disagree", i);
		}
		/* The VMM's time ends after the system call's begin, and before the first that KVM does in it. */
		if ((a->kind == STAMP_RUN_BEGUN || a->kind == STAMP_ENTRY) && user[0] && call) {
			sum = sum_of(users, "", user[0]->code);
			if (sum)
				add_span(sum, user[0]->ns, user[1]->ns, call->ns, a->ns);
			user[0] = NULL;
		}
		if (a->kind == STAMP_CALL) {
			call = a;
		} else if (a->kind == STAMP_EXIT) {
			exit[0] = a;
			exit[1] = b;
		} else if (a->kind == STAMP_USER) {
			user[0] = a;
			user[1] = b;
			call = NULL;
		} else if (a->kind == STAMP_ENTRY && exit[0]) {
			sum = sum_of(exits, exit[0]->reason, 0);
			if (sum)
				add_span(sum, exit[0]->ns, exit[1]->ns, a->ns, b->ns);
			exit[0] = NULL;
		}
	}
	/* One that has not ended is in kvmtop's figures with its time until now. */
	if (exit[0] && sum_of(exits, exit[0]->reason, 0))
		sum_of(exits, exit[0]->reason, 0)->open = true;
	if (user[0] && sum_of(users, "", user[0]->code))
		sum_of(users, "", user[0]->code)->open = true;
	while (k < second->count && !is_kvms(&second->s[k]))
		k++;
	return claim(k == second->count, "the two recorders saw the same %u events", k);
}

bool stamps_sums(const struct evidence *e, int64_t tid, struct span_sums *exits, struct span_sums *users)
{
	struct stamps first, second;
	bool good = load_stamps(e, "stamps.before", tid, &first);

	good &= load_stamps(e, "stamps.after", tid, &second);
	memset(exits, 0, sizeof(*exits));
	memset(users, 0, sizeof(*users));
	good = good && pair(&first, &second, exits, users);
	free(first.s);
	free(second.s);
	return good;
}

static int by_length(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The median of all is no less than that of the lower bounds, and no more than that of the upper ones. */
static bool check_median(const char *what, const struct span_sum *sum, json *row)
{
	uint64_t p50 = number(row, "p50_ns"), low, high;

	if (sum->count < MEDIAN_OF)
		return true;
	qsort(sum->lows, sum->count, sizeof(*sum->lows), by_length);
	qsort(sum->highs, sum->count, sizeof(*sum->highs), by_length);
	low = sum->lows[(sum->count - 1) / 2];
	high = sum->highs[sum->count / 2];
	return claim((double)p50 >= (double)low * (1 - HALF_BUCKET) && (double)p50 <= (double)high * (1 + HALF_BUCKET),
		     "%s: p50: kvmtop %" PRIu64 " us, ftrace's median between %" PRIu64 " and %" PRIu64 " us", what,
		     p50 / US, low / US, high / US);
}

static const struct span_sum *span_by(const struct span_sums *sums, const char *reason, int64_t code)
{
	static const struct span_sum none;

	for (unsigned int i = 0; i < sums->count; i++) {
		if (!strcmp(sums->sum[i].reason, reason) && sums->sum[i].code == code)
			return &sums->sum[i];
	}
	return &none;
}

const struct span_sum *span_by_reason(const struct span_sums *sums, const char *reason)
{
	return span_by(sums, reason, 0);
}

const struct span_sum *span_by_code(const struct span_sums *sums, int64_t code)
{
	return span_by(sums, "", code);
}

bool check_span(const char *what, const struct span_sum *sum, json *row)
{
	uint64_t total = number(row, "total_ns"), longest = number(row, "max_ns"), shortest = number(row, "min_ns");

	if (number(row, "count") != sum->count)
		return claim(false, "%s: kvmtop %" PRIu64 " times, ftrace %" PRIu64, what, number(row, "count"),
			     sum->count);
	if (total < sum->low || total > sum->high)
		return claim(false,
			     "%s, %" PRIu64 " times: kvmtop %" PRIu64 " us, ftrace between %" PRIu64 " and %" PRIu64
			     " us",
			     what, sum->count, total / US, sum->low / US, sum->high / US);
	if (longest < sum->longest_low || longest > sum->longest_high || shortest < sum->shortest_low ||
	    shortest > sum->shortest_high)
		return claim(false,
			     "%s: kvmtop from %" PRIu64 " to %" PRIu64 " us; ftrace's shortest between %" PRIu64
			     " and %" PRIu64 ", its longest between %" PRIu64 " and %" PRIu64 " us",
			     what, shortest / US, longest / US, sum->shortest_low / US, sum->shortest_high / US,
			     sum->longest_low / US, sum->longest_high / US);
	return check_median(what, sum, row) &&
	       claim(true,
		     "%s, %" PRIu64 " times: kvmtop %" PRIu64 " us, ftrace between %" PRIu64 " and %" PRIu64
		     " us; longest %" PRIu64 " us, between %" PRIu64 " and %" PRIu64,
		     what, sum->count, total / US, sum->low / US, sum->high / US, longest / US, sum->longest_low / US,
		     sum->longest_high / US);
}

/* The budget of any duration: 2 %, or 5 us each, whichever is more. */
static bool close_span(const struct span_sum *sum, json *row, char *said, size_t size)
{
	uint64_t total = number(row, "total_ns"), off = total > sum->middle ? total - sum->middle : sum->middle - total;
	uint64_t share = (uint64_t)((double)sum->middle * TIME_LIMIT), each = TIME_EACH * sum->count;
	uint64_t limit = (share > each ? share : each) + sum->interrupted;

	snprintf(said, size, "kvmtop %" PRIu64 " us, ftrace %" PRIu64 " us in %" PRIu64 " (%.2f us each%s)", total / US,
		 sum->middle / US, sum->count, (double)off / US / (double)sum->count,
		 sum->interrupted ? ", the emulator interrupted" : "");
	return off <= limit;
}

void case_latency(const struct evidence *e)
{
	static struct span_sums exits, users;
	json *told = e->truths ? at(member(e->truth[0], "vcpus"), 0) : NULL;
	json *vcpu = NULL;
	unsigned int checked = 0;
	char what[64], said[160];

	if (!e->has_kvmtop)
		return;
	for (unsigned int t = 0; t < e->ticks.count; t++)
		vcpu = find_vcpu(find_vm(e->ticks.o[t], "latency"), 0) ?: vcpu;
	if (!claim(vcpu && told, "listed") || !stamps_sums(e, integer(told, "tid"), &exits, &users))
		return;
	for (unsigned int i = 0; i < exits.count; i++) {
		const struct span_sum *sum = &exits.sum[i];
		json *rows = member(vcpu, "exits"), *row = NULL;

		for (unsigned int k = 0; k < length(rows); k++) {
			if (!strcmp(text(at(rows, k), "reason"), sum->reason))
				row = at(rows, k);
		}
		if (sum->open || !sum->count)
			continue;
		checked++;
		snprintf(what, sizeof(what), "exits by %s", sum->reason);
		/* Of few, one with which the emulator was late decides: their bounds have to do. */
		if (check_span(what, sum, row) && sum->count >= MEDIAN_OF) {
			bool near = close_span(sum, row, said, sizeof(said));

			claim(near, "%s: %s", what, said);
		}
	}
	claim(checked >= 3, "%u reasons of VM exits compared", checked);
	for (unsigned int i = 0; i < users.count; i++) {
		snprintf(what, sizeof(what), "in the VMM by %" PRId64, users.sum[i].code);
		if (!users.sum[i].open && users.sum[i].count)
			check_span(what, &users.sum[i], find_code(member(vcpu, "user_exits"), users.sum[i].code));
	}
}
