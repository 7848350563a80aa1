/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>

#include "build.h"

struct fixture {
	struct pair p;
	struct snapshot snap;
	struct rows rows;
};

/* Sample 4 of a host of five VMs: web01, db-primary (one vCPU stuck), build-7, caché-β, k8s-node-04. */
static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	pair_open(&f->p, "5x3x12");
	for (u32 n = 0; n < 4; n++)
		pair_next(&f->p);
	assert_int_equal(snapshot_build(&f->snap, &f->p.a, &f->p.b, false), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pair_close(&f->p);
	snapshot_free(&f->snap);
	rows_free(&f->rows);
	free(f);
	return 0;
}

/* How many rows of the view the expression leaves. */
static u32 matches(struct fixture *f, enum view_id view, const char *text)
{
	struct query q = {.view = view, .sort = -1};
	struct filter *filter;
	char err[200];

	assert_int_equal(filter_parse(text, &filter, err, sizeof(err)), 0);
	assert_string_equal(err, "");
	q.filter = filter;
	assert_int_equal(query_run(&q, &f->snap, &f->rows), 0);
	filter_free(filter);
	return f->rows.count;
}

static void text_terms(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(matches(f, VIEW_VM, ""), 5);
	assert_int_equal(matches(f, VIEW_VM, "   "), 5);
	assert_int_equal(matches(f, VIEW_VM, "WEB"), 1);
	assert_string_equal(f->rows.ref[0].vm->raw->name, "web01");
	assert_int_equal(matches(f, VIEW_VM, "!web"), 4);
	assert_int_equal(matches(f, VIEW_VM, "!!web"), 1);
	assert_int_equal(matches(f, VIEW_VM, "vm=web"), 1);
	assert_int_equal(matches(f, VIEW_VM, "vm!=web"), 4);
	assert_int_equal(matches(f, VIEW_VM, "!vm=web"), 4);
	assert_int_equal(matches(f, VIEW_VM, "VM=\"web01\""), 1);
	assert_int_equal(matches(f, VIEW_VM, "caché"), 1);
	assert_int_equal(matches(f, VIEW_VM, "/^(web|db)/"), 2);
	assert_int_equal(matches(f, VIEW_VM, "/^(web|db)"), 2);
	assert_int_equal(matches(f, VIEW_VM, "vm~^WEB"), 1);
	assert_int_equal(matches(f, VIEW_VM, "vm~/[0-9]$/ !vm=7"), 2);
	assert_int_equal(matches(f, VIEW_VM, "vmm=qemu"), 3);
	assert_int_equal(matches(f, VIEW_VM, "vmm=qemu web"), 1);
	assert_int_equal(matches(f, VIEW_VM, "web build"), 0);
	assert_int_equal(matches(f, VIEW_VCPU, "state=user"), 1);
	assert_int_equal(matches(f, VIEW_VCPU, "state=unknown"), 1);
	assert_int_equal(matches(f, VIEW_VCPU, "by=stress"), 1);
}

static void number_terms(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(matches(f, VIEW_VM, "pid=2000"), 1);
	assert_int_equal(matches(f, VIEW_VM, "pid=200"), 0);
	assert_int_equal(matches(f, VIEW_VM, "pid!=2000"), 4);
	assert_int_equal(matches(f, VIEW_VM, "pid>2k"), 4);
	assert_int_equal(matches(f, VIEW_VM, "pid>=2k"), 5);
	assert_int_equal(matches(f, VIEW_VM, "pid<2.017k"), 1);
	assert_int_equal(matches(f, VIEW_VM, "pid<=2.017k"), 2);
	assert_int_equal(matches(f, VIEW_VCPU, "wait>20%"), 1);
	assert_int_equal(matches(f, VIEW_VCPU, "wait>20"), 1);
	assert_int_equal(matches(f, VIEW_VCPU, "wait>30%"), 0);
	assert_int_equal(matches(f, VIEW_VM, "max>1s"), 1);
	assert_int_equal(matches(f, VIEW_VM, "max>1000ms"), 1);
	assert_int_equal(matches(f, VIEW_VM, "max>1000000us"), 1);
	assert_int_equal(matches(f, VIEW_VM, "max>1G"), 1);
	assert_int_equal(matches(f, VIEW_VM, "max>1000000000ns"), 1);
	assert_int_equal(matches(f, VIEW_VM, "stuck>1s"), 1);
	assert_string_equal(f->rows.ref[0].vm->raw->name, "db-primary");
	assert_int_equal(matches(f, VIEW_VM, "!stuck>1s"), 4);
	assert_int_equal(matches(f, VIEW_EXIT, "exits>1k"), 20);
	/* Not known: neither more nor less. */
	assert_int_equal(matches(f, VIEW_VCPU, "max>0"), 14);
	assert_int_equal(matches(f, VIEW_VCPU, "max<=0"), 0);
}

/* The memory of the made-up VMs: 640K, 2047M and two that are smaller. */
static void sizes_of_memory_are_binary(void **state)
{
	struct fixture *f = *state;
	u32 exact = matches(f, VIEW_MEMSLOT, "size=640K");

	assert_int_equal(exact, 5);
	assert_int_equal(matches(f, VIEW_MEMSLOT, "size=2047M"), 5);
	assert_int_equal(matches(f, VIEW_MEMSLOT, "size>=640k size<1M"), exact);
	assert_int_equal(matches(f, VIEW_MEMSLOT, "size>640K size<=1G"), 0);
}

static void one_filter_serves_all_views(void **state)
{
	struct fixture *f = *state;
	u32 all = matches(f, VIEW_EXIT, "");

	assert_int_equal(all, 20);
	assert_int_equal(matches(f, VIEW_EXIT, "pid=2000"), all);
	assert_int_equal(matches(f, VIEW_EXIT, "!pid=2000"), all);
	assert_int_equal(matches(f, VIEW_VM, "reason=hlt"), 5);
	assert_int_equal(matches(f, VIEW_EXIT, "reason=hlt"), 2);
	assert_int_equal(matches(f, VIEW_EXIT, "!reason=hlt"), all - 2);
	assert_int_equal(matches(f, VIEW_EXIT, "reason=hlt pid=1"), 2);
}

static void errors_point_at_the_term(void **state)
{
	static const struct {
		const char *text, *err;
	} cases[] = {
		{"web foo=1 db", "filter term 'foo=1': there is no column foo"},
		{"pid=abc", "filter term 'pid=abc': pid takes a number, as in 10, 1.5k, 50us or 5%"},
		{"pid>10ms", "filter term 'pid>10ms': pid is not a duration: no ns, us, ms or s"},
		{"max>5%", "filter term 'max>5%': max is not a share: no %"},
		{"by>5", "filter term 'by>5': by is text: use = or ~"},
		{"pid~5", "filter term 'pid~5': pid is a number: use < <= = >= or >"},
		{"budget>5", "filter term 'budget>5': budget is a bar: filter by one of its parts, as in wait>5%"},
		{"pid>", "filter term 'pid>': a value is missing"},
		{"web !", "filter term '!': a term is missing after '!'"},
		{"max>1e5", "filter term 'max>1e5': max takes a number, as in 10, 1.5k, 50us or 5%"},
		{"max>inf", "filter term 'max>inf': max takes a number, as in 10, 1.5k, 50us or 5%"},
		{"max>.", "filter term 'max>.': max takes a number, as in 10, 1.5k, 50us or 5%"},
	};
	struct filter *filter;
	char err[200];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(filter_parse(cases[i].text, &filter, err, sizeof(err)), -EINVAL);
		assert_null(filter);
		assert_string_equal(err, cases[i].err);
	}
	assert_int_equal(filter_parse("/(/", &filter, err, sizeof(err)), -EINVAL);
	assert_true(!strncmp(err, "filter term '/(/': not a regular expression:", 44));
	assert_int_equal(filter_parse("foo=1", &filter, err, 5), -EINVAL);
	assert_int_equal(strlen(err), 4);
	assert_int_equal(filter_parse("foo=1", &filter, NULL, 0), -EINVAL);
}

/* Rows that passed a filter pass it again, each row passes a term or its negation, and random text never crashes. */
static void properties(void **state)
{
	static const char *const terms[] = {"web",      "/e/",        "exits>50k", "max>20us", "wait>1%", "vm=b",
					    "p99<10us", "state=halt", "reason=io", "count>5k", "top=io",  "pid>2010"};
	static const char alphabet[] = "abvm=<>!~/\"\\ .019k%us()[*";
	struct fixture *f = *state;
	u64 seed = 99;

	for (u32 i = 0; i < ARRAY_SIZE(terms); i++) {
		for (enum view_id view = VIEW_VM; view <= VIEW_EXIT; view++) {
			const struct view_columns *columns = view_columns(view);
			u32 all = matches(f, view, ""), some, none;
			struct filter *filter;
			char negated[64], err[8];

			snprintf(negated, sizeof(negated), "!%s", terms[i]);
			none = matches(f, view, negated);
			some = matches(f, view, terms[i]);
			assert_true(some + none == all || (some == all && none == all));
			assert_int_equal(filter_parse(terms[i], &filter, err, sizeof(err)), 0);
			for (u32 r = 0; r < some; r++)
				assert_true(filter_match(filter, &f->snap, columns, f->rows.ref[r]));
			filter_free(filter);
		}
	}
	for (u32 i = 0; i < 20000; i++) {
		char text[24], err[100];
		u32 n = rnd(&seed) % (sizeof(text) - 1);
		struct filter *filter;
		int ret;

		for (u32 c = 0; c < n; c++)
			text[c] = alphabet[rnd(&seed) % (sizeof(alphabet) - 1)];
		text[n] = '\0';
		ret = filter_parse(text, &filter, err, sizeof(err));
		assert_true(ret == 0 || (ret == -EINVAL && *err && !strchr(err, '\n')));
		if (!ret)
			filter_match(filter, &f->snap, view_columns(VIEW_VM), (union row_ref){.vm = &f->snap.vms[0]});
		filter_free(filter);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_terms),
		cmocka_unit_test(number_terms),
		cmocka_unit_test(sizes_of_memory_are_binary),
		cmocka_unit_test(one_filter_serves_all_views),
		cmocka_unit_test(errors_point_at_the_term),
		cmocka_unit_test(properties),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
