/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file system image for a few small files: ISO 9660 with one directory, and the files' names as
 * they are by Rock Ridge. Where a system reads only the plain names, these are the same in
 * capitals.
 */
#ifndef VBC_FIRSTBOOT_ISO_H
#define VBC_FIRSTBOOT_ISO_H

#include <stddef.h>

struct vbc_buf;

struct vbc_iso_file {
	const char *name; /* letters, digits, - and .; up to 24 of them */
	const char *data;
	size_t size;
};

/*
 * Adds the image to an empty buffer, which fails when the files do not fit. `label`: up to 32
 * capital letters. The same files always make the same image.
 */
void vbc_iso_build(struct vbc_buf *out, const char *label, const struct vbc_iso_file *files,
		   size_t n);

#endif
