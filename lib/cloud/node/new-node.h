/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A node that is being made: of an image, or of another node.
 */
#ifndef VBC_NODE_NEW_NODE_H
#define VBC_NODE_NEW_NODE_H

#include <vboxcloud/image.h>
#include <vboxcloud/size.h>

#include "claim/claim.h"
#include "firstboot/seed.h"
#include "node/install-disc.h"
#include "vbox/op.h"

struct vbc_first_boot;
struct vbc_node_ref;
struct vbc_node;
struct vbc_node_create_opts;

/* The snapshot of another node under which its disk is copied, so that it does not change. */
enum vbc_source_snapshot {
	VBC_SOURCE_SNAPSHOT_NONE = 0,  /* it is stopped, or one of its snapshots is copied */
	VBC_SOURCE_SNAPSHOT_TEMPORARY, /* only for the copy                                */
	VBC_SOURCE_SNAPSHOT_BASE       /* stays: the disk is linked to it                  */
};

struct vbc_new_node {
	const char *name;
	const struct vbc_node_create_opts *opts;
	struct vbc_size size;
	struct vbc_image image; /* or what is known of the disk of another node */
	vbc_ref image_medium;
	const struct vbc_first_boot *first_boot; /* what the guest is told; NULL: nothing */
	struct vbc_seed seed;                    /* by it; or                             */
	const char *dmi;                         /* by that; NULL: not so                 */
	struct vbc_install_disc disc;            /* that it starts from, of no image      */
	const struct vbc_node_ref *of;           /* the other node; NULL: of an image */
	enum vbc_source_snapshot source_snapshot;

	/* Filled in while it is made: */
	char id[37];
	const char *vbox_name;
	const char *settings, *disk; /* paths on the host */
	const char **networks;       /* names */
	vbc_ref machine;
	int64_t created_ms;
	struct vbc_claim claim; /* of the host's room, until the machine is there */
	const char *recorded;   /* its metadata, JSON */
	struct vbc_node *node;  /* the result */
};

#endif
