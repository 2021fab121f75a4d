/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Arguments that must not be NULL, and structs of options.
 */
#include "base/given.h"

#include <string.h>

bool vbc_lacks_any(struct vbc_error *err, const char *names, const void *const *given, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t length = strcspn(names, ",");

		if (!given[i]) {
			vbc_fail(err, VBC_E_ARG, "'%.*s' must not be NULL", (int)length, names);
			return true;
		}
		names += length;
		names += strspn(names, ", ");
	}
	return false;
}

void vbc_opts_copy(void *to, size_t room, const void *opts)
{
	size_t size = 0;

	if (!opts)
		return;
	memcpy(&size, opts, sizeof(size));
	memcpy(to, opts, size < room ? size : room);
}
