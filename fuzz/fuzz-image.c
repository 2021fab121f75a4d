/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes what looks at disk image files before they are uploaded. An input is such a file; each
 * check gets each. With -DVBC_FUZZ_REPLAY it looks at all files of a directory; without, it is a
 * libFuzzer target, see fuzz-soap-decode.c.
 */
#include <vboxcloud/error.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "imagefile/headers.h"
#include "imagefile/probe.h"
#include "imagefile/qcow2.h"
#include "imagefile/raw.h"
#include "transfer/stream.h"

static int (*const checks[])(const struct vbc_probe *p) = {
	vbc_probe_qcow2, vbc_probe_vdi, vbc_probe_vhd, vbc_probe_vmdk, vbc_probe_raw,
};

static void check(struct vbc_probe *p, int (*probe)(const struct vbc_probe *p))
{
	struct vbc_error error = {0};
	int code;

	p->err = &error;
	code = probe(p);
	if (code != error.code || (code != 0) != (error.text[0] != '\0'))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct vbc_stream content = {.n = 0};
	struct vbc_probe p = {.content = &content, .path = "x", .name = "x", .size_bytes = size};
	struct vbc_piece piece = {.fd = memfd_create("input", MFD_CLOEXEC), .size_bytes = size};
	size_t n = size < VBC_PROBE ? size : VBC_PROBE;

	if (!size || piece.fd < 0 || write(piece.fd, data, size) != (ssize_t)size) {
		close(piece.fd);
		return 0;
	}
	if (vbc_stream_add(&content, &piece, NULL))
		return 0;
	memcpy(p.start, data, n);
	memcpy(p.end + VBC_PROBE - n, data + size - n, n);
	for (size_t i = 0; i < VBC_COUNT(checks); i++)
		check(&p, checks[i]);
	vbc_stream_close(&content);
	return 0;
}

#include "replay.h"
