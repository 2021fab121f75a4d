/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files among the volumes and images that VirtualBox does not know. A teleport once left them so;
 * and when a disk is attached, VirtualBox moves it from its own settings to those of the machine,
 * which its service may end before they are saved. Whose metadata is here is opened again. The
 * others may be those of another host that sees the same folder: they are only named.
 */
#include "gc/unknown.h"

#include "base/path.h"
#include "base/str.h"
#include "disk/kinds.h"
#include "disk/medium.h"
#include "gc/gone.h"
#include "gc/list.h"
#include "host/file.h"
#include "host/folders.h"
#include "journal/work.h"
#include "vbox/aside.h"
#include "vbox/meta.h"

struct search {
	const char *kind, *folder;
	struct vbc_strs names; /* of the files there                               */
	struct vbc_strs paths; /* of those that are not known                      */
	struct vbc_strs lost;  /* ids of the metadata of disks that are not known  */
};

/* All disks that VirtualBox knows, and where they are. */
struct known {
	struct vbc_refs disks;
	struct vbc_strs paths;
};

static int gc_find_known_paths(struct vbc_op *op, struct known *ret)
{
	const char **locations = NULL;
	size_t n = 0;
	int code = vbc_medium_all(op, &ret->disks);

	if (!code)
		code = vbc_medium_locations(op, &ret->disks, &locations);
	for (size_t i = 0; !code && i < ret->disks.n; i++)
		if (locations[i])
			locations[n++] = locations[i];
	ret->paths = (struct vbc_strs){.n = n, .v = locations};
	return code;
}

/* Names of files that are being worked on are in the journal. */
static int gc_find_unknown(struct vbc_op *op, struct search *s, const struct vbc_strs *journal,
			   const struct vbc_strs *known)
{
	const char **v = VBC_ARENA_ARRAY(&op->arena, const char *, s->names.n);
	size_t n = 0;

	if (!v)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < s->names.n; i++) {
		const char *name = s->names.v[i],
			   *path = vbc_path_join(&op->arena, s->folder, name);

		if (!path)
			return vbc_fail_nomem(&op->error);
		if (!vbc_strs_has(known, path) && !vbc_gc_is_named(journal, name))
			v[n++] = path;
	}
	s->paths = (struct vbc_strs){.n = n, .v = v};
	return VBC_OK;
}

static int gc_find_lost(struct vbc_op *op, struct search *s, const struct vbc_refs *disks)
{
	const char **known = VBC_ARENA_ARRAY(&op->arena, const char *, disks->n), **lost;
	const struct vbc_strs there = {.n = disks->n, .v = known};
	struct vbc_strs ids = {0};
	size_t n = 0;
	int code = known ? vbc_meta_ids(op, s->kind, &ids) : vbc_fail_nomem(&op->error);

	for (size_t i = 0; !code && i < disks->n; i++)
		known[i] = "";
	if (!code)
		code = vbc_batch_each(op, VBC_M_IMedium_getId, disks->v, disks->n, known,
				      sizeof(*known), NULL);
	lost = VBC_ARENA_ARRAY(&op->arena, const char *, ids.n);
	if (!code && !lost)
		code = vbc_fail_nomem(&op->error);
	for (size_t i = 0; !code && i < ids.n; i++)
		if (!vbc_strs_has(&there, ids.v[i]))
			lost[n++] = ids.v[i];
	s->lost = (struct vbc_strs){.n = n, .v = lost};
	return code;
}

/* *ret_id is that of the disk at the path if its metadata is here; else "", and it is closed. */
static int gc_open_lost_disk(struct vbc_op *op, const struct search *s, const char *path,
			     vbc_ref *ret_disk, const char **ret_id)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	const char *id = "";
	int code = s->lost.n ? vbc_medium_open(op, path, VBC_AccessMode_ReadWrite, ret_disk)
			     : VBC_E_NOTFOUND;

	if (!code)
		code = vbc_IMedium_getId(op, *ret_disk, &id);
	if (code == VBC_E_CONNECT || code == VBC_E_NOMEM || code == VBC_E_STALE)
		return vbc_aside_end(&aside, code);
	*ret_id = !code && vbc_strs_has(&s->lost, id) ? id : "";
	if (!vbc_ref_is_null(*ret_disk) && !(*ret_id)[0])
		vbc_IMedium_close(op, *ret_disk);
	return VBC_OK;
}

static int disk_leave(struct vbc_op *op, void *arg)
{
	(void)op, (void)arg;
	return VBC_OK;
}

/* VirtualBox saves that it knows a disk when something else in its settings changes: the entry. */
static int gc_save_registry(struct vbc_op *op, const char *id)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const struct vbc_work work = {VBC_WORK_THING, "open", id, entry, NULL};

	return vbc_work_run(op, &work, disk_leave, NULL);
}

static int gc_report_unknown(struct vbc_op *op, struct vbc_gc *gc, const char *path)
{
	const char *text = vbc_arena_printf(&op->arena,
					    "VirtualBox does not know it, and there is no record "
					    "of it here; it is left alone: %s",
					    path);

	if (!text)
		return vbc_fail_nomem(&op->error);
	if (gc->dry_run)
		return vbc_gc_add_leftover(op, gc, "file", vbc_path_base(path), text);
	vbc_op_log(op, 0, "left alone: %s, which VirtualBox does not know", path);
	return VBC_OK;
}

/* Whether another client is just deleting it: its records tell, whose order is the other way round.
 */
static int gc_is_disk_going(struct vbc_op *op, const struct search *s, const char *path,
			    const char *id, bool *ret)
{
	struct vbc_strs journal = {0}, recorded = {0};
	int code = vbc_gc_journal(op, &journal);

	if (!code)
		code = vbc_meta_ids(op, s->kind, &recorded);
	*ret = vbc_gc_is_named(&journal, vbc_path_base(path)) || !vbc_strs_has(&recorded, id);
	return code;
}

/* gc: NULL: nobody is told, but by the log. */
static int gc_keep_lost_disk(struct vbc_op *op, struct vbc_gc *gc, const struct search *s,
			     const char *path, vbc_ref disk, const char *id)
{
	const char *text =
		vbc_arena_printf(&op->arena,
				 "%s %s that VirtualBox no longer knows, and opens again; if a "
				 "node on another host has "
				 "it, detach it there: %s",
				 streq(s->kind, VBC_IMAGE_KIND) ? "an" : "a", s->kind, path);
	int code = VBC_OK;

	if (!text)
		return vbc_fail_nomem(&op->error);
	if (!gc)
		vbc_op_log(op, 1, "%s is %s", id, text);
	else
		code = vbc_gc_add_leftover(op, gc, s->kind, id, text);
	if (code)
		return code;
	return gc && gc->dry_run ? vbc_IMedium_close(op, disk) : gc_save_registry(op, id);
}

static int gc_collect_unknown(struct vbc_op *op, struct vbc_gc *gc, const struct search *s,
			      const char *path)
{
	vbc_ref disk = {NULL};
	const char *id = "";
	bool going = false;
	struct vbc_aside aside;
	int code = gc_open_lost_disk(op, s, path, &disk, &id);

	if (code || !id[0])
		return code || !gc ? code : gc_report_unknown(op, gc, path);
	code = gc_is_disk_going(op, s, path, id, &going);
	if (code || !going)
		return code ? code : gc_keep_lost_disk(op, gc, s, path, disk, id);
	aside = vbc_aside_begin(op);
	vbc_IMedium_close(op, disk);
	vbc_aside_restore(&aside);
	return VBC_OK;
}

static int gc_collect_all_unknown(struct vbc_op *op, struct vbc_gc *gc, struct search *s,
				  const struct vbc_strs *journal, const struct known *known)
{
	int code = gc_find_unknown(op, s, journal, &known->paths);

	if (!code && s->paths.n)
		code = gc_find_lost(op, s, &known->disks);
	for (size_t i = 0; !code && i < s->paths.n; i++)
		code = gc_collect_unknown(op, gc, s, s->paths.v[i]);
	return code;
}

/*
 * The files first, then the journal, then the disks: what is new is in the journal as long as it
 * may not be known.
 */
int vbc_gc_unknown(struct vbc_op *op, struct vbc_gc *gc)
{
	struct search volumes = {.kind = VBC_VOLUME_KIND}, images = {.kind = VBC_IMAGE_KIND};
	struct known known = {.disks.n = 0};
	struct vbc_strs journal = {0};
	struct vbc_folders folders;
	int code = vbc_folders_get(op, &folders);

	if (code)
		return code;
	volumes.folder = folders.volumes;
	images.folder = folders.images;
	code = vbc_host_file_list(op, volumes.folder, &volumes.names);
	if (!code)
		code = vbc_host_file_list(op, images.folder, &images.names);
	if (code || volumes.names.n + images.names.n == 0)
		return code;
	code = vbc_gc_journal(op, &journal);
	if (!code)
		code = gc_find_known_paths(op, &known);
	if (!code)
		code = gc_collect_all_unknown(op, gc, &volumes, &journal, &known);
	return code ? code : gc_collect_all_unknown(op, gc, &images, &journal, &known);
}
