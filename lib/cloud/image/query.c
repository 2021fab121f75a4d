/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading images off the host: the hard disks in the images folder and what is recorded of them.
 */
#include "image/query.h"

#include <vboxcloud/image.h>

#include <string.h>

#include "disk/kinds.h"
#include "disk/recorded.h"
#include "image/name.h"
#include "transfer/checksum.h"
#include "vbox/meta.h"

/* Hexadecimal, or "". */
static const char *image_read_sha256(const struct vbc_meta *meta)
{
	const char *text = vbc_meta_str(meta, "sha256");
	size_t n = VBC_CHECKSUM_TEXT - 1;

	return strlen(text) == n && strspn(text, "0123456789abcdef") == n ? text : "";
}

static bool image_fill_from_meta(struct vbc_op *op, const struct vbc_meta *meta,
				 struct vbc_image *image)
{
	const char *name = vbc_meta_name(meta, "name");

	if (name[0])
		image->name = vbc_arena_strdup(&op->arena, name);
	image->os_type = vbc_arena_strdup(&op->arena, vbc_meta_name(meta, "os_type"));
	image->description = vbc_arena_strdup(&op->arena, vbc_meta_str(meta, "description"));
	image->created_at_ms = vbc_meta_date(meta, "created_ms");
	image->min_cpus = vbc_meta_count(meta, "min_cpus", UINT32_MAX);
	image->min_memory_mib = vbc_meta_count(meta, "min_memory_mb", UINT32_MAX);
	image->min_disk_gib = vbc_meta_count(meta, "min_disk_gb", UINT32_MAX);
	image->init = vbc_arena_strdup(&op->arena, vbc_meta_name(meta, "init"));
	image->origin = vbc_arena_strdup(&op->arena, vbc_meta_str(meta, "origin"));
	image->sha256 = vbc_arena_strdup(&op->arena, image_read_sha256(meta));
	image->firmware = vbc_arena_strdup(&op->arena, vbc_meta_name(meta, "firmware"));
	image->chipset = vbc_arena_strdup(&op->arena, vbc_meta_name(meta, "chipset"));
	image->tpm = vbc_arena_strdup(&op->arena, vbc_meta_name(meta, "tpm"));
	image->username = vbc_arena_strdup(&op->arena, vbc_meta_login(meta, "username"));
	return image->name && image->os_type && image->description && image->init &&
	       image->origin && image->sha256 && image->firmware && image->chipset && image->tpm &&
	       image->username;
}

static bool image_fill_from_disk(struct vbc_op *op, const struct vbc_disk *disk,
				 struct vbc_image *image)
{
	struct vbc_meta *VBC_META meta = disk->json[0] ? vbc_meta_parse(disk->json) : NULL;

	image->id = disk->id;
	image->location = disk->location;
	image->format = disk->format;
	image->size_bytes = disk->facts.size_bytes;
	image->used_bytes = disk->facts.used_bytes;
	image->init = image->origin = image->sha256 = "";
	image->firmware = image->chipset = image->tpm = image->username = "";
	if (!vbc_image_name_from(op, disk->location, image))
		return false;
	return !meta || image_fill_from_meta(op, meta, image);
}

int vbc_image_query(struct vbc_op *op, vbc_ref only, unsigned fields, struct vbc_image **ret_images,
		    size_t *ret_n)
{
	struct vbc_disk *disks = NULL;
	struct vbc_image *images;
	size_t n = 0;
	int code = vbc_disk_query(op, VBC_IMAGE_KIND, only, fields, &disks, &n);

	if (code)
		return code;
	images = VBC_ARENA_ARRAY(&op->arena, struct vbc_image, n);
	for (size_t i = 0; images && i < n; i++)
		if (!image_fill_from_disk(op, &disks[i], &images[i]))
			return vbc_fail_nomem(&op->error);
	if (!images)
		return vbc_fail_nomem(&op->error);
	*ret_images = images;
	*ret_n = n;
	return VBC_OK;
}

static const char *image_read_name(struct vbc_op *op, const struct vbc_disk *disk)
{
	struct vbc_image image = {0};

	return image_fill_from_disk(op, disk, &image) ? image.name : NULL;
}

static int image_find_with(struct vbc_op *op, const char *id_or_name, unsigned fields,
			   struct vbc_image *ret_image, vbc_ref *ret_medium)
{
	static const struct vbc_disk_noun noun = {VBC_IMAGE_KIND, "image", VBC_HINT_LIST_IMAGES,
						  image_read_name};
	struct vbc_disk disk;
	int code = vbc_disk_find(op, &noun, id_or_name, fields, &disk);

	if (!code && !image_fill_from_disk(op, &disk, ret_image))
		code = vbc_fail_nomem(&op->error);
	if (!code)
		*ret_medium = disk.medium;
	return code;
}

int vbc_image_find(struct vbc_op *op, const char *id_or_name, struct vbc_image *ret_image,
		   vbc_ref *ret_medium)
{
	return image_find_with(op, id_or_name, VBC_DISK_FILE, ret_image, ret_medium);
}

int vbc_image_find_source(struct vbc_op *op, const char *id_or_name, struct vbc_image *ret_image,
			  vbc_ref *ret_medium)
{
	return image_find_with(op, id_or_name, VBC_DISK_SIZE, ret_image, ret_medium);
}

int vbc_image_find_surely(struct vbc_op *op, const char *id_or_name, struct vbc_image *ret_image,
			  vbc_ref *ret_medium)
{
	return image_find_with(op, id_or_name, VBC_DISK_FILE | VBC_DISK_SURELY, ret_image,
			       ret_medium);
}
