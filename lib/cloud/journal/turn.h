/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whose turn it is with an entry of the journal that several may begin with at once. VirtualBox has
 * no compare-and-set: so each writes a key of its own before it looks for those of others, and of
 * two at least one sees the other, however slow the host is. A turn lasts until the entry itself
 * says who works on it.
 */
#ifndef VBC_JOURNAL_TURN_H
#define VBC_JOURNAL_TURN_H

#include "vbox/op.h"

#define VBC_TURN_KIND "turn" /* of the keys: libcloud/turn/<uuid>/<IVirtualBox>/<operation> */

/*
 * Of several that come at once one goes on, after all others have gone; for those it is VBC_E_BUSY,
 * and *ret_key is NULL. What was known of the entry before may be wrong when the turn has come.
 */
int vbc_turn_take(struct vbc_op *op, const char *id, const char **ret_key);
/* Says that it is another's: VBC_E_BUSY. */
int vbc_turn_fail_busy(struct vbc_op *op);
/* NULL: there was none. */
void vbc_turn_end(struct vbc_op *op, const char *key);

#endif
