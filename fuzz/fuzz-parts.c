/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes VMDKs that lie in several files. An input is the text that names them, a NUL, and what is
 * in the one that is called "p". It is built as fuzz-soap-decode.c is.
 */
#include <vboxcloud/error.h>

#include <stdlib.h>
#include <string.h>

#include "imagefile/open.h"
#include "scratch.h"
#include "transfer/stream.h"

static volatile size_t seen;

static void look_at(const struct vbc_stream *content, uint64_t at)
{
	static unsigned char bytes[65536];
	struct vbc_error err = {0};
	size_t n = 0;

	if (vbc_stream_read_some(content, at, bytes, sizeof(bytes), &n, &err)) {
		if (!err.text[0])
			abort();
		return;
	}
	for (size_t i = 0; i < n; i++)
		seen += bytes[i];
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static int text, part; /* files */
	static char path[128];
	const unsigned char *nul = size ? memchr(data, 0, size) : NULL;
	size_t n = nul ? (size_t)(nul - data) : size;
	struct vbc_image_file file = {.format = NULL};
	struct vbc_error err = {0};
	int code;

	if (!path[0]) {
		text = scratch_file("text");
		part = scratch_file("p");
		snprintf(path, sizeof(path), "%s/text", scratch_folder());
	}
	scratch_write(text, data, n);
	scratch_write(part, data + n + (nul != NULL), size - n - (nul != NULL));
	code = vbc_image_file_open(path, NULL, NULL, &file, &err);
	if (code != err.code || (code != 0) != (err.text[0] != '\0'))
		abort();
	if (!code && !file.packed) {
		look_at(&file.content, 0);
		look_at(&file.content, file.content.size_bytes / 2);
		look_at(&file.content, file.content.size_bytes - 1);
	}
	vbc_image_file_close(&file);
	return 0;
}

#include "replay.h"
