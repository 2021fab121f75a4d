/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Changing what is recorded of an image: one value on the host, so there is nothing half done.
 */
#include <vboxcloud/image.h>

#include "base/given.h"
#include "disk/kinds.h"
#include "image/query.h"
#include "image/record.h"
#include "journal/run.h"
#include "machine/platform.h"
#include "vbox/meta.h"

struct update {
	const char *image;
	const struct vbc_image_update_opts *opts;
	struct vbc_image *result;
};

static const char *image_choose_text(const char *new, const char *old)
{
	return new ? new : old;
}

static void image_apply_update(const struct vbc_image_update_opts *o, struct vbc_image *image)
{
	image->name = image_choose_text(o->name, image->name);
	image->os_type = image_choose_text(o->os_type, image->os_type);
	image->description = image_choose_text(o->description, image->description);
	image->init = image_choose_text(o->init, image->init);
	image->firmware = image_choose_text(o->firmware, image->firmware);
	image->username = image_choose_text(o->username, image->username);
	image->min_cpus = o->min_cpus ? o->min_cpus : image->min_cpus;
	image->min_memory_mib = o->min_memory_mib ? o->min_memory_mib : image->min_memory_mib;
	image->min_disk_gib = o->min_disk_gib ? o->min_disk_gib : image->min_disk_gib;
}

static int image_check_update(struct vbc_op *op, const struct update *u, const char *id)
{
	int code = VBC_OK;

	if (u->opts->firmware)
		code = vbc_firmware_check_host(op, u->opts->firmware);
	if (!code && u->opts->os_type)
		code = vbc_image_check_os_type(op, u->opts->os_type);
	return code || !u->opts->name ? code : vbc_image_check_name(op, u->opts->name, id);
}

/* The members that it does not know stay. An image of another program has none before. */
static int image_put_update(struct vbc_op *op, const struct vbc_image *image)
{
	struct vbc_meta *VBC_META meta = NULL;
	int code = vbc_meta_get(op, VBC_IMAGE_KIND, image->id, &meta);

	if (!code && !meta)
		meta = vbc_meta_new();
	if (!code && !meta)
		code = vbc_fail_nomem(&op->error);
	if (code)
		return code;
	vbc_image_write(meta, image);
	return vbc_meta_put(op, VBC_IMAGE_KIND, image->id, meta);
}

static int image_update_body(struct vbc_op *op, void *arg)
{
	struct update *u = arg;
	struct vbc_image image = {0};
	vbc_ref medium = {NULL};
	int code = vbc_image_find(op, u->image, &image, &medium);

	op->progress.what = "changing the image";
	if (!code)
		code = image_check_update(op, u, image.id);
	if (!code) {
		image_apply_update(u->opts, &image);
		code = image_put_update(op, &image);
	}
	if (!code)
		code = vbc_image_read_back(op, medium, &u->result);
	return vbc_error_prefix(&op->error, code, "cannot change image '%s'", u->image);
}

int vbc_image_update(struct vbc_host *host, const char *id_or_name,
		     const struct vbc_image_update_opts *opts, const struct vbc_wait *wait,
		     struct vbc_image **ret_image, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, ret_image))
		return VBC_E_ARG;

	struct vbc_image_update_opts o = VBC_IMAGE_UPDATE_OPTS_INIT;
	struct vbc_image words = {
		.name = "x", .description = "", .init = "", .firmware = "", .username = ""};
	struct update u = {.image = id_or_name, .opts = &o};
	int code;

	vbc_opts_read(&o, opts);
	image_apply_update(&o, &words);
	code = vbc_image_check_words(&words, err);
	if (!code)
		code = vbc_run_recovered(host, wait, err, image_update_body, &u);
	if (!code)
		*ret_image = u.result;
	return code;
}
