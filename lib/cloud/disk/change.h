/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_DISK_CHANGE_H
#define VBC_DISK_CHANGE_H

#include "vbox/op.h"

struct vbc_disk;
struct vbc_meta;

/*
 * For making one: a new id for the journal, and the path of a file of that name, which goes into
 * the journal's entry; `source` (may be "") is the path of the disk it will be a copy of.
 */
int vbc_disk_plan(struct vbc_op *op, const char *kind, const char *source, char ret_id[37],
		  struct vbc_meta *entry);
/* The same in a folder that is not that of a kind. */
int vbc_disk_plan_in(struct vbc_op *op, const char *folder, const char *source, char ret_id[37],
		     struct vbc_meta *entry);

/* Writes the metadata of a new disk, after its id was noted in the journal. */
int vbc_disk_record(struct vbc_op *op, const char *kind, vbc_ref medium,
		    const struct vbc_meta *meta, const char **ret_id);

/* Removes all that the entry of vbc_disk_plan() tells of, or what vbc_disk_delete() had begun to.
 */
int vbc_disk_undo(struct vbc_op *op, const char *kind, const struct vbc_meta *entry);

/*
 * Deletes a disk that no machine has, its file and its metadata; when this is cut short, the undo
 * of the journal's kind `work_kind` has to be vbc_disk_undo().
 */
int vbc_disk_delete(struct vbc_op *op, const char *work_kind, const char *kind,
		    const struct vbc_disk *disk);

#endif
