/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What room a host has for a node: a look at it, which changes nothing.
 */
#include <vboxcloud/image.h>
#include <vboxcloud/metrics.h>
#include <vboxcloud/placement.h>
#include <vboxcloud/size.h>

#include "base/given.h"
#include "base/result.h"
#include "base/tag.h"
#include "claim/takers.h"
#include "host/cordon.h"
#include "host/size.h"
#include "image/query.h"
#include "machine/keys.h"
#include "node/choose-size.h"
#include "survey/disk.h"
#include "vbox/aside.h"
#include "vbox/meta.h"
#include "vbox/run.h"

struct survey {
	const struct vbc_room_opts *opts;
	struct vbc_takers takers;
	struct vbc_image image;
	struct vbc_size size;
	struct vbc_room *room; /* the result */
};

/* -- the node ------------------------------------------------------------------------------- */

static int survey_find_image(struct vbc_op *op, struct survey *s)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	vbc_ref medium = {NULL};
	int code = vbc_image_find(op, s->opts->image, &s->image, &medium);

	s->room->has_image = !code;
	return vbc_aside_absent(&aside, code);
}

/* Without the image nobody knows what it asks for, unless that is said. */
static int survey_choose_size(struct vbc_op *op, struct survey *s)
{
	struct vbc_node_create_opts node = VBC_NODE_CREATE_OPTS_INIT;
	int code;

	node.node_size = s->opts->node_size;
	node.linked = s->opts->linked;
	code = vbc_node_choose_size(op, &node, &s->image, &s->size);
	if (code || !s->room->has_image)
		return code;
	s->room->cpus_asked = s->size.cpus;
	s->room->memory_asked_mib = s->size.ram_mib;
	s->room->disk_asked_gib = s->size.disk_gib;
	return VBC_OK;
}

static bool survey_keep_image(struct survey *s)
{
	struct vbc_arena *a = vbc_result_arena(s->room);
	struct vbc_room *room = s->room;
	const struct vbc_image *i = &s->image;

	room->image = vbc_arena_strdup(a, i->id ? i->id : "");
	room->image_name = vbc_arena_strdup(a, i->name ? i->name : "");
	room->image_sha256 = vbc_arena_strdup(a, i->sha256 ? i->sha256 : "");
	room->image_size_bytes = i->size_bytes;
	room->image_used_bytes = i->used_bytes;
	return room->image && room->image_name && room->image_sha256;
}

static int survey_ask_node(struct vbc_op *op, struct survey *s)
{
	int code = VBC_OK;

	s->room->has_image = !s->opts->image;
	if (s->opts->image)
		code = survey_find_image(op, s);
	if (!code)
		code = survey_choose_size(op, s);
	if (!code && !survey_keep_image(s))
		code = vbc_fail_nomem(&op->error);
	return code;
}

/* -- what is there -------------------------------------------------------------------------- */

static bool tags_have(const struct vbc_strs *names, const struct vbc_strs *values,
		      const struct vbc_tag *tags, size_t n)
{
	for (size_t t = 0; t < n; t++)
		for (size_t i = 0; i < names->n; i++)
			if (vbc_tag_is(&tags[t], names->v[i], values->v[i]))
				return true;
	return false;
}

/* Of a node, or of a claim for one. */
static int survey_count_tags(struct vbc_op *op, struct survey *s, const char *text)
{
	struct vbc_meta *VBC_META meta = text[0] ? vbc_meta_parse(text) : NULL;
	struct vbc_strs names = {0}, values = {0};

	if (!vbc_meta_pairs(op, meta, VBC_NODE_TAGS, &names, &values))
		return vbc_fail_nomem(&op->error);
	s->room->n_near += tags_have(&names, &values, s->opts->near_tags, s->opts->n_near_tags);
	s->room->n_apart += tags_have(&names, &values, s->opts->apart_tags, s->opts->n_apart_tags);
	return VBC_OK;
}

static int survey_ask_tags(struct vbc_op *op, struct survey *s)
{
	struct vbc_strs ids = {0};
	const char **texts = NULL;
	int code = vbc_meta_ids_of(op, &s->takers.keys, VBC_NODE_KIND, &ids);

	if (!code && ids.n)
		code = vbc_meta_texts(op, VBC_NODE_KIND, &ids, &texts);
	for (size_t i = 0; !code && i < ids.n; i++)
		code = survey_count_tags(op, s, texts[i]);
	for (size_t i = 0; !code && i < s->takers.n_claims; i++)
		if (!vbc_strs_has(&ids, s->takers.claims[i].id))
			code = survey_count_tags(op, s, s->takers.texts[i]);
	return code;
}

static int survey_ask_host(struct vbc_op *op, struct survey *s)
{
	struct vbc_limits limits = {0};
	struct vbc_amount promised;
	int code = vbc_host_limits(op, &limits);

	if (!code)
		code = vbc_takers_read(op, &s->takers);
	if (!code)
		code = vbc_cordon_find(op, &s->takers.keys, &s->room->is_cordoned);
	if (!code)
		code = vbc_takers_tell_apart(op, &s->takers);
	if (!code)
		code = vbc_disk_free(op, limits.host, &s->room->disk_free_bytes);
	if (code)
		return code;
	promised = vbc_takers_all(&s->takers);
	s->room->cpus = limits.cpus;
	s->room->memory_mib = limits.memory_mib;
	s->room->cpus_promised = promised.cpus;
	s->room->memory_promised_mib = promised.memory_mib;
	s->room->n_machines = s->takers.n_machines;
	return VBC_OK;
}

static int survey_body(struct vbc_op *op, void *arg)
{
	struct survey *s = arg;
	int code;

	s->takers = (struct vbc_takers){0};
	s->room = vbc_result_new(&op->results, sizeof(*s->room));
	code = s->room ? survey_ask_host(op, s) : vbc_fail_nomem(&op->error);
	if (!code && (s->opts->n_near_tags || s->opts->n_apart_tags))
		code = survey_ask_tags(op, s);
	return code ? code : survey_ask_node(op, s);
}

int vbc_host_room(struct vbc_host *host, const struct vbc_room_opts *opts,
		  struct vbc_room **ret_room, struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_room))
		return VBC_E_ARG;

	struct vbc_room_opts o = VBC_ROOM_OPTS_INIT;
	struct survey s = {.opts = &o};
	int code;

	vbc_opts_read(&o, opts);
	code = vbc_op_run(host, &vbc_op_brief, err, survey_body, &s);
	if (!code)
		*ret_room = s.room;
	return code;
}

void vbc_room_free(struct vbc_room *room)
{
	vbc_result_free(room);
}
