/* SPDX-License-Identifier: GPL-2.0-only */
/* Exit reasons by name: hardware exit reasons by ISA, KVM_EXIT_* for exits to user space. */
#ifndef KVMTOP_REASONS_H
#define KVMTOP_REASONS_H

#include "sample.h"

/* The kernel's own numbers (KVM_ISA_VMX 1, KVM_ISA_SVM 2: arch/x86/include/asm/kvm_host.h); arm64's is ours. */
enum kvm_isa { KVM_ISA_NONE, KVM_ISA_VMX, KVM_ISA_SVM, KVM_ISA_ARM64 };

/*
 * What the code of an EXIT_GUEST key is:
 *   VMX    exit_reason as the hardware gives it: bits 15..0 the basic reason, bit 31 VM entry failed, others ignored
 *   SVM    the low 32 bits of the VMCB's exit code; 0xffffffff is VMEXIT_INVALID
 *   arm64  ARM64_CODE(): the exception type that __guest_enter() returned and the exception class of ESR_EL2
 * and of an EXIT_USER key: KVM_EXIT_*, or, as a negative number, the errno that KVM_RUN returned.
 */
#define ARM64_CODE(ret, esr_ec) ((((u32)(ret)&0xffffff) << 8) | ((u32)(esr_ec)&0xff))

#define REASON_NAME_SIZE 48

/* "vmx", "svm", "arm64", or "isaN". */
const char *isa_name(u32 isa, char buf[REASON_NAME_SIZE]);
/*
 * The name KVM prints for it: "EPT_VIOLATION", "npf", "IO"; unknown ones keep their number: "svm:0x4ff",
 * "user:99". The result is a static string or buf.
 */
const char *reason_name(u32 isa, u64 key, char buf[REASON_NAME_SIZE]);
/* The guest had nothing to do: HLT, MWAIT, IDLE_HLT, WFx. */
bool reason_is_idle(u32 isa, u64 key);

#endif
