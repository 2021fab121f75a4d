/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where things live on the host. Paths are joined in the host's own way, which its machine folder
 * shows.
 */
#ifndef VBC_HOST_FOLDERS_H
#define VBC_HOST_FOLDERS_H

#include "vbox/op.h"

struct vbc_folders {
	const char *machines;
	const char *images, *volumes, *snapshots, *uploads;
};

/* All in the operation's arena; asked for once in an operation. */
int vbc_folders_get(struct vbc_op *op, struct vbc_folders *ret);

/* folder + the host's separator + name, in the operation's arena; NULL when there is no memory. */
const char *vbc_path_join(struct vbc_op *op, const char *folder, const char *name);

/* The settings file of the machine of this id, in the folder that is the machine's own. */
const char *vbc_path_settings(struct vbc_op *op, const struct vbc_folders *folders, const char *id);

/* Whether a path lies in a folder (not in one below it when `direct`). */
bool vbc_path_in(const char *path, const char *folder, bool direct);

/* Whether a path lies where the library keeps images, volumes, their snapshots and uploads. */
bool vbc_path_in_library(const char *path, const struct vbc_folders *folders);

/* Whether a path of either kind begins at a root. */
bool vbc_path_is_absolute(const char *path);

/* The last part of a path of either kind. */
const char *vbc_path_base(const char *path);

/* What is before that, with the separator at its end, in the operation's arena; NULL: no memory. */
const char *vbc_path_parent(struct vbc_op *op, const char *path);

#endif
