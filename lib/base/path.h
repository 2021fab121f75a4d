/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Paths of a host, which may be one with Windows: which of the two a path itself shows.
 */
#ifndef VBC_BASE_PATH_H
#define VBC_BASE_PATH_H

#include <stdbool.h>

struct vbc_arena;

/* folder + its kind of separator + name, in the arena; NULL when there is no memory. */
const char *vbc_path_join(struct vbc_arena *a, const char *folder, const char *name);

/* Whether a path lies in a folder (not in one below it when `direct`). */
bool vbc_path_in(const char *path, const char *folder, bool direct);

/* Whether a path of either kind begins at a root. */
bool vbc_path_is_absolute(const char *path);

/* Whether it is one of Windows; not of a single name. */
bool vbc_path_is_windows(const char *path);

/* The last part of a path of either kind. */
const char *vbc_path_base(const char *path);

/* What is before that, with the separator at its end, in the arena; NULL: no memory. */
const char *vbc_path_parent(struct vbc_arena *a, const char *path);

#endif
