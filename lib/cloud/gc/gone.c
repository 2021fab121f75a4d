/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whether a node is gone for good. In doubt it is not.
 */
#include "gc/gone.h"

#include "base/path.h"
#include "base/str.h"
#include "host/file.h"
#include "host/folders.h"
#include "journal/entry.h"
#include "vbox/meta.h"

#define SETTINGS_SUFFIX ".vbox"

int vbc_gc_journal(struct vbc_op *op, struct vbc_strs *ret_journal)
{
	struct vbc_strs ids = {0};
	const char **texts;
	int code = vbc_meta_ids(op, VBC_JOURNAL_KIND, &ids);

	if (code)
		return code;
	texts = VBC_ARENA_ARRAY(&op->arena, const char *, 2 * ids.n);
	if (!texts)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; !code && i < ids.n; i++) {
		const char *key = vbc_meta_key(op, VBC_JOURNAL_KIND, ids.v[i]);

		texts[2 * i] = ids.v[i];
		code = key ? vbc_IVirtualBox_getExtraData(op, op->vbox, key, &texts[2 * i + 1])
			   : vbc_fail_nomem(&op->error);
	}
	if (!code)
		*ret_journal = (struct vbc_strs){.n = 2 * ids.n, .v = texts};
	return code;
}

bool vbc_gc_is_named(const struct vbc_strs *journal, const char *what)
{
	for (size_t i = 0; i < journal->n; i++)
		if (strstr(journal->v[i], what))
			return true;
	return false;
}

int vbc_gc_node_of(struct vbc_op *op, const char *machines, const char *path, const char **ret_id)
{
	size_t n = strlen(machines);
	const char *id;

	*ret_id = "";
	if (!vbc_path_in(path, machines, false))
		return VBC_OK;
	while (n && (machines[n - 1] == '/' || machines[n - 1] == '\\'))
		n--;
	path += n + 1;
	n = strcspn(path, "/\\");
	id = vbc_arena_strndup(&op->arena, path, n);
	if (!id)
		return vbc_fail_nomem(&op->error);
	if (path[n] && vbc_is_uuid(id))
		*ret_id = id;
	return VBC_OK;
}

struct ids {
	const char **v;
	size_t n;
};

/* Those that are ids, each once, without those that are being worked on. */
static int gc_choose_ids(struct vbc_op *op, const struct vbc_strs *from, struct ids *ids)
{
	struct vbc_strs journal = {0};
	int code = vbc_gc_journal(op, &journal);

	ids->v = VBC_ARENA_ARRAY(&op->arena, const char *, from->n);
	if (!code && !ids->v)
		code = vbc_fail_nomem(&op->error);
	for (size_t i = 0; !code && i < from->n; i++) {
		const struct vbc_strs so_far = {.n = ids->n, .v = ids->v};

		if (vbc_is_uuid(from->v[i]) && !vbc_strs_has(&so_far, from->v[i]) &&
		    !vbc_gc_is_named(&journal, from->v[i]))
			ids->v[ids->n++] = from->v[i];
	}
	return code;
}

/* Leaves those that VirtualBox does not know. */
static int gc_drop_known(struct vbc_op *op, struct ids *ids)
{
	struct vbc_batch_call *calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, ids->n);
	vbc_ref *machines = VBC_ARENA_ARRAY(&op->arena, vbc_ref, ids->n);
	size_t kept = 0;
	int code;

	if (!calls || !machines)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < ids->n; i++)
		calls[i] = (struct vbc_batch_call){.method = VBC_M_IVirtualBox_findMachine,
						   .self = op->vbox,
						   .in = {{.s = ids->v[i]}},
						   .out = &machines[i]};
	code = vbc_batch(op, calls, ids->n);
	for (size_t i = 0; !code && i < ids->n; i++)
		if (calls[i].code == VBC_E_NOTFOUND)
			ids->v[kept++] = ids->v[i];
	ids->n = kept;
	return code;
}

int vbc_gc_look(struct vbc_op *op, const char *name, bool *ret_sure, struct vbc_strs *ret_names)
{
	struct vbc_folders folders;
	struct vbc_strs all = {0};
	bool listed = false;
	const char *folder;
	int code = vbc_folders_get(op, &folders);

	if (code)
		return code;
	folder = vbc_path_join(&op->arena, folders.machines, name);
	code = folder ? vbc_host_file_look(op, folder, ret_sure, ret_names)
		      : vbc_fail_nomem(&op->error);
	if (code || *ret_sure)
		return code;
	code = vbc_host_file_look(op, folders.machines, &listed, &all);
	*ret_sure = listed && !vbc_strs_has(&all, name);
	return code;
}

/* Leaves those whose folders have no settings of a machine, for sure. */
static int gc_drop_kept(struct vbc_op *op, struct ids *ids)
{
	size_t kept = 0;
	int code = VBC_OK;

	for (size_t i = 0; !code && i < ids->n; i++) {
		struct vbc_strs names = {0};
		bool goes = false;

		code = vbc_gc_look(op, ids->v[i], &goes, &names);
		for (size_t j = 0; j < names.n; j++)
			goes = goes && !vbc_ends_with(names.v[j], SETTINGS_SUFFIX);
		if (goes)
			ids->v[kept++] = ids->v[i];
	}
	ids->n = kept;
	return code;
}

int vbc_gc_gone_nodes(struct vbc_op *op, const struct vbc_strs *ids, struct vbc_strs *ret_gone)
{
	struct ids gone = {.n = 0};
	int code = gc_choose_ids(op, ids, &gone);

	if (!code)
		code = gc_drop_known(op, &gone);
	if (!code)
		code = gc_drop_kept(op, &gone);
	if (!code)
		*ret_gone = (struct vbc_strs){.n = gone.n, .v = gone.v};
	return code;
}
