/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry and interrupt handlers of the truth guest, at the fixed places that guest.h promises. Interrupts come only at
 * HLT (see halt() in guest_irq.c), which wants neither its flags nor its code segment back: the handlers return with a
 * plain RET, as KVM's software back end does not emulate IRET.
 */
#include "guest.h"

#define FLAGS_IF 0x200

	.code32
	.section .text.entry, "ax"
	.globl _start
_start:
	/* The VMM has set ESP; the stack's lowest word points to this vCPU's struct params. */
	movl %esp, %eax
	subl $1, %eax
	andl $~(STACK_SIZE - 1), %eax
	pushl (%eax)
	call guest_main
1:	cli
	hlt
	jmp 1b

	.org STUBS
	vector = 0
	.rept 256
	.balign STUB_STRIDE
	pushl $vector
	.if vector < 32
	jmp exception
	.else
	jmp interrupt
	.endif
	vector = vector + 1
	.endr

/*
 * A CPU takes no interrupt while they are off, as they are in this handler until the guest halts again. QEMU's SVM does
 * (accel/tcg, target/i386, up to 7.2 at least): VMRUN leaves the vector that it has injected in exception_index, and if
 * something else makes the CPU's loop come round before the next VM exit, such as the other CPU of a host with one
 * emulator thread, the vector is delivered once more. KVM has no part in it: back to where it came, flags and all.
 */
interrupt:
	testl $FLAGS_IF, 12(%esp)
	jz repeated
	pushal
	movl 32(%esp), %edx
	leal 36(%esp), %ecx
	movl %esp, %eax
	andl $~(STACK_SIZE - 1), %eax
	pushl %edx
	pushl %ecx
	pushl (%eax)
	call guest_irq
	addl $12, %esp
	popal
	addl $4, %esp
	ret $8

repeated:
	pushal
	movl %esp, %eax
	andl $~(STACK_SIZE - 1), %eax
	pushl (%eax)
	call guest_repeated
	addl $4, %esp
	popal
	addl $4, %esp
	pushl 8(%esp)
	popfl
	ret $8

exception:
	popl %eax
	shll $8, %eax
	orl $CONTROL_PANIC, %eax
	movl $PORT_CONTROL, %edx
1:	outl %eax, %dx
	jmp 1b

	.section .note.GNU-stack, "", %progbits
