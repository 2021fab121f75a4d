/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files of sections with "key = value".
 */
#ifndef TOOL_INI_FILE_H
#define TOOL_INI_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include <vboxcloud/error.h>

struct ini_file {
	const char *path;
	/* Takes a value; false, with `why` filled: it cannot be used. */
	bool (*take)(struct ini_file *file, const char *section, const char *key,
		     const char *value);
	void *data;           /* for take */
	unsigned line;        /* of the value */
	struct vbc_error why; /* the first value that cannot be used has this wrong */
	FILE *from;
};

/* Reads all of it; a file that is not there is empty. Errors: VBC_E_ARG, with path and line. */
int ini_file_read(struct ini_file *file, struct vbc_error *err);

#endif
