/* SPDX-License-Identifier: GPL-2.0-only */
/* --features: what this host allows, and what is lost without it. */
#ifndef KVMTOP_FEATURES_H
#define KVMTOP_FEATURES_H

#include <stdio.h>

#include "../model/source.h"

/* Takes one sample of the source and reports. 0, or the source's error with its line in err. */
int features_print(struct source *source, FILE *out, char *err, size_t err_size);

#endif
