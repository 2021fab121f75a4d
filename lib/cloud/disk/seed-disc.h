/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The seed of a node on its host: a file in the node's folder, in a DVD drive of its machine.
 */
#ifndef VBC_DISK_SEED_DISC_H
#define VBC_DISK_SEED_DISC_H

#include "vbox/op.h"

struct vbc_storage_slot;

#define VBC_SEED_FILE   "seed"
#define VBC_SEED_SUFFIX ".iso"
#define VBC_SEED_PORT   7 /* of the nodes we make: the last of their controller */

/* Makes VirtualBox know the disc at a path. */
int vbc_seed_open(struct vbc_op *op, const char *path, vbc_ref *ret);

/*
 * Removes the seed at a path, its file and what VirtualBox knows of it, unless a machine has it,
 * now or in a snapshot: that is *ret_used (may be NULL).
 */
int vbc_seed_wipe(struct vbc_op *op, const char *path, bool *ret_used);

/* The same; that a snapshot keeps it is recorded of the node. */
int vbc_disc_drop(struct vbc_op *op, const char *node_id, const char *path);

/* Whether a file in a node's folder is named as seeds are, or as uploaded installer discs. */
#define VBC_INSTALL_FILE "install.iso"
bool vbc_disc_is(const char *path);

/*
 * The first drive of a machine with a disc that is a seed of its folder, or that is none (seed:
 * which), and the disc's path; "": there is none.
 */
int vbc_disc_find(struct vbc_op *op, vbc_ref machine, const char *folder, bool seed,
		  struct vbc_storage_slot *ret_drive, const char **ret_path);

/*
 * Removes all seeds in a node's folder but those in the drives of its machine (may be null), which
 * has no snapshots any more. Of a disc that was in a drive when a node was reverted to another,
 * VirtualBox believes that the machine has it, until its service is restarted.
 */
int vbc_seed_wipe_all(struct vbc_op *op, const char *folder, vbc_ref machine);

/*
 * Nodes of which a snapshot kept a seed that was replaced, have this kind of metadata: nothing else
 * may know of the file when the snapshot is gone.
 */
#define VBC_SEED_KIND "seed"
bool vbc_seed_has_old(const struct vbc_op *op, const char *node_id);

#endif
