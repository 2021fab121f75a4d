/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Importing an image. In order: the checks, the journal, the source (a file of the host is opened
 * where it is, one from here is uploaded first), the copy into a new VDI, the metadata. Whatever
 * fails, the journal's undo removes it all.
 */
#include <string.h>

#include "doing.h"
#include "image-file.h"
#include "image-private.h"
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

/* IPRT's status codes of files that are not there, or damaged. */
enum {
	VERR_NOT_SUPPORTED = -37,
	VERR_FILE_NOT_FOUND = -102,
	VERR_PATH_NOT_FOUND = -103,
	VERR_EOF = -110,
	VERR_VD_READ_OUT_OF_RANGE = -3282,
};

struct import {
	const char *file;    /* as the caller named it                               */
	const char *on_host; /* its path there; NULL: it is here                     */
	struct vbc_image_file here;
	const char *name;
	struct vbc_image_import_opts opts;
	struct vbc_image *image; /* the result                                           */
	/* of one run */
	char id[37];                 /* of the journal's entry and the files                 */
	const char *source, *target; /* paths on the host                                    */
	vbc_ref session;             /* of the upload                                        */
};

static int check_name_free(struct vbc_op *op, const struct vbc_strs *keys, const char *name)
{
	struct vbc_image *images = NULL;
	vbc_ref *media = NULL;
	size_t n = 0;
	int code = vbc_image_collect(op, keys, (vbc_ref){NULL}, &images, &media, &n);

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
	struct vbc_strs keys = {0};
	int code = vbc_sweep(op, &keys);

	if (!code && !im->on_host && !vbc_op_has(op, VBC_M_IMedium_openForIO))
		code = vbc_fail(
			&op->error, VBC_E_VERSION,
			"VirtualBox %s cannot take uploads (6.0 and later can); copy the file "
			"to the host and import it as 'host:/PATH'",
			op->session->version_text);
	if (!code && im->opts.os_type)
		code = check_os_type(op, im->opts.os_type);
	return code ? code : check_name_free(op, &keys, im->name);
}

static int plan(struct vbc_op *op, struct import *im)
{
	struct vbc_folders folders = {0};
	const char *image, *upload;
	int code = vbc_folders_get(op, &folders);

	if (code)
		return code;
	if (!vbc_uuid_new(im->id))
		return vbc_fail(&op->error, VBC_E_NOMEM, "this system has no random numbers");
	image = vbc_arena_printf(&op->arena, "%s.vdi", im->id);
	upload = vbc_arena_printf(&op->arena, "%s.%s", im->id, im->here.suffix);
	if (!image || !upload)
		return vbc_fail_nomem(&op->error);
	im->target = vbc_path_join(op, folders.images, image);
	im->source = im->on_host ? im->on_host : vbc_path_join(op, folders.uploads, upload);
	return im->target && im->source ? VBC_OK : vbc_fail_nomem(&op->error);
}

static int upload(struct vbc_op *op, const struct import *im)
{
	const char *what = vbc_arena_printf(&op->arena, "uploading %s", vbc_path_base(im->file));
	struct vbc_upload u = {.session = im->session,
			       .fd = im->here.fd,
			       .size_bytes = im->here.size_bytes,
			       .path = im->source,
			       .what = what,
			       .from = 0,
			       .to = AT_COPY};

	return what ? vbc_upload_file(op, &u) : vbc_fail_nomem(&op->error);
}

/* Says it in our words, with VirtualBox's behind them. */
static int restate(struct vbc_op *op, const struct import *im, int code, const char *ours)
{
	const struct vbc_error theirs = op->error;

	op->error.code = VBC_OK;
	return vbc_fail(&op->error, code, "'%s' %s: %s", im->file, ours, theirs.text);
}

/*
 * Whether the fault may be the image's, not the connection's or the caller's patience. What
 * VirtualBox holds against an image it says in an error of its medium.
 */
static bool may_be_image(const struct vbc_op *op, int code)
{
	return op->error.component[0] &&
	       (code == VBC_E_FAULT || code == VBC_E_ARG || code == VBC_E_NOTFOUND);
}

static int explain_open(struct vbc_op *op, const struct import *im, int code)
{
	bool missing = op->error.os == VERR_FILE_NOT_FOUND || op->error.os == VERR_PATH_NOT_FOUND;

	if (!may_be_image(op, code))
		return code;
	if (missing)
		return restate(op, im, VBC_E_NOTFOUND, "is not there");
	if (code == VBC_E_ARG || !im->on_host)
		return restate(op, im, VBC_E_ARG, "cannot be opened by VirtualBox");
	return restate(op, im, VBC_E_ARG,
		       "cannot be opened by VirtualBox (a raw disk must have a "
		       "name that ends in '.hdd' there, and whole sectors)");
}

static bool has_ref(const struct vbc_refs *refs, vbc_ref ref)
{
	for (size_t i = 0; i < refs->n; i++)
		if (streq(refs->v[i].s, ref.s))
			return true;
	return false;
}

/*
 * A file of the user's that VirtualBox did not know is to be forgotten again; one that it knew, a
 * disk of some machine maybe, is not. The note must be there before the file is opened, when a
 * path that is written in another way cannot be recognised yet.
 */
static int open_on_host(struct vbc_op *op, const struct import *im, vbc_ref *ret_source)
{
	struct vbc_refs before = {0};
	vbc_ref known = {NULL};
	int code = vbc_medium_known(op, im->source, &known);

	if (!code && vbc_ref_is_null(known))
		code = vbc_doing_note(op, "forget", "yes");
	if (!code)
		code = vbc_IVirtualBox_getHardDisks(op, op->vbox, &before);
	if (code)
		return code;
	code = vbc_medium_open(op, im->source, VBC_AccessMode_ReadOnly, ret_source);
	if (code)
		return explain_open(op, im, code);
	if (vbc_ref_is_null(known) && has_ref(&before, *ret_source))
		code = vbc_doing_note(op, "forget", "");
	return code;
}

/* An upload may have the UUID of a disk the host has already; being our copy, it gets a new one. */
static int open_upload(struct vbc_op *op, const struct import *im, vbc_ref *ret_source)
{
	struct vbc_error saved = vbc_op_try(op);
	int code = vbc_medium_open(op, im->source, VBC_AccessMode_ReadOnly, ret_source);

	if (code == VBC_E_ARG) {
		vbc_op_try_end(op, &saved);
		code = vbc_IVirtualBox_openMedium(op, op->vbox, im->source, VBC_DeviceType_HardDisk,
						  VBC_AccessMode_ReadWrite, true, ret_source);
	}
	return code ? explain_open(op, im, code) : VBC_OK;
}

static int explain_copy(struct vbc_op *op, const struct import *im, int code)
{
	bool damaged = op->error.os == VERR_EOF || op->error.os == VERR_VD_READ_OUT_OF_RANGE;

	if (code == VBC_E_SPACE)
		return restate(op, im, code, "does not fit on the host's disk");
	if (!may_be_image(op, code))
		return code;
	return restate(op, im, damaged ? VBC_E_ARG : code,
		       damaged ? "is damaged or cut short" : "cannot be imported");
}

static int open_source(struct vbc_op *op, const struct import *im, vbc_ref *ret_source)
{
	int code;

	if (im->on_host)
		return open_on_host(op, im, ret_source);
	code = upload(op, im);
	return code ? explain_copy(op, im, code) : open_upload(op, im, ret_source);
}

/* What is left to do with the source when it is copied. */
static int drop_source(struct vbc_op *op, const struct import *im, const struct vbc_meta *entry,
		       vbc_ref source)
{
	struct vbc_error saved;
	int code;

	if (!im->on_host)
		return vbc_medium_delete(op, source);
	if (!vbc_meta_str(entry, "forget")[0])
		return VBC_OK;
	saved = vbc_op_try(op);
	code = vbc_IMedium_close(op, source);
	if (code != VBC_E_BUSY)
		return code;
	vbc_op_try_end(op, &saved);
	vbc_op_log(op, 1, "VirtualBox keeps '%s' in its list of disks: another program uses it",
		   im->source);
	return VBC_OK;
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
	vbc_meta_set_str(meta, "origin", im->on_host ? im->file : vbc_path_base(im->file));
	/* The key is named in the journal first: nobody would find it otherwise. */
	code = vbc_doing_note(op, "medium", medium_id);
	return code ? code : vbc_meta_put(op, VBC_IMAGE_KIND, medium_id, meta);
}

static int read_back(struct vbc_op *op, const char *id, vbc_ref medium, struct vbc_image **ret)
{
	const char *key = vbc_meta_key(op, VBC_IMAGE_KIND, id);
	const struct vbc_strs keys = {.n = 1, .v = &key};
	struct vbc_image *images = NULL;
	vbc_ref *media = NULL;
	size_t n = 0;
	int code;

	if (!key)
		return vbc_fail_nomem(&op->error);
	code = vbc_image_collect(op, &keys, medium, &images, &media, &n);
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
				       "copying the image", im->on_host ? 0 : AT_COPY, AT_END,
				       ret_medium);
	return code ? explain_copy(op, im, code) : VBC_OK;
}

static int make(struct vbc_op *op, struct import *im, const struct vbc_meta *entry)
{
	vbc_ref source = {NULL}, medium = {NULL};
	const char *medium_id = "";
	int code = open_source(op, im, &source);

	if (!code)
		code = copy(op, im, source, &medium);
	if (code)
		return code;
	code = vbc_IMedium_getId(op, medium, &medium_id);
	if (!code)
		code = record(op, im, medium_id);
	if (!code)
		code = drop_source(op, im, entry, source);
	if (!code)
		code = read_back(op, medium_id, medium, &im->image);
	return code;
}

static int begin(struct vbc_op *op, struct import *im, struct vbc_meta *entry)
{
	int code = im->on_host ? VBC_OK : vbc_upload_begin(op, &im->session);

	if (code)
		return code;
	vbc_meta_set_str(entry, "source", im->source);
	vbc_meta_set_str(entry, "target", im->target);
	if (!im->on_host)
		vbc_meta_set_str(entry, "session", im->session.s);
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
		code = make(op, im, entry);
	if (!code)
		code = vbc_doing_end(op, im->id);
	if (code)
		vbc_doing_undo(op, im->id, entry);
	else
		vbc_upload_end(op, im->session);
	return code;
}

static int check_opts(struct import *im, const char *file, struct vbc_arena *a,
		      struct vbc_error *err)
{
	int code;

	if (!file || !file[0] || streq(file, HOST_PREFIX))
		return vbc_fail(err, VBC_E_ARG, "no file was named");
	im->file = file;
	if (vbc_starts_with(file, HOST_PREFIX))
		im->on_host = file + strlen(HOST_PREFIX);
	im->name = im->opts.name ? im->opts.name
				 : vbc_image_base_name(a, im->on_host ? im->on_host : file);
	code = im->name ? vbc_name_check("image", im->name, err) : vbc_fail_nomem(err);
	if (!code && !im->on_host)
		code = vbc_image_file_open(file, &im->here, err);
	return code;
}

int vbc_image_import(struct vbc_host *host, const char *file,
		     const struct vbc_image_import_opts *opts, const struct vbc_wait *wait,
		     struct vbc_image **ret_image, struct vbc_error *err)
{
	struct vbc_arena VBC_ARENA arena = {0};
	struct import im = {.here = {.fd = -1}};
	int code;

	if (opts)
		memcpy(&im.opts, opts, opts->size < sizeof(im.opts) ? opts->size : sizeof(im.opts));
	code = check_opts(&im, file, &arena, err);
	if (!code)
		code = vbc_op_run(host, wait, err, import_body, &im);
	vbc_image_file_close(&im.here);
	if (code)
		vbc_image_free(im.image);
	else
		*ret_image = im.image;
	return code;
}
