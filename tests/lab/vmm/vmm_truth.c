/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guest did and what KVM_RUN returned, as JSON: the truth to compare with. Counts are 0 or left out where a step
 * was not asked for; all are taken at rest.
 *
 * Of each vCPU: events (by step, and wait, apic, control, timer-irq, msi-irq, no-room, repeated), returns, slow;
 * pio, mmio, msr, cpuid: one row a port, address, index or leaf and direction (write 1: by the guest);
 * hypercalls: one row a number with its arguments, ret being the last's; hv_hypercalls: Hyper-V's; xen_hypercalls;
 * vectors: interrupts taken; ipis: ICR writes; timers: programmed and taken, by mode;
 * faults: first touches of count pages from gpa on; stats: KVM's own figures (KVM_GET_STATS_FD).
 *
 * Of the VM: lives, VMs that the process had one after the other, this being the last; stats;
 * ioctls by file and request, with errors, /dev/kvm's being those of the process;
 * regions: every KVM_SET_USER_MEMORY_REGION; irqs: raised by other threads, coalesced being those raised in vain;
 * irq_lines: KVM_IRQ_LINE by GSI and level; ioapic, pic: what that was to each controller's pin;
 * dirty: the logged memslot and its cycles (written by the guest, logged by KVM, marks with repeats), vCPU n's part being
 * the nth of equal parts, and ring_pages of each vCPU's ring; dirty_gfns: how often each page was in the log.
 */
#define _GNU_SOURCE
#include "vmm.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static void returns(FILE *f, const struct vcpu *vcpu)
{
	const char *comma = "";

	/* Errors go by their negative errno, as kvmtop's codes do. */
	for (unsigned int i = 0; i < RETURNS; i++) {
		if (!vcpu->returns[i])
			continue;
		fprintf(f, "%s{\"code\":%d,\"count\":%" PRIu64 ",\"user_ns\":%" PRIu64 "}", comma,
			i < RETURN_CODES ? (int)i : -(int)(i - RETURN_CODES), vcpu->returns[i], vcpu->user_ns[i]);
		comma = ",";
	}
}

/* The second-level causes, an array for each kind; every kind's key by its own name. */
static void details(FILE *f, volatile struct params *p)
{
	static const struct {
		const char *array, *key;
	} kinds[DETAIL_CPUID + 1] = {
		[DETAIL_PIO] = {"pio", "port"},
		[DETAIL_MMIO] = {"mmio", "gpa"},
		[DETAIL_MSR] = {"msr", "index"},
		[DETAIL_CPUID] = {"cpuid", "leaf"},
	};

	for (unsigned int kind = 0; kind <= DETAIL_CPUID; kind++) {
		const char *comma = "";

		fprintf(f, ",\"%s\":[", kinds[kind].array);
		for (unsigned int i = 0; i < p->details && i < DETAILS; i++) {
			volatile struct detail *d = &p->detail[i];

			if (d->kind != kind)
				continue;
			fprintf(f, "%s{\"%s\":%llu,\"write\":%u,\"count\":%u}", comma, kinds[kind].key, d->key,
				d->write, d->count);
			comma = ",";
		}
		fputc(']', f);
	}
}

/* Those whose arguments are the registers': KVM's own, or Xen's. */
static void plain_hypercalls(FILE *f, volatile struct params *p, unsigned int of)
{
	const char *comma = "";

	for (unsigned int i = 0; i < p->hypercalls && i < HYPERCALLS; i++) {
		volatile struct hypercall *h = &p->hypercall[i];

		if (h->of != of)
			continue;
		fprintf(f, "%s{\"nr\":%llu,\"a0\":%llu,\"a1\":%llu,\"a2\":%llu,\"a3\":%llu,\"ret\":%lld,\"count\":%u}",
			comma, h->nr, h->arg[0], h->arg[1], h->arg[2], h->arg[3], h->ret, h->count);
		comma = ",";
	}
}

static void hypercalls(FILE *f, volatile struct params *p)
{
	const char *comma = "";

	fprintf(f, ",\"hypercalls\":[");
	plain_hypercalls(f, p, CALL_OWN);
	fprintf(f, "],\"xen_hypercalls\":[");
	plain_hypercalls(f, p, CALL_XEN);
	fprintf(f, "],\"hv_hypercalls\":[");
	for (unsigned int i = 0; i < p->hypercalls && i < HYPERCALLS; i++) {
		volatile struct hypercall *h = &p->hypercall[i];

		if (h->of != CALL_HYPERV)
			continue;
		fprintf(f, "%s{\"code\":%llu,\"fast\":%llu,\"ingpa\":%llu,\"outgpa\":%llu,\"ret\":%lld,\"count\":%u}",
			comma, h->nr, h->arg[0], h->arg[1], h->arg[2], h->ret, h->count);
		comma = ",";
	}
	fputc(']', f);
}

/* Of one file; vcpu: -1 where it is no vCPU's. */
static const char *write_ioctls(FILE *f, const char *comma, const struct ioctls *table, const char *file, int vcpu)
{
	for (unsigned int i = 0; i < IOCTL_KINDS && table->row[i].request; i++) {
		const struct ioctl_row *row = &table->row[i];

		fprintf(f,
			"%s{\"file\":\"%s\",\"vcpu\":%d,\"name\":\"%s\",\"request\":%lu,\"count\":%" PRIu64
			",\"errors\":%" PRIu64 "}",
			comma, file, vcpu, ioctl_name(row->request), row->request, row->count, row->errors);
		comma = ",";
	}
	return comma;
}

static void ioctls(FILE *f, const struct vm *vm)
{
	const char *comma;

	fprintf(f, ",\"ioctls\":[");
	comma = write_ioctls(f, "", &vm->kvm_ioctls, "kvm", -1);
	comma = write_ioctls(f, comma, &vm->vm_ioctls, "vm", -1);
	comma = write_ioctls(f, comma, &vm->device_ioctls, "device", -1);
	for (unsigned int i = 0; i < vm->opt->vcpus; i++)
		comma = write_ioctls(f, comma, &vm->vcpu[i].ioctls, "vcpu", (int)i);
	fputc(']', f);
}

/* Every KVM_SET_USER_MEMORY_REGION, in order. */
static void regions(FILE *f, const struct vm *vm)
{
	fprintf(f, ",\"region_count\":%u,\"regions\":[", vm->regions);
	for (unsigned int i = 0; i < vm->regions && i < REGIONS; i++) {
		const struct region *r = &vm->region[i];

		fprintf(f,
			"%s{\"slot\":%u,\"flags\":%u,\"gpa\":%" PRIu64 ",\"size\":%" PRIu64 ",\"hva\":%" PRIu64
			",\"error\":%d}",
			i ? "," : "", r->slot, r->flags, r->gpa, r->size, r->hva, r->error);
	}
	fputc(']', f);
}

/* At rest, so that KVM's own figures do not change any more; {} on kernels before 5.14, which have none. */
static void stats(FILE *f, int fd)
{
	fprintf(f, ",\"stats\":{");
	if (fd >= 0 && !stats_write(f, fd))
		fprintf(stderr, "vmm: KVM's statistics cannot be read\n");
	if (fd >= 0)
		close(fd);
	fputc('}', f);
}

/* Taken by the guest, by vector; expiries of its timer by mode. */
static void vectors(FILE *f, const struct vcpu *vcpu)
{
	static const struct {
		const char *mode;
		unsigned int vector;
	} modes[TIMER_MODES] = {
		[TIMER_ONE_SHOT] = {"one-shot", VECTOR_TIMER},
		[TIMER_PERIODIC] = {"periodic", VECTOR_PERIODIC},
		[TIMER_DEADLINE] = {"tsc-deadline", VECTOR_DEADLINE},
	};
	volatile struct params *p = vcpu->params;
	const char *comma = "";

	fprintf(f, ",\"vectors\":[");
	for (unsigned int i = 0; i < 256; i++) {
		if (!p->irqs[i])
			continue;
		fprintf(f, "%s{\"vcpu\":%u,\"vector\":%u,\"count\":%u}", comma, vcpu->id, i, p->irqs[i]);
		comma = ",";
	}
	fprintf(f, "],\"timers\":[");
	comma = "";
	for (unsigned int mode = 0; mode < TIMER_MODES; mode++) {
		unsigned int programmed = 0;

		for (unsigned int i = 0; i < p->details && i < DETAILS; i++) {
			if (p->detail[i].kind == DETAIL_TIMER && p->detail[i].key == mode)
				programmed = p->detail[i].count;
		}
		if (!programmed)
			continue;
		fprintf(f, "%s{\"mode\":\"%s\",\"programmed\":%u,\"expired\":%u}", comma, modes[mode].mode, programmed,
			p->irqs[modes[mode].vector]);
		comma = ",";
	}
	fputc(']', f);
}

/* First touches of fresh pages, which are contiguous, and IPIs. */
static void faults(FILE *f, const struct vm *vm, volatile struct params *p)
{
	static const char *const kinds[] = {
		[TOUCH_READ] = "read", [TOUCH_WRITE] = "write", [TOUCH_EXEC] = "exec", [TOUCH_HUGE] = "write"};
	const char *comma = "";

	fprintf(f, ",\"faults\":[");
	for (unsigned int i = 0; i < p->details && i < DETAILS; i++) {
		if (p->detail[i].kind != DETAIL_FAULT)
			continue;
		fprintf(f, "%s{\"kind\":\"%s\",\"gpa\":%llu,\"page_size\":%u,\"backing\":\"%s\",\"count\":%u}", comma,
			kinds[p->detail[i].write], p->detail[i].key,
			p->detail[i].write == TOUCH_HUGE ? HUGE_SIZE : 4096,
			p->detail[i].write == TOUCH_HUGE ? vm->huge_from : "small", p->detail[i].count);
		comma = ",";
	}
	fprintf(f, "],\"ipis\":[");
	comma = "";
	for (unsigned int i = 0; i < p->details && i < DETAILS; i++) {
		unsigned long long key = p->detail[i].key;

		if (p->detail[i].kind != DETAIL_IPI)
			continue;
		fprintf(f, "%s{\"icr\":%llu,\"to\":%llu,\"vector\":%llu,\"count\":%u}", comma, key & 0xffffffff,
			key >> 32, key & 0xff, p->detail[i].count);
		comma = ",";
	}
	fputc(']', f);
}

/* Interrupts raised by other threads, and what that meant for the lines of the controllers. */
static void irqs(FILE *f, const struct vm *vm)
{
	uint64_t vain[IRQ_LINES] = {0};
	const char *comma = "";

	fprintf(f, ",\"irqs\":[");
	for (unsigned int i = 0; i < IRQ_SOURCES && vm->irq[i].count; i++) {
		const struct irq_source *s = &vm->irq[i];

		fprintf(f,
			"%s{\"source\":\"%s\",\"vcpu\":%u,\"vector\":%u,\"address\":%" PRIu64
			",\"data\":%u,\"gsi\":%u,\"count\":%" PRIu64 ",\"coalesced\":%" PRIu64 "}",
			i ? "," : "", s->source, s->vcpu, s->vector, s->address, s->data, s->gsi, s->count,
			s->coalesced);
		if (s->gsi < IRQ_LINES)
			vain[s->gsi] += s->coalesced;
	}
	fprintf(f, "],\"irq_lines\":[");
	for (unsigned int i = 0; i < 2 * IRQ_LINES; i++) {
		if (!vm->line[i / 2][i % 2])
			continue;
		fprintf(f, "%s{\"gsi\":%u,\"level\":%u,\"count\":%" PRIu64 "}", comma, i / 2, i % 2,
			vm->line[i / 2][i % 2]);
		comma = ",";
	}
	/* Each line below 16 leads to both controllers. */
	for (unsigned int pic = 0; pic < 2; pic++) {
		fprintf(f, "],\"%s\":[", pic ? "pic" : "ioapic");
		comma = "";
		for (unsigned int i = 0; i < (pic ? 16 : IRQ_LINES); i++) {
			uint64_t all = vm->line[i][0] + vm->line[i][1];

			for (unsigned int c = 0; c < 2; c++) {
				uint64_t n = c ? vain[i] : all - vain[i];

				if (!n)
					continue;
				fprintf(f, "%s{\"chip\":%u,\"pin\":%u,\"coalesced\":%u,\"count\":%" PRIu64 "}", comma,
					pic ? i / 8 : 2, pic ? i % 8 : i, c, n);
				comma = ",";
			}
		}
	}
	fputc(']', f);
}

static void dirty(FILE *f, const struct vm *vm)
{
	const char *comma = "";

	if (!vm->dirty)
		return;
	fprintf(f, ",\"dirty\":{\"slot\":%u,\"gpa\":%u,\"pages\":%" PRIu64 ",\"mode\":\"%s\",\"cycles\":[", DIRTY_SLOT,
		GUEST_DIRTY, vm->opt->dirty_pages * vm->opt->vcpus, vm->opt->dirty_ring ? "ring" : "bitmap");
	for (unsigned int i = 0; i < vm->dirty_cycles && i < DIRTY_CYCLES; i++)
		fprintf(f, "%s{\"vcpus\":%u,\"written\":%" PRIu64 ",\"logged\":%" PRIu64 ",\"marks\":%" PRIu64 "}",
			i ? "," : "", vm->dirty_cycle[i].vcpus, vm->dirty_cycle[i].written, vm->dirty_cycle[i].logged,
			vm->dirty_cycle[i].marks);
	fprintf(f, "],\"ring_pages\":[");
	for (unsigned int i = 0; vm->opt->dirty_ring && i < vm->opt->vcpus; i++)
		fprintf(f, "%s%" PRIu64, i ? "," : "", vm->vcpu[i].ring_pages);
	fprintf(f, "]},\"dirty_gfns\":[");
	for (uint64_t i = 0; i < vm->opt->dirty_pages * vm->opt->vcpus; i++) {
		if (!vm->dirty_times[i])
			continue;
		fprintf(f, "%s{\"slot\":%u,\"offset\":%" PRIu64 ",\"gfn\":%" PRIu64 ",\"count\":%u}", comma, DIRTY_SLOT,
			i, GUEST_DIRTY / 4096 + i, vm->dirty_times[i]);
		comma = ",";
	}
	fputc(']', f);
}

static void write_vcpu(FILE *f, struct vcpu *vcpu)
{
	unsigned int kept = vcpu->slows < SLOW_KEPT ? vcpu->slows : SLOW_KEPT;

	fprintf(f,
		"{\"id\":%u,\"tid\":%d,\"error\":%d,\"first_ns\":%" PRIu64 ",\"last_ns\":%" PRIu64
		",\"run_ns\":%" PRIu64 ",\"events\":{",
		vcpu->id, vcpu->tid, vcpu->error, vcpu->first_ns, vcpu->last_ns, vcpu->run_ns);
	for (unsigned int i = 0; i < OPS; i++)
		fprintf(f, "\"%s\":%llu,", op_name(i), vcpu->params->events[i]);
	fprintf(f,
		"\"apic\":%llu,\"control\":%llu,\"no-room\":%u,\"repeated\":%u,\"timer-irq\":%u,\"msi-irq\":%u,\"msi-"
		"sent\":%" PRIu64 "},\"returns\":[",
		vcpu->params->apic, vcpu->params->controls, vcpu->params->no_room, vcpu->params->repeated,
		vcpu->params->timer_irqs, vcpu->params->msi_irqs, vcpu->msi_sent);
	returns(f, vcpu);
	fputc(']', f);
	details(f, vcpu->params);
	hypercalls(f, vcpu->params);
	vectors(f, vcpu);
	faults(f, vcpu->vm, vcpu->params);
	stats(f, vcpu_ioctl(vcpu, KVM_GET_STATS_FD, 0));
	fprintf(f, ",\"slow_count\":%u,\"slow\":[", vcpu->slows);
	for (unsigned int i = 0; i < kept; i++)
		fprintf(f, "%s{\"step\":\"%s\",\"begin_ns\":%" PRIu64 ",\"end_ns\":%" PRIu64 "}", i ? "," : "",
			op_name(vcpu->slow[i].op), vcpu->slow[i].begin_ns, vcpu->slow[i].end_ns);
	fprintf(f, "]}");
}

int truth_write(struct vm *vm, const char *path)
{
	FILE *f = path ? fopen(path, "we") : stdout;

	if (!f)
		return -errno;
	fprintf(f, "{\"name\":\"%s\",\"pid\":%d,\"lives\":%u,\"vcpus\":[", vm->opt->name, (int)getpid(),
		vm->opt->lives);
	for (unsigned int i = 0; i < vm->opt->vcpus; i++) {
		if (i)
			fputc(',', f);
		write_vcpu(f, &vm->vcpu[i]);
	}
	fputc(']', f);
	stats(f, vm_ioctl(vm, KVM_GET_STATS_FD, 0));
	ioctls(f, vm);
	regions(f, vm);
	irqs(f, vm);
	dirty(f, vm);
	fprintf(f, "}\n");
	if (fflush(f))
		return -errno;
	return path && fclose(f) ? -errno : 0;
}
