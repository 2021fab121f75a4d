/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Large uploads that broke off, because a program was killed or its connection lost: what has
 * arrived stays on the host for a while, and the next import of the same bytes goes on from there.
 */
#ifndef VBC_TRANSFER_RESUME_H
#define VBC_TRANSFER_RESUME_H

#include "vbox/op.h"

struct vbc_checksum;
struct vbc_stream;
struct vbc_meta;

#define VBC_RESUME_STEP    ((uint64_t)64 << 20) /* how often it is noted how much has arrived */
#define VBC_RESUME_KEEP_MS 3600000

/* An upload that can be continued. */
struct vbc_resume {
	char id[37]; /* of its journal entry */
	const char *source, *target, *session;
	uint64_t sent;            /* 0: there is none */
	struct vbc_checksum *sum; /* of what was sent; the caller's */
};

/* Looks for one of the same content in the journal. Its program must be gone. */
int vbc_resume_find(struct vbc_op *op, const struct vbc_stream *stream, struct vbc_resume *ret);

/* Writes into the operation's journal entry that so much has arrived. */
int vbc_resume_note(struct vbc_op *op, uint64_t sent, uint64_t total,
		    const struct vbc_checksum *sum);

/* All has arrived: what comes after that is not continued. */
void vbc_resume_done(struct vbc_op *op);

/* Whether the work of the entry can be continued. */
bool vbc_resume_can(const struct vbc_meta *entry);

#endif
