/* SPDX-License-Identifier: Apache-2.0 */
#include "imagefile/kind.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "imagefile/kind-bytes.h"
#include "imagefile/kind-text.h"
#include "imagefile/probe.h"
#include "transfer/packed.h"

#define NO_DISK(what)      "is " what ", not a disk image"
#define PACKED(with, tool) "is compressed with " with "; unpack it first, with '" tool "'"
#define ARCHIVE(what)      "is " what "; unpack it, and import the disk image that is in it"
#define IN_FORMAT(format)  VBC_KIND_FORMAT format VBC_CONVERT
#define CD                                                                                         \
	"is a CD image, from which systems are installed, not a disk that one was installed on; "  \
	"import an image of a disk (as \"cloud\" images are)"

struct sign {
	size_t at;
	const char *bytes;
	size_t n;
	const char *why;
	bool (*check)(const struct vbc_kind *k); /* where the bytes alone prove nothing */
};

#define SIGN(at, bytes, why)                                                                       \
	{                                                                                          \
		at, bytes, sizeof(bytes) - 1, why, NULL                                            \
	}
#define SIGN_IF(check, at, bytes, why)                                                             \
	{                                                                                          \
		at, bytes, sizeof(bytes) - 1, why, check                                           \
	}

static uint64_t kind_number_at(const struct vbc_kind *k, size_t at, int bytes)
{
	return at + (size_t)bytes <= k->n_start ? vbc_le(k->start + at, bytes) : 0;
}

static bool kind_is_lzma(const struct vbc_kind *k)
{
	return vbc_packing_is_lzma(k->start, k->n_start);
}

static bool kind_is_skippable(const struct vbc_kind *k)
{
	return vbc_packing_is_skippable(k->start, k->n_start);
}

/* Compressed in blocks of 1 to 9 hundred thousand bytes. */
static bool kind_is_bzip2(const struct vbc_kind *k)
{
	return k->n_start > 3 && k->start[3] >= '1' && k->start[3] <= '9';
}

/* A boot sector may begin with these letters, too. */
static bool kind_is_program(const struct vbc_kind *k)
{
	uint64_t at = kind_number_at(k, 60, 4);

	return at <= k->n_start && vbc_kind_has(k, (size_t)at, "PE\0\0", 4);
}

static bool kind_is_bitmap(const struct vbc_kind *k)
{
	return kind_number_at(k, 2, 4) == k->size_bytes;
}

static bool kind_is_sound_or_film(const struct vbc_kind *k)
{
	return vbc_kind_has(k, 8, "WAVE", 4) || vbc_kind_has(k, 8, "AVI ", 4) ||
	       vbc_kind_has(k, 8, "WEBP", 4);
}

static bool kind_is_udf(const struct vbc_kind *k)
{
	for (size_t at = 34817; at <= 40961; at += 2048)
		if (vbc_kind_has(k, at, "NSR0", 4))
			return true;
	return false;
}

/* Before all others: a CD that can be written to a stick has a partition table as well. */
static const struct sign discs[] = {
	SIGN(32769, "CD001", CD),
	SIGN_IF(kind_is_udf, 32769, "BEA01",
		"is a DVD image (UDF), from which systems are installed, "
		"not a disk that one was installed on"),
	SIGN(0, "\0\377\377\377\377\377\377\377\377\377\377\0", CD), /* sectors with their frames */
};

static const struct sign signs[] = {
	SIGN(0, "\x1f\x8b", PACKED("gzip", "gunzip")),
	SIGN(0,
	     "\xfd"
	     "7zXZ\0",
	     PACKED("xz", "unxz")),
	SIGN(0, "\x28\xb5\x2f\xfd", PACKED("zstd", "unzstd")),
	SIGN_IF(kind_is_bzip2, 0, "BZh", PACKED("bzip2", "bunzip2")),
	SIGN_IF(kind_is_skippable, 1, "\x2a\x4d\x18", PACKED("zstd", "unzstd")),
	SIGN_IF(kind_is_lzma, 0, "", PACKED("lzma", "unlzma")),
	SIGN(0, "\x04\x22\x4d\x18", PACKED("lz4", "unlz4")),
	SIGN(0, "\x02\x21\x4c\x18", PACKED("lz4", "unlz4")),
	SIGN(0, "LZIP", PACKED("lzip", "lzip -d")),
	SIGN(0, "\x89LZO\0\r\n\x1a\n", PACKED("lzop", "lzop -d")),
	SIGN(0, "LRZI", PACKED("lrzip", "lrunzip")),
	SIGN(0, "\x1f\x9d", PACKED("compress", "uncompress")),
	SIGN(0, "PK\x03\x04", ARCHIVE("a zip archive")),
	SIGN(0, "PK\x05\x06", "is an empty zip archive"),
	SIGN(0, "PK\x07\x08", "is a part of a zip archive"),
	SIGN(0, "7z\xbc\xaf\x27\x1c", ARCHIVE("a 7z archive")),
	SIGN(0, "Rar!\x1a\x07", ARCHIVE("a rar archive")),
	SIGN(0, "MSCF\0\0\0\0", ARCHIVE("a cab archive")),
	SIGN(0, "070701", ARCHIVE("a cpio archive")),
	SIGN(0, "070702", ARCHIVE("a cpio archive")),
	SIGN(0, "070707", ARCHIVE("a cpio archive")),
	SIGN(257, "ustar", ARCHIVE("a tar archive")),
	SIGN(0, "!<arch>\ndebian", NO_DISK("a Debian package")),
	SIGN(0, "!<arch>\n", ARCHIVE("an ar archive")),
	SIGN(0, "\xed\xab\xee\xdb", NO_DISK("an RPM package")),
	SIGN(0, "MSWIM\0\0\0", NO_DISK("a Windows imaging file (WIM)")),
	SIGN(0, "VMA\0", "is a backup of Proxmox; unpack it first, with 'vma extract'"),

	SIGN(0, "vhdxfile", IN_FORMAT("VHDX")),
	SIGN(0, "QED\0", IN_FORMAT("QED")),
	SIGN(0, "COWD", IN_FORMAT("VMDK of ESXi (sparse)")),
	SIGN(0, "\xbe\xba\xfe\xca\0\0\0\0", IN_FORMAT("VMDK of ESXi (SEsparse)")),
	SIGN(0, "WithoutFreeSpace", IN_FORMAT("Parallels")),
	SIGN(0, "WithouFreSpacExt", IN_FORMAT("Parallels")),
	SIGN(0, "Bochs Virtual HD Image", IN_FORMAT("Bochs")),
	SIGN(0, "#!/bin/sh\n#V2.0 Format", IN_FORMAT("cloop")),
	SIGN(0, "EVF\x09\x0d\x0a\xff",
	     "is a forensic image in the format EWF; export a raw disk of it first, with "
	     "'ewfexport -f raw'"),
	SIGN(0, "EVF2\x0d\x0a\x81",
	     "is a forensic image in the format EWF; export a raw disk of it first, with "
	     "'ewfexport -f raw'"),
	SIGN(0, "\x3a\xff\x26\xed",
	     "is in Android's sparse format; convert it first, with "
	     "'simg2img OLD NEW'"),
	SIGN(0, "partclone-image", "is a backup of partclone; restore it into a raw disk first"),
	SIGN(0, "LUKS\xba\xbe",
	     "is encrypted with LUKS, and no guest boots from it as it is; copy "
	     "what is in it (after 'cryptsetup open') into a raw disk"),
	SIGN(0, "\x7fVirtualBox SavedState", NO_DISK("a saved state of a VirtualBox machine")),

	SIGN(0,
	     "\x7f"
	     "ELF",
	     NO_DISK("a program or a memory dump (ELF)")),
	SIGN_IF(kind_is_program, 0, "MZ", NO_DISK("a program for Windows or EFI")),
	SIGN(0, "\xca\xfe\xba\xbe", NO_DISK("a program for macOS or Java")),
	SIGN(0, "\xcf\xfa\xed\xfe", NO_DISK("a program for macOS")),
	SIGN(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
	     NO_DISK("an Office document or an installer "
		     "(OLE)")),
	SIGN(514, "HdrS", NO_DISK("a Linux kernel")),
	SIGN(0, "ANDROID!", NO_DISK("a boot image of Android")),
	SIGN(0, "%PDF-", NO_DISK("a PDF document")),
	SIGN(0, "%!PS", NO_DISK("a PostScript document")),
	SIGN(0, "\x89PNG\r\n\x1a\n", NO_DISK("a picture (PNG)")),
	SIGN(0, "\xff\xd8\xff", NO_DISK("a picture (JPEG)")),
	SIGN(0, "GIF8", NO_DISK("a picture (GIF)")),
	SIGN(0, "II*\0", NO_DISK("a picture (TIFF)")),
	SIGN(0, "MM\0*", NO_DISK("a picture (TIFF)")),
	SIGN_IF(kind_is_bitmap, 0, "BM", NO_DISK("a picture (BMP)")),
	SIGN_IF(kind_is_sound_or_film, 0, "RIFF", NO_DISK("audio, a video or a picture")),
	SIGN(4, "ftyp", NO_DISK("a video (MP4)")),
	SIGN(0, "\x1a\x45\xdf\xa3", NO_DISK("a video (Matroska)")),
	SIGN(0, "OggS", NO_DISK("audio or a video (Ogg)")),
	SIGN(0, "ID3", NO_DISK("audio (MP3)")),
	SIGN(0, "SQLite format 3\0", NO_DISK("a database (SQLite)")),
	SIGN(0, "d8:announce", NO_DISK("a torrent file, which only says where to get something")),
};

static const char *kind_find_sign(const struct vbc_kind *k, const struct sign *of, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct sign *s = &of[i];

		if (vbc_kind_has(k, s->at, s->bytes, s->n) && (!s->check || s->check(k)))
			return s->why;
	}
	return NULL;
}

/* A disk of macOS tells of itself in its last sector alone. */
static bool kind_is_dmg(const struct vbc_kind *k)
{
	return k->n_end >= 512 && memcmp(k->end + k->n_end - 512, "koly\0\0\0\4", 8) == 0;
}

const char *vbc_kind_refusal(const struct vbc_kind *k, bool *ret_unless_raw)
{
	const char *why = kind_find_sign(k, discs, VBC_COUNT(discs));

	*ret_unless_raw = why != NULL;
	if (!why)
		why = kind_find_sign(k, signs, VBC_COUNT(signs));
	if (!why && kind_is_dmg(k))
		why = IN_FORMAT("DMG of macOS");
	if (!why)
		why = vbc_kind_text_refusal(k);
	if (!why && k->size_bytes < 512)
		why = "is too small for a disk: it has not even one sector of 512 bytes (was it "
		      "copied completely?)";
	return why;
}
