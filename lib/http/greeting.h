/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whether a server greets: for guests' servers, which are no business of this library else.
 */
#ifndef VBC_HTTP_GREETING_H
#define VBC_HTTP_GREETING_H

#include <stdbool.h>

/* Whether the first bytes that come from there within the time are `greeting` ("SSH-"). */
bool vbc_greets(const char *address, unsigned port, const char *greeting, unsigned timeout_ms);

#endif
