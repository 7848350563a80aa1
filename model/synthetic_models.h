/* SPDX-License-Identifier: GPL-2.0-only */
/* The exit reasons of the synthetic host: how often, how long, handled by whom. */
#ifndef KVMTOP_SYNTHETIC_MODELS_H
#define KVMTOP_SYNTHETIC_MODELS_H

#include "source.h"

/* What handling the exit involves. */
enum handling {
	BY_KVM,
	BY_HALT,     /* polls, then sleeps */
	BY_VMM,      /* each goes to the VMM */
	BY_VMM_SLOW, /* the slower ones go to the VMM */
};

struct model {
	u32 vmx, svm;
	enum handling on_vmx, on_svm;
	u32 typical_ns;
	u32 permille; /* of the time of a fully busy vCPU */
	s32 to_vmm;   /* MODEL_* of the exit to user space that goes with it, -1: none */
};

#define USER_MODEL 0xffffffffU /* in .vmx: an exit to user space, .svm is its KVM_EXIT_* */

enum { MODEL_HLT, MODEL_FAULT, MODEL_IO, MODEL_USER_IO, MODEL_MSR, MODEL_IRQ, MODEL_MMIO, MODEL_USER_MMIO };

#define MODELS 40

/* Where a model's durations lie: weights of 1024 by bucket. */
#define SHAPE_BEFORE 6
#define SHAPE_WIDTH  22
struct shape {
	u16 first, len; /* buckets that are kept */
	u16 start;      /* bucket of weight[0] */
	u16 weight[SHAPE_WIDTH];
	u64 mean_ns;
};

extern const struct model models[MODELS];

/* The key of the model's exits on that ISA. */
u64 model_key(u32 m, u32 isa);
/* Where each model's durations lie; those of exits to user space follow from the exits they belong to. */
void shapes_init(struct shape shapes[MODELS]);

/*
 * The events of all VMs in s, as they are after so many samples, of some groups (GROUP_BIT()s), by the reasons that the host
 * has. 0 or -ENOMEM.
 */
int synthetic_events(struct sample *s, u64 ticks, u32 reasons, u32 groups, bool healthy);
/* A line of the log for each of them that the wants ask for, spread over the last step_ns. 0 or -ENOMEM. */
int synthetic_log(struct sample *s, const struct wants *wants, u64 step_ns);

#endif
