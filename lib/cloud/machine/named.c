/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/named.h"

#include <vboxcloud/node.h>

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "host/keys.h"
#include "journal/uuid.h"
#include "machine/keys.h"
#include "vbox/aside.h"
#include "vbox/meta.h"

#define NODE_AT 37  /* in an id: behind the name's checksum and a slash   */
#define REPAIRS 100 /* in a list: each takes the host a few milliseconds */

/* In the operation's arena; NULL: no memory. */
static const char *named_make_id(struct vbc_op *op, const char *node, const char *name)
{
	char sum[37];

	return vbc_checksum_uuid(name, sum) ? vbc_arena_printf(&op->arena, "%s/%s", sum, node)
					    : NULL;
}

static int named_compare_texts(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static bool named_is_among(const struct vbc_strs *sorted, const char *text)
{
	return sorted->n &&
	       bsearch(&text, sorted->v, sorted->n, sizeof(*sorted->v), named_compare_texts);
}

/* The ids of all keys of a kind, without their first characters, in order. */
static int named_sort_ids(struct vbc_op *op, const struct vbc_strs *keys, const char *kind,
			  size_t skipped, struct vbc_strs *ret)
{
	struct vbc_strs ids = {0};
	int code = vbc_meta_ids_of(op, keys, kind, &ids);
	const char **v = VBC_ARENA_ARRAY(&op->arena, const char *, ids.n);
	size_t n = 0;

	if (code || !v)
		return code ? code : vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < ids.n; i++)
		if (strlen(ids.v[i]) > skipped)
			v[n++] = ids.v[i] + skipped;
	if (n)
		qsort(v, n, sizeof(*v), named_compare_texts);
	*ret = (struct vbc_strs){.n = n, .v = v};
	return VBC_OK;
}

int vbc_named_ids(struct vbc_op *op, const struct vbc_strs *keys, const char *name,
		  struct vbc_strs *ret_ids)
{
	const char *prefix = named_make_id(op, "", name);
	struct vbc_strs all = {0};
	const char **v;
	size_t n = 0;
	int code = prefix ? vbc_meta_ids_of(op, keys, VBC_NAME_KIND, &all)
			  : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	v = VBC_ARENA_ARRAY(&op->arena, const char *, all.n);
	if (!v)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < all.n; i++)
		if (vbc_starts_with(all.v[i], prefix) && vbc_is_uuid(all.v[i] + NODE_AT))
			v[n++] = all.v[i] + NODE_AT;
	*ret_ids = (struct vbc_strs){.n = n, .v = v};
	return VBC_OK;
}

int vbc_named_missing(struct vbc_op *op, const struct vbc_strs *keys, struct vbc_strs *ret_ids)
{
	struct vbc_strs named = {0}, own = {0};
	const char **v;
	size_t n = 0;
	int code = named_sort_ids(op, keys, VBC_NAME_KIND, NODE_AT, &named);

	if (!code)
		code = vbc_meta_ids_of(op, keys, VBC_NODE_KIND, &own);
	if (code)
		return code;
	v = VBC_ARENA_ARRAY(&op->arena, const char *, own.n);
	if (!v)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < own.n; i++)
		if (!named_is_among(&named, own.v[i]))
			v[n++] = own.v[i];
	*ret_ids = (struct vbc_strs){.n = n, .v = v};
	return VBC_OK;
}

static int named_write(struct vbc_op *op, const char *id)
{
	struct vbc_meta *VBC_META nothing = vbc_meta_new();

	return nothing ? vbc_meta_put(op, VBC_NAME_KIND, id, nothing) : vbc_fail_nomem(&op->error);
}

int vbc_named_put(struct vbc_op *op, const char *node, const char *name)
{
	const char *id = named_make_id(op, node, name);

	if (!name[0])
		return VBC_OK;
	return id ? named_write(op, id) : vbc_fail_nomem(&op->error);
}

int vbc_named_keep(struct vbc_op *op, const char *node, const char *name)
{
	const struct vbc_strs known = vbc_host_keys_known(op);
	const char *id = named_make_id(op, node, name);
	const char *key = id ? vbc_meta_key(op, VBC_NAME_KIND, id) : NULL;

	if (!key)
		return vbc_fail_nomem(&op->error);
	return !name[0] || vbc_strs_has(&known, key) ? VBC_OK : named_write(op, id);
}

int vbc_named_delete(struct vbc_op *op, const char *node, const char *name)
{
	const char *id = named_make_id(op, node, name);

	return id ? vbc_meta_delete(op, VBC_NAME_KIND, id) : vbc_fail_nomem(&op->error);
}

int vbc_named_drop(struct vbc_op *op, const struct vbc_strs *keys, const char *node,
		   const char *name)
{
	const char *stays = name ? named_make_id(op, node, name) : "";
	const char *end = vbc_arena_printf(&op->arena, "/%s", node);
	struct vbc_strs ids = {0};
	int code = stays && end ? vbc_meta_ids_of(op, keys, VBC_NAME_KIND, &ids)
				: vbc_fail_nomem(&op->error);

	for (size_t i = 0; !code && i < ids.n; i++)
		if (vbc_ends_with(ids.v[i], end) && !streq(ids.v[i], stays))
			code = vbc_meta_delete(op, VBC_NAME_KIND, ids.v[i]);
	return code;
}

static int named_write_missing(struct vbc_op *op, const struct vbc_nodes *nodes)
{
	const struct vbc_strs keys = vbc_host_keys_known(op);
	struct vbc_strs named = {0}, own = {0};
	size_t written = 0;
	int code = named_sort_ids(op, &keys, VBC_NAME_KIND, 0, &named);

	if (!code)
		code = named_sort_ids(op, &keys, VBC_NODE_KIND, 0, &own);
	for (size_t i = 0; !code && i < nodes->n && written < REPAIRS; i++) {
		const struct vbc_node *node = nodes->v[i];
		const char *id = named_make_id(op, node->id, node->name);

		if (!id)
			return vbc_fail_nomem(&op->error);
		if (!node->name[0] || !named_is_among(&own, node->id) || named_is_among(&named, id))
			continue;
		code = named_write(op, id);
		written++;
	}
	return code;
}

void vbc_named_repair(struct vbc_op *op, const struct vbc_nodes *nodes)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	bool wrote = op->wrote;

	if (named_write_missing(op, nodes))
		vbc_op_log(op, 2, "could not write down the names of nodes: %s", op->error.text);
	op->wrote = wrote;
}
