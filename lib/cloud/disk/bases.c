/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is linked to the disks of a node: those of its clones. A disk is the node's as long as the
 * node or one of its snapshots has it attached; below it, what is another's is linked to it.
 */
#include "disk/bases.h"

#include "host/tree.h"
#include "machine/name.h"
#include "machine/read-again.h"

struct search {
	struct vbc_op *op;
	const char *node_id;
	bool all;
};

static int linked_get_owners(const struct search *s, vbc_ref disk, struct vbc_strs *ret,
			     bool *ret_own)
{
	int code = vbc_IMedium_getMachineIds(s->op, disk, ret);

	*ret_own = !code && vbc_strs_has(ret, s->node_id);
	return code;
}

static int linked_fail_in_use(struct vbc_op *op, const struct vbc_strs *owners)
{
	vbc_ref machine = {NULL};
	const char *name = "";
	int code;

	if (!owners->n)
		return vbc_fail(&op->error, VBC_E_BUSY, "another disk is linked to it");
	code = vbc_IVirtualBox_findMachine(op, op->vbox, owners->v[0], &machine);
	if (!code)
		code = vbc_node_name(op, machine, owners->v[0], &name);
	return code ? code
		    : vbc_fail(&op->error, VBC_E_BUSY,
			       "the disk of node '%s' (%s) is linked to it; destroy that first",
			       name, owners->v[0]);
}

static int linked_check_owner(const struct search *s, vbc_ref disk)
{
	struct vbc_strs owners = {0};
	bool own = false;
	int code = linked_get_owners(s, disk, &owners, &own);

	return code || own ? code : linked_fail_in_use(s->op, &owners);
}

static int linked_check_children(const struct search *s, vbc_ref disk)
{
	struct vbc_refs children = {0};
	int code = vbc_IMedium_getChildren(s->op, disk, &children);

	for (size_t i = 0; !code && i < children.n; i++)
		code = linked_check_owner(s, children.v[i]);
	return code;
}

static int linked_check_below(const struct search *s, vbc_ref disk)
{
	struct vbc_tree tree = {.n = 0};
	int code = vbc_tree_read(s->op, VBC_M_IMedium_getChildren, disk, &tree);

	for (struct vbc_branch *b = tree.first; !code && b; b = b->next)
		if (b->above)
			code = linked_check_owner(s, b->ref);
	return code;
}

/* The uppermost of the node's disks that this one is built on. */
static int linked_find_top(const struct search *s, vbc_ref *disk)
{
	struct vbc_strs owners = {0};
	vbc_ref parent = {NULL};
	bool own = true;
	int code = VBC_OK;

	for (unsigned depth = 0; !code && own; depth++) {
		code = vbc_tree_check(s->op, 0, depth);
		if (!code)
			code = vbc_IMedium_getParent(s->op, *disk, &parent);
		if (code || vbc_ref_is_null(parent))
			return code;
		code = linked_get_owners(s, parent, &owners, &own);
		if (own)
			*disk = parent;
	}
	return code;
}

int vbc_node_check_bases(struct vbc_op *op, vbc_ref machine, const char *node_id, bool all)
{
	const struct search s = {op, node_id, all};
	struct vbc_IMediumAttachment_array at = {0};
	int code = vbc_machine_read_again(op);

	if (!code)
		code = vbc_IMachine_getMediumAttachments(op, machine, &at);
	for (size_t i = 0; !code && i < at.n; i++) {
		vbc_ref disk = at.v[i].medium;

		if (at.v[i].type != VBC_DeviceType_HardDisk || vbc_ref_is_null(disk))
			continue;
		if (all)
			code = linked_find_top(&s, &disk);
		if (!code)
			code = all ? linked_check_below(&s, disk) : linked_check_children(&s, disk);
	}
	return code;
}
