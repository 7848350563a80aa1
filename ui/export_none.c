// SPDX-License-Identifier: GPL-2.0-only
/* In place of export.c where kvmtop is linked statically: Debian's HTTP library needs shared ones. */
#include "export.h"

#include <errno.h>

struct exporter *exporter_open(const struct export_options *opts, void (*refresh)(void *context), void *context,
			       int *err, char *error, size_t error_size)
{
	(void)opts;
	(void)refresh;
	(void)context;
	*err = -ENOSYS;
	snprintf(error, error_size, "this kvmtop is linked statically, and so has no --export");
	return NULL;
}

void exporter_close(struct exporter *e)
{
	(void)e;
}

const char *exporter_address(const struct exporter *e)
{
	(void)e;
	return "";
}

void exporter_sample(struct exporter *e, const struct sample *s)
{
	(void)e;
	(void)s;
}

int exporter_fd(const struct exporter *e)
{
	(void)e;
	return -1;
}

int exporter_timeout(const struct exporter *e)
{
	(void)e;
	return -1;
}

void exporter_run(struct exporter *e)
{
	(void)e;
}

int export_run(struct source *source, const struct export_options *opts, double delay, long iterations, char *err,
	       size_t err_size)
{
	int ret;

	(void)source;
	(void)delay;
	(void)iterations;
	exporter_open(opts, NULL, NULL, &ret, err, err_size);
	return ret;
}
