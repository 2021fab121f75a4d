/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files put on the host through the web service alone: a disk of VirtualBox's format RAW is byte
 * for byte what is written into it. What is a raw disk here becomes one in a VDI there, which takes
 * no space for what is zero.
 */
#ifndef VBC_TRANSFER_UPLOAD_H
#define VBC_TRANSFER_UPLOAD_H

#include "vbox/op.h"

#define VBC_UPLOAD_DISK_MIN 1048576 /* no disk is smaller: VirtualBox fails to copy into such */

struct vbc_checksum;
struct vbc_stream;

/*
 * A web session of its own for one upload. A disk that is being written stays locked when its
 * client dies; ending the session it was opened in frees it, in whatever state. So the session
 * goes into the journal first.
 */
int vbc_upload_begin(struct vbc_op *op, vbc_ref *ret_session);
/* Also for the session of a program that is gone, and for one that has ended. */
void vbc_upload_end(struct vbc_op *op, vbc_ref session);

struct vbc_upload {
	vbc_ref session;
	const struct vbc_stream *stream;
	const void *data; /* instead of that, when not NULL                             */
	uint64_t size_bytes;
	bool disk;         /* the bytes are those of a disk, and the file is to be a VDI of it   */
	const char *path;  /* on the host; there must be no such file                    */
	const char *what;  /* "uploading x.raw"                                          */
	unsigned from, to; /* percent                                                    */
	/* May be NULL; else gets all bytes, and the upload can be continued, see resume.h */
	struct vbc_checksum *sum;
	uint64_t sent; /* so many have arrived before, and are in the sum: else 0    */
};

/*
 * Makes the file at `path` on the host from a file here, with zeros added up to a whole sector,
 * and up to VBC_UPLOAD_DISK_MIN in a disk.
 * VirtualBox does not know the file afterwards. A connection that breaks is waited for. After a
 * failure vbc_upload_end() and vbc_medium_wipe() remove what there is of it.
 */
int vbc_upload_file(struct vbc_op *op, const struct vbc_upload *upload);

#endif
