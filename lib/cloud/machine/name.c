/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/name.h"

#include <vboxcloud/node.h>

#include "machine/list.h"
#include "machine/record.h"

int vbc_node_name(struct vbc_op *op, vbc_ref machine, const char *id, const char **ret_name)
{
	const char *key = vbc_node_record_key(op, id);
	const struct vbc_strs keys = {.n = 1, .v = &key};
	struct vbc_node *nodes = NULL;
	vbc_ref *refs = NULL;
	size_t n = 0;
	int code = key ? vbc_node_query(op, &keys, machine, VBC_NODE_FIELD_NAME, &nodes, &refs, &n)
		       : vbc_fail_nomem(&op->error);

	if (!code)
		*ret_name = n ? nodes[0].name : id;
	return code;
}
