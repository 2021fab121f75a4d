/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The commands that make images, in cmd-image-create.c and cmd-image-send.c, and the catalog, in
 * cmd-image-catalog.c; the others are in cmd-image.c.
 */
#ifndef TOOL_CMD_IMAGE_H
#define TOOL_CMD_IMAGE_H

#include "cmd.h"

extern const struct column catalog_columns[];
extern const struct opt image_import_opts[], image_create_opts[], image_update_opts[],
	image_send_opts[];

struct catalog;
struct catalog_entry;

int image_catalog(struct ctx *ctx, const struct args *args);
/*
 * What image import is to read: the file that is named, or what the catalog has of that name, with
 * what it says of it. *catalog must be empty, and stay until that is done.
 */
int image_find_source(struct catalog *catalog, const char *word, const char **ret_file,
		      struct vbc_image_import_opts *opts, struct vbc_error *err);

/* Adds what the catalog says of an image; what is there already counts first. */
void image_take_entry(struct vbc_image_import_opts *opts, const struct catalog_entry *entry);

int image_import(struct ctx *ctx, const struct args *args);
int image_create(struct ctx *ctx, const struct args *args);
int image_copy(struct ctx *ctx, const struct args *args);
int image_send(struct ctx *ctx, const struct args *args);
int image_update(struct ctx *ctx, const struct args *args);

/* Shows all that is known about an image, which is freed. Returns 0. */
int image_show_and_free(struct ctx *ctx, struct vbc_image *image);

#endif
