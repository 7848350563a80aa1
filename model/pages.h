/* SPDX-License-Identifier: GPL-2.0-only */
/* BPF arrays as memory (BPF_F_MMAPABLE, since 5.5): whole pages, shared with the programs. */
#ifndef KVMTOP_PAGES_H
#define KVMTOP_PAGES_H

#include "types.h"

/* size bytes of the map behind fd, to be given back by pages_unmap() with the same size. NULL: the kernel refuses. */
void *pages_map(int fd, size_t size);
/* NULL is nothing. */
void pages_unmap(void *p, size_t size);

#endif
