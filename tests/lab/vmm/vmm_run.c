/* SPDX-License-Identifier: GPL-2.0-only */
/* The truth VMM's vCPU threads: KVM_RUN, what it returned, and for how long the VMM kept the vCPU. */
#define _GNU_SOURCE
#include "vmm.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NSEC 1000000000ULL
#define PAGE 4096UL

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NSEC + (uint64_t)t.tv_nsec;
}

static void sleep_until(uint64_t ns)
{
	struct timespec t = {.tv_sec = (time_t)(ns / NSEC), .tv_nsec = (long)(ns % NSEC)};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/* Stays in the handler for the step's time: busy to the nanosecond, or asleep. */
static void slow(struct vcpu *vcpu, unsigned int number)
{
	const struct options *opt = vcpu->vm->opt;
	struct slow s = {.begin_ns = now_ns()};
	unsigned int i;
	uint64_t end;

	if (number >= vcpu->params->steps) {
		vcpu->error = -EPROTO;
		return;
	}
	i = vcpu->step_of[number];
	s.op = opt->step[i].step.op;
	end = s.begin_ns + opt->step[i].ns;
	if (s.op == OP_STUCK)
		sleep_until(end);
	do
		s.end_ns = now_ns();
	while (s.end_ns < end);
	if (vcpu->slows < SLOW_KEPT)
		vcpu->slow[vcpu->slows] = s;
	vcpu->slows++;
}

/* As many memslots as the step says are added and removed. */
static void slots(struct vcpu *vcpu, unsigned int number)
{
	struct vm *vm = vcpu->vm;
	unsigned int count = vcpu->params->step[number % STEPS].count;
	uint8_t *memory = vm_memory(SLOTS_EACH * SLOT_SIZE);
	/* Each vCPU has its own, so that several may do this at once. */
	unsigned int first = SLOT_FIRST + vcpu->id * SLOTS_EACH;
	uint64_t gpa = GUEST_SLOTS + (uint64_t)vcpu->id * SLOTS_EACH * SLOT_STRIDE;

	if (!memory)
		vcpu->error = -ENOMEM;
	/* There is always one of the last that is not gone yet when the next comes. */
	for (unsigned int i = 0; !vcpu->error && i <= count; i++) {
		unsigned int k = i % SLOTS_EACH, before = (i + SLOTS_EACH - 1) % SLOTS_EACH;

		if (i < count)
			vcpu->error = vm_set_region(vm, first + k, i % 2 ? KVM_MEM_READONLY : 0, gpa + k * SLOT_STRIDE,
						    memory + k * SLOT_SIZE, SLOT_SIZE);
		if (i && !vcpu->error)
			vcpu->error = vm_set_region(vm, first + before, 0, gpa + before * SLOT_STRIDE,
						    memory + before * SLOT_SIZE, 0);
	}
	if (memory)
		munmap(memory, SLOTS_EACH * SLOT_SIZE);
}

/* One that KVM must refuse. */
static void failing_ioctl(struct vcpu *vcpu)
{
	uint64_t bits = 0;
	struct kvm_dirty_log log = {.slot = SLOT_MISSING, .dirty_bitmap = &bits};

	if (!vm_ioctl(vcpu->vm, KVM_GET_DIRTY_LOG, POINTER(&log)))
		vcpu->error = -EPROTO;
}

/* Waits until all vCPUs that do a step have come; the last does what there is to do while they are at rest. */
static void meet(struct vcpu *vcpu, unsigned int number, uint32_t value)
{
	struct vm *vm = vcpu->vm;
	const struct options *opt = vm->opt;
	const unsigned int i = vcpu->step_of[number % STEPS];
	unsigned int all = opt->step[i].vcpu >= 0 ? 1 : opt->vcpus;
	unsigned int meeting;

	pthread_mutex_lock(&vm->lock);
	meeting = vm->meetings;
	if (++vm->met == all) {
		if ((value & 0xff) == CONTROL_DIRTY)
			vcpu->error = dirty_step(vm, &opt->step[i].step, all, value & 0xf0000);
		vm->met = 0;
		vm->meetings++;
		pthread_cond_broadcast(&vm->changed);
	}
	while (meeting == vm->meetings && !vm->stop)
		pthread_cond_wait(&vm->changed, &vm->lock);
	pthread_mutex_unlock(&vm->lock);
}

/* Two vCPUs that use one pin take it from each other, and its interrupts go to the wrong one. */
static void own_chip(struct vcpu *vcpu, bool take)
{
	struct vm *vm = vcpu->vm;

	pthread_mutex_lock(&vm->lock);
	while (take && vm->chip_owner && !vm->stop)
		pthread_cond_wait(&vm->changed, &vm->lock);
	vm->chip_owner = take ? vcpu : NULL;
	pthread_cond_broadcast(&vm->changed);
	pthread_mutex_unlock(&vm->lock);
}

static void fresh(struct vcpu *vcpu, bool code)
{
	struct vm *vm = vcpu->vm;
	uint64_t part = vm->opt->fresh_pages * PAGE;
	uint8_t *memory = vm->fresh + vcpu->id * part;

	if (vm->fresh && madvise(memory, part, MADV_DONTNEED))
		vcpu->error = -errno;
	for (uint64_t i = 0; code && i < vm->opt->fresh_pages; i++)
		memory[i * PAGE] = 0xc3; /* x86: RET */
}

/* KVM_RUN fails as long as KVM cannot have the page that the guest writes to. */
static void withhold(struct vcpu *vcpu, unsigned int times)
{
	struct vm *vm = vcpu->vm;
	int prot = times ? PROT_NONE : PROT_READ | PROT_WRITE;

	vcpu->vain = times;
	if (mprotect(vm->fresh + vcpu->id * vm->opt->fresh_pages * PAGE, PAGE, prot))
		vcpu->error = -errno;
}

static void control(struct vcpu *vcpu, uint32_t value)
{
	struct vm *vm = vcpu->vm;

	switch (value & 0xff) {
	case CONTROL_FRESH:
	case CONTROL_CODE:
		fresh(vcpu, (value & 0xff) == CONTROL_CODE);
		break;
	case CONTROL_VAIN:
		fresh(vcpu, false);
		withhold(vcpu, vm->opt->step[vcpu->step_of[(value >> 8) % STEPS]].step.count);
		break;
	case CONTROL_LOWER:
		vcpu->error = arch_lower(vm, value >> 8);
		break;
	case CONTROL_CHIP:
		own_chip(vcpu, value >> 8);
		break;
	case CONTROL_MEET:
	case CONTROL_DIRTY:
		meet(vcpu, value >> 8 & 0xff, value);
		break;
	case CONTROL_MSI:
		pthread_mutex_lock(&vm->lock);
		vcpu->msi_step = value >> 8;
		vcpu->msi_pending = true;
		pthread_cond_broadcast(&vm->changed);
		pthread_mutex_unlock(&vm->lock);
		break;
	case CONTROL_SLOTS:
		slots(vcpu, value >> 8);
		break;
	case CONTROL_ERROR:
		failing_ioctl(vcpu);
		break;
	default:
		fprintf(stderr, "vmm: vCPU %u: exception or interrupt %u, which the guest did not expect\n", vcpu->id,
			value >> 8);
		vcpu->error = -EFAULT;
		break;
	}
}

static void port_write(struct vcpu *vcpu, uint64_t port, uint32_t value)
{
	if (port == PORT_SLOW)
		slow(vcpu, value);
	else if (port == PORT_CONTROL)
		control(vcpu, value);
}

static void port(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	uint32_t *data = (uint32_t *)((uint8_t *)run + run->io.data_offset);

	if (run->io.direction == KVM_EXIT_IO_IN)
		*data = 0x5a5a5a5a;
	else
		port_write(vcpu, run->io.port, *data);
}

static void mmio(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	uint32_t value;

	if (!run->mmio.is_write) {
		memset(run->mmio.data, 0x5a, sizeof(run->mmio.data));
		return;
	}
	memcpy(&value, run->mmio.data, sizeof(value));
	vcpu->done = run->mmio.phys_addr == GUEST_DONE;
	if (run->mmio.phys_addr - GUEST_PORTS < PAGE)
		port_write(vcpu, run->mmio.phys_addr - GUEST_PORTS, value);
}

static void handle(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		port(vcpu);
		break;
	case KVM_EXIT_MMIO:
		mmio(vcpu);
		break;
	case KVM_EXIT_XEN: /* a hypercall: as of a Xen that does not know it */
		run->xen.u.hcall.result = (uint64_t)-ENOSYS;
		break;
	case KVM_EXIT_DEBUG: /* arm64's guest says so by a breakpoint */
		vcpu->done = true;
		break;
	default:
		fprintf(stderr, "vmm: vCPU %u: KVM_RUN returned reason %u\n", vcpu->id, run->exit_reason);
		vcpu->error = -EPROTO;
		break;
	}
}

/* One KVM_RUN and what it asks for. */
static void turn(struct vcpu *vcpu)
{
	uint64_t before = now_ns(), after;
	int err;

	/* The last return is never followed by another run: there is no end to that stay in the VMM. */
	if (vcpu->first_ns)
		vcpu->user_ns[vcpu->last_return] += before - vcpu->returned_ns;
	else
		vcpu->first_ns = before;
	err = vcpu_ioctl(vcpu, KVM_RUN, 0) ? errno : 0;
	after = now_ns();
	vcpu->run_ns += after - before;
	vcpu->returned_ns = after;
	vcpu->last_return =
		err ? RETURN_CODES + (unsigned int)err % RETURN_ERRNO : vcpu->run->exit_reason % RETURN_CODES;
	vcpu->returns[vcpu->last_return]++;
	if (!err)
		handle(vcpu);
	else if (err == EFAULT && vcpu->vain) {
		if (!--vcpu->vain)
			withhold(vcpu, 0);
	} else if (err != EINTR && err != EAGAIN)
		vcpu->error = -err;
	vcpu->last_ns = now_ns();
}

static bool at_end(const struct vcpu *vcpu)
{
	return vcpu->done || vcpu->error;
}

/* The calling thread becomes the one of this vCPU, and of those up to the last. */
static void begin(struct vcpu *first, struct vcpu *last)
{
	const struct options *opt = first->vm->opt;
	char name[16];

	snprintf(name, sizeof(name), "CPU %u/KVM", first->id % 1000);
	pthread_setname_np(pthread_self(), name);
	for (struct vcpu *v = first; v <= last; v++)
		v->tid = (int)syscall(SYS_gettid);
	if (opt->pins) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET((unsigned int)opt->pin[first->id % opt->pins], &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			first->error = -errno;
	}
}

static void end(struct vm *vm, unsigned int vcpus)
{
	pthread_mutex_lock(&vm->lock);
	vm->running -= vcpus;
	pthread_cond_broadcast(&vm->changed);
	pthread_mutex_unlock(&vm->lock);
}

void *vcpu_thread(void *arg)
{
	struct vcpu *vcpu = arg;

	begin(vcpu, vcpu);
	while (!at_end(vcpu))
		turn(vcpu);
	end(vcpu->vm, 1);
	return NULL;
}

void *turns_thread(void *arg)
{
	struct vm *vm = arg;
	unsigned int left;

	begin(&vm->vcpu[0], &vm->vcpu[vm->opt->vcpus - 1]);
	do {
		left = 0;
		for (unsigned int i = 0; i < vm->opt->vcpus; i++) {
			if (at_end(&vm->vcpu[i]))
				continue;
			turn(&vm->vcpu[i]);
			left++;
		}
	} while (left);
	end(vm, vm->opt->vcpus);
	return NULL;
}
