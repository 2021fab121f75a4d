/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The seed of a node on its host: a file in the node's folder, in a DVD drive of its machine.
 */
#ifndef VBC_FIRSTBOOT_SEED_H
#define VBC_FIRSTBOOT_SEED_H

#include "vbox/op.h"

struct vbc_first_boot;
struct vbc_meta;
struct vbc_place;

/* A caller's struct, maybe an older program's, in full; what can be judged without a host. */
int vbc_seed_take(const struct vbc_first_boot *from, struct vbc_first_boot *ret,
		  struct vbc_error *err);

#define VBC_SEED_FILE   "seed"
#define VBC_SEED_SUFFIX ".iso"
#define VBC_SEED_PORT   7 /* of the nodes we make: the last of their controller */

struct vbc_seed {
	const struct vbc_first_boot *from; /* NULL: there is none */
	const char *init; /* how the image's guest learns of its first boot; NULL, "": unknown */
	const char *instance_id, *hostname, *hash;
	const char *const *keys; /* lines */
	const char *path;        /* on the host */
	vbc_ref session;
	vbc_ref disc; /* once it is made */
};

/*
 * Finds the keys and makes the hash. `name` is the node's, `instance_id` and `path` have to be set.
 * VBC_E_VERSION when the host takes no uploads.
 */
int vbc_seed_prepare(struct vbc_op *op, const char *name, struct vbc_seed *seed);

/* Begins the upload, and writes into the journal's entry what vbc_seed_undo() needs. */
int vbc_seed_begin(struct vbc_op *op, struct vbc_seed *seed, struct vbc_meta *entry);

/* Puts the file on the host and opens it. `machine`: whose adapters the guest will have. */
int vbc_seed_make(struct vbc_op *op, struct vbc_seed *seed, vbc_ref machine);

/*
 * Removes the seed that the entry tells of, unless a machine has it, now or in a snapshot: that is
 * *ret_used (may be NULL).
 */
int vbc_seed_undo(struct vbc_op *op, const struct vbc_meta *entry, bool *ret_used);

/* The same with the seed at a path: its file, and what VirtualBox knows of it. */
int vbc_seed_wipe(struct vbc_op *op, const char *path, bool *ret_used);

/* Whether a file in a node's folder is named as seeds are. */
bool vbc_seed_is(const char *path);

/* The drive that a seed of the machine's folder is in, and its path; "": there is none. */
int vbc_seed_find(struct vbc_op *op, vbc_ref machine, const char *folder,
		  struct vbc_place *ret_drive, const char **ret_path);

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
