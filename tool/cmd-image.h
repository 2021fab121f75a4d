/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The commands that make images, in cmd-image-create.c; the others are in cmd-image.c.
 */
#ifndef TOOL_CMD_IMAGE_H
#define TOOL_CMD_IMAGE_H

#include "cmd.h"

extern const struct opt image_import_opts[], image_create_opts[], image_update_opts[];

int image_import(struct ctx *ctx, const struct args *args);
int image_create(struct ctx *ctx, const struct args *args);
int image_copy(struct ctx *ctx, const struct args *args);
int image_update(struct ctx *ctx, const struct args *args);

/* Shows all that is known about an image, which is freed. Returns 0. */
int image_show_and_free(struct ctx *ctx, struct vbc_image *image);

#endif
