/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/work.h"

#include "journal/entry.h"
#include "journal/uuid.h"
#include "vbox/lease.h"
#include "vbox/lock.h"
#include "vbox/meta.h"

static int work_begin_entry(struct vbc_op *op, const struct vbc_work *work, const char *id)
{
	switch (work->id_is) {
	case VBC_WORK_NEW: return vbc_journal_begin_new(op, work->kind, id, work->entry);
	case VBC_WORK_CLAIMED: return vbc_journal_claim(op, work->kind, id, work->entry);
	case VBC_WORK_THING: break;
	}
	return vbc_journal_begin(op, work->kind, id, work->entry);
}

static int work_choose_id(struct vbc_op *op, const struct vbc_work *work, const char **ret)
{
	char *id = work->id ? NULL : vbc_arena_alloc(&op->arena, 37);

	*ret = work->id ? work->id : id;
	if (!work->entry || !*ret)
		return vbc_fail_nomem(&op->error);
	return id ? vbc_op_make_uuid(op, id) : VBC_OK;
}

int vbc_work_run(struct vbc_op *op, const struct vbc_work *work,
		 int (*body)(struct vbc_op *op, void *arg), void *arg)
{
	const char *id;
	int code = work_choose_id(op, work, &id);

	if (!code)
		code = work_begin_entry(op, work, id);
	if (!code)
		code = body(op, arg);
	if (!code)
		code = vbc_journal_end(op, id);
	if (code && work->lock)
		vbc_lock_drop(op, work->lock);
	if (code)
		vbc_journal_undo(op, id, work->entry);
	return code;
}

struct vbc_meta *vbc_work_entry(const struct vbc_op *op)
{
	const struct vbc_lease *work = vbc_lease_of_work(op);

	return work ? work->entry : NULL;
}

int vbc_work_note(struct vbc_op *op, const char *key, const char *value)
{
	const struct vbc_lease *work = vbc_lease_of_work(op);

	if (!work)
		return VBC_OK;
	vbc_meta_set_str(work->entry, key, value);
	return vbc_lease_write(op, work);
}

int vbc_work_make_id(struct vbc_op *op, const char *kind, const char *thing, char ret_id[37])
{
	const char *text = vbc_arena_printf(&op->arena, "%s/%s", kind, thing);

	return text && vbc_checksum_uuid(text, ret_id) ? VBC_OK : vbc_fail_nomem(&op->error);
}
