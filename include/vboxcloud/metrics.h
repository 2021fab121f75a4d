/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Metrics: what a host and its nodes use, from VirtualBox's own collector; nothing runs in the
 * guests for it.
 */
#ifndef VBOXCLOUD_METRICS_H
#define VBOXCLOUD_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vboxcloud/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vbc_host;

/* Any number below 0 in what follows: the host did not tell it. Since 0.1. */
#define VBC_METRIC_UNKNOWN (-1)

/* A file system of the host. In bytes. Since 0.1. */
struct vbc_metrics_filesystem {
	const char *path;
	int64_t total_bytes, used_bytes, free_bytes; /* free: for users other than root */
};

/* A node that runs or is paused. Since 0.1. */
struct vbc_metrics_node {
	const char *id;
	double cpu_cores;          /* of the host's that it keeps busy: 1.5                   */
	int64_t memory_used_bytes; /* of the host's memory                                    */
	int64_t disk_used_bytes;   /* of the host's disk, by its disks                        */
	int64_t received_bytes;    /* by its adapters since it was started; this and what     */
	int64_t transmitted_bytes; /* follows only with `detailed`                            */
	int64_t read_bytes;        /* from its disks since it was started                     */
	int64_t written_bytes;
};

/* What a host uses, and its nodes that are up. Since 0.1. */
struct vbc_metrics {
	unsigned cpus;                         /* of the host                            */
	double cpu_user, cpu_kernel, cpu_idle; /* 0 to 1 of all of them                */
	int64_t memory_total_bytes, memory_used_bytes, memory_free_bytes;
	size_t n_filesystems;
	const struct vbc_metrics_filesystem *const *filesystems;
	size_t n_nodes;
	const struct vbc_metrics_node *const *nodes;
};

/* Start from VBC_METRICS_OPTS_INIT. Since 0.1. */
struct vbc_metrics_opts {
	size_t size; /* sizeof(struct vbc_metrics_opts), set by the INIT macro                   */
	bool detailed; /* also the counters of each node, which take about a dozen calls for each */
};

#define VBC_METRICS_OPTS_INIT                                                                      \
	{                                                                                          \
		.size = sizeof(struct vbc_metrics_opts)                                            \
	}

/*
 * Asks for the latest figures. What VirtualBox does not collect yet of the host or of a node that
 * is up, it collects from here on, each second, until it ends: the first time this takes some
 * seconds, and what another program has set up for the same figures is replaced then. opts may be
 * NULL. *ret_metrics is the caller's, free it with vbc_metrics_free(). Errors: VBC_E_ARG,
 * VBC_E_CONNECT, VBC_E_AUTH, VBC_E_PROTOCOL, VBC_E_TIMEOUT. Any thread. Since 0.1.
 */
int vbc_metrics_get(struct vbc_host *host, const struct vbc_metrics_opts *opts,
		    struct vbc_metrics **ret_metrics, struct vbc_error *err);
void vbc_metrics_free(struct vbc_metrics *metrics);

#ifdef __cplusplus
}
#endif
#endif
