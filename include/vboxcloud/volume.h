/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Volumes: disks of a fixed size that live longer than the nodes they are attached to.
 */
#ifndef VBOXCLOUD_VOLUME_H
#define VBOXCLOUD_VOLUME_H

#include <vboxcloud/host.h>
#include <vboxcloud/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vbc_volume {
	const char *id; /* the medium's UUID                                          */
	const char *name;
	const char *location;  /* the file on the host                                       */
	uint64_t size_bytes;   /* what the guest sees; 0: unknown, the file cannot be read   */
	uint64_t used_bytes;   /* on the host's disk; 0: unknown                             */
	unsigned size_gib;     /* size_bytes in GiB, rounded up; 0: unknown                  */
	bool dynamic;          /* grows on the host's disk as it is written; unknown, and
				  false, when size_bytes is unknown                          */
	int64_t created_at_ms; /* since 1970 UTC; 0: unknown                                 */
	const char *snapshot;  /* id of the volume snapshot it was made from, "" none        */
	const char *node;      /* id of the node it is attached to, "" when detached         */
	const char *device;    /* where there, "SATA 1:0"; "" when detached                  */
};

struct vbc_volumes {
	size_t n;
	const struct vbc_volume *const *v;
};

/*
 * Lists the volumes, by name: the hard disks in the host's volumes folder. *ret_volumes is the
 * caller's, free it with vbc_volumes_free(). Errors as vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_volume_list(struct vbc_host *host, struct vbc_volumes **ret_volumes, struct vbc_error *err);
void vbc_volumes_free(struct vbc_volumes *volumes);

/*
 * Finds one volume by its id or by a name that only one has. *ret_volume is the caller's, free it
 * with vbc_volume_free(). Errors: VBC_E_NOTFOUND, VBC_E_ARG (several have that name; their ids are
 * in the text), and those of vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_volume_get(struct vbc_host *host, const char *id_or_name, struct vbc_volume **ret_volume,
		   struct vbc_error *err);
void vbc_volume_free(struct vbc_volume *volume);

/* How to create. Start from VBC_VOLUME_CREATE_OPTS_INIT; strings are borrowed for the call. */
struct vbc_volume_create_opts {
	size_t size;
	unsigned size_gib;    /* GiB; 0 with a snapshot or node: as large as that           */
	const char *snapshot; /* id or name of a volume snapshot to start from; NULL: empty */
	bool dynamic;         /* take the host's space as it is written, not at once        */
	const char *node;     /* id or name of a stopped node whose system disk it starts
				 with, instead of a snapshot; NULL: empty                   */
};

#define VBC_VOLUME_CREATE_OPTS_INIT                                                                \
	{                                                                                          \
		.size = sizeof(struct vbc_volume_create_opts)                                      \
	}

/*
 * Creates a detached volume, of exactly size_gib GiB. `name`: 1 to 255 characters of Unicode that
 * no other volume has. A failed or cancelled create leaves nothing on the host. wait may be NULL.
 * *ret_volume is the caller's, free it with vbc_volume_free(). Errors: VBC_E_ARG (name or size; a
 * size smaller than what it starts with), VBC_E_NOTFOUND (no such snapshot or node), VBC_E_STATE
 * (the node is not stopped, or has no disk), VBC_E_EXISTS, VBC_E_SPACE, VBC_E_TIMEOUT,
 * VBC_E_CANCELLED, and those of vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_volume_create(struct vbc_host *host, const char *name,
		      const struct vbc_volume_create_opts *opts, const struct vbc_wait *wait,
		      struct vbc_volume **ret_volume, struct vbc_error *err);

/*
 * Renames a volume, also while it is in use. `name`: 1 to 255 characters of Unicode that no other
 * volume has. Errors: VBC_E_ARG (name, or `volume` is ambiguous), VBC_E_NOTFOUND, VBC_E_EXISTS, and
 * those of vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_volume_rename(struct vbc_host *host, const char *volume, const char *name,
		      const struct vbc_wait *wait, struct vbc_error *err);

/* How to attach. It has no options yet, and can grow. Start from VBC_VOLUME_ATTACH_OPTS_INIT. */
struct vbc_volume_attach_opts {
	size_t size;
};

#define VBC_VOLUME_ATTACH_OPTS_INIT                                                                \
	{                                                                                          \
		.size = sizeof(struct vbc_volume_attach_opts)                                      \
	}

/*
 * Attaches a volume to a node, stopped or running, at the first free slot; a machine without a
 * SATA, SCSI or IDE controller with a free slot is given one if it is stopped. It is no error if
 * the volume is attached to that node already. opts may be NULL. Errors: VBC_E_NOTFOUND, VBC_E_ARG
 * (ambiguous name), VBC_E_BUSY (attached to another node, or the machine is locked), VBC_E_STATE
 * (no free slot can be used while the node runs). Any thread. Since 0.1.
 */
int vbc_volume_attach(struct vbc_host *host, const char *volume, const char *node,
		      const struct vbc_volume_attach_opts *opts, const struct vbc_wait *wait,
		      struct vbc_error *err);

/* How to detach. It has no options yet, and can grow. Start from VBC_VOLUME_DETACH_OPTS_INIT. */
struct vbc_volume_detach_opts {
	size_t size;
};

#define VBC_VOLUME_DETACH_OPTS_INIT                                                                \
	{                                                                                          \
		.size = sizeof(struct vbc_volume_detach_opts)                                      \
	}

/*
 * Detaches a volume from its node, stopped or running; one that is detached is left alone. The
 * guest should have unmounted it. opts may be NULL. Errors as vbc_volume_attach(). Any thread.
 * Since 0.1.
 */
int vbc_volume_detach(struct vbc_host *host, const char *volume,
		      const struct vbc_volume_detach_opts *opts, const struct vbc_wait *wait,
		      struct vbc_error *err);

/*
 * Grows a volume to size_gib GiB. It must not be attached to a running node. Errors: VBC_E_ARG
 * (smaller than it is), VBC_E_BUSY, VBC_E_SPACE, VBC_E_NOTFOUND, VBC_E_TIMEOUT, VBC_E_CANCELLED.
 * Any thread. Since 0.1.
 */
int vbc_volume_resize(struct vbc_host *host, const char *volume, unsigned size_gib,
		      const struct vbc_wait *wait, struct vbc_error *err);

/*
 * Destroys a detached volume and its file; its snapshots stay. Errors: VBC_E_BUSY (attached, with
 * the node in the text), VBC_E_NOTFOUND, VBC_E_ARG. Any thread. Since 0.1.
 */
int vbc_volume_destroy(struct vbc_host *host, const char *volume, const struct vbc_wait *wait,
		       struct vbc_error *err);

#ifdef __cplusplus
}
#endif
#endif
