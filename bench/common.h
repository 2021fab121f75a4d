/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the bench's programs share: the host they work on (VBOXCLOUD_HOST), and the lines they
 * print, "SERIES NUMBER", one for each sample.
 */
#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vboxcloud/vboxcloud.h>

static inline struct vbc_host *open_host_with(bool one_shot)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_error error = {0};
	struct vbc_host *host = NULL;

	opts.url = getenv("VBOXCLOUD_HOST");
	opts.one_shot = one_shot;
	if (!opts.url)
		errx(2, "VBOXCLOUD_HOST is not set");
	if (vbc_host_open(&opts, &host, &error))
		errx(1, "%s", error.text);
	return host;
}

static inline struct vbc_host *open_host(void)
{
	return open_host_with(false);
}

/* With a web session that ends when it is closed. */
static inline struct vbc_host *open_host_once(void)
{
	return open_host_with(true);
}

static inline void must(int code, const struct vbc_error *error)
{
	if (code)
		errx(1, "%s %s", error->call, error->text);
}

static inline unsigned argument(int argc, char **argv, int i)
{
	if (i >= argc)
		errx(2, "an argument is missing");
	return (unsigned)strtoul(argv[i], NULL, 10);
}

#endif
