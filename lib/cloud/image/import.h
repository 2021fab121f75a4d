/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Importing what is no file: the content of a raw disk that somebody makes up.
 */
#ifndef VBC_IMAGE_IMPORT_H
#define VBC_IMAGE_IMPORT_H

#include "vbox/op.h"

struct vbc_checksum;
struct vbc_image;
struct vbc_stream;

struct vbc_image_given {
	const char *id;             /* of the work, the same for all who begin it           */
	const char *name;           /* for people                                           */
	struct vbc_stream *content; /* of whole sectors; the import's then                    */
	const struct vbc_image
		*planned; /* what is to be recorded; sha256 "": that of the content */
	/* Whether there is nothing to do by now, when no other has that id; what it returns ends
	   the import. */
	int (*begun)(struct vbc_op *op, void *data);
	/* Looks at the image's disk before it is one; what it returns ends the import. */
	int (*check)(struct vbc_op *op, void *data, vbc_ref session, const char *path,
		     const struct vbc_checksum *sum);
	void *data;
};

/*
 * Makes an image of it. VBC_E_BUSY: another program is making the same one. Otherwise as
 * vbc_image_import(), inside an operation.
 */
int vbc_image_import_given(struct vbc_op *op, const struct vbc_image_given *given,
			   struct vbc_image **ret_image);

#endif
