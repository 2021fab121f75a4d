/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the options of a command say about a node that is to be made, for all commands that make
 * one.
 */
#ifndef TOOL_CMD_NODE_CREATE_H
#define TOOL_CMD_NODE_CREATE_H

#include "cmd.h"
#include "display.h"
#include "first-boot.h"
#include "networks.h"
#include "tags.h"

struct creation {
	struct vbc_node_create_opts opts; /* for the library; it points at what follows */
	struct first_boot first_boot;
	struct display_request display;
	struct networks networks;
	struct tag_list tags;
	char *size;
};

/* Options of what makes a node of an image. */
#define OPT_DISPLAY_PASSWORD                                                                       \
	{                                                                                          \
		.name = "--display-password-file", .value = "FILE", OPT(display_password_file),    \
		.complete = COMPLETE_FILE,                                                         \
		.help = "the password for it, 1 to 8 characters; stored in readable form on the "  \
			"host"                                                                     \
	}
#define OPT_LINKED                                                                                 \
	{                                                                                          \
		.name = "--linked", OPT(linked),                                                   \
		.help = "keep only what differs from the image, which must then stay"              \
	}

#define CREATION_INIT                                                                              \
	{                                                                                          \
		.opts = VBC_NODE_CREATE_OPTS_INIT                                                  \
	}

/*
 * Reads the options, and the files that they name. The result must stay where it is. Errors:
 * VBC_E_ARG, VBC_E_NOTFOUND; creation_done() is needed then too.
 */
int creation_read(const struct args *args, struct creation *ret, struct vbc_error *err);
void creation_done(struct creation *creation);

/* Remembers with which private key one logs in to a new node, or warns; NULL: it is not known. */
void node_remember_identity(const struct vbc_node *node, const char *identity);

#endif
