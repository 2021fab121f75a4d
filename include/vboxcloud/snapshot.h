/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Snapshots: of volumes, which are full copies of their own, and of nodes, which are VirtualBox's.
 */
#ifndef VBOXCLOUD_SNAPSHOT_H
#define VBOXCLOUD_SNAPSHOT_H

#include <vboxcloud/host.h>
#include <vboxcloud/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

enum vbc_snapshot_kind { VBC_SNAPSHOT_KIND_VOLUME = 0, VBC_SNAPSHOT_KIND_NODE = 1 };

struct vbc_snapshot {
	const char *id;
	const char *name;
	enum vbc_snapshot_kind kind;
	const char *of;      /* id of the volume or node; the volume may be gone            */
	const char *of_name; /* its name when the snapshot was taken                        */
	const char *parent;  /* of a node's: id of the snapshot it builds on, "" the first  */
	const char *description;
	int64_t created_at_ms; /* since 1970 UTC; 0: unknown                                  */
	uint64_t size_bytes;   /* of a volume's: what a guest sees; 0: a node's, or unknown   */
	bool running;          /* of a node's: it ran when it was taken                       */
	bool current;          /* of a node's: the node builds on it now                      */
};

struct vbc_snapshots {
	size_t n;
	const struct vbc_snapshot *const *v;
};

/*
 * Lists snapshots: of one volume, of one node (parents before children), or, with both NULL, of
 * all volumes. A node's hidden marker of its creation is left out. *ret_snapshots is the caller's,
 * free it with vbc_snapshots_free(). Errors: VBC_E_NOTFOUND, VBC_E_ARG (ambiguous name, or both
 * given), and those of vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_snapshot_list(struct vbc_host *host, const char *volume, const char *node,
		      struct vbc_snapshots **ret_snapshots, struct vbc_error *err);
/*
 * Lists all snapshots: of volumes, by time, then of nodes, by the nodes' names, parents before
 * children. All else as vbc_snapshot_list(). Any thread. Since 0.1.
 */
int vbc_snapshot_list_all(struct vbc_host *host, struct vbc_snapshots **ret_snapshots,
			  struct vbc_error *err);
void vbc_snapshots_free(struct vbc_snapshots *snapshots);

/* How to take. Start from VBC_SNAPSHOT_CREATE_OPTS_INIT; strings are borrowed for the call. */
struct vbc_snapshot_create_opts {
	size_t size;
	const char *name;        /* NULL: its time, as 2026-11-22T20:00:00Z */
	const char *description; /* NULL: ""                                */
};

#define VBC_SNAPSHOT_CREATE_OPTS_INIT                                                              \
	{                                                                                          \
		.size = sizeof(struct vbc_snapshot_create_opts)                                    \
	}

/*
 * Takes a snapshot of a volume - detached, attached, or in use by a running node - or of a node,
 * stopped or running: exactly one of `volume` and `node` is given. A volume keeps no trace: it
 * stays writable, growable and destroyable, and its snapshots outlive it. A failed or cancelled one
 * leaves nothing on the host. opts may be NULL. *ret_snapshot is the caller's, free it with
 * vbc_snapshot_free(). Errors: VBC_E_NOTFOUND, VBC_E_ARG, VBC_E_BUSY, VBC_E_SPACE, VBC_E_TIMEOUT,
 * VBC_E_CANCELLED, and those of vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_snapshot_create(struct vbc_host *host, const char *volume, const char *node,
			const struct vbc_snapshot_create_opts *opts, const struct vbc_wait *wait,
			struct vbc_snapshot **ret_snapshot, struct vbc_error *err);
void vbc_snapshot_free(struct vbc_snapshot *snapshot);

/*
 * Sets a stopped node back to one of its snapshots. `snapshot`: its id, or a name that only one of
 * the node's has; NULL: the current one. What it did since is lost; one taken while it ran leaves
 * the node suspended. Errors: VBC_E_STATE (it runs), VBC_E_NOTFOUND, VBC_E_ARG, VBC_E_BUSY. Any
 * thread. Since 0.1.
 */
int vbc_snapshot_revert(struct vbc_host *host, const char *node, const char *snapshot,
			const struct vbc_wait *wait, struct vbc_error *err);

/*
 * Deletes a snapshot: a volume's by id or by a name that only one has, a node's (`node` given) by
 * id or name, NULL the current one. The node keeps its present state; its later snapshots stay.
 * Errors: VBC_E_NOTFOUND, VBC_E_ARG, VBC_E_BUSY (also: another node's disk is linked to it),
 * VBC_E_TIMEOUT. Any thread. Since 0.1.
 */
int vbc_snapshot_delete(struct vbc_host *host, const char *node, const char *snapshot,
			const struct vbc_wait *wait, struct vbc_error *err);

#ifdef __cplusplus
}
#endif
#endif
