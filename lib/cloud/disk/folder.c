/* SPDX-License-Identifier: Apache-2.0 */
#include "disk/folder.h"

#include "base/str.h"
#include "disk/kinds.h"
#include "host/folders.h"

int vbc_disk_folder(struct vbc_op *op, const char *kind, const char **ret_folder)
{
	struct vbc_folders folders;
	int code = vbc_folders_get(op, &folders);

	if (!code)
		*ret_folder = streq(kind, VBC_IMAGE_KIND)    ? folders.images
			      : streq(kind, VBC_VOLUME_KIND) ? folders.volumes
							     : folders.snapshots;
	return code;
}
