/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a host had when it last answered, as text: one line for each node, read back only where all
 * of it is well-formed. It is a note for people, not a record: no decision rests on it.
 */
#ifndef VBC_FLEET_SEEN_H
#define VBC_FLEET_SEEN_H

#include <stdbool.h>

#include <vboxcloud/node.h>

#include "base/arena.h"
#include "base/buf.h"

#define VBC_SEEN_MAX (16 << 20) /* bytes of such a text */

/* Adds the text of a host's nodes at a time (ms since 1970) to an empty buffer; its `failed` tells
 * whether there was room. */
void vbc_seen_write(struct vbc_buf *to, const char *url, int64_t at_ms,
		    const struct vbc_nodes *nodes);

/*
 * Reads such a text, which may be anything, of the host of that URL; the nodes are in the arena,
 * their state is unknown. false: it is no such text, of another host, or there is no memory.
 */
bool vbc_seen_read(const char *text, size_t size, const char *url, struct vbc_arena *arena,
		   int64_t *ret_at_ms, struct vbc_nodes *ret);

#endif
