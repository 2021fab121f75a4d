/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which hosts can have a node, and in which order: numbers alone, nobody is asked.
 */
#ifndef VBC_FLEET_SCORE_H
#define VBC_FLEET_SCORE_H

#include <stdbool.h>

#include <vboxcloud/placement.h>

/* What one node asks for. */
struct vbc_asked {
	unsigned cpus, memory_mib, disk_gib;
	uint64_t disk_bytes;    /* that its disk takes at first                              */
	uint64_t image_bytes;   /* that a copy of the image takes                            */
	bool can_copy;          /* the image, to a host that lacks it                        */
	bool is_near, is_apart; /* it has one of the tags itself                             */
};

/* A host; some numbers change while nodes are placed. */
struct vbc_candidate {
	size_t number;
	enum vbc_placement_reason reason;
	uint64_t cpus_room, memory_room_mib; /* with overcommit                              */
	uint64_t cpus_free, memory_free_mib;
	int64_t disk_free_bytes;
	bool has_image;
	size_t n_near, n_apart;
	uint64_t random; /* who comes first of equals */
};

/* What is known of a host, where it answered. */
void vbc_candidate_fill(struct vbc_candidate *c, const struct vbc_room *room,
			const struct vbc_overcommit *overcommit);

/* The first label that it lacks; NULL: none. */
const struct vbc_tag *vbc_label_missing(const struct vbc_placement_host *host,
					const struct vbc_tag *where, size_t n);

/* Whether a host has room for the node; VBC_PLACEMENT_REASON_FITS, _IMAGE, _CPUS, _MEMORY or _DISK.
 */
enum vbc_placement_reason vbc_candidate_judge(const struct vbc_candidate *c,
					      const struct vbc_room *room,
					      const struct vbc_asked *asked);

/* Below 0: a comes before b. */
int vbc_candidate_compare(const struct vbc_candidate *a, const struct vbc_candidate *b,
			  enum vbc_placement_strategy strategy);

/* Whether b, which comes behind a, is about as good. */
bool vbc_candidate_is_near(const struct vbc_candidate *a, const struct vbc_candidate *b,
			   enum vbc_placement_strategy strategy);

/* From here on it has the node. */
void vbc_candidate_take(struct vbc_candidate *c, const struct vbc_asked *asked);

#endif
