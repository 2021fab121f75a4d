/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Looking at a disk on the host that VirtualBox opened. It takes any file of the right name for a
 * raw disk, so the beginning of such a one is read through the web service and judged as one from
 * here.
 */
#include "image/look.h"

#include "base/str.h"
#include "disk/medium-facts.h"
#include "image/source.h"
#include "imagefile/kind-bytes.h"
#include "imagefile/kind.h"

/* How VirtualBox calls them; a raw disk is for it a plain one of Parallels, by its name. */
static const struct {
	const char *ours, *theirs;
} formats[] = {{"raw", "RAW"}, {"raw", "Parallels"}, {"qcow2", "QCOW"},
	       {"vdi", "VDI"}, {"vmdk", "VMDK"},     {"vhd", "VHD"}};

static int look_check_format(struct vbc_op *op, const struct vbc_source *source, vbc_ref disk)
{
	const char *format = "";
	int code = vbc_IMedium_getFormat(op, disk, &format);

	for (size_t i = 0; !code && i < VBC_COUNT(formats); i++)
		if (streq(source->format, formats[i].ours) && streq(format, formats[i].theirs))
			return VBC_OK;
	return code ? code
		    : vbc_fail(&op->error, VBC_E_ARG,
			       "'%s' is not in the format %s, but %s, according to VirtualBox",
			       source->file, source->format, format);
}

/* In the session that is in the journal: where this program is killed, its end frees the disk. */
static int look_read_start(struct vbc_op *op, const struct vbc_source *source, vbc_ref disk,
			   uint64_t size_bytes, struct vbc_bytes *ret_start)
{
	uint32_t n = size_bytes < VBC_KIND_START ? (uint32_t)size_bytes : VBC_KIND_START;
	vbc_ref medium = {NULL}, io = {NULL};
	const char *id = "";
	int code = vbc_IMedium_getId(op, disk, &id);

	if (!code)
		code = vbc_IVirtualBox_openMedium(op, source->session, id, VBC_DeviceType_HardDisk,
						  VBC_AccessMode_ReadOnly, false, &medium);
	if (!code)
		code = vbc_IMedium_openForIO(op, medium, false, "", &io);
	if (!code)
		code = vbc_IMediumIO_read(op, io, 0, n, ret_start);
	if (!code)
		code = vbc_IMediumIO_close(op, io);
	return code;
}

static int look_check_content(struct vbc_op *op, const struct vbc_source *source, vbc_ref disk)
{
	struct vbc_bytes start = {0};
	struct vbc_kind k = {.name = source->path};
	bool unless_raw = false;
	const char *why;
	int code = vbc_medium_opened_size(op, disk, "file", source->file, &k.size_bytes);

	if (!code)
		code = look_read_start(op, source, disk, k.size_bytes, &start);
	if (code)
		return code;
	k.start = start.data;
	k.n_start = start.size;
	why = vbc_kind_refusal(&k, &unless_raw);
	return why ? vbc_fail_hint(&op->error, VBC_E_ARG,
				   unless_raw ? VBC_HINT_FORMAT_RAW : VBC_HINT_NONE, "'%s' %s",
				   source->file, why)
		   : VBC_OK;
}

bool vbc_source_must_look(const struct vbc_op *op, const struct vbc_source *source)
{
	return source->on_host && !source->format && vbc_ends_with(source->path, ".hdd") &&
	       vbc_op_has(op, VBC_M_IMedium_openForIO);
}

int vbc_source_look(struct vbc_op *op, const struct vbc_source *source, vbc_ref disk)
{
	if (!source->on_host)
		return VBC_OK;
	if (source->format)
		return look_check_format(op, source, disk);
	return vbc_source_must_look(op, source) ? look_check_content(op, source, disk) : VBC_OK;
}
