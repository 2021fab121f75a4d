/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node ssh: the system's ssh, told where the node is. What it learns of a node's host key
 * is kept in a file of that node's own: ports and addresses are given to other nodes later.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd-node.h"
#include "home.h"
#include "meter.h"
#include "report.h"
#include "util.h"

#define WORDS_OF_OURS 24

const struct opt node_ssh_opts[] = {
	{
		.name = "--user",
		.value = "USER",
		OPT(user),
		.help = "the user to log in as; by default what ssh's own configuration says",
	},
	{
		.name = "--identity",
		.value = "FILE",
		OPT(identity),
		.complete = COMPLETE_FILE,
		.help = "the private key to log in with",
	},
	{
		.name = "--timeout",
		.value = "S",
		OPT(timeout_s),
		.min = 1,
		.help = "wait up to S seconds until the guest's SSH server answers",
	},
	{.name = NULL},
};

/* Its path, in folders that are made: $XDG_STATE_HOME/vboxcloud/known_hosts/ID */
static char *ssh_make_known_hosts(const char *id, struct vbc_error *err)
{
	char *name FREE = format("known_hosts/%s", id);
	char *path = home_state_path(name);

	if (path)
		home_make_folders(path);
	else
		fail(err, VBC_E_ARG,
		     "there is no home directory in which to keep the node's host key: set HOME");
	return path;
}

/* Words for ssh; strings are kept until the end of the program, which is near. */
static const char **ssh_make_command(const struct args *args, const struct vbc_ssh *ssh,
				     const char *known)
{
	const char **v = must(calloc(WORDS_OF_OURS + args->n_words, sizeof(*v)));
	size_t n = 0;

	v[n++] = "ssh";
	v[n++] = "-p";
	v[n++] = format("%u", ssh->port);
	v[n++] = format("-oHostKeyAlias=%s", ssh->node);
	v[n++] = format("-oUserKnownHostsFile=\"%s\"", known);
	v[n++] = "-oStrictHostKeyChecking=accept-new";
	v[n++] = "-oCheckHostIP=no";
	v[n++] = "-oHashKnownHosts=no";
	if (args->quiet)
		v[n++] = "-q";
	if (args->user) {
		v[n++] = "-l";
		v[n++] = args->user;
	}
	if (args->identity) {
		v[n++] = "-oIdentitiesOnly=yes";
		v[n++] = "-i";
		v[n++] = args->identity;
	}
	v[n++] = "--";
	v[n++] = ssh->address;
	for (size_t i = 1; i < args->n_words; i++)
		v[n++] = args->words[i];
	return v;
}

static int ssh_find_node(struct ctx *ctx, const struct args *args, struct vbc_ssh **ret)
{
	struct vbc_wait wait;

	if (!args->timeout_s)
		return vbc_ssh_find(ctx->host, args->words[0], ret, &ctx->err);
	wait = begin_wait(args->timeout_s);
	return vbc_ssh_wait(ctx->host, args->words[0], &wait, ret, &ctx->err);
}

int node_ssh(struct ctx *ctx, const struct args *args)
{
	struct vbc_ssh *ssh;
	const char **command;
	char *known;
	int rc = ssh_find_node(ctx, args, &ssh);

	if (rc)
		return rc;
	known = ssh_make_known_hosts(ssh->node, &ctx->err);
	if (!known)
		return ctx->err.code;
	command = ssh_make_command(args, ssh, known);
	vbc_host_close(ctx->host);
	ctx->host = NULL;
	meter_end();
	signal(SIGPIPE, SIG_DFL);
	execvp(command[0], (char *const *)(uintptr_t)command);
	return fail(&ctx->err, VBC_E_NOTFOUND, "cannot run ssh: %s; is it installed?",
		    strerror(errno));
}
