/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/record.h"

#include "machine/keys.h"
#include "vbox/meta.h"

int vbc_node_record_get(struct vbc_op *op, const char *id, struct vbc_meta **ret_meta)
{
	return vbc_meta_get(op, VBC_NODE_KIND, id, ret_meta);
}

int vbc_node_record_put(struct vbc_op *op, const char *id, const struct vbc_meta *meta)
{
	return vbc_meta_put(op, VBC_NODE_KIND, id, meta);
}

int vbc_node_record_delete(struct vbc_op *op, const char *id)
{
	return vbc_meta_delete(op, VBC_NODE_KIND, id);
}

const char *vbc_node_record_key(struct vbc_op *op, const char *id)
{
	return vbc_meta_key(op, VBC_NODE_KIND, id);
}
