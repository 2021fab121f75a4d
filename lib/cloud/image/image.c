/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Listing and finding images.
 */
#include "image/image.h"

#include <vboxcloud/image.h>

#include <stdlib.h>
#include <string.h>

#include "base/given.h"
#include "base/result.h"
#include "disk/recorded.h"
#include "image/query.h"
#include "journal/run.h"

/* Copies an image's strings into a caller's arena; false when there is no memory. */
static bool image_copy_strings(struct vbc_arena *a, const struct vbc_image *from,
			       struct vbc_image *ret)
{
	struct vbc_image copy = *from;

	copy.id = vbc_arena_strdup(a, from->id);
	copy.name = vbc_arena_strdup(a, from->name);
	copy.location = vbc_arena_strdup(a, from->location);
	copy.format = vbc_arena_strdup(a, from->format);
	copy.os_type = vbc_arena_strdup(a, from->os_type);
	copy.description = vbc_arena_strdup(a, from->description);
	copy.init = vbc_arena_strdup(a, from->init);
	copy.origin = vbc_arena_strdup(a, from->origin);
	copy.sha256 = vbc_arena_strdup(a, from->sha256);
	copy.firmware = vbc_arena_strdup(a, from->firmware);
	copy.chipset = vbc_arena_strdup(a, from->chipset);
	copy.tpm = vbc_arena_strdup(a, from->tpm);
	copy.username = vbc_arena_strdup(a, from->username);
	if (!copy.id || !copy.name || !copy.location || !copy.format || !copy.os_type ||
	    !copy.description || !copy.init || !copy.origin || !copy.sha256 || !copy.firmware ||
	    !copy.chipset || !copy.tpm || !copy.username)
		return false;
	*ret = copy;
	return true;
}

int vbc_image_result(struct vbc_op *op, const struct vbc_image *image, struct vbc_image **ret)
{
	struct vbc_image *result = vbc_result_new(&op->results, sizeof(*result));

	if (!result || !image_copy_strings(vbc_result_arena(result), image, result))
		return vbc_fail_nomem(&op->error);
	*ret = result;
	return VBC_OK;
}

static int image_compare_name(const void *a, const void *b)
{
	const struct vbc_image *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	return order ? order : strcmp(left->id, right->id);
}

static struct vbc_images *image_make_list(struct vbc_op *op, const struct vbc_image *images,
					  size_t n)
{
	struct vbc_images *result = vbc_result_new(&op->results, sizeof(*result));
	struct vbc_arena *a = result ? vbc_result_arena(result) : NULL;
	struct vbc_image *copies = a ? VBC_ARENA_ARRAY(a, struct vbc_image, n) : NULL;
	const struct vbc_image **v = a ? VBC_ARENA_ARRAY(a, const struct vbc_image *, n) : NULL;
	bool complete = copies && v;

	for (size_t i = 0; complete && i < n; i++) {
		complete = image_copy_strings(a, &images[i], &copies[i]);
		v[i] = &copies[i];
	}
	if (!complete)
		return NULL;
	*result = (struct vbc_images){.n = n, .v = v};
	return result;
}

static int image_list_body(struct vbc_op *op, void *arg)
{
	struct vbc_images **ret = arg;
	struct vbc_image *images = NULL;
	size_t n = 0;
	int code = vbc_image_query(op, (vbc_ref){NULL}, VBC_DISK_FILE, &images, &n);

	if (code)
		return code;
	qsort(images, n, sizeof(*images), image_compare_name);
	*ret = image_make_list(op, images, n);
	return *ret ? VBC_OK : vbc_fail_nomem(&op->error);
}

int vbc_image_list(struct vbc_host *host, struct vbc_images **ret_images, struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_images))
		return VBC_E_ARG;

	struct vbc_images *images = NULL;
	int code = vbc_run_recovered(host, &vbc_op_brief, err, image_list_body, &images);

	if (!code)
		*ret_images = images;
	return code;
}

void vbc_images_free(struct vbc_images *images)
{
	vbc_result_free(images);
}

struct get_job {
	const char *id_or_name;
	struct vbc_image *image;
};

static int image_get_body(struct vbc_op *op, void *arg)
{
	struct get_job *job = arg;
	struct vbc_image image = {0};
	vbc_ref medium = {NULL};
	int code = vbc_image_find(op, job->id_or_name, &image, &medium);

	return code ? code : vbc_image_result(op, &image, &job->image);
}

int vbc_image_get(struct vbc_host *host, const char *id_or_name, struct vbc_image **ret_image,
		  struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, ret_image))
		return VBC_E_ARG;

	struct get_job job = {.id_or_name = id_or_name};
	int code = vbc_run_recovered(host, &vbc_op_brief, err, image_get_body, &job);

	if (!code)
		*ret_image = job.image;
	return code;
}

void vbc_image_free(struct vbc_image *image)
{
	vbc_result_free(image);
}
