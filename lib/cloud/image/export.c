/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Exporting an image: its content into a raw disk here, under a temporary name until it is whole.
 */
#include "image/export.h"

#include <vboxcloud/image.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/given.h"
#include "base/str.h"
#include "disk/kinds.h"
#include "disk/medium-facts.h"
#include "image/query.h"
#include "image/record.h"
#include "journal/run.h"
#include "journal/work.h"
#include "transfer/checksum.h"
#include "transfer/download.h"
#include "transfer/upload.h"
#include "vbox/meta.h"

struct export
{
	const char *id_or_name, *file;
	char *temporary;
	int fd;
	char sha256[VBC_CHECKSUM_TEXT];
};

static int export_fail_here(const struct export *e, struct vbc_error *err)
{
	int code = errno == ENOENT || errno == ENOTDIR ? VBC_E_NOTFOUND : VBC_E_ARG;

	return vbc_fail(err, code, "cannot write '%s': %s", e->file, strerror(errno));
}

/* Who asks for a disk in one of these formats shall not get one of another under its name. */
static int export_check_name(const char *file, struct vbc_error *err)
{
	static const char *const others[] = {".qcow2", ".vmdk", ".vdi", ".vhd", ".vhdx", ".ova"};

	if (!file || !file[0])
		return vbc_fail(err, VBC_E_ARG, "no file was named");
	for (size_t i = 0; i < VBC_COUNT(others); i++)
		if (vbc_ends_with(file, others[i]))
			return vbc_fail(err, VBC_E_ARG,
					"images are exported as raw disks: '%s' would not be "
					"what its name says; qemu-img can convert it later",
					file);
	return VBC_OK;
}

static int export_open_temporary(struct export *e, struct vbc_error *err)
{
	struct stat st;
	mode_t mask = umask(0);

	umask(mask);
	if (stat(e->file, &st) == 0 && !S_ISREG(st.st_mode))
		return vbc_fail(err, VBC_E_ARG, "cannot write '%s': it is not a regular file",
				e->file);
	if (asprintf(&e->temporary, "%s.XXXXXX", e->file) < 0) {
		e->temporary = NULL;
		return vbc_fail_nomem(err);
	}
	e->fd = mkostemp(e->temporary, O_CLOEXEC);
	if (e->fd >= 0 && fchmod(e->fd, 0666 & ~mask) == 0)
		return VBC_OK;
	return export_fail_here(e, err);
}

static int export_keep_file(struct export *e, int code, struct vbc_error *err)
{
	if (!code && fsync(e->fd) != 0)
		code = export_fail_here(e, err);
	if (!code && rename(e->temporary, e->file) != 0)
		code = export_fail_here(e, err);
	if (e->fd >= 0) {
		close(e->fd);
		if (code)
			unlink(e->temporary);
	}
	free(e->temporary);
	return code;
}

/* A raw disk of whole sectors that is large enough for a VDI is its image byte for byte. */
static int export_compare_sum(struct vbc_op *op, const struct export *e,
			      const struct vbc_image *image)
{
	struct vbc_meta *VBC_META meta = NULL;
	int code = vbc_meta_get(op, VBC_IMAGE_KIND, image->id, &meta);

	if (!code && vbc_meta_int(meta, VBC_IMAGE_IS_FILE) && image->sha256[0] &&
	    !streq(image->sha256, e->sha256))
		code = vbc_fail(&op->error, VBC_E_FAULT,
				"it is not what was imported: its SHA-256 is %s, not %s", e->sha256,
				image->sha256);
	return code;
}

struct download_job {
	struct export *export;
	const struct vbc_image *image;
	vbc_ref session;
};

static int image_download(struct vbc_op *op, void *arg)
{
	const struct download_job *job = arg;
	const struct vbc_image *image = job->image;
	struct export *e = job->export;
	const char *what = vbc_arena_printf(&op->arena, "downloading %s", image->name);
	const struct vbc_download d = {.session = job->session,
				       .disk = image->id,
				       .noun = "image",
				       .name = image->name,
				       .fd = e->fd,
				       .what = what};
	int code = what ? vbc_download_disk(op, &d, e->sha256) : vbc_fail_nomem(&op->error);

	return code ? code : export_compare_sum(op, e, image);
}

/* In a web session of its own, which is in the journal: its end frees the disk. */
static int export_in_session(struct vbc_op *op, struct export *e, const struct vbc_image *image)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	struct download_job job = {.export = e, .image = image};
	const struct vbc_work work = {VBC_WORK_NEW, "image-export", NULL, entry, NULL};
	int code = entry ? vbc_upload_begin(op, &job.session) : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	vbc_meta_set_str(entry, "session", job.session.s);
	code = vbc_work_run(op, &work, image_download, &job);
	if (!code) /* else the undo has ended it */
		vbc_upload_end(op, job.session);
	return code;
}

int vbc_image_export_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	(void)id;
	vbc_upload_end(op, (vbc_ref){vbc_meta_str(entry, "session")});
	return VBC_OK;
}

static int image_export_body(struct vbc_op *op, void *arg)
{
	struct export *e = arg;
	struct vbc_image image = {0};
	vbc_ref medium = {NULL};
	int code = vbc_image_find(op, e->id_or_name, &image, &medium);

	if (!code && !vbc_op_has(op, VBC_M_IMedium_openForIO))
		code = vbc_fail(&op->error, VBC_E_VERSION,
				"VirtualBox before 6.0 cannot read disks for its clients; copy "
				"'%s' off the host",
				image.location);
	if (!code && !image.size_bytes)
		code = vbc_medium_fail_unknown(op, medium, "image", image.name);
	if (!code)
		code = export_in_session(op, e, &image);
	return vbc_error_prefix(&op->error, code, "cannot export image '%s'", e->id_or_name);
}

int vbc_image_export(struct vbc_host *host, const char *id_or_name, const char *file,
		     const struct vbc_wait *wait, char ret_sha256[65], struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, file))
		return VBC_E_ARG;

	struct export e = {.id_or_name = id_or_name, .file = file, .fd = -1};
	int code = export_check_name(file, err);

	if (!code && !host->dry_run)
		code = export_open_temporary(&e, err);
	if (!code)
		code = vbc_run_recovered(host, wait, err, image_export_body, &e);
	code = export_keep_file(&e, code, err);
	if (!code && ret_sha256)
		memcpy(ret_sha256, e.sha256, sizeof(e.sha256));
	return code;
}
