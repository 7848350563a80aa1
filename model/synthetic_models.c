/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/kvm.h>

#include "hist.h"
#include "reasons.h"
#include "synthetic_models.h"

/* In the order of importance: a host of few reasons has the first ones. */
const struct model models[MODELS] = {
	[MODEL_HLT] = {12, 0x078, BY_HALT, BY_HALT, 600000, 0, -1},
	[MODEL_FAULT] = {48, 0x400, BY_KVM, BY_VMM_SLOW, 2500, 30, MODEL_USER_MMIO},
	[MODEL_IO] = {30, 0x07b, BY_VMM, BY_VMM, 9000, 35, MODEL_USER_IO},
	[MODEL_USER_IO] = {USER_MODEL, KVM_EXIT_IO, BY_KVM, BY_KVM, 0, 0, -1},
	[MODEL_MSR] = {32, 0x07c, BY_KVM, BY_KVM, 1200, 40, -1},
	[MODEL_IRQ] = {1, 0x060, BY_KVM, BY_KVM, 1800, 20, -1},
	[MODEL_MMIO] = {49, 0x402, BY_VMM_SLOW, BY_KVM, 6000, 15, MODEL_USER_MMIO},
	[MODEL_USER_MMIO] = {USER_MODEL, KVM_EXIT_MMIO, BY_KVM, BY_KVM, 0, 0, -1},
	{10, 0x072, BY_KVM, BY_KVM, 1100, 8, -1},
	{52, 0x064, BY_KVM, BY_KVM, 1000, 10, -1},
	{40, 0x077, BY_KVM, BY_KVM, 3000, 12, -1},
	{28, 0x010, BY_KVM, BY_KVM, 1500, 4, -1},
	{31, 0x004, BY_KVM, BY_KVM, 1100, 6, -1},
	{0, 0x04e, BY_KVM, BY_KVM, 1900, 3, -1},
	{7, 0x074, BY_KVM, BY_KVM, 900, 3, -1},
	{18, 0x081, BY_KVM, BY_KVM, 1300, 5, -1},
	{56, 0x401, BY_KVM, BY_KVM, 1000, 5, -1},
	{45, 0x061, BY_KVM, BY_KVM, 950, 3, -1},
	{54, 0x089, BY_KVM, BY_KVM, 80000, 1, -1},
	{15, 0x06f, BY_KVM, BY_KVM, 1200, 2, -1},
	{55, 0x08d, BY_KVM, BY_KVM, 1400, 1, -1},
	{29, 0x027, BY_KVM, BY_KVM, 1600, 1, -1},
	{16, 0x06e, BY_KVM, BY_KVM, 1000, 2, -1},
	{14, 0x079, BY_KVM, BY_KVM, 2100, 2, -1},
	{9, 0x07d, BY_KVM, BY_KVM, 9000, 1, -1},
	{44, 0x063, BY_KVM, BY_KVM, 4000, 2, -1},
	{43, 0x065, BY_KVM, BY_KVM, 1200, 1, -1},
	{58, 0x0a2, BY_KVM, BY_KVM, 1700, 1, -1},
	{62, 0x073, BY_KVM, BY_KVM, 15000, 2, -1},
	{8, 0x062, BY_KVM, BY_KVM, 1000, 1, -1},
	{51, 0x087, BY_KVM, BY_KVM, 900, 1, -1},
	{57, 0x013, BY_KVM, BY_KVM, 1000, 1, -1},
	{61, 0x014, BY_KVM, BY_KVM, 1000, 1, -1},
	{13, 0x076, BY_KVM, BY_KVM, 5000, 1, -1},
	{74, 0x0a5, BY_KVM, BY_KVM, 1300, 1, -1},
	{46, 0x066, BY_KVM, BY_KVM, 1400, 1, -1},
	{47, 0x068, BY_KVM, BY_KVM, 1400, 1, -1},
	{67, 0x08a, BY_KVM, BY_KVM, 2000, 1, -1},
	{68, 0x084, BY_KVM, BY_KVM, 2000, 1, -1},
	{75, 0x085, BY_KVM, BY_KVM, 30000, 1, -1},
};

u64 model_key(u32 m, u32 isa)
{
	if (models[m].vmx == USER_MODEL)
		return EXIT_KEY(EXIT_USER, models[m].svm);
	return EXIT_KEY(EXIT_GUEST, isa == KVM_ISA_VMX ? models[m].vmx : models[m].svm);
}

/* Rises over six buckets to the typical duration, then a tail that loses a third of its weight with every bucket. */
static void shape_init(struct shape *shape, u32 m)
{
	double weight[SHAPE_WIDTH], sum = 0, mean = 0;

	shape->start = hist_bucket(models[m].typical_ns) - SHAPE_BEFORE;
	for (u32 i = 0; i < SHAPE_WIDTH; i++) {
		weight[i] = i <= SHAPE_BEFORE ? i + 1 : weight[i - 1] * 0.66;
		sum += weight[i];
	}
	for (u32 i = 0; i < SHAPE_WIDTH; i++) {
		shape->weight[i] = (u16)(weight[i] / sum * 1024);
		mean += weight[i] / sum * (double)hist_bucket_low(shape->start + i + 1);
	}
	shape->mean_ns = (u64)mean;
	shape->first = shape->start;
	shape->len = SHAPE_WIDTH;
	if (m == MODEL_HLT) {
		/* Wide enough for a halt that was in flight. */
		shape->first = hist_bucket(50000);
		shape->len = hist_bucket(20 * NSEC_PER_MSEC) - shape->first;
	}
}

/* An exit to user space takes seven tenths of the exits that it belongs to. */
static void user_shape_init(struct shape *shapes, u32 user)
{
	u64 low = UINT64_MAX, high = 0;

	for (u32 m = 0; m < MODELS; m++) {
		if (models[m].to_vmm != (int)user)
			continue;
		if (hist_bucket_low(shapes[m].first) < low)
			low = hist_bucket_low(shapes[m].first);
		if (hist_bucket_low(shapes[m].first + shapes[m].len) > high)
			high = hist_bucket_low(shapes[m].first + shapes[m].len);
	}
	shapes[user].first = hist_bucket(low * 7 / 10);
	shapes[user].len = hist_bucket(high * 7 / 10) + 1 - shapes[user].first;
	shapes[user].mean_ns = 1;
}

void shapes_init(struct shape shapes[MODELS])
{
	for (u32 m = 0; m < MODELS; m++) {
		if (models[m].vmx != USER_MODEL)
			shape_init(&shapes[m], m);
	}
	user_shape_init(shapes, MODEL_USER_IO);
	user_shape_init(shapes, MODEL_USER_MMIO);
}
