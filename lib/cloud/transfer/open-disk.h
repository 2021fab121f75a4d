/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A disk of the host, opened for its content to be read through the web service.
 */
#ifndef VBC_TRANSFER_OPEN_DISK_H
#define VBC_TRANSFER_OPEN_DISK_H

#include "vbox/op.h"

struct vbc_open_disk {
	vbc_ref session;         /* of its own, as for an upload (upload.h): it frees the disk  */
	const char *disk;        /* id, or path                                                 */
	bool disc;               /* of a DVD drive, else a hard disk                            */
	const char *noun, *name; /* what it is, for errors: "image", "debian"                  */
};

/*
 * Open, it is locked for reading: nobody can change its size, which is never 0. VBC_E_BUSY when
 * another program reads or writes it.
 */
int vbc_disk_open_for_read(struct vbc_op *op, const struct vbc_open_disk *from, vbc_ref *ret_io,
			   uint64_t *ret_size_bytes);

#endif
