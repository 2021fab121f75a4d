/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_PROBE_H
#define VBC_IMAGEFILE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vbc_stream;
struct vbc_error;
struct vbc_looking;

/*
 * What a check of one format gets. `start` and `end` are the file's first and last bytes (of a
 * shorter file, with zeros before `end`).
 */
enum { VBC_PROBE = 1024 };
struct vbc_probe {
	const struct vbc_stream *content;
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
/* The same, if the file may be a raw disk after all. */
int vbc_probe_refuse_unless_raw(const struct vbc_probe *p, const char *why);
int vbc_probe_cut_short(const struct vbc_probe *p);
/* Reads exactly n bytes; a file that ends before is cut short. */
int vbc_probe_read(const struct vbc_probe *p, uint64_t offset, void *to, size_t n);

/* Of checks that may take long: how much is done. The caller may want them to end. */
int vbc_probe_tick(const struct vbc_probe *p, uint64_t done, uint64_t total);

/* Fails with "'PATH' needs the file 'NAME' beside it, which <why>". */
int vbc_probe_fail_part(const struct vbc_probe *p, const char *name, const char *why);

#define VBC_CONVERT      "; convert it first, for example with 'qemu-img convert -O qcow2 OLD NEW'"
#define VBC_NEEDS_OTHERS "needs other files beside it" VBC_CONVERT

#endif
