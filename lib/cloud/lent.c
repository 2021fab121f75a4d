/* SPDX-License-Identifier: Apache-2.0 */
#include "lent.h"

#include "doing.h"
#include "folders.h"
#include "host-file.h"
#include "meta.h"
#include "str.h"

#define DISK "disk"

static const char *id_of(struct vbc_op *op, const char *image, const char *node)
{
	return vbc_arena_printf(&op->arena, "%s/%s", image, node);
}

int vbc_lent_put(struct vbc_op *op, const char *image, const char *node, const char *disk)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new();
	const char *id = id_of(op, image, node);

	if (!meta || !id)
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_str(meta, DISK, disk);
	return vbc_meta_put(op, VBC_LENT_KIND, id, meta);
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

/* Whether there is such a file, or may be: a folder that cannot be read may have it. */
static int may_be_there(struct vbc_op *op, const char *path, bool *ret)
{
	const char *base = vbc_path_base(path), *name;
	char *folder = vbc_arena_strndup(&op->arena, path, (size_t)(base - path));
	struct vbc_strs names = {0};
	bool listed = false;
	int code = folder ? vbc_host_file_look(op, folder, &listed, &names)
			  : vbc_fail_nomem(&op->error);

	*ret = !listed || vbc_strs_has(&names, base);
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

int vbc_lent_holds(struct vbc_op *op, const char *id, bool *ret)
{
	struct vbc_meta *VBC_META meta = NULL;
	int code = vbc_meta_get(op, VBC_LENT_KIND, id, &meta);

	if (!code && !meta)
		*ret = false;
	return code || !meta ? code : may_be_there(op, vbc_meta_str(meta, DISK), ret);
}

int vbc_lent_find(struct vbc_op *op, const char *image, const char **ret_node)
{
	struct vbc_strs keys = {0}, ids = {0};
	size_t n = strlen(image);
	int code = vbc_sweep(op, &keys);

	*ret_node = "";
	if (!code)
		code = vbc_meta_ids_of(op, &keys, VBC_LENT_KIND, &ids);
	for (size_t i = 0; !code && i < ids.n; i++) {
		bool holds = false;

		if (!vbc_starts_with(ids.v[i], image) || ids.v[i][n] != '/')
			continue;
		code = vbc_lent_holds(op, ids.v[i], &holds);
		if (!code && holds)
			*ret_node = ids.v[i] + n + 1;
		else if (!code)
			code = vbc_meta_delete(op, VBC_LENT_KIND, ids.v[i]);
	}
	return code;
}
