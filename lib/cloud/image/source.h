/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The disk image that an import reads: a file of the host, or one from here that is uploaded, or
 * one that is fetched for that.
 */
#ifndef VBC_IMAGE_SOURCE_H
#define VBC_IMAGE_SOURCE_H

#include "imagefile/open.h"
#include "transfer/sums.h"
#include "vbox/op.h"

struct vbc_remote;

struct vbc_source {
	const char *file;           /* as the caller named it, for people  */
	bool on_host;               /* else it is here, and `here` open    */
	bool archive;               /* an OVA on the host                  */
	const char *format;         /* that it is to have; NULL: any       */
	struct vbc_remote *remote;  /* where it is fetched; NULL: nowhere  */
	const char *checksum_url;   /* of a list that has its sum, or NULL */
	struct vbc_sum want;        /* that it is to have                  */
	struct vbc_image_file here; /* to be uploaded                      */
	bool disk;                  /* as a VDI of the raw disk that it is */
	bool unpacked;              /* after it was looked through         */
	vbc_ref session;            /* of the upload, or of the look       */
	struct vbc_checksum *sum;   /* the same, see transfer/upload.h     */
	uint64_t sent;
	const char *path; /* on the host, if need be after that  */
};

/*
 * Opens the source as a disk on the host, uploading it first, from `from` up to `to` percent of
 * the whole. Writes into the operation's journal entry what it does.
 */
int vbc_source_open(struct vbc_op *op, const struct vbc_source *source, unsigned from, unsigned to,
		    vbc_ref *ret_disk);

/* The disk was copied: an upload is deleted, a file of the host is left as it was. */
int vbc_source_done(struct vbc_op *op, const struct vbc_source *source, vbc_ref disk);

/* Fails with "'FILE' <ours>: " before what VirtualBox has said. */
int vbc_source_restate(struct vbc_op *op, const struct vbc_source *source, int code,
		       const char *ours);

/* Says in words why the source could not be uploaded or copied; returns the code it amounts to. */
int vbc_source_explain(struct vbc_op *op, const struct vbc_source *source, int code);

#endif
