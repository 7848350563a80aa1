/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest of the truth guest, by AMD's VMRUN: it does CPUID, which the host itself answers, and VMMCALL, which comes to
 * the truth guest. Offsets and bits as in AMD's manual, volume 2, appendix B.
 */
#include "guest_x86.h"

#define MSR_EFER     0xc0000080
#define MSR_HSAVE    0xc0010117
#define EFER_SVME    0x1000
#define EXIT_VMMCALL 0x81
#define LEAF         7
#define CR4_PSE      0x10
#define PAGE_4M      0x83 /* present, writable */

/* Of the VMCB, in bytes. */
#define CONTROL_INTERCEPT2 0x010
#define CONTROL_ASID       0x058
#define CONTROL_EXIT       0x070
#define SAVE               0x400
#define SAVE_CS            (SAVE + 0x10)
#define SAVE_SEGMENT       0x10 /* bytes each; the first four are ES, CS, SS, DS */
#define SAVE_EFER          (SAVE + 0x0d0)
#define SAVE_CR0           (SAVE + 0x158)
#define SAVE_DR7           (SAVE + 0x160)
#define SAVE_DR6           (SAVE + 0x168)
#define SAVE_RFLAGS        (SAVE + 0x170)
#define SAVE_RIP           (SAVE + 0x178)
#define SAVE_RAX           (SAVE + 0x1f8)
#define INTERCEPT_VMRUN    0x1 /* must be */
#define INTERCEPT_VMMCALL  0x2
#define CODE               0xc9b /* flat, 32 bits */
#define DATA               0xc93

extern const char guest_inner[];
__asm__("guest_inner: cpuid\n"
	".byte 0x0f, 0x01, 0xd9\n" /* VMMCALL */
	"jmp guest_inner");

static void set(unsigned int address, unsigned int value)
{
	*(volatile unsigned int *)address = value;
}

static void fill(unsigned int vmcb)
{
	for (unsigned int i = 0; i < PAGE; i += 4)
		set(vmcb + i, 0);
	set(vmcb + CONTROL_INTERCEPT2, INTERCEPT_VMRUN | INTERCEPT_VMMCALL);
	set(vmcb + CONTROL_ASID, 1);
	for (unsigned int s = SAVE; s < SAVE + 4 * SAVE_SEGMENT; s += SAVE_SEGMENT) {
		set(vmcb + s, s == SAVE_CS ? 0x08 | CODE << 16 : 0x10 | (unsigned int)DATA << 16);
		set(vmcb + s + 4, 0xffffffff);
	}
	set(vmcb + SAVE_EFER, EFER_SVME);
	set(vmcb + SAVE_CR0, 0x31);
	set(vmcb + SAVE_DR7, 0x400);
	set(vmcb + SAVE_DR6, 0xffff0ff0);
	set(vmcb + SAVE_RFLAGS, 2);
}

/* KVM lets nobody be a hypervisor without paging: every address is itself, by pages of 4 MiB. */
static void paging(unsigned int directory)
{
	for (unsigned int i = 0; i < PAGE / 4; i++)
		set(directory + i * 4, i << 22 | PAGE_4M);
	__asm__ volatile("movl %0, %%cr3\n"
			 "movl %1, %%cr4\n"
			 "movl %%cr0, %%eax\n"
			 "orl $0x80000000, %%eax\n"
			 "movl %%eax, %%cr0"
			 :
			 : "r"(directory), "r"(CR4_PSE)
			 : "eax", "memory");
}

static void no_paging(void)
{
	__asm__ volatile("movl %%cr0, %%eax\n"
			 "andl $0x7fffffff, %%eax\n"
			 "movl %%eax, %%cr0"
			 :
			 :
			 : "eax", "memory");
}

void step_nested(struct params *p, const struct step *s)
{
	unsigned int vmcb = GUEST_NESTED + p->id * 4 * PAGE;

	wrmsr(p, MSR_EFER, rdmsr(p, MSR_EFER) | EFER_SVME);
	wrmsr(p, MSR_HSAVE, vmcb + PAGE);
	paging(vmcb + 2 * PAGE);
	fill(vmcb);
	for (unsigned int i = 0; i < s->count && !p->stop; i++) {
		set(vmcb + SAVE_RIP, (unsigned int)guest_inner);
		set(vmcb + SAVE_RAX, LEAF);
		did(p, DETAIL_CPUID, 0, LEAF);
		/* CLGI, VMRUN, STGI; what the inner guest leaves in registers is its own. */
		__asm__ volatile("pushl %%ebp\n"
				 ".byte 0x0f, 0x01, 0xdd\n"
				 ".byte 0x0f, 0x01, 0xd8\n"
				 ".byte 0x0f, 0x01, 0xdc\n"
				 "popl %%ebp"
				 :
				 : "a"(vmcb)
				 : "ebx", "ecx", "edx", "esi", "edi", "memory", "cc");
		if (*(volatile unsigned int *)(vmcb + CONTROL_EXIT) != EXIT_VMMCALL)
			control(p, CONTROL_PANIC | *(volatile unsigned int *)(vmcb + CONTROL_EXIT) << 8);
		p->events[OP_NESTED]++;
	}
	no_paging();
}
