/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The hard disks in one folder of the host, and what is recorded of them: images, volumes and
 * volume snapshots are read, recorded and deleted this way.
 */
#ifndef VBC_DISK_RECORDED_H
#define VBC_DISK_RECORDED_H

#include "disk/medium-facts.h"
#include "vbox/op.h"

/* Strings in the operation's arena. */
struct vbc_disk {
	vbc_ref medium;
	const char *id, *location;
	const char *json;              /* its metadata, "" when there is none */
	const char *format;            /* only with VBC_DISK_FILE; else "" */
	struct vbc_medium_facts facts; /* likewise, or with VBC_DISK_SIZE */
	struct vbc_strs machines;      /* ids of those it is attached to; only with VBC_DISK_USE */
};

enum vbc_disk_fields {
	VBC_DISK_FILE = 1,   /* its format and sizes            */
	VBC_DISK_LAYOUT = 2, /* with these: whether it is fixed */
	VBC_DISK_USE = 4,    /* who uses it                     */
	VBC_DISK_SIZE = 16,  /* of its sizes what a guest sees  */
	VBC_DISK_SURELY = 8  /* see vbc_disk_find()             */
};

/*
 * All hard disks directly in the folder of a kind, with their metadata, without those that are just
 * being made; `only` (may be null): that one, if it is there.
 */
int vbc_disk_query(struct vbc_op *op, const char *kind, vbc_ref only, unsigned fields,
		   struct vbc_disk **ret_disks, size_t *ret_n);

/* The name from the metadata, or else the file's without its suffix; NULL: no memory. */
const char *vbc_disk_name(struct vbc_op *op, const struct vbc_disk *disk);

/* The kinds of disks that are found by vbc_disk_find(). */
struct vbc_disk_noun {
	const char *kind;   /* of their metadata: libcloud/KIND/<uuid> */
	const char *text;   /* "volume"                                */
	enum vbc_hint hint; /* to list them                            */
	/* Its name, in the operation's arena, NULL: no memory; may be NULL: vbc_disk_name() */
	const char *(*name_of)(struct vbc_op *op, const struct vbc_disk *disk);
};

/*
 * Finds one by its id, by a name that only one has, or by the beginning of an id, of at least 4
 * characters, that only one has and no name is. By a name that one has in its metadata, or by the
 * beginning of the id of one that has metadata, no other disk of the host is asked, though another
 * program may have put one there whose file is called so; VBC_DISK_SURELY, for who loses what it
 * has: they are told apart, with a call for each disk.
 */
int vbc_disk_find(struct vbc_op *op, const struct vbc_disk_noun *noun, const char *id_or_name,
		  unsigned fields, struct vbc_disk *ret_disk);

#endif
