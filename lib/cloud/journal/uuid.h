/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_JOURNAL_UUID_H
#define VBC_JOURNAL_UUID_H

#include <stdbool.h>

/* The same UUID for the same text, always; false: no memory. */
bool vbc_checksum_uuid(const char *text, char ret[37]);

#endif
