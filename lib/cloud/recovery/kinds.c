/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of work in the journal, and the undo of each.
 */
#include "display/change.h"
#include "firstboot/replace.h"
#include "forward/change.h"
#include "gc/unknown.h"
#include "image/delete.h"
#include "image/export.h"
#include "image/undo.h"
#include "journal/kind.h"
#include "machine/node-ref.h"
#include "machine/registered.h"
#include "network/attach.h"
#include "network/delete.h"
#include "node/create.h"
#include "node/destroy.h"
#include "node/eject.h"
#include "node/rebuild.h"
#include "node/resize.h"
#include "node/teleport-undo.h"
#include "snapshot/volume.h"
#include "volume/create.h"
#include "volume/resize.h"

/* What VirtualBox lost track of is looked for after each undo, see recovery/run.c. */
static int kinds_undo_open(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	(void)op, (void)id, (void)entry;
	return VBC_OK;
}

/* A node's, with its machine if that is registered still. */
static int kinds_undo_on_node(struct vbc_op *op, const char *id, const struct vbc_meta *entry,
			      int (*undo)(struct vbc_op *op, const struct vbc_node_ref *node,
					  const struct vbc_meta *entry))
{
	struct vbc_node_ref node = {.id = id, .name = id};
	int code = vbc_node_registered(op, id, &node.machine);

	return code ? code : undo(op, &node, entry);
}

static int kinds_undo_resize(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	return kinds_undo_on_node(op, id, entry, vbc_node_resize_undo);
}

static int kinds_undo_rebuild(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	return kinds_undo_on_node(op, id, entry, vbc_node_rebuild_undo);
}

/* clang-format off: tables, one row each */

/* What the entries of each kind say, and which of it they must. */
#define MEMBERS(...)                                                                               \
	(const struct vbc_journal_member[])                                                        \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}
#define NEEDED(name, type)                                                                         \
	{                                                                                          \
		name, VBC_META_##type, true                                                        \
	}
#define MEMBER(name, type)                                                                         \
	{                                                                                          \
		name, VBC_META_##type, false                                                       \
	}
#define COPY MEMBER("progress", LINE)

/* A volume or a snapshot of one, that is made or deleted. */
static const struct vbc_journal_member disk_members[] = {NEEDED("target", PATH),
							 MEMBER("source", LINE),
							 MEMBER("medium", UUID),
							 MEMBER("machine", UUID),
							 MEMBER("deleting", TEXT),
							 COPY,
							 {0}};

#define TELEPORT                                                                                   \
	MEMBER("settings", PATH), MEMBER("sent", TEXT), MEMBER("volumes", TEXTS),                  \
		MEMBER("places", TEXTS), MEMBER("images", TEXTS), MEMBER("image_names", TEXTS),    \
		MEMBER("seeds", TEXT)

static const struct vbc_journal_kind kinds[] = {
	{"node", "a node whose creation was interrupted",
	 MEMBERS(NEEDED("settings", PATH), NEEDED("disk", PATH), MEMBER("image", LINE),
		 MEMBER("held", UUID), MEMBER("base", UUID), MEMBER("linked", UUID),
		 MEMBER("seed", PATH), MEMBER("seed_session", LINE), MEMBER("disc", PATH),
		 MEMBER("disc_session", LINE), MEMBER("disc_forget", PATH), COPY),
	 vbc_node_create_undo},
	{"node-destroy", "a node whose deletion was interrupted",
	 MEMBERS(NEEDED("settings", PATH), MEMBER("readable", TEXT), MEMBER("opening", TEXT)),
	 vbc_node_destroy_undo},
	{"node-resize", "a node whose resizing was interrupted",
	 MEMBERS(NEEDED("cpus", COUNT), NEEDED("memory_mb", COUNT), MEMBER("machine_size", TEXT),
		 MEMBER("size", TEXT)),
	 kinds_undo_resize},
	{"node-rebuild", "a node whose rebuilding was interrupted",
	 MEMBERS(NEEDED("target", PATH), NEEDED("old", LINE), MEMBER("source", LINE),
		 MEMBER("controller", TEXT), MEMBER("port", COUNT), MEMBER("device", COUNT),
		 MEMBER("hot", COUNT), MEMBER("image", UUID), MEMBER("username", TEXT),
		 MEMBER("swap", TEXT), MEMBER("rebuilt", TEXT), COPY),
	 kinds_undo_rebuild},
	{"node-arrive", "a node that was being moved here from another host",
	 MEMBERS(TELEPORT, MEMBER("node", TEXT)), vbc_node_arrive_undo},
	{"node-leave", "a node that was being moved to another host",
	 MEMBERS(TELEPORT, MEMBER("chain", TEXTS)), vbc_node_leave_undo},
	{"image", "an image whose creation was interrupted",
	 MEMBERS(NEEDED("source", LINE), NEEDED("target", PATH), MEMBER("medium", UUID),
		 MEMBER("machine", UUID), MEMBER("session", LINE), MEMBER("forget", TEXT),
		 MEMBER("unpacking", PATH), COPY),
	 vbc_image_import_undo},
	{"volume", "a volume whose creation or destruction was interrupted", disk_members,
	 vbc_volume_create_undo},
	{"volume-resize", "a volume whose growth was interrupted",
	 MEMBERS(NEEDED("source", PATH), NEEDED("target", PATH), MEMBER("volume", UUID),
		 MEMBER("machine", UUID), MEMBER("swap", TEXT), COPY),
	 vbc_volume_resize_undo},
	{"seed", "a seed whose replacement was interrupted",
	 MEMBERS(NEEDED("node", UUID), MEMBER("seed", PATH), MEMBER("seed_session", LINE),
		 MEMBER("old_seed", PATH)),
	 vbc_seed_replace_undo},
	{"eject", "a disc whose removal from a drive was interrupted",
	 MEMBERS(NEEDED("node", UUID), MEMBER("disc", PATH)), vbc_node_eject_undo},
	{"display", "a remote display whose change was interrupted",
	 MEMBERS(MEMBER("changing", TEXT)), vbc_display_undo},
	{"forward", "a port forward whose addition or removal was interrupted",
	 MEMBERS(NEEDED("node", UUID), MEMBER("name", TEXT), MEMBER("was", TEXT),
		 MEMBER("adapter", COUNT)),
	 vbc_forward_undo},
	{"network-detach", "a network adapter whose detaching was interrupted",
	 MEMBERS(NEEDED("node", UUID), MEMBER("adapter", COUNT)), vbc_network_detach_undo},
	{"network", "a network whose creation was interrupted",
	 MEMBERS(NEEDED("network", LINE), MEMBER("name", TEXT), MEMBER("id", LINE)),
	 vbc_network_undo},
	{"snapshot", "a snapshot whose creation or deletion was interrupted", disk_members,
	 vbc_snapshot_undo},
	{"image-export", "an image whose export was interrupted", MEMBERS(MEMBER("session", LINE)),
	 vbc_image_export_undo},
	{"image-delete", "an image whose deletion was interrupted", disk_members,
	 vbc_image_delete_undo},
	{"open", "a disk that was being opened again", MEMBERS({0}), kinds_undo_open},
};

/* clang-format on */

static int kinds_open_lost(struct vbc_op *op)
{
	return vbc_gc_unknown(op, NULL);
}

const struct vbc_recovery vbc_recovery = {
	.kinds = kinds, .n_kinds = VBC_COUNT(kinds), .open_lost = kinds_open_lost};
