/* SPDX-License-Identifier: Apache-2.0 */
#include "host/tree.h"

#define DEPTH_MAX 512
#define COUNT_MAX 20000

int vbc_tree_check(struct vbc_op *op, size_t n, unsigned depth)
{
	if (depth > DEPTH_MAX)
		return vbc_fail(&op->error, VBC_E_PROTOCOL,
				"the host reports more than %d snapshots or disks that are built "
				"on each other, as if one were built on itself",
				DEPTH_MAX);
	if (n > COUNT_MAX)
		return vbc_fail(&op->error, VBC_E_PROTOCOL,
				"the host reports more than %d snapshots or disks", COUNT_MAX);
	return VBC_OK;
}

static struct vbc_branch *tree_add_branch(struct vbc_op *op, struct vbc_tree *t, vbc_ref ref,
					  struct vbc_branch *above, struct vbc_branch *before)
{
	struct vbc_branch *b = VBC_ARENA_NEW(&op->arena, struct vbc_branch);

	if (!b) {
		vbc_fail_nomem(&op->error);
		return NULL;
	}
	*b = (struct vbc_branch){.ref = ref, .above = above, .before = before};
	b->depth = above ? above->depth + 1 : 0;
	b->next = before ? before->next : NULL;
	*(before ? &before->next : &t->first) = b;
	*(b->next ? &b->next->before : &t->last) = b;
	t->n++;
	return b;
}

/* What is below it follows it. */
static int tree_add_children(struct vbc_op *op, struct vbc_tree *t, enum vbc_method_id children_of,
			     struct vbc_branch *above)
{
	struct vbc_refs children = {0};
	void *const out[] = {&children};
	struct vbc_branch *before = above;
	int code = vbc_call(op, children_of, above->ref, NULL, out);

	if (!code && children.n)
		code = vbc_tree_check(op, t->n + children.n, above->depth + 1);
	for (size_t i = 0; !code && i < children.n; i++) {
		before = tree_add_branch(op, t, children.v[i], above, before);
		code = before ? VBC_OK : VBC_E_NOMEM;
	}
	above->children = children.n;
	return code;
}

int vbc_tree_read(struct vbc_op *op, enum vbc_method_id children_of, vbc_ref root,
		  struct vbc_tree *ret)
{
	struct vbc_tree t = {.n = 0};
	struct vbc_branch *b = tree_add_branch(op, &t, root, NULL, NULL);
	int code = b ? VBC_OK : VBC_E_NOMEM;

	for (; !code && b; b = b->next)
		code = tree_add_children(op, &t, children_of, b);
	if (!code)
		*ret = t;
	return code;
}
