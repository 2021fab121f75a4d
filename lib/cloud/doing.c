/* SPDX-License-Identifier: Apache-2.0 */
#include "doing.h"

#include "clock.h"
#include "lock.h"
#include "owner.h"
#include "str.h"
#include "websession.h"

#define RENEW_MS (VBC_OWNER_LEASE_MS / 5)

/* In an entry whose undo has begun: IVirtualBox of the web session that does it, since when, and
 * the how manieth it is that broke off. */
#define UNDOING       "undoing"
#define UNDOING_SINCE "undoing_since_ms"
#define UNDOING_TRIES "undoing_tries"

#define SESSION_LIVES_MS 240000 /* at the least: vboxwebsrv forgets one that is idle for 300 s */
#define TRIES            2

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

/* Whether the host's service lives that gave out this reference to IVirtualBox. */
static int find_alive(struct vbc_op *op, vbc_ref vbox, bool *ret)
{
	struct vbc_error saved = vbc_op_try(op);
	const char *version = "";
	int code = vbc_IVirtualBox_getVersion(op, vbox, &version);

	*ret = !code;
	if (code && code != VBC_E_STALE)
		return code;
	vbc_op_try_end(op, &saved);
	return VBC_OK;
}

/*
 * Says in the entry that its undo has begun, so that one in which the host's service ends is known
 * by what it leaves. That the client ended meanwhile leaves the same; but then its web session,
 * which is named there, lives on for a while.
 */
static int mark(struct vbc_op *op, const char *id, struct vbc_meta *entry)
{
	int64_t utc_ms = 0;
	int code = vbc_websession_clock(op, &utc_ms);

	if (code)
		return code;
	vbc_meta_set_str(entry, UNDOING, op->vbox.s);
	vbc_meta_set_int(entry, UNDOING_SINCE, utc_ms);
	vbc_meta_set_int(entry, UNDOING_TRIES, vbc_meta_int(entry, UNDOING_TRIES) + 1);
	return vbc_meta_put(op, VBC_DOING_KIND, id, entry);
}

/* Another client may have undone it, and a third begun anew under that id: theirs stays. */
static bool is_marked_by_us(struct vbc_op *op, const char *id)
{
	struct vbc_meta *VBC_META now = NULL;

	return !vbc_meta_get(op, VBC_DOING_KIND, id, &now) && now &&
	       streq(vbc_meta_str(now, UNDOING), op->vbox.s);
}

static void unmark(struct vbc_op *op, const char *id, struct vbc_meta *entry)
{
	struct vbc_error saved = vbc_op_try(op);

	if (is_marked_by_us(op, id)) {
		vbc_meta_set_str(entry, UNDOING, "");
		vbc_meta_set_int(entry, UNDOING_TRIES, 0);
		vbc_meta_put(op, VBC_DOING_KIND, id, entry);
	}
	vbc_op_try_end(op, &saved);
}

void vbc_doing_undo(struct vbc_op *op, const char *id, struct vbc_meta *entry)
{
	struct vbc_error saved = vbc_op_try(op);
	size_t kind = kind_of(entry);
	bool known = kind < VBC_COUNT(kinds), undoing = op->undoing;

	op->keep = NULL;
	op->keep_entry = NULL;
	op->undoing = true;
	/* An entry whose work could not be undone stays, and is tried again by the next client. */
	if (known && !mark(op, id, entry) && !kinds[kind].undo(op, id, entry)) {
		vbc_meta_delete(op, VBC_DOING_KIND, id);
	} else {
		if (op->error.code && !op->given_up) /* that is told of */
			vbc_op_log(op, 0, "could not clean up after %s %s yet: %s",
				   known ? kinds[kind].text : "unknown work", id, op->error.text);
		unmark(op, id, entry);
	}
	op->undoing = undoing;
	vbc_op_try_end(op, &saved);
}

/*
 * Whether the host's service ended in the middle of the undo of this entry. That its web session is
 * gone says so as long as that cannot have been forgotten; later, that it happened twice.
 */
static int find_stuck(struct vbc_op *op, const struct vbc_meta *entry, int64_t utc_ms, bool *ret)
{
	const char *vbox = vbc_meta_str(entry, UNDOING);
	bool alive = true;
	int code = vbox[0] ? find_alive(op, (vbc_ref){vbox}, &alive) : VBC_OK;

	*ret = !alive && (utc_ms - vbc_meta_int(entry, UNDOING_SINCE) < SESSION_LIVES_MS ||
			  vbc_meta_int(entry, UNDOING_TRIES) >= TRIES);
	return code;
}

static int tell_stuck(struct vbc_op *op, const struct vbc_sweep *sweep, size_t kind, const char *id)
{
	const char *text =
		vbc_arena_printf(&op->arena,
				 "%s; VirtualBox's service ended when it was cleaned up, so "
				 "that is left to 'vboxcloud gc --force'",
				 kinds[kind].text);

	if (!text)
		return vbc_fail_nomem(&op->error);
	if (!sweep->dry_run)
		vbc_op_log(op, 0, "%s is %s", id, text);
	return sweep->found && sweep->dry_run
		       ? sweep->found(op, sweep->arg, kinds[kind].kind, id, text, true)
		       : VBC_OK;
}

static int take_doing(struct vbc_op *op, const struct vbc_sweep *sweep, size_t kind, const char *id,
		      struct vbc_meta *entry)
{
	int code = VBC_OK;

	if (sweep->found)
		code = sweep->found(op, sweep->arg, kinds[kind].kind, id, kinds[kind].text, false);
	if (!code && !sweep->dry_run) {
		vbc_op_log(op, 1, "removing %s: %s", kinds[kind].text, id);
		vbc_doing_undo(op, id, entry);
	}
	return code;
}

static int sweep_doing(struct vbc_op *op, const struct vbc_sweep *sweep, const char *id,
		       int64_t utc_ms)
{
	struct vbc_meta *VBC_META entry = NULL;
	int code = vbc_meta_get(op, VBC_DOING_KIND, id, &entry);
	bool stuck = false;
	size_t kind;

	if (code || !entry || !vbc_owner_gone(entry, utc_ms) ||
	    (!sweep->found && vbc_meta_int(entry, VBC_DOING_KEPT) > utc_ms))
		return code;
	kind = kind_of(entry);
	if (kind == VBC_COUNT(kinds))
		return VBC_OK; /* of a newer program than this one */
	if (!sweep->force)
		code = find_stuck(op, entry, utc_ms, &stuck);
	if (code)
		return code;
	return stuck ? tell_stuck(op, sweep, kind, id) : take_doing(op, sweep, kind, id, entry);
}

static int sweep_lock(struct vbc_op *op, const struct vbc_sweep *sweep, const char *key,
		      int64_t utc_ms)
{
	struct vbc_meta *VBC_META entry = NULL;
	int code = vbc_meta_get(op, "lock", key, &entry);

	if (code || !entry || !vbc_owner_gone(entry, utc_ms))
		return code;
	if (sweep->found)
		code = sweep->found(op, sweep->arg, "lock", key,
				    "a machine's lock whose program is gone", false);
	if (!code && !sweep->dry_run) {
		vbc_op_log(op, 1, "freeing a machine's lock whose program is gone: %s", key);
		vbc_lock_free_stale(op, key);
	}
	return code;
}

int vbc_sweep_tell(struct vbc_op *op, const struct vbc_strs *keys, const struct vbc_sweep *sweep)
{
	struct vbc_strs locks = {0}, doings = {0};
	int64_t utc_ms = 0;
	int code = vbc_meta_ids_of(op, keys, "lock", &locks);

	if (!code)
		code = vbc_meta_ids_of(op, keys, VBC_DOING_KIND, &doings);
	if (!code && (locks.n || doings.n))
		code = vbc_websession_clock(op, &utc_ms);
	for (size_t i = 0; !code && i < locks.n; i++)
		code = sweep_lock(op, sweep, locks.v[i], utc_ms);
	for (size_t i = 0; !code && i < doings.n; i++)
		code = sweep_doing(op, sweep, doings.v[i], utc_ms);
	return code;
}

int vbc_sweep(struct vbc_op *op, struct vbc_strs *ret_keys)
{
	static const struct vbc_sweep quiet = {.found = NULL};
	int code = VBC_OK;

	if (!op->keys) {
		op->keys = VBC_ARENA_NEW(&op->arena, struct vbc_strs);
		code = op->keys ? vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, op->keys)
				: vbc_fail_nomem(&op->error);
		if (!code)
			code = vbc_sweep_tell(op, op->keys, &quiet);
	}
	if (!code && ret_keys)
		*ret_keys = *op->keys;
	return code;
}
