/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_OVF_TEXT_H
#define VBC_IMAGEFILE_OVF_TEXT_H

#include <stddef.h>

struct vbc_arena;

/*
 * The text as UTF-8, from that, UTF-16 or Latin-1, without a mark at its beginning. *n becomes its
 * length. NULL: no memory.
 */
const char *vbc_ovf_utf8(struct vbc_arena *a, const char *text, size_t *n);

#endif
