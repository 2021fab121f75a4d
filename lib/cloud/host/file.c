/* SPDX-License-Identifier: Apache-2.0 */
#include "host/file.h"

#include "base/path.h"
#include "vbox/aside.h"
#include "vbox/progress.h"

/* An explorer that looks at a folder; *ret_appliance owns it and is released with it. */
static int explorer_open_folder(struct vbc_op *op, const char *folder, vbc_ref *ret_appliance,
				vbc_ref *ret_explorer)
{
	const char *uri = vbc_arena_printf(&op->arena, "file://%s", folder);
	vbc_ref appliance = {NULL};
	int code;

	if (!uri)
		return vbc_fail_nomem(&op->error);
	code = vbc_IVirtualBox_createAppliance(op, op->vbox, &appliance);
	if (!code)
		code = vbc_IAppliance_createVFSExplorer(op, appliance, uri, ret_explorer);
	if (code)
		vbc_op_release(op, appliance);
	else
		*ret_appliance = appliance;
	return code;
}

static void explorer_close(struct vbc_op *op, vbc_ref appliance, vbc_ref explorer)
{
	vbc_op_release(op, explorer);
	vbc_op_release(op, appliance);
}

static int explorer_list_entries(struct vbc_op *op, vbc_ref explorer, struct vbc_strs *ret_names)
{
	struct vbc_u32s types = {0}, modes = {0};
	struct vbc_i64s sizes = {0};
	vbc_ref progress = {NULL};
	int code = vbc_IVFSExplorer_update(op, explorer, &progress);

	if (!code)
		code = vbc_progress_wait(op, progress, op->progress.what, op->progress.percent,
					 op->progress.percent);
	return code ? code
		    : vbc_IVFSExplorer_entryList(op, explorer, ret_names, &types, &sizes, &modes);
}

int vbc_host_file_look(struct vbc_op *op, const char *folder, bool *ret_listed,
		       struct vbc_strs *ret_names)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	vbc_ref appliance = {NULL}, explorer = {NULL};
	struct vbc_strs names = {0};
	int code = explorer_open_folder(op, folder, &appliance, &explorer);

	if (!code) {
		code = explorer_list_entries(op, explorer, &names);
		explorer_close(op, appliance, explorer);
	}
	if (code == VBC_E_NOMEM || code == VBC_E_CONNECT || code == VBC_E_CANCELLED ||
	    code == VBC_E_STALE || code == VBC_E_TIMEOUT)
		return vbc_aside_end(&aside, code);
	*ret_listed = !code;
	*ret_names = names;
	return VBC_OK;
}

int vbc_host_file_list(struct vbc_op *op, const char *folder, struct vbc_strs *ret_names)
{
	bool listed;

	return vbc_host_file_look(op, folder, &listed, ret_names);
}

static int folder_remove_entry(struct vbc_op *op, const char *folder, const char *name)
{
	const struct vbc_strs one = {.n = 1, .v = &name};
	vbc_ref appliance = {NULL}, explorer = {NULL}, progress = {NULL};
	int code = explorer_open_folder(op, folder, &appliance, &explorer);

	if (code)
		return code;
	code = vbc_IVFSExplorer_remove(op, explorer, one, &progress);
	if (!code)
		code = vbc_progress_wait(op, progress, op->progress.what, op->progress.percent,
					 op->progress.percent);
	explorer_close(op, appliance, explorer);
	return code;
}

/* In a folder that cannot be read there may be one all the same. */
int vbc_host_file_remove(struct vbc_op *op, const char *path)
{
	const char *base = vbc_path_base(path);
	char *folder = vbc_arena_strndup(&op->arena, path, (size_t)(base - path) - 1);
	struct vbc_strs names = {0};
	struct vbc_aside aside;
	bool listed = false;
	int code = folder ? vbc_host_file_look(op, folder, &listed, &names)
			  : vbc_fail_nomem(&op->error);

	if (code || (listed && !vbc_strs_has(&names, base)))
		return code;
	if (listed)
		return folder_remove_entry(op, folder, base);
	aside = vbc_aside_begin(op);
	return vbc_aside_forgive(&aside, folder_remove_entry(op, folder, base), VBC_REFUSALS);
}
