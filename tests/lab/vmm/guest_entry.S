/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry and interrupt handlers of the truth guest, at the fixed places that guest.h promises. Interrupts come only at
 * HLT (see halt() in guest.c), which wants neither its flags nor its code segment back: the handlers return with a
 * plain RET, as KVM's software back end does not emulate IRET.
 */
	.code32
	.section .text.entry, "ax"
	.globl _start
_start:
	/* The VMM has set ESP; the stack's lowest word points to this vCPU's struct params. */
	movl %esp, %eax
	subl $1, %eax
	andl $~(0x2000 - 1), %eax
	pushl (%eax)
	call guest_main
1:	cli
	hlt
	jmp 1b

	.balign 64
timer:
	pushal
	leal 32(%esp), %ecx
	movl %esp, %eax
	andl $~(0x2000 - 1), %eax
	pushl %ecx
	pushl (%eax)
	call guest_timer_irq
	addl $8, %esp
	popal
	ret $8

	.balign 64
msi:
	pushal
	leal 32(%esp), %ecx
	movl %esp, %eax
	andl $~(0x2000 - 1), %eax
	pushl %ecx
	pushl (%eax)
	call guest_msi_irq
	addl $8, %esp
	popal
	ret $8

	.balign 64
unexpected:
	movl $0xe08, %edx
	movl $3, %eax
	outl %eax, %dx
	jmp unexpected

	.section .note.GNU-stack, "", %progbits
