/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who does something on a host, written down so that others can tell when that program is gone:
 * the machine it runs on, its process, and until when its word holds without being renewed.
 */
#ifndef VBC_VBOX_OWNER_H
#define VBC_VBOX_OWNER_H

#include "meta.h"

/* Fills in who we are, and a lease that ends some minutes after `utc_ms`. */
void vbc_owner_sign(struct vbc_meta *meta, int64_t utc_ms);

/*
 * Whether the program that signed is gone: a dead process of this machine, or a program elsewhere
 * whose lease has run out.
 */
bool vbc_owner_gone(const struct vbc_meta *meta, int64_t utc_ms);

/* Whether this very process signed. */
bool vbc_owner_is_me(const struct vbc_meta *meta);

/* How long a lease holds; work that takes longer signs again in between. */
#define VBC_OWNER_LEASE_MS 600000

#endif
