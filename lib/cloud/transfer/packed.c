/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The one user of libarchive. Only what it does itself is switched on: some of its filters would
 * start other programs.
 */
#include "transfer/packed.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/error-private.h"
#include "base/number.h"
#include "transfer/decoder.h"
#include "transfer/stream.h"

#define FEED     (1u << 18) /* how much of the packed file is read at once */
#define HEAD_MAX (4u << 20) /* before the first byte that it unpacks to: libarchive keeps all */

struct vbc_packing {
	const char *name;
	const char *magic;
	size_t n;
	int (*support)(struct archive *a); /* NULL: it is given what was decoded already */
	bool archive;
	enum vbc_decoding decoding;
};

enum { ZSTD, SEVEN_ZIP };

static const struct vbc_packing packings[] = {
	[ZSTD] = {"zstd", "\x28\xb5\x2f\xfd", 4, archive_read_support_filter_zstd, false,
		  VBC_DECODE_NOTHING},
	[SEVEN_ZIP] = {"7z", "7z\xbc\xaf\x27\x1c", 6, archive_read_support_format_7zip, true,
		       VBC_DECODE_NOTHING},
	{"gzip", "\x1f\x8b\x08", 3, NULL, false, VBC_DECODE_GZIP},
	{"bzip2", "BZh", 3, NULL, false, VBC_DECODE_BZIP2},
	{"xz", "\xfd\x37zXZ", 6, archive_read_support_filter_xz, false, VBC_DECODE_NOTHING},
	{"lz4", "\x04\x22\x4d\x18", 4, archive_read_support_filter_lz4, false, VBC_DECODE_NOTHING},
	{"zip", "PK\x03\x04", 4, archive_read_support_format_zip, true, VBC_DECODE_NOTHING},
	{"zip", "PK\x05\x06", 4, archive_read_support_format_zip, true,
	 VBC_DECODE_NOTHING}, /* an empty one */
};
static const struct vbc_packing lzma = {
	"lzma", "", 0, archive_read_support_filter_lzma, false, VBC_DECODE_NOTHING};
static const struct vbc_packing tar = {
	"tar", "", 0, archive_read_support_format_tar, true, VBC_DECODE_NOTHING};

/* What a name has at its end: of what was one file, and of archives, known here or not. */
static const char *const compressed[] = {".gz", ".xz", ".zst", ".zstd", ".bz2", ".lzma", ".lz4"};
static const char *const archived[] = {".zip", ".7z",  ".tar",  ".tgz",  ".txz",
				       ".box", ".tbz", ".tbz2", ".tzst", ".rar"};

struct vbc_packed {
	struct vbc_reader reader; /* the first: see packed_of() */
	const struct vbc_stream *below;
	struct vbc_stream own; /* `below` points at it, when it is the reader's */
	const struct vbc_packing *how;
	const struct vbc_looking *looking;
	char *path;
	locale_t locale;   /* with UTF-8, which names are turned into; 0: there is none */
	struct archive *a; /* NULL: to be opened */
	struct vbc_decoder *decoder;
	struct vbc_error failure; /* of reading below */
	uint64_t fed;             /* so far */
	size_t index;             /* of the file it is to stand at */
	size_t passed;            /* so many headers were read */
	/* Of that file: what was read last, and where a hole before it begins */
	const unsigned char *block;
	uint64_t from, block_at;
	size_t block_n;
	bool ended, sealed; /* sealed: it is encrypted */
	unsigned char buffer[FEED];
};

/*
 * It has no magic: properties, the size of a dictionary, which is a power of two or three halves of
 * one, the file's size or -1, and a zero. With uncommon properties nobody writes the size.
 */
bool vbc_packing_is_lzma(const unsigned char *start, size_t n)
{
	enum { USUAL = 0x5d, ALL = 225 };
	uint64_t dictionary, low, size_bytes;

	if (n < 14 || start[0] >= ALL || start[13])
		return false;
	dictionary = vbc_le(start + 1, 4);
	low = dictionary & (~dictionary + 1);
	size_bytes = vbc_le(start + 5, 8);
	return dictionary >= 4096 && (dictionary == low || dictionary == 3 * low) &&
	       (size_bytes == UINT64_MAX ||
		(start[0] == USUAL && size_bytes && size_bytes < VBC_UNPACKED_MAX));
}

/* A frame of something else before the data, as pzstd writes it. */
bool vbc_packing_is_skippable(const unsigned char *start, size_t n)
{
	return n >= 4 && (start[0] & 0xf0) == 0x50 && memcmp(start + 1, "\x2a\x4d\x18", 3) == 0;
}

/* Each header has a sum of its bytes, those of the sum itself taken for spaces. */
static bool packed_is_tar(const unsigned char *start, size_t n)
{
	enum { SUM = 148, SUM_BYTES = 8, HEADER = 512 };
	char digits[SUM_BYTES + 1] = "";
	unsigned long sum = 0;
	char *end;

	if (n < HEADER || !start[0])
		return false;
	for (size_t i = 0; i < HEADER; i++)
		sum += i >= SUM && i < SUM + SUM_BYTES ? ' ' : start[i];
	memcpy(digits, start + SUM, SUM_BYTES);
	return strtoul(digits, &end, 8) == sum && end != digits;
}

const struct vbc_packing *vbc_packing_of(const unsigned char *start, size_t n)
{
	for (size_t i = 0; i < VBC_COUNT(packings); i++)
		if (n >= packings[i].n && memcmp(start, packings[i].magic, packings[i].n) == 0)
			return &packings[i];
	if (vbc_packing_is_skippable(start, n))
		return &packings[ZSTD];
	if (vbc_packing_is_lzma(start, n))
		return &lzma;
	return packed_is_tar(start, n) ? &tar : NULL;
}

/* Of the name without the suffix, if it has one of these. */
static size_t packed_stem_length(const char *name, const char *const *suffixes, size_t count)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < count; i++) {
		size_t k = strlen(suffixes[i]);

		if (n > k && strcasecmp(name + n - k, suffixes[i]) == 0)
			return n - k;
	}
	return n;
}

size_t vbc_packing_bare_length(const char *name)
{
	return packed_stem_length(name, compressed, VBC_COUNT(compressed));
}

bool vbc_packing_is_promised(const char *name)
{
	size_t n = strlen(name);

	return vbc_packing_bare_length(name) < n ||
	       packed_stem_length(name, archived, VBC_COUNT(archived)) < n;
}

bool vbc_packing_is_part(const char *name)
{
	enum { DIGITS = 3 };
	size_t n = strlen(name), digits = 0;
	char stem[PATH_MAX];

	while (digits < n && name[n - digits - 1] >= '0' && name[n - digits - 1] <= '9')
		digits++;
	if (digits < DIGITS || n - digits < 2 || n >= sizeof(stem) || name[n - digits - 1] != '.')
		return false;
	snprintf(stem, sizeof(stem), "%.*s", (int)(n - digits - 1), name);
	return vbc_packing_is_promised(stem);
}

const char *vbc_packing_name(const struct vbc_packing *how)
{
	return how->name;
}

bool vbc_packing_is_archive(const struct vbc_packing *how)
{
	return how->archive;
}

/* There are no other readers. */
static struct vbc_packed *packed_of(struct vbc_reader *reader)
{
	return (struct vbc_packed *)(void *)reader;
}

static int packed_reader_read(struct vbc_reader *reader, uint64_t at, void *to, size_t n,
			      size_t *ret_n, struct vbc_error *err)
{
	return vbc_packed_read(packed_of(reader), at, to, n, ret_n, err);
}

static void packed_reader_close(struct vbc_reader *reader)
{
	vbc_packed_close(packed_of(reader));
}

struct vbc_reader *vbc_packed_reader(struct vbc_packed *p)
{
	return &p->reader;
}

struct vbc_packed *vbc_packed_new(const struct vbc_stream *below, const struct vbc_packing *how,
				  const char *path, const struct vbc_looking *looking)
{
	struct vbc_packed *p = calloc(1, sizeof(*p));
	char *copy = p ? strdup(path) : NULL;

	if (!copy) {
		free(p);
		return NULL;
	}
	p->reader = (struct vbc_reader){packed_reader_read, packed_reader_close};
	p->below = below;
	p->how = how;
	p->path = copy;
	p->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	p->looking = looking;
	return p;
}

static void packed_close_archive(struct vbc_packed *p)
{
	archive_read_free(vbc_steal(p->a));
	vbc_decoder_free(vbc_steal(p->decoder));
	p->failure = (struct vbc_error){0};
	p->fed = p->from = p->block_at = 0;
	p->passed = p->block_n = 0;
	p->ended = false;
}

void vbc_packed_close(struct vbc_packed *p)
{
	if (!p)
		return;
	packed_close_archive(p);
	vbc_stream_close(&p->own);
	if (p->locale)
		freelocale(p->locale);
	free(p->path);
	free(p);
}

void vbc_packed_own(struct vbc_packed *p, struct vbc_stream *below)
{
	p->own = *below;
	p->below = &p->own;
	*below = (struct vbc_stream){0};
}

/* How far the file at the bottom was read. */
static int packed_report_progress(const struct vbc_packed *p)
{
	const struct vbc_packed *bottom = p;

	if (!p->looking)
		return VBC_OK;
	while (bottom->below->n && bottom->below->v[0].reader)
		bottom = packed_of(bottom->below->v[0].reader);
	return p->looking->tick(p->looking->data, bottom->fed, bottom->below->size_bytes);
}

/* Of one compressed file. In archives, other files may stand before the first. */
static int packed_check_head(struct vbc_packed *p)
{
	if (p->how->archive || p->passed || p->fed <= HEAD_MAX)
		return VBC_OK;
	return vbc_fail(&p->failure, VBC_E_ARG,
			"'%s' is damaged: it begins with more than %u MiB of empty data (%s)",
			p->path, HEAD_MAX >> 20, p->how->name);
}

/* Into the buffer; what fails is kept for packed_fail_reading(). */
static int packed_fill_buffer(void *data, const unsigned char **ret, size_t *ret_n)
{
	struct vbc_packed *p = data;
	size_t n = 0;
	int code = vbc_stream_read_some(p->below, p->fed, p->buffer, FEED, &n, &p->failure);

	if (!code) {
		p->fed += n;
		code = packed_report_progress(p);
	}
	if (!code)
		code = packed_check_head(p);
	p->failure.code = code;
	*ret = p->buffer;
	*ret_n = n;
	return code;
}

static la_ssize_t packed_feed_bytes(struct archive *a, void *data, const void **ret)
{
	struct vbc_packed *p = data;
	const unsigned char *bytes = NULL;
	size_t n = 0;
	int code = p->decoder ? vbc_decoder_read(p->decoder, &bytes, &n, &p->failure)
			      : packed_fill_buffer(p, &bytes, &n);

	if (code) {
		archive_set_error(a, EIO, "stopped");
		return ARCHIVE_FATAL;
	}
	*ret = bytes;
	return (la_ssize_t)n;
}

static la_int64_t packed_skip_bytes(struct archive *a, void *data, la_int64_t n)
{
	struct vbc_packed *p = data;
	uint64_t left = p->fed < p->below->size_bytes ? p->below->size_bytes - p->fed : 0;
	uint64_t step = (uint64_t)n < left ? (uint64_t)n : left;

	(void)a;
	p->fed += step;
	return (la_int64_t)step;
}

static la_int64_t packed_seek_to(struct archive *a, void *data, la_int64_t offset, int whence)
{
	struct vbc_packed *p = data;
	la_int64_t base = 0;

	(void)a;
	if (whence == SEEK_CUR)
		base = (la_int64_t)p->fed;
	else if (whence == SEEK_END)
		base = (la_int64_t)p->below->size_bytes;
	if (offset < -base)
		return ARCHIVE_FATAL;
	p->fed = (uint64_t)(base + offset);
	return (la_int64_t)p->fed;
}

static bool packed_has_word(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasestr(text, words[i]))
			return true;
	return false;
}

/* What libarchive has against the file, in our words as far as we have some. */
static int packed_fail_reading(const struct vbc_packed *p, struct vbc_error *err)
{
	static const char *const secret[] = {"encrypt", "passphrase", "crypto"};
	static const char *const strange[] = {"support", "unknown", "method", "codec"};
	const char *why = p->a ? archive_error_string(p->a) : NULL;

	if (p->failure.code && !p->failure.text[0])
		return vbc_fail(err, p->failure.code, "stopped");
	if (vbc_packing_is_part(p->path) && (!p->failure.code || p->failure.code == VBC_E_ARG))
		return vbc_fail(err, VBC_E_ARG, "'%s' " VBC_IS_PART, p->path);
	if (p->failure.code)
		return vbc_fail(err, p->failure.code, "%s", p->failure.text);
	if (!why)
		return vbc_fail(err, VBC_E_ARG, "'%s' is damaged or cut short (%s)", p->path,
				p->how->name);
	if (packed_has_word(why, secret, VBC_COUNT(secret)))
		return vbc_fail(err, VBC_E_ARG, "'%s' is encrypted; unpack it first", p->path);
	if (strstr(why, "too much memory"))
		return vbc_fail(
			err, VBC_E_ARG,
			"'%s' was packed with so large a window that unpacking it takes too much "
			"memory here; unpack it first, with 'zstd -d -M2048MB'",
			p->path);
	if (packed_has_word(why, strange, VBC_COUNT(strange)))
		return vbc_fail(err, VBC_E_ARG,
				"'%s' is packed in an unknown way (%s: %s); unpack it first",
				p->path, p->how->name, why);
	return vbc_fail(err, VBC_E_ARG, "'%s' is damaged or cut short (%s: %s)", p->path,
			p->how->name, why);
}

static int packed_choose_reader(struct vbc_packed *p, struct vbc_error *err)
{
	/* A warning: it would start a program. */
	if (p->how->support && p->how->support(p->a) != ARCHIVE_OK)
		return vbc_fail(err, VBC_E_ARG,
				"'%s' is packed with %s, which libarchive cannot read here; unpack "
				"it first",
				p->path, p->how->name);
	if (p->how->archive)
		return VBC_OK;
	archive_read_support_format_raw(p->a);
	archive_read_support_format_empty(p->a);
	if (p->how->decoding)
		p->decoder = vbc_decoder_new(p->how->decoding, p->path, packed_fill_buffer, p);
	return p->how->decoding && !p->decoder ? vbc_fail_nomem(err) : VBC_OK;
}

static int packed_open_archive(struct vbc_packed *p, struct vbc_error *err)
{
	int code;

	packed_close_archive(p);
	p->a = archive_read_new();
	code = p->a ? packed_choose_reader(p, err) : vbc_fail_nomem(err);
	if (code)
		return code;
	archive_read_set_read_callback(p->a, packed_feed_bytes);
	if (!p->decoder && vbc_stream_is_plain(p->below)) {
		archive_read_set_skip_callback(p->a, packed_skip_bytes);
		archive_read_set_seek_callback(p->a, packed_seek_to);
	}
	archive_read_set_callback_data(p->a, p);
	return archive_read_open1(p->a) == ARCHIVE_OK ? VBC_OK : packed_fail_reading(p, err);
}

static int packed_next_block(struct vbc_packed *p, struct vbc_error *err);

/*
 * What is passed over of a 7z has to be unpacked all the same. libarchive would do that for
 * gigabytes without asking for more than it was fed already, and so without a tick.
 */
static int packed_pass_over(struct vbc_packed *p, struct vbc_error *err)
{
	int code = VBC_OK;

	while (!code && p->how == &packings[SEVEN_ZIP] && p->passed && !p->ended && !p->sealed)
		code = packed_next_block(p, err);
	return code;
}

/*
 * After its end: what is below is read to its own end, where its sums are checked; and what is
 * compressed ends there, too. A decoder does that itself.
 */
static int packed_read_rest(struct vbc_packed *p, struct vbc_error *err)
{
	const unsigned char *bytes;
	size_t n = 0;
	bool rest;

	if (p->decoder || (p->how->archive && vbc_stream_is_plain(p->below)))
		return VBC_OK;
	rest = (uint64_t)archive_filter_bytes(p->a, -1) < p->fed;
	do {
		if (packed_fill_buffer(p, &bytes, &n))
			return packed_fail_reading(p, err);
		rest = rest || n;
	} while (n);
	return p->how->archive || !rest ? VBC_OK : vbc_fail_rest(p->path, p->how->name, err);
}

/* Reads the header of the next file; *ret NULL: there is none. */
static int packed_next_header(struct vbc_packed *p, struct archive_entry **ret,
			      struct vbc_error *err)
{
	int result, code = packed_pass_over(p, err);

	if (code)
		return code;
	p->from = p->block_at = 0;
	p->block_n = 0;
	p->ended = false;
	do
		result = archive_read_next_header(p->a, ret);
	while (result == ARCHIVE_RETRY);
	if (result == ARCHIVE_EOF) {
		*ret = NULL;
		return p->how->archive ? packed_read_rest(p, err) : VBC_OK;
	}
	if (result != ARCHIVE_OK && result != ARCHIVE_WARN) /* names in odd characters */
		return packed_fail_reading(p, err);
	/* It would hand out the bytes as they are. */
	if (!p->how->archive && !p->decoder && archive_filter_count(p->a) < 2)
		return vbc_fail(
			err, VBC_E_ARG,
			"'%s' is damaged, or packed in an unknown way (%s); unpack it first",
			p->path, p->how->name);
	p->passed++;
	p->sealed = archive_entry_is_encrypted(*ret);
	return VBC_OK;
}

/* It may be in characters that nobody can tell. */
static const char *entry_read_name(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname_utf8(entry);

	name = name && name[0] ? name : archive_entry_pathname(entry);
	return name && name[0] ? name : "?";
}

/* libarchive counts what it has taken of a tar up to the file's first byte. */
static uint64_t entry_find_offset(const struct vbc_packed *p, struct archive_entry *entry)
{
	la_int64_t at = archive_filter_bytes(p->a, 0);

	if (p->how != &tar || !vbc_stream_is_plain(p->below) || at < 0 ||
	    archive_entry_sparse_count(entry) || !archive_entry_size_is_set(entry))
		return 0;
	return (uint64_t)at;
}

static void entry_describe_file(const struct vbc_packed *p, struct archive_entry *entry,
				struct vbc_packed_file *ret)
{
	bool sized = archive_entry_size_is_set(entry);

	*ret = (struct vbc_packed_file){
		.name = entry_read_name(entry),
		.size_bytes = sized ? (uint64_t)archive_entry_size(entry) : VBC_SIZE_UNKNOWN,
		.is_file = archive_entry_filetype(entry) == AE_IFREG &&
			   !archive_entry_hardlink(entry) && !archive_entry_symlink(entry),
		.encrypted = archive_entry_is_encrypted(entry),
		.at = entry_find_offset(p, entry),
	};
}

int vbc_packed_next(struct vbc_packed *p, struct vbc_packed_file *ret, bool *ret_end,
		    struct vbc_error *err)
{
	struct archive_entry *entry = NULL;
	int code = p->a ? VBC_OK : packed_open_archive(p, err);
	/* Whatever the program's locale is; of this thread only. */
	locale_t before = p->locale ? uselocale(p->locale) : (locale_t)0;

	if (!code)
		code = packed_next_header(p, &entry, err);
	if (!code && entry) {
		p->index = p->passed - 1;
		entry_describe_file(p, entry, ret);
	}
	if (before)
		uselocale(before);
	if (!code)
		*ret_end = !entry;
	return code;
}

void vbc_packed_select(struct vbc_packed *p, size_t index)
{
	packed_close_archive(p);
	p->index = index;
}

/* What was compressed is an empty file. */
static void packed_stand_at_nothing(struct vbc_packed *p)
{
	p->passed = 1;
	p->ended = true;
}

/* Begins again, and goes to the file. */
static int packed_begin_again(struct vbc_packed *p, struct vbc_error *err)
{
	struct archive_entry *entry = NULL;
	int code = packed_open_archive(p, err);

	while (!code && p->passed <= p->index) {
		code = packed_next_header(p, &entry, err);
		if (!code && !entry && p->how->archive)
			code = vbc_fail(err, VBC_E_ARG, "'%s' changed while it was read", p->path);
		else if (!code && !entry)
			packed_stand_at_nothing(p);
	}
	if (code)
		archive_read_free(vbc_steal(p->a));
	return code;
}

static int packed_next_block(struct vbc_packed *p, struct vbc_error *err)
{
	const void *data = NULL;
	la_int64_t at = 0;
	size_t n = 0;
	int code = packed_report_progress(p), result;

	if (code)
		return vbc_fail(err, code, "stopped");
	do
		result = archive_read_data_block(p->a, &data, &n, &at);
	while (result == ARCHIVE_RETRY);
	if (result != ARCHIVE_OK && result != ARCHIVE_EOF)
		return packed_fail_reading(p, err);
	p->ended = result == ARCHIVE_EOF;
	p->from = p->block_at + p->block_n;
	p->block = data;
	p->block_n = p->ended ? 0 : n;
	/* A hole at the end shows in the place of the end only. */
	p->block_at = (uint64_t)at > p->from ? (uint64_t)at : p->from;
	if (p->block_at + p->block_n > VBC_UNPACKED_MAX)
		return vbc_fail(err, VBC_E_ARG,
				"'%s' unpacks to more than 2 TiB, VirtualBox's largest disk",
				p->path);
	return p->ended && !p->how->archive ? packed_read_rest(p, err) : VBC_OK;
}

/* Takes bytes from what was read last; how many. */
static size_t packed_take_bytes(const struct vbc_packed *p, uint64_t at, unsigned char *to,
				size_t n)
{
	uint64_t left;

	if (at < p->block_at) {
		left = p->block_at - at;
		n = left < n ? (size_t)left : n;
		memset(to, 0, n);
		return n;
	}
	left = p->block_at + p->block_n - at;
	n = left < n ? (size_t)left : n;
	memcpy(to, p->block + (at - p->block_at), n);
	return n;
}

int vbc_packed_read(struct vbc_packed *p, uint64_t at, void *to, size_t n, size_t *ret_n,
		    struct vbc_error *err)
{
	unsigned char *next = to;
	size_t left = n;
	int code = VBC_OK;

	while (!code && left) {
		if (!p->a || !p->passed || at < p->from) {
			code = packed_begin_again(p, err);
		} else if (at < p->block_at + p->block_n) {
			size_t took = packed_take_bytes(p, at, next, left);

			next += took;
			at += took;
			left -= took;
		} else if (p->ended) {
			break;
		} else {
			code = packed_next_block(p, err);
		}
	}
	*ret_n = n - left;
	return code;
}
