/* SPDX-License-Identifier: GPL-2.0-only */
/* The bundled recording: a host of the lab with one incident after the other (tests/recordings/make-demo). */
#ifndef KVMTOP_DEMO_H
#define KVMTOP_DEMO_H

#include "source.h"

/* As source_replay_open(), of the recording inside the program. */
struct source *source_demo_open(int *err, char *error, size_t error_size);

#endif
