/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The content of a disk of the host, read through the web service alone.
 */
#ifndef VBC_TRANSFER_DOWNLOAD_H
#define VBC_TRANSFER_DOWNLOAD_H

#include "transfer/checksum.h"
#include "vbox/op.h"

struct vbc_download {
	vbc_ref session;  /* of its own, as for an upload (upload.h): it frees the disk      */
	const char *disk; /* id                                                              */
	const char *noun, *name; /* what it is, for errors: "image", "debian"                */
	int fd;                /* an empty file here, to be written with holes where zeros are; -1:
				  only its checksum is wanted                                     */
	const char *what;      /* "downloading debian"                                            */
	struct vbc_op *beside; /* another operation that goes on after this; NULL: none        */
};

/* All of it: what is there when it ends well is as large as the disk, and never empty. */
int vbc_download_disk(struct vbc_op *op, const struct vbc_download *download,
		      char ret_sha256[VBC_CHECKSUM_TEXT]);

#endif
