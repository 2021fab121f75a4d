/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The signs of a raw disk: its name; a boot sector, a partition table or a file system.
 */

#include "imagefile/kind-raw.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "imagefile/kind-bytes.h"

static const char *const suffixes[] = {".raw", ".img", ".dd", ".hdd"};

static bool kind_name_says_raw(const char *name)
{
	for (size_t i = 0; i < VBC_COUNT(suffixes); i++)
		if (vbc_has_suffix(name, suffixes[i]))
			return true;
	return false;
}

#define SIGN(at, bytes)                                                                            \
	{                                                                                          \
		at, bytes, sizeof(bytes) - 1                                                       \
	}

static const struct {
	size_t at;
	const char *bytes;
	size_t n;
} signs[] = {
	SIGN(510, "\x55\xaa"), /* a boot sector, or the partition table in it; FAT, NTFS */
	SIGN(512, "EFI PART"),
	SIGN(4096, "EFI PART"),       /* of a disk with large sectors */
	SIGN(512, "PM\0\0"),          /* Apple's */
	SIGN(508, "\xda\xbe"),        /* Sun's */
	SIGN(64, "\x57\x45\x56\x82"), /* BSD's label */
	SIGN(512, "\x57\x45\x56\x82"),
	SIGN(1080, "\x53\xef"), /* ext2, ext3, ext4 */
	SIGN(0, "XFSB"),
	SIGN(65600, "_BHRfS_M"), /* btrfs */
	SIGN(4086, "SWAPSPACE2"),
	SIGN(65526, "SWAPSPACE2"),
	SIGN(536, "LVM2 001"),
	SIGN(24, "LVM2 001"),
	SIGN(4096, "\xfc\x4e\x2b\xa9"), /* md */
	SIGN(0, "\xfc\x4e\x2b\xa9"),
	SIGN(0, "hsqs"),                /* squashfs */
	SIGN(1024, "\x10\x20\xf5\xf2"), /* f2fs */
	SIGN(1024, "\xe2\xe1\xf5\xe0"), /* erofs */
	SIGN(0, "\x45\x3d\xcd\x28"),    /* cramfs */
	SIGN(0, "-rom1fs-"),
	SIGN(1024, "H+\0"), /* HFS */
	SIGN(1024, "HX\0"),
	SIGN(32, "NXSB"),                /* APFS */
	SIGN(66908, "\x19\x01\x54\x19"), /* UFS */
	SIGN(66908, "\x19\x54\x01\x19"),
	SIGN(9564, "\x54\x19\x01\x00"),
	SIGN(65588, "ReIsEr"),
	SIGN(32768, "JFS1"),
	SIGN(1030, "\x34\x34"),                         /* nilfs2 */
	SIGN(4120, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca"), /* bcache, bcachefs */
	SIGN(3, "EXFAT   "),
	SIGN(3, "NTFS    "),
	SIGN(54, "FAT12   "),
	SIGN(54, "FAT16   "),
	SIGN(82, "FAT32   "),
};

/* Its label is a list of names and values, one of which is the version. */
static bool kind_is_zfs(const struct vbc_kind *k)
{
	return vbc_kind_has(k, 16384, "\1", 1) && k->n_start >= 16384 + 64 &&
	       memmem(k->start + 16384, 64, "version", 7);
}

bool vbc_kind_is_raw(const struct vbc_kind *k)
{
	if (kind_name_says_raw(k->name) || kind_is_zfs(k))
		return true;
	for (size_t i = 0; i < VBC_COUNT(signs); i++)
		if (vbc_kind_has(k, signs[i].at, signs[i].bytes, signs[i].n))
			return true;
	return false;
}
