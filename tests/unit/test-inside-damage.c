/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Archives, and what is packed twice, with a byte changed or the end cut off, everywhere: what is
 * found in them is what was put there, or nothing is.
 */
#include <vboxcloud/error.h>

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include "base/arena.h"
#include "imagefile/inside.h"
#include "imagefile/unpack.h"
#include "tap.h"
#include "test-damage.h"
#include "transfer/stream.h"

enum { SIZE = 6000, MOST = 32768, AROUND = 600 };

struct bytes {
	unsigned char v[MOST];
	size_t n;
};

/* What the disk is packed with first, and then. */
static const struct {
	const char *name;
	int first, format, then;
} ways[] = {
	{"zip", ARCHIVE_FILTER_NONE, ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE},
	{"7z", ARCHIVE_FILTER_NONE, ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE},
	{"tar.gz", ARCHIVE_FILTER_NONE, ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP},
	{"tar.bz2", ARCHIVE_FILTER_NONE, ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2},
	{"tar.xz", ARCHIVE_FILTER_NONE, ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ},
	{"zip.gz", ARCHIVE_FILTER_NONE, ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_GZIP},
	{"gz in a zip", ARCHIVE_FILTER_GZIP, ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE},
	{"lzma in a zip", ARCHIVE_FILTER_LZMA, ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE},
	{"bz2 in a 7z", ARCHIVE_FILTER_BZIP2, ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE},
	{"gz.bz2", ARCHIVE_FILTER_GZIP, ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_BZIP2},
};

static struct bytes original;

static void pack(int format, int filter, const struct bytes *in, struct bytes *out)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();

	archive_write_set_format(a, format);
	archive_write_add_filter(a, filter);
	archive_write_set_bytes_in_last_block(a, 1);
	archive_entry_set_pathname(e, "disk.img");
	archive_entry_set_size(e, (la_int64_t)in->n);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	if (archive_write_open_memory(a, out->v, MOST, &out->n) || archive_write_header(a, e) ||
	    archive_write_data(a, in->v, in->n) != (la_ssize_t)in->n || archive_write_close(a))
		abort();
	archive_entry_free(e);
	archive_write_free(a);
}

/* Whether what is found is the original, if anything is. */
static bool is_right(const struct bytes *packed, bool *ret_refused)
{
	struct vbc_arena VBC_ARENA arena = {0};
	struct vbc_error err = {0};
	struct vbc_piece piece = {.fd = damage_open(packed->v, packed->n), .size_bytes = packed->n};
	struct vbc_inside in = {.path = "x", .name = "x", .arena = &arena, .err = &err};
	static unsigned char found[SIZE];
	bool right;

	vbc_stream_add(&in.content, &piece, NULL);
	*ret_refused = vbc_inside_enter(&in) != VBC_OK;
	right = *ret_refused || !in.measured ||
		(in.content.size_bytes == SIZE &&
		 !vbc_stream_read(&in.content, 0, found, SIZE, NULL) &&
		 memcmp(found, original.v, SIZE) == 0);
	vbc_stream_close(&in.content);
	return right;
}

static void test_way(size_t way)
{
	static struct bytes first, packed, b;
	unsigned wrong = 0, refused = 0;
	bool no;

	first = original;
	if (ways[way].first != ARCHIVE_FILTER_NONE)
		pack(ARCHIVE_FORMAT_RAW, ways[way].first, &original, &first);
	pack(ways[way].format, ways[way].then, &first, &packed);
	ok(is_right(&packed, &no) && !no, "%s: all is well", ways[way].name);
	for (size_t at = 0; at < packed.n; at++) {
		if (at == AROUND && packed.n > 2 * AROUND)
			at = packed.n - AROUND;
		b = packed;
		b.v[at] ^= 16;
		wrong += !is_right(&b, &no);
		refused += no;
		if (wrong == 1)
			printf("# a bit of byte %zu of %zu\n", at, packed.n);
		b = packed;
		b.n = at;
		wrong += !is_right(&b, &no);
		refused += no;
	}
	is_int(wrong, 0, "and damaged, it is so or refused, as %u are", refused);
}

int main(void)
{
	original.n = SIZE;
	damage_fill(original.v, SIZE);
	for (size_t i = 0; i < VBC_COUNT(ways); i++)
		test_way(i);
	return tap_done();
}
