/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the reader of the configuration. An input is such a file; it is asked for the default host
 * and for one by its name. It is built as fuzz-soap-decode.c is.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vboxcloud/error.h>

#include "config.h"
#include "scratch.h"

static int config_file;

/* A folder with such a file in it, and nothing in the environment. */
static void prepare(void)
{
	static const char *const variables[] = {"VBOXCLOUD_HOST", "VBOXCLOUD_USER",
						"VBOXCLOUD_PASSWORD_FILE", "VBOXCLOUD_CA_FILE",
						"VBOXCLOUD_FINGERPRINT"};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i]);
	setenv("XDG_CONFIG_HOME", scratch_folder(), 1);
	config_file = scratch_file("vboxcloud/config.ini");
}

static void ask(const char *host)
{
	struct target target = {.url = NULL};
	struct vbc_error err = {0};
	int code = config_target(host, &target, &err);

	if (code != err.code || (code != 0) != (err.text[0] != '\0'))
		abort();
	if (!code && (!target.url || !target.url[0] || !target.from))
		abort();
	if (!code && target.ca_file && target.ca_file[0] != '/')
		abort();
	target_done(&target);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	size_t n;
	char **names;

	if (!config_file)
		prepare();
	scratch_write(config_file, data, size);
	ask(NULL);
	ask("lab");
	names = config_hosts(true, &n);
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return 0;
}

#include "replay.h"
