/* SPDX-License-Identifier: GPL-2.0-only */
#include "../../model/past.h"
#include "../../ui/feed.h"
#include "record_check.h"

static struct source *open_good(const char *path)
{
	char error[256];
	int err;
	struct source *src = source_replay_open(path, &err, error, sizeof(error));

	if (!src)
		fail_msg("%s", error);
	return src;
}

static void samples_come_in_order_and_end(void **state)
{
	struct sample *all = synthetic_samples("2x2x6", 70), s = {0};
	struct source *src;

	(void)state;
	record_all(scratch_path("a"), all, 70, NULL);
	src = open_good(scratch_path("a"));
	assert_string_equal(replay_notice(src), "");
	assert_int_equal(replay_count(src), 70);
	for (u32 i = 0; i < 70; i++) {
		assert_int_equal(replay_position(src), i);
		assert_int_equal(source_sample(src, &s), 0);
		assert_true(same_sample(&s, &all[i]));
	}
	/* the end, as often as one asks, and what was last stays */
	for (u32 i = 0; i < 3; i++) {
		assert_int_equal(source_sample(src, &s), -ENODATA);
		assert_string_equal(src->error, "the recording ends here");
		assert_true(same_sample(&s, &all[69]));
	}
	source_close(src);
	sample_free(&s);
	samples_free(all, 70);
}

static void one_can_seek(void **state)
{
	struct sample *all = synthetic_samples("2x2x6", 70), s = {0};
	u64 seq, mono, real;
	struct source *src;

	(void)state;
	record_all(scratch_path("b"), all, 70, NULL);
	src = open_good(scratch_path("b"));
	assert_int_equal(replay_seek(src, 70), -EINVAL);
	for (u32 i = 0; i < 200; i++) {
		u32 at = i * 29 % 70;

		assert_int_equal(replay_seek(src, at), 0);
		assert_int_equal(source_sample(src, &s), 0);
		assert_true(same_sample(&s, &all[at]));
		assert_true(replay_time(src, at, &seq, &mono, &real));
		assert_true(seq == s.seq && mono == s.mono_ns && real == s.real_ns);
		assert_int_equal(replay_find(src, real), at);
		assert_int_equal(replay_find(src, real + 1), at);
		assert_int_equal(replay_find(src, real - 1), at ? at - 1 : 0);
	}
	assert_false(replay_time(src, 70, &seq, &mono, &real));
	source_close(src);
	sample_free(&s);
	samples_free(all, 70);
}

/* Byte by byte, but for the padding between members, which is nobody's. */
static void assert_same_rows(const struct exit_row *a, const struct exit_row *b, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		assert_memory_equal(&a[i], &b[i], offsetof(struct exit_row, made) + sizeof(a->made));
		assert_memory_equal(&a[i].key, &b[i].key,
				    offsetof(struct exit_row, was) + sizeof(a->was) - offsetof(struct exit_row, key));
		assert_memory_equal(&a[i].f, &b[i].f, sizeof(a->f));
	}
}

/* What the screen, scripts and tables are fed is the same as it was live, and the end holds the last frame. */
static void the_interface_sees_no_difference(void **state)
{
	struct synthetic_spec spec;
	struct feed live, replayed;
	struct source *source, *src;
	struct sample *all = synthetic_samples("4x3x12:3", 25);

	(void)state;
	record_all(scratch_path("c"), all, 25, NULL);
	assert_int_equal(synthetic_spec_parse("4x3x12:3", &spec), 0);
	source = source_synthetic_open(&spec);
	src = open_good(scratch_path("c"));
	feed_init(&live, source);
	feed_init(&replayed, src);
	for (u32 i = 0; i < 25; i++) {
		const struct snapshot *a, *b;

		assert_int_equal(feed_take(&live), 0);
		assert_int_equal(feed_take(&replayed), 0);
		assert_false(replayed.ended);
		for (int total = 0; total < 2; total++) {
			a = feed_shown(&live, total);
			b = feed_shown(&replayed, total);
			assert_int_equal(a->interval_ns, b->interval_ns);
			assert_int_equal(a->vcpu_exit_count, b->vcpu_exit_count);
			for (u32 v = 0; v < a->vcpu_count; v++) {
				snapshot_vcpu_exits(a, &a->vcpus[v]);
				snapshot_vcpu_exits(b, &b->vcpus[v]);
			}
			assert_same_rows(a->vcpu_exits, b->vcpu_exits, a->vcpu_exit_count);
			assert_same_rows(a->host_exits, b->host_exits, a->host_exit_count);
			assert_memory_equal(a->hist, b->hist, a->hist_count * sizeof(*a->hist));
			assert_memory_equal(&a->budget, &b->budget, sizeof(a->budget));
		}
	}
	assert_int_equal(feed_take(&replayed), 0);
	assert_true(replayed.ended);
	assert_int_equal(replayed.taken, 25);
	assert_int_equal(feed_newest(&replayed)->seq, 25);
	assert_true(feed_shown(&replayed, false)->interval_ns == NSEC_PER_SEC);
	/* back from the end */
	assert_int_equal(replay_seek(src, 3), 0);
	assert_int_equal(feed_take(&replayed), 0);
	assert_false(replayed.ended);
	assert_int_equal(feed_newest(&replayed)->seq, 4);
	feed_free(&live);
	feed_free(&replayed);
	source_close(source);
	source_close(src);
	samples_free(all, 25);
}

/* A gap is told by the sample behind it, and no figure of an interval is made up across it. */
static void a_gap_is_told(void **state)
{
	struct sample *all = synthetic_samples("1x1x6", 70), s = {0};
	struct snapshot snap = {0};
	size_t len, at = REC_MAGIC_LEN;
	struct rec_header h = {0};
	struct source *src;
	u32 next = 0, missing = 0;
	u8 *bytes;

	(void)state;
	record_all(scratch_path("d"), all, 70, NULL);
	bytes = file_bytes(scratch_path("d"), &len);
	/* the payload of sample 20 */
	while (rec_header_unpack(bytes + at, &h) && !(h.kind == REC_DELTA && h.number == 20))
		at += REC_HEADER + h.len;
	assert_int_equal(h.number, 20);
	bytes[at + REC_HEADER + h.len / 2] ^= 0x40;
	write_bytes(scratch_path("d"), bytes, len);
	src = open_good(scratch_path("d"));
	assert_int_equal(replay_count(src), 60);
	assert_non_null(strstr(replay_notice(src), "10 records damaged"));
	assert_non_null(strstr(replay_notice(src), "60 samples are readable"));
	assert_null(strstr(replay_notice(src), "closed"));
	for (u32 i = 0; i < 60; i++) {
		assert_int_equal(source_sample(src, &s), 0);
		next += s.missing;
		missing += s.missing;
		assert_int_equal(s.seq, next + 1);
		if (s.missing) {
			assert_int_equal(i, 20);
			assert_int_equal(s.missing, 10);
			assert_int_equal(snapshot_build(&snap, &all[19], &s, false), 0);
			assert_int_equal(snap.interval_ns, 11 * NSEC_PER_SEC);
		}
		next++;
	}
	assert_int_equal(missing, 10);
	assert_int_equal(next, 70);
	source_close(src);
	/* cut short */
	write_bytes(scratch_path("d"), bytes, at + 10);
	src = open_good(scratch_path("d"));
	assert_int_equal(replay_count(src), 20);
	assert_non_null(strstr(replay_notice(src), "not closed"));
	source_close(src);
	free(bytes);
	snapshot_free(&snap);
	sample_free(&s);
	samples_free(all, 70);
}

/* Recording on the way changes nothing of what is seen, and a recording of a replay is the same again. */
static void recording_on_the_way(void **state)
{
	struct sample *all = synthetic_samples("2x2x6:9", 40), s = {0};
	const char *from = scratch_path("e");
	char error[256], to[128];
	struct recorder *rec;
	struct source *inner, *src;
	int err;

	(void)state;
	record_all(from, all, 40, NULL);
	snprintf(to, sizeof(to), "%s", scratch_path("f"));
	rec = recorder_open(to, NULL, &err, error, sizeof(error));
	assert_non_null(rec);
	inner = open_good(from);
	src = source_record_open(inner, rec, true);
	assert_non_null(src);
	for (u32 i = 0; i < 40; i++) {
		assert_int_equal(source_sample(src, &s), 0);
		assert_true(same_sample(&s, &all[i]));
		/* once more from the middle: what is there already is not recorded again */
		for (u32 back = 5; i == 20 && back < 21; back++) {
			assert_int_equal(replay_seek(inner, back), 0);
			assert_int_equal(source_sample(src, &s), 0);
		}
	}
	assert_int_equal(source_sample(src, &s), -ENODATA);
	assert_string_equal(src->error, "the recording ends here");
	source_close(src);
	assert_int_equal(recorder_figures(rec).samples, 40);
	assert_true(recorder_figures(rec).cpu_ns > 0);
	assert_int_equal(recorder_close(rec, error, sizeof(error)), 0);
	src = open_good(to);
	for (u32 i = 0; i < 40; i++) {
		assert_int_equal(source_sample(src, &s), 0);
		assert_true(same_sample(&s, &all[i]));
	}
	source_close(src);
	sample_free(&s);
	samples_free(all, 40);
}

/* What rotation left is one recording again, its end and its gaps included; what was there before it stays out. */
static void rotated_files_are_one(void **state)
{
	struct sample *all = synthetic_samples("2x2x6:4", 200), *other = synthetic_samples("1x1x3", 20), s = {0};
	struct recorder_limits limits = {.max_age_ns = 30 * NSEC_PER_SEC, .keep = 4};
	struct past past = {0};
	struct source *src;
	u32 first, missing;
	u64 mono, real;
	size_t len;
	u8 *bytes;

	(void)state;
	/* an older recording under the same name */
	record_all(scratch_path("r"), other, 20, NULL);
	record_all(scratch_path("r"), all, 140, &limits);
	src = open_good(scratch_path("r"));
	assert_int_equal(replay_files(src), 5);
	assert_string_equal(replay_notice(src), "");
	assert_int_equal(replay_count(src), 140);
	for (u32 i = 0; i < 140; i++) {
		assert_int_equal(source_sample(src, &s), 0);
		assert_true(same_sample(&s, &all[i]));
	}
	assert_int_equal(source_sample(src, &s), -ENODATA);
	past.recording = src;
	assert_int_equal(past_first(&past), 1);
	assert_int_equal(past_last(&past), 140);
	for (u32 i = 0; i < 140; i++) {
		u32 at = i * 37 % 140;

		assert_int_equal(past_get(&past, all[at].seq, &s), 0);
		assert_true(same_sample(&s, &all[at]));
		assert_int_equal(past_before(&past, at + 1), at);
		assert_int_equal(past_step(&past, at + 1, 25), at + 26 > 140 ? 140 : at + 26);
		assert_int_equal(past_step(&past, at + 1, -25), at + 1 > 26 ? at - 24 : 1);
		assert_int_equal(past_seek_mono(&past, all[at].mono_ns + 1), at + 1);
		assert_int_equal(past_seek_real(&past, all[at].real_ns), at + 1);
		assert_true(past_time(&past, at + 1, &mono, &real) && mono == all[at].mono_ns);
	}
	assert_int_equal(past_get(&past, 141, &s), -ENOENT);
	assert_false(past_time(&past, 141, &mono, &real));
	source_close(src);
	/* fewer are kept: what is left is one, and what is older was not lost, but not kept */
	limits.keep = 2;
	record_all(scratch_path("r"), all, 200, &limits);
	src = open_good(scratch_path("r"));
	assert_int_equal(replay_files(src), 3);
	first = 200 - replay_count(src);
	assert_int_equal(source_sample(src, &s), 0);
	assert_true(same_sample(&s, &all[first]));
	source_close(src);
	/* the end of one is damaged: a hole that is told */
	bytes = file_bytes(scratch_path("r.1"), &len);
	write_bytes(scratch_path("r.1"), bytes, len * 2 / 3);
	free(bytes);
	src = open_good(scratch_path("r"));
	assert_int_equal(replay_files(src), 3);
	for (missing = 0, first--; source_sample(src, &s) == 0; first += 1 + s.missing) {
		missing += s.missing;
		assert_int_equal(s.seq, first + 2 + s.missing);
	}
	assert_true(missing > 0);
	assert_int_equal(first, 199);
	assert_non_null(strstr(replay_notice(src), "not closed"));
	source_close(src);
	/* a file that is lost in the middle: what is older may be of any day */
	assert_int_equal(rename(scratch_path("r.2"), scratch_path("r.1")), 0);
	src = open_good(scratch_path("r"));
	assert_int_equal(replay_files(src), 1);
	assert_non_null(strstr(replay_notice(src), "r.1 does not go on with it, and is left out"));
	source_close(src);
	/* another recording behind it */
	record_all(scratch_path("q"), other, 20, NULL);
	assert_int_equal(rename(scratch_path("q"), scratch_path("r.1")), 0);
	record_all(scratch_path("q"), other, 20, NULL);
	assert_int_equal(rename(scratch_path("q"), scratch_path("r")), 0);
	src = open_good(scratch_path("r"));
	assert_int_equal(replay_count(src), 20);
	assert_non_null(strstr(replay_notice(src), "r.1 does not go on with it, and is left out"));
	source_close(src);
	/* one that is none */
	write_bytes(scratch_path("r.1"), "x", 1);
	src = open_good(scratch_path("r"));
	assert_int_equal(replay_count(src), 20);
	assert_non_null(strstr(replay_notice(src), "what is older is left out: "));
	source_close(src);
	sample_free(&s);
	samples_free(all, 200);
	samples_free(other, 20);
}

/* A device that takes the first bytes and is full then. */
static void a_failure_stops_what_must_record_only(void **state)
{
	char error[256];
	struct synthetic_spec spec;
	int err;

	(void)state;
	assert_int_equal(synthetic_spec_parse("1x1x2", &spec), 0);
	for (int must = 0; must < 2; must++) {
		struct recorder *rec = recorder_open(scratch_path("g"), &(struct recorder_limits){.max_bytes = 1}, &err,
						     error, sizeof(error));
		struct source *src;
		struct sample s = {0};

		assert_non_null(rec);
		src = source_record_open(source_synthetic_open(&spec), rec, must);
		assert_int_equal(source_sample(src, &s), 0);
		/* the next file cannot be made */
		assert_int_equal(scratch_close(NULL), 0);
		assert_int_equal(source_sample(src, &s), must ? -ENOENT : 0);
		assert_int_equal(s.seq, 2);
		assert_non_null(strstr(must ? src->error : recorder_error(rec), "No such file"));
		source_close(src);
		assert_int_equal(recorder_close(rec, error, sizeof(error)), -ENOENT);
		sample_free(&s);
		assert_int_equal(scratch_open(NULL), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_come_in_order_and_end),
		cmocka_unit_test(one_can_seek),
		cmocka_unit_test(the_interface_sees_no_difference),
		cmocka_unit_test(a_gap_is_told),
		cmocka_unit_test(rotated_files_are_one),
		cmocka_unit_test(recording_on_the_way),
		cmocka_unit_test(a_failure_stops_what_must_record_only),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
