/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Waiting until it is known where a node is reached.
 */
#include "base/given.h"
#include "base/wait.h"
#include "journal/run.h"
#include "machine/list.h"
#include "machine/wait-stable.h"
#include "node/list.h"

#define POLL_MS 1000 /* a guest takes seconds to get an address, and each look several calls */
#define LOOKS   600  /* then another operation goes on, as one keeps what it was told */

struct job {
	const char *id_or_name;
	struct vbc_node *node; /* the result */
};

/* Only a network that the guest shares with others can still give it one. */
static bool reach_may_come(const struct vbc_node *node)
{
	for (size_t i = 0; i < node->adapters.n; i++)
		if (node->adapters.v[i]->kind != VBC_NETWORK_KIND_NAT &&
		    node->adapters.v[i]->kind != VBC_NETWORK_KIND_NONE)
			return true;
	return false;
}

static int reach_judge_node(struct vbc_op *op, const struct vbc_node *node, bool *ret_reached)
{
	if (node->state != VBC_NODE_STATE_RUNNING && node->state != VBC_NODE_STATE_PAUSED)
		return vbc_fail(&op->error, VBC_E_STATE, "it is %s",
				vbc_node_state_name(node->state));
	*ret_reached = node->addresses.n > 0;
	if (*ret_reached || reach_may_come(node))
		return VBC_OK;
	return vbc_fail_hint(&op->error, VBC_E_STATE, VBC_HINT_FORWARD_SSH,
			     "it is on no network that others can reach, and no port of the host "
			     "is forwarded to it");
}

static int reach_look_once(struct vbc_op *op, const struct vbc_node_ref *f, bool *ret_reached)
{
	const struct vbc_strs no_keys = {0};
	struct vbc_node *nodes = NULL;
	vbc_ref *refs = NULL;
	size_t n = 0;
	int code =
		vbc_node_query(op, &no_keys, f->machine, VBC_NODE_FIELD_NETWORK, &nodes, &refs, &n);

	if (!code && !n)
		code = vbc_fail(&op->error, VBC_E_NOTFOUND, "it is gone");
	return code ? code : reach_judge_node(op, nodes, ret_reached);
}

static int node_wait_address_body(struct vbc_op *op, void *arg)
{
	struct job *job = arg;
	struct vbc_node_ref f = {0};
	bool reached = false;
	unsigned looks = 0;
	int code = vbc_node_find_in(op, job->id_or_name,
				    VBC_IN(VBC_NODE_STATE_RUNNING) | VBC_IN(VBC_NODE_STATE_PAUSED),
				    "reached", &f, NULL);

	job->node = NULL; /* of a run before this one */
	op->progress.what = "waiting for an address";
	if (code)
		return code;
	while (!code && !reached && looks++ < LOOKS) {
		code = reach_look_once(op, &f, &reached);
		if (!code && !reached)
			code = vbc_op_sleep(op, POLL_MS);
	}
	if (!code && reached)
		code = vbc_node_read(op, f.machine, f.id, &job->node);
	return vbc_error_prefix(&op->error, code, "no address of node '%s' is known", f.name);
}

int vbc_node_wait_address(struct vbc_host *host, const char *id_or_name,
			  const struct vbc_wait *wait, struct vbc_node **ret_node,
			  struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, ret_node))
		return VBC_E_ARG;

	struct job job = {.id_or_name = id_or_name};
	int64_t deadline_ms = vbc_wait_deadline(wait);
	int code = VBC_OK;

	while (!code && !job.node) {
		struct vbc_wait rest = vbc_wait_rest(wait, deadline_ms);

		code = vbc_run_recovered(host, &rest, err, node_wait_address_body, &job);
	}
	if (!code)
		*ret_node = job.node;
	return code;
}
