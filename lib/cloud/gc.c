/* SPDX-License-Identifier: Apache-2.0 */
#include <vboxcloud/gc.h>

#include "doing.h"
#include "network-private.h"
#include "result.h"

struct gc {
	bool dry_run;
	struct vbc_leftovers *list;
	const struct vbc_leftover **v;
	size_t room;
};

static int found(struct vbc_op *op, void *arg, const char *kind, const char *id, const char *text)
{
	struct gc *gc = arg;
	struct vbc_arena *a = vbc_result_arena(gc->list);
	struct vbc_leftover *l = VBC_ARENA_NEW(a, struct vbc_leftover);

	if (!l || gc->list->n == gc->room)
		return vbc_fail_nomem(&op->error);
	l->kind = vbc_arena_strdup(a, kind);
	l->id = vbc_arena_strdup(a, id);
	l->text = vbc_arena_strdup(a, text);
	if (!l->kind || !l->id || !l->text)
		return vbc_fail_nomem(&op->error);
	gc->v[gc->list->n++] = l;
	return VBC_OK;
}

/* Ports that are reserved for nobody; the sweep of the journal has given some back. */
static int sweep_ports(struct vbc_op *op, struct gc *gc)
{
	struct vbc_strs keys = {0};
	int code = vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, &keys);

	return code ? code : vbc_port_sweep_tell(op, &keys, gc->dry_run, found, gc);
}

static int gc_body(struct vbc_op *op, void *arg)
{
	struct gc *gc = arg;
	struct vbc_strs keys = {0};
	int code = vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, &keys);

	if (code)
		return code;
	gc->room = keys.n; /* each leftover has a key */
	gc->list = vbc_result_new(sizeof(*gc->list));
	gc->v = gc->list ? VBC_ARENA_ARRAY(vbc_result_arena(gc->list),
					   const struct vbc_leftover *, gc->room)
			 : NULL;
	if (!gc->v)
		code = vbc_fail_nomem(&op->error);
	if (!code) {
		gc->list->v = gc->v;
		code = vbc_sweep_tell(op, &keys, gc->dry_run, found, gc);
	}
	if (!code)
		code = sweep_ports(op, gc);
	if (code)
		vbc_leftovers_free(vbc_steal(gc->list));
	return code;
}

int vbc_gc(struct vbc_host *host, bool dry_run, struct vbc_leftovers **ret_leftovers,
	   struct vbc_error *err)
{
	struct gc gc = {.dry_run = dry_run};
	int code = vbc_op_run(host, NULL, err, gc_body, &gc);

	if (!code && ret_leftovers)
		*ret_leftovers = gc.list;
	else
		vbc_leftovers_free(gc.list);
	return code;
}

void vbc_leftovers_free(struct vbc_leftovers *leftovers)
{
	vbc_result_free(leftovers);
}
