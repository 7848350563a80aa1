// SPDX-License-Identifier: GPL-2.0-only
/*
 * exits cpuid|pio N [ROUNDS|-]
 *
 * A guest that does nothing but exit. Prints a line a round: what N exits took, ns of the clock and ns of CPU time. cpuid: KVM
 * handles each by itself; pio: each goes out to user space, which does nothing and comes back. -: for each line of its input
 * a line, the ns of CPU time of an exit: the lower quartile of 100 rounds, since whatever disturbs makes them longer.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <linux/kvm.h>

/* Real mode. cpuid: ecx times cpuid, then one OUT that says done, for ever. pio: OUT for ever. */
static const unsigned char cpuid_loop[] = {
	0x66, 0x89, 0xf1, /* again: mov ecx, esi */
	0x31, 0xc0,       /* next: xor ax, ax */
	0x66, 0x51,       /* push ecx */
	0x0f, 0xa2,       /* cpuid */
	0x66, 0x59,       /* pop ecx */
	0x66, 0x49,       /* dec ecx */
	0x75, 0xf4,       /* jnz next */
	0xe6, 0x80,       /* out 0x80, al */
	0xeb, 0xed,       /* jmp again */
};
static const unsigned char pio_loop[] = {
	0xe6, 0x80, /* again: out 0x80, al */
	0xeb, 0xfc, /* jmp again */
};

static unsigned long long now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void run(int vcpu, struct kvm_run *run_area)
{
	if (ioctl(vcpu, KVM_RUN, 0))
		err(1, "KVM_RUN");
	if (run_area->exit_reason != KVM_EXIT_IO)
		errx(1, "the guest ended with KVM_EXIT_%u", run_area->exit_reason);
}

/* ns of the clock and of CPU time. */
struct took {
	unsigned long long wall, cpu;
};

static struct took take_round(int vcpu, struct kvm_run *area, unsigned long runs)
{
	struct took t = {now(CLOCK_MONOTONIC), now(CLOCK_THREAD_CPUTIME_ID)};

	for (unsigned long k = 0; k < runs; k++)
		run(vcpu, area);
	t.cpu = now(CLOCK_THREAD_CPUTIME_ID) - t.cpu;
	t.wall = now(CLOCK_MONOTONIC) - t.wall;
	return t;
}

#define ASKED_ROUNDS 100

static int compare(const void *a, const void *b)
{
	const unsigned long long *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void answer(int vcpu, struct kvm_run *area, unsigned long runs, unsigned long n)
{
	unsigned long long cpu[ASKED_ROUNDS];
	char line[16];

	while (fgets(line, sizeof(line), stdin)) {
		for (int i = 0; i < ASKED_ROUNDS; i++)
			cpu[i] = take_round(vcpu, area, runs).cpu;
		qsort(cpu, ASKED_ROUNDS, sizeof(*cpu), compare);
		printf("%.1f\n", (double)cpu[ASKED_ROUNDS / 4] / (double)n);
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	int pio = argc > 1 && !strcmp(argv[1], "pio"), kvm, vm, vcpu;
	unsigned long n = argc > 2 ? strtoul(argv[2], NULL, 10) : 0, rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
	struct kvm_userspace_memory_region region = {.memory_size = 0x10000};
	struct kvm_regs regs = {.rip = 0x1000, .rsp = 0x8000, .rflags = 2, .rsi = n};
	struct kvm_sregs sregs;
	struct kvm_run *area;
	unsigned char *memory;

	if (!n || (!pio && strcmp(argv[1], "cpuid")))
		errx(2, "usage: exits cpuid|pio N [ROUNDS|-]");
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		err(1, "/dev/kvm");
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	memory = mmap(NULL, region.memory_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (vm < 0 || memory == MAP_FAILED)
		err(1, "VM");
	region.userspace_addr = (unsigned long)memory;
	memcpy(memory + 0x1000, pio ? pio_loop : cpuid_loop, pio ? sizeof(pio_loop) : sizeof(cpuid_loop));
	if (ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000UL) || ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region))
		err(1, "memory");
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	area = mmap(NULL, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (vcpu < 0 || area == MAP_FAILED || ioctl(vcpu, KVM_GET_SREGS, &sregs))
		err(1, "vCPU");
	sregs.cs.base = sregs.cs.selector = 0;
	if (ioctl(vcpu, KVM_SET_SREGS, &sregs) || ioctl(vcpu, KVM_SET_REGS, &regs))
		err(1, "registers");

	run(vcpu, area); /* what happens only once is over */
	if (argc > 3 && !strcmp(argv[3], "-")) {
		answer(vcpu, area, pio ? n : 1, n);
		return 0;
	}
	for (unsigned long i = 0; i < rounds; i++) {
		struct took t = take_round(vcpu, area, pio ? n : 1);

		printf("%lu %llu %llu\n", n, t.wall, t.cpu);
		fflush(stdout);
	}
	return 0;
}
