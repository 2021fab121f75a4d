/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Disk image files on this machine, before they are uploaded. What VirtualBox could not read is
 * refused here, in words, and not after gigabytes were sent.
 */
#ifndef VBC_IMAGEFILE_OPEN_H
#define VBC_IMAGEFILE_OPEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error-private.h"
#include "transfer/content.h"
#include "transfer/packed.h"

struct vbc_image_file {
	struct vbc_content content; /* what is to be uploaded                           */
	const char *format;         /* "qcow2"                                          */
	const char *suffix;         /* by which VirtualBox takes the content for that   */
	char os_type[64];           /* what an OVF says of its machine, else ""         */
	unsigned cpus, memory_mb;   /* the same, else 0                                 */
	/* The same, in the words of machine/platform.h, else "" */
	char firmware[16], chipset[16], tpm[16];
	bool packed; /* the content is an archive or the like */
};

/*
 * Opens a file and tells its format by its content, if it is not packed; with `format`, another one
 * is refused, and "raw" is any content that has no other format. `looking` may be NULL. Close it
 * with vbc_image_file_close().
 */
int vbc_image_file_open(const char *path, const char *format, const struct vbc_looking *looking,
			struct vbc_image_file *ret, struct vbc_error *err);
/*
 * From a packed file to the disk in it, whose format it tells. It may read all of it; `looking` is
 * told how far that is, must stay until the file is closed, and may be NULL.
 */
int vbc_image_file_unpack(const char *path, const char *format, const struct vbc_looking *looking,
			  struct vbc_image_file *file, struct vbc_error *err);
void vbc_image_file_close(struct vbc_image_file *file);

/*
 * What a check of one format gets. `start` and `end` are the file's first and last bytes (of a
 * shorter file, with zeros before `end`).
 */
enum { VBC_PROBE = 1024 };
struct vbc_probe {
	const struct vbc_content *content;
	uint64_t size_bytes;
	const char *path;   /* names it in errors, in quotes                             */
	const char *name;   /* whose suffix tells what it is: of what is packed, its own */
	const char *format; /* that it is to have; NULL: told by content                 */
	bool alone;         /* it lies in an archive, and no files beside it             */
	const struct vbc_looking *looking; /* NULL: nobody is told                       */
	unsigned char start[VBC_PROBE], end[VBC_PROBE];
	struct vbc_error *err;
};

/* Fails with "'PATH' <why>". */
int vbc_probe_refuse(const struct vbc_probe *p, const char *why);
int vbc_probe_cut_short(const struct vbc_probe *p);
/* Reads exactly n bytes; a file that ends before is cut short. */
int vbc_probe_read(const struct vbc_probe *p, uint64_t offset, void *to, size_t n);

/* Of checks that may take long: how much is done. The caller may want them to end. */
int vbc_probe_tick(const struct vbc_probe *p, uint64_t done, uint64_t total);

int vbc_probe_qcow2(const struct vbc_probe *p);
int vbc_probe_vdi(const struct vbc_probe *p);
int vbc_probe_vhd(const struct vbc_probe *p);
int vbc_probe_vmdk(const struct vbc_probe *p);

/* Whether a file without any header of the formats above is a raw disk. */
int vbc_probe_raw(const struct vbc_probe *p);
/* A part of a VMDK that holds nothing but data, told by its name. */
int vbc_probe_flat(const struct vbc_probe *p);

/* VBC_E_ARG when a file has the format `told` and is to have another one. */
int vbc_probe_expect(const struct vbc_probe *p, const char *told);
/* VBC_E_ARG when a caller names a format that there is not; NULL is none named. */
int vbc_format_check(const char *format, struct vbc_error *err);
/* Whether a file's name is that of an image with a header. */
bool vbc_name_promises_format(const char *name);

/* A VMDK's text: *ret is the disk that it names the parts of. */
int vbc_probe_parts(const struct vbc_probe *p, struct vbc_content *ret);
/* The grains of a part of it of that name, which the disk has so many sectors in. */
int vbc_probe_grains(const struct vbc_probe *p, const char *name, int fd, uint64_t sectors,
		     struct vbc_grains **ret);
/* Fails with "'PATH' needs the file 'NAME' beside it, which <why>". */
int vbc_probe_fail_part(const struct vbc_probe *p, const char *name, const char *why);
/* Of its text: VBC_E_ARG when the disk needs another one, or a key. */
int vbc_vmdk_check_text(const struct vbc_probe *p, const char *text);

#define VBC_CONVERT      "; convert it first, for example with 'qemu-img convert -O qcow2 OLD NEW'"
#define VBC_NEEDS_OTHERS "needs other files beside it" VBC_CONVERT

#endif
