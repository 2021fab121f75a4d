/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * OVF: descriptions of machines, in XML.
 */
#ifndef VBC_IMAGEFILE_OVF_H
#define VBC_IMAGEFILE_OVF_H

#include <stddef.h>

struct vbc_arena;
struct vbc_error;

#define VBC_OVF_MAX ((size_t)32 << 20) /* no description is longer */

/* What is of use of a description; "" and 0 where it does not say. */
struct vbc_ovf {
	const char *disk;  /* the file that holds the machine's one disk, as it is written there  */
	const char *nvram; /* the file of VirtualBox's that holds the firmware's variables        */
	const char *os_type; /* VirtualBox's id */
	unsigned cpus, memory_mib;
	/* In lower case: "bios", "efi", "efi-secure"; "ich9"; "none", "2.0" */
	const char *firmware, *chipset, *tpm;
};

/* Reads a description of n bytes; `path` names it in errors. Strings are in the arena. */
int vbc_ovf_parse(struct vbc_arena *a, const char *path, const char *text, size_t n,
		  struct vbc_ovf *ret, struct vbc_error *err);

#endif
