/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Disk image files on this machine, before they are uploaded. What VirtualBox could not read is
 * refused here, in words, and not after gigabytes were sent.
 */
#ifndef VBC_CLOUD_IMAGE_FILE_H
#define VBC_CLOUD_IMAGE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "content.h"
#include "error-private.h"

struct vbc_image_file {
	struct vbc_content content; /* what is to be uploaded                           */
	const char *format;         /* "qcow2"                                          */
	const char *suffix;         /* by which VirtualBox takes the content for that   */
	char os_type[64];           /* what an OVA says of its machine, else ""         */
	unsigned cpus, memory_mb;   /* the same, else 0                                 */
	/* The same, in the words of platform.h, else "" */
	char firmware[16], chipset[16], tpm[16];
};

/* Opens a file and tells its format by its content. Close it with vbc_image_file_close(). */
int vbc_image_file_open(const char *path, struct vbc_image_file *ret, struct vbc_error *err);
void vbc_image_file_close(struct vbc_image_file *file);

/*
 * What a check of one format gets. `start` and `end` are the file's first and last bytes (of a
 * shorter file, with zeros before `end`).
 */
enum { VBC_PROBE = 1024 };
struct vbc_probe {
	int fd;
	uint64_t at, size_bytes; /* of the image in the file */
	const char *path;
	unsigned char start[VBC_PROBE], end[VBC_PROBE];
	struct vbc_error *err;
};

/* Fails with "'PATH' <why>". */
int vbc_probe_refuse(const struct vbc_probe *p, const char *why);
int vbc_probe_cut_short(const struct vbc_probe *p);
/* Reads exactly n bytes; a file that ends before is cut short. */
int vbc_probe_read(const struct vbc_probe *p, uint64_t offset, void *to, size_t n);

int vbc_probe_qcow2(const struct vbc_probe *p);
int vbc_probe_vdi(const struct vbc_probe *p);
int vbc_probe_vhd(const struct vbc_probe *p);
int vbc_probe_vmdk(const struct vbc_probe *p);

/* A VMDK's text: *ret is the disk that it names the parts of. */
int vbc_probe_parts(const struct vbc_probe *p, struct vbc_content *ret);
bool vbc_vmdk_has_parent(const char *text);

#define VBC_CONVERT      "; convert it first, for example with 'qemu-img convert -O qcow2 OLD NEW'"
#define VBC_NEEDS_OTHERS "needs other files beside it" VBC_CONVERT

/* Numbers in file headers. */
static inline uint64_t vbc_be(const unsigned char *p, int bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < bytes; i++)
		value = value << 8 | p[i];
	return value;
}

static inline uint64_t vbc_le(const unsigned char *p, int bytes)
{
	uint64_t value = 0;

	for (int i = bytes - 1; i >= 0; i--)
		value = value << 8 | p[i];
	return value;
}

#endif
