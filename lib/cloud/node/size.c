/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The sizes of nodes, from what their machines have now: other programs change them.
 */
#include "node/size.h"

#include <vboxcloud/node.h>

#include "disk/medium-facts.h"
#include "machine/boot-disk.h"
#include "machine/state.h"
#include "machine/told.h"

#define GIB ((uint64_t)1 << 30)

/* A node whose disk is asked about. */
struct asked {
	struct vbc_node *node;
	bool known;     /* what follows is what it has now */
	uint64_t bytes; /* 0: it has no disk               */
	bool in_use;    /* the disk, so that may be old    */
	vbc_ref *disk;  /* where it is told which it is    */
};

static int size_ask_attachments(struct vbc_op *op, struct vbc_node_disks *v, size_t n)
{
	struct vbc_batch_call *calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, n);
	int code;

	if (!calls)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++)
		calls[i] = (struct vbc_batch_call){.method = VBC_M_IMachine_getMediumAttachments,
						   .self = v[i].machine,
						   .out = &v[i].all};
	code = vbc_batch(op, calls, n);
	for (size_t i = 0; !code && i < n; i++)
		v[i].lost = calls[i].code != VBC_OK;
	return code;
}

static bool size_has_disk(const struct vbc_node_disks *d)
{
	return !d->lost && d->first;
}

/* The sizes of those that have a disk. */
static int size_ask_bytes(struct vbc_op *op, const struct vbc_node_disks *v, size_t n,
			  struct asked *asked)
{
	vbc_ref *disks = VBC_ARENA_ARRAY(&op->arena, vbc_ref, n);
	struct vbc_medium_facts *facts = VBC_ARENA_ARRAY(&op->arena, struct vbc_medium_facts, n);
	bool *up = VBC_ARENA_ARRAY(&op->arena, bool, n);
	size_t m = 0;
	int code;

	if (!disks || !facts || !up)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++) {
		if (!size_has_disk(&v[i]))
			continue;
		up[m] = vbc_state_is_up(asked[i].node->state);
		disks[m++] = *asked[i].disk = v[i].first->medium;
	}
	code = vbc_medium_facts(op, disks, up, m, 0, facts);
	for (size_t i = n; !code && i-- > 0;) {
		asked[i].known = !v[i].lost;
		if (!size_has_disk(&v[i]))
			continue;
		asked[i].bytes = facts[--m].size_bytes;
		asked[i].in_use = facts[m].in_use;
		asked[i].known = asked[i].bytes > 0;
	}
	return code;
}

/* A machine that is gone meanwhile fails no list. */
static int sizes_ask_disks(struct vbc_op *op, struct vbc_node_disks *v, size_t n,
			   struct asked *asked)
{
	int code = size_ask_attachments(op, v, n);

	if (!code)
		code = vbc_node_first_disks(op, v, n);
	return code ? code : size_ask_bytes(op, v, n, asked);
}

static int size_write_text(struct vbc_op *op, struct vbc_node *node)
{
	if (!node->cpus || !node->memory_mib)
		return VBC_OK;
	node->size = vbc_arena_printf(&op->arena, "%u_cpu-%u_ram-%u_disk", node->cpus,
				      node->memory_mib, node->disk_gib);
	return node->size ? VBC_OK : vbc_fail_nomem(&op->error);
}

/* Where nothing is known of the disk now, what was recorded of it stands. */
static int size_take_known(struct vbc_op *op, const struct asked *a)
{
	unsigned recorded = a->node->disk_gib;

	if (!a->known)
		return recorded ? size_write_text(op, a->node) : VBC_OK;
	a->node->disk_gib = (unsigned)((a->bytes + GIB - 1) / GIB);
	return size_write_text(op, a->node);
}

/*
 * Whether an event tells of a disk that is resized, before the call that waits for it returns:
 * since 7.0. VirtualBox 5 has none.
 */
static bool size_is_told(const struct vbc_op *op)
{
	return vbc_op_has(op, VBC_M_IMachine_getNonVolatileStore);
}

/*
 * Whether the next change of it will be told of. The event of a resize may be heard while the disk
 * is still in work, and VirtualBox has its old size then. One that a running machine has in use
 * cannot be resized until an event tells of another state.
 */
static bool size_is_settled(const struct vbc_op *op, const struct asked *a)
{
	return a->known && size_is_told(op) && (!a->in_use || vbc_state_is_up(a->node->state));
}

int vbc_node_sizes(struct vbc_op *op, struct vbc_node *nodes, const vbc_ref *refs,
		   const struct vbc_told *told, size_t n, bool exact, vbc_ref *ret_disks)
{
	struct asked *asked = VBC_ARENA_ARRAY(&op->arena, struct asked, n);
	struct vbc_node_disks *disks = VBC_ARENA_ARRAY(&op->arena, struct vbc_node_disks, n);
	size_t m = 0;
	int code = asked && disks ? VBC_OK : vbc_fail_nomem(&op->error);

	for (size_t i = 0; !code && i < n; i++) {
		nodes[i].size = "";
		ret_disks[i] = (vbc_ref){NULL};
		if (nodes[i].state == VBC_NODE_STATE_ERROR)
			continue;
		if (told[i].known && !told[i].has_disk) {
			nodes[i].disk_gib = 0;
			code = size_write_text(op, &nodes[i]);
		} else if (exact || !nodes[i].disk_gib) {
			disks[m] = (struct vbc_node_disks){.machine = refs[i]};
			asked[m++] = (struct asked){.node = &nodes[i], .disk = &ret_disks[i]};
		} else {
			code = size_write_text(op, &nodes[i]);
		}
	}
	if (!code && m)
		code = sizes_ask_disks(op, disks, m, asked);
	for (size_t i = 0; !code && i < m; i++) {
		code = size_take_known(op, &asked[i]);
		if (size_is_settled(op, &asked[i]))
			*asked[i].disk = (vbc_ref){NULL};
	}
	return code;
}

int vbc_node_sizes_again(struct vbc_op *op, struct vbc_node *const *nodes, const vbc_ref *disks,
			 size_t n, bool *ret_lost)
{
	struct vbc_medium_facts *facts = VBC_ARENA_ARRAY(&op->arena, struct vbc_medium_facts, n);
	int code =
		facts ? vbc_medium_facts(op, disks, NULL, n, 0, facts) : vbc_fail_nomem(&op->error);

	for (size_t i = 0; !code && i < n; i++) {
		const struct asked a = {
			.node = nodes[i], .known = true, .bytes = facts[i].size_bytes};

		/* What is settled now is read once more, and kept. */
		ret_lost[i] = facts[i].gone || !facts[i].size_bytes ||
			      (size_is_told(op) && !facts[i].in_use);
		if (!ret_lost[i])
			code = size_take_known(op, &a);
	}
	return code;
}
