/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading images off the host: the hard disks in the images folder and what is recorded of them.
 */
#include <string.h>

#include "image-private.h"
#include "str.h"

/* The raw answers for one medium. */
struct row {
	vbc_ref medium;
	const char *location, *id, *format, *json;
	int64_t size_bytes, used_bytes;
	bool gone; /* another client deleted it meanwhile */
};

struct asking {
	struct vbc_op *op;
	struct row *rows;
	size_t n;
	struct vbc_batch_call *calls;
	struct row **of; /* whose call it is */
	size_t n_calls;
};

#define CALLS_PER_ROW 4

static void ask(struct asking *a, struct row *r, enum vbc_method_id method, vbc_ref self,
		const char *argument, void *out)
{
	a->of[a->n_calls] = r;
	a->calls[a->n_calls++] = (struct vbc_batch_call){
		.method = method, .self = self, .in = {{.s = argument}}, .out = out};
}

static int run(struct asking *a)
{
	int code = vbc_batch(a->op, a->calls, a->n_calls);

	for (size_t i = 0; !code && i < a->n_calls; i++)
		if (a->calls[i].code)
			a->of[i]->gone = true;
	a->n_calls = 0;
	return code;
}

static void drop_rows(struct asking *a, const char *images_folder)
{
	size_t kept = 0;

	for (size_t i = 0; i < a->n; i++)
		if (!a->rows[i].gone && vbc_path_in(a->rows[i].location, images_folder, true))
			a->rows[kept++] = a->rows[i];
	a->n = kept;
}

static int ask_all(struct asking *a, const char *images_folder, const struct vbc_strs *ids)
{
	int code;

	for (size_t i = 0; i < a->n; i++)
		ask(a, &a->rows[i], VBC_M_IMedium_getLocation, a->rows[i].medium, NULL,
		    &a->rows[i].location);
	code = run(a);
	if (code)
		return code;
	drop_rows(a, images_folder);
	for (size_t i = 0; i < a->n; i++) {
		struct row *r = &a->rows[i];

		ask(a, r, VBC_M_IMedium_getId, r->medium, NULL, &r->id);
		ask(a, r, VBC_M_IMedium_getFormat, r->medium, NULL, &r->format);
		ask(a, r, VBC_M_IMedium_getLogicalSize, r->medium, NULL, &r->size_bytes);
		ask(a, r, VBC_M_IMedium_getSize, r->medium, NULL, &r->used_bytes);
	}
	code = run(a);
	if (code)
		return code;
	drop_rows(a, images_folder);
	for (size_t i = 0; i < a->n; i++) {
		const char *key = vbc_meta_key(a->op, VBC_IMAGE_KIND, a->rows[i].id);

		if (!key)
			return vbc_fail_nomem(&a->op->error);
		for (size_t k = 0; k < ids->n; k++)
			if (streq(ids->v[k], a->rows[i].id))
				ask(a, &a->rows[i], VBC_M_IVirtualBox_getExtraData, a->op->vbox,
				    key, &a->rows[i].json);
	}
	return run(a);
}

static unsigned small(const struct vbc_meta *meta, const char *key)
{
	int64_t value = vbc_meta_int(meta, key);

	return value > 0 && value <= UINT32_MAX ? (unsigned)value : 0;
}

static bool fill_from_meta(struct vbc_op *op, const struct vbc_meta *meta, struct vbc_image *image)
{
	const char *name = vbc_meta_str(meta, "name");

	if (name[0])
		image->name = vbc_arena_strdup(&op->arena, name);
	image->os_type = vbc_arena_strdup(&op->arena, vbc_meta_str(meta, "os_type"));
	image->description = vbc_arena_strdup(&op->arena, vbc_meta_str(meta, "description"));
	image->created_at_ms = vbc_meta_int(meta, "created_ms");
	image->min_cpus = small(meta, "min_cpus");
	image->min_memory_mb = small(meta, "min_memory_mb");
	image->min_disk_gb = small(meta, "min_disk_gb");
	return image->name && image->os_type && image->description;
}

static bool fill(struct vbc_op *op, const struct row *r, struct vbc_image *image)
{
	struct vbc_meta *VBC_META meta = r->json && r->json[0] ? vbc_meta_parse(r->json) : NULL;

	image->id = r->id;
	image->location = r->location;
	image->format = r->format;
	image->size_bytes = (uint64_t)r->size_bytes;
	image->used_bytes = (uint64_t)r->used_bytes;
	if (!vbc_image_name_from(op, r->location, image))
		return false;
	return !meta || fill_from_meta(op, meta, image);
}

static int fill_all(struct asking *a, struct vbc_image **ret_images, vbc_ref **ret_media)
{
	struct vbc_image *images = VBC_ARENA_ARRAY(&a->op->arena, struct vbc_image, a->n);
	vbc_ref *media = VBC_ARENA_ARRAY(&a->op->arena, vbc_ref, a->n);

	if (!images || !media)
		return vbc_fail_nomem(&a->op->error);
	for (size_t i = 0; i < a->n; i++) {
		media[i] = a->rows[i].medium;
		if (!fill(a->op, &a->rows[i], &images[i]))
			return vbc_fail_nomem(&a->op->error);
	}
	*ret_images = images;
	*ret_media = media;
	return VBC_OK;
}

int vbc_image_collect(struct vbc_op *op, const struct vbc_strs *keys, vbc_ref only,
		      struct vbc_image **ret_images, vbc_ref **ret_media, size_t *ret_n)
{
	struct asking a = {.op = op};
	struct vbc_refs media = {.n = 1, .v = &only};
	struct vbc_folders folders = {0};
	struct vbc_strs ids = {0};
	int code = vbc_folders_get(op, &folders);

	if (!code && vbc_ref_is_null(only))
		code = vbc_IVirtualBox_getHardDisks(op, op->vbox, &media);
	if (!code)
		code = vbc_meta_ids_of(op, keys, VBC_IMAGE_KIND, &ids);
	if (code)
		return code;
	a.rows = VBC_ARENA_ARRAY(&op->arena, struct row, media.n);
	a.calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, media.n * CALLS_PER_ROW);
	a.of = VBC_ARENA_ARRAY(&op->arena, struct row *, media.n * CALLS_PER_ROW);
	if (!a.rows || !a.calls || !a.of)
		return vbc_fail_nomem(&op->error);
	for (; a.n < media.n; a.n++)
		a.rows[a.n].medium = media.v[a.n];
	code = ask_all(&a, folders.images, &ids);
	if (!code)
		code = fill_all(&a, ret_images, ret_media);
	if (!code)
		*ret_n = a.n;
	return code;
}
