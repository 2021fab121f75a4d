/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_KIND_RAW_H
#define VBC_IMAGEFILE_KIND_RAW_H

#include <stdbool.h>

struct vbc_kind;

/* Whether its name says that it is a raw disk, or it has a partition table, a boot sector or a file
 * system. */
bool vbc_kind_is_raw(const struct vbc_kind *k);

#endif
