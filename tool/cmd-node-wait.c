/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud node wait: until nodes are in a state, have an address, answer by SSH.
 */
#include "cmd-node.h"
#include "reach.h"
#include "report.h"

/* No states, but one can wait for them: an address is known, the guest's SSH server answers. */
enum { STATE_ADDRESS = 1000, STATE_SSH };

static const struct choice states[] = {
	{"running", VBC_NODE_STATE_RUNNING},
	{"starting", VBC_NODE_STATE_STARTING},
	{"stopping", VBC_NODE_STATE_STOPPING},
	{"stopped", VBC_NODE_STATE_STOPPED},
	{"paused", VBC_NODE_STATE_PAUSED},
	{"suspended", VBC_NODE_STATE_SUSPENDED},
	{"updating", VBC_NODE_STATE_UPDATING},
	{"address", STATE_ADDRESS},
	{"ssh", STATE_SSH},
	{NULL, 0},
};

const struct opt node_wait_opts[] = {
	{
		.name = "--state",
		.value = "STATE",
		OPT_ONE_OF(state, states),
		.required = true,
		.help = "running, starting, stopping, stopped, paused, suspended, updating, "
			"address (one is known) or ssh (it answers)",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

static int node_wait_address(struct ctx *ctx, const char *node, const struct vbc_wait *wait,
			     struct vbc_error *err)
{
	struct vbc_node *found;
	int rc = vbc_node_wait_address(ctx->host, node, wait, &found, err);

	if (rc)
		return rc;
	const struct vbc_address *a = found->addresses.v[0];

	if (a->port)
		note("node '%s' can be reached at %s port %u (%s)", node, a->host, a->port,
		     vbc_address_source_name(a->source));
	else
		note("node '%s' can be reached at %s (%s)", node, a->host,
		     vbc_address_source_name(a->source));
	vbc_node_free(found);
	return 0;
}

static int node_wait_ssh(struct ctx *ctx, const char *node, const struct vbc_wait *wait,
			 struct vbc_error *err)
{
	struct vbc_ssh *ssh;
	int rc = reach_ssh(ctx, node, true, wait, &ssh, err);

	if (rc)
		return rc;
	if (ssh->from_host)
		note("node '%s' answers SSH at %s port %u of its host, by way of %s", node,
		     ssh->address, ssh->port, ctx->jump);
	else
		note("node '%s' answers SSH at %s port %u", node, ssh->address, ssh->port);
	vbc_ssh_free(ssh);
	return 0;
}

int node_wait(struct ctx *ctx, const struct args *args, const char *node, struct vbc_error *err)
{
	enum vbc_node_state state = (enum vbc_node_state)args->state;
	struct vbc_wait wait = begin_wait(args->timeout_s);
	int rc;

	if (args->state == STATE_ADDRESS)
		return node_wait_address(ctx, node, &wait, err);
	if (args->state == STATE_SSH)
		return node_wait_ssh(ctx, node, &wait, err);
	rc = vbc_node_wait(ctx->host, node, state, &wait, err);
	if (!rc)
		note("node '%s' is %s", node, vbc_node_state_name(state));
	return rc;
}
