/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The files in which is noted what hosts had when they last answered, one for each host.
 */
#ifndef VBC_FLEET_SEEN_FILE_H
#define VBC_FLEET_SEEN_FILE_H

#include "fleet/seen.h"

/* Notes what a host has now. That it cannot be written costs nothing but the note. */
void vbc_seen_save(const char *folder, const char *url, const char *user,
		   const struct vbc_nodes *nodes);

/* What it had, as of vbc_seen_read(); false: nothing is known. */
bool vbc_seen_load(const char *folder, const char *url, const char *user, struct vbc_arena *arena,
		   int64_t *ret_at_ms, struct vbc_nodes *ret);

#endif
