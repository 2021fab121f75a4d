/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Ids that people shorten.
 */
#ifndef VBC_BASE_ID_H
#define VBC_BASE_ID_H

#include <stdbool.h>

/* Whether s may stand for an id that it is the beginning of: 4 characters of a UUID or more. */
bool vbc_is_id_prefix(const char *s);

/* Whether an id begins so, in small or capital letters. */
bool vbc_id_begins(const char *id, const char *prefix);

#endif
