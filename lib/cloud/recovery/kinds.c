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
#include "network/attach.h"
#include "network/delete.h"
#include "node/create.h"
#include "node/destroy.h"
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

/* Each with what its entry must say: nobody could undo the work otherwise. */
static const struct vbc_journal_kind kinds[] = {
	{"node",
	 "a node whose creation was interrupted",
	 {"settings", "disk"},
	 vbc_node_create_undo},
	{"node-destroy",
	 "a node whose deletion was interrupted",
	 {"settings"},
	 vbc_node_destroy_undo},
	{"node-resize",
	 "a node whose resizing was interrupted",
	 {"cpus", "memory_mb"},
	 vbc_node_resize_undo},
	{"node-rebuild",
	 "a node whose rebuilding was interrupted",
	 {"target", "old"},
	 vbc_node_rebuild_undo},
	{"node-arrive",
	 "a node that was being moved here from another host",
	 {0},
	 vbc_node_arrive_undo},
	{"node-leave", "a node that was being moved to another host", {0}, vbc_node_leave_undo},
	{"image",
	 "an image whose creation was interrupted",
	 {"source", "target"},
	 vbc_image_import_undo},
	{"volume",
	 "a volume whose creation or destruction was interrupted",
	 {"target"},
	 vbc_volume_create_undo},
	{"volume-resize",
	 "a volume whose growth was interrupted",
	 {"source", "target"},
	 vbc_volume_resize_undo},
	{"seed", "a seed whose replacement was interrupted", {"node"}, vbc_seed_replace_undo},
	{"display", "a remote display whose change was interrupted", {0}, vbc_display_undo},
	{"forward",
	 "a port forward whose addition or removal was interrupted",
	 {"node"},
	 vbc_forward_undo},
	{"network-detach",
	 "a network adapter whose detaching was interrupted",
	 {"node"},
	 vbc_network_detach_undo},
	{"network", "a network whose creation was interrupted", {"network"}, vbc_network_undo},
	{"snapshot",
	 "a snapshot whose creation or deletion was interrupted",
	 {"target"},
	 vbc_snapshot_undo},
	{"image-export", "an image whose export was interrupted", {0}, vbc_image_export_undo},
	{"image-delete",
	 "an image whose deletion was interrupted",
	 {"target"},
	 vbc_image_delete_undo},
	{"open", "a disk that was being opened again", {0}, kinds_undo_open},
};

static int kinds_open_lost(struct vbc_op *op)
{
	return vbc_gc_unknown(op, NULL);
}

const struct vbc_recovery vbc_recovery = {
	.kinds = kinds, .n_kinds = VBC_COUNT(kinds), .open_lost = kinds_open_lost};
