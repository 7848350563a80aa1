// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "demo.h"

/* The file becomes part of the program, so that --demo works wherever the program does. */
__asm__(".section .rodata\n"
	".global demo_recording, demo_recording_end\n"
	"demo_recording:\n"
	".incbin \"" DEMO_RECORDING "\"\n"
	"demo_recording_end:\n"
	".previous\n");

extern const char demo_recording[], demo_recording_end[];

struct source *source_demo_open(int *err, char *error, size_t error_size)
{
	size_t size = demo_recording_end - demo_recording;
	int fd = memfd_create("kvmtop-demo", MFD_CLOEXEC);
	struct source *source = NULL;
	char path[64];

	*err = 0;
	if (fd < 0 || write(fd, demo_recording, size) != (ssize_t)size) {
		*err = errno ? -errno : -EIO;
		snprintf(error, error_size, "no memory for the demo: %s", strerror(-*err));
	} else {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		source = source_replay_open(path, err, error, error_size);
	}
	if (fd >= 0)
		close(fd);
	return source;
}
