/* SPDX-License-Identifier: GPL-2.0-only */
/* The views that there are, each in the file of its columns. Others get at them by view_columns(). */
#ifndef KVMTOP_VIEWS_H
#define KVMTOP_VIEWS_H

#include "query.h"

extern const struct view_columns vm_view;
extern const struct view_columns vcpu_view;
extern const struct view_columns exit_view;
extern const struct view_columns irq_view;
extern const struct view_columns vector_view;
extern const struct view_columns fault_view;
extern const struct view_columns region_view;
extern const struct view_columns stuck_view;
extern const struct view_columns dirty_view;
extern const struct view_columns dirty_vcpu_view;
extern const struct view_columns page_view;
extern const struct view_columns hypercall_view;
extern const struct view_columns timer_view;
extern const struct view_columns ioctl_view;
extern const struct view_columns memslot_view;
extern const struct view_columns cause_view;
extern const struct view_columns halt_view;
extern const struct view_columns stretch_view;
extern const struct view_columns log_view;
extern const struct view_columns finding_view;

#endif
