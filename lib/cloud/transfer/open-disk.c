/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/open-disk.h"

#include "disk/medium-facts.h"
#include "vbox/aside.h"

int vbc_disk_open_for_read(struct vbc_op *op, const struct vbc_open_disk *from, vbc_ref *ret_io,
			   uint64_t *ret_size_bytes)
{
	vbc_ref medium = {NULL};
	int code = vbc_IVirtualBox_openMedium(op, from->session, from->disk,
					      from->disc ? VBC_DeviceType_DVD
							 : VBC_DeviceType_HardDisk,
					      VBC_AccessMode_ReadOnly, false, &medium);

	if (!code)
		code = vbc_IMedium_openForIO(op, medium, false, "", ret_io);
	if (code == VBC_E_BUSY) {
		vbc_op_forgive(op);
		code = vbc_fail(&op->error, VBC_E_BUSY,
				"another program reads or writes the disk now; try again later");
	}
	return code ? code : vbc_medium_size(op, medium, from->noun, from->name, ret_size_bytes);
}
