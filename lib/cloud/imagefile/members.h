/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What lies in an archive, and which of it is the disk.
 */
#ifndef VBC_IMAGEFILE_MEMBERS_H
#define VBC_IMAGEFILE_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vbc_inside;
struct vbc_packed;

struct vbc_entry {
	const char *name;
	uint64_t size_bytes, at; /* as of a struct vbc_packed_file */
	size_t index;            /* in the archive            */
	bool encrypted;
	const char *text; /* of descriptions, manifests and NVRAM; else NULL */
	size_t text_n;
	const unsigned char
		*end; /* its last bytes (VBC_PROBE), where it was read whole, else NULL */
};

struct vbc_entries {
	size_t n;
	struct vbc_entry *v; /* malloc'd                                              */
	size_t left_out;     /* so many are none of these, folders aside              */
	const char *left;    /* the first three of them, with the reason; "": none    */
	bool folders;
};

/* All files in the archive but those that stand for no file of the user's. */
int vbc_entries_read(struct vbc_inside *in, struct vbc_packed *packed, struct vbc_entries *ret);

/* ", and 'd.vdi' (a link), which is not read": what is none of them; "": nothing; NULL: no memory.
 */
const char *vbc_entries_left_out(struct vbc_inside *in, const struct vbc_entries *e);

/* The one with that name, whatever its case when there is none of the same; NULL: there is none. */
const struct vbc_entry *vbc_entry_find(const struct vbc_entries *e, const char *name);
bool vbc_entry_has_suffix(const struct vbc_entry *e, const char *suffix);

/* The one disk image of an archive without a description; fails with words when there is none. */
int vbc_entry_choose(struct vbc_inside *in, const struct vbc_entries *e,
		     const struct vbc_entry **ret);

#endif
