/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_DISK_MEDIUM_REMOVE_H
#define VBC_DISK_MEDIUM_REMOVE_H

#include "vbox/op.h"

/* Deletes a medium and its file. */
int vbc_medium_delete(struct vbc_op *op, vbc_ref medium);

/*
 * Removes the file at `path`, whatever it is, and what VirtualBox knows of it: for cleaning up, so
 * it is no error when there is none. A disk that is attached to a machine stays.
 * `progress` is the copy that made it, "" if there was none yet: it is ended first.
 */
int vbc_medium_wipe(struct vbc_op *op, const char *path, const char *progress);
/*
 * The same for what vbc_medium_link() made on the disk of the id `base_id`: VirtualBox lists linked
 * disks only with their bases. A base that it lost track of is opened again.
 */
int vbc_medium_wipe_linked(struct vbc_op *op, const char *base_id, const char *base_path,
			   const char *path, const char *progress);

/* Waits for the end of work that the disk at `path` has begun: of its making, of a copy of it. */
int vbc_medium_wait_idle(struct vbc_op *op, const char *path);

/* What all work that makes a disk writes into the operation's journal entry: its IProgress. */
#define VBC_MEDIUM_PROGRESS "progress"

#endif
