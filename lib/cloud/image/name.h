/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGE_NAME_H
#define VBC_IMAGE_NAME_H

#include "vbox/op.h"

struct vbc_image;

/* A file's name without folder and suffixes: "debian" of "/x/debian.qcow2.xz"; NULL: no memory. */
char *vbc_image_file_name(struct vbc_arena *a, const char *path);

/* The name, and what the original driver put into it, from a file's name. */
bool vbc_image_name_from(struct vbc_op *op, const char *location, struct vbc_image *image);

#endif
