/* SPDX-License-Identifier: Apache-2.0 */
#include "node/choose-size.h"

#include <vboxcloud/image.h>
#include <vboxcloud/node.h>
#include <vboxcloud/size.h>

#include "host/size.h"

#define GIB ((uint64_t)1 << 30)

static unsigned size_most_of(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/*
 * Of what was not chosen a node has what its image needs, if that is more than nodes have by
 * default; and a disk that is linked is as large as the image.
 */
int vbc_node_choose_size(struct vbc_op *op, const struct vbc_node_create_opts *opts,
			 const struct vbc_image *image, struct vbc_size *ret)
{
	unsigned image_gib = (unsigned)((image->size_bytes + GIB - 1) / GIB);
	struct vbc_size rest;
	int code = vbc_size_parse(VBC_SIZE_DEFAULT, &rest, &op->error);

	if (code)
		return code;
	rest.cpus = size_most_of(rest.cpus, image->min_cpus);
	rest.ram_mib = size_most_of(rest.ram_mib, image->min_memory_mib);
	rest.disk_gib =
		opts->linked && image_gib
			? image_gib
			: size_most_of(size_most_of(rest.disk_gib, image->min_disk_gib), image_gib);
	return vbc_size_choose(op, opts->node_size, &rest, ret);
}
