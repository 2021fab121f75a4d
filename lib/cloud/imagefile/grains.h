/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_GRAINS_H
#define VBC_IMAGEFILE_GRAINS_H

#include <stdint.h>

struct vbc_grains;
struct vbc_probe;

/* The grains of a part of it of that name, which the disk has so many sectors in. */
int vbc_probe_grains(const struct vbc_probe *p, const char *name, int fd, uint64_t sectors,
		     struct vbc_grains **ret);

#endif
