/* SPDX-License-Identifier: GPL-2.0-only */
/* Recordings that are cut, damaged, or made to do harm. */
#include <sys/resource.h>

#include "record_check.h"
#include "sweep.h"

/* more than one key frame, and few enough bytes to try each */
#define SMALL 36

struct small {
	struct sample *all;
	u8 *bytes;
	size_t len;
	const char *path;
};

static void small_open(struct small *sm)
{
	sm->all = samples_of("1x1x2", SMALL, GROUP_BIT(GROUP_TIMER));
	sm->path = scratch_path("small");
	record_all(sm->path, sm->all, SMALL, NULL);
	sm->bytes = file_bytes(sm->path, &sm->len);
}

static void small_close(struct small *sm)
{
	samples_free(sm->all, SMALL);
	free(sm->bytes);
}

/*
 * What can be read is what was written, in order; what cannot is told: with the sample behind the gap, as damage, or
 * as a refusal. Returns how many samples there are.
 */
static u32 check_damaged(const struct small *sm, const char *path, bool flipped)
{
	char error[256];
	int err;
	struct recording *rec = recording_open(path, &err, error, sizeof(error));
	u32 next = 0, n;

	if (!rec) {
		assert_true(err == -EBADMSG || err == -ENODATA);
		assert_true(strlen(error) > 10 && !strchr(error, '\n'));
		return 0;
	}
	n = recording_count(rec);
	for (u32 i = 0; i < n; i++) {
		const struct sample *got;

		next += recording_entry(rec, i)->missing;
		assert_true(next < SMALL);
		assert_int_equal(recording_get(rec, i, &got), 0);
		if (!same_sample(got, &sm->all[next]))
			fail_msg("sample %u is not what was recorded", next);
		next++;
	}
	if (flipped)
		assert_true(recording_damage(rec).records > 0 && recording_damage(rec).bytes > 0);
	else if (next < SMALL)
		assert_true(recording_damage(rec).cut);
	recording_close(rec);
	return n;
}

/*
 * Every byte of the file's begin and end, and of the others one in 17, or all: each means that the whole file is read. Records are
 * longer than that, so none is left out; over the records of a file all places in one come up.
 */
static bool tried(const struct small *sm, size_t at)
{
	return at < 256 || at + 512 > sm->len || at % sweep(17, 1) == 0;
}

static void cut_anywhere(void **state)
{
	u32 last = 0, n = 0;
	struct small sm;

	(void)state;
	small_open(&sm);
	for (size_t len = 0; len <= sm.len; len++) {
		struct rec_header h;

		if (!tried(&sm, len))
			continue;

		write_bytes(scratch_path("cut"), sm.bytes, len);
		n = check_damaged(&sm, scratch_path("cut"), false);
		/* each whole record counts from its last byte on, and never less than before */
		assert_true(n == last || n == last + 1);
		if (n > last && tried(&sm, len - 1))
			assert_true(rec_header_unpack(sm.bytes + len, &h));
		last = n;
	}
	assert_int_equal(n, SMALL);
	small_close(&sm);
}

static void flipped_anywhere(void **state)
{
	u32 lost_most = 0, told = 0, all = 0;
	struct small sm;

	(void)state;
	small_open(&sm);
	for (size_t at = 0; at < sm.len; at++) {
		static const u8 masks[] = {0x01, 0x80, 0xff, 0x10};
		u8 mask = masks[at % ARRAY_SIZE(masks)];
		u32 n;

		if (!tried(&sm, at))
			continue;
		all++;
		sm.bytes[at] ^= mask;
		write_bytes(scratch_path("flip"), sm.bytes, sm.len);
		n = check_damaged(&sm, scratch_path("flip"), true);
		sm.bytes[at] ^= mask;
		told += n < SMALL;
		if (SMALL - n > lost_most)
			lost_most = SMALL - n;
	}
	/* one byte costs no more than what builds on it */
	assert_true(lost_most <= REC_KEY_EVERY);
	assert_true(told > all / 2);
	print_message("%u of %zu bytes flipped in turn: at most %u of %u samples lost\n", all, sm.len, lost_most,
		      SMALL);
	small_close(&sm);
}

/* Records out of order, twice, or left out: nothing is decoded against the wrong sample. */
static void records_moved(void **state)
{
	size_t at[2 * SMALL + 1], len[2 * SMALL + 1], records = 0;
	struct small sm;
	u64 rng = 9;
	u8 *bytes;

	(void)state;
	small_open(&sm);
	for (size_t i = REC_MAGIC_LEN; i < sm.len; records++) {
		struct rec_header h;

		assert_true(rec_header_unpack(sm.bytes + i, &h));
		assert_true(records < 2 * SMALL);
		at[records] = i;
		len[records] = REC_HEADER + h.len;
		i += len[records];
	}
	bytes = malloc(3 * sm.len);
	assert_non_null(bytes);
	for (u32 round = 0; round < sweep(60, 300); round++) {
		size_t size = REC_MAGIC_LEN;

		memcpy(bytes, sm.bytes, size);
		for (size_t i = 0; i < records; i++) {
			size_t from = rnd(&rng) % 12 ? i : rnd(&rng) % records;

			if (rnd(&rng) % 20 == 0 || size + len[from] > 3 * sm.len)
				continue;
			memcpy(bytes + size, sm.bytes + at[from], len[from]);
			size += len[from];
		}
		write_bytes(scratch_path("moved"), bytes, size);
		/* left out ones at the end cannot be known: only what is there is judged */
		{
			char error[256];
			int err;
			struct recording *rec = recording_open(scratch_path("moved"), &err, error, sizeof(error));
			const struct sample *got;
			u32 next = 0;

			for (u32 i = 0; rec && i < recording_count(rec); i++) {
				next += recording_entry(rec, i)->missing;
				assert_true(next < SMALL);
				assert_int_equal(recording_get(rec, i, &got), 0);
				assert_true(same_sample(got, &sm.all[next++]));
			}
			recording_close(rec);
		}
	}
	free(bytes);
	small_close(&sm);
}

/* --- hostile frames: right checksums, wrong contents -------------------------------------------------------------- */

/* Whatever the decoder lets pass must be safe for what comes after it. */
static void use(struct snapshot *snap, const struct sample *prev, const struct sample *s, FILE *sink)
{
	for (u32 i = 0; i < s->exit_count; i++)
		assert_true(s->exits[i].hist.len == 0 ||
			    (s->exits[i].hist.off + s->exits[i].hist.len <= s->hist_count &&
			     s->exits[i].hist.first + s->exits[i].hist.len <= HIST_BUCKETS));
	assert_int_equal(snapshot_build(snap, prev, s, false), 0);
	assert_int_equal(snapshot_build(snap, NULL, s, true), 0);
	assert_int_equal(json_write_sample(sink, s, 1), 0);
}

static void hostile_frames(void **state)
{
	struct encoder *enc = encoder_new(rec_schema());
	struct decoder *dec = decoder_new();
	FILE *sink = fopen("/dev/null", "w");
	struct snapshot snap = {0};
	struct sample good = {0};
	u8 raw[2][65536], packed[70000], first[70000], *head_data;
	u32 raw_len[2], first_len = 0, passed = 0, head_crc, crc, n = sweep(1500, 30000);
	struct rec_frame frame, head;
	struct pair p;
	u64 rng = 77;

	(void)state;
	assert_true(enc && dec && sink);
	pair_open(&p, "2x2x6");
	for (u32 i = 0; i < 2; i++) {
		pair_next(&p);
		assert_int_equal(encoder_add(enc, &p.b, false, &frame), 0);
		raw_len[i] = zstd_from(raw[i], sizeof(raw[i]), frame.data, frame.len);
		assert_int_equal(raw_len[i], frame.raw_len);
		if (!i)
			memcpy(first, frame.data, first_len = frame.len);
	}
	assert_int_equal(encoder_head(enc, &head, &head_crc), 0);
	head_data = malloc(head.len);
	memcpy(head_data, head.data, head.len);
	assert_int_equal(decoder_head(dec, head_data, head.len, head.raw_len), 0);
	for (u32 i = 0; i < n; i++) {
		u32 kind = i % 2, len = raw_len[kind];
		const struct sample *got;
		u8 bad[65536 + 16];
		int ret;

		memcpy(bad, raw[kind], len);
		for (u32 k = 0; k <= rnd(&rng) % 4; k++) {
			u32 at = rnd(&rng) % len;

			switch (rnd(&rng) % 4) {
			case 0:
				bad[at] = rnd(&rng);
				break;
			case 1:
				bad[at] ^= 1U << rnd(&rng) % 8;
				break;
			case 2: /* a long number */
				memset(bad + at, 0xff, len - at < 9 ? len - at : 9);
				break;
			default: /* a run of zeros, and shorter or longer */
				bad[at] = 0;
				len = rnd(&rng) % 2 ? len : at + 1;
			}
		}
		crc = (i / 2 % 2 ? deflate_to : zstd_to)(packed, sizeof(packed), bad, len);
		if (kind) {
			assert_int_equal(decoder_add(dec, true, first, first_len, raw_len[0], &got), 0);
			assert_int_equal(sample_copy(&good, got), 0);
		}
		ret = decoder_add(dec, !kind, packed, crc, len, &got);
		assert_true(ret == 0 || ret == -EBADMSG);
		if (!ret) {
			passed++;
			use(&snap, kind ? &good : NULL, got, sink);
		}
	}
	/* some pass: they are what a sample could be */
	assert_true(passed > n / 300 && passed < n / 30 * 29);
	print_message("%u frames with right checksums and wrong contents: %u could be samples\n", n, passed);
	/* the same for descriptions */
	for (u32 i = 0; i < sweep(300, 5000); i++) {
		static u8 bad[REC_HEAD_MAX];
		uLongf len = sizeof(bad);
		const struct sample *got;
		int ret;

		assert_int_equal(uncompress(bad, &len, head_data, head.len), Z_OK);
		for (u32 k = 0; k <= rnd(&rng) % 3; k++)
			bad[rnd(&rng) % len] = rnd(&rng);
		crc = deflate_to(packed, sizeof(packed), bad, len);
		ret = decoder_head(dec, packed, crc, len);
		assert_true(ret == 0 || ret == -EBADMSG || ret == -EPROTONOSUPPORT);
		ret = decoder_add(dec, true, first, first_len, raw_len[0], &got);
		assert_true(ret == 0 || ret == -EBADMSG);
		if (!ret)
			use(&snap, NULL, got, sink);
	}
	free(head_data);
	fclose(sink);
	pair_close(&p);
	snapshot_free(&snap);
	sample_free(&good);
	encoder_free(enc);
	decoder_free(dec);
}

static u32 varint(u8 *to, u64 v)
{
	u32 n = 0;

	for (; v >= 0x80; v >>= 7)
		to[n++] = v | 0x80;
	to[n++] = v;
	return n;
}

/* A few bytes that claim a great host: refused before memory is asked for. */
static void claims_are_not_believed(void **state)
{
	static const u64 claims[] = {1ULL << 21, 1ULL << 32, UINT64_MAX};
	struct encoder *enc = encoder_new(rec_schema());
	struct decoder *dec = decoder_new();
	struct rec_frame frame, head;
	const struct sample *got;
	struct sample s = {0};
	struct rusage before, after;
	u8 raw[4096], packed[8192];
	u32 crc;

	(void)state;
	build_sample(&s, 1);
	assert_int_equal(encoder_add(enc, &s, true, &frame), 0);
	assert_int_equal(encoder_head(enc, &head, &crc), 0);
	assert_int_equal(decoder_head(dec, head.data, head.len, head.raw_len), 0);
	getrusage(RUSAGE_SELF, &before);
	for (size_t i = 0; i < ARRAY_SIZE(claims); i++) {
		u32 (*pack)(u8 * to, u32 room, const u8 *from, u32 len) = i % 2 ? deflate_to : zstd_to;
		u32 len = zstd_from(raw, sizeof(raw), frame.data, frame.len), n;

		/* the last three bytes are the numbers of VMs, vCPUs and exits: none */
		assert_true(raw[len - 3] == 0 && raw[len - 2] == 0 && raw[len - 1] == 0);
		for (u32 table = 1; table <= 3; table++) {
			u32 at = len - table + varint(raw + len - table, claims[i]);

			raw[at++] = 0;
			at += varint(raw + at, UINT64_MAX);
			n = pack(packed, sizeof(packed), raw, at);
			assert_int_equal(decoder_add(dec, true, packed, n, at, &got), -EBADMSG);
			raw[len - table] = 0;
		}
		n = pack(packed, sizeof(packed), raw, len);
		/* an unpacked length that its bytes cannot have */
		assert_int_equal(decoder_add(dec, true, packed, n, REC_RAW_MAX, &got), -EBADMSG);
		assert_int_equal(decoder_add(dec, true, packed, n, UINT32_MAX, &got), -EBADMSG);
		assert_int_equal(decoder_add(dec, true, packed, n, len - 1, &got), -EBADMSG);
		assert_int_equal(decoder_add(dec, true, packed, n, len + 1, &got), -EBADMSG);
	}
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < 32 << 10);
	sample_free(&s);
	encoder_free(enc);
	decoder_free(dec);
}

/* Names from a file are foreign text. */
static void texts_are_cleaned(void **state)
{
	struct encoder *enc = encoder_new(rec_schema());
	struct decoder *dec = decoder_new();
	struct rec_frame frame, head;
	const struct sample *got;
	struct sample s = {0};
	struct vcpu_sample *v;
	u32 crc;

	(void)state;
	build_sample(&s, 1);
	build_vm(&s, 1, "a\033[2Jb\xff");
	strcpy(s.vms[0].vmm, "\r\n");
	v = build_vcpu(&s, 1, 0);
	v->preemptors[0] = (struct preemptor){.tid = 1, .comm = "x\033]0;y\a", .count = 1};
	strcpy(s.host, "h\033c");
	s.waiting = "for\033[0m it";
	build_vm(&s, 2, "");
	assert_int_equal(encoder_add(enc, &s, true, &frame), 0);
	assert_int_equal(encoder_head(enc, &head, &crc), 0);
	assert_int_equal(decoder_head(dec, head.data, head.len, head.raw_len), 0);
	assert_string_equal(decoder_host(dec), "h?c");
	assert_int_equal(strncmp(decoder_program(dec), "kvmtop ", 7), 0);
	assert_int_equal(decoder_add(dec, true, frame.data, frame.len, frame.raw_len, &got), 0);
	assert_string_equal(got->vms[0].name, "a?[2Jb?");
	assert_string_equal(got->vms[0].vmm, "??");
	assert_string_equal(got->vms[1].name, "?");
	assert_string_equal(got->vcpus[0].preemptors[0].comm, "x?]0;y?");
	assert_string_equal(got->host, "h?c");
	assert_string_equal(got->waiting, "for?[0m it");
	sample_free(&s);
	encoder_free(enc);
	decoder_free(dec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(flipped_anywhere),
		cmocka_unit_test(records_moved),
		cmocka_unit_test(hostile_frames),
		cmocka_unit_test(claims_are_not_believed),
		cmocka_unit_test(texts_are_cleaned),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
