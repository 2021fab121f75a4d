/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the way from a file to the disk image in it: archives, compressed files, and texts beside
 * nothing. An input is such a file. It is built as fuzz-soap-decode.c is.
 */
#include <vboxcloud/error.h>

#include <stdlib.h>
#include <string.h>

#include "imagefile/open.h"
#include "scratch.h"
#include "transfer/packed.h"
#include "transfer/stream.h"

enum { TICKS_MAX = 64 }; /* some bytes may unpack to terabytes */

static volatile size_t seen;

static int tick(void *data, uint64_t done, uint64_t total)
{
	unsigned *ticks = data;

	if (done > total)
		abort();
	return ++*ticks > TICKS_MAX ? VBC_E_CANCELLED : VBC_OK;
}

static void look_at(const struct vbc_stream *content, uint64_t at)
{
	static unsigned char bytes[65536];
	struct vbc_error err = {0};
	size_t n = 0;

	if (vbc_stream_read_some(content, at, bytes, sizeof(bytes), &n, &err))
		return;
	for (size_t i = 0; i < n; i++)
		seen += bytes[i];
}

static void check(const struct vbc_image_file *file)
{
	if (!file->format || !file->suffix || file->content.size_bytes == VBC_SIZE_UNKNOWN)
		abort();
	seen += strlen(file->os_type) + strlen(file->firmware) + strlen(file->chipset) +
		strlen(file->tpm);
	look_at(&file->content, 0);
	look_at(&file->content, file->content.size_bytes / 2);
	look_at(&file->content, 100);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static int fd;
	static char path[128];
	unsigned ticks = 0;
	struct vbc_looking looking = {tick, &ticks};
	struct vbc_image_file file = {.format = NULL};
	struct vbc_error err = {0};
	int code;

	if (!path[0]) {
		fd = scratch_file("file");
		snprintf(path, sizeof(path), "%s/file", scratch_folder());
	}
	scratch_write(fd, data, size);
	code = vbc_image_file_open(path, NULL, &looking, &file, &err);
	if (!code && file.packed)
		code = vbc_image_file_unpack(path, NULL, &looking, &file, &err);
	if (code != err.code || (code != 0) != (err.text[0] != '\0'))
		abort();
	if (!code)
		check(&file);
	vbc_image_file_close(&file);
	return 0;
}

#include "replay.h"
