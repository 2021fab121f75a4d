/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whether a file that has no header of an image format is a raw disk: it is not what is surely
 * something else, nor what another format is promised of, nor what shows no sign of a disk.
 */
#include "imagefile/raw.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/error-private.h"
#include "base/str.h"
#include "imagefile/extents.h"
#include "imagefile/kind-bytes.h"
#include "imagefile/kind-raw.h"
#include "imagefile/kind.h"
#include "imagefile/probe.h"
#include "transfer/packed.h"

static const char *const formats[] = {"raw", "qcow2", "vdi", "vmdk", "vhd"};

/* What a name promises, and so tells a damaged file from a raw one. */
static const char *const suffixes[] = {".qcow2", ".qcow", ".vmdk", ".vdi", ".vhd",
				       ".vpc",   ".vhdx", ".qed",  ".ova"};

bool vbc_name_promises_format(const char *name)
{
	for (size_t i = 0; i < VBC_COUNT(suffixes); i++)
		if (vbc_has_suffix(name, suffixes[i]))
			return true;
	return false;
}

int vbc_format_check(const char *format, struct vbc_error *err)
{
	for (size_t i = 0; i < VBC_COUNT(formats); i++)
		if (!format || streq(format, formats[i]))
			return VBC_OK;
	return vbc_fail(err, VBC_E_ARG,
			"'%s' is not an image format; choose raw, qcow2, vdi, vmdk or vhd", format);
}

int vbc_probe_expect(const struct vbc_probe *p, const char *told)
{
	if (!p->format || streq(p->format, told))
		return VBC_OK;
	return vbc_fail(p->err, VBC_E_ARG, "'%s' is not in the format %s, but %s", p->path,
			p->format, told);
}

static int raw_judge_kind(const struct vbc_probe *p, const struct vbc_kind *k)
{
	bool unless_raw = false;
	const char *why = vbc_kind_refusal(k, &unless_raw);
	int code;

	/* VirtualBox tells other formats by content, under any name. */
	if (p->format && streq(p->format, "raw") && !(why && vbc_starts_with(why, VBC_KIND_FORMAT)))
		return VBC_OK;
	if (why)
		return unless_raw ? vbc_probe_refuse_unless_raw(p, why) : vbc_probe_refuse(p, why);
	if (p->format)
		return vbc_fail(p->err, VBC_E_ARG,
				"'%s' is not in the format %s: it has no such header", p->path,
				p->format);
	code = p->alone ? VBC_OK : vbc_probe_flat(p);
	if (code)
		return code;
	if (vbc_name_promises_format(p->name))
		return vbc_probe_refuse(p, "is damaged, or not what its name says: it has no disk "
					   "image header, so at best it is a raw disk");
	if (vbc_kind_is_raw(k))
		return VBC_OK;
	if (vbc_packing_is_part(p->name))
		return vbc_probe_refuse(p, VBC_IS_PART);
	return vbc_probe_refuse_unless_raw(
		p,
		vbc_packing_is_promised(p->name)
			? "is damaged, or not what its name says: it is not packed in any known way"
			: "is in no known format, and has no partition table, boot sector or file "
			  "system, as a raw disk would");
}

int vbc_probe_raw(const struct vbc_probe *p)
{
	size_t n = p->size_bytes < VBC_KIND_START ? (size_t)p->size_bytes : VBC_KIND_START;
	size_t n_end = p->size_bytes < VBC_KIND_END ? (size_t)p->size_bytes : VBC_KIND_END;
	unsigned char *VBC_FREE start = malloc(n + 1);
	struct vbc_kind k = {.name = p->name,
			     .size_bytes = p->size_bytes,
			     .start = start,
			     .n_start = n,
			     .end = p->end + VBC_PROBE - n_end,
			     .n_end = n_end};
	int code = start ? vbc_probe_read(p, 0, start, n) : vbc_fail_nomem(p->err);

	return code ? code : raw_judge_kind(p, &k);
}
