/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Snapshots of nodes: VirtualBox's own, without those that this library hides. Each of their
 * changes is one piece of work on the host, complete or not begun; what is left of a program that
 * was killed is the machine's lock.
 */
#include "snapshot/node.h"

#include <vboxcloud/snapshot.h>

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/given.h"
#include "base/id.h"
#include "base/result.h"
#include "base/str.h"
#include "disk/bases.h"
#include "forward/port-reconcile.h"
#include "host/tree.h"
#include "journal/run.h"
#include "machine/find.h"
#include "machine/lock.h"
#include "machine/name.h"
#include "machine/state-now.h"
#include "snapshot/take.h"
#include "vbox/aside.h"
#include "vbox/lock.h"
#include "vbox/progress.h"

/* A snapshot in VirtualBox's tree; strings in the operation's arena. */
struct one {
	vbc_ref ref;
	struct vbc_snapshot snapshot;
	size_t children;
};

struct tree {
	struct one *v; /* those that are not hidden, parents before children */
	size_t n;
	const char *current_id; /* VirtualBox's current one, hidden or not */
	const char *node_id, *node_name;
};

static int snapshot_read_one(struct vbc_op *op, vbc_ref ref, struct one *one)
{
	struct vbc_snapshot *s = &one->snapshot;
	int code = vbc_ISnapshot_getId(op, ref, &s->id);

	one->ref = ref;
	if (!code)
		code = vbc_ISnapshot_getName(op, ref, &s->name);
	if (!code)
		code = vbc_ISnapshot_getDescription(op, ref, &s->description);
	if (!code)
		code = vbc_ISnapshot_getTimeStamp(op, ref, &s->created_at_ms);
	if (!vbc_is_date(s->created_at_ms))
		s->created_at_ms = 0;
	return code ? code : vbc_ISnapshot_getOnline(op, ref, &s->running);
}

/* Adds one, if it is shown; b->data is that or the nearest above it that is. */
static int snapshot_add_branch(struct vbc_op *op, struct tree *t, struct vbc_branch *b)
{
	struct one one = {.snapshot = {.kind = VBC_SNAPSHOT_KIND_NODE}, .children = b->children};
	struct one *above = b->above ? b->above->data : NULL, *shown = above;
	int code = snapshot_read_one(op, b->ref, &one);

	if (code)
		return code;
	if (!vbc_starts_with(one.snapshot.name, VBC_NODE_HIDDEN)) {
		one.snapshot.of = t->node_id;
		one.snapshot.of_name = t->node_name;
		one.snapshot.parent = above ? above->snapshot.id : "";
		shown = &t->v[t->n++];
		*shown = one;
	}
	if (shown && streq(one.snapshot.id, t->current_id))
		shown->snapshot.current = true;
	b->data = shown;
	return VBC_OK;
}

static int snapshot_add_branches(struct vbc_op *op, struct tree *t, vbc_ref root)
{
	struct vbc_tree tree = {.n = 0};
	int code = vbc_tree_read(op, VBC_M_ISnapshot_getChildren, root, &tree);

	if (code)
		return code;
	t->v = VBC_ARENA_ARRAY(&op->arena, struct one, tree.n);
	if (!t->v)
		return vbc_fail_nomem(&op->error);
	for (struct vbc_branch *b = tree.first; !code && b; b = b->next)
		code = snapshot_add_branch(op, t, b);
	return code;
}

/* The first one; null when the last one has been deleted meanwhile: then VirtualBox only fails. */
static int snapshot_find_root(struct vbc_op *op, vbc_ref machine, vbc_ref *ret)
{
	struct vbc_aside aside = vbc_aside_begin(op);
	uint32_t count = 1;
	int code = vbc_IMachine_findSnapshot(op, machine, "", ret);

	if (code == VBC_E_FAULT) {
		struct vbc_aside VBC_ASIDE failed = vbc_aside_begin(op);

		vbc_IMachine_getSnapshotCount(op, machine, &count);
	}
	return vbc_aside_end(&aside, count ? code : VBC_OK);
}

static int snapshot_read_tree_named(struct vbc_op *op, vbc_ref machine, const char *node_id,
				    const char *node_name, struct tree *ret)
{
	struct tree t = {.current_id = "", .node_id = node_id, .node_name = node_name};
	vbc_ref current = {NULL}, root = {NULL};
	uint32_t count = 0;
	int code = vbc_IMachine_getSnapshotCount(op, machine, &count);

	if (!code && count)
		code = vbc_IMachine_getCurrentSnapshot(op, machine, &current);
	if (!code && !vbc_ref_is_null(current))
		code = vbc_ISnapshot_getId(op, current, &t.current_id);
	if (!code && count)
		code = snapshot_find_root(op, machine, &root);
	if (!code && !vbc_ref_is_null(root))
		code = snapshot_add_branches(op, &t, root);
	if (!code)
		*ret = t;
	return code;
}

static int snapshot_read_tree(struct vbc_op *op, vbc_ref machine, const char *node_id,
			      struct tree *ret)
{
	const char *name = "";
	int code = vbc_node_name(op, machine, node_id, &name);

	return code ? code : snapshot_read_tree_named(op, machine, node_id, name, ret);
}

static const struct vbc_snapshot *snapshot_copy_one(struct vbc_arena *a,
						    const struct vbc_snapshot *from,
						    struct vbc_snapshot *to)
{
	*to = *from;
	to->id = vbc_arena_strdup(a, from->id);
	to->name = vbc_arena_strdup(a, from->name);
	to->of = vbc_arena_strdup(a, from->of);
	to->of_name = vbc_arena_strdup(a, from->of_name);
	to->parent = vbc_arena_strdup(a, from->parent);
	to->description = vbc_arena_strdup(a, from->description);
	return to->id && to->name && to->of && to->of_name && to->parent && to->description ? to
											    : NULL;
}

/* Adds a node's to a list. */
static int snapshot_append_tree(struct vbc_op *op, const struct tree *tree,
				struct vbc_snapshots *list)
{
	struct vbc_arena *a = vbc_result_arena(list);
	const struct vbc_snapshot **v =
		VBC_ARENA_ARRAY(a, const struct vbc_snapshot *, list->n + tree->n);

	if (!v)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < list->n; i++)
		v[i] = list->v[i];
	for (size_t i = 0; i < tree->n; i++) {
		struct vbc_snapshot *s = VBC_ARENA_NEW(a, struct vbc_snapshot);

		v[list->n + i] = s ? snapshot_copy_one(a, &tree->v[i].snapshot, s) : NULL;
		if (!v[list->n + i])
			return vbc_fail_nomem(&op->error);
	}
	list->n += tree->n;
	list->v = v;
	return VBC_OK;
}

int vbc_snapshot_list_node(struct vbc_op *op, const char *node, struct vbc_snapshots *list)
{
	struct vbc_node_ref found = {0};
	struct tree tree = {0};
	int code = vbc_node_find(op, node, &found);

	if (!code)
		code = snapshot_read_tree(op, found.machine, found.id, &tree);
	return code ? code : snapshot_append_tree(op, &tree, list);
}

int vbc_snapshot_append(struct vbc_op *op, const struct vbc_node_ref *node,
			struct vbc_snapshots *list)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct tree tree = {0};
	int code = snapshot_read_tree_named(op, node->machine, node->id, node->name, &tree);

	if (code) /* it may be destroyed meanwhile */
		return vbc_aside_forgive(&aside, code,
					 VBC_CODE(VBC_E_NOTFOUND) | VBC_CODE(VBC_E_BUSY));
	vbc_aside_restore(&aside);
	return snapshot_append_tree(op, &tree, list);
}

enum match { MATCH_CURRENT, MATCH_WORD, MATCH_PREFIX };

static bool snapshot_matches(const struct vbc_snapshot *s, const char *word, enum match how)
{
	switch (how) {
	case MATCH_CURRENT: return s->current;
	case MATCH_WORD: return streq(s->id, word) || streq(s->name, word);
	default: return vbc_id_begins(s->id, word);
	}
}

static int snapshot_search_tree(struct vbc_op *op, const struct tree *t, const char *word,
				enum match how, const struct one **ret)
{
	const struct one *hit = NULL;

	for (size_t i = 0; i < t->n; i++) {
		const struct vbc_snapshot *s = &t->v[i].snapshot;

		if (!snapshot_matches(s, word, how))
			continue;
		if (hit && how == MATCH_PREFIX)
			return vbc_fail(&op->error, VBC_E_ARG,
					"more than one snapshot of node '%s' has an id that begins "
					"with '%s'; use more of it: %s '%s', %s '%s'",
					t->node_name, word, hit->snapshot.id, hit->snapshot.name,
					s->id, s->name);
		if (hit)
			return vbc_fail(
				&op->error, VBC_E_ARG,
				"more than one snapshot of node '%s' is called '%s'; use an id: "
				"%s, %s",
				t->node_name, word, hit->snapshot.id, s->id);
		hit = &t->v[i];
	}
	*ret = hit;
	return VBC_OK;
}

/* One of the node's snapshots; NULL: the current one. */
static int snapshot_find_in_tree(struct vbc_op *op, const struct tree *t, const char *id_or_name,
				 const struct one **ret)
{
	const struct one *hit = NULL;
	int code = snapshot_search_tree(op, t, id_or_name, id_or_name ? MATCH_WORD : MATCH_CURRENT,
					&hit);

	if (!code && !hit && id_or_name && vbc_is_id_prefix(id_or_name))
		code = snapshot_search_tree(op, t, id_or_name, MATCH_PREFIX, &hit);
	if (code)
		return code;
	if (!hit && id_or_name)
		return vbc_fail(&op->error, VBC_E_NOTFOUND, "node '%s' has no snapshot '%s'",
				t->node_name, id_or_name);
	if (!hit)
		return vbc_fail(&op->error, VBC_E_NOTFOUND, "node '%s' has no snapshot",
				t->node_name);
	*ret = hit;
	return VBC_OK;
}

static int snapshot_find_of_node(struct vbc_op *op, const char *node, const char *snapshot,
				 struct vbc_node_ref *ret, const struct one **ret_one)
{
	struct tree tree = {0};
	int code = vbc_node_find(op, node, ret);

	if (!code)
		code = snapshot_read_tree(op, ret->machine, ret->id, &tree);
	return code ? code : snapshot_find_in_tree(op, &tree, snapshot, ret_one);
}

int vbc_snapshot_machine(struct vbc_op *op, const struct vbc_node_ref *node, const char *snapshot,
			 vbc_ref *ret_machine)
{
	const struct one *one = NULL;
	struct tree tree = {0};
	int code = snapshot_read_tree(op, node->machine, node->id, &tree);

	if (!code)
		code = snapshot_find_in_tree(op, &tree, snapshot, &one);
	return code ? code : vbc_ISnapshot_getMachine(op, one->ref, ret_machine);
}

static int delete (struct vbc_op *op, vbc_ref machine, const char *id)
{
	vbc_ref progress = {NULL};
	int code = vbc_IMachine_deleteSnapshot(op, machine, id, &progress);

	return code ? code : vbc_progress_wait(op, progress, "deleting the snapshot", 0, 100);
}

/* What could not be cancelled any more, when it was, is deleted. */
static void snapshot_undo_take(struct vbc_op *op, vbc_ref machine, const char *id)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	bool undoing = op->undoing;
	vbc_ref snapshot = {NULL};

	op->undoing = true;
	if (!vbc_IMachine_findSnapshot(op, machine, id, &snapshot))
		delete (op, machine, id);
	op->undoing = undoing;
}

static int snapshot_take_locked(struct vbc_op *op, const struct vbc_snapshot_take *take,
				vbc_ref machine, const char **ret_id)
{
	vbc_ref progress = {NULL};
	const char *id = "";
	int code = vbc_IMachine_takeSnapshot(op, machine, take->name, take->description, true, &id,
					     &progress);

	if (code)
		return code;
	code = vbc_progress_wait(op, progress, "taking the snapshot", 0, 100);
	if (code)
		snapshot_undo_take(op, machine, id);
	else
		*ret_id = id;
	return code;
}

static int snapshot_make_result(struct vbc_op *op, const struct vbc_node_ref *node, const char *id,
				struct vbc_snapshot **ret)
{
	struct vbc_snapshot *result;
	const struct one *one = NULL;
	struct tree tree = {0};
	int code = snapshot_read_tree(op, node->machine, node->id, &tree);

	if (!code)
		code = snapshot_find_in_tree(op, &tree, id, &one);
	if (code)
		return code;
	result = vbc_result_new(&op->results, sizeof(*result));
	if (!result || !snapshot_copy_one(vbc_result_arena(result), &one->snapshot, result))
		return vbc_fail_nomem(&op->error);
	*ret = result;
	return VBC_OK;
}

int vbc_snapshot_take_node(struct vbc_op *op, const struct vbc_snapshot_take *take,
			   struct vbc_snapshot **ret)
{
	struct vbc_lock lock = {0};
	struct vbc_node_ref node = {0};
	const char *id = "";
	int code = vbc_node_find(op, take->of, &node);

	if (!code)
		code = vbc_machine_lock(op, node.machine, node.id, &lock);
	if (!code)
		code = snapshot_take_locked(op, take, lock.machine, &id);
	if (!code) {
		code = snapshot_make_result(op, &node, id, ret);
		if (code)
			snapshot_undo_take(op, lock.machine, id);
	}
	vbc_lock_drop(op, &lock);
	return code;
}

/* What is linked to it would lose its half, or keep VirtualBox from merging it. */
static int snapshot_check_bases(struct vbc_op *op, vbc_ref snapshot, const char *node_id)
{
	vbc_ref machine = {NULL};
	int code = vbc_ISnapshot_getMachine(op, snapshot, &machine);

	return code ? code : vbc_node_check_bases(op, machine, node_id, false);
}

int vbc_snapshot_delete_node(struct vbc_op *op, const char *node, const char *snapshot)
{
	const struct one *one = NULL;
	struct vbc_lock lock = {0};
	struct vbc_node_ref found = {0};
	int code = snapshot_find_of_node(op, node, snapshot, &found, &one);

	if (!code && one->children > 1)
		code = vbc_fail(&op->error, VBC_E_STATE,
				"%zu snapshots build on it, and VirtualBox can merge it into only "
				"one; delete all but one of them first",
				one->children);
	if (!code)
		code = snapshot_check_bases(op, one->ref, found.id);
	if (!code)
		code = vbc_machine_lock(op, found.machine, found.id, &lock);
	if (!code)
		code = delete (op, lock.machine, one->snapshot.id);
	vbc_lock_drop(op, &lock);
	return code;
}

struct revert {
	const char *node, *snapshot;
};

static int snapshot_restore_node(struct vbc_op *op, const struct vbc_node_ref *node,
				 vbc_ref snapshot)
{
	struct vbc_lock lock = {0};
	vbc_ref progress = {NULL};
	int code = vbc_lock_take(op, node->machine, node->id, VBC_LockType_Write, &lock);

	if (!code)
		code = vbc_IMachine_restoreSnapshot(op, lock.machine, snapshot, &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, "reverting", 0, 100);
	vbc_lock_drop(op, &lock);
	/* Its forwards are those of then. */
	return code ? code : vbc_port_reconcile(op, node->id, node->machine);
}

static int snapshot_revert_body(struct vbc_op *op, void *arg)
{
	const struct revert *r = arg;
	struct vbc_node_ref found = {0};
	const struct one *one = NULL;
	enum vbc_node_state state;
	int code = snapshot_find_of_node(op, r->node, r->snapshot, &found, &one);

	op->progress.what = "reverting";
	if (!code)
		code = vbc_machine_state(op, found.machine, &state);
	if (code)
		return code;
	if (state != VBC_NODE_STATE_STOPPED && state != VBC_NODE_STATE_SUSPENDED)
		return vbc_fail(&op->error, VBC_E_STATE,
				"node '%s' cannot be reverted: it is %s; stop it first", r->node,
				vbc_node_state_name(state));
	code = snapshot_restore_node(op, &found, one->ref);
	return vbc_error_prefix(&op->error, code, "cannot revert node '%s'", r->node);
}

int vbc_snapshot_revert(struct vbc_host *host, const char *node, const char *snapshot,
			const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, node))
		return VBC_E_ARG;

	struct revert r = {.node = node, .snapshot = snapshot};

	return vbc_run_recovered(host, wait, err, snapshot_revert_body, &r);
}
