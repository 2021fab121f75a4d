/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/on-node.h"

#include "journal/run.h"
#include "machine/find.h"

struct on_node {
	const char *id_or_name;
	int (*body)(struct vbc_op *op, const struct vbc_node_ref *node, void *arg);
	void *arg;
};

static int on_node_body(struct vbc_op *op, void *arg)
{
	const struct on_node *on = arg;
	struct vbc_node_ref node = {0};
	int code = vbc_node_find(op, on->id_or_name, &node);

	return code ? code : on->body(op, &node, on->arg);
}

int vbc_run_on_node(struct vbc_host *host, const char *id_or_name, const struct vbc_wait *wait,
		    struct vbc_error *err,
		    int (*body)(struct vbc_op *op, const struct vbc_node_ref *node, void *arg),
		    void *arg)
{
	struct on_node on = {id_or_name, body, arg};

	return vbc_run_recovered(host, wait, err, on_node_body, &on);
}
