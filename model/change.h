/* SPDX-License-Identifier: GPL-2.0-only */
/* How a row's figures differ from those of the same row in another interval. */
#ifndef KVMTOP_CHANGE_H
#define KVMTOP_CHANGE_H

#include "query.h"

/*
 * Turns a value of snap into the change since snap->base, where the column is a number that can be subtracted: then
 * out->change is set. What did not exist in base yet began at 0; a duration (p99, max) that one of the two does not have has
 * no change that could be known.
 */
void change_apply(const struct column *col, const struct snapshot *snap, union row_ref row, struct value *out);

#endif
