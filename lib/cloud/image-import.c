/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Importing an image. In order: the checks, the journal, the source (a file of the host is opened
 * where it is, one from here is uploaded first), the copy into a new VDI, the metadata. Whatever
 * fails, the journal's undo removes it all.
 */
#include <string.h>

#include "doing.h"
#include "image-private.h"
#include "image-source.h"
#include "medium.h"
#include "name.h"
#include "str.h"
#include "upload.h"
#include "websession.h"

#define HOST_PREFIX     "host:"
#define DEFAULT_OS_TYPE "Linux_64"
#define VDI_MIN         1048576 /* VirtualBox fails to copy into smaller ones */

/* How much of the whole an upload takes, in percent. */
enum { AT_COPY = 90, AT_END = 100 };

struct import {
	struct vbc_source source;
	const char *name;
	struct vbc_image_import_opts opts;
	struct vbc_image *image; /* the result                                           */
	/* of one run */
	char id[37];        /* of the journal's entry and the files                 */
	const char *target; /* path on the host                                     */
};

static int check_name_free(struct vbc_op *op, const char *name)
{
	struct vbc_image *images = NULL;
	size_t n = 0;
	int code = vbc_image_collect(op, (vbc_ref){NULL}, &images, &n);

	for (size_t i = 0; !code && i < n; i++)
		if (streq(images[i].name, name))
			code = vbc_fail(&op->error, VBC_E_EXISTS,
					"there is an image '%s' already: %s", name, images[i].id);
	return code;
}

static int check_os_type(struct vbc_op *op, const char *os_type)
{
	struct vbc_IGuestOSType type;
	int code = vbc_IVirtualBox_getGuestOSType(op, op->vbox, os_type, &type);

	if (code == VBC_E_NOTFOUND) {
		op->error = (struct vbc_error){0};
		code = vbc_fail(&op->error, VBC_E_ARG,
				"VirtualBox knows no operating system '%s'; "
				"'Linux_64' and 'Debian_64' are two that it knows",
				os_type);
	}
	return code;
}

/* All that can be known before anything is made. */
static int check(struct vbc_op *op, const struct import *im)
{
	int code = vbc_sweep(op, NULL);

	if (!code && !im->source.on_host && !vbc_op_has(op, VBC_M_IMedium_openForIO))
		code = vbc_fail(
			&op->error, VBC_E_VERSION,
			"VirtualBox %s cannot take uploads (6.0 and later can); copy the file "
			"to the host and import it as 'host:/PATH'",
			op->session->version_text);
	if (!code && im->opts.os_type)
		code = check_os_type(op, im->opts.os_type);
	return code ? code : check_name_free(op, im->name);
}

static int plan(struct vbc_op *op, struct import *im)
{
	struct vbc_folders folders = {0};
	const char *name;
	int code = vbc_folders_get(op, &folders);

	if (code)
		return code;
	if (!vbc_uuid_new(im->id))
		return vbc_fail(&op->error, VBC_E_NOMEM, "this system has no random numbers");
	name = vbc_arena_printf(&op->arena, "%s.vdi", im->id);
	im->target = name ? vbc_path_join(op, folders.images, name) : NULL;
	if (!im->source.on_host) {
		name = vbc_arena_printf(&op->arena, "%s.%s", im->id, im->source.here.suffix);
		im->source.path = name ? vbc_path_join(op, folders.uploads, name) : NULL;
	}
	return im->target && im->source.path ? VBC_OK : vbc_fail_nomem(&op->error);
}

static int record(struct vbc_op *op, const struct import *im, const char *medium_id)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new();
	const struct vbc_image_import_opts *o = &im->opts;
	int64_t now_ms = 0;
	int code = vbc_websession_clock(op, &now_ms);

	if (code)
		return code;
	if (!meta)
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_str(meta, "name", im->name);
	vbc_meta_set_str(meta, "os_type", o->os_type ? o->os_type : DEFAULT_OS_TYPE);
	vbc_meta_set_str(meta, "description", o->description ? o->description : "");
	vbc_meta_set_int(meta, "min_cpus", o->min_cpus);
	vbc_meta_set_int(meta, "min_memory_mb", o->min_memory_mb);
	vbc_meta_set_int(meta, "min_disk_gb", o->min_disk_gb);
	vbc_meta_set_int(meta, "created_ms", now_ms);
	vbc_meta_set_str(meta, "origin",
			 im->source.on_host ? im->source.file : vbc_path_base(im->source.file));
	/* The key is named in the journal first: nobody would find it otherwise. */
	code = vbc_doing_note(op, "medium", medium_id);
	return code ? code : vbc_meta_put(op, VBC_IMAGE_KIND, medium_id, meta);
}

static int read_back(struct vbc_op *op, vbc_ref medium, struct vbc_image **ret)
{
	struct vbc_image *images = NULL;
	size_t n = 0;
	int code = vbc_image_collect(op, medium, &images, &n);

	if (!code && n != 1)
		code = vbc_fail(&op->error, VBC_E_NOTFOUND,
				"the new image was deleted by another program");
	return code ? code : vbc_image_result(op, &images[0], ret);
}

static int copy(struct vbc_op *op, const struct import *im, vbc_ref source, vbc_ref *ret_medium)
{
	int64_t size_bytes = 0;
	int code = vbc_IMedium_getLogicalSize(op, source, &size_bytes);

	if (!code)
		code = vbc_medium_copy(op, source, im->target, size_bytes < VDI_MIN ? VDI_MIN : 0,
				       "copying the image", im->source.on_host ? 0 : AT_COPY,
				       AT_END, ret_medium);
	return code ? vbc_source_explain(op, &im->source, code) : VBC_OK;
}

static int make(struct vbc_op *op, struct import *im)
{
	vbc_ref source = {NULL}, medium = {NULL};
	const char *medium_id = "";
	int code = vbc_source_open(op, &im->source, AT_COPY, &source);

	if (!code)
		code = copy(op, im, source, &medium);
	if (code)
		return code;
	code = vbc_IMedium_getId(op, medium, &medium_id);
	if (!code)
		code = record(op, im, medium_id);
	if (!code)
		code = vbc_source_done(op, &im->source, source);
	if (!code)
		code = read_back(op, medium, &im->image);
	return code;
}

static int begin(struct vbc_op *op, struct import *im, struct vbc_meta *entry)
{
	int code = im->source.on_host ? VBC_OK : vbc_upload_begin(op, &im->source.session);

	if (code)
		return code;
	vbc_meta_set_str(entry, "source", im->source.path);
	vbc_meta_set_str(entry, "target", im->target);
	if (!im->source.on_host)
		vbc_meta_set_str(entry, "session", im->source.session.s);
	return vbc_doing_begin(op, "image", im->id, entry);
}

static int import_body(struct vbc_op *op, void *arg)
{
	struct import *im = arg;
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	int code = entry ? check(op, im) : vbc_fail_nomem(&op->error);

	if (!code)
		code = plan(op, im);
	if (code)
		return code;
	code = begin(op, im, entry);
	if (!code)
		code = make(op, im);
	if (!code)
		code = vbc_doing_end(op, im->id);
	if (code)
		vbc_doing_undo(op, im->id, entry);
	else
		vbc_upload_end(op, im->source.session);
	return code;
}

static int check_description(const char *text, struct vbc_error *err)
{
	size_t at;
	long c;

	if (!text || vbc_text_ok(text, strlen(text), &at, &c))
		return VBC_OK;
	return vbc_fail(
		err, VBC_E_ARG,
		"the image's description has a character at byte %zu that VirtualBox cannot "
		"keep",
		at + 1);
}

static int check_opts(struct import *im, const char *file, struct vbc_arena *a,
		      struct vbc_error *err)
{
	int code;

	if (!file || !file[0] || streq(file, HOST_PREFIX))
		return vbc_fail(err, VBC_E_ARG, "no file was named");
	im->source.file = im->source.path = file;
	im->source.on_host = vbc_starts_with(file, HOST_PREFIX);
	if (im->source.on_host)
		im->source.path += strlen(HOST_PREFIX);
	im->name = im->opts.name ? im->opts.name : vbc_image_base_name(a, im->source.path);
	code = im->name ? vbc_name_check("image", im->name, err) : vbc_fail_nomem(err);
	if (!code)
		code = check_description(im->opts.description, err);
	if (!code && !im->source.on_host)
		code = vbc_image_file_open(file, &im->source.here, err);
	return code;
}

int vbc_image_import(struct vbc_host *host, const char *file,
		     const struct vbc_image_import_opts *opts, const struct vbc_wait *wait,
		     struct vbc_image **ret_image, struct vbc_error *err)
{
	struct vbc_arena VBC_ARENA arena = {0};
	struct import im = {.source = {.here = {.fd = -1}}};
	int code;

	if (opts)
		memcpy(&im.opts, opts, opts->size < sizeof(im.opts) ? opts->size : sizeof(im.opts));
	code = check_opts(&im, file, &arena, err);
	if (!code)
		code = vbc_op_run(host, wait, err, import_body, &im);
	vbc_image_file_close(&im.source.here);
	if (code)
		vbc_image_free(im.image);
	else
		*ret_image = im.image;
	return code;
}
