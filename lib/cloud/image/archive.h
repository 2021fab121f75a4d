/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * An OVA on the host: VirtualBox unpacks it, into a machine, whose disk is kept and which goes
 * again.
 */
#ifndef VBC_IMAGE_ARCHIVE_H
#define VBC_IMAGE_ARCHIVE_H

#include "machine/platform.h"
#include "vbox/op.h"

struct vbc_source;

struct vbc_archive {
	const struct vbc_source *source;
	const char *settings; /* of the machine that is made meanwhile: its path */
	const char *target;   /* of the disk                                     */
	/* Found out: what it says of its machine, "" and 0 where it says nothing */
	const char *os_type;
	unsigned cpus, memory_mib;
	struct vbc_platform platform; /* of the machine that VirtualBox has made of it */
};

/* Makes the disk at `target` from the one in the archive. */
int vbc_archive_unpack(struct vbc_op *op, struct vbc_archive *archive, vbc_ref *ret_disk);

/* Removes the machine that was made from the archive at `path`, when the work has ended. */
int vbc_archive_undo(struct vbc_op *op, const char *path, const char *settings);

#endif
