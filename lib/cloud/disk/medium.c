/* SPDX-License-Identifier: Apache-2.0 */
#include "disk/medium.h"

#include "base/clock.h"
#include "base/str.h"
#include "host/file.h"
#include "host/tree.h"
#include "journal/entry.h"
#include "vbox/progress.h"

#define SETTLE_MS  60000 /* how long work whose client is gone may go on */
#define RELEASE_MS 5000  /* and how long it takes until what it had open is free */

int vbc_medium_open(struct vbc_op *op, const char *location, enum vbc_AccessMode mode,
		    vbc_ref *ret_medium)
{
	bool wrote = op->wrote;
	int code = vbc_IVirtualBox_openMedium(op, op->vbox, location, VBC_DeviceType_HardDisk, mode,
					      false, ret_medium);

	if (vbc_is_uuid(location)) /* looked for among those that are known */
		op->wrote = wrote;
	return code;
}

int vbc_medium_find(struct vbc_op *op, const char *id, vbc_ref *ret_medium)
{
	struct vbc_error saved = vbc_op_try(op);
	int code = vbc_medium_open(op, id, VBC_AccessMode_ReadOnly, ret_medium);

	/* An id that it does not know VirtualBox takes for a path, which this cannot be. */
	if (code && code != VBC_E_FAULT && code != VBC_E_NOTFOUND)
		return code;
	vbc_op_try_end(op, &saved);
	if (code)
		*ret_medium = (vbc_ref){NULL};
	return VBC_OK;
}

static const int dynamic[] = {VBC_MediumVariant_Standard};
static const struct vbc_enums standard = {.n = 1, .v = dynamic};

/*
 * Hosts without resizeAndCloneTo (before 7.0.6) copy into a disk that is made first, as large as
 * wanted. One grown afterwards would not do: none smaller than 1 MiB can be copied to at all, and
 * of the size of the others the host learns only later, after it made snapshots of the old size.
 */
static int make_room(struct vbc_op *op, vbc_ref target, uint64_t size_bytes, unsigned at)
{
	vbc_ref progress = {NULL};
	int code = vbc_IMedium_createBaseStorage(op, target, (int64_t)size_bytes, standard,
						 &progress);

	return code ? code : vbc_progress_wait(op, progress, op->progress.what, at, at);
}

/* Notes the work in the journal and waits for it. */
static int finish(struct vbc_op *op, vbc_ref progress, const char *what, unsigned from, unsigned to)
{
	int code = vbc_journal_note(op, VBC_MEDIUM_PROGRESS, progress.s);

	return code ? code : vbc_progress_wait(op, progress, what, from, to);
}

int vbc_medium_copy(struct vbc_op *op, vbc_ref source, const char *path, uint64_t size_bytes,
		    const char *what, unsigned from, unsigned to, vbc_ref *ret_medium)
{
	bool in_one = size_bytes && vbc_op_has(op, VBC_M_IMedium_resizeAndCloneTo);
	vbc_ref target = {NULL}, progress = {NULL};
	bool made = false;
	int code = vbc_IVirtualBox_createMedium(op, op->vbox, "VDI", path,
						VBC_AccessMode_ReadWrite, VBC_DeviceType_HardDisk,
						&target);

	if (!code && size_bytes && !in_one) {
		code = make_room(op, target, size_bytes, from);
		made = code == VBC_OK;
	}
	if (!code)
		code = in_one ? vbc_IMedium_resizeAndCloneTo(op, source, target,
							     (int64_t)size_bytes, standard,
							     (vbc_ref){NULL}, &progress)
			      : vbc_IMedium_cloneToBase(op, source, target, standard, &progress);
	if (!code)
		code = finish(op, progress, what, from, to);
	if (code && made)
		vbc_medium_delete(op, target);
	else if (!code)
		*ret_medium = target;
	return code; /* VirtualBox removes what it has not copied to the end */
}

int vbc_medium_link(struct vbc_op *op, vbc_ref base, const char *path, unsigned at,
		    vbc_ref *ret_medium)
{
	const int layout[] = {VBC_MediumVariant_Diff};
	const struct vbc_enums variant = {.n = 1, .v = layout};
	vbc_ref medium = {NULL}, progress = {NULL};
	int code = vbc_IVirtualBox_createMedium(op, op->vbox, "VDI", path,
						VBC_AccessMode_ReadWrite, VBC_DeviceType_HardDisk,
						&medium);

	if (!code)
		code = vbc_IMedium_createDiffStorage(op, base, medium, variant, &progress);
	if (!code)
		code = finish(op, progress, "linking the disk", at, at);
	if (!code)
		*ret_medium = medium;
	return code;
}

int vbc_medium_make(struct vbc_op *op, const char *path, uint64_t size_bytes, bool fixed,
		    const char *what, unsigned from, unsigned to, vbc_ref *ret_medium)
{
	const int layout[] = {fixed ? VBC_MediumVariant_Fixed : VBC_MediumVariant_Standard};
	const struct vbc_enums variant = {.n = 1, .v = layout};
	vbc_ref medium = {NULL}, progress = {NULL};
	int code = vbc_IVirtualBox_createMedium(op, op->vbox, "VDI", path,
						VBC_AccessMode_ReadWrite, VBC_DeviceType_HardDisk,
						&medium);

	if (!code)
		code = vbc_IMedium_createBaseStorage(op, medium, (int64_t)size_bytes, variant,
						     &progress);
	if (!code)
		code = finish(op, progress, what, from, to);
	if (!code)
		*ret_medium = medium;
	return code;
}

int vbc_medium_fill(struct vbc_op *op, vbc_ref source, vbc_ref medium, const char *what,
		    unsigned from, unsigned to)
{
	vbc_ref progress = {NULL};
	int code = vbc_IMedium_cloneToBase(op, source, medium, (struct vbc_enums){0}, &progress);

	return code ? code : finish(op, progress, what, from, to);
}

/* Saves the settings whatever went wrong before: see vbc_medium_attach(). */
static int save(struct vbc_op *op, vbc_ref machine, int code)
{
	if (!code)
		code = vbc_IMachine_saveSettings(op, machine);
	if (code) {
		struct vbc_error saved = vbc_op_try(op);

		vbc_IMachine_saveSettings(op, machine);
		vbc_op_try_end(op, &saved);
	}
	return code;
}

/*
 * A disk whose attachment is given up instead of saved counts as attached until the host's service
 * is restarted, and cannot be deleted; so the settings are saved whatever went wrong. (Detaching
 * it instead crashes VBoxSVC.)
 */
int vbc_medium_attach(struct vbc_op *op, vbc_ref machine, const struct vbc_place *place,
		      vbc_ref medium)
{
	int code = vbc_IMachine_attachDevice(op, machine, place->controller, place->port,
					     place->device, VBC_DeviceType_HardDisk, medium);

	if (!code && place->hot)
		code = vbc_IMachine_setHotPluggableForDevice(op, machine, place->controller,
							     place->port, place->device, true);
	return save(op, machine, code);
}

int vbc_medium_insert(struct vbc_op *op, vbc_ref machine, const struct vbc_place *place,
		      vbc_ref disc)
{
	return save(op, machine,
		    vbc_IMachine_attachDevice(op, machine, place->controller, place->port,
					      place->device, VBC_DeviceType_DVD, disc));
}

int vbc_medium_detach(struct vbc_op *op, vbc_ref machine, const struct vbc_place *place)
{
	return save(op, machine,
		    vbc_IMachine_detachDevice(op, machine, place->controller, place->port,
					      place->device));
}

int vbc_medium_delete(struct vbc_op *op, vbc_ref medium)
{
	vbc_ref progress = {NULL};
	int code = vbc_IMedium_deleteStorage(op, medium, &progress);

	return code ? code
		    : vbc_progress_wait(op, progress, "deleting", op->progress.percent,
					op->progress.percent);
}

int vbc_medium_locations(struct vbc_op *op, const struct vbc_refs *media, const char ***ret)
{
	struct vbc_batch_call *calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, media->n);
	const char **locations = VBC_ARENA_ARRAY(&op->arena, const char *, media->n);
	int code;

	if (!calls || !locations)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < media->n; i++)
		calls[i] = (struct vbc_batch_call){.method = VBC_M_IMedium_getLocation,
						   .self = media->v[i], .out = &locations[i]};
	code = vbc_batch(op, calls, media->n);
	for (size_t i = 0; i < media->n; i++)
		if (calls[i].code)
			locations[i] = NULL;
	*ret = locations;
	return code;
}

/* The one of these disks that is at the path, or null. */
static int find_at(struct vbc_op *op, const struct vbc_refs *disks, const char *path, vbc_ref *ret)
{
	const char **locations = NULL;
	int code = vbc_medium_locations(op, disks, &locations);

	*ret = (vbc_ref){NULL};
	for (size_t i = 0; !code && i < disks->n; i++)
		if (locations[i] && streq(locations[i], path))
			*ret = disks->v[i];
	return code;
}

int vbc_medium_known(struct vbc_op *op, const char *path, vbc_ref *ret_medium)
{
	struct vbc_refs disks = {0};
	int code = vbc_IVirtualBox_getHardDisks(op, op->vbox, &disks);

	return code ? code : find_at(op, &disks, path, ret_medium);
}

/* Several lists, one behind the other, as one. */
static int join(struct vbc_op *op, const struct vbc_refs *lists, size_t count, struct vbc_refs *ret)
{
	vbc_ref *v;
	size_t n = 0, at = 0;
	int code;

	for (size_t i = 0; i < count; i++)
		n += lists[i].n;
	code = vbc_tree_check(op, n, 0);
	if (code)
		return code;
	v = VBC_ARENA_ARRAY(&op->arena, vbc_ref, n);
	if (!v)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < lists[i].n; j++)
			v[at++] = lists[i].v[j];
	*ret = (struct vbc_refs){.n = n, .v = v};
	return VBC_OK;
}

/* What is linked to any of these. */
static int children_of(struct vbc_op *op, const struct vbc_refs *disks, struct vbc_refs *ret)
{
	struct vbc_batch_call *calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, disks->n);
	struct vbc_refs *lists = VBC_ARENA_ARRAY(&op->arena, struct vbc_refs, disks->n);
	int code;

	if (!calls || !lists)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < disks->n; i++)
		calls[i] = (struct vbc_batch_call){.method = VBC_M_IMedium_getChildren,
						   .self = disks->v[i], .out = &lists[i]};
	code = vbc_batch(op, calls, disks->n);
	return code ? code : join(op, lists, disks->n, ret);
}

int vbc_medium_all(struct vbc_op *op, struct vbc_refs *ret_disks)
{
	struct vbc_refs level = {0}, all = {0};
	int code = vbc_IVirtualBox_getHardDisks(op, op->vbox, &level);

	for (unsigned depth = 0; !code && level.n; depth++) {
		const struct vbc_refs both[] = {level, all};

		code = vbc_tree_check(op, 0, depth);
		if (!code)
			code = join(op, both, VBC_COUNT(both), &all);
		if (!code)
			code = children_of(op, &level, &level);
	}
	if (!code)
		*ret_disks = all;
	return code;
}

/* What a web session has open VirtualBox lets go a moment after that session has ended. */
static int delete_when_free(struct vbc_op *op, vbc_ref medium)
{
	int64_t deadline = vbc_now_ms() + RELEASE_MS;

	for (;;) {
		struct vbc_error saved = vbc_op_try(op);
		int code = vbc_medium_delete(op, medium);

		if (code != VBC_E_BUSY || vbc_now_ms() >= deadline)
			return code;
		vbc_op_try_end(op, &saved);
		vbc_sleep_ms(100);
	}
}

/* One that is attached to a machine stays. */
static int wipe(struct vbc_op *op, vbc_ref medium, const char *path)
{
	struct vbc_strs machines = {0};
	struct vbc_error saved;

	if (vbc_ref_is_null(medium))
		return vbc_host_file_remove(op, path);
	saved = vbc_op_try(op);
	if (!vbc_IMedium_getMachineIds(op, medium, &machines) && machines.n) {
		vbc_op_try_end(op, &saved);
		return VBC_OK;
	}
	/* Where its file is gone or no disk any more, VirtualBox only has to forget it. */
	if (delete_when_free(op, medium))
		vbc_IMedium_close(op, medium);
	vbc_op_try_end(op, &saved);
	return vbc_host_file_remove(op, path);
}

int vbc_medium_wipe(struct vbc_op *op, const char *path, const char *progress)
{
	vbc_ref medium = {NULL};
	int code;

	if (progress[0])
		vbc_progress_abort(op, (vbc_ref){progress});
	code = vbc_medium_known(op, path, &medium);
	return code ? code : wipe(op, medium, path);
}

/* VirtualBox may have lost track of it as something was linked to it, see gc/unknown.c. */
static int open_again(struct vbc_op *op, const char *id, const char *path, vbc_ref *ret)
{
	struct vbc_error saved = vbc_op_try(op);
	vbc_ref disk = {NULL};
	const char *found = "";
	int code = vbc_medium_open(op, path, VBC_AccessMode_ReadWrite, &disk);

	if (!code)
		code = vbc_IMedium_getId(op, disk, &found);
	if (code && code != VBC_E_FAULT && code != VBC_E_NOTFOUND)
		return code;
	vbc_op_try_end(op, &saved);
	if (!code && !streq(found, id))
		return vbc_IMedium_close(op, disk);
	*ret = disk;
	return VBC_OK;
}

/* The disks that are linked to the one of this id; none when that is gone. */
static int linked_to(struct vbc_op *op, const char *base_id, const char *base_path,
		     struct vbc_refs *ret)
{
	vbc_ref base = {NULL};
	int code = vbc_medium_find(op, base_id, &base);

	if (!code && vbc_ref_is_null(base))
		code = open_again(op, base_id, base_path, &base);
	return code || vbc_ref_is_null(base) ? code : vbc_IMedium_getChildren(op, base, ret);
}

int vbc_medium_wipe_linked(struct vbc_op *op, const char *base_id, const char *base_path,
			   const char *path, const char *progress)
{
	struct vbc_refs children = {0};
	vbc_ref linked = {NULL};
	int code;

	if (progress[0])
		vbc_progress_abort(op, (vbc_ref){progress});
	code = linked_to(op, base_id, base_path, &children);
	if (!code)
		code = find_at(op, &children, path, &linked);
	return code ? code : wipe(op, linked, path);
}

/* Work on a disk, be it made or read, shows as an operation that the disk has begun. */
static bool has_begun(struct vbc_op *op, vbc_ref operation, const char *path)
{
	struct vbc_error saved = vbc_op_try(op);
	const char *location = "";
	vbc_ref disk = {NULL};

	/* Others were begun by machines, and one that has ended meanwhile is forgotten. */
	if (!vbc_IProgress_getInitiator(op, operation, &disk) && !vbc_ref_is_null(disk))
		vbc_IMedium_getLocation(op, disk, &location);
	vbc_op_try_end(op, &saved);
	return streq(location, path);
}

static int is_at_work(struct vbc_op *op, const char *path, bool *ret)
{
	struct vbc_refs running = {0};
	int code = vbc_IVirtualBox_getProgressOperations(op, op->vbox, &running);

	*ret = false;
	for (size_t i = 0; !code && !*ret && i < running.n; i++)
		*ret = has_begun(op, running.v[i], path);
	return code;
}

int vbc_medium_settle(struct vbc_op *op, const char *path)
{
	int64_t deadline = vbc_now_ms() + SETTLE_MS;
	bool working = true;
	int code = VBC_OK;

	while (!code && working) {
		code = is_at_work(op, path, &working);
		if (!code && working && vbc_now_ms() >= deadline)
			code = vbc_fail(&op->error, VBC_E_BUSY, "it is still being copied");
		if (!code && working)
			vbc_sleep_ms(100);
	}
	return code;
}
