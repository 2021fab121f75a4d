/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whether a server greets: for guests' servers, which are no business of this library else. A port
 * that is forwarded accepts connections long before anyone in the guest does, and a guest that is
 * just starting may take long to greet: so one that waits is given time.
 */
#ifndef VBC_BASE_GREETING_H
#define VBC_BASE_GREETING_H

/*
 * Begins to connect; returns a descriptor, or -1. Where a name has several addresses, the number of
 * the attempt chooses one.
 */
int vbc_greeting_begin(const char *address, unsigned port, unsigned attempt);

enum vbc_greeting { VBC_GREETING_NONE, VBC_GREETING_PENDING, VBC_GREETING_CAME };

/* Waits for the first bytes, and whether they are `greeting` ("SSH-"). */
enum vbc_greeting vbc_greeting_wait(int fd, const char *greeting, unsigned timeout_ms);

#endif
