/* SPDX-License-Identifier: GPL-2.0-only */
#include "pages.h"

#include <sys/mman.h>
#include <unistd.h>

static size_t whole_pages(size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return (size + page - 1) / page * page;
}

void *pages_map(int fd, size_t size)
{
	void *p = mmap(NULL, whole_pages(size), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

void pages_unmap(void *p, size_t size)
{
	if (p)
		munmap(p, whole_pages(size));
}
