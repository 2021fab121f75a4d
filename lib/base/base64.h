/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Base64. What we write is canonical (the service crashes on anything else); what we read may
 * hold white space.
 */
#ifndef VBC_BASE_BASE64_H
#define VBC_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"

void vbc_base64_encode(struct vbc_buf *out, const void *data, size_t size);
/* false when s[0..n) is no base64 or there is no memory. */
bool vbc_base64_decode(struct vbc_arena *a, const char *s, size_t n, void **ret_data,
		       size_t *ret_size);

#endif
