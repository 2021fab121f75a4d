/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Why hosts cannot have a node, for people.
 */
#ifndef VBC_FLEET_PLACE_TEXT_H
#define VBC_FLEET_PLACE_TEXT_H

#include "base/arena.h"
#include "fleet/score.h"

/* What the reason of a row rests on. */
struct vbc_row_facts {
	const struct vbc_tag *missing; /* a label */
	const struct vbc_room *room;   /* NULL: it did not tell */
	const struct vbc_candidate *candidate;
	const struct vbc_asked *asked;
	const char *image;
};

/* Of one host, "" where it fits, in the arena; NULL: there is no memory. */
const char *vbc_placement_text(struct vbc_arena *arena, const struct vbc_placement_row *row,
			       const struct vbc_row_facts *facts);

/* The same of a failure that a host told of later. */
const char *vbc_placement_error_text(const struct vbc_error *error);

/*
 * All of them in one sentence into *err; `refused[i]` (may be NULL) are failures of hosts that had
 * fitted. Returns the code.
 */
int vbc_placement_refuse(const struct vbc_placement *placement, const struct vbc_error *refused,
			 struct vbc_error *err);

#endif
