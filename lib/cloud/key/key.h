/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keys, for the other nouns.
 */
#ifndef VBC_KEY_KEY_H
#define VBC_KEY_KEY_H

#include "vbox/op.h"

/*
 * The line of a public key, in the operation's arena: `key` is the name of one that the host keeps,
 * or such a line itself. VBC_E_NOTFOUND, VBC_E_ARG.
 */
int vbc_key_line(struct vbc_op *op, const char *key, const char **ret_line);

#endif
