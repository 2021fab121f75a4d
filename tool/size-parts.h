/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The parts of a size as options of their own, beside --size.
 */
#ifndef TOOL_SIZE_PARTS_H
#define TOOL_SIZE_PARTS_H

#include "cmd.h"

#define OPTS_SIZE_PARTS                                                                            \
	{.name = "--cpus",                                                                         \
	 .value = "N",                                                                             \
	 OPT(cpus),                                                                                \
	 .min = 1,                                                                                 \
	 .help = "how many CPUs, instead of --size"},                                              \
		{.name = "--memory",                                                               \
		 .value = "SIZE",                                                                  \
		 OPT_IN(memory_mib, OPT_MIB),                                                      \
		 .help = "how much memory, as 512M or 2G; a number alone is MiB"},                 \
	{                                                                                          \
		.name = "--disk", .value = "SIZE", OPT_IN(disk_gib, OPT_GIB),                      \
		.help = "how large a disk, as 20G; a number alone is GiB"                          \
	}

/*
 * What the library takes as a size for --size, or for those parts that were given: *ret_size is
 * the caller's, NULL when nothing was. VBC_E_ARG: both were.
 */
int size_parts_read(const struct args *args, char **ret_size, struct vbc_error *err);

#endif
