/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/score.h"

#include "base/overcommit.h"
#include "base/tag.h"

#define NEAR_PERCENT 90 /* of what the best has */

static uint64_t room_left(uint64_t room, uint64_t taken)
{
	return taken < room ? room - taken : 0;
}

void vbc_candidate_fill(struct vbc_candidate *c, const struct vbc_room *room,
			const struct vbc_overcommit *overcommit)
{
	c->cpus_room = vbc_overcommit_cpus(overcommit, room->cpus);
	c->memory_room_mib = vbc_overcommit_memory(overcommit, room->memory_mib);
	c->cpus_free = room_left(c->cpus_room, room->cpus_promised);
	c->memory_free_mib = room_left(c->memory_room_mib, room->memory_promised_mib);
	c->disk_free_bytes = room->disk_free_bytes;
	c->has_image = room->has_image;
	c->n_near = room->n_near;
	c->n_apart = room->n_apart;
}

static bool host_has_label(const struct vbc_placement_host *host, const struct vbc_tag *label)
{
	for (size_t i = 0; host && i < host->n_labels; i++)
		if (vbc_tag_is(label, host->labels[i].key, host->labels[i].value))
			return true;
	return false;
}

const struct vbc_tag *vbc_label_missing(const struct vbc_placement_host *host,
					const struct vbc_tag *where, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!host_has_label(host, &where[i]))
			return &where[i];
	return NULL;
}

static uint64_t candidate_disk_asked(const struct vbc_candidate *c, const struct vbc_asked *asked)
{
	return asked->disk_bytes + (c->has_image ? 0 : asked->image_bytes);
}

enum vbc_placement_reason vbc_candidate_judge(const struct vbc_candidate *c,
					      const struct vbc_room *room,
					      const struct vbc_asked *asked)
{
	if (!c->has_image && !asked->can_copy)
		return VBC_PLACEMENT_REASON_IMAGE;
	if (asked->cpus > room->cpus || asked->cpus > c->cpus_free)
		return VBC_PLACEMENT_REASON_CPUS;
	if (asked->memory_mib > room->memory_mib || asked->memory_mib > c->memory_free_mib)
		return VBC_PLACEMENT_REASON_MEMORY;
	if (c->disk_free_bytes >= 0 &&
	    candidate_disk_asked(c, asked) > (uint64_t)c->disk_free_bytes)
		return VBC_PLACEMENT_REASON_DISK;
	return VBC_PLACEMENT_REASON_FITS;
}

static int numbers_compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static uint64_t candidate_taken(const struct vbc_candidate *c)
{
	return c->memory_room_mib - c->memory_free_mib;
}

/* What it has of what counts. */
static uint64_t candidate_score(const struct vbc_candidate *c, enum vbc_placement_strategy strategy)
{
	return strategy == VBC_PLACEMENT_STRATEGY_PACK ? candidate_taken(c) : c->memory_free_mib;
}

int vbc_candidate_compare(const struct vbc_candidate *a, const struct vbc_candidate *b,
			  enum vbc_placement_strategy strategy)
{
	int order = numbers_compare(b->n_near, a->n_near);

	if (!order)
		order = numbers_compare(a->n_apart, b->n_apart);
	if (!order)
		order = numbers_compare(candidate_score(b, strategy), candidate_score(a, strategy));
	return order ? order : numbers_compare(a->random, b->random);
}

bool vbc_candidate_is_near(const struct vbc_candidate *a, const struct vbc_candidate *b,
			   enum vbc_placement_strategy strategy)
{
	return a->n_near == b->n_near && a->n_apart == b->n_apart &&
	       candidate_score(b, strategy) * 100 >= candidate_score(a, strategy) * NEAR_PERCENT;
}

void vbc_candidate_take(struct vbc_candidate *c, const struct vbc_asked *asked)
{
	c->cpus_free = room_left(c->cpus_free, asked->cpus);
	c->memory_free_mib = room_left(c->memory_free_mib, asked->memory_mib);
	if (c->disk_free_bytes >= 0)
		c->disk_free_bytes = (int64_t)room_left((uint64_t)c->disk_free_bytes,
							candidate_disk_asked(c, asked));
	c->has_image = true;
	c->n_near += asked->is_near;
	c->n_apart += asked->is_apart;
}
