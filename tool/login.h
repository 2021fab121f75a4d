/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Logging in to a node with the system's ssh: where its SSH server is, who logs in, with which
 * private key, and the file in which the node's host key is kept. All that ssh, scp and a
 * configuration of ssh are told is made here.
 */
#ifndef TOOL_LOGIN_H
#define TOOL_LOGIN_H

#include <stdbool.h>
#include <stdio.h>

#include "cmd.h"
#include "process.h"

struct login {
	struct vbc_ssh *ssh;
	char *user;        /* NULL: as ssh itself chooses                                     */
	char *identity;    /* path of the private key, NULL: as ssh itself chooses            */
	char *known_hosts; /* path of the file of this node's host keys                       */
	const char *jump;  /* where ssh logs in first, NULL: nowhere; the context's           */
};

/* The options of the commands that log in. */
#define OPT_LOGIN_USER                                                                             \
	{                                                                                          \
		.name = "--user", .value = "USER", OPT(user),                                      \
		.help = "the user to log in as; by default the one of the node's image",           \
	}
#define OPT_LOGIN_IDENTITY                                                                         \
	{                                                                                          \
		.name = "--identity", .value = "FILE", OPT(identity), .complete = COMPLETE_FILE,   \
		.help = "the private key to log in with; by default the one the node was made "    \
			"with",                                                                    \
	}
#define OPT_LOGIN_TIMEOUT                                                                          \
	{                                                                                          \
		.name = "--timeout", .value = "S", OPT(timeout_s), .min = 1,                       \
		.help = "wait up to S seconds until the guest's SSH server answers; by default "   \
			"300",                                                                     \
	}
#define OPT_LOGIN_NO_WAIT                                                                          \
	{                                                                                          \
		.name = "--no-wait", OPT(no_wait),                                                 \
		.help = "connect at once, whether the guest has booted or not",                    \
	}

/*
 * Finds how to log in to a node; with `wait`, and unless --no-wait says otherwise, waits until its
 * SSH server answers. Any thread. Errors: those of vbc_ssh_reach(), VBC_E_ARG (no home directory; a
 * path that ssh cannot be given), VBC_E_NOTFOUND (--identity is no file).
 */
int login_find(struct ctx *ctx, const struct args *args, const char *node, bool wait,
	       struct login *ret, struct vbc_error *err);
void login_done(struct login *login);

/* Adds -o for each of its settings, for ssh, scp and sftp. */
void login_add_options(const struct login *login, struct command *command);

/* Writes its settings as lines of a configuration of ssh. */
void login_write_settings(const struct login *login, FILE *to);

/*
 * The id of a node of whose keys something may be kept here, the caller's own; NULL: nothing is
 * kept of any, or there is no such node. A host is asked only where something else than an id was
 * given.
 */
char *login_find_kept(struct ctx *ctx, const char *node);

/* Forgets the host key of a node: its next guest has another. What is no id is ignored. */
void login_forget_host_key(const char *node_id);

/* Explains, in a note, an end with 255, which is that of ssh itself: `program` is "ssh" or "scp".
 */
void login_explain(const struct login *login, const char *program);

#endif
