/* SPDX-License-Identifier: Apache-2.0 */
#include "node/image-name.h"

#include <vboxcloud/node.h>

#include "base/str.h"
#include "disk/kinds.h"
#include "vbox/meta.h"

/* The place of an id among these; ids->n: it is not there. */
static size_t ids_find(const struct vbc_strs *ids, const char *id)
{
	size_t i = 0;

	while (i < ids->n && !streq(ids->v[i], id))
		i++;
	return i;
}

/* Of the images that are recorded, those that nodes were made from. */
static int images_find_used(struct vbc_op *op, const struct vbc_strs *keys,
			    const struct vbc_node *nodes, size_t n, struct vbc_strs *ret)
{
	struct vbc_strs recorded = {0};
	const char **v;
	int code = vbc_meta_ids_of(op, keys, VBC_IMAGE_KIND, &recorded);

	if (code)
		return code;
	v = VBC_ARENA_ARRAY(&op->arena, const char *, recorded.n);
	if (!v)
		return vbc_fail_nomem(&op->error);
	*ret = (struct vbc_strs){.n = 0, .v = v};
	for (size_t i = 0; i < n; i++) {
		size_t at = ids_find(&recorded, nodes[i].image);

		if (at < recorded.n && ids_find(ret, recorded.v[at]) == ret->n)
			v[ret->n++] = recorded.v[at];
	}
	return VBC_OK;
}

int vbc_node_image_names(struct vbc_op *op, const struct vbc_strs *keys, struct vbc_node *nodes,
			 size_t n)
{
	struct vbc_strs ids = {0};
	const char **texts = NULL;
	int code = images_find_used(op, keys, nodes, n, &ids);

	if (!code)
		code = vbc_meta_texts(op, VBC_IMAGE_KIND, &ids, &texts);
	for (size_t k = 0; !code && k < ids.n; k++) {
		struct vbc_meta *VBC_META meta = vbc_meta_parse(texts[k]);
		const char *name = vbc_arena_strdup(&op->arena, vbc_meta_name(meta, "name"));

		if (!name)
			return vbc_fail_nomem(&op->error);
		for (size_t i = 0; i < n; i++)
			if (streq(nodes[i].image, ids.v[k]))
				nodes[i].image_name = name;
	}
	return code;
}
