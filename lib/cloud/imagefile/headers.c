/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whether a VDI, VHD or VMDK image is one that VirtualBox reads by itself, and all there.
 */
#include "imagefile/headers.h"

#include <vboxcloud/error.h>

#include <stdbool.h>
#include <string.h>

#include "base/number.h"
#include "imagefile/probe.h"

#define NEEDS_PARENT                                                                               \
	"has only what was changed since another disk was written; copy it into a whole one "      \
	"first, where that is, with 'VBoxManage clonemedium OLD NEW'"

/* What VirtualBox asks of a VDI's header; numbers are little-endian. */
static bool vdi_makes_sense(const struct vbc_probe *p)
{
	enum { DYNAMIC = 1, DIFFERENCING = 4 };
	static const unsigned char none[16];
	uint64_t type = vbc_le(p->start + 76, 4), size_bytes = vbc_le(p->start + 368, 8);
	uint64_t block = vbc_le(p->start + 376, 4), blocks = vbc_le(p->start + 384, 4);

	return type >= DYNAMIC && type <= DIFFERENCING && size_bytes && blocks &&
	       vbc_le(p->start + 388, 4) <= blocks && block * blocks >= size_bytes &&
	       memcmp(p->start + 392, none, 16) != 0 && memcmp(p->start + 408, none, 16) != 0;
}

int vbc_probe_vdi(const struct vbc_probe *p)
{
	enum { DIFFERENCING = 4 };
	uint64_t data = vbc_le(p->start + 344, 4), block = vbc_le(p->start + 376, 4);
	uint64_t extra = vbc_le(p->start + 380, 4), allocated = vbc_le(p->start + 388, 4);

	if (vbc_le(p->start + 68, 4) >> 16 != 1)
		return vbc_probe_refuse(p, "is of an old version of the format VDI" VBC_CONVERT);
	if (vbc_le(p->start + 76, 4) == DIFFERENCING)
		return vbc_probe_refuse(p, NEEDS_PARENT);
	if (!vdi_makes_sense(p))
		return vbc_probe_refuse(p, "is damaged: its header is invalid");
	/* Divided, as the product of made-up numbers may have more than 64 bits. */
	if (data > p->size_bytes || allocated > (p->size_bytes - data) / (block + extra))
		return vbc_probe_cut_short(p);
	return VBC_OK;
}

/* Its header is a footer: one that is only at the start lost its end. Big-endian. */
int vbc_probe_vhd(const struct vbc_probe *p)
{
	enum { DIFFERENCING = 4 };
	const unsigned char *footer = p->end + VBC_PROBE - 512;

	if (p->size_bytes % 512 || memcmp(footer, "conectix", 8) != 0)
		return vbc_probe_cut_short(p);
	if (vbc_be(footer + 60, 4) == DIFFERENCING)
		return vbc_probe_refuse(p, NEEDS_PARENT);
	return VBC_OK;
}

static bool vdi_has_parent(const char *descriptor)
{
	static const char key[] = "parentCID=";
	const char *cid = strstr(descriptor, key);

	return cid && strncmp(cid + strlen(key), "ffffffff", 8) != 0;
}

int vbc_vmdk_check_text(const struct vbc_probe *p, const char *text)
{
	if (vdi_has_parent(text))
		return vbc_probe_refuse(p, VBC_NEEDS_OTHERS);
	if (strstr(text, "encryption.keySafe"))
		return vbc_probe_refuse(p, "is encrypted; decrypt the machine in VMware first");
	return VBC_OK;
}

/* What VirtualBox takes from the header of a VMDK. */
static int vmdk_check_header(const struct vbc_probe *p)
{
	uint64_t version = vbc_le(p->start + 4, 4);

	if (version != 1 && version != 3)
		return vbc_probe_refuse(p,
					"is of an unknown version of the format VMDK" VBC_CONVERT);
	if (memcmp(p->start + 73, "\n \r\n", 4) != 0)
		return vbc_probe_refuse(
			p, "is damaged: its line endings were changed (was it sent as text?)");
	return VBC_OK;
}

/* Numbers are little-endian, offsets in sectors. */
int vbc_probe_vmdk(const struct vbc_probe *p)
{
	enum { COMPRESSED = 1 << 16 };
	char descriptor[4096 + 1] = "";
	uint64_t sector = vbc_le(p->start + 28, 8), sectors = vbc_le(p->start + 36, 8);
	size_t n =
		sectors < sizeof(descriptor) / 512 ? (size_t)sectors * 512 : sizeof(descriptor) - 1;
	int code = vmdk_check_header(p);

	if (!code && sector > p->size_bytes / 512)
		code = vbc_probe_cut_short(p);
	if (!code)
		code = vbc_probe_read(p, sector * 512, descriptor, n);
	if (code)
		return code;
	if (!sector || !descriptor[0])
		return vbc_probe_refuse(p, "is one of several parts of a disk; import the small "
					   "text file that names them");
	code = vbc_vmdk_check_text(p, descriptor);
	if (code)
		return code;
	if (strstr(descriptor, "createType=\"streamOptimized\"") &&
	    !(vbc_le(p->start + 8, 4) & COMPRESSED))
		return vbc_probe_refuse(p, "is damaged: it is not the stream that it says it is");
	/* A stream has its directory at the end, before an empty sector. */
	if (vbc_le(p->start + 56, 8) == UINT64_MAX && memcmp(p->end, "KDMV", 4) != 0)
		return vbc_probe_cut_short(p);
	return VBC_OK;
}
