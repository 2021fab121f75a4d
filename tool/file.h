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

/* The same of a file that only its owner may read. */
int write_private_file(const char *path, const void *data, size_t size, struct vbc_error *err);

/*
 * A file that only its owner may read, made now so that a path that cannot be used is known before
 * there is a secret. Returns its descriptor, or -1 with *err: one that exists is VBC_E_EXISTS.
 */
int create_secret_file(const char *path, struct vbc_error *err);
/* Whether that would be made, as far as is known without making it. */
int check_new_file(const char *path, struct vbc_error *err);
/* Writes the secret and closes; with `rc`, an error so far, removes the file. Returns rc or its
 * own. */
int finish_secret_file(int fd, const char *path, const char *secret, int rc, struct vbc_error *err);

/* false, with errno: not all of it was taken. */
bool fd_write_all(int fd, const char *data, size_t size);

/* For a file that cannot be read, for the reason in errno: `what` names it before its path. */
int fail_read(const char *what, const char *path, struct vbc_error *err);

/* The first `max` bytes of a file and a NUL, "-" is stdin; NULL with *err when it cannot be read.
 */
char *read_bytes(const char *path, size_t max, size_t *ret_size, struct vbc_error *err);

/* The same of a small text, without a byte order mark; NULL also when it is no text in UTF-8. */
char *read_small_file(const char *path, struct vbc_error *err);

/* The same of a password: its first line alone. free_password() overwrites it; it may be NULL. */
char *read_password(const char *path, struct vbc_error *err);
void free_password(char *password);

bool is_terminal_out(void);

#endif
