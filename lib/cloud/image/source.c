/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The source of an import: a file of the host is opened where it is, one from here is uploaded
 * first. What VirtualBox has against it is said in words.
 */
#include "image/source.h"

#include "base/path.h"
#include "base/str.h"
#include "disk/medium-remove.h"
#include "disk/medium.h"
#include "imagefile/qcow2.h"
#include "imagefile/raw.h"
#include "journal/work.h"
#include "transfer/packed.h"
#include "transfer/remote.h"
#include "transfer/upload.h"
#include "vbox/aside.h"
#include "vbox/meta.h"

/* IPRT's status codes of files that are not there, or damaged. */
enum {
	VERR_NOT_SUPPORTED = -37,
	VERR_FILE_NOT_FOUND = -102,
	VERR_PATH_NOT_FOUND = -103,
	VERR_EOF = -110,
	VERR_VD_READ_OUT_OF_RANGE = -3282,
};

int vbc_source_restate(struct vbc_op *op, const struct vbc_source *source, int code,
		       const char *ours)
{
	const char *theirs = op->error.text;
	/* What was said before is said again, in other words. */
	const char *again = strstr(theirs, ". VD: error ");
	size_t n = again ? (size_t)(again - theirs) : strlen(theirs);

	return vbc_error_restate(&op->error, code, "'%s' %s: %.*s", source->file, ours, (int)n,
				 theirs);
}

/*
 * Whether the fault may be the image's, not the connection's or the caller's patience. What
 * VirtualBox holds against an image it says in an error of its medium.
 */
static bool source_may_be_image(const struct vbc_op *op, int code)
{
	return op->error.component[0] &&
	       (code == VBC_E_FAULT || code == VBC_E_ARG || code == VBC_E_NOTFOUND);
}

/* VirtualBox tells a raw disk by its name, and so does the way out of what it does not open. */
static const char *source_refusal_reason(const char *path)
{
	if (vbc_has_suffix(path, ".iso"))
		return "is a CD image, not a disk image";
	if (vbc_ends_with(path, ".hdd"))
		return "cannot be opened by VirtualBox (a raw disk must have whole sectors of 512 "
		       "bytes there)";
	if (vbc_name_promises_format(path))
		return "cannot be opened by VirtualBox (convert it there first, for example with "
		       "'qemu-img convert -O vdi OLD NEW')";
	return "cannot be opened by VirtualBox (a raw disk must have a name that ends in '.hdd' "
	       "there, and whole sectors)";
}

/* A file of the user's is not changed; and a disk's UUID is in the file. */
static int source_explain_collision(struct vbc_op *op, const struct vbc_source *source)
{
	return vbc_error_restate(
		&op->error, VBC_E_ARG,
		"'%s' is a copy of another disk, with the same UUID: %s; import it as a file of "
		"this machine, or give it one of its own on the host with 'VBoxManage "
		"internalcommands sethduuid %s'",
		source->file, op->error.text, source->path);
}

/* Where nothing need be added to our words; NULL: what VirtualBox says need be. */
static const char *source_find_reason(const struct vbc_op *op, const struct vbc_source *source)
{
	if (!source->on_host)
		return NULL;
	if (vbc_packing_is_promised(source->path) || vbc_packing_is_part(source->path))
		return "is packed, and VirtualBox unpacks nothing on the host; unpack it there "
		       "first";
	if (vbc_has_suffix(source->path, ".ovf"))
		return "describes a machine; import the disk that it names";
	return vbc_qcow2_refusal(op->error.text);
}

static int source_refuse(struct vbc_op *op, const struct vbc_source *source, const char *why)
{
	return vbc_error_restate(&op->error, VBC_E_ARG, "'%s' %s", source->file, why);
}

static int source_explain_open(struct vbc_op *op, const struct vbc_source *source, int code)
{
	const char *why;
	bool missing = op->error.os == VERR_FILE_NOT_FOUND || op->error.os == VERR_PATH_NOT_FOUND;

	if (!source_may_be_image(op, code))
		return code;
	if (missing)
		return vbc_source_restate(op, source, VBC_E_NOTFOUND, "is not there");
	if (code == VBC_E_ARG && source->on_host)
		return source_explain_collision(op, source);
	why = source_find_reason(op, source);
	if (why)
		return source_refuse(op, source, why);
	if (code == VBC_E_ARG || !source->on_host)
		return vbc_source_restate(op, source, VBC_E_ARG, "cannot be opened by VirtualBox");
	return vbc_source_restate(op, source, VBC_E_ARG, source_refusal_reason(source->path));
}

static bool source_has_ref(const struct vbc_refs *refs, vbc_ref ref)
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
static int source_open_on_host(struct vbc_op *op, const struct vbc_source *source,
			       vbc_ref *ret_disk)
{
	struct vbc_refs before = {0};
	vbc_ref known = {NULL};
	int code = vbc_medium_known(op, source->path, &known);

	if (!code && !vbc_ref_is_null(known)) {
		/* Opening it again might make a second one of it, see volume/resize.c. */
		*ret_disk = known;
		return VBC_OK;
	}
	if (!code)
		code = vbc_work_note(op, "forget", "yes");
	if (!code)
		code = vbc_IVirtualBox_getHardDisks(op, op->vbox, &before);
	if (code)
		return code;
	code = vbc_medium_open(op, source->path, VBC_AccessMode_ReadOnly, ret_disk);
	if (code)
		return source_explain_open(op, source, code);
	return source_has_ref(&before, *ret_disk) ? vbc_work_note(op, "forget", "") : VBC_OK;
}

/* An upload may have the UUID of a disk the host has already; being our copy, it gets a new one. */
static int source_open_upload(struct vbc_op *op, const struct vbc_source *source, vbc_ref *ret_disk)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code = vbc_medium_open(op, source->path, VBC_AccessMode_ReadOnly, ret_disk);
	bool taken = code == VBC_E_ARG;

	code = vbc_aside_forgive(&aside, code, VBC_CODE(VBC_E_ARG));
	if (taken)
		code = vbc_IVirtualBox_openMedium(op, op->vbox, source->path,
						  VBC_DeviceType_HardDisk, VBC_AccessMode_ReadWrite,
						  true, ret_disk);
	return code ? source_explain_open(op, source, code) : VBC_OK;
}

int vbc_source_explain(struct vbc_op *op, const struct vbc_source *source, int code)
{
	bool damaged = op->error.os == VERR_EOF || op->error.os == VERR_VD_READ_OUT_OF_RANGE;

	if (code == VBC_E_SPACE)
		return vbc_source_restate(op, source, code, "does not fit on the host's disk");
	if (!source_may_be_image(op, code))
		return code;
	return vbc_source_restate(op, source, damaged ? VBC_E_ARG : code,
				  damaged ? "is damaged or cut short" : "cannot be imported");
}

static int source_upload_file(struct vbc_op *op, const struct vbc_source *source, unsigned from,
			      unsigned to)
{
	const char *what =
		vbc_arena_printf(&op->arena, "uploading %s", vbc_path_base(source->file));
	struct vbc_upload u = {.session = source->session,
			       .stream = &source->here.content,
			       .size_bytes = source->here.content.size_bytes,
			       .disk = source->disk,
			       .path = source->path,
			       .what = what,
			       .from = from,
			       .to = to,
			       .sum = source->sum,
			       .sent = source->sent};

	return what ? vbc_upload_file(op, &u) : vbc_fail_nomem(&op->error);
}

int vbc_source_open(struct vbc_op *op, const struct vbc_source *source, unsigned from, unsigned to,
		    vbc_ref *ret_disk)
{
	int code;

	if (source->on_host)
		return source_open_on_host(op, source, ret_disk);
	code = source_upload_file(op, source, from, to);
	if (!code && source->remote)
		code = vbc_remote_check(source->remote, &op->error);
	return code ? vbc_source_explain(op, source, code)
		    : source_open_upload(op, source, ret_disk);
}

static int source_forget_disk(struct vbc_op *op, const struct vbc_source *source, vbc_ref disk)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code = vbc_IMedium_close(op, disk);

	if (code == VBC_E_BUSY)
		vbc_op_log(op, 1,
			   "VirtualBox keeps '%s' in its list of disks: another program uses it",
			   source->path);
	return vbc_aside_forgive(&aside, code, VBC_CODE(VBC_E_BUSY));
}

int vbc_source_done(struct vbc_op *op, const struct vbc_source *source, vbc_ref disk)
{
	if (!source->on_host)
		return vbc_medium_delete(op, disk);
	if (!vbc_meta_str(vbc_work_entry(op), "forget")[0])
		return VBC_OK;
	return source_forget_disk(op, source, disk);
}
