/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a guest says on its console while something else is waited for: a thread follows it.
 */
#ifndef TOOL_LISTENER_H
#define TOOL_LISTENER_H

#include <stdbool.h>

#include "last-line.h"

struct vbc_host;
struct listener;

/* Of the node with that id. One that has no console says nothing. Never NULL; listener_end(). */
struct listener *listener_begin(struct vbc_host *host, const char *node_id);

/* Copies the last line so far; "" if there is none. */
void listener_copy(struct listener *listener, char ret[LAST_LINE_MAX + 1]);

/* Waits until the thread has ended; the host's handle must be open until then. */
void listener_end(struct listener *listener);

#endif
