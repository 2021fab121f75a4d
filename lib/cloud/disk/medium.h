/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Media: what images, volumes and disks of nodes are made of.
 */
#ifndef VBC_DISK_MEDIUM_H
#define VBC_DISK_MEDIUM_H

#include "vbox/op.h"

/* Opens the hard disk at a path (or with an id) that VirtualBox may or may not know yet. */
int vbc_medium_open(struct vbc_op *op, const char *location, enum vbc_AccessMode mode,
		    vbc_ref *ret_medium);

/* The one of this id; null when VirtualBox knows none. */
int vbc_medium_find(struct vbc_op *op, const char *id, vbc_ref *ret_medium);

/* Where media are, in the operation's arena; NULL for one that is gone. */
int vbc_medium_locations(struct vbc_op *op, const struct vbc_refs *media, const char ***ret);

/* Of these disks the one at a path; null when there is none. */
int vbc_medium_find_at(struct vbc_op *op, const struct vbc_refs *disks, const char *path,
		       vbc_ref *ret);

/* The hard disk at a path, if VirtualBox knows it already; else null. */
int vbc_medium_known(struct vbc_op *op, const char *path, vbc_ref *ret_medium);

/* All hard disks that VirtualBox knows; those that are linked to another before that. */
int vbc_medium_all(struct vbc_op *op, struct vbc_refs *ret_disks);

#endif
