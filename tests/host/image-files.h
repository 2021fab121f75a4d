/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Disk image files for the tests of images: a folder that is removed at the end, a raw disk with
 * data and holes, the same in other formats (by qemu-img), and spoilt ones. The paths stay valid.
 */
#ifndef VBC_TESTS_IMAGE_FILES_H
#define VBC_TESTS_IMAGE_FILES_H

#include "host.h"

#define MIB (1ull << 20)

void make_image_folder(void);
/* FOLDER/name */
const char *in_folder(const char *name);

/* Of `size` bytes, each MiB of which, but every third, begins with `noise` bytes of noise. */
const char *make_raw(const char *name, uint64_t size, size_t noise);
const char *make_bytes(const char *name, const void *bytes, size_t n);
/* The first half of a file, as a download that broke off leaves it. */
const char *make_half(const char *name, const char *of);
/* By qemu-img; options may be NULL. */
const char *convert(const char *raw, const char *name, const char *format, const char *options);

/* Whether the host takes uploads: VirtualBox 5 does not. */
bool takes_uploads(struct vbc_host *host);
/* How the host can import a raw disk of whole sectors: from here, or from its own disk. */
const char *importable(struct vbc_host *host, const char *raw);

/* An OVA with a description of that text and the files named after it, NULL ends them. */
const char *make_ova(const char *name, const char *ovf, const char *const *files);

/* Whether both disks hold the same; a longer one is to end with zeros. */
bool same_content(const char *raw, const char *file, const char *format);

#endif
