/* SPDX-License-Identifier: Apache-2.0 */
#include "firstboot/iso.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

/* ECMA-119 (ISO 9660); the names of entries are those of SUSP 1.12 and RRIP 1.12. */
#define SECTOR      2048u
#define LONGEST     24u
#define DIRECTORY   2u /* file flag */
#define RECORD_HEAD 33u

/* Where things lie, in sectors. */
enum { VOLUME_AT = 16, END_AT, PATHS_LE_AT, PATHS_BE_AT, ROOT_AT, FILES_AT };

enum { PATH_TABLE_SIZE = 10, ROOT_RECORD_SIZE = 34 };

enum { MODE_DIRECTORY = 0040555, MODE_FILE = 0100444 };

static void iso_fill_bytes(struct vbc_buf *out, char c, size_t n)
{
	if (!vbc_buf_reserve(out, n))
		return;
	memset(out->data + out->len, c, n);
	out->len += n;
	out->data[out->len] = '\0';
}

static void iso_fill_to(struct vbc_buf *out, size_t offset)
{
	if (out->len <= offset)
		iso_fill_bytes(out, 0, offset - out->len);
	else
		out->failed = true;
}

static void iso_put_le(struct vbc_buf *out, uint32_t n, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		vbc_buf_putc(out, (char)(n >> 8 * i & 0xff));
}

static void iso_put_be(struct vbc_buf *out, uint32_t n, unsigned bytes)
{
	while (bytes--)
		vbc_buf_putc(out, (char)(n >> 8 * bytes & 0xff));
}

static void iso_put_both(struct vbc_buf *out, uint32_t n, unsigned bytes)
{
	iso_put_le(out, n, bytes);
	iso_put_be(out, n, bytes);
}

static void iso_put_text(struct vbc_buf *out, const char *text, size_t width)
{
	size_t n = strlen(text);

	vbc_buf_add(out, text, n < width ? n : width);
	iso_fill_bytes(out, ' ', n < width ? width - n : 0);
}

static uint32_t iso_count_sectors(size_t bytes)
{
	return (uint32_t)((bytes + SECTOR - 1) / SECTOR);
}

/* A directory record, whose system use field of `extra` bytes the caller adds. */
static void iso_put_record(struct vbc_buf *out, const char *name, size_t n, uint32_t at,
			   uint32_t size, unsigned flags, size_t extra)
{
	static const char date[7] = {100, 1, 1}; /* 2000-01-01: it tells nothing */
	size_t length = RECORD_HEAD + n + (n % 2 ? 0 : 1) + extra;

	vbc_buf_putc(out, (char)(length + length % 2));
	vbc_buf_putc(out, 0);
	iso_put_both(out, at, 4);
	iso_put_both(out, size, 4);
	vbc_buf_add(out, date, sizeof(date));
	vbc_buf_putc(out, (char)flags);
	iso_fill_bytes(out, 0, 2);
	iso_put_both(out, 1, 2);
	vbc_buf_putc(out, (char)n);
	vbc_buf_add(out, name, n);
	iso_fill_bytes(out, 0, n % 2 ? 0 : 1);
}

/* What RRIP adds to a record: mode, links, owner and group. */
#define PX_SIZE 36
static void iso_put_px(struct vbc_buf *out, uint32_t mode, uint32_t links)
{
	vbc_buf_puts(out, "PX");
	vbc_buf_putc(out, PX_SIZE);
	vbc_buf_putc(out, 1);
	iso_put_both(out, mode, 4);
	iso_put_both(out, links, 4);
	iso_put_both(out, 0, 4);
	iso_put_both(out, 0, 4);
}

/* The first record of the directory says that there are such entries, and whose. */
static void iso_put_self(struct vbc_buf *out)
{
	static const char sp[] = {'S', 'P', 7, 1, (char)0xbe, (char)0xef, 0};
	static const char er[] = {'E', 'R', 18,  1,   10,  0,   0,   1,   'R',
				  'R', 'I', 'P', '_', '1', '9', '9', '1', 'A'};

	iso_put_record(out, "\0", 1, ROOT_AT, SECTOR, DIRECTORY, sizeof(sp) + PX_SIZE + sizeof(er));
	vbc_buf_add(out, sp, sizeof(sp));
	iso_put_px(out, MODE_DIRECTORY, 2);
	vbc_buf_add(out, er, sizeof(er));
	vbc_buf_putc(out, 0); /* to an even length */
}

static void iso_put_parent(struct vbc_buf *out)
{
	iso_put_record(out, "\1", 1, ROOT_AT, SECTOR, DIRECTORY, PX_SIZE);
	iso_put_px(out, MODE_DIRECTORY, 2);
}

static void iso_put_file(struct vbc_buf *out, const struct vbc_iso_file *file, uint32_t at)
{
	size_t n = strlen(file->name), nm = 5 + n;
	char plain[LONGEST + 3];

	if (n > LONGEST) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		plain[i] = (char)toupper((unsigned char)file->name[i]);
	memcpy(plain + n, strchr(file->name, '.') ? ";1" : ".;1", 3);
	n += strchr(file->name, '.') ? 2 : 3;
	iso_put_record(out, plain, n, at, (uint32_t)file->size, 0, PX_SIZE + nm);
	iso_put_px(out, MODE_FILE, 1);
	vbc_buf_puts(out, "NM");
	vbc_buf_putc(out, (char)nm);
	vbc_buf_putc(out, 1);
	vbc_buf_putc(out, 0);
	vbc_buf_puts(out, file->name);
	iso_fill_bytes(out, 0, nm % 2);
}

static void iso_put_volume(struct vbc_buf *out, const char *label, uint32_t total)
{
	static const char no_date[17] = "0000000000000000";

	vbc_buf_add(out, "\1CD001\1", 8);
	iso_put_text(out, "", 32);
	iso_put_text(out, label, 32);
	iso_fill_bytes(out, 0, 8);
	iso_put_both(out, total, 4);
	iso_fill_bytes(out, 0, 32);
	iso_put_both(out, 1, 2);
	iso_put_both(out, 1, 2);
	iso_put_both(out, SECTOR, 2);
	iso_put_both(out, PATH_TABLE_SIZE, 4);
	iso_put_le(out, PATHS_LE_AT, 4);
	iso_put_le(out, 0, 4);
	iso_put_be(out, PATHS_BE_AT, 4);
	iso_put_be(out, 0, 4);
	iso_put_record(out, "\0", 1, ROOT_AT, SECTOR, DIRECTORY, 0);
	iso_put_text(out, "", 4 * 128 + 3 * 37);
	for (int i = 0; i < 4; i++)
		vbc_buf_add(out, no_date, sizeof(no_date));
	vbc_buf_add(out, "\1", 2);
}

static void iso_put_path_table(struct vbc_buf *out,
			       void (*put)(struct vbc_buf *, uint32_t, unsigned))
{
	vbc_buf_add(out, "\1", 2);
	put(out, ROOT_AT, 4);
	put(out, 1, 2);
	iso_fill_bytes(out, 0, 2);
}

static void iso_put_directory(struct vbc_buf *out, const struct vbc_iso_file *files, size_t n)
{
	uint32_t at = FILES_AT;

	iso_put_self(out);
	iso_put_parent(out);
	for (size_t i = 0; i < n; i++) {
		iso_put_file(out, &files[i], at);
		at += iso_count_sectors(files[i].size);
	}
}

void vbc_iso_build(struct vbc_buf *out, const char *label, const struct vbc_iso_file *files,
		   size_t n)
{
	uint32_t total = FILES_AT;

	for (size_t i = 0; i < n; i++)
		total += iso_count_sectors(files[i].size);
	iso_fill_to(out, VOLUME_AT * SECTOR);
	iso_put_volume(out, label, total);
	iso_fill_to(out, END_AT * SECTOR);
	vbc_buf_add(out, "\377CD001\1", 7);
	iso_fill_to(out, PATHS_LE_AT * SECTOR);
	iso_put_path_table(out, iso_put_le);
	iso_fill_to(out, PATHS_BE_AT * SECTOR);
	iso_put_path_table(out, iso_put_be);
	iso_fill_to(out, ROOT_AT * SECTOR);
	iso_put_directory(out, files, n);
	iso_fill_to(out, FILES_AT * SECTOR);
	for (size_t i = 0; i < n; i++) {
		vbc_buf_add(out, files[i].data, files[i].size);
		iso_fill_to(out, iso_count_sectors(out->len) * (size_t)SECTOR);
	}
}
