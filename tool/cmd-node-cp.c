/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node cp: files to a node and from it, with the system's scp.
 */
#include <stdlib.h>

#include "cmd-node.h"
#include "fleet-find.h"
#include "login.h"
#include "meter.h"
#include "util.h"

#define RECURSIVE OPT(recursive), .help = "copy folders with all that is in them"

const struct opt node_cp_opts[] = {
	{.name = "--recursive", RECURSIVE},
	{.name = "-r", RECURSIVE},
	OPT_LOGIN_USER,
	OPT_LOGIN_IDENTITY,
	OPT_LOGIN_TIMEOUT,
	OPT_LOGIN_NO_WAIT,
	{.name = NULL},
};

enum { SCP_FAILED = 255 };

/* The length of NODE in NODE:PATH, as scp takes words apart; 0: the word is a path here. */
static size_t word_find_node(const char *word)
{
	size_t n = strcspn(word, ":/");

	return word[n] == ':' ? n : 0;
}

/* A path that scp takes neither for an option nor for another machine's. */
static void cp_add_local(struct command *command, const char *path)
{
	bool is_plain = path[0] == '/' || starts_with(path, "./") || starts_with(path, "../");

	command_add(command, "%s%s", is_plain ? "" : "./", path);
}

static void cp_add_word(struct command *command, const char *word, const struct login *login)
{
	size_t n = word_find_node(word);

	if (n)
		command_add(command, "[%s]:%s", login->ssh->address, word + n + 1);
	else
		cp_add_local(command, word);
}

static void cp_fill_command(const struct args *args, const struct login *login,
			    struct command *command)
{
	command_add(command, "scp");
	login_add_options(login, command);
	if (args->quiet)
		command_add(command, "-q");
	if (args->recursive)
		command_add(command, "-r");
	command_add(command, "--");
	cp_add_word(command, args->words[0], login);
	cp_add_word(command, args->words[1], login);
}

/* The node in one of both words; NULL with *err. */
static char *cp_find_node(const struct args *args, struct vbc_error *err)
{
	const char *from = args->words[0], *to = args->words[1];
	size_t n_from = word_find_node(from), n_to = word_find_node(to);

	if (n_from && n_to)
		fail(err, VBC_E_ARG,
		     "one of '%s' and '%s' must be a path on this machine: write ./ before one "
		     "that has a colon in it",
		     from, to);
	else if (!n_from && !n_to)
		fail(err, VBC_E_ARG,
		     "neither '%s' nor '%s' names a node: write NODE:PATH, with the id of a node "
		     "whose name has a colon or a / in it",
		     from, to);
	else
		return format("%.*s", (int)(n_from + n_to), n_from ? from : to);
	return NULL;
}

int node_cp(struct ctx *ctx, const struct args *args)
{
	struct login login CLEANUP(login_done) = {.ssh = NULL};
	struct command command CLEANUP(command_done) = {.v = NULL};
	char *node FREE = cp_find_node(args, &ctx->err);
	int rc = node ? login_find(ctx, args, node, true, &login, &ctx->err) : ctx->err.code;

	if (rc)
		return rc;
	cp_fill_command(args, &login, &command);
	ctx_leave_hosts(ctx);
	meter_end();
	rc = process_run(&command, &ctx->status, &ctx->err);
	if (!rc && ctx->status == SCP_FAILED)
		login_explain(&login, "scp");
	return rc;
}
