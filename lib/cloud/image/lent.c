/* SPDX-License-Identifier: Apache-2.0 */
#include "image/lent.h"

#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "disk/kinds.h"
#include "disk/medium.h"
#include "host/file.h"
#include "host/keys.h"
#include "host/tree.h"
#include "machine/registered.h"
#include "vbox/meta.h"

#define SETTINGS "settings"
#define DISK     "disk" /* in older records, instead: the disk that was linked to the image */
#define PATH     "path" /* of the image                                                     */

static const char *lent_make_id(struct vbc_op *op, const char *image, const char *node)
{
	return vbc_arena_printf(&op->arena, "%s/%s", image, node);
}

static int lent_put_entry(struct vbc_op *op, const char *kind, const char *id, const char *settings,
			  const char *path)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new();

	if (!meta || !id)
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_str(meta, SETTINGS, settings);
	if (path)
		vbc_meta_set_str(meta, PATH, path);
	return vbc_meta_put(op, kind, id, meta);
}

int vbc_lent_put(struct vbc_op *op, const char *image, const char *node, const char *settings)
{
	return lent_put_entry(op, VBC_LENT_KIND, lent_make_id(op, image, node), settings, NULL);
}

int vbc_borrowed_put(struct vbc_op *op, const char *image, const char *node, const char *settings,
		     const char *path)
{
	return lent_put_entry(op, VBC_BORROWED_KIND, lent_make_id(op, image, node), settings, path);
}

int vbc_lent_drop(struct vbc_op *op, const struct vbc_strs *keys, const char *node)
{
	struct vbc_strs ids = {0};
	int code = vbc_meta_ids_of(op, keys, VBC_LENT_KIND, &ids);

	for (size_t i = 0; !code && i < ids.n; i++)
		if (vbc_ends_with(ids.v[i], node))
			code = vbc_meta_delete(op, VBC_LENT_KIND, ids.v[i]);
	return code;
}

/* While VirtualBox writes settings anew they are there under a longer name. */
static bool lent_has_file(const struct vbc_strs *names, const char *base)
{
	for (size_t i = 0; i < names->n; i++)
		if (vbc_starts_with(names->v[i], base))
			return true;
	return false;
}

/* Whether there is such a file, or may be: a folder that cannot be read may have it. */
static int lent_may_be_there(struct vbc_op *op, const char *path, bool *ret)
{
	const char *base = vbc_path_base(path), *name;
	char *folder = vbc_arena_strndup(&op->arena, path, (size_t)(base - path));
	struct vbc_strs names = {0};
	bool listed = false;
	int code = folder ? vbc_host_file_look(op, folder, &listed, &names)
			  : vbc_fail_nomem(&op->error);

	*ret = !listed || lent_has_file(&names, base);
	if (code || listed || !folder[0])
		return code;
	folder[strlen(folder) - 1] = '\0'; /* the separator; then the folder above it */
	name = vbc_path_base(folder);
	folder = vbc_arena_strndup(&op->arena, folder, (size_t)(name - folder));
	code = folder ? vbc_host_file_look(op, folder, &listed, &names)
		      : vbc_fail_nomem(&op->error);
	*ret = !listed || vbc_strs_has(&names, name);
	return code;
}

/* An older record has no settings, which are beside the disk or, after a merge, were. */
static const char *lent_read_settings(struct vbc_op *op, const struct vbc_meta *meta,
				      const char *node)
{
	const char *settings = vbc_meta_str(meta, SETTINGS), *disk = vbc_meta_str(meta, DISK);

	if (settings[0])
		return settings;
	return vbc_arena_printf(&op->arena, "%.*s%s.vbox", (int)(vbc_path_base(disk) - disk), disk,
				node);
}

int vbc_lent_holds(struct vbc_op *op, const char *kind, const char *id, bool *ret)
{
	struct vbc_meta *VBC_META meta = NULL;
	const char *node = strrchr(id, '/'), *settings;
	vbc_ref machine = {NULL};
	int code = vbc_meta_get(op, kind, id, &meta);

	*ret = false;
	if (code || !meta)
		return code;
	node = node ? node + 1 : id;
	settings = lent_read_settings(op, meta, node);
	if (!settings)
		return vbc_fail_nomem(&op->error);
	if (streq(kind, VBC_BORROWED_KIND))
		code = vbc_node_registered(op, node, &machine);
	*ret = !vbc_ref_is_null(machine);
	return code || *ret ? code : lent_may_be_there(op, settings, ret);
}

static bool lent_is_of_image(const char *id, const char *image)
{
	return vbc_starts_with(id, image) && id[strlen(image)] == '/';
}

const char *vbc_lent_node(const struct vbc_strs *ids, const char *image)
{
	for (size_t i = 0; i < ids->n; i++)
		if (lent_is_of_image(ids->v[i], image))
			return ids->v[i] + strlen(image) + 1;
	return NULL;
}

static int lent_find_ids(struct vbc_op *op, const char *kind, struct vbc_strs *ret_ids)
{
	struct vbc_strs keys = {0};
	int code = vbc_host_keys(op, &keys);

	return code ? code : vbc_meta_ids_of(op, &keys, kind, ret_ids);
}

int vbc_lent_find(struct vbc_op *op, const char *image, const char **ret_node)
{
	struct vbc_strs ids = {0};
	int code = lent_find_ids(op, VBC_LENT_KIND, &ids);

	*ret_node = "";
	for (size_t i = 0; !code && i < ids.n; i++) {
		bool holds = false;

		if (!lent_is_of_image(ids.v[i], image))
			continue;
		code = vbc_lent_holds(op, VBC_LENT_KIND, ids.v[i], &holds);
		if (!code && holds)
			*ret_node = ids.v[i] + strlen(image) + 1;
		else if (!code)
			code = vbc_meta_delete(op, VBC_LENT_KIND, ids.v[i]);
	}
	return code;
}

int vbc_borrowed_find(struct vbc_op *op, const char *image, const char **ret_node)
{
	struct vbc_strs ids = {0};
	int code = lent_find_ids(op, VBC_BORROWED_KIND, &ids);
	const char *node = code ? NULL : vbc_lent_node(&ids, image);

	*ret_node = node ? node : "";
	return code;
}

int vbc_borrowed_path(struct vbc_op *op, const char *id, const char **ret_path)
{
	struct vbc_meta *VBC_META meta = NULL;
	int code = vbc_meta_get(op, VBC_BORROWED_KIND, id, &meta);

	if (code)
		return code;
	*ret_path = vbc_arena_strdup(&op->arena, vbc_meta_str(meta, PATH));
	return *ret_path ? VBC_OK : vbc_fail_nomem(&op->error);
}

static int lent_find_users(struct vbc_op *op, const struct vbc_tree *disks, bool *ret_used)
{
	int code = VBC_OK;

	for (struct vbc_branch *b = disks->first; !code && !*ret_used && b; b = b->next) {
		struct vbc_strs machines = {0};

		code = vbc_IMedium_getMachineIds(op, b->ref, &machines);
		*ret_used = machines.n;
	}
	return code;
}

static int lent_close_all(struct vbc_op *op, const struct vbc_tree *disks)
{
	int code = VBC_OK;

	for (struct vbc_branch *b = disks->last; !code && b; b = b->before)
		code = vbc_IMedium_close(op, b->ref);
	return code;
}

int vbc_borrowed_close(struct vbc_op *op, const char *path, bool *ret_closed)
{
	struct vbc_tree disks = {.n = 0};
	vbc_ref image = {NULL};
	bool used = false;
	int code = vbc_medium_known(op, path, &image);

	*ret_closed = !code;
	if (code || vbc_ref_is_null(image))
		return code;
	code = vbc_tree_read(op, VBC_M_IMedium_getChildren, image, &disks);
	if (!code)
		code = lent_find_users(op, &disks, &used);
	if (!code && !used)
		code = lent_close_all(op, &disks);
	*ret_closed = !code && !used;
	return code;
}

int vbc_borrowed_end(struct vbc_op *op, const char *image, const char *node, const char *path)
{
	const char *id = lent_make_id(op, image, node);
	struct vbc_strs ids = {0};
	/* Of a record without a path it is not known that the image is another host's. */
	bool shared = !path[0], closed = true;
	int code = id ? vbc_meta_ids(op, VBC_BORROWED_KIND, &ids) : vbc_fail_nomem(&op->error);

	for (size_t i = 0; i < ids.n; i++)
		shared = shared || (lent_is_of_image(ids.v[i], image) && !streq(ids.v[i], id));
	if (!code && !shared)
		code = vbc_borrowed_close(op, path, &closed);
	if (!code && !shared && closed)
		code = vbc_meta_delete(op, VBC_IMAGE_KIND, image);
	return code || !closed ? code : vbc_meta_delete(op, VBC_BORROWED_KIND, id);
}

static int lent_drop_one(struct vbc_op *op, const char *id, const char *node)
{
	const char *image = vbc_arena_strndup(&op->arena, id, strlen(id) - strlen(node) - 1);
	const char *path = "";
	int code = image ? vbc_borrowed_path(op, id, &path) : vbc_fail_nomem(&op->error);

	return code ? code : vbc_borrowed_end(op, image, node, path);
}

int vbc_borrowed_drop(struct vbc_op *op, const char *node)
{
	const char *end = vbc_arena_printf(&op->arena, "/%s", node);
	struct vbc_strs keys = vbc_host_keys_known(op), ids = {0};
	int code = end ? vbc_meta_ids_of(op, &keys, VBC_BORROWED_KIND, &ids)
		       : vbc_fail_nomem(&op->error);

	for (size_t i = 0; !code && i < ids.n; i++)
		if (vbc_ends_with(ids.v[i], end))
			code = lent_drop_one(op, ids.v[i], node);
	return code;
}

int vbc_borrowed_refuse(struct vbc_op *op, const char *image, const char *name)
{
	const char *node = "";
	int code = vbc_borrowed_find(op, image, &node);

	return code || !node[0]
		       ? code
		       : vbc_fail(&op->error, VBC_E_STATE,
				  "image '%s' belongs to another host, which would not know of "
				  "another node that is linked to it; make a full copy",
				  name);
}
