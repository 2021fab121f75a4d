/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Methods of volumes, and of snapshots of volumes and nodes.
 */
#include "ext.h"

#define F(member) FIELD(struct vbc_volume, member)
static const struct field volume_shape[] = {
	F(id),         F(name),          F(location),
	F(size_bytes), F(used_bytes),    FIELD_AS(struct vbc_volume, size_gib, "size_gb"),
	F(dynamic),    F(created_at_ms), F(snapshot),
	F(node),       F(device),        FIELDS_END,
};
#undef F
RESULT_RECORD(volume, volume_shape)
RESULT_LIST(volumes, volume_shape)

static const char *snapshot_kind_name(int kind)
{
	return kind == VBC_SNAPSHOT_KIND_NODE ? "node" : "volume";
}

#define F(member) FIELD(struct vbc_snapshot, member)
static const struct field snapshot_shape[] = {
	F(id),          F(name),          FIELD_ENUM(struct vbc_snapshot, kind, snapshot_kind_name),
	F(of),          F(of_name),       F(parent),
	F(description), F(created_at_ms), F(size_bytes),
	F(running),     F(current),       FIELDS_END,
};
#undef F
RESULT_RECORD(snapshot, snapshot_shape)
RESULT_LIST(snapshots, snapshot_shape)

#define VOLUME PARAM(GIVEN, id, "volume")

METHOD(volume_list, "The volumes, by name.", RETURNS(volumes),
       vbc_volume_list(c->host, &c->out.volumes, &c->error), PARAM_END)
METHOD(volume_get, "The volume of an id or of a name that only one has.", RETURNS(volume),
       vbc_volume_get(c->host, c->in.id, &c->out.volume, &c->error), PARAM(GIVEN, id, "id"),
       PARAM_END)

static int volume_call_create(struct call *c)
{
	c->in.volume.size = sizeof(c->in.volume);
	return vbc_volume_create(c->host, c->in.name, &c->in.volume, &c->wait, &c->out.volume,
				 &c->error);
}
METHOD(volume_create, "Makes a detached volume.", RETURNS(volume), volume_call_create(c),
       PARAM(GIVEN, name, "name"), PARAM(NAMED, volume.size_gib, "size_gb"),
       PARAM(NAMED, volume.snapshot, "snapshot"), PARAM(NAMED, volume.dynamic, "dynamic"),
       PARAM(NAMED, volume.node, "node"), PARAM_WAIT, PARAM_END)
METHOD(volume_rename, "Renames a volume, even while it is in use.", RETURNS_NOTHING,
       vbc_volume_rename(c->host, c->in.id, c->in.name, &brief_wait, &c->error), VOLUME,
       PARAM(GIVEN, name, "name"), PARAM_END)
METHOD(volume_attach, "Attaches a volume to a node.", RETURNS_NOTHING,
       vbc_volume_attach(c->host, c->in.id, c->in.other, NULL, &brief_wait, &c->error), VOLUME,
       PARAM(GIVEN, other, "node"), PARAM_END)
METHOD(volume_detach, "Detaches a volume.", RETURNS_NOTHING,
       vbc_volume_detach(c->host, c->in.id, NULL, &brief_wait, &c->error), VOLUME, PARAM_END)
METHOD(volume_resize, "Grows a volume.", RETURNS_NOTHING,
       vbc_volume_resize(c->host, c->in.id, c->in.number, &c->wait, &c->error), VOLUME,
       PARAM(GIVEN, number, "size_gb"), PARAM_WAIT, PARAM_END)
METHOD(volume_destroy, "Destroys a detached volume and its file.", RETURNS_NOTHING,
       vbc_volume_destroy(c->host, c->in.id, &brief_wait, &c->error), VOLUME, PARAM_END)

METHOD(snapshot_list, "Snapshots of a volume, of a node, or of all volumes.", RETURNS(snapshots),
       vbc_snapshot_list(c->host, c->in.id, c->in.other, &c->out.snapshots, &c->error),
       PARAM(NAMED, id, "volume"), PARAM(NAMED, other, "node"), PARAM_END)

static int snapshot_take(struct call *c)
{
	c->in.taken.size = sizeof(c->in.taken);
	return vbc_snapshot_create(c->host, c->in.id, c->in.other, &c->in.taken, &c->wait,
				   &c->out.snapshot, &c->error);
}
METHOD(snapshot_create, "Takes a snapshot of a volume or of a node.", RETURNS(snapshot),
       snapshot_take(c), PARAM(NAMED, id, "volume"), PARAM(NAMED, other, "node"),
       PARAM(NAMED, taken.name, "name"), PARAM(NAMED, taken.description, "description"), PARAM_WAIT,
       PARAM_END)
METHOD(snapshot_revert, "Reverts a stopped node to a snapshot.", RETURNS_NOTHING,
       vbc_snapshot_revert(c->host, c->in.other, c->in.id, &c->wait, &c->error),
       PARAM(GIVEN, other, "node"), PARAM(OPTIONAL, id, "snapshot"), PARAM_WAIT, PARAM_END)
METHOD(snapshot_delete, "Deletes a snapshot of a volume, or of `node` if that is given.",
       RETURNS_NOTHING, vbc_snapshot_delete(c->host, c->in.other, c->in.id, &c->wait, &c->error),
       PARAM(OPTIONAL, id, "snapshot"), PARAM(NAMED, other, "node"), PARAM_WAIT, PARAM_END)

const struct method_row volume_methods[] = {
	ROW(volume_list),   ROW(volume_get),      ROW(volume_create),   ROW(volume_rename),
	ROW(volume_attach), ROW(volume_detach),   ROW(volume_resize),   ROW(volume_destroy),
	ROW(snapshot_list), ROW(snapshot_create), ROW(snapshot_revert), ROW(snapshot_delete),
	{NULL, NULL},
};
