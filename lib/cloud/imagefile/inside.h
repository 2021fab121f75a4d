/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The way into packed disk images: compressed files, archives, and descriptions of machines.
 */
#ifndef VBC_IMAGEFILE_INSIDE_H
#define VBC_IMAGEFILE_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "imagefile/ovf.h"
#include "imagefile/probe.h"
#include "transfer/stream.h"

struct vbc_arena;
struct vbc_error;
struct vbc_looking;
struct vbc_manifest_sums;

/* What is looked at on the way: at last, the disk. */
struct vbc_inside {
	struct vbc_stream content;
	const char *path; /* names it in errors, in quotes                             */
	const char *name; /* whose suffix tells what it is                             */
	bool alone;       /* in an archive: no files lie beside it                     */
	bool measured;    /* its size is known, and `end` its last bytes               */
	unsigned char end[VBC_PROBE];
	struct vbc_ovf ovf; /* of its machine; NULLs: nothing is known of one          */
	struct vbc_arena *arena;
	const struct vbc_looking *looking;
	struct vbc_error *err;
};

/* Whether a file that begins so, and has that name, describes a machine. */
bool vbc_is_ovf(const char *name, const unsigned char *start, size_t n);

/* Reads all of the content; want may be NULL, else its sums are checked: `name` is what it is of.
 */
int vbc_inside_measure(struct vbc_inside *in, const struct vbc_manifest_sums *want,
		       const char *holder, const char *name);
/* Keeps the last bytes of all that was seen, when n more are. */
void vbc_keep_end(unsigned char end[VBC_PROBE], const unsigned char *data, size_t n);
/* Checks the sums of a description of a machine. */
int vbc_inside_check_text(struct vbc_inside *in, const struct vbc_manifest_sums *want,
			  const char *text, size_t n, const char *name);

/* Goes on to other content, which it owns then, of that path and name. */
void vbc_inside_move(struct vbc_inside *in, const struct vbc_stream *to, const char *path,
		     const char *name);

/* Fails with "'PATH' <why>". */
int vbc_inside_refuse(const struct vbc_inside *in, const char *why);

/* "R&D disk.vmdk" of "R%26D%20disk.vmdk"; NULL: no memory. */
const char *vbc_href_decode(struct vbc_arena *a, const char *href);
/* A name in a folder, without needless parts: "b/c" of "./b//c"; "": outside of it; NULL: no
 * memory. */
const char *vbc_path_inside(struct vbc_arena *a, const char *name);

#endif
