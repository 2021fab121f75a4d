/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names for nodes that nobody named: an adjective and an animal, easy to say and to type.
 */
#ifndef TOOL_MADE_UP_NAME_H
#define TOOL_MADE_UP_NAME_H

/* How many there are. */
unsigned made_up_names(void);

/* The n-th, "brave-otter", a new string; n is taken modulo made_up_names(). */
char *made_up_name(unsigned n);

#endif
