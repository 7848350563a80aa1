/* SPDX-License-Identifier: GPL-2.0-only */
/* The truth VMM: one VM, its vCPUs, what it is to do and what it saw. */
#ifndef KVMTOP_LAB_VMM_H
#define KVMTOP_LAB_VMM_H

#include <linux/kvm.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "guest.h"

/* KVM_RUN's returns are told apart by KVM_EXIT_*, or by errno above these. */
#define RETURN_CODES 64
#define RETURN_ERRNO 64
#define RETURNS      (RETURN_CODES + RETURN_ERRNO)
#define SLOW_KEPT    256

#define IOCTL_KINDS  40
#define REGIONS      256
#define IRQ_SOURCES  256
#define IRQ_LINES    24 /* pins of the IOAPIC */
#define DIRTY_CYCLES 64

/* How often an ioctl was made on one file. */
struct ioctl_row {
	unsigned long request; /* 0: the row is free */
	uint64_t count;
	uint64_t errors; /* of these */
};

struct ioctls {
	struct ioctl_row row[IOCTL_KINDS];
};

/* One KVM_SET_USER_MEMORY_REGION. */
struct region {
	uint32_t slot;
	uint32_t flags;
	uint64_t gpa;
	uint64_t size; /* bytes; 0: the slot was removed */
	uint64_t hva;
	int error; /* negative errno */
};

/* One way by which interrupts came to one vCPU's vector. */
struct irq_source {
	const char *source; /* msi, irqfd, ioapic, pic */
	unsigned int vcpu;
	unsigned int vector;
	uint64_t address; /* of an MSI */
	unsigned int data;
	unsigned int gsi; /* 0: none */
	uint64_t count;
	uint64_t coalesced; /* raised in vain besides: the line was up already */
};

/* What was written between two readings of the log. */
struct dirty_cycle {
	unsigned int vcpus; /* which did the step */
	uint64_t written;   /* pages, by the guests' account */
	uint64_t logged;    /* by KVM's account */
	uint64_t marks;     /* with those that a ring holds more than once */
};

/* A request's number has so many bits for a size, by which those of --ioctl-kinds differ. */
#define KINDS_MAX 16383

struct options {
	const char *name;
	const char *output; /* truth JSON, NULL: standard output */
	const char *hold;   /* file name stem of the rendezvous, NULL: none */
	unsigned int vcpus;
	unsigned int repeat;
	unsigned int lives;       /* VMs, one after the other */
	unsigned int ioctl_kinds; /* requests that KVM has not, each another */
	struct {
		struct step step;
		int vcpu; /* -1: all */
		uint64_t ns;
	} step[STEPS];
	unsigned int steps;
	int pin[GUEST_VCPUS];
	unsigned int pins;
	uint64_t fresh_pages; /* of the largest step that touches fresh memory */
	uint64_t dirty_pages; /* of a vCPU, in the largest step that logs */
	bool dirty_ring;
	bool ask;            /* whether the steps can be done */
	bool one_thread;     /* runs all vCPUs, in turn */
	uint64_t huge_pages; /* of a vCPU, in the largest such step */
};

/* A stay in the VMM that a step asked for, with CLOCK_MONOTONIC times. */
struct slow {
	unsigned int op;
	uint64_t begin_ns;
	uint64_t end_ns;
};

struct vcpu {
	struct vm *vm;
	unsigned int id;
	int fd;
	int tid;
	struct kvm_run *run;
	volatile struct params *params;
	pthread_t thread;
	unsigned int step_of[STEPS]; /* guest's step number -> options' */
	int error;                   /* negative errno, 0: all went well */
	bool done;
	unsigned int vain; /* how often its page is still not to be had */
	bool msi_pending;  /* under vm->lock: the guest waits for the MSIs of msi_step */
	unsigned int msi_step;

	/* the truth */
	struct ioctls ioctls;
	uint64_t returns[RETURNS];
	uint64_t user_ns[RETURNS]; /* return of KVM_RUN to the next KVM_RUN */
	unsigned int last_return;  /* of KVM_RUN: index of the arrays above */
	uint64_t returned_ns;
	uint64_t run_ns; /* inside KVM_RUN */
	uint64_t first_ns, last_ns;
	uint64_t msi_sent;
	struct slow slow[SLOW_KEPT];
	unsigned int slows;
	struct kvm_dirty_gfn *ring;
	uint32_t ring_next;  /* entry, counted on and on */
	uint64_t ring_pages; /* that this vCPU's ring had */
};

struct vm {
	const struct options *opt;
	int kvm_fd;
	int fd;
	int irqchip_fd; /* arm64: the interrupt controller; 0 where it is no device */
	uint8_t *ram;
	uint8_t *fresh;
	uint64_t fresh_size;
	uint8_t *huge;         /* at a multiple of HUGE_SIZE */
	const char *huge_from; /* hugetlb, or thp: transparent */
	int run_size;          /* bytes of a vCPU's struct kvm_run */
	uint64_t tick_khz;     /* of the clock that the guest reads */
	bool vmcall;
	struct vcpu vcpu[GUEST_VCPUS];
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned int running;
	struct vcpu *chip_owner;    /* who has the IOAPIC, NULL: nobody */
	unsigned int met, meetings; /* vCPUs that wait for the others; how often all have come */
	bool stop;

	/* the truth */
	struct ioctls kvm_ioctls, vm_ioctls, device_ioctls;
	struct region region[REGIONS];
	struct irq_source irq[IRQ_SOURCES];
	uint64_t line[IRQ_LINES][2]; /* KVM_IRQ_LINE by GSI and level */
	uint8_t *dirty;
	uint16_t *dirty_times; /* each page of it: how often it was in the log */
	uint16_t *dirty_last;  /* the last cycle of the VM in which it was, counted from 1 */
	unsigned int dirty_cycle_now;
	struct dirty_cycle dirty_cycle[DIRTY_CYCLES];
	unsigned int dirty_cycles;
	int eventfd[GUEST_VCPUS];
	bool irqfds;
	unsigned int regions; /* may be above REGIONS: the rest is not kept */
};

/* CLOCK_MONOTONIC in ns. */
uint64_t now_ns(void);

/* Opens /dev/kvm, which has what the steps need. 0, or a negative errno after one line on stderr. */
int vm_open(struct vm *vm, const struct options *opt);
/* Creates the VM and its vCPUs at rest, none of which has run. 0, or a negative errno after one line on stderr. */
int vm_create(struct vm *vm, const struct options *opt);
void vm_destroy(struct vm *vm);
/* Sends an MSI with the given vector to one vCPU. 0 or a negative errno. */
int vm_send_msi(struct vm *vm, unsigned int vcpu, unsigned int vector);

/*
 * An ioctl on /dev/kvm, the VM or the vCPU, counted. Returns what ioctl() does. All ioctls on KVM's files come through
 * counted_ioctl(); any thread may call it.
 */
int kvm_ioctl(struct vm *vm, unsigned long request, unsigned long arg);
int vm_ioctl(struct vm *vm, unsigned long request, unsigned long arg);
int vcpu_ioctl(struct vcpu *vcpu, unsigned long request, unsigned long arg);
int counted_ioctl(struct ioctls *table, int fd, unsigned long request, unsigned long arg);
/* So many on the VM that fail, each another request, and counted nowhere. */
void strange_ioctls(struct vm *vm, unsigned int kinds);
/* "" when it has none. */
const char *ioctl_name(unsigned long request);
#define POINTER(p) ((unsigned long)(p))

/* Anonymous memory in small pages, each first touch of which is one fault. NULL: there is none. The caller unmaps it. */
uint8_t *vm_memory(uint64_t size);
/* KVM_SET_USER_MEMORY_REGION, kept for the truth; size 0 removes the slot. 0 or a negative errno after one line. */
int vm_set_region(struct vm *vm, uint32_t slot, uint32_t flags, uint64_t gpa, const void *hva, uint64_t size);

/*
 * Dirty logging of one memslot. Begin, collect or end of a step (DIRTY_*) that so many vCPUs do together; they are at
 * rest. 0 or a negative errno.
 */
int dirty_create(struct vm *vm);
int dirty_create_vcpu(struct vcpu *vcpu);
void dirty_destroy(struct vm *vm);
int dirty_step(struct vm *vm, const struct step *s, unsigned int vcpus, uint32_t what);

/* Prints "vmm: WHAT: " and errno's text, and returns -errno. */
int vmm_fail(const char *what);

/*
 * What each architecture has of its own (vmm_x86.c, vmm_arm64.c), in the order of the calls. 0, or a negative errno after
 * one line on stderr.
 */
bool arch_has(struct vm *vm, unsigned int op);
int arch_create_vm(struct vm *vm);
void arch_fill_memory(struct vm *vm);
int arch_create_vcpu(struct vcpu *vcpu);
int arch_finish_vm(struct vm *vm);
/* The argument that the guest gets for a step whose option said arg: times in ticks of the clock it uses. */
uint64_t arch_step_arg(const struct vm *vm, unsigned int op, uint64_t arg);

/* Raises one interrupt of a step for a vCPU, from a thread that is no vCPU's; the guest counts those that it took at
 * arch_irqs(). arch_lower() lets a line of the interrupt controller down. 0 or a negative errno. */
int arch_raise(struct vm *vm, unsigned int vcpu, const struct step *s);
int arch_lower(struct vm *vm, unsigned int line);
const volatile unsigned int *arch_irqs(const struct vcpu *vcpu, const struct step *s);
/* x86: eventfds that raise MSIs, when a step wants them; checks the pins of all steps. */
int irqfds_create(struct vm *vm);

/* Thread body of a vCPU: runs the guest until it has done its steps; argument is its struct vcpu. */
void *vcpu_thread(void *arg);
/* The same for all vCPUs of a VM, one KVM_RUN of each in turn; argument is the struct vm. */
void *turns_thread(void *arg);

/* Parses the command line; exits with status 2 and one line when it cannot be understood. */
void options_parse(struct options *opt, int argc, char **argv);
const char *op_name(unsigned int op);

/* Writes the figures behind KVM_GET_STATS_FD's file as the members of a JSON object. False when one cannot be read. */
bool stats_write(FILE *f, int fd);

/* Writes what was done as one JSON object. 0 or a negative errno. */
int truth_write(struct vm *vm, const char *path);

#endif
