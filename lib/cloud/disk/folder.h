/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_DISK_FOLDER_H
#define VBC_DISK_FOLDER_H

#include "vbox/op.h"

/* Where the recorded disks of a kind are, see disk/kinds.h. */
int vbc_disk_folder(struct vbc_op *op, const char *kind, const char **ret_folder);

#endif
