/* SPDX-License-Identifier: Apache-2.0 */
#include "base/id.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

bool vbc_is_id_prefix(const char *s)
{
	size_t n = strlen(s);

	if (n < 4 || n >= 36)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-' : !isxdigit((unsigned char)s[i]))
			return false;
	}
	return true;
}

bool vbc_id_begins(const char *id, const char *prefix)
{
	return strncasecmp(id, prefix, strlen(prefix)) == 0;
}
