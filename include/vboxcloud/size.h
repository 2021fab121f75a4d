/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sizes: how many CPUs, how much memory and disk a node has. A size is named by what it is:
 * "2_cpu-2048_ram-30_disk". The list is a short catalogue that follows from the host; any id of
 * that form within the host's limits can be used. Where a node gets one, parts of it may be left
 * out, as in "4_cpu-30_disk", and are taken from elsewhere.
 */
#ifndef VBOXCLOUD_SIZE_H
#define VBOXCLOUD_SIZE_H

#include <vboxcloud/host.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vbc_size {
	const char *id;   /* "1_cpu-256_ram-30_disk"; "" is the placeholder "Unknown"   */
	const char *name; /* the same as the id, or "Unknown"                           */
	unsigned cpus;
	unsigned ram_mib;  /* MiB */
	unsigned disk_gib; /* GiB */
};

struct vbc_sizes {
	size_t n;
	const struct vbc_size *const *v;
};

/* What vbc_node_create() uses when no size is asked for. */
#define VBC_SIZE_DEFAULT "1_cpu-1024_ram-10_disk"

/*
 * Lists the catalogue, smallest first; the last one is the placeholder with the id "". It stays
 * the same as long as the host's CPUs and memory do. *ret_sizes is the caller's, free it with
 * vbc_sizes_free(). Errors as vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_size_list(struct vbc_host *host, struct vbc_sizes **ret_sizes, struct vbc_error *err);
void vbc_sizes_free(struct vbc_sizes *sizes);

/*
 * Reads a size id of the form <cpus>_cpu-<MiB>_ram-<GiB>_disk without asking a host. Of *ret_size
 * the numbers are filled only (id and name become NULL). Errors: VBC_E_ARG, with the form in the
 * text. Any thread. Since 0.1.
 */
int vbc_size_parse(const char *id, struct vbc_size *ret_size, struct vbc_error *err);

#ifdef __cplusplus
}
#endif
#endif
