/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The list of what is left.
 */
#include "gc/list.h"

#include "base/result.h"

static bool leftovers_make_room(struct vbc_gc *gc)
{
	size_t n = gc->list->n, room = 2 * n + 16;
	const struct vbc_leftover **v;

	if (n < gc->room)
		return true;
	v = VBC_ARENA_ARRAY(vbc_result_arena(gc->list), const struct vbc_leftover *, room);
	if (!v)
		return false;
	for (size_t i = 0; i < n; i++)
		v[i] = gc->v[i];
	gc->list->v = gc->v = v;
	gc->room = room;
	return true;
}

int vbc_gc_add_leftover(struct vbc_op *op, struct vbc_gc *gc, const char *kind, const char *id,
			const char *text)
{
	struct vbc_arena *a = vbc_result_arena(gc->list);
	struct vbc_leftover *l = VBC_ARENA_NEW(a, struct vbc_leftover);

	if (!l || !leftovers_make_room(gc))
		return vbc_fail_nomem(&op->error);
	l->kind = vbc_arena_strdup(a, kind);
	l->id = vbc_arena_strdup(a, id);
	l->text = vbc_arena_strdup(a, text);
	if (!l->kind || !l->id || !l->text)
		return vbc_fail_nomem(&op->error);
	gc->v[gc->list->n++] = l;
	return VBC_OK;
}
