/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finding one node.
 */
#include "machine/find.h"

#include <vboxcloud/node.h>

#include "base/str.h"
#include "host/keys.h"
#include "machine/find-name.h"
#include "machine/read-again.h"
#include "machine/registered.h"

int vbc_node_fail_unknown(struct vbc_op *op, const char *id_or_name)
{
	return vbc_fail_hint(&op->error, VBC_E_NOTFOUND, VBC_HINT_LIST_NODES,
			     "there is no node '%s'", id_or_name);
}

static int node_find_by_id(struct vbc_op *op, const char *id, vbc_ref *ret_machine)
{
	int code = vbc_node_registered(op, id, ret_machine);

	return code || !vbc_ref_is_null(*ret_machine) ? code : vbc_node_fail_unknown(op, id);
}

static int node_find_by(struct vbc_op *op, const struct vbc_strs *keys, const char *id_or_name,
			bool surely, struct vbc_node_ref *ret)
{
	char *id;

	if (!id_or_name || !id_or_name[0])
		return vbc_fail(&op->error, VBC_E_ARG, "no node was named: give its id or name");
	if (!vbc_is_uuid(id_or_name)) {
		int code = vbc_node_find_by_name(op, keys, id_or_name, surely, ret);

		return code || !vbc_ref_is_null(ret->machine)
			       ? code
			       : vbc_node_fail_unknown(op, id_or_name);
	}
	id = vbc_arena_strdup(&op->arena, id_or_name);
	if (!id)
		return vbc_fail_nomem(&op->error);
	for (char *c = id; *c; c++)
		if (*c >= 'A' && *c <= 'F')
			*c = (char)(*c - 'A' + 'a');
	*ret = (struct vbc_node_ref){.id = id, .name = id};
	return node_find_by_id(op, id, &ret->machine);
}

static int node_find_about(struct vbc_op *op, const struct vbc_strs *keys, const char *id_or_name,
			   bool surely, struct vbc_node_ref *ret)
{
	int code = node_find_by(op, keys, id_or_name, surely, ret);

	if (!code)
		vbc_op_about(op,
			     &(struct vbc_subject){"node", ret->id, ret->name, vbc_node_registered,
						   vbc_node_check_readable});
	return code;
}

int vbc_node_find_among(struct vbc_op *op, const struct vbc_strs *keys, const char *id_or_name,
			struct vbc_node_ref *ret)
{
	return node_find_about(op, keys, id_or_name, false, ret);
}

int vbc_node_find_surely(struct vbc_op *op, const char *id_or_name, struct vbc_node_ref *ret)
{
	struct vbc_strs keys = {0};
	int code = vbc_host_keys(op, &keys);

	return code ? code : node_find_about(op, &keys, id_or_name, true, ret);
}

int vbc_node_find(struct vbc_op *op, const char *id_or_name, struct vbc_node_ref *ret)
{
	struct vbc_strs keys = {0};
	int code = vbc_host_keys(op, &keys);

	return code ? code : vbc_node_find_among(op, &keys, id_or_name, ret);
}
