/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The folder that a machine has its settings in, and what of its files is its own.
 */
#ifndef VBC_DISK_MACHINE_FOLDER_H
#define VBC_DISK_MACHINE_FOLDER_H

#include "vbox/op.h"

#define VBC_MACHINE_SNAPSHOTS "Snapshots" /* the folder in it that is VirtualBox's own */
#define VBC_MACHINE_LOGS      "Logs"      /* and this one */

/* That folder, in the operation's arena. */
int vbc_machine_folder(struct vbc_op *op, vbc_ref machine, const char **ret_folder);

/* Whether a folder of this name is one where the library keeps its disks. */
bool vbc_machine_is_shelf(const char *name);

/* Of these media, those that are the own of the machine in the folder, and nobody else's. */
int vbc_machine_own_media(struct vbc_op *op, const char *folder, const struct vbc_refs *media,
			  struct vbc_refs *ret_own);

/*
 * Removes the files of a machine that was just unregistered, with these media. Nobody finds it any
 * more: so this goes through to its end, cancelled or not. whole: the folder is all the machine's;
 * if none of these media is its own, its disk was detached before, and is looked for among all.
 */
int vbc_machine_delete_files(struct vbc_op *op, vbc_ref machine, const char *folder,
			     const struct vbc_refs *media, bool whole);

/* Removes the folder that these settings would be in, and what VirtualBox itself keeps there. */
int vbc_machine_remove_folder(struct vbc_op *op, const char *settings);

#endif
