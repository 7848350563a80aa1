/* SPDX-License-Identifier: GPL-2.0-only */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "record_check.h"
#include "sweep.h"

/* All of them, in order, whole. */
static void check_these(const char *path, const struct sample *all, u32 n, bool cut)
{
	struct recording *rec = open_recording(path);
	const struct sample *got;

	assert_int_equal(recording_count(rec), n);
	assert_int_equal(recording_damage(rec).records, 0);
	assert_int_equal(recording_damage(rec).cut, cut);
	for (u32 i = 0; i < n; i++) {
		assert_int_equal(recording_get(rec, i, &got), 0);
		if (!same_sample(got, &all[i]))
			fail_msg("%s: sample %u came back another", path, i);
	}
	assert_same_json(got, &all[n - 1]);
	/* and in any order */
	for (u32 i = 0; i < n; i++) {
		u32 at = (i * 37 + n / 2) % n;

		assert_int_equal(recording_get(rec, at, &got), 0);
		assert_true(same_sample(got, &all[at]));
		assert_int_equal(recording_entry(rec, at)->missing, 0);
	}
	assert_int_equal(recording_get(rec, n, &got), -ENODATA);
	assert_null(recording_entry(rec, n));
	recording_close(rec);
}

static void check_all(const char *path, const struct sample *all, u32 n)
{
	check_these(path, all, n, false);
}

static void synthetic_hosts_come_back(void **state)
{
	static const char *const specs[] = {"1x1x1", "2x3x12", "8x4x12", "12x8x40:5"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		u32 n = sweep(REC_KEY_EVERY + 4, 100);
		struct sample *all = synthetic_samples(specs[i], n);

		record_all(scratch_path("round"), all, n, NULL);
		check_all(scratch_path("round"), all, n);
		samples_free(all, n);
	}
}

/* Any value in any member, rows that come and go: a member that is forgotten in the table shows here. */
static void every_member_comes_back(void **state)
{
	struct sample *all = calloc(80, sizeof(*all));
	u64 rng = 42;

	(void)state;
	assert_non_null(all);
	for (u32 i = 0; i < 80; i++)
		random_sample(&all[i], i + 7, &rng);
	record_all(scratch_path("members"), all, 80, NULL);
	check_all(scratch_path("members"), all, 80);
	samples_free(all, 80);
}

/* A selection of VMs leaves unused rows behind; they are not recorded, and nothing else is lost. */
static void a_selection_comes_back(void **state)
{
	u32 pids[2];
	struct synthetic_spec spec;
	struct sample s = {0};
	struct source *source;
	struct recorder *rec;
	struct recording *back;
	const struct sample *got;
	char error[256], *json[10];
	int err;

	(void)state;
	assert_int_equal(synthetic_spec_parse("6x3x12", &spec), 0);
	source = source_synthetic_open(&spec);
	assert_int_equal(source_sample(source, &s), 0);
	pids[0] = s.vms[1].pid;
	pids[1] = s.vms[4].pid;
	source = source_select_open(source, pids, 2, NULL, &err, error, sizeof(error));
	rec = recorder_open(scratch_path("some"), NULL, &err, error, sizeof(error));
	assert_non_null(rec);
	for (u32 i = 0; i < 10; i++) {
		assert_int_equal(source_sample(source, &s), 0);
		assert_int_equal(s.vm_count, 2);
		assert_int_equal(recorder_add(rec, &s), 0);
		json[i] = json_of(&s);
	}
	assert_int_equal(recorder_close(rec, error, sizeof(error)), 0);
	back = open_recording(scratch_path("some"));
	for (u32 i = 0; i < 10; i++) {
		char *text;

		assert_int_equal(recording_get(back, i, &got), 0);
		assert_true(got->exit_count < s.exit_count && got->hist_count < s.hist_count);
		text = json_of(got);
		assert_string_equal(text, json[i]);
		free(text);
		free(json[i]);
	}
	recording_close(back);
	source_close(source);
	sample_free(&s);
}

/* --- other versions ----------------------------------------------------------------------------------------------- */

/* Writes as a kvmtop with this table would; NULL path: into memory only. */
static void record_with(const struct rec_schema *schema, const char *path, const struct sample *all, u32 n)
{
	struct encoder *enc = encoder_new(schema);
	struct rec_file file = REC_FILE_INIT;
	struct rec_frame frame, head;
	char error[256];
	u32 crc;

	assert_non_null(enc);
	unlink(path);
	assert_int_equal(rec_file_create(&file, path, 1, error, sizeof(error)), 0);
	for (u32 i = 0; i < n; i++) {
		assert_int_equal(encoder_add(enc, &all[i], i % 10 == 0, &frame), 0);
		assert_int_equal(encoder_head(enc, &head, &crc), 0);
		assert_int_equal(rec_file_put(&file, &frame, &head, crc), 0);
	}
	assert_int_equal(rec_file_close(&file, false), 0);
	encoder_free(enc);
}

static struct rec_table *table_of(struct rec_schema *schema, const char *name)
{
	return (struct rec_table *)rec_table_find(schema, name);
}

static void remove_field(struct rec_table *t, const char *name)
{
	const struct rec_field *field = rec_field_find(t, name);
	size_t at = field - t->fields;

	assert_non_null(field);
	memmove(&t->fields[at], &t->fields[at + 1], (t->field_count - at - 1) * sizeof(*field));
	t->field_count--;
}

/* Fields of every type, and a table, that this version does not know. */
static void unknown_fields_are_skipped(void **state)
{
	static struct rec_schema newer;
	struct sample *all = calloc(40, sizeof(*all));
	struct rec_table *vms, *exits, *more;
	u64 rng = 3;

	(void)state;
	newer = *rec_schema();
	vms = table_of(&newer, "vms");
	exits = table_of(&newer, "exits");
	rec_field_add(vms, "later.name", REC_TEXT, VM_NAME_SIZE, offsetof(struct vm_sample, name));
	rec_field_add(vms, "later.flag", REC_BOOL, 1, offsetof(struct vm_sample, ended));
	rec_field_add(exits, "later.count", REC_UINT, 8, offsetof(struct exit_sample, count));
	rec_field_add(exits, "later.hist", REC_SPARSE, sizeof(struct hist_span), offsetof(struct exit_sample, hist));
	rec_field_add(table_of(&newer, "host"), "later.waiting", REC_STATIC, sizeof(char *),
		      offsetof(struct sample, waiting));
	rec_field_add(table_of(&newer, "vcpus"), "later.id", REC_INT, 4, offsetof(struct vcpu_sample, vcpu_id));
	/* a known name of another type is another field */
	rec_field_add(exits, "total", REC_UINT, 8, offsetof(struct exit_sample, total_ns));
	/* and a field in front of all, so that none is where it was */
	memmove(&vms->fields[1], &vms->fields[0], vms->field_count * sizeof(vms->fields[0]));
	vms->fields[0] = vms->fields[vms->field_count];
	/* a table between those that are known */
	memmove(&newer.tables[3], &newer.tables[2], (newer.table_count - 2) * sizeof(newer.tables[0]));
	newer.table_count++;
	more = &newer.tables[2];
	*more = newer.tables[4];
	strcpy(more->name, "later");
	more->match = REC_MATCH_INDEX;
	for (u32 i = 0; i < 40; i++)
		random_sample(&all[i], i + 1, &rng);
	record_with(&newer, scratch_path("newer"), all, 40);
	check_all(scratch_path("newer"), all, 40);
	samples_free(all, 40);
}

static void missing_fields_are_zero(void **state)
{
	static struct rec_schema older;
	struct sample *all = calloc(40, sizeof(*all));
	struct recording *rec;
	u64 rng = 4, seen = 0;

	(void)state;
	older = *rec_schema();
	remove_field(table_of(&older, "vcpus"), "migrations");
	remove_field(table_of(&older, "exits"), "hist");
	remove_field(table_of(&older, "vms"), "vmm");
	remove_field(table_of(&older, "host"), "lost.nested");
	remove_field(table_of(&older, "host"), "probe.sched.status");
	remove_field(table_of(&older, "host"), "probe.sched.err");
	for (u32 i = 0; i < 40; i++) {
		random_sample(&all[i], i + 1, &rng);
		/* of a version with less probes */
		all[i].probe_count = PROBE_COUNT - 1;
	}
	record_with(&older, scratch_path("older"), all, 40);
	rec = open_recording(scratch_path("older"));
	assert_int_equal(recording_count(rec), 40);
	for (u32 i = 0; i < 40; i++) {
		struct sample *was = &all[i];
		const struct sample *got;

		assert_int_equal(recording_get(rec, i, &got), 0);
		for (u32 k = 0; k < was->vcpu_count; k++) {
			seen += was->vcpus[k].migrations;
			was->vcpus[k].migrations = 0;
		}
		for (u32 k = 0; k < was->vm_count; k++) {
			memset(was->vms[k].vmm, 0, sizeof(was->vms[k].vmm));
			strcpy(was->vms[k].vmm, "?");
		}
		for (u32 k = 0; k < was->exit_count; k++)
			memset(&was->exits[k].hist, 0, sizeof(was->exits[k].hist));
		/* the buckets of events are all there is left */
		for (u32 k = 0, off = 0; k < was->event_count; k++) {
			struct hist_span *span = &was->events[k].x.hist;

			memmove(&was->hist[off], &was->hist[span->off], span->len * sizeof(*was->hist));
			span->off = off;
			off += span->len;
			was->hist_count = off;
		}
		was->lost[LOSS_NESTED] = 0;
		/* its padding, too */
		memset(&was->probes[PROBE_SCHED], 0, sizeof(was->probes[PROBE_SCHED]));
		was->probe_count = PROBE_COUNT;
		assert_true(same_sample(got, was));
	}
	assert_true(seen > 0);
	recording_close(rec);
	samples_free(all, 40);
}

static void a_newer_format_is_refused(void **state)
{
	static u8 raw[REC_HEAD_MAX], packed[REC_HEAD_MAX], out[REC_HEAD_MAX];
	struct sample *all = synthetic_samples("1x1x2", 1);
	uLongf raw_len = sizeof(raw);
	struct rec_header h;
	char error[256];
	size_t len;
	u8 *bytes;
	int err;

	(void)state;
	record_all(scratch_path("future"), all, 1, NULL);
	bytes = file_bytes(scratch_path("future"), &len);
	assert_true(rec_header_unpack(bytes + REC_MAGIC_LEN, &h));
	assert_int_equal(h.kind, REC_HEAD);
	/* with zlib for ever: any version must be able to read which one it is */
	assert_int_equal(uncompress(raw, &raw_len, bytes + REC_MAGIC_LEN + REC_HEADER, h.len), Z_OK);
	assert_int_equal(raw[0], REC_VERSION);
	raw[0] = REC_VERSION + 1;
	h.len = deflate_to(packed, sizeof(packed), raw, raw_len);
	h.crc = crc32(0, packed, h.len);
	memcpy(out, REC_MAGIC, REC_MAGIC_LEN);
	rec_header_pack(out + REC_MAGIC_LEN, &h);
	memcpy(out + REC_MAGIC_LEN + REC_HEADER, packed, h.len);
	write_bytes(scratch_path("future"), out, REC_MAGIC_LEN + REC_HEADER + h.len);
	assert_null(recording_open(scratch_path("future"), &err, error, sizeof(error)));
	assert_int_equal(err, -EPROTONOSUPPORT);
	assert_non_null(strstr(error, "newer kvmtop"));
	free(bytes);
	samples_free(all, 1);
}

static void what_is_no_recording(void **state)
{
	static const char text[] =
		"kvmtop samples are not in here, but this is long enough to be looked at twice over.\n";
	char error[256];
	int err;

	(void)state;
	write_bytes(scratch_path("text"), text, sizeof(text));
	assert_null(recording_open(scratch_path("text"), &err, error, sizeof(error)));
	assert_int_equal(err, -EBADMSG);
	assert_non_null(strstr(error, "not a recording"));
	write_bytes(scratch_path("empty"), text, 0);
	assert_null(recording_open(scratch_path("empty"), &err, error, sizeof(error)));
	assert_int_equal(err, -EBADMSG);
	assert_null(recording_open(scratch_path("nosuch"), &err, error, sizeof(error)));
	assert_int_equal(err, -ENOENT);
	assert_null(recording_open(scratch_dir, &err, error, sizeof(error)));
	assert_int_equal(err, -EISDIR);
	assert_null(recording_open("/dev/zero", &err, error, sizeof(error)));
	assert_int_equal(err, -ESPIPE);
}

/* Files that earlier versions wrote stay readable: figures as they were when each was made. */
static void golden_files(void **state)
{
	static const struct {
		const char *file, *name;
		u32 samples, vms, vcpus, events;
		u64 exits, count, buckets, cpu_ns;
	} golden[] = {
		{"tests/recordings/v1.rec", "db-primary", 40, 2, 4, 0, 3622392, 3903719, 3903717, 20080000},
		{"tests/recordings/v2.rec", "db-primary", 20, 2, 4, 234, 2533227, 2701222, 2701221, 10048000},
	};

	(void)state;
	for (size_t g = 0; g < ARRAY_SIZE(golden); g++) {
		struct recording *rec = open_recording(golden[g].file);
		u64 exits = 0, count = 0, buckets = 0;
		const struct sample *got;

		assert_int_equal(recording_count(rec), golden[g].samples);
		assert_int_equal(recording_damage(rec).records, 0);
		assert_string_equal(recording_program(rec), "kvmtop 0.1");
		assert_string_equal(recording_host(rec), "synthetic");
		assert_int_equal(recording_get(rec, golden[g].samples - 1, &got), 0);
		for (u32 i = 0; i < got->vcpu_count; i++)
			exits += got->vcpus[i].exits;
		for (u32 i = 0; i < got->exit_count; i++) {
			count += got->exits[i].count;
			for (u32 k = 0; k < got->exits[i].hist.len; k++)
				buckets += got->hist[got->exits[i].hist.off + k];
		}
		assert_int_equal(got->seq, golden[g].samples);
		assert_int_equal(got->vm_count, golden[g].vms);
		assert_int_equal(got->vcpu_count, golden[g].vcpus);
		assert_int_equal(got->event_count, golden[g].events);
		assert_string_equal(got->vms[1].name, golden[g].name);
		assert_int_equal(exits, golden[g].exits);
		assert_int_equal(count, golden[g].count);
		assert_int_equal(buckets, golden[g].buckets);
		assert_int_equal(got->cost.cpu_ns, golden[g].cpu_ns);
		assert_int_equal(got->probes[PROBE_DISCOVER].status, PROBE_ON);
		for (u32 i = 0; i < got->vcpu_count; i++) {
			u64 sum = 0;

			for (u32 k = 0; k < VCPU_STATES; k++)
				sum += got->vcpus[i].time_ns[k];
			assert_int_equal(sum, got->vcpus[i].age_ns);
		}
		recording_close(rec);
	}
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static bool exists(const char *name)
{
	return !access(scratch_path(name), F_OK);
}

static void files_rotate(void **state)
{
	struct recorder_limits by_size = {.max_bytes = 20000, .keep = 3};
	struct recorder_limits by_age = {.max_age_ns = 25 * NSEC_PER_SEC, .keep = 9};
	struct sample *all = synthetic_samples("4x4x12", 100);
	u64 next = 101;
	u32 total = 0;

	(void)state;
	record_all(scratch_path("size"), all, 100, &by_size);
	assert_true(exists("size") && exists("size.1") && exists("size.2") && exists("size.3") && !exists("size.4"));
	/* newest first: they join without a gap, and each stands for itself */
	for (u32 i = 0; i <= 3; i++) {
		char name[16];
		struct recording *rec;
		const struct sample *got;
		struct stat st;
		u32 n;

		snprintf(name, sizeof(name), i ? "size.%u" : "size", i);
		assert_int_equal(stat(scratch_path(name), &st), 0);
		assert_true(st.st_size < 20000 + 40000);
		assert_int_equal(st.st_mode & 0777, 0600);
		rec = open_recording(scratch_path(name));
		n = recording_count(rec);
		assert_true(recording_entry(rec, n - 1)->seq == next - 1);
		next = recording_entry(rec, 0)->seq;
		assert_int_equal(recording_get(rec, n / 2, &got), 0);
		assert_true(same_sample(got, &all[got->seq - 1]));
		recording_close(rec);
	}
	record_all(scratch_path("age"), all, 100, &by_age);
	assert_true(exists("age.3") && !exists("age.4"));
	for (u32 i = 0; i <= 3; i++) {
		char name[16];
		struct recording *rec;

		snprintf(name, sizeof(name), i ? "age.%u" : "age", i);
		rec = open_recording(scratch_path(name));
		assert_int_equal(recording_count(rec), 25);
		total += recording_count(rec);
		recording_close(rec);
	}
	assert_int_equal(total, 100);
	samples_free(all, 100);
}

/* What was recorded yesterday is not overwritten, and a link is not followed. */
static void an_old_file_is_kept(void **state)
{
	struct sample *all = synthetic_samples("1x1x2", 5);
	char line[128];
	size_t len;
	u8 *bytes;

	(void)state;
	write_bytes(scratch_path("again"), "yesterday", 9);
	write_bytes(scratch_path("precious"), "precious", 8);
	record_all(scratch_path("again"), all, 5, NULL);
	check_all(scratch_path("again"), all, 5);
	bytes = file_bytes(scratch_path("again.1"), &len);
	assert_memory_equal(bytes, "yesterday", 9);
	free(bytes);
	snprintf(line, sizeof(line), "%s", scratch_path("precious"));
	assert_int_equal(symlink(line, scratch_path("link")), 0);
	record_all(scratch_path("link"), all, 5, NULL);
	bytes = file_bytes(scratch_path("precious"), &len);
	assert_memory_equal(bytes, "precious", 8);
	free(bytes);
	samples_free(all, 5);
}

/* The disk is full: what was written before is whole, the failure is told, and told again. */
static void a_full_disk(void **state)
{
	struct sample *all = synthetic_samples("4x4x12", 40);
	struct rlimit old, limit;
	struct recorder *rec;
	char error[256];
	u32 written = 0;
	int err, ret = 0;

	(void)state;
	rec = recorder_open("/dev/full", NULL, &err, error, sizeof(error));
	assert_null(rec);
	assert_int_equal(err, -ENOSPC);
	assert_non_null(strstr(error, "No space left"));

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 60000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	rec = recorder_open(scratch_path("full"), NULL, &err, error, sizeof(error));
	for (; written < 40 && !ret; written += !ret)
		ret = recorder_add(rec, &all[written]);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(ret, -EFBIG);
	assert_true(written > 2 && written < 40);
	assert_int_equal(recorder_add(rec, &all[written]), -EFBIG);
	assert_non_null(strstr(recorder_error(rec), "File too large"));
	assert_int_equal(recorder_figures(rec).samples, written);
	assert_int_equal(recorder_close(rec, error, sizeof(error)), -EFBIG);
	check_these(scratch_path("full"), all, written, true);
	samples_free(all, 40);
}

static void limits_are_read(void **state)
{
	static const char *const bad[] = {"",      "0", "64",  "64M,", "64M,32M", "1h,2h",     "64M:",     "64M:0",
					  "64M:x", "M", "-1M", "64X",  "64M1h",   "64M:10000", "9999999G", "1.5G"};
	struct recorder_limits l;

	(void)state;
	assert_int_equal(recorder_limits_parse("64M", &l), 0);
	assert_true(l.max_bytes == 64 << 20 && !l.max_age_ns && l.keep == 9);
	assert_int_equal(recorder_limits_parse("1h,2G:24", &l), 0);
	assert_true(l.max_bytes == 2ULL << 30 && l.max_age_ns == 3600 * NSEC_PER_SEC && l.keep == 24);
	assert_int_equal(recorder_limits_parse("90s:1", &l), 0);
	assert_true(l.max_age_ns == 90 * NSEC_PER_SEC && l.keep == 1);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (recorder_limits_parse(bad[i], &l) != -EINVAL)
			fail_msg("\"%s\" was taken", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(synthetic_hosts_come_back),
		cmocka_unit_test(every_member_comes_back),
		cmocka_unit_test(a_selection_comes_back),
		cmocka_unit_test(unknown_fields_are_skipped),
		cmocka_unit_test(missing_fields_are_zero),
		cmocka_unit_test(a_newer_format_is_refused),
		cmocka_unit_test(what_is_no_recording),
		cmocka_unit_test(golden_files),
		cmocka_unit_test(files_rotate),
		cmocka_unit_test(an_old_file_is_kept),
		cmocka_unit_test(a_full_disk),
		cmocka_unit_test(limits_are_read),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
