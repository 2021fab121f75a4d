/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/work.h"

int vbc_work_run(struct vbc_op *op, const struct vbc_work *work,
		 int (*body)(struct vbc_op *op, void *arg), void *arg)
{
	int code = work->entry ? work->begin(op, work->kind, work->id, work->entry)
			       : vbc_fail_nomem(&op->error);

	if (!code)
		code = body(op, arg);
	if (!code)
		code = vbc_journal_end(op, work->id);
	if (code && work->lock)
		vbc_lock_drop(op, work->lock);
	if (code)
		vbc_journal_undo(op, work->id, work->entry);
	return code;
}
