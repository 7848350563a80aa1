/* SPDX-License-Identifier: GPL-2.0-only */
/* What the guest did and what KVM_RUN returned, as JSON: the truth to compare with. */
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

static void write_vcpu(FILE *f, const struct vcpu *vcpu)
{
	unsigned int kept = vcpu->slows < SLOW_KEPT ? vcpu->slows : SLOW_KEPT;

	fprintf(f,
		"{\"id\":%u,\"tid\":%d,\"error\":%d,\"first_ns\":%" PRIu64 ",\"last_ns\":%" PRIu64
		",\"run_ns\":%" PRIu64 ",\"events\":{",
		vcpu->id, vcpu->tid, vcpu->error, vcpu->first_ns, vcpu->last_ns, vcpu->run_ns);
	for (unsigned int i = 0; i < OPS; i++)
		fprintf(f, "\"%s\":%llu,", op_name(i), vcpu->params->events[i]);
	fprintf(f,
		"\"apic\":%llu,\"control\":%llu,\"timer-irq\":%u,\"msi-irq\":%u,\"msi-sent\":%" PRIu64
		"},\"returns\":[",
		vcpu->params->apic, vcpu->params->controls, vcpu->params->timer_irqs, vcpu->params->msi_irqs,
		vcpu->msi_sent);
	returns(f, vcpu);
	fprintf(f, "],\"slow_count\":%u,\"slow\":[", vcpu->slows);
	for (unsigned int i = 0; i < kept; i++)
		fprintf(f, "%s{\"step\":\"%s\",\"begin_ns\":%" PRIu64 ",\"end_ns\":%" PRIu64 "}", i ? "," : "",
			op_name(vcpu->slow[i].op), vcpu->slow[i].begin_ns, vcpu->slow[i].end_ns);
	fprintf(f, "]}");
}

int truth_write(const struct vm *vm, const char *path)
{
	FILE *f = path ? fopen(path, "we") : stdout;

	if (!f)
		return -errno;
	fprintf(f, "{\"name\":\"%s\",\"pid\":%d,\"vcpus\":[", vm->opt->name, (int)getpid());
	for (unsigned int i = 0; i < vm->opt->vcpus; i++) {
		if (i)
			fputc(',', f);
		write_vcpu(f, &vm->vcpu[i]);
	}
	fprintf(f, "]}\n");
	if (fflush(f))
		return -errno;
	return path && fclose(f) ? -errno : 0;
}
