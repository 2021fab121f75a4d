/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The disks of a node that are not in its folder, when it is teleported. Its volumes go with it:
 * with their metadata, to be volumes there. The image that it is linked to stays this host's, which
 * VirtualBox closes with the machine, and so has to be opened again; the other host borrows it.
 */
#ifndef VBC_NODE_TELEPORT_DISKS_H
#define VBC_NODE_TELEPORT_DISKS_H

#include "vbox/op.h"

struct vbc_meta;

#define VBC_TELEPORT_SETTINGS "settings" /* in both journals: the path of the settings file */

/*
 * On the source, of a machine that is to go: writes its volumes and images into the entry for the
 * journal. VBC_E_STATE, VBC_E_BUSY, and nothing was changed, when something of it is another node's
 * too.
 */
int vbc_teleport_find_disks(struct vbc_op *op, vbc_ref machine, const char *id,
			    const char *settings, struct vbc_meta *entry);

/* On the target: VBC_E_STATE when one of these volumes would be none here. */
int vbc_teleport_check_volumes(struct vbc_op *op, const struct vbc_meta *entry);

/*
 * Where the machine is not known, or no more, its volumes are not to be either: VirtualBox would
 * not write them into its settings when it comes.
 */
void vbc_teleport_forget_volumes(struct vbc_op *op, const struct vbc_meta *entry);

/* The same of the disks in its folder, whatever became of an earlier program's unregistering. */
void vbc_teleport_forget_own(struct vbc_op *op, const struct vbc_meta *entry);

/* On the target, where it did not come: the same of the images it would have borrowed. */
void vbc_teleport_forget_borrowed(struct vbc_op *op, const struct vbc_meta *entry);

/*
 * On the target: opens the machine's disks, those first that others are built on. A host that knew
 * the image before does not write these into the machine's settings, but into its own.
 */
int vbc_teleport_open_disks(struct vbc_op *op, const struct vbc_meta *entry);

/* On the target, which has the machine now: `entry` is the source's, or tells the same. */
int vbc_teleport_take_disks(struct vbc_op *op, const char *id, const struct vbc_meta *entry);

/* On the source, which has it no more. */
int vbc_teleport_leave_disks(struct vbc_op *op, const char *id, const struct vbc_meta *entry);

/*
 * On the target: what vbc_teleport_take_disks() needs, from the source's entry to its own.
 * keys: of the target's extra data.
 */
int vbc_teleport_tell_disks(struct vbc_op *op, const struct vbc_strs *keys,
			    const struct vbc_meta *from, struct vbc_meta *to);

#endif
