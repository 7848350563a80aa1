/* SPDX-License-Identifier: GPL-2.0-only */
/* What goes to pipes and files: what was left out of a log, and what becomes of it where the disk is full. */
#include <errno.h>

#include "../../ui/batch.h"
#include "build.h"

/* A host without VMs, whose log has lost 5 events before it is looked at, 7 in the first interval, none in the second, 1. */
struct lossy {
	struct source source;
	u64 seq;
};

static int lossy_sample(struct source *source, struct sample *s)
{
	static const u64 lost[] = {5, 12, 12, 13};
	struct lossy *lossy = (struct lossy *)source;

	build_sample(s, ++lossy->seq);
	s->lost[LOSS_LOG] = lost[lossy->seq > 4 ? 3 : lossy->seq - 1];
	return 0;
}

static const struct source_ops lossy_ops = {.name = "lossy", .sample = lossy_sample};

static void what_was_left_out_of_the_log(void **state)
{
	struct loop_options loop = {.delay = 1, .iterations = 3, .view = VIEW_LOG, .sort = "-when"};
	struct batch_options opts = {.loop = &loop, .format = BATCH_LOG, .no_wait = true};
	struct lossy lossy = {.source = {.ops = &lossy_ops}};
	char *text = NULL, err[256];
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(batch_run(&lossy.source, &opts, out, err, sizeof(err)), 0);
	fclose(out);
	/* each is told of once, and only those of the time since kvmtop looks */
	assert_string_equal(text, "... and 7 events more that did not fit in the log\n"
				  "... and 1 events more that did not fit in the log\n");
	free(text);
}

static void a_full_disk(void **state)
{
	static const enum batch_format formats[] = {BATCH_TABLE, BATCH_JSON, BATCH_CSV, BATCH_LOG};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct loop_options loop = {.delay = 1, .iterations = 3, .view = VIEW_LOG, .sort = "-when"};
		struct batch_options opts = {.loop = &loop, .format = formats[i], .no_wait = true};
		struct lossy lossy = {.source = {.ops = &lossy_ops}};
		FILE *out = fopen("/dev/full", "w");
		char err[256];

		assert_non_null(out);
		assert_int_equal(batch_run(&lossy.source, &opts, out, err, sizeof(err)), -ENOSPC);
		assert_string_equal(err, "No space left on device");
		fclose(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_left_out_of_the_log),
		cmocka_unit_test(a_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
