/* SPDX-License-Identifier: Apache-2.0 */
#include "doing.h"

#include "clock.h"
#include "lock.h"
#include "owner.h"
#include "str.h"
#include "websession.h"

#define RENEW_MS (VBC_OWNER_LEASE_MS / 5)

static const struct {
	const char *kind;
	const char *text;
	int (*undo)(struct vbc_op *op, const char *id, const struct vbc_meta *entry);
} kinds[] = {
	{"node", "a node whose creation was interrupted", vbc_node_create_undo},
	{"node-destroy", "a node whose deletion was interrupted", vbc_node_destroy_undo},
	{"node-resize", "a node whose resizing was interrupted", vbc_node_resize_undo},
	{"node-arrive", "a node that was to come from another host", vbc_node_arrive_undo},
	{"node-leave", "a node that was to go to another host", vbc_node_leave_undo},
	{"image", "an image whose making was interrupted", vbc_image_import_undo},
	{"volume", "a volume whose creation or destruction was interrupted",
	 vbc_volume_create_undo},
	{"volume-resize", "a volume whose growth was interrupted", vbc_volume_resize_undo},
	{"seed", "a seed whose replacement was interrupted", vbc_seed_replace_undo},
	{"display", "a remote display whose change was interrupted", vbc_display_undo},
	{"forward", "a port forward whose addition or removal was interrupted", vbc_forward_undo},
	{"network-detach", "a network adapter whose detaching was interrupted",
	 vbc_network_detach_undo},
	{"network", "a network whose creation was interrupted", vbc_network_undo},
	{"snapshot", "a snapshot whose creation or deletion was interrupted", vbc_snapshot_undo},
	{"image-export", "an image whose export was interrupted", vbc_image_export_undo},
	{"image-delete", "an image whose deletion was interrupted", vbc_image_delete_undo},
};

static int write_entry(struct vbc_op *op, const char *id, struct vbc_meta *entry)
{
	int64_t utc_ms = 0;
	int code = vbc_websession_clock(op, &utc_ms);

	if (code)
		return code;
	vbc_owner_sign(entry, utc_ms);
	op->keep_at_ms = vbc_now_ms() + RENEW_MS;
	return vbc_meta_put(op, VBC_DOING_KIND, id, entry);
}

static void keep(struct vbc_op *op)
{
	struct vbc_error saved = vbc_op_try(op);

	write_entry(op, op->keep_id, op->keep_entry);
	vbc_op_try_end(op, &saved);
}

int vbc_doing_begin(struct vbc_op *op, const char *kind, const char *id, struct vbc_meta *entry)
{
	vbc_meta_set_str(entry, "kind", kind);
	op->keep = keep;
	op->keep_id = id;
	op->keep_entry = entry;
	return write_entry(op, id, entry);
}

int vbc_doing_note(struct vbc_op *op, const char *key, const char *value)
{
	if (!op->keep_entry)
		return VBC_OK;
	vbc_meta_set_str(op->keep_entry, key, value);
	return write_entry(op, op->keep_id, op->keep_entry);
}

int vbc_doing_end(struct vbc_op *op, const char *id)
{
	op->keep = NULL;
	op->keep_entry = NULL;
	return vbc_meta_delete(op, VBC_DOING_KIND, id);
}

static size_t kind_of(const struct vbc_meta *entry)
{
	size_t i = 0;

	while (i < VBC_COUNT(kinds) && !streq(kinds[i].kind, vbc_meta_str(entry, "kind")))
		i++;
	return i;
}

void vbc_doing_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	struct vbc_error saved = vbc_op_try(op);
	size_t kind = kind_of(entry);
	bool undoing = op->undoing;

	op->keep = NULL;
	op->keep_entry = NULL;
	op->undoing = true;
	/* An entry whose work could not be undone stays, and is tried again by the next client. */
	if (kind < VBC_COUNT(kinds) && kinds[kind].undo(op, id, entry) == VBC_OK)
		vbc_meta_delete(op, VBC_DOING_KIND, id);
	else if (op->error.code)
		vbc_op_log(op, 0, "could not clean up after %s %s yet: %s",
			   kind < VBC_COUNT(kinds) ? kinds[kind].text : "unknown work", id,
			   op->error.text);
	op->undoing = undoing;
	vbc_op_try_end(op, &saved);
}

static int sweep_doing(struct vbc_op *op, const char *id, int64_t utc_ms, bool dry_run,
		       vbc_leftover_fn *found, void *arg)
{
	struct vbc_meta *VBC_META entry = NULL;
	int code = vbc_meta_get(op, VBC_DOING_KIND, id, &entry);
	size_t kind;

	if (code || !entry || !vbc_owner_gone(entry, utc_ms) ||
	    (!found && vbc_meta_int(entry, VBC_DOING_KEPT) > utc_ms))
		return code;
	kind = kind_of(entry);
	if (kind == VBC_COUNT(kinds))
		return VBC_OK; /* of a newer program than this one */
	if (found)
		code = found(op, arg, kinds[kind].kind, id, kinds[kind].text);
	if (!code && !dry_run) {
		vbc_op_log(op, 1, "removing %s: %s", kinds[kind].text, id);
		vbc_doing_undo(op, id, entry);
	}
	return code;
}

static int sweep_lock(struct vbc_op *op, const char *key, int64_t utc_ms, bool dry_run,
		      vbc_leftover_fn *found, void *arg)
{
	struct vbc_meta *VBC_META entry = NULL;
	int code = vbc_meta_get(op, "lock", key, &entry);

	if (code || !entry || !vbc_owner_gone(entry, utc_ms))
		return code;
	if (found)
		code = found(op, arg, "lock", key, "a machine's lock whose program is gone");
	if (!code && !dry_run) {
		vbc_op_log(op, 1, "freeing a machine's lock whose program is gone: %s", key);
		vbc_lock_free_stale(op, key);
	}
	return code;
}

int vbc_sweep_tell(struct vbc_op *op, const struct vbc_strs *keys, bool dry_run,
		   vbc_leftover_fn *found, void *arg)
{
	struct vbc_strs locks = {0}, doings = {0};
	int64_t utc_ms = 0;
	int code = vbc_meta_ids_of(op, keys, "lock", &locks);

	if (!code)
		code = vbc_meta_ids_of(op, keys, VBC_DOING_KIND, &doings);
	if (!code && (locks.n || doings.n))
		code = vbc_websession_clock(op, &utc_ms);
	for (size_t i = 0; !code && i < locks.n; i++)
		code = sweep_lock(op, locks.v[i], utc_ms, dry_run, found, arg);
	for (size_t i = 0; !code && i < doings.n; i++)
		code = sweep_doing(op, doings.v[i], utc_ms, dry_run, found, arg);
	return code;
}

int vbc_sweep(struct vbc_op *op, struct vbc_strs *ret_keys)
{
	int code = VBC_OK;

	if (!op->keys) {
		op->keys = VBC_ARENA_NEW(&op->arena, struct vbc_strs);
		code = op->keys ? vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, op->keys)
				: vbc_fail_nomem(&op->error);
		if (!code)
			code = vbc_sweep_tell(op, op->keys, false, NULL, NULL);
	}
	if (!code && ret_keys)
		*ret_keys = *op->keys;
	return code;
}
