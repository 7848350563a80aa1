/* SPDX-License-Identifier: GPL-2.0-only */
/* KVM's own figures of a VM or a vCPU (KVM_GET_STATS_FD), by their names. */
#define _GNU_SOURCE
#include "vmm.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

static bool read_at(int fd, void *to, size_t size, size_t offset)
{
	return pread(fd, to, size, (off_t)offset) == (ssize_t)size;
}

/* A number, or the buckets of a histogram. */
static bool value(FILE *f, int fd, const struct kvm_stats_header *header, const struct kvm_stats_desc *desc)
{
	for (unsigned int i = 0; i < desc->size; i++) {
		uint64_t v;

		if (!read_at(fd, &v, sizeof(v), header->data_offset + desc->offset + i * sizeof(v)))
			return false;
		fprintf(f, "%s%" PRIu64, i ? "," : desc->size > 1 ? "[" : "", v);
	}
	if (desc->size > 1)
		fputc(']', f);
	return true;
}

bool stats_write(FILE *f, int fd)
{
	struct kvm_stats_header header;
	struct kvm_stats_desc *desc;
	size_t size;
	bool ok = read_at(fd, &header, sizeof(header), 0);
	unsigned int i;

	if (!ok)
		return false;
	size = sizeof(*desc) + header.name_size;
	desc = calloc(1, size + 1);
	if (!desc)
		return false;
	for (i = 0; ok && i < header.num_desc; i++) {
		ok = read_at(fd, desc, size, header.desc_offset + i * size);
		if (!ok)
			break;
		fprintf(f, "%s\"%s\":", i ? "," : "", desc->name);
		ok = desc->size && value(f, fd, &header, desc);
	}
	free(desc);
	return ok;
}
