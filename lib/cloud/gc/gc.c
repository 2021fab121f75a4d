/* SPDX-License-Identifier: Apache-2.0 */
#include "base/given.h"
#include "base/result.h"
#include "forward/port-reconcile.h"
#include "gc/folders.h"
#include "gc/list.h"
#include "gc/media.h"
#include "gc/metadata.h"
#include "gc/unknown.h"
#include "journal/recover.h"
#include "vbox/run.h"

static int gc_report_leftover(struct vbc_op *op, void *arg, const char *kind, const char *id,
			      const char *text, enum vbc_stuck stuck)
{
	(void)stuck;
	return vbc_gc_add_leftover(op, arg, kind, id, text);
}

typedef int recover_fn(struct vbc_op *op, const struct vbc_strs *keys,
		       const struct vbc_recover_how *how);

static int gc_recover(struct vbc_op *op, struct vbc_gc *gc, recover_fn *what)
{
	const struct vbc_recover_how how = {
		.found = gc_report_leftover, .arg = gc, .dry_run = gc->dry_run, .force = gc->force};
	struct vbc_strs keys = {0};
	int code = vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, &keys);

	return code ? code : what(op, &keys, &how);
}

static int gc_run_body(struct vbc_op *op, void *arg)
{
	struct vbc_gc *gc = arg;
	int code;

	op->progress.what = "looking for leftovers";
	gc->room = 0;
	gc->list = vbc_result_new(&op->results, sizeof(*gc->list));
	/* Half-made things first: what they name is left alone after that. */
	code = gc->list ? gc_recover(op, gc, vbc_recover) : vbc_fail_nomem(&op->error);
	/* Then ports that are reserved for nobody; undoing has given some back. */
	if (!code)
		code = gc_recover(op, gc, vbc_port_recover);
	if (!code)
		code = vbc_gc_media(op, gc);
	if (!code)
		code = vbc_gc_unknown(op, gc);
	if (!code)
		code = vbc_gc_metadata(op, gc);
	if (!code)
		code = vbc_gc_folders(op, gc);
	return code;
}

int vbc_gc(struct vbc_host *host, const struct vbc_gc_opts *opts, const struct vbc_wait *wait,
	   struct vbc_leftovers **ret_leftovers, struct vbc_error *err)
{
	struct vbc_gc_opts o = VBC_GC_OPTS_INIT;
	struct vbc_gc gc = {.list = NULL};
	int code;

	if (vbc_lacks(err, host))
		return VBC_E_ARG;
	vbc_opts_read(&o, opts);
	gc.dry_run = o.dry_run;
	gc.force = o.force;
	code = vbc_op_run(host, wait, err, gc_run_body, &gc);

	if (code)
		return code;
	if (ret_leftovers)
		*ret_leftovers = gc.list;
	else
		vbc_leftovers_free(gc.list);
	return VBC_OK;
}

void vbc_leftovers_free(struct vbc_leftovers *leftovers)
{
	vbc_result_free(leftovers);
}
