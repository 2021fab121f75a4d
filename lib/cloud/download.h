/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The content of a disk of the host, read through the web service alone.
 */
#ifndef VBC_CLOUD_DOWNLOAD_H
#define VBC_CLOUD_DOWNLOAD_H

#include "checksum.h"
#include "op.h"

struct vbc_download {
	vbc_ref session;  /* of its own, as for an upload (upload.h): it frees the disk      */
	const char *disk; /* id                                                              */
	uint64_t size_bytes;
	int fd;           /* an empty file here, to be written with holes where zeros are    */
	const char *what; /* "downloading debian"                                            */
};

int vbc_download_disk(struct vbc_op *op, const struct vbc_download *download,
		      char ret_sha256[VBC_CHECKSUM_TEXT]);

#endif
