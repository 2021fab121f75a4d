/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the readers of descriptions of machines and of manifests (an input that begins with
 * "MF:"). It is built as fuzz-soap-decode.c is.
 */
#include <vboxcloud/error.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "imagefile/inside.h"
#include "imagefile/manifest.h"
#include "imagefile/ovf.h"

static volatile size_t seen;

static void read_description(const char *text, size_t n)
{
	struct vbc_arena VBC_ARENA arena = {0};
	struct vbc_error err = {0};
	struct vbc_ovf ovf;
	const char *name;

	if (vbc_ovf_parse(&arena, "x", text, n, &ovf, &err) != VBC_OK) {
		if (!err.code || !err.text[0])
			abort();
		return;
	}
	seen += strlen(ovf.nvram) + strlen(ovf.os_type) + strlen(ovf.firmware) +
		strlen(ovf.chipset) + strlen(ovf.tpm);
	name = vbc_href_decode(&arena, ovf.disk);
	name = name ? vbc_path_inside(&arena, name) : NULL;
	if (name && (strstr(name, "/../") || name[0] == '/'))
		abort();
}

static void read_manifest(const char *text, size_t n)
{
	static const char *const names[] = {"d.vmdk", "x.ovf", NULL};
	const struct vbc_manifest mf = {text, n};
	struct vbc_manifest_sums sums;

	if (!vbc_manifest_find(&mf, names, &sums))
		return;
	for (size_t i = 0; i < sums.n; i++)
		seen += strlen(sums.v[i].algorithm) + strlen(sums.v[i].digits);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const char *text = (const char *)data;

	if (size >= 3 && memcmp(text, "MF:", 3) == 0)
		read_manifest(text + 3, size - 3);
	else
		read_description(text, size);
	return 0;
}

#include "replay.h"
