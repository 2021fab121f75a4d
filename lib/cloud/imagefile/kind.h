/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a file is, told by its first and last bytes, its size and its name. Anything at all can be
 * the content of a raw disk; so what is surely something else is named here, and what is a disk
 * shows some sign of it. Only memory is looked at.
 */
#ifndef VBC_IMAGEFILE_KIND_H
#define VBC_IMAGEFILE_KIND_H

#include <stdbool.h>

struct vbc_kind;

/*
 * Why the file is surely no disk that can be imported, as the rest of a sentence that begins with
 * its name: "is an HTML page, not a disk image …". NULL: nothing is known against it.
 * *ret_unless_raw: whether it may be a raw disk after all, which the caller must state.
 */
const char *vbc_kind_refusal(const struct vbc_kind *k, bool *ret_unless_raw);
/* How that begins where the file is a disk image of another kind. */
#define VBC_KIND_FORMAT "is in the format "

#endif
