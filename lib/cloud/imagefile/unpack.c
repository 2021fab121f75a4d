/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From a file to the disk in it, however often that is packed: a step for each packing.
 */
#include "imagefile/unpack.h"

#include <vboxcloud/error.h>

#include "imagefile/appliance.h"
#include "imagefile/inside.h"
#include "imagefile/probe.h"
#include "transfer/packed.h"
#include "transfer/stream.h"

#define DEPTH_MAX 4 /* an archive in a compressed archive, and two more */

int vbc_inside_enter(struct vbc_inside *in)
{
	unsigned char start[VBC_PROBE];
	size_t n = 0;
	int code = VBC_OK;

	for (unsigned depth = 0; !code; depth++) {
		const struct vbc_packing *how;
		bool ovf;

		code = vbc_stream_read_some(&in->content, 0, start, sizeof(start), &n, in->err);
		how = code ? NULL : vbc_packing_of(start, n);
		ovf = !code && !how && vbc_is_ovf(in->name, start, n);
		if (code || (!how && !ovf))
			break;
		if (depth == DEPTH_MAX)
			return vbc_inside_refuse(in,
						 "is packed in too many layers; unpack it first");
		code = how ? vbc_inside_unpack(in, how) : vbc_inside_follow(in);
	}
	if (!code && !in->measured && !vbc_stream_is_plain(&in->content))
		code = vbc_inside_measure(in, NULL, NULL, NULL);
	return code;
}
