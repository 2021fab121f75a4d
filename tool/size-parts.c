/* SPDX-License-Identifier: Apache-2.0 */
#include "size-parts.h"

#include <stdlib.h>

#include "util.h"

static void size_add_part(char **size, unsigned number, const char *unit)
{
	char *longer;

	if (!number)
		return;
	longer = format("%s%s%u%s", *size ? *size : "", *size ? "-" : "", number, unit);
	free(*size);
	*size = longer;
}

int size_parts_read(const struct args *args, char **ret_size, struct vbc_error *err)
{
	const char *part = args->cpus         ? "--cpus"
			   : args->memory_mib ? "--memory"
			   : args->disk_gib   ? "--disk"
					      : NULL;

	if (args->size && part)
		return fail(err, VBC_E_ARG,
			    "'%s' cannot be used with '--size', which says that already: omit one "
			    "of them",
			    part);
	*ret_size = args->size ? format("%s", args->size) : NULL;
	size_add_part(ret_size, args->cpus, "_cpu");
	size_add_part(ret_size, args->memory_mib, "_ram");
	size_add_part(ret_size, args->disk_gib, "_disk");
	return 0;
}
