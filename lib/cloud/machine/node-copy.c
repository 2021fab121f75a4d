/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/node-copy.h"

#include <vboxcloud/node.h>

#include "machine/network.h"

/* Copies one string of a node; what is not there yet is "". */
static bool node_copy_text(struct vbc_arena *a, const char **text)
{
	*text = vbc_arena_strdup(a, *text ? *text : "");
	return *text != NULL;
}

static bool node_copy_tags(struct vbc_arena *a, struct vbc_tags *tags)
{
	const struct vbc_tag **v = VBC_ARENA_ARRAY(a, const struct vbc_tag *, tags->n);

	for (size_t i = 0; v && i < tags->n; i++) {
		struct vbc_tag *tag = VBC_ARENA_NEW(a, struct vbc_tag);

		if (!tag)
			return false;
		*tag = *tags->v[i];
		if (!node_copy_text(a, &tag->key) || !node_copy_text(a, &tag->value))
			return false;
		v[i] = tag;
	}
	tags->v = v;
	return v != NULL;
}

const struct vbc_node *vbc_node_copy(struct vbc_arena *a, const struct vbc_node *node)
{
	struct vbc_node *c = VBC_ARENA_NEW(a, struct vbc_node);

	if (!c)
		return NULL;
	*c = *node;
	if (node_copy_text(a, &c->id) && node_copy_text(a, &c->name) &&
	    node_copy_text(a, &c->machine_state) && node_copy_text(a, &c->size) &&
	    node_copy_text(a, &c->image) && node_copy_text(a, &c->os_type) &&
	    node_copy_text(a, &c->description) && node_copy_text(a, &c->settings_file) &&
	    node_copy_text(a, &c->error) && node_copy_text(a, &c->firmware) &&
	    node_copy_text(a, &c->username) && node_copy_text(a, &c->image_name) &&
	    node_copy_text(a, &c->iso) && node_copy_tags(a, &c->tags) &&
	    vbc_node_copy_network(a, c))
		return c;
	return NULL;
}
