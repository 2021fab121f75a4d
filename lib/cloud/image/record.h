/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What all that make an image share: the checks before, and what is recorded after the disk is
 * there. A planned image is a struct vbc_image with its name and all that people state of it.
 */
#ifndef VBC_IMAGE_RECORD_H
#define VBC_IMAGE_RECORD_H

#include "vbox/op.h"

struct vbc_image;
struct vbc_meta;

#define VBC_IMAGE_IS_FILE "is_file" /* in the metadata: sha256 is that of the disk's content */
#define VBC_IMAGE_OS_TYPE                                                                          \
	"Linux_64" /* where none is stated                                       */

/* Whether the words can be kept; without a host. */
int vbc_image_check_words(const struct vbc_image *planned, struct vbc_error *err);

/* Whether the host knows a guest's system of that id; else VBC_E_ARG. */
int vbc_image_check_os_type(struct vbc_op *op, const char *os_type);

/* Whether no image has that name, but the one of the id (may be ""). */
int vbc_image_check_name(struct vbc_op *op, const char *name, const char *id);

/* Whether the host knows its system, and has no image of that name. */
int vbc_image_check_new(struct vbc_op *op, const struct vbc_image *planned);

/* Sets all that people state of an image. */
void vbc_image_write(struct vbc_meta *meta, const struct vbc_image *image);

/* Writes the metadata of the new disk. `is_file`: its content is that of the file, byte for byte.
 */
int vbc_image_record(struct vbc_op *op, const struct vbc_image *planned, bool is_file,
		     vbc_ref medium);

/* The image as it is on the host now, as a result of its own. */
int vbc_image_read_back(struct vbc_op *op, vbc_ref medium, struct vbc_image **ret);

#endif
