/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tags of nodes: kept in the metadata, which takes any text and can be changed while the node runs.
 * VirtualBox's groups could not hold them: they are paths, which need the machine's lock.
 */
#include "node/tag.h"

#include "base/given.h"
#include "base/name.h"
#include "machine/keys.h"
#include "machine/on-node.h"
#include "node/name.h"
#include "vbox/lock.h"
#include "vbox/meta.h"

int vbc_tag_check(const char *key, const char *value, struct vbc_error *err)
{
	int code = vbc_name_check("tag", key ? key : "", err);

	return code || !value || !value[0] ? code : vbc_name_check("tag", value, err);
}

struct tag {
	const char *key, *value;
};

static int node_set_tag(struct vbc_op *op, const struct vbc_node_ref *f, const struct tag *t)
{
	struct vbc_meta *VBC_META meta = NULL;
	int code = vbc_node_meta(op, f, &meta);

	if (!code && !vbc_meta_set_in(meta, VBC_NODE_TAGS, t->key, t->value))
		return t->value ? vbc_fail_nomem(&op->error) : VBC_OK; /* it has no such tag */
	return code ? code : vbc_node_put_meta(op, f->id, meta);
}

/* With the advisory lock of the machine, so that of two who change its tags none undoes the
 * other's. */
static int node_tag_body(struct vbc_op *op, const struct vbc_node_ref *node, void *arg)
{
	struct vbc_lock lock = {0};
	int code;

	op->progress.what = "tagging";
	code = vbc_lock_prepare(op, node->id, &lock);
	if (!code)
		code = node_set_tag(op, node, arg);
	vbc_lock_drop(op, &lock);
	return vbc_error_prefix(&op->error, code, "cannot tag node '%s'", node->name);
}

int vbc_node_tag(struct vbc_host *host, const char *id_or_name, const char *key, const char *value,
		 const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, key))
		return VBC_E_ARG;

	struct tag t = {.key = key, .value = value};
	int code = vbc_tag_check(key, value, err);

	return code ? code : vbc_run_on_node(host, id_or_name, wait, err, node_tag_body, &t);
}
