/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The options that tell a guest of its first boot, and what they name.
 */
#ifndef TOOL_FIRST_BOOT_H
#define TOOL_FIRST_BOOT_H

#include "cmd.h"
#include "util.h"

#define OPTS_FIRST_BOOT                                                                            \
	{                                                                                          \
		.name = "--ssh-key",                                                               \
		.value = "KEY",                                                                    \
		OPT(ssh_keys),                                                                     \
		.complete = COMPLETE_KEY,                                                          \
		.help = "who may log in: a key of the host, or a file PATH/TO/*.pub; several "     \
			"times",                                                                   \
	},                                                                                         \
		{                                                                                  \
			.name = "--password-file",                                                 \
			.value = "FILE",                                                           \
			OPT(node_password_file),                                                   \
			.complete = COMPLETE_FILE,                                                 \
			.help = "the password of the image's user; only its hash leaves this "     \
				"machine, unless the image is marked dmi",                         \
		},                                                                                 \
		{                                                                                  \
			.name = "--user-data",                                                     \
			.value = "FILE",                                                           \
			OPT(user_data),                                                            \
			.complete = COMPLETE_FILE,                                                 \
			.help = "what cloud-init is given, unchanged",                             \
		},                                                                                 \
	{                                                                                          \
		.name = "--hostname", .value = "NAME", OPT(hostname),                              \
		.help = "the guest's name; by default made from the node's",                       \
	}

struct first_boot {
	struct vbc_first_boot told; /* for the library */
	bool any;                   /* whether an option was given */
	const char *keys[COUNT(((struct args *)0)->ssh_keys.v)];
	char *files[COUNT(((struct args *)0)->ssh_keys.v)];
	char *password, *user_data;
	char *identity; /* the private key beside the first such file that has one, or NULL */
};

/* Reads the files. Errors: VBC_E_NOTFOUND, VBC_E_ARG; first_boot_done() is needed then too. */
int first_boot_read(const struct args *args, struct first_boot *ret, struct vbc_error *err);
void first_boot_done(struct first_boot *first_boot);

#endif
