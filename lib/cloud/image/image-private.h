/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the image share.
 */
#ifndef VBC_IMAGE_IMAGE_PRIVATE_H
#define VBC_IMAGE_IMAGE_PRIVATE_H

#include <vboxcloud/image.h>

#include "disk/recorded.h"
#include "host/folders.h"
#include "vbox/meta.h"
#include "vbox/op.h"

#define VBC_IMAGE_KIND    "image"    /* of its metadata: libcloud/image/<uuid>, and in the journal */
#define VBC_IMAGE_IS_FILE "is_file"  /* in the metadata: sha256 is that of the disk's content     */
#define VBC_IMAGE_OS_TYPE "Linux_64" /* where none is stated                                       */

/*
 * Sweeps; then all images, in the operation's arena; `only` (may be null): just that medium, if it
 * is an image. fields: VBC_DISK_FILE, or 0: without format and sizes.
 */
int vbc_image_collect(struct vbc_op *op, vbc_ref only, unsigned fields,
		      struct vbc_image **ret_images, size_t *ret_n);

/* Sweeps, then finds one image by its id or by a name that only one has; strings in the operation's
 * arena. */
int vbc_image_find(struct vbc_op *op, const char *id_or_name, struct vbc_image *ret_image,
		   vbc_ref *ret_medium);

/* "debian" of "/images/debian.vdi"; NULL when there is no memory. */
char *vbc_image_base_name(struct vbc_arena *a, const char *path);

/* The same of a file of any suffixes: "debian" of "debian.qcow2.xz". */
char *vbc_image_file_name(struct vbc_arena *a, const char *path);

/* The name, and what the original driver put into it, from a file's name. */
bool vbc_image_name_from(struct vbc_op *op, const char *location, struct vbc_image *image);

/* Copies an image's strings into a caller's arena; false when there is no memory. */
bool vbc_image_dup(struct vbc_arena *a, const struct vbc_image *from, struct vbc_image *ret);

/* The same as a result of its own. */
int vbc_image_result(struct vbc_op *op, const struct vbc_image *image, struct vbc_image **ret);

#endif
