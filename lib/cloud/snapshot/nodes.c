/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The snapshots of all nodes. Most nodes have only the hidden one that tells when they were made:
 * that is found out of all at once, and the others are read.
 */
#include "snapshot/nodes.h"

#include <vboxcloud/node.h>
#include <vboxcloud/snapshot.h>

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "machine/list.h"
#include "machine/network.h"
#include "machine/node-ref.h"
#include "snapshot/node.h"

struct asked {
	struct vbc_node_ref node;
	uint32_t count;
	vbc_ref current;
	const char *name; /* of the current one */
};

static struct vbc_batch_call snapshots_make_call(enum vbc_method_id method, vbc_ref self, void *out)
{
	return (struct vbc_batch_call){.method = method, .self = self, .out = out};
}

static int snapshots_ask_counts(struct vbc_op *op, struct vbc_batch_call *calls, struct asked *v,
				size_t n)
{
	for (size_t i = 0; i < n; i++)
		calls[i] = snapshots_make_call(VBC_M_IMachine_getSnapshotCount, v[i].node.machine,
					       &v[i].count);
	return vbc_batch(op, calls, n);
}

/* Of those that have a single one. */
static int snapshots_ask_names(struct vbc_op *op, struct vbc_batch_call *calls, struct asked *v,
			       size_t n)
{
	size_t m = 0;
	int code;

	for (size_t i = 0; i < n; i++)
		if (v[i].count == 1)
			calls[m++] = snapshots_make_call(VBC_M_IMachine_getCurrentSnapshot,
							 v[i].node.machine, &v[i].current);
	code = vbc_batch(op, calls, m);
	m = 0;
	for (size_t i = 0; !code && i < n; i++)
		if (!vbc_ref_is_null(v[i].current))
			calls[m++] = snapshots_make_call(VBC_M_ISnapshot_getName, v[i].current,
							 &v[i].name);
	return code ? code : vbc_batch(op, calls, m);
}

static int snapshots_compare_name(const void *x, const void *y)
{
	const struct asked *a = x, *b = y;
	int order = strcmp(a->node.name, b->node.name);

	return order ? order : strcmp(a->node.id, b->node.id);
}

static int snapshots_find_nodes(struct vbc_op *op, struct asked **ret, size_t *ret_n)
{
	struct vbc_node *nodes = NULL;
	vbc_ref *refs = NULL;
	size_t n = 0;
	int code =
		vbc_node_query(op, NULL, (vbc_ref){NULL}, VBC_NODE_FIELD_NAME, &nodes, &refs, &n);

	if (code)
		return code;
	n = vbc_node_keep_readable(nodes, refs, n);
	*ret = VBC_ARENA_ARRAY(&op->arena, struct asked, n);
	if (!*ret)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++)
		(*ret)[i] =
			(struct asked){.node = {refs[i], nodes[i].id, nodes[i].name}, .name = ""};
	qsort(*ret, n, sizeof(**ret), snapshots_compare_name);
	*ret_n = n;
	return VBC_OK;
}

int vbc_snapshot_list_nodes(struct vbc_op *op, struct vbc_snapshots *list)
{
	struct vbc_batch_call *calls = NULL;
	struct asked *v = NULL;
	size_t n = 0;
	int code = snapshots_find_nodes(op, &v, &n);

	if (!code)
		calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, n);
	if (!code && !calls)
		code = vbc_fail_nomem(&op->error);
	if (!code)
		code = snapshots_ask_counts(op, calls, v, n);
	if (!code)
		code = snapshots_ask_names(op, calls, v, n);
	for (size_t i = 0; !code && i < n; i++)
		if (v[i].count && !(v[i].count == 1 && vbc_starts_with(v[i].name, VBC_NODE_HIDDEN)))
			code = vbc_snapshot_append(op, &v[i].node, list);
	return code;
}
