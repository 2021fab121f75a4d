/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where things live on the host.
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

/* The settings file of the machine of this id, in the folder that is the machine's own. */
const char *vbc_path_settings(struct vbc_op *op, const struct vbc_folders *folders, const char *id);

/* Whether a path lies where the library keeps images, volumes, their snapshots and uploads. */
bool vbc_path_in_library(const char *path, const struct vbc_folders *folders);

#endif
