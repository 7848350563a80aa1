/* SPDX-License-Identifier: GPL-2.0-only */
/* Entry of the truth guest on arm64, and its exception vectors: none is expected. */
#include "guest.h"

	.section .text.entry, "ax"
	.globl _start
_start:
	/* The VMM has set x0 to this vCPU's struct params and x1 to the end of its stack. */
	mov	sp, x1
	adr	x2, vectors
	msr	vbar_el1, x2
	isb
	bl	guest_main
1:	wfi
	b	1b

	.macro unexpected
	.balign	128
	ldr	x0, =(GUEST_PORTS + PORT_CONTROL)
	mov	w1, #CONTROL_PANIC
1:	str	w1, [x0]
	b	1b
	.endm

	.balign	2048
vectors:
	.rept	16
	unexpected
	.endr
	.ltorg

	.section .note.GNU-stack, "", %progbits
