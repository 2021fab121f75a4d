/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Listing and finding images.
 */
#include "image-private.h"

#include <stdlib.h>
#include <string.h>

#include "doing.h"
#include "medium.h"
#include "result.h"
#include "str.h"

static int not_found(struct vbc_op *op, const char *what)
{
	return vbc_fail(&op->error, VBC_E_NOTFOUND,
			"there is no image '%s'; 'vboxcloud image list' shows those there are",
			what);
}

/* All ids of that name, for a person to choose from. */
static int ambiguous(struct vbc_op *op, const char *name, const struct vbc_image *images, size_t n)
{
	struct vbc_buf VBC_BUF ids;

	vbc_buf_init(&ids, 700);
	for (size_t i = 0; i < n; i++) {
		if (!streq(images[i].name, name))
			continue;
		vbc_buf_puts(&ids, ids.len ? ", " : "");
		vbc_buf_puts(&ids, images[i].id);
	}
	return vbc_fail(&op->error, VBC_E_ARG, "several images are called '%s', use an id: %s",
			name, ids.data ? ids.data : "");
}

static int find(struct vbc_op *op, const struct vbc_strs *keys, vbc_ref only, const char *name,
		struct vbc_image *ret_image, vbc_ref *ret_medium)
{
	struct vbc_image *images = NULL;
	vbc_ref *media = NULL;
	size_t n = 0, hits = 0, hit = 0;
	int code = vbc_image_collect(op, keys, only, &images, &media, &n);

	if (code)
		return code;
	for (size_t i = 0; i < n; i++) {
		if (!vbc_ref_is_null(only) || streq(images[i].name, name)) {
			hit = i;
			hits++;
		}
	}
	if (hits > 1)
		return ambiguous(op, name, images, n);
	if (!hits)
		return not_found(op, name);
	*ret_image = images[hit];
	*ret_medium = media[hit];
	return VBC_OK;
}

/* Null when VirtualBox knows no such disk. */
static int medium_by_id(struct vbc_op *op, const char *id, vbc_ref *ret_medium)
{
	struct vbc_error saved = vbc_op_try(op);
	int code = vbc_medium_open(op, id, VBC_AccessMode_ReadOnly, ret_medium);

	/* An id that it does not know it takes for a path, and says that this cannot be one. */
	if (code != VBC_E_FAULT && code != VBC_E_NOTFOUND)
		return code;
	vbc_op_try_end(op, &saved);
	*ret_medium = (vbc_ref){NULL};
	return VBC_OK;
}

int vbc_image_find(struct vbc_op *op, const char *id_or_name, struct vbc_image *ret_image,
		   vbc_ref *ret_medium)
{
	struct vbc_strs keys = {0};
	vbc_ref only = {NULL};
	int code = vbc_sweep(op, &keys);

	if (!code && (!id_or_name || !id_or_name[0]))
		code = vbc_fail(&op->error, VBC_E_ARG, "no image was named: give its id or name");
	if (!code && vbc_is_uuid(id_or_name))
		code = medium_by_id(op, id_or_name, &only);
	return code ? code : find(op, &keys, only, id_or_name, ret_image, ret_medium);
}

bool vbc_image_copy(struct vbc_arena *a, const struct vbc_image *from, struct vbc_image *ret)
{
	struct vbc_image copy = *from;

	copy.id = vbc_arena_strdup(a, from->id);
	copy.name = vbc_arena_strdup(a, from->name);
	copy.location = vbc_arena_strdup(a, from->location);
	copy.format = vbc_arena_strdup(a, from->format);
	copy.os_type = vbc_arena_strdup(a, from->os_type);
	copy.description = vbc_arena_strdup(a, from->description);
	if (!copy.id || !copy.name || !copy.location || !copy.format || !copy.os_type ||
	    !copy.description)
		return false;
	*ret = copy;
	return true;
}

int vbc_image_result(struct vbc_op *op, const struct vbc_image *image, struct vbc_image **ret)
{
	struct vbc_image *result = vbc_result_new(sizeof(*result));

	if (!result || !vbc_image_copy(vbc_result_arena(result), image, result)) {
		vbc_result_free(result);
		return vbc_fail_nomem(&op->error);
	}
	*ret = result;
	return VBC_OK;
}

static int by_name_then_id(const void *a, const void *b)
{
	const struct vbc_image *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	return order ? order : strcmp(left->id, right->id);
}

static struct vbc_images *make_list(const struct vbc_image *images, size_t n)
{
	struct vbc_images *result = vbc_result_new(sizeof(*result));
	struct vbc_arena *a = result ? vbc_result_arena(result) : NULL;
	struct vbc_image *copies = a ? VBC_ARENA_ARRAY(a, struct vbc_image, n) : NULL;
	const struct vbc_image **v = a ? VBC_ARENA_ARRAY(a, const struct vbc_image *, n) : NULL;
	bool complete = copies && v;

	for (size_t i = 0; complete && i < n; i++) {
		complete = vbc_image_copy(a, &images[i], &copies[i]);
		v[i] = &copies[i];
	}
	if (!complete) {
		vbc_result_free(result);
		return NULL;
	}
	*result = (struct vbc_images){.n = n, .v = v};
	return result;
}

static int list_body(struct vbc_op *op, void *arg)
{
	struct vbc_images **ret = arg;
	struct vbc_strs keys = {0};
	struct vbc_image *images = NULL;
	vbc_ref *media = NULL;
	size_t n = 0;
	int code = vbc_sweep(op, &keys);

	if (!code)
		code = vbc_image_collect(op, &keys, (vbc_ref){NULL}, &images, &media, &n);
	if (code)
		return code;
	qsort(images, n, sizeof(*images), by_name_then_id);
	*ret = make_list(images, n);
	return *ret ? VBC_OK : vbc_fail_nomem(&op->error);
}

int vbc_image_list(struct vbc_host *host, struct vbc_images **ret_images, struct vbc_error *err)
{
	struct vbc_images *images = NULL;
	int code = vbc_op_run(host, NULL, err, list_body, &images);

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

static int get_body(struct vbc_op *op, void *arg)
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
	struct get_job job = {.id_or_name = id_or_name};
	int code = vbc_op_run(host, NULL, err, get_body, &job);

	if (!code)
		*ret_image = job.image;
	return code;
}

void vbc_image_free(struct vbc_image *image)
{
	vbc_result_free(image);
}
