/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM that is paused, as it is seen from outside: all of its vCPUs that have ever run have left KVM_RUN, and none left it
 * with something for the VMM to do. A pause (QMP stop, virsh suspend, SIGSTOP, a debugger) gets them out by a signal, and
 * KVM_RUN then returns -EINTR; a vCPU that is stuck in its VMM is there with an I/O, a shutdown or an error.
 */
#ifndef KVMTOP_PAUSED_H
#define KVMTOP_PAUSED_H

#include "sample.h"

/* Whether a key of EXIT_USER says that a signal ended KVM_RUN. */
bool exit_by_signal(u64 key);
/*
 * For how long the VM has been so, in ns; 0: it is not, or for less than a second. A VM of one vCPU that left KVM_RUN before
 * kvmtop came, so that why is not known, is not taken for a paused one unless its process is stopped.
 */
u64 vm_paused_ns(const struct sample *s, const struct vm_sample *vm);
/*
 * For a source: what /proc says of the VM's process while all of its vCPUs in the sample are outside KVM_RUN for a second and
 * more (vm_sample.process_state), else 0. Reads a file only then.
 */
u8 vm_process_state(const struct sample *s, const struct vm_sample *vm);
/* Of any process: the letter of /proc/PID/stat (proc(5)), 0: there is no such process. */
u8 process_state(u32 pid);

#endif
