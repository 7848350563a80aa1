/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring to a file. A file system may take long, and one that is gone for ever: whoever looks at the screen does not wait
 * for it. The thread takes copies, some frames at a time, so that the ring goes on as it would without.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "history.h"

#define NAMES_MAX 100 /* of one stem */

struct history_saver {
	struct history *h;
	pthread_t thread;
	int fd; /* eventfd */
	struct rec_frame head;
	u32 head_crc;
	u64 last; /* seq, when it began */
	u32 samples;
	atomic_uint written; /* samples */
	atomic_bool done;    /* then the thread changes nothing any more */
	char stem[480];
	struct history_save now;
};

/* progress may be NULL: who is told after each call of history_frames(). */
static int write_ring(struct history *h, u64 last, const struct rec_frame *head, u32 crc, const char *path,
		      struct history_saver *progress, char *error, size_t error_size)
{
	struct rec_file file = REC_FILE_INIT;
	struct history_frames frames = {0};
	u64 after = 0;
	int ret, closed;

	ret = rec_file_create(&file, path, 1, error, error_size);
	if (ret)
		return ret;
	do {
		ret = history_frames(h, after, last, &frames);
		for (u32 i = 0; !ret && i < frames.count; i++) {
			ret = rec_file_put(&file, &frames.frame[i], head, crc);
			after = frames.frame[i].seq;
		}
		if (progress) {
			progress->written += frames.count;
			eventfd_write(progress->fd, 1);
		}
	} while (!ret && frames.count);
	closed = rec_file_close(&file, true);
	if (!ret)
		ret = closed;
	if (ret)
		snprintf(error, error_size, "%.200s: %s", path, strerror(-ret));
	free(frames.data);
	return ret;
}

int history_write(struct history *h, const char *path, char *error, size_t error_size)
{
	struct rec_frame head;
	u32 crc;
	int ret = history_head(h, &head, &crc);

	if (ret) {
		snprintf(error, error_size, "%s", ret == -ENODATA ? "nothing recorded yet" : "out of memory");
		return ret;
	}
	return write_ring(h, UINT64_MAX, &head, crc, path, NULL, error, error_size);
}

static void *save(void *arg)
{
	struct history_saver *saver = arg;
	struct history_save *now = &saver->now;
	char part[512];
	struct stat st;

	snprintf(part, sizeof(part), "%s.part%ld", saver->stem, (long)getpid());
	/* of a kvmtop of this pid that died while it wrote */
	unlink(part);
	now->ret = write_ring(saver->h, saver->last, &saver->head, saver->head_crc, part, saver, now->error,
			      sizeof(now->error));
	if (now->ret)
		snprintf(now->error, sizeof(now->error), "%.200s.rec: %s", saver->stem, strerror(-now->ret));
	for (int n = 1, ret = now->ret; !ret && n <= NAMES_MAX; n++) {
		char number[8] = "";

		if (n > 1)
			snprintf(number, sizeof(number), "-%d", n);
		snprintf(now->path, sizeof(now->path), "%s%s.rec", saver->stem, number);
		now->ret = file_move_new(part, now->path);
		if (now->ret)
			snprintf(now->error, sizeof(now->error), "%.200s: %s", now->path, strerror(-now->ret));
		if (now->ret != -EEXIST)
			break;
	}
	if (now->ret)
		unlink(part);
	else if (!stat(now->path, &st))
		now->bytes = (u64)st.st_size;
	saver->done = true;
	eventfd_write(saver->fd, 1);
	return NULL;
}

static void saver_free(struct history_saver *saver)
{
	if (saver->fd >= 0)
		close(saver->fd);
	free(saver);
}

struct history_saver *history_save_begin(struct history *h, const char *stem, int *err, char *error, size_t error_size)
{
	struct history_saver *saver = calloc(1, sizeof(*saver));
	struct history_figures f = history_figures(h);
	sigset_t all, old;

	*err = saver ? history_head(h, &saver->head, &saver->head_crc) : -ENOMEM;
	if (*err) {
		snprintf(error, error_size, "%s", *err == -ENODATA ? "nothing recorded yet" : "out of memory");
		free(saver);
		return NULL;
	}
	saver->h = h;
	saver->last = f.last_seq;
	saver->samples = f.samples;
	saver->now.span_ns = f.last_mono - f.first_mono;
	saver->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	*err = saver->fd < 0 ? -errno : 0;
	if (!*err && (size_t)snprintf(saver->stem, sizeof(saver->stem), "%s", stem) >= sizeof(saver->stem))
		*err = -ENAMETOOLONG;
	if (!*err) {
		/* signals are the main thread's */
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &old);
		*err = -pthread_create(&saver->thread, NULL, save, saver);
		pthread_sigmask(SIG_SETMASK, &old, NULL);
	}
	if (!*err)
		return saver;
	snprintf(error, error_size, "%.100s: %s", stem, strerror(-*err));
	saver_free(saver);
	return NULL;
}

void history_save_look(struct history_saver *saver, struct history_save *now)
{
	eventfd_t times;

	eventfd_read(saver->fd, &times);
	if (saver->done) {
		*now = saver->now;
		now->done = 1;
		return;
	}
	*now = (struct history_save){.on = true, .span_ns = saver->now.span_ns};
	now->done = saver->samples ? (double)saver->written / saver->samples : 0;
	/* some may have come and gone since it began */
	now->done = now->done > 0.99 ? 0.99 : now->done;
}

int history_save_fd(const struct history_saver *saver)
{
	return saver->fd;
}

void history_save_end(struct history_saver *saver, struct history_save *out)
{
	if (!saver)
		return;
	pthread_join(saver->thread, NULL);
	if (out)
		history_save_look(saver, out);
	saver_free(saver);
}
