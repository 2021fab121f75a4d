/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading packed files: every place of what is in them, in any order, is what was put there; how
 * they are told; and what is damaged is told. The files are made by libarchive's writer.
 */
#include <vboxcloud/error.h>

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "imagefile/inside.h"
#include "imagefile/probe.h"
#include "imagefile/unpack.h"
#include "tap.h"
#include "transfer/packed.h"
#include "transfer/stream.h"

enum { SIZE = 300000, FIRST = 70000 };

static unsigned char noise[SIZE];

static const struct {
	const char *name;
	int format, filter;
	bool archive;
} ways[] = {
	{"tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, true},
	{"tar", ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FILTER_NONE, true},
	{"tar", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_NONE, true},
	{"zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, true},
	{"7z", ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE, true},
	{"gzip", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, false},
	{"bzip2", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_BZIP2, false},
	{"xz", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_XZ, false},
	{"lzma", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_LZMA, false},
	{"zstd", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_ZSTD, false},
	{"lz4", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_LZ4, false},
};

static void add_file(struct archive *a, const char *name, const unsigned char *data, size_t n)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_size(e, (la_int64_t)n);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	ok(archive_write_header(a, e) == ARCHIVE_OK &&
		   archive_write_data(a, data, n) == (la_ssize_t)n,
	   "%s is written", name);
	archive_entry_free(e);
}

/* A file packed so, as a content that owns it. */
static struct vbc_stream make(size_t way)
{
	struct vbc_piece piece = {.fd = memfd_create("packed", 0)};
	struct vbc_stream c = {0};
	struct archive *a = archive_write_new();

	archive_write_set_format(a, ways[way].format);
	archive_write_add_filter(a, ways[way].filter);
	archive_write_set_bytes_in_last_block(a, 1);
	ok(piece.fd >= 0 && archive_write_open_fd(a, piece.fd) == ARCHIVE_OK, "a file is opened");
	if (ways[way].archive)
		add_file(a, "first", noise + 1, FIRST);
	add_file(a, "second", noise, SIZE);
	ok(archive_write_free(a) == ARCHIVE_OK, "and complete");
	piece.size_bytes = (uint64_t)lseek(piece.fd, 0, SEEK_END);
	vbc_stream_add(&c, &piece, NULL);
	return c;
}

static const struct vbc_packing *tell(const struct vbc_stream *c)
{
	unsigned char start[VBC_PACKING_START];
	size_t n = 0;

	vbc_stream_read_some(c, 0, start, sizeof(start), &n, NULL);
	return vbc_packing_of(start, n);
}

/* Goes to the last file, and looks at each on the way. */
static void go_to_second(struct vbc_packed *p, bool archive)
{
	struct vbc_packed_file file;
	bool end = false;

	if (archive) {
		ok(!vbc_packed_next(p, &file, &end, NULL) && !end && file.is_file &&
			   file.size_bytes == FIRST,
		   "the first file");
		is_str(file.name, "first", "has its name");
	}
	ok(!vbc_packed_next(p, &file, &end, NULL) && !end && file.is_file, "the second");
	if (archive)
		is_str(file.name, "second", "has its name");
}

static void test_places(struct vbc_packed *p)
{
	static const struct {
		uint64_t at;
		size_t n, want;
	} rows[] = {
		{0, SIZE, SIZE}, {100, 10, 10},         {50, 10, 10},   {200000, 70000, 70000},
		{0, 1, 1},       {SIZE - 5, 100, 5},    {SIZE, 1, 0},   {SIZE + 1000, 7, 0},
		{65535, 2, 2},   {65536, 65536, 65536}, {131071, 9, 9}, {SIZE - 1, 1, 1},
	};
	static unsigned char data[SIZE];

	for (size_t i = 0; i < VBC_COUNT(rows); i++) {
		struct vbc_error err = {0};
		size_t n = 0;
		int code = vbc_packed_read(p, rows[i].at, data, rows[i].n, &n, &err);

		ok(!code && n == rows[i].want && memcmp(data, noise + rows[i].at, n) == 0,
		   "%zu bytes at %llu %s", rows[i].want, (unsigned long long)rows[i].at, err.text);
	}
}

static void test_packing(size_t way)
{
	struct vbc_stream c = make(way);
	const struct vbc_packing *how = tell(&c);
	struct vbc_packed *p;
	struct vbc_packed_file file;
	unsigned char there[1000];
	bool end = false;
	size_t n = 0;

	if (!ok(how != NULL, "a %s file is told", ways[way].name))
		return;
	is_str(vbc_packing_name(how), ways[way].name, "by its name");
	is_int(vbc_packing_is_archive(how), ways[way].archive, "and its kind");
	p = vbc_packed_new(&c, how, "x", NULL);
	go_to_second(p, ways[way].archive);
	test_places(p);
	vbc_packed_select(p, ways[way].archive);
	ok(!vbc_packed_read(p, 5, there, sizeof(there), &n, NULL) && n == sizeof(there) &&
		   memcmp(there, noise + 5, n) == 0,
	   "it is found again");
	ok(!vbc_packed_next(p, &file, &end, NULL) && end, "there is no third");
	vbc_packed_close(p);
	vbc_stream_close(&c);
}

/* A reader of a tar tells where a file lies. */
static void test_in_place(void)
{
	for (size_t way = 0; way < 3; way++) {
		struct vbc_stream c = make(way);
		struct vbc_packed *p = vbc_packed_new(&c, tell(&c), "x", NULL);
		struct vbc_packed_file file = {.at = 0};
		unsigned char there[100];
		bool end;

		vbc_packed_next(p, &file, &end, NULL);
		vbc_packed_next(p, &file, &end, NULL);
		ok(file.at && !vbc_stream_read(&c, file.at, there, sizeof(there), NULL) &&
			   memcmp(there, noise, sizeof(there)) == 0,
		   "it lies at %llu", (unsigned long long)file.at);
		vbc_packed_close(p);
		vbc_stream_close(&c);
	}
}

static int read_all(const struct vbc_stream *c, const struct vbc_packing *how,
		    struct vbc_error *err)
{
	struct vbc_packed *p = vbc_packed_new(c, how, "x.y", NULL);
	static unsigned char data[SIZE + 1];
	bool end = false;
	int code = VBC_OK;

	while (!code && !end) {
		struct vbc_packed_file file;
		size_t n = 0;

		code = vbc_packed_next(p, &file, &end, err);
		if (!code && !end)
			code = vbc_packed_read(p, 0, data, sizeof(data), &n, err);
	}
	vbc_packed_close(p);
	return code;
}

static void flip_bit(int fd, off_t at)
{
	unsigned char byte = 0;
	bool done = pread(fd, &byte, 1, at) == 1;

	byte ^= 16;
	ok(done && pwrite(fd, &byte, 1, at) == 1, "a bit is changed");
}

static void test_damaged(size_t way)
{
	struct vbc_stream c = make(way);
	const struct vbc_packing *how = tell(&c);
	uint64_t size = c.size_bytes;
	struct vbc_error err = {0};

	is_int(read_all(&c, how, &err), 0, "%s: all is well", ways[way].name);
	c.size_bytes = c.v[0].size_bytes = size / 2;
	is_int(read_all(&c, how, &err), VBC_E_ARG, "half of it is not");
	ok(strstr(err.text, "'x.y' is damaged or cut short"), "%s", err.text);
	c.size_bytes = c.v[0].size_bytes = size;
	/* A tar has no checksum of its files' content, and zstd writes one only when asked to. */
	if (strcmp(ways[way].name, "tar") != 0 && strcmp(ways[way].name, "zstd") != 0) {
		flip_bit(c.v[0].fd, (off_t)size / 2);
		err.code = 0;
		is_int(read_all(&c, how, &err), VBC_E_ARG, "nor with a bit changed");
		ok(strstr(err.text, "is damaged"), "%s", err.text);
	}
	vbc_stream_close(&c);
}

static void test_told(void)
{
	static const struct {
		const char *start;
		size_t n;
	} none[] = {
		{"", 0},   {"\x1f\x8b", 2}, {"QFI\xfb", 4},       {"KDMV", 4}, {"\x5d\0\0\0", 13},
		{"PK", 2}, {"BZ", 2},       {"# Disk Descr", 12},
	};
	unsigned char zeros[VBC_PACKING_START] = {0};

	for (size_t i = 0; i < VBC_COUNT(none); i++) {
		unsigned char start[VBC_PACKING_START] = {0};

		memcpy(start, none[i].start, none[i].n < 5 ? none[i].n : 4);
		ok(!vbc_packing_of(start, none[i].n), "start %zu is of nothing packed", i);
	}
	ok(!vbc_packing_of(zeros, sizeof(zeros)), "nor are zeros");
	is_int(vbc_packing_bare_length("disk.vdi.xz"), 8, "a suffix of packing");
	is_int(vbc_packing_bare_length("disk.VDI.GZ"), 8, "in capitals");
	is_int(vbc_packing_bare_length("disk.img.zstd"), 8, "zstd's other one");
	is_int(vbc_packing_bare_length("disk.zip"), 8, "none");
	ok(vbc_packing_is_promised("x.img.7Z") && vbc_packing_is_promised("x.img.zstd"),
	   "names that promise a packing");
	ok(!vbc_packing_is_promised("x.img") && !vbc_packing_is_promised(".gz"), "and others");
	ok(vbc_packing_is_part("x.7z.001") && vbc_packing_is_part("x.img.gz.0123"), "parts");
	ok(!vbc_packing_is_part("x.img.001") && !vbc_packing_is_part("x.7z.01") &&
		   !vbc_packing_is_part("001") && !vbc_packing_is_part(".001"),
	   "and none");
	is_int(vbc_packing_bare_length(".gz"), 3, "a name needs more");
}

/* What begins as something packed, and libarchive would hand out as it is. */
static void test_strange(void)
{
	static const struct {
		const char *bytes;
		size_t n;
	} rows[] = {
		{"\x5d\0\x18\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0more", 18},
		{"\x1f\x8b\x08\xff\0\0\0\0\0\3", 10},
	};

	for (size_t i = 0; i < VBC_COUNT(rows); i++) {
		struct vbc_piece piece = {.fd = memfd_create("strange", 0),
					  .size_bytes = rows[i].n};
		struct vbc_stream c = {0};
		struct vbc_error err = {0};

		ok(write(piece.fd, rows[i].bytes, rows[i].n) == (ssize_t)rows[i].n, "written");
		vbc_stream_add(&c, &piece, NULL);
		is_int(read_all(&c, tell(&c), &err), VBC_E_ARG, "it is refused");
		ok(strstr(err.text, "'x.y' is damaged, or packed in an unknown way"), "%s",
		   err.text);
		vbc_stream_close(&c);
	}
}

static int stop(void *data, uint64_t done, uint64_t total)
{
	unsigned *left = data;

	ok(done <= total, "%llu of %llu is read", (unsigned long long)done,
	   (unsigned long long)total);
	return (*left)-- ? VBC_OK : VBC_E_CANCELLED;
}

/* Packed twice; each reader tells the outer file's progress, and ends when it is told to. */
static void test_looking(void)
{
	struct vbc_arena VBC_ARENA arena = {0};
	struct vbc_error err = {0};
	unsigned left = 3;
	const struct vbc_looking looking = {stop, &left};
	struct vbc_inside in = {.content = make(5),
				.path = "x.gz",
				.name = "x.gz",
				.arena = &arena,
				.looking = &looking,
				.err = &err};

	is_int(vbc_inside_enter(&in), VBC_E_CANCELLED, "looking through ends when it is cancelled");
	vbc_stream_close(&in.content);
	in.content = make(5);
	in.looking = NULL;
	err.code = 0;
	is_int(vbc_inside_enter(&in), 0, "or goes to the end");
	is_int(in.content.size_bytes, SIZE, "the size is known then");
	ok(in.measured && memcmp(in.end, noise + SIZE - VBC_PROBE, VBC_PROBE) == 0,
	   "and the last bytes");
	vbc_stream_close(&in.content);
}

#define OVF                                                                                        \
	"<Envelope><File id='d' href='d.raw'/><File id='n' href='x.nvram'/><Disk fileRef='d'/>"    \
	"<VirtualSystem><Item><ResourceType>32768</ResourceType><HostResource>ovf:/file/n"         \
	"</HostResource></Item><vbox:Machine><Hardware><Firmware type='EFI'/></Hardware>"          \
	"</vbox:Machine></VirtualSystem></Envelope>"

/* An archive of a machine with EFI; in its variables is one of that state and value. */
static void check_firmware(unsigned char state, unsigned char value, const char *firmware)
{
	static const char key[] = "S\0e\0c\0u\0r\0e\0B\0o\0o\0t\0E\0n\0a\0b\0l\0e\0\0";
	unsigned char nvram[1000] = {0};
	struct vbc_piece piece = {.fd = memfd_create("ova", 0)};
	struct vbc_arena VBC_ARENA arena = {0};
	struct vbc_error err = {0};
	struct vbc_inside in = {.path = "x", .name = "x", .arena = &arena, .err = &err};
	struct archive *a = archive_write_new();

	memcpy(nvram + 500, "\xaa\x55", 2);
	nvram[502] = state;
	memcpy(nvram + 560, key, sizeof(key));
	nvram[560 + sizeof(key)] = value;
	archive_write_set_format(a, ARCHIVE_FORMAT_TAR_USTAR);
	archive_write_open_fd(a, piece.fd);
	add_file(a, "x.ovf", (const unsigned char *)OVF, strlen(OVF));
	add_file(a, "x.nvram", nvram, sizeof(nvram));
	add_file(a, "d.raw", noise, SIZE);
	archive_write_free(a);
	piece.size_bytes = (uint64_t)lseek(piece.fd, 0, SEEK_END);
	vbc_stream_add(&in.content, &piece, NULL);
	is_int(vbc_inside_enter(&in), 0, "the disk is found %s", err.text);
	is_int(in.content.size_bytes, SIZE, "all of it");
	is_str(in.ovf.firmware, firmware, "state %x, value %d", state, value);
	vbc_stream_close(&in.content);
}

static void test_secure_boot(void)
{
	check_firmware(0x3f, 1, "efi-secure");
	check_firmware(0x3f, 0, "efi");
	check_firmware(0x3c, 1, "efi"); /* a value of before */
}

int main(void)
{
	uint32_t seed = 1;

	for (size_t i = 0; i < SIZE; i++) {
		seed = seed * 1664525 + 1013904223;
		noise[i] = (unsigned char)(seed >> (i % 3 ? 24 : 30));
	}
	for (size_t i = 0; i < VBC_COUNT(ways); i++) {
		test_packing(i);
		test_damaged(i);
	}
	test_in_place();
	test_told();
	test_strange();
	test_looking();
	test_secure_boot();
	return tap_done();
}
