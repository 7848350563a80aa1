/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmm: a small VMM that makes KVM do known things a known number of times, and writes down what it did. The lab's
 * oracle for counts and times: it counts in the guest, at KVM_RUN, and by its own clock, never through the kernel's
 * tracing.
 */
#define _GNU_SOURCE
#include "vmm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define POLL_NS     10000000
#define MSI_GAP_NS  1000000
#define MSI_WAIT_NS 5000000000ULL

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void nap(long ns)
{
	struct timespec t = {.tv_nsec = ns};

	nanosleep(&t, NULL);
}

static void stem_path(char *buf, size_t size, const char *stem, const char *suffix)
{
	snprintf(buf, size, "%s.%s", stem, suffix);
}

static void say(const char *stem, const char *suffix)
{
	char path[4096];
	int fd;

	if (!stem)
		return;
	stem_path(path, sizeof(path), stem, suffix);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		fprintf(stderr, "vmm: %s: %s\n", path, strerror(errno));
	else
		close(fd);
}

static void wait_for(const char *stem, const char *suffix)
{
	char path[4096];

	if (!stem)
		return;
	stem_path(path, sizeof(path), stem, suffix);
	while (!interrupted && access(path, F_OK))
		nap(POLL_NS);
}

static bool delivered(const volatile unsigned int *irqs, unsigned int wanted)
{
	uint64_t end = now_ns() + MSI_WAIT_NS;

	while (*irqs != wanted) {
		if (interrupted || now_ns() > end)
			return false;
		nap(MSI_GAP_NS / 10);
	}
	return true;
}

/* One after the other, the next when the guest has taken the last: two pending at once would be merged into one. */
static void raise_irqs(struct vm *vm, struct vcpu *vcpu, unsigned int number)
{
	volatile struct step *step = &vcpu->params->step[number % STEPS];
	struct step s = {.op = step->op, .count = step->count, .arg = step->arg};
	const volatile unsigned int *irqs = arch_irqs(vcpu, &s);

	for (unsigned int i = 0; i < s.count; i++) {
		unsigned int wanted = *irqs + 1;

		nap(MSI_GAP_NS);
		if (arch_raise(vm, vcpu->id, &s) || !delivered(irqs, wanted)) {
			if (!interrupted)
				fprintf(stderr, "vmm: vCPU %u %s (--%s)\n", vcpu->id,
					*irqs > wanted ? "took an interrupt twice" : "did not take its interrupt",
					op_name(s.op));
			return;
		}
		vcpu->msi_sent += s.op == OP_MSI;
	}
}

/* Tells every guest to finish, and wakes those that halt. */
static void stop(struct vm *vm)
{
	vm->stop = true;
	for (unsigned int i = 0; i < vm->opt->vcpus; i++)
		vm->vcpu[i].params->stop = 1;
	pthread_cond_broadcast(&vm->changed); /* the lock is held */
	for (unsigned int i = 0; i < vm->opt->vcpus; i++)
		vm_send_msi(vm, i, VECTOR_MSI);
}

/* Until all vCPU threads have ended: raises the interrupts that guests ask for, and passes a signal on. */
static void attend(struct vm *vm)
{
	pthread_mutex_lock(&vm->lock);
	while (vm->running) {
		struct vcpu *vcpu = NULL;
		struct timespec until;

		for (unsigned int i = 0; i < vm->opt->vcpus && !vcpu; i++) {
			if (vm->vcpu[i].msi_pending)
				vcpu = &vm->vcpu[i];
		}
		if (vcpu) {
			vcpu->msi_pending = false;
			pthread_mutex_unlock(&vm->lock);
			raise_irqs(vm, vcpu, vcpu->msi_step);
			pthread_mutex_lock(&vm->lock);
			continue;
		}
		if (interrupted)
			stop(vm);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 100000000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		pthread_cond_timedwait(&vm->changed, &vm->lock, &until);
	}
	pthread_mutex_unlock(&vm->lock);
}

static int run(struct vm *vm)
{
	int err = 0;

	unsigned int threads = vm->opt->one_thread ? 1 : vm->opt->vcpus;

	vm->running = vm->opt->vcpus;
	for (unsigned int i = 0; i < threads; i++) {
		struct vcpu *vcpu = &vm->vcpu[i];

		if (vm->opt->one_thread ? pthread_create(&vcpu->thread, NULL, turns_thread, vm)
					: pthread_create(&vcpu->thread, NULL, vcpu_thread, vcpu)) {
			fprintf(stderr, "vmm: no thread for vCPU %u\n", i);
			exit(1);
		}
	}
	attend(vm);
	for (unsigned int i = 0; i < threads; i++)
		pthread_join(vm->vcpu[i].thread, NULL);
	for (unsigned int i = 0; i < vm->opt->vcpus; i++) {
		if (vm->vcpu[i].error) {
			err = vm->vcpu[i].error;
			fprintf(stderr, "vmm: vCPU %u: %s\n", i, strerror(-err));
		}
	}
	return err;
}

int main(int argc, char **argv)
{
	static struct options opt;
	static struct vm vm;
	static struct ioctls kvm_ioctls;
	struct sigaction action = {.sa_handler = on_signal};
	int err;
	int written;

	options_parse(&opt, argc, argv);
	if (opt.ask)
		return vm_open(&vm, &opt) ? 1 : 0;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	/* All but the last VM: the same, one after the other. */
	for (unsigned int i = 1; i < opt.lives && !interrupted; i++) {
		err = vm_create(&vm, &opt);
		if (err || run(&vm))
			return 1;
		vm_destroy(&vm);
		/* /dev/kvm's ioctls are the process's, whichever VM they were for. */
		kvm_ioctls = vm.kvm_ioctls;
		memset(&vm, 0, sizeof(vm));
		vm.kvm_ioctls = kvm_ioctls;
	}
	err = vm_create(&vm, &opt);
	if (err)
		return 1;
	say(opt.hold, "ready");
	wait_for(opt.hold, "go");
	strange_ioctls(&vm, opt.ioctl_kinds);
	err = run(&vm);
	written = truth_write(&vm, opt.output);
	if (written)
		fprintf(stderr, "vmm: %s: %s\n", opt.output ? opt.output : "standard output", strerror(-written));
	say(opt.hold, "done");
	wait_for(opt.hold, "end");
	vm_destroy(&vm);
	return err || written ? 1 : 0;
}
