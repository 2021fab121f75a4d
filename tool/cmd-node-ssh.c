/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node ssh: the system's ssh, told where the node is and who logs in.
 */
#include <stdlib.h>

#include "cmd-node.h"
#include "fleet-find.h"
#include "login.h"
#include "meter.h"
#include "util.h"

const struct opt node_ssh_opts[] = {
	OPT_LOGIN_USER, OPT_LOGIN_IDENTITY, OPT_LOGIN_TIMEOUT, OPT_LOGIN_NO_WAIT, {.name = NULL},
};

enum { SSH_FAILED = 255 };

static void ssh_fill_command(const struct args *args, const struct login *login,
			     struct command *command)
{
	command_add(command, "ssh");
	login_add_options(login, command);
	if (args->quiet)
		command_add(command, "-q");
	command_add(command, "--");
	command_add(command, "%s", login->ssh->address);
	for (size_t i = 1; i < args->n_words; i++)
		command_add(command, "%s", args->words[i]);
}

int node_ssh(struct ctx *ctx, const struct args *args)
{
	struct login login CLEANUP(login_done) = {.ssh = NULL};
	struct command command CLEANUP(command_done) = {.v = NULL};
	int rc = login_find(ctx, args, args->words[0], true, &login, &ctx->err);

	if (rc)
		return rc;
	ssh_fill_command(args, &login, &command);
	ctx_leave_hosts(ctx);
	meter_end();
	rc = process_run(&command, &ctx->status, &ctx->err);
	if (!rc && ctx->status == SSH_FAILED)
		login_explain(&login, "ssh");
	return rc;
}
