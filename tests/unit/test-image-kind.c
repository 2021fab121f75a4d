/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What files are told to be by their bytes, size and name: a table. Real ones, made by other
 * programs, are in tests/cli/test_image_kinds.py.
 */
#include <stdlib.h>

#include "imagefile/kind-bytes.h"
#include "imagefile/kind-raw.h"
#include "imagefile/kind.h"
#include "tap.h"

#define HEX32 "d41d8cd98f00b204e9800998ecf8427e"

struct row {
	const char *name;
	size_t at;
	const char *bytes;
	size_t n;
	const char *why; /* a part of it; NULL: nothing is against it */
	bool raw;        /* where nothing is                          */
};

#define ROW(name, at, bytes, why, raw)                                                             \
	{                                                                                          \
		name, at, bytes, sizeof(bytes) - 1, why, raw                                       \
	}
/* Whose content is signs in a sea of zeros. */
static const struct row large[] = {
	ROW("x.bin", 0, "", NULL, false),
	ROW("x.img", 0, "", NULL, true),
	ROW("/a/X.RAW", 0, "", NULL, true),
	ROW("x.dd", 0, "\x01", NULL, true),
	ROW("x.hdd", 0, "\x01", NULL, true),
	ROW("x.img.gz", 0, "\x01", NULL, false), /* it would be unpacked, if it were that */
	ROW("x.raw.XZ", 0, "\x01", NULL, false),
	ROW("x.img.gz", 510, "\x55\xaa", NULL, true),
	ROW(".img", 0, "\x01", NULL, false),
	ROW("x.image", 0, "\x01", NULL, false),
	ROW("x", 510, "\x55\xaa", NULL, true),
	ROW("x", 512, "EFI PART", NULL, true),
	ROW("x", 4096, "EFI PART", NULL, true),
	ROW("x", 1080, "\x53\xef", NULL, true),
	ROW("x", 0, "XFSB", NULL, true),
	ROW("x", 65600, "_BHRfS_M", NULL, true),
	ROW("x", 4086, "SWAPSPACE2", NULL, true),
	ROW("x", 536, "LVM2 001", NULL, true),
	ROW("x", 0, "hsqs", NULL, true),
	ROW("x", 1024, "\x10\x20\xf5\xf2", NULL, true),
	ROW("x", 1024, "H+\0\4", NULL, true),
	ROW("x", 3, "NTFS    ", NULL, true),
	ROW("x", 66908, "\x19\x01\x54\x19", NULL, true),
	ROW("x", 16384, "\1\1\0\0\0\0\0\0\0\0\0\1\0\0\0\x24\0\0\0\x20\0\0\0\7version", NULL, true),
	ROW("x.img", 32769, "CD001", "is a CD image", false),
	ROW("x.img", 0, "\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0", "is a CD image", false),
	ROW("x", 0, "\x1f\x8b\x08", "is compressed with gzip; unpack", false),
	ROW("x.img", 0,
	    "\xfd"
	    "7zXZ\0",
	    "with xz;", false),
	ROW("x", 0, "\x28\xb5\x2f\xfd", "with zstd;", false),
	ROW("x", 0, "\x50\x2a\x4d\x18\4\0\0\0", "with zstd;", false),
	ROW("x", 0, "\x60\x2a\x4d\x18\4\0\0\0", NULL, false),
	ROW("x", 0, "BZh9", "with bzip2;", false),
	ROW("x", 0, "BZhx", NULL, false),
	ROW("x", 0, "\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0", "with lzma;", false),
	ROW("x", 0, "\x5d\0\0\x60\0\xff\xff\xff\xff\xff\xff\xff\xff\0", "with lzma;", false),
	ROW("x", 0, "\0\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0", "with lzma;", false),
	ROW("x", 0, "\0\0\0\x80\0\1\0\0\0\0\0\0\0\0", NULL, false),
	ROW("x", 0, "\x5d\0\0\x81\0\xff\xff\xff\xff\xff\xff\xff\xff\0", NULL, false),
	ROW("x", 0, "\x04\x22\x4d\x18", "with lz4;", false),
	ROW("x", 0, "LZIP\1", "with lzip;", false),
	ROW("x", 0, "\x89LZO\0\r\n\x1a\n", "with lzop;", false),
	ROW("x", 0, "PK\3\4", "is a zip archive", false),
	ROW("x", 0, "7z\xbc\xaf\x27\x1c", "is a 7z archive", false),
	ROW("x", 0, "Rar!\x1a\x07\x01\0", "is a rar archive", false),
	ROW("x", 0, "MSCF\0\0\0\0", "is a cab archive", false),
	ROW("x", 0, "070701", "is a cpio archive", false),
	ROW("x", 257, "ustar", "is a tar archive", false),
	ROW("x", 0, "!<arch>\ndebian-binary", "is a Debian package", false),
	ROW("x", 0, "!<arch>\nx", "is an ar archive", false),
	ROW("x", 0, "vhdxfile", "is in the format VHDX; convert", false),
	ROW("x", 0, "QED\0", "is in the format QED", false),
	ROW("x", 0, "COWD\1", "is in the format VMDK of ESXi (sparse)", false),
	ROW("x", 0, "WithoutFreeSpace", "is in the format Parallels", false),
	ROW("x", 0, "WithouFreSpacExt", "is in the format Parallels", false),
	ROW("x", 0, "Bochs Virtual HD Image", "is in the format Bochs", false),
	ROW("x", 0, "#!/bin/sh\n#V2.0 Format\n", "is in the format cloop", false),
	ROW("x", 0, "EVF\x09\x0d\x0a\xff\0", "EWF", false),
	ROW("x", 0, "LUKS\xba\xbe", "is encrypted with LUKS", false),
	ROW("x", 0,
	    "\x7f"
	    "ELF\2",
	    "is a program or a memory dump", false),
	ROW("x", 0, "MZ", NULL, false),
	ROW("x", 0, "%PDF-1.7", "is a PDF document, not a disk image", false),
	ROW("x", 0, "\x89PNG\r\n\x1a\n", "is a picture (PNG)", false),
	ROW("x", 0, "\xff\xd8\xff\xe0", "is a picture (JPEG)", false),
	ROW("x", 0, "SQLite format 3\0", "is a database", false),
	ROW("x", 0, "<html>", NULL, false), /* text that ends in zeros is none */
};

/* Files that are nothing else. */
static const struct row small[] = {
	ROW("x.img", 0, "<!DOCTYPE html>\n<html>", "is an HTML page, not a disk image (was", false),
	ROW("x.img", 0, "\xef\xbb\xbf \n<HTML lang=en>", "is an HTML page", false),
	ROW("x.img", 0, "<!-- x -->\n<html>", "is an HTML page", false),
	ROW("x.img", 0, "\xff\xfe<\0h\0t\0m\0l\0>\0", "is an HTML page", false),
	ROW("x.img", 0, "\xfe\xff\0<\0h\0t\0m\0l\0>", "is an HTML page", false),
	ROW("x.img", 0, "<?xml version='1.0'?>\n<Error><Code>AccessDenied", "is an XML document",
	    false),
	ROW("x.img", 0, "<Error>", "is an XML or HTML document", false),
	ROW("x.ovf", 0, "<?xml version='1.0'?>\n<Envelope>", "of a machine (OVF)", false),
	ROW("x.vbox", 0, "<?xml version='1.0'?>\n<VirtualBox ", "settings of a VirtualBox", false),
	ROW("x.raw", 0, HEX32 "  debian.qcow2\n", "is a list of checksums, not", false),
	ROW("x.raw", 0, "# debian\nSHA256 (debian.qcow2) = " HEX32 HEX32 "\n", "checksums", false),
	ROW("x.mf", 0, "SHA1(d.vmdk)= " HEX32 "\r\n", "checksums", false),
	ROW("x.raw", 0, HEX32, "checksums", false),
	ROW("x.raw", 0, HEX32 "0 x\n", "is a text, not", false),
	ROW("x.raw", 0, "{\"message\": \"not found\"}", "is a JSON document", false),
	ROW("x.raw", 0, "version https://git-lfs.github.com/spec/v1\noid", "Git LFS", false),
	ROW("x.raw", 0, "-----BEGIN PGP SIGNED MESSAGE-----\n", "OpenPGP", false),
	ROW("x.raw", 0, "-----BEGIN CERTIFICATE-----\n", "is a key or a certificate", false),
	ROW("x.raw", 0, "#!/bin/sh\n", "is a script", false),
	ROW("x.raw", 0, "d8:announce35:http", "is a torrent file", false),
	ROW("x.raw", 0, "caf\xe9 in Latin-1\n", "is a text", false),
	ROW("x.raw", 0, "\1\2\3", "is too small for a disk", false),
	ROW("x.raw", 0, "\xff\xfe\x12", "is too small for a disk", false),
};

static void check(const struct row *row, const unsigned char *start, size_t n)
{
	struct vbc_kind k = {.name = row->name,
			     .size_bytes = n,
			     .start = start,
			     .n_start = n,
			     .end = start + (n < VBC_KIND_END ? 0 : n - VBC_KIND_END),
			     .n_end = n < VBC_KIND_END ? n : VBC_KIND_END};
	bool unless_raw;
	const char *why = vbc_kind_refusal(&k, &unless_raw);

	if (row->why)
		ok(why && strstr(why, row->why), "%s of %zu: %s", row->name, n,
		   why ? why : "nothing against it");
	else
		ok(!why && vbc_kind_is_raw(&k) == row->raw, "%s at %zu: %s", row->name, row->at,
		   why        ? why
		   : row->raw ? "a raw disk"
			      : "not known");
}

static void test_table(const struct row *rows, size_t n, size_t size)
{
	for (size_t i = 0; i < n; i++) {
		size_t bytes = size ? size : rows[i].n;
		unsigned char *start = calloc(bytes, 1); /* of that size, for the sanitizers */

		memcpy(start + rows[i].at, rows[i].bytes, rows[i].n);
		check(&rows[i], start, bytes);
		free(start);
	}
}

/* What one sign alone does not tell. */
static void test_others(void)
{
	static const struct row program = ROW("x.img", 0, "MZ", "is a program for Windows", false);
	static const struct row dvd = ROW("x.img", 0, "", "is a DVD image", false);
	static const struct row dmg = ROW("x.img", 0, "", "is in the format DMG", false);
	static const struct row longer = ROW("x.raw", 0, "text", "is a text", false);
	static const struct row chinese = ROW("x.raw", 0, "UTF-8", "is a text", false);
	static const struct row erased = ROW("x.raw", 0, "erased flash", NULL, true);
	static const struct row noise = ROW("x.raw", 0, "noise", NULL, true);
	unsigned char *start = calloc(VBC_KIND_START, 1);
	unsigned seed = 1;

	memcpy(start, "MZ", 2);
	start[60] = 128;
	memcpy(start + 128, "PE\0\0", 4);
	start[510] = 0x55; /* a Linux kernel looks like a boot sector, too */
	start[511] = 0xaa;
	check(&program, start, VBC_KIND_START);
	memset(start, 0, 512);
	memcpy(start + 32769, "BEA01", 5);
	memcpy(start + 34817, "NSR02", 5);
	check(&dvd, start, VBC_KIND_START);
	memset(start, 0, VBC_KIND_START);
	memcpy(start + VBC_KIND_START - 512, "koly\0\0\0\4", 8);
	check(&dmg, start, VBC_KIND_START);
	memset(start, 'x', VBC_KIND_START);
	check(&longer, start, VBC_KIND_START);
	for (size_t i = 0; i + 3 <= VBC_KIND_START; i += 3)
		memcpy(start + i, "\xe6\x96\x87", 3);
	check(&chinese, start, VBC_KIND_START);
	memset(start, 0xff, VBC_KIND_START);
	check(&erased, start, VBC_KIND_START);
	memset(start, 0xa5, VBC_KIND_START);
	check(&erased, start, VBC_KIND_START);
	for (size_t i = 0; i < VBC_KIND_START; i++) {
		seed = seed * 1664525 + 1013904223;
		start[i] = (unsigned char)(seed >> 24);
	}
	memcpy(start, "\xff\xfe", 2); /* not all that begins so is UTF-16 */
	check(&noise, start, VBC_KIND_START);
	free(start);
}

int main(void)
{
	test_table(large, sizeof(large) / sizeof(large[0]), VBC_KIND_START);
	test_table(small, sizeof(small) / sizeof(small[0]), 0);
	test_others();
	return tap_done();
}
