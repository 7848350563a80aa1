/* SPDX-License-Identifier: GPL-2.0-only */
/* Included by the compiler before each unit test, whose main() becomes one of these (see the Makefile). */
#ifndef KVMTOP_TEST_RUNNER_H
#define KVMTOP_TEST_RUNNER_H

#define UNIT_TEST(name) int name##_main(void);
#include "unit_tests.h"
#undef UNIT_TEST

#endif
