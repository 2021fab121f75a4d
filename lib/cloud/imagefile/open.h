/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Disk image files on this machine, before they are uploaded. What VirtualBox could not read is
 * refused here, in words, and not after gigabytes were sent.
 */
#ifndef VBC_IMAGEFILE_OPEN_H
#define VBC_IMAGEFILE_OPEN_H

#include <stdbool.h>

#include "transfer/stream.h"

struct vbc_error;
struct vbc_looking;

struct vbc_image_file {
	struct vbc_stream content; /* what is to be uploaded                           */
	const char *format;        /* "qcow2"                                          */
	const char *suffix;        /* by which VirtualBox takes the content for that   */
	char os_type[64];          /* what an OVF says of its machine, else ""         */
	unsigned cpus, memory_mib; /* the same, else 0                                 */
	/* The same, in the words of machine/platform.h, else "" */
	char firmware[16], chipset[16], tpm[16];
	bool nvram;       /* what its firmware wrote down is in a file of its own            */
	bool packed;      /* the content is an archive or the like */
	const char *name; /* where no files lie beside it: its own, borrowed; else NULL */
};

/*
 * Opens a file and tells its format by its content, if it is not packed; with `format`, another one
 * is refused, and "raw" is any content that has no other format. `looking` may be NULL. Close it
 * with vbc_image_file_close().
 */
int vbc_image_file_open(const char *path, const char *format, const struct vbc_looking *looking,
			struct vbc_image_file *ret, struct vbc_error *err);
/*
 * The same with a file that lies nowhere here: its content, which it owns then, also on failure.
 * `path` names it in errors, and the name, which must stay until it is closed, tells what it is.
 */
int vbc_image_file_take(struct vbc_stream *content, const char *path, const char *name,
			const char *format, const struct vbc_looking *looking,
			struct vbc_image_file *ret, struct vbc_error *err);
/*
 * From a packed file to the disk in it, whose format it tells. It may read all of it; `looking` is
 * told how far that is, must stay until the file is closed, and may be NULL.
 */
int vbc_image_file_unpack(const char *path, const char *format, const struct vbc_looking *looking,
			  struct vbc_image_file *file, struct vbc_error *err);
void vbc_image_file_close(struct vbc_image_file *file);

#endif
