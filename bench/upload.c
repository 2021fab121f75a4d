/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * bench-upload FILE ROUNDS: puts a file on the host, by turns through the library (making the
 * file there, looking at samples of it afterwards, and all) and as IMediumIO_write requests that
 * are ready before the clock starts, one after the other on a bare socket. Prints megabytes a
 * second: "library 41.2".
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bare.h"
#include "base/clock.h"
#include "base/path.h"
#include "common.h"
#include "disk/medium-remove.h"
#include "host/folders.h"
#include "soap/soap.h"
#include "transfer/stream.h"
#include "transfer/upload.h"
#include "vbox/progress.h"

#define CHUNK 1048576u

struct bench {
	unsigned rounds;
	struct vbc_upload upload;
	struct bare bare;
	unsigned char chunk[CHUNK];
};

static void print_speed(const char *series, const struct bench *b, int64_t us)
{
	printf("%s %.2f\n", series, (double)b->upload.size_bytes / (double)us);
}

static int through_library(struct vbc_op *op, struct bench *b)
{
	int64_t began = vbc_now_us();
	int code = vbc_upload_file(op, &b->upload);

	if (!code)
		print_speed("library", b, vbc_now_us() - began);
	return code;
}

static int open_disk(struct vbc_op *op, const struct bench *b, vbc_ref *ret_medium, vbc_ref *ret_io)
{
	static const int fixed[] = {VBC_MediumVariant_Fixed};
	const struct vbc_enums variant = {.n = 1, .v = fixed};
	vbc_ref progress = {NULL};
	int code = vbc_IVirtualBox_createMedium(op, b->upload.session, "RAW", b->upload.path,
						VBC_AccessMode_ReadWrite, VBC_DeviceType_HardDisk,
						ret_medium);

	if (!code)
		code = vbc_IMedium_createBaseStorage(op, *ret_medium, (int64_t)b->upload.size_bytes,
						     variant, &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, "", 0, 0);
	return code ? code : vbc_IMedium_openForIO(op, *ret_medium, true, "", ret_io);
}

static int write_chunk(struct vbc_op *op, struct bench *b, vbc_ref io, uint64_t at, int64_t *us)
{
	const union vbc_in in[] = {{.i = (int64_t)at}, {.bytes = {b->chunk, CHUNK}}};
	struct vbc_buf VBC_BUF request = {0};
	int code;
	int64_t began;

	if (at + CHUNK > b->upload.size_bytes)
		errx(1, "the file is no whole chunks");
	code = vbc_stream_read(b->upload.stream, at, b->chunk, CHUNK, &op->error);
	if (code)
		return code;
	code = vbc_soap_encode(&op->request, &vbc_methods[VBC_M_IMediumIO_write], op->version, io.s,
			       in, &op->error);
	if (code)
		return code;
	bare_prepare(&request, &b->bare, &op->request);
	began = vbc_now_us();
	bare_exchange(&b->bare, &request);
	*us += vbc_now_us() - began;
	return VBC_OK;
}

static int through_socket(struct vbc_op *op, struct bench *b)
{
	vbc_ref medium = {NULL}, io = {NULL};
	int64_t us = 0;
	int code = open_disk(op, b, &medium, &io);

	for (uint64_t at = 0; !code && at < b->upload.size_bytes; at += CHUNK)
		code = write_chunk(op, b, io, at, &us);
	if (!code)
		code = vbc_IMediumIO_close(op, io);
	if (code)
		return code;
	print_speed("socket", b, us);
	return vbc_IMedium_close(op, medium);
}

static int one(struct vbc_op *op, struct bench *b, int (*put)(struct vbc_op *, struct bench *))
{
	int code = vbc_upload_begin(op, &b->upload.session);

	if (!code)
		code = put(op, b);
	vbc_upload_end(op, b->upload.session);
	return code ? code : vbc_medium_wipe(op, b->upload.path, "");
}

static int body(struct vbc_op *op, void *arg)
{
	struct bench *b = arg;
	struct vbc_folders folders = {0};
	int code = vbc_folders_get(op, &folders);

	b->upload.path = code ? NULL : vbc_path_join(&op->arena, folders.uploads, "bench.raw");
	for (unsigned i = 0; !code && i < b->rounds; i++) {
		code = one(op, b, through_library);
		if (!code)
			code = one(op, b, through_socket);
	}
	return code;
}

int main(int argc, char **argv)
{
	static struct bench b;
	struct vbc_stream stream = {0};
	struct vbc_piece file = {0};
	struct vbc_error error = {0};
	struct stat st;

	b.rounds = argument(argc, argv, 2);
	file.fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (file.fd < 0 || fstat(file.fd, &st))
		err(1, "%s", argv[1]);
	file.size_bytes = (uint64_t)st.st_size;
	must(vbc_stream_add(&stream, &file, &error), &error);
	b.upload.what = "";
	b.upload.stream = &stream;
	b.upload.size_bytes = stream.size_bytes;
	bare_run(&b.bare, body, &b);
	vbc_stream_close(&stream);
	return 0;
}
