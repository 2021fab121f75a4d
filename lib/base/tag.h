/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tags of nodes and labels of hosts.
 */
#ifndef VBC_BASE_TAG_H
#define VBC_BASE_TAG_H

#include <vboxcloud/node.h>

#include "base/str.h"

/* Whether a tag is the one that is wanted, which may have any value where that is NULL. */
static inline bool vbc_tag_is(const struct vbc_tag *wanted, const char *key, const char *value)
{
	return streq(key, wanted->key) && (!wanted->value || streq(value, wanted->value));
}

#endif
