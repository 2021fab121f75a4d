/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nodes that must not be destroyed by mistake. What says so is kept in the metadata, as tags are:
 * VirtualBox and other programs know nothing of it.
 */
#include "node/protect.h"

#include <vboxcloud/node.h>

#include "base/given.h"
#include "machine/keys.h"
#include "machine/on-node.h"
#include "machine/record.h"
#include "node/name.h"
#include "vbox/lock.h"
#include "vbox/meta.h"

static bool meta_is_protected(const struct vbc_meta *meta)
{
	return vbc_meta_str(meta, VBC_NODE_PROTECTED)[0] != '\0';
}

int vbc_node_check_unprotected(struct vbc_op *op, const struct vbc_node_ref *f)
{
	struct vbc_meta *VBC_META meta = NULL;
	int code = vbc_node_record_get(op, f->id, &meta);

	if (code || !meta_is_protected(meta))
		return code;
	return vbc_fail_hint(&op->error, VBC_E_STATE, VBC_HINT_UNPROTECT, "it is protected");
}

static int node_set_protected(struct vbc_op *op, const struct vbc_node_ref *f, bool on)
{
	struct vbc_meta *VBC_META meta = NULL;
	int code = vbc_node_meta(op, f, &meta);

	if (code || meta_is_protected(meta) == on)
		return code;
	vbc_meta_set_str(meta, VBC_NODE_PROTECTED, on ? "yes" : "");
	return vbc_node_put_meta(op, f->id, meta);
}

/* With the advisory lock of the machine: who destroys it looks with that, too. */
static int node_protect_body(struct vbc_op *op, const struct vbc_node_ref *node, void *arg)
{
	const bool *on = arg;
	struct vbc_lock lock = {0};
	int code;

	op->progress.what = "protecting";
	code = vbc_lock_prepare(op, node->id, &lock);
	if (!code)
		code = node_set_protected(op, node, *on);
	vbc_lock_drop(op, &lock);
	return vbc_error_prefix(&op->error, code, "cannot %s node '%s'",
				*on ? "protect" : "unprotect", node->name);
}

int vbc_node_protect(struct vbc_host *host, const char *id_or_name, bool on,
		     const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	return vbc_run_on_node(host, id_or_name, wait, err, node_protect_body, &on);
}
