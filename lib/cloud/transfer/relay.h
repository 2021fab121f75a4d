/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A disk of one host as the content of an upload to another: it comes through here piece by piece,
 * and no part of it is kept here.
 */
#ifndef VBC_TRANSFER_RELAY_H
#define VBC_TRANSFER_RELAY_H

#include "transfer/checksum.h"
#include "transfer/open-disk.h"
#include "vbox/op.h"

struct vbc_stream;
struct vbc_relay;

struct vbc_relay_from {
	struct vbc_op *op; /* on the host that has it                                     */
	struct vbc_open_disk from;
};

/*
 * Opens it. *ret is the content, as large as the disk; of a hard disk at least VBC_UPLOAD_DISK_MIN,
 * with zeros behind its end. It must be closed before the operation ends, and VirtualBox keeps
 * others from writing to the disk until the session ends.
 */
int vbc_relay_open(const struct vbc_relay_from *from, struct vbc_stream *ret,
		   struct vbc_relay **ret_relay);

/*
 * The operation on the other host, whose progress is told while this host is waited for, and which
 * is kept alive meanwhile; NULL: none.
 */
void vbc_relay_set_to(struct vbc_relay *relay, struct vbc_op *to);

/*
 * Reads back what was made of it on the other host: VBC_E_FAULT if that is not, byte for byte, what
 * has this checksum. session: of the upload.
 */
int vbc_relay_check(struct vbc_relay *relay, struct vbc_op *to, vbc_ref session, const char *path,
		    const struct vbc_checksum *sum);

#endif
