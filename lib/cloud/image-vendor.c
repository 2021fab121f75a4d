/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whether a VDI, VHD or VMDK image is one that VirtualBox reads by itself, and all there.
 */
#include <stdbool.h>
#include <string.h>

#include "image-file.h"

/* Numbers are little-endian. */
int vbc_probe_vdi(const struct vbc_probe *p)
{
	enum { DIFFERENCING = 4 };
	uint64_t data = vbc_le(p->start + 344, 4), block = vbc_le(p->start + 376, 4);
	uint64_t extra = vbc_le(p->start + 380, 4), allocated = vbc_le(p->start + 388, 4);

	if (vbc_le(p->start + 68, 4) >> 16 != 1)
		return vbc_probe_refuse(p, "is of an old version of the format VDI" VBC_CONVERT);
	if (vbc_le(p->start + 76, 4) == DIFFERENCING)
		return vbc_probe_refuse(p, VBC_NEEDS_OTHERS);
	if (data + allocated * (block + extra) > p->size_bytes)
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
		return vbc_probe_refuse(p, VBC_NEEDS_OTHERS);
	return VBC_OK;
}

bool vbc_vmdk_has_parent(const char *descriptor)
{
	static const char key[] = "parentCID=";
	const char *cid = strstr(descriptor, key);

	return cid && strncmp(cid + strlen(key), "ffffffff", 8) != 0;
}

/* Numbers are little-endian, offsets in sectors. */
int vbc_probe_vmdk(const struct vbc_probe *p)
{
	char descriptor[4096 + 1] = "";
	uint64_t sector = vbc_le(p->start + 28, 8), sectors = vbc_le(p->start + 36, 8);
	size_t n =
		sectors * 512 < sizeof(descriptor) ? (size_t)sectors * 512 : sizeof(descriptor) - 1;
	int code = vbc_probe_read(p, sector * 512, descriptor, n);

	if (code)
		return code;
	if (!sector || !descriptor[0])
		return vbc_probe_refuse(p, "is one of several parts of a disk; import the small "
					   "text file that names them");
	if (vbc_vmdk_has_parent(descriptor))
		return vbc_probe_refuse(p, VBC_NEEDS_OTHERS);
	/* A stream has its directory at the end, before an empty sector. */
	if (vbc_le(p->start + 56, 8) == UINT64_MAX && memcmp(p->end, "KDMV", 4) != 0)
		return vbc_probe_cut_short(p);
	return VBC_OK;
}
