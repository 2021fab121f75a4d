/* SPDX-License-Identifier: Apache-2.0 */
#include "soap/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int method_compare_name(const void *key, const void *method)
{
	return strcmp(key, ((const struct vbc_method *)method)->name);
}

const struct vbc_method *vbc_method_find(const char *name)
{
	return bsearch(name, vbc_methods, vbc_methods_n, sizeof(vbc_methods[0]),
		       method_compare_name);
}

bool vbc_in_ranges(const struct vbc_ranges *ranges, uint32_t version)
{
	if (ranges->n == 0)
		return true;
	for (size_t i = 0; i < ranges->n; i++) {
		const struct vbc_range *r = &ranges->v[i];

		if (version >= r->since && (r->until == 0 || version <= r->until))
			return true;
	}
	return false;
}

struct vbc_version_text vbc_version_text(uint32_t version)
{
	struct vbc_version_text text;

	snprintf(text.s, sizeof(text.s), "%u.%u.%u", (unsigned)(version / 10000),
		 (unsigned)(version / 100 % 100), (unsigned)(version % 100));
	return text;
}

const char *vbc_enum_name(size_t enum_id, int member)
{
	const struct vbc_enum_info *e = &vbc_enums_info[enum_id];

	return member >= 0 && (size_t)member < e->n ? e->members[member].name : "Unknown";
}
