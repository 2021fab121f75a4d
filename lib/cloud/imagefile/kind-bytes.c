/* SPDX-License-Identifier: Apache-2.0 */
#include "imagefile/kind-bytes.h"

#include <string.h>

bool vbc_kind_has(const struct vbc_kind *k, size_t at, const char *bytes, size_t n)
{
	return at <= k->n_start && n <= k->n_start - at && memcmp(k->start + at, bytes, n) == 0;
}
