/* SPDX-License-Identifier: GPL-2.0-only */
/* What files are written with that must be whole or not there. */
#ifndef KVMTOP_FILES_H
#define KVMTOP_FILES_H

/* Gives the file another name, which nothing has yet: -EEXIST where something has. 0 or a negative errno; then it stays. */
int file_move_new(const char *from, const char *to);

#endif
