/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_DISK_MEDIUM_CREATE_H
#define VBC_DISK_MEDIUM_CREATE_H

#include "vbox/op.h"

/*
 * Copies a hard disk into a new VDI at `path`, `size_bytes` large (0: as large as the source).
 * Waits, showing `what` from..to percent. On failure there is no new disk.
 */
int vbc_medium_copy(struct vbc_op *op, vbc_ref source, const char *path, uint64_t size_bytes,
		    const char *what, unsigned from, unsigned to, vbc_ref *ret_medium);

/*
 * Makes a VDI at `path` that holds only what differs from `base`, which must not change any more.
 * It is as large as that for ever: VirtualBox would let it grow, and then fail to read what is
 * beyond its base's end. On failure the file may be there.
 */
int vbc_medium_link(struct vbc_op *op, vbc_ref base, const char *path, unsigned at,
		    vbc_ref *ret_medium);

/* Gives a hard disk's file another name. */
int vbc_medium_rename(struct vbc_op *op, vbc_ref medium, const char *path, const char *what,
		      unsigned at);

/* Makes an empty VDI, whose file takes all its space at once when `fixed`. */
int vbc_medium_create(struct vbc_op *op, const char *path, uint64_t size_bytes, bool fixed,
		      const char *what, unsigned from, unsigned to, vbc_ref *ret_medium);

/* Copies a hard disk into an empty one that is as large or larger, which keeps its size. */
int vbc_medium_fill(struct vbc_op *op, vbc_ref source, vbc_ref medium, const char *what,
		    unsigned from, unsigned to);

#endif
