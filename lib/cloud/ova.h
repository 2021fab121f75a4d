/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * OVA archives: a tar file of one machine's description, OVF, and its disks.
 */
#ifndef VBC_CLOUD_OVA_H
#define VBC_CLOUD_OVA_H

#include "image-file.h"

/* What is of use of a description; "" and 0 where it does not say. */
struct vbc_ovf {
	char disk[256];   /* the name of the file that holds the machine's one disk */
	char os_type[64]; /* VirtualBox's id */
	unsigned cpus, memory_mb;
};

/* Reads a description; `p` names the file in what is said against it. */
int vbc_ovf_parse(const struct vbc_probe *p, const char *text, struct vbc_ovf *ret);

/* Finds the disk in an archive: *ret_at and *ret_bytes tell where it lies. */
int vbc_ova_find_disk(const struct vbc_probe *p, struct vbc_ovf *ret, uint64_t *ret_at,
		      uint64_t *ret_bytes);

#endif
