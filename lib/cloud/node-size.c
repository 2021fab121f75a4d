/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The sizes of nodes, from what their machines have now: other programs change them.
 */
#include "medium-facts.h"
#include "node-private.h"

#define GIB ((uint64_t)1 << 30)

/* A node whose disk is asked about. */
struct asked {
	struct vbc_node *node;
	vbc_ref machine, disk;
	struct vbc_IMediumAttachment_array attachments;
	bool known;     /* what follows is what it has now */
	uint64_t bytes; /* 0: it has no disk               */
};

static int ask_attachments(struct vbc_op *op, struct asked *v, size_t n)
{
	struct vbc_batch_call *calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, n);
	int code;

	if (!calls)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++)
		calls[i] = (struct vbc_batch_call){.method = VBC_M_IMachine_getMediumAttachments,
						   .self = v[i].machine,
						   .out = &v[i].attachments};
	code = vbc_batch(op, calls, n);
	for (size_t i = 0; !code && i < n; i++)
		v[i].known = !calls[i].code;
	return code;
}

/* A machine that is gone meanwhile fails no list. */
static void find_disks(struct vbc_op *op, struct asked *v, size_t n)
{
	struct vbc_error saved = vbc_op_try(op);

	for (size_t i = 0; i < n; i++)
		if (vbc_node_first_disk(op, v[i].machine, &v[i].attachments, &v[i].disk))
			v[i].known = false;
	vbc_op_try_end(op, &saved);
}

/* The sizes of those that have a disk. */
static int ask_bytes(struct vbc_op *op, struct asked *v, size_t n)
{
	vbc_ref *disks = VBC_ARENA_ARRAY(&op->arena, vbc_ref, n);
	struct vbc_medium_facts *facts = VBC_ARENA_ARRAY(&op->arena, struct vbc_medium_facts, n);
	size_t m = 0;
	int code;

	if (!disks || !facts)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++)
		if (!vbc_ref_is_null(v[i].disk))
			disks[m++] = v[i].disk;
	code = vbc_medium_facts(op, disks, m, 0, facts);
	for (size_t i = n; !code && i-- > 0;) {
		if (vbc_ref_is_null(v[i].disk))
			continue;
		v[i].bytes = facts[--m].size_bytes;
		v[i].known = v[i].bytes > 0;
	}
	return code;
}

static int ask_disks(struct vbc_op *op, struct asked *v, size_t n)
{
	int code = ask_attachments(op, v, n);

	if (code)
		return code;
	find_disks(op, v, n);
	return ask_bytes(op, v, n);
}

static int write_size(struct vbc_op *op, struct vbc_node *node)
{
	if (!node->cpus || !node->memory_mb)
		return VBC_OK;
	node->size = vbc_arena_printf(&op->arena, "%u_cpu-%u_ram-%u_disk", node->cpus,
				      node->memory_mb, node->disk_gb);
	return node->size ? VBC_OK : vbc_fail_nomem(&op->error);
}

/* Where nothing is known of the disk now, what was recorded of it stands. */
static int take(struct vbc_op *op, const struct asked *a)
{
	unsigned recorded = a->node->disk_gb;

	if (!a->known)
		return recorded ? write_size(op, a->node) : VBC_OK;
	a->node->disk_gb = (unsigned)((a->bytes + GIB - 1) / GIB);
	return write_size(op, a->node);
}

int vbc_node_sizes(struct vbc_op *op, struct vbc_node *nodes, const vbc_ref *refs, size_t n,
		   bool exact)
{
	struct asked *asked = VBC_ARENA_ARRAY(&op->arena, struct asked, n);
	size_t m = 0;
	int code = asked ? VBC_OK : vbc_fail_nomem(&op->error);

	for (size_t i = 0; !code && i < n; i++) {
		nodes[i].size = "";
		if (nodes[i].state == VBC_NODE_ERROR)
			continue;
		if (exact || !nodes[i].disk_gb)
			asked[m++] = (struct asked){.node = &nodes[i], .machine = refs[i]};
		else
			code = write_size(op, &nodes[i]);
	}
	if (!code && m)
		code = ask_disks(op, asked, m);
	for (size_t i = 0; !code && i < m; i++)
		code = take(op, &asked[i]);
	return code;
}
