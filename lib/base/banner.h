/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whether a server greets: for guests' servers, which are not the business of this library
 * otherwise. A port that is forwarded accepts connections long before anyone in the guest does, and
 * a guest that is just starting may take long to greet: so one that waits is given time.
 */
#ifndef VBC_BASE_BANNER_H
#define VBC_BASE_BANNER_H

/*
 * Begins to connect; returns a descriptor, or -1. Where a name has several addresses, the number of
 * the attempt chooses one.
 */
int vbc_banner_begin(const char *address, unsigned port, unsigned attempt);

enum vbc_banner { VBC_BANNER_NONE, VBC_BANNER_PENDING, VBC_BANNER_CAME };

/* Waits for the first bytes, and whether they are `banner` ("SSH-"). */
enum vbc_banner vbc_banner_wait(int fd, const char *banner, unsigned timeout_ms);

#endif
