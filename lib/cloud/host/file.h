/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Plain files on the host, reached through VirtualBox's own file explorer. For cleaning up only,
 * and only below folders of ours.
 */
#ifndef VBC_HOST_FILE_H
#define VBC_HOST_FILE_H

#include "vbox/op.h"

/* Removes a file; none there is no error. */
int vbc_host_file_remove(struct vbc_op *op, const char *path);

/* Names of the files in a folder; a folder that is not there is empty. */
int vbc_host_file_list(struct vbc_op *op, const char *folder, struct vbc_strs *ret_names);

/*
 * The same where it matters whether there is such a folder: *ret_listed is false when there is
 * none, and also when it cannot be read, which VirtualBox does not tell apart.
 */
int vbc_host_file_look(struct vbc_op *op, const char *folder, bool *ret_listed,
		       struct vbc_strs *ret_names);

#endif
