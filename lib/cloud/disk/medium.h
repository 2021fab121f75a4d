/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Media: what images, volumes and disks of nodes are made of.
 */
#ifndef VBC_DISK_MEDIUM_H
#define VBC_DISK_MEDIUM_H

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

/* Opens the hard disk at a path (or with an id) that VirtualBox may or may not know yet. */
int vbc_medium_open(struct vbc_op *op, const char *location, enum vbc_AccessMode mode,
		    vbc_ref *ret_medium);

/* The one of this id; null when VirtualBox knows none. */
int vbc_medium_find(struct vbc_op *op, const char *id, vbc_ref *ret_medium);

/* Where media are, in the operation's arena; NULL for one that is gone. */
int vbc_medium_locations(struct vbc_op *op, const struct vbc_refs *media, const char ***ret);

/* The hard disk at a path, if VirtualBox knows it already; else null. */
int vbc_medium_known(struct vbc_op *op, const char *path, vbc_ref *ret_medium);

/* All hard disks that VirtualBox knows; those that are linked to another before that. */
int vbc_medium_all(struct vbc_op *op, struct vbc_refs *ret_disks);

/* Makes an empty VDI, whose file takes all its space at once when `fixed`. */
int vbc_medium_make(struct vbc_op *op, const char *path, uint64_t size_bytes, bool fixed,
		    const char *what, unsigned from, unsigned to, vbc_ref *ret_medium);

/* Copies a hard disk into an empty one that is as large or larger, which keeps its size. */
int vbc_medium_fill(struct vbc_op *op, vbc_ref source, vbc_ref medium, const char *what,
		    unsigned from, unsigned to);

/* Where a disk is attached to a machine. */
struct vbc_place {
	const char *controller;
	int32_t port, device;
	bool hot; /* marked as one that can be pulled while the machine runs */
};

static inline struct vbc_place vbc_place_of(const struct vbc_IMediumAttachment *at)
{
	return (struct vbc_place){at->controller, at->port, at->device, at->hotPluggable};
}

/* Attaches a hard disk to a machine that is locked, and saves that. */
int vbc_medium_attach(struct vbc_op *op, vbc_ref machine, const struct vbc_place *place,
		      vbc_ref medium);
/* Adds a DVD drive with a disc in it, and saves that. */
int vbc_medium_insert(struct vbc_op *op, vbc_ref machine, const struct vbc_place *place,
		      vbc_ref disc);
/* Detaches what is there, and saves that. */
int vbc_medium_detach(struct vbc_op *op, vbc_ref machine, const struct vbc_place *place);

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
int vbc_medium_settle(struct vbc_op *op, const char *path);

/* What all work that makes a disk writes into the operation's journal entry: its IProgress. */
#define VBC_MEDIUM_PROGRESS "progress"

#endif
