/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files that a command writes.
 */
#ifndef TOOL_FILE_H
#define TOOL_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct vbc_error;

/* Writes a file so that it is there complete or not at all. Errors: VBC_E_SPACE. */
int write_file(const char *path, const void *data, size_t size, struct vbc_error *err);

bool is_terminal_out(void);

#endif
