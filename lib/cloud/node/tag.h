/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_TAG_H
#define VBC_NODE_TAG_H

#include <vboxcloud/node.h>

/* Whether a tag can be called so, and hold that; NULL holds "". */
int vbc_tag_check(const char *key, const char *value, struct vbc_error *err);

static inline const char *vbc_tag_value(const struct vbc_tag *tag)
{
	return tag->value ? tag->value : "";
}

#endif
